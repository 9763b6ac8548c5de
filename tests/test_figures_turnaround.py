"""40 turnaround: open returns count, giving up is an end of its own, windows are known or not, groups are compared."""

from datetime import date

import pytest

from henrei_analytics.figures import Scope, compute, definitions
from henrei_analytics.figures.turnaround import DIFFERENT, LEAST_RETURNS, NOT_DIFFERENT, SIGNIFICANT, TOO_FEW
from mart_tables import INSTITUTION, mart

AUGUST = Scope(INSTITUTION, date(2026, 8, 1), date(2026, 11, 30))

# Received 2026-09: re-claimed at once, a month later, two later, still open; kokuho open.
FIVE = """
    processing_month | payer  | resubmitted_month
    2026-08          | shaho  | 2026-09
    2026-08          | shaho  | 2026-10
    2026-08          | shaho  | 2026-11
    2026-08          | shaho  | -
    2026-08          | kokuho | -
"""


def rows(name, returns, scope=AUGUST, *columns):
    frame = compute(mart(returns=returns), scope, name).data
    return frame.select(*columns).rows() if columns else frame.to_dicts()


def test_survival_keeps_open_returns_at_risk():
    table = rows("survival", FIVE, AUGUST, "payer", "months", "at_risk", "events", "censored", "survival")
    assert table == [
        ("shaho", 0, 4, 1, 0, pytest.approx(0.75)),
        ("shaho", 1, 3, 1, 0, pytest.approx(0.5)),
        ("shaho", 2, 2, 1, 1, pytest.approx(0.25)),
        ("kokuho", 0, 1, 0, 0, 1.0),
        ("kokuho", 1, 1, 0, 0, 1.0),
        ("kokuho", 2, 1, 0, 1, 1.0),
        ("all", 0, 5, 1, 0, pytest.approx(0.8)),
        ("all", 1, 4, 1, 0, pytest.approx(0.6)),
        ("all", 2, 3, 1, 2, pytest.approx(0.4)),
    ]


def test_summary():
    shaho, kokuho, everyone = rows("turnaround_summary", FIVE)
    assert (shaho["returns"], shaho["reclaimed"], shaho["median"], shaho["p90"]) == (4, 3, 1, None)
    assert [shaho[f"share_{k}"] for k in (1, 2, 3)] == [0.25, 0.5, 0.75]
    assert (kokuho["returns"], kokuho["median"], kokuho["share_1"]) == (1, None, 0.0)
    assert (everyone["returns"], everyone["median"]) == (5, 2)


def test_a_window_counts_only_for_returns_old_enough():
    shaho, *_ = rows(
        "turnaround_summary",
        "processing_month | resubmitted_month\n2026-06 | 2026-08\n2026-08 | 2026-09\n2026-10 | 2026-11",
        Scope(INSTITUTION, date(2026, 10, 1), date(2026, 11, 30)),
    )
    assert [shaho[f"known_{k}"] for k in (1, 2, 3)] == [3, 2, 2]
    assert [shaho[f"within_{k}"] for k in (1, 2, 3)] == [2, 2, 2]


@pytest.mark.parametrize(("day", "known"), [(9, 0), (10, 1)])
def test_the_window_of_this_month_counts_once_it_is_over(day, known):
    """A return that arrived on the 5th has not missed the window that closes on the 10th."""
    scope = Scope(INSTITUTION, date(2026, 8, 1), date(2026, 9, day))
    shaho, *_ = rows("turnaround_summary", "processing_month\n2026-08", scope)
    assert (shaho["returns"], shaho["known_1"]) == (known, known)


def test_summary_has_limits_for_months_and_shares():
    """19 of 20 at once: both limits of the half are the first month; of 2 returns nothing can be said."""
    twenty = [AT_ONCE] * 19 + [{"processing_month": date(2026, 8, 1)}]
    shaho, *_ = rows("turnaround_summary", twenty)
    assert (shaho["median"], shaho["median_low"], shaho["median_high"]) == (0, 0, 0)
    assert shaho["median_range"] == "0か月"
    assert shaho["share_1_low"] == pytest.approx(0.7639, abs=5e-5)  # Wilson
    assert shaho["share_1_high"] == pytest.approx(0.9911, abs=5e-5)
    few, *_ = rows("turnaround_summary", [AT_ONCE, {"processing_month": date(2026, 8, 1)}])
    assert (few["median"], few["median_low"], few["median_high"], few["median_range"]) == (
        0,
        0,
        None,
        "0か月以上",
    )


# What else ends a return

AT_ONCE = {"processing_month": date(2026, 8, 1), "resubmitted_month": date(2026, 9, 1)}
GIVEN_UP = {"processing_month": date(2026, 8, 1), "status": "written_off", "ended_on": date(2026, 9, 20)}


def survival(returns, scope=AUGUST):
    table = rows("survival", returns, scope, "payer", "months", "at_risk", "events", "others", "censored")
    return [row[1:] for row in table if row[0] == "shaho"]


def test_an_open_return_is_watched_until_the_last_window():
    assert survival("processing_month\n2026-08") == [(0, 1, 0, 0, 0), (1, 1, 0, 0, 0), (2, 1, 0, 0, 1)]


@pytest.mark.parametrize("status", ["written_off", "lapsed"])
def test_a_return_given_up_or_lapsed_ends_in_the_month_it_did(status):
    """It had its chance in the window of that month, and has none afterwards."""
    table = [{"processing_month": date(2026, 8, 1), "status": status, "ended_on": date(2026, 10, 31)}]
    assert survival(table) == [(0, 1, 0, 0, 0), (1, 1, 0, 1, 0)]
    shaho, *_ = rows("turnaround_summary", table)
    assert (shaho["returns"], shaho[status], shaho["open"]) == (1, 1, 0)


def test_an_end_before_the_arrival_counts_as_the_first_month():
    table = [{"processing_month": date(2026, 8, 1), "status": "lapsed", "ended_on": date(2026, 8, 31)}]
    assert survival(table) == [(0, 1, 0, 1, 0)]


def test_a_write_off_in_the_unfinished_window_is_not_seen_yet():
    """On 5 October the window of October is open: nothing of that month counts, whichever way."""
    scope = Scope(INSTITUTION, date(2026, 8, 1), date(2026, 10, 5))
    table = [{"processing_month": date(2026, 8, 1), "status": "written_off", "ended_on": date(2026, 10, 2)}]
    assert survival(table, scope) == [(0, 1, 0, 0, 1)]


def test_a_return_claimed_again_after_it_was_given_up_is_claimed_again():
    table = [AT_ONCE | {"status": "resubmitted", "ended_on": date(2026, 9, 1)}]
    assert survival(table) == [(0, 1, 1, 0, 0)]


def test_giving_up_is_not_a_lack_of_knowledge():
    """4 of 10 re-claimed at once and 6 given up at once: 40 % is all that ever comes.

    Taking those given up for censored would leave nothing open after the first month and call it 100 %
    as soon as one more, re-claimed a month later, is added.
    """
    late = {"processing_month": date(2026, 8, 1), "resubmitted_month": date(2026, 10, 1)}
    shaho, *_ = rows("turnaround_summary", [AT_ONCE] * 4 + [GIVEN_UP] * 6 + [late])
    assert (shaho["returns"], shaho["reclaimed"], shaho["written_off"], shaho["median"]) == (11, 5, 6, None)
    ends = rows(
        "cumulative_incidence",
        [AT_ONCE] * 4 + [GIVEN_UP] * 6 + [late],
        AUGUST,
        "payer",
        "months",
        "ending",
        "share",
    )
    assert [(month, ending, share) for payer, month, ending, share in ends if payer == "shaho"] == [
        (0, "reclaimed", pytest.approx(4 / 11)),
        (0, "written_off", pytest.approx(6 / 11)),
        (0, "lapsed", 0.0),
        (0, "open", pytest.approx(1 / 11)),
        (1, "reclaimed", pytest.approx(5 / 11)),
        (1, "written_off", pytest.approx(6 / 11)),
        (1, "lapsed", 0.0),
        (1, "open", pytest.approx(0)),
    ]


def test_returned_again_was_reclaimed_even_without_the_claim_file():
    """The claim of 2026-10 is not loaded, but its return of 2026-10 proves it was sent by then."""
    table = rows(
        "survival",
        """
        return_id | processing_month | status         | round | previous_return_id
        1         | 2026-08          | returned_again | 1     | -
        2         | 2026-10          | open           | 2     | 1
        """,
        AUGUST, "payer", "months", "events",
    )  # fmt: skip
    assert ("shaho", 1, 1) in table


def test_a_reclaim_after_as_of_has_not_happened():
    (row, *_) = rows("turnaround_summary", "processing_month | resubmitted_month\n2026-08 | 2026-12")
    assert (row["returns"], row["reclaimed"]) == (1, 0)


# Groups


def of(group, count, months, **more):
    """Returns that arrived in September, re-claimed so many months later (None: not)."""
    reclaimed = {} if months is None else {"resubmitted_month": date(2026, 9 + months, 1)}
    return [{"processing_month": date(2026, 8, 1)} | group | reclaimed | more] * count


QUICK_SHAHO = of({"payer": "shaho"}, 30, 0) + of({"payer": "kokuho"}, 30, 2)
ALIKE = [
    row for payer in ("shaho", "kokuho") for months in (0, 1) for row in of({"payer": payer}, 15, months)
]


def verdicts(returns):
    table = rows("turnaround_differences", returns, AUGUST, "breakdown", "verdict")
    return dict(table)


def test_groups_are_summed_up_each_by_itself():
    table = rows(
        "turnaround_by_group",
        """
        processing_month | department | law_number | category | resubmitted_month | payer
        2026-08          | 01         | 06         | 資格関係 | 2026-09           | shaho
        2026-08          | 01         | 00         | 資格関係 | 2026-10           | kokuho
        2026-08          | 88         | 99         | 記載不備 | -                 | shaho
        2026-08          | -          | -          | 資格関係 | 2026-09           | shaho
        """,
        AUGUST, "breakdown", "member", "returns", "reclaimed", "open", "median",
    )  # fmt: skip
    assert table == [
        ("payer", "shaho", 3, 2, 1, 0),
        ("payer", "kokuho", 1, 1, 0, 1),
        ("stage", "first_review", 4, 3, 1, 0),
        ("setting", "outpatient", 4, 3, 1, 0),
        ("insurer_class", "その他", 2, 1, 1, 0),
        ("insurer_class", "健保組合", 1, 1, 0, 0),
        ("insurer_class", "国保", 1, 1, 0, 1),
        ("category", "資格関係", 3, 3, 0, 0),
        ("category", "記載不備", 1, 0, 1, None),
        ("department", "内科", 2, 2, 0, 0),
        ("department", "88", 1, 0, 1, None),
        ("department", "不明", 1, 1, 0, 0),
    ]


def test_verdicts():
    assert verdicts(QUICK_SHAHO)["payer"] == DIFFERENT
    assert verdicts(ALIKE)["payer"] == NOT_DIFFERENT
    assert verdicts(QUICK_SHAHO)["stage"] == TOO_FEW, "one group cannot differ"
    assert verdicts(of({"payer": "shaho"}, 30, 0) + of({"payer": "kokuho"}, 9, 2))["payer"] == TOO_FEW
    assert verdicts([]) == {}


def test_a_small_group_is_shown_but_not_tested():
    returns = ALIKE + of({"payer": "shaho", "category": "重複"}, LEAST_RETURNS - 1, None)
    returns += of({"payer": "shaho", "category": "記載不備"}, LEAST_RETURNS, 0)
    (category,) = [row for row in rows("turnaround_differences", returns) if row["breakdown"] == "category"]
    assert (category["members"], category["members_tested"]) == (3, 2)


def test_one_difference_among_several_comparisons_must_be_larger():
    """The same two departments: tested alone, and beside a second breakdown that shows nothing."""
    uneven = [
        row
        for department, at_once in (("01", 14), ("02", 8))
        for months, count in ((0, at_once), (1, 20 - at_once))
        for row in of({"department": department}, count, months)
    ]
    alone = {row["breakdown"]: row for row in rows("turnaround_differences", uneven)}["department"]
    assert alone["p"] == alone["p_corrected"]
    beside = [row | {"payer": ("shaho", "kokuho")[at % 2]} for at, row in enumerate(uneven)]
    corrected = {row["breakdown"]: row for row in rows("turnaround_differences", beside)}["department"]
    assert corrected["p"] == alone["p"]
    assert corrected["p_corrected"] == pytest.approx(2 * alone["p"])


def test_a_group_that_gives_up_is_slower_however_quick_the_rest():
    """Both re-claim within the first window, but one gives half of its returns up: never re-claimed is not quick."""
    returns = of({"payer": "shaho"}, 30, 0)
    returns += of({"payer": "kokuho"}, 15, 0)
    returns += of({"payer": "kokuho"}, 15, None, status="written_off", ended_on=date(2026, 9, 20))
    assert verdicts(returns)["payer"] == DIFFERENT


def test_the_definition_names_the_thresholds():
    notes = definitions()["turnaround_differences"].notes
    assert f"{LEAST_RETURNS}件未満" in notes
    assert f"{SIGNIFICANT * 100:.0f} %未満" in notes


def test_a_reclaim_of_an_unknown_month_tells_nothing_of_how_long_it_took():
    """Its next return is of the first review: re-claimed in that month; a re-examination says only that it was."""
    returns = """
        return_id | processing_month | status         | round | previous_return_id | stage
        1         | 2026-03          | returned_again | 1     | -                  | first_review
        2         | 2026-06          | open           | 2     | 1                  | first_review
        3         | 2026-03          | returned_again | 1     | -                  | first_review
        4         | 2026-08          | open           | 2     | 3                  | re_examination
    """
    shaho, *_ = rows("turnaround_summary", returns)
    assert (shaho["returns"], shaho["reclaimed"], shaho["open"]) == (3, 1, 2)
    (first,) = compute(mart(returns=returns), AUGUST, "survival").data.filter(payer="shaho", months=2)[
        "events"
    ]
    assert first == 1, "arrived in April, re-claimed in June"


# Re-claimed, and then


def test_settled_share_by_payer_and_stage():
    """Known are the re-claims sent by August (as of November); of those, what did not come back is settled."""
    table = rows(
        "settled_share",
        """
        processing_month | payer  | stage          | resubmitted_month | status
        2026-05          | shaho  | first_review   | 2026-06           | settled
        2026-05          | shaho  | first_review   | 2026-08           | settled
        2026-05          | shaho  | first_review   | 2026-07           | returned_again
        2026-05          | shaho  | first_review   | 2026-09           | resubmitted
        2026-05          | shaho  | first_review   | 2026-09           | returned_again
        2026-05          | shaho  | re_examination | 2026-06           | settled
        2026-05          | kokuho | first_review   | 2026-10           | resubmitted
        2026-05          | kokuho | first_review   | -                 | open
        """,
        AUGUST, "payer", "stage", "resubmissions", "too_early", "returned_again", "numerator", "denominator", "rate",
    )  # fmt: skip
    assert table == [
        ("shaho", "first_review", 5, 2, 1, 2, 3, pytest.approx(2 / 3)),
        ("shaho", "re_examination", 1, 0, 0, 1, 1, 1.0),
        ("kokuho", "first_review", 1, 1, 0, 0, 0, None),
        ("all", "all", 7, 3, 1, 3, 4, 0.75),
    ]


# What is still open


def test_open_by_age():
    table = rows(
        "open_by_age",
        """
        processing_month | payer  | points | status
        2026-10          | shaho  | 10     | open
        2026-09          | kokuho | 20     | open
        2026-04          | kokuho | 40     | open
        2025-01          | shaho  | 80     | open
        2026-08          | shaho  | 99     | settled
        """,
        AUGUST, "age", "payer", "returns", "yen",
    )  # fmt: skip
    assert [row for row in table if row[2]] == [
        ("当月", "shaho", 1, 100),
        ("1か月", "kokuho", 1, 200),
        ("4～6か月", "kokuho", 1, 400),
        ("13か月以上", "shaho", 1, 800),
    ]
    assert len(table) == 14
