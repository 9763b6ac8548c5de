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

from henrei_analytics import definition_box
from henrei_analytics.display import MIME
from henrei_analytics.pages.templates import asset, environment

TEXT = '<div class="text">'
# Tags of a cell: what it shows is left out of a print, or stands beside what the next one so tagged shows.
PRINT_TAGS = ("screen-only", "half")
ONE_PAGE = "one-page"  # tag of any cell: the notebook prints as one sheet
MARKDOWN = mistune.create_markdown(escape=True, plugins=["table"])


@dataclass
class Page:
    """What a notebook showed: its title, its blocks of HTML in order, its figures by key.

    `parts` holds the same blocks as data, for formats other than HTML: `{"kind": "text", "markdown": …}`,
    `{"kind": "figure", "key": …, …what `display` says of it}`, `{"kind": "svg" | "png" | "plain", "content": …}`.
    """

    title: str
    blocks: list[str] = field(default_factory=list)
    parts: list[dict[str, Any]] = field(default_factory=list)
    one_page: bool = False
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    specs: list[dict[str, Any]] = field(default_factory=list)

    def add(self, html: str, part: dict[str, Any]) -> None:
        """Add a block."""
        self.blocks.append(html)
        self.parts.append(part)


NOT_MADE = "作れませんでした"
WITHHELD = "10件未満の数がほとんどのため、この版にはありません"


@dataclass(frozen=True)
class Link:
    """A page of the same month; one without a target says why there is none."""

    title: str
    href: str | None
    current: bool = False
    name: str = ""
    missing: str = ""


@dataclass(frozen=True)
class Provenance:
    """Where the numbers come from."""

    parameters: Sequence[tuple[str, str]]
    version: str
    files: Sequence[tuple[str, str]]  # name, first characters of the sha-256; by kind: kind, how many
    by_kind: bool = False


def read_page(notebook: nbformat.NotebookNode, name: str) -> Page:
    """Collect what the cells of an executed notebook show; `name` stands in where no heading gives a title."""
    page = Page(title=name)
    for cell in notebook.cells:
        start, tags = len(page.parts), cell.metadata.get("tags", ())
        if cell.cell_type == "markdown":
            page.title = _heading(cell.source) or page.title if page.title == name else page.title
            page.add(f"{TEXT}{MARKDOWN(cell.source)}</div>", {"kind": "text", "markdown": cell.source})
        elif cell.cell_type == "code":
            for output in cell.outputs:
                _add_output(page, output)
        for part in page.parts[start:]:
            part["print"] = next((tag for tag in PRINT_TAGS if tag in tags), None)
        page.one_page = page.one_page or ONE_PAGE in tags
    kept = _visible(page.blocks)
    page.parts = [page.parts[at] for at in kept]
    page.blocks = [
        f'<div data-print="{part["print"]}">{page.blocks[at]}</div>' if part["print"] else page.blocks[at]
        for at, part in zip(kept, page.parts, strict=True)
    ]
    return page


def page_html(page: Page, office: str, links: Sequence[Link], provenance: Provenance, rule: str = "") -> str:
    """The page as one HTML text. `rule`: what a page says that leaves the institution."""
    return (
        environment()
        .get_template("page.html")
        .render(
            title=f"{page.title} {office}",
            css=asset("page.css"),
            blocks=page.blocks,
            one_page=page.one_page,
            links=links,
            provenance=provenance,
            rule=rule,
            specs=[script_json(spec) for spec in page.specs],
            bundle=_bundle() if page.specs else None,
            time_locale=script_json(vl_convert.get_time_format_locale("ja-JP")),
            script=asset("page.js"),
            tables=asset("tables.js"),
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


def _visible(blocks: Sequence[str]) -> list[int]:
    """Places of the blocks without figures that show nothing, and without headings that have nothing else below them."""
    kept: list[int] = []
    below: list[int] = []
    for place in reversed(range(len(blocks))):
        if not blocks[place].startswith(TEXT):
            below.append(place)
            continue
        shown = [each for each in below if blocks[each]]
        if not below or shown:
            kept += [*shown, place]
        below = []
    return sorted([*kept, *(each for each in below if blocks[each])])


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
        html = _with_anchor(page, _joined(data["text/html"]), shown["name"])
        html = html.replace(
            definition_box.PLACE, f'<p class="place">{_definition_link(shown["name"])}</p>', 1
        )
        if shown.get("spec"):
            spec = {key: value for key, value in shown["spec"].items() if key != "$schema"}
            html = html.replace(
                '<div class="chart"', f'<div class="chart" data-spec="spec-{len(page.specs)}"', 1
            )
            page.specs.append(spec)
        page.add(html, {**shown, "kind": "figure", "key": figure_key(shown)})
    elif "text/html" in data:
        page.add(_joined(data["text/html"]), _plain(data))
    elif "image/svg+xml" in data:
        svg = _joined(data["image/svg+xml"])
        page.add(f'<div class="chart">{svg}</div>', {"kind": "svg", "content": svg})
    elif "image/png" in data:
        png = _joined(data["image/png"]).strip()
        page.add(f'<img alt="図" src="data:image/png;base64,{png}">', {"kind": "png", "content": png})
    elif "text/plain" in data or output.get("name") == "stdout":
        text = _joined(data.get("text/plain", output.get("text", "")))
        page.add(f'<pre class="scroll">{escape(text)}</pre>', {"kind": "plain", "content": text})


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """HTML that is not a figure: other formats have its text. The line that heads a page stands in their headers."""
    is_head = _joined(data["text/html"]).startswith('<p class="head">')
    return {"kind": "plain", "content": "" if is_head else _joined(data.get("text/plain", ""))}


def _with_anchor(page: Page, html: str, name: str) -> str:
    """The first showing of a figure on a page can be linked to by its name."""
    if any(part.get("name") == name for part in page.parts):
        return html
    return html.replace('<section class="figure"', f'<section class="figure" id="{escape(name)}"', 1)


def _definition_link(name: str) -> str:
    return f'<a href="../../definitions.html#{escape(name)}">すべての図と数字の定義</a>'


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
