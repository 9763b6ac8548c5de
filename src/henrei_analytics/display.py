"""What a notebook cell shows: HTML a reader sees, and under a private MIME type the same numbers as data.

The HTML works by itself in JupyterLab (the chart is an inline SVG). The page builder takes the private part to
make the charts interactive and to write `figures.json`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any

import altair as alt
import polars as pl
import vl_convert
from IPython.display import display

from henrei_analytics import labels
from henrei_analytics.attention import Attention
from henrei_analytics.attention import sentences as sentences_of
from henrei_analytics.definition_box import ABOUT, DEFINITION_ROWS, definition_html
from henrei_analytics.disclosure import HIDDEN, marks
from henrei_analytics.figures import Figure, Scope
from henrei_analytics.headline import Tile
from henrei_analytics.worklist_view import worklist_html, worklist_shown

MIME = "application/vnd.henrei.figure.v1+json"
PERSONAL = ("chart_number", "return_id", "patient_key", "search_number", "note", "present", "wanted")
LONG_TEXT = 18  # characters; a longer text wraps
OPEN_ROWS = 25  # rows of a table that are open at once
DEFINITION_KEYS = (*dict(DEFINITION_ROWS), *ABOUT)
WIDE = 10  # columns; a table with more has smaller letters
TALL = 0.9  # of the width; a higher chart gets more of a printed page
LONG_TABLE = 12  # rows; a longer table beside a chart starts folded


def show(
    figure: Figure,
    chart: alt.TopLevelMixin | None = None,
    table: bool = True,
    columns: Sequence[str] | None = None,
    where: Mapping[str, Any] | None = None,
    open_rows: int | None = None,
) -> None:
    """Show one figure: title, question, chart, table, definition. `where` says which of its rows these are."""
    display(bundle(figure, chart, table, columns, where, open_rows), raw=True)


def bundle(
    figure: Figure,
    chart: alt.TopLevelMixin | None = None,
    table: bool = True,
    columns: Sequence[str] | None = None,
    where: Mapping[str, Any] | None = None,
    open_rows: int | None = None,
) -> dict[str, Any]:
    """The MIME bundle of a figure; of a table without a chart `open_rows` rows (or `OPEN_ROWS`) are open at once."""
    spec = chart.to_dict() if chart is not None and not figure.data.is_empty() else None
    parts, shown = [], []
    if figure.data.is_empty():
        parts.append(f'<p class="none">{labels.NO_ROWS}</p>')
        shown.append(note(labels.NO_ROWS))
    if spec is not None:
        parts.append(_chart_html(figure, spec))
        shown.append({"kind": "chart"})
    if table and not figure.data.is_empty():
        folded = spec is not None and figure.data.height > LONG_TABLE
        parts.append(_folded_table(figure, columns, folded, open_rows or OPEN_ROWS))
        shown.append(written_table(figure.data, columns, figure.name) | {"folded": folded})
    parts.append(definition_html(figure))
    return _output(figure, "".join(parts), spec, where, shown)


def head(office: str, month: str, scope: Scope) -> None:
    """Show the line that says for whom, which month and which day."""
    display(head_bundle(office, month, scope, labels.INTERNAL), raw=True)


def head_bundle(office: str, month: str, scope: Scope, edition: str) -> dict[str, Any]:
    """The line that heads a page; `edition` says in words who may read it."""
    day = labels.day(scope.as_of)
    html = (
        f'<p class="head"><strong>{escape(office)}</strong><span>{escape(month)}</span>'
        f'<span>基準日 {day}</span><span class="internal">{escape(edition)}</span></p>'
    )
    if scope.incomplete:
        html += f'<p class="none">{labels.NOT_ARRIVED}</p>'
    return {"text/html": html, "text/plain": f"{office} {month} 基準日 {day}"}


def tiles(figure: Figure, drawn: Sequence[Tile], columns: Sequence[str] | None = None) -> None:
    """Show large numbers; with `columns` the rows they were taken from as well."""
    display(tiles_bundle(figure, drawn, columns), raw=True)


def tiles_bundle(
    figure: Figure, drawn: Sequence[Tile], columns: Sequence[str] | None = None
) -> dict[str, Any]:
    """The MIME bundle of large numbers."""
    html = f'<div class="tiles">{"".join(tile.html() for tile in drawn)}</div>'
    table = table_html(figure.data, columns, figure.name) if columns else ""
    shown = [{"kind": "tiles"}, *([written_table(figure.data, columns, figure.name)] if columns else [])]
    output = _output(figure, html + table + definition_html(figure), shown=shown)
    output[MIME]["tiles"] = [tile.as_dict() for tile in drawn]
    return output


def left_out_bundle(figure: Figure, sentence: str) -> dict[str, Any]:
    """Nothing on a page, in place of a figure that an edition does not show; a sentence for who runs the notebook."""
    return _output(figure, "", shown=[note(sentence)]) | {"text/html": "", "text/plain": sentence}


def worklist(figure: Figure) -> None:
    """Show the work list, the most urgent first."""
    none = f'<p class="none">{labels.NOTHING_OPEN}</p>'
    empty = figure.data.is_empty()
    html = none if empty else worklist_html(figure.data)
    shown = [note(labels.NOTHING_OPEN)] if empty else worklist_shown(figure.data)
    display(_output(figure, html + definition_html(figure), shown=shown), raw=True)


def attention(figure: Figure, first: int = OPEN_ROWS) -> None:
    """Show what needs doing; more than the `first` are folded."""
    display(attention_bundle(figure, first), raw=True)


def attention_bundle(figure: Figure, first: int = OPEN_ROWS) -> dict[str, Any]:
    """What needs doing: how urgent, what, and the next step."""
    found = sentences_of(figure.data)
    items = [_attention_html(each) for each in found]
    html = f'<ul class="attention">{"".join(items[:first])}</ul>'
    if not items:
        html = f'<p class="none">{labels.NOTHING_TO_DO}</p>'
    if len(items) > first:
        rest = f'<ul class="attention">{"".join(items[first:])}</ul>'
        html += _details("rows", f"続き（{len(items) - first:,}件、全{len(items):,}件）", rest)
    steps = [
        {"severity": each.severity, "urgency": each.urgency, "title": each.title, "step": each.next_step}
        for each in found
    ]
    shown = [{"kind": "attention", "items": steps} if steps else note(labels.NOTHING_TO_DO)]
    return _output(figure, html + definition_html(figure), shown=shown)


def not_loaded(figure: Figure, said: bool, where: Mapping[str, Any] | None = None) -> None:
    """Show that nothing was ever loaded for a figure."""
    display(not_loaded_bundle(figure, said, where), raw=True)


def not_loaded_bundle(figure: Figure, said: bool, where: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One calm sentence in place of empty charts; nothing at all where the page has `said` so already."""
    sentence = labels.not_loaded(figure.not_loaded)
    html = f'<p class="none">{sentence}</p>{definition_html(figure)}'
    output = _output(figure, html, where=where, shown=[note(sentence)])
    output[MIME]["rows"] = []
    if said:
        output["text/html"] = ""
    return output


def sentences(figure: Figure, column: str = "sentence") -> None:
    """Show the sentences of a figure as the verdict in words."""
    lines = figure.data[column].drop_nulls().to_list() or [labels.NO_ROWS]
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    shown = [{"kind": "sentences", "lines": lines}]
    display(_output(figure, f'<div class="sentences">{html}</div>', shown=shown), raw=True)


def written(figure: Figure, html: str, shown: Sequence[dict[str, Any]]) -> None:
    """Show a figure whose HTML was written elsewhere; `shown` is the same as data, for other formats."""
    display(_output(figure, html + definition_html(figure), shown=shown), raw=True)


def table_html(data: pl.DataFrame, columns: Sequence[str] | None = None, figure: str | None = None) -> str:
    """A table with Japanese labels (those of a figure, if it has its own) and written values, everything escaped."""
    shown = written_table(data, columns, figure)
    classes = shown["classes"]
    head = "".join(
        f'<th scope="col" class="{css}">{escape(label)}</th>'
        for label, css in zip(shown["head"], classes, strict=True)
    )
    body = "".join(f"<tr>{_cells(row, classes)}</tr>" for row in shown["rows"])
    wide = ' class="wide"' if len(classes) > WIDE else ""
    table = f"<table{wide}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scroll">{table}</div>'


def written_table(
    data: pl.DataFrame, columns: Sequence[str] | None = None, figure: str | None = None
) -> dict[str, Any]:
    """A table in the words of the page (or of the figure): headings, written values, and the class of each column."""
    shown = [labels.column(name, figure) for name in columns or data.columns]
    hidden = (
        [marks(row) for row in data.select(HIDDEN).iter_rows(named=True)] if HIDDEN in data.columns else []
    )
    written = [
        [
            (hidden[at].get(column.name) if hidden else None) or labels.text(value, column.kind)
            for at, value in enumerate(data[column.name])
        ]
        for column in shown
    ]
    return {
        "kind": "table",
        "columns": [column.name for column in shown],
        "head": [column.label for column in shown],
        "classes": [_cell_class(column, values) for column, values in zip(shown, written, strict=True)],
        "rows": [list(row) for row in zip(*written, strict=True)],
    }


def note(text: str) -> dict[str, Any]:
    """A sentence, as data for formats other than HTML."""
    return {"kind": "note", "text": text}


def _cells(row: Sequence[str], classes: Sequence[str]) -> str:
    return "".join(f'<td class="{css}">{escape(cell)}</td>' for cell, css in zip(row, classes, strict=True))


def plain_rows(data: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON values that two runs write alike: dates as text, floats to 10 significant digits.

    Left out: what points to one patient (it may be seen on the page, not copied into a file of numbers) or was written
    freely about one, and
    clock times, which differ between two loads of the same files.
    """
    kept = data.select(pl.exclude(PERSONAL)).select(pl.exclude(pl.Datetime))
    return [{name: _json_value(value) for name, value in row.items()} for row in kept.iter_rows(named=True)]


def svg(spec: dict[str, Any]) -> str:
    """The chart as SVG with Japanese months; ids are made unique because many share one page."""
    drawn = vl_convert.vegalite_to_svg(spec, time_format_locale="ja-JP")
    own = hashlib.sha256(drawn.encode()).hexdigest()[:8]
    drawn = re.sub(r'\bid="([^"]+)"', rf'id="{own}-\1"', drawn)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{own}-\1)", drawn)


def _output(
    figure: Figure,
    body: str,
    spec: dict[str, Any] | None = None,
    where: Mapping[str, Any] | None = None,
    shown: Sequence[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """HTML for a page; beside it, as data, the figure and `shown`: what the HTML holds, for formats other than HTML."""
    definition = figure.definition
    title = definition.title + _narrowed_words(where or {})
    head = f'<h3>{escape(title)}</h3><p class="question">{escape(definition.question)}</p>'
    data = {
        "name": definition.name,
        "where": {key: value if isinstance(value, list) else [value] for key, value in (where or {}).items()},
        "title": title,
        "definition": {name: _json_value(getattr(definition, name, None)) for name in DEFINITION_KEYS},
        "rows": plain_rows(figure.data),
        "spec": spec,
        "shown": shown,
    }
    html = f'<section class="figure" data-figure="{escape(definition.name)}">{head}{body}</section>'
    return {"text/html": html, "text/plain": definition.title, MIME: data}


def _narrowed_words(where: Mapping[str, Any]) -> str:
    """Which rows of a figure these are, where that can be said in words: （社保・国保）."""
    words = [
        labels.text(value, labels.column(column).kind)
        for column, wanted in sorted(where.items())
        for value in (wanted if isinstance(wanted, list | tuple) else [wanted])
    ]
    return (
        f"（{'・'.join(words)}）" if words and all(re.search(r"[^\x00-\x7f]", word) for word in words) else ""
    )


def _chart_html(figure: Figure, spec: dict[str, Any]) -> str:
    spoken = escape(f"図: {figure.definition.title}。{figure.definition.question}")
    drawn = svg(spec)
    width, height = (
        float(re.search(rf'<svg[^>]*\b{side}="([\d.]+)', drawn)[1]) for side in ("width", "height")
    )
    tall = " data-tall" if height > width * TALL else ""
    return f'<div class="chart"{tall} role="img" aria-label="{spoken}">{drawn}</div>'


def _folded_table(figure: Figure, columns: Sequence[str] | None, folded: bool, open_rows: int) -> str:
    """The table; folded below a chart, and only its first rows open where there are many."""
    data, name = figure.data, figure.name
    if folded:
        return _details("rows", f"表（{data.height:,}行）", table_html(data, columns, name))
    first = table_html(data.head(open_rows), columns, name)
    if data.height <= open_rows:
        return first
    rest = table_html(data.slice(open_rows), columns, name)
    return first + _details("rows", f"続き（{data.height - open_rows:,}行、全{data.height:,}行）", rest)


def _attention_html(each: Attention) -> str:
    step = f"<p>{escape(each.next_step)}</p>" if each.next_step else ""
    return (
        f'<li class="{escape(each.severity)}"><strong><span class="urgency">{escape(each.urgency)}</span> '
        f"{escape(each.title)}</strong>{step}</li>"
    )


def _details(css: str, summary: str, html: str) -> str:
    return f'<details class="{css}"><summary>{summary}</summary>{html}</details>'


def _cell_class(column: labels.Column, written: Sequence[str]) -> str:
    """Numbers to the right; short texts in one line; long texts get room."""
    if column.numeric:
        return "number"
    return "long" if max(map(len, written), default=0) > LONG_TEXT else "short"


def _json_value(value: Any) -> Any:
    if isinstance(value, float):
        return None if value != value else float(f"{value:.10g}")
    if isinstance(value, Decimal):
        return _json_value(float(value))
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_json_value(item) for item in value]
    if isinstance(value, dict):
        return {key: _json_value(item) for key, item in value.items()}
    return value
