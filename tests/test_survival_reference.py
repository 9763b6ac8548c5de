"""Our statistics against statsmodels, on months with heavy ties, few events, one group, none at all."""

from math import isclose, isfinite, isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.duration import survfunc as duration

from henrei_analytics.figures.log_rank import chi_square_tail, log_rank
from henrei_analytics.figures.survival import cumulative_incidence, incidence_quantile, kaplan_meier

# A quiet reference: it divides by 0 where nobody is left.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

ENDS = (None, "reclaimed", "written_off", "lapsed")
months = st.integers(0, 6)
items = st.lists(st.tuples(months, st.sampled_from(ENDS)), min_size=1, max_size=80)
rare = st.lists(
    st.tuples(months, st.sampled_from((None,) * 9 + ENDS)), min_size=1, max_size=80
)  # nearly everything still open
samples = st.one_of(items, rare)


def unzipped(sample):
    return [month for month, _ in sample], [end for _, end in sample]


def same(ours, reference):
    return isclose(ours, reference, rel_tol=1e-9, abs_tol=1e-9)


@given(samples)
def test_kaplan_meier_and_greenwood(sample):
    times, ends = unzipped(sample)
    events = [end is not None for end in ends]
    steps = kaplan_meier(times, events)
    reference = duration.SurvfuncRight(np.array(times), np.array(events, dtype=float))
    for month, survival, error in zip(
        reference.surv_times, reference.surv_prob, reference.surv_prob_se, strict=True
    ):
        step = steps[int(month)]
        assert same(step.survival, survival)
        if step.low is not None:
            assert same(step.low, limit(survival, error, +1)) and same(step.high, limit(survival, error, -1))


def limit(survival, error, sign):
    """The log(−log) limit as its definition has it, not as we rearranged it."""
    z = stats.norm.ppf(0.975)
    scale = np.log(-np.log(survival)) + sign * z * error / abs(survival * np.log(survival))
    return np.exp(-np.exp(scale))


@given(samples, st.sampled_from(ENDS[1:]))
def test_cumulative_incidence_and_its_variance(sample, end):
    times, ends = unzipped(sample)
    if end not in ends:
        assert {step.share for step in cumulative_incidence(times, ends, end)} == {0.0}
        return
    numbers = np.array([ENDS.index(each) for each in ends])
    reference = duration.CumIncidenceRight(np.array(times), numbers)
    at = ENDS.index(end) - 1
    steps = cumulative_incidence(times, ends, end)
    for month, share, error in zip(reference.times, reference.cinc[at], reference.cinc_se[at], strict=True):
        step = steps[int(month)]
        assert same(step.share, share)
        if step.low is not None and isfinite(error):
            # 1 − F takes the place of the survival.
            assert isclose(step.low, 1 - limit(1 - share, error, -1), abs_tol=1e-6)
            assert isclose(step.high, 1 - limit(1 - share, error, +1), abs_tol=1e-6)


@given(samples, st.sampled_from((0.25, 0.5, 0.9)))
def test_quantiles_and_their_limits(sample, p):
    times, ends = unzipped(sample)
    events = [end is not None for end in ends]
    found = incidence_quantile(
        cumulative_incidence(times, ["end" if event else None for event in events], "end"), p
    )
    if not any(events):
        assert (found.months, found.low, found.high) == (None, None, None)
        return
    reference = duration.SurvfuncRight(np.array(times), np.array(events, dtype=float))
    # Its own quantile passes over a curve that is exactly p for a while; ours takes the first month.
    expected = next(
        (t for t, s in zip(reference.surv_times, reference.surv_prob, strict=True) if s <= 1 - p + 1e-12),
        None,
    )
    assert found.months == expected
    low, high = reference.quantile_ci(p)
    if not isnan(low):  # it has no limits where no month's interval holds p
        assert (found.low, np.inf if found.high is None else found.high) == (low, high)


grouped = st.integers(1, 5).flatmap(
    lambda k: st.lists(st.tuples(months, st.booleans(), st.integers(1, k)), min_size=1, max_size=80)
)


@given(grouped)
def test_log_rank(sample):
    times, events, groups = (list(column) for column in zip(*sample, strict=True))
    found = log_rank(times, events, groups)
    k = len(set(groups))
    if k == 1 or not any(events):
        assert found is None
        return
    assert found is None or found.degrees <= k - 1
    if found is None or found.degrees < k - 1:
        return  # singular: the reference has no answer, see the tests by hand
    chi_square, p = duration.survdiff(np.array(times), np.array(events, dtype=float), np.array(groups))
    assert isclose(found.chi_square, chi_square, rel_tol=1e-6, abs_tol=1e-9)
    assert isclose(found.p, p, rel_tol=1e-6, abs_tol=1e-9)


@given(st.floats(0, 2000), st.integers(1, 60))
def test_chi_square_tail(x, degrees):
    assert isclose(chi_square_tail(x, degrees), stats.chi2.sf(x, degrees), rel_tol=1e-7, abs_tol=1e-250)


@given(samples, st.integers(2, 5))
def test_counts_stand_for_repeated_items(sample, times_over):
    times, ends = unzipped(sample)
    once = cumulative_incidence(times, ends, "reclaimed", [times_over] * len(times))
    assert once == cumulative_incidence(times * times_over, ends * times_over, "reclaimed")
