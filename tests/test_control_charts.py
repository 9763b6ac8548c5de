"""Control charts against published examples, an independent computation in numpy, and their own laws."""

from math import inf, isclose, log

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from henrei_analytics.figures.control_charts import (
    BASELINE_MONTHS,
    CUSUM_LIMIT,
    CUSUM_ODDS_RATIO,
    MINIMUM_EXPECTED,
    center_of,
    control_chart,
    cusum,
    limits,
    sigma_z,
    weight,
)

shares = st.integers(1, 5000).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))
ORANGE_JUICE = (
    12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6,
)  # fmt: skip


def chart(numerators, denominator, **more):
    return control_chart(numerators, [denominator] * len(numerators), **more)


def signals(numerators, denominator, **more):
    return [point.signal for point in chart(numerators, denominator, **more)]


# Limits


def test_p_chart_published_example():
    """Montgomery, example 7.1: 30 samples of 50 cans; p̄ 0.2313, limits 0.0524 and 0.4102, samples 15 and 23 beyond."""
    points = chart(ORANGE_JUICE, 50)
    assert round(points[0].center, 4) == 0.2313
    assert (round(points[0].low, 4), round(points[0].high, 4)) == (0.0524, 0.4102)
    assert [number for number, point in enumerate(points, start=1) if point.signal == "high"] == [15, 23]


def test_the_judged_month_does_not_widen_its_own_limits():
    """12 months of 10 in 100: 0.1 ± 3·√(0.1·0.9/100) = 0.1 ± 0.09; then 25 in 100 is beyond."""
    points = chart([10] * 12 + [25], 100, baseline=12)
    assert isclose(points[12].low, 0.01) and isclose(points[12].high, 0.19)
    assert [point.signal for point in points] == ["usual"] * 12 + ["high"]


def test_few_months_make_no_limits():
    points = chart([10] * (BASELINE_MONTHS - 1), 100)
    assert {(p.center, p.low, p.high, p.cusum, p.signal) for p in points} == {(None,) * 5}


def test_a_run_on_one_side_is_a_signal_without_crossing_a_limit():
    found = signals([12, 8] * 6 + [11] * 8, 100, baseline=12)
    assert found[-1] == "run_high" and set(found[:-1]) == {"usual"}
    assert signals([8, 12] * 6 + [9] * 8, 100, baseline=12)[-1] == "run_low"


def test_months_without_denominator_have_no_limits_and_end_a_run():
    numerators = [12] * 7 + [3, 12, 8, 8, 8, 8, 8, 8]
    points = control_chart(numerators, [100] * 7 + [None] + [100] * 7)
    assert (points[7].low, points[7].high, points[7].cusum, points[7].signal) == (None,) * 4
    assert points[8].signal == "usual"


def test_more_returns_than_claims_is_no_share():
    points = control_chart([10] * 12 + [101], [100] * 13)
    assert (points[12].high, points[12].signal) == (None, None)


@pytest.mark.parametrize(("expected", "signal"), [(MINIMUM_EXPECTED - 1, "few"), (MINIMUM_EXPECTED, "high")])
def test_below_the_minimum_expected_count_nothing_is_judged(expected, signal):
    assert signals([expected] * 12 + [expected * 4], 1000, baseline=12)[12] == signal


# Laney


def numpy_sigma_z(n, d):
    n, d = numpy.asarray(n, float), numpy.asarray(d, float)
    p = n.sum() / d.sum()
    z = (n / d - p) / numpy.sqrt(p * (1 - p) / d)
    return numpy.abs(numpy.diff(z)).mean() / 1.128


def test_laney_against_an_independent_computation():
    random = numpy.random.default_rng(7)
    d = random.integers(8_000, 12_000, 24)
    n = random.binomial(d, random.beta(50, 950, 24))
    months = list(zip(n.tolist(), d.tolist(), strict=True))
    spread = numpy_sigma_z(n, d)
    assert spread > 1.5
    assert isclose(sigma_z(months), spread, rel_tol=1e-12)
    p = n.sum() / d.sum()
    for month, point in zip(months, control_chart(n.tolist(), d.tolist()), strict=True):
        half = 3 * spread * numpy.sqrt(p * (1 - p) / month[1])
        assert isclose(point.high, p + half, rel_tol=1e-12) and isclose(point.low, p - half, rel_tol=1e-12)


def test_laney_is_used_for_large_and_overdispersed_offices_only():
    """4 % and 6 % in turn: chance at 999 claims by rule, too much at 100,000; steady months keep the p-chart."""
    assert sigma_z([(40, 999), (60, 999)] * 6) == 1
    assert sigma_z([(4000, 100_000), (6000, 100_000)] * 6) > 25
    assert sigma_z([(5000, 100_000), (5020, 100_000)] * 6) == 1
    # Every moving range is 0.02 in shares, so σz·σp = 0.02/1.128 and nothing is beyond the limits.
    points = chart([4000, 6000] * 6, 100_000)
    assert isclose(points[0].high - 0.05, 3 * 0.02 / 1.128, rel_tol=1e-9)
    assert {point.signal for point in points} == {"usual"}


# CUSUM


def test_cusum_weights_published_example():
    """Rigdon & Fricker, Health Surveillance (2015), p. 225: risk of a patient with Parsonnet score 19, odds halved."""
    risk = 1 / (1 + numpy.exp(3.67 - 0.077 * 19))
    assert round(weight(0, 1, risk, odds_ratio=1 / 2), 5) == 0.05083


def test_a_weight_is_the_log_of_a_ratio_of_binomial_probabilities():
    binom = pytest.importorskip("scipy.stats").binom
    odds = CUSUM_ODDS_RATIO * 0.02 / 0.98
    expected = binom.logpmf(31, 900, odds / (1 + odds)) - binom.logpmf(31, 900, 0.02)
    assert isclose(weight(31, 900, 0.02), expected, rel_tol=1e-9)


def test_a_slow_rise_is_found_before_any_month_is_beyond_the_limits():
    """1.5 times as many as in the first year: 30 instead of 20 a month, limits 6.9 to 33.1."""
    points = chart([20] * 12 + [30] * 4, 1000, baseline=12)
    assert [point.signal for point in points] == ["usual"] * 14 + ["creeping"] * 2
    step = 30 * log(1.5) - 1000 * log(1 + 0.5 * 0.02)
    assert isclose(points[12].cusum, step) and isclose(points[13].cusum, 2 * step)
    assert points[11].cusum is None


def test_the_signal_ends_with_the_first_month_that_speaks_against_it():
    assert signals([20] * 12 + [31] * 4 + [20], 1000, baseline=12)[-2:] == ["creeping", "usual"]


def test_a_small_office_is_told_of_a_rise_once_enough_was_expected():
    """2 expected a month: never judged month by month; three times as many for months is no chance."""
    found = signals([2] * 12 + [6] * 4, 100, baseline=12)
    assert found[:14] == ["few"] * 14
    assert found[15] == "creeping"


def test_without_a_change_the_cusum_keeps_its_promise():
    """120 months or more between false alarms, so at most one office in ten has one in the 12 months judged."""
    random = numpy.random.default_rng(11)
    for denominator, rate in ((150, 0.03), (900, 0.02), (9_000, 0.02)):
        runs = 400
        alarms = 0
        for _ in range(runs):
            months = [(int(n), denominator) for n in random.binomial(denominator, rate, 24)]
            alarms += any(total is not None and total >= CUSUM_LIMIT for total, _ in cusum(months))
        assert alarms / runs <= 0.1


def test_cusum_against_an_independent_computation():
    random = numpy.random.default_rng(3)
    n = random.binomial(800, numpy.linspace(0.02, 0.03, 30))
    p = n[:12].sum() / (12 * 800)
    worse = 1.5 * p / (1 + 0.5 * p)
    score = n * numpy.log(worse / p) + (800 - n) * numpy.log((1 - worse) / (1 - p))
    total, expected = 0.0, []
    for each in score[12:]:
        total = min(CUSUM_LIMIT, max(0.0, total + each))
        expected.append(total)
    found = [total for total, _ in cusum([(int(each), 800) for each in n])]
    assert found[:12] == [None] * 12
    assert numpy.allclose(found[12:], expected)


@given(st.lists(shares, min_size=1, max_size=30))
def test_limits_hold_the_center(pairs):
    points = control_chart([n for n, _ in pairs], [d for _, d in pairs])
    assert len(points) == len(pairs)
    for (n, d), point in zip(pairs, points, strict=True):
        if point.low is None:
            assert point.signal is None
            continue
        assert 0 <= point.low <= point.center <= point.high <= 1
        assert (point.signal == "few") <= (point.expected < MINIMUM_EXPECTED)
        if point.signal == "high":
            assert n / d > point.high
        if point.cusum is not None:
            assert 0 <= point.cusum <= CUSUM_LIMIT
    assert max((p.high for p in points if p.high is not None), default=-inf) <= 1


@given(shares)
def test_no_returns_and_nothing_but_returns_have_no_width(share):
    _, d = share
    assert limits(0.0, d) == (0, 0) and limits(1.0, d) == (1, 1)
    assert center_of([(0, d)]) == 0
