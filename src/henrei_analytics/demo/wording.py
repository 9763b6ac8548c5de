"""How notices write dates, numbers and names: 全角, and years of every era a patient can be born in."""

from __future__ import annotations

from .events import Receipt
from .months import REIWA_YEAR_0

_FULL_WIDTH = str.maketrans("0123456789-. ", "０１２３４５６７８９－．\u3000")
_ERAS = (
    ("20190501", "5", "令和", REIWA_YEAR_0),
    ("19890108", "4", "平成", 1988),
    ("19261225", "3", "昭和", 1925),
    ("19120730", "2", "大正", 1911),
)
"""First day, digit, name, 西暦 minus 和暦. Nobody in the story is older."""


def full_width(text: str | int) -> str:
    """Digits, hyphen, point and space in 全角."""
    return str(text).translate(_FULL_WIDTH)


def _era(day: str) -> tuple[str, str, int]:
    return next((digit, name, zero) for since, digit, name, zero in _ERAS if day >= since)


def era_day(day: str) -> str:
    """``3550102`` for ``19800102``: era, year, month, day."""
    digit, _, zero = _era(day)
    return f"{digit}{int(day[:4]) - zero:02d}{day[4:]}"


def era_words(day: str) -> str:
    """``昭和５５．　１．　２`` for ``19800102``."""
    _, name, zero = _era(day)
    return name + full_width(f"{int(day[:4]) - zero:2d}.{int(day[4:6]):2d}.{int(day[6:]):2d}")


def month_words(month: int) -> str:
    """``令和　８．　３``."""
    return "令和" + full_width(f"{month // 12 - REIWA_YEAR_0:2d}.{month % 12 + 1:2d}")


def month_in_full(month: int) -> str:
    """``令和　８年　３月``."""
    return f"令和{full_width(f'{month // 12 - REIWA_YEAR_0:2d}')}年{full_width(f'{month % 12 + 1:2d}')}月"


def day_in_full(month: int, day: int) -> str:
    """``令和　８年　４月　８日``."""
    return f"{month_in_full(month)}{full_width(f'{day:2d}')}日"


def patient_name(receipt: Receipt) -> str:
    """Family and given name, a 全角 space between."""
    return f"{receipt.patient.family}\u3000{receipt.patient.given}"


def row_of(width: int, cells: dict[int, object]) -> str:
    """One line with the given cells (columns counted from 1, as the layouts do), the others empty."""
    row = [""] * width
    for column, value in cells.items():
        row[column - 1] = str(value)
    return ",".join(row)
