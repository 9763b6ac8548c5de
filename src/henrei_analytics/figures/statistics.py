"""Shares and their limits. Like `survival` and `log_rank`: pure functions on plain numbers, no frames, no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054
"""97.5 % point of the standard normal distribution."""

TOLERANCE = 1e-12
"""A share made of products of fractions: 1/2 may come out as 0.49999999999999994."""


def wilson(n: int, d: int) -> tuple[float, float] | None:
    """95 % score interval of the proportion n/d as (low, high); None without a denominator.

    Wilson E.B., J Am Stat Assoc 1927;22:209–212. Stays inside 0–1 and is useful at n = 0, which
    the normal approximation is not.
    """
    if n < 0 or d < 0 or n > d:
        raise ValueError(f"need 0 <= n <= d, got n={n}, d={d}")
    if d == 0:
        return None
    p, z2 = n / d, Z95 * Z95
    center = (p + z2 / (2 * d)) / (1 + z2 / d)
    half = Z95 * sqrt(p * (1 - p) / d + z2 / (4 * d * d)) / (1 + z2 / d)
    # At the ends the interval closes exactly; rounding must not leave 1e-18 there.
    return (0.0 if n == 0 else center - half, 1.0 if n == d else center + half)


LANEY_FROM_DENOMINATOR = 500
"""Mean denominator from which the spread between months is estimated rather than assumed."""

BASELINE_MONTHS = 12
"""Fewer months than this give limits that are noise themselves."""

RUN_LENGTH = 8
"""Points in a row on one side of the centre that are no longer chance (Western Electric rule 4)."""


@dataclass(frozen=True)
class ControlPoint:
    """One month of a p-chart; None where the month has no numerator or denominator, or there are no limits.

    signal: 'high' / 'low' beyond a limit, 'run_high' / 'run_low' at the end of a run, else None.
    """

    center: float | None
    low: float | None
    high: float | None
    signal: str | None


def p_chart(
    numerators: Sequence[int | None], denominators: Sequence[int | None], baseline: int | None = None
) -> list[ControlPoint]:
    """Three-sigma limits of monthly proportions, oldest month first.

    baseline: how many of the first months set centre and spread (all when left out). Leaving the
    judged month out keeps an outlier from widening its own limits.
    Limits: p̄ ± 3·σz·√(p̄(1−p̄)/d), clipped to 0–1 (Montgomery, Introduction to Statistical
    Quality Control, ch. 7). σz is 1, or with large denominators Laney's between-month spread: mean
    moving range of the z-scores ÷ 1.128 (Laney D.B., Quality Engineering 2002;14:531–537), but
    never below 1, so that few quiet months do not make alarms.
    """
    pairs = list(zip(numerators, denominators, strict=True))
    usable = [(n, d) for n, d in pairs[: len(pairs) if baseline is None else baseline] if _is_share(n, d)]
    if len(usable) < BASELINE_MONTHS:
        return [ControlPoint(None, None, None, None) for _ in pairs]
    center = sum(n for n, _ in usable) / sum(d for _, d in usable)
    factor = 3 * _sigma_z(usable, center)

    points: list[ControlPoint] = []
    run = 0
    for n, d in pairs:
        if not _is_share(n, d):
            points.append(ControlPoint(center, None, None, None))
            run = 0
            continue
        share, reach = n / d, factor * sqrt(center * (1 - center) / d)
        low, high = max(0.0, center - reach), min(1.0, center + reach)
        side = (share > center) - (share < center)
        run = 0 if side == 0 else side + (run if run * side > 0 else 0)
        points.append(ControlPoint(center, low, high, _signal(share, low, high, run)))
    return points


def _is_share(n: int | None, d: int | None) -> bool:
    """Whether n/d is a proportion; more returns than claims means the claims are incomplete."""
    return n is not None and d is not None and d > 0 and n <= d


def _sigma_z(usable: Sequence[tuple[int, int]], center: float) -> float:
    mean_denominator = sum(d for _, d in usable) / len(usable)
    if mean_denominator < LANEY_FROM_DENOMINATOR or center in (0.0, 1.0):
        return 1.0
    z = [(n / d - center) / sqrt(center * (1 - center) / d) for n, d in usable]
    moving_ranges = [abs(later - earlier) for earlier, later in zip(z, z[1:], strict=False)]
    return max(1.0, sum(moving_ranges) / len(moving_ranges) / 1.128)


def _signal(share: float, low: float, high: float, run: int) -> str | None:
    if share > high + TOLERANCE:
        return "high"
    if share < low - TOLERANCE:
        return "low"
    if abs(run) >= RUN_LENGTH:
        return "run_high" if run > 0 else "run_low"
    return None
