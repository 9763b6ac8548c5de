"""Every figure answers on every edge: an empty mart, one return, no claims, a month nobody loaded."""

from datetime import date
from functools import cache

import duckdb
import polars as pl
import pytest

from henrei_analytics.figures import Scope, compute, compute_many, definitions
from mart_tables import INSTITUTION, mart

SCOPE = Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31))
ONE_RETURN = "processing_month | payer\n2026-09 | shaho"
SITUATIONS = {
    "empty": {},
    "one return without claims": {"returns": ONE_RETURN},
    "one return of unknown everything": {
        "returns": "setting|insurer_number|law_number|department|points|patient_key|category|medium\n"
        "-|-|-|-|-|-|-|paper"
    },
    "claims without returns": {
        "claim_volume": "claim_month | first_claims\n2026-09 | 1000",
    },
    "claims of 0": {"returns": ONE_RETURN, "claim_volume": "claim_month|first_claims\n2026-09|0"},
    "fewer claims than returns": {
        "returns": "payer\nshaho\nshaho",
        "claim_volume": "claim_month | first_claims\n2026-09 | 1",
    },
    "another institution": {"returns": "institution\n9999999999"},
    "cuts of unknown everything": {
        "adjustments": "setting|insurer_number|department|section|reason_letters|item|points_delta|yen_delta\n"
        "-|-|-|-|-|-|-|-640\n-|-|-|-|-|-|-|-\n-|-|-|-|-|-|50|-",
        "files": "kind\nzogn",
    },
    "everything once": {
        "returns": ONE_RETURN,
        "claim_volume": "first_claims | points\n100 | 5000",
        "files": "kind\nzogn\nfmei\ntgft\nskkg\nhasp\nsast",
        **dict.fromkeys(
            (
                "adjustments",
                "payments",
                "reported_returns",
                "rerouted",
                "re_examinations",
                "coverage",
                "attention",
            ),
            "institution\n1319912345",
        ),
        "payment_totals": "paid_yen\n1000",
        "pre_checks": "return_id\n1",
        "journeys": "rounds\n2",
        "duplicate_reclaims": "return_id\n1",
        "prevention_actions": "department\n-\n01",
        "guidance": "prevent_ja\n資格を確かめる",
        "worklist": "meaning_ja | owner\n年齢が合わない | 佐藤",
        "decision_edits": "state\nconflict",
    },
    "a return from the future": {"returns": "processing_month\n2026-11"},
}


@cache
def figures_in(situation):
    return compute_many(mart(**SITUATIONS[situation]), SCOPE, definitions())


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("name", definitions())
def test_never_an_error(name, situation):
    figure = figures_in(situation)[name]
    assert figure.name == name
    assert figure.data.width > 0


@pytest.mark.parametrize("name", definitions())
def test_same_columns_and_types_with_and_without_data(name):
    schemas = [
        figures_in(situation)[name].data.schema
        for situation in ("empty", "one return without claims", "claims without returns", "everything once")
    ]
    assert len(set(map(str, schemas))) == 1
    assert pl.Null not in schemas[0].values()


LISTS_OF_CASES = ("worklist", "decision_conflicts", "duplicate_reclaims", "link_candidates", "audit_claims")
"""Somebody has to take out the chart."""


@pytest.mark.parametrize("name", definitions())
def test_no_patient_key_and_chart_numbers_only_in_the_lists_of_cases(name):
    columns = set(figures_in("one return without claims")[name].data.columns)
    assert "patient_key" not in columns
    assert ("chart_number" in columns) == (name in LISTS_OF_CASES)


def test_months_without_data_are_not_zero():
    headline = compute(mart(returns=ONE_RETURN), SCOPE, "headline").data.row(0, named=True)
    assert headline["returns"] == 1
    assert headline["returns_last_month"] is None
    assert headline["change_last_year"] is None


def test_another_institution_and_the_future_stay_out():
    for situation in ("another institution", "a return from the future"):
        con = mart(**SITUATIONS[situation])
        assert compute(con, SCOPE, "headline").data["open_returns"].item() == 0
        assert compute(con, SCOPE, "reasons_by_category").data.is_empty()


def test_works_on_a_read_only_database(tmp_path):
    path = tmp_path / "henrei.duckdb"
    con = mart(returns=ONE_RETURN)
    con.execute(f"ATTACH '{path}' AS file")
    con.execute("COPY FROM DATABASE memory TO file")
    con.close()
    with duckdb.connect(path, read_only=True) as read_only:
        figures = compute_many(read_only, SCOPE, definitions())
    assert figures["headline"].data["returns"].item() == 1
    assert list(figures) == list(definitions())


def test_mart_views_see_as_of():
    con = mart()
    compute(con, SCOPE, "headline")
    assert con.execute("SELECT getvariable('as_of')").fetchone() == (SCOPE.as_of,)


def test_unknown_name():
    with pytest.raises(KeyError, match="no figure named nonsense"):
        compute(mart(), SCOPE, "nonsense")
