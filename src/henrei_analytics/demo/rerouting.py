"""Receipts whose insurer the payer looked up: billed to another one, divided, left as written. Never returned."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from .events import Sending
from .world import HOSPITAL, Insurer

Outcome = Literal["transferred", "split", "as_claimed", "branch_number"]

_A_MONTH = {True: (1, 4), False: (0, 2)}
_BRANCHES_A_MONTH = {True: (1, 3), False: (0, 1)}
_OTHER_PAYER_RATE = 0.3
_MOVABLE = ("01", "06", "31", "32", "33", "34", "00")
"""Insurers people change between in working life."""


@dataclass(frozen=True, slots=True)
class Reroute:
    """What was done with one receipt."""

    outcome: Outcome
    sending: Sending
    processing_month: int
    insurer: Insurer | None = None
    """Where it went, if it went elsewhere."""
    days: int = 0
    points: int = 0
    """What stays with the insurer of the claim when it is split."""
    branch: str = ""

    @property
    def changes_payer(self) -> bool:
        return self.insurer is not None and self.insurer.payer != self.sending.receipt.payer


def reroutes_of(sendings: list[Sending], rng: Random) -> list[Reroute]:
    """The receipts of one stream and month that were rerouted."""
    fitting = [s for s in sendings if s.returned is None and s.receipt.insurer.law in _MOVABLE]
    if not fitting:
        return []
    receipt = fitting[0].receipt
    hospital = receipt.institution is HOSPITAL
    wanted = rng.randint(*_A_MONTH[hospital])
    branches = rng.randint(*_BRANCHES_A_MONTH[hospital]) if receipt.payer == "shaho" else 0
    chosen = rng.sample(fitting, min(wanted + branches, len(fitting)))
    return [
        _branch(sending, rng) if position < branches else _moved(sending, rng)
        for position, sending in enumerate(chosen)
    ]


def _branch(sending: Sending, rng: Random) -> Reroute:
    return Reroute("branch_number", sending, sending.claim_month, branch=f"{rng.randint(0, 3):02d}")


def _moved(sending: Sending, rng: Random) -> Reroute:
    receipt, month = sending.receipt, sending.claim_month
    outcome: Outcome = rng.choices(("transferred", "split", "as_claimed"), (60, 15, 25))[0]
    days = len(receipt.days)
    if outcome == "split" and days < 2:
        outcome = "transferred"
    if outcome == "as_claimed":
        return Reroute(outcome, sending, month)
    elsewhere = outcome == "transferred" and rng.random() < _OTHER_PAYER_RATE
    insurer = rng.choice(
        [
            other
            for other in receipt.institution.insurers
            if other.law in _MOVABLE
            and other is not receipt.insurer
            and (other.payer != receipt.payer) == elsewhere
        ]
    )
    if outcome == "transferred":
        return Reroute(outcome, sending, month, insurer)
    kept = rng.randint(1, days - 1)
    return Reroute(outcome, sending, month, insurer, kept, receipt.points * kept // days)
