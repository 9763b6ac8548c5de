"""Institutions side by side without a league table: funnel limits, overdispersion, observed ÷ expected.

Pure functions on plain numbers, like `statistics`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log, log1p, sqrt

from henrei_analytics.figures.log_rank import chi_square_tail
from henrei_analytics.figures.statistics import Z95

LEVELS = {"95": 0.025, "998": 0.001}
"""Name of a pair of limits → the chance of lying beyond each of them."""

FEWEST_INSTITUTIONS = 10
"""Fewer say too little about how much institutions differ beyond chance."""

WINSORIZED = 0.1
NEGLIGIBLE = 1e-18
"""Terms of a binomial sum below this, relative to the largest, change no digit shown."""


def funnel_limits(rate: float, d: int, tail: float) -> tuple[float, float]:
    """Limits that the share n/d leaves with probability `tail` on each side, if its true value is `rate`.

    Exact binomial, interpolated between counts so that the limits are smooth in d: r is the smallest count with
    P(N ≤ r) ≥ tail, and the limit is (r − (P(N ≤ r) − tail) ÷ P(N = r)) ÷ d (Spiegelhalter D.J., Stat Med
    2005;24:1185–1202, appendix A.1.1). Clipped to 0–1. Raises ValueError without a denominator.
    """
    if not (0 <= rate <= 1 and d > 0 and 0 < tail < 0.5):
        raise ValueError(f"need a rate, d > 0 and a tail below 0.5, got {rate}, {d}, {tail}")
    if rate in (0.0, 1.0):
        return rate, rate
    counts = _likely_counts(rate, d)
    return _quantile(counts, tail, d), _quantile(counts, 1 - tail, d)


def widened(rate: float, d: int, tail: float, phi: float) -> tuple[float, float]:
    """The same limits where institutions differ beyond chance: their distance from `rate` times √φ (§ 3.2 there)."""
    low, high = funnel_limits(rate, d, tail)
    factor = sqrt(max(1.0, phi))
    # Where one return is beyond chance, the limit lies below `rate`: it is not drawn further in.
    outer_low, outer_high = rate - (rate - low) * factor, rate + (high - rate) * factor
    return max(0.0, min(low, outer_low)), min(1.0, max(high, outer_high))


def overdispersion(numerators: Sequence[int], denominators: Sequence[int]) -> float | None:
    """φ: how much more institutions differ than chance makes them (1: no more); None for fewer than ten.

    Mean of the squared z-scores around the pooled rate, the outer 10 % on each side drawn in so that a true
    outlier does not excuse itself (winsorised; Spiegelhalter 2005, § 3.2). 1 unless chi-square over all of them is
    beyond chance at 5 %.
    """
    if len(numerators) < FEWEST_INSTITUTIONS:
        return None
    scores = z_scores(numerators, denominators)
    if scores is None or chi_square_tail(sum(z * z for z in scores), len(scores) - 1) >= 0.05:
        return 1.0
    ordered = sorted(scores)
    # Of ten values one on each side is drawn in to its neighbour.
    cut = int(len(ordered) * WINSORIZED)
    low, high = ordered[cut], ordered[-cut - 1]
    return max(1.0, sum(min(max(z, low), high) ** 2 for z in scores) / len(scores))


def z_scores(numerators: Sequence[int], denominators: Sequence[int]) -> list[float] | None:
    """Distance of each share from the pooled one in standard errors; None where that is 0 or 1."""
    rate = sum(numerators) / sum(denominators)
    if rate in (0.0, 1.0):
        return None
    return [
        (n / d - rate) / sqrt(rate * (1 - rate) / d) for n, d in zip(numerators, denominators, strict=True)
    ]


def byar(observed: int, expected: float) -> tuple[float, float] | None:
    """95 % interval of observed ÷ expected, the observed being a Poisson count; None without anything expected.

    Byar's approximation to the exact limits (Breslow N.E., Day N.E., Statistical Methods in Cancer Research II,
    IARC 1987, p. 69). Good from a handful of events on.
    """
    if observed < 0 or expected < 0:
        raise ValueError(f"need observed and expected of at least 0, got {observed}, {expected}")
    if not expected:
        return None
    low = 0.0 if observed == 0 else observed * (1 - 1 / (9 * observed) - Z95 / (3 * sqrt(observed))) ** 3
    more = observed + 1
    high = more * (1 - 1 / (9 * more) + Z95 / (3 * sqrt(more))) ** 3
    return max(0.0, low) / expected, high / expected


def _likely_counts(rate: float, d: int) -> list[tuple[int, float]]:
    """(count, probability) of the counts that are not negligible, ascending."""
    mode = min(d, int((d + 1) * rate))
    top = exp(
        lgamma(d + 1) - lgamma(mode + 1) - lgamma(d - mode + 1) + mode * log(rate) + (d - mode) * log1p(-rate)
    )
    odds = rate / (1 - rate)
    below, above = [], []
    chance, count = top, mode
    while count > 0 and chance > top * NEGLIGIBLE:
        chance *= count / (d - count + 1) / odds
        count -= 1
        below.append((count, chance))
    chance, count = top, mode
    while count < d and chance > top * NEGLIGIBLE:
        chance *= (d - count) / (count + 1) * odds
        count += 1
        above.append((count, chance))
    return [*reversed(below), (mode, top), *above]


def _quantile(counts: Sequence[tuple[int, float]], p: float, d: int) -> float:
    so_far, (count, chance) = 0.0, counts[0]
    rest = iter(counts)
    while so_far < p and (reached := next(rest, None)):
        count, chance = reached
        so_far += chance
    return min(1.0, max(0.0, (count - (so_far - p) / chance) / d))
