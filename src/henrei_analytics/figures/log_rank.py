"""Whether groups differ in how fast something happens to them. Pure functions on plain numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import erfc, exp, pi, sqrt

SINGULAR = 1e-9
"""A pivot this small beside the largest variance is rounding."""


@dataclass(frozen=True)
class LogRank:
    """The statistic, its degrees of freedom, and how often chance alone makes one as large."""

    chi_square: float
    degrees: int
    p: float


def log_rank(
    durations: Sequence[int],
    events: Sequence[bool],
    groups: Sequence[Hashable],
    counts: Sequence[int] | None = None,
) -> LogRank | None:
    """Log-rank test of k groups on whole months; None where nothing can tell them apart.

    durations, events, counts as in `kaplan_meier`; groups: the group of each entry.
    Observed less expected events, with the hypergeometric covariance for tied months (Mantel, Cancer
    Chemother Rep 1966;50:163–170; Kalbfleisch & Prentice, §1.5); chi-square with k − 1 degrees of freedom,
    fewer where a group was never at risk together with another when something happened.
    """
    counts = [1] * len(durations) if counts is None else counts
    names = list(dict.fromkeys(groups))
    tally = {name: (Counter[int](), Counter[int]()) for name in names}  # events, all who leave
    for duration, event, name, count in zip(durations, events, groups, counts, strict=True):
        happened, left = tally[name]
        happened[duration] += count if event else 0
        left[duration] += count

    others = names[1:]  # the differences add up to 0, so one group tells nothing new
    excess = [0.0] * len(others)
    covariance = [[0.0] * len(others) for _ in others]
    at_risk = {name: left.total() for name, (_, left) in tally.items()}
    for month in sorted({month for _, left in tally.values() for month in left}):
        n = sum(at_risk.values())
        d = sum(happened[month] for happened, _ in tally.values())
        shares = [at_risk[name] / n for name in others] if n else [0.0] * len(others)
        spread = d * (n - d) / (n - 1) if n > 1 else 0.0
        for i, name in enumerate(others):
            excess[i] += tally[name][0][month] - d * shares[i]
            for j in range(len(others)):
                covariance[i][j] += spread * shares[i] * ((i == j) - shares[j])
        for name in names:
            at_risk[name] -= tally[name][1][month]

    chi_square, rank = _quadratic_form(covariance, excess)
    return LogRank(chi_square, rank, chi_square_tail(chi_square, rank)) if rank else None


def chi_square_tail(x: float, degrees: int) -> float:
    """P(chi-square with whole degrees of freedom > x), in closed form.

    Abramowitz & Stegun, Handbook of Mathematical Functions, 26.4.4 (odd) and 26.4.5 (even).
    """
    if degrees < 1:
        raise ValueError(f"degrees must be at least 1, got {degrees}")
    half = max(0.0, x) / 2
    # Each term is the one before times half/i, from exp(−half) on, so that nothing overflows.
    if degrees % 2:
        tail, term, first = erfc(sqrt(half)), exp(-half) / sqrt(pi * half) if half else 0.0, 0.5
    else:
        tail, term, first = exp(-half), exp(-half), 1.0
    for step in range((degrees - 1) // 2):
        term *= half / (first + step)
        tail += term
    return min(1.0, tail)


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """p values corrected for making several comparisons; None stays None and counts as no comparison.

    Holm S., Scand J Stat 1979;6:65–70: the chance of any false alarm stays below the threshold.
    """
    order = sorted((p, at) for at, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for place, (p, at) in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - place) * p))
        corrected[at] = largest
    return corrected


def _quadratic_form(matrix: Sequence[Sequence[float]], vector: Sequence[float]) -> tuple[float, int]:
    """vᵀ·M⁻·v of a covariance matrix, and its rank: Gauss with the largest diagonal pivot first.

    Where M is singular, v lies in its range (what cannot vary does not differ), so leaving out the
    directions without variance changes nothing.
    """
    m = [list(row) for row in matrix]
    v = list(vector)
    left = list(range(len(v)))
    smallest = SINGULAR * max((m[i][i] for i in left), default=0.0)
    total, rank = 0.0, 0
    while left:
        pivot = max(left, key=lambda i: m[i][i])
        if m[pivot][pivot] <= smallest:
            break
        left.remove(pivot)
        total += v[pivot] ** 2 / m[pivot][pivot]
        rank += 1
        for i in left:
            factor = m[i][pivot] / m[pivot][pivot]
            v[i] -= factor * v[pivot]
            for j in left:
                m[i][j] -= factor * m[pivot][j]
    return total, rank
