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
from henrei_analytics.figures import Figure, Scope
from henrei_analytics.headline import Tile
from henrei_analytics.worklist_view import worklist_html

MIME = "application/vnd.henrei.figure.v1+json"
PERSONAL = ("chart_number", "return_id", "patient_key", "search_number", "note", "present", "wanted")
LONG_TEXT = 18  # characters; a longer text wraps
OPEN_ROWS = 25  # rows of a table that are open at once
TALL = 0.9  # of the width; a higher chart gets more of a printed page
LONG_TABLE = 12  # rows; a longer table beside a chart starts folded

DEFINITION_ROWS = (
    ("question", "問い"),
    ("why", "なぜ見るか"),
    ("numerator", "分子"),
    ("denominator", "分母"),
    ("window", "期間"),
    ("exclusions", "除外"),
    ("notes", "注意"),
    ("written_on", "定義した日"),
    ("next_review", "次の見直し"),
)


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
    parts = []
    if figure.data.is_empty():
        parts.append(f'<p class="none">{labels.NO_ROWS}</p>')
    if spec is not None:
        parts.append(_chart_html(figure, spec))
    if table and not figure.data.is_empty():
        parts.append(
            _folded_table(
                figure,
                columns,
                folded=spec is not None and figure.data.height > LONG_TABLE,
                open_rows=open_rows or OPEN_ROWS,
            )
        )
    parts.append(definition_html(figure.definition))
    return _output(figure, "".join(parts), spec, where)


def head(office: str, month: str, scope: Scope) -> None:
    """Show the line that says for whom, which month and which day."""
    day = labels.day(scope.as_of)
    html = (
        f'<p class="head"><strong>{escape(office)}</strong><span>{escape(month)}</span>'
        f'<span>基準日 {day}</span><span class="internal">院内用</span></p>'
    )
    display({"text/html": html, "text/plain": f"{office} {month} 基準日 {day}"}, raw=True)


def tiles(figure: Figure, drawn: Sequence[Tile], columns: Sequence[str] | None = None) -> None:
    """Show large numbers; with `columns` the rows they were taken from as well."""
    html = f'<div class="tiles">{"".join(tile.html() for tile in drawn)}</div>'
    table = table_html(figure.data, columns, figure.name) if columns else ""
    output = _output(figure, html + table + definition_html(figure.definition))
    output[MIME]["tiles"] = [tile.as_dict() for tile in drawn]
    display(output, raw=True)


def worklist(figure: Figure) -> None:
    """Show the work list, the most urgent first."""
    none = f'<p class="none">{labels.NOTHING_OPEN}</p>'
    shown = none if figure.data.is_empty() else worklist_html(figure.data)
    display(_output(figure, shown + definition_html(figure.definition)), raw=True)


def attention(figure: Figure) -> None:
    """Show what needs doing: how urgent, what, and the next step."""
    items = [_attention_html(each) for each in sentences_of(figure.data)]
    shown = f'<ul class="attention">{"".join(items[:OPEN_ROWS])}</ul>'
    if not items:
        shown = f'<p class="none">{labels.NOTHING_TO_DO}</p>'
    if len(items) > OPEN_ROWS:
        rest = f'<ul class="attention">{"".join(items[OPEN_ROWS:])}</ul>'
        shown += _details("rows", f"続き（{len(items) - OPEN_ROWS:,}件、全{len(items):,}件）", rest)
    display(_output(figure, shown + definition_html(figure.definition)), raw=True)


def not_loaded(figure: Figure, said: bool, where: Mapping[str, Any] | None = None) -> None:
    """Show that nothing was ever loaded for a figure."""
    display(not_loaded_bundle(figure, said, where), raw=True)


def not_loaded_bundle(figure: Figure, said: bool, where: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One calm sentence in place of empty charts; nothing at all where the page has `said` so already."""
    sentence = f'<p class="none">{labels.not_loaded(figure.not_loaded)}</p>'
    output = _output(figure, sentence + definition_html(figure.definition), where=where)
    output[MIME]["rows"] = []
    if said:
        output["text/html"] = ""
    return output


def sentences(figure: Figure, column: str = "sentence") -> None:
    """Show the sentences of a figure as the verdict in words."""
    lines = figure.data[column].drop_nulls().to_list() or [labels.NO_ROWS]
    html = "".join(f"<p>{escape(line)}</p>" for line in lines)
    display(_output(figure, f'<div class="sentences">{html}</div>'), raw=True)


def table_html(data: pl.DataFrame, columns: Sequence[str] | None = None, figure: str | None = None) -> str:
    """A table with Japanese labels (those of a figure, if it has its own) and written values, everything escaped."""
    shown = [labels.column(name, figure) for name in columns or data.columns]
    written = [[labels.text(value, column.kind) for value in data[column.name]] for column in shown]
    classes = [_cell_class(column, values) for column, values in zip(shown, written, strict=True)]
    head = "".join(
        f'<th scope="col" class="{css}">{escape(column.label)}</th>'
        for column, css in zip(shown, classes, strict=True)
    )
    body = "".join(f"<tr>{_cells(row, classes)}</tr>" for row in zip(*written, strict=True))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scroll">{table}</div>'


def _cells(row: Sequence[str], classes: Sequence[str]) -> str:
    return "".join(f'<td class="{css}">{escape(cell)}</td>' for cell, css in zip(row, classes, strict=True))


def definition_html(definition: Any) -> str:
    """The folded box that says what a number means."""
    rows = [(label, getattr(definition, name, None)) for name, label in DEFINITION_ROWS]
    html = "".join(f"<dt>{label}</dt><dd>{escape(_written(value))}</dd>" for label, value in rows if value)
    return _details("definition", "定義・分母・除外", f"<dl>{html}</dl>")


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
) -> dict[str, Any]:
    definition = figure.definition
    head = f'<h3>{escape(definition.title)}</h3><p class="question">{escape(definition.question)}</p>'
    data = {
        "name": definition.name,
        "where": {key: value if isinstance(value, list) else [value] for key, value in (where or {}).items()},
        "title": definition.title,
        "definition": {name: _json_value(getattr(definition, name, None)) for name, _ in DEFINITION_ROWS},
        "rows": plain_rows(figure.data),
        "spec": spec,
    }
    html = f'<section class="figure" data-figure="{escape(definition.name)}">{head}{body}</section>'
    return {"text/html": html, "text/plain": definition.title, MIME: data}


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


def _written(value: Any) -> str:
    return labels.day(value) if isinstance(value, date) else str(value)


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
