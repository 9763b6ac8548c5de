"""The office's own lists: paper returns, exports of receipt computers, volumes and prevention actions by hand → frames
for the ledger.

`detect_list` tells whether a file is one, by its headings. A `ListReader` reads files of one mapping into the same
parts as the reader of record files. A file is read whole or not at all: every bad cell is named by its address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import polars as pl

from henrei_analytics.errors import UnreadableFile
from henrei_analytics.formats import fields as convert
from henrei_analytics.formats.headers import FileFacts
from henrei_analytics.formats.read import QUARANTINE, FileRead, Part
from henrei_analytics.formats.scan import Input
from henrei_analytics.lists import sheets
from henrei_analytics.lists.cells import Merged, is_blank
from henrei_analytics.lists.fields import closing_words, plain
from henrei_analytics.lists.mapping import EXAMPLE, Mapping, Match, bears_mark, forms, match, missing
from henrei_analytics.lists.rows import BadCells, ListRow, RowReader
from henrei_analytics.lists.workbook import is_workbook
from henrei_analytics.privacy import Pseudonyms

BATCH = 20_000  # rows handed on in one part
TITLE, HEADING, EXAMPLE_ROW, CLOSING, DATA = "表題", "見出し", "記入例", "合計", "明細"

# ledger table → column → SQL type
_PLACE = {"file_no": "INTEGER", "line_no": "BIGINT", "receipt_no": "BIGINT", "block_no": "BIGINT"}
LIST_TABLES: dict[str, dict[str, str]] = {
    "blocks": {
        "file_no": "INTEGER", "block_no": "BIGINT", "payer": "VARCHAR", "prefecture": "VARCHAR",
        "fee_table": "VARCHAR", "code": "VARCHAR", "institution_name": "VARCHAR", "month": "DATE",
        "service_month": "DATE",
    },
    "notice_returns": _PLACE | {
        "service_month": "DATE", "reception_number": "VARCHAR", "reception_month": "DATE",
        "insurer_number": "VARCHAR", "class_label": "VARCHAR", "days": "BIGINT", "points": "BIGINT",
        "code": "VARCHAR", "text": "VARCHAR", "text_plain": "VARCHAR", "chart_number": "VARCHAR",
        "search_number": "VARCHAR", "name_key": "VARCHAR", "patient_key": "VARCHAR", "claim_type": "VARCHAR",
        "setting": "VARCHAR", "department": "VARCHAR", "stage": "VARCHAR", "medium": "VARCHAR",
        "return_class": "BIGINT", "supplement": "VARCHAR", "entered_by": "VARCHAR",
    },
    "notice_reasons": _PLACE | {
        "position": "BIGINT", "code": "VARCHAR", "text": "VARCHAR", "text_plain": "VARCHAR",
    },
    "receipts": _PLACE | {
        "claim_type": "VARCHAR", "service_month": "DATE", "chart_number": "VARCHAR", "search_number": "VARCHAR",
        "department": "VARCHAR", "name_key": "VARCHAR", "patient_key": "VARCHAR", "setting": "VARCHAR",
        "is_resubmission": "BOOLEAN", "entered_by": "VARCHAR",
    },
    "insurers": _PLACE | {"insurer_number": "VARCHAR", "days": "BIGINT", "points": "BIGINT"},
    "claim_volumes": _PLACE | {
        "setting": "VARCHAR", "claims": "BIGINT", "first_claims": "BIGINT", "resubmissions": "BIGINT",
        "points": "BIGINT",
    },
    "prevention_actions": _PLACE | {
        "acted_on": "DATE", "category": "VARCHAR", "department": "VARCHAR", "payer": "VARCHAR",
        "insurer_number": "VARCHAR", "note": "VARCHAR",
    },
}  # fmt: skip
_TYPES = {
    "INTEGER": pl.Int32,
    "BIGINT": pl.Int64,
    "VARCHAR": pl.String,
    "DATE": pl.Date,
    "BOOLEAN": pl.Boolean,
}
WITHOUT_PEOPLE = {
    "volumes": "claim_volumes",
    "actions": "prevention_actions",
}  # kind of list → its only table
SCHEMAS = {
    table: {name: _TYPES[kind] for name, kind in columns.items()} for table, columns in LIST_TABLES.items()
}


@dataclass(frozen=True, eq=False)
class ListLayout:
    """One kind of list as one mapping reads it. The same mapping always has the same layout object.

    name: paper, return_list, claim_list, volumes or actions; title: what messages call it.
    """

    name: str
    title: str
    mapping: Mapping

    def reader(self, pseudonyms: Pseudonyms) -> ListReader:
        """A reader for files that `detect_list` found to be of this layout."""
        return ListReader(self, pseudonyms)


@cache  # mappings are compared by identity
def layout_of(mapping: Mapping) -> ListLayout:
    """The layout of a mapping."""
    titles = {"return_list": "返戻一覧", "claim_list": "請求一覧"}
    title = f"{titles[mapping.layout]}（{mapping.name}）" if mapping.layout in titles else mapping.name
    return ListLayout(mapping.layout, title, mapping)


def detect_list(
    head: bytes, name: str, open: Callable[[], object], mappings: Sequence[Mapping]
) -> ListLayout | None:
    """The layout that reads a file starting with `head`, by its headings; None when it is none of these lists.

    The forms of the package go first, then `mappings` in their order. `name` is not looked at. An Excel file is
    opened by `open`, of a CSV the head is enough. Raises UnreadableFile for one of our own forms that was damaged.
    """
    known = [*forms(), *mappings]
    if is_workbook(head):
        try:
            tables = [(s.name, _first(s)) for s in sheets.excel_sheets(open)]
        except UnreadableFile:  # nothing tells that it was meant for us
            return None
    else:
        tables = [(None, None)]
    for mapping in known:
        for sheet_name, rows in tables:
            if rows is None:
                rows = sheets.csv_head(head, mapping.encoding, mapping.delimiter)
            if _asked_for(mapping, sheet_name) and match(mapping, rows):
                return layout_of(mapping)
    for mapping in forms():
        for _, rows in tables:
            rows = sheets.csv_head(head) if rows is None else rows
            if bears_mark(mapping, rows):
                lacking = "、".join(missing(mapping, rows))
                raise UnreadableFile(
                    "headings",
                    f"{mapping.name}の見出しが足りません（{lacking}）。見出しの行を元に戻すか、"
                    "henrei template で新しい表を作って写してください。",
                )
    return None


def _first(sheet: sheets.Sheet) -> list[sheets.Row]:
    return [row for row, _ in zip(sheet.rows(), range(sheets.HEAD_ROWS), strict=False)]


def _asked_for(mapping: Mapping, sheet_name: str | None) -> bool:
    return mapping.sheet is None or sheet_name is None or plain(mapping.sheet) == plain(sheet_name)


class ListReader:
    """Reads files of one layout, hashing people with `pseudonyms`. Use one instance for one `read`."""

    def __init__(self, layout: ListLayout, pseudonyms: Pseudonyms) -> None:
        self.layout = layout
        self._pseudonyms = pseudonyms

    def read(self, inputs: Iterable[tuple[Input, str]]) -> Iterator[Part]:
        """Yield parts, file by file; the last part of a file names it in `ended`.

        Of a file that ends with `error` set, parts already yielded must be dropped by the caller.
        """
        for item, name in inputs:
            state = FileRead(item.file_no, name)
            try:
                for frames in self._file(item, state):
                    yield Part(frames, pl.DataFrame(schema=QUARANTINE), [])
            except UnreadableFile as error:
                state.error = error
            except Exception as error:  # a damaged archive member can raise almost anything
                kind = type(error).__name__
                text = f"最後まで読めませんでした（{kind}）。もう一度取り直してください。"
                state.error = UnreadableFile("unreadable", text)
            state.lines = state.by_type.total()
            yield Part({}, pl.DataFrame(schema=QUARANTINE), [state])

    def _file(self, item: Input, state: FileRead) -> Iterator[dict[str, pl.DataFrame]]:
        """Frames of one file, a batch at a time. Raises UnreadableFile when anything in it is bad."""
        mapping = self.layout.mapping
        sheet, found = self._sheet(item)
        reader, bad = RowReader(mapping, found), BadCells()
        blocks = _Blocks(item.file_no, of_months=mapping.kind != "actions")
        batch: list[ListRow] = []
        for row in sheet.rows():
            if row.is_blank:
                continue
            what = self._what(row, found, bad)
            state.by_type[what] += 1
            if what != DATA:
                continue
            state.replaced += sheets.has_substitute(row.cells)
            values = reader.read(row, bad)
            if values is None or bad.total:
                continue  # read on only to name every bad cell
            state.receipts += 1
            batch.append(ListRow(row.number, state.receipts, blocks.number_of(values), values))
            if len(batch) == BATCH:
                yield self._frames(item.file_no, batch, blocks)
                batch = []
        if bad.total:
            raise bad.error()
        if not state.receipts:
            raise UnreadableFile("empty", "記入された行（明細）がありません。")
        state.loaded[DATA], state.blocks = state.receipts, blocks.count
        state.facts = blocks.facts(self.layout.name)
        yield self._frames(item.file_no, batch, blocks)

    def _sheet(self, item: Input) -> tuple[sheets.Sheet, Match]:
        """The sheet to read and where its headings stand."""
        mapping = self.layout.mapping
        with item.open() as stream:
            head = stream.read(4)
        if is_workbook(head):
            tables = [s for s in sheets.excel_sheets(item.open) if _asked_for(mapping, s.name)]
        else:
            tables = [sheets.csv_sheet(item.open, mapping.encoding, mapping.delimiter)]
        matched = [(table, found) for table in tables if (found := match(mapping, _first(table)))]
        if not matched:
            raise UnreadableFile("headings", "見出しの行がありません。")
        if len(matched) > 1:
            raise UnreadableFile(
                "several_sheets",
                f"同じ見出しのシートが{len(matched)}枚あります。1枚にまとめるか、ファイルを分けてください。",
            )
        return matched[0]

    def _what(self, row: sheets.Row, found: Match, bad: BadCells) -> str:
        """What a row is, for the count of lines."""
        if row.number < found.row:
            return TITLE
        if row.number == found.row or self._repeats_headings(row, found):
            return HEADING
        place = found.places.get(EXAMPLE)
        if place is not None and place < len(row.cells) and not is_blank(row.cells[place]):
            if not self._is_example(row, found):
                bad.add(
                    row.number,
                    place,
                    None,
                    "記入例の印があります。実際の記入なら印を消し、記入例なら元のままにしてください",
                )
            return EXAMPLE_ROW
        first = next((cell for cell in row.cells if not is_blank(cell)), None)
        if isinstance(first, str) and plain(first) in closing_words():
            return CLOSING
        return DATA

    def _repeats_headings(self, row: sheets.Row, found: Match) -> bool:
        """Lists in pages repeat their headings."""
        return all(
            place < len(row.cells)
            and isinstance(row.cells[place], str)
            and plain(row.cells[place]) == plain(column.heading)
            for column in self.layout.mapping.columns
            if (place := found.places.get(column.name)) is not None
        )

    def _is_example(self, row: sheets.Row, found: Match) -> bool:
        """Whether an example row is as it was written, so that nobody's entry is passed over with it."""
        named = [column.name for column in self.layout.mapping.columns if column.name != EXAMPLE]
        for example in self.layout.mapping.examples:
            pairs = [
                (found.places[n], text) for n, text in zip(named, example, strict=True) if n in found.places
            ]
            if all(_written(row.cells[p] if p < len(row.cells) else None) == plain(t) for p, t in pairs):
                return True
        return False

    def _frames(self, file_no: int, batch: list[ListRow], blocks: _Blocks) -> dict[str, pl.DataFrame]:
        """Frames by ledger table for a batch of rows; blocks as they first appear."""
        place = [(file_no, row.line_no, row.receipt_no, row.block_no) for row in batch]
        rows = [
            dict(zip(_PLACE, where, strict=True)) | row.values
            for where, row in zip(place, batch, strict=True)
        ]
        frames = {"blocks": blocks.new()}
        kind = self.layout.mapping.kind
        if table := WITHOUT_PEOPLE.get(kind):
            frames[table] = pl.DataFrame(rows, schema=SCHEMAS[table])
        elif kind == "claims":
            people = self._with_people(rows, SCHEMAS["receipts"])
            frames["receipts"] = people
            frames["insurers"] = pl.DataFrame(rows, schema=SCHEMAS["insurers"]).filter(
                pl.any_horizontal(pl.col("insurer_number", "days", "points").is_not_null())
            )
        else:
            frames["notice_returns"] = self._with_people(rows, SCHEMAS["notice_returns"]).with_columns(
                reception_month=convert.reception_month(pl.col("reception_number")),
                text_plain=convert.plain_text(pl.col("text")),
            )
            frames["notice_reasons"] = _further_reasons(rows)
        return {table: frame for table, frame in frames.items() if len(frame)}

    def _with_people(self, rows: list[dict], schema: dict) -> pl.DataFrame:
        """The rows with name_key and patient_key instead of name, sex and birth date.

        Keys are made as for record files, so that the same person has the same key. A patient is known only by all
        three; with less, patient_key would make a stranger of a known patient and stays NULL.
        """
        secrets = {"name": pl.String, "scope": pl.String, "sex": pl.String, "birth": pl.String}
        people = pl.DataFrame(rows, schema=secrets).with_columns(
            name=convert.trimmed(convert.secret(pl.col("name"))), birth=convert.secret_date(pl.col("birth"))
        )
        whole = people.select(pl.all_horizontal(pl.col("name", "sex", "birth").is_not_null())).to_series()
        keys = [
            self._pseudonyms.of(people.select("name", "scope")).alias("name_key"),
            pl.select(pl.when(whole).then(self._pseudonyms.of(people))).to_series().alias("patient_key"),
        ]
        return pl.DataFrame(rows, schema=schema).with_columns(keys)


def _written(cell: object) -> str:
    """A cell as compared with the text of an example."""
    if isinstance(cell, float) and cell == int(cell):
        cell = int(cell)
    return "" if is_blank(cell) or isinstance(cell, Merged) else plain(str(cell))


def _further_reasons(rows: list[dict]) -> pl.DataFrame:
    """The second and third reasons, as rows of their own; `position` keeps their order (the first is 1)."""
    further = [
        {name: row[name] for name in _PLACE}
        | {"position": no, "code": row.get(f"code_{no}"), "text": row.get(f"text_{no}")}
        for row in rows
        for no in (2, 3)
        if row.get(f"code_{no}") or row.get(f"text_{no}")
    ]
    frame = pl.DataFrame(further, schema=SCHEMAS["notice_reasons"])
    return frame.with_columns(text_plain=convert.plain_text(pl.col("text")))


@dataclass
class _Blocks:
    """The distinct institution, payer and month of a file, numbered as they appear.

    Lists that are not of months (`of_months` False) have a block an institution: whom a row concerns, it says itself.
    """

    file_no: int
    of_months: bool = True
    numbers: dict[tuple[str, str | None, date | None], int] = field(default_factory=dict)
    rows: list[dict] = field(default_factory=list)
    handed_on: int = 0

    @property
    def count(self) -> int:
        """How many there are so far."""
        return len(self.rows)

    def number_of(self, values: dict) -> int:
        """The block of a row, from 1."""
        of_month = (values["payer"], values["month"]) if self.of_months else (None, None)
        key = (values["institution"], *of_month)
        if key not in self.numbers:
            self.numbers[key] = len(self.rows) + 1
            institution, payer, month = key
            self.rows.append(
                {
                    "file_no": self.file_no,
                    "block_no": self.numbers[key],
                    "payer": payer,
                    "prefecture": institution[:2],
                    "fee_table": institution[2],
                    "code": institution[3:],
                    "institution_name": values.get("institution_name"),
                    "month": month,
                    "service_month": None,
                }
            )
        return self.numbers[key]

    def new(self) -> pl.DataFrame:
        """Those not handed on yet."""
        rows, self.handed_on = self.rows[self.handed_on :], len(self.rows)
        return pl.DataFrame(rows, schema=SCHEMAS["blocks"])

    def facts(self, header: str) -> FileFacts:
        """What the first block tells of the file."""
        first = self.rows[0]
        return FileFacts(
            header=header,
            payer=first["payer"],
            prefecture=first["prefecture"],
            fee_table=first["fee_table"],
            code=first["code"],
            month=first["month"].isoformat() if first["month"] else None,
            institution_name=first["institution_name"],
        )
