"""50 repeat errors: rounds, re-returns, and the same error again within 12 months."""

from datetime import date

from henrei_analytics.figures import Scope, compute
from mart_tables import INSTITUTION, mart

SEPTEMBER = Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31))


def frame(name, returns, **tables):
    return compute(mart(returns=returns, **tables), SEPTEMBER, name).data


def test_rounds():
    table = frame("rounds", "payer | round | points\nshaho|1|5\nshaho|1|5\nshaho|2|7\nkokuho|1|9")
    assert table.select("payer", "round", "returns", "points", "share").rows() == [
        ("shaho", 1, 2, 10, 2 / 3), ("shaho", 2, 1, 7, 1 / 3), ("kokuho", 1, 1, 9, 1.0),
    ]  # fmt: skip


def test_re_return_rate_only_of_reclaims_old_enough_to_know():
    table = frame(
        "re_return_rate",
        """
        processing_month | resubmitted_month | status
        2026-05          | 2026-06           | returned_again
        2026-05          | 2026-07           | settled
        2026-06          | 2026-08           | returned_again
        2026-05          | -                 | open
        """,
    )
    assert table.select("payer", "resubmissions", "numerator", "denominator", "rate").rows() == [
        ("shaho", 3, 1, 2, 0.5), ("kokuho", 0, 0, 0, None), ("all", 3, 1, 2, 0.5),
    ]  # fmt: skip


PATIENTS = """
    processing_month | patient_key | category | round
    2025-08          | a           | 資格関係 | 1
    2025-09          | b           | 資格関係 | 1
    2026-09          | a           | 資格関係 | 1
    2026-09          | b           | 資格関係 | 2
    2026-09          | b           | 資格関係 | 1
    2026-09          | b           | 重複     | 1
    2026-09          | b           | 未分類   | 1
    2026-09          | -           | 資格関係 | 1
"""


def test_a_repeat_is_the_same_patient_and_category_1_to_12_months_before():
    """a: 13 months apart, no repeat. b: twice 12 months after; not for each other in one month."""
    table = frame("repeat_patient_category", PATIENTS)
    assert table.select(
        "category", "returns", "repeats", "repeats_same_claim", "pairs", "patients", "patients_repeating"
    ).rows() == [
        ("資格関係", 5, 2, 1, 2, 2, 1), ("重複", 1, 0, 0, 0, 1, 0),
    ]  # fmt: skip


def test_a_return_before_the_window_is_remembered():
    scope = Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31), months_back=1)
    table = compute(mart(returns=PATIENTS), scope, "repeat_patient_category").data
    assert table.row(0, named=True)["repeats"] == 2


def test_top_insurers_and_departments():
    returns = """
        processing_month | insurer_number | department | category
        2026-07          | 06130488       | 01         | 資格関係
        2026-08          | 06130488       | 01         | 資格関係
        2026-09          | 06130488       | 99         | 資格関係
        2026-09          | 01130012       | 01         | 重複
    """
    insurers = frame("repeat_insurer_category", returns)
    assert insurers.select("rank", "insurer_number", "category", "returns", "repeats", "pairs").rows() == [
        (1, "06130488", "資格関係", 3, 2, 3),
    ]  # fmt: skip
    departments = frame("repeat_department_category", returns)
    assert departments.select("department", "label_ja", "category", "repeats").rows() == [
        ("01", "内科", "資格関係", 1),
    ]  # fmt: skip


def test_trend_by_kind_of_key():
    table = frame("repeat_trend", PATIENTS)
    last = table.filter(month=date(2026, 9, 1)).select("kind", "numerator", "denominator").rows()
    assert last == [("patient", 2, 4), ("insurer", 4, 5), ("department", 0, 0)]
    assert table["kind"].unique(maintain_order=True).to_list() == ["patient", "insurer", "department"]
