"""What happens to a frame after its SQL model: each function adds one statistic to named columns.

`AFTER` holds functions of (frame, scope), named by the key `after` of a definition; `COMPOSED`
holds those that make a figure out of other figures, named like the figure.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import polars as pl

from henrei_analytics.figures.audit import funnel, funnel_curves, observed_expected, periods
from henrei_analytics.figures.audit_sentences import audit_verdict
from henrei_analytics.figures.control_charts import control_chart
from henrei_analytics.figures.effects import action_effects, action_phases, correction_verdicts
from henrei_analytics.figures.figure import Figure
from henrei_analytics.figures.journey_sentences import cash_verdict, prevention_verdict, repeat_verdict
from henrei_analytics.figures.notices import notice_table
from henrei_analytics.figures.reason_changes import reason_changes
from henrei_analytics.figures.scope import Scope
from henrei_analytics.figures.sentences import brief_verdict
from henrei_analytics.figures.statistics import wilson
from henrei_analytics.figures.turnaround import (
    incidence_table,
    survival_table,
    turnaround_by_group,
    turnaround_differences,
    turnaround_summary,
)


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
    """Adds rate, low, high and center, limit_low, limit_high, expected, cusum, signal within each group.

    The frame has one row per group and month, months ascending within the group. The report's
    own month is judged by the months before it.
    """
    parts = []
    rated = add_rate(frame, scope)
    for part in rated.partition_by(group, maintain_order=True) or [rated]:
        points = control_chart(
            part["numerator"].to_list(),
            part["denominator"].to_list(),
            baseline=int((part["month"] < scope.month).sum()),
        )
        parts.append(
            part.with_columns(
                pl.Series("center", [point.center for point in points], pl.Float64),
                pl.Series("limit_low", [point.low for point in points], pl.Float64),
                pl.Series("limit_high", [point.high for point in points], pl.Float64),
                pl.Series("expected", [point.expected for point in points], pl.Float64),
                pl.Series("cusum", [point.cusum for point in points], pl.Float64),
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


def corrections(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Adds rate, low, high, and how each compares with all other re-claims."""
    return correction_verdicts(add_rate(frame, scope), scope)


def action_months(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Adds rate, low, high of each month, and the rate of its side of the action."""
    return action_phases(add_rate(frame, scope), scope)


def verdict_table(
    headline: Figure, top_reasons: Figure, rate_by_month: Figure, attention: Figure
) -> pl.DataFrame:
    """The sentences of the monthly brief as rows of position and sentence."""
    sentences = brief_verdict(
        headline.data.row(0, named=True),
        top_reasons.data.to_dicts(),
        rate_by_month.data.to_dicts(),
        attention.data.to_dicts(),
    )
    return pl.DataFrame(
        list(enumerate(sentences, start=1)),
        {"position": pl.Int64, "sentence": pl.String},
        orient="row",
    )


AFTER: dict[str, Callable[[pl.DataFrame, Scope], pl.DataFrame]] = {
    "wilson": add_rate,
    "restored_rate": restored_rate,
    "corrections": corrections,
    "action_effects": action_effects,
    "action_months": action_months,
    "control_limits_by_payer": partial(add_control_limits, group="payer"),
    "control_limits_by_category": partial(add_control_limits, group="category"),
    "control_limits_by_kind": partial(add_control_limits, group="kind"),
    "funnel": funnel,
    "observed_expected": observed_expected,
    "periods": periods,
    "headline_rates": headline_rates,
    "days_left": add_days_left,
    "survival_table": survival_table,
    "cumulative_incidence": incidence_table,
    "turnaround_summary": turnaround_summary,
    "turnaround_by_group": turnaround_by_group,
    "turnaround_differences": turnaround_differences,
}

COMPOSED: dict[str, Callable[..., pl.DataFrame]] = {
    "brief_verdict": verdict_table,
    "brief_notices": notice_table,
    "reason_changes": reason_changes,
    "audit_verdict": audit_verdict,
    "audit_funnel_limits": funnel_curves,
    "cash_verdict": cash_verdict,
    "repeat_verdict": repeat_verdict,
    "prevention_verdict": prevention_verdict,
}
