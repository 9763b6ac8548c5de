"""45 cash: what is out and when it comes, what delay cost, what was lost."""

from datetime import date

import pytest

from henrei_analytics.figures import Scope, compute
from henrei_analytics.figures.journey_sentences import (
    delay_sentence,
    lapsed_sentence,
    next_window_sentence,
    out_sentence,
)
from mart_tables import INSTITUTION, mart

SCOPE = Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31))


def rows(name, returns, *columns, scope=SCOPE):
    return compute(mart(returns=returns), scope, name).data.select(*columns).rows()


def test_a_reclaim_is_paid_in_the_month_after_it_and_an_open_return_after_the_next_window():
    """As of 2026-10-31: the next window closes on 2026-11-10 and is paid in December."""
    table = rows(
        "cash_expected",
        """
        processing_month | payer  | points | resubmitted_month | status
        2026-08          | shaho  | 100    | 2026-10           | resubmitted
        2026-08          | shaho  | 30     | 2026-09           | resubmitted
        2026-06          | kokuho | 7      | 2026-08           | resubmitted
        2026-08          | kokuho | 200    | -                 | open
        2026-09          | kokuho | 50     | -                 | open
        2026-05          | shaho  | 999    | 2026-06           | settled
        2026-05          | shaho  | 999    | 2026-06           | returned_again
        2026-05          | shaho  | 999    | -                 | written_off
        2026-05          | shaho  | 999    | -                 | lapsed
        """,
        "expected_month", "cash_state", "payer", "returns", "yen",
    )  # fmt: skip
    assert table == [
        (date(2026, 9, 1), "unconfirmed", "kokuho", 1, 70),
        (date(2026, 10, 1), "waiting", "shaho", 1, 300),
        (date(2026, 11, 1), "waiting", "shaho", 1, 1000),
        (date(2026, 12, 1), "next_window", "kokuho", 2, 2500),
    ]


@pytest.mark.parametrize(
    ("as_of", "paid"), [(date(2026, 11, 10), date(2026, 12, 1)), (date(2026, 11, 11), date(2027, 1, 1))]
)
def test_the_window_is_over_after_the_10th(as_of, paid):
    scope = Scope(INSTITUTION, date(2026, 9, 1), as_of)
    assert rows("cash_expected", "processing_month\n2026-09", "expected_month", scope=scope) == [(paid,)]


def test_a_right_that_ends_before_the_next_window_brings_nothing():
    table = rows(
        "cash_expected",
        "processing_month | claim_right_expires\n2026-08 | 2026-11-04\n2026-08 | 2026-11-05",
        "cash_state", "expected_month",
    )  # fmt: skip
    assert table == [("next_window", date(2026, 12, 1)), ("too_late", None)]


def test_without_the_file_money_comes_only_while_it_can_be_downloaded():
    """A 返戻内訳書 alone is no file to re-claim with; as of 2026-10-31."""
    table = rows(
        "cash_expected",
        """
        processing_month | points | sources | download_deadline
        2026-08          | 1      | hen     | 2026-10-30
        2026-08          | 2      | henr    | 2026-10-31
        2026-08          | 4      | henr    | 2026-10-30
        """,
        "cash_state", "expected_month", "yen",
    )  # fmt: skip
    assert table == [
        ("next_window", date(2026, 12, 1), 10),
        ("to_download", date(2026, 12, 1), 20),
        ("no_file", None, 40),
    ]


def test_a_reclaim_to_the_other_payer_is_paid_by_that_one():
    table = rows(
        "cash_expected",
        "processing_month | payer | resubmitted_month | resubmitted_payer\n2026-08 | shaho | 2026-10 | kokuho",
        "payer", "returns",
    )  # fmt: skip
    assert table == [("kokuho", 1)]


DELAYED = """
    return_id | processing_month | payer  | category | points | resubmitted_month | status         | round | previous_return_id
    1         | 2026-05          | shaho  | 資格関係 | 10     | 2026-06           | settled        | 1     | -
    2         | 2026-05          | kokuho | 資格関係 | 10     | 2026-09           | resubmitted    | 1     | -
    3         | 2026-06          | shaho  | 記載不備 | 100    | 2026-07           | returned_again | 1     | -
    4         | 2026-07          | shaho  | 記載不備 | 100    | -                 | open           | 2     | 3
    5         | 2026-05          | shaho  | 重複     | 999    | -                 | written_off    | 1     | -
"""


def test_yen_months_lost_to_delay():
    """1: one month, 2: four, 3: one; 4: open, due in August, two months late in October. 5: lost, not late."""
    table = rows(
        "delay_cost", DELAYED, "part", "category", "payer", "returns", "yen", "yen_months", "open_yen_months"
    )
    assert table == [
        ("category", "記載不備", "all", 2, 2000, 3000, 2000),
        ("category", "資格関係", "all", 2, 200, 500, 0),
        ("cell", "記載不備", "shaho", 2, 2000, 3000, 2000),
        ("cell", "資格関係", "kokuho", 1, 100, 400, 0),
        ("cell", "資格関係", "shaho", 1, 100, 100, 0),
        ("payer", "合計", "shaho", 3, 2100, 3100, 2000),
        ("payer", "合計", "kokuho", 1, 100, 400, 0),
        ("total", "合計", "all", 4, 2200, 3500, 2000),
    ]
    (total,) = compute(mart(returns=DELAYED), SCOPE, "delay_cost").data.filter(part="total")["months_per_yen"]
    assert total == pytest.approx(3500 / 2200)


def test_a_return_reclaimed_in_a_month_nobody_knows_has_no_delay():
    """It came back from a re-examination, which may be long after the claim."""
    returns = """
        return_id | processing_month | status         | round | previous_return_id | stage
        1         | 2026-01          | returned_again | 1     | -                  | first_review
        2         | 2026-08          | open           | 2     | 1                  | re_examination
    """
    assert rows("delay_cost", returns, "part", "returns", "yen_months")[-1] == ("total", 1, 1000)


def test_an_open_return_that_has_just_arrived_is_not_late():
    assert rows("delay_cost", "processing_month\n2026-09", "yen_months")[-1] == (0,)


def test_without_returns_there_is_a_total_of_nothing():
    assert rows("delay_cost", [], "part", "returns", "yen_months", "months_per_yen") == [
        ("total", 0, 0, None)
    ]


def test_what_was_lost_by_year_and_what_will_be_within_a_year():
    table = rows(
        "cash_lapsed",
        """
        processing_month | category | points | status      | ended_on   | claim_right_expires
        2021-05          | 重複     | 1      | written_off | 2025-12-31 | 2026-05-31
        2021-05          | 重複     | 2      | written_off | 2026-01-01 | 2026-05-31
        2021-05          | 資格関係 | 4      | lapsed      | -          | 2026-05-31
        2022-05          | 資格関係 | 8      | open        | -          | 2027-10-31
        2022-05          | 資格関係 | 16     | open        | -          | 2027-11-01
        2022-05          | 資格関係 | 32     | settled     | -          | 2027-05-31
        """,
        "cash_state", "year", "category", "yen",
    )  # fmt: skip
    assert table == [
        ("lapses_soon", "2027年", "資格関係", 80),
        ("lapsed", "2026年", "資格関係", 40),
        ("written_off", "2026年", "重複", 20),
        ("written_off", "2025年", "重複", 10),
    ]


def test_what_is_open_adds_up_to_the_headline():
    con = mart(returns=DELAYED)
    expected = compute(con, SCOPE, "cash_expected").data
    headline = compute(con, SCOPE, "headline").data
    still_open = expected.filter(
        expected["cash_state"].is_in(["next_window", "to_download", "no_file", "too_late"])
    )
    assert still_open["yen"].sum() == headline["open_yen"].item()


def state(cash_state, yen, month=date(2026, 12, 1)):
    return {"cash_state": cash_state, "yen": yen, "expected_month": month, "returns": 2}


def test_sentences():
    assert out_sentence([]) == "返戻のために止まっている金額はありません。"
    assert (
        out_sentence([state("next_window", 1000), state("waiting", 200), state("unconfirmed", 30)])
        == "返戻のために止まっている金額は¥1,200です（未再請求 ¥1,000、再請求済・入金待ち ¥200）。"
        "ほかに¥30は入金の予定月を過ぎ、入金されたかがまだ確かめられません。"
    )
    month = {"next_window_end": date(2026, 11, 10)}
    assert next_window_sentence(month, [state("waiting", 1)]) is None
    assert (
        next_window_sentence(month, [state("next_window", 1000), state("next_window", 1)])
        == "再請求できる4件を11月10日までにすべて再請求すると、¥1,001分（点数×10円、患者負担を含む）が12月の入金の対象になる見込みです。"
    )
    without = next_window_sentence(month, [state("to_download", 20), state("no_file", 40, None)])
    assert without.startswith("返戻ファイルのない2件（¥20）も、ダウンロードして取り込めば出せます。")
    assert "ダウンロード期限も過ぎた2件（¥40）は" in without
    nothing = {"part": "total", "yen_months": 0}
    assert delay_sentence([nothing]) is None
    assert lapsed_sentence([]) == (
        "時効や断念で失ったものはありません。12か月以内に時効になる未再請求はありません。"
    )
    assert "12か月以内に¥50が時効になります（最初は2027年5月31日）" in lapsed_sentence(
        [{"cash_state": "lapses_soon", "yen": 50, "first_day": date(2027, 5, 31)}]
    )
