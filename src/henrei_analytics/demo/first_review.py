"""What first review decides about the receipts it does not send back: mostly nothing, sometimes a cut."""

from __future__ import annotations

from random import Random

from .cuts import cuts_of
from .events import Decision, Sending
from .money import capped_copay, fixed_points
from .records import reception_number
from .rounds import Round

_CUT_RATE = {False: 0.0035, True: 0.015}
"""By 入院: long claims have more to doubt."""

_TELLS_COPAY_RATE = 0.25
_FIRST_SERIAL = 100_000
"""Returned receipts carry small serials; these keep clear of them."""


def decide(rounds: list[Round], rng: Random) -> None:
    """Give every claimed receipt of a stream and month its 受付番号 and its cuts."""
    serial = _FIRST_SERIAL
    for each in rounds:
        for line in each.lines:
            if not line.claimed:
                continue
            sending, returned = line.sending, line.sending.returned
            serial += 1
            if returned is not None and returned.stage == "first_review":
                number = reception_number(sending.claim_month, int(returned.search_number[-6:]))
                sending.decision = Decision(line.number, number)
                continue
            decision = Decision(line.number, reception_number(sending.claim_month, serial))
            sending.decision = decision
            # what is cut and what comes back after payment are kept apart: amounts stay comparable
            if returned is None and rng.random() < _CUT_RATE[sending.receipt.inpatient]:
                decision.cuts = cuts_of(sending.receipt, rng)
                decision.tells_copay = _tells_copay(sending, decision, rng)


def _tells_copay(sending: Sending, decision: Decision, rng: Random) -> bool:
    """Where a capped share changes it is told; 国保連 now and then tells the percentage as well."""
    receipt = sending.receipt
    if not decision.points_delta:
        return False
    if capped_copay(receipt, receipt.points) != capped_copay(receipt, fixed_points(receipt, decision)):
        return True
    if receipt.payer == "shaho" or receipt.patient.publics or capped_copay(receipt, receipt.points):
        return False
    return rng.random() < _TELLS_COPAY_RATE
