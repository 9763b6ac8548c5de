"""How each reason category stands against last month, the same month last year and the year before."""

from __future__ import annotations

from typing import Any

import polars as pl

from henrei_analytics.figures.figure import Figure
from henrei_analytics.figures.scope import month_number

YEAR = 12
SCHEMA = {
    "category": pl.String,
    "returns": pl.Int64,
    "returns_last_month": pl.Int64,
    "change": pl.Int64,
    "returns_last_year": pl.Int64,
    "change_last_year": pl.Int64,
    "returns_mean": pl.Float64,
    "change_mean": pl.Float64,
    "rate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "limit_high": pl.Float64,
    "signal": pl.String,
}


def reason_changes(headline: Figure, reason_rates: Figure) -> pl.DataFrame:
    """One row a category, the most frequent first; a month that is not known is not compared with."""
    month = month_number(headline.data["month"][0])
    parts = reason_rates.data.partition_by("category", maintain_order=True)
    rows = [
        _row({month_number(row["month"]): row for row in part.iter_rows(named=True)}, month) for part in parts
    ]
    # Stable: equally frequent categories keep the order of the taxonomy.
    rows.sort(key=lambda row: -row["returns"])
    return pl.DataFrame(rows, SCHEMA)


def _row(of: dict[int, dict[str, Any]], month: int) -> dict[str, Any]:
    now = of[month]
    # Without it not all of the month's returns are loaded.
    whole = now["returns"] if now["numerator"] is not None else None

    def returns(back: int) -> int | None:
        return of.get(month - back, {}).get("returns")

    year = [returns(back) for back in range(1, YEAR + 1)]
    known = [count for count in year if count is not None]
    mean = sum(known) / YEAR if len(known) == YEAR else None
    last_month, last_year = year[0], year[-1]
    return {
        "category": now["category"],
        "returns": now["returns"],
        "returns_last_month": last_month,
        "change": _difference(whole, last_month),
        "returns_last_year": last_year,
        "change_last_year": _difference(whole, last_year),
        "returns_mean": mean,
        "change_mean": _difference(whole, mean),
        **{name: now[name] for name in ("rate", "low", "high", "limit_high", "signal")},
    }


def _difference(now: int | None, then: float | None) -> float | None:
    return None if now is None or then is None else now - then
