"""What the lines of claim and return files become."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from office import Office
from record_files import (
    INSTITUTION,
    Reason,
    Receipt,
    Returned,
    claim_file,
    claim_text,
    history,
    hr,
    in_bytes,
    ir,
    numbered,
    re_line,
    return_file,
    return_text,
)

EXAMPLES = Path(__file__).parent / "examples"
NUMBER = "13101202608000000101"
RETURNED = Returned(Receipt(search=NUMBER))


def loaded_whole(office: Office, name: str = "RECEIPTC.HEN") -> None:
    file = office.row(f"SELECT * FROM mart.files WHERE name = 'files/{name}'")
    assert (file["status"], file["balanced"], file["lines_quarantined"]) == ("loaded", True, 0)


def test_a_claim(office: Office) -> None:
    receipt = Receipt(insurer="06139999", points=1234, chart="00042", department="01")
    office.save("RECEIPTC.UKE", claim_file([receipt], "202609"))
    office.load()
    claim = office.row("SELECT * FROM mart.claims")
    assert claim.pop("claim_id") and claim.pop("patient_key") and claim.pop("file_id")
    assert claim == {
        "institution": INSTITUTION,
        "payer": "shaho",
        "claim_month": date(2026, 9, 1),
        "service_month": date(2026, 8, 1),
        "claim_type": "1112",
        "setting": "outpatient",
        "department": "01",
        "insurer_number": "06139999",
        "law_number": "06",
        "points": 1234,
        "chart_number": "00042",
        "search_number": None,
        "is_resubmission": False,
    }
    file = office.row("SELECT * FROM mart.files")
    assert (file["lines"], file["lines_loaded"], file["lines_skipped"]) == (6, 4, 2)
    assert (file["control_count"], file["actual_count"], file["control_points"], file["actual_points"]) == (
        (1, 1, 1234, 1234)
    )  # fmt: skip
    assert office.rows("SELECT record_type, lines FROM mart.skipped ORDER BY 1") == [
        {"record_type": "SI", "lines": 1},
        {"record_type": "SY", "lines": 1},
    ]


def test_a_return(office: Office) -> None:
    office.save("RECEIPTC.HEN", return_file([RETURNED], "202609"))
    office.load()
    returned = office.row("SELECT * FROM mart.returns")
    assert (returned["stage"], returned["medium"], returned["return_class"]) == ("first_review", "online", 1)
    assert returned["processing_month"] == date(2026, 9, 1)
    assert returned["received_month"] == date(2026, 10, 1)
    assert (returned["search_number"], returned["main_reason_code"]) == (NUMBER, "L3129")
    assert returned["sources"] == ["hen"]


def test_both_styles_of_dates_are_the_same_patient_and_months(office: Office) -> None:
    western = Receipt(birth="19800115", service="202608")
    japanese = Receipt(birth="3550115", service="50808", points=100, insurer="01139999")
    office.save("a/RECEIPTC.UKE", claim_file([western], "202609"))
    office.save("b/RECEIPTC.UKE", claim_file([japanese], "50809"))
    office.load()
    claims = office.rows("SELECT DISTINCT patient_key, claim_month, service_month FROM mart.claims")
    assert len(claims) == 1


def test_months(office: Office) -> None:
    """YYYYMM, or GYYMM in the era it was written."""
    months = {
        "202608": "2026-08",
        "50808": "2026-08",
        "50105": "2019-05",
        "43104": "2019-04",
        "36401": "1989-01",
    }
    office.save("RECEIPTC.UKE", claim_file([Receipt(service=month, chart=month) for month in months]))
    office.load()
    claims = office.rows("SELECT chart_number, strftime(service_month, '%Y-%m') AS month FROM mart.claims")
    assert {claim["chart_number"]: claim["month"] for claim in claims} == months


SAME_PERSON = [
    {"name": "架空 一郎"},
    {"name": "架空一郎"},
    {"chart": "00009", "insurer": "01139999", "department": ""},
]
OTHER_PEOPLE = [{"name": "架空　二郎"}, {"sex": "2"}, {"birth": "19800116"}]


def test_a_person_is_known_by_name_sex_and_birth(office: Office) -> None:
    receipts = [Receipt(), *(Receipt(**change) for change in [*SAME_PERSON, *OTHER_PEOPLE])]
    office.save("RECEIPTC.UKE", claim_file(receipts))
    office.load()
    counts = office.values("SELECT COUNT(*) FROM mart.claims GROUP BY patient_key ORDER BY 1 DESC")
    assert counts == [1 + len(SAME_PERSON), 1, 1, 1]


def test_a_person_of_two_institutions_has_two_keys(office: Office) -> None:
    office.save("a/RECEIPTC.UKE", claim_file([Receipt()]))
    office.save("b/RECEIPTC.UKE", claim_file([Receipt()], institution="1319954321"))
    office.load()
    assert len(office.values("SELECT DISTINCT patient_key FROM mart.claims")) == 2


def test_characters_of_cp932(office: Office) -> None:
    reason = Reason(text="髙①㈱～－纊の確認", supplement="№㍻")
    office.save("RECEIPTC.HEN", return_file([Returned(Receipt(name="髙橋　㈱", search=NUMBER), [reason])]))
    office.load()
    loaded_whole(office)
    assert office.row("SELECT text, supplement FROM mart.return_reasons") == {
        "text": "髙①㈱～－纊の確認",
        "supplement": "№㍻",
    }


ENDINGS = {
    "CRLF and 0x1A": ("\r\n", b"\x1a"),
    "CRLF": ("\r\n", b""),
    "LF": ("\n", b""),
    "LF and 0x1A": ("\n", b"\x1a"),
    "a line of 0x1A": ("\r\n", b"\x1a\r\n"),
    "blank lines": ("\r\n", b"\r\n\r\n"),
}


def numbers(count: int) -> list[str]:
    return [f"131012026080000001{n:02}" for n in range(count)]


def test_line_ends(office: Office) -> None:
    for (name, (end, eof)), number in zip(ENDINGS.items(), numbers(len(ENDINGS)), strict=True):
        lines = return_text([Returned(Receipt(search=number))])
        office.save(f"{name}/RECEIPTC.HEN", in_bytes(lines, end=end, eof=eof))
    office.load()
    files = office.rows("SELECT status, balanced, lines_quarantined FROM mart.files")
    assert files == [{"status": "loaded", "balanced": True, "lines_quarantined": 0}] * len(ENDINGS)
    assert office.values("SELECT search_number FROM mart.returns ORDER BY 1") == numbers(len(ENDINGS))


def test_no_line_end_after_the_last_line(office: Office) -> None:
    for name, eof in (("a/RECEIPTC.HEN", b""), ("b/RECEIPTC.HEN", b"\x1a")):
        office.save(name, return_file([RETURNED]).removesuffix(b"\r\n\x1a") + eof)
    office.load()
    assert [file["balanced"] for file in office.rows("SELECT balanced FROM mart.files")] == [True, True]


def test_content_counts_not_the_name(office: Office) -> None:
    names = ["receiptc.hen", "RECEIPTC (1).HEN", "RECEIPTC.HEN.txt", "返戻 10月.dat", "x"]
    for name, number in zip(names, numbers(len(names)), strict=True):
        office.save(name, return_file([Returned(Receipt(search=number))]))
    office.load()
    assert office.values("SELECT kind FROM mart.files WHERE status = 'loaded'") == ["hen"] * len(names)


TOPS = {
    "HI": "",
    "HI in the order of IR": f"HI,1,13,1,{INSTITUTION[3:]},,202609,00",
    "HI in the order of IR with a name": f"HI,1,13,1,{INSTITUTION[3:]},,架空医院,202609,00",
    "IR": ir("202609"),
}


@pytest.mark.parametrize("top", TOPS)
def test_first_lines_of_a_return_file(office: Office, top: str) -> None:
    office.save("RECEIPTC.HEN", return_file([RETURNED], top=TOPS[top]))
    office.load()
    loaded_whole(office)
    file = office.row("SELECT kind, payer, institution, month FROM mart.files")
    assert file == {"kind": "hen", "payer": "shaho", "institution": INSTITUTION, "month": date(2026, 9, 1)}


def test_several_reasons_in_their_order(office: Office) -> None:
    reasons = [Reason("L3129", "その一", "補足"), Reason("L1200", "その二"), Reason("", "その三")]
    office.save("RECEIPTC.HEN", return_file([Returned(Receipt(search=NUMBER), reasons)]))
    office.load()
    found = office.rows("SELECT position, code, text, supplement FROM mart.return_reasons ORDER BY position")
    assert [tuple(row.values()) for row in found] == [
        (1, "L3129", "その一", "補足"),
        (2, "L1200", "その二", None),
        (3, None, "その三", None),
    ]


def test_lines_of_the_history_block_are_not_counted_again(office: Office) -> None:
    office.save("RECEIPTC.HEN", return_file([Returned(Receipt(publics=("83139999",), search=NUMBER))]))
    office.load()
    loaded_whole(office)
    assert office.row("SELECT COUNT(*) AS returns, SUM(points) AS points FROM mart.returns") == {
        "returns": 1,
        "points": 291,
    }
    assert office.values("SELECT COUNT(*) FROM mart.return_reasons") == [1]


def test_a_return_without_its_own_reasons_has_those_of_its_block(office: Office) -> None:
    receipt = Receipt(search=NUMBER)
    older = replace(receipt, search="13101202605000000100")
    block = [
        *history(receipt, [Reason("L1200", "今回", return_class="2")], "202609"),
        *numbered([re_line(older), hr(Reason("L3129", "前回"), "202605", older.search)]),
    ]
    office.save("RECEIPTC.HEN", return_file([Returned(receipt, [], block)]))
    office.load()
    assert office.row("SELECT return_class, main_reason_code FROM mart.returns") == {
        "return_class": 2,
        "main_reason_code": "L1200",
    }
    assert office.values("SELECT text FROM mart.return_reasons") == ["今回"]


@pytest.mark.parametrize(("return_class", "kind"), [("3", "hen"), ("4", "sah"), ("9", "sah")])
def test_the_class_of_return_tells_the_review(office: Office, return_class: str, kind: str) -> None:
    reason = Reason("S1018", return_class=return_class)
    office.save("renamed.dat", return_file([Returned(Receipt(search=NUMBER), [reason])]))
    office.load()
    assert office.values("SELECT kind FROM mart.files") == [kind]
    stage = "first_review" if kind == "hen" else "re_examination"
    assert office.values("SELECT stage FROM mart.returns") == [stage]


def test_the_search_number_of_a_return_may_stand_in_its_reason_alone(office: Office) -> None:
    lines = return_text([RETURNED])
    lines[1] = re_line(Receipt(search=""))
    office.save("RECEIPTC.HEN", in_bytes(lines))
    office.load()
    assert office.values("SELECT search_number FROM mart.returns") == [NUMBER]


def test_points_of_a_receipt_without_health_insurance_are_those_of_its_first_public_payer(
    office: Office,
) -> None:
    receipt = Receipt(claim_type="1222", insurer=None, publics=("12131234", "80139999"), points=640)
    office.save("RECEIPTC.UKE", claim_file([receipt]))
    office.load()
    loaded_whole(office, "RECEIPTC.UKE")
    assert office.row("SELECT points, insurer_number, law_number FROM mart.claims") == {
        "points": 640,
        "insurer_number": "12131234",
        "law_number": "12",
    }
    assert office.values("SELECT actual_count FROM mart.files") == [2]


def test_insurer_numbers(office: Office) -> None:
    """8 digits, or the 6 of 国保 padded with spaces or zeros."""
    meant = {
        "  139999": ("139999", "00"),
        "00139999": ("139999", "00"),
        "139999": ("139999", "00"),
        "39139999": ("39139999", "39"),
        "": (None, None),
    }
    receipts = [Receipt(insurer=written, points=points) for points, written in enumerate(meant)]
    office.save("RECEIPTC.UKE", claim_file(receipts, payer="2"))
    office.load()
    found = office.rows("SELECT insurer_number, law_number FROM mart.claims ORDER BY points")
    assert [tuple(row.values()) for row in found] == list(meant.values())


def test_setting(office: Office) -> None:
    """The last digit of レセプト種別: odd is 入院, even and 0 入院外."""
    meant = {
        "1111": "inpatient",
        "1112": "outpatient",
        "1118": "outpatient",
        "1319": "inpatient",
        "1310": "outpatient",
    }
    office.save("RECEIPTC.UKE", claim_file([Receipt(claim_type=claim_type) for claim_type in meant]))
    office.load()
    found = office.rows("SELECT claim_type, setting FROM mart.claims")
    assert {row["claim_type"]: row["setting"] for row in found} == meant


def test_receipts_of_36_items(office: Office) -> None:
    office.save("RECEIPTC.UKE", claim_file([Receipt(items=36, service="42705")], "42706"))
    office.load()
    loaded_whole(office, "RECEIPTC.UKE")


def test_a_reclaim_carries_its_search_number(office: Office) -> None:
    first, again = Receipt(), Receipt(name="架空　花子", search=NUMBER)
    office.save("RECEIPTC.UKE", claim_file([first, again]))
    office.load()
    found = office.rows("SELECT search_number, is_resubmission FROM mart.claims ORDER BY 2")
    assert [tuple(row.values()) for row in found] == [(None, False), (NUMBER, True)]


def test_a_reclaim_may_carry_its_number_in_the_history_block_alone(office: Office) -> None:
    lines = claim_text([Receipt()])
    block = history(Receipt(search=NUMBER), [Reason()], "202609")
    office.save("RECEIPTC.UKE", in_bytes([*lines[:-1], *block, lines[-1]]))
    office.load()
    loaded_whole(office, "RECEIPTC.UKE")
    assert office.row("SELECT search_number, is_resubmission FROM mart.claims") == {
        "search_number": NUMBER,
        "is_resubmission": True,
    }


LEFT_ALONE = {
    "労災のファイル": ("RRECEC.HEN", "RE,1,1112,202608,架空　一郎"),
    "訪問看護のファイル": ("RECEIPTH.HEN", "HI,1,202609,13,6,9912345,,00"),
    "対象外": ("memo.csv", "日付,内容"),
}


@pytest.mark.parametrize("what", LEFT_ALONE)
def test_files_of_others_are_named_and_left_alone(office: Office, what: str) -> None:
    name, first_line = LEFT_ALONE[what]
    office.save(name, in_bytes([first_line, "GO,0,0,99"]))
    result = office.load()
    assert [(file.outcome, file.message) for file in result.files] == [("left_alone", what)]
    assert office.rows("SELECT * FROM mart.files") == []


@pytest.fixture
def examples(office: Office) -> Office:
    """The worked examples of claims and returns: one file of every kind."""
    for path in [*EXAMPLES.glob("*_RECEIPTC.*"), *EXAMPLES.glob("RIhenr*")]:
        shutil.copy(path, office.folder)
    office.load()
    return office


def test_examples_are_loaded_whole(examples: Office) -> None:
    files = examples.rows(
        "SELECT name, kind, payer, strftime(month, '%Y-%m') AS month, receipts, actual_count, actual_points, balanced "
        "FROM mart.files ORDER BY name"
    )
    assert [tuple(file.values()) for file in files] == [
        ("files/A_shaho_RECEIPTC.HEN", "hen", "shaho", "2024-05", 2, 3, 439, True),
        ("files/B_kokuho_RECEIPTC.SAH", "sah", "kokuho", "2024-05", 1, 1, 73, True),
        ("files/C_shaho_reclaim_RECEIPTC.UKE", "uke", "shaho", "2024-06", 2, 2, 582, True),
        ("files/D_kokuho_wareki_RECEIPTC.HEN", "hen", "kokuho", "2015-06", 1, 1, 123, True),
        ("files/RIhenr1131991234550804.csv", "henr", "shaho", "2026-04", 2, None, None, None),
        ("files/RIhenr2131991234550804.csv", "henr", "kokuho", "2026-04", 1, None, None, None),
    ]
    assert examples.rows("SELECT * FROM mart.quarantine") == []


def test_examples_become_these_returns(examples: Office) -> None:
    returns = examples.rows(
        "SELECT strftime(processing_month, '%Y-%m'), strftime(service_month, '%Y-%m'), stage, insurer_number, points, "
        "chart_number, return_class, main_reason_code, months_to_resubmit, sources[1] FROM mart.returns "
        "ORDER BY processing_month, chart_number"
    )
    assert [tuple(row.values()) for row in returns] == [
        ("2015-06", "2015-05", "first_review", "139999", 123, "00005", 1, "2999", None, "hen"),
        ("2024-05", "2024-04", "first_review", "06139999", 291, "00001", 1, "L5900", 0, "hen"),
        ("2024-05", "2024-04", "first_review", "01139999", 148, "00002", 2, "L6209", None, "hen"),
        ("2024-05", "2023-10", "re_examination", "139999", 73, "00003", 4, "S2103", None, "sah"),
        ("2026-04", "2026-03", "first_review", "01139999", 500, "0000103", None, "L9901", None, "henr"),
        ("2026-04", "2026-02", "first_review", "06139999", 910, "0000105", None, "L9903", None, "henr"),
        ("2026-04", "2026-03", "first_review", "139999", 1430, "0000113", None, "9901", None, "henr"),
    ]
    codes = examples.rows("SELECT code, COUNT(*) AS n FROM mart.return_reasons GROUP BY code ORDER BY code")
    assert {row["code"]: row["n"] for row in codes} == {
        "2999": 1, "9901": 1, "L5900": 1, "L6209": 2, "L9901": 1, "L9902": 1, "L9903": 1, "S2103": 1,
    }  # fmt: skip


def test_examples_become_these_claims(examples: Office) -> None:
    claims = examples.rows(
        "SELECT chart_number, strftime(service_month, '%Y-%m'), points, is_resubmission FROM mart.claims ORDER BY 1"
    )
    assert [tuple(row.values()) for row in claims] == [
        ("00001", "2024-04", 291, True),
        ("00004", "2024-05", 291, False),
    ]
