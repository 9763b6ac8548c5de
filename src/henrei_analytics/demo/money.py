"""What a receipt is worth in yen and who pays it.

A simple model: the insurance pays its share, 公費 the rest; high costs of a stay are capped for the patient.
"""

from __future__ import annotations

from typing import NamedTuple

from .events import Decision, Receipt
from .records import MEAL_YEN

YEN_PER_POINT = 10
MEAL_COPAY_YEN = 510
MEALS_A_DAY = 3
COPAY_OF_SECOND_PUBLIC = 500
"""What the first 公費 leaves to a second one."""

COPAY_CAP_YEN = 80_100
COPAY_CAP_COVERS_YEN = 267_000
"""高額療養費 of a middle income: 80,100 yen and 1 % of what exceeds 267,000 yen."""


class Share(NamedTuple):
    """What one payer of a receipt pays."""

    number: str
    law: str
    recipient: str
    points: int
    copay: int
    """What stays with the patient (or with the next payer)."""
    yen: int
    meals: int
    meal_yen: int
    meal_copay: int

    @property
    def meal_paid(self) -> int:
        return self.meal_yen - self.meal_copay

    @property
    def total(self) -> int:
        return self.yen + self.meal_paid


def benefit_tenths(receipt: Receipt) -> int:
    """給付割合 in tenths, from the person of the レセプト種別."""
    person = receipt.claim_type[3]
    if person in "90":
        return 7
    if receipt.insurer.law == "39":
        return 9
    return 8 if person in "3478" else 7


def capped_copay(receipt: Receipt, points: int) -> int:
    """The patient's share where a cap limits it, else 0: then notices leave it to the percentage."""
    if not receipt.inpatient or not receipt.has_insurer or receipt.patient.publics:
        return 0
    cost = points * YEN_PER_POINT
    cap = COPAY_CAP_YEN + max(0, cost - COPAY_CAP_COVERS_YEN) // 100
    return cap if points * (10 - benefit_tenths(receipt)) > cap else 0


def plain_copay(receipt: Receipt, points: int) -> int:
    """The patient's percentage."""
    return points * (10 - benefit_tenths(receipt))


def meals_of(receipt: Receipt) -> int:
    """Meals claimed; a claim of 公費 alone has none here."""
    return len(receipt.days) * MEALS_A_DAY if receipt.inpatient and receipt.has_insurer else 0


def shares(receipt: Receipt, points: int, meals: int) -> tuple[Share, ...]:
    """What each payer pays for so many points and meals, the main payer first."""
    rest = cost = points * YEN_PER_POINT
    result = []
    if receipt.has_insurer:
        copay = capped_copay(receipt, points)
        paid = cost - copay if copay else points * benefit_tenths(receipt)
        rest = cost - paid
        insurer = receipt.insurer
        result.append(
            Share(
                insurer.number, insurer.law, "", points, copay, paid, meals, meals * MEAL_YEN,
                meals * MEAL_COPAY_YEN,
            )
        )  # fmt: skip
    for position, (number, recipient) in enumerate(receipt.patient.publics, 1):
        is_last = position == len(receipt.patient.publics)
        left = 0 if is_last else min(rest, COPAY_OF_SECOND_PUBLIC)
        result.append(Share(number, number[:2], recipient, points, left, rest - left, 0, 0, 0))
        rest = left
    return tuple(result)


def fixed_points(receipt: Receipt, decision: Decision) -> int:
    """決定点数 after first review."""
    return receipt.points + decision.points_delta


def fixed_shares(receipt: Receipt, decision: Decision) -> tuple[Share, ...]:
    """What was paid after first review."""
    return shares(receipt, fixed_points(receipt, decision), meals_of(receipt) - decision.meals_cut)


def difference(new: Share, old: Share) -> Share:
    """What changes for a payer."""
    return Share(
        new.number, new.law, new.recipient, new.points - old.points, new.copay - old.copay, new.yen - old.yen,
        new.meals - old.meals, new.meal_yen - old.meal_yen, new.meal_copay - old.meal_copay,
    )  # fmt: skip
