"""A folder of files and the database they are loaded into, for spec tests."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from henrei_analytics.warehouse import connect
from henrei_analytics.warehouse.load import LoadResult, load

NOON = datetime(2026, 10, 5, 12)
AS_OF = date(2026, 10, 31)
Row = dict[str, Any]
Henrei = Callable[..., tuple[int, str, str]]  # a command: exit code, output, errors


class Office:
    """Files below `folder`, loaded into `database`."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "files"
        self.database = home / "henrei.duckdb"
        self.folder.mkdir()

    def save(self, name: str, content: bytes, time: datetime = NOON) -> Path:
        """Write a file, in folders of its own if the name has them."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (time.timestamp(), time.timestamp()))
        return path

    def save_zip(self, name: str, members: Mapping[str, bytes]) -> Path:
        path = self.folder / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return path

    def load(self, *paths: Path) -> LoadResult:
        """Load the paths given, without any the whole folder."""
        return load(paths or [self.folder], self.database)

    def rows(self, sql: str, as_of: date = AS_OF) -> list[Row]:
        con = connect(self.database, as_of=as_of)
        try:
            result = con.execute(sql)
            names = [column[0] for column in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        finally:
            con.close()

    def row(self, sql: str, as_of: date = AS_OF) -> Row:
        """The only row."""
        (row,) = self.rows(sql, as_of)
        return row

    def values(self, sql: str, as_of: date = AS_OF) -> list[Any]:
        """The first column."""
        return [next(iter(row.values())) for row in self.rows(sql, as_of)]

    def dump(self, as_of: date = AS_OF) -> dict[str, list[str]]:
        """Every row of every mart view as text, sorted; without the time of loading."""
        con = connect(self.database, as_of=as_of)
        try:
            sql = "SELECT view_name FROM duckdb_views() WHERE schema_name = 'mart' ORDER BY 1"
            return {view: _texts(con, view) for (view,) in con.execute(sql).fetchall()}
        finally:
            con.close()


def _texts(con: duckdb.DuckDBPyConnection, view: str) -> list[str]:
    result = con.execute(f"SELECT * FROM mart.{view}")
    names = [column[0] for column in result.description]
    rows = (dict(zip(names, row, strict=True)) for row in result.fetchall())
    return sorted(repr({k: v for k, v in row.items() if k != "loaded_at"}) for row in rows)
