"""Declared figures: what the reports show, computed from the `mart` views only.

A figure is three things that carry the same name: a declaration in `definitions/<name>.toml` (what
it means, for readers), a model in `sql/figures/<name>.sql` (how it is computed) and, where a
statistic needs more than SQL, one function of `after.py`.

    figure = compute(con, Scope("1319912345", date(2026, 9, 1), date(2026, 10, 31)), "headline")
    figure.definition.title, figure.data
"""

from henrei_analytics.figures.compute import compute, compute_many, prepare
from henrei_analytics.figures.declarations import (
    FIGURES,
    DefinitionError,
    definitions,
)
from henrei_analytics.figures.figure import Basis, Definition, Figure
from henrei_analytics.figures.own import BrokenFigure, OwnFigures, read_own_figures
from henrei_analytics.figures.scope import Scope

__all__ = [
    "FIGURES",
    "Basis",
    "BrokenFigure",
    "Definition",
    "DefinitionError",
    "Figure",
    "OwnFigures",
    "Scope",
    "compute",
    "compute_many",
    "definitions",
    "prepare",
    "read_own_figures",
]
