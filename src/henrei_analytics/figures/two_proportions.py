"""Two proportions held against each other: the interval of their difference, and how easily chance makes it.

Pure functions on plain numbers, like `statistics`.
"""

from math import exp, lgamma, sqrt

from henrei_analytics.figures.statistics import wilson

TIE = 1e-9
"""Two tables whose probabilities differ by less, relatively, are equally likely."""


def newcombe(n1: int, d1: int, n2: int, d2: int) -> tuple[float, float] | None:
    """95 % interval of the difference n2/d2 − n1/d1 as (low, high); None where a denominator is 0.

    Hybrid of the two score intervals, without continuity correction (method 10 of Newcombe R.G.,
    Stat Med 1998;17:873–890). Stays inside −1–1 and is useful at 0 events. Raises ValueError like `wilson`.
    """
    first, second = wilson(n1, d1), wilson(n2, d2)
    if first is None or second is None:
        return None
    p1, p2 = n1 / d1, n2 / d2
    below = sqrt((p2 - second[0]) ** 2 + (first[1] - p1) ** 2)
    above = sqrt((second[1] - p2) ** 2 + (p1 - first[0]) ** 2)
    return p2 - p1 - below, p2 - p1 + above


def fisher_exact(n1: int, d1: int, n2: int, d2: int) -> float | None:
    """Two-sided p of Fisher's exact test of n1 in d1 against n2 in d2; None where a denominator is 0.

    The sum of the probabilities of all tables with the same margins that are no more likely than the
    one seen (Agresti, Categorical Data Analysis, 3rd ed., § 3.5.3).
    """
    if not (0 <= n1 <= d1 and 0 <= n2 <= d2):
        raise ValueError(f"need 0 <= n <= d, got {n1}/{d1} and {n2}/{d2}")
    if d1 == 0 or d2 == 0:
        return None
    events = n1 + n2
    tables = range(max(0, events - d2), min(events, d1) + 1)
    all_ways = _log_comb(d1 + d2, events)
    chances = {k: exp(_log_comb(d1, k) + _log_comb(d2, events - k) - all_ways) for k in tables}
    return min(1.0, sum(each for each in chances.values() if each <= chances[n1] * (1 + TIE)))


def least_p(events: int, d1: int, d2: int) -> float | None:
    """The smallest p that so many events in d1 + d2 could give, all of them on one side.

    Where this is no small number, no result could have told a change from chance.
    """
    if d1 == 0 or d2 == 0:
        return None
    first, second = min(events, d1), min(events, d2)
    ends = (
        fisher_exact(first, d1, events - first, d2),
        fisher_exact(events - second, d1, second, d2),
    )
    return min(each for each in ends if each is not None)


def _log_comb(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
