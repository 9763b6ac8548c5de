"""Tables drawn as cells: two breakdowns, or what has arrived in which month."""

from __future__ import annotations

import json
from collections.abc import Sequence

import altair as alt
import polars as pl

from henrei_analytics import labels
from henrei_analytics.charts import encodings, palette
from henrei_analytics.charts.sizes import BAR_STEP, WIDTH, Chart

MATRIX_STEP = 22  # a cell keeps its size; where the months do not fit, the page scrolls them


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
