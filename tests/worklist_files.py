"""Worklists for tests: written by the package, filled in as a person would, read back as cells."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from henrei_analytics.warehouse import connect
from henrei_analytics.worklist.export import HEADING, workbook
from henrei_analytics.worklist.items import worklist
from henrei_analytics.worklist.words import columns, heading, words
from office import AS_OF, Office

Tables = dict[str, list[list[Any]]]  # sheet → rows of cells, hidden columns included
Entries = Mapping[str, Mapping[str, Any]]  # chart number → field → entry
OPEN, DECIDED = words()["sheets"]["open"], words()["sheets"]["decided"]


def exported(office: Office, as_of: date = AS_OF, institution: str = "") -> bytes:
    """A worklist of the office as the command writes it."""
    con = connect(office.database, as_of=as_of)
    try:
        return workbook(worklist(con, institution))
    finally:
        con.close()


def tables(content: bytes) -> Tables:
    """Every sheet, cell by cell; an empty cell is None."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        name: [
            [None if cell == "" else cell for cell in row]
            for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        ]
        for name in book.sheet_names
    }


def rows(content: bytes, sheet: str = OPEN) -> list[dict[str, Any]]:
    """The rows of a sheet by the names of their columns."""
    titles = {column.heading: column.name for column in columns()}
    table = tables(content)[sheet]
    names = [titles[cell] for cell in table[HEADING]]
    return [dict(zip(names, row, strict=False)) for row in table[HEADING + 1 :]]


def row_of(content: bytes, chart: str, sheet: str = OPEN) -> dict[str, Any]:
    """The row of a chart number."""
    (row,) = [row for row in rows(content, sheet) if row["chart_number"] == chart]
    return row


def filled(content: bytes, entries: Entries, sheet: str = OPEN, by: str | None = None) -> bytes:
    """The workbook with entries in it; `by` is the 記入者 of every row filled in."""
    made = tables(content)
    table = made[sheet]
    places = {title: place for place, title in enumerate(table[HEADING])}
    charts = places[heading("chart_number")]
    for chart, fields in entries.items():
        (row,) = [row for row in table[HEADING + 1 :] if row[charts] == chart]
        for name, value in ({"decided_by": by} | dict(fields)).items():
            row[places[heading(name)]] = value
    return rewritten(made)


def changed(content: bytes, change: Callable[[list[list[Any]]], None], sheet: str = OPEN) -> bytes:
    """The workbook after `change` did something to the rows of a sheet."""
    made = tables(content)
    change(made[sheet])
    return rewritten(made)


def rewritten(made: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Cells as an xlsx, without any of the formats they had."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "yyyy/mm/dd"})
    for name, table in made.items():
        sheet = book.add_worksheet(name)
        for number, cells in enumerate(table):
            for place, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(number, place, cell)
                elif isinstance(cell, date):
                    sheet.write_datetime(number, place, cell)
                elif cell is not None:
                    sheet.write(number, place, cell)
    book.close()
    return content.getvalue()
