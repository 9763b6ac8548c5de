"""One executed notebook → one HTML page that needs nothing from outside.

Code cells are hidden, markdown is rendered, outputs are taken as the notebook displayed them. The chart library
is inlined once; each chart's specification lies beside its SVG, which stays for print and for readers without
scripts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Any

import mistune
import nbformat
import vl_convert

from henrei_analytics.display import MIME
from henrei_analytics.pages.templates import asset, environment

TEXT = '<div class="text">'
MARKDOWN = mistune.create_markdown(escape=True, plugins=["table"])


@dataclass
class Page:
    """What a notebook showed: its title, its blocks of HTML in order, its figures by key."""

    title: str
    blocks: list[str] = field(default_factory=list)
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    specs: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Link:
    """A page of the same month; without a target it could not be made."""

    title: str
    href: str | None
    current: bool = False


@dataclass(frozen=True)
class Provenance:
    """Where the numbers come from."""

    parameters: Sequence[tuple[str, str]]
    version: str
    files: Sequence[tuple[str, str]]  # name, first characters of the sha-256


def read_page(notebook: nbformat.NotebookNode, name: str) -> Page:
    """Collect what the cells of an executed notebook show; `name` stands in where no heading gives a title."""
    page = Page(title=name)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            page.title = _heading(cell.source) or page.title if page.title == name else page.title
            page.blocks.append(f"{TEXT}{MARKDOWN(cell.source)}</div>")
        elif cell.cell_type == "code":
            for output in cell.outputs:
                _add_output(page, output)
    page.blocks = _visible(page.blocks)
    return page


def page_html(page: Page, office: str, links: Sequence[Link], provenance: Provenance) -> str:
    """The page as one HTML text."""
    return (
        environment()
        .get_template("page.html")
        .render(
            title=f"{page.title} {office}",
            css=asset("page.css"),
            blocks=page.blocks,
            links=links,
            provenance=provenance,
            specs=[script_json(spec) for spec in page.specs],
            bundle=_bundle() if page.specs else None,
            time_locale=script_json(vl_convert.get_time_format_locale("ja-JP")),
            script=asset("page.js"),
        )
    )


def script_json(value: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def figure_key(data: dict[str, Any]) -> str:
    """A figure's name, with the rows it was narrowed to."""
    where = "&".join(
        f"{column}={','.join(map(str, values))}" for column, values in sorted(data["where"].items())
    )
    return f"{data['name']}?{where}" if where else data["name"]


def _visible(blocks: Sequence[str]) -> list[str]:
    """Without figures that show nothing, and without the headings that have nothing else below them."""
    kept: list[str] = []
    below: list[str] = []
    for block in reversed(blocks):
        if not block.startswith(TEXT):
            below.append(block)
            continue
        if not below or any(below):
            kept += [*filter(None, below), block]
        below = []
    return [*filter(None, reversed(below)), *reversed(kept)]


def _heading(markdown: str) -> str | None:
    for line in markdown.splitlines():
        if line.startswith("# "):
            return line[2:].strip()
    return None


def _add_output(page: Page, output: nbformat.NotebookNode) -> None:
    """HTML and pictures as they are, plain results as text; warnings and prints to stderr stay in the notebook."""
    data = output.get("data", {})
    if MIME in data:
        shown = data[MIME]
        page.figures[figure_key(shown)] = {
            key: shown[key] for key in ("title", "rows", "tiles") if key in shown
        }
        html = _joined(data["text/html"])
        if shown.get("spec"):
            spec = {key: value for key, value in shown["spec"].items() if key != "$schema"}
            html = html.replace(
                '<div class="chart"', f'<div class="chart" data-spec="spec-{len(page.specs)}"', 1
            )
            page.specs.append(spec)
        page.blocks.append(html)
    elif "text/html" in data:
        page.blocks.append(_joined(data["text/html"]))
    elif "image/svg+xml" in data:
        page.blocks.append(f'<div class="chart">{_joined(data["image/svg+xml"])}</div>')
    elif "image/png" in data:
        page.blocks.append(f'<img alt="図" src="data:image/png;base64,{_joined(data["image/png"]).strip()}">')
    elif "text/plain" in data or output.get("name") == "stdout":
        text = _joined(data.get("text/plain", output.get("text", "")))
        page.blocks.append(f'<pre class="scroll">{escape(text)}</pre>')


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


@cache
def _bundle() -> str | None:
    """The chart library; the same bytes every time, a second to make. Without it a page keeps its SVGs."""
    try:
        # The only place a `</script` may appear is inside a string of the library.
        return vl_convert.javascript_bundle().replace("</script", "<\\/script")
    except ValueError:
        return None
