"""Months of which no file is there: what is counted of them is not all there was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

NOT_THERE = ("missing", "due_soon", "gone")


def months_without(coverage: pl.DataFrame, kinds: Sequence[str]) -> list[date]:
    """The months in which one payer has none of the kinds of file (rows of the figure `coverage`), oldest first."""
    of_kinds = coverage.filter(pl.col("kind").is_in(kinds))
    nothing = of_kinds.group_by("month", "payer").agg(pl.col("state").is_in(NOT_THERE).all())
    return nothing.filter("state")["month"].unique().sort().to_list()
