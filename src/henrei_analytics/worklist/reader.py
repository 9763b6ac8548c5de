"""A worklist that comes back, filled in → statements for the ledger: what each row says about each field.

A file is read whole or not at all: every bad cell is named by its address, never by its content. Only the hidden record
of a row tells which return it is about; what stands in the other columns is compared with it, so that a sort that tore
rows apart is found out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import polars as pl

from henrei_analytics.errors import UnreadableFile
from henrei_analytics.formats.headers import FileFacts
from henrei_analytics.formats.read import QUARANTINE, FileRead, Part
from henrei_analytics.formats.scan import Input
from henrei_analytics.lists import cells, sheets
from henrei_analytics.lists.cells import BadCell, is_blank
from henrei_analytics.lists.fields import plain
from henrei_analytics.lists.rows import BadCells
from henrei_analytics.lists.workbook import is_workbook
from henrei_analytics.privacy import Pseudonyms
from henrei_analytics.worklist.record import BadRecord, Record, read
from henrei_analytics.worklist.words import CHECKED, FIELDS, columns, heading, words

TITLE, HEADING, REST, REPEATED, DATA = "表題", "見出し", "対象外", "重複", "明細"
ENTRIES = (*FIELDS, "decided_by", "decided_on", CHECKED)
LONGEST = {"owner": 100, "decided_by": 100, "note": 2000}  # characters
YEARS = range(2000, 2100)
NO_PREFECTURE = "00"  # of an institution no file tells the prefecture of
TABLE = "decision_edits"
SCHEMA = {
    "file_no": pl.Int32, "line_no": pl.Int64, "export_id": pl.String, "return_id": pl.String, "field": pl.String,
    "base_value": pl.String, "new_value": pl.String, "decided_by": pl.String, "decided_on": pl.Date,
    "known_conflicts": pl.List(pl.String), "institution": pl.String, "payer": pl.String,
    "processing_month": pl.Date, "service_month": pl.Date, "chart_number": pl.String, "points": pl.Int64,
    "search_number": pl.String,
}  # fmt: skip
TORN = (
    "この行のカルテ番号・点数が「管理用」の列と合いません。一部の列だけを並べ替えていないか確かめてください"
)


@dataclass(frozen=True, eq=False)
class WorklistLayout:
    """The one kind of workbook this package writes. name: as in mart.files; title: what messages call it."""

    name: str
    title: str

    def reader(self, pseudonyms: Pseudonyms) -> WorklistReader:
        """A reader; people are not named in a worklist, so that the hashes are not needed."""
        return WorklistReader(self)


@cache
def worklist_layout() -> WorklistLayout:
    """The layout: always the same object."""
    return WorklistLayout("worklist", words()["sheets"]["open"])


def detect_worklist(head: bytes, open: Callable[[], object]) -> WorklistLayout | None:
    """The layout of a workbook that has one of our sheets; None for any other file.

    Raises UnreadableFile for a worklist whose headings were damaged.
    """
    if not is_workbook(head):
        return None
    try:
        tables = [_first_rows(sheet) for sheet in sheets.excel_sheets(open)]
    except UnreadableFile:  # nothing tells that it was meant for us
        return None
    if any(_places(rows) for rows in tables):
        return worklist_layout()
    if any(_is_titled(rows) for rows in tables):
        raise UnreadableFile(
            "headings",
            "作業一覧の見出しか、隠れている列「管理用」がなくなっています。見出しを元に戻すか、"
            "henrei worklist で書き出し直した一覧に写してください。",
        )
    return None


def canonical(text: str | None) -> str | None:
    """A text in the one form entries are stored and compared in: line ends as one, nothing around, no controls."""
    if text is None:
        return None
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return kept.strip(cells.SPACES) or None


@dataclass
class _Row:
    """A row read: its place among all rows of the file, its record and its entries."""

    line_no: int
    record: Record
    entries: dict[str, str | date | None]


class WorklistReader:
    """Reads worklists. Use one instance for one `read`."""

    def __init__(self, layout: WorklistLayout) -> None:
        self.layout = layout

    def read(self, inputs: Iterable[tuple[Input, str]]) -> Iterator[Part]:
        """Yield one part a file; it names the file in `ended`, with `error` set where it cannot be read."""
        for item, name in inputs:
            state = FileRead(item.file_no, name)
            frames: dict[str, pl.DataFrame] = {}
            try:
                frames = self._file(item, state)
            except UnreadableFile as error:
                state.error = error
            except Exception as error:  # a damaged archive member can raise almost anything
                kind = type(error).__name__
                text = f"最後まで読めませんでした（{kind}）。もう一度取り直してください。"
                state.error = UnreadableFile("unreadable", text)
            state.lines = state.by_type.total()
            yield Part(frames, pl.DataFrame(schema=QUARANTINE), [state])

    def _file(self, item: Input, state: FileRead) -> dict[str, pl.DataFrame]:
        rows = _Rows(state, BadCells())
        for sheet in sheets.excel_sheets(item.open):
            if places := _places(_first_rows(sheet)):
                rows.read(sheet, places)
        if rows.bad.total:
            raise rows.bad.error()
        state.receipts = state.loaded[DATA] = len(rows.kept)
        offices = {row.record.institution for row in rows.kept.values()}
        if len(offices) == 1:
            state.facts = _facts(self.layout.name, offices.pop())
        said = [each for row in rows.kept.values() for each in _statements(item.file_no, row)]
        return {TABLE: pl.DataFrame(said, schema=SCHEMA, orient="row")} if said else {}


@dataclass
class _Rows:
    """The rows of a file as they are read, one a return."""

    state: FileRead
    bad: BadCells
    kept: dict[str, _Row] = field(default_factory=dict)
    before: int = 0  # rows of the sheets before this one

    def read(self, sheet: sheets.Sheet, places: _Places) -> None:
        """Add the rows of a sheet."""
        last = 0
        for row in sheet.rows():
            last = row.number
            if not row.is_blank:
                self.state.by_type[self._row(row, sheet.name, places)] += 1
        self.before += last

    def _row(self, row: sheets.Row, sheet: str | None, places: _Places) -> str:
        """What a row is, for the count of lines."""
        if row.number <= places.row:
            return HEADING if row.number == places.row else TITLE

        def cell(name: str) -> object:
            place = places.of.get(name)
            return row.cells[place] if place is not None and place < len(row.cells) else None

        def wrong(name: str, why: str) -> None:
            where = heading(name)
            self.bad.add(row.number, places.of.get(name), f"{sheet}「{where}」", why)

        filled = [name for name in ENTRIES if not is_blank(cell(name))]
        if is_blank(cell("record")):
            if filled:
                wrong(filled[0], "記入がありますが、「管理用」の列が空です。一覧の行に記入してください")
            return REST
        try:
            record = read(cells.text_of(cell("record")) or "")
        except (BadCell, BadRecord):
            wrong("record", "「管理用」の列が変わっています。書き出したままの行に記入してください")
            return DATA
        if _is_torn(record, cell):
            wrong("chart_number", TORN)
            return DATA
        entries = {}
        for name in ENTRIES:
            try:
                entries[name] = _entry(name, cell(name))
            except BadCell as why:
                wrong(name, str(why))
        if len(entries) < len(ENTRIES):
            return DATA
        new = _Row(self.before + row.number, record, entries)
        old = self.kept.setdefault(record.return_id, new)
        if old is new:
            return DATA
        if (old.record, old.entries) != (record, entries):
            wrong("record", "同じ返戻の行がもう1つあり、内容が違います。1行だけにしてください")
        return REPEATED


@dataclass(frozen=True)
class _Places:
    """Where the headings stand: their row from 1, and column name → place from 0."""

    row: int
    of: dict[str, int]


def _first_rows(sheet: sheets.Sheet) -> list[sheets.Row]:
    return [row for row, _ in zip(sheet.rows(), range(sheets.HEAD_ROWS), strict=False)]


def _places(rows: list[sheets.Row]) -> _Places | None:
    """The row of headings: the record and everything to be filled in; other columns may be gone."""
    known = {plain(column.heading): column.name for column in columns()}
    needed = {"record", *FIELDS, "decided_by", "decided_on"}
    for row in rows:
        of: dict[str, int] = {}
        for place, cell in enumerate(row.cells):
            name = known.get(plain(cell)) if isinstance(cell, str) else None
            if name:
                of.setdefault(name, place)
        if needed <= of.keys():
            return _Places(row.number, of)
    return None


def _is_titled(rows: list[sheets.Row]) -> bool:
    """Whether the rows are plainly meant to be a worklist: its title, or its record or several of its entries."""
    title = plain(words()["title"])
    entries = {plain(column.heading) for column in columns() if column.is_entry}
    for row in rows:
        texts = {plain(cell) for cell in row.cells if isinstance(cell, str)}
        if any(text.startswith(title) for text in texts) or plain(heading("record")) in texts:
            return True
        if len(texts & entries) >= len(entries) - 2:
            return True
    return False


def _is_torn(record: Record, cell: Callable[[str], object]) -> bool:
    """Whether the row shows another chart number or other points than its record; blank cells tell nothing."""
    for name, known in (("chart_number", record.chart_number), ("points", record.points)):
        shown = cell(name)
        if is_blank(shown) or known is None:
            continue
        try:
            text = cells.text_of(shown) or ""
        except BadCell:
            return True
        if _bare(text) != _bare(str(known)):
            return True
    return False


def _bare(text: str) -> str:
    """A number without what spreadsheets add and drop."""
    return re.sub(r"[,\s]", "", unicodedata.normalize("NFKC", text)).lstrip("0")


def _entry(name: str, cell: object) -> str | date | None:
    """One entry. Raises BadCell."""
    if name == "decided_on":
        day = None if is_blank(cell) and not isinstance(cell, cells.Merged) else cells.whole_day(cell)
        if day and day.year not in YEARS:
            raise BadCell("年月日として読めません")
        return day
    text = canonical(cells.text_of(cell))
    if text is None:
        return None
    if known := words()["choices"].get(name):
        found = {plain(word): word for word in known}.get(plain(text))
        if found is None:
            raise BadCell(f"決められた言葉（{'・'.join(known)}）ではありません")
        return found
    if len(text) > LONGEST[name]:
        raise BadCell(f"{LONGEST[name]:,}字を超えています")
    return text


def _statements(file_no: int, row: _Row) -> Iterator[tuple]:
    """What a row says: one statement a field, changed or not, and the mark that settles its conflicts."""
    record, entries = row.record, row.entries
    said = [(name, record.base.get(name), entries[name]) for name in FIELDS]
    if entries[CHECKED] and record.conflicts:
        said.append((CHECKED, None, entries[CHECKED]))
    for name, base, new in said:
        yield (
            file_no, row.line_no, record.export_id, record.return_id, name, base, new, entries["decided_by"],
            entries["decided_on"], record.conflicts, record.institution, record.payer, record.processing_month,
            record.service_month, record.chart_number, record.points, record.search_number,
        )  # fmt: skip


def _facts(header: str, institution: str) -> FileFacts:
    """Whose worklist it is; it is of no month and no payer."""
    return FileFacts(
        header=header,
        payer=None,
        prefecture=institution[:2] if institution[:2] != NO_PREFECTURE else None,
        fee_table=institution[2],
        code=institution[3:],
    )
