"""Record files of DPC, 歯科 and 調剤, and the history block: what becomes of their lines, and what is never kept."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from official_files import CODE, DENTAL, DPC, PHARMACY, VALID, Edition
from reading import Outcome, loaded, read
from record_files import Reason, Receipt, Returned, claim_file, in_bytes, record, return_file, return_text

NUMBER = "13101202608000000101"
RECEIPT = Receipt(chart="00042", search=NUMBER, points=640, publics=("80139999",))
EDITIONS = {"receipt_dpc": DPC, "receipt_dental": DENTAL, "receipt_pharmacy": PHARMACY}


@pytest.mark.parametrize("layout", EDITIONS)
@pytest.mark.parametrize("name", ["official", "renamed"])
def test_a_claim_and_a_return(layout: str, name: str) -> None:
    edition = EDITIONS[layout]
    claim, returned = (official for official, _ in VALID[layout])
    for content, official in (
        (edition.claim_file([RECEIPT]), claim),
        (edition.return_file([Returned(RECEIPT)]), returned),
    ):
        outcome = loaded(content, official if name == "official" else "x")
        facts = outcome.file.facts
        assert outcome.layout.name == layout
        assert (facts.payer, facts.prefecture, facts.fee_table, facts.code) == (
            "shaho",
            "13",
            edition.table,
            CODE,
        )
        assert facts.month == "2026-09-01"
        chart = None if layout == "receipt_pharmacy" else "00042"  # its place is not known
        columns = ("receipt_number", "service_month", "search_number")
        assert outcome.values("receipts", *columns) == [(1, "2026-08", NUMBER)]
        assert [row.get("chart_number") for row in outcome.rows["receipts"]] == [chart]
        assert outcome.values("insurers", "insurer_number", "points") == [("06139999", 640)]
        assert outcome.values("public_payers", "insurer_number", "points") == [("80139999", 640)]
    assert outcome.values("reasons", "code", "search_number") == [("L3129", NUMBER)]
    assert outcome.values("totals", "control_count", "control_points") == [(2, 640)]


def test_the_same_person_in_every_edition() -> None:
    files = [claim_file([RECEIPT]), *(edition.claim_file([RECEIPT]) for edition in EDITIONS.values())]
    assert len({loaded(content, "x").values("receipts", "patient_key")[0] for content in files}) == 1


# --- which edition ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "has_bu", "layout"),
    [
        ("RECEIPTD.UKE", True, "receipt_dpc"),
        ("RECEIPTD (1).UKE", False, "receipt_dpc"),
        ("receiptd_202609.uke", False, "receipt_dpc"),
        ("RECEIPTC.UKE", True, "receipt_dpc"),
        ("x", True, "receipt_dpc"),
        ("x", False, "receipt"),
        ("RECEIPTDATA.UKE", False, "receipt"),
    ],
)
def test_dpc_is_known_by_its_records_or_its_name(name: str, has_bu: bool, layout: str) -> None:
    after = DPC.after if has_bu else ()
    content = Edition(DPC.top, "1", DPC.re, after=after).claim_file([RECEIPT])
    assert loaded(content, name).layout.name == layout


TOPS = {
    "dental, as the specification of 医科": (DENTAL, f"HI,1,202609,13,3,{CODE},,00"),
    "dental, in the order of IR": (DENTAL, f"HI,1,13,3,{CODE},,202609"),
    "dental, in the order of UK": (DENTAL, f"HI,1,13,3,{CODE},,架空歯科,202609,,00"),
    "dental, UK itself": (DENTAL, DENTAL.top),
    "pharmacy, as the specification of 医科": (PHARMACY, f"HI,1,202609,13,4,{CODE},,00"),
    "pharmacy, in the order of YK": (PHARMACY, f"HI,1,13,4,{CODE},架空薬局,202609,00"),
    "pharmacy, YK itself": (PHARMACY, PHARMACY.top),
}


@pytest.mark.parametrize("top", TOPS)
def test_first_lines_of_a_return_file(top: str) -> None:
    edition, line = TOPS[top]
    facts = loaded(edition.return_file([Returned(RECEIPT)], top=line), "x").file.facts
    assert (facts.fee_table, facts.code, facts.month) == (edition.table, CODE, "2026-09-01")


def test_a_pharmacys_claim_file_may_have_a_reserved_item() -> None:
    top = f"YK,1,13,4,{CODE},,架空薬局,202609,00,"
    facts = loaded(Edition(top, "4", PHARMACY.re).claim_file([RECEIPT]), "RECEIPTY.CYO").file.facts
    assert (facts.institution_name, facts.month) == ("架空薬局", "2026-09-01")


def test_every_receipt_of_a_dental_file_has_an_institution_line_that_begins_no_file() -> None:
    outcome = loaded(DENTAL.claim_file([RECEIPT] * 3), "RECEIPTS.UKE")
    assert (outcome.file.receipts, outcome.file.blocks, outcome.file.skipped) == (3, 1, {"IR": 3, "SI": 3})


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("RRECEC.HEN", "労災のファイル"),
        ("x", "労災などの見出しのないファイル"),
        ("RECEIPTC.HEN", "unknown"),
    ],
)
def test_a_file_that_begins_with_a_receipt(name: str, ending: str) -> None:
    """Returns of 労災 do; any other return file has lost its first line."""
    lines = return_text([Returned(RECEIPT)])[1:]
    assert read(in_bytes(lines), name=name) == ending


# --- values ----------------------------------------------------------------------------------------------------------


def test_both_styles_of_dates_in_one_file() -> None:
    """A claim of 平成 returned in 令和: its lines are as they were written, under a header of today."""
    old = Receipt(service="43103", birth="3550115", search=NUMBER)
    lines = return_text([Returned(old, [Reason()]), Returned(Receipt())], month="202609")
    block = next(place for place, line in enumerate(lines) if line.startswith("8,"))
    lines[block:block] = [
        "11,1,0,IR,1,13,1,9912345,,架空医院,43104,00,",
        "11,2,0,HR,43105,1,,L1200,前回,,,,,,,,",
    ]
    outcome = loaded(in_bytes(lines), "x")
    assert outcome.values("receipts", "service_month") == [("2019-03",), ("2026-08",)]
    assert len(set(outcome.values("receipts", "patient_key"))) == 1
    assert outcome.values("history_claims", "claim_month") == [("2019-04",)]
    assert outcome.values("history_reasons", "processing_month")[0] == ("2019-05",)


@pytest.mark.parametrize("length", [1, 16, 17, 30, 31])
def test_a_search_number_has_17_to_30_digits(length: int) -> None:
    number = "1" * length
    outcome = loaded(return_file([Returned(Receipt(search=number))]), "x")
    expected = [(number if 17 <= length <= 30 else None,)]
    for table in ("receipts", "reasons", "history_receipts", "history_reasons"):
        assert outcome.values(table, "search_number") == expected


# --- the history block -----------------------------------------------------------------------------------------------

STAGES = [*map(str, range(1, 10)), *map(str, range(11, 17)), "86"]
SECRET = "鬼瓦"
FREE = f"自由記載の{SECRET}"
PERSON = Receipt(
    name=f"{SECRET}　轟", kana=SECRET, symbol=SECRET, number=SECRET, information=SECRET, search=NUMBER
)


def history_of(stage: str) -> list[str]:
    """Every record a history block may have, with a free text wherever there is one."""
    person = return_text([Returned(PERSON)])[1:4]
    records = [
        record("MN", "123456789", FREE, NUMBER, count=7),
        record("IR", 1, 13, 1, CODE, "", SECRET, "202606", "00", count=10),
        *person,
        record("HR", "202607", "4", "", "S1060", "返戻の理由", "補足", "", "", NUMBER, count=14),
        record("MD", 1, "20260702", SECRET, 2, "100060", FREE, "20260601", "", "100002", "", FREE, FREE, "1", SECRET, FREE, count=22),
        record("MK", 1, "20260702", "101", "202608", "100041", "104", FREE, "", "", "", " 6139999", FREE, count=16),
        record("JY", 2, 5, 0, "6", "Ｂ:Ｋ", count=9),
        record("EX", *[""] * 10, FREE, count=13),
        record("SJ", "01", FREE, count=3),
        record("ON", FREE, count=15),
        record("RT", 1, 1, 1, 5, 0, count=6),
        record("JR", 1, NUMBER, count=9),
        record("RC", "Ver0000Constructed", count=2),
    ]  # fmt: skip
    return [f"{stage},{number},0,{line}" for number, line in enumerate(records, 1)]


@pytest.fixture(scope="module")
def with_history() -> Outcome:
    block = [line for stage in STAGES for line in history_of(stage)]
    return loaded(return_file([Returned(PERSON, [Reason()], block)]), "RECEIPTC.SAH")


def test_a_history_block_of_every_stage(with_history: Outcome) -> None:
    """One line of each kind a stage; the lines of the receipt itself are counted once."""
    tables = {
        "history_receipts": 2, "history_claims": 1, "history_reasons": 1, "history_requests": 1,
        "history_outcomes": 1, "history_corrections": 1,
    }  # fmt: skip
    for table, lines in tables.items():
        assert [stage for (stage,) in with_history.values(table, "stage_id")] == [
            stage for stage in STAGES for _ in range(lines)
        ]
    state = with_history.file
    at_the_end = 1  # RC
    assert (state.loaded["履歴"], state.skipped["履歴"]) == (7 * len(STAGES), 8 * len(STAGES) + at_the_end)
    assert (state.receipts, len(with_history.rows["reasons"]), len(with_history.rows["insurers"])) == (
        1,
        1,
        1,
    )


def test_what_is_kept_of_a_history_block(with_history: Outcome) -> None:
    def first(table: str, *columns: str) -> tuple:
        return with_history.values(table, *columns)[0]

    assert first("history_claims", "claim_month") == ("2026-06",)
    assert first("history_reasons", "processing_month", "return_class", "code", "text", "search_number") == (
        "2026-07", 4, "S1060", "返戻の理由", NUMBER,
    )  # fmt: skip
    columns = ("request_no", "requested_on", "times", "reason_number", "content_code", "agreed")
    assert first("history_requests", *columns) == (1, date(2026, 7, 2), 2, "100060", "100002", "1")
    columns = (
        "request_no",
        "requested_on",
        "requester",
        "processing_month",
        "changed_reason",
        "result",
        "insurer_number",
    )
    assert first("history_outcomes", *columns) == (
        1, date(2026, 7, 2), "101", "2026-08", "100041", "104", "6139999",
    )  # fmt: skip
    assert first("history_corrections", "correction", "letters") == ("2", "B:K")


def test_free_texts_and_people_of_a_history_block_are_never_kept(with_history: Outcome) -> None:
    assert SECRET not in repr(with_history.rows)


# --- people ----------------------------------------------------------------------------------------------------------

NAMES = st.text(st.characters(codec="cp932", categories=["Lo", "Lu", "Ll"]), max_size=12)


@settings(max_examples=15, deadline=None)
@given(first=NAMES, last=NAMES)
def test_nobody_is_named_in_any_frame_or_message(first: str, last: str) -> None:
    """Whatever the name is, and whatever is wrong with the lines."""
    person = Receipt(
        name=f"{SECRET}{first}　{last}{SECRET}", kana=f"{SECRET}{first}", symbol=f"{SECRET}{last}", number=SECRET,
        information=SECRET, recipient=SECRET, publics=("80139999",), search=NUMBER,
    )  # fmt: skip
    receipts = [person, Receipt(name=person.name, service="202613"), Receipt(name=person.name, claim_type="")]
    returns = [Returned(receipt) for receipt in receipts]
    files = [claim_file(receipts), return_file(returns)]
    files += [
        make
        for edition in EDITIONS.values()
        for make in (edition.claim_file(receipts), edition.return_file(returns))
    ]
    for content in files:
        outcome = read(content, name="x")
        assert outcome.rows["receipts"] and outcome.rows["quarantine"]
        assert SECRET not in repr(outcome.rows) and SECRET not in outcome.said
