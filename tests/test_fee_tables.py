"""Record files of DPC, 歯科 and 調剤, numbers that contradict each other, and claim files in several volumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from loaded import Loaded
from notice_files import CODE, PREFECTURE, File, hen
from record_files import Receipt, Returned, claim_lines, hr, in_bytes, ir, re_line, record, return_text

NUMBER = "13101202608000000101"
CLAIMS, RETURNS = "mart.claims", "mart.returns"


def dpc_receipt(receipt: Receipt, number: int = 1, summary: str = "") -> list[str]:
    """A receipt of DPC: レセプト総括区分 and 明細情報数 stand before 検索番号."""
    cells = re_line(receipt, number).split(",")
    rest = claim_lines(receipt)[1:]
    return [
        ",".join([*cells[:18], summary, "", *cells[18:]]),
        record("BU", "010010xx99x00x", count=10),
        *rest,
    ]


def go(receipts: Sequence[Receipt], volume: str = "99") -> str:
    return record("GO", len(receipts), sum(r.points for r in receipts), volume, count=4)


ONE = Receipt(name="架空　一郎", chart="1", claim_type="1111", points=40000)
TWO = Receipt(name="架空　二子", chart="2", claim_type="1111", points=50000)


def dpc(*receipts: tuple[Receipt, str], counted: Sequence[Receipt]) -> File:
    body = [line for place, (r, kind) in enumerate(receipts, 1) for line in dpc_receipt(r, place, kind)]
    return File("RECEIPTD.UKE", in_bytes([ir("202609"), *body, go(counted)]))


@pytest.mark.files(dpc((ONE, ""), (replace(TWO, search=NUMBER), "0"), counted=[ONE, TWO]))
def test_claims_of_dpc_with_their_search_numbers(loaded: Loaded) -> None:
    facts = "chart_number, points, search_number, is_resubmission, department, setting"
    assert loaded.rows(CLAIMS, facts) == [
        ("1", 40000, None, False, "01", "inpatient"),
        ("2", 50000, NUMBER, True, "01", "inpatient"),
    ]
    assert loaded.values("mart.files", "balanced") == [True]


PARTS = [(replace(ONE, points=points), kind) for points, kind in ((40000, "1"), (30000, "2"), (10000, "3"))]


@pytest.mark.files(dpc(*PARTS, (TWO, ""), counted=[ONE, TWO]))
def test_the_members_of_a_summary_receipt_are_not_claims_of_their_own(loaded: Loaded) -> None:
    assert loaded.values(CLAIMS, "points") == [40000, 50000]
    assert loaded.rows("mart.claim_volume", "claims, points") == [(2, 90000)]
    assert loaded.values("mart.files", "balanced") == [True]


def returned_dpc(receipt: Receipt, reason_number: str = NUMBER) -> File:
    lines = return_text([Returned(receipt)])
    body = [
        line.replace(f",{NUMBER}", f",{reason_number}") if line.startswith("HR") else line for line in lines
    ]
    start = next(place for place, line in enumerate(body) if line.startswith("RE,"))
    return File("RECEIPTD.HEN", in_bytes([*body[:start], *dpc_receipt(receipt)[:2], *body[start + 1 :]]))


@pytest.mark.files(returned_dpc(replace(TWO, search=NUMBER)))
def test_returns_of_dpc_with_their_search_numbers(loaded: Loaded) -> None:
    assert loaded.rows(RETURNS, "search_number, points, chart_number") == [(NUMBER, 50000, "2")]
    assert loaded.rows("mart.unlinked") == []


def dental_receipt(receipt: Receipt) -> list[str]:
    """An IR for every receipt; 27 items in RE."""
    r = receipt
    start = [r.claim_type, r.service, r.name, r.sex, r.birth, *[""] * 8, r.chart, *[""] * 3, r.search]
    return [
        record("IR", 1, PREFECTURE, 3, CODE, "", "202609", "", "", count=9),
        record("RE", 1, *start, count=27),
        record("HO", r.insurer, r.symbol, r.number, 1, r.points, count=14),
        record("HS", "", count=12),
    ]


TOOTH = Receipt(claim_type="3112", points=700)
UK = record("UK", 1, PREFECTURE, 3, CODE, "", "架空歯科", "202609", "", "00", count=10)
HI_DENTAL = record("HI", 1, "202609", PREFECTURE, 3, CODE, "", "00", count=8)
TOOTH_BACK = replace(TOOTH, search=NUMBER)


@pytest.mark.files(
    File("RECEIPTS.UKE", in_bytes([UK, *dental_receipt(TOOTH), *dental_receipt(TOOTH_BACK), go([TOOTH] * 2)])),
    File(
        "RECEIPTS.HEN",
        in_bytes([
            HI_DENTAL, *dental_receipt(TOOTH_BACK)[1:], hr(Returned(TOOTH).reasons[0], "202609", NUMBER),
            "8,1,0,RC,Ver0000", record("HG", 1, 700, 99, count=4),
        ]),
    ),
)  # fmt: skip
def test_claims_and_returns_of_a_dentist(loaded: Loaded) -> None:
    assert set(loaded.values("mart.files", "institution")) == {f"{PREFECTURE}3{loaded.code}"}
    facts = "claim_month, service_month, setting, points, chart_number, search_number"
    assert loaded.rows(CLAIMS, facts) == [
        ("2026-09", "2026-08", "outpatient", 700, "00001", NUMBER),
        ("2026-09", "2026-08", "outpatient", 700, "00001", None),
    ]
    assert loaded.rows(RETURNS, "processing_month, points, search_number, main_reason_code") == [
        ("2026-09", 700, NUMBER, "L3129")
    ]
    assert loaded.values("mart.files", "balanced") == [True, True]


def pharmacy_receipt(receipt: Receipt) -> list[str]:
    """38 items in RE, 検索番号 the last one."""
    r = receipt
    return [
        record("RE", 1, r.claim_type, r.service, r.name, r.sex, r.birth, *[""] * 30, r.search, count=38),
        record("HO", r.insurer, r.symbol, r.number, 1, r.points, count=13),
    ]


PILLS = Receipt(claim_type="4112", points=300)
YK = record("YK", 1, PREFECTURE, 4, CODE, "架空薬局", "202609", "00", "", count=9)
HI_PHARMACY = record("HI", 1, "202609", PREFECTURE, 4, CODE, "", "00", count=8)


@pytest.mark.files(
    File("RECEIPTY.CYO", in_bytes([YK, *pharmacy_receipt(PILLS), go([PILLS])])),
    File(
        "RECEIPTY.HEN",
        in_bytes([
            HI_PHARMACY, *pharmacy_receipt(replace(PILLS, search=NUMBER)),
            hr(Returned(PILLS).reasons[0], "202609", NUMBER), "8,1,0,RC,Ver0000", record("HG", 1, 300, 99, count=4),
        ]),
    ),
)  # fmt: skip
def test_claims_and_returns_of_a_pharmacy(loaded: Loaded) -> None:
    assert set(loaded.values("mart.files", "institution")) == {f"{PREFECTURE}4{loaded.code}"}
    assert loaded.rows(CLAIMS, "claim_month, points, search_number") == [("2026-09", 300, None)]
    assert loaded.rows(RETURNS, "processing_month, points, search_number") == [("2026-09", 300, NUMBER)]


# numbers that contradict each other


OTHER = NUMBER[:-1] + "9"


@pytest.mark.files(returned_dpc(replace(TWO, search=NUMBER), OTHER))
def test_a_number_that_the_reason_contradicts_is_kept_and_told(loaded: Loaded) -> None:
    assert loaded.values(RETURNS, "search_number") == [NUMBER]
    facts = "what, payer, month, search_number"
    assert loaded.rows("mart.unlinked", facts) == [("search_number_mismatch", "shaho", "2026-09", NUMBER)]
    facts = "severity, month, number"
    assert loaded.rows("mart.attention", facts, "what = 'search_number_mismatch'") == [
        ("amber", "2026-09", 1)
    ]


def contradicting(*more: Receipt) -> File:
    lines = return_text([Returned(replace(TWO, search=NUMBER)), *map(Returned, more)])
    wrong = [line.replace(f",{NUMBER}", f",{OTHER}") if line.startswith("HR") else line for line in lines]
    return File("RECEIPTC.HEN", in_bytes(wrong))


@pytest.mark.files(contradicting(), contradicting(ONE).later())
def test_a_contradiction_is_told_once_however_often_the_file_is_downloaded(loaded: Loaded) -> None:
    assert len(loaded.rows("mart.unlinked")) == 1


@pytest.mark.files(hen([Returned(replace(TWO, search=NUMBER))]))
def test_numbers_that_agree_are_nothing_to_tell(loaded: Loaded) -> None:
    assert loaded.rows("mart.unlinked") == []


# claim files in several volumes


def volume(receipt: Receipt, number: int, closing: str, total: Sequence[Receipt] = ()) -> File:
    """Of several volumes only the last one carries the totals, those of all."""
    first = ir("202609").split(",")
    first[8] = f"{number:02}"
    last = go(total) if total else record("GO", "", "", closing, count=4)
    return File(f"{number}/RECEIPTC.UKE", in_bytes([",".join(first), *claim_lines(receipt), last]))


THREE = replace(ONE, name="架空　三郎", points=7)
VOLUMES = [volume(ONE, 1, "01"), volume(TWO, 2, "02"), volume(THREE, 3, "99", [ONE, TWO, THREE])]


@pytest.mark.files(*VOLUMES)
def test_volumes_are_compared_together(loaded: Loaded) -> None:
    assert (
        loaded.rows("mart.files", "control_count, actual_count, control_points, actual_points, balanced")
        == [(3, 3, 90007, 90007, True)] * 3
    )
    assert loaded.values(CLAIMS, "points") == [7, 40000, 50000]


@pytest.mark.parametrize(
    (),
    [
        pytest.param(marks=pytest.mark.files(*VOLUMES[:place], *VOLUMES[place + 1 :]), id=name)
        for place, name in enumerate(("the first", "one between", "the last"))
    ],
)
def test_a_volume_that_is_missing_is_told(loaded: Loaded) -> None:
    assert loaded.values("mart.files", "balanced") == [False, False]
    assert loaded.values("mart.attention", "severity", "what = 'totals_differ'") == ["red", "red"]


@pytest.mark.files(VOLUMES[0], VOLUMES[2])
def test_what_to_do_about_a_missing_volume_is_said(loaded: Loaded) -> None:
    assert all("巻" in message for message in loaded.values("mart.files", "message"))
