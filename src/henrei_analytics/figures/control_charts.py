"""Is a month out of the ordinary? p-chart, Laney's p′ and a binomial CUSUM over monthly shares.

Pure functions on plain numbers, oldest month first. A month is None where its numerator or denominator is not known.
The p-chart sees a jump; the CUSUM adds up small excesses and sees the slow rise that stays inside the limits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, sqrt

from henrei_analytics.figures.statistics import TOLERANCE

Share = tuple[int, int]

BASELINE_MONTHS = 12
"""Fewer months than this give limits that are noise themselves."""

RUN_LENGTH = 8
"""Points in a row on one side of the centre that are no longer chance (Western Electric rule 4)."""

MINIMUM_EXPECTED = 5
"""Expected count below which three sigma of the normal approximation say nothing (Cochran's usual bound)."""

LANEY_FROM_DENOMINATOR = 1000
"""Mean denominator from which the spread between months is estimated rather than assumed."""

LANEY_FROM_SIGMA_Z = 1.1
"""Below this the months vary as chance alone would have it, and the plain p-chart is kept."""

CUSUM_ODDS_RATIO = 1.5
"""The rise the CUSUM is made to find: odds one and a half times those of the baseline."""

CUSUM_LIMIT = log(120)
"""h. Without any change a CUSUM of log likelihood ratios reaches h after e^h months on average, or later: 10 years."""


@dataclass(frozen=True)
class ControlPoint:
    """One month; numbers are None where the month has no share, or there are no limits.

    signal: 'high' / 'low' beyond a limit, 'run_high' / 'run_low' at the end of a run, 'creeping' where only the CUSUM
    signals, 'few' where the expected count is too small to judge, 'usual' otherwise; None without limits.
    """

    center: float | None = None
    low: float | None = None
    high: float | None = None
    expected: float | None = None
    cusum: float | None = None
    signal: str | None = None


def control_chart(
    numerators: Sequence[int | None], denominators: Sequence[int | None], baseline: int | None = None
) -> list[ControlPoint]:
    """Limits, CUSUM and verdict of every month.

    baseline: how many of the first months set centre and spread of the limits (all when left out). Leaving the judged
    month out keeps an outlier from widening its own limits. The CUSUM has a baseline of its own, the first 12 months
    with a share: a slow rise must not be measured against a centre it has lifted itself.
    """
    shares = [
        (n, d) if n is not None and d is not None and 0 < d and n <= d else None
        for n, d in zip(numerators, denominators, strict=True)
    ]
    usable = [share for share in shares[:baseline] if share]
    if len(usable) < BASELINE_MONTHS:
        return [ControlPoint() for _ in shares]
    center, spread = center_of(usable), sigma_z(usable)
    sums = cusum(shares)
    points: list[ControlPoint] = []
    run = 0
    for share, (total, since) in zip(shares, sums, strict=True):
        if share is None:
            points.append(ControlPoint(center))
            run = 0
            continue
        low, high = limits(center, share[1], spread)
        expected = center * share[1]
        side = (share[0] > expected + TOLERANCE) - (share[0] < expected - TOLERANCE)
        # Where few are expected most months lie below the centre by chance: they neither make nor join a run.
        if side == 0 or expected < MINIMUM_EXPECTED:
            run = 0
        else:
            run = side + (run if run * side > 0 else 0)
        creeping = total is not None and total >= CUSUM_LIMIT and since >= MINIMUM_EXPECTED
        signal = _signal(share, low, high, expected, run, creeping)
        points.append(ControlPoint(center, low, high, expected, total, signal))
    return points


def center_of(usable: Sequence[Share]) -> float:
    """p̄: all returns over all claims."""
    return sum(n for n, _ in usable) / sum(d for _, d in usable)


def limits(center: float, denominator: int, spread: float = 1) -> tuple[float, float]:
    """p̄ ± 3·σz·√(p̄(1−p̄)/d), cut off at 0 and 1.

    With σz = 1 the p-chart (Montgomery D.C., Introduction to Statistical Quality Control, section 7.2), with a larger
    one Laney's p′.
    """
    reach = 3 * spread * sqrt(center * (1 - center) / denominator)
    return max(0.0, center - reach), min(1.0, center + reach)


def sigma_z(usable: Sequence[Share]) -> float:
    """Laney's σz: how much more the months vary than chance alone; 1 where the plain p-chart applies.

    Mean moving range of z = (p−p̄)/√(p̄(1−p̄)/d), divided by 1.128 (Laney D.B., Quality Engineering 2002;14:531–537).
    Used where the mean denominator is at least `LANEY_FROM_DENOMINATOR` and σz above `LANEY_FROM_SIGMA_Z`: small
    denominators hide such variation, and a σz below 1 from few quiet months would make alarms.
    """
    center = center_of(usable)
    mean_denominator = sum(d for _, d in usable) / len(usable)
    if mean_denominator < LANEY_FROM_DENOMINATOR or center in (0.0, 1.0) or len(usable) < 2:
        return 1.0
    z = [(n / d - center) / sqrt(center * (1 - center) / d) for n, d in usable]
    ranges = [abs(later - earlier) for earlier, later in zip(z, z[1:], strict=False)]
    found = sum(ranges) / len(ranges) / 1.128
    return found if found > LANEY_FROM_SIGMA_Z else 1.0


def cusum(shares: Sequence[Share | None]) -> list[tuple[float | None, float]]:
    """Sum and expected count since the sum last left zero, month by month; None before and without a share.

    S = max(0, S + W/σz²), W = n·ln R − d·ln(1−p̄+R·p̄), the log likelihood ratio of n in d under odds R times those of
    the baseline (Page E.S., Biometrika 1954;41:100–115; Steiner S.H. et al., Biostatistics 2000;1:441–452). Signals at
    h = ln 120: with the baseline known and no change that takes e^h = 120 months or more on average, whatever the
    denominators (Lorden G., Ann Math Stat 1971;42:1897–1908). The sum stops at h, so that a signal ends with the first month that speaks
    against it. Baseline: the first 12 months with a share; they are not judged.
    """
    baseline = [share for share in shares if share][:BASELINE_MONTHS]
    if len(baseline) < BASELINE_MONTHS:
        return [(None, 0.0)] * len(shares)
    return list(_sums(shares, center_of(baseline), sigma_z(baseline) ** 2))


def weight(n: int, d: int, center: float, odds_ratio: float = CUSUM_ODDS_RATIO) -> float:
    """W of one month: n·ln R − d·ln(1−p̄+R·p̄)."""
    return n * log(odds_ratio) - d * log(1 - center + odds_ratio * center)


def _sums(
    shares: Sequence[Share | None], center: float, variance: float
) -> Iterator[tuple[float | None, float]]:
    seen, total, since = 0, 0.0, 0.0
    for share in shares:
        if share is None or seen < BASELINE_MONTHS or not 0 < center < 1:
            seen += share is not None
            yield None, 0.0
            continue
        total = min(CUSUM_LIMIT, max(0.0, total + weight(*share, center) / variance))
        since = since + share[1] * center if total > 0 else 0.0
        yield total, since


def _signal(share: Share, low: float, high: float, expected: float, run: int, creeping: bool) -> str:
    rate = share[0] / share[1]
    if expected >= MINIMUM_EXPECTED and rate > high + TOLERANCE:
        return "high"
    if expected >= MINIMUM_EXPECTED and rate < low - TOLERANCE:
        return "low"
    if abs(run) >= RUN_LENGTH:
        return "run_high" if run > 0 else "run_low"
    if creeping:
        return "creeping"
    return "usual" if expected >= MINIMUM_EXPECTED else "few"
