"""What makes a pair of return and re-claim hard to recognise, read off the two claims as they were written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from .events import Return, Sending

RECLAIM_ON_PAPER = "reclaim_on_paper"


def troubles_of(returned: Return) -> list[str]:
    """The kinds of trouble that befell a return, sorted; without re-claim only those of the return itself."""
    found = set(returned.befell)
    if returned.medium == "paper":
        found.add("paper")
    elif returned.sources == ["henr"]:
        found.add("lost_return_file")
    if returned.sending.place is None:
        found.add("lost_claim_file")
    if returned.surplus:
        found.add("claimed_twice")
    if returned.reclaim:
        found.update(_differences(returned.sending, returned.reclaim))
        # what goes back on paper is in no file that could be marked or lost
        found.update(() if RECLAIM_ON_PAPER in found else _markings(returned.reclaim))
    return sorted(found)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def _differences(sent: Sending, again: Sending) -> Iterator[str]:
    old, new = sent.receipt, again.receipt
    if old.payer != new.payer:
        yield "other_payer"
    elif old.insurer.law != new.insurer.law:
        yield "other_scheme"
    elif old.insurer.number != new.insurer.number:
        yield "other_insurer"
    elif (old.symbol, old.number) != (new.symbol, new.number):
        yield "other_number"
    if old.claim_type != new.claim_type:
        yield "other_claim_type"
    if old.points != new.points:
        yield "other_points"
    names = [patient.family + patient.given for patient in (old.patient, new.patient)]
    if _plain(names[0]) != _plain(names[1]):
        yield "other_name"
    elif names[0] != names[1]:
        yield "other_spacing"
    if old.patient.birth != new.patient.birth:
        yield "other_birth"
    charts = [old.patient.chart, new.patient.chart]
    if not all(charts):
        yield "no_chart"
    elif charts[0] != charts[1]:
        yield "other_zeros"


def _markings(reclaim: Sending) -> Iterator[str]:
    """What the re-claim lacks. A return on paper or one claimed at another scheme never had a number to repeat."""
    if reclaim.place is None:
        yield "lost_reclaim"
    if not reclaim.is_marked:
        yield "no_number_no_block"
    elif not reclaim.shows_number:
        yield "no_number"
    elif not reclaim.shows_block:
        yield "no_block"
