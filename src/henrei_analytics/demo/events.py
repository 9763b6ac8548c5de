"""What can happen to a receipt: it is sent, it is cut, it comes back, it is sent again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from .months import yyyymm
from .reasons import Reason
from .world import Institution, Insurer, Patient, Payer

Stage = Literal["first_review", "re_examination"]
Medium = Literal["online", "paper"]


class Place(NamedTuple):
    """Where a receipt stands: the file below the demo's folder, and the line of its RE counted from 1."""

    path: str
    line: int


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
        filled = self.institution.beds and self.patient.chart
        return f"{self.patient.chart}-{yyyymm(self.service_month)}" if filled else ""

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
    shows_number: bool = True
    """A re-claim carries the 検索番号 of the return it answers."""
    shows_block: bool = True
    """A re-claim carries the history block of the return it answers."""
    places: list[Place] = field(default_factory=list)
    """Where the kept claim files have it, oldest file first."""

    @property
    def place(self) -> Place | None:
        """Where the version that counts stands; None when no file with it was kept."""
        return self.places[-1] if self.places else None

    @property
    def search_number(self) -> str:
        """検索番号 as the claim file has it."""
        return self.answers.search_number if self.answers and self.shows_number else ""

    @property
    def block(self) -> tuple[tuple[str, str], ...]:
        """履歴管理ブロック as the claim file has it."""
        return self.answers.block if self.answers and self.shows_block else ()

    @property
    def is_marked(self) -> bool:
        """Whether the claim file shows that this is a re-claim."""
        return self.answers is not None and (self.shows_number or self.shows_block)


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
    """False: nobody fetched the file that tells of it."""
    lost: bool = False
    """The office claimed it again but did not keep the files that told of it."""
    medium: Medium = "online"
    listed_chart: str | None = None
    """カルテ番号 as the office wrote it into its list of paper returns."""
    surplus: list[Sending] = field(default_factory=list)
    """Further claims made for the same return though nothing had come back."""
    befell: list[str] = field(default_factory=list)
    """What made this return hard to follow and cannot be seen from its claims alone."""

    @property
    def known(self) -> bool:
        """Whether the office's files or lists tell of it."""
        return self.downloaded and not self.lost

    @property
    def receipt(self) -> Receipt:
        return self.sending.receipt

    @property
    def received_month(self) -> int:
        return self.processing_month + 1

    @property
    def previous(self) -> Return | None:
        return self.sending.answers

    @property
    def known_previous(self) -> Return | None:
        """The nearest earlier return of the same receipt that the office knows of."""
        earlier = self.previous
        while earlier is not None and not earlier.known:
            earlier = earlier.previous
        return earlier

    @property
    def known_again(self) -> Return | None:
        """The nearest later return of the same receipt that the office knows of."""
        later = self.reclaim.returned if self.reclaim else None
        while later is not None and not later.known:
            later = later.reclaim.returned if later.reclaim else None
        return later
