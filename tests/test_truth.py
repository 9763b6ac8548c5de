"""The invented office wrote down what happened; everything loaded must agree with it exactly."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from henrei_analytics.warehouse import connect


@pytest.fixture(scope="module")
def truth(demo: Path) -> dict:
    return json.loads((demo / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def mart(demo_database: Path, truth: dict):
    con = connect(demo_database, as_of=date.fromisoformat(truth["as_of"]))
    yield con
    con.close()


def rows(con, sql: str) -> list[dict]:
    """Rows as JSON would hold them."""
    result = con.execute(sql)
    names = [column[0] for column in result.description]
    return [
        {n: v.isoformat() if isinstance(v, date) else v for n, v in zip(names, row, strict=True)}
        for row in result.fetchall()
    ]


def test_claim_volume(mart, truth) -> None:
    keys = (
        "institution",
        "payer",
        "claim_month",
        "setting",
        "claims",
        "first_claims",
        "resubmissions",
        "points",
    )
    loaded = rows(mart, f"SELECT {', '.join(keys)} FROM mart.claim_volume")
    expected = [{k: v[k] for k in keys} for v in truth["claim_volume"]]
    assert Counter(map(frozenset, (r.items() for r in loaded))) == Counter(
        map(frozenset, (r.items() for r in expected))
    )


RETURN_FACTS = (
    "institution", "payer", "stage", "processing_month", "received_month", "service_month", "claim_type", "setting",
    "department", "insurer_number", "points", "chart_number", "round", "resubmitted_month", "months_to_resubmit",
    "status", "download_deadline",
)  # fmt: skip


@pytest.mark.parametrize("fact", RETURN_FACTS)
def test_every_fact_of_every_return(mart, truth, fact: str) -> None:
    loaded = {(r["payer"], r["search_number"]): r[fact] for r in rows(mart, "SELECT * FROM mart.returns")}
    expected = {(r["payer"], r["search_number"]): r[fact] for r in truth["returns"]}
    assert loaded == expected


def test_return_class_where_a_return_file_tells_it(mart, truth) -> None:
    loaded = {r["search_number"]: r["return_class"] for r in rows(mart, "SELECT * FROM mart.returns")}
    for expected in truth["returns"]:
        known = expected["return_class"] if expected["sources"] != ["henr"] else None
        assert loaded[expected["search_number"]] == known


def test_sources_and_chains(mart, truth) -> None:
    loaded = rows(
        mart,
        "SELECT r.search_number, r.sources, p.search_number AS previous_search_number FROM mart.returns AS r "
        "LEFT JOIN mart.returns AS p ON p.return_id = r.previous_return_id",
    )
    assert {r["search_number"]: (sorted(r["sources"]), r["previous_search_number"]) for r in loaded} == {
        r["search_number"]: (sorted(r["sources"]), r["previous_search_number"]) for r in truth["returns"]
    }


def test_reasons_in_order(mart, truth) -> None:
    loaded: dict[str, list] = {}
    for r in rows(
        mart,
        "SELECT search_number, code, text FROM mart.return_reasons INNER JOIN mart.returns USING (return_id) "
        "ORDER BY search_number, position",
    ):
        loaded.setdefault(r["search_number"], []).append((r["code"], r["text"]))
    assert loaded == {
        r["search_number"]: [(x["code"], x["text"]) for x in r["reasons"]] for r in truth["returns"]
    }


def test_files_are_known_balanced_and_whole(mart, truth) -> None:
    loaded = rows(mart, "SELECT * FROM mart.files")
    assert all(f["lines"] == f["lines_loaded"] + f["lines_skipped"] + f["lines_quarantined"] for f in loaded)
    assert all(
        f["balanced"] for f in loaded if f["kind"] in ("uke", "hen", "sah") and f["status"] == "loaded"
    )
    originals = [f for f in truth["files"] if f["copy_of"] is None]
    facts = ("kind", "payer", "institution", "month", "receipts")
    assert Counter(tuple(f[k] for k in facts) for f in loaded if f["status"] == "loaded") == Counter(
        tuple(f[k] for k in facts) for f in originals
    )
    assert sum(f["status"] == "duplicate" for f in loaded) == len(truth["files"]) - len(originals)


def test_a_copy_is_told_from_its_original_by_content_alone(mart) -> None:
    assert mart.execute("SELECT COUNT(*) FROM mart.unlinked").fetchall() == [(0,)]
    assert mart.execute("SELECT COUNT(*) FROM mart.quarantine").fetchall() == [(0,)]
