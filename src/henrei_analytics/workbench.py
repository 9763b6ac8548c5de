"""A first look at the mart for people with a question of their own: which tables there are, and what a row is."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import duckdb
import polars as pl

from henrei_analytics import labels
from henrei_analytics.errors import HenreiError


@cache
def meanings() -> dict[str, str]:
    """Table of the mart → what one row of it is, in Japanese."""
    read = tomllib.loads(resources.files(__package__).joinpath("workbench.toml").read_text("utf-8"))
    return read["tables"]


def tables(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """One row a table of the mart: its name, its rows in this database, what one row is."""
    order = list(meanings())
    known = sorted(_names(con), key=lambda name: order.index(name) if name in order else len(order))
    rows = [
        (
            f"mart.{name}",
            con.execute(f'SELECT count(*) FROM mart."{name}"').fetchone()[0],
            meanings().get(name),
        )
        for name in known
    ]
    schema = {"mart_table": pl.String, "table_rows": pl.Int64, "one_row": pl.String}
    return pl.DataFrame(rows, schema, orient="row")


def columns(con: duckdb.DuckDBPyConnection, table: str) -> pl.DataFrame:
    """One row a column of a table: its name, its type, and the word the pages use for it, if they do."""
    name = table.removeprefix("mart.")
    if name not in _names(con):
        raise HenreiError(f"mart に表「{name}」はありません。表の一覧から選んでください。")
    described = con.execute(f'DESCRIBE mart."{name}"').fetchall()
    rows = [
        (column, kind, None if labels.unknown_columns([column]) else labels.column(column).label)
        for column, kind, *_ in described
    ]
    schema = dict.fromkeys(("mart_column", "mart_type", "meaning"), pl.String)
    return pl.DataFrame(rows, schema, orient="row")


def _names(con: duckdb.DuckDBPyConnection) -> list[str]:
    sql = "SELECT view_name FROM duckdb_views() WHERE schema_name = 'mart' ORDER BY view_name"
    return [name for (name,) in con.execute(sql).fetchall()]
