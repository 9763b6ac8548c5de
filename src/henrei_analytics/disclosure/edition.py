"""Internal and shareable: the two editions of a report.

`internal` is for the institution: everything. `shareable` may leave it: what each figure declares about itself
(figures/shareable.py), without small counts and what gives them away (publish.py).

Whatever writes numbers to a file or a page asks `published` for its figures and writes nothing else:

    for figure in published(con, scope, edition).values():
        write(figure.definition.title, figure.data)

In the shareable edition a figure that is not in the answer must not appear, columns that are not declared are gone,
and the column `hidden` (HIDDEN) says what is hidden in a row; `marks` gives the words to write there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum

import duckdb
import polars as pl

from henrei_analytics.codes import shipped
from henrei_analytics.disclosure.publish import HIDDEN, publish
from henrei_analytics.disclosure.rule import MARKS
from henrei_analytics.disclosure.tables import Table
from henrei_analytics.figures import Figure, Scope, compute_many
from henrei_analytics.figures.declarations import declarations
from henrei_analytics.figures.shareable import Shareable

LABEL = "label_ja"
LABELLED = {"law_number": "law_numbers"}
"""Keys of published figures whose names an office can override, and the shipped table that names them."""


class Edition(StrEnum):
    """For whom a report is."""

    INTERNAL = "internal"
    SHAREABLE = "shareable"


def published(
    con: duckdb.DuckDBPyConnection,
    scope: Scope,
    edition: Edition,
    names: Iterable[str] | None = None,
) -> dict[str, Figure]:
    """The figures an edition may show, by name; of those asked for, or of all.

    The shareable ones are always worked out together, whichever are asked for: what has to be hidden in one depends
    on what the others show. Figures of the office's own are in the internal edition only.
    """
    if edition is Edition.INTERNAL:
        return compute_many(con, scope, declarations() if names is None else names)
    declared = shareable_figures()
    figures = published_together(compute_many(con, scope, declared), declared, scope)
    return figures if names is None else {name: figures[name] for name in names if name in figures}


def shareable_figures() -> dict[str, Shareable]:
    """The figures that declare how they may be shared."""
    return {name: each.shareable for name, each in declarations().items() if each.shareable is not None}


def shareable_notebooks() -> set[str]:
    """The notebooks that have a figure of their own to share; the others make no sense outside."""
    return {each.notebook for each in declarations().values() if each.shareable is not None}


def published_together(
    figures: Mapping[str, Figure], declared: Mapping[str, Shareable], scope: Scope
) -> dict[str, Figure]:
    """The figures of one scope as they are published; what was never loaded stays as it is, without rows."""
    loaded = {name: figure for name, figure in figures.items() if not figure.not_loaded}
    tables = [
        Table(name, _shipped_labels(figure.data), declared[name], scope.month)
        for name, figure in loaded.items()
    ]
    rows = publish(tables)
    found = {}
    for name, figure in figures.items():
        if name in rows:
            found[name] = replace(figure, data=rows[name], basis=None)
        elif figure.not_loaded:
            found[name] = replace(figure, data=figure.data.clear(), basis=None)
    return found


def _shipped_labels(data: pl.DataFrame) -> pl.DataFrame:
    """Codes named as the package names them: an office's own table of codes can hold any words."""
    for key, table in LABELLED.items():
        if {key, LABEL} <= set(data.columns):
            words = {row[key]: row[LABEL] for row in shipped(table)}
            named = pl.col(key).replace_strict(words, default=pl.col(key), return_dtype=pl.String)
            data = data.with_columns(named.alias(LABEL))
    return data


def marks(row: Mapping[str, object]) -> dict[str, str]:
    """What is hidden in a row of a published frame: column → the word to write in its place."""
    given = row.get(HIDDEN) or ()
    pairs = (each.split(":", 1) for each in given)  # type: ignore[attr-defined]
    return {column: MARKS[mark] for column, mark in pairs}


def is_published(data: pl.DataFrame) -> bool:
    """Whether a frame went through `published` of the shareable edition."""
    return HIDDEN in data.columns
