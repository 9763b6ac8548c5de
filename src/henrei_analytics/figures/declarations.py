"""Reads and validates `definitions/*.toml`: one file a figure, one place for what it means.

The messages are Japanese: an office writes figures of its own in the same form (own.py).
"""

import re
import tomllib
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from henrei_analytics.errors import HenreiError
from henrei_analytics.figures.after import AFTER, COMPOSED
from henrei_analytics.figures.figure import Definition
from henrei_analytics.figures.shareable import Shareable, shareable_of, shareable_problems

DEFINITIONS_DIR = Path(__file__).parent / "definitions"
SQL_DIR = Path(__file__).parent.parent / "sql" / "figures"

DIRECTIONS = ("lower_is_better", "higher_is_better", "none")
MAY_BE_EMPTY = ("denominator", "exclusions", "notes")


class DefinitionError(HenreiError, ValueError):
    """A definition file that does not say what it must; the message names the file and the keys."""


@dataclass(frozen=True)
class Declaration:
    """A definition plus how the figure is placed and computed.

    notebook, position: where it is shown; an own figure need not say so.
    after: name in `AFTER`, applied to the result of the SQL model, or None.
    inputs: names of other figures; such a figure has no SQL model and is made by `COMPOSED`.
    needs: kinds of file of which at least one must have been loaded, else there is nothing to show.
    shareable: how the figure may leave the institution; None: not at all.
    """

    definition: Definition
    notebook: str
    position: int
    after: str | None
    inputs: tuple[str, ...]
    needs: tuple[str, ...]
    sql_path: Path
    is_own: bool = False
    shareable: Shareable | None = None


DATES = ("written_on", "next_review")
DERIVED = ("name", "model", "counted")
TEXTS = tuple(field.name for field in fields(Definition) if field.name not in (*DERIVED, *DATES))
PLACE = {"notebook": str, "position": int}
REQUIRED = {**dict.fromkeys(TEXTS, str), **dict.fromkeys(DATES, date)}
OPTIONAL = {"after": str, "inputs": list, "needs": list, "counted": list, "shareable": dict}
FORMS = {
    str: '文字列（"…"）',
    date: "日付（2026-04-01 の形。引用符なし）",
    int: "整数",
    list: '並び（["…", "…"]）',
    dict: "表（shareable.keys = … の形）",
}


def parse(name: str, content: str, sql_path: Path | None = None) -> Declaration:
    """The declaration in one TOML text; raises DefinitionError listing every problem at once.

    `sql_path` is where the model of a figure of the office's own lies; a shipped one has its place.
    """
    try:
        table = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        place = f"（{line[1]}行目）" if line else ""
        raise DefinitionError(f"{name}.toml: TOML として読めません{place}。") from error
    is_own = sql_path is not None
    path = sql_path or SQL_DIR / f"{name}.sql"
    problems = [*_shape_problems(table, is_own)] or [*_meaning_problems(name, table, path, is_own)]
    if problems:
        raise DefinitionError(f"{name}.toml: " + "、".join(problems) + "。")
    inputs = tuple(table.get("inputs", ()))
    model = f"figures/{path.name}" if is_own else f"sql/figures/{path.name}"
    return Declaration(
        definition=Definition(
            name=name,
            **{key: table[key] for key in (*TEXTS, *DATES)},
            model="、".join(inputs) + " から" if inputs else model,
            counted=tuple(table.get("counted", ())),
        ),
        notebook=table.get("notebook", ""),
        position=table.get("position", 0),
        after=table.get("after"),
        inputs=inputs,
        needs=tuple(table.get("needs", ())),
        sql_path=path,
        is_own=is_own,
        shareable=shareable_of(name, table.get("shareable")),
    )


def _shape_problems(table: dict[str, Any], is_own: bool) -> list[str]:
    required = REQUIRED if is_own else REQUIRED | PLACE
    known = REQUIRED | PLACE | OPTIONAL
    problems = [f"{key} がありません" for key in required if key not in table]
    problems += [f"{key} という項目はありません" for key in table if key not in known]
    problems += [
        f"{key} は{FORMS[known[key]]}で書きます"
        for key, value in table.items()
        if key in known and type(value) is not known[key]
    ]
    return problems


def _meaning_problems(name: str, table: dict[str, Any], sql_path: Path, is_own: bool) -> list[str]:
    problems = [f"{key} が空です" for key in TEXTS if key not in MAY_BE_EMPTY and not table[key].strip()]
    if table["direction"] not in DIRECTIONS:
        problems.append(f"direction は {'・'.join(DIRECTIONS)} のどれかです")
    if not re.fullmatch(r"\d\d_[a-z_]+", table.get("notebook", "00_none")):
        problems.append("notebook は 10_monthly_brief の形で書きます")
    if table["next_review"] <= table["written_on"]:
        problems.append("next_review は written_on より後の日です")
    if "after" in table and table["after"] not in AFTER:
        problems.append(f"after は {'・'.join(sorted(AFTER))} のどれかです")
    if "inputs" in table and (is_own or name not in COMPOSED):
        problems.append("inputs がありますが、この図をほかの図から作る関数がありません")
    if "inputs" not in table and not sql_path.is_file():
        problems.append(f"計算式 {sql_path.name} がありません")
    return problems + shareable_problems(name, table.get("shareable", {"keys": []}))


@cache
def declarations() -> dict[str, Declaration]:
    """Every shipped declaration by name, ordered by notebook and position."""
    found = [
        parse(path.stem, path.read_text(encoding="utf-8")) for path in sorted(DEFINITIONS_DIR.glob("*.toml"))
    ]
    found.sort(key=lambda each: (each.notebook, each.position, each.definition.name))
    by_name = {each.definition.name: each for each in found}
    for each in found:
        if unknown := [name for name in each.inputs if name not in by_name]:
            raise DefinitionError(
                f"{each.definition.name}.toml: inputs の図 {'、'.join(unknown)} がありません。"
            )
    return by_name


def definitions() -> dict[str, Definition]:
    """Every shipped definition by figure name, in the order of the notebooks and their pages."""
    return {name: each.definition for name, each in declarations().items()}


def _by_notebook() -> dict[str, tuple[str, ...]]:
    grouped: dict[str, list[str]] = {}
    for name, each in declarations().items():
        grouped.setdefault(each.notebook, []).append(name)
    return {notebook: tuple(names) for notebook, names in grouped.items()}


FIGURES = _by_notebook()
"""Notebook → names of its figures in page order."""
