"""40 turnaround: open returns count, the unfinished window does not, windows are known or not."""

from datetime import date

import pytest

from henrei_analytics.figures import Scope, compute
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
        ("shaho", 0, 4, 1, 0, 0.75),
        ("shaho", 1, 3, 1, 0, pytest.approx(0.5)),
        ("shaho", 2, 2, 1, 1, pytest.approx(0.25)),
        ("kokuho", 0, 1, 0, 0, 1.0),
        ("kokuho", 1, 1, 0, 0, 1.0),
        ("kokuho", 2, 1, 0, 1, 1.0),
        ("all", 0, 5, 1, 0, 0.8),
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


@pytest.mark.parametrize("status", ["written_off", "lapsed", "open"])
def test_returns_never_reclaimed_are_censored_at_as_of(status):
    table = rows(
        "survival", [{"processing_month": date(2026, 8, 1), "status": status}],
        AUGUST, "payer", "months", "at_risk", "events", "censored",
    )  # fmt: skip
    assert table[2] == ("shaho", 2, 1, 0, 1)


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


def test_deadlines_by_month_and_what_is_over():
    table = rows(
        "deadlines",
        """
        download_deadline | claim_right_expires | points | status
        2026-11-29        | 2031-07-31          | 1      | open
        2026-11-30        | 2031-07-31          | 2      | open
        -                 | 2031-08-31          | 4      | open
        2026-12-31        | 2031-08-31          | 8      | settled
        """,
        AUGUST, "kind", "month", "passed", "returns", "points",
    )  # fmt: skip
    assert table == [
        ("download", date(2026, 11, 1), True, 1, 1),
        ("download", date(2026, 11, 1), False, 1, 2),
        ("claim_right", date(2031, 7, 1), False, 2, 3),
        ("claim_right", date(2031, 8, 1), False, 1, 4),
    ]
