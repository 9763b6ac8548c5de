"""Adds up what several institutions share: numbers of the shareable editions, never those of the internal one.

A pooled number is made of the institutions that publish it. Those that had to hide it are counted beside it, and
because they are the ones with few returns, a rate of the others alone would be too high: with the denominators, which
are hardly ever hidden, and 1 to 9 for every "under 10", the true rate of all of them is bounded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from henrei_analytics.disclosure.edition import Edition, shareable_figures
from henrei_analytics.disclosure.protect import Cell
from henrei_analytics.disclosure.publish import HIDDEN
from henrei_analytics.disclosure.rule import INSTITUTIONS, THRESHOLD, UNDER
from henrei_analytics.disclosure.tables import Table
from henrei_analytics.errors import HenreiError

FILE = "figures.json"
WINDOW = "window"  # key of numbers over the whole window, which say up to which month and how many
KEYS = (WINDOW, "month", "payer", "setting", "category")
RATE, COUNT = ("first_returns", "first_claims"), "returns"
SAME_MONTHS = 6  # so many months with the same claims: one institution given twice
Keys = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Shared:
    """What one institution shares: its numbers, and the marks of those it hides."""

    path: Path
    values: Mapping[Cell, int]
    marks: Mapping[Cell, str]


@dataclass
class PooledRow:
    """One number of several institutions; `low` and `high` bound the rate of all, the hiding ones included."""

    keys: dict[str, str]
    measure: str
    institutions: int
    hiding: int
    numerator: int
    denominator: int | None = None
    low: float | None = None
    high: float | None = None

    @property
    def rate(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None


@dataclass
class Pool:
    """The pooled rows, and what could not be pooled."""

    rows: list[PooledRow]
    institutions: int
    too_few: int  # cells that fewer than three institutions publish
    hidden: int  # single numbers that institutions hide
    files: list[Path] = field(default_factory=list)


def pool(paths: Iterable[Path]) -> Pool:
    """Pool every shareable file of numbers among the paths (files or folders). Raises HenreiError."""
    shared = [read_shared(path) for path in _files(paths)]
    _refuse_twice(shared)
    if len(shared) < INSTITUTIONS:
        raise HenreiError(
            f"外部提供用の {FILE} が{len(shared)}施設分しかありません。{INSTITUTIONS}施設分以上を指定してください。"
        )
    rows = [*_rates(shared), *_counts(shared)]
    kept = [row for row in rows if row.institutions >= INSTITUTIONS]
    kept.sort(key=lambda row: (row.measure != RATE[0], *(row.keys.get(key, "") for key in KEYS)))
    hidden = sum(1 for each in shared for cell in each.marks if _is_pooled(cell))
    return Pool(kept, len(shared), len(rows) - len(kept), hidden, [each.path for each in shared])


def read_shared(path: Path) -> Shared:
    """The numbers of one institution and month. Raises HenreiError where they are not for sharing."""
    try:
        content = json.loads(path.read_text("utf-8"))
        is_month = isinstance(content, dict) and isinstance(content.get("figures"), dict)
    except (OSError, ValueError):
        content, is_month = {}, False
    if not is_month:
        raise HenreiError(f"{path}: henrei report が書いた {FILE}（医療機関・月ごとのもの）ではありません。")
    if content.get("edition") != Edition.SHAREABLE:
        raise HenreiError(
            f"{path}: 院内用の版です。合算には使えません。"
            "henrei report --edition shareable で作った外部提供用の版を指定してください。"
        )
    try:
        return _shared(path, content)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise HenreiError(
            f"{path}: 外部提供用の版として読めません。作り直したものを指定してください。"
        ) from None


def _files(paths: Iterable[Path]) -> list[Path]:
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise HenreiError(f"{path} がありません。")
        # The file of a whole run lies above those of the months and holds the same again.
        inside = [path] if path.is_file() else [each for each in sorted(path.rglob(FILE)) if _is_month(each)]
        found |= dict.fromkeys(inside)
    if not found:
        raise HenreiError(f"指定された場所に {FILE} がありません。")
    return list(found)


def _is_month(path: Path) -> bool:
    """Whether a file is one of an institution and month, or of no run at all, which is told when it is read."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return True
    return not isinstance(content, dict) or "figures" in content


def _shared(path: Path, content: Mapping[str, Any]) -> Shared:
    month = date.fromisoformat(f"{content['month']}-01")
    values: dict[Cell, int] = {}
    marks: dict[Cell, str] = {}
    declared = shareable_figures()
    for page in content["figures"].values():
        for key, figure in page.items():
            name = key.split("?")[0]
            if name not in declared:
                continue
            table = Table(name, pl.DataFrame(), declared[name], month)
            for row in figure["rows"]:
                hidden = dict(each.split(":", 1) for each in row.get(HIDDEN, ()))
                for column in declared[name].counts:
                    measure, keys = table.cell(row, column)
                    if "month" not in dict(keys):
                        keys |= {(WINDOW, f"{content['month']}までの{content['months_back']}か月")}
                    if column in hidden:
                        marks[measure, keys] = hidden[column]
                    elif row.get(column) is not None:
                        values[measure, keys] = int(row[column])
    return Shared(path, values, marks)


def _refuse_twice(shared: Sequence[Shared]) -> None:
    """Names may be hidden, so an institution given twice is known by its claims."""
    claims = [
        {
            cell: value
            for cell, value in each.values.items()
            if _is_month_of_claims(cell) and value >= THRESHOLD
        }
        for each in shared
    ]
    for at, each in enumerate(shared):
        for before in range(at):
            same = claims[at].keys() & claims[before].keys()
            if len(same) >= SAME_MONTHS and all(claims[at][cell] == claims[before][cell] for cell in same):
                raise HenreiError(
                    f"{each.path} と {shared[before].path} は同じ医療機関の版です。1つだけ指定してください。"
                )


def _is_month_of_claims(cell: Cell) -> bool:
    return cell[0] == RATE[1] and {key for key, _ in cell[1]} == {"month"}


def _is_pooled(cell: Cell) -> bool:
    return {key for key, _ in cell[1]} <= set(KEYS) and cell[0] in (*RATE, COUNT)


def _keys(shared: Sequence[Shared], measure: str) -> list[Keys]:
    cells = {cell for each in shared for cell in (*each.values, *each.marks) if _is_pooled(cell)}
    return sorted((keys for name, keys in cells if name == measure), key=sorted)


def _rates(shared: Sequence[Shared]) -> Iterable[PooledRow]:
    for keys in _keys(shared, RATE[0]):
        top, bottom = (RATE[0], keys), (RATE[1], keys)
        known = [each for each in shared if top in each.values and bottom in each.values]
        hiding = [
            each
            for each in shared
            if each not in known and any(cell in each.values or cell in each.marks for cell in (top, bottom))
        ]
        numerator = sum(each.values[top] for each in known)
        denominator = sum(each.values[bottom] for each in known)
        row = PooledRow(dict(keys), RATE[0], len(known), len(hiding), numerator, denominator)
        if all(each.marks.get(top) == UNDER and bottom in each.values for each in hiding):
            whole = denominator + sum(each.values[bottom] for each in hiding)
            if whole:
                row.low = (numerator + len(hiding)) / whole
                row.high = (numerator + (THRESHOLD - 1) * len(hiding)) / whole
        yield row


def _counts(shared: Sequence[Shared]) -> Iterable[PooledRow]:
    for keys in _keys(shared, COUNT):
        cell = (COUNT, keys)
        known = [each.values[cell] for each in shared if cell in each.values]
        hiding = sum(cell in each.marks for each in shared)
        yield PooledRow(dict(keys), COUNT, len(known), hiding, sum(known))
