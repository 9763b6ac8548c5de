"""Lines over months: rates with their limits, and how fast returns are claimed again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import altair as alt
import polars as pl

from henrei_analytics import labels
from henrei_analytics.charts import encodings, marks, palette
from henrei_analytics.charts.sizes import HEIGHT, WIDTH, Chart


def trend(
    data: pl.DataFrame,
    y: str,
    *,
    x: str = "month",
    series: str | None = None,
    low: str | None = None,
    high: str | None = None,
    limits: Sequence[str] = (),
    signal: str | None = None,
    breaks: pl.DataFrame | None = None,
    incomplete: date | None = None,
    missing: Sequence[date] = (),
    from_zero: bool = True,
    height: int = HEIGHT,
    ink: str = palette.SINGLE,
    title: str = "",
    names_breaks: bool = True,
) -> Chart:
    """Lines by month: confidence band, control limits, policy breaks (`month`, `label_ja`), an incomplete end, months with files
    missing.

    `limits` are drawn dashed, the one named center as a thin line; a month whose `signal` is out of the ordinary gets a
    sign above it. `ink` is the colour of a single line, `title` stands above it.
    Of several charts on the same months one `names_breaks`, the others only number them.
    `from_zero` False is for shares near 1, whose changes nobody would see on an axis from 0.
    """
    frame = encodings.drawn(data, y, [x, y, series, low, high, *limits, signal])
    if frame is None:
        return None
    span = (frame[x].min(), frame[x].max())
    base = alt.Chart(frame).encode(x=encodings.month_axis(frame, x), **encodings.colour(frame, series, ink))
    y_axis = encodings.quantity(y) if from_zero else encodings.quantity(y).scale(zero=False)
    layers: list[alt.Chart] = []
    if incomplete is not None:
        layers.append(marks.line_shade(incomplete, span[1]))
    layers += marks.line_missing(missing, span)
    if low and high:
        layers.append(base.mark_area(opacity=0.15, line=False).encode(y=encodings.quantity(low, y), y2=high))
    for limit in (name for name in limits if frame[name].null_count() < frame.height):
        layers.append(
            base.mark_line(
                strokeWidth=1 if limit == "center" else 1.2,
                opacity=0.7,
                strokeDash=[1, 0] if limit == "center" else [4, 4],
                interpolate="step",
            ).encode(y=encodings.quantity(limit, y))
        )
    line = base.mark_line(point=False).encode(y=y_axis)
    points = base.mark_point(filled=True, size=45, opacity=1).encode(
        y=y_axis, tooltip=encodings.tooltips([x, series, y, low, high, *limits, signal])
    )
    if series:
        style = palette.series(series, encodings.values(frame, series))
        line = line.encode(
            strokeDash=alt.StrokeDash(series, scale=style.dashes, title=None, sort=style.order)
        )
        points = points.encode(shape=alt.Shape(series, scale=style.shapes, title=None, sort=style.order))
    changes = marks.numbered(breaks, frame[x])
    layers += [line, *marks.line_breaks(changes), points]
    if signal:
        layers += marks.signs(frame, x, y, signal)
    drawn = alt.layer(*layers).properties(width=WIDTH, height=height)
    return marks.titled(drawn, changes if names_breaks else changes.clear(), title)


def trends(
    data: pl.DataFrame, y: str, by: str, height: int = 150, **like_trend: Any
) -> alt.VConcatChart | None:
    """A trend for each value of a column, in its colour, one below the other on the same months."""
    parts = []
    for part in data.partition_by(by, maintain_order=True):
        name = labels.text(part[by][0], labels.column(by).kind)
        chart = trend(
            part, y, height=height, ink=palette.of(by, name), title=name, names_breaks=not parts, **like_trend
        )
        if chart is not None:
            parts.append(chart)
    return alt.vconcat(*parts) if parts else None


def survival(
    data: pl.DataFrame,
    x: str,
    y: str,
    *,
    series: str | None = None,
    low: str | None = None,
    high: str | None = None,
) -> Chart:
    """Kaplan–Meier step curves with their band."""
    frame = encodings.drawn(data, y, [x, y, series, low, high])
    if frame is None:
        return None
    base = alt.Chart(frame).encode(
        x=alt.X(
            x, type="quantitative", title=labels.column(x).title, axis=alt.Axis(tickMinStep=1, format="d")
        ),
        **encodings.colour(frame, series),
    )
    axis = {
        "title": labels.column(y).title,
        "scale": alt.Scale(domain=[0, 1]),
        "axis": alt.Axis(format=".0%"),
    }
    layers = []
    if low and high:
        band = base.mark_area(opacity=0.15, interpolate="step-after")
        layers.append(band.encode(y=alt.Y(low, type="quantitative", **axis), y2=high))
    line = base.mark_line(interpolate="step-after").encode(
        y=alt.Y(y, type="quantitative", **axis), tooltip=encodings.tooltips([x, series, y, low, high])
    )
    if series:
        style = palette.series(series, encodings.values(frame, series))
        line = line.encode(
            strokeDash=alt.StrokeDash(series, scale=style.dashes, title=None, sort=style.order)
        )
    return alt.layer(*layers, line).properties(width=WIDTH, height=HEIGHT)
