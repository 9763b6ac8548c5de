"""What the check before review says about a receipt: sometimes rightly, sometimes in vain.

The codes are those of the published check list of 支払基金; the wording is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from .events import Sending
from .world import Payer

_FORETOLD_RATE: dict[Payer, float] = {"shaho": 0.6, "kokuho": 0.2}
"""Chance that a receipt about to come back had been warned of."""

_IN_VAIN_RATE = 0.011
_REFUSED_RATE = 0.0025
_SECOND_RATE = 0.25


class Finding(NamedTuple):
    """One error code of the check and what is printed with it."""

    code: str
    message: str
    cause: str = ""
    section: str = ""
    outpatient_only: bool = False

    @property
    def level(self) -> str:
        return self.code[:2]

    @property
    def is_note(self) -> bool:
        """L48…: a notice; the receipt counts as clean."""
        return self.code.startswith("L48")


class PreCheck(NamedTuple):
    """A finding about one receipt of one sending."""

    sending: Sending
    number: int
    finding: Finding

    @property
    def came_back(self) -> bool:
        """The first review returned the receipt, and the office knows."""
        returned = self.sending.returned
        return returned is not None and returned.stage == "first_review" and returned.known


_WORDS = {
    "L3087": Finding("L3087", "保険者番号の記録に誤りがあります", "例示の保険者番号"),
    "L3148": Finding("L3148", "記号の桁数に誤りがあります（協会けんぽ）", "例示の記号"),
    "L3220": Finding("L3220", "主傷病名の記録に誤りがあります"),
    "L3089": Finding("L3089", "第一公費の負担者番号に誤りがあります", "例示の負担者番号"),
    "L4222": Finding("L4222", "算定の対象となる傷病名が記録されていません"),
    "L4451": Finding("L4451", "初診料の算定要件を満たしていません", "", "11"),
    "L4605": Finding("L4605", "医学管理料の併算定はできません", "", "13"),
    "L4648": Finding("L4648", "外来管理加算は算定できません", "", "12"),
    "L4510": Finding("L4510", "一部負担金の額に誤りがあります"),
}
"""What the check prints for the codes receipts come back with."""

_FORETELLING = {
    "eligibility": "L3087",
    "entry": "L4222",
    "points": "L4605",
    "clinical": "L4222",
    "public": "L3089",
}
"""The code nearest to a reason whose own code is none of the check."""

_IN_VAIN = (
    _WORDS["L4222"],
    _WORDS["L4605"],
    Finding("L4224", "診療行為と診療識別が一致しません", "", "60"),
    Finding("L4428", "届出と異なる施設基準の項目です", "", "13"),
    Finding("L4438", "必要なコメントが記録されていません", "", "21"),
    Finding("L4636", "初診・再診の回数が実日数を超えています", "", "12", outpatient_only=True),
    Finding("L4648", "外来管理加算は算定できません", "", "12", outpatient_only=True),
    Finding("L4800", "和暦で記録された日付を西暦に変換しました"),
    Finding("L4834", "カナ氏名の形式に誤りがあります"),
)
REFUSED = Finding("L3303", "診療行為等のコードが存在しません", "例示の診療行為コード")
"""A receipt refused until it is corrected."""


def findings_about(sending: Sending, rng: Random) -> Iterator[Finding]:
    """What the check says about a receipt as it is sent."""
    returned, receipt = sending.returned, sending.receipt
    if returned is not None:
        if returned.stage == "first_review" and returned.downloaded:
            reason = returned.reasons[0]
            code = reason.code if reason.code in _WORDS else _FORETELLING.get(reason.kind)
            if code and rng.random() < _FORETOLD_RATE[receipt.payer]:
                yield _WORDS[code]
        return
    draw = rng.random()
    if draw < _REFUSED_RATE:
        yield REFUSED
    elif draw < _REFUSED_RATE + _IN_VAIN_RATE:
        fitting = [f for f in _IN_VAIN if not (f.outpatient_only and receipt.inpatient)]
        count = 2 if rng.random() < _SECOND_RATE else 1
        yield from rng.sample(fitting, count)
