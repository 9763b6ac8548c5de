"""What the rows of a 返戻内訳書 become, and that a return it shares with a return file counts once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from office import Office
from record_files import (
    INSTITUTION,
    Notice,
    Receipt,
    Returned,
    claim_file,
    in_bytes,
    notice_file,
    notice_name,
    notice_text,
    return_file,
)

NUMBER = "13101202608000000101"
MONTHS = "strftime(service_month, '%Y-%m')"


def returns(office: Office, columns: str = "*", order: str = "points") -> list[tuple[Any, ...]]:
    return [
        tuple(row.values()) for row in office.rows(f"SELECT {columns} FROM mart.returns ORDER BY {order}")
    ]


def test_a_notice(office: Office) -> None:
    notice = Notice(label="本外", chart="00042", search=NUMBER, points=640, insurer="139999")
    office.save(notice_name(), notice_file([notice]))
    office.load()
    found = office.row("SELECT * FROM mart.returns")
    expected = {
        "institution": INSTITUTION,
        "payer": "shaho",
        "stage": "first_review",
        "medium": "online",
        "processing_month": date(2026, 9, 1),
        "received_month": date(2026, 10, 1),
        "service_month": date(2026, 8, 1),
        "setting": "outpatient",
        "insurer_number": "139999",
        "law_number": "00",
        "points": 640,
        "chart_number": "00042",
        "search_number": NUMBER,
        "main_reason_code": "L3129",
        "sources": ["henr"],
        "claim_type": None,
        "patient_key": None,
        "return_class": None,
    }
    assert {column: found[column] for column in expected} == expected


def test_further_rows_are_further_reasons_of_the_receipt_above(office: Office) -> None:
    one = Notice(points=1, reasons=[("L1001", "その一"), ("L1002", "その二"), ("", "その三")])
    office.save(notice_name(), notice_file([one, Notice(points=2, reasons=[("L2001", "別の人")])]))
    office.load()
    reasons = office.rows(
        "SELECT points, position, code, text FROM mart.return_reasons INNER JOIN mart.returns USING (return_id) ORDER BY 1, 2"
    )
    assert [tuple(row.values()) for row in reasons] == [
        (1, 1, "L1001", "その一"),
        (1, 2, "L1002", "その二"),
        (1, 3, None, "その三"),
        (2, 1, "L2001", "別の人"),
    ]


def test_a_blank_month_is_the_headers_never_that_of_the_row_above(office: Office) -> None:
    rows = [
        Notice(points=1),
        Notice(points=2, service="0802"),
        Notice(points=3),
        Notice(points=4, service="50803"),
    ]
    office.save(notice_name(), notice_file(rows, service="50808"))
    office.load()
    assert returns(office, f"points, {MONTHS}") == [
        (1, "2026-08"),
        (2, "2026-02"),
        (3, "2026-08"),
        (4, "2026-03"),
    ]


def test_months_without_era_are_reiwa_unless_that_lies_ahead(office: Office) -> None:
    rows = [
        Notice(points=1, service="0104"),
        Notice(points=2, service="3012"),
        Notice(points=3, service="0207"),
    ]
    office.save(notice_name("50209"), notice_file(rows, service="50208"))
    office.load()
    assert returns(office, f"points, {MONTHS}") == [(1, "2019-04"), (2, "2018-12"), (3, "2020-07")]


def test_several_blocks_have_a_month_and_department_each(office: Office) -> None:
    internal = notice_text([Notice(points=1)], service="50808")
    surgery = notice_text([Notice(points=2)], service="50807")
    internal[0], surgery[0] = (
        text.replace("架空医院,,", f"架空医院,{code},科")
        for text, code in ((internal[0], "01"), (surgery[0], "10"))
    )
    office.save(notice_name(), in_bytes([*internal, *surgery], eof=b""))
    office.load()
    assert returns(office, f"points, {MONTHS}, department") == [(1, "2026-08", "01"), (2, "2026-07", "10")]


@pytest.mark.parametrize(
    ("name", "receptions", "month"),
    [
        (notice_name("50809"), ["", ""], "2026-09"),
        ("renamed.csv", ["", ""], "2026-09"),  # care month + 1
        (notice_name("50810"), ["", ""], "2026-10"),
        (notice_name("50810"), ["0809-70000300", "0809-70000400"], "2026-09"),
        ("renamed.csv", ["0810-70000300", "0810-70000400"], "2026-10"),
        (notice_name("50810"), ["9901-70000300", ""], "2026-10"),  # no month of this world
    ],
)
def test_processing_month(office: Office, name: str, receptions: list[str], month: str) -> None:
    rows = [Notice(points=place, reception=reception) for place, reception in enumerate(receptions)]
    office.save(name, notice_file(rows, service="50808"))
    office.load()
    assert office.values("SELECT strftime(month, '%Y-%m') FROM mart.files") == [month]


@pytest.mark.parametrize(
    ("payer_name", "payer", "prefecture"),
    [
        ("社会保険診療報酬支払基金", "shaho", "00"),
        ("医療情報基盤・診療報酬審査支払機構", "shaho", "00"),
        ("東京都国民健康保険団体連合会", "kokuho", "13"),
        ("北海道国民健康保険団体連合会", "kokuho", "01"),
    ],
)
def test_payer_and_prefecture_of_a_renamed_notice(
    office: Office, payer_name: str, payer: str, prefecture: str
) -> None:
    office.save("10月 返戻.csv", notice_file([Notice()], payer_name=payer_name))
    office.load()
    assert returns(office, "payer, institution") == [(payer, prefecture + INSTITUTION[2:])]


def test_the_prefecture_of_a_renamed_notice_is_known_from_other_files(office: Office) -> None:
    office.save("renamed.csv", notice_file([Notice()]))
    office.load()
    office.save("RECEIPTC.UKE", claim_file([Receipt(name="架空　花子")]))
    office.load()
    assert returns(office, "institution") == [(INSTITUTION,)]


@pytest.mark.parametrize(
    ("name", "medium"),
    [(notice_name(system="RI"), "online"), (notice_name(system="MI"), "paper"), ("renamed.csv", "paper")],
)
def test_a_notice_about_paper(office: Office, name: str, medium: str) -> None:
    """Rows about paper have no 受付番号 and no 検索番号; nobody can download what was on paper."""
    office.save(name, notice_file([Notice()]))
    office.load()
    ((found, deadline),) = returns(office, "medium, download_deadline")
    assert (found, deadline) == (medium, date(2026, 12, 31) if medium == "online" else None)


RECEIPT = Receipt(search=NUMBER, points=500, chart="00042")
SAME_RETURN = {
    "search number": (RECEIPT, Notice(search=NUMBER, points=500)),
    "chart number and points": (RECEIPT, Notice(name="", chart="00042", points=500)),
    "name and points": (RECEIPT, Notice(name="架空 一郎", points=500)),
    "the return file has no search number": (
        replace(RECEIPT, search=""),
        Notice(chart="00042", points=500, search=NUMBER),
    ),
    "neither has one": (replace(RECEIPT, search=""), Notice(chart="00042", points=500)),
}


@pytest.mark.parametrize("case", SAME_RETURN)
def test_the_same_return_counts_once(office: Office, case: str) -> None:
    receipt, notice = SAME_RETURN[case]
    office.save("RECEIPTC.HEN", return_file([Returned(receipt)]))
    office.save(notice_name(), notice_file([notice]))
    office.load()
    number = receipt.search or notice.search or None
    assert returns(office, "search_number, sources, claim_type") == [(number, ["hen", "henr"], "1112")]
    assert office.values("SELECT COUNT(*) FROM mart.return_reasons") == [1]


ANOTHER_RETURN = {
    "another search number": Notice(search=NUMBER[:-1] + "2", chart="00042", points=500),
    "other points": Notice(chart="00042", points=501),
    "another service month": Notice(chart="00042", points=500, service="0807"),
    "another person": Notice(name="架空　花子", chart="00043", points=500),
}


@pytest.mark.parametrize("case", ANOTHER_RETURN)
def test_another_return_counts_for_itself(office: Office, case: str) -> None:
    office.save("RECEIPTC.HEN", return_file([Returned(RECEIPT)]))
    office.save(notice_name(), notice_file([ANOTHER_RETURN[case]]))
    office.load()
    assert sorted(returns(office, "sources")) == [(["hen"],), (["henr"],)]


def test_equals_are_paired_one_to_one(office: Office) -> None:
    twins = [replace(RECEIPT, search=NUMBER[:-1] + digit) for digit in "12"]
    office.save("RECEIPTC.HEN", return_file([Returned(twin) for twin in twins]))
    office.save(notice_name(), notice_file([Notice(chart="00042", points=500)] * 3))
    office.load()
    assert sorted(returns(office, "sources")) == [(["hen", "henr"],), (["hen", "henr"],), (["henr"],)]


@pytest.mark.parametrize(
    "notice", [Notice(chart="00042", points=500), Notice(points=500)], ids=["chart", "name"]
)
def test_a_return_known_from_a_notice_alone_learns_from_its_claim(office: Office, notice: Notice) -> None:
    claim = Receipt(points=500, chart="00042", claim_type="1118", department="19", insurer="39139999")
    office.save("RECEIPTC.UKE", claim_file([claim, Receipt(name="架空　花子", chart="00043", points=500)]))
    office.save(notice_name(), notice_file([replace(notice, insurer="")]))
    office.load()
    assert returns(office, "claim_type, department, insurer_number, sources") == [
        ("1118", "19", "39139999", ["henr"])
    ]
    assert returns(office, "patient_key") == [
        tuple(office.values("SELECT patient_key FROM mart.claims WHERE department = '19'"))
    ]


def test_a_notice_downloaded_again_is_the_same_returns(office: Office) -> None:
    rows = [Notice(points=1, search=NUMBER), Notice(points=2, reception="0809-70000300"), Notice(points=3)]
    office.save("a/" + notice_name(), notice_file(rows))
    office.save("b/" + notice_name(), notice_file([*rows, Notice(points=4)]))
    office.load()
    assert returns(office, "points") == [(1,), (2,), (3,), (4,)]


def test_further_reasons_without_a_receipt_are_set_aside(office: Office) -> None:
    lines = notice_text([Notice(reasons=[("L1001", "その一"), ("L1002", "その二")])])
    office.save(notice_name(), in_bytes([*lines[:2], lines[3], lines[2]], eof=b""))
    office.load()
    assert office.values("SELECT line_number FROM mart.quarantine") == [3]
    assert office.values("SELECT code FROM mart.return_reasons") == ["L1001"]


def test_a_trial_run_is_left_alone(office: Office) -> None:
    office.save(notice_name().replace(".csv", "TEST.csv"), notice_file([Notice()]))
    assert [(file.outcome, file.message) for file in office.load().files] == [
        ("left_alone", "確認試験のファイル")
    ]


@pytest.mark.parametrize("kind", ["zogn", "fmei", "sast", "hasp"])
def test_a_file_named_as_a_notice_without_its_titles_is_refused(office: Office, kind: str) -> None:
    office.save(
        notice_name().replace("henr", kind), in_bytes(["1,50803,1,医科,9912345,架空医院,,,", "2,診療年月"])
    )
    (file,) = office.load().files
    assert (file.outcome, "見出し" in file.message) == ("rejected", True)
