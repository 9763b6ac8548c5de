"""Two patients with the same name, sex and birth date: other charts, other insurers, other care."""

from __future__ import annotations

from random import Random

from ..events import Return, Sending
from ..story import Story
from .claims import PersonKey, add, by_person, known_returns, person_of, remove, reword, sample

NAMESAKE_RATE = 0.012
"""Of all returns: the namesake has a receipt of the same month that is sent late."""

_AGE_APART = 10 * 12
"""Months: the person keeps the レセプト種別 of the age that was theirs."""


def make_namesakes(story: Story, rng: Random) -> None:
    """Let another patient share the identity of one whose receipt came back."""
    people = by_person(story)
    used = {person_of(returned.sending) for returned in story.all_returns()}
    first_claims: dict[tuple[str, int, bool, str], list[Sending]] = {}
    for claims in people.values():
        for sending in claims:
            if sending.answers is None and sending.returned is None and not sending.corrected:
                first_claims.setdefault(_place(sending), []).append(sending)
    for returned in sample(known_returns(story), NAMESAKE_RATE, rng):
        namesake = _choose(returned, first_claims.get(_place(returned.sending), []), used, rng)
        late = returned.received_month + rng.randint(0, 2)
        if namesake is None or late > story.last_month + 1:
            continue
        used.add(person_of(namesake))
        patient = returned.receipt.patient
        remove(story, namesake)
        namesake.claim_month = late
        add(story, namesake)
        for sending in people[person_of(namesake)]:
            reword(
                sending, family=patient.family, given=patient.given, kana=patient.kana, birth=patient.birth
            )
        returned.befell.append("namesake")


def _place(sending: Sending) -> tuple[str, int, bool, str]:
    receipt = sending.receipt
    return receipt.institution.code, receipt.service_month, receipt.inpatient, receipt.patient.sex


def _choose(returned: Return, claims: list[Sending], used: set[PersonKey], rng: Random) -> Sending | None:
    """A claim of the same month and setting by somebody of about that age, insured elsewhere, never returned."""
    receipt = returned.receipt
    fitting = [
        sending
        for sending in claims
        if person_of(sending) not in used
        and sending.receipt.insurer.number != receipt.insurer.number
        and sending.receipt.points != receipt.points
        and abs(sending.receipt.patient.birth_month - receipt.patient.birth_month) < _AGE_APART
    ]
    return rng.choice(fitting) if fitting else None
