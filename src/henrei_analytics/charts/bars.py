"""Bars of one moment, and columns by month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import altair as alt
import polars as pl

from henrei_analytics import labels
from henrei_analytics.charts import encodings, marks, palette
from henrei_analytics.charts.sizes import BAR_STEP, HEIGHT, ROOM, ROOM_PARETO, WIDTH, Chart

REACHED = "#8a8a8a"  # the line of what the bars add up to


def bars(
    data: pl.DataFrame,
    label: str | Sequence[str],
    value: str,
    *,
    low: str | None = None,
    high: str | None = None,
    against: str | None = None,
) -> Chart:
    """Horizontal bars in the order given, with an optional interval; a thick line at what each is read `against`."""
    parts = encodings.names(label)
    frame = encodings.drawn(data, value, [*parts, value, low, high, against])
    if frame is None:
        return None
    frame, label = encodings.joined(encodings.inked(frame, parts), label)
    written = pl.col(value).map_elements(encodings.writer(value), return_dtype=pl.String, skip_nulls=False)
    frame = frame.with_columns(written=written)
    over = []
    if against:
        ticks = alt.Chart(frame.filter(pl.col(against).is_not_null()).select(label, against))
        mark = ticks.mark_tick(thickness=4, size=22, color=palette.OWN, opacity=1)
        over.append(
            mark.encode(
                x=alt.X(against, type="quantitative"),
                y=alt.Y(label, type="nominal", sort=None),
                tooltip=encodings.tooltips([label, against]),
            )
        )
    frame = frame.with_columns(pl.col(value).fill_null(0))
    return _bar_chart(frame, label, value, [label, low, high], low, high, over=over)


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
        written=pl.format("{}{}・累計{}%", written, pl.lit(unit), share),
        reached=pl.col(value).cum_sum(),
        end=pl.lit(total),
    )
    line = (
        alt.Chart(reached)
        .mark_line(color=REACHED, strokeWidth=1.5, point=alt.OverlayMarkDef(color=REACHED, size=30))
        .encode(y=alt.Y(label, type="nominal", sort=None), x=alt.X("reached:Q"), order=alt.Order("reached:Q"))
    )
    return _bar_chart(reached, label, value, [label, cumulative], room=ROOM_PARETO, over=[line])


def stacked(
    data: pl.DataFrame,
    x: str,
    y: str,
    series: str,
    *,
    breaks: pl.DataFrame | None = None,
    incomplete: date | None = None,
    missing: Sequence[date] = (),
) -> Chart:
    """One column a month, divided by a series in its fixed order; policy breaks, an incomplete end and missing months as in `trend`."""
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
    layers: list[alt.Chart] = [*marks.column_missing(frame, x, missing), columns]
    if incomplete is not None and frame[x].max() >= incomplete:
        layers.insert(0, marks.column_shade(frame, x, incomplete))
    changes = marks.numbered(breaks, frame[x])
    layers += marks.column_breaks(changes, frame, x)
    drawn = alt.layer(*layers) if len(layers) > 1 else columns
    return marks.titled(drawn.properties(width=WIDTH, height=HEIGHT), changes)


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
