"""Holds figures against their references: as sets of rows, or one by one where the order is a promise."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from math import isclose
from typing import Any

import polars as pl

from henrei_analytics.figures.after import AFTER
from henrei_analytics.figures.compute import prepare
from henrei_analytics.figures.declarations import declarations
from mart_tables import Row, mart
from reference.known import World
from reference.registry import MODELS, ORDERED, REFERENCES

SHOWN = 3


def disagreements(world: World, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Name of each figure that differs from its reference, and how."""
    con = mart(**world.tables)
    # As compute_many does it, without counting what each figure rests on, which takes as long as the figures.
    prepare(con, world.scope)
    for name in names:
        model = pl.DataFrame(con.sql(sql_of(name)))
        after = declarations()[name].after
        frame = model if after is None or name in MODELS else AFTER[after](model, world.scope)
        expected = list(REFERENCES[name](world))
        untold = [column for column in model.columns if expected and column not in expected[0]]
        found = [f"no reference for columns {untold}"] if untold else []
        if found := found + differences(frame, expected, name in ORDERED):
            yield name, "\n".join(found)


@cache
def sql_of(name: str) -> str:
    return declarations()[name].sql_path.read_text(encoding="utf-8")


def differences(frame: pl.DataFrame, expected: list[Row], ordered: bool) -> list[str]:
    """What does not agree, in words; empty where all does."""
    if not expected:
        return [] if frame.is_empty() else [f"no rows expected, got {frame.to_dicts()[:SHOWN]}"]
    columns = list(expected[0])
    if missing := [column for column in columns if column not in frame.columns]:
        return [f"has no columns {missing}"]
    found = frame.select(columns).to_dicts()
    if not ordered:
        floats = {column for column, dtype in frame.schema.items() if dtype.is_float()}
        found, expected = (sorted(rows, key=lambda row: place(row, floats)) for rows in (found, expected))
    if len(found) != len(expected):
        extra = [row for row in found if not any(same(row, other) for other in expected)]
        lacking = [row for row in expected if not any(same(row, other) for other in found)]
        return [
            f"{len(found)} rows, expected {len(expected)}",
            f"extra {extra[:SHOWN]}",
            f"lacking {lacking[:SHOWN]}",
        ]
    pairs = [(row, other) for row, other in zip(found, expected, strict=True) if not same(row, other)]
    return [f"{apart(row, other)} in {row}" for row, other in pairs[:SHOWN]]


def same(row: Row, other: Row) -> bool:
    return all(equal(row[column], other[column]) for column in other)


def equal(value: Any, other: Any) -> bool:
    if isinstance(value, float) or isinstance(other, float):
        return None not in (value, other) and isclose(value, other, rel_tol=1e-9, abs_tol=1e-12)
    return value == other


def apart(row: Row, other: Row) -> str:
    return ", ".join(
        f"{column} is {row[column]!r}, should be {other[column]!r}"
        for column in other
        if not equal(row[column], other[column])
    )


def place(row: Row, floats: set[str]) -> tuple[Any, ...]:
    """Sorts rows whatever is NULL in them; floats go last and are rounded, so that the 16th digit moves nothing."""
    columns = sorted(row, key=lambda column: (column in floats, column))
    return tuple((row[column] is None, as_text(row[column], column in floats)) for column in columns)


def as_text(value: Any, is_float: bool) -> str:
    if value is None:
        return ""
    if is_float:
        return f"{value:24.9f}"
    return value.isoformat() if isinstance(value, date) else f"{value:>24}"
