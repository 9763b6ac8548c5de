"""core and mart are made anew from the ledger after every load: they depend on what was read, not on when."""

from __future__ import annotations

from importlib import resources

import duckdb
import polars as pl

from henrei_analytics.warehouse.database import MEMORY_LIMIT, insert, sql_files

CODE_TABLES = (
    "categories", "code_systems", "departments", "law_numbers", "policy_breaks", "reason_codes",
    "reason_text_rules", "time_rules",
)  # fmt: skip

RECEIPTS_PER_MB = 3300  # the models join and sort all receipts; measured, about 0.3 kB of memory each


def rebuild(con: duckdb.DuckDBPyConnection) -> None:
    """Code tables, then core models as tables, then mart models as views, in the order of their file names."""
    receipts = con.execute("SELECT COUNT(*) FROM ledger.receipts").fetchall()[0][0]
    con.execute(f"SET memory_limit = '{max(MEMORY_LIMIT, receipts // RECEIPTS_PER_MB)}MB'")
    for table in CODE_TABLES:
        _load_codes(con, table)
    for name, text in sql_files("core"):
        con.execute(f"CREATE OR REPLACE TABLE core.{name} AS\n{text}")
    for name, text in sql_files("mart"):
        con.execute(f"CREATE OR REPLACE VIEW mart.{name} AS\n{text}")


def _load_codes(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Codes stay text (leading zeros); an empty cell is NULL."""
    with resources.as_file(resources.files("henrei_analytics") / "codes" / f"{table}.csv") as path:
        frame = pl.read_csv(path, infer_schema=False)
    columns = ", ".join(f"{name} VARCHAR" for name in frame.columns)
    con.execute(f"CREATE OR REPLACE TABLE core.{table} ({columns})")
    insert(con, f"core.{table}", frame)
