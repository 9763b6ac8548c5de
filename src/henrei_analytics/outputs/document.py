"""Executed pages → one plain tree of chapters, the same for every paged format.

Everything in it is a text, a number, a list or the name of a picture file: what writes a format never sees markup, so
nothing in the data can be read as such.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import mistune

from henrei_analytics import display, labels
from henrei_analytics.definition_box import DEFINITION_ROWS
from henrei_analytics.disclosure import HIDDEN, marks
from henrei_analytics.pages import Page

MARKDOWN = mistune.create_markdown(renderer=None, plugins=["table"])
SCREEN_ONLY = "screen-only"
HALF = "half"  # two of these stand beside each other in a print
UNBROKEN = 18  # characters without a place to break a line, as in the names of files
ROWS_SHOWN = 200  # of one table on paper; the page and the workbook hold them all
FOLDED_ROWS = 60  # of a table that only repeats a chart
ELSEWHERE = "画面の報告書と Excel の集計表"
LEFT_OUT = {
    "question",
    "owner",
    "written_on",
    "next_review",
    "model",
}  # of a definition: it is on the definitions page

Node = dict[str, Any]


@dataclass
class Document:
    """Chapters in order, what each figure means, and the pictures by file name."""

    chapters: list[Node] = field(default_factory=list)
    definitions: list[Node] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    folded_rows: int = 0


def document(pages: Mapping[str, Page], font: str, *, is_print: bool = False) -> Document:
    """The tree of these pages; charts are drawn in the font given.

    is_print: what the page itself leaves out of a print is left out here, and tables that only repeat a chart.
    """
    folded_rows = 0 if is_print else FOLDED_ROWS
    made = Document(folded_rows=folded_rows)
    for page in pages.values():
        kept = [part for part in page.parts if not (is_print and part.get("print") == SCREEN_ONLY)]
        nodes = [
            node | ({"half": True} if is_print and part.get("print") == HALF else {})
            for part in kept
            for node in _nodes(part, made, font)
        ]
        if nodes and nodes[0] == {"kind": "heading", "level": 1, "runs": [_run(page.title)]}:
            nodes = nodes[1:]  # the chapter has its title
        made.chapters.append({"title": page.title, "nodes": nodes})
    return made


def definition_rows(figure: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a figure means, label by label, as an executed notebook holds it."""
    values = figure.get("definition") or {}
    rows = [(name, label, values.get(name)) for name, label in DEFINITION_ROWS]
    return [(label, str(value)) for name, label, value in rows if value and name not in LEFT_OUT]


def breakable(text: str) -> str:
    """The text with places at which a line may break inside long names and numbers."""
    return re.sub(
        rf"[!-~]{{{UNBROKEN},}}",
        lambda found: re.sub(r"([/_.\-]|[!-~]{12})(?=[!-~])", "\\1\u200b", found[0]),
        text,
    )


def _nodes(part: Mapping[str, Any], made: Document, font: str) -> list[Node]:
    kind, content = part["kind"], part.get("content", "")
    if kind == "text":
        return [node for token in MARKDOWN(part["markdown"]) for node in _text_nodes(token)]
    if kind == "figure":
        return [_figure(part, made, font)]
    if kind == "svg":
        return [_picture(made, "svg", content.encode(), "図")]
    if kind == "png":
        return [_picture(made, "png", base64.b64decode(content), "図")]
    return [{"kind": "plain", "text": breakable(content)}] if content.strip() else []


def _figure(part: Mapping[str, Any], made: Document, font: str) -> Node:
    rows = definition_rows(part)
    if rows and all(each["name"] != part["name"] for each in made.definitions):
        made.definitions.append({"name": part["name"], "title": part["title"], "rows": rows})
    shown = part.get("shown")
    if shown is None:  # a figure shown in a way of its own: its rows say the same
        shown = [{"kind": "chart"}] if part.get("spec") else []
        shown += [_rows_as_table(part["rows"])] if part["rows"] else []
    question = (part.get("definition") or {}).get("question", "")
    return {
        "kind": "figure",
        "title": part["title"],
        "question": question,
        "shown": [node for each in shown for node in _shown(each, part, made, font)],
    }


def _shown(each: Mapping[str, Any], part: Mapping[str, Any], made: Document, font: str) -> list[Node]:
    if each["kind"] == "chart":
        drawn = display.svg(part["spec"])
        alt = f"図: {part['title']}"
        return [_picture(made, "svg", _in_font(drawn, font).encode(), alt)]
    if each["kind"] == "tiles":
        return [{"kind": "tiles", "tiles": part.get("tiles", [])}]
    if each["kind"] == "table":
        return _table(each, made.folded_rows)
    return [dict(each)]


def _table(each: Mapping[str, Any], folded_rows: int) -> list[Node]:
    total = len(each["rows"])
    if each.get("folded") and total > folded_rows:
        return [_small(f"この図の表（{total:,}行）は、{ELSEWHERE}にあります。")] if folded_rows else []
    rows = [[breakable(cell) for cell in row] for row in each["rows"][:ROWS_SHOWN]]
    table = {"kind": "table", "head": each["head"], "classes": each["classes"], "rows": rows}
    if total <= ROWS_SHOWN:
        return [table]
    return [table, _small(f"全{total:,}行のうち{ROWS_SHOWN:,}行です。残りは{ELSEWHERE}にあります。")]


def _small(text: str) -> Node:
    return {"kind": "small", "text": text}


def _rows_as_table(rows: Sequence[Mapping[str, Any]]) -> Node:
    columns = [labels.column(name) for name in rows[0] if name != HIDDEN]
    written = [
        [marks(row).get(c.name) or ("" if row[c.name] is None else str(row[c.name])) for c in columns]
        for row in rows
    ]
    classes = ["number" if column.numeric else "long" for column in columns]
    return {
        "kind": "table",
        "head": [column.label for column in columns],
        "classes": classes,
        "rows": written,
    }


def _picture(made: Document, suffix: str, content: bytes, alt: str) -> Node:
    name = f"picture-{len(made.pictures)}.{suffix}"
    made.pictures[name] = content
    size = re.search(rb'<svg[^>]*?\bwidth="([\d.]+)[^>]*?\bheight="([\d.]+)', content[:2000])
    width, height = (float(size[1]), float(size[2])) if size else (0.0, 0.0)
    tall = height > width * display.TALL
    return {"kind": "picture", "file": name, "width": width, "height": height, "tall": tall, "alt": alt}


def _in_font(svg: str, font: str) -> str:
    """One font for all words of a picture, so that the same one is embedded."""
    return re.sub(r'font-family="[^"]*"', f'font-family="{font}"', svg)


def _run(text: str, style: str = "") -> Node:
    return {"text": text, "style": style}


def _text_nodes(token: Node) -> list[Node]:
    """A block of markdown as nodes; what is not known keeps its text."""
    kind, inside = token["type"], token.get("children") or []
    if kind == "blank_line":
        return []
    if kind == "heading":
        return [{"kind": "heading", "level": token["attrs"]["level"], "runs": _runs(inside)}]
    if kind == "list":
        ordered = token["attrs"]["ordered"]
        return [{"kind": "list", "ordered": ordered, "items": [_runs([item]) for item in inside]}]
    if kind == "table":
        return [_markdown_table(inside)]
    runs = _runs(inside) if inside else [_run(token.get("raw", ""))]
    return [{"kind": "paragraph", "runs": runs}] if any(run["text"].strip() for run in runs) else []


def _markdown_table(inside: Sequence[Node]) -> Node:
    cells = [[_plain(cell) for cell in row] for row in _rows_of(inside)]
    classes = ["long"] * len(cells[0])
    return {"kind": "table", "head": cells[0], "classes": classes, "rows": cells[1:]}


def _rows_of(inside: Sequence[Node]) -> list[list[Node]]:
    head, *bodies = inside
    return [head["children"], *(row["children"] for body in bodies for row in body["children"])]


def _plain(token: Node) -> str:
    return "".join(run["text"] for run in _runs([token]))


def _runs(tokens: Sequence[Node], style: str = "") -> list[Node]:
    """Words in a row with their style: strong, code or none."""
    runs: list[Node] = []
    for token in tokens:
        kind = token["type"]
        if kind in ("softbreak", "linebreak"):
            runs.append(_run(" " if kind == "softbreak" else "\n", style))
        elif token.get("children"):
            runs += _runs(token["children"], "strong" if kind == "strong" else style)
        else:
            runs.append(_run(token.get("raw", ""), "code" if kind == "codespan" else style))
    return runs
