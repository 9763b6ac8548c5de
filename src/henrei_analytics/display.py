"""What a notebook cell shows: HTML a reader sees, and under a private MIME type the same numbers as data.

The HTML works by itself in JupyterLab (the chart is an inline SVG). The page builder takes the private part to
make the charts interactive and to write `figures.json`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any

import altair as alt
import polars as pl
import vl_convert
from IPython.display import display

from henrei_analytics import labels
from henrei_analytics.figures import Figure

MIME = "application/vnd.henrei.figure.v1+json"
LONG_TABLE = 12  # rows; a longer table beside a chart starts folded

DEFINITION_ROWS = (
    ("question", "問い"),
    ("why", "なぜ見るか"),
    ("numerator", "分子"),
    ("denominator", "分母"),
    ("window", "期間"),
    ("exclusions", "除外"),
    ("direction", "望ましい向き"),
    ("notes", "注意"),
    ("written_on", "定義した日"),
    ("next_review", "次の見直し"),
)


def show(
    figure: Figure,
    chart: alt.TopLevelMixin | None = None,
    table: bool = True,
    columns: Sequence[str] | None = None,
) -> None:
    """Show one figure: title, question, chart, table, definition."""
    display(bundle(figure, chart, table, columns), raw=True)


def bundle(
    figure: Figure,
    chart: alt.TopLevelMixin | None = None,
    table: bool = True,
    columns: Sequence[str] | None = None,
) -> dict[str, Any]:
    """The MIME bundle of a figure."""
    spec = chart.to_dict() if chart is not None and not figure.data.is_empty() else None
    parts = []
    if figure.data.is_empty():
        parts.append(f'<p class="none">{labels.NO_ROWS}</p>')
    if spec is not None:
        parts.append(_chart_html(figure, spec))
    if table and not figure.data.is_empty():
        parts.append(_folded_table(figure.data, columns, folded=spec is not None and figure.data.height > LONG_TABLE))
    parts.append(definition_html(figure.definition))
    return _output(figure, "".join(parts), spec)


def tiles(figure: Figure) -> None:
    """Show the headline numbers of a figure as large tiles."""
    display(_output(figure, f'<div class="tiles">{"".join(map(_tile, figure.data.iter_rows(named=True)))}</div>'), raw=True)


def sentences(figure: Figure, column: str = "sentence") -> None:
    """Show the sentences of a figure as the verdict in words."""
    lines = figure.data[column].drop_nulls().to_list() or [labels.NO_ROWS]
    html = "".join(f"<li>{escape(line)}</li>" for line in lines)
    display(_output(figure, f'<ul class="sentences">{html}</ul>'), raw=True)


def table_html(data: pl.DataFrame, columns: Sequence[str] | None = None) -> str:
    """A table with Japanese labels and written values, everything escaped."""
    shown = [labels.column(name) for name in columns or data.columns]
    head = "".join(f'<th scope="col"{_aligned(column)}>{escape(column.label)}</th>' for column in shown)
    body = "".join(
        "<tr>"
        + "".join(f"<td{_aligned(column)}>{escape(labels.text(row[column.name], column.kind))}</td>" for column in shown)
        + "</tr>"
        for row in data.iter_rows(named=True)
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def definition_html(definition: Any) -> str:
    """The folded box that says what a number means."""
    rows = [(label, getattr(definition, name, None)) for name, label in DEFINITION_ROWS]
    html = "".join(f"<dt>{label}</dt><dd>{escape(_written(value))}</dd>" for label, value in rows if value)
    return f'<details class="definition"><summary>定義・分母・除外</summary><dl>{html}</dl></details>'


def plain_rows(data: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON values: dates as text, floats to 10 significant digits so that two runs write the same bytes."""
    return [{name: _json_value(value) for name, value in row.items()} for row in data.iter_rows(named=True)]


def svg(spec: dict[str, Any]) -> str:
    """The chart as SVG with Japanese months; ids are made unique because many share one page."""
    drawn = vl_convert.vegalite_to_svg(spec, time_format_locale="ja-JP")
    own = hashlib.sha256(drawn.encode()).hexdigest()[:8]
    drawn = re.sub(r'\bid="([^"]+)"', rf'id="{own}-\1"', drawn)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{own}-\1)", drawn)


def _output(figure: Figure, body: str, spec: dict[str, Any] | None = None) -> dict[str, Any]:
    definition = figure.definition
    head = f'<h3>{escape(definition.title)}</h3><p class="question">{escape(definition.question)}</p>'
    data = {
        "name": definition.name,
        "title": definition.title,
        "definition": {name: _json_value(getattr(definition, name, None)) for name, _ in DEFINITION_ROWS},
        "rows": plain_rows(figure.data),
        "spec": spec,
    }
    html = f'<section class="figure" data-figure="{escape(definition.name)}">{head}{body}</section>'
    return {"text/html": html, "text/plain": definition.title, MIME: data}


def _chart_html(figure: Figure, spec: dict[str, Any]) -> str:
    spoken = escape(f"図: {figure.definition.title}。{figure.definition.question}")
    return f'<div class="chart" role="img" aria-label="{spoken}">{svg(spec)}</div>'


def _folded_table(data: pl.DataFrame, columns: Sequence[str] | None, folded: bool) -> str:
    html = table_html(data, columns)
    if not folded:
        return html
    return f'<details class="rows"><summary>表（{data.height:,}行）</summary>{html}</details>'


def _tile(row: dict[str, Any]) -> str:
    """One tile from a row: label, value, kind; change_month, change_year, note are optional."""
    changes = [
        f"{word} {escape(_change(row[name], row['kind']))}"
        for name, word in (("change_month", "前月差"), ("change_year", "前年差"))
        if row.get(name) is not None
    ]
    lines = [*changes, *([escape(row["note"])] if row.get("note") else [])]
    return (
        f'<div class="tile"><div class="label">{escape(row["label"])}</div>'
        f'<div class="value">{escape(labels.text(row["value"], row["kind"]))}</div>'
        + "".join(f'<div class="more">{line}</div>' for line in lines)
        + "</div>"
    )


def _change(value: float, kind: str) -> str:
    if kind == "rate":
        return f"{value * 100:+.1f} ポイント".replace("-", "−")
    return labels.text(value, "change")


def _aligned(column: labels.Column) -> str:
    return ' class="number"' if column.numeric else ""


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
