"""Runs checks for one institution as of a day; one that fails to run never stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import duckdb

from henrei_analytics import labels
from henrei_analytics.checks.check import ROWS_SHOWN, Check, Result
from henrei_analytics.checks.declarations import SQL_DIR, checks, sql_of
from henrei_analytics.figures.scope import month_number, month_of

WINDOW_MONTHS = 24
"""An old mistake that nobody can correct any more must not keep a check failing for ever."""

SHARED = (
    "checked_files",
    "checked_claims",
    "checked_returns",
    "checked_months",
    "checked_volumes",
    "compared_volumes",
)
COUNTS = ("checked", "violating")


def run_checks(
    con: duckdb.DuckDBPyConnection,
    institution: str,
    as_of: date,
    known: Iterable[Check] | None = None,
    sql: Callable[[Check], str] = sql_of,
) -> list[Result]:
    """One result a check, in the order of the checks; without `known` every shipped one.

    Leaves the session variable `as_of` and the temp tables of the institution behind.
    """
    _prepare(con, institution, as_of)
    loaded = _loaded_kinds(con)
    return [_result(con, institution, check, loaded, sql) for check in (checks() if known is None else known)]


def _result(
    con: duckdb.DuckDBPyConnection,
    institution: str,
    check: Check,
    loaded: frozenset[str] | None,
    sql: Callable[[Check], str],
) -> Result:
    missing = [] if loaded is None else [g for g in check.applies_when if not loaded.intersection(g)]
    if missing:
        return Result(check, institution, "not_applicable", "".join(map(labels.not_loaded, missing)))
    try:
        checked, violating, groups, rows = _counted(con, sql(check))
    except (duckdb.Error, OSError, UnicodeDecodeError) as error:
        # The text of an error can hold a value of the row it stopped at.
        return Result(check, institution, "error", f"検査を実行できませんでした（{type(error).__name__}）。")
    if not checked:
        return Result(check, institution, "not_applicable", "調べる行がありません。")
    status = "pass" if check.threshold.is_kept(checked, violating) else "fail"
    return Result(check, institution, status, "", checked, violating, groups, rows)


def _counted(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, int, int, list[dict[str, Any]]]:
    """Rows checked and violating, how many rows of the model say so, and the first of these."""
    checked, violating, groups = con.execute(
        "SELECT COALESCE(SUM(checked), 0), COALESCE(SUM(violating), 0), COUNT(*) FILTER (WHERE violating > 0) "
        f"FROM (\n{sql}\n) AS checked_rows"
    ).fetchall()[0]
    if not groups:
        return int(checked), int(violating), 0, []
    names = [column[0] for column in con.execute(f"SELECT * FROM (\n{sql}\n) AS rows_of LIMIT 0").description]
    # What is newest can still be put right.
    order = ", ".join(f"{name} DESC NULLS LAST" if name == "month" else name for name in _month_first(names))
    found = con.execute(
        f"SELECT * FROM (\n{sql}\n) AS checked_rows WHERE violating > 0 ORDER BY {order} LIMIT {ROWS_SHOWN}"
    ).fetchall()
    rows = [dict(zip(names, row, strict=True)) for row in found]
    # Where every row stands for itself the two counts say nothing.
    if all(row["checked"] == 1 for row in rows):
        rows = [{name: value for name, value in row.items() if name not in COUNTS} for row in rows]
    return int(checked), int(violating), groups, rows


def _month_first(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: name != "month")


def _loaded_kinds(con: duckdb.DuckDBPyConnection) -> frozenset[str] | None:
    """Kinds of file there are in the window; None where not even the files can be read: then every check says so."""
    try:
        rows = con.execute(
            "SELECT DISTINCT kind FROM checked_files WHERE status IN ('loaded', 'superseded')"
        ).fetchall()
    except duckdb.Error:
        return None
    return frozenset(kind for (kind,) in rows)


def _prepare(con: duckdb.DuckDBPyConnection, institution: str, as_of: date) -> None:
    """Sets `as_of` for the mart views and makes the tables the checks share."""
    # SET takes no bound parameters; a date's ISO form cannot carry anything else.
    con.execute(f"SET VARIABLE as_of = DATE '{as_of.isoformat()}'")
    first_month = month_of(month_number(as_of) - (WINDOW_MONTHS - 1))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE check_scope AS SELECT CAST(? AS VARCHAR) AS institution, "
        "CAST(? AS DATE) AS as_of, CAST(? AS INTEGER) AS as_of_number, CAST(? AS DATE) AS first_month",
        [institution, as_of, month_number(as_of), first_month],
    )
    for relation in SHARED:
        con.execute(f"DROP TABLE IF EXISTS temp.{relation}")
        model = (SQL_DIR / "shared" / f"{relation}.sql").read_text(encoding="utf-8")
        try:
            con.execute(f"CREATE TEMP TABLE {relation} AS\n{model}")
        except duckdb.Error:
            continue  # the checks that need it report the error
