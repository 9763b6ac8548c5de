"""The columns and words of the workbook: data (`words.toml`), read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

FIELDS = ("owner", "task_status", "decision", "note")  # what the ledger keeps edits of
CHECKED = "checked"  # the mark that settles the conflicts a row tells of; no field of a return
ENTRY_KINDS = ("entry", "entry_date")


@dataclass(frozen=True)
class Column:
    """One column of the workbook. `seen` names the condition under which it is shown; empty: always."""

    name: str
    heading: str
    width: int
    kind: str
    seen: str = ""
    help: str = ""

    @property
    def is_entry(self) -> bool:
        """Whether the office fills it in."""
        return self.kind in ENTRY_KINDS


@cache
def words() -> dict[str, Any]:
    """The whole of `words.toml`."""
    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))


@cache
def columns() -> tuple[Column, ...]:
    """The columns in the order they are written."""
    return tuple(Column(**raw) for raw in words()["column"])


@cache
def heading(name: str) -> str:
    """The heading of a column."""
    return next(column.heading for column in columns() if column.name == name)
