"""What every figure means, in one place: a page of the report and docs/figures.ja.md, both made from the definitions.

python -m henrei_analytics.definitions_page docs/figures.ja.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from henrei_analytics import __version__, labels
from henrei_analytics.definition_box import DIRECTIONS, about_rows, definition_rows
from henrei_analytics.figures.basis import kinds_of
from henrei_analytics.figures.declarations import Declaration, declarations
from henrei_analytics.notebook_files import shipped_folder, title
from henrei_analytics.pages.templates import asset, environment

DEFINITIONS = "definitions.html"
OWN = "自院の図"
WORDS = {
    "all": "取り込んだすべてのファイル",
    "volume": "請求件数（請求ファイル、請求確定状況など、あるもののうち最も確かなもの）",
}


@dataclass(frozen=True)
class Entry:
    """One figure as it is described."""

    name: str
    title: str
    question: str
    rows: list[tuple[str, str]]
    model: str  # where the computation is written
    sql: str  # empty where a figure is made of others


@dataclass(frozen=True)
class Group:
    """The figures of one notebook."""

    title: str
    entries: list[Entry]


def groups(known: Mapping[str, Declaration]) -> list[Group]:
    """All figures by notebook, in the order of the pages; the office's own last."""
    found: dict[str, list[Entry]] = {}
    for each in known.values():
        found.setdefault("" if each.is_own else each.notebook, []).append(_entry(each, known))
    own = found.pop("", [])
    made = [Group(_notebook_title(name), entries) for name, entries in found.items()]
    return [*made, Group(OWN, own)] if own else made


def definitions_html(known: Mapping[str, Declaration]) -> str:
    """The page of definitions of a report."""
    template = environment().get_template(DEFINITIONS)
    return template.render(css=asset("page.css"), groups=groups(known), version=__version__)


def definitions_markdown() -> str:
    """The shipped definitions as a document."""
    lines = [
        "# 図と数字の定義",
        "",
        "各ページの図と表が何を数えているかの一覧です。図の定義（TOML）から作ったもので、手では直しません。",
        "",
        *(f"- [{group.title}](#{_anchor(group.title)})" for group in groups(declarations())),
    ]
    for group in groups(declarations()):
        lines += ["", f"## {group.title}"]
        for entry in group.entries:
            lines += ["", f"### {entry.title}", "", f"{entry.question}（`{entry.name}`）", ""]
            lines += [f"- **{label}**: {_plain(text)}" for label, text in entry.rows]
            lines.append(f"- **計算式**: {_model(entry)}")
    return "\n".join(lines) + "\n"


def _entry(declaration: Declaration, known: Mapping[str, Declaration]) -> Entry:
    definition = declaration.definition
    rows = definition_rows(definition)[1:]  # the question stands below the title
    rows.insert(1, ("単位", f"{definition.unit}（{DIRECTIONS[definition.direction]}）"))
    if kinds := kinds_of(declaration, known):
        rows.append(
            ("元のファイル", "、".join(WORDS.get(kind) or labels.code("kind", kind) for kind in kinds))
        )
    rows.append(about_rows(definition)[0])
    sql = "" if declaration.inputs else declaration.sql_path.read_text("utf-8-sig").strip()
    return Entry(definition.name, definition.title, definition.question, rows, definition.model, sql)


def _notebook_title(name: str) -> str:
    path = shipped_folder() / f"{name}.ipynb"
    return title(path) if path.is_file() else name


def _model(entry: Entry) -> str:
    return f"[{entry.model}](../src/henrei_analytics/{entry.model})" if entry.sql else entry.model


def _anchor(heading: str) -> str:
    """As GitHub makes it: punctuation dropped, spaces to hyphens."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _plain(text: str) -> str:
    """No character of a text starts markup."""
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", text)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(definitions_markdown(), encoding="utf-8", newline="\n")
