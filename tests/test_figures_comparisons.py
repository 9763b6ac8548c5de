"""20 and 30: what changed, where it differs, and what each payer calls it."""

from datetime import date

import pytest

from henrei_analytics.figures import Scope, compute
from mart_tables import INSTITUTION, mart, shifted

MONTH = date(2026, 9, 1)
SEPTEMBER = Scope(INSTITUTION, MONTH, date(2026, 10, 31))


def frame(name, **tables):
    return compute(mart(**tables), SEPTEMBER, name).data


def some(count, back, category="資格関係", **more):
    month = shifted(MONTH, -back)
    return [{"processing_month": month, "main_reason_category": category, **more} for _ in range(count)]


# What changed


def test_changes_against_last_month_last_year_and_the_mean_of_the_year_before():
    returns = some(9, 0) + some(4, 1) + some(2, 12) + some(18, 13) + some(3, 0, "記載不備")
    first, second, unclassified = frame("reason_changes", returns=returns).to_dicts()
    assert (first["category"], first["returns"]) == ("資格関係", 9)
    assert (first["returns_last_month"], first["change"]) == (4, 5)
    assert (first["returns_last_year"], first["change_last_year"]) == (2, 7)
    # Months 1 to 12 before: 4 and 2 among them, the 18 of the 13th are not.
    assert (first["returns_mean"], first["change_mean"]) == (6 / 12, 9 - 6 / 12)
    assert (second["category"], second["returns"], second["returns_last_month"]) == ("記載不備", 3, 0)
    assert (unclassified["category"], unclassified["returns"]) == ("未分類", 0)


def test_months_nobody_loaded_are_not_compared_with():
    row = frame("reason_changes", returns=some(2, 0) + some(1, 3)).row(0, named=True)
    assert (row["returns_last_month"], row["change"]) == (0, 2)
    assert (row["returns_last_year"], row["returns_mean"], row["change_mean"]) == (None, None, None)


def test_one_reason_may_rise_while_the_whole_does_not():
    months = range(23, -1, -1)
    returns = [
        row
        for back in months
        for row in some(8 if back else 26, back) + some(25 if back else 7, back, "記載不備")
    ]
    volumes = [{"claim_month": shifted(MONTH, -back), "first_claims": 900} for back in months]
    tables = {"returns": returns, "claim_volume": volumes}
    verdicts = {row["category"]: row["signal"] for row in frame("reason_changes", **tables).to_dicts()}
    assert verdicts == {"資格関係": "high", "記載不備": "low", "未分類": "few"}
    whole = [row for row in frame("rate_by_month", **tables).to_dicts() if row["payer"] == "all"]
    assert whole[-1]["signal"] == "usual"


# Where


@pytest.mark.parametrize(
    ("insurer_number", "label"),
    [
        ("06130488", "東京都"),
        ("39112345", "埼玉県"),
        ("138057", "東京都"),
        ("06990001", "不明"),
        ("6130488", "不明"),
        ("-", "不明"),
    ],
)
def test_the_prefecture_is_read_from_the_insurers_number(insurer_number, label):
    row = frame("by_prefecture", returns=f"insurer_number\n{insurer_number}").row(0, named=True)
    assert (row["label_ja"], row["is_own_prefecture"]) == (label, label == "東京都")


def test_by_prefecture_has_rates_of_its_own_claims():
    table = frame(
        "by_prefecture",
        returns="insurer_number\n06130488\n138057\n06110001",
        claims=[{"insurer_number": "06130488"}] * 8 + [{"insurer_number": "06110001"}] * 2,
        claim_volume="first_claims\n10",
    )
    assert table.select("label_ja", "insurers", "returns", "numerator", "denominator", "rate").rows() == [
        ("東京都", 2, 2, 2, 8, 0.25),
        ("埼玉県", 1, 1, 1, 2, 0.5),
    ]
    assert table["low"].min() > 0


def test_reason_by_department_has_every_cell():
    table = frame("reason_by_department", returns="department | category\n01 | 重複\n- | 資格関係\n01 | 重複")
    assert table.select("rank", "department", "category", "returns").rows() == [
        (1, "内科", "資格関係", 0),
        (1, "内科", "重複", 2),
        (1, "内科", "未分類", 0),
        (2, "不明", "資格関係", 1),
        (2, "不明", "重複", 0),
        (2, "不明", "未分類", 0),
    ]


def test_departments_beyond_the_twelfth_are_one_row():
    table = frame("reason_by_department", returns=[{"department": f"{n:02}"} for n in range(30, 45)])
    assert (table["rank"].max(), table["returns"].sum()) == (13, 15)
    assert table.filter(table["department"] == "その他")["returns"].sum() == 3


# Each payer


def test_payers_are_compared_by_category_and_by_claims_of_their_own():
    table = frame(
        "category_by_payer",
        returns="""
            payer  | category | round
            shaho  | 資格関係 | 1
            shaho  | 資格関係 | 2
            kokuho | 重複     | 1
        """,
        claim_volume="payer | first_claims\nshaho | 100",
    )
    cells = {(row["payer"], row["category"]): row for row in table.to_dicts()}
    assert len(cells) == 6
    shaho = cells["shaho", "資格関係"]
    assert (shaho["returns"], shaho["share"], shaho["numerator"], shaho["rate"]) == (2, 1, 1, 0.01)
    assert cells["shaho", "未分類"]["numerator"] == 0
    kokuho = cells["kokuho", "重複"]
    assert (kokuho["returns"], kokuho["numerator"], kokuho["rate"]) == (1, None, None)


def test_codes_stand_side_by_side_and_are_not_joined():
    table = frame(
        "codes_by_payer",
        returns="return_id | payer\n1 | shaho\n2 | shaho\n3 | kokuho",
        return_reasons="""
            return_id | position | code_system  | code  | text | category
            1         | 1        | ssk_l        | L3129 | 甲   | 資格関係
            2         | 1        | ssk_l        | L3129 | 甲   | 資格関係
            2         | 2        | ssk_l        | L6901 | 乙   | 未分類
            3         | 1        | kokuho_4digit | 9901 | 丙   | 未分類
        """,
    )
    assert table.select(
        "rank", "shaho_code", "shaho_text", "shaho_returns", "kokuho_code", "kokuho_text", "kokuho_returns"
    ).rows() == [
        (1, "L3129", "甲", 2, "9901", "丙", 1),
        (2, "L6901", "乙", 1, None, None, None),
    ]


def test_unclassified_is_shown_even_where_there_is_none():
    tables = {"returns": "payer | category\nkokuho | 資格関係"}
    for name in ("reasons_by_category", "reasons_by_payer_setting", "reason_by_insurer", "reason_rates"):
        table = frame(name, **tables)
        assert table.filter(table["category"] == "未分類").height > 0, name


# What to do first


def test_the_first_six_that_are_due_soon():
    rows = "\n".join(f"2026-11-{day:02} | {day} | soon" for day in (9, 8, 7, 6, 5, 4, 3))
    table = frame("due_first", worklist=f"deadline | points | urgency\n{rows}\n2026-11-03 | 99 | soon")
    assert table.select("rank", "yen").rows() == [(1, 990), (2, 30), (3, 40), (4, 50), (5, 60), (6, 70)]
    assert "chart_number" not in table.columns and "return_id" not in table.columns
