"""Returns that turn out to be another scheme's: 社保 → 国保, 国保 → 社保, either → 後期高齢者医療.

What answers such a return is a first claim: another insurer, 記号・番号 and レセプト種別, no 検索番号, no history block.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from .care import claim_type
from .events import Item, Receipt, Return
from .world import Insurer, make_membership

CHANGE_RATE = 0.13
"""Of eligibility returns with an insurance."""

SAID_RATE = 0.6
"""Of those whose reason says that another scheme is in charge."""

SAYING_SO = ("1112", "S1022", "S2103", "1104")

OLD_CHANGE_RATE = 0.25
LATE_ELDERLY_RATE = 0.8
LATE_ELDERLY_FROM = 65 * 12
"""Months of age from which a disability admits to 後期高齢者医療; at 75 everybody changes."""

OTHER_PERSON_RATE = 0.5
SLIGHT_CHANGE_RATE = 0.15
"""One item is claimed a little cheaper as well."""

_MOVABLE = ("01", "06", "31", "32", "33", "34", "00")


def change_payer(returned: Return, rng: Random) -> Receipt | None:
    """The claim at the scheme the patient really belongs to; None for most returns, which have none."""
    receipt, reason = returned.receipt, returned.reasons[0]
    if reason.kind != "eligibility" or receipt.insurer.law not in _MOVABLE:
        return None
    rate = SAID_RATE if reason.code in SAYING_SO else OLD_CHANGE_RATE if _is_old(receipt) else CHANGE_RATE
    if rng.random() >= rate:
        return None
    insurer = _new_insurer(receipt, rng)
    symbol, number = make_membership(insurer.law, rng)
    patient = receipt.patient
    other = {"self": "family", "family": "self"}[patient.person]
    person = other if rng.random() < OTHER_PERSON_RATE else patient.person
    member = replace(patient, insurer=insurer, person=person)
    items = _a_little_cheaper(receipt, rng) if rng.random() < SLIGHT_CHANGE_RATE else receipt.items
    return replace(
        receipt,
        insurer=insurer,
        symbol=symbol,
        number=number,
        payer=insurer.payer,
        claim_type=claim_type(member, receipt.service_month, receipt.inpatient),
        items=items,
    )


def _is_old(receipt: Receipt) -> bool:
    return receipt.service_month - receipt.patient.birth_month >= LATE_ELDERLY_FROM


def _a_little_cheaper(receipt: Receipt, rng: Random) -> tuple[Item, ...]:
    """The items, one of them by up to a tenth of its points cheaper."""
    items = list(receipt.items)
    place = rng.choice([place for place, item in enumerate(items) if item.points >= 10])
    items[place] = items[place]._replace(
        points=items[place].points - rng.randint(1, items[place].points // 10)
    )
    return tuple(items)


def _new_insurer(receipt: Receipt, rng: Random) -> Insurer:
    if _is_old(receipt) and rng.random() < LATE_ELDERLY_RATE:
        fitting = [i for i in receipt.institution.insurers if i.law == "39"]
    else:
        fitting = [i for i in receipt.institution.insurers if i.payer != receipt.payer and i.law in _MOVABLE]
    return rng.choice(fitting)
