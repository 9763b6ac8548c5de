"""Data-quality checks: one hand-made mart each passes and one it fails; what does not apply, and what cannot run."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

import henrei_analytics
from henrei_analytics.checks import STATUSES, Check, CheckError, Result, Threshold, checks, run_checks
from henrei_analytics.checks.check import ROWS_SHOWN
from henrei_analytics.checks.declarations import DEFINITIONS_DIR, SQL_DIR, parse, sql_of
from henrei_analytics.checks.run import SHARED
from henrei_analytics.checks.texts import check_lines
from henrei_analytics.checks.view import bundle
from henrei_analytics.display import MIME
from henrei_analytics.figures import definitions
from henrei_analytics.labels import unknown_columns
from henrei_analytics.warehouse import connect
from mart_tables import INSTITUTION, Table, mart
from notice_files import hen, uke
from office import Henrei, Office
from record_files import Receipt, Returned

AS_OF = date(2026, 10, 31)
PACKAGE = Path(henrei_analytics.__file__).parent
CHECKS = {check.name: check for check in checks()}
IDENTIFIERS = {
    "payer", "kind", "name", "line_number", "month", "months", "return_id", "payment_id", "adjustment_id",
    "insurer_number", "law_number", "wanted_count", "found_count", "number",
}  # fmt: skip
"""What a row may be told by. Never who it is about, nor what a line says."""

SIXTH = "2026-03 | 100\n2026-04 | 104\n2026-05 | 96\n2026-06 | 100\n2026-07 | 98\n2026-08 | "
"""Claims of five months like any other; the sixth is for the test to say."""


def rows(number: int, **columns: object) -> list[dict[str, object]]:
    return [dict(columns) for _ in range(number)]


def of_settings(inpatient: int, outpatient: int) -> list[dict[str, object]]:
    return [
        *rows(10, setting="inpatient", points=inpatient),
        *rows(10, setting="outpatient", points=outpatient),
    ]


Tables = dict[str, Table]
CASES: dict[str, tuple[Tables, Tables]] = {
    # name: (what passes, the same with one thing wrong)
    "file_lines_add_up": (
        {"files": "lines | lines_loaded | lines_skipped | lines_quarantined\n9 | 6 | 2 | 1"},
        {"files": "lines | lines_loaded | lines_skipped | lines_quarantined\n9 | 6 | 2 | 0"},
    ),
    "file_totals_agree": ({"files": "balanced\ntrue"}, {"files": "balanced\ntrue\nfalse"}),
    "lines_set_aside": (
        {"files": "lines | lines_quarantined\n8000 | 4\n2000 | 1"},
        {"files": "lines | lines_quarantined\n8000 | 4\n2000 | 2"},
    ),
    "file_month_known": (
        {"files": "kind | month\nhen | 2026-09\nactions | -"},
        {"files": "kind | month\nhen | -"},
    ),
    "one_name": ({"institutions": "names\n1"}, {"institutions": "names\n2"}),
    "months_missing": (
        {"coverage": "kind | month | state\nuke | 2026-08 | covered\nhen | 2026-08 | gone\nhen | 2026-09 | empty"},
        {"coverage": "kind | month | state\nuke | 2026-08 | covered\nhen | 2026-08 | gone\nhen | 2026-09 | missing"},
    ),
    "loading_goes_on": (
        {"coverage": "kind | month | state\nuke | 2026-09 | loaded\nhen | 2026-08 | loaded\nhen | 2026-09 | missing"},
        {"coverage": "kind | month | state\nuke | 2026-09 | loaded\nhen | 2026-07 | loaded\nhen | 2026-09 | missing"},
    ),
    "volume_drop": (
        {"claim_volume": f"claim_month | first_claims\n{SIXTH}49"},
        {"claim_volume": f"claim_month | first_claims\n{SIXTH}48"},
    ),
    "volume_jump": (
        {"claim_volume": f"claim_month | first_claims\n{SIXTH}196"},
        {"claim_volume": f"claim_month | first_claims\n{SIXTH}197"},
    ),
    "claim_service_month": (
        {"claims": "claim_month | service_month\n2026-09 | 2026-08"},
        {"claims": "claim_month | service_month\n2026-09 | 2026-09"},
    ),
    "claim_right_past": (
        {"claims": "claim_month | service_month\n2026-09 | 2021-08"},
        {"claims": "claim_month | service_month\n2026-09 | 2021-07"},
    ),
    "claim_points_positive": ({"claims": "points\n1"}, {"claims": "points\n0"}),
    "claim_points_plausible": (
        {"claims": "setting | points\ninpatient | 10000000\noutpatient | 1000000"},
        {"claims": "setting | points\ninpatient | 10000000\noutpatient | 1000001"},
    ),
    "setting_points": ({"claims": of_settings(300, 100)}, {"claims": of_settings(100, 300)}),
    "claim_setting_known": ({"claims": "setting\noutpatient"}, {"claims": "setting\n-"}),
    "claim_type_valid": (
        {"claims": "claim_type | setting\n1112 | outpatient\n1111 | inpatient\n1111 | -"},
        {"claims": "claim_type | setting\n1112 | inpatient\n1111 | inpatient\n1111 | -"},
    ),
    "claim_type_fee_table": ({"claims": "claim_type\n1112"}, {"claims": "claim_type\n3112"}),
    "insurer_number_form": (
        {"claims": "insurer_number\n06130488\n138016"},
        {"claims": "insurer_number\n06130488\n-"},
    ),
    "insurer_check_digit": (
        {"claims": "insurer_number\n06130488\n138016"},
        {"claims": "insurer_number\n06130488\n138017"},
    ),
    "law_number_known": ({"claims": "law_number\n06\n80"}, {"claims": "law_number\n06\n05"}),
    "law_number_payer": (
        {"claims": "payer | law_number\nshaho | 06\nkokuho | 00\nkokuho | 12"},
        {"claims": "payer | law_number\nshaho | 06\nshaho | 00\nkokuho | 12"},
    ),
    "department_known": ({"claims": "department\n01\n-"}, {"claims": "department\n01\n99"}),
    "search_number_form": (
        {"claims": f"search_number\n{'1' * 17}\n{'1' * 30}\n-"},
        {"claims": f"search_number\n{'1' * 17}\n1.31012E+21\n-"},
    ),
    "patient_known": ({"claims": "patient_key\na"}, {"claims": "patient_key\n-"}),
    "chart_number_known": ({"returns": "chart_number\n00001"}, {"returns": "chart_number\n-"}),
    "return_twice": (
        {"returns": "patient_key | points\na | 100\na | 101"},
        {"returns": "patient_key | points\na | 100\na | 100"},
    ),
    "number_returned_twice": (
        {"returns": "search_number\n1\n2", "unlinked": "what | search_number\nreturn_never_seen | 1"},
        {"returns": "search_number\n1\n2", "unlinked": "what | search_number\nnumber_returned_twice | 1"},
    ),
    "return_reason_known": (
        {"returns": "return_id\n1", "return_reasons": "return_id | code | text\n1 | - | 記載もれ"},
        {"returns": "return_id\n1", "return_reasons": "return_id | code | text\n1 | - | -"},
    ),
    "reason_category_known": (
        {"returns": [*rows(9), *rows(1, category="未分類")]},
        {"returns": [*rows(8), *rows(1, category="未分類")]},
    ),
    "return_class_stage": (
        {"returns": "stage | return_class\nfirst_review | 3\nre_examination | 4\nfirst_review | -"},
        {"returns": "stage | return_class\nfirst_review | 3\nre_examination | 3\nfirst_review | -"},
    ),
    "return_service_month": (
        {"returns": "processing_month | service_month\n2026-09 | 2026-08"},
        {"returns": "processing_month | service_month\n2026-09 | 2026-09"},
    ),
    "month_distance": (
        {"returns": [*rows(6), *rows(5, service_month="2026-07")]},
        {"returns": [*rows(5), *rows(6, service_month="2026-07")]},
    ),
    "hen_henr_agree": (
        {"returns": "sources\nhen henr\nhen henr"},
        {"returns": "sources\nhen henr\nhen"},
    ),
    "return_claim_found": (
        {"returns": "claim_id | processing_month\nc1 | 2026-09\n- | 2026-08"},
        {"returns": "claim_id | processing_month\n- | 2026-09\n- | 2026-08"},
    ),
    "return_points_agree": (
        {"returns": "claim_id | points\nc1 | 100", "claims": "claim_id | points\nc1 | 100"},
        {"returns": "claim_id | points\nc1 | 100", "claims": "claim_id | points\nc1 | 101"},
    ),
    "reclaim_return_found": (
        {
            "returns": "processing_month\n2026-01",
            "claims": "claim_id | claim_month | is_resubmission\nc1 | 2026-08 | true\nc2 | 2026-07 | true",
            "unlinked": "claim_id | month\nc2 | 2026-07",
        },
        {
            "returns": "processing_month\n2026-01",
            "claims": "claim_id | claim_month | is_resubmission\nc1 | 2026-08 | true\nc2 | 2026-07 | true",
            "unlinked": "claim_id | month\nc1 | 2026-08",
        },
    ),
    "reclaim_once": (
        {"returns": "reclaim_id\nc1", "claims": "claim_id\nc1\nc2"},
        {"returns": "reclaim_id\nc1", "claims": "claim_id\nc1\nc2", "duplicate_reclaims": "claim_id\nc2"},
    ),
    "reclaim_of_one_return": ({"returns": "reclaim_id\nc1\nc2\n-\n-"}, {"returns": "reclaim_id\nc1\nc1\n-\n-"}),
    "reclaim_after_return": (
        {"returns": "resubmitted_month\n2026-10\n-"},
        {"returns": "resubmitted_month\n2026-09\n-"},
    ),
    "fixf_claims_agree": (
        # 10 receipts were sent again and corrected: both versions stand in 請求確定状況
        {
            "claims": rows(100),
            "files": "kind | receipts | receipts_superseded\nuke | 110 | 10\nfixf | 115 | 0",
        },
        {"claims": rows(100), "files": "kind | receipts | receipts_superseded\nuke | 110 | 10\nfixf | 116 | 0"},
    ),
    "return_rate_possible": (
        {"returns": rows(20), "claim_volume": "first_claims\n100"},
        {"returns": rows(20), "claim_volume": "first_claims\n99"},
    ),
    "paid_returns_loaded": (
        {"reported_returns": "processing_month | medium | return_id\n2026-09 | online | 1\n2026-09 | paper | -"},
        {"reported_returns": "processing_month | medium | return_id\n2026-09 | online | -\n2026-08 | online | -"},
    ),
    "payment_claim_found": (
        {
            "files": "file_id | kind | system\nr | fmei | RI\nm | fmei | MI\nu | uke | -",
            "payments": "file_id | claimed_points\nr | 100\nm | 101",
            "claims": "points\n100",
        },
        {
            "files": "file_id | kind | system\nr | fmei | RI\nm | fmei | MI\nu | uke | -",
            "payments": "file_id | claimed_points\nr | 101\nm | 101",
            "claims": "points\n100",
        },
    ),
    "payment_totals_agree": (
        {"payment_totals": "source | paid_yen\nfggk | 7000\ntgft | 7000"},
        {"payment_totals": "source | paid_yen\nfggk | 7000\ntgft | 7001"},
    ),
    "adjustment_letters_known": ({"adjustments": "reason_letters\nFK\n-"}, {"adjustments": "reason_letters\nFX\n-"}),
    "adjustment_amount_known": (
        {"adjustments": "points_delta | yen_delta\n-10 | -\n- | -700"},
        {"adjustments": "points_delta | yen_delta\n-10 | -\n0 | -"},
    ),
}  # fmt: skip


def needed_files(check: Check) -> list[dict[str, str]]:
    """One loaded file of every kind that a check can use."""
    return [{"kind": kind} for group in check.applies_when for kind in group]


def made(name: str, tables: Tables) -> duckdb.DuckDBPyConnection:
    return mart(**({"files": needed_files(CHECKS[name])} | tables))


def result(name: str, tables: Tables, as_of: date = AS_OF) -> Result:
    (found,) = run_checks(made(name, tables), INSTITUTION, as_of, [CHECKS[name]])
    return found


def test_every_check_has_a_definition_a_model_and_two_marts() -> None:
    models = {path.stem for path in SQL_DIR.glob("*.sql")}
    assert CHECKS.keys() == models == {path.stem for path in DEFINITIONS_DIR.glob("*.toml")} == CASES.keys()
    assert len({check.position for check in checks()}) == len(CHECKS)
    assert {check.told_in for check in checks()} - {None} <= definitions().keys()


@pytest.mark.parametrize("name", CASES)
def test_one_mart_passes_and_the_other_fails(name: str) -> None:
    passing = result(name, CASES[name][0])
    assert (passing.status, passing.reason) == ("pass", "")
    assert passing.checked > 0

    con = made(name, CASES[name][1])
    (failing,) = run_checks(con, INSTITUTION, AS_OF, [CHECKS[name]])
    assert (failing.status, failing.reason) == ("fail", "")
    assert 0 < failing.violating <= failing.checked
    assert failing.rows and failing.groups == len(failing.rows)
    assert all(row.keys() <= IDENTIFIERS | {"checked", "violating"} for row in failing.rows)
    assert unknown_columns(failing.rows[0]) == []

    # Neither another office nor another time has anything to do with it.
    (other,) = run_checks(con, "9999999999", AS_OF, [CHECKS[name]])
    assert other.status == "not_applicable"
    (later,) = run_checks(con, INSTITUTION, date(2030, 10, 31), [CHECKS[name]])
    assert later.status == ("fail" if name == "file_month_known" else "not_applicable")


def test_what_is_not_loaded_does_not_apply() -> None:
    found = result("fixf_claims_agree", {"files": "kind\nuke"})
    assert (found.status, found.reason) == (
        "not_applicable", "この医療機関では請求確定状況を取り込んでいません。",
    )  # fmt: skip
    assert result("fixf_claims_agree", {"files": "kind | status\nuke | loaded\nfixf | rejected"}).status == (
        "not_applicable"
    )


def test_nothing_to_look_at_does_not_apply() -> None:
    found = result("department_known", {"claims": "department\n-"})
    assert (found.status, found.reason) == ("not_applicable", "調べる行がありません。")


def test_an_error_does_not_stop_the_others_and_tells_no_content() -> None:
    con = mart(files="kind\nhen", returns="chart_number\n鬼瓦")
    broken = {
        "file_lines_add_up": "SELECT CAST(chart_number AS INTEGER) AS checked, 0 AS violating FROM mart.returns",
        "file_month_known": "SELECT",
    }
    found = {
        each.check.name: each
        for each in run_checks(
            con, INSTITUTION, AS_OF, sql=lambda check: broken.get(check.name) or sql_of(check)
        )
    }
    assert len(found) == len(CHECKS)
    assert [name for name, each in found.items() if each.status == "error"] == sorted(broken)
    assert found["file_lines_add_up"].reason == "検査を実行できませんでした（ConversionException）。"
    assert found["chart_number_known"].status == "pass"


def test_a_view_that_is_missing_concerns_its_own_checks_only() -> None:
    con = mart(files="kind\nhen\nfmei\nuke", returns="return_id\n1")
    con.execute("DROP TABLE mart.payments")
    status = {each.check.name: each.status for each in run_checks(con, INSTITUTION, AS_OF)}
    assert [name for name, each in status.items() if each == "error"] == ["payment_claim_found"]
    con.execute("DROP TABLE mart.files")
    assert {each.status for each in run_checks(con, INSTITUTION, AS_OF)} <= set(STATUSES)


@pytest.mark.parametrize(
    ("threshold", "checked", "violating", "kept"),
    [
        (Threshold(rows=0), 10, 0, True),
        (Threshold(rows=2), 10, 3, False),
        (Threshold(share=0.01), 200, 2, True),
        (Threshold(share=0.01), 199, 2, False),
    ],
)
def test_a_threshold_is_a_number_or_a_share(
    threshold: Threshold, checked: int, violating: int, kept: bool
) -> None:
    assert threshold.is_kept(checked, violating) == kept


OFFICIAL_NUMBERS = (
    "06130488", "01130012", "01270016", "01230010", "138016", "270280", "39272273", "39272182", "54276019",
    "88270285", "80270283", "15270283",
)  # fmt: skip
"""Numbers in public use, whose check digits are right."""


@pytest.mark.parametrize("number", OFFICIAL_NUMBERS)
def test_the_check_digit_of_an_insurer_is_one_of_ten(number: str) -> None:
    """Of the ten numbers that differ in the last digit only, this one is right."""
    found = result(
        "insurer_check_digit", {"claims": [{"insurer_number": f"{number[:-1]}{n}"} for n in range(10)]}
    )
    assert (found.checked, found.violating) == (10, 9)
    assert number not in {row["insurer_number"] for row in found.rows}


def test_the_digits_of_a_claim_type_are_those_of_the_code_table() -> None:
    """All 10,000 of them: right are those whose every digit the table has for the second one."""
    with (PACKAGE / "codes" / "claim_type_digits.csv").open(encoding="utf-8", newline="") as file:
        table = {(row["digit"], row["value"], row["when_digit_2"]) for row in csv.DictReader(file)}

    def is_right(claim_type: str) -> bool:
        return all(
            any(
                (str(place), digit, when) in table
                for when in ("", *(w for w in ("134", "2") if claim_type[1] in w))
            )
            for place, digit in enumerate(claim_type, start=1)
        )

    con = made("claim_type_valid", {"claims": rows(1)})
    con.execute("CREATE TABLE one AS FROM mart.claims")
    types = [f"{number:04}" for number in range(10_000)]
    for is_wanted in (True, False):
        wanted = [each for each in types if is_right(each) == is_wanted]
        con.execute("DELETE FROM mart.claims")
        con.execute(
            "INSERT INTO mart.claims SELECT * REPLACE (UNNEST(?) AS claim_type, NULL AS setting) FROM one",
            [wanted],
        )
        (found,) = run_checks(con, INSTITUTION, AS_OF, [CHECKS["claim_type_valid"]])
        assert (found.checked, found.violating) == (len(wanted), 0 if is_wanted else len(wanted))


def test_a_file_fetched_again_whole_is_not_held_against_the_month() -> None:
    tables = "balanced | receipts | file_time\nfalse | 0 | 2026-10-05 09:00\ntrue | 9 | 2026-10-05 12:00"
    assert result("file_totals_agree", {"files": tables}).status == "pass"
    older = "balanced | receipts | file_time\nfalse | 0 | 2026-10-05 12:00\ntrue | 9 | 2026-10-05 09:00"
    assert result("file_totals_agree", {"files": older}).status == "fail"


def test_a_notice_about_paper_is_not_held_against_return_files() -> None:
    tables = {"files": "kind | system\nhen | -\nhenr | MI", "returns": "sources | medium\nhen | online"}
    assert result("hen_henr_agree", tables).status == "not_applicable"
    assert result("hen_henr_agree", tables | {"files": "kind | system\nhen | -\nhenr | RI"}).status == "fail"


@pytest.mark.parametrize(
    "path", [*SQL_DIR.glob("*.sql"), *SQL_DIR.glob("shared/*.sql")], ids=lambda path: path.stem
)
def test_models_read_mart_only_and_name_what_they_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    head, _, body = text.partition(next(line for line in text.splitlines() if not line.startswith("--")))
    keys = re.findall(r"^-- (checks\.\S+|grain|inputs|rule)", head, re.MULTILINE)
    assert keys == [
        f"checks.{'shared.' * (path.parent.name == 'shared')}{path.stem}",
        "grain",
        "inputs",
        "rule",
    ]
    declared = set(re.search(r"^-- inputs: (.*)$", head, re.MULTILINE)[1].split(", "))
    assert declared == set(re.findall(rf"\b(mart\.\w+|check_scope|{'|'.join(SHARED)})\b", body))
    assert "::" not in body and not re.search(r"\b(core|ledger)\.", body)


def test_returns_are_due_from_the_tenth() -> None:
    """On the 9th the returns of last month may still be on their way, so two months back is soon enough."""
    tables = {"coverage": "kind | month | state\nhen | 2026-07 | loaded"}
    assert [result("loading_goes_on", tables, date(2026, 10, day)).status for day in (9, 10)] == [
        "pass",
        "fail",
    ]


def test_claims_of_days_to_come_are_not_known_yet() -> None:
    claims = "claim_month | points\n2026-09 | 100\n2026-10 | 0"
    assert result("claim_points_positive", {"claims": claims}, date(2026, 9, 30)).status == "pass"


DEFINITION = """
position = 1
title = "題"
finds = "見つけるもの"
why = "わけ"
to_do = "すること"
threshold = { rows = 0 }
threshold_note = "注"
applies_when = [["uke"], ["hen", "henr"]]
severity = "amber"
owner = "架空"
written_on = 2026-11-22
next_review = 2027-06-30
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('title = "題"\n', "", "'title' is missing"),
        ('"見つけるもの"', '" "', "'finds' is empty"),
        ("{ rows = 0 }", "{ rows = -1 }", "'threshold' must be"),
        ("{ rows = 0 }", "{ share = 2.0 }", "'threshold' must be"),
        ("{ rows = 0 }", "{ rows = 0, share = 0.1 }", "'threshold' must be"),
        ('[["uke"]', '[["uka"]', "'applies_when' must hold"),
        ('"amber"', '"blue"', "'severity' must be"),
        ("2027-06-30", "2026-11-22", "'next_review' must be later"),
        ("position", "places = 1\nposition", "'places' is not a known key"),
    ],
)
def test_a_definition_that_says_too_little_is_refused(old: str, new: str, problem: str) -> None:
    assert parse("one_name", DEFINITION).applies_when == (("uke",), ("hen", "henr"))
    with pytest.raises(CheckError, match=problem):
        parse("one_name", DEFINITION.replace(old, new, 1))
    with pytest.raises(CheckError, match=r"sql/checks/no_model\.sql is missing"):
        parse("no_model", DEFINITION)


EXPECTED_OF_THE_DEMO = {
    # Its newest but one 社保 return file was not downloaded; no beds and no departments.
    "1319912345": {
        "months_missing": "fail",
        "insurer_check_digit": "fail",
        "setting_points": "not_applicable",
        "department_known": "not_applicable",
    },
    "2719954321": {"insurer_check_digit": "fail"},
}
"""The demo's insurers bear numbers that belong to nobody: their check digits must not be right."""


@pytest.mark.parametrize("institution", EXPECTED_OF_THE_DEMO)
def test_the_demo_passes_but_for_what_it_tells(demo_database: Path, institution: str) -> None:
    con = connect(demo_database)
    try:
        found = run_checks(con, institution, AS_OF)
    finally:
        con.close()
    others = {each.check.name: each.status for each in found if each.status != "pass"}
    assert others == EXPECTED_OF_THE_DEMO[institution]


def shown(results: list[Result], as_of: date = AS_OF) -> tuple[str, dict[str, object]]:
    made = bundle(results, as_of)
    return made["text/html"], made[MIME]


def test_a_page_lists_what_failed_and_how_many_more_there_are() -> None:
    claims = [{"claim_id": f"abc-{n}", "points": 0, "claim_month": date(2026, 9, 1)} for n in range(25)]
    con = mart(files="kind\nuke", claims=claims)
    results = run_checks(con, INSTITUTION, AS_OF)
    html, data = shown(results)
    failed = CHECKS["claim_points_positive"]
    assert f"{failed.title}: 不合格" in html and failed.to_do in html
    assert html.count("<td") >= ROWS_SHOWN and "ほかに5行あります" in html
    assert all(check.title in html for check in checks()), "passed and left out ones are there, folded"
    numbers = {row["check_name"]: row for row in data["rows"]}
    assert numbers.keys() == CHECKS.keys()
    assert numbers[failed.name] == {
        "check_name": failed.name, "check": failed.title, "check_status": "fail", "checked": 25, "violating": 25,
    }  # fmt: skip
    assert unknown_columns(numbers[failed.name]) == []


def test_rows_that_the_page_lists_elsewhere_are_not_listed_again() -> None:
    con = mart(files="kind | lines | lines_quarantined | name\nuke | 10 | 5 | 見えない.UKE")
    html, _ = shown(run_checks(con, INSTITUTION, AS_OF, [CHECKS["lines_set_aside"]]))
    assert "該当するものは「読めずに取り分けた行」にあります。" in html and "見えない.UKE" not in html


def test_what_a_name_of_a_file_says_is_not_markup() -> None:
    con = mart(files="kind | name | month\nhen | <script>.HEN | -")
    html, _ = shown(run_checks(con, INSTITUTION, AS_OF, [CHECKS["file_month_known"]]))
    assert "&lt;script&gt;.HEN" in html and "<script>" not in html


def test_a_check_nobody_has_looked_at_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    check = replace(CHECKS["file_month_known"], next_review=date(2026, 10, 30))
    con = mart(files="kind\nhen")
    results = run_checks(con, INSTITUTION, AS_OF, [check])
    said = "この検査は見直しの時期（2026-10-30）を過ぎています"
    assert said in shown(results)[0]
    assert said not in shown(results, date(2026, 10, 30))[0]
    monkeypatch.setattr("henrei_analytics.checks.run.checks", lambda: (check,))
    con = mart(files="kind\nhen", returns="return_id\n1")
    lines, in_order = check_lines(con, AS_OF)
    assert in_order and f"見直しの時期を過ぎた検査 1: {check.title}" in lines[-1]


def test_the_command_says_what_failed_and_what_to_do(henrei: Henrei, office: Office) -> None:
    receipts = [Receipt(name=f"架空　{n}", points=0) for n in range(3)]
    for file in (uke(receipts, "202608"), hen([Returned(Receipt(search="1" * 20))], "202608")):
        office.save(file.name, file.content)
    office.load()
    code, said, errors = henrei("check", "--as-of", "2026-09-30")
    check = CHECKS["claim_points_positive"]
    assert (code, errors) == (1, "")
    lines = said.splitlines()
    at = lines.index(f"  [確認] 不合格: {check.title}")
    assert lines[at + 1 : at + 3] == [
        f"      {check.finds} 3件（3件中、100.00 %。許容は0.2 %まで）",
        f"      → {check.to_do}",
    ]
    assert "架空　" not in said
    code, _, errors = henrei("check", "--institution", "9999999999")
    assert code == 2 and "医療機関「9999999999」のデータはありません" in errors


def test_the_command_ends_with_0_when_nothing_failed(
    henrei: Henrei, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.load()
    assert henrei("check", "--as-of", "2026-09-30")[0] == 0, "nothing loaded, nothing wrong"
    office.save("RECEIPTC.UKE", uke([Receipt()], "202608").content)
    office.load()
    monkeypatch.setattr(
        "henrei_analytics.checks.run.checks",
        lambda: (CHECKS["file_lines_add_up"], CHECKS["fixf_claims_agree"]),
    )
    code, said, _ = henrei("check", "--as-of", "2026-09-30")
    assert code == 0
    assert "検査 2: 不合格 0　実行できず 0　合格 1　対象外 1" in said


def test_rows_are_the_same_every_time() -> None:
    claims = pl.DataFrame({"claim_id": [f"abc-{n}" for n in range(200)], "points": [0] * 200})
    con = mart(files="kind\nuke", claims=claims)
    first, again = (
        run_checks(con, INSTITUTION, AS_OF, [CHECKS["claim_points_positive"]])[0].rows for _ in range(2)
    )
    assert first == again
    assert [row["line_number"] for row in first] == list(range(ROWS_SHOWN))
