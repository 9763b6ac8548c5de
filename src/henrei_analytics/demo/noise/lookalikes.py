"""Claims that look like the answer to a return and are not."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from ..care import claim_type, make_receipt
from ..events import Receipt, Return, Sending
from ..months import days_in
from ..story import Story
from ..world import make_membership
from .claims import add, by_person, known_returns, person_of, sample

OTHER_INSURER_RATE = 0.4
"""Of returns never claimed again whose patient could have changed insurers."""

LATE_CLAIM_RATE = 0.05
"""Of all returns."""

CLEARLY_OTHER = 0.1
"""Two receipts of one month differ by more than this share of their points."""

_MOVABLE = ("01", "06", "31", "32", "33", "34", "00")
_TRIES = 40


def add_other_insurers(story: Story, rng: Random) -> None:
    """Patients who changed insurers in mid-month have two receipts: one came back and was given up, the other is late."""
    fitting = [
        returned
        for returned in known_returns(story)
        if returned.reclaim is None
        and not returned.receipt.inpatient
        and returned.receipt.insurer.law in _MOVABLE
        and returned.received_month <= story.last_month
    ]
    for returned in sample(fitting, OTHER_INSURER_RATE, rng):
        receipt = _other_half(returned.receipt, rng)
        if receipt:
            month = returned.received_month + rng.randint(0, 2)
            add(story, Sending(receipt, min(month, story.last_month + 1)))
            returned.befell.append("other_half_of_month")


def _other_half(returned: Receipt, rng: Random) -> Receipt | None:
    """The patient's other receipt of that month: other days, care and insurer, at either payer."""
    patient, month = returned.patient, returned.service_month
    free = [day for day in range(1, days_in(month) + 1) if day not in returned.days]
    insurer = rng.choice(
        [i for i in returned.institution.insurers if i.law in _MOVABLE and i is not returned.insurer]
    )
    symbol, number = make_membership(insurer.law, rng)
    for _ in range(_TRIES):
        made = make_receipt(returned.institution, patient, month, False, rng)
        # as many days as the other receipt, often one, are nothing unusual
        if abs(made.points - returned.points) > CLEARLY_OTHER * returned.points:
            return replace(
                made,
                insurer=insurer,
                symbol=symbol,
                number=number,
                payer=insurer.payer,
                claim_type=claim_type(replace(patient, insurer=insurer), month, False),
                days=tuple(sorted(rng.sample(free, len(made.days)))),
            )
    return None


def add_late_claims(story: Story, rng: Random) -> None:
    """Patients with a return also have receipts of another month or setting that are sent late, for the first time."""
    people = by_person(story)
    taken = {
        (*person, s.receipt.service_month, s.receipt.inpatient)
        for person, claims in people.items()
        for s in claims
    }
    for returned in sample(known_returns(story), LATE_CLAIM_RATE, rng):
        person = person_of(returned.sending)
        month, inpatient = _another(returned, rng)
        place = (*person, month, inpatient)
        claim_month = returned.received_month + rng.randint(0, 2)
        if place in taken or claim_month > story.last_month + 1 or not _in_story(story, month):
            continue
        taken.add(place)
        receipt = make_receipt(returned.receipt.institution, returned.receipt.patient, month, inpatient, rng)
        add(story, Sending(receipt, claim_month))
        returned.befell.append("late_first_claim")


def _another(returned: Return, rng: Random) -> tuple[int, bool]:
    receipt = returned.receipt
    if receipt.institution.inpatient_share and rng.random() < 0.4:
        return receipt.service_month, not receipt.inpatient
    return receipt.service_month + rng.choice((-2, -1, 1)), receipt.inpatient


def _in_story(story: Story, service_month: int) -> bool:
    return story.first_month - 1 <= service_month <= story.last_month
