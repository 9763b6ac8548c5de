"""The invented office wrote down what happened; everything loaded must agree with it exactly."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
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


# what the notices tell

STREAM = ("institution", "payer", "processing_month", "service_month", "setting", "insurer_number")
ADJUSTMENT = (
    *STREAM, "stage", "section", "reason_letters", "points_delta", "yen_delta", "reception_number", "receipt_number",
    "source",
)  # fmt: skip


def counted(rows: Iterable[dict], facts: Iterable[str]) -> Counter[tuple]:
    """How often each combination of facts occurs."""
    return Counter(tuple(row[fact] for fact in facts) for row in rows)


def test_adjustments(mart, truth) -> None:
    loaded = rows(mart, "SELECT * FROM mart.adjustments")
    assert counted(loaded, ADJUSTMENT) == counted(truth["adjustments"], ADJUSTMENT)


def test_adjustments_of_the_first_review_name_their_patient(mart, truth) -> None:
    """Those after payment do not: that notice bears no カルテ番号."""
    facts = (*ADJUSTMENT, "chart_number")
    told = [cut for cut in truth["adjustments"] if cut["source"] == "zogn"]
    assert counted(rows(mart, "SELECT * FROM mart.adjustments WHERE source = 'zogn'"), facts) == counted(
        told, facts
    )


def test_payments(mart, truth) -> None:
    loaded = rows(
        mart,
        "SELECT institution, payer, processing_month, outcome, COUNT(*) AS receipts, SUM(claimed_points) AS claimed_points, "
        "SUM(fixed_points) AS fixed_points, SUM(paid_yen) AS paid_yen FROM mart.payments GROUP BY ALL",
    )
    facts = (
        "institution", "payer", "processing_month", "outcome", "receipts", "claimed_points", "fixed_points", "paid_yen",
    )  # fmt: skip
    assert counted(loaded, facts) == counted(truth["payments"], facts)


def test_payment_totals(mart, truth) -> None:
    """claims and points are added as the notice adds them: once for each payer of a receipt."""
    facts = (
        "institution", "payer", "processing_month", "claims", "calculated_yen", "re_examination_yen", "paid_yen",
    )  # fmt: skip
    expected = [row | {"claims": row["payer_lines"]} for row in truth["payment_totals"]]
    for source, more in (("fggk", "points"), ("tgft", "paid_on")):
        loaded = rows(mart, f"SELECT * FROM mart.payment_totals WHERE source = '{source}'")
        told = [row | {"points": row["payer_points"]} for row in expected]
        assert counted(loaded, (*facts, more)) == counted(told, (*facts, more))


def test_returns_reported_and_not_downloaded(mart, truth) -> None:
    facts = (
        *STREAM, "stage", "received_month", "points", "chart_number", "receipt_number", "reception_number",
        "download_deadline",
    )  # fmt: skip
    loaded = rows(mart, "SELECT * FROM mart.reported_returns WHERE return_id IS NULL")
    assert counted(loaded, facts) == counted(truth["undownloaded_returns"], facts)


def test_every_other_report_is_of_its_return(mart, truth) -> None:
    """Each return of 社保 that came while its notices were kept is reported once, by the notice of its stage."""
    linked = mart.execute(
        "SELECT COUNT(*), COUNT(DISTINCT reported.return_id), "
        "BOOL_AND(reported.points = returns.points AND reported.service_month = returns.service_month "
        "AND reported.stage = returns.stage AND reported.processing_month = returns.processing_month "
        "AND COALESCE(reported.chart_number, returns.chart_number) = returns.chart_number) "
        "FROM mart.reported_returns AS reported INNER JOIN mart.returns AS returns USING (return_id)"
    ).fetchall()
    shaho = sum(returned["payer"] == "shaho" for returned in truth["returns"])
    assert linked == [(shaho, shaho, True)]


def test_rerouted(mart, truth) -> None:
    """The notice tells points only of receipts it split."""
    facts = (
        *STREAM[:4], "insurer_number", "chart_number", "stage", "outcome", "new_payer", "new_insurer_number", "parts",
        "points", "source",
    )  # fmt: skip
    expected = [
        row | {"points": row["points"] if row["outcome"] == "split" else None} for row in truth["rerouted"]
    ]
    assert counted(rows(mart, "SELECT * FROM mart.rerouted"), facts) == counted(expected, facts)


def test_pre_checks(mart, truth) -> None:
    facts = (
        "institution", "payer", "claim_month", "service_month", "setting", "chart_number", "receipt_number", "code",
        "level", "section", "is_resubmission", "came_back",
    )  # fmt: skip
    loaded = rows(mart, "SELECT *, return_id IS NOT NULL AS came_back FROM mart.pre_checks")
    notes = {code for code in (row["code"] for row in truth["pre_checks"]) if code.startswith("L48")}
    expected = [row | ({"level": "L48"} if row["code"] in notes else {}) for row in truth["pre_checks"]]
    assert counted(loaded, facts) == counted(expected, facts)


def test_sent_totals(mart, truth) -> None:
    facts = (
        "institution", "payer", "claim_month", "source", "sending", "setting", "label", "is_total", "is_refused",
        "claims", "days", "points", "copay_yen",
    )  # fmt: skip
    expected = [row | {"sending": str(row["sending"])} for row in truth["sent_totals"]]
    assert counted(rows(mart, "SELECT * FROM mart.sent_totals WHERE source = 'hjry'"), facts) == counted(
        expected, facts
    )


def test_re_examinations(mart, truth) -> None:
    """A claim the institution took back itself is withdrawn in 社保; no table of 国保連 tells who else asked."""
    facts = (
        "institution",
        "payer",
        "processing_month",
        "service_month",
        "result",
        "requester",
        "points_delta",
    )
    loaded = rows(mart, "SELECT * FROM mart.re_examinations")
    assert counted(loaded, facts) == counted(map(as_told, truth["re_examinations"]), facts)


def as_told(outcome: dict) -> dict:
    if (outcome["result"], outcome["requester"]) != ("returned", "institution"):
        return outcome
    return outcome | ({"result": "withdrawn"} if outcome["payer"] == "shaho" else {"requester": None})


def test_no_receipt_rerouted_is_a_return(mart, truth) -> None:
    assert mart.execute("SELECT COUNT(*) FROM mart.returns").fetchall() == [(len(truth["returns"]),)]
    assert mart.execute("SELECT COUNT(*) FROM mart.rerouted").fetchall() == [(len(truth["rerouted"]),)]


def test_coverage_is_what_was_kept(mart, truth) -> None:
    facts = ("institution", "payer", "kind", "month")
    there = rows(mart, "SELECT * FROM mart.coverage WHERE files > 0")
    # a list of what was done is of no month
    assert {tuple(row[f] for f in facts) for row in there} == {
        tuple(file[f] for f in facts) for file in truth["files"] if file["kind"] != "actions"
    }


def test_prevention_actions(mart, truth) -> None:
    facts = ("institution", "acted_on", "category", "department", "payer", "insurer_number", "note")
    loaded = rows(mart, "SELECT * FROM mart.prevention_actions")
    assert counted(loaded, facts) == counted(truth["prevention_actions"], facts)
    assert len(loaded) == 4


def test_what_is_missing_is_what_nobody_kept(mart, truth) -> None:
    """社保 says what came back and what was cut, so that nothing else is missing there."""
    missing = rows(mart, "SELECT * FROM mart.coverage WHERE state IN ('missing', 'gone')")
    not_kept = {
        (row["institution"], kind, row["processing_month"])
        for row in truth["undownloaded_returns"]
        for kind in ("hen", "henr")
    } | {
        (row["institution"], "hen", row["processing_month"])
        for row in truth["returns"]
        if row["payer"] == "shaho" and row["sources"] == ["henr"]
    }
    of_shaho = {(row["institution"], row["kind"], row["month"]) for row in missing if row["payer"] == "shaho"}
    assert of_shaho == not_kept
    (lost,) = truth["lost_notices"]
    assert (
        lost.items()
        <= next(
            row | {"processing_month": row["month"]}
            for row in missing
            if (row["institution"], row["kind"], row["month"])
            == (lost["institution"], "zogn", lost["processing_month"])
        ).items()
    )
