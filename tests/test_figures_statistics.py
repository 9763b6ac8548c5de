"""The statistics against hand-computed examples, a second implementation, and their own laws."""

from math import inf, isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from henrei_analytics.figures.statistics import (
    BASELINE_MONTHS,
    Z95,
    p_chart,
    wilson,
)

shares = st.integers(1, 5000).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))


# Wilson


def test_wilson_published_example():
    """Newcombe, Stat Med 1998;17:857–872, table I, method 3."""
    for n, d, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611)):
        found = wilson(n, d)
        assert isclose(found[0], low, abs_tol=5e-5) and isclose(found[1], high, abs_tol=5e-5)


@given(shares)
def test_wilson_ends_solve_the_score_equation(share):
    n, d = share
    for end in wilson(n, d):
        if 0 < end < 1:
            assert isclose(abs(n / d - end), Z95 * sqrt(end * (1 - end) / d), abs_tol=1e-9)


@given(shares)
def test_wilson_holds_the_share_and_mirrors(share):
    n, d = share
    low, high = wilson(n, d)
    assert 0 <= low <= n / d <= high <= 1
    mirrored = wilson(d - n, d)
    assert isclose(mirrored[0], 1 - high, abs_tol=1e-12)
    assert isclose(mirrored[1], 1 - low, abs_tol=1e-12)


def test_wilson_without_a_denominator_and_with_nonsense():
    assert wilson(0, 0) is None
    for n, d in ((2, 1), (-1, 3), (1, -1)):
        with pytest.raises(ValueError):
            wilson(n, d)


# p-chart


def test_p_chart_by_hand():
    """12 months of 10 in 100: 0.1 ± 3·√(0.1·0.9/100) = 0.1 ± 0.09; then 25 in 100 is beyond."""
    points = p_chart([10] * 12 + [25], [100] * 13, baseline=12)
    assert isclose(points[0].center, 0.1)
    assert isclose(points[0].low, 0.01) and isclose(points[0].high, 0.19)
    assert [point.signal for point in points] == [None] * 12 + ["high"]


def test_few_months_make_no_limits():
    points = p_chart([1] * (BASELINE_MONTHS - 1), [100] * (BASELINE_MONTHS - 1))
    assert {(p.center, p.low, p.high, p.signal) for p in points} == {(None, None, None, None)}


def test_a_run_on_one_side_is_a_signal_without_crossing_a_limit():
    points = p_chart([8, 12] * 6 + [12] * 8, [100] * 20, baseline=12)
    assert [p.signal for p in points][-2:] == ["run_high", "run_high"]
    assert {p.signal for p in points[:17]} == {None}


def test_months_without_denominator_have_no_limits_and_end_a_run():
    points = p_chart([12] * 7 + [3, 12, 8, 8, 8, 8, 8, 8], [100] * 7 + [None] + [100] * 7)
    assert (points[7].low, points[7].high, points[7].signal) == (None, None, None)
    assert points[8].signal is None


def test_laney_widens_large_denominators_only():
    """The same shares, alternating 4 % and 6 %: chance at 100 claims, over-dispersion at 100,000."""
    small = p_chart([4, 6] * 6, [100] * 12)
    large = p_chart([4000, 6000] * 6, [100_000] * 12)
    assert small[0].high < 0.12
    assert {p.signal for p in large} == {None}
    plain_half_width = 3 * sqrt(0.05 * 0.95 / 100_000)
    # Every moving range is 0.02 in shares, so σz·σp = 0.02/1.128.
    assert isclose(large[0].high - 0.05, 3 * 0.02 / 1.128, abs_tol=1e-9)
    assert large[0].high - 0.05 > 5 * plain_half_width


@given(st.lists(shares, min_size=1, max_size=30))
def test_p_chart_limits_hold_the_center(pairs):
    points = p_chart([n for n, _ in pairs], [d for _, d in pairs])
    assert len(points) == len(pairs)
    for (n, d), point in zip(pairs, points, strict=True):
        if point.low is not None:
            assert 0 <= point.low <= point.center <= point.high <= 1
            if point.signal == "high":
                assert n / d > point.high
        else:
            assert point.signal is None
    assert max((p.high for p in points if p.high is not None), default=-inf) <= 1
