"""Many small offices in one database: every test of a module says its files, and all are loaded in one run.

    @pytest.mark.files(zogn('''…'''), fmei('''…'''))
    def test_…(loaded: Loaded) -> None:
        assert loaded.rows("mart.adjustments", "section, points_delta") == [("13", -30)]

Each test's files become those of an institution of its own, so that none sees another's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from notice_files import PREFECTURE, File
from office import AS_OF, Office
from record_files import INSTITUTION


class Loaded:
    """What became of the files of one test."""

    def __init__(self, con: duckdb.DuckDBPyConnection, code: str) -> None:
        self._con = con
        self.code = code

    def rows(
        self, view: str, columns: str = "*", where: str = "TRUE", order: str = "ALL", as_of: date = AS_OF
    ) -> list[tuple[Any, ...]]:
        """Rows of this office as tuples, in the order of their columns; months as 2026-09."""
        self._con.execute(f"SET VARIABLE as_of = DATE '{as_of}'")
        sql = f"SELECT {columns} FROM {view} WHERE SUBSTR(institution, 4) = ? AND {where} ORDER BY {order}"
        return [tuple(map(_short, row)) for row in self._con.execute(sql, [self.code]).fetchall()]

    def values(self, view: str, column: str, where: str = "TRUE", as_of: date = AS_OF) -> list[Any]:
        """One column, sorted."""
        return [value for (value,) in self.rows(view, column, where, as_of=as_of)]


def _short(value: Any) -> Any:
    """First days of a month as months: it is what they mean."""
    return f"{value:%Y-%m}" if type(value) is date and value.day == 1 else value


def load_all(home: Path, files: Mapping[str, Sequence[File]]) -> Path:
    """Load the files of every test as those of an office of its own, with the codes given; the database."""
    office = Office(home)
    for code, of_test in files.items():
        for place, file in enumerate(of_test):
            mine = file.of(code)
            office.save(f"{code}/{place}/{mine.name}", mine.content, mine.time)
    office.load()
    return office.database


def code_of(place: int) -> str:
    """The 7-digit code of the office of the n-th test."""
    code = f"99{place:05}"
    assert PREFECTURE + "1" + code != INSTITUTION
    return code
