"""Survival, cumulative incidence, quantiles and the log-rank test: examples by hand, and their own laws."""

from fractions import Fraction
from math import exp, isclose, log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from henrei_analytics.figures.log_rank import chi_square_tail, holm, log_rank
from henrei_analytics.figures.statistics import Z95
from henrei_analytics.figures.survival import cumulative_incidence, incidence_quantile, kaplan_meier

observations = st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=60)
endings = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(("reclaimed", "written_off", "lapsed", None))), max_size=60
)
MERCAPTOPURINE = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
"""Weeks in remission of Freireich et al., Blood 1963;21:699–716; the first 9 relapsed, the rest had not."""
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
"""The other arm; all relapsed."""

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


def test_kaplan_meier_freireich_interval():
    """S(10) = 0.7529, 95 % log-log CI (0.5032, 0.8894), as printed by R survival and SAS for this data."""
    steps = kaplan_meier(MERCAPTOPURINE, [True] * 9 + [False] * 12)
    at_10 = steps[10]
    assert isclose(at_10.survival, 0.7529, abs_tol=5e-5)
    assert isclose(at_10.low, 0.5032, abs_tol=5e-4)
    assert isclose(at_10.high, 0.8894, abs_tol=5e-4)


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
    with pytest.raises(ValueError):
        kaplan_meier([-1], [True])


# Cumulative incidence


def test_cumulative_incidence_by_hand():
    """Ten returns: 4 re-claimed and 2 written off at once; of the 4 left 1 is re-claimed and 1 lapses a month later.

    F(0) = 4/10; S(0) = 4/10, so F(1) = 0.4 + 0.4·1/4 = 0.5. Kaplan–Meier with the other ends as censored
    says 1 − 6/10·3/4 = 0.55: more than the half that was ever re-claimed.
    """
    months, ends, counts = (
        [0, 0, 1, 1, 1],
        ["reclaimed", "written_off", "reclaimed", "lapsed", None],
        [4, 2, 1, 1, 2],
    )
    steps = cumulative_incidence(months, ends, "reclaimed", counts)
    assert [(s.months, s.at_risk, s.events, s.others, s.censored) for s in steps] == [
        (0, 10, 4, 2, 0),
        (1, 4, 1, 1, 2),
    ]
    assert [s.share for s in steps] == pytest.approx([0.4, 0.5])
    naive = kaplan_meier(months, [end == "reclaimed" for end in ends], counts)
    assert 1 - naive[-1].survival == pytest.approx(0.55)


def test_first_month_interval_by_hand():
    """In the first month it is a plain share: error √(0.4·0.6/10), limits on the log(−log(1 − F)) scale."""
    step, *_ = cumulative_incidence([0, 0, 1], ["reclaimed", "lapsed", None], "reclaimed", [4, 3, 3])
    spread = Z95 * sqrt(0.4 * 0.6 / 10) / (0.6 * abs(log(0.6)))
    assert step.low == pytest.approx(1 - 0.6 ** exp(-spread))
    assert step.high == pytest.approx(1 - 0.6 ** exp(spread))


@given(endings)
def test_the_ends_and_what_is_open_make_the_whole(items):
    months, ends = [m for m, _ in items], [e for _, e in items]
    curves = [cumulative_incidence(months, ends, end) for end in ("reclaimed", "written_off", "lapsed")]
    for open_step, *steps in zip(kaplan_meier(months, [e is not None for e in ends]), *curves, strict=True):
        assert isclose(open_step.survival + sum(step.share for step in steps), 1, abs_tol=1e-9)


@given(endings)
def test_kaplan_meier_never_says_less(items):
    months, ends = [m for m, _ in items], [e for _, e in items]
    naive = kaplan_meier(months, [end == "reclaimed" for end in ends])
    for step, of_naive in zip(cumulative_incidence(months, ends, "reclaimed"), naive, strict=True):
        assert step.share <= 1 - of_naive.survival + 1e-9
        if step.low is not None:
            assert 0 <= step.low <= step.share <= step.high <= 1


@given(observations)
def test_without_other_ends_it_is_kaplan_meier(items):
    months, events = [m for m, _ in items], [e for _, e in items]
    steps = cumulative_incidence(months, ["reclaimed" if event else None for event in events], "reclaimed")
    for step, same in zip(steps, kaplan_meier(months, events), strict=True):
        assert isclose(step.share, 1 - same.survival, abs_tol=1e-9)
        if step.low is not None and same.low is not None:
            assert isclose(step.low, 1 - same.high, abs_tol=1e-6)
            assert isclose(step.high, 1 - same.low, abs_tol=1e-6)


# Quantiles


def test_median_with_limits_of_the_textbook_example():
    """23 weeks (13, –) and 8 (4, 11), as R survfit with conf.type = "log-log" prints them."""
    relapses = ["relapse"] * 9 + [None] * 12
    treated = incidence_quantile(cumulative_incidence(MERCAPTOPURINE, relapses, "relapse"), 0.5)
    assert (treated.months, treated.low, treated.high) == (23, 13, None)
    untreated = incidence_quantile(cumulative_incidence(PLACEBO, ["relapse"] * 21, "relapse"), 0.5)
    assert (untreated.months, untreated.low, untreated.high) == (8, 4, 11)


def test_a_share_never_reached_has_no_month():
    """Six of ten were written off: half can never be re-claimed, however long one waits."""
    steps = cumulative_incidence([0, 1], ["reclaimed", "written_off"], "reclaimed", [400, 600])
    quantile = incidence_quantile(steps, 0.5)
    assert (quantile.months, quantile.low, quantile.high) == (None, None, None)


def test_exactly_half_is_reached():
    assert incidence_quantile(cumulative_incidence([0, 3], ["end", None], "end", [3, 3]), 0.5).months == 0


@given(endings, st.sampled_from((0.5, 0.9)))
def test_limits_enclose_the_quantile(items, p):
    found = incidence_quantile(
        cumulative_incidence([m for m, _ in items], [e for _, e in items], "reclaimed"), p
    )
    if found.months is not None:
        assert found.low <= found.months
        assert found.high is None or found.months <= found.high


def test_nothing_and_nonsense():
    assert cumulative_incidence([], [], "reclaimed") == []
    assert incidence_quantile([], 0.5).months is None
    with pytest.raises(ValueError):
        cumulative_incidence([-1], ["reclaimed"], "reclaimed")
    with pytest.raises(ValueError):
        cumulative_incidence([1, 2], ["reclaimed"], "reclaimed")


# Log-rank


def test_log_rank_textbook_example():
    """Freireich's two arms: 9 observed, 19.25 expected, chi-square 16.79 (Kalbfleisch & Prentice; R survdiff)."""
    found = log_rank(MERCAPTOPURINE + PLACEBO, [True] * 9 + [False] * 12 + [True] * 21, [6] * 21 + [0] * 21)
    assert found.degrees == 1
    assert found.chi_square == pytest.approx(16.79, abs=0.005)
    assert found.p == pytest.approx(4.17e-5, rel=0.01)


def test_log_rank_without_anything_to_tell_groups_apart():
    assert log_rank([], [], []) is None
    assert log_rank([0, 1, 2], [True] * 3, ["a"] * 3) is None
    assert log_rank([0, 1, 2], [False] * 3, ["a", "b", "c"]) is None
    assert log_rank([0, 0, 0], [True] * 3, ["a", "b", "c"]) is None, "all at once"


def test_a_group_that_left_before_anything_happened_costs_no_degree():
    with_it = log_rank([0, 1, 1, 2, 2, 3], [False, True, False, True, True, False], list("cababa"))
    without = log_rank([1, 1, 2, 2, 3], [True, False, True, True, False], list("ababa"))
    assert with_it.degrees == without.degrees == 1
    assert with_it.chi_square == pytest.approx(without.chi_square)


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.sampled_from("abc")), max_size=40))
def test_log_rank_does_not_depend_on_the_order_of_groups(items):
    forward = log_rank(*([item[i] for item in items] for i in range(3)))
    backward = log_rank(*([item[i] for item in reversed(items)] for i in range(3)))
    assert (forward is None) == (backward is None)
    if forward:
        assert forward.degrees == backward.degrees
        assert isclose(forward.chi_square, backward.chi_square, rel_tol=1e-6, abs_tol=1e-9)


def test_chi_square_table():
    """Upper 5 % points of the printed tables."""
    for degrees, x in ((1, 3.841), (2, 5.991), (3, 7.815), (10, 18.307), (25, 37.652)):
        assert chi_square_tail(x, degrees) == pytest.approx(0.05, abs=5e-5)
    assert chi_square_tail(0, 1) == chi_square_tail(0, 4) == 1
    with pytest.raises(ValueError):
        chi_square_tail(1, 0)


def test_holm_by_hand():
    """Sorted 0.01, 0.02, 0.03 of three: ×3, ×2, ×1, never smaller than the one before."""
    assert holm([0.02, 0.01, None, 0.03]) == pytest.approx([0.04, 0.03, None, 0.04])
    assert holm([0.9, 0.6]) == [1.0, 1.0]
    assert holm([]) == []
