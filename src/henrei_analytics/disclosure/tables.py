"""From the rows of figures to one set of counts and the sums between them.

A count is known by what it counts and for which keys. The same count in two figures is one; a table with more keys
adds up to one with fewer; two tables that share only some keys are tied by the totals they have in common, shown or
not; a part and its whole leave a rest. With all of these, whatever can be computed from the published numbers by
adding and subtracting is a combination of the sums made here, as long as measures that overlap are declared (`Part`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

import polars as pl

from henrei_analytics.disclosure.protect import Cell, Sum
from henrei_analytics.disclosure.rule import THRESHOLD
from henrei_analytics.figures.shareable import REST, Shareable

ALL = "all"
PERIOD = "period"
MONTH, WINDOW = "month", "window"


@dataclass(frozen=True)
class Table:
    """The rows of one figure with what may be shown of them; `month` is the month its rows are for, if one."""

    name: str
    rows: pl.DataFrame
    declared: Shareable
    month: date | None = None

    def cell(self, row: Mapping[str, object], column: str) -> Cell:
        """Which count stands in a column of a row."""
        count = self.declared.counts[column]
        keys = {key: str(row[key]) for key in self.declared.keys if row[key] is not None}
        keys = {key: value for key, value in keys.items() if key != PERIOD and value != ALL}
        return count.measure, frozenset(keys.items()) | self.fixed(row, column)

    def fixed(self, row: Mapping[str, object], column: str) -> frozenset[tuple[str, str]]:
        """The keys at which the table holds one value only: it does not divide by them."""
        keys = dict(self.declared.counts[column].at)
        period = keys.pop(PERIOD, row.get(PERIOD))
        return frozenset((keys | ({MONTH: str(self.month)} if period == MONTH else {})).items())

    def cells(self) -> dict[Cell, int]:
        """Every count that the rows hold; what is empty is not known and no count."""
        return {
            self.cell(row, column): int(row[column])
            for row in self.rows.iter_rows(named=True)
            for column in self.declared.counts
            if row[column] is not None
        }


@dataclass(frozen=True)
class Part:
    """A measure whose receipts are all among those of another one, there at the keys `at`.

    Of a part that is nearly all of the whole an outsider may take the rest to be nothing: the rest counts as known.
    """

    measure: str
    at: frozenset[tuple[str, str]] = frozenset()
    is_nearly_all: bool = False


@dataclass
class Counts:
    """Counts, the sums between them, and which of them somebody would see."""

    values: dict[Cell, int]
    sums: list[Sum]
    shown: set[Cell]


def counts_of(tables: Sequence[Table], parts_of: Mapping[str, Sequence[Part]]) -> Counts:
    """All counts of the tables. `parts_of`: measure → measures whose receipts are all among its own."""
    values: dict[Cell, int] = {}
    for table in tables:
        values |= table.cells()
    shown = set(values)
    sums = [*_splits(tables, values)]
    sums += _rests(values, shown, parts_of)
    sums += _totals(_divisions(tables), values)
    return Counts(values, sums, shown)


def _splits(tables: Iterable[Table], values: dict[Cell, int]) -> list[Sum]:
    found = []
    for table in tables:
        for whole, parts in table.declared.splits.items():
            for row in table.rows.iter_rows(named=True):
                if any(row[column] is None for column in (whole, *parts) if column != REST):
                    continue
                cells = [table.cell(row, part) for part in parts if part != REST]
                top = table.cell(row, whole)
                if REST in parts:
                    rest = (f"{top[0]} − {'・'.join(each[0] for each in cells)}", top[1])
                    values[rest] = values[top] - sum(values[each] for each in cells)
                    cells.append(rest)
                found.append(Sum(top, tuple(cells)))
    return found


def _rests(values: dict[Cell, int], shown: set[Cell], parts_of: Mapping[str, Sequence[Part]]) -> list[Sum]:
    found = []
    for measure, keys in sorted(shown, key=_text):
        for part in parts_of.get(measure, ()):
            top, other = (measure, keys), (part.measure, keys - part.at)
            if part.at <= keys and other in shown:
                rest = (f"{measure} − {part.measure}", keys)
                values[rest] = values[top] - values[other]
                found.append(Sum(top, (other, rest)))
                if part.is_nearly_all:
                    shown.add(rest)
    return found


Keys = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class _Division:
    """Cells of one measure that divide something completely by some keys, at fixed values of others."""

    fixed: Keys
    by: frozenset[str]
    cells: frozenset[Cell]

    @property
    def names(self) -> frozenset[str]:
        return self.by | {name for name, _ in self.fixed}


def _divisions(tables: Iterable[Table]) -> dict[str, list[_Division]]:
    """The complete divisions that the tables show, by measure."""
    found: dict[tuple[str, Keys, frozenset[str]], set[Cell]] = {}
    for table in tables:
        if table.declared.partial:
            continue
        for row in table.rows.iter_rows(named=True):
            for column in table.declared.counts:
                if row[column] is not None:
                    measure, keys = table.cell(row, column)
                    fixed = table.fixed(row, column)
                    by = frozenset(name for name, _ in keys - fixed)
                    found.setdefault((measure, fixed, by), set()).add((measure, keys))
    divisions: dict[str, list[_Division]] = {}
    for (measure, fixed, by), cells in sorted(found.items(), key=lambda each: _text(each[0])):
        divisions.setdefault(measure, []).append(_Division(fixed, by, frozenset(cells)))
    return divisions


def _totals(divisions: Mapping[str, list[_Division]], values: dict[Cell, int]) -> list[Sum]:
    """Every total of every division: those that somebody shows, and those that two divisions have in common."""
    found: list[Sum] = []
    for measure, each in sorted(divisions.items()):
        for one, two in combinations(each, 2):
            _add_common_totals(measure, one, two, values)
        cells = sorted((cell for cell in values if cell[0] == measure), key=_text)
        for division in each:
            if division.by:
                found += _totals_of(division, cells, values)
    return found


def _add_common_totals(measure: str, one: _Division, two: _Division, values: dict[Cell, int]) -> None:
    fixed = one.fixed | two.fixed
    names = one.names & two.names
    if not {name for name, _ in fixed} <= names or len({name for name, _ in fixed}) < len(fixed):
        return  # a slice and the whole, or two slices: nothing in common
    totals: dict[Cell, int] = {}
    for cell in one.cells:
        if fixed <= cell[1]:
            total = (measure, frozenset(pair for pair in cell[1] if pair[0] in names))
            totals[total] = totals.get(total, 0) + values[cell]
    for total, value in totals.items():
        values.setdefault(total, value)


def _totals_of(division: _Division, cells: Sequence[Cell], values: Mapping[Cell, int]) -> list[Sum]:
    """The sums that hold. Where a month of one payer is not known its total counts other months: no sum at all."""
    found = []
    for total in cells:
        names = {name for name, _ in total[1]}
        if division.fixed <= total[1] and names < division.names:
            parts = tuple(sorted((cell for cell in division.cells if total[1] <= cell[1]), key=_text))
            if parts and values[total] == sum(values[part] for part in parts):
                found.append(Sum(total, parts))
    return found


def _text(value: object) -> str:
    """One order for cells and what they are made of."""
    if isinstance(value, frozenset):
        return str(sorted(map(str, value)))
    return "/".join(map(_text, value)) if isinstance(value, tuple) else str(value)


FEW = 5  # cells; of fewer, each is worth a line that says "under 10"


def worth_showing(table: Table) -> Table | None:
    """The table without columns and periods in which most counts are small: they say little and risk much."""
    rows = table.rows
    if PERIOD in table.declared.keys:
        kept = [
            period
            for period in rows[PERIOD].unique(maintain_order=True)
            if not all(
                _mostly_small(rows.filter(pl.col(PERIOD) == period)[column])
                for column in table.declared.counts
            )
        ]
        rows = rows.filter(pl.col(PERIOD).is_in(kept))
        if rows.is_empty() and not table.rows.is_empty():
            return None
    dropped = {column for column in table.declared.counts if _mostly_small(rows[column])}
    if not dropped:
        return replace(table, rows=rows)
    left = table.declared.without(dropped)
    # What a figure is for are the numbers computed from its counts; denominators alone are no figure.
    if not left.counts or (table.declared.others and not left.others):
        return None
    return replace(table, rows=rows, declared=left)


def _mostly_small(counts: pl.Series) -> bool:
    positive = counts.filter(counts > 0)
    return len(positive) >= FEW and 2 * int((positive < THRESHOLD).sum()) > len(positive)
