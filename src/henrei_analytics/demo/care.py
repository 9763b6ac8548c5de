"""What a receipt contains: days, items of care, diseases, レセプト種別.

Codes and points only look like a claim's; they are not the fee schedule.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from .events import Item, Receipt
from .months import days_in, yyyymm
from .world import Institution, Patient

_DISEASES = ("架空傷病名", "例示症①", "見本症の疑い", "試験性疾患", "仮想症～経過観察中", "想定炎")
_FIRST_VISIT = Item("SI", "11", "111000110", "", 291, 1, False)
_RETURN_VISIT = Item("SI", "12", "112007410", "", 75, 1, True)
_OUTPATIENT = (
    Item("SI", "12", "112011010", "", 52, 1, True),
    Item("SI", "13", "113001810", "", 225, 1, False),
    Item("SI", "60", "160008010", "", 21, 1, False),
    Item("SI", "60", "160019410", "", 144, 1, False),
    Item("SI", "60", "160061710", "", 125, 1, False),
    Item("SI", "70", "170000410", "", 85, 1, False),
    Item("SI", "80", "120002910", "", 60, 1, False),
    Item("SI", "40", "140000610", "", 52, 1, True),
)
_INPATIENT = (
    Item("SI", "60", "160000310", "", 320, 2, False),
    Item("SI", "70", "170011810", "", 1470, 1, False),
    Item("SI", "50", "150243310", "", 9870, 1, False),
    Item("IY", "33", "640000001", "2", 187, 5, False),
    Item("SI", "80", "180027410", "", 205, 9, False),
)
_WARD = Item("SI", "90", "190117710", "", 1688, 1, True)
_MEDICINE = (
    Item("IY", "21", "620000001", "2", 0, 14, False),
    Item("IY", "", "620000002", "3", 7, 14, False),
)
_COMMENT = Item("CO", "80", "830000001", "例示のコメント①", 0, 0, False)
_NOTE = Item("SJ", "01", "", "例示の症状詳記～経過は良好", 0, 0, False)

PRESCHOOL_MONTHS = 6 * 12
OLD_AGE_MONTHS = 70 * 12


def claim_type(patient: Patient, service_month: int, inpatient: bool) -> str:
    """レセプト種別: 点数表, kind of insurance, number of payers, person and setting (odd = 入院)."""
    publics = len(patient.publics)
    if patient.insurer.law == "12":
        return f"12{publics}{1 if inpatient else 2}"
    age = service_month - patient.birth_month
    late_elderly = patient.insurer.law == "39"
    if late_elderly or age >= OLD_AGE_MONTHS:
        person = 9 if patient.high_income else 7
    elif age < PRESCHOOL_MONTHS:
        person = 3
    else:
        person = 1 if patient.person == "self" else 5
    if not inpatient:
        person = (person + 1) % 10
    return f"1{3 if late_elderly else 1}{1 + publics}{person}"


def _days(service_month: int, inpatient: bool, rng: Random) -> tuple[int, ...]:
    length = days_in(service_month)
    if inpatient:
        stay = rng.randint(3, 28)
        first = rng.randint(1, length - stay + 1)
        return tuple(range(first, first + stay))
    visits = rng.choices((1, 2, 3, 4), (60, 25, 10, 5))[0]
    return tuple(sorted(rng.sample(range(1, length + 1), visits)))


def _items(days: int, inpatient: bool, rng: Random) -> tuple[Item, ...]:
    if inpatient:
        chosen = [_WARD, *rng.sample(_INPATIENT, rng.randint(2, 4))]
        chosen += [_COMMENT] if rng.random() < 0.2 else []
    else:
        opening = _FIRST_VISIT if rng.random() < 0.2 else _RETURN_VISIT
        chosen = [opening, *rng.sample(_OUTPATIENT, rng.randint(2, 4))]
    if rng.random() < 0.3:
        chosen += _MEDICINE
    if inpatient and rng.random() < 0.2:
        chosen.append(_NOTE)
    return tuple(item._replace(count=days) if item.every_day and days > 1 else item for item in chosen)


def _diseases(service_month: int, rng: Random) -> tuple[tuple[str, str], ...]:
    names = rng.sample(_DISEASES, rng.choices((1, 2, 3), (45, 40, 15))[0])
    return tuple(
        (name, f"{yyyymm(service_month - rng.randrange(12))}{rng.randint(1, 28):02d}") for name in names
    )


def make_receipt(
    institution: Institution, patient: Patient, month: int, inpatient: bool, rng: Random
) -> Receipt:
    """The receipt of a patient's care in a month, worded as the patient register stands now."""
    days = _days(month, inpatient, rng)
    return Receipt(
        institution=institution,
        patient=patient,
        insurer=patient.insurer,
        symbol=patient.symbol,
        number=patient.number,
        payer=patient.insurer.payer,
        service_month=month,
        claim_type=claim_type(patient, month, inpatient),
        inpatient=inpatient,
        department=patient.department,
        days=days,
        items=_items(len(days), inpatient, rng),
        diseases=_diseases(month, rng),
    )


def correct(receipt: Receipt, kind: str, rng: Random) -> Receipt:
    """The receipt as it is sent again after coming back for a reason of this kind.

    The payer never changes: a receipt that belongs to the other payer is a new first claim, not a re-claim.
    """
    if kind == "eligibility" and receipt.has_insurer:
        peers = [
            i
            for i in receipt.institution.insurers
            if i.law == receipt.insurer.law and i is not receipt.insurer
        ]
        insurer = rng.choice(peers) if peers and rng.random() < 0.25 else receipt.insurer
        width = len(receipt.number)
        number = f"{rng.randint(1, 999_999):0{width}d}"[:width]
        if not receipt.number.isascii():
            number = number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
        return replace(receipt, insurer=insurer, number=number)
    if kind in ("points", "clinical") and len(receipt.items) > 2 and rng.random() < 0.5:
        return replace(receipt, items=receipt.items[:-1])
    return replace(receipt)
