"""What happens to a frame after its SQL model: each function adds one statistic to named columns.

`AFTER` holds functions of (frame, scope), named by the key `after` of a definition; `COMPOSED`
holds those that make a figure out of other figures, named like the figure.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import polars as pl

from henrei_analytics.figures.figure import Figure
from henrei_analytics.figures.notices import notice_table
from henrei_analytics.figures.scope import Scope
from henrei_analytics.figures.sentences import brief_verdict
from henrei_analytics.figures.statistics import (
    SurvivalStep,
    kaplan_meier,
    p_chart,
    survival_quantile,
    wilson,
)

PAYERS = ("shaho", "kokuho", "all")
WINDOWS = (1, 2, 3)
"""Re-claim windows reported: caught in the month of arrival, the next, the one after."""


def add_rate(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Adds rate, low, high (shares of 1) from numerator and denominator."""
    return _add_rate(frame, "numerator", "denominator", "rate", "low", "high")


def restored_rate(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Adds restored_rate, low, high: the share of the decided requests that were restored."""
    return _add_rate(frame, "restored", "decided", "restored_rate", "low", "high")


def _add_rate(
    frame: pl.DataFrame, numerator: str, denominator: str, rate: str, low: str, high: str
) -> pl.DataFrame:
    rates = [
        _rate(n, d) for n, d in zip(frame[numerator].to_list(), frame[denominator].to_list(), strict=True)
    ]
    return frame.with_columns(
        pl.Series(column, [each[index] for each in rates], pl.Float64)
        for index, column in enumerate((rate, low, high))
    )


def _rate(n: int | None, d: int | None) -> tuple[float | None, float | None, float | None]:
    # More returns than claims: the claim files of the month are incomplete, so no rate either.
    if n is None or not d or n > d:
        return None, None, None
    low, high = wilson(n, d) or (None, None)
    return n / d, low, high


def add_control_limits(frame: pl.DataFrame, scope: Scope, group: str) -> pl.DataFrame:
    """Adds rate, low, high and center, limit_low, limit_high, signal within each group.

    The frame has one row per group and month, months ascending within the group. The report's
    own month is judged by the months before it.
    """
    parts = []
    rated = add_rate(frame, scope)
    for part in rated.partition_by(group, maintain_order=True) or [rated]:
        points = p_chart(
            part["numerator"].to_list(),
            part["denominator"].to_list(),
            baseline=int((part["month"] < scope.month).sum()),
        )
        parts.append(
            part.with_columns(
                pl.Series("center", [point.center for point in points], pl.Float64),
                pl.Series("limit_low", [point.low for point in points], pl.Float64),
                pl.Series("limit_high", [point.high for point in points], pl.Float64),
                pl.Series("signal", [point.signal for point in points], pl.String),
            )
        )
    return pl.concat(parts)


def headline_rates(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Adds rate, rate_low, rate_high for the whole and for each payer to the one-row headline."""
    for suffix in ("", "_shaho", "_kokuho"):
        frame = _add_rate(
            frame,
            f"rate_numerator{suffix}",
            f"rate_denominator{suffix}",
            f"rate{suffix}",
            f"rate{suffix}_low",
            f"rate{suffix}_high",
        )
    return frame


def add_days_left(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Adds days_left from as_of to the download deadline (negative: passed; NULL: no file)."""
    return frame.with_columns(
        (pl.col("download_deadline") - pl.lit(scope.as_of)).dt.total_days().alias("days_left")
    )


SURVIVAL_SCHEMA = {
    "payer": pl.String,
    "months": pl.Int64,
    "at_risk": pl.Int64,
    "events": pl.Int64,
    "censored": pl.Int64,
    "survival": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def survival_table(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Durations (payer, months, reclaimed, returns) → survival table of each payer."""
    rows = [
        (payer, *vars(step).values())
        for payer in PAYERS
        for step in _survival(frame.filter(pl.col("payer") == payer))
    ]
    return pl.DataFrame(rows, SURVIVAL_SCHEMA, orient="row")


def _survival(frame: pl.DataFrame) -> list[SurvivalStep]:
    return kaplan_meier(frame["months"].to_list(), frame["reclaimed"].to_list(), frame["returns"].to_list())


def turnaround_summary(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Durations (payer, months, reclaimed, windows_closed, returns) → one row per payer.

    known_k: returns whose k-th window is over at as_of; within_k: those of them re-claimed by it.
    """
    return pl.DataFrame(
        [_summary(payer, frame.filter(pl.col("payer") == payer)) for payer in PAYERS],
        {
            "payer": pl.String,
            **dict.fromkeys(("returns", "reclaimed", "median", "p90"), pl.Int64),
            **{
                name: dtype
                for k in WINDOWS
                for name, dtype in (
                    (f"known_{k}", pl.Int64),
                    (f"within_{k}", pl.Int64),
                    (f"share_{k}", pl.Float64),
                )
            },
        },
    )


def _summary(payer: str, frame: pl.DataFrame) -> dict[str, object]:
    steps = _survival(frame)
    row: dict[str, object] = {
        "payer": payer,
        "returns": frame["returns"].sum(),
        "reclaimed": frame.filter("reclaimed")["returns"].sum(),
        "median": survival_quantile(steps, 0.5),
        "p90": survival_quantile(steps, 0.9),
    }
    for k in WINDOWS:
        known = frame.filter(pl.col("windows_closed") >= k)
        within = known.filter(pl.col("reclaimed") & (pl.col("months") < k))["returns"].sum()
        total = known["returns"].sum()
        row |= {
            f"known_{k}": total,
            f"within_{k}": within,
            f"share_{k}": within / total if total else None,
        }
    return row


def verdict_table(headline: Figure, top_reasons: Figure, open_returns: Figure) -> pl.DataFrame:
    """The sentences of the monthly brief as rows of position and sentence."""
    sentences = brief_verdict(
        headline.data.row(0, named=True), top_reasons.data.to_dicts(), open_returns.data.to_dicts()
    )
    return pl.DataFrame(
        list(enumerate(sentences, start=1)),
        {"position": pl.Int64, "sentence": pl.String},
        orient="row",
    )


AFTER: dict[str, Callable[[pl.DataFrame, Scope], pl.DataFrame]] = {
    "wilson": add_rate,
    "restored_rate": restored_rate,
    "control_limits_by_payer": partial(add_control_limits, group="payer"),
    "control_limits_by_kind": partial(add_control_limits, group="kind"),
    "headline_rates": headline_rates,
    "days_left": add_days_left,
    "survival_table": survival_table,
    "turnaround_summary": turnaround_summary,
}

COMPOSED: dict[str, Callable[..., pl.DataFrame]] = {
    "brief_verdict": verdict_table,
    "brief_notices": notice_table,
}
