"""The statistics against hand-computed examples, a second implementation, and their own laws."""

from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from henrei_analytics.figures.statistics import Z95, wilson

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
