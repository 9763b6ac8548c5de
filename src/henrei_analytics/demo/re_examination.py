"""What becomes of paid receipts later: cut, given back, left as decided, or returned."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from random import Random
from typing import Literal

from .cuts import cut_item
from .events import Cut, Return, Sending
from .money import Share, difference, fixed_points, fixed_shares, meals_of, shares
from .story import Story, StreamKey
from .world import HOSPITAL, INSTITUTIONS

Result = Literal["returned", "cut", "restored", "upheld"]

_CUTS_A_MONTH = {True: ((0, 1, 2, 3), (2, 4, 3, 1)), False: ((0, 1), (7, 3))}
"""How many re-examinations of insurers end in a cut; by whether it is the hospital."""

_OBJECTION_RATE = 0.25
_RESTORED_RATE = 0.45
_DETAIL_RATE = 0.6
_CLINICAL = "100060"
_ASKED_BY_INSTITUTION = "100052"


@dataclass(frozen=True, slots=True)
class ReExamination:
    """One outcome of a re-examination."""

    result: Result
    sending: Sending
    processing_month: int
    requested_month: int
    reason: str
    """請求理由: why it was asked for."""
    by_institution: bool
    cut: Cut | None = None
    """The change now made or, if restored or upheld, the earlier cut in question."""
    detailed: bool = False
    """The notice prints what was changed, not only the sum."""
    returned: Return | None = None

    @property
    def on_paper(self) -> bool:
        """A return for which there is no return file."""
        return self.returned is not None and self.returned.medium == "paper"

    @property
    def is_told(self) -> bool:
        """Of what comes on paper only 社保 tells in a notice as well."""
        return not self.on_paper or self.sending.receipt.payer == "shaho"

    @property
    def points_delta(self) -> int:
        """How the fixed points change; a returned receipt loses them all."""
        if self.result == "returned":
            return -self.sending.receipt.points
        if self.result == "upheld" or self.cut is None:
            return 0
        return self.cut.points if self.result == "cut" else -self.cut.points

    @property
    def changes(self) -> tuple[Share, ...]:
        """What each payer pays more (or less, if negative)."""
        receipt, decision = self.sending.receipt, self.sending.decision
        assert decision is not None
        paid = fixed_shares(receipt, decision)
        if self.result == "returned":
            new = shares(receipt, 0, 0)
        else:
            points = fixed_points(receipt, decision) + self.points_delta
            new = shares(receipt, points, meals_of(receipt) - decision.meals_cut)
        return tuple(difference(after, before) for after, before in zip(new, paid, strict=True))


def re_examinations(story: Story, rng: Random) -> dict[StreamKey, list[ReExamination]]:
    """All outcomes by stream and processing month; cuts and objections of 社保 only, which alone tells them."""
    found: dict[StreamKey, list[ReExamination]] = defaultdict(list)
    for key, batch in sorted(story.streams["re_examination"].items()):
        found[key] += [_returned(returned) for returned in batch]
    for institution in INSTITUTIONS:
        code = institution.code
        touched: set[int] = set()
        for outcome in _objections(story, code, rng):
            touched.add(id(outcome.sending))
            found[code, "shaho", outcome.processing_month].append(outcome)
        for month in range(story.first_month + 3, story.last_month + 1):
            for _ in range(rng.choices(*_CUTS_A_MONTH[institution is HOSPITAL])[0]):
                outcome = _cut(story, code, month, touched, rng)
                if outcome:
                    found[code, "shaho", month].append(outcome)
    return found


def _returned(returned: Return) -> ReExamination:
    return ReExamination(
        result="returned",
        sending=returned.sending,
        processing_month=returned.processing_month,
        requested_month=returned.processing_month,
        reason=returned.reasons[0].request,
        by_institution=returned.return_class == 9,
        returned=returned,
    )


def _objections(story: Story, institution: str, rng: Random) -> list[ReExamination]:
    """The office asked for another look at some cuts."""
    outcomes = []
    for month in range(story.first_month, story.last_month + 1):
        for sending in story.sendings.get((institution, "shaho", month), []):
            cuts = sending.decision.cuts if sending.decision else ()
            if len(cuts) != 1 or cuts[0].points >= 0 or rng.random() >= _OBJECTION_RATE:
                continue
            restored, answered = rng.random() < _RESTORED_RATE, month + rng.randint(3, 5)
            detailed = rng.random() < _DETAIL_RATE
            if answered <= story.last_month:
                outcomes.append(
                    ReExamination(
                        result="restored" if restored else "upheld",
                        sending=sending,
                        processing_month=answered,
                        requested_month=month + 1,
                        reason=_ASKED_BY_INSTITUTION,
                        by_institution=True,
                        cut=cuts[0],
                        detailed=detailed or not restored,
                    )
                )
    return outcomes


def _cut(story: Story, institution: str, month: int, touched: set[int], rng: Random) -> ReExamination | None:
    """An insurer had a receipt of some months ago looked at again."""
    claim_month = month - rng.randint(2, 6)
    paid = [
        sending
        for sending in story.sendings.get((institution, "shaho", claim_month), [])
        if sending.returned is None
        and sending.decision
        and not sending.decision.cuts
        and id(sending) not in touched
    ]
    if not paid:
        return None
    sending = rng.choice(paid)
    cut = cut_item(sending.receipt, rng, set())
    if cut is None:
        return None
    touched.add(id(sending))
    # a row of this notice has room for one letter
    cut = cut._replace(letters=cut.letters[0])
    detailed = rng.random() < _DETAIL_RATE
    return ReExamination("cut", sending, month, month - 1, _CLINICAL, False, cut, detailed)
