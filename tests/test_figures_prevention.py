"""80 prevention: what had come before, and whether the actions of the office helped."""

from datetime import date
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from henrei_analytics.figures import Scope, compute
from henrei_analytics.figures.two_proportions import fisher_exact, least_p, newcombe
from mart_tables import INSTITUTION, mart, shifted

SCOPE = Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31))
tables = st.integers(1, 300).flatmap(
    lambda d1: st.integers(1, 300).flatmap(
        lambda d2: st.tuples(st.integers(0, d1), st.just(d1), st.integers(0, d2), st.just(d2))
    )
)


def rows(name, *columns, **given_tables):
    return compute(mart(**given_tables), SCOPE, name).data.select(*columns).rows()


# Two proportions


def test_newcombe_published_examples():
    """Newcombe, Stat Med 1998;17:873–890, table II, method 10: 56/70 − 48/80, 9/10 − 3/10, 10/10 − 0/10."""
    for first, second, low, high in (
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((0, 10), (10, 10), 0.6075, 1.0),
    ):
        found = newcombe(*first, *second)
        assert isclose(found[0], low, abs_tol=5e-5) and isclose(found[1], high, abs_tol=5e-5)


def test_fisher_published_example():
    """The tea-tasting table: 3 of 4 right, two-sided p = 34/70 (Agresti, Categorical Data Analysis, § 3.5.2)."""
    assert isclose(fisher_exact(3, 4, 1, 4), 34 / 70)
    assert isclose(fisher_exact(4, 4, 0, 4), 2 / 70)


@settings(deadline=None)
@given(tables)
def test_against_other_programs(table):
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    scipy = pytest.importorskip("scipy.stats")
    n1, d1, n2, d2 = table
    theirs = proportion.confint_proportions_2indep(n2, d2, n1, d1, method="newcomb", compare="diff")
    assert all(isclose(a, b, abs_tol=1e-9) for a, b in zip(newcombe(*table), theirs, strict=True))
    p = scipy.fisher_exact([[n1, d1 - n1], [n2, d2 - n2]])[1]
    assert isclose(fisher_exact(*table), p, rel_tol=1e-6, abs_tol=1e-12)


@given(tables)
def test_laws_of_two_proportions(table):
    n1, d1, n2, d2 = table
    low, high = newcombe(*table)
    assert -1 <= low <= n2 / d2 - n1 / d1 <= high <= 1
    swapped = newcombe(n2, d2, n1, d1)
    assert isclose(swapped[0], -high, abs_tol=1e-12) and isclose(swapped[1], -low, abs_tol=1e-12)
    p = fisher_exact(*table)
    assert 0 < p <= 1 and isclose(p, fisher_exact(n2, d2, n1, d1), rel_tol=1e-6)
    assert p >= least_p(n1 + n2, d1, d2) - 1e-9


def test_two_proportions_without_denominators_and_with_nonsense():
    assert newcombe(0, 0, 1, 2) is None
    assert fisher_exact(0, 0, 1, 2) is None
    assert least_p(1, 0, 2) is None
    with pytest.raises(ValueError):
        fisher_exact(3, 2, 0, 1)


def test_the_large_tables_of_a_hospital():
    """60 of 9,000 against 30 of 9,000; the value is that of scipy 1.17."""
    assert isclose(fisher_exact(60, 9000, 30, 9000), 0.00200812, rel_tol=1e-5)


# Preventable

BEFORE = """
    processing_month | patient_key | insurer_number | department | entered_by | category | points | round
    2025-08          | x           | 01130012       | -          | -          | 重複     | 1      | 1
    2026-03          | a           | 06130488       | 01         | -          | 資格関係 | 10     | 1
    2026-09          | a           | 39131016       | -          | -          | 資格関係 | 20     | 1
    2026-09          | b           | 06130488       | 01         | -          | 資格関係 | 40     | 1
    2026-09          | c           | 06130488       | -          | -          | 重複     | 80     | 1
    2026-09          | -           | -              | -          | -          | 資格関係 | 160    | 1
    2026-09          | d           | 06130488       | -          | -          | 未分類   | 320    | 1
"""


def test_what_had_come_before_of_what_could_be_looked_up():
    """Returns are known from 2025-08: only those from 2026-08 on have their 12 months."""
    table = rows("preventable", "kind", "numerator", "denominator", "yen", "rate", returns=BEFORE)
    assert table == [
        ("patient", 1, 3, 200, 1 / 3),
        ("insurer", 1, 3, 400, 1 / 3),
        ("department", 1, 1, 400, 1.0),
        ("person", 0, 0, 0, None),
    ]


def test_what_chance_alone_would_give():
    """Had the two returns of 資格関係 fallen on any of the 10 claims: patient a has one of them, 06130488 four, 内科
    all. Nobody had 重複 in the 12 months before the third; re-claims are no first claims."""
    claims = [
        {"patient_key": f"p{number}", "insurer_number": insurer, "department": "01", "is_resubmission": again}
        for number, (insurer, again) in enumerate(
            [("06130488", False)] * 3 + [("39131016", False)] * 6 + [("06130488", True)] * 5
        )
    ]
    claims.append({"patient_key": "a", "insurer_number": "06130488", "department": "01"})
    table = dict(rows("preventable", "kind", "by_chance", returns=BEFORE, claims=claims))
    assert table == {
        "patient": pytest.approx(2 * 0.1 / 3), "insurer": pytest.approx(2 * 0.4 / 3), "department": 1.0,
        "person": None,
    }  # fmt: skip
    assert set(rows("preventable", "by_chance", returns=BEFORE)) == {(None,)}, (
        "without claims nothing is known"
    )


def test_candidates_are_those_that_exceed_chance():
    """内科 makes 9 of 10 claims and repeats as often as it must; 眼科 makes one and repeats all the same."""
    returns = [
        {"processing_month": month, "department": department, "category": "資格関係"}
        | {"patient_key": None, "insurer_number": None}
        for month, counts in ((date(2025, 8, 1), (9, 1)), (date(2026, 9, 1), (8, 2)))
        for department, count in zip(("01", "26"), counts, strict=True)
        for _ in range(count)
    ] + [{"processing_month": date(2026, 1, 1), "department": each, "category": "資格関係"}
         | {"patient_key": None, "insurer_number": None} for each in ("01", "26")]  # fmt: skip
    claims = [{"department": "01"}] * 9 + [{"department": "26"}]
    table = rows(
        "preventable_candidates", "kind", "repeats", "expected", "excess", returns=returns, claims=claims
    )
    assert table == [("department", 2, pytest.approx(1.0), pytest.approx(1.0))], "内科 (8 of 9) is left out"


def test_candidates_come_with_the_guidance_and_without_patients():
    table = rows(
        "preventable_candidates", "rank", "kind", "who", "category", "repeats", "yen", "prevent_ja",
        returns=BEFORE,
        guidance="payer | code | prevent_ja\n- | - | 受付で資格を確かめる\n- | L3129 | 別の話\nkokuho | - | 国保の話",
    )  # fmt: skip
    assert table == [
        (1, "department", "内科", "資格関係", 1, 400, "受付で資格を確かめる"),
        (2, "insurer", "06130488", "資格関係", 1, 400, "受付で資格を確かめる"),
        (3, "patient", None, "資格関係", 1, 200, "受付で資格を確かめる"),
    ]


# Actions

MARCH = date(2026, 3, 15)


def office(before, after, claims=1000, months=range(-6, 8), action=None, **more):
    """An action on 2026-03-15: `before` / `after` returns of 資格関係 in each month before / after its own."""
    returns = [
        {"processing_month": shifted(MARCH, offset), "category": "資格関係"} | more
        for offset in months
        for _ in range(before if offset < 0 else after)
    ]
    return {
        "returns": returns,
        "claim_volume": [{"claim_month": shifted(MARCH, each), "first_claims": claims} for each in months],
        "prevention_actions": [{"acted_on": MARCH} | (action or {})],
        "files": [{"month": shifted(MARCH, each)} for each in (months[0], months[-1])],
    }


EFFECT = ("span", "numerator_before", "denominator_before", "numerator_after", "denominator_after", "effect")


def test_an_action_that_helped():
    """As of 2026-10-31 the months to September have arrived: six after, none of the later six in full."""
    table = rows(
        "action_effect", *EFFECT, "months_before", "months_after", **office(10, 2, months=range(-6, 7))
    )
    assert table == [("first", 60, 6000, 12, 6000, "less", 6, 6)]
    (row,) = compute(mart(**office(10, 2, months=range(-6, 7))), SCOPE, "action_effect").data.to_dicts()
    assert (row["rate_before"], row["rate_after"], row["ratio"]) == (0.01, 0.002, pytest.approx(0.2))
    assert row["difference_low"] < row["difference"] < row["difference_high"] < 0
    assert row["p"] < 0.001


@pytest.mark.parametrize(
    ("before", "after", "effect"), [(10, 9, "unproven"), (2, 10, "more"), (0, 0, "few"), (1, 0, "less")]
)
def test_verdicts(before, after, effect):
    (row,) = rows("action_effect", "effect", **office(before, after, months=range(-6, 7)))
    assert row == (effect,)


def test_five_returns_cannot_tell_however_they_fall():
    table = office(1, 0, months=range(-6, 7))
    table["returns"] = table["returns"][1:]
    assert rows("action_effect", "numerator_before", "effect", **table) == [(5, "few")]


def test_the_month_of_the_action_belongs_to_neither_side():
    table = office(10, 10, months=range(-6, 7))
    table["returns"] += [{"processing_month": date(2026, 3, 1), "category": "資格関係"}] * 500
    assert rows("action_effect", "numerator_before", "numerator_after", **table) == [(60, 60)]


@pytest.mark.parametrize(
    ("acted_on", "effect"), [(date(2026, 6, 30), "unproven"), (date(2026, 7, 1), "early")]
)
def test_three_months_must_have_arrived(acted_on, effect):
    """The returns of September arrived in October: July, August, September are three months after June."""
    table = office(10, 10) | {"prevention_actions": [{"acted_on": acted_on}]}
    assert rows("action_effect", "effect", **table) == [(effect,)]


def test_an_action_of_tomorrow_is_not_known_yet():
    table = office(10, 10) | {"prevention_actions": [{"acted_on": date(2026, 11, 1)}]}
    assert rows("action_effect", "effect", **table) == []


def test_months_that_are_not_loaded_are_left_out_and_named():
    table = office(10, 2, months=range(-6, 7))
    table["claim_volume"] = [row for row in table["claim_volume"] if row["claim_month"] != date(2025, 12, 1)]
    table["coverage"] = "month | state\n2026-05 | gone\n2026-06 | missing\n2026-07 | loaded"
    (row,) = rows("action_effect", "months_before", "months_after", "denominator_after", "left_out", **table)
    assert row == (5, 4, 4000, "2025-12、2026-05、2026-06")


def test_a_notice_of_returns_that_are_not_loaded_makes_the_month_unknown():
    table = office(10, 2, months=range(-6, 7)) | {"reported_returns": "processing_month\n2026-05"}
    assert rows("action_effect", "left_out", **table) == [("2026-05",)]


def test_claims_of_one_payer_only_do_not_answer_for_both():
    table = office(10, 2, months=range(-6, 7))
    table["returns"].append({"processing_month": date(2026, 5, 1), "payer": "kokuho", "category": "重複"})
    assert rows("action_effect", "effect", **table) == [("not_loaded",)]
    table["prevention_actions"] = [{"acted_on": MARCH, "payer": "shaho"}]
    assert rows("action_effect", "effect", **table) == [("less",)]


def test_whether_it_held_is_a_line_of_its_own():
    scope = Scope(INSTITUTION, date(2027, 3, 1), date(2027, 4, 30))
    con = mart(**office(10, 2, months=range(-6, 13)))
    table = compute(con, scope, "action_effect").data
    assert table.select("span", "months_after", "effect").rows() == [
        ("first", 6, "less"),
        ("later", 6, "less"),
    ]


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ({"department": "01"}, {"department": "01"}),
        ({"insurer_number": "01130012"}, {"insurer_number": "01130012"}),
    ],
)
def test_an_action_of_one_department_or_insurer_counts_its_claims_alone(action, more):
    """100 claims a month of its own, 50 of others, 10 re-claims that are no first claims."""
    table = office(10, 2, months=range(-6, 7), action=action, **more)
    table["returns"] += [{"processing_month": date(2026, 5, 1), "category": "資格関係"}] * 30
    table["claims"] = [
        {"claim_month": shifted(MARCH, month)} | kind
        for month in range(-6, 7)
        for kind in [more] * 100 + [{}] * 50 + [more | {"is_resubmission": True}] * 10
    ]
    assert rows("action_effect", *EFFECT, **table) == [("first", 60, 600, 12, 600, "less")]


def test_re_returns_and_re_examinations_are_not_counted():
    table = office(10, 2, months=range(-6, 7))
    table["returns"] += [
        {"processing_month": date(2026, 5, 1), "category": "資格関係", "round": 2},
        {"processing_month": date(2026, 5, 1), "category": "資格関係", "stage": "re_examination"},
    ]
    assert rows("action_effect", "numerator_after", **table) == [(12,)]


def test_the_months_add_up_to_before_and_after():
    con = mart(**office(10, 2, months=range(-6, 7)))
    months = compute(con, SCOPE, "action_months").data
    effect = compute(con, SCOPE, "action_effect").data
    for phase in ("before", "after"):
        part = months.filter(phase=phase)
        assert part["numerator"].sum() == effect[f"numerator_{phase}"].item()
        assert part["denominator"].sum() == effect[f"denominator_{phase}"].item()
        assert part["phase_rate"].unique().to_list() == [pytest.approx(effect[f"rate_{phase}"].item())]
    assert months.filter(phase="action").select("month", "phase_rate").rows() == [(date(2026, 3, 1), None)]


def test_sentences():
    def said(**given_tables):
        return compute(mart(**given_tables), SCOPE, "prevention_verdict").data["sentence"].to_list()

    assert said() == [
        "さかのぼれる12か月分の返戻がまだないため、防げた割合は計算できません。",
        "取組の記録がありません。取組を始めた日を記録すると、前後の返戻率をくらべます。",
    ]
    share, others, first, *_ = said(returns=BEFORE)
    assert share.startswith("返戻3件のうち1件（33 %、¥200）") and "偶然" not in share
    assert others.startswith("同じ保険者では33 %、同じ診療科では100 %です。")
    assert "同じ診療科（内科）の「資格関係」1件" in first
    assert said(**office(10, 2, months=range(-6, 7)))[-1] == (
        "2026年3月の取組「資格関係（全体）」: 返戻率は1.00 %から0.20 %。減りました（偶然とは考えにくい）。"
    )


def test_actions_without_any_data_are_listed_all_the_same():
    assert rows("action_effect", "effect", "p", prevention_actions="acted_on\n2026-03-15") == [
        ("not_loaded", None)
    ]
