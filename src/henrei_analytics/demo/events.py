"""What can happen to a receipt: it is sent, it comes back, it is sent again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from .reasons import Reason
from .world import Institution, Insurer, Patient, Payer

Stage = Literal["first_review", "re_examination"]


class Item(NamedTuple):
    """One line of care or comment (SI, IY, CO, SJ); texts stand in ``quantity``, ``section`` is 診療識別."""

    record: str
    section: str
    code: str
    quantity: str
    points: int
    count: int
    every_day: bool


def total_points(items: tuple[Item, ...]) -> int:
    """合計点数 of a receipt."""
    return sum(item.points * item.count for item in items)


@dataclass(slots=True)
class Receipt:
    """One patient's care in one month, in the wording of one sending."""

    institution: Institution
    patient: Patient
    insurer: Insurer
    symbol: str
    number: str
    payer: Payer
    service_month: int
    claim_type: str
    inpatient: bool
    department: str
    days: tuple[int, ...]
    items: tuple[Item, ...]
    diseases: tuple[tuple[str, str], ...]
    """Name and 診療開始日; the first is the main disease."""

    @property
    def points(self) -> int:
        return total_points(self.items)

    @property
    def has_insurer(self) -> bool:
        """False for 公費単独: there is no HO record."""
        return self.insurer.law != "12"

    @property
    def setting(self) -> str:
        return "inpatient" if self.inpatient else "outpatient"


@dataclass(slots=True)
class Sending:
    """A receipt in the claim file of one month."""

    receipt: Receipt
    claim_month: int
    answers: Return | None = None
    """The return this is the re-claim of; None for a first claim."""
    returned: Return | None = None
    """How it came back, if it did."""
    corrected: bool = False
    """Sent twice in the same month: first without its last item, then as it stands here."""
    lines: tuple[str, ...] = ()
    """Its claim records as written (kept only when they come back)."""


@dataclass(slots=True)
class Return:
    """One receipt sent back once."""

    sending: Sending
    stage: Stage
    processing_month: int
    search_number: str
    reasons: tuple[Reason, ...]
    return_class: int
    round: int
    reclaim: Sending | None = None
    block: tuple[tuple[str, str], ...] = ()
    """履歴管理ブロック as (データ識別, record); the line numbers follow from the order."""
    sources: list[str] = field(default_factory=list)

    @property
    def receipt(self) -> Receipt:
        return self.sending.receipt

    @property
    def received_month(self) -> int:
        return self.processing_month + 1

    @property
    def previous(self) -> Return | None:
        return self.sending.answers
