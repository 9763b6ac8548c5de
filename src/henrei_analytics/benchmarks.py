"""Figures from outside to hold an office's own against: read only from files that say where each number is from.

A CSV file in the folder `benchmarks` beside the database, one number a row:

    metric,payer,setting,value,source,period,definition

A row without source, period or definition is refused: a number nobody can check is worse than none.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from henrei_analytics import labels

FOLDER = "benchmarks"
COLUMNS = ("metric", "payer", "setting", "value", "source", "period", "definition")
MUST_SAY = {"source": "出典", "period": "期間", "definition": "定義"}
METRICS = {"return_rate": "return_rate", "返戻率": "return_rate"}
LARGEST = 1_000_000  # bytes; a benchmark file has a few rows


@dataclass
class Benchmarks:
    """The rows that can be used, and in words why the others cannot."""

    rows: list[dict[str, str | float]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def frame(self) -> pl.DataFrame:
        """metric, payer, setting, benchmark, benchmark_source, benchmark_period, benchmark_definition."""
        names = ("metric", "payer", "setting", "benchmark_source", "benchmark_period", "benchmark_definition")
        schema = dict.fromkeys(names, pl.String) | {"benchmark": pl.Float64}
        return pl.DataFrame(self.rows, schema, orient="row")


def folder_of(con: duckdb.DuckDBPyConnection) -> Path | None:
    """Where the benchmark files of the open database lie; None where it is in memory."""
    sql = "SELECT path FROM duckdb_databases() WHERE database_name = current_database()"
    (path,) = con.execute(sql).fetchone()
    return Path(path).parent / FOLDER if path else None


def read_benchmarks(folder: Path) -> Benchmarks:
    """Every CSV file of the folder, by name. A folder that does not exist has none."""
    found = Benchmarks()
    for path in sorted(folder.glob("*.csv")):
        _read(path, found)
    return found


def _read(path: Path, found: Benchmarks) -> None:
    text = _text(path)
    if text is None:
        found.refused.append(f"{path.name}: 読めません（UTF-8 か Shift_JIS の CSV で保存してください）。")
        return
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        titles = [(title or "").strip() for title in reader.fieldnames or []]
        if missing := [name for name in COLUMNS if name not in titles]:
            found.refused.append(f"{path.name}: 列 {'、'.join(missing)} がありません。")
            return
        reader.fieldnames = titles
        for row in reader:
            cells = {name: (row[name] or "").strip() for name in COLUMNS}
            if any(cells.values()):
                _take(f"{path.name} {reader.line_num}行目", cells, found)
    except csv.Error:
        found.refused.append(f"{path.name}: CSV として読めません。")


def _text(path: Path) -> str | None:
    if path.stat().st_size > LARGEST:
        return None
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _take(place: str, cells: dict[str, str], found: Benchmarks) -> None:
    problems = list(_problems(cells))
    if problems:
        found.refused.append(f"{place}: {'、'.join(problems)}。この行は使いません。")
        return
    found.rows.append(
        {
            "metric": METRICS[cells["metric"]],
            "payer": _code("payer", cells["payer"]),
            "setting": _code("setting", cells["setting"]),
            "benchmark": _share(cells["value"]),
            **{f"benchmark_{name}": cells[name] for name in MUST_SAY},
        }
    )


def _problems(cells: dict[str, str]) -> Iterator[str]:
    for name, word in MUST_SAY.items():
        if not cells[name]:
            yield f"{word}（{name}）がありません"
    if cells["metric"] not in METRICS:
        yield f"metric は {'・'.join(METRICS)} のどれかです"
    for name in ("payer", "setting"):
        if _code(name, cells[name]) is None:
            yield f"{name} は {'・'.join(_known(name).values())} のどれかです"
    if _share(cells["value"]) is None:
        yield "value は 1.5% か 0.015 の形で書きます"


def _known(kind: str) -> dict[str, str]:
    return {code: word for code, word in labels.words()["codes"][kind].items() if code != "unknown"}


def _code(kind: str, value: str) -> str | None:
    return next((code for code, word in _known(kind).items() if value in (code, word)), None)


def _share(value: str) -> float | None:
    """1.5% and 0.015 are the same share; what is neither, or more than all, is None."""
    read = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([%％]?)", value)
    if not read:
        return None
    share = float(read[1]) / (100 if read[2] else 1)
    return share if share <= 1 else None
