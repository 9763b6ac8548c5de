"""Points with what chance leaves open: intervals, a funnel, ratios."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from henrei_analytics import labels
from henrei_analytics.charts import encodings, palette
from henrei_analytics.charts.sizes import BAR_STEP, HEIGHT, ROOM, ROOM_LONG, WIDTH, Chart

FAR_OUT = "_998"  # how a signal ends that lies outside the wide limits
FUNNEL_DASHES = ([5, 4], [1, 0])  # of the narrow and the wide limits
LINE = "␟"  # parts a group from a label in the name of a line; not in any label


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
            marked.mark_rule(color=palette.MARKED, strokeDash=[8, 2, 2, 2], strokeWidth=1.5).encode(y=axis)
        )
        layers.append(
            marked.mark_text(align="right", baseline="bottom", dy=-3, color=palette.MARKED).encode(
                x=alt.value("width"), y=axis, text="written:N"
            )
        )
    base = alt.Chart(frame).encode(x=across, y=axis)
    domain = ["この施設", "ほかの施設"]
    layers.append(
        base.mark_point(filled=True, size=90, opacity=1).encode(
            color=alt.Color(
                "who:N", title=None, scale=alt.Scale(domain=domain, range=[palette.OWN, palette.SINGLE])
            ),
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
        color=alt.condition(f"datum.{own}", alt.value(palette.OWN), alt.value(palette.SINGLE)),
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
