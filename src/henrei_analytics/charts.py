"""Chart functions by column name: they serve any figure and know nothing of what it means.

Every function returns an Altair chart, or None when there is nothing to draw. Only the columns that are
drawn enter the specification: a page must not carry what it does not show.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import altair as alt
import polars as pl

from henrei_analytics import encodings, labels, marks, palette

WIDTH = 640
HEIGHT = 280
BAR_STEP = 34
MATRIX_STEP = 22  # a cell keeps its size; where the months do not fit, the page scrolls them
# Of the longest bar (of the total, in a Pareto): what is written at its end must fit on a phone too.
ROOM, ROOM_PARETO, ROOM_LONG = 1.35, 1.5, 1.8
FAR_OUT = "_998"  # how a signal ends that lies outside the wide limits
FUNNEL_DASHES = ([5, 4], [1, 0])  # of the narrow and the wide limits
REACHED = "#8a8a8a"  # the line of what the bars add up to
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
    signal: str | None = None,
    breaks: pl.DataFrame | None = None,
    incomplete: date | None = None,
    from_zero: bool = True,
    height: int = HEIGHT,
    ink: str = palette.SINGLE,
) -> Chart:
    """Lines by month: confidence band, control limits, policy breaks (`month`, `label_ja`), an incomplete end.

    `limits` are drawn dashed, the one named center as a thin line; a month whose `signal` is out of the ordinary gets a
    sign above it. `ink` is the colour of a single line.
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
    # The points come last: no name of a break may hide a month.
    layers += [line, *(marks.line_breaks(breaks, span, height) if breaks is not None else []), points]
    if signal:
        layers += marks.signs(frame, x, y, signal)
    return alt.layer(*layers).properties(width=WIDTH, height=height)


def trends(
    data: pl.DataFrame, y: str, by: str, height: int = 150, **like_trend: Any
) -> alt.VConcatChart | None:
    """A trend for each value of a column, in its colour, one below the other on the same months."""
    parts = []
    for part in data.partition_by(by, maintain_order=True):
        name = labels.text(part[by][0], labels.column(by).kind)
        chart = trend(part, y, height=height, ink=palette.of(by, name), **like_trend)
        if chart is not None:
            parts.append(chart.properties(title=name))
    return alt.vconcat(*parts) if parts else None


def pareto(data: pl.DataFrame, label: str, value: str, cumulative: str | None = None) -> Chart:
    """Bars from the most frequent down, and the line of what they add up to, both against the same total."""
    frame = encodings.drawn(data, value, [label, value, cumulative])
    if frame is None:
        return None
    frame = encodings.inked(frame, [label])
    written = pl.col(value).map_elements(encodings.writer(value), return_dtype=pl.String)
    if cumulative is None or frame[cumulative].null_count():  # hidden in an edition for others
        return _bar_chart(frame.with_columns(written=written), label, value, [label])
    share = (pl.col(cumulative) * 100).round().cast(pl.Int64)
    unit = labels.words()["units"].get(labels.column(value).kind, "")
    total = frame[value].sum()
    # The words stand in a column behind 100 %, where neither bar nor line can reach them.
    reached = frame.with_columns(
        written=pl.format("{}{}・{}%", written, pl.lit(unit), share),
        reached=pl.col(value).cum_sum(),
        end=pl.lit(total),
    )
    line = (
        alt.Chart(reached)
        .mark_line(color=REACHED, strokeWidth=1.5, point=alt.OverlayMarkDef(color=REACHED, size=30))
        .encode(y=alt.Y(label, type="nominal", sort=None), x=alt.X("reached:Q"), order=alt.Order("reached:Q"))
    )
    return _bar_chart(reached, label, value, [label, cumulative], room=ROOM_PARETO, over=[line])


def bars(
    data: pl.DataFrame,
    label: str | Sequence[str],
    value: str,
    *,
    low: str | None = None,
    high: str | None = None,
) -> Chart:
    """Horizontal bars in the order given, with an optional interval."""
    parts = encodings.names(label)
    frame = encodings.drawn(data, value, [*parts, value, low, high])
    if frame is None:
        return None
    frame, label = encodings.joined(encodings.inked(frame, parts), label)
    written = pl.col(value).map_elements(encodings.writer(value), return_dtype=pl.String, skip_nulls=False)
    frame = frame.with_columns(written=written)
    return _bar_chart(
        frame.with_columns(pl.col(value).fill_null(0)), label, value, [label, low, high], low, high
    )


def stacked(
    data: pl.DataFrame,
    x: str,
    y: str,
    series: str,
    *,
    breaks: pl.DataFrame | None = None,
    incomplete: date | None = None,
) -> Chart:
    """One column a month, divided by a series in its fixed order; policy breaks and an incomplete end as in `trend`."""
    frame = encodings.drawn(data, y, [x, y, series])
    if frame is None:
        return None
    style = palette.series(series, encodings.values(frame, series))
    order = pl.col(series).replace_strict(
        {name: at for at, name in enumerate(style.order)}, return_dtype=pl.Int32
    )
    band = frame.with_columns(pl.col(x).cast(pl.String), order=order)
    columns = (
        alt.Chart(band)
        .mark_bar(stroke="white", strokeWidth=0.7)
        .encode(
            x=encodings.band(frame, x),
            y=encodings.quantity(y),
            order=alt.Order("order:Q"),
            tooltip=encodings.tooltips([x, series, y], band=True),
            **encodings.colour(frame, series),
        )
    )
    layers: list[alt.Chart] = [columns]
    if incomplete is not None and frame[x].max() >= incomplete:
        layers.insert(0, marks.column_shade(frame, x, incomplete))
    if breaks is not None:
        layers += marks.column_breaks(breaks, frame, x, HEIGHT)
    return (alt.layer(*layers) if len(layers) > 1 else columns).properties(width=WIDTH, height=HEIGHT)


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
    frame = encodings.inked(frame.filter(pl.col(value).is_not_null()), [group]).with_columns(
        line=pl.concat_str(group, label, separator=LINE),
        written=pl.format(
            "{}（{}件）",
            pl.col(value).map_elements(encodings.writer(value), return_dtype=pl.String),
            pl.col(count),
        ),
    )
    column = labels.column(value)
    ink = alt.Color("ink:N", scale=None)
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
        base.mark_rule(strokeWidth=2, opacity=0.5).encode(x=low, x2=high, color=ink),
        base.mark_point(filled=True, size=70, opacity=1).encode(color=ink),
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


def funnel(
    data: pl.DataFrame,
    curves: pl.DataFrame,
    x: str,
    y: str,
    label: str,
    *,
    own: str,
    center: str,
    limits: Sequence[tuple[str, str]],
    signal: str,
    lines: pl.DataFrame | None = None,
) -> Chart:
    """Points by size and share inside the limits of chance; named are the reader's own and those far outside.

    `own` is a column of truth values, `signal` one that ends in FAR_OUT for a point outside the wide limits; `limits` are pairs of
    columns of `curves`, the narrow one first. `lines`: values to mark across (`y`, and `written` beside each).
    """
    frame = encodings.drawn(data, y, [x, y, label, own, center, signal])
    if frame is None:
        return None
    named = pl.col(own) | data[signal].fill_null("").str.ends_with(FAR_OUT)
    # The reader's own point is drawn last, on top.
    frame = (
        frame.with_columns(
            written=pl.when(named).then(pl.col(label)),
            who=pl.when(own).then(pl.lit("この施設")).otherwise(pl.lit("ほかの施設")),
        )
        .sort(own, maintain_order=True)
        .drop(own)
    )
    bounds = curves.select(x, center, *[name for pair in limits for name in pair])
    across = alt.X(
        x,
        type="quantitative",
        title=labels.column(x).title,
        scale=alt.Scale(domainMin=0, nice=False),
        axis=alt.Axis(grid=False, tickCount=6),
    )
    axis = encodings.quantity(y).scale(zero=False)
    layers = []
    for (low, high), dash in zip(limits, FUNNEL_DASHES, strict=False):
        for limit in (low, high):
            line = alt.Chart(bounds).mark_line(strokeWidth=1.3, strokeDash=dash, color="#555", opacity=0.8)
            layers.append(line.encode(x=across, y=encodings.quantity(limit, y)))
    middle = alt.Chart(bounds).mark_line(strokeWidth=1.3, color="#555")
    layers.append(middle.encode(x=across, y=encodings.quantity(center, y)))
    if lines is not None and not lines.is_empty():
        marked = alt.Chart(lines.select(y, "written"))
        layers.append(
            marked.mark_rule(color=palette.OTHERS[3], strokeDash=[8, 2, 2, 2], strokeWidth=1.5).encode(y=axis)
        )
        layers.append(
            marked.mark_text(align="right", baseline="bottom", dy=-3, color=palette.OTHERS[3]).encode(
                x=alt.value("width"), y=axis, text="written:N"
            )
        )
    base = alt.Chart(frame).encode(x=across, y=axis)
    domain = ["この施設", "ほかの施設"]
    layers.append(
        base.mark_point(filled=True, size=90, opacity=1).encode(
            color=alt.Color("who:N", title=None, scale=alt.Scale(domain=domain, range=palette.OTHERS[1::-1])),
            shape=alt.Shape("who:N", title=None, scale=alt.Scale(domain=domain, range=["diamond", "circle"])),
            tooltip=encodings.tooltips([label, x, y, center, signal]),
        )
    )
    # Beside the point on the side where there is room.
    right = pl.col(x) > 0.6 * pl.max_horizontal(pl.lit(frame[x].max()), pl.lit(curves[x].max()))
    for side, align, dx in ((right, "right", -9), (~right, "left", 9)):
        words = alt.Chart(frame.filter(side & pl.col("written").is_not_null()))
        layers.append(
            words.mark_text(align=align, dx=dx, fontSize=12).encode(x=across, y=axis, text="written:N")
        )
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT + 40)


def ratios(data: pl.DataFrame, label: str, value: str, low: str, high: str, *, own: str) -> Chart:
    """A point with its interval for each label against 1, as many times above as below; `own` in another colour."""
    frame = encodings.drawn(data, value, [label, value, low, high, own])
    if frame is None:
        return None
    frame = frame.filter(pl.col(value) > 0).with_columns(
        written=pl.col(value).map_elements(encodings.writer(value), return_dtype=pl.String),
        # A logarithmic axis has no 0.
        **{low: pl.max_horizontal(pl.col(low), pl.col(value) / 10)},
    )
    if frame.is_empty():
        return None
    reach = 1.1 * max(frame[high].max(), 1 / frame[low].min())
    axis = alt.X(
        value,
        type="quantitative",
        title=labels.column(value).title,
        scale=alt.Scale(type="log", domain=[1 / reach, reach * ROOM], nice=False),
        axis=alt.Axis(values=[0.1, 0.2, 0.5, 0.7, 1, 1.4, 2, 5, 10], format="~g"),
    )
    base = alt.Chart(frame).encode(
        y=alt.Y(
            label,
            type="nominal",
            sort=None,
            title=None,
            axis=alt.Axis(labelExpr=encodings.WRAPPED, labelLimit=260, grid=False),
        ),
        color=alt.condition(f"datum.{own}", alt.value(palette.OTHERS[1]), alt.value(palette.SINGLE)),
        tooltip=encodings.tooltips([label, value, low, high]),
    )
    one = alt.Chart(pl.DataFrame({value: [1.0]})).mark_rule(strokeDash=[4, 4], color="#555")
    layers = [
        one.encode(x=axis),
        base.mark_rule(strokeWidth=2, opacity=0.6).encode(x=alt.X(low, type="quantitative"), x2=high),
        base.mark_point(filled=True, size=80, opacity=1).encode(
            x=axis, shape=alt.condition(f"datum.{own}", alt.value("diamond"), alt.value("circle"))
        ),
        base.mark_text(align="left", dx=8, fontSize=12).encode(
            x=alt.X(high, type="quantitative"), text="written:N", color=alt.value("#333")
        ),
    ]
    return alt.layer(*layers).properties(width=WIDTH, height=alt.Step(BAR_STEP))


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
    over: Sequence[alt.Chart] = (),
) -> alt.LayerChart:
    column = labels.column(value)
    if "end" not in frame.columns:
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
    # An interval is read on a lighter bar.
    opacity = 0.55 if low and high else 1
    layers = [
        base.mark_bar(height={"band": 0.68}, opacity=opacity).encode(color=alt.Color("ink:N", scale=None))
    ]
    if low and high:
        layers.append(base.mark_rule(strokeWidth=1.5, color="#333").encode(x=low, x2=high))
    words = base.mark_text(align="left", dx=5, fontSize=12).encode(x=alt.X("end:Q"), text="written:N")
    return alt.layer(*layers, words, *over).properties(width=WIDTH, height=alt.Step(BAR_STEP))
