"""How a column becomes an axis, a colour, a tooltip: shared by all charts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import altair as alt
import polars as pl

from henrei_analytics import labels
from henrei_analytics.charts import palette

LABEL_LINE = 16  # characters of a bar's label before it goes on in the next line
NAMES_UPRIGHT = 6  # more names than this are slanted
MONTHS_ALL_LABELLED = 13  # beyond this only January, April, July and October are named
YEAR_WITHIN = 2  # where all are labelled, the first carries its year unless January is as near as this

WRAPPED = (
    f"length(datum.label) <= {LABEL_LINE} ? datum.label : "
    f"[slice(datum.label, 0, {LABEL_LINE}), slice(datum.label, {LABEL_LINE}, {2 * LABEL_LINE})]"
)
SHARES = [0, 0.2, 0.4, 0.6, 0.8, 1]
VEGA_FORMATS = {"rate": ".1%", "fine_rate": ".2%", "number": ",.2f", "yen": ",.0f", "months": ",.1~f"}


def drawn(data: pl.DataFrame, value: str | None, columns: Sequence[str | None]) -> pl.DataFrame | None:
    """Only the columns drawn, codes in words; None when no value is left to draw."""
    names = list(dict.fromkeys(name for name in columns if name))
    frame = data.select(names)
    if frame.is_empty() or (value is not None and frame[value].null_count() == frame.height):
        return None
    codes = labels.words()["codes"]
    coded = [name for name in names if labels.column(name).kind in codes and frame[name].dtype == pl.String]
    return frame.with_columns(pl.col(name).replace(codes[labels.column(name).kind]) for name in coded)


def names(label: str | Sequence[str]) -> list[str]:
    return [label] if isinstance(label, str) else list(label)


def joined(frame: pl.DataFrame | None, label: str | Sequence[str]) -> tuple[pl.DataFrame | None, str]:
    """Several columns as one label: 社保 入院外; the total of totals is named once."""
    if isinstance(label, str) or frame is None:
        return frame, str(label)
    joined, alike = "_".join(label), pl.all_horizontal(pl.col(label[0]) == pl.col(name) for name in label)
    words = pl.when(alike).then(pl.col(label[0])).otherwise(pl.concat_str(label, separator=" "))
    return frame.with_columns(words.alias(joined)).drop(label), joined


def values(frame: pl.DataFrame, column: str) -> list[str]:
    return frame[column].drop_nulls().unique(maintain_order=True).to_list()


def inked(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """With `ink`, the colour of each row: that of the first of `columns` whose values have the same one on every page."""
    by = next((name for name in columns if name in palette.FIXED), None)
    if by is None:
        return frame.with_columns(ink=pl.lit(palette.SINGLE))
    return frame.with_columns(
        ink=pl.col(by).map_elements(
            lambda value: palette.of(by, value), return_dtype=pl.String, skip_nulls=False
        )
    )


def colour(frame: pl.DataFrame, series: str | None, single: str = palette.SINGLE) -> dict[str, alt.Color]:
    if series is None:
        return {"color": alt.value(single)}
    style = palette.series(series, values(frame, series))
    return {"color": alt.Color(series, type="nominal", scale=style.colours, title=None, sort=style.order)}


def quantity(name: str, titled_as: str | None = None) -> alt.Y:
    column = labels.column(titled_as or name)
    axis = alt.Axis(
        format=VEGA_FORMATS.get(column.kind, ",.0f"),
        tickMinStep=1 if column.kind == "count" else alt.Undefined,
    )
    return alt.Y(name, type="quantitative", title=column.title, axis=axis)


def whole_shares(name: str, end: float) -> list[float] | alt.UndefinedType:
    """The ticks of an axis of shares that goes on behind 100 % to make room for words: there is nothing beyond it."""
    is_share = labels.column(name).kind in ("rate", "fine_rate")
    return list(SHARES) if is_share and end > 1 else alt.Undefined


def month_axis(frame: pl.DataFrame, name: str) -> alt.X:
    axis = alt.Axis(
        labelExpr=_month_words(frame, name, "timeFormat(datum.value, '%Y-%m')"), tickCount="month", grid=False
    )
    return alt.X(name, type="temporal", title=labels.column(name).label, axis=axis)


def band(frame: pl.DataFrame, name: str) -> alt.X:
    """An axis of single values: months, or names in the order of the rows."""
    if labels.column(name).kind != "month":
        numeric = labels.column(name).numeric  # of numbers some may go unlabelled on a phone
        slanted = len(values(frame, name)) > NAMES_UPRIGHT and not numeric
        axis = alt.Axis(labelAngle=-40 if slanted else 0, labelOverlap=numeric)
        return alt.X(name, type="nominal", sort=None, title=labels.column(name).label, axis=axis)
    axis = alt.Axis(
        labelExpr=_month_words(frame, name, "slice(datum.value, 0, 7)"), labelAngle=0, labelOverlap=True
    )
    return alt.X(name, type="ordinal", title=labels.column(name).label, axis=axis)


def _month_words(frame: pl.DataFrame, name: str, key: str) -> str:
    """An expression for the labels of a month axis: the year only where it starts, quarters only when it is long."""
    months = sorted({str(value)[:7] for value in frame[name].drop_nulls()})
    quarterly = len(months) > MONTHS_ALL_LABELLED
    labelled = [month for month in months if not quarterly or int(month[5:]) % 3 == 1]
    years = {month for month in labelled if month.endswith("-01")}
    # On a narrow page every other label goes: with it may go January, and the year must not.
    if labelled and (quarterly or not years.intersection(labelled[:YEAR_WITHIN])):
        years.add(labelled[0])
    words = {month: [f"{int(month[5:])}月", f"{month[:4]}年" if month in years else ""] for month in labelled}
    return f"{json.dumps(words, ensure_ascii=False)}[{key}] || ''"


def tooltips(names: Sequence[str | None], band: bool = False) -> list[alt.Tooltip]:
    return [_tooltip(name, band) for name in dict.fromkeys(names) if name]


def _tooltip(name: str, band: bool) -> alt.Tooltip:
    column = labels.column(name)
    if column.kind == "month":
        if band:
            return alt.Tooltip(name, type="nominal", title=column.label)
        return alt.Tooltip(name, type="temporal", title=column.label, format="%Y年%-m月")
    if column.numeric:
        return alt.Tooltip(
            name, type="quantitative", title=column.title, format=VEGA_FORMATS.get(column.kind, ",.0f")
        )
    return alt.Tooltip(name, type="nominal", title=column.label)


def writer(name: str) -> Callable[[float | None], str]:
    kind = labels.column(name).kind
    return lambda value: labels.text(value, kind)


def short_writer(name: str) -> Callable[[float], str]:
    """Cells of a heat map are narrow: no unit, nothing for zero."""
    rate = labels.column(name).kind == "rate"
    return lambda value: "" if not value else f"{value * 100:.0f}%" if rate else f"{value:,.0f}"
