"""The statistics against hand-computed examples, a second implementation, and their own laws."""

from fractions import Fraction
from math import inf, isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from henrei_analytics.figures.statistics import (
    BASELINE_MONTHS,
    Z95,
    kaplan_meier,
    p_chart,
    survival_quantile,
    wilson,
)

shares = st.integers(1, 5000).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))
observations = st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=60)


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


# Kaplan–Meier


def test_kaplan_meier_by_hand():
    """Ten returns: 4 in month 0, 2 in month 1, 1 in month 3; open: one at 0, one at 1, one at 3.

    S(0) = 6/10; at risk in month 1: 10−4−1 = 5, S(1) = 0.6·3/5 = 0.36; month 2: nothing happens
    to the 2 left; month 3: S(3) = 0.36·1/2 = 0.18.
    """
    steps = kaplan_meier([0, 0, 1, 1, 3, 3], [True, False, True, False, True, False], [4, 1, 2, 1, 1, 1])
    assert [(s.months, s.at_risk, s.events, s.censored) for s in steps] == [
        (0, 10, 4, 1), (1, 5, 2, 1), (2, 2, 0, 0), (3, 2, 1, 1),
    ]  # fmt: skip
    assert [round(s.survival, 12) for s in steps] == [0.6, 0.36, 0.36, 0.18]
    assert survival_quantile(steps, 0.4) == 0
    assert survival_quantile(steps, 0.5) == 1
    assert survival_quantile(steps, 0.9) is None


def test_kaplan_meier_freireich_interval():
    """6-MP arm of Freireich et al. 1963, the textbook example: S(10) = 0.7529, 95 % log-log CI
    (0.5032, 0.8894), as printed by R survival and SAS for this data."""
    months = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    steps = kaplan_meier(months, [True] * 9 + [False] * 12)
    at_10 = steps[10]
    assert isclose(at_10.survival, 0.7529, abs_tol=5e-5)
    assert isclose(at_10.low, 0.5032, abs_tol=5e-4)
    assert isclose(at_10.high, 0.8894, abs_tol=5e-4)
    assert survival_quantile(steps, 0.5) == 23


def exact_survival(items, months):
    """Second implementation: the product of conditional survivals, in exact fractions."""
    survival = Fraction(1)
    for month in range(months + 1):
        at_risk = sum(duration >= month for duration, _ in items)
        events = sum(event for duration, event in items if duration == month)
        if at_risk:
            survival *= 1 - Fraction(events, at_risk)
    return survival


@given(observations)
def test_kaplan_meier_agrees_with_exact_fractions(items):
    steps = kaplan_meier([d for d, _ in items], [e for _, e in items])
    for step in steps:
        assert isclose(step.survival, exact_survival(items, step.months), abs_tol=1e-12)
    exact = [exact_survival(items, step.months) for step in steps]
    for p in (Fraction(1, 2), Fraction(9, 10)):
        expected = next((m for m, s in enumerate(exact) if 1 - s >= p), None)
        assert survival_quantile(steps, float(p)) == expected


@given(observations)
def test_kaplan_meier_laws(items):
    steps = kaplan_meier([d for d, _ in items], [e for _, e in items])
    assert sum(s.events + s.censored for s in steps) == len(items)
    previous = 1.0
    for step in steps:
        assert 0 <= step.survival <= previous
        previous = step.survival
        assert (step.low is None) == (step.survival in (0.0, 1.0))
        if step.low is not None:
            assert 0 <= step.low <= step.survival <= step.high <= 1


@given(st.lists(st.integers(0, 12), min_size=1))
def test_without_censoring_it_is_the_plain_share(durations):
    for step in kaplan_meier(durations, [True] * len(durations)):
        assert isclose(step.survival, sum(d > step.months for d in durations) / len(durations), abs_tol=1e-12)


def test_kaplan_meier_of_nothing_and_of_nonsense():
    assert kaplan_meier([], []) == []
    assert survival_quantile([], 0.5) is None
    with pytest.raises(ValueError):
        kaplan_meier([-1], [True])


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
