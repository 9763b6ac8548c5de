"""What can happen to a receipt: it is sent, it is cut, it comes back, it is sent again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from .months import yyyymm
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
    def laws(self) -> tuple[str, ...]:
        """法別番号 of everyone who pays, the main payer first."""
        own = (self.insurer.law,) if self.has_insurer else ()
        return own + tuple(number[:2] for number, _ in self.patient.publics)

    @property
    def information(self) -> str:
        """請求情報, which only the hospital's system fills."""
        return f"{self.patient.chart}-{yyyymm(self.service_month)}" if self.institution.beds else ""

    @property
    def setting(self) -> str:
        return "inpatient" if self.inpatient else "outpatient"


class Cut(NamedTuple):
    """One change first review or a re-examination made to a receipt: points, or yen for meals."""

    section: str
    letters: str
    points: int
    """Negative: cut, positive: raised; 0 when meals were cut."""
    yen: int
    name: str
    points_before: int
    count_before: int
    points_after: int
    count_after: int
    apart: bool = False
    """The notice prints the letters on other lines than the points."""

    @property
    def meals(self) -> int:
        """Meals taken away."""
        return self.count_before - self.count_after if self.yen else 0


@dataclass(slots=True)
class Decision:
    """What the payer's first review noted about a receipt it took in."""

    receipt_number: int
    """レセプト番号 in the claim file it was finally claimed in."""
    reception_number: str
    cuts: tuple[Cut, ...] = ()
    tells_copay: bool = False
    """The notice also says what the patient's share becomes."""

    @property
    def points_delta(self) -> int:
        return sum(cut.points for cut in self.cuts)

    @property
    def meals_cut(self) -> int:
        return sum(cut.meals for cut in self.cuts)


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
    decision: Decision | None = None
    """None while no first review has been heard of."""


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
    downloaded: bool = True
    """False: the office kept no file that tells of it."""

    @property
    def receipt(self) -> Receipt:
        return self.sending.receipt

    @property
    def received_month(self) -> int:
        return self.processing_month + 1

    @property
    def previous(self) -> Return | None:
        return self.sending.answers
