"""Did it help: what became of the corrections of each reason, and of each prevention action.

Functions of (frame, scope) for `after.AFTER`; the tests on two proportions are in `two_proportions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from henrei_analytics.figures.log_rank import holm
from henrei_analytics.figures.scope import Scope
from henrei_analytics.figures.two_proportions import fisher_exact, least_p, newcombe

Row = Mapping[str, Any]

LEVEL = 0.05
"""A difference that chance makes less often than this is called one."""

FEWEST_MONTHS = 3
"""Fewer months on a side say too little, however many returns they hold."""

FEWEST_RECLAIMS = 10

PERIODS = {"first": range(1, 7), "later": range(7, 13)}
"""Months after the action's own: what it did, and whether it held."""

BEFORE = range(-6, 0)

EFFECT_SCHEMA = {
    "action_id": pl.String,
    "acted_on": pl.Date,
    "category": pl.String,
    "target": pl.String,
    "action_note": pl.String,
    "span": pl.String,
    "months_before": pl.Int64,
    "months_after": pl.Int64,
    "numerator_before": pl.Int64,
    "denominator_before": pl.Int64,
    "numerator_after": pl.Int64,
    "denominator_after": pl.Int64,
    "rate_before": pl.Float64,
    "rate_after": pl.Float64,
    "ratio": pl.Float64,
    "difference": pl.Float64,
    "difference_low": pl.Float64,
    "difference_high": pl.Float64,
    "difference_range": pl.String,
    "p": pl.Float64,
    "effect": pl.String,
    "left_out": pl.String,
}


def correction_verdicts(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Adds rate_rest, p, p_corrected and correction to rows of part, numerator, denominator, rate.

    rate_rest: the share that came back of all re-claims but those of the row. p: Fisher's exact test of the row against
    them; p_corrected: for all the rows tested, categories and codes together. correction: `more` / `less` where chance
    makes such a difference less often than `LEVEL`, `few` under 10 re-claims, else `alike`.
    """
    rows = frame.to_dicts()
    whole = [row for row in rows if row["part"] == "category"]
    numerator, denominator = (sum(row[name] for row in whole) for name in ("numerator", "denominator"))
    rest = [(numerator - row["numerator"], denominator - row["denominator"]) for row in rows]
    tested = [
        fisher_exact(row["numerator"], row["denominator"], *left)
        if row["denominator"] >= FEWEST_RECLAIMS
        else None
        for row, left in zip(rows, rest, strict=True)
    ]
    shares = [n / d if d else None for n, d in rest]
    corrected = holm(tested)
    return frame.with_columns(
        pl.Series("rate_rest", shares, pl.Float64),
        pl.Series("p", tested, pl.Float64),
        pl.Series("p_corrected", corrected, pl.Float64),
        pl.Series("correction", list(map(_correction, rows, shares, corrected)), pl.String),
    )


def _correction(row: Row, rest: float | None, p: float | None) -> str:
    if row["denominator"] < FEWEST_RECLAIMS:
        return "few"
    if rest is None or p is None or p >= LEVEL:
        return "alike"
    return "more" if row["rate"] > rest else "less"


def action_effects(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Months of actions → one row per action and span (`first`: 1–6 months after, `later`: 7–12).

    Months that have not arrived or are not known are left out on both sides; left_out names those that
    have arrived. `later` is left away while none of its months has arrived.
    """
    rows = []
    for months in frame.partition_by("action_id", maintain_order=True):
        for span, offsets in PERIODS.items():
            after = _months(months, offsets)
            if span == "first" or after:
                rows.append(_effect(months.row(0, named=True), span, _months(months, BEFORE), after))
    return pl.DataFrame(rows, EFFECT_SCHEMA, orient="row")


def action_phases(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Adds phase_rate: the share of all months before, or of all months after, beside those of each month."""
    known = pl.col("denominator").is_not_null() & (pl.col("phase") != "action")
    total = (
        pl.when(known).then(pl.col(name)).sum().over("action_id", "phase")
        for name in ("numerator", "denominator")
    )
    numerator, denominator = total
    return frame.with_columns(
        phase_rate=pl.when(known & (denominator > 0)).then(numerator / denominator).cast(pl.Float64)
    )


def _months(months: pl.DataFrame, offsets: Sequence[int]) -> list[Row]:
    wanted = months.filter(pl.col("months_after").is_in(list(offsets)) & pl.col("has_arrived"))
    return wanted.to_dicts()


def _effect(action: Row, span: str, before: list[Row], after: list[Row]) -> dict[str, Any]:
    known_before, known_after = _known(before), _known(after)
    n1, d1 = _sums(known_before)
    n2, d2 = _sums(known_after)
    row = {name: action[name] for name in EFFECT_SCHEMA if name in action} | {
        "span": span,
        "months_before": len(known_before),
        "months_after": len(known_after),
        "numerator_before": n1,
        "denominator_before": d1,
        "numerator_after": n2,
        "denominator_after": d2,
        "left_out": "、".join(f"{each['month']:%Y-%m}" for each in (*before, *after) if not _is_known(each))
        or None,
    }
    if len(after) < FEWEST_MONTHS:
        return _complete(row, "early")
    # More returns than claims: the claim files are incomplete.
    if min(len(known_before), len(known_after)) < FEWEST_MONTHS or not (0 < d1 >= n1 and 0 < d2 >= n2):
        return _complete(row, "not_loaded")
    p1, p2 = n1 / d1, n2 / d2
    low, high = newcombe(n1, d1, n2, d2)
    row |= {
        "rate_before": p1,
        "rate_after": p2,
        "ratio": p2 / p1 if p1 else None,
        "difference": p2 - p1,
        "difference_low": low,
        "difference_high": high,
        "difference_range": f"{low * 100:+.2f}〜{high * 100:+.2f}".replace("-", "−"),
        "p": fisher_exact(n1, d1, n2, d2),
    }
    return _complete(row, judged(row))


def _complete(row: dict[str, Any], effect: str) -> dict[str, Any]:
    return {name: None for name in EFFECT_SCHEMA} | row | {"effect": effect}


def _known(months: list[Row]) -> list[Row]:
    return [each for each in months if _is_known(each)]


def _is_known(month: Row) -> bool:
    return month["denominator"] is not None


def _sums(months: list[Row]) -> tuple[int, int]:
    return sum(each["numerator"] for each in months), sum(each["denominator"] for each in months)


def judged(row: Row) -> str:
    """`less` / `more` only where the exact test and the interval agree; `few` where no result could have told."""
    n1, d1, n2, d2 = (
        row[name]
        for name in ("numerator_before", "denominator_before", "numerator_after", "denominator_after")
    )
    if least_p(n1 + n2, d1, d2) >= LEVEL:
        return "few"
    if row["p"] < LEVEL and row["difference_high"] < 0:
        return "less"
    if row["p"] < LEVEL and row["difference_low"] > 0:
        return "more"
    return "unproven"
