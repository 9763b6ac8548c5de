"""What a figure is: its definition in words, and the rows it stands for."""

from dataclasses import dataclass
from datetime import date

import polars as pl


@dataclass(frozen=True)
class Definition:
    """What a figure means; every text is Japanese and written for the manager of a claims office."""

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


@dataclass(frozen=True)
class Figure:
    """A definition and the rows it stands for. The rows are totally ordered: same data, same frame.

    not_loaded: the kinds of file it is made from, where the institution has never loaded any of them;
    its rows then mean nothing.
    """

    definition: Definition
    data: pl.DataFrame
    not_loaded: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.definition.name
