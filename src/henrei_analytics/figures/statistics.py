"""Shares and their limits. Like `survival` and `log_rank`: pure functions on plain numbers, no frames, no I/O."""

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
