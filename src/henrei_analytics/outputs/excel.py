"""Every table of one month as a workbook: a sheet for each figure, and a first sheet that lists and explains them.

The rows are those of `figures.json`, typed by the kind of their column. Nothing of the data becomes a formula or a
link: a text is written as a text. The same figures give the same bytes.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from henrei_analytics import labels
from henrei_analytics.disclosure import HIDDEN
from henrei_analytics.lists.forms import FONT
from henrei_analytics.outputs.cells import (
    CELL_LIMIT,
    Look,
    as_seen,
    heading,
    shown_value,
    width_of,
    write,
)
from henrei_analytics.outputs.cover import TITLE, Cover
from henrei_analytics.outputs.document import definition_rows
from henrei_analytics.pages import Page

TABLES = "tables.xlsx"
CONTENTS = "目次"
NAME_LIMIT = 31  # characters of the name of a sheet
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
ROW_LIMIT = 1_048_000  # rows a sheet can hold, with room for the lines above
HEADING = 3  # rows from 0: title, question, link back, headings
UPRIGHT = 12  # columns; a single row with more stands upright
WIDEST, NARROWEST = 60, 8  # characters
ATTENTION = "attention"
KEYS_OF_ATTENTION = ("position", "what", "severity")
SAMPLED = 300  # rows that decide how wide a column is
A4 = 9


@dataclass(frozen=True)
class Sheet:
    """One figure as it becomes a sheet."""

    name: str
    page: str
    title: str
    question: str
    columns: tuple[str, ...]
    rows: Sequence[Mapping[str, Any]]
    definition: Sequence[tuple[str, str]]


def workbook(pages: Mapping[str, Page], cover: Cover) -> bytes:
    """The workbook as bytes."""
    content = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(content, options)
    book.set_properties(
        {"title": f"{TITLE} {cover.office}", "created": datetime.combine(cover.as_of, time())}
    )
    look, found = Look(book), sheets(pages)
    contents = book.add_worksheet(CONTENTS)
    made = [book.add_worksheet(each.name) for each in found]
    _contents(contents, found, cover, look)
    for sheet, each in zip(made, found, strict=True):
        _figure(sheet, each, look)
    for sheet in (contents, *made):
        _paper(sheet, cover)
    book.close()
    return content.getvalue()


def sheets(pages: Mapping[str, Page]) -> list[Sheet]:
    """The figures of the pages in order; one that several pages show alike has one sheet."""
    found: list[Sheet] = []
    seen: dict[str, list[Any]] = {}
    names = {CONTENTS.casefold()}
    for page_name, page in pages.items():
        for part in page.parts:
            if part["kind"] != "figure" or part["rows"] in seen.setdefault(part["key"], []):
                continue
            seen[part["key"]].append(part["rows"])
            found.append(
                Sheet(
                    _name(page_name, part, names),
                    page.title,
                    part["title"],
                    (part.get("definition") or {}).get("question") or "",
                    *_table(part),
                    definition_rows(part),
                )
            )
    return found


def _name(page: str, part: Mapping[str, Any], taken: set[str]) -> str:
    """A name of at most 31 characters that no other sheet has: the number of the page and the title of the figure."""
    wanted = unicodedata.normalize("NFC", NOT_IN_NAMES.sub("", f"{page[:2]} {part['title']}")).strip()
    for number in range(1, 10_000):
        end = "" if number == 1 else f" {number}"
        name = wanted[: NAME_LIMIT - len(end)] + end
        if name.casefold() not in taken:
            taken.add(name.casefold())
            return name
    raise ValueError("more sheets than names")


def _table(part: Mapping[str, Any]) -> tuple[tuple[str, ...], Sequence[Mapping[str, Any]]]:
    """All columns of the figure, those that the page shows first, and its rows."""
    rows, shown = part["rows"], []
    for each in part.get("shown") or []:
        if each["kind"] == "table":
            shown += each["columns"]
        if (
            each["kind"] == ATTENTION == part["name"]
        ):  # what the page says of a row in words takes the place of its key
            rows = [
                {"severity": row["severity"], "todo": of["title"], "next_step": of["step"]}
                | {name: row[name] for name in row if name not in KEYS_OF_ATTENTION}
                for of, row in zip(each["items"], rows, strict=True)
            ]
    have = list(rows[0]) if rows else []
    columns = dict.fromkeys([*(name for name in shown if name in have), *have])
    return tuple(name for name in columns if name != HIDDEN), rows


def _contents(sheet: Worksheet, found: Sequence[Sheet], cover: Cover, look: Look) -> None:
    """What there is, with a link to each sheet, and what the numbers mean."""
    sheet.write_string(0, 0, f"{TITLE}　{cover.office}", look.title)
    sheet.write_string(1, 0, f"{cover.month}　{cover.day}　{cover.edition}", look.note)
    headings = ("シート", "ページ", "図・表", "行数", "問い", "定義")
    for place, (text, width) in enumerate(zip(headings, (34, 22, 34, 8, 44, 90), strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(HEADING, place, text, look.heading)
    for number, each in enumerate(found, start=HEADING + 1):
        sheet.write_url(number, 0, f"internal:'{each.name}'!A1", look.link, each.name)
        sheet.write_string(number, 1, each.page[:CELL_LIMIT], look.wrapped)
        sheet.write_string(number, 2, each.title[:CELL_LIMIT], look.wrapped)
        sheet.write_number(number, 3, len(each.rows), look.of(0, "count"))
        sheet.write_string(number, 4, each.question[:CELL_LIMIT], look.wrapped)
        meaning = "\n".join(f"{label}: {text}" for label, text in each.definition)
        sheet.write_string(number, 5, meaning[:CELL_LIMIT], look.wrapped)
        lines = sum(1 + width_of(f"{label}: {text}") // 88 for label, text in each.definition)
        sheet.set_row(number, min(max(lines, 2) * 13.5, 400))
    last = HEADING + len(found) + 2
    for number, (label, text) in enumerate([*cover.parameters, ("版", f"henrei-analytics {cover.version}")]):
        sheet.write_string(last + number, 0, f"{label}: {text}", look.note)
    sheet.freeze_panes(HEADING + 1, 1)
    sheet.autofilter(HEADING, 0, HEADING + max(len(found), 1), len(headings) - 1)


def _figure(sheet: Worksheet, each: Sheet, look: Look) -> None:
    sheet.write_string(0, 0, each.title[:CELL_LIMIT], look.title)
    sheet.write_string(1, 0, each.question[:CELL_LIMIT], look.note)
    sheet.write_url(2, 0, f"internal:'{CONTENTS}'!A1", look.link, "目次へ")
    if not each.rows:
        sheet.write_string(HEADING, 0, labels.NO_ROWS, look.plain)
        sheet.set_column(0, 0, 40)
    elif len(each.rows) == 1 and len(each.columns) > UPRIGHT:
        _upright(sheet, each, look)
    else:
        _rows(sheet, each, look)


def _rows(sheet: Worksheet, each: Sheet, look: Look) -> None:
    rows = each.rows[:ROW_LIMIT]
    for place, column in enumerate(each.columns):
        kind, title = labels.column(column).kind, heading(column)
        sheet.write_string(HEADING, place, title, look.heading)
        widest = width_of(title)
        for number, row in enumerate(rows, start=HEADING + 1):
            value = shown_value(row, column)
            write(sheet, number, place, value, look.of(value, kind))
            if number <= SAMPLED:
                widest = max(widest, width_of(as_seen(value)))
        sheet.set_column(place, place, min(max(widest + 2, NARROWEST), WIDEST))
    last = HEADING + len(rows)
    sheet.freeze_panes(HEADING + 1, 1)
    sheet.autofilter(HEADING, 0, last, len(each.columns) - 1)
    sheet.repeat_rows(HEADING)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})


def _upright(sheet: Worksheet, each: Sheet, look: Look) -> None:
    """One row with many columns: a line for each."""
    for place, text in enumerate(("項目", "値")):
        sheet.write_string(HEADING, place, text, look.heading)
    for number, column in enumerate(each.columns, start=HEADING + 1):
        value = shown_value(each.rows[0], column)
        sheet.write_string(number, 0, heading(column), look.plain)
        write(sheet, number, 1, value, look.of(value, labels.column(column).kind))
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 1, 24)
    sheet.freeze_panes(HEADING + 1, 1)
    sheet.autofilter(HEADING, 0, HEADING + len(each.columns), 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:B{HEADING + len(each.columns) + 1}"})


def _paper(sheet: Worksheet, cover: Cover) -> None:
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    office = cover.office.replace("&", "&&")[:80]
    sheet.set_footer(f'&L&"{FONT}"{office}　{cover.day}　{cover.edition}&R&P / &N')
