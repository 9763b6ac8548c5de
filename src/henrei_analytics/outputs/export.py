"""The tables of `mart` as files: CSV that Excel opens, or Parquet, with a manifest that says what they are.

    out/returns.csv · claims.csv · … · manifest.json

Tables are streamed: memory does not grow with them. The rows of a table are in one fixed order, so that the same
database and the same day give the same bytes (but for pseudonyms, which are made anew each time).
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from henrei_analytics import __version__, files
from henrei_analytics.errors import HenreiError
from henrei_analytics.outputs import identifiers
from henrei_analytics.warehouse import connect
from henrei_analytics.warehouse.database import schema_version

MANIFEST = "manifest.json"
FORMATS = ("csv", "parquet")
LIST_SEPARATOR = "|"  # a CSV has no lists
# What spreadsheet programs take for the start of a formula, in half and full width.
RISKY = r"^[=+\-@\t\r\n＝＋－＠]"
GUARD = "'"
CHUNK = 1 << 20

PATIENT_DATA = "患者ごとのデータ（カルテ番号・患者キー・検索番号）が入っています。院外へ出さず、使い終わったら消してください。"
STILL_ROWS = "カルテ番号・患者キー・検索番号と自由に書かれた文を除きました。1件ごとの行なので、院外へ出す前に責任者が確かめてください。"


@dataclass(frozen=True)
class Table:
    """One written table, as the manifest describes it."""

    name: str
    file: str
    rows: int
    columns: list[list[str]]  # name and SQL type
    bytes: int
    sha256: str


def export(
    database: Path,
    out: Path,
    *,
    as_of: date,
    file_format: str = "csv",
    tables: Sequence[str] = (),
    without_identifiers: bool = False,
    verbatim: bool = False,
) -> list[Table]:
    """Write the tables asked for, or all, and the manifest.

    `verbatim`: in a CSV, texts that a spreadsheet would take for a formula stay as they are; otherwise they get an
    apostrophe in front. Raises HenreiError for a format or table there is none of, or a folder that cannot be used.
    """
    if file_format not in FORMATS:
        raise HenreiError(f"形式「{file_format}」はありません。{' か '.join(FORMATS)} を指定してください。")
    con = connect(database, as_of=as_of)
    try:
        chosen = _chosen(con, tables)
        before = _earlier_files(out)
        salt = identifiers.new_salt()
        guarded = file_format == "csv" and not verbatim
        made = []
        with tempfile.TemporaryDirectory(dir=out, prefix=".") as name:
            for table in chosen:
                columns = _columns(con, table)
                kept = identifiers.without(table, columns, salt) if without_identifiers else _plainly(columns)
                made.append(_write(con, table, kept, columns, Path(name), file_format, guarded=guarded))
            for each in made:  # all are written before the first one shows
                os.replace(Path(name) / each.file, out / each.file)
        version = schema_version(con)
    finally:
        con.close()
    for stale in before - {each.file for each in made}:
        (out / stale).unlink(missing_ok=True)
    files.write_json(
        out / MANIFEST,
        {
            "made_by": f"henrei-analytics {__version__}",
            "schema_version": version,
            "as_of": as_of.isoformat(),
            "format": file_format,
            "without_identifiers": without_identifiers,
            "formula_guard": GUARD if guarded else None,
            "warning": STILL_ROWS if without_identifiers else PATIENT_DATA,
            "tables": [asdict(each) for each in made],
        },
    )
    return made


def _chosen(con: duckdb.DuckDBPyConnection, wanted: Sequence[str]) -> list[str]:
    sql = "SELECT view_name FROM duckdb_views() WHERE schema_name = 'mart' ORDER BY view_name"
    known = [name for (name,) in con.execute(sql).fetchall()]
    if unknown := [name for name in wanted if name not in known]:
        raise HenreiError(f"表「{'、'.join(unknown)}」はありません。あるもの: {'、'.join(known)}。")
    return [name for name in known if not wanted or name in wanted]


def _earlier_files(out: Path) -> set[str]:
    """What an earlier export left in the folder. Raises HenreiError for a folder that holds anything else."""
    try:
        files.make_folder(out)
        found = {each.name for each in out.iterdir()}
        listed = json.loads((out / MANIFEST).read_text("utf-8"))["tables"] if MANIFEST in found else []
        ours = {str(each["file"]) for each in listed}
    except OSError as error:
        raise HenreiError(
            f"{out} に書けません（{type(error).__name__}）。別のフォルダーを指定してください。"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise HenreiError(
            f"{out} の {MANIFEST} が読めません。空のフォルダーか、新しいフォルダーを指定してください。"
        ) from None
    if found - ours - {MANIFEST}:
        raise HenreiError(
            f"{out} にほかのファイルがあります。空のフォルダーか、新しいフォルダーを指定してください。"
        )
    return ours & found


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Column → SQL type."""
    return {name: kind for name, kind, *_ in con.execute(f'DESCRIBE SELECT * FROM mart."{table}"').fetchall()}


def _plainly(columns: dict[str, str]) -> dict[str, str]:
    return {name: f'"{name}"' for name in columns}


def _write(
    con: duckdb.DuckDBPyConnection,
    table: str,
    kept: dict[str, str],
    types: dict[str, str],
    folder: Path,
    file_format: str,
    *,
    guarded: bool,
) -> Table:
    """Column → SQL expression, as one file of the folder."""
    written = {
        name: _for_csv(expression, types[name], guarded) if file_format == "csv" else expression
        for name, expression in kept.items()
    }
    selected = ", ".join(f'{expression} AS "{name}"' for name, expression in written.items())
    parquet = folder / f"{table}.parquet"
    target = str(parquet).replace("'", "''")
    con.execute(f"COPY (SELECT {selected} FROM mart.\"{table}\" ORDER BY ALL) TO '{target}' (FORMAT parquet)")
    rows = pl.scan_parquet(parquet).select(pl.len()).collect().item()
    path = parquet
    if file_format == "csv":
        path = folder / f"{table}.csv"
        pl.scan_parquet(parquet).sink_csv(path, include_bom=True, line_terminator="\r\n")
        parquet.unlink()
    path.chmod(0o600)
    return Table(
        table, path.name, rows, [[name, types[name]] for name in kept], path.stat().st_size, _sha256(path)
    )


def _for_csv(expression: str, kind: str, guarded: bool) -> str:
    if kind.endswith("[]"):
        expression = f"array_to_string({expression}, '{LIST_SEPARATOR}')"
    elif kind != "VARCHAR":
        return expression
    if not guarded:
        return expression
    return f"CASE WHEN regexp_matches({expression}, '{RISKY}') THEN '{GUARD * 2}' || {expression} ELSE {expression} END"


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
