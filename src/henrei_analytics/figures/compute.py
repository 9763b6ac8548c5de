"""Runs a figure: scope → shared relations → the figure's SQL model → its statistic, if any."""

from collections.abc import Iterable

import duckdb
import polars as pl

from henrei_analytics.figures.after import AFTER, COMPOSED
from henrei_analytics.figures.declarations import SQL_DIR, Declaration, declarations
from henrei_analytics.figures.figure import Figure
from henrei_analytics.figures.scope import Scope, month_number

SHARED_TABLES = ("loaded_kinds", "known_returns", "known_adjustments")
"""Read several times by most figures, so computed once for a scope."""

SHARED_VIEWS = (
    "covered_months",
    "return_span",
    "returns_by_period",
    "rate_cells",
    "insurer_volumes",
    "observed_returns",
    "durations",
    "known_reclaims",
    "repeats",
    "cuts",
    "adjustment_months",
    "warned",
    "action_cells",
    "claim_window",
    "claim_weights",
    "expected_repeats",
)


def compute(con: duckdb.DuckDBPyConnection, scope: Scope, name: str) -> Figure:
    """One figure. Leaves the session variable `as_of` and the temp relations of the scope behind."""
    return compute_many(con, scope, [name])[name]


def compute_many(con: duckdb.DuckDBPyConnection, scope: Scope, names: Iterable[str]) -> dict[str, Figure]:
    """Several figures of one scope, in the order asked for; the shared relations are made once."""
    names = list(names)
    known = declarations()
    if unknown := [name for name in names if name not in known]:
        raise KeyError(f"no figure named {', '.join(unknown)}")
    _prepare(con, scope)
    made: dict[str, Figure] = {}
    for name in names:
        _make(con, scope, known[name], made)
    return {name: made[name] for name in names}


def _make(
    con: duckdb.DuckDBPyConnection,
    scope: Scope,
    declaration: Declaration,
    made: dict[str, Figure],
) -> None:
    name = declaration.definition.name
    if name in made:
        return
    if declaration.inputs:
        for needed in declaration.inputs:
            _make(con, scope, declarations()[needed], made)
        data = COMPOSED[name](*(made[needed] for needed in declaration.inputs))
    else:
        data = pl.DataFrame(con.sql(declaration.sql_path.read_text(encoding="utf-8")))
    if declaration.after:
        data = AFTER[declaration.after](data, scope)
    made[name] = Figure(declaration.definition, data, _not_loaded(con, declaration.needs))


def _not_loaded(con: duckdb.DuckDBPyConnection, needs: tuple[str, ...]) -> tuple[str, ...]:
    loaded = {kind for (kind,) in con.execute("SELECT kind FROM loaded_kinds").fetchall()} if needs else set()
    return () if loaded.intersection(needs) else needs


def _prepare(con: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """Sets `as_of` for the mart views and makes the relations that the SQL models share."""
    # SET takes no bound parameters; a date's ISO form cannot carry anything else.
    con.execute(f"SET VARIABLE as_of = DATE '{scope.as_of.isoformat()}'")
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE scope AS
        SELECT
            CAST(? AS VARCHAR) AS institution,
            CAST(? AS DATE) AS month,
            CAST(? AS DATE) AS as_of,
            CAST(? AS INTEGER) AS months_back,
            CAST(? AS DATE) AS first_month,
            CAST(? AS DATE) AS next_window_start,
            CAST(? AS DATE) AS next_window_end,
            CAST(? AS DATE) AS due_until,
            CAST(? AS INTEGER) AS month_number,
            CAST(? AS INTEGER) AS first_month_number,
            CAST(? AS INTEGER) AS as_of_month_number,
            CAST(? AS INTEGER) AS closed_window_number
        """,
        [
            scope.institution,
            scope.month,
            scope.as_of,
            scope.months_back,
            scope.first_month,
            scope.next_window_start,
            scope.next_window_end,
            scope.due_until,
            month_number(scope.month),
            month_number(scope.first_month),
            month_number(scope.as_of),
            month_number(scope.last_closed_window),
        ],
    )
    con.execute("CREATE OR REPLACE TEMP TABLE scope_months (month DATE, month_number INTEGER)")
    con.executemany(
        "INSERT INTO scope_months VALUES (?, ?)",
        [[month, month_number(month)] for month in scope.months],
    )
    for kind, relations in (("TABLE", SHARED_TABLES), ("VIEW", SHARED_VIEWS)):
        for relation in relations:
            model = (SQL_DIR / "shared" / f"{relation}.sql").read_text(encoding="utf-8")
            con.execute(f"CREATE OR REPLACE TEMP {kind} {relation} AS\n{model}")
