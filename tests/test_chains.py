"""What becomes of a return: re-claims, rounds, states as of a date, and the dates its claim lives by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from office import Office
from record_files import (
    Notice,
    Reason,
    Receipt,
    Returned,
    claim_file,
    history,
    hr,
    ir,
    notice_file,
    notice_name,
    numbered,
    re_line,
    return_file,
)

FIRST, SECOND, THIRD = (f"131012026{month}0000000101" for month in ("04", "06", "08"))
CARE = Receipt(service="202603", chart="00042")


def numbered_as(search: str) -> Receipt:
    return replace(CARE, search=search)


def claimed(office: Office, month: str, receipt: Receipt = CARE) -> None:
    office.save(f"{month}/RECEIPTC.UKE", claim_file([receipt], month))


def returned(
    office: Office, month: str, search: str, block: list[str] | None = None, service: str = "202603"
) -> None:
    receipt = replace(CARE, search=search, service=service)
    content = return_file([Returned(receipt, block=block or ())], month)
    office.save(f"{month}/RECEIPTC.HEN", content)


def states(office: Office, *days: str) -> list[str]:
    return [office.row("SELECT status FROM mart.returns", date.fromisoformat(day))["status"] for day in days]


def chain(office: Office, columns: str, as_of: str = "2026-12-31") -> list[tuple[Any, ...]]:
    rows = office.rows(
        f"SELECT {columns} FROM mart.returns ORDER BY processing_month", date.fromisoformat(as_of)
    )
    return [tuple(row.values()) for row in rows]


def test_a_return_nobody_answers_stays_open_until_the_right_to_claim_is_over(office: Office) -> None:
    claimed(office, "202604")
    returned(office, "202604", FIRST)
    office.load()
    assert states(office, "2026-05-01", "2031-03-31", "2031-04-01") == ["open", "open", "lapsed"]


def test_a_reclaim_is_settled_after_three_months_without_another_return(office: Office) -> None:
    returned(office, "202604", FIRST)
    claimed(office, "202606", numbered_as(FIRST))
    office.load()
    assert states(office, "2026-05-31", "2026-06-01", "2026-08-31", "2026-09-01") == [
        "open", "resubmitted", "resubmitted", "settled",
    ]  # fmt: skip
    assert chain(office, "months_to_resubmit, link_rule") == [(1, "search_number")]


@pytest.mark.parametrize(("month", "months"), [("202605", 0), ("202606", 1), ("202705", 12)])
def test_months_to_resubmit(office: Office, month: str, months: int) -> None:
    """0: in the window of the month it came back in."""
    returned(office, "202604", FIRST)
    claimed(office, month, numbered_as(FIRST))
    office.load()
    assert chain(office, "months_to_resubmit", "2027-12-31") == [(months,)]


def test_nothing_after_the_date_is_known(office: Office) -> None:
    returned(office, "202604", FIRST)
    claimed(office, "202606", numbered_as(FIRST))
    returned(office, "202606", SECOND, history(numbered_as(FIRST), [Reason()], "202604"))
    office.load()
    first = "status, resubmitted_month, months_to_resubmit"
    assert chain(office, first, "2026-05-31")[0] == ("open", None, None)
    assert chain(office, first, "2026-06-30")[0] == ("resubmitted", date(2026, 6, 1), 1)
    assert chain(office, first, "2026-07-01")[0] == ("returned_again", date(2026, 6, 1), 1)


def test_an_ordinary_claim_of_another_month_of_care_does_not_answer_a_return(office: Office) -> None:
    returned(office, "202604", FIRST)
    claimed(office, "202606", replace(CARE, service="202605"))
    office.load()
    assert states(office, "2026-12-31") == ["open"]


def test_a_claim_before_the_return_arrived_does_not_answer_it(office: Office) -> None:
    returned(office, "202604", SECOND)
    claimed(office, "202604", numbered_as(SECOND))
    office.load()
    assert states(office, "2026-12-31") == ["open"]


def test_the_first_answer_counts(office: Office) -> None:
    returned(office, "202604", FIRST)
    claimed(office, "202607", numbered_as(FIRST))
    claimed(office, "202606", numbered_as(FIRST))
    office.load()
    assert chain(office, "months_to_resubmit") == [(1,)]


def test_a_reclaim_of_an_unknown_return_is_named(office: Office) -> None:
    claimed(office, "202606", numbered_as(FIRST))
    office.load()
    assert office.row("SELECT what, search_number, month FROM mart.unlinked") == {
        "what": "resubmission_without_return",
        "search_number": FIRST,
        "month": date(2026, 6, 1),
    }


def two_rounds_in_the_history_block(office: Office) -> None:
    second = numbered_as(SECOND)
    block = [
        *history(second, [Reason()], "202606"),
        *numbered([re_line(numbered_as(FIRST)), hr(Reason(), "202604", FIRST)]),
    ]
    returned(office, "202606", SECOND, block)


def two_rounds_in_the_reclaim(office: Office) -> None:
    claimed(office, "202606", numbered_as(FIRST))
    returned(office, "202606", SECOND)


def two_rounds_of_one_patient(office: Office) -> None:
    returned(office, "202606", SECOND)


LINKS = {
    "history": two_rounds_in_the_history_block,
    "reclaim": two_rounds_in_the_reclaim,
    "patient": two_rounds_of_one_patient,
}


@pytest.mark.parametrize("link", LINKS)
def test_a_second_return_has_a_new_number_and_is_tied_to_the_first(office: Office, link: str) -> None:
    returned(office, "202604", FIRST)
    LINKS[link](office)
    office.load()
    (_, _, first_id, _), (_, round_, _, previous_id) = chain(
        office, "search_number, round, return_id, previous_return_id"
    )
    assert (round_, previous_id) == (2, first_id)
    assert office.values("SELECT link_rule FROM core.previous_returns") == [link]
    assert chain(office, "status, months_to_resubmit") == [("returned_again", 1), ("open", None)]


def test_a_chain_of_three(office: Office) -> None:
    claimed(office, "202604")
    for month, search, again in (("202604", FIRST, "202606"), ("202606", SECOND, "202608")):
        returned(office, month, search)
        claimed(office, again, numbered_as(search))
    returned(office, "202608", THIRD)
    claimed(office, "202609", numbered_as(THIRD))
    office.load()
    assert chain(office, "search_number, round, status, months_to_resubmit") == [
        (FIRST, 1, "returned_again", 1),
        (SECOND, 2, "returned_again", 1),
        (THIRD, 3, "settled", 0),
    ]
    assert office.rows("SELECT * FROM mart.unlinked") == []


@pytest.mark.parametrize(
    "other",
    [{"service": "202602"}, {"birth": "19800116", "chart": "00043"}, {"claim_type": "1111"}],
    ids=["another month of care", "another patient", "another kind of receipt"],
)
def test_returns_that_are_no_chain(office: Office, other: dict[str, str]) -> None:
    returned(office, "202604", FIRST)
    office.save(
        "202606/RECEIPTC.HEN", return_file([Returned(replace(CARE, search=SECOND, **other))], "202606")
    )
    office.load()
    assert chain(office, "round, status") == [(1, "open"), (1, "open")]


def test_re_examination_after_a_settled_reclaim_opens_a_second_round(office: Office) -> None:
    """An insurer returns it a year later: the claim month of the re-claim stands in the history block."""
    returned(office, "202604", FIRST)
    second = numbered_as(SECOND)
    block = [
        *numbered([ir("202607"), re_line(second)], "1"),
        *numbered([re_line(numbered_as(FIRST))], "11"),
    ]
    reason = Reason("S1018", return_class="4")
    office.save("202706/RECEIPTC.SAH", return_file([Returned(second, [reason], block)], "202706"))
    office.load()
    assert chain(office, "stage, round, status, resubmitted_month", "2027-06-30") == [
        ("first_review", 1, "settled", date(2026, 7, 1)),
    ]
    assert chain(office, "stage, round, status", "2027-07-01") == [
        ("first_review", 1, "returned_again"),
        ("re_examination", 2, "open"),
    ]


def test_a_notice_alone_is_part_of_a_chain_through_its_reclaim(office: Office) -> None:
    returned(office, "202604", FIRST)
    claimed(office, "202606", numbered_as(FIRST))
    office.save(notice_name("50806"), notice_file([Notice(chart="00042", service="0803")], service="50805"))
    office.load()
    assert chain(office, "round, status, sources") == [(1, "returned_again", ["hen"]), (2, "open", ["henr"])]


def test_the_file_of_a_return_can_be_downloaded_for_three_months(office: Office) -> None:
    """Care 2024-07, claimed 2024-08, came back 2024-09, gone after 2024-11-30."""
    returned(office, "202408", FIRST, service="202407")
    office.load()
    assert chain(office, "received_month, download_deadline") == [(date(2024, 9, 1), date(2024, 11, 30))]


@pytest.mark.parametrize(
    ("payer", "care", "last_day"),
    [
        ("1", "202003", "2023-03-31"),
        ("2", "202003", "2023-05-31"),
        ("1", "202004", "2025-04-30"),
        ("2", "202004", "2025-06-30"),
        ("1", "202401", "2029-01-31"),
    ],
)
def test_the_right_to_claim(office: Office, payer: str, care: str, last_day: str) -> None:
    """3 years, 5 for care since 2020-04, from the first of the next month (社保) or of the third one (国保)."""
    receipt = replace(CARE, search=FIRST, service=care)
    office.save("RECEIPTC.HEN", return_file([Returned(receipt)], "202408", payer=payer))
    office.load()
    assert chain(office, "claim_right_expires") == [(date.fromisoformat(last_day),)]


def test_a_payers_numbers_are_its_own(office: Office) -> None:
    returned(office, "202604", FIRST)
    content = claim_file([numbered_as(FIRST)], "202606", payer="2")
    office.save("kokuho/RECEIPTC.UKE", content)
    office.load()
    assert chain(office, "status") == [("open",)]


def test_a_number_in_the_block_names_an_ancestor_not_always_the_parent(office: Office) -> None:
    """The third return's block still names the first: its parent is the second all the same."""
    block = [re_line(numbered_as(FIRST))]
    returned(office, "202604", FIRST)
    for month, number in (("202605", SECOND), ("202606", "1" * 20)):
        one = Returned(numbered_as(number), [Reason()], numbered(block, "8"))
        office.save(f"{month}/RECEIPTC.HEN", return_file([one], month))
    office.load()
    assert chain(office, "round, status") == [(1, "returned_again"), (2, "returned_again"), (3, "open")]


def test_a_number_that_comes_back_twice_counts_once_and_is_told(office: Office) -> None:
    """A new number is the rule for a second return; the same one is a fact to look at, not a silent loss."""
    returned(office, "202604", FIRST)
    returned(office, "202606", FIRST, service="202603")
    office.load()
    assert len(chain(office, "return_id")) == 1
    assert office.values("SELECT what FROM mart.unlinked") == ["number_returned_twice"]


def test_a_reclaim_before_its_return_arrived_is_told(office: Office) -> None:
    claimed(office, "202605", numbered_as(FIRST))
    returned(office, "202605", FIRST)
    office.load()
    assert office.values("SELECT what FROM mart.unlinked") == ["resubmission_without_return"]
