"""What is drawn over a chart over months: verdicts, policy breaks, months not complete yet or not loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import altair as alt
import polars as pl

from henrei_analytics.charts import encodings, palette

INCOMPLETE = "未確定"  # what is written over months that are not complete yet
FIRST_NUMBER = ord("①")
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


def line_breaks(breaks: pl.DataFrame) -> list[alt.Chart]:
    """A numbered rule for each change of rules inside the months shown (`numbered`)."""
    if breaks.is_empty():
        return []
    tips = encodings.tooltips(["month", "label_ja"])
    return _marks_of_breaks(alt.Chart(breaks).encode(x="month:T", tooltip=tips))


def column_shade(frame: pl.DataFrame, x: str, start: date) -> alt.LayerChart:
    """As `line_shade`, behind columns."""
    months = frame.filter(pl.col(x) >= start).select(pl.col(x).cast(pl.String)).unique(maintain_order=True)
    base = alt.Chart(months.with_columns(label=pl.lit(INCOMPLETE))).encode(x=encodings.band(frame, x))
    return alt.layer(
        base.mark_rect(color="#000", opacity=0.07),
        base.mark_text(baseline="top", dy=3, color="#555").encode(y=alt.value(0), text="label:N"),
    )


def column_breaks(breaks: pl.DataFrame, frame: pl.DataFrame, x: str) -> list[alt.Chart]:
    """As `line_breaks`, over columns."""
    if breaks.is_empty():
        return []
    shown = breaks.with_columns(pl.col("month").cast(pl.String).alias(x))
    return _marks_of_breaks(alt.Chart(shown).encode(x=encodings.band(frame, x).bandPosition(0)))


def numbered(breaks: pl.DataFrame | None, months: pl.Series) -> pl.DataFrame:
    """The changes of rules in the months shown, each month with one name and a number; in the first month one parts nothing."""
    if breaks is None:
        return pl.DataFrame(schema={"month": pl.Date, "label_ja": pl.String, "number": pl.String})
    inside = breaks.filter((pl.col("month") > months.min()) & (pl.col("month") <= months.max()))
    named = inside.group_by("month", maintain_order=True).agg(pl.col("label_ja").str.join("・")).sort("month")
    numbers = [chr(FIRST_NUMBER + at) for at in range(named.height)]
    return named.with_columns(number=pl.Series(numbers, dtype=pl.String))


def titled(
    chart: alt.Chart | alt.LayerChart, breaks: pl.DataFrame, text: str = ""
) -> alt.Chart | alt.LayerChart:
    """With the names of the numbered rules above it: beside the rules they would stand on the data."""
    # Not the month: a change of rules for visits shows in the claims of the month after.
    names = [f"{row['number']} {row['label_ja']}" for row in breaks.iter_rows(named=True)]
    if text:
        return chart.properties(title=alt.TitleParams(text, subtitle=names))
    # A subtitle without a title is not drawn.
    return chart.properties(title=alt.TitleParams(names, style="group-subtitle")) if names else chart


def _marks_of_breaks(base: alt.Chart) -> list[alt.Chart]:
    number = base.mark_text(baseline="bottom", dy=-1, fontSize=12, color="#333")
    return [
        base.mark_rule(strokeDash=[2, 3], color="#444", strokeWidth=1.2),
        number.encode(y=alt.value(0), text="number:N"),
    ]
