"""Reads and validates `definitions/*.toml`: one file a figure, one place for what it means."""

import re
import tomllib
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from henrei_analytics.figures.after import AFTER, COMPOSED
from henrei_analytics.figures.figure import Definition

DEFINITIONS_DIR = Path(__file__).parent / "definitions"
SQL_DIR = Path(__file__).parent.parent / "sql" / "figures"

DIRECTIONS = ("lower_is_better", "higher_is_better", "none")
MAY_BE_EMPTY = ("denominator", "exclusions", "notes")


class DefinitionError(ValueError):
    """A definition file that does not say what it must; the message names the file and the keys."""


@dataclass(frozen=True)
class Declaration:
    """A definition plus how the figure is placed and computed.

    after: name in `AFTER`, applied to the result of the SQL model, or None.
    inputs: names of other figures; such a figure has no SQL model and is made by `COMPOSED`.
    needs: kinds of file of which at least one must have been loaded, else there is nothing to show.
    """

    definition: Definition
    notebook: str
    position: int
    after: str | None
    inputs: tuple[str, ...]
    needs: tuple[str, ...]

    @property
    def sql_path(self) -> Path:
        return SQL_DIR / f"{self.definition.name}.sql"


DATES = ("written_on", "next_review")
TEXTS = tuple(field.name for field in fields(Definition) if field.name not in ("name", *DATES))
REQUIRED = {
    **dict.fromkeys(TEXTS, str),
    **dict.fromkeys(DATES, date),
    "notebook": str,
    "position": int,
}
OPTIONAL = {"after": str, "inputs": list, "needs": list}


def parse(name: str, content: str) -> Declaration:
    """The declaration in one TOML text; raises DefinitionError listing every problem at once."""
    try:
        table = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(f"{name}.toml: not valid TOML: {error}") from error
    problems = [*_shape_problems(table)] or [*_meaning_problems(name, table)]
    if problems:
        raise DefinitionError(f"{name}.toml: " + "; ".join(problems))
    return Declaration(
        definition=Definition(name=name, **{key: table[key] for key in (*TEXTS, *DATES)}),
        notebook=table["notebook"],
        position=table["position"],
        after=table.get("after"),
        inputs=tuple(table.get("inputs", ())),
        needs=tuple(table.get("needs", ())),
    )


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
    problems = [f"'{key}' is empty" for key in TEXTS if key not in MAY_BE_EMPTY and not table[key].strip()]
    if table["direction"] not in DIRECTIONS:
        problems.append(f"'direction' must be one of {', '.join(DIRECTIONS)}")
    if not re.fullmatch(r"\d\d_[a-z_]+", table["notebook"]):
        problems.append("'notebook' must look like 10_monthly_brief")
    if table["next_review"] <= table["written_on"]:
        problems.append("'next_review' must be later than 'written_on'")
    if "after" in table and table["after"] not in AFTER:
        problems.append(f"'after' must be one of {', '.join(sorted(AFTER))}")
    if "inputs" in table and name not in COMPOSED:
        problems.append("'inputs' is given but no function composes this figure")
    if "inputs" not in table and not (SQL_DIR / f"{name}.sql").is_file():
        problems.append(f"neither sql/figures/{name}.sql nor 'inputs'")
    return problems


@cache
def declarations() -> dict[str, Declaration]:
    """Every declaration by name, ordered by notebook and position."""
    found = [
        parse(path.stem, path.read_text(encoding="utf-8")) for path in sorted(DEFINITIONS_DIR.glob("*.toml"))
    ]
    found.sort(key=lambda each: (each.notebook, each.position, each.definition.name))
    by_name = {each.definition.name: each for each in found}
    for each in found:
        if unknown := [name for name in each.inputs if name not in by_name]:
            raise DefinitionError(f"{each.definition.name}.toml: unknown inputs {unknown}")
    return by_name


def definitions() -> dict[str, Definition]:
    """Every definition by figure name, in the order of the notebooks and their pages."""
    return {name: each.definition for name, each in declarations().items()}


def _by_notebook() -> dict[str, tuple[str, ...]]:
    grouped: dict[str, list[str]] = {}
    for name, each in declarations().items():
        grouped.setdefault(each.notebook, []).append(name)
    return {notebook: tuple(names) for notebook, names in grouped.items()}


FIGURES = _by_notebook()
"""Notebook → names of its figures in page order."""
