"""Runs a figure: scope → shared relations → the figure's SQL model → its statistic, if any."""

from collections.abc import Iterable, Mapping

import duckdb
import polars as pl

from henrei_analytics.figures.after import AFTER, COMPOSED
from henrei_analytics.figures.basis import basis
from henrei_analytics.figures.declarations import SQL_DIR, Declaration, declarations
from henrei_analytics.figures.figure import Figure
from henrei_analytics.figures.own import BrokenFigure
from henrei_analytics.figures.scope import Scope, month_number

SHARED_TABLES = ("scope", "loaded_kinds", "known_returns", "known_adjustments")
"""Read several times by most figures, so computed once for a scope."""

SHARED_VIEWS = (
    "return_span",
    "covered_months",
    "returns_by_period",
    "not_loaded",
    "rate_cells",
    "insurer_volumes",
    "observed_returns",
    "durations",
    "known_reclaims",
    "repeats",
    "repeat_ranks",
    "cuts",
    "adjustment_months",
    "warned",
    "action_cells",
    "claim_window",
    "claim_weights",
    "expected_repeats",
    "audit_returns",
    "audit_offices",
    "audit_rates",
    "audit_strata",
)


def compute(
    con: duckdb.DuckDBPyConnection, scope: Scope, name: str, known: Mapping[str, Declaration] | None = None
) -> Figure:
    """One figure. Leaves the session variable `as_of` and the temp relations of the scope behind."""
    return compute_many(con, scope, [name], known)[name]


def compute_many(
    con: duckdb.DuckDBPyConnection,
    scope: Scope,
    names: Iterable[str],
    known: Mapping[str, Declaration] | None = None,
) -> dict[str, Figure]:
    """Several figures of one scope, in the order asked for; the shared relations are made once.

    `known` are the figures there are: without it the shipped ones.
    """
    names = list(names)
    known = declarations() if known is None else known
    if unknown := [name for name in names if name not in known]:
        raise KeyError(f"no figure named {', '.join(unknown)}")
    prepare(con, scope)
    made: dict[str, Figure] = {}
    for name in names:
        _make(con, scope, known[name], known, made)
    return {name: made[name] for name in names}


def _make(
    con: duckdb.DuckDBPyConnection,
    scope: Scope,
    declaration: Declaration,
    known: Mapping[str, Declaration],
    made: dict[str, Figure],
) -> None:
    name = declaration.definition.name
    if name in made:
        return
    if declaration.is_own:
        data = _own_rows(con, scope, declaration)
    elif declaration.inputs:
        for needed in declaration.inputs:
            _make(con, scope, known[needed], known, made)
        data = COMPOSED[name](*(made[needed] for needed in declaration.inputs))
    else:
        data = pl.DataFrame(con.sql(declaration.sql_path.read_text(encoding="utf-8")))
    if declaration.after and not declaration.is_own:
        data = AFTER[declaration.after](data, scope)
    not_loaded = _not_loaded(con, declaration.needs)
    made[name] = Figure(declaration.definition, data, not_loaded, basis(con, scope, declaration, known))


def _own_rows(con: duckdb.DuckDBPyConnection, scope: Scope, declaration: Declaration) -> pl.DataFrame:
    """The rows of a figure of the office's own; what goes wrong is said in one sentence without data."""
    name = declaration.definition.name
    try:
        data = pl.DataFrame(con.sql(declaration.sql_path.read_text(encoding="utf-8-sig").strip().rstrip(";")))
    except duckdb.Error as error:
        # These kinds speak of the text of the model; others can quote a value.
        telling = isinstance(error, duckdb.ParserException | duckdb.BinderException | duckdb.CatalogException)
        why = str(error).splitlines()[0] if telling else type(error).__name__
        raise BrokenFigure(f"{name}.sql: SQL が実行できません（{why}）。") from None
    try:
        made = AFTER[declaration.after](data, scope) if declaration.after else data
    except (pl.exceptions.PolarsError, TypeError, ValueError, ZeroDivisionError) as error:
        raise BrokenFigure(
            f"{name}.toml: after の「{declaration.after}」に要る列が {name}.sql の結果にありません"
            f"（{type(error).__name__}）。"
        ) from None
    if missing := [column for column in declaration.definition.counted if column not in made.columns]:
        raise BrokenFigure(
            f"{name}.toml: counted の列 {'、'.join(missing)} が {name}.sql の結果にありません。"
        )
    return made


def _not_loaded(con: duckdb.DuckDBPyConnection, needs: tuple[str, ...]) -> tuple[str, ...]:
    loaded = {kind for (kind,) in con.execute("SELECT kind FROM loaded_kinds").fetchall()} if needs else set()
    return () if loaded.intersection(needs) else needs


def prepare(con: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """Sets `as_of` for the mart views and makes the relations that the SQL models share."""
    # SET takes no bound parameters; a date's ISO form cannot carry anything else.
    con.execute(f"SET VARIABLE as_of = DATE '{scope.as_of.isoformat()}'")
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE asked AS
        SELECT
            CAST(? AS VARCHAR) AS institution,
            CAST(? AS DATE) AS month,
            CAST(? AS DATE) AS as_of,
            CAST(? AS INTEGER) AS months_back,
            CAST(? AS DATE) AS first_month,
            CAST(? AS DATE) AS due_until
        """,
        [
            scope.institution,
            scope.month,
            scope.as_of,
            scope.months_back,
            scope.first_month,
            scope.due_until,
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
