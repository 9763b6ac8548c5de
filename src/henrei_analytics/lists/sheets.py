"""Files of rows, CSV and Excel, as rows of cells that know their address. Values only: nothing is evaluated."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from henrei_analytics.errors import UnreadableFile
from henrei_analytics.formats.scan import SUBSTITUTES
from henrei_analytics.lists import workbook
from henrei_analytics.lists.cells import Broken, Merged, is_blank

HEAD_ROWS = 30  # rows among which headings are looked for
MAX_FILE = 64 << 20  # bytes of an Excel file
MAX_LINE = 1 << 20  # characters of a line of CSV
MAX_MERGED = 1_000_000  # cells covered by merged ones
BLOCK = 1 << 20
DELIMITERS = (",", "\t", ";")
ENCODINGS = ("auto", "utf-8", "cp932", "utf-16")

DAMAGED = "Excelのファイルとして読めません。開いて保存し直してください。"

Opened = Callable[[], BinaryIO]


@dataclass(frozen=True)
class Row:
    """One row: `number` as a spreadsheet shows it (from 1), `cells` from column A on."""

    number: int
    cells: list

    @property
    def is_blank(self) -> bool:
        """Nothing is written in it."""
        return all(is_blank(cell) for cell in self.cells)


@dataclass(frozen=True)
class Sheet:
    """A table of rows. `name` is None for a CSV; `rows` starts anew at each call."""

    name: str | None
    rows: Callable[[], Iterator[Row]]


def address(row: int, column: int) -> str:
    """Row from 1 and column from 0 → C7."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def excel_sheets(opened: Opened) -> list[Sheet]:
    """The visible worksheets of an xlsx file.

    Raises UnreadableFile when it is damaged, protected by a password or too large to be held.
    """
    damaged = UnreadableFile("unreadable", DAMAGED)
    large = UnreadableFile("too_large", "Excelのファイルが大きすぎます。CSVで保存し直すか、分けてください。")
    try:
        with opened() as stream:
            content = stream.read(MAX_FILE + 1)
        if len(content) > MAX_FILE:
            raise large
        marks = workbook.marks(io.BytesIO(content))
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = {
            each.name
            for each in book.sheets_metadata
            if each.typ == SheetTypeEnum.WorkSheet and each.visible == SheetVisibleEnum.Visible
        }
        return [
            _excel_sheet(book, name, marks[name])
            for name in book.sheet_names
            if name in visible & marks.keys()
        ]
    except workbook.TooLarge:
        raise large from None
    except UnreadableFile:
        raise
    except Exception:  # a damaged archive can raise almost anything
        raise damaged from None
    except BaseException as error:
        if _is_panic(error):
            raise damaged from None
        raise


def _is_panic(error: BaseException) -> bool:
    """A failed assumption inside the spreadsheet library is no Exception of Python's."""
    return type(error).__name__ == "PanicException"


def _excel_sheet(book: CalamineWorkbook, name: str, marks: workbook.Marks) -> Sheet:
    sheet = book.get_sheet_by_name(name)
    covered: dict[tuple[int, int], tuple[int, int, bool]] = {}
    left_out = sheet.start[1] if sheet.start else 0  # columns; empty rows at the top are given
    height, width = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        down = left == right
        for row in range(top, min(bottom + 1, height)):
            for column in range(left, min(right + 1, width)):
                covered[row, column] = (top, left, down)
                if len(covered) > MAX_MERGED:
                    raise workbook.TooLarge
        covered.pop((top, left), None)
    broken = {place: Broken(why) for place, why in marks.broken.items()}

    def rows() -> Iterator[Row]:
        tops: dict[tuple[int, int], object] = {}
        wanted = {(top, left) for top, left, _ in covered.values()}
        marked = {row for row, _ in [*covered, *broken, *wanted]}
        for number, values in enumerate(_unpanicked(sheet.iter_rows()) if height else ()):
            cells: list = [None] * left_out + [None if value == "" else value for value in values]
            if number in marked:
                cells += [None] * (max(width, marks.columns) - len(cells))
                for column in range(len(cells)):
                    place = (number, column)
                    cells[column] = broken.get(place, cells[column])
                    if place in wanted:
                        tops[place] = cells[column]
                    if place in covered:
                        top, left, down = covered[place]
                        cells[column] = Merged(tops.get((top, left)), down)
            yield Row(number + 1, cells)

    return Sheet(name, rows)


def _unpanicked(values: Iterator[list]) -> Iterator[list]:
    try:
        yield from values
    except BaseException as error:
        if _is_panic(error):
            raise UnreadableFile("unreadable", DAMAGED) from None
        raise


def csv_sheet(opened: Opened, encoding: str = "auto", delimiter: str | None = None) -> Sheet:
    """A CSV (or tab-separated) file as a sheet. Its rows raise UnreadableFile where the text breaks off."""

    def rows() -> Iterator[Row]:
        with opened() as stream:
            head = stream.read(BLOCK)
            used = _encoding(head, encoding)
            strict = encoding == "auto" and used == "utf-8-sig"
            mark = delimiter or _delimiter(head.decode(used, "replace"))
            end = b"\r" if b"\n" not in head and b"\r" in head else b"\n"
            lines = _lines(head, stream, used, "strict" if strict else "replace", end.decode())
            yield from _records(csv.reader(lines, delimiter=mark, strict=True))

    return Sheet(None, rows)


def csv_head(head: bytes, encoding: str = "auto", delimiter: str | None = None) -> list[Row]:
    """The rows at the start of a CSV file, as far as `head` goes; none when it is no text."""
    used = _encoding(head, encoding)
    if used != "utf-16" and b"\0" in head:
        return []
    text = codecs.getincrementaldecoder(used)("replace").decode(head)
    mark = delimiter or _delimiter(text)
    found: list[Row] = []
    try:
        for row in _records(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)):
            found.append(row)
            if len(found) == HEAD_ROWS:
                break
    except UnreadableFile:  # the head ends inside a quoted cell
        pass
    return found


def _records(reader: Iterable[list[str]]) -> Iterator[Row]:
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield Row(number, cells)
    except csv.Error:
        raise UnreadableFile(
            "csv",
            f"{number + 1}行目から先をCSVとして読めません（引用符の閉じ忘れなど）。出力し直してください。",
        ) from None
    except UnicodeError:
        raise UnreadableFile(
            "encoding",
            f"{number + 1}行目のあたりで文字コードが変わっています。出力し直すか、対応表に encoding を書いてください。",
        ) from None


def _lines(head: bytes, stream: BinaryIO, encoding: str, errors: str, end: str) -> Iterator[str]:
    """Decoded lines with their ends."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    rest, block = "", head
    while block:
        rest += decoder.decode(block)
        *whole, rest = rest.split(end)
        for line in whole:
            yield line + end
        if len(rest) > MAX_LINE:
            raise UnreadableFile("line_too_long", "1行が長すぎます。CSVではないか、壊れています。")
        block = stream.read(BLOCK)
    rest += decoder.decode(b"", final=True)
    rest = rest.rstrip("\x1a")
    if rest:
        yield rest


def _encoding(head: bytes, encoding: str) -> str:
    """The codec: a byte order mark tells, then whether the text is UTF-8; what is neither is CP932."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if encoding in ("cp932", "utf-16"):
        return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "utf-8-sig" if encoding == "utf-8" else "cp932"
    return "utf-8-sig"


def _delimiter(text: str) -> str:
    """The one that separates most in the first lines."""
    start = "\n".join(text.splitlines()[:HEAD_ROWS])
    return max(DELIMITERS, key=start.count)


def has_substitute(cells: list) -> bool:
    """Whether a byte of the row was no character of its encoding."""
    return any(isinstance(cell, str) and any(mark in cell for mark in SUBSTITUTES) for cell in cells)
