"""The exported tables: they read back whole, harm no spreadsheet, and without identifiers name nobody."""

from __future__ import annotations

import hashlib
import json
import re
import stat
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from henrei_analytics.errors import HenreiError
from henrei_analytics.outputs import identifiers
from henrei_analytics.outputs.export import PATIENT_DATA, export
from henrei_analytics.warehouse import connect
from henrei_analytics.warehouse.database import schema_version
from office import Henrei, Office

AS_OF = date(2026, 10, 31)


def _mart(database: Path, table: str) -> pl.DataFrame:
    with connect(database, as_of=AS_OF) as con:
        return pl.DataFrame(con.sql(f"SELECT * FROM mart.{table} ORDER BY ALL"))


@pytest.mark.parametrize(
    "table", ["returns", "claims", "return_reasons", "adjustments", "coverage", "unlinked"]
)
def test_parquet_reads_back_the_same(demo_database: Path, tmp_path: Path, table: str) -> None:
    export(demo_database, tmp_path, as_of=AS_OF, file_format="parquet", tables=[table])
    read = pl.read_parquet(tmp_path / f"{table}.parquet")
    expected = _mart(demo_database, table)
    assert read.columns == expected.columns
    assert read.to_dicts() == expected.to_dicts()


def test_csv_reads_back_the_same(demo_database: Path, tmp_path: Path) -> None:
    export(demo_database, tmp_path, as_of=AS_OF, tables=["returns"], verbatim=True)
    content = (tmp_path / "returns.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfreturn_id,") and content.count(b"\r\n") == content.count(b"\n")
    expected = _mart(demo_database, "returns").with_columns(pl.col("sources").list.join("|"))
    read = pl.read_csv(tmp_path / "returns.csv", schema_overrides=dict(expected.schema))
    assert read.to_dicts() == expected.to_dicts()


def test_the_manifest_says_what_the_files_are(demo_database: Path, tmp_path: Path) -> None:
    made = export(demo_database, tmp_path, as_of=AS_OF)
    told = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    with connect(demo_database) as con:
        assert told["schema_version"] == schema_version(con)
        views = con.execute("SELECT view_name FROM duckdb_views() WHERE schema_name = 'mart'").fetchall()
    assert {each.name for each in made} == {name for (name,) in views}
    assert told["as_of"] == "2026-10-31" and told["warning"] == PATIENT_DATA
    assert {each["file"] for each in told["tables"]} | {"manifest.json"} == {
        path.name for path in tmp_path.iterdir()
    }
    for each in told["tables"]:
        assert each["rows"] == _mart(demo_database, each["name"]).height
        assert each["sha256"] == hashlib.sha256((tmp_path / each["file"]).read_bytes()).hexdigest()


@pytest.mark.skipif(sys.platform == "win32", reason="no file modes")
def test_files_are_for_their_owner_only(demo_database: Path, tmp_path: Path) -> None:
    export(demo_database, tmp_path / "out", as_of=AS_OF, tables=["returns", "files"])
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "out").iterdir()} == {0o600}


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_without_identifiers_nobody_is_named_and_rows_still_belong_together(
    demo_database: Path, tmp_path: Path, file_format: str
) -> None:
    made = export(demo_database, tmp_path, as_of=AS_OF, file_format=file_format, without_identifiers=True)
    columns = {column for each in made for column, _ in each.columns}
    assert columns.isdisjoint({"chart_number", "patient_key", "search_number", "entered_by", "note"})
    read = pl.read_csv if file_format == "csv" else pl.read_parquet
    frames = {each.name: read(tmp_path / each.file, **_texts(file_format)) for each in made}
    words = {
        str(value)
        for frame in frames.values()
        for column in frame.select(pl.col(pl.String)).columns
        for value in frame[column].drop_nulls().unique()
    }
    claims = _mart(demo_database, "claims")
    named = set(claims["patient_key"].drop_nulls()) | set(claims["search_number"].drop_nulls())
    named |= set(_mart(demo_database, "returns")["search_number"].drop_nulls())
    named |= {each for each in claims["chart_number"].drop_nulls() if len(each) >= 6}
    pieces = {piece for word in words for piece in re.split(r"[^0-9A-Za-z]+", word)}
    assert len(named) > 1000 and named.isdisjoint(pieces | words)
    files = set(_mart(demo_database, "files")["file_id"])
    assert files.isdisjoint(words) and {each[:12] for each in files}.isdisjoint(pieces)
    assert set(claims["claim_id"]).isdisjoint(words)
    assert set(frames["returns"]["claim_id"]) <= set(frames["claims"]["claim_id"]) | {None, ""}
    assert set(frames["return_reasons"]["return_id"]) <= set(frames["returns"]["return_id"])
    assert frames["returns"]["return_id"].n_unique() == frames["returns"].height


def _texts(file_format: str) -> dict[str, object]:
    return {"infer_schema": False} if file_format == "csv" else {}


def test_pseudonyms_are_new_each_time(demo_database: Path, tmp_path: Path) -> None:
    seen = []
    for name in ("a", "b"):
        export(demo_database, tmp_path / name, as_of=AS_OF, tables=["returns"], without_identifiers=True)
        seen.append(set(pl.read_csv(tmp_path / name / "returns.csv", infer_schema=False)["return_id"]))
    assert seen[0].isdisjoint(seen[1])
    assert identifiers.new_salt() not in (tmp_path / "a" / "manifest.json").read_text("utf-8")


HOSTILE_NOTES = ["=1+1", "+81", "-1", "@SUM(A1)", "＝１", "\t=1", '"引用", 改行\nあり', "ふつう"]


def test_texts_that_look_like_formulas_are_guarded(office: Office, tmp_path: Path) -> None:
    office.load()
    with connect(office.database, read_only=False) as con:
        con.execute("CREATE TABLE notes AS SELECT unnest(?) AS label_ja, -5 AS points", [HOSTILE_NOTES])
        con.execute("CREATE OR REPLACE VIEW mart.departments AS SELECT * FROM notes")
    export(office.database, tmp_path / "safe", as_of=AS_OF, tables=["departments"])
    export(office.database, tmp_path / "plain", as_of=AS_OF, tables=["departments"], verbatim=True)
    plain = pl.read_csv(tmp_path / "plain" / "departments.csv", infer_schema=False)["label_ja"]
    assert sorted(plain) == sorted(HOSTILE_NOTES)
    safe = pl.read_csv(tmp_path / "safe" / "departments.csv", infer_schema=False)
    assert sorted(safe["label_ja"]) == sorted(["'" + each for each in HOSTILE_NOTES[:6]] + HOSTILE_NOTES[6:])
    assert set(safe["points"]) == {"-5"}  # a number is no formula
    assert json.loads((tmp_path / "safe" / "manifest.json").read_text())["formula_guard"] == "'"
    assert json.loads((tmp_path / "plain" / "manifest.json").read_text())["formula_guard"] is None


def test_a_second_export_replaces_the_first(demo_database: Path, tmp_path: Path) -> None:
    first = export(demo_database, tmp_path, as_of=AS_OF, tables=["returns", "claim_volume"])
    second = export(demo_database, tmp_path, as_of=AS_OF, tables=["returns"])
    assert [each for each in first if each.name == "returns"] == second
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "returns.csv"]


def test_files_of_somebody_else_are_left_alone(demo_database: Path, tmp_path: Path) -> None:
    (tmp_path / "returns.csv").write_text("mine")
    with pytest.raises(HenreiError, match="ほかのファイルがあります"):
        export(demo_database, tmp_path, as_of=AS_OF, tables=["returns"])
    assert (tmp_path / "returns.csv").read_text() == "mine"


@pytest.mark.parametrize("words", [["--format", "xml"], ["--tables", "returns,nothing"]])
def test_wrong_use_is_said(henrei: Henrei, office: Office, tmp_path: Path, words: list[str]) -> None:
    office.load()
    code, said, errors = henrei("export", "--out", tmp_path / "out", *words)
    assert (code, said) == (2, "") and "ありません" in errors


def test_the_command_warns(henrei: Henrei, office: Office, tmp_path: Path) -> None:
    office.load()
    code, said, _ = henrei(
        "export", "--out", tmp_path / "out", "--tables", "returns", "--as-of", "2026-10-31"
    )
    assert code == 0 and "returns.csv 0行" in said and f"注意: {PATIENT_DATA}" in said
