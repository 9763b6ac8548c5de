"""What a spreadsheet's own reader does not tell: how large a sheet is before it is opened, and which cells are broken.

An xlsx file is a zip archive of XML. The sheets are looked through as bytes, so that a sheet that would unfold to
more memory than the machine has is refused first, and so that cells with an error (#N/A) or with a formula that no
program has computed are known: read as values both look empty.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.etree import ElementTree

MAX_UNPACKED = 200 << 20  # bytes of all parts together, unpacked
MAX_CELLS = 8_000_000  # rows × columns of the part of a sheet that is used
MAX_MARKED = 200_000  # broken cells that are remembered
MAX_INDEX = 8 << 20  # bytes of the parts that list the sheets
BLOCK = 1 << 20
MAX_ROW_BYTES = 16 << 20

ERROR = "エラーの値（#N/A など）です"
NOT_COMPUTED = "式の結果が保存されていません。Excelで開いて保存し直すか、値を記入してください"

PLACE = re.compile(rb"""<(?:\w+:)?(?:c|row)\b[^<>]*?\br\s*=\s*["']([A-Za-z]*)([0-9]+)["']""")
CELL_START = re.compile(rb"<(?:\w+:)?c\b")
REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]+)([0-9]+)["']""")
TYPE = re.compile(rb"""\bt\s*=\s*["'](\w+)["']""")
MAY_BE_BROKEN = re.compile(rb"""<(?:\w+:)?f\b|\bt\s*=\s*["']e["']""")
FORMULA = re.compile(rb"<(?:\w+:)?f\b")
VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>[^<]")


class TooLarge(ValueError):
    """The workbook would unfold to more than can be held."""


@dataclass
class Marks:
    """One sheet as seen from outside: its extent and, by row and column from 0, what is wrong with a cell."""

    rows: int = 0
    columns: int = 0
    broken: dict[tuple[int, int], str] = field(default_factory=dict)


def is_workbook(head: bytes) -> bool:
    """Whether a file that starts so can be an xlsx."""
    return head.startswith(b"PK\x03\x04")


def marks(stream: BinaryIO) -> dict[str, Marks]:
    """Name of each worksheet → its marks, in the order of the workbook.

    Raises TooLarge, and whatever a damaged archive raises (zipfile.BadZipFile, KeyError, ElementTree.ParseError …).
    """
    with zipfile.ZipFile(stream) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
            raise TooLarge
        return {name: _sheet(archive, part) for name, part in _sheets(archive)}


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name and part of each worksheet."""
    names = {info.filename.lower(): info.filename for info in archive.infolist()}
    targets = {
        each.get("Id"): each.get("Target", "")
        for each in _xml(archive, "xl/_rels/workbook.xml.rels").iter()
        if each.get("Type", "").endswith("/worksheet")
    }
    for each in _xml(archive, "xl/workbook.xml").iter():
        relation = next((value for key, value in each.attrib.items() if key.endswith("}id")), None)
        if each.tag.endswith("}sheet") and relation in targets:
            target = targets[relation].replace("\\", "/")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            yield each.get("name", ""), names[part.lower()]


def _xml(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    with archive.open(part) as stream:
        content = stream.read(MAX_INDEX + 1)
    if len(content) > MAX_INDEX or b"<!DOCTYPE" in content:  # no workbook has one; entities could unfold
        raise TooLarge
    return ElementTree.fromstring(content)


def _sheet(archive: zipfile.ZipFile, part: str) -> Marks:
    found = Marks()
    for rows in _rows(archive, part):
        for letters, number in PLACE.findall(rows):
            found.rows = max(found.rows, int(number[:9]))
            found.columns = max(found.columns, column_number(letters))
        if found.rows * found.columns > MAX_CELLS:
            raise TooLarge
        if not MAY_BE_BROKEN.search(rows):
            continue
        for cell in CELL_START.split(rows)[1:]:
            attributes, _, content = cell.partition(b">")
            why, place = _why(attributes, content), REFERENCE.search(attributes)
            if why and place:
                found.broken[int(place[2][:9]) - 1, column_number(place[1]) - 1] = why
                if len(found.broken) > MAX_MARKED:
                    raise TooLarge
    return found


def _rows(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The sheet in pieces that end before a row."""
    rest = b""
    with archive.open(part) as stream:
        while block := stream.read(BLOCK):
            rest += block
            cut = max(rest.rfind(b"<row"), rest.rfind(b":row"))
            cut = rest.rfind(b"<", 0, cut + 1) if cut > 0 else -1
            if cut > 0:
                yield rest[:cut]
                rest = rest[cut:]
            if len(rest) > MAX_ROW_BYTES:
                raise TooLarge
    yield rest


def _why(attributes: bytes, content: bytes) -> str | None:
    if attributes.endswith(b"/"):  # closed at once: empty
        return None
    kind = TYPE.search(attributes)
    if kind and kind[1] == b"e":
        return ERROR
    # a computed formula whose result is an empty text says so by its type
    if FORMULA.search(content) and not VALUE.search(content) and not (kind and kind[1] == b"str"):
        return NOT_COMPUTED
    return None


def column_number(letters: bytes) -> int:
    """A → 1, XFD → 16384; 0 without letters."""
    number = 0
    for letter in letters[:4].upper():
        number = number * 26 + letter - 64
    return number
