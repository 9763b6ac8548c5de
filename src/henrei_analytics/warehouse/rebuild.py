"""core and mart are made anew from the ledger after every load: they depend on what was read, not on when."""

from __future__ import annotations

from pathlib import Path

import duckdb

from henrei_analytics.warehouse.code_tables import load_code_tables
from henrei_analytics.warehouse.database import connect, migrate, sql_files
from henrei_analytics.warehouse.own_codes import checked, folder_of

RECEIPTS_PER_MB = 3300  # the models join and sort all receipts; measured, about 0.3 kB of memory each
MODELS_LIMIT = 192  # MB at least: DuckDB 1.5 needs it for the joins of the models even of a small office, 2 does with less
# a row for every claim of the office; of a worklist, four for every row
LARGE_TABLES = ("receipts", "payments", "fixed_claims", "decision_edits")


def rebuild(con: duckdb.DuckDBPyConnection) -> None:
    """Code tables, then core models as tables, then mart models as views, in the order of their file names.

    Raises BadCodes, before anything is changed, when the own code tables beside the database cannot be used.
    """
    counts = " + ".join(f"(SELECT COUNT(*) FROM ledger.{table})" for table in LARGE_TABLES)
    receipts = con.execute(f"SELECT {counts}").fetchall()[0][0]
    con.execute(f"SET memory_limit = '{max(MODELS_LIMIT, receipts // RECEIPTS_PER_MB)}MB'")
    load_code_tables(con, _own_folder(con))
    for name, text in sql_files("core"):
        con.execute(f"CREATE OR REPLACE TABLE core.{name} AS\n{text}")
    for name, text in sql_files("mart"):
        con.execute(f"CREATE OR REPLACE VIEW mart.{name} AS\n{text}")


def apply_codes(database: Path) -> None:
    """Make the models anew, so that changed code tables take effect without a load.

    Raises HenreiError when the own tables cannot be used, or there is no database with anything loaded.
    """
    checked(folder_of(database))
    connect(database).close()
    con = connect(database, read_only=False)
    try:
        con.execute("BEGIN")
        migrate(con)
        rebuild(con)
        con.execute("COMMIT")
    finally:
        con.close()


def _own_folder(con: duckdb.DuckDBPyConnection) -> Path | None:
    """Beside the file that is open; a database in memory has no folder."""
    files = [file for _, _, file in con.execute("PRAGMA database_list").fetchall() if file]
    return folder_of(Path(files[0])) if files else None
