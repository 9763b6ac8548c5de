"""One row of a list → its values, or the addresses of its bad cells. Cells first, then what must agree in a row."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from henrei_analytics.errors import UnreadableFile
from henrei_analytics.lists.cells import (
    DATED,
    READ,
    TEN_DIGITS,
    BadCell,
    Merged,
    code_names,
    is_blank,
    text_of,
)
from henrei_analytics.lists.fields import fields, plain
from henrei_analytics.lists.mapping import STANDS_IN, Column, Mapping, Match
from henrei_analytics.lists.sheets import Row, address

NAMED = 20  # bad cells that are named one by one; the rest is counted
MEDICAL = "1"  # 点数表 of a seven-digit code when nothing tells it
ACTION = ("institution", "acted_on", "category", "department", "payer", "insurer_number")  # what makes it one
TWINS = {
    "volumes": ("institution", "payer", "month", "setting"),
    "actions": ACTION,
}  # kind → what no two rows share
SAID_OF_TWINS = {
    "volumes": "同じ年月の行です。どちらかを消してください",
    "actions": "同じ取組（実施日・分類・対象が同じ）です。内容を1行にまとめてください",
}
STAGES = {1: "first_review", 2: "first_review", 3: "first_review"}  # 返戻区分; the others are re-examinations

Wrong = Callable[[str, str], None]  # field and what is wrong with it


@dataclass(frozen=True)
class ListRow:
    """A row that was read: its number in the sheet, its number among the receipts, its block and its values."""

    line_no: int
    receipt_no: int
    block_no: int
    values: dict


@dataclass
class BadCells:
    """What is wrong in a file, in the order of its rows. Holds no content."""

    named: list[str] = field(default_factory=list)
    total: int = 0

    def add(self, row: int, place: int | None, title: str | None, why: str) -> None:
        """One bad cell; without a place the row as a whole."""
        self.total += 1
        if len(self.named) < NAMED:
            where = f"{row}行目" if place is None else address(row, place)
            self.named.append(f"{where}{f'（{title}）' if title else ''}: {why}")

    def error(self) -> UnreadableFile:
        """The refusal of the file, naming the first cells and counting the rest."""
        more = f"／ほか{self.total - len(self.named)}件" if self.total > len(self.named) else ""
        text = f"直すところが{self.total}件あります。{'／'.join(self.named)}{more}"
        return UnreadableFile("cells", text)


class RowReader:
    """Reads the rows of one file by its mapping."""

    def __init__(self, mapping: Mapping, found: Match) -> None:
        self._mapping = mapping
        self._places = found.places
        self._columns = [c for c in mapping.columns if c.field and c.name in found.places]
        self._titles = {name: each.title for name, each in fields(mapping.kind).items()}
        self._titles |= {c.name: c.heading for c in mapping.columns}
        self._seen: dict[tuple, int] = {}

    def read(self, row: Row, bad: BadCells) -> dict | None:
        """The values by field name, with `scope` (seven-digit code) for the hashes; None when a cell is bad."""
        before = bad.total
        values: dict = dict(self._mapping.fixed)
        unread: set[str] = set()
        for column in self._columns:
            place = self._places[column.name]
            try:
                value = self._cell(column, row.cells[place] if place < len(row.cells) else None)
            except BadCell as why:
                bad.add(row.number, place, column.heading, str(why))
                unread.add(column.name)
                values.pop(column.name, None)
                continue
            if value is not None or column.name not in values:
                values[column.name] = value
        self._agree(row, values, unread, bad)
        if self._mapping.refuse_twins and bad.total == before:
            self._twins(row, values, bad)
        return values if bad.total == before else None

    def _cell(self, column: Column, cell: object) -> object:
        if isinstance(cell, Merged) and cell.down and column.field.carried:
            cell = cell.top
        elif isinstance(cell, Merged):
            raise BadCell("結合されたセルです。結合を解除して記入してください")
        known = self._mapping.values.get(column.name)
        if known and isinstance(cell, (str, int, float)) and not isinstance(cell, bool):
            cell = known.get(plain(text_of(cell) or ""), cell)
        if is_blank(cell):
            return None
        read = READ[column.field.type]
        return read(cell, column.date_style) if column.field.type in DATED else read(cell)

    def _agree(self, row: Row, values: dict, unread: set[str], bad: BadCells) -> None:
        """What the cells of a row must be together. Completes `values` where one field tells another.

        Fields in `unread` have a bad cell, named already: what depends on them is not judged, all else is.
        """

        def wrong(name: str, why: str) -> None:
            title = self._titles.get(name)
            bad.add(row.number, self._places.get(name), title, why)

        if values.get("month") is None and values.get("received_month"):
            values["month"] = _month_before(values["received_month"])
        if values.get("stage") is None and values.get("return_class"):
            values["stage"] = STAGES.get(values["return_class"], "re_examination")
        for name in sorted(self._mapping.required, key=lambda n: self._places.get(n, -1)):
            if values.get(name) is None and not unread & {name, STANDS_IN.get(name)}:
                wrong(name, "空です。必ず記入してください")
        if values.get("institution") and not unread & {"prefecture", "fee_table"}:
            self._institution(values, wrong)
        service, month = values.get("service_month"), values.get("month")
        if service and month and service > month:
            wrong("service_month", "診療年月が処理年月・請求年月より後です")
        inpatient = _inpatient(values.get("claim_type"))
        if values.get("setting") is None and inpatient is not None:
            values["setting"] = inpatient
        elif inpatient is not None and inpatient != values["setting"]:
            wrong("setting", "レセプト種別と入院・入院外が合いません")
        if self._mapping.kind == "returns":
            self._reasons(values, unread, wrong)
        if self._mapping.kind == "claims" and values.get("setting") is None:
            if not unread & {"setting", "claim_type"}:
                wrong("setting", "レセプト種別も入院・入院外の別もありません")
        if self._mapping.kind == "volumes":
            _split(values, wrong)

    def _institution(self, values: dict, wrong: Wrong) -> None:
        """Completes a seven-digit code; the 点数表 is told by the code, the mapping and the レセプト種別 alike."""
        institution, fee_table = values["institution"], values.get("fee_table")
        if len(institution) == 7:
            if not values.get("prefecture"):
                own_form = self._mapping.marker is not None
                more = "" if own_form else "。7桁のままなら、対応表の [fixed] に prefecture を書いてください"
                wrong("institution", TEN_DIGITS + more)
                return
            institution = f"{values['prefecture']}{fee_table or MEDICAL}{institution}"
        elif fee_table and fee_table != institution[2]:
            wrong("institution", "3桁目と点数表が合いません")
        if (claim_type := values.get("claim_type")) and claim_type[0] != institution[2]:
            wrong(
                "claim_type",
                "レセプト種別の1桁目と、医療機関コードの点数表（1医科・3歯科・4調剤）が合いません",
            )
        values["institution"], values["scope"] = institution, institution[3:]

    def _reasons(self, values: dict, unread: set[str], wrong: Wrong) -> None:
        kind, stage, payer = (values.get(name) for name in ("return_class", "stage", "payer"))
        if kind and stage and STAGES.get(kind, "re_examination") != stage:
            wrong("return_class", "返戻区分と原審査・再審査が合いません（1〜3は原審査、4〜9は再審査）")
        for name in ("code", "code_2", "code_3"):
            if values.get(name) and payer:
                values[name] = _whole_code(values[name], payer)
                if self._mapping.complete and not _fits_payer(values[name], payer):
                    wrong(name, "この審査支払機関の事由コード・事由番号の形ではありません")
        if not self._mapping.complete:
            return
        if not (values.get("code") or values.get("text") or unread & {"code", "text"}):
            wrong("text", "事由コードか事由の文のどちらかを記入してください")
        if not (values.get("chart_number") or values.get("name") or unread & {"chart_number", "name"}):
            wrong("chart_number", "カルテ番号か氏名のどちらかを記入してください")

    def _twins(self, row: Row, values: dict, bad: BadCells) -> None:
        """A row typed twice, be it by two people; of volumes, two rows for the same cell of the table."""
        key = TWINS.get(self._mapping.kind, [name for name in sorted(values) if name != "entered_by"])
        same = tuple(values.get(name) for name in key)
        first = self._seen.setdefault(same, row.number)
        if first != row.number:
            what = SAID_OF_TWINS.get(self._mapping.kind, "まったく同じ内容の行です。どちらかを消してください")
            bad.add(row.number, None, None, f"{first}行目と{what}")


def _month_before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def _inpatient(claim_type: str | None) -> str | None:
    """The last digit of a レセプト種別: odd is 入院."""
    if claim_type is None:
        return None
    return "inpatient" if int(claim_type[3]) % 2 else "outpatient"


def _whole_code(code: str, payer: str) -> str:
    """Put back leading zeros where only one list of the payer can be meant."""
    if payer == "kokuho" and re.fullmatch(r"[0-9]{3}", code):  # four digits, or a number up to 28
        return "0" + code
    if payer == "kokuho" and re.fullmatch(r"0[0-9]", code):
        return code[1]
    padded = code.zfill(6)
    if payer == "shaho" and re.fullmatch(r"[0-9]{1,2}", code) and padded in code_names("ssk_6digit"):
        return padded
    return code


def _fits_payer(code: str, payer: str) -> bool:
    if payer == "kokuho" and len(code) <= 2:
        return code in code_names("kokuho_number")
    forms = {"shaho": r"L[0-9]{4}|S1[0-9]{3}|[0-9]{6}", "kokuho": r"[0-9]{4}|S2[0-9]{3}|2[0-9]{5}"}
    return re.fullmatch(forms[payer], code) is not None


def _split(values: dict, wrong: Wrong) -> None:
    """First claims are all but the re-claims; unknown re-claims stay unknown."""
    claims, again = values.get("claims"), values.get("resubmissions")
    if claims is None:
        return
    if again is not None and again > claims:
        wrong("resubmissions", "請求件数より多くなっています")
    values["first_claims"] = claims - (again or 0)
