"""20 return reasons and 30 insurers, and the sums that tie every page together."""

from datetime import date

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from henrei_analytics.figures import Figure, Scope, compute, compute_many, definitions
from henrei_analytics.figures.checks import Check, check_sums
from mart_tables import CATEGORIES, INSTITUTION, mart, shifted

SEPTEMBER = Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31))


def frame(name, scope=SEPTEMBER, **tables):
    return compute(mart(**tables), scope, name).data


def test_reasons_by_category_for_month_and_window():
    table = frame(
        "reasons_by_category",
        returns="""
            processing_month | category | points
            2026-08          | 記載不備 | 1
            2026-09          | 記載不備 | 2
            2026-09          | 資格関係 | 4
            2026-09          | 資格関係 | 8
        """,
    )
    assert table.select(
        "period", "rank", "category", "returns", "points", "share", "cumulative_share"
    ).rows() == [
        ("month", 1, "資格関係", 2, 12, 2 / 3, 2 / 3),
        ("month", 2, "記載不備", 1, 2, 1 / 3, 1.0),
        ("month", 3, "未分類", 0, 0, 0.0, 1.0),
        ("window", 1, "資格関係", 2, 12, 0.5, 0.5),
        ("window", 2, "記載不備", 2, 3, 0.5, 1.0),
        ("window", 3, "未分類", 0, 0, 0.0, 1.0),
    ]


def test_reasons_by_code_counts_every_reason_and_shows_the_usual_text():
    table = frame(
        "reasons_by_code",
        returns="return_id | processing_month\n1 | 2026-08\n2 | 2026-09",
        return_reasons="""
            return_id | position | code  | text | category
            1         | 1        | L3129 | 甲   | 資格関係
            2         | 1        | L3129 | 乙   | 資格関係
            2         | 2        | L3129 | 乙   | 資格関係
            2         | 3        | -     | 丙   | 未分類
        """,
    )
    assert table.select(
        "code", "text", "category", "texts", "reasons", "returns", "returns_month"
    ).rows() == [
        ("L3129", "乙", "資格関係", 2, 3, 2, 1),
        (None, "丙", "未分類", 1, 1, 1, 1),
    ]


def test_trend_fills_months_with_data_and_no_others():
    table = frame(
        "reasons_trend",
        returns="processing_month | category\n2026-07 | 重複\n2026-09 | 資格関係",
    )
    assert table.select("month", "category", "returns").rows() == [
        (date(2026, 7, 1), "資格関係", 0),
        (date(2026, 7, 1), "重複", 1),
        (date(2026, 8, 1), "資格関係", 0),
        (date(2026, 8, 1), "重複", 0),
        (date(2026, 9, 1), "資格関係", 1),
        (date(2026, 9, 1), "重複", 0),
    ]


def test_months_known_by_their_claims_alone_are_not_months_without_returns():
    table = frame(
        "reasons_trend",
        returns="processing_month\n2026-09",
        claim_volume="claim_month | first_claims\n2026-06 | 100\n2026-09 | 100",
        files="kind | month\nhen  | 2026-08",
    )
    assert table.select("month", "returns").rows() == [(date(2026, 8, 1), 0), (date(2026, 9, 1), 1)]


def test_month_and_window_have_the_same_rows_without_any_rate():
    table = frame("payer_comparison", returns="payer\nshaho")
    month, window = (table.filter(period=period).drop("period") for period in ("month", "window"))
    assert month.select("payer", "setting").equals(window.select("payer", "setting"))
    assert window["months_known"].sum() == 0


def test_a_missing_claim_file_does_not_raise_the_rate_of_the_window():
    table = frame(
        "payer_comparison",
        returns="processing_month\n2026-08\n2026-08\n2026-08\n2026-09",
        claim_volume="claim_month | first_claims\n2026-09 | 100",
    )
    row = table.row(by_predicate=(
        (pl.col("period") == "window") & (pl.col("payer") == "shaho") & (pl.col("setting") == "all")
    ), named=True)  # fmt: skip
    assert (row["returns"], row["numerator"], row["denominator"], row["rate"]) == (4, 1, 100, 0.01)
    assert row["months_known"] == 1


def test_by_insurer_keeps_the_total_with_a_row_for_all_others():
    numbers = [f"0613{n:04}" for n in range(25)]
    table = frame(
        "by_insurer",
        returns=[{"insurer_number": n} for n in numbers] + [{"insurer_number": numbers[24]}],
        claims=[{"insurer_number": numbers[24]} for _ in range(10)],
        claim_volume="first_claims\n10",
    )
    assert table["returns"].sum() == 26
    first, last = table.row(0, named=True), table.row(-1, named=True)
    assert (first["insurer_number"], first["returns"], first["rate"]) == (numbers[24], 2, 0.2)
    assert (last["insurer_number"], last["returns"], last["insurers"]) == ("その他", 5, 5)


def test_by_law_number():
    table = frame("by_law_number", returns="law_number | points\n06 | 5\n06 | 6\n39 | 7\n- | 1")
    assert table.select("law_number", "label_ja", "returns", "points").rows() == [
        ("06", "健保組合", 2, 11), ("39", "39", 1, 7), ("不明", "不明", 1, 1),
    ]  # fmt: skip


def test_a_broken_sum_is_reported():
    figures = compute_many(mart(returns="payer\nshaho"), SEPTEMBER, definitions())
    broken = figures["reasons_by_category"]
    figures["reasons_by_category"] = Figure(broken.definition, broken.data.clear())
    assert Check("month returns: reasons_by_category = headline", 1, 0) in check_sums(figures)


def test_checks_of_a_single_page_use_what_is_there():
    con = mart(returns="payer\nshaho")
    assert check_sums(compute_many(con, SEPTEMBER, ["data_files"])) == []
    (check,) = check_sums(compute_many(con, SEPTEMBER, ["turnaround_summary"]))
    assert check.ok


months = st.integers(0, 30).map(lambda back: shifted(date(2026, 10, 1), -back))
one_return = st.fixed_dictionaries(
    {
        "payer": st.sampled_from(("shaho", "kokuho")),
        "stage": st.sampled_from(("first_review", "re_examination")),
        "processing_month": months,
        "setting": st.sampled_from(("inpatient", "outpatient", None)),
        "insurer_number": st.sampled_from((*(f"0613{n:04}" for n in range(24)), None)),
        "law_number": st.sampled_from(("06", "00", None)),
        "department": st.sampled_from(("01", "02", None)),
        "points": st.one_of(st.none(), st.integers(0, 10**6)),
        "patient_key": st.sampled_from(("a", "b", None)),
        "main_reason_category": st.sampled_from((*CATEGORIES, None)),
        "round": st.integers(1, 3),
        "status": st.sampled_from(("open", "written_off", "lapsed")),
    }
)
reclaimed_return = one_return.flatmap(
    lambda row: st.integers(1, 5).map(
        lambda after: (
            row
            | {
                "resubmitted_month": shifted(row["processing_month"], after),
                "status": "resubmitted",
            }
        )
    )
)
one_adjustment = st.fixed_dictionaries(
    {
        "payer": st.sampled_from(("shaho", "kokuho")),
        "stage": st.sampled_from(("first_review", "re_examination")),
        "processing_month": months,
        "setting": st.sampled_from(("inpatient", "outpatient", None)),
        "insurer_number": st.sampled_from((*(f"0613{n:04}" for n in range(20)), None)),
        "department": st.sampled_from(("01", "02", None)),
        "section": st.sampled_from(("21", "60", "77", None)),
        "reason_letters": st.sampled_from(("A", "FK", "Z", None)),
        "item": st.sampled_from((*(f"項目{n}" for n in range(24)), None)),
        "points_delta": st.one_of(st.none(), st.integers(-5000, 5000)),
        "yen_delta": st.one_of(st.none(), st.integers(-5000, 5000)),
    }
)
claims = st.lists(
    st.fixed_dictionaries(
        {
            "payer": st.sampled_from(("shaho", "kokuho")),
            "claim_month": months,
            "setting": st.sampled_from(("inpatient", "outpatient")),
            "first_claims": st.integers(0, 300),
            "points": st.one_of(st.none(), st.integers(0, 9000)),
        }
    ),
    max_size=10,
)


def with_earlier_rounds(returns: list[dict]) -> list[dict]:
    """The returns, each of a later round behind the earlier ones it cannot be without."""
    rows = []
    for number, last in enumerate(returns):
        for place in range(1, last["round"] + 1):
            before = last["round"] - place
            row = last | {
                "return_id": f"{number}-{place}",
                "journey_id": f"{number}-1",
                "previous_return_id": f"{number}-{place - 1}" if place > 1 else None,
                "round": place,
                "processing_month": shifted(last["processing_month"], -before),
            }
            rows.append(row | ({"status": "returned_again", "resubmitted_month": None} if before else {}))
    return rows


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.one_of(one_return, reclaimed_return), max_size=40),
    claims,
    st.lists(one_adjustment, max_size=40),
)
def test_every_sum_agrees_on_any_data(returns, volumes, adjustments):
    con = mart(returns=with_earlier_rounds(returns), claim_volume=volumes, adjustments=adjustments)
    checks = check_sums(compute_many(con, SEPTEMBER, definitions()))
    assert len(checks) > 50
    assert [check for check in checks if not check.ok] == []


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(one_return, reclaimed_return), max_size=25), st.randoms())
def test_the_order_of_the_rows_changes_nothing(returns, random):
    numbered = [row | {"return_id": number} for number, row in enumerate(returns, start=1)]
    fixed = [row | {"chart_number": f"{row['return_id']}"} for row in numbered]
    shuffled = random.sample(fixed, len(fixed))
    first, second = (compute_many(mart(returns=rows), SEPTEMBER, definitions()) for rows in (fixed, shuffled))
    for name, figure in first.items():
        assert figure.data.equals(second[name].data), name
