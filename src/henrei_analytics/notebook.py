"""What a notebook imports: open an office, show its figures.

office = open_office(database, institution, month, as_of, months_back)
office.head()
office.show("rate_by_month", chart=charts.trend(...))
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import altair as alt
import duckdb
import polars as pl

from henrei_analytics import charts, display, figures, headline, labels
from henrei_analytics.checks import run_checks
from henrei_analytics.checks import view as checks_view
from henrei_analytics.disclosure import Edition
from henrei_analytics.errors import HenreiError
from henrei_analytics.figures import BrokenFigure, Figure, OwnFigures, Scope, read_own_figures
from henrei_analytics.figures.coverage import months_without
from henrei_analytics.figures.figure import narrowed, undeclared
from henrei_analytics.figures.own import folder_of
from henrei_analytics.offices import Institution, institutions
from henrei_analytics.shareable_office import ShareableOffice
from henrei_analytics.warehouse import connect

__all__ = ["Office", "ParameterError", "charts", "open_office"]

DEFAULT_DATABASE = Path("data") / "henrei.duckdb"
EDITION, INSTITUTION_NAME = "HENREI_EDITION", "HENREI_INSTITUTION_NAME"  # set by the report for its kernels
SHOWN_CHOICES = 6
ACTIONS_DRAWN = 3
MONTHS_BACK = (1, 120)


class ParameterError(HenreiError):
    """A notebook was started with a value it cannot use; the message names the values that exist."""

    def _render_traceback_(self) -> list[str]:
        """IPython shows these lines instead of a traceback."""
        return [f"エラー: {self}"]


@dataclass
class Office:
    """One institution in one month as of one day, with its figures."""

    con: duckdb.DuckDBPyConnection
    institution: Institution
    scope: Scope
    own: OwnFigures = field(default_factory=OwnFigures)
    _figures: dict[str, Figure] = field(default_factory=dict)
    _said: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"返戻月次報告 {self.institution.title}"

    @property
    def month_label(self) -> str:
        return month_label(self.scope.month)

    @property
    def incomplete(self) -> date | None:
        """The first month whose returns cannot have arrived yet, if the report shows it."""
        return self.scope.incomplete

    def missing(self, *kinds: str) -> list[date]:
        """The months of the window of which a payer's files of these kinds are not there."""
        return months_without(self.rows("coverage"), kinds)

    def figure(self, name: str, **where: Any) -> Figure:
        """A figure, computed once; `period="month"` or `payer=["shaho", "kokuho"]` keeps those rows only."""
        if name not in self._figures:
            self._figures[name] = figures.compute(self.con, self.scope, self._known(name), self.own.known)
        figure = self._figures[name]
        return replace(figure, data=narrowed(figure.data, where)) if where else figure

    def _known(self, name: str) -> str:
        if name in self.own.known:
            return name
        if name in self.own.problems:
            raise BrokenFigure(self.own.problems[name])
        raise BrokenFigure(f"図「{name}」はありません。名前は定義の一覧（definitions.html）にあります。")

    def rows(self, name: str, **where: Any) -> pl.DataFrame:
        """The rows of a figure, for a chart."""
        return self.figure(name, **where).data

    def query(self, sql: str) -> pl.DataFrame:
        """The rows of a SELECT over the `mart` as of this page's day.

        Beside it stands `scope`, one row: institution, month, first_month (of the window), as_of.
        """
        figures.prepare(self.con, self.scope)
        return pl.DataFrame(self.con.sql(sql))

    def show_rows(
        self,
        title: str,
        rows: pl.DataFrame,
        chart: alt.TopLevelMixin | None = None,
        columns: Sequence[str] | None = None,
    ) -> None:
        """Show rows that are no declared figure: title, chart, table. There is no definition to show."""
        display.show(Figure(undeclared(title), rows), chart, columns=columns)

    def head(self) -> None:
        """Show for whom, which month and which day this page is."""
        display.head(self.institution.title, self.month_label, self.scope)

    def headline(self) -> None:
        """Show the large numbers of the month."""
        figure = self.figure("headline")
        drawn = headline.tiles(
            figure.data.row(0, named=True), self.rows("rate_by_month"), self.rows("coverage")
        )
        display.tiles(figure, drawn)

    def adjustments(self, columns: Sequence[str]) -> None:
        """Show the large numbers of the month's cuts, and below them each payer's."""
        figure = self.figure("adjustments_headline")
        if not self._say_not_loaded(figure, {}):
            display.tiles(figure, headline.adjustment_tiles(figure.data.to_dicts()), columns)

    def reclaim_window(self) -> None:
        """Show what can be sent in the claim window that is open or comes next."""
        figure = self.figure("reclaim_window")
        display.tiles(figure, headline.window_tiles(figure.data.row(0, named=True)))

    def worklist(self) -> None:
        """Show the open returns, the most urgent first."""
        display.worklist(self.figure("worklist"))

    def worklist_by_owner(self, columns: Sequence[str]) -> None:
        """Show how many returns are urgent, and below them each owner's."""
        figure = self.figure("worklist_by_owner")
        rows = figure.data.to_dicts()
        display.tiles(figure, headline.worklist_tiles(rows), columns if rows else None)

    def attention(self, first: int = display.OPEN_ROWS) -> None:
        """Show what needs doing; more than the `first` are folded."""
        display.attention(self.figure("attention"), first)

    def checks(self) -> None:
        """Show the checks of the data: what failed and what to do."""
        results = run_checks(self.con, self.institution.code, self.scope.as_of)
        display.display(checks_view.bundle(results, self.scope.as_of), raw=True)

    def newest_actions(self, name: str, columns: Sequence[str]) -> None:
        """Show the months around each of the newest prevention actions, one chart an action."""
        newest = self.rows("action_effect", span="first")["action_id"].head(ACTIONS_DRAWN)
        if newest.is_empty():
            self.show(name)
        for action in newest:
            months = self.rows(name, action_id=action)
            started = months.filter(phase="action")
            chart = charts.trend(
                months, "rate", low="low", high="high", limits=["phase_rate"], breaks=started
            )
            self.show(name, chart, columns=columns, action_id=action)

    def sentences(self, name: str) -> None:
        """Show the sentences of a figure."""
        display.sentences(self.figure(name))

    def show(
        self,
        name: str,
        chart: alt.TopLevelMixin | None = None,
        table: bool = True,
        columns: Sequence[str] | None = None,
        open_rows: int | None = None,
        **where: Any,
    ) -> None:
        """Show a figure: chart, table with the columns named (the first `open_rows` open), definition. `where` as in
        `figure`."""
        figure = self.figure(name, **where)
        if not self._say_not_loaded(figure, where):
            display.show(figure, chart, table, columns, where, open_rows)

    def _say_not_loaded(self, figure: Figure, where: dict[str, Any]) -> bool:
        """Says that the files of a figure were never loaded, on a page once; whether that is so."""
        if figure.not_loaded:
            said_by = {self._said.setdefault(kind, figure.name) for kind in figure.not_loaded}
            display.not_loaded(figure, said=figure.name not in said_by, where=where)
        return bool(figure.not_loaded)


def open_office(
    database: str = "", institution: str = "", month: str | int = "", as_of: str = "", months_back: int = 24
) -> Office | ShareableOffice:
    """The office a notebook is about; empty values mean the usual one. Raises ParameterError.

    Which edition is made is not a parameter: a notebook that forgot to pass it on would show everything.
    """
    day = _day(as_of)
    back = _months_back(months_back)
    path = _database(str(database))
    con = connect(path)
    try:
        chosen = _institution(institutions(con), str(institution).strip())
        scope = Scope(chosen.code, _month(chosen, str(month).strip(), day), day, back)
        if os.environ.get(EDITION) == Edition.SHAREABLE:
            name = os.environ.get(INSTITUTION_NAME) or chosen.title
            return ShareableOffice(con, scope, name, month_label(scope.month))
        return Office(con, chosen, scope, read_own_figures(folder_of(path)))
    except ParameterError:
        con.close()
        raise


def month_label(month: date) -> str:
    """2026年9月請求分（10月返戻）: the month claimed and processed, and the month its returns arrive."""
    return f"{labels.month(month)}請求分（{month.month % 12 + 1}月返戻）"


def _database(given: str) -> Path:
    named = given or os.environ.get("HENREI_DATABASE", "")
    if named:
        if not Path(named).is_file():
            raise ParameterError(
                f"データベース {named} がありません。先に henrei load で取り込んでください。"
            )
        return Path(named)
    # JupyterLab starts a kernel in the notebook's folder: the project's data folder is further up.
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / DEFAULT_DATABASE).is_file():
            return folder / DEFAULT_DATABASE
    raise ParameterError(
        f"データベース {DEFAULT_DATABASE.as_posix()} がありません。先に henrei load で取り込んでください。"
    )


def _institution(known: list[Institution], code: str) -> Institution:
    if not known:
        raise ParameterError("データベースに請求も返戻もありません。先に henrei load で取り込んでください。")
    if not code:
        return known[0]
    for each in known:
        if each.code == code:
            return each
    raise ParameterError(
        f"医療機関「{code}」のデータはありません。あるもの: {_some([each.code for each in known])}。"
    )


def _month(institution: Institution, given: str, as_of: date) -> date:
    if not given:
        return institution.newest_month(as_of)
    # papermill -p turns 202609 into a number.
    text = f"{given[:4]}-{given[4:]}" if given.isdecimal() and len(given) == 6 else given
    exist = f"あるのは {institution.months[0]:%Y-%m} から {institution.months[-1]:%Y-%m} です"
    try:
        year, number = text.split("-")
        month = date(int(year), int(number), 1)
    except ValueError:
        raise ParameterError(f"月「{given}」は YYYY-MM の形の年月ではありません（{exist}）。") from None
    if month not in institution.months:
        raise ParameterError(f"{institution.title} の {labels.month(month)}のデータはありません（{exist}）。")
    return month


def _day(given: str) -> date:
    try:
        return date.fromisoformat(str(given).strip()) if given else date.today()
    except ValueError:
        raise ParameterError(
            f"基準日「{given}」は YYYY-MM-DD の形の日付ではありません（例: 2026-10-31）。"
        ) from None


def _months_back(given: int) -> int:
    low, high = MONTHS_BACK
    try:
        value = int(given)
    except (TypeError, ValueError):
        value = 0
    if not low <= value <= high:
        raise ParameterError(f"月数「{given}」は {low} から {high} までの整数ではありません。")
    return value


def _some(values: list[str]) -> str:
    more = f" ほか{len(values) - SHOWN_CHOICES}件" if len(values) > SHOWN_CHOICES else ""
    return "、".join(values[:SHOWN_CHOICES]) + more
