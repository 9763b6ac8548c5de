"""What a figure is: its definition in words, the rows it stands for, and what they were made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl


@dataclass(frozen=True)
class Definition:
    """What a figure means; every text is Japanese and written for the manager of a claims office.

    model: where the computation is written, as a reader of the project finds it.
    counted: columns that say how many returns or claims the figure stands for; without any, its rows do.
    """

    name: str
    title: str
    question: str
    why: str
    numerator: str
    denominator: str
    window: str
    exclusions: str
    unit: str
    direction: str
    written_on: date
    next_review: date
    notes: str
    owner: str
    model: str
    counted: tuple[str, ...] = ()


def undeclared(title: str) -> Definition:
    """The definition of rows nobody declared: a title."""
    day = date.min
    return Definition(title, title, "", "", "", "", "", "", "", "none", day, day, "", "", "")


@dataclass(frozen=True)
class Basis:
    """What the rows of a figure were made from: loaded files of the scope by kind, and the time rules in force."""

    as_of: date
    since: date
    files: tuple[tuple[str, int], ...]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """A definition and the rows it stands for. The rows are totally ordered: same data, same frame.

    not_loaded: the kinds of file it is made from, where the institution has never loaded any of them;
    its rows then mean nothing.
    """

    definition: Definition
    data: pl.DataFrame
    not_loaded: tuple[str, ...] = ()
    basis: Basis | None = None

    @property
    def name(self) -> str:
        return self.definition.name


def narrowed(data: pl.DataFrame, where: Mapping[str, Any]) -> pl.DataFrame:
    """The rows in which every column named has the value wanted, or one of several."""
    for column, wanted in where.items():
        data = data.filter(pl.col(column).is_in(wanted if isinstance(wanted, list | tuple) else [wanted]))
    return data


TOTALS = {"payer": "all", "stage": "all", "setting": "all", "period": "window"}
"""Columns in which one row stands for all others, and what it says there."""


def counted(figure: Figure) -> list[tuple[str, int]]:
    """How much a figure counted: column and sum. Where rows of totals stand beside their parts, the totals only."""
    rows = figure.data
    for column, total in TOTALS.items():
        if column in rows.columns and (rows[column] == total).any():
            rows = rows.filter(pl.col(column) == total)
    return [
        (column, int(rows[column].sum()))
        for column in figure.definition.counted
        if column in rows.columns and rows[column].dtype.is_numeric()
    ]
