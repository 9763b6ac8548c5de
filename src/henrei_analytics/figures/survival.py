"""How long until an end, when not every item has ended: on whole months, with counts.

Pure functions on plain numbers. An item still open is not left out but counted as open for as long as it was
seen, and an end of another kind (given up, lapsed) is an end, not a lack of knowledge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TypeVar

from henrei_analytics.figures.statistics import TOLERANCE, Z95

T = TypeVar("T")
End = str | None
"""How an item ended; None: it had not when last seen."""


@dataclass(frozen=True)
class SurvivalStep:
    """One month of a survival table; survival, low and high hold after this month's events."""

    months: int
    at_risk: int
    events: int
    censored: int
    survival: float
    low: float | None
    high: float | None


def kaplan_meier(
    durations: Sequence[int], events: Sequence[bool], counts: Sequence[int] | None = None
) -> list[SurvivalStep]:
    """Product-limit estimate on whole months, every month from 0 to the longest duration.

    durations: months to the event, or to the end of observation where there was none.
    counts: how many items each entry stands for (1 each when left out).
    Items censored in a month are at risk in it (Kaplan & Meier, J Am Stat Assoc 1958;53:457–481).
    Interval: Greenwood's variance on the log(−log S) scale, 95 % (Kalbfleisch & Prentice, The
    Statistical Analysis of Failure Time Data, 2nd ed., §1.4); None where S is 0 or 1, for which
    that scale has no value.
    """
    happened, ended = Counter[int](), Counter[int]()
    for duration, event, count in _checked(durations, events, counts):
        (happened if event else ended)[duration] += count

    at_risk = happened.total() + ended.total()
    survival, greenwood = 1.0, 0.0
    steps: list[SurvivalStep] = []
    for months in range(max((*happened, *ended), default=-1) + 1):
        died, left = happened[months], ended[months]
        if died == at_risk:
            survival = 0.0
        elif died:
            survival *= (at_risk - died) / at_risk
            greenwood += died / (at_risk * (at_risk - died))
        low, high = _log_log_interval(survival, survival * sqrt(greenwood))
        steps.append(SurvivalStep(months, at_risk, died, left, survival, low, high))
        at_risk -= died + left
    return steps


@dataclass(frozen=True)
class IncidenceStep:
    """One month of a cumulative incidence; share, low and high hold after this month's ends.

    at_risk counts what was open when the month began; events ended as asked for in the month, others
    in another way, and censored were last seen in it.
    """

    months: int
    at_risk: int
    events: int
    others: int
    censored: int
    share: float
    low: float | None
    high: float | None


def cumulative_incidence(
    durations: Sequence[int], ends: Sequence[End], end: str, counts: Sequence[int] | None = None
) -> list[IncidenceStep]:
    """Share of the items that have ended in one way by each month, ends of other kinds competing.

    durations, counts as in `kaplan_meier`; ends: how each entry ended, None where it was still open.
    F(t) = Σ S(u−1)·d(u)/n(u), S being the share still open whatever the end (Aalen & Johansen, Scand J
    Stat 1978;5:141–150). Kaplan–Meier with the other ends as censored would overstate F: it assumes that
    what was given up goes on as the rest does.
    Ties are exact: all ends of a month share its risk set, and the variance takes them as multinomial
    (delta method; Gaynor et al., J Am Stat Assoc 1993;88:400–409). With no other ends it is Greenwood's.
    Interval: 95 % on the log(−log(1 − F)) scale, so that it then equals that of 1 − Kaplan–Meier; None
    where F is 0 or 1.
    """
    wanted, others, censored = Counter[int](), Counter[int](), Counter[int]()
    for duration, how, count in _checked(durations, ends, counts):
        (censored if how is None else wanted if how == end else others)[duration] += count
    still_open = kaplan_meier(durations, [how is not None for how in ends], counts)

    steps: list[IncidenceStep] = []
    terms: list[_Term] = []
    share, before = 0.0, 1.0
    for step in still_open:
        d = wanted[step.months]
        if step.at_risk:
            share += before * d / step.at_risk
        if share >= 1 - TOLERANCE:
            share = 1.0
        if step.events:
            terms.append(_Term(step.at_risk, step.events, d, before, share))
        low, high = _log_log_interval(1 - share, sqrt(_variance(share, terms)))
        steps.append(
            IncidenceStep(
                step.months,
                step.at_risk,
                d,
                others[step.months],
                censored[step.months],
                share,
                None if high is None else 1 - high,
                None if low is None else 1 - low,
            )
        )
        before = step.survival
    return steps


@dataclass(frozen=True)
class _Term:
    """A month's part of the variance: n at risk, all ends, ends asked for, open before, share after."""

    n: int
    ends: int
    wanted: int
    before: float
    share: float


def _variance(share: float, terms: Sequence[_Term]) -> float:
    total = 0.0
    for term in terms:
        n, d, k = term.n, term.ends, term.wanted
        later = share - term.share
        if d < n:  # else nothing is left, and nothing comes later
            total += later * later * d / (n * (n - d))
        total += term.before**2 * k * (n - k) / n**3
        total -= 2 * later * term.before * k / n**2
    return max(0.0, total)


@dataclass(frozen=True)
class MonthQuantile:
    """The month by which a share has been reached, with its 95 % limits; None: not reached."""

    months: int | None
    low: int | None
    high: int | None


def incidence_quantile(steps: Sequence[IncidenceStep], p: float) -> MonthQuantile:
    """The smallest month by which a share p of the items has ended as asked for.

    Limits: the months whose interval holds p (Brookmeyer & Crowley, Biometrics 1982;38:29–41, with the
    log-log limits; for a cumulative incidence Beyersmann & Schumacher, Stat Med 2008;27:3568–3577): from
    the first month that may have reached p to the first from which on every month surely has.
    """
    reached = p - TOLERANCE
    months = next((step.months for step in steps if step.share >= reached), None)
    low = next((step.months for step in steps if _high(step) >= reached), None)
    doubtful = [at for at, step in enumerate(steps) if not _low(step) > p]
    sure = doubtful[-1] + 1 if doubtful else 0
    return MonthQuantile(months, low, steps[sure].months if sure < len(steps) else None)


def _low(step: IncidenceStep) -> float:
    """The lower limit; a share of 0 or 1 has none and stands for itself."""
    return step.share if step.low is None else step.low


def _high(step: IncidenceStep) -> float:
    return step.share if step.high is None else step.high


def _log_log_interval(survival: float, error: float) -> tuple[float | None, float | None]:
    """95 % limits of a survival from its standard error, on the log(−log S) scale."""
    if survival in (0.0, 1.0):
        return None, None
    spread = Z95 * error / (survival * abs(log(survival)))
    return survival ** exp(spread), survival ** exp(-spread)


def _checked(
    durations: Sequence[int], values: Sequence[T], counts: Sequence[int] | None
) -> list[tuple[int, T, int]]:
    counts = [1] * len(durations) if counts is None else counts
    if any(duration < 0 for duration in durations):
        raise ValueError("durations must not be negative")
    return list(zip(durations, values, counts, strict=True))
