"""The code tables that come with the package: dated CSVs with their sources, as they stand in this folder."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources


@cache
def shipped_tables() -> tuple[str, ...]:
    """Names of the tables, in order."""
    files = resources.files(__package__).iterdir()
    return tuple(sorted(f.name.removesuffix(".csv") for f in files if f.name.endswith(".csv")))


@cache
def shipped_columns(table: str) -> tuple[str, ...]:
    """The titles of a table."""
    return tuple(next(csv.reader(_text(table).splitlines())))


@cache
def shipped(table: str) -> tuple[dict[str, str], ...]:
    """The rows of a table; everything is text, an empty cell an empty text."""
    return tuple(csv.DictReader(_text(table).splitlines()))


def _text(table: str) -> str:
    return (resources.files(__package__) / f"{table}.csv").read_text("utf-8")
