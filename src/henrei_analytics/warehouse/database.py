"""Opening the database: private file mode, no network, recorded migrations, one table per table of the layouts."""

from __future__ import annotations

import re
from datetime import date
from importlib import resources
from pathlib import Path

import duckdb
import polars as pl

from henrei_analytics.errors import HenreiError, InUse
from henrei_analytics.formats.fields import SQL_TYPE
from henrei_analytics.formats.layout import all_layouts
from henrei_analytics.lists.reader import LIST_TABLES

MEMORY_LIMIT = 128  # MB for DuckDB alone while files are read; larger work spills to disk beside the database
SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


def connect(
    database: Path, *, read_only: bool = True, as_of: date | None = None
) -> duckdb.DuckDBPyConnection:
    """Open the database; `as_of` sets the date the statuses in `mart` are computed for.

    Raises HenreiError when it does not exist or holds nothing (reading), is in use by another process or is not a
    database.
    """
    if read_only and not database.exists():
        raise HenreiError(f"データベース {database} がありません。先に henrei load で取り込んでください。")
    if not read_only:
        _make_private(database)
    try:
        con = duckdb.connect(str(database), read_only=read_only, config={"memory_limit": "2GB"})
    except duckdb.IOException as error:
        raise _why_not(database, error) from None
    for name, value in SETTINGS.items():
        con.execute(f"SET {name} = {value}")
    if not read_only:
        con.execute(f"SET memory_limit = '{MEMORY_LIMIT}MB'")
        con.execute("SET preserve_insertion_order = false")
        con.execute(
            "SET enable_progress_bar = false"
        )  # our own is shown; in a notebook this setting cannot be touched
        database.chmod(0o600)
    else:
        missing = {name for name, _ in sql_files("mart")} - _views(con)
        if missing:
            con.close()
            raise HenreiError(_why_incomplete(database, is_ours="files" not in missing))
    if as_of:
        con.execute(f"SET VARIABLE as_of = DATE '{as_of.isoformat()}'")
    return con


def _views(con: duckdb.DuckDBPyConnection) -> set[str]:
    sql = "SELECT view_name FROM duckdb_views() WHERE schema_name = 'mart'"
    return {name for (name,) in con.execute(sql).fetchall()}


def _why_incomplete(database: Path, *, is_ours: bool) -> str:
    if is_ours:
        return f"{database} は前の版の henrei で作られています。henrei load を一度実行してください（取込済みのファイルで構いません）。"
    return f"{database} に取り込んだデータがありません。先に henrei load で取り込んでください。"


def _make_private(database: Path) -> None:
    """New folders get mode 0700; an existing folder of the user's is left as it is."""
    if not database.parent.exists():
        database.parent.mkdir(parents=True, mode=0o700)


def _why_not(database: Path, error: duckdb.IOException) -> HenreiError:
    if "lock" in str(error).lower():
        return InUse(
            f"データベース {database} は別の処理が使用中です。終わってからもう一度実行してください。"
        )
    return HenreiError(
        f"データベース {database} を開けません。henrei が作ったファイルか、新しい版で作られていないか確かめてください。"
    )


def sql_files(folder: str) -> list[tuple[str, str]]:
    """(name without number, text) of `sql/<folder>/*.sql` in number order."""
    files = sorted((resources.files("henrei_analytics") / "sql" / folder).iterdir(), key=lambda f: f.name)
    return [
        (re.sub(r"^\d+_|\.sql$", "", f.name), f.read_text("utf-8")) for f in files if f.name.endswith(".sql")
    ]


def migrate(con: duckdb.DuckDBPyConnection) -> None:
    """Bring the ledger to this version: numbered migrations, recorded, then the tables the layouts ask for.

    Raises HenreiError for a database written by a newer version.
    """
    con.execute("CREATE SCHEMA IF NOT EXISTS ledger")
    con.execute(
        "CREATE TABLE IF NOT EXISTS ledger.migrations (version INTEGER PRIMARY KEY, applied_at TIMESTAMP)"
    )
    done = {row[0] for row in con.execute("SELECT version FROM ledger.migrations").fetchall()}
    folder = resources.files(__package__) / "migrations"
    known = {int(f.name[:3]): f for f in folder.iterdir() if f.name.endswith(".sql")}
    if done - known.keys():
        raise HenreiError("このデータベースは新しい版の henrei で作られています。henrei を更新してください。")
    for version in sorted(known.keys() - done):
        con.execute(known[version].read_text("utf-8"))
        con.execute("INSERT INTO ledger.migrations VALUES (?, CAST(now() AS TIMESTAMP))", [version])
    for table, columns in record_tables().items():
        body = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        con.execute(f"CREATE TABLE IF NOT EXISTS ledger.{table} ({body})")
        for name, kind in columns.items():
            con.execute(f"ALTER TABLE ledger.{table} ADD COLUMN IF NOT EXISTS {name} {kind}")


def schema_version(con: duckdb.DuckDBPyConnection) -> int:
    """The newest migration a database has been through."""
    return con.execute("SELECT max(version) FROM ledger.migrations").fetchone()[0]


def record_tables() -> dict[str, dict[str, str]]:
    """Ledger table → column → SQL type, as the layouts and the office's own lists declare them."""
    tables = {table: dict(columns) for table, columns in LIST_TABLES.items() if table != "blocks"}
    for layout in all_layouts():
        for is_history, records in ((False, layout.records), (True, layout.history)):
            for record in records.values():
                place = {
                    "file_no": "INTEGER",
                    "line_no": "BIGINT",
                    "receipt_no": "BIGINT",
                    "block_no": "BIGINT",
                }
                columns = tables.setdefault(record.table, place)
                if is_history:
                    columns["stage_id"] = "VARCHAR"
                columns |= {f.name: SQL_TYPE.get(f.type, "VARCHAR") for f in record.fields if not f.is_secret}
                columns |= {key: "VARCHAR" for key in record.keys}
    return tables


class _Stream:
    """Lends a polars frame to DuckDB through the Arrow C stream, so that neither needs pyarrow."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._frame.__arrow_c_stream__(requested_schema)


def insert(con: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Append a frame to a table, column by name."""
    if not len(frame):
        return
    con.register("incoming", _Stream(frame))
    con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
    con.unregister("incoming")
