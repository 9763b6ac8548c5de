"""What of a set of figures may be published together: columns that are declared, without what would give a small count.

Everything that is shown from here on (tables, charts, tiles, files of numbers) is made of these frames only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from henrei_analytics.disclosure.protect import Cell, protect
from henrei_analytics.disclosure.rule import WITH
from henrei_analytics.disclosure.tables import Part, Table, counts_of, worth_showing
from henrei_analytics.figures.shareable import Shareable

HIDDEN = "hidden"
"""Column of a published frame: what is hidden in the row and why, as `column:mark`."""

FIRST_ROUND = frozenset({("round", "1")})
PARTS_OF: Mapping[str, Sequence[Part]] = {
    "returns": (
        Part("first_returns"),
        Part("first_returns", at=FIRST_ROUND),
        Part("reclaims_all"),
        Part("watched_returns", is_nearly_all=True),
    ),
    "first_claims": (Part("first_returns"),),
    "reclaims": (Part("re_returns"),),
}
"""Measure → measures whose receipts are all among its own. New measures that overlap others belong here."""

KEPT = ("first_claims", "first_returns", "returns")
"""Numbers hidden last, the most important first."""

FIXED_ORDER = {"month", "payer", "setting", "period", "round", "stage", "age", "position"}
"""Keys whose order does not depend on counts; rows in any other order could tell which hidden count is larger."""


def publish(
    tables: Sequence[Table],
    parts_of: Mapping[str, Sequence[Part]] = PARTS_OF,
    kept: Sequence[str] = KEPT,
) -> dict[str, pl.DataFrame]:
    """The published rows of every table by name. A table of which little would be left is not among them."""
    worth = [found for table in tables if (found := worth_showing(table))]
    counts = counts_of(worth, parts_of)
    hidden = protect(counts.values, counts.sums, counts.shown, kept)
    return {table.name: _published(table, hidden) for table in worth}


def _published(table: Table, hidden: Mapping[Cell, str]) -> pl.DataFrame:
    declared = table.declared
    rows = list(table.rows.iter_rows(named=True))
    marks = [_counts_hidden(table, row, hidden) for row in rows]
    is_hidden = [bool(mark) for mark in marks]
    spoiled = {_group(declared, row) for row, mark in zip(rows, marks, strict=True) if mark}
    for row, mark in zip(rows, marks, strict=True):
        gone = [column for column, needed in declared.others.items() if mark.keys() & set(needed)]
        if _group(declared, row) in spoiled:
            gone += declared.whole
        mark.update({column: WITH for column in gone if row[column] is not None})
    return _ordered(_masked(table.rows, declared, marks), declared, is_hidden)


def _counts_hidden(table: Table, row: Mapping[str, object], hidden: Mapping[Cell, str]) -> dict[str, str]:
    return {
        column: hidden[cell]
        for column in table.declared.counts
        if row[column] is not None and (cell := table.cell(row, column)) in hidden
    }


def _group(declared: Shareable, row: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(row[key] for key in declared.whole_by)


def _masked(rows: pl.DataFrame, declared: Shareable, marks: Sequence[Mapping[str, str]]) -> pl.DataFrame:
    """The declared columns in their order, empty where they are hidden, and what is hidden in each row."""
    columns = []
    for column in rows.columns:
        if column in declared.columns:
            keep = pl.Series([column not in mark for mark in marks], dtype=pl.Boolean)
            columns.append(pl.when(keep).then(pl.col(column)).alias(column))
    written = [[f"{column}:{mark}" for column, mark in sorted(each.items())] for each in marks]
    return rows.select(*columns, pl.Series(HIDDEN, written, dtype=pl.List(pl.String)))


def _ordered(rows: pl.DataFrame, declared: Shareable, is_hidden: Sequence[bool]) -> pl.DataFrame:
    """Rows with a hidden count last, by their keys: their place among the others would tell how large it is."""
    if FIXED_ORDER.issuperset(declared.keys):
        return rows
    hidden = pl.Series(is_hidden, dtype=pl.Boolean)
    return pl.concat([rows.filter(~hidden), rows.filter(hidden).sort(declared.keys)])
