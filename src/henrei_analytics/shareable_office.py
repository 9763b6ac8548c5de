"""What a notebook gets in place of `Office` when the shareable edition is made.

The same notebooks run; what they ask for is answered from published figures only. Anything else they ask for, now or
in a later version, is answered by a line that it is not shown: this class has no way to the database. The report takes
over only what was shown through it (`published_outputs`), so that a notebook that prints a table shows nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from html import escape
from typing import Any

import altair as alt
import duckdb
import nbformat
import polars as pl

from henrei_analytics import display, labels
from henrei_analytics.disclosure import HIDDEN, NOT_SHARED, SHORT, TOO_FEW, Edition, marks, published
from henrei_analytics.disclosure.edition import shareable_figures
from henrei_analytics.figures import Figure, Scope, compute
from henrei_analytics.figures.coverage import months_without
from henrei_analytics.figures.declarations import declarations
from henrei_analytics.figures.figure import narrowed
from henrei_analytics.headline import Tile

MARKER = "henrei_edition"
LEFT_OUT = "left_out"


class ShareableOffice:
    """One institution in one month, with the figures that may be published."""

    def __init__(self, con: duckdb.DuckDBPyConnection, scope: Scope, name: str, month_label: str) -> None:
        self.month_label = month_label
        self.scope = Scope("", scope.month, scope.as_of, scope.months_back)
        self._name = name
        self._figures = published(con, scope, Edition.SHAREABLE)
        self._empty = _EmptyFigures(con, scope)
        self._said: set[str] = set()

    def __getattr__(self, asked: str) -> Any:
        """Whatever else a notebook calls shows nothing but, where it names a figure, that it is left out."""
        if asked.startswith("_"):
            raise AttributeError(asked)

        def left_out(*arguments: Any, **_: Any) -> None:
            self._say_left_out(str(arguments[0]) if arguments else asked)

        return left_out

    @property
    def incomplete(self) -> date | None:
        """The first month whose returns cannot have arrived yet, if the report shows it."""
        return self.scope.incomplete

    def missing(self, *kinds: str) -> list[date]:
        """The months of the window of which a payer's files of these kinds are not there."""
        return months_without(self.rows("coverage"), kinds)

    def figure(self, name: str, **where: Any) -> Figure:
        """A published figure; one that is not published has no rows."""
        figure = self._figures.get(name) or self._empty[name]
        return replace(figure, data=_rows(figure.data, where))

    def rows(self, name: str, **where: Any) -> pl.DataFrame:
        """The rows of a figure for a chart: columns that are not published are empty, rows without a number gone."""
        data = self.figure(name, **where).data
        declared = shareable_figures().get(name)
        if declared and HIDDEN in data.columns and "month" not in declared.keys:
            counts = [column for column in declared.counts if column in data.columns]
            if counts:
                data = data.filter(pl.any_horizontal(pl.col(column).is_not_null() for column in counts))
        missing = {
            column: dtype
            for column, dtype in self._empty[name].data.schema.items()
            if column not in data.columns
        }
        # An empty word leaves the rest of a label that is put together of several columns.
        return data.with_columns(
            pl.lit("" if dtype == pl.String else None, dtype).alias(column)
            for column, dtype in missing.items()
        )

    def head(self) -> None:
        """Show for whom, which month and which day this page is, and which edition."""
        shown = display.head_bundle(self._name, self.month_label, self.scope, SHORT)
        _display(shown)

    def show(
        self,
        name: str,
        chart: alt.TopLevelMixin | None = None,
        table: bool = True,
        columns: Sequence[str] | None = None,
        open_rows: int | None = None,
        **where: Any,
    ) -> None:
        """Show a published figure: chart, table with those of the columns that are published, definition."""
        if name not in self._figures:
            self._say_left_out(name)
            return
        figure = self.figure(name, **where)
        if where and figure.data.is_empty() and not self._figures[name].data.is_empty():
            self._say_left_out(name)  # a part of it that is mostly small
            return
        if figure.not_loaded:
            _display(display.not_loaded_bundle(figure, said=False, where=where))
            return
        there = [column for column in figure.data.columns if column != HIDDEN]
        kept = [column for column in columns or there if column in there] or there
        _display(display.bundle(figure, chart, table, kept, where, open_rows))

    def headline(self) -> None:
        """Show the large numbers of the month, as far as they are published."""
        if "headline" not in self._figures:
            self._say_left_out("headline")
            return
        figure = self._figures["headline"]
        _display(display.tiles_bundle(figure, headline_tiles(figure.data.row(0, named=True))))

    def adjustments(self, columns: Sequence[str]) -> None:
        """Show the cuts of the month as a table; what the large numbers add to it is not published."""
        self.show("adjustments_headline", columns=columns)

    def _say_left_out(self, name: str) -> None:
        if name in self._said or name not in declarations():
            return
        self._said.add(name)
        _display(_left_out(self._empty[name]))


def headline_tiles(month: Mapping[str, Any]) -> list[Tile]:
    """Three tiles made of published numbers only."""
    word = marks(month)

    def written(column: str, kind: str) -> str:
        return word.get(column) or labels.text(month.get(column), kind)

    def counted(column: str) -> tuple[str, str]:
        return (word[column], "") if column in word else (written(column, "count"), "件")

    returns, returns_unit = counted("returns")
    still_open, open_unit = counted("open_returns")
    rate, _, unit = written("rate", "rate").partition(" ")
    return [
        Tile("返戻", returns, returns_unit, (f"点数 {written('points', 'points')}",)),
        Tile(
            "返戻率",
            rate,
            unit,
            (f"社保 {written('rate_shaho', 'rate')}　国保 {written('rate_kokuho', 'rate')}",),
        ),
        Tile("未再請求", still_open, open_unit, (f"金額 {written('open_yen', 'yen')}",)),
    ]


def published_outputs(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook with the outputs that were shown through the shareable office, and no others.

    At its end stands what it does not show: a reader must not take what is missing for nothing.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                each for each in cell.outputs if each.get("metadata", {}).get(MARKER) == Edition.SHAREABLE
            ]
    if said := [output.data["text/plain"] for output in _outputs(notebook) if output.metadata.get(LEFT_OUT)]:
        html = "".join(f"<li>{escape(each)}</li>" for each in said)
        list_of = {"text/html": f'<ul class="left-out">{html}</ul>', "text/plain": "\n".join(said)}
        cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", list_of)])
        notebook.cells += [nbformat.v4.new_markdown_cell("## この版で示していないもの"), cell]
    return notebook


def shows_figures(notebook: nbformat.NotebookNode) -> bool:
    """Whether a page of the notebook would show anything but that it shows nothing."""
    return any(
        display.MIME in output.get("data", {}) and not output.metadata.get(LEFT_OUT)
        for output in _outputs(notebook)
    )


def _outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


class _EmptyFigures(dict[str, Figure]):
    """Shipped figures without rows: titles for what is left out, columns for charts."""

    def __init__(self, con: duckdb.DuckDBPyConnection, scope: Scope) -> None:
        super().__init__()
        self._compute = lambda name: compute(con, scope, name)

    def __missing__(self, name: str) -> Figure:
        figure = self._compute(name)
        self[name] = replace(figure, data=figure.data.clear(), basis=None)
        return self[name]


def _left_out(figure: Figure) -> dict[str, Any]:
    title = figure.definition.title
    shared = figure.name in shareable_figures()
    sentence = f"「{title}」は、{TOO_FEW if shared else NOT_SHARED}"
    return display.left_out_bundle(figure, sentence) | {LEFT_OUT: True}


def _display(bundle: dict[str, Any]) -> None:
    metadata = {MARKER: str(Edition.SHAREABLE), LEFT_OUT: bool(bundle.pop(LEFT_OUT, False))}
    display.display(bundle, raw=True, metadata=metadata)


def _rows(data: pl.DataFrame, where: Mapping[str, Any]) -> pl.DataFrame:
    # A column that is not published cannot choose rows.
    return narrowed(data, where) if set(where) <= set(data.columns) else data.clear()
