"""The audit: what is made of institutions side by side. Functions of (frame, scope) for `after.AFTER`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from henrei_analytics.figures.effects import FEWEST_MONTHS, judged
from henrei_analytics.figures.figure import Figure
from henrei_analytics.figures.funnel import LEVELS, byar, funnel_limits, overdispersion, widened
from henrei_analytics.figures.scope import Scope
from henrei_analytics.figures.statistics import TOLERANCE
from henrei_analytics.figures.two_proportions import fisher_exact, newcombe

Row = Mapping[str, Any]

CURVE_STEPS = 60
LIMITS = [f"{side}_{level}" for level in LEVELS for side in ("limit_low", "limit_high")]
FUNNEL_SCHEMA = {
    name: pl.Float64
    for name in ("return_rate", "pooled", *LIMITS, "phi", "limit_low_wide", "limit_high_wide")
} | {"signal_funnel": pl.String, "signal_wide": pl.String}

PERIOD_SCHEMA = dict.fromkeys(
    ("rate_before", "rate_after", "difference", "difference_low", "difference_high", "p"), pl.Float64
) | {"difference_range": pl.String, "period_effect": pl.String}


def funnel(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Adds return_rate, pooled, the limits at 95 and 99.8 %, phi, signal_funnel, signal_wide, institutions.

    Within each payer and setting, where there are two. The institution is part of the pooled rate. signal_funnel: `high_998`, `high_95`,
    `within`, `low_95`, `low_998` by chance alone; signal_wide by the 99.8 % limits widened by √phi (NULL with fewer
    than ten institutions).
    """
    groups = []
    for group in frame.partition_by("payer", "setting", maintain_order=True):
        # More returns than claims: the claim files of that institution are incomplete.
        usable = group.filter(pl.col("numerator") <= pl.col("denominator"))
        numerators, denominators = usable["numerator"].to_list(), usable["denominator"].to_list()
        pooled = sum(numerators) / sum(denominators) if usable.height > 1 else None
        phi = overdispersion(numerators, denominators) if pooled is not None else None
        rows = [_in_funnel(row, pooled, phi) for row in group.to_dicts()]
        groups.append(
            group.with_columns(
                pl.DataFrame(rows, FUNNEL_SCHEMA, orient="row"),
                institutions=pl.lit(usable.height, pl.Int64),
            )
        )
    empty = frame.with_columns(pl.lit(None, kind).alias(name) for name, kind in FUNNEL_SCHEMA.items())
    return pl.concat(groups) if groups else empty.with_columns(institutions=pl.lit(None, pl.Int64))


def observed_expected(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Adds return_rate, expected_rate, observed_ratio, ratio_low, ratio_high, mix: the observed returns against those the mix lets expect.

    mix: `more` / `less` where the interval of the ratio lies above / below 1, else `alike`.
    """
    rows = []
    for row in frame.to_dicts():
        n, d, expected = row["numerator"], row["denominator"], row["expected"]
        low, high = byar(n, expected or 0) or (None, None)
        rows.append(
            {
                "return_rate": n / d,
                "expected_rate": None if expected is None else expected / d,
                "observed_ratio": n / expected if expected else None,
                "ratio_low": low,
                "ratio_high": high,
                "mix": None if low is None else "more" if low > 1 else "less" if high < 1 else "alike",
            }
        )
    floats = ("return_rate", "expected_rate", "observed_ratio", "ratio_low", "ratio_high")
    schema = dict.fromkeys(floats, pl.Float64) | {"mix": pl.String}
    return frame.with_columns(pl.DataFrame(rows, schema, orient="row"))


def periods(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Adds rate_before, rate_after, their difference with its interval, p and period_effect (judged as prevention actions are)."""
    rows = [_compared(row) for row in frame.to_dicts()]
    return frame.with_columns(pl.DataFrame(rows, PERIOD_SCHEMA, orient="row"))


def _in_funnel(row: Row, pooled: float | None, phi: float | None) -> dict[str, Any]:
    n, d = row["numerator"], row["denominator"]
    made: dict[str, Any] = dict.fromkeys(FUNNEL_SCHEMA) | {"return_rate": n / d if n <= d else None}
    if pooled is None or n > d:
        return made
    rate = made["return_rate"]
    made |= {"pooled": pooled, "phi": phi} | _limits(pooled, d)
    made["signal_funnel"] = next(
        (
            f"{side}_{level}"
            for level in ("998", "95")
            for side, beyond in (
                ("high", rate > made[f"limit_high_{level}"] + TOLERANCE),
                ("low", rate < made[f"limit_low_{level}"] - TOLERANCE),
            )
            if beyond
        ),
        "within",
    )
    if phi is not None:
        low, high = widened(pooled, d, LEVELS["998"], phi)
        made |= {"limit_low_wide": low, "limit_high_wide": high}
        made["signal_wide"] = (
            "high_998" if rate > high + TOLERANCE else "low_998" if rate < low - TOLERANCE else "within"
        )
    return made


def _limits(pooled: float, d: int) -> dict[str, float]:
    pairs = {level: funnel_limits(pooled, d, tail) for level, tail in LEVELS.items()}
    return {
        f"limit_{side}_{level}": pair[at]
        for level, pair in pairs.items()
        for at, side in enumerate(("low", "high"))
    }


def funnel_curves(funnel: Figure) -> pl.DataFrame:
    """The limits of a funnel at many denominators, for drawing: payer × setting × denominator."""
    rows = []
    for group in funnel.data.partition_by("payer", "setting", maintain_order=True):
        compared = group.filter(pl.col("pooled").is_not_null())
        if compared.is_empty():
            continue
        first = compared.row(0, named=True)
        smallest, largest = compared["denominator"].min() / 2, compared["denominator"].max() * 1.1
        steps = [smallest * (largest / smallest) ** (step / CURVE_STEPS) for step in range(CURVE_STEPS + 1)]
        for d in sorted({max(1, round(step)) for step in steps}):
            key = {name: first[name] for name in ("payer", "setting", "pooled")}
            rows.append(key | {"denominator": d} | _limits(first["pooled"], d))
    schema = {"payer": pl.String, "setting": pl.String, "pooled": pl.Float64, "denominator": pl.Int64}
    return pl.DataFrame(rows, schema | dict.fromkeys(LIMITS, pl.Float64), orient="row")


def _compared(row: Row) -> dict[str, Any]:
    sides = ("numerator_before", "denominator_before", "numerator_after", "denominator_after")
    n1, d1, n2, d2 = (row[name] for name in sides)
    made: dict[str, Any] = dict.fromkeys(PERIOD_SCHEMA)
    if min(row["months_before"], row["months_after"]) < FEWEST_MONTHS or not (0 < d1 >= n1 and 0 < d2 >= n2):
        return made | {"period_effect": "not_loaded"}
    low, high = newcombe(n1, d1, n2, d2)
    made |= {
        "rate_before": n1 / d1,
        "rate_after": n2 / d2,
        "difference": n2 / d2 - n1 / d1,
        "difference_low": low,
        "difference_high": high,
        "difference_range": f"{low * 100:+.2f}〜{high * 100:+.2f}".replace("-", "−"),
        "p": fisher_exact(n1, d1, n2, d2),
    }
    return made | {"period_effect": judged({**row, **made})}
