"""How one cell of a workbook is written: its type, its format, its width.

A text is never read as a formula, a number or a link.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from henrei_analytics import labels
from henrei_analytics.disclosure import marks
from henrei_analytics.lists.forms import FONT

CELL_LIMIT = 32767  # characters a cell can hold
NUMBER_FORMATS = {
    "yen": '"¥"#,##0;[Red]-"¥"#,##0',
    "rate": "0.0%",
    "fine_rate": "0.00%",
    "rate_change": "+0.00%;-0.00%;0.00%",
    "change": "+#,##0;-#,##0;0",
    "number": "#,##0.00",
    "mean": "#,##0.0",
    "mean_change": "+#,##0.0;-#,##0.0;0.0",
    "months": "#,##0.0",
    "round": '0"回目"',
    "times": '0"回"',
    "date": "yyyy-mm-dd",
    "month": 'yyyy"年"m"月"',
}
WHOLE = "#,##0"
DATES = ("date", "month")


def heading(column: str) -> str:
    """What stands above a column: its label with its unit."""
    return labels.column(column).title


def value_of(column: str, value: Any) -> Any:
    """A value of `figures.json` as the cell holds it: a number, a date, a text, or None."""
    kind = labels.column(column).kind
    if value is None:
        return None
    if kind in DATES and isinstance(value, str):
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            return value
    if isinstance(value, bool):
        return labels.text(value, kind if kind in labels.YES_NO else "yes_no")
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, (list, tuple, dict)) or kind in labels.words()["codes"] or kind == "institution":
        return labels.text(value, kind)
    return str(value)


class Look:
    """The formats of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._base = {"font_name": FONT, "font_size": 10, "valign": "top"}
        self._kinds: dict[str, Format] = {}
        self.title = book.add_format(self._base | {"bold": True, "font_size": 14})
        self.note = book.add_format(self._base | {"font_color": "#404040"})
        self.link = book.add_format(self._base | {"font_color": "#00558C", "underline": 1})
        grey = {"bold": True, "text_wrap": True, "bg_color": "#E7E6E6", "bottom": 1, "valign": "vcenter"}
        self.heading = book.add_format(self._base | grey)
        self.wrapped = book.add_format(self._base | {"text_wrap": True})
        self.plain = book.add_format(self._base)

    def of(self, value: Any, kind: str) -> Format:
        """The format of one cell."""
        shape = NUMBER_FORMATS.get(kind, WHOLE if isinstance(value, int) else "#,##0.00##")
        if isinstance(value, str) or value is None:
            shape = "@"
        if shape not in self._kinds:
            self._kinds[shape] = self._book.add_format(self._base | {"num_format": shape})
        return self._kinds[shape]


def shown_value(row: Mapping[str, Any], column: str) -> Any:
    """The value of a cell; what the shareable edition hides says so in words, as on the page."""
    return marks(row).get(column) or value_of(column, row.get(column))


def write(sheet: Worksheet, row: int, place: int, value: Any, look: Format) -> None:
    """A value as what it is; a text is never read as a formula, a number or a link."""
    if value is None:
        sheet.write_blank(row, place, None, look)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime.combine(value, time()), look)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, place, value, look)
    else:
        sheet.write_string(row, place, value[:CELL_LIMIT], look)


def as_seen(value: Any) -> str:
    return f"{value:,}" if isinstance(value, (int, float)) else "" if value is None else str(value)


def width_of(text: str) -> int:
    """Characters of the widest line; a Japanese one is two wide."""
    lines = text.split("\n")
    return max(
        sum(2 if unicodedata.east_asian_width(each) in "WFA" else 1 for each in line) for line in lines
    )
