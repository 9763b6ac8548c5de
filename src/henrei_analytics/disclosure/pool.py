"""Adds up what several institutions share: numbers of the shareable editions, never those of the internal one.

Every pooled number is made of the same institutions: if a total were made of four and its parts of three, the fourth
would be left over. The group is the one that gives most, and a number that not all of it publish is not pooled. Who
is not in it mostly has few returns, so that a rate of the group alone would be too high: with the denominators, which
are hardly ever hidden, and 1 to 9 for every "under 10", the true rate of all of them is bounded, where at least three
are left over together.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
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
    """One number of the group; `low` and `high` bound the rate of all institutions, those left over included."""

    keys: dict[str, str]
    measure: str
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
    institutions: int  # given
    group: int  # of them, those that every row is made of
    left_out: int  # numbers that not all of the group publish
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
    cells = _cells(shared)
    group = _group(shared, cells)
    if not group:
        raise HenreiError(
            f"{INSTITUTIONS}施設以上がそろって公表している数がないため、合算できません。"
            "同じ月・同じ月数で作った版を、返戻の多い施設のものも加えて指定してください。"
        )
    rows = [
        _row(measure, keys, shared, group)
        for measure, keys in cells
        if _all_publish(group, measure, keys, shared)
    ]
    rows.sort(key=lambda row: (row.measure != RATE[0], *(row.keys.get(key, "") for key in KEYS)))
    hidden = sum(1 for each in shared for cell in each.marks if _is_pooled(cell))
    return Pool(rows, len(shared), len(group), len(cells) - len(rows), hidden, [each.path for each in shared])


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


def _cells(shared: Sequence[Shared]) -> list[Cell]:
    """What could be pooled: rates by the keys of their numerators, and counts."""
    found = {cell for each in shared for cell in (*each.values, *each.marks) if _is_pooled(cell)}
    return sorted((cell for cell in found if cell[0] != RATE[1]), key=lambda cell: (cell[0], sorted(cell[1])))


def _publishes(each: Shared, measure: str, keys: Keys) -> bool:
    needed = RATE if measure == RATE[0] else (measure,)
    return all((name, keys) in each.values for name in needed)


def _all_publish(group: Collection[int], measure: str, keys: Keys, shared: Sequence[Shared]) -> bool:
    return all(_publishes(shared[at], measure, keys) for at in group)


def _group(shared: Sequence[Shared], cells: Sequence[Cell]) -> frozenset[int]:
    """The institutions, at least three, that together publish most numbers; of equal ones the most institutions."""
    publishers = Counter(
        frozenset(at for at, each in enumerate(shared) if _publishes(each, *cell)) for cell in cells
    )
    candidates = {one & two for one in publishers for two in publishers}
    sizes = {
        group: len(group) * sum(number for whole, number in publishers.items() if group <= whole)
        for group in candidates
        if len(group) >= INSTITUTIONS
    }
    best = max(sizes, key=lambda group: (sizes[group], len(group), sorted(group, reverse=True)), default=None)
    return best or frozenset()


def _row(measure: str, keys: Keys, shared: Sequence[Shared], group: Collection[int]) -> PooledRow:
    numerator = sum(shared[at].values[measure, keys] for at in group)
    row = PooledRow(dict(keys), measure, numerator)
    if measure != RATE[0]:
        return row
    top, bottom = (RATE[0], keys), (RATE[1], keys)
    row.denominator = sum(shared[at].values[bottom] for at in group)
    others = [each for at, each in enumerate(shared) if at not in group]
    # With one or two left over the bounds would give their claims away.
    may_tell = not others or len(others) >= INSTITUTIONS
    if may_tell and all(each.marks.get(top) == UNDER and bottom in each.values for each in others):
        whole = row.denominator + sum(each.values[bottom] for each in others)
        if whole:
            row.low = (numerator + len(others)) / whole
            row.high = (numerator + (THRESHOLD - 1) * len(others)) / whole
    return row
