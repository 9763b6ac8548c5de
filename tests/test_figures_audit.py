"""70 audit: institutions side by side, the mix of claims, periods, concentration, benchmarks, back to the claims."""

from __future__ import annotations

from datetime import date
from math import isclose
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from henrei_analytics import audit_view, charts
from henrei_analytics.benchmarks import folder_of, read_benchmarks
from henrei_analytics.figures import Scope, compute
from henrei_analytics.figures.funnel import byar, funnel_limits, overdispersion, widened, z_scores
from henrei_analytics.notebook import open_office
from henrei_analytics.warehouse import connect
from mart_tables import INSTITUTION, mart, shifted

OTHER = "2719954321"
SEPTEMBER = date(2026, 9, 1)
SCOPE = Scope(INSTITUTION, SEPTEMBER, date(2026, 10, 31))
rates = st.floats(0.001, 0.5)
sizes = st.integers(1, 20_000)


def rows(name, *columns, scope=SCOPE, **given_tables):
    return compute(mart(**given_tables), scope, name).data.select(*columns).rows()


# The statistics


@settings(deadline=None, max_examples=60)
@given(rates, sizes, st.sampled_from([0.025, 0.001]))
def test_limits_are_the_binomial_quantiles_drawn_in_by_less_than_one_count(rate, d, tail):
    binom = pytest.importorskip("scipy.stats").binom
    for limit, p in zip(funnel_limits(rate, d, tail), (tail, 1 - tail), strict=True):
        r = int(binom.ppf(p, d, rate))
        expected = (r - (binom.cdf(r, d, rate) - p) / binom.pmf(r, d, rate)) / d
        assert isclose(limit, max(0.0, expected), abs_tol=1e-6)


@given(rates, sizes)
def test_wider_levels_and_fewer_claims_give_wider_limits(rate, d):
    low95, high95 = funnel_limits(rate, d, 0.025)
    low998, high998 = funnel_limits(rate, d, 0.001)
    assert 0 <= low998 <= low95 + 1e-12 and high95 <= high998 + 1e-12 and high998 <= 1
    if d * rate > 5:  # where one return is already beyond chance, no limit lies above it
        assert funnel_limits(rate, d * 4, 0.025)[1] <= high95 + 1e-12
    wide = widened(rate, d, 0.001, 4)
    assert wide[0] <= low998 and wide[1] >= high998


def test_limits_where_nothing_or_everything_comes_back():
    assert funnel_limits(0.0, 10, 0.025) == (0.0, 0.0)
    assert funnel_limits(1.0, 10, 0.025) == (1.0, 1.0)
    with pytest.raises(ValueError):
        funnel_limits(0.1, 0, 0.025)


@given(st.integers(1, 2000), st.floats(0.1, 3000))
def test_byar_against_the_exact_poisson_interval(observed, expected):
    chi2 = pytest.importorskip("scipy.stats").chi2
    low, high = byar(observed, expected)
    exact = (
        chi2.ppf(0.025, 2 * observed) / 2 / expected,
        chi2.ppf(0.975, 2 * observed + 2) / 2 / expected,
    )
    scale = observed / expected
    assert isclose(low, exact[0], abs_tol=0.05 * scale) and isclose(high, exact[1], rel_tol=0.01)
    assert low < scale < high


def test_byar_published_table_and_ends():
    """Breslow & Day 1987, table 2.10: 10 observed → 0.479–1.84 times what was observed (exact: 0.480–1.839)."""
    low, high = byar(10, 10)
    assert isclose(low, 0.479, abs_tol=1e-3) and isclose(high, 1.839, abs_tol=1e-3)
    assert byar(0, 4.0)[0] == 0.0
    assert byar(3, 0.0) is None


def test_overdispersion_is_none_for_few_one_for_chance_and_large_for_two_kinds():
    assert overdispersion([10] * 9, [1000] * 9) is None
    assert overdispersion([10, 12, 9, 11, 8, 10, 13, 9, 10, 11], [1000] * 10) == 1.0
    phi = overdispersion([10, 40] * 6, [1000] * 12)
    scores = z_scores([10, 40] * 6, [1000] * 12)
    assert isclose(phi, sum(z * z for z in scores) / 12), "nothing to draw in: all lie equally far"
    assert overdispersion([0] * 12, [100] * 12) == 1.0


# Who is compared, and by which months


def two_offices(own=10, other=30, months=range(0, 1), other_setting="outpatient"):
    """Returns of each month and 1,000 claims of each, at both institutions."""
    returns, volume = [], []
    for code, count, setting in ((INSTITUTION, own, "outpatient"), (OTHER, other, other_setting)):
        for back in months:
            month = shifted(SEPTEMBER, -back)
            returns += [{"institution": code, "processing_month": month, "setting": setting}] * count
            volume.append(
                {"institution": code, "claim_month": month, "first_claims": 1000, "setting": setting}
            )
    return {"returns": returns, "claim_volume": volume}


def test_each_institution_against_all_together():
    table = rows(
        "audit_funnel",
        "institution", "is_own", "numerator", "denominator", "return_rate", "pooled", "signal_funnel", "institutions",
        **two_offices(10, 40),
    )  # fmt: skip
    assert table == [
        (INSTITUTION, True, 10, 1000, 0.01, 0.025, "low_998", 2),
        (OTHER, False, 40, 1000, 0.04, 0.025, "high_95", 2),
    ]


def test_the_same_name_gets_its_number_and_no_name_says_so():
    assert rows("audit_funnel", "office", **two_offices()) == [
        (f"架空クリニック {INSTITUTION}",),
        (f"架空クリニック {OTHER}",),
    ]
    named = [{"institution": INSTITUTION, "name": "架空医院"}]
    assert rows("audit_funnel", "office", institutions=named, **two_offices()) == [
        ("架空医院",),
        (f"名称不明 {OTHER}",),
    ]


def test_what_only_one_claims_is_compared_with_nobody():
    table = rows(
        "audit_funnel", "setting", "pooled", "signal_funnel", **two_offices(other_setting="inpatient")
    )
    assert table == [("outpatient", None, None), ("inpatient", None, None)]


def test_nothing_compared_is_not_said_to_be_within_the_limits():
    said = rows("audit_verdict", "sentence", **two_offices(other_setting="inpatient"))
    assert any("比べられる区分がありません" in sentence for (sentence,) in said)
    assert not any("限界の内側" in sentence for (sentence,) in said)


def test_more_returns_than_claims_are_no_rate_and_do_not_count_for_the_others():
    tables = two_offices(10, 40)
    tables["claim_volume"][1]["first_claims"] = 30
    assert rows("audit_funnel", "return_rate", "pooled", **tables) == [(0.01, None), (None, None)]


def test_only_months_of_which_claims_and_returns_are_known():
    tables = two_offices(10, 10, months=range(0, 3))
    # A month before the first return file, and one whose returns a notice reports but nobody downloaded.
    tables["claim_volume"].append({"claim_month": shifted(SEPTEMBER, -6), "first_claims": 5000})
    reported = [{"institution": OTHER, "processing_month": shifted(SEPTEMBER, -1)}]
    assert rows("audit_funnel", "denominator", "months_complete", reported_returns=reported, **tables) == [
        (3000, 3),
        (2000, 2),
    ]


def test_a_month_without_a_receipt_of_the_setting_is_known_all_the_same():
    assert rows(
        "audit_funnel",
        "setting", "months_complete",
        returns="processing_month\n2026-08\n2026-09",
        claim_volume="""
            claim_month | setting    | first_claims
            2026-08     | outpatient | 10
            2026-09     | outpatient | 10
            2026-09     | inpatient  | 5
        """,
    ) == [("outpatient", 2), ("inpatient", 2)]  # fmt: skip


def test_a_return_reported_of_the_other_payer_leaves_the_whole_unknown():
    """As on the institution's own page: 社保 stands, 全体 does not, although no 国保 claim is loaded."""
    assert rows(
        "audit_benchmark",
        "payer", "setting", "denominator",
        returns="processing_month\n2026-09",
        claim_volume="claim_month | first_claims\n2026-09 | 60",
        reported_returns="processing_month | payer\n2026-09 | kokuho",
    ) == [("shaho", "all", 60), ("shaho", "outpatient", 60)]  # fmt: skip


def test_the_months_of_the_institution_are_those_of_its_own_page(demo_database: Path):
    con = connect(demo_database)
    compute(con, SCOPE, "audit_funnel")
    sql = """
        SELECT r.month_number, r.payer, r.setting, r.numerator, r.denominator FROM audit_rates AS r
        INNER JOIN scope AS s ON r.institution = s.institution WHERE r.denominator > 0 ORDER BY ALL
    """
    own_page = """
        SELECT month_number, payer, setting, numerator, denominator FROM rate_cells
        WHERE numerator IS NOT NULL AND denominator > 0 ORDER BY ALL
    """
    found = con.execute(sql).fetchall()
    assert len(found) > 100
    assert found == con.execute(own_page).fetchall()


def test_curves_pass_through_the_limits_of_the_points():
    con = mart(**two_offices())
    curve = compute(con, SCOPE, "audit_funnel_limits").data
    assert curve["denominator"].is_sorted() and curve["denominator"].n_unique() == curve.height
    assert (curve["limit_high_95"] <= curve["limit_high_998"]).all()
    near = min(curve.to_dicts(), key=lambda row: abs(row["denominator"] - 1000))
    point = compute(con, SCOPE, "audit_funnel").data.row(0, named=True)
    assert isclose(near["limit_high_95"], point["limit_high_95"], abs_tol=5e-4)


# The mix of claims


def claims(institution, count, **more):
    return [{"institution": institution} | more] * count


def test_a_higher_rate_that_the_mix_explains():
    """国保 comes back ten times as often everywhere; who has more of it has more returns, and no more than expected."""
    kokuho = {"payer": "kokuho", "law_number": "00"}
    tables = {
        "claims": [
            *claims(INSTITUTION, 100),
            *claims(INSTITUTION, 900, **kokuho),
            *claims(OTHER, 900),
            *claims(OTHER, 100, **kokuho),
        ],
        "returns": [
            *claims(INSTITUTION, 1),
            *claims(INSTITUTION, 90, **kokuho),
            *claims(OTHER, 9),
            *claims(OTHER, 10, **kokuho),
        ],
    }
    tables["claim_volume"] = [
        {"institution": code, "payer": payer, "first_claims": count}
        for code, payer, count in (
            (INSTITUTION, "shaho", 100), (INSTITUTION, "kokuho", 900), (OTHER, "shaho", 900), (OTHER, "kokuho", 100),
        )
    ]  # fmt: skip
    table = rows("audit_case_mix", "numerator", "denominator", "expected", "observed_ratio", "mix", **tables)
    assert table == [
        (91, 1000, pytest.approx(91), pytest.approx(1), "alike"),
        (19, 1000, pytest.approx(19), pytest.approx(1), "alike"),
    ]
    assert rows("audit_mix", "insurer_class", "share", "share_all", "rate_all", **tables) == [
        ("国保", 0.9, 0.5, pytest.approx(0.1)),
        ("健保組合", 0.1, 0.5, pytest.approx(0.01)),
    ]


def test_expected_and_observed_are_equal_over_all(demo_database: Path):
    data = compute(connect(demo_database), SCOPE, "audit_case_mix").data
    assert data.height == 2
    assert isclose(data["expected"].sum(), data["numerator"].sum())


def test_re_claims_and_claims_counted_only_in_sum_tell_no_mix():
    tables = {"claim_volume": [{"first_claims": 100}], "returns": claims(INSTITUTION, 1)}
    assert rows("audit_case_mix", "institution", **tables) == []
    tables["claims"] = [*claims(INSTITUTION, 99), *claims(INSTITUTION, 5, is_resubmission=True)]
    assert rows("audit_case_mix", "denominator", **tables) == [(99,)]


# Periods


def test_halves_of_the_window_for_each_institution():
    before = two_offices(40, 10, months=range(6, 12))
    after = two_offices(10, 10, months=range(0, 6))
    tables = {name: before[name] + after[name] for name in before}
    table = rows(
        "audit_periods",
        "split", "after_month", "is_own", "months_before", "months_after", "rate_before", "rate_after", "period_effect",
        scope=Scope(INSTITUTION, SEPTEMBER, date(2026, 10, 31), 12),
        policy_breaks=[],
        **tables,
    )  # fmt: skip
    april = date(2026, 4, 1)
    own = ("halves", april, True, 6, 6, 0.04, 0.01, "less")
    other = ("halves", april, False, 6, 6, 0.01, 0.01, "unproven")
    assert table == [own, own, other, other], "all payers together, and 社保 alone"


def test_around_a_change_of_rules_and_an_action():
    """The month of the change belongs to the time after it, that of the action to neither; a split needs 3 months."""
    found = rows(
        "audit_periods",
        "split", "label_ja", "after_month", "months_before", "months_after",
        policy_breaks=[
            {"month": shifted(SEPTEMBER, -4), "label_ja": "改定"},
            {"month": shifted(SEPTEMBER, -1), "label_ja": "先月"},
        ],
        prevention_actions=[{"acted_on": date(2026, 3, 15)}, {"acted_on": date(2026, 3, 15), "institution": OTHER}],
        **two_offices(months=range(0, 18)),
    )  # fmt: skip
    assert {each for each in found if each[0] != "halves"} == {
        ("policy_break", "改定", date(2026, 5, 1), 6, 5),
        ("action", "取組：資格関係（2026年3月）", date(2026, 4, 1), 6, 6),
    }


def test_too_few_months_are_not_judged():
    judged = rows(
        "audit_periods", "rate_before", "period_effect", policy_breaks=[], **two_offices(months=range(2))
    )
    assert set(judged) == {(None, "not_loaded")}


# Concentration, and back to the claims

GATHERED = """
    insurer_number | patient_key | category | department | payer  | points
    A              | x           | 資格関係 | 01         | shaho  | 500
    A              | x           | 資格関係 | 01         | shaho  | 300
    A              | y           | 資格関係 | -          | shaho  | 200
    B              | z           | 記載不備 | -          | kokuho | 100
    -              | -           | 記載不備 | -          | kokuho | 50
"""


def test_how_few_make_half_and_four_fifths_of_the_returns():
    table = rows(
        "audit_concentration", "dimension", "returns", "units", "units_50", "units_80", "top_share", "pair_share",
        returns=GATHERED,
    )  # fmt: skip
    assert table == [
        ("category", 5, 2, 1, 2, 0.6, 0.4),
        ("code", 5, 2, 1, 2, 0.6, 0.4),
        ("insurer", 4, 2, 1, 2, 0.75, 0.5),
        ("department", 2, 1, 1, 1, 1.0, 1.0),
        ("patient", 4, 3, 1, 3, 0.5, pytest.approx(1 / 6)),
    ]


def test_cells_from_the_largest_down_and_the_returns_behind_them():
    con = mart(returns=GATHERED)
    cells = compute(con, SCOPE, "audit_cells").data
    assert cells.select("cell", "payer", "category", "department", "returns", "cumulative_share").rows() == [
        (1, "shaho", "資格関係", "内科", 2, 0.4),
        (2, "kokuho", "記載不備", None, 2, 0.8),
        (3, "shaho", "資格関係", None, 1, 1.0),
    ]
    listed = compute(con, SCOPE, "audit_claims").data
    assert listed.select("payer", "category", "points").rows()[:2] == [
        ("shaho", "資格関係", 500),
        ("shaho", "資格関係", 300),
    ]
    assert cells["returns"].sum() == listed.height


# The page


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The HTML a cell displays."""
    found: list[str] = []
    monkeypatch.setattr(
        "henrei_analytics.display.display", lambda output, raw: found.append(output["text/html"])
    )
    return found


def test_one_institution_alone_gets_a_sentence_and_no_chart(
    demo_database: Path, shown: list[str], tmp_path: Path
):
    office = open_office(str(demo_database), INSTITUTION, as_of="2026-10-31")
    alone = office.figure("audit_funnel", is_own=True)
    office._figures["audit_funnel"] = alone
    audit_view.funnels(office, ["office"])
    audit_view.side_by_side(office, "audit_case_mix", ["office"])
    assert audit_view.ALONE in shown[0] and "<svg" not in shown[0]
    assert shown[1:] == [""], "nothing at all, so that the heading above it goes too"
    assert compute(mart(returns=GATHERED), SCOPE, "audit_verdict").data["sentence"].to_list() == []


def test_a_funnel_for_each_payer_and_setting_the_institution_claims_in(demo_database: Path, shown: list[str]):
    office = open_office(str(demo_database), INSTITUTION, as_of="2026-10-31")
    audit_view.funnels(office, ["office", "return_rate", "signal_funnel"])
    assert [html.count("<svg") for html in shown] == [1, 1]
    assert "社保・入院外" in shown[0] and "国保・入院外" in shown[1]
    office = open_office(str(demo_database), OTHER, as_of="2026-10-31")
    audit_view.funnels(office, ["office"])
    assert sum(audit_view.ALONE_IN_CELL in html for html in shown) == 2, "only the hospital has inpatients"


def test_the_chart_carries_only_what_it_draws():
    figure = compute(mart(**two_offices()), SCOPE, "audit_funnel").data
    spec = charts.funnel(
        figure, figure, "denominator", "return_rate", "office",
        own="is_own", center="pooled", limits=audit_view.LIMITS, signal="signal_funnel",
    ).to_dict()  # fmt: skip
    assert "institution" not in {key for data in spec["datasets"].values() for row in data for key in row}


def test_the_list_of_claims_can_be_narrowed_and_escapes_what_it_shows(
    demo_database: Path, shown: list[str], monkeypatch: pytest.MonkeyPatch
):
    office = open_office(str(demo_database), INSTITUTION, as_of="2026-10-31")
    audit_view.claim_list(office, ["payer", "category", "points"], category=["資格関係", "記載不備"])
    assert shown[0].count("<tr>") - 1 == office.rows("audit_claims", category=["資格関係", "記載不備"]).height
    assert shown[0].count("<select") == 2 and "<option>資格関係</option>" in shown[0]
    monkeypatch.setattr(audit_view, "LONGEST_LIST", 3)
    audit_view.claim_list(office, ["payer", "points"])
    assert shown[1].count("<tr>") - 1 == 3 and "新しい順に3件" in shown[1]


# Benchmarks

HEADER = "metric,payer,setting,value,source,period,definition\n"


def test_a_benchmark_needs_source_period_and_definition(tmp_path: Path):
    lines = [
        "返戻率,社保,入院外,1.5%,架空統計,2025年度,初回の返戻÷請求",
        "return_rate,kokuho,all,0.012,架空統計,2025年度,初回の返戻÷請求",
        "返戻率,社保,入院,1.5%,,2025年度,あり",
        "返戻率,社保,入院,1.5%,架空統計,,",
        "査定率,社保,入院,1.5%,架空統計,2025年度,あり",
        "返戻率,労災,入院,1.5,架空統計,2025年度,あり",
        "",
    ]
    (tmp_path / "a.csv").write_bytes((HEADER + "\n".join(lines)).encode("cp932"))
    (tmp_path / "b.csv").write_text("metric,value\n返戻率,1%\n", encoding="utf-8-sig")
    found = read_benchmarks(tmp_path)
    assert found.frame.select("payer", "setting", "benchmark").rows() == [
        ("shaho", "outpatient", 0.015),
        ("kokuho", "all", 0.012),
    ]
    assert found.refused == [
        "a.csv 4行目: 出典（source）がありません。この行は使いません。",
        "a.csv 5行目: 期間（period）がありません、定義（definition）がありません。この行は使いません。",
        "a.csv 6行目: metric は return_rate・返戻率 のどれかです。この行は使いません。",
        "a.csv 7行目: payer は 社保・国保・合計 のどれかです、value は 1.5% か 0.015 の形で書きます。この行は使いません。",
        "b.csv: 列 payer、setting、source、period、definition がありません。",
    ]
    assert read_benchmarks(tmp_path / "none").refused == []


def test_benchmarks_stand_beside_the_own_rate_with_their_source(
    demo_database: Path, shown: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "a.csv").write_text(
        HEADER + "返戻率,社保,入院外,1.5%,<架空統計>,2025年度,定義", encoding="utf-8"
    )
    assert folder_of(connect(demo_database)) == demo_database.parent / "benchmarks"
    monkeypatch.setattr(audit_view, "folder_of", lambda con: tmp_path)
    office = open_office(str(demo_database), INSTITUTION, as_of="2026-10-31")
    audit_view.benchmarks(office, ["payer", "rate", "benchmark", "benchmark_source"])
    audit_view.funnels(office, ["office"])
    assert "1.50 %" in shown[0] and "&lt;架空統計&gt;" in shown[0]
    assert "参考値（" in shown[1] and "参考値（" not in shown[2]
