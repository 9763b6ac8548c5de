"""10 monthly brief: rates, comparisons with earlier months, and the work list."""

from datetime import date

import pytest

from henrei_analytics.figures import Scope, compute
from henrei_analytics.headline import window_tiles
from mart_tables import INSTITUTION, mart, shifted

SEPTEMBER = Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31))


def headline(scope=SEPTEMBER, **tables):
    return compute(mart(**tables), scope, "headline").data.row(0, named=True)


def rates(scope=SEPTEMBER, **tables):
    """(month, payer) → row of rate_by_month."""
    frame = compute(mart(**tables), scope, "rate_by_month").data
    return {(row["month"], row["payer"]): row for row in frame.to_dicts()}


def test_rate_counts_first_round_first_review_returns_over_first_claims():
    row = headline(
        returns="""
            payer  | stage          | round | points
            shaho  | first_review   | 1     | 100
            shaho  | first_review   | 1     | 200
            shaho  | first_review   | 2     | 300
            shaho  | re_examination | 1     | 400
            kokuho | first_review   | 1     | 500
        """,
        claim_volume="""
            payer  | setting    | first_claims | resubmissions
            shaho  | outpatient | 150          | 9
            shaho  | inpatient  | 50           | 9
            kokuho | outpatient | 100          | 9
        """,
    )
    assert (row["returns"], row["points"], row["yen"]) == (5, 1500, 15000)
    assert (row["returns_first_review"], row["returns_re_examination"], row["returns_again"]) == (4, 1, 1)
    assert (row["rate_numerator"], row["rate_denominator"]) == (3, 300)
    assert (row["rate"], row["rate_shaho"], row["rate_kokuho"]) == (0.01, 0.01, 0.01)
    assert row["rate_low"] < 0.01 < row["rate_high"]


def test_no_rate_for_the_whole_when_one_payer_has_no_claims():
    row = headline(
        returns="payer\nshaho\nkokuho",
        claim_volume="payer | first_claims\nshaho | 100",
    )
    assert (row["rate_shaho"], row["rate_kokuho"], row["rate"]) == (0.01, None, None)


def test_a_payer_the_institution_never_dealt_with_is_not_missing():
    row = headline(returns="payer\nshaho", claim_volume="payer | first_claims\nshaho | 100")
    assert row["rate"] == 0.01


def test_the_three_month_denominator_needs_all_three_months():
    found = rates(
        returns="processing_month\n2026-08\n2026-09",
        claim_volume="""
            claim_month | first_claims
            2026-07     | 100
            2026-08     | 200
            2026-09     | 300
        """,
    )
    september, august = found[date(2026, 9, 1), "shaho"], found[date(2026, 8, 1), "shaho"]
    assert (september["rate"], september["rate_3month"]) == (1 / 300, 1 / 200)
    assert (august["rate"], august["rate_3month"]) == (1 / 200, None)


def test_the_three_month_denominator_reaches_before_the_window():
    scope = Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31), months_back=1)
    volumes = "claim_month|first_claims\n2026-07|100\n2026-08|200\n2026-09|300"
    found = rates(scope, returns="payer\nshaho", claim_volume=volumes)
    assert list(found) == [(date(2026, 9, 1), payer) for payer in ("shaho", "kokuho", "all")]
    assert found[date(2026, 9, 1), "all"]["rate_3month"] == 1 / 200


def test_every_month_of_the_window_for_every_payer():
    assert len(rates()) == 24 * 3


def test_the_report_month_is_judged_by_the_months_before():
    months = [shifted(date(2026, 9, 1), -back) for back in range(23, -1, -1)]
    returns = [{"processing_month": month} for month in months for _ in range(10)]
    returns += [{"processing_month": months[-1]} for _ in range(30)]
    volumes = [{"claim_month": month, "first_claims": 400} for month in months]
    found = rates(returns=returns, claim_volume=volumes)
    assert [row["signal"] for row in found.values() if row["payer"] == "shaho"] == ["usual"] * 23 + ["high"]
    assert found[months[0], "shaho"]["center"] == pytest.approx(10 / 400)


def test_change_against_last_month_and_last_year():
    row = headline(
        returns="processing_month\n2025-09\n2025-09\n2026-08\n2026-09\n2026-09\n2026-09",
    )
    assert (row["returns_last_month"], row["change_last_month"]) == (1, 2)
    assert (row["returns_last_year"], row["change_last_year"]) == (2, 1)


def test_months_whose_returns_nobody_loaded_have_no_rate_and_make_no_limits():
    """Claim files go back for years, return files for three months: zero known is not zero returned."""
    row = rates(
        returns="""
            processing_month | payer
            2026-08          | shaho
            2026-09          | shaho
        """,
        claim_volume="\n".join(
            [
                "claim_month | first_claims",
                *(f"{shifted(date(2026, 9, 1), -back):%Y-%m} | 100" for back in range(18)),
            ]
        ),
    )
    assert row[date(2026, 9, 1), "all"]["rate"] == 0.01
    assert row[date(2026, 7, 1), "all"]["numerator"] is None
    assert row[date(2026, 7, 1), "all"]["rate"] is None
    assert row[date(2026, 9, 1), "all"]["center"] is None
    assert row[date(2026, 9, 1), "all"]["signal"] is None


def test_no_comparison_with_months_whose_returns_nobody_loaded():
    row = headline(
        returns="""
            processing_month | payer
            2026-08          | shaho
            2026-09          | shaho
        """,
        claim_volume="""
            claim_month | first_claims
            2025-09     | 100
            2026-08     | 100
            2026-09     | 100
        """,
    )
    assert (row["change_last_month"], row["change_last_year"]) == (0, None)


def test_a_month_whose_returns_cannot_have_arrived_is_not_a_month_without_returns():
    scope = Scope(INSTITUTION, date(2026, 9, 1), date(2026, 9, 20))
    tables = {"claim_volume": "claim_month | first_claims\n2026-09 | 100"}
    row = headline(scope, **tables)
    assert (row["has_arrived"], row["rate"]) == (False, None)
    verdict = compute(mart(**tables), scope, "brief_verdict").data["sentence"][0]
    assert verdict == "2026年9月請求分の返戻は翌月5日ごろに届くので、基準日の時点ではまだ届いていません。"


@pytest.mark.parametrize(
    ("as_of", "end"),
    [
        ("2026-10-01", "2026-10-10"),
        ("2026-10-10", "2026-10-10"),
        ("2026-10-11", "2026-11-10"),
        ("2026-12-31", "2027-01-10"),
    ],
)
def test_next_window_end(as_of, end):
    scope = Scope(INSTITUTION, date(2026, 9, 1), date.fromisoformat(as_of))
    assert headline(scope)["next_window_end"] == date.fromisoformat(end)


def test_the_claim_window_is_the_rule_in_force_on_that_day():
    """An office may write down that a month's last day was put off."""
    rules = """
        rule_id                | value | valid_from | valid_to
        claim_window_first_day | 5     | -          | -
        claim_window_last_day  | 10    | -          | 2026-10-31
        claim_window_last_day  | 12    | 2026-11-01 | -
    """
    for as_of, end in (
        ("2026-10-10", "2026-10-10"),
        ("2026-11-11", "2026-11-12"),
        ("2026-11-13", "2026-12-12"),
    ):
        scope = Scope(INSTITUTION, date(2026, 9, 1), date.fromisoformat(as_of))
        assert headline(scope, time_rules=rules)["next_window_end"] == date.fromisoformat(end)


def test_due_within_14_days_counts_either_deadline_and_not_what_is_over():
    row = headline(
        returns="""
            download_deadline | claim_right_expires | status      | sources
            2026-10-31        | 2031-08-31          | open        | henr
            2026-11-14        | 2031-08-31          | open        | henr
            2026-11-15        | 2031-08-31          | open        | henr
            2026-10-30        | 2031-08-31          | open        | henr
            -                 | 2026-11-05          | open        | hen
            2026-11-01        | 2031-08-31          | written_off | henr
        """
    )
    assert (row["open_returns"], row["open_due_14_days"], row["open_download_passed"]) == (5, 3, 1)
    assert (row["next_download_deadline"], row["open_to_download"]) == (date(2026, 10, 31), 4)


@pytest.mark.parametrize(
    ("medium", "sources"), [("online", "hen"), ("online", "henr sah"), ("paper", "paper")]
)
def test_a_file_in_hand_cannot_be_lost_any_more(medium, sources):
    row = headline(
        returns=f"download_deadline | medium | sources\n2026-11-01 | {medium} | {sources}"
        f"\n2026-10-01 | {medium} | {sources}"
    )
    assert (row["open_returns"], row["open_to_download"]) == (2, 0)
    assert (row["open_due_14_days"], row["open_download_passed"]) == (0, 0)
    assert row["next_download_deadline"] is None


REPORTED = """
    processing_month | payer | return_id | download_deadline
    2026-08          | shaho | -         | 2026-11-10
    2026-08          | shaho | 1         | 2026-11-10
"""


def test_what_only_a_payment_notice_reports_is_told_apart_and_its_month_is_not_compared_with():
    """Less is loaded of August than came back, so that neither it nor a change since then says anything."""
    rows = "processing_month | category\n2026-09 | 資格関係\n2026-08 | 資格関係\n2025-09 | 記載不備"
    row = headline(returns=rows, reported_returns=REPORTED)
    assert (row["reported"], row["reported_due_14_days"], row["reported_deadline"]) == (
        1,
        1,
        date(2026, 11, 10),
    )
    assert (row["returns_last_month"], row["change_last_month"], row["change_last_year"]) == (None, None, 0)
    reasons = compute(mart(returns=rows, reported_returns=REPORTED), SEPTEMBER, "top_reasons").data
    assert reasons.select("category", "returns_last_month", "change").rows() == [("資格関係", None, None)]


def test_a_month_that_is_not_whole_is_compared_with_no_other():
    rows = "processing_month\n2026-09\n2026-08\n2025-09"
    row = headline(returns=rows, reported_returns=REPORTED.replace("2026-08", "2026-09"))
    assert (row["returns_last_month"], row["change_last_month"], row["change_last_year"]) == (1, None, None)


def test_without_a_near_deadline_the_largest_sums_come_first():
    con = mart(
        worklist="""
            return_id | urgency | deadline   | yen
            a         | none    | 2029-01-31 | 100
            b         | none    | 2031-01-31 | 900
            c         | soon    | 2026-11-05 | 1
            d         | overdue | 2026-01-31 | 2
        """
    )
    assert compute(con, SEPTEMBER, "due_first").data["yen"].to_list() == [2, 1, 900, 100]


def window(as_of="2026-10-31", **tables):
    scope = Scope(INSTITUTION, date(2026, 9, 1), date.fromisoformat(as_of))
    return compute(mart(**tables), scope, "reclaim_window").data.row(0, named=True)


@pytest.mark.parametrize(
    ("as_of", "start", "end", "is_open", "until", "left"),
    [
        ("2026-10-04", "2026-10-05", "2026-10-10", False, 1, 6),
        ("2026-10-05", "2026-10-05", "2026-10-10", True, 0, 5),
        ("2026-10-10", "2026-10-05", "2026-10-10", True, 0, 0),
        ("2026-10-11", "2026-11-05", "2026-11-10", False, 25, 30),
        ("2026-12-31", "2027-01-05", "2027-01-10", False, 5, 10),
    ],
)
def test_the_claim_window_that_is_open_or_comes_next(as_of, start, end, is_open, until, left):
    row = window(as_of)
    assert (row["window_start"], row["window_end"]) == (date.fromisoformat(start), date.fromisoformat(end))
    assert (row["is_open"], row["days_until"], row["days_left"]) == (is_open, until, left)
    assert row["returns"] == 0


def test_what_can_be_sent_is_told_from_what_lacks_its_file_and_what_is_given_up():
    row = window(
        worklist="""
            processing_month | points | is_downloaded | download_deadline | decision   | task_status
            2026-09          | 1      | true          | 2026-12-31        | -          | -
            2026-09          | 2      | true          | 2026-12-31        | 再請求する | 提出待ち
            2026-05          | 4      | true          | 2026-08-31        | 再請求する | 確認中
            2026-05          | 8      | true          | -                 | 断念       | -
            2026-05          | 16     | true          | -                 | 取下げ     | -
            2026-09          | 32     | false         | 2026-12-31        | -          | -
            2026-08          | 64     | false         | 2026-10-31        | -          | -
            2026-07          | 128    | false         | 2026-10-30        | -          | -
        """
    )
    assert (row["returns"], row["points"], row["yen"]) == (3, 7, 70)
    assert (row["returns_month"], row["yen_month"], row["returns_older"], row["yen_older"]) == (2, 30, 1, 40)
    assert (row["ready"], row["decided"]) == (1, 1)
    assert (row["to_download"], row["download_passed"], row["yen_without_file"]) == (2, 1, 2240)
    assert row["download_by"] == date(2026, 10, 31)


def test_a_right_that_ends_before_the_window_opens_is_too_late():
    rows = "claim_right_expires\n2026-11-04\n2026-11-05\n-"
    row = window(worklist=rows)
    assert (row["returns"], row["too_late"]) == (2, 1)
    assert window("2026-11-05", worklist=rows)["too_late"] == 1


def test_top_reasons_are_five_with_the_change_since_last_month():
    september = "資格関係 資格関係 記載不備 記載不備 重複 重複 診療内容 その他 未分類"
    august = "資格関係 資格関係 資格関係 取下げ・再審査"
    rows = [
        {"processing_month": month, "category": category}
        for month, categories in (("2026-09", september), ("2026-08", august))
        for category in categories.split()
    ]
    frame = compute(mart(returns=rows), SEPTEMBER, "top_reasons").data
    assert frame.select("rank", "category", "returns", "returns_last_month", "change").rows() == [
        (1, "資格関係", 2, 3, -1),
        (2, "記載不備", 2, 0, 2),
        (3, "重複", 2, 0, 2),
        (4, "診療内容", 1, 0, 1),
        (5, "その他", 1, 0, 1),
    ]
    assert frame["share"].to_list() == pytest.approx([2 / 9, 2 / 9, 2 / 9, 1 / 9, 1 / 9])


def test_policy_breaks_inside_the_window():
    frame = compute(
        mart(policy_breaks="month | label_ja\n2024-09 | 前\n2024-10 | 初月\n2026-09 | 当月\n2026-10 | 後"),
        SEPTEMBER,
        "policy_breaks",
    ).data
    assert frame["label_ja"].to_list() == ["初月", "当月"]


@pytest.mark.parametrize(
    ("as_of", "label", "value", "lines", "verdict"),
    [
        ("2026-10-31", "次の再請求の期間", "11/5〜11/10", "10月の期間は10日に終わりました", "あと5日で始まります"),
        ("2026-10-03", "次の再請求の期間", "10/5〜10/10", "基準日は2026年10月3日", "あと2日で始まります"),
        ("2026-10-08", "いまの再請求の期間", "10/5〜10/10", "基準日は2026年10月8日", "いま送れます。締切まであと2日"),
        ("2026-10-10", "いまの再請求の期間", "10/5〜10/10", "基準日は2026年10月10日", "きょうが締切です"),
    ],
)  # fmt: skip
def test_the_page_says_which_window_is_meant(as_of, label, value, lines, verdict):
    tiles = window_tiles(window(as_of, worklist="points\n300"))
    first = tiles[0]
    assert (first.label, first.value, first.verdict) == (label, value, verdict)
    assert lines in first.lines
    assert tiles[1].lines[0] == "¥3,000（300点）"
    assert [tile.value for tile in tiles[1:]] == ["1", "0", "0"]
