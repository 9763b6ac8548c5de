"""The office's own lists for tests: written with xlsxwriter or csv, read through the list reader."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import BinaryIO

import polars as pl
import xlsxwriter

from henrei_analytics.formats.read import FileRead
from henrei_analytics.formats.scan import Input
from henrei_analytics.lists.fields import data
from henrei_analytics.lists.mapping import Mapping
from henrei_analytics.lists.reader import detect_list
from henrei_analytics.privacy import Pseudonyms

KEY = bytes(range(32))
INSTITUTION = "1311234567"
HEAD = 64 << 10
Frames = dict[str, pl.DataFrame]

PAPER_COLUMNS = {column["field"]: column["heading"] for column in data("paper")["column"]}
VOLUME_COLUMNS = {c["field"]: c["heading"] for c in data("volumes")["column"] if c.get("in_csv", True)}

PAPER = {  # one good row
    "institution": INSTITUTION,
    "payer": "国保",
    "month": "2026-09",
    "stage": "原審査",
    "service_month": "2026-08",
    "insurer_number": "138123",
    "setting": "入院外",
    "chart_number": "000123",
    "points": 1234,
    "code": "3",
    "text": "番号の誤り",
}
VOLUME = {
    "institution": INSTITUTION,
    "payer": "社保",
    "month": "2026-09",
    "setting": "入院外",
    "claims": 1200,
    "resubmissions": 14,
    "points": 1560000,
}


def workbook(*tables: Sequence[Sequence[object]], names: Sequence[str] = ()) -> bytes:
    """An xlsx with one sheet a table; dates become date cells."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "yyyy/mm/dd"})
    for no, rows in enumerate(tables):
        sheet = book.add_worksheet(names[no] if names else None)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(row, column, cell)
                elif isinstance(cell, date):
                    sheet.write_datetime(row, column, cell)
                elif cell is not None:
                    sheet.write(row, column, cell)
    book.close()
    return content.getvalue()


def csv_text(rows: Sequence[Sequence[object]], encoding: str = "utf-8-sig", **options: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, **options).writerows(["" if cell is None else cell for cell in row] for row in rows)
    return text.getvalue().encode(encoding)


def paper_rows(*rows: dict[str, object]) -> list[list[object]]:
    """Headings and rows of the form for paper returns; a row tells only what differs from PAPER."""
    filled = [PAPER | row for row in rows]
    return [list(PAPER_COLUMNS.values()), *([row.get(f) for f in PAPER_COLUMNS] for row in filled)]


def paper(*rows: dict[str, object]) -> bytes:
    return workbook(paper_rows(*rows))


def volumes(*rows: dict[str, object]) -> list[list[object]]:
    filled = [VOLUME | row for row in rows]
    return [list(VOLUME_COLUMNS.values()), *([row.get(f) for f in VOLUME_COLUMNS] for row in filled)]


def opened(content: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(content)


def read(
    content: bytes, mappings: Sequence[Mapping] = (), name: str = "一覧.xlsx"
) -> tuple[str, Frames, FileRead]:
    """Name of the layout, all frames of the file, and what became of it."""
    layout = detect_list(content[:HEAD], name, opened(content), list(mappings))
    assert layout is not None, "not known as a list"
    parts = list(layout.reader(Pseudonyms(KEY)).read([(Input(7, opened(content)), name)]))
    (state,) = [each for part in parts for each in part.ended]
    frames: dict[str, list[pl.DataFrame]] = {}
    for part in parts:
        assert part.quarantine.is_empty()
        for table, frame in part.frames.items():
            frames.setdefault(table, []).append(frame)
    balanced(state)
    return layout.name, {table: pl.concat(each) for table, each in frames.items()}, state


def balanced(state: FileRead) -> None:
    """Every line is accounted for: loaded or skipped, or the file is refused whole."""
    assert state.lines == state.by_type.total()
    if state.error is None:
        assert state.lines == state.loaded.total() + state.skipped.total() + state.set_aside.total()
        assert state.loaded.total() == state.receipts > 0
        assert state.facts is not None
    else:
        assert not state.loaded


def refused(content: bytes, mappings: Sequence[Mapping] = ()) -> str:
    """Why a file is refused."""
    _, _, state = read(content, mappings)
    assert state.error is not None, "was not refused"
    return state.error.message


def rows_of(frames: Frames, table: str) -> list[dict]:
    return frames[table].to_dicts() if table in frames else []
