"""Chart functions by column name: they serve any figure and know nothing of what it means.

Every function returns an Altair chart, or None when there is nothing to draw. Only the columns that are
drawn enter the specification: a page must not carry what it does not show.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta

import altair as alt
import polars as pl

from henrei_analytics import encodings, labels, palette

WIDTH = 640
HEIGHT = 280
BAR_STEP = 34
MATRIX_STEP = 22  # a cell keeps its size; where the months do not fit, the page scrolls them
ROOM, ROOM_LONG = 1.35, 1.8  # of the longest bar: what is written at its end must fit on a phone too
LINE = "␟"  # parts a group from a label in the name of a line; not in any label

Chart = alt.Chart | alt.LayerChart | None


alt.theme.register("henrei", enable=True)(lambda: alt.theme.ThemeConfig(config=palette.THEME))
# A chart shown by itself in a notebook: the default renderer's MIME type cannot be saved by papermill.
alt.renderers.enable("svg")


def trend(
    data: pl.DataFrame,
    y: str,
    *,
    x: str = "month",
    series: str | None = None,
    low: str | None = None,
    high: str | None = None,
    limits: Sequence[str] = (),
    breaks: pl.DataFrame | None = None,
    incomplete: date | None = None,
    from_zero: bool = True,
) -> Chart:
    """Lines by month: confidence band, control limits, policy breaks (`month`, `label_ja`), an incomplete end.

    `from_zero` False is for shares near 1, whose changes nobody would see on an axis from 0.
    """
    frame = encodings.drawn(data, y, [x, y, series, low, high, *limits])
    if frame is None:
        return None
    span = (frame[x].min(), frame[x].max())
    base = alt.Chart(frame).encode(x=encodings.month_axis(frame, x), **encodings.colour(frame, series))
    y_axis = encodings.quantity(y) if from_zero else encodings.quantity(y).scale(zero=False)
    layers: list[alt.Chart] = []
    if incomplete is not None:
        layers.append(_shade(incomplete, span[1]))
    if low and high:
        layers.append(base.mark_area(opacity=0.15, line=False).encode(y=encodings.quantity(low, y), y2=high))
    for limit in (name for name in limits if frame[name].null_count() < frame.height):
        layers.append(
            base.mark_line(strokeWidth=1.2, opacity=0.7, strokeDash=[4, 4], interpolate="step").encode(
                y=encodings.quantity(limit, y)
            )
        )
    line = base.mark_line(point=False).encode(y=y_axis)
    points = base.mark_point(filled=True, size=45, opacity=1).encode(
        y=y_axis, tooltip=encodings.tooltips([x, series, y, low, high, *limits])
    )
    if series:
        style = palette.series(series, encodings.values(frame, series))
        line = line.encode(
            strokeDash=alt.StrokeDash(series, scale=style.dashes, title=None, sort=style.order)
        )
        points = points.encode(shape=alt.Shape(series, scale=style.shapes, title=None, sort=style.order))
    layers += [line, points]
    if breaks is not None:
        layers += _break_layers(breaks, span)
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)


def pareto(data: pl.DataFrame, label: str, value: str, cumulative: str | None = None) -> Chart:
    """Bars from the most frequent down, each with its value and the share reached so far."""
    frame = encodings.drawn(data, value, [label, value, cumulative])
    if frame is None:
        return None
    written = pl.col(value).map_elements(encodings.writer(value), return_dtype=pl.String)
    if cumulative:
        written = pl.format("{}（累計{}%）", written, (pl.col(cumulative) * 100).round().cast(pl.Int64))
    return _bar_chart(frame.with_columns(written=written), label, value, [label], room=ROOM_LONG)


def bars(
    data: pl.DataFrame,
    label: str | Sequence[str],
    value: str,
    *,
    low: str | None = None,
    high: str | None = None,
) -> Chart:
    """Horizontal bars in the order given, with an optional interval."""
    frame, label = encodings.joined(
        encodings.drawn(data, value, [*encodings.names(label), value, low, high]), label
    )
    if frame is None:
        return None
    written = pl.col(value).map_elements(encodings.writer(value), return_dtype=pl.String, skip_nulls=False)
    frame = frame.with_columns(written=written)
    return _bar_chart(
        frame.with_columns(pl.col(value).fill_null(0)), label, value, [label, low, high], low, high
    )


def stacked(data: pl.DataFrame, x: str, y: str, series: str) -> Chart:
    """One column a month, divided by a series in its fixed order."""
    frame = encodings.drawn(data, y, [x, y, series])
    if frame is None:
        return None
    style = palette.series(series, encodings.values(frame, series))
    order = pl.col(series).replace_strict(
        {name: at for at, name in enumerate(style.order)}, return_dtype=pl.Int32
    )
    band = frame.with_columns(pl.col(x).cast(pl.String), order=order)
    return (
        alt.Chart(band)
        .mark_bar(stroke="white", strokeWidth=0.7)
        .encode(
            x=encodings.band(frame, x),
            y=encodings.quantity(y),
            order=alt.Order("order:Q"),
            tooltip=encodings.tooltips([x, series, y], band=True),
            **encodings.colour(frame, series),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )


def heatmap(data: pl.DataFrame, x: str | Sequence[str], y: str, value: str) -> Chart:
    """A table of two breakdowns as one hue: darker is more."""
    frame, x = encodings.joined(encodings.drawn(data, value, [*encodings.names(x), y, value]), x)
    if frame is None:
        return None
    peak = frame[value].max()
    band = frame.with_columns(
        pl.col(x).cast(pl.String),
        written=pl.col(value).map_elements(encodings.short_writer(value), return_dtype=pl.String),
        dark=pl.col(value) > 0.55 * peak,
    )
    base = alt.Chart(band).encode(
        x=encodings.band(frame, x),
        y=alt.Y(
            y,
            type="nominal",
            sort=None,
            title=None,
            axis=alt.Axis(labelExpr=encodings.WRAPPED, labelLimit=260),
        ),
    )
    cells = base.mark_rect(stroke="white").encode(
        color=alt.Color(
            value,
            type="quantitative",
            title=labels.column(value).title,
            scale=alt.Scale(range=palette.SHADES, domainMin=0),
        ),
        tooltip=encodings.tooltips([x, y, value], band=True),
    )
    words = base.mark_text(fontSize=10).encode(
        text="written:N",
        color=alt.condition("datum.dark", alt.value("white"), alt.value("#333")),
    )
    return alt.layer(cells, words).properties(width=WIDTH, height=alt.Step(BAR_STEP - 6))


def intervals(
    data: pl.DataFrame, label: str, value: str, low: str, high: str, *, group: str, count: str
) -> Chart:
    """A point with its interval for each label, and how many it is made of; each group under its name."""
    frame = encodings.drawn(data, value, [label, value, low, high, group, count])
    if frame is None:
        return None
    # The same label may stand in two groups, so a line is known by both; a group's name has a line of its own.
    lines = [
        line
        for name in encodings.values(frame, group)
        for line in (
            f"{name}{LINE}■ {name}",
            *(f"{name}{LINE}{each}" for each in frame.filter(pl.col(group) == name)[label]),
        )
    ]
    frame = frame.filter(pl.col(value).is_not_null()).with_columns(
        line=pl.concat_str(group, label, separator=LINE),
        written=pl.format(
            "{}（{}件）",
            pl.col(value).map_elements(encodings.writer(value), return_dtype=pl.String),
            pl.col(count),
        ),
    )
    column = labels.column(value)
    base = alt.Chart(frame).encode(
        y=alt.Y(
            "line",
            type="nominal",
            scale=alt.Scale(domain=lines),
            title=None,
            axis=alt.Axis(labelExpr=f"split(datum.label, '{LINE}')[1]", labelLimit=260, grid=False),
        ),
        x=alt.X(
            value,
            type="quantitative",
            title=column.title,
            # Room on the right for what is written behind the longest interval.
            scale=alt.Scale(domain=[0, ROOM_LONG * (frame[high].max() or 1)]),
            axis=alt.Axis(
                format=encodings.VEGA_FORMATS.get(column.kind, ",.0f"),
                tickCount=6,
                values=encodings.whole_shares(value, ROOM_LONG * (frame[high].max() or 1)),
            ),
        ),
        tooltip=encodings.tooltips([group, label, value, low, high, count]),
    )
    layers = [
        base.mark_rule(strokeWidth=2, color=palette.SINGLE, opacity=0.5).encode(x=low, x2=high),
        base.mark_point(filled=True, size=70, opacity=1, color=palette.SINGLE),
        base.mark_text(align="left", dx=8, fontSize=12).encode(x=alt.X(high), text="written:N"),
    ]
    return alt.layer(*layers).properties(width=WIDTH, height=alt.Step(BAR_STEP - 10))


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


def matrix(data: pl.DataFrame, x: str, y: str | Sequence[str], state: str) -> Chart:
    """Which month of which stream is there: a colour and a sign for each state."""
    frame, y = encodings.joined(encodings.drawn(data, None, [x, *encodings.names(y), state]), y)
    if frame is None:
        return None
    states = palette.states(encodings.values(frame, state))
    band = frame.with_columns(
        pl.col(x).cast(pl.String),
        sign=pl.col(state).replace_strict(states.signs),
        ink=pl.col(state).replace_strict(states.inks),
    )
    base = alt.Chart(band).encode(
        x=encodings.band(frame, x),
        y=alt.Y(y, type="nominal", sort=None, title=None, axis=alt.Axis(labelLimit=260)),
    )
    # The legend carries the signs, for a grey print.
    named = json.dumps({name: f"{sign} {name}" for name, sign in states.signs.items()}, ensure_ascii=False)
    cells = base.mark_rect(stroke="white", strokeWidth=1).encode(
        color=alt.Color(
            state,
            type="nominal",
            title=None,
            scale=states.colours,
            legend=alt.Legend(labelExpr=f"{named}[datum.label]", symbolType="square", symbolSize=160),
        ),
        tooltip=encodings.tooltips([x, y, state], band=True),
    )
    signs = base.mark_text(fontSize=9).encode(
        text="sign:N", color=alt.Color("ink:N", scale=None, legend=None)
    )
    return (
        alt.layer(cells, signs)
        .resolve_scale(color="independent")
        .properties(width=alt.Step(MATRIX_STEP), height=alt.Step(MATRIX_STEP))
    )


def _bar_chart(
    frame: pl.DataFrame,
    label: str,
    value: str,
    shown: Sequence[str | None],
    low: str | None = None,
    high: str | None = None,
    room: float = ROOM,
) -> alt.LayerChart:
    column = labels.column(value)
    frame = frame.with_columns(end=pl.max_horizontal([name for name in (value, high) if name]))
    base = alt.Chart(frame).encode(
        y=alt.Y(
            label,
            type="nominal",
            sort=None,
            title=None,
            axis=alt.Axis(labelExpr=encodings.WRAPPED, labelLimit=260),
        ),
        x=alt.X(
            value,
            type="quantitative",
            title=column.title,
            axis=alt.Axis(
                format=encodings.VEGA_FORMATS.get(column.kind, ",.0f"),
                tickMinStep=1 if column.kind == "count" else alt.Undefined,
                values=encodings.whole_shares(value, room * (frame["end"].max() or 1)),
            ),
            # Room on the right for the number written at the end of the longest bar.
            scale=alt.Scale(domainMin=0, domainMax=room * (frame["end"].max() or 1)),
        ),
        tooltip=[*encodings.tooltips(shown), alt.Tooltip("written:N", title=column.label)],
    )
    style = palette.series(label, encodings.values(frame, label)) if palette.has_own_colours(label) else None
    colour = (
        alt.Color(label, type="nominal", scale=style.colours, legend=None)
        if style
        else alt.value(palette.SINGLE)
    )
    # An interval is read on a lighter bar.
    opacity = 0.55 if low and high else 1
    layers = [base.mark_bar(height={"band": 0.68}, opacity=opacity).encode(color=colour)]
    if low and high:
        layers.append(base.mark_rule(strokeWidth=1.5, color="#333").encode(x=low, x2=high))
    words = base.mark_text(align="left", dx=5, fontSize=12).encode(x=alt.X("end:Q"), text="written:N")
    return alt.layer(*layers, words).properties(width=WIDTH, height=alt.Step(BAR_STEP))


def _shade(start: date, end: date) -> alt.Chart:
    """A grey field over the months that are not complete yet."""
    half = timedelta(days=15)
    field = pl.DataFrame({"from": [start - half], "to": [max(start, end) + half], "label": ["未確定"]})
    chart = alt.Chart(field)
    return alt.layer(
        chart.mark_rect(color="#000", opacity=0.07).encode(x="from:T", x2="to:T"),
        chart.mark_text(align="right", baseline="top", dx=-3, dy=3, color="#555").encode(
            x="to:T", y=alt.value(0), text="label:N"
        ),
    )


def _break_layers(breaks: pl.DataFrame, span: tuple[date, date]) -> list[alt.Chart]:
    """A rule and its name for each change of rules inside the months shown."""
    inside = breaks.select("month", "label_ja").filter(pl.col("month").is_between(*span))
    if inside.is_empty():
        return []
    base = alt.Chart(inside).encode(x="month:T", tooltip=encodings.tooltips(["month", "label_ja"]))
    return [
        base.mark_rule(strokeDash=[2, 3], color="#555", strokeWidth=1.2),
        base.mark_text(
            angle=270, align="right", baseline="top", dx=-2, dy=3, limit=HEIGHT - 20, color="#555"
        ).encode(y=alt.value(0), text="label_ja:N"),
    ]
