"""What is drawn over a chart over months: verdicts, policy breaks, months not complete yet or not loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import altair as alt
import polars as pl

from henrei_analytics.charts import encodings, palette

INCOMPLETE = "未確定"  # what is written over months that are not complete yet
MISSING, MISSING_INK = "未取込", "#F5C46B"  # over months of which files are not there


def signs(frame: pl.DataFrame, x: str, y: str, signal: str) -> list[alt.Chart]:
    """What the verdict on a month is, above its point."""
    marked = frame.filter(pl.col(signal).is_in(list(palette.SIGNALS))).with_columns(
        sign=pl.col(signal).replace({word: sign for word, (sign, _) in palette.SIGNALS.items()}),
        ink=pl.col(signal).replace({word: ink for word, (_, ink) in palette.SIGNALS.items()}),
    )
    if marked.is_empty():
        return []
    base = alt.Chart(marked.select(x, y, signal, "sign", "ink"))
    return [
        base.mark_text(dy=-13, fontSize=13, fontWeight="bold").encode(
            x=alt.X(x, type="temporal"),
            y=alt.Y(y, type="quantitative"),
            text="sign:N",
            color=alt.Color("ink:N", scale=None),
            tooltip=encodings.tooltips([x, y, signal]),
        )
    ]


def line_shade(start: date, end: date) -> alt.Chart:
    """A grey field over the months that are not complete yet."""
    half = timedelta(days=15)
    field = pl.DataFrame({"from": [start - half], "to": [max(start, end) + half], "label": [INCOMPLETE]})
    chart = alt.Chart(field)
    return alt.layer(
        chart.mark_rect(color="#000", opacity=0.07).encode(x="from:T", x2="to:T"),
        chart.mark_text(align="right", baseline="top", dx=-3, dy=3, color="#555").encode(
            x="to:T", y=alt.value(0), text="label:N"
        ),
    )


def line_missing(months: Sequence[date], span: tuple[date, date]) -> list[alt.Chart]:
    """A field over each month of which files are not there: the line says too little, or nothing."""
    inside = [month for month in months if span[0] <= month <= span[1]]
    if not inside:
        return []
    half = timedelta(days=14)
    chart = alt.Chart(
        pl.DataFrame({"month": inside, "from": [m - half for m in inside], "to": [m + half for m in inside]})
    )
    field = chart.mark_rect(color=MISSING_INK, opacity=0.35).encode(x="from:T", x2="to:T")
    return [field, _missing_word(chart.encode(x="month:T"))]


def column_missing(frame: pl.DataFrame, x: str, months: Sequence[date]) -> list[alt.Chart]:
    """As `line_missing`, behind columns."""
    inside = [month for month in months if frame[x].min() <= month <= frame[x].max()]
    if not inside:
        return []
    chart = alt.Chart(pl.DataFrame({x: inside}).with_columns(pl.col(x).cast(pl.String)))
    base = chart.encode(x=encodings.band(frame, x))
    return [base.mark_rect(color=MISSING_INK, opacity=0.35), _missing_word(base)]


def _missing_word(base: alt.Chart) -> alt.Chart:
    word = base.mark_text(angle=270, align="right", baseline="middle", dx=-3, color="#7A4E00")
    return word.encode(y=alt.value(0), text=alt.value(MISSING))


def line_breaks(breaks: pl.DataFrame, span: tuple[date, date], height: int) -> list[alt.Chart]:
    """A rule and its name for each change of rules inside the months shown; in the first month it parts nothing."""
    first, last = span
    inside = _one_name_a_month(breaks.filter((pl.col("month") > first) & (pl.col("month") <= last)))
    if inside.is_empty():
        return []
    base = alt.Chart(inside).encode(x="month:T", tooltip=encodings.tooltips(["month", "label_ja"]))
    return _marks_of_breaks(base, height)


def column_shade(frame: pl.DataFrame, x: str, start: date) -> alt.LayerChart:
    """As `line_shade`, behind columns."""
    months = frame.filter(pl.col(x) >= start).select(pl.col(x).cast(pl.String)).unique(maintain_order=True)
    base = alt.Chart(months.with_columns(label=pl.lit(INCOMPLETE))).encode(x=encodings.band(frame, x))
    return alt.layer(
        base.mark_rect(color="#000", opacity=0.07),
        base.mark_text(baseline="top", dy=3, color="#555").encode(y=alt.value(0), text="label:N"),
    )


def column_breaks(breaks: pl.DataFrame, frame: pl.DataFrame, x: str, height: int) -> list[alt.Chart]:
    """As `line_breaks`, over columns."""
    after_first = frame.filter(pl.col(x) > frame[x].min())[x].unique().to_list()
    inside = _one_name_a_month(breaks.filter(pl.col("month").is_in(after_first)))
    if inside.is_empty():
        return []
    shown = inside.select(pl.col("month").cast(pl.String).alias(x), "label_ja")
    base = alt.Chart(shown)
    return _marks_of_breaks(base.encode(x=encodings.band(frame, x).bandPosition(0)), height)


def _one_name_a_month(breaks: pl.DataFrame) -> pl.DataFrame:
    """Names of the same month side by side would stand on one another."""
    return breaks.group_by("month", maintain_order=True).agg(pl.col("label_ja").str.join("・"))


def _marks_of_breaks(base: alt.Chart, height: int) -> list[alt.Chart]:
    """The rule, and its name on a light edge: it stands over lines and columns."""
    name = {"angle": 270, "align": "right", "baseline": "top", "dx": -2, "dy": 3, "limit": height - 12}
    return [
        base.mark_rule(strokeDash=[2, 3], color="#444", strokeWidth=1.2),
        *(
            base.mark_text(**name, **look).encode(y=alt.value(0), text="label_ja:N")
            for look in ({"stroke": "white", "strokeWidth": 4, "opacity": 0.85}, {"color": "#333"})
        ),
    ]
