"""Calendar months as plain numbers (``year * 12 + month - 1``), so that month arithmetic is arithmetic."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

REIWA_YEAR_0 = 2018
"""西暦 year minus 令和 year. Notice files write 和暦 (era digit 5) and only ever this era here."""


def month_of(day: date) -> int:
    """The month number of a date."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """The first day of a month."""
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    """The last day of a month."""
    return first_day(month + 1) - timedelta(days=1)


def days_in(month: int) -> int:
    """How many days a month has."""
    return calendar.monthrange(month // 12, month % 12 + 1)[1]


def iso(month: int) -> str:
    """``2026-09-01``, the way the truth writes a month."""
    return first_day(month).isoformat()


def yyyymm(month: int) -> str:
    """``202609``, the way record files write a month."""
    return f"{month // 12:04d}{month % 12 + 1:02d}"


def wareki(month: int) -> str:
    """``50809`` (era, year, month), the way notice files write a month."""
    return f"5{month // 12 - REIWA_YEAR_0:02d}{month % 12 + 1:02d}"
