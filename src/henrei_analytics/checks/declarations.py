"""Reads and validates `definitions/*.toml`: one file a check."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from henrei_analytics.attention import SEVERITIES
from henrei_analytics.checks.check import Check, Threshold
from henrei_analytics.labels import words

DEFINITIONS_DIR = Path(__file__).parent / "definitions"
SQL_DIR = Path(__file__).parent.parent / "sql" / "checks"

TEXTS = ("title", "finds", "why", "to_do", "threshold_note", "severity", "owner")
REQUIRED: dict[str, type] = {
    **dict.fromkeys(TEXTS, str),
    "position": int,
    "threshold": dict,
    "applies_when": list,
    "written_on": date,
    "next_review": date,
}
OPTIONAL: dict[str, type] = {"told_in": str}


class CheckError(ValueError):
    """A definition file that does not say what it must; the message names the file and the keys."""


def parse(name: str, content: str) -> Check:
    """The check in one TOML text; raises CheckError listing every problem at once."""
    try:
        table = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise CheckError(f"{name}.toml: not valid TOML: {error}") from error
    problems = [*_shape_problems(table)] or [*_meaning_problems(name, table)]
    if problems:
        raise CheckError(f"{name}.toml: " + "; ".join(problems))
    return Check(
        name=name,
        threshold=Threshold(**table["threshold"]),
        applies_when=tuple(tuple(group) for group in table["applies_when"]),
        told_in=table.get("told_in"),
        **{key: table[key] for key in (*TEXTS, "position", "written_on", "next_review")},
    )


def sql_of(check: Check) -> str:
    """The SQL of a check."""
    return (SQL_DIR / f"{check.name}.sql").read_text(encoding="utf-8")


@cache
def checks() -> tuple[Check, ...]:
    """Every check, in the order of their positions."""
    found = [
        parse(path.stem, path.read_text(encoding="utf-8")) for path in sorted(DEFINITIONS_DIR.glob("*.toml"))
    ]
    return tuple(sorted(found, key=lambda check: (check.position, check.name)))


def _shape_problems(table: dict[str, Any]) -> list[str]:
    known = REQUIRED | OPTIONAL
    problems = [f"'{key}' is missing" for key in REQUIRED if key not in table]
    problems += [f"'{key}' is not a known key" for key in table if key not in known]
    problems += [
        f"'{key}' must be {known[key].__name__}, got {type(value).__name__}"
        for key, value in table.items()
        if key in known and type(value) is not known[key]
    ]
    return problems


def _meaning_problems(name: str, table: dict[str, Any]) -> list[str]:
    problems = [f"'{key}' is empty" for key in TEXTS if not table[key].strip()]
    if not _is_threshold(table["threshold"]):
        problems.append("'threshold' must be { rows = 0 or more } or { share = 0 to 1 }")
    kinds = words()["codes"]["kind"]
    for group in table["applies_when"]:
        if not (isinstance(group, list) and group and all(kind in kinds for kind in group)):
            problems.append(f"'applies_when' must hold groups of file kinds, got {group!r}")
    if table["severity"] not in SEVERITIES:
        problems.append(f"'severity' must be one of {', '.join(SEVERITIES)}")
    if table["next_review"] <= table["written_on"]:
        problems.append("'next_review' must be later than 'written_on'")
    if not (SQL_DIR / f"{name}.sql").is_file():
        problems.append(f"sql/checks/{name}.sql is missing")
    return problems


def _is_threshold(table: dict[str, Any]) -> bool:
    match table:
        case {"rows": int(rows)} if len(table) == 1 and type(rows) is int:
            return rows >= 0
        case {"share": float(share)} if len(table) == 1:
            return 0 <= share <= 1
    return False
