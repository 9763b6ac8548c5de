"""How long until a return is claimed again, and what ends it otherwise: tables from counted durations.

Every function takes the rows of the relation `durations` (how many months, how it ended, how many) and
returns one declared table. Returns still open count as open, never as left out.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from henrei_analytics.figures.log_rank import LogRank, holm, log_rank
from henrei_analytics.figures.scope import Scope
from henrei_analytics.figures.statistics import wilson
from henrei_analytics.figures.survival import (
    IncidenceStep,
    MonthQuantile,
    cumulative_incidence,
    incidence_quantile,
)

PAYERS = ("shaho", "kokuho", "all")
USUAL_ORDER = (*PAYERS, "first_review", "re_examination", "inpatient", "outpatient", "unknown")
RECLAIMED = "reclaimed"
ENDINGS = (RECLAIMED, "written_off", "lapsed")
OPEN = "open"

WINDOWS = (1, 2, 3)
"""Re-claim windows reported: caught in the month of arrival, the next, the one after."""

QUANTILES = (("median", 0.5), ("p90", 0.9))

LEAST_RETURNS = 10
"""A group with fewer returns is shown, but not tested."""

SIGNIFICANT = 0.05
"""Corrected p below which a difference is called one."""

DIFFERENT = "差があります（偶然とは考えにくい）"
NOT_DIFFERENT = "差があるとは言えません"
TOO_FEW = "件数が少ないため判定しません"

SURVIVAL_SCHEMA = {
    "payer": pl.String,
    **dict.fromkeys(("months", "at_risk", "events", "others", "censored"), pl.Int64),
    **dict.fromkeys(("survival", "low", "high"), pl.Float64),
}
INCIDENCE_SCHEMA = {
    "payer": pl.String,
    "months": pl.Int64,
    "ending": pl.String,
    **dict.fromkeys(("at_risk", "events"), pl.Int64),
    **dict.fromkeys(("share", "low", "high"), pl.Float64),
}
SUMMARY_SCHEMA = {
    **dict.fromkeys(("returns", *ENDINGS, OPEN), pl.Int64),
    **{
        name: dtype
        for quantile, _ in QUANTILES
        for name, dtype in (
            (quantile, pl.Int64),
            (f"{quantile}_low", pl.Int64),
            (f"{quantile}_high", pl.Int64),
            (f"{quantile}_range", pl.String),
        )
    },
    **{
        name: dtype
        for k in WINDOWS
        for name, dtype in (
            (f"known_{k}", pl.Int64),
            (f"within_{k}", pl.Int64),
            (f"share_{k}", pl.Float64),
            (f"share_{k}_low", pl.Float64),
            (f"share_{k}_high", pl.Float64),
        )
    },
}
DIFFERENCES_SCHEMA = {
    "breakdown": pl.String,
    **dict.fromkeys(("returns", "members", "members_tested"), pl.Int64),
    **dict.fromkeys(("chi_square", "p", "p_corrected"), pl.Float64),
    "verdict": pl.String,
}


def survival_table(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Durations by payer → months × share not re-claimed by then, of each payer.

    What was given up or has lapsed stays not re-claimed: survival is 1 − the cumulative incidence.
    """
    rows = [
        (
            payer, step.months, step.at_risk, step.events, step.others, step.censored, 1 - step.share,
            None if step.high is None else 1 - step.high,
            None if step.low is None else 1 - step.low,
        )
        for payer, steps in _incidence_of_payers(frame, RECLAIMED)
        for step in steps
    ]  # fmt: skip
    return pl.DataFrame(rows, SURVIVAL_SCHEMA, orient="row")


def incidence_table(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Durations by payer → months × share ended in each way by then; `open` is what is left of 1."""
    rows = []
    for payer in PAYERS:
        of_payer = frame.filter(pl.col("payer") == payer)
        by_ending = [_incidence(of_payer, ending) for ending in ENDINGS]
        for steps in zip(*by_ending, strict=True):
            month, at_risk = steps[0].months, steps[0].at_risk
            for ending, step in zip(ENDINGS, steps, strict=True):
                rows.append((payer, month, ending, at_risk, step.events, step.share, step.low, step.high))
            left = max(0.0, 1 - sum(step.share for step in steps))
            rows.append((payer, month, OPEN, at_risk, None, left, None, None))
    return pl.DataFrame(rows, INCIDENCE_SCHEMA, orient="row")


def turnaround_summary(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Durations by payer → one row per payer; the columns are told in `_summary`."""
    return pl.DataFrame(
        [{"payer": payer} | _summary(frame.filter(pl.col("payer") == payer)) for payer in PAYERS],
        {"payer": pl.String, **SUMMARY_SCHEMA},
    )


def turnaround_by_group(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Durations by breakdown and member → one row per member: as always where there is a usual order, else most first."""
    rows = []
    for breakdown in _in_order(frame, "breakdown"):
        members = [
            {"breakdown": breakdown, "member": member} | _summary(part)
            for member, part in _members(frame, breakdown)
        ]
        rows += sorted(members, key=lambda row: (_place(row["member"]), -row["returns"], row["member"]))
    return pl.DataFrame(rows, {"breakdown": pl.String, "member": pl.String, **SUMMARY_SCHEMA}, orient="row")


def turnaround_differences(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Durations by breakdown and member → one row per breakdown: do its members differ in speed?

    Log-rank test over the members with enough returns, p corrected for the number of breakdowns tested.
    """
    breakdowns = _in_order(frame, "breakdown")
    members = {breakdown: _members(frame, breakdown) for breakdown in breakdowns}
    tested = {
        breakdown: [
            (name, part) for name, part in members[breakdown] if part["returns"].sum() >= LEAST_RETURNS
        ]
        for breakdown in breakdowns
    }
    results = [_test(tested[breakdown]) for breakdown in breakdowns]
    corrected = holm([result.p if result else None for result in results])
    rows = [
        (
            breakdown,
            sum(part["returns"].sum() for _, part in members[breakdown]),
            len(members[breakdown]),
            len(tested[breakdown]),
            result.chi_square if result else None,
            result.p if result else None,
            p,
            TOO_FEW if p is None else DIFFERENT if p < SIGNIFICANT else NOT_DIFFERENT,
        )
        for breakdown, result, p in zip(breakdowns, results, corrected, strict=True)
    ]
    return pl.DataFrame(rows, DIFFERENCES_SCHEMA, orient="row")


def _test(members: list[tuple[str, pl.DataFrame]]) -> LogRank | None:
    """The log-rank test of the shares re-claimed.

    What was given up or has lapsed stays at risk until the last window over at as_of, which is known for
    every return: so the test compares what the table shows, the share re-claimed of all returns (Fine & Gray,
    J Am Stat Assoc 1999;94:496–509, the censoring-complete case), not of those nobody gave up.
    """
    if len(members) < 2:
        return None
    stacked = pl.concat([part.with_columns(member=pl.lit(name)) for name, part in members])
    watched = stacked.select(
        "member",
        "returns",
        event=(pl.col("ending") == RECLAIMED).fill_null(False),
        months=pl.when(
            pl.col("ending").is_in([each for each in ENDINGS if each != RECLAIMED]).fill_null(False)
        )
        .then(pl.col("windows_closed") - 1)
        .otherwise(pl.col("months")),
    )
    return log_rank(
        watched["months"].to_list(),
        watched["event"].to_list(),
        watched["member"].to_list(),
        watched["returns"].to_list(),
    )


def _summary(frame: pl.DataFrame) -> dict[str, object]:
    """Counts by end; median and p90 in months with limits; shares by window with limits.

    known_k: returns whose k-th window is over at as_of; within_k: those of them re-claimed by it.
    """
    row: dict[str, object] = {"returns": frame["returns"].sum()}
    for ending in ENDINGS:
        row[ending] = frame.filter(pl.col("ending") == ending)["returns"].sum()
    row[OPEN] = frame.filter(pl.col("ending").is_null())["returns"].sum()

    steps = _incidence(frame, RECLAIMED)
    for name, p in QUANTILES:
        quantile = incidence_quantile(steps, p)
        row |= {
            name: quantile.months,
            f"{name}_low": quantile.low,
            f"{name}_high": quantile.high,
            f"{name}_range": _range(quantile),
        }
    for k in WINDOWS:
        known = frame.filter(pl.col("windows_closed") >= k)
        within = known.filter((pl.col("ending") == RECLAIMED) & (pl.col("months") < k))["returns"].sum()
        total = known["returns"].sum()
        low, high = wilson(within, total) or (None, None)
        row |= {
            f"known_{k}": total,
            f"within_{k}": within,
            f"share_{k}": within / total if total else None,
            f"share_{k}_low": low,
            f"share_{k}_high": high,
        }
    return row


def _range(quantile: MonthQuantile) -> str | None:
    """The limits in one cell: 0～2か月."""
    if quantile.low is None:
        return None
    if quantile.high is None:
        return f"{quantile.low}か月以上"
    if quantile.low == quantile.high:
        return f"{quantile.low}か月"
    return f"{quantile.low}～{quantile.high}か月"


def _incidence(frame: pl.DataFrame, ending: str) -> list[IncidenceStep]:
    return cumulative_incidence(
        frame["months"].to_list(), frame["ending"].to_list(), ending, frame["returns"].to_list()
    )


def _incidence_of_payers(frame: pl.DataFrame, ending: str) -> Iterable[tuple[str, list[IncidenceStep]]]:
    for payer in PAYERS:
        yield payer, _incidence(frame.filter(pl.col("payer") == payer), ending)


def _place(member: str) -> int:
    return USUAL_ORDER.index(member) if member in USUAL_ORDER else len(USUAL_ORDER)


def _in_order(frame: pl.DataFrame, column: str) -> list[str]:
    return frame[column].unique(maintain_order=True).to_list()


def _members(frame: pl.DataFrame, breakdown: str) -> list[tuple[str, pl.DataFrame]]:
    of_breakdown = frame.filter(pl.col("breakdown") == breakdown)
    return [
        (member, of_breakdown.filter(pl.col("member") == member))
        for member in _in_order(of_breakdown, "member")
    ]
