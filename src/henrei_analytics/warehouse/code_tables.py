"""Shipped and own rows together: which row is in force when, and the tables `core` is given.

An own row goes before the shipped rows on the same thing for as long as it holds; what is left of their time stays
with them. So the tables in `core` never hold two rows for the same day, and the models need not know whose they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl

from henrei_analytics.codes import shipped, shipped_columns
from henrei_analytics.warehouse.database import insert
from henrei_analytics.warehouse.own_codes import (
    OF_WRITING,
    OPEN,
    OVERRIDABLE,
    Cells,
    OwnCodes,
    OwnRow,
    checked,
)

CODE_TABLES = (
    "adjustment_letters", "categories", "code_systems", "departments", "file_kinds", "guidance", "law_numbers",
    "policy_breaks", "prefectures",
    "re_examination_requesters", "re_examination_results", "reason_codes", "reason_text_rules",
    "rerouting_outcomes", "sections", "sources", "time_rules", "upheld_reasons",
)  # fmt: skip
ORDERED = ("code_systems", "reason_text_rules")  # the first match counts: own rows before all others
Period = tuple[date, date]


@dataclass(frozen=True)
class Entry:
    """A row of a table, with the time it is in force for; none is left of a row wholly overridden."""

    cells: Cells
    in_force: tuple[Period, ...]
    own: OwnRow | None = None

    @property
    def is_overridden(self) -> bool:
        """Whether own rows took some of its time."""
        return self.own is None and self.in_force != (_period(self.cells),)


def entries(table: str, own: OwnCodes) -> list[Entry]:
    """The rows of a table in the order they count: own ones first."""
    rows = own.rows.get(table, [])
    if table in ORDERED:
        rows = sorted(rows, key=lambda row: int(row.cells.get("position", 0)))  # without: as written, first
    mine = [Entry(_filled(table, row), (row.period,), row) for row in rows]
    theirs = [Entry(cells, _left(table, cells, rows)) for cells in shipped(table)]
    return mine + theirs


def load_code_tables(con: duckdb.DuckDBPyConnection, folder: Path | None) -> None:
    """Make `core.<table>` of every code table. Raises BadCodes before anything is changed."""
    own = checked(folder)
    for table in CODE_TABLES:
        columns = shipped_columns(table)
        frame = pl.DataFrame(_in_force(table, own), schema=dict.fromkeys(columns, pl.String), orient="row")
        con.execute(f"CREATE OR REPLACE TABLE core.{table} ({', '.join(f'{c} VARCHAR' for c in columns)})")
        insert(con, f"core.{table}", frame)


def _in_force(table: str, own: OwnCodes) -> list[list[str | None]]:
    """One row for each stretch of time; codes stay text (leading zeros), an empty cell is NULL."""
    rows = []
    for entry in entries(table, own):
        for start, end in entry.in_force:
            days = {
                "valid_from": "" if start == date.min else start.isoformat(),
                "valid_to": "" if end == date.max else end.isoformat(),
            }
            cells = entry.cells | days
            if table in ORDERED:
                cells["position"] = str(len(rows) + 1)
            rows.append([cells.get(column) or None for column in shipped_columns(table)])
    return rows


def _filled(table: str, row: OwnRow) -> Cells:
    """An own row; what it leaves empty is as in the shipped row on the same thing, of its prefecture or of all."""
    mine = row.cells.get("prefecture", "")
    same = [c for c in shipped(table) if _same(table, row, c) and c.get("prefecture", "") in (mine, "")]
    nearest: Cells = max(same, key=lambda cells: cells.get("prefecture", "") == mine, default={})
    left_out = ("valid_from", "valid_to", "note", *OF_WRITING)
    kept = {name: text for name, text in nearest.items() if name not in left_out}
    return kept | row.cells


def _left(table: str, cells: Cells, rows: list[OwnRow]) -> tuple[Period, ...]:
    """What own rows leave of the time of a shipped row."""
    periods = [_period(cells)]
    for row in rows:
        if _covers(table, row, cells):
            periods = [piece for period in periods for piece in _without(period, row.period)]
    return tuple(periods)


def _same(table: str, row: OwnRow, cells: Cells) -> bool:
    keys = [key for key in OVERRIDABLE[table].key if key != "prefecture"]
    return all(row.cells.get(key, "") == cells[key] for key in keys)


def _covers(table: str, row: OwnRow, cells: Cells) -> bool:
    """Whether an own row is about the same thing; without a prefecture it holds in all of them."""
    mine = row.cells.get("prefecture")
    return _same(table, row, cells) and (mine is None or mine == cells["prefecture"])


def _without(period: Period, taken: Period) -> list[Period]:
    (start, end), (first, last) = period, taken
    if last < start or end < first:
        return [period]
    one = timedelta(days=1)
    before = [(start, first - one)] if start < first else []
    after = [(last + one, end)] if last < end else []
    return before + after


def _period(cells: Cells) -> Period:
    start, end = cells.get("valid_from"), cells.get("valid_to")
    return (
        date.fromisoformat(start) if start else OPEN[0],
        date.fromisoformat(end) if end else OPEN[1],
    )
