"""What needs doing, in words: rows of `mart.attention` become a title and a next step (`attention.toml`)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import polars as pl

from henrei_analytics import labels

SEVERITIES = ("red", "amber", "info")
OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Attention:
    """One thing to do: how urgent it is, what is wrong, what to do next."""

    what: str
    severity: str
    title: str
    next_step: str
    deadline: date | None = None

    @property
    def urgency(self) -> str:
        """The severity as a word, so that it can be read without colour."""
        return labels.code("severity", self.severity)


@cache
def templates() -> dict[str, dict[str, str]]:
    """The sentences by `what`."""
    return tomllib.loads(resources.files(__package__).joinpath("attention.toml").read_text("utf-8"))


def sentences(rows: pl.DataFrame) -> list[Attention]:
    """One `Attention` a row, in the order given. A `what` nobody has worded yet is shown by its name."""
    return [_attention(row) for row in rows.iter_rows(named=True)]


def _attention(row: dict[str, Any]) -> Attention:
    words = templates().get(row["what"], {"title_ja": row["what"], "next_step_ja": ""})
    values = _values(row)
    is_over = row["days_left"] is not None and row["days_left"] < 0
    step = words.get("next_step_passed_ja", words["next_step_ja"]) if is_over else words["next_step_ja"]
    return Attention(
        row["what"],
        row["severity"],
        _filled(words["title_ja"], values),
        _filled(step, values),
        row["deadline"],
    )


def _values(row: dict[str, Any]) -> dict[str, str | None]:
    days_left = row["days_left"]
    return {
        "month": row["month"] and labels.month(row["month"]),
        "payer": row["payer"] and labels.code("payer", row["payer"]),
        "kind": labels.code("kind", row["kind"]) if row["kind"] else "ファイル",
        # The notice that reports a return tells which kind of file holds it.
        "return_file": labels.words()["codes"]["return_file"].get(row["kind"], "返戻ファイル"),
        "number": None if row["number"] is None else labels.text(row["number"], "count"),
        "deadline": row["deadline"] and labels.day(row["deadline"]),
        # What is over has no days left to speak of.
        "days_left": None if days_left is None or days_left < 0 else f"{days_left:,}",
        "name": row["name"],
        "message": row["message"],
    }


def _filled(template: str, values: dict[str, str | None]) -> str:
    """The template with its values; a part in [ ] only where all of its values are known."""

    def part(found: re.Match[str]) -> str:
        known = all(values[name] is not None for name in PLACE.findall(found[1]))
        return found[1] if known else ""

    # Values are put in last and in one pass: what stands in a file's name is never read as a template.
    return PLACE.sub(lambda found: values[found[1]] or labels.MISSING, OPTIONAL.sub(part, template))
