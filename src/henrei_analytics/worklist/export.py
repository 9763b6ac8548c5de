"""The workbook the office fills in: a sheet of open returns, one of decided ones, how to fill it in, and the names.

Nothing in it is a formula, and every drop-down leaves the file readable without it. The same rows give the same bytes.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from henrei_analytics import labels
from henrei_analytics.lists.forms import FONT, write_new
from henrei_analytics.worklist.items import Values, Worklist
from henrei_analytics.worklist.words import CHECKED, Column, columns, words

HEADING = 2  # rows from 0: title, note, headings, data
FROZEN = 2  # columns that stay in sight: urgency and chart number
NAMES = 200  # rows of the sheet of names that the drop-downs take
FIRST_NAME = 2  # row from 0
A4 = 9
CELL_LIMIT = 32767  # characters a cell can hold
SIZE, SMALL = 11, 10  # points of the font; the small one for texts of several lines
ROW_HEIGHT, MAX_HEIGHT = 19, 300  # points
OVERDUE, SOON = "#F4B6B6", "#FFE29A"  # differ in grey as well; the word stands in the first column


def write_worklist(found: Worklist, path: Path) -> None:
    """Write the workbook to a new file. Raises HenreiError where there is one already or it cannot be written."""
    write_new(path, workbook(found))


def workbook(found: Worklist) -> bytes:
    """The workbook as bytes."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": words()["title"], "created": datetime.combine(found.as_of, time())})
    look, names = _Look(book), words()["sheets"]
    tables = {name: book.add_worksheet(names[name]) for name in ("open", "decided", "guide", "people")}
    shown = _shown(found)
    _table(tables["open"], found.open, found, look, shown, is_decided=False)
    _table(tables["decided"], found.decided, found, look, shown, is_decided=True)
    _guide(tables["guide"], look)
    _people(tables["people"], found.people, look)
    book.close()
    return content.getvalue()


class _Look:
    """The formats of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        base = {"font_name": FONT, "font_size": SIZE}
        cell = base | {"valign": "top", "border": 1, "border_color": "#BFBFBF"}
        entry = cell | {"bg_color": "#EAF3FA", "num_format": "@", "text_wrap": True}
        heading = cell | {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter"}
        kinds: dict[str, dict[str, Any]] = {
            "text": cell | {"num_format": "@"},
            "word": cell | {"num_format": "@", "align": "center"},
            "long": cell | {"num_format": "@", "text_wrap": True, "font_size": SMALL},
            "date": cell | {"num_format": "yyyy/mm/dd", "align": "center"},
            "short_date": cell | {"num_format": "m/d", "align": "center"},
            "month": cell | {"num_format": "yyyy/mm", "align": "center"},
            "count": cell | {"num_format": "#,##0"},
            "days": cell | {"num_format": "#,##0;-#,##0"},
            "entry": entry,
            "entry_date": entry | {"num_format": "yyyy/mm/dd", "align": "center"},
        }
        self.title = book.add_format(base | {"bold": True, "font_size": 14})
        self.note = book.add_format(base | {"font_color": "#404040"})
        self.heading = book.add_format(heading | {"bg_color": "#E7E6E6"})
        self.entry_heading = book.add_format(heading | {"bg_color": "#BDD7EE"})
        self.plain = book.add_format(base | {"text_wrap": True, "valign": "top"})
        self.kinds: dict[str, Format] = {kind: book.add_format(each) for kind, each in kinds.items()}
        self.overdue = book.add_format({"bg_color": OVERDUE, "bold": True})
        self.soon = book.add_format({"bg_color": SOON})


def _shown(found: Worklist) -> set[str]:
    """The conditions of columns that are met."""
    rows = [*found.open, *found.decided]
    told = {
        "": True,
        "several_institutions": len(found.offices) > 1,
        "departments": any(row["department"] for row in rows),
        "entries": any(row["entered"] for row in rows),
        "conflicts": any(row["conflicts"] for row in rows),
    }
    return {name for name, is_met in told.items() if is_met}


def _table(
    sheet: Worksheet, rows: list[Values], found: Worklist, look: _Look, shown: set[str], *, is_decided: bool
) -> None:
    last = HEADING + max(len(rows), 1)
    _above(sheet, rows, found, look, is_decided=is_decided)
    for place, column in enumerate(columns()):
        options = {} if column.seen in shown else {"hidden": True}
        sheet.set_column(place, place, column.width, None, options)
        sheet.write_string(
            HEADING, place, column.heading, look.entry_heading if column.is_entry else look.heading
        )
        if column.help:
            sheet.write_comment(
                HEADING,
                place,
                column.help,
                {"author": "", "x_scale": 1.6, "font_name": FONT, "font_size": SMALL},
            )
        for number, row in enumerate(rows, start=HEADING + 1):
            _write(sheet, number, place, row.get(column.name), look.kinds[column.kind])
        _choices(sheet, place, column, last)
    for number, row in enumerate(rows, start=HEADING + 1):
        sheet.set_row(number, _height(row, shown))
    _colours(sheet, look, last)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{_letters(len(columns()) - 1)}{last + 1}"})
    sheet.set_row(HEADING, 34)
    sheet.freeze_panes(HEADING + 1, FROZEN)
    sheet.autofilter(HEADING, 0, last, len(columns()) - 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.5)
    sheet.repeat_rows(0, HEADING)
    sheet.print_area(0, 0, last, len(columns()) - 1)
    sheet.set_footer(f'&L&"{FONT}"{labels.day(found.as_of)}現在　院内用&R&P / &N')


def _above(sheet: Worksheet, rows: list[Values], found: Worklist, look: _Look, *, is_decided: bool) -> None:
    """The title, and how many rows there are of each urgency."""
    office = [labels.institution(found.offices[0])] if len(found.offices) == 1 else []
    whose = [found.office_name] if found.office_name else []
    title = words()["title_decided" if is_decided else "title"]
    parts = [title, *whose, *office, f"基準日 {labels.day(found.as_of)}"]
    sheet.write_string(0, 0, "　".join(parts), look.title)
    counts = [f"{len(rows):,}件　{sum(row['yen'] or 0 for row in rows):,}円"]
    for word in words()["urgency"].values():
        if word and (number := sum(row["urgency"] == word for row in rows)):
            counts.append(f"{word} {number:,}件")
    nothing = words()["nothing_decided" if is_decided else "nothing"]
    sheet.write_string(1, 0, "　".join([*counts, words()["note"]]) if rows else nothing, look.note)


def _write(sheet: Worksheet, row: int, place: int, value: object, look: Format) -> None:
    """A value as what it is; a text is never read as a formula, a number or a link."""
    if value is None:
        sheet.write_blank(row, place, None, look)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime.combine(value, time()), look)
    elif isinstance(value, int):
        sheet.write_number(row, place, value, look)
    else:
        sheet.write_string(row, place, str(value)[:CELL_LIMIT], look)


def _height(row: Values, shown: set[str]) -> float:
    """Room for the text of most lines: not every program makes room by itself."""
    return min(max(_lines_high(row.get(c.name), c) for c in columns() if c.seen in shown), MAX_HEIGHT)


def _lines_high(value: object, column: Column) -> float:
    if not isinstance(value, str) or column.kind not in ("long", "entry"):
        return ROW_HEIGHT
    return _text_height(value, column.width, SMALL if column.kind == "long" else SIZE)


def _text_height(text: str, width: int, size: int) -> float:
    """Points a wrapped text takes in a column, a wide character being as wide as it is high."""
    room = max(
        int(width * 5.25 / size * 2), 2
    )  # half-width characters a line; a unit of width is 5.25 points
    lines = sum(max(-(-_half_widths(line) // room), 1) for line in text.split("\n"))
    return max(ROW_HEIGHT, lines * size * 1.4 + 3)


def _half_widths(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "FWA" else 1 for c in text)


def _choices(sheet: Worksheet, place: int, column: Column, last: int) -> None:
    """Drop-downs; a name that is not on the list may be written all the same."""
    if known := words()["choices"].get(column.name):
        rule = {
            "validate": "list",
            "source": known,
            "error_title": column.heading,
            "error_message": f"{'・'.join(known)} から選んでください。",
        }
    elif column.name in ("owner", "decided_by"):
        people = words()["sheets"]["people"]
        source = f"='{people}'!$A${FIRST_NAME + 1}:$A${FIRST_NAME + NAMES}"
        rule = {"validate": "list", "source": source, "show_error": False}
    elif column.kind == "entry_date":
        rule = {
            "validate": "date",
            "criteria": "between",
            "minimum": date(2000, 1, 1),
            "maximum": date(2099, 12, 31),
            "error_title": column.heading,
            "error_message": "2026/10/31 のような日付で記入してください。",
        }
    else:
        return
    sheet.data_validation(HEADING + 1, place, last, place, rule)


def _colours(sheet: Worksheet, look: _Look, last: int) -> None:
    """Rows by their urgency, wherever they are sorted to; what is to be filled in keeps its own colour."""
    urgency = _letters(next(place for place, column in enumerate(columns()) if column.name == "urgency"))
    for start, end in _runs(lambda column: not column.is_entry):
        for word, format in (("overdue", look.overdue), ("soon", look.soon)):
            criteria = f'=${urgency}{HEADING + 2}="{words()["urgency"][word]}"'
            rule = {"type": "formula", "criteria": criteria, "format": format}
            sheet.conditional_format(HEADING + 1, start, last, end, rule)


def _runs(is_meant: Callable[[Column], bool]) -> list[tuple[int, int]]:
    """First and last place of each stretch of columns that are meant."""
    places = [place for place, column in enumerate(columns()) if is_meant(column)]
    starts = [place for place in places if place - 1 not in places]
    ends = [place for place in places if place + 1 not in places]
    return list(zip(starts, ends, strict=True))


def _guide(sheet: Worksheet, look: _Look) -> None:
    """What to do with the workbook, and one line a column to fill in."""
    first, second = 16, 100  # widths
    sheet.set_column(0, 0, first)
    sheet.set_column(1, 1, second)
    sheet.write_string(0, 0, f"{words()['title']}の使い方", look.title)
    for row, line in enumerate(words()["guide"]["lines"], start=1):
        sheet.merge_range(row, 0, row, 1, "", look.plain)
        sheet.write_string(row, 0, line, look.plain)
        sheet.set_row(row, _text_height(line, first + second, SIZE))
    start = len(words()["guide"]["lines"]) + 2
    sheet.write_string(start, 0, "列", look.heading)
    sheet.write_string(start, 1, "書き方", look.heading)
    for row, column in enumerate((each for each in columns() if each.help), start=start + 1):
        choices = words()["choices"].get(column.name)
        listed = f"（{'・'.join(choices)}）" if choices and column.name != CHECKED else ""
        sheet.write_string(row, 0, column.heading, look.plain)
        sheet.write_string(row, 1, column.help + listed, look.plain)
        sheet.set_row(row, _text_height(column.help + listed, second, SIZE))
    _page(sheet)


def _people(sheet: Worksheet, names: Sequence[str], look: _Look) -> None:
    """The names the drop-downs offer, with room for more."""
    sheet.set_column(0, 0, 24)
    sheet.write_string(0, 0, words()["people"]["intro"], look.note)
    sheet.write_string(FIRST_NAME - 1, 0, words()["people"]["heading"], look.entry_heading)
    for row in range(NAMES):
        name = names[row] if row < len(names) else None
        _write(sheet, FIRST_NAME + row, 0, name, look.kinds["entry"])
    sheet.freeze_panes(FIRST_NAME, 0)
    _page(sheet)


def _page(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)


def _letters(place: int) -> str:
    return xlsxwriter.utility.xl_col_to_name(place)
