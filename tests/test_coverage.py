"""What is there month by month, what is not, until when it can be had, and what needs doing: as of a date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from loaded import Loaded
from notice_files import File, fixf, fmei, hen, henr, hjry, sah, uke, zogn
from office import Office
from record_files import Notice, Reason, Receipt, Returned, claim_file, in_bytes, return_file, return_text

COVERAGE, ATTENTION = "mart.coverage", "mart.attention"
NUMBER = "13101202608000000101"
CLAIM = Receipt(points=500, chart="1")
BACK = Returned(replace(CLAIM, search=NUMBER))
KNOWN = Reason("L3129")
CUT = "行|受付番号|箇所１|法別|増減|事由\n3|0809-70000200|60|06|-30|D"
FMEI = (
    "年月|処理区分|受付番号|カルテ|レセプト区分|保険者番号|請求点数\n50808|{}|0809-70000100|7|2|06139999|500"
)
UNTIL = date(2026, 12, 31)


def cells(loaded: Loaded, kind: str, as_of: str = "2026-10-31", payer: str = "shaho") -> dict[str, str]:
    """Month → state."""
    where = f"kind = '{kind}' AND payer = '{payer}'"
    return dict(loaded.rows(COVERAGE, "month, state", where, as_of=date.fromisoformat(as_of)))


def told(loaded: Loaded, what: str, facts: str, as_of: str = "2026-10-31") -> list[tuple]:
    return loaded.rows(ATTENTION, facts, f"what = '{what}'", as_of=date.fromisoformat(as_of))


# states


FIRST_MONTH = (uke([CLAIM], "202608"), hen([BACK], "202608"))


@pytest.mark.files(*FIRST_MONTH)
def test_claims_and_returns_are_expected_of_both_payers_from_the_first_month_on(loaded: Loaded) -> None:
    assert loaded.rows(COVERAGE, "payer, kind, month, state, files, receipts") == [
        ("kokuho", "hen", "2026-08", "missing", 0, 0),
        ("kokuho", "hen", "2026-09", "missing", 0, 0),
        ("kokuho", "uke", "2026-08", "missing", 0, 0),
        ("kokuho", "uke", "2026-09", "missing", 0, 0),
        ("kokuho", "uke", "2026-10", "missing", 0, 0),
        ("shaho", "hen", "2026-08", "loaded", 1, 1),
        ("shaho", "hen", "2026-09", "missing", 0, 0),
        ("shaho", "uke", "2026-08", "loaded", 1, 1),
        ("shaho", "uke", "2026-09", "missing", 0, 0),
        ("shaho", "uke", "2026-10", "missing", 0, 0),
    ]


@pytest.mark.parametrize(
    ("as_of", "newest_claims", "newest_returns"),
    [
        ("2026-10-04", "2026-09", "2026-08"),
        ("2026-10-05", "2026-09", "2026-09"),
        ("2026-10-10", "2026-09", "2026-09"),
        ("2026-10-11", "2026-10", "2026-09"),
        ("2027-01-04", "2026-12", "2026-11"),
    ],
)
@pytest.mark.files(*FIRST_MONTH)
def test_what_cannot_be_there_yet_is_not_missing(
    loaded: Loaded, as_of: str, newest_claims: str, newest_returns: str
) -> None:
    """Claims are sent until the 10th; what came back can be downloaded from the 5th of the next month."""
    assert max(cells(loaded, "uke", as_of)) == newest_claims
    assert max(cells(loaded, "hen", as_of)) == newest_returns


@pytest.mark.parametrize(
    ("as_of", "state", "days_left", "severity"),
    [
        ("2026-10-05", "missing", 87, "amber"),
        ("2026-12-16", "missing", 15, "amber"),
        ("2026-12-17", "missing", 14, "red"),
        ("2026-12-18", "missing", 13, "red"),
        ("2026-12-31", "missing", 0, "red"),
        ("2027-01-01", "gone", None, None),
    ],
)
@pytest.mark.files(*FIRST_MONTH, hen([BACK], "202608", payer="2"), hen([BACK], "202609", payer="2"))
def test_a_missing_return_file_is_the_more_urgent_the_nearer_its_deadline(
    loaded: Loaded, as_of: str, state: str, days_left: int | None, severity: str | None
) -> None:
    """Returns of 2026-09 arrive in October and can be downloaded until the end of December."""
    where = "kind = 'hen' AND payer = 'shaho' AND month = DATE '2026-09-01'"
    facts = "state, download_deadline, days_left"
    day = date.fromisoformat(as_of)
    assert loaded.rows(COVERAGE, facts, where, as_of=day) == [(state, UNTIL, days_left)]
    found = loaded.rows(ATTENTION, "severity, deadline, days_left", f"what = 'return_file_missing' AND {where}", as_of=day)  # fmt: skip
    assert found == ([(severity, UNTIL, days_left)] if severity else [])


@pytest.mark.files(*FIRST_MONTH)
def test_files_that_are_gone_are_told_together(loaded: Loaded) -> None:
    assert told(loaded, "return_file_gone", "payer, severity, number, month", "2027-02-10") == [
        ("kokuho", "info", 3, "2026-10"),
        ("shaho", "info", 2, "2026-10"),
    ]
    assert told(loaded, "return_file_gone", "*") == []


OF_INSURER = Returned(replace(BACK.receipt, search=NUMBER[:-1] + "4"), [Reason("S1018", return_class="4")])


@pytest.mark.files(
    *FIRST_MONTH, henr([Notice()], "50808"), fixf("レセプト番号\n1", "50808"), sah([OF_INSURER], "202608")
)
def test_other_notices_are_expected_from_the_first_month_on_of_the_payer_they_came_from(
    loaded: Loaded,
) -> None:
    assert cells(loaded, "henr") == {"2026-08": "loaded", "2026-09": "missing"}
    assert cells(loaded, "henr", payer="kokuho") == {}
    assert told(loaded, "notice_missing", "kind, severity, number, month") == [
        ("fixf", "info", 2, "2026-10"),
        ("henr", "info", 1, "2026-09"),
    ]
    assert cells(loaded, "sah") == {"2026-08": "loaded"}, "comes only when there is something"


# nothing came, and that is known


NOTHING = [
    File("RECEIPTC.HEN", return_file([], "202609")),
    File("RECEIPTC.UKE", claim_file([], "202609")),
    zogn("行", "50809"),
    henr([], "50809"),
    fixf("行", "50809"),
    fmei("行", "50809"),
]


@pytest.mark.files(*FIRST_MONTH, *NOTHING)
def test_a_file_without_receipts_says_that_nothing_came(loaded: Loaded) -> None:
    where = "month = DATE '2026-09-01' AND payer = 'shaho'"
    assert loaded.rows(COVERAGE, "kind, state, evidence, files", where) == [
        (kind, "empty", "file", 1) for kind in ("fixf", "fmei", "hen", "henr", "uke", "zogn")
    ]


NONE_MISSING = [*FIRST_MONTH, henr([Notice()], "50808"), zogn(CUT.replace("0809-", "0808-"), "50808")]


@pytest.mark.parametrize(
    ("states", "severities"),
    [
        pytest.param(states, severities, marks=pytest.mark.files(*NONE_MISSING, fmei(FMEI.format(outcome))))
        for outcome, states, severities in (
            (1, ("empty", "empty", "empty"), []),
            (2, ("empty", "empty", "missing"), []),
            (3, ("missing", "missing", "empty"), ["amber"]),
        )
    ],
    ids=["paid", "adjusted", "returned"],
)
def test_the_payment_notice_of_a_month_tells_whether_anything_was_returned_or_cut(
    loaded: Loaded, states: tuple[str, ...], severities: list[str]
) -> None:
    assert tuple(cells(loaded, kind)["2026-09"] for kind in ("hen", "henr", "zogn")) == states
    where = "payer = 'shaho' AND month = DATE '2026-09-01' AND state = 'empty'"
    assert set(loaded.values(COVERAGE, "evidence", where)) == {"fmei"}
    where = "what = 'return_file_missing' AND payer = 'shaho'"
    assert loaded.values(ATTENTION, "severity", where) == severities


@pytest.mark.files(
    *FIRST_MONTH,
    fmei("年月|保険者番号|請求点数|決定点数|算定額合計\n50808|06139999|291|291|2037", system="MI"),
)
def test_a_payment_notice_about_paper_says_nothing_about_files(loaded: Loaded) -> None:
    assert cells(loaded, "hen")["2026-09"] == "missing"


@pytest.mark.files(*FIRST_MONTH, fmei(FMEI.format(1)), hen([replace(BACK, receipt=CLAIM)], "202609"))
def test_a_file_that_is_there_counts_whatever_the_payment_notice_says(loaded: Loaded) -> None:
    assert cells(loaded, "hen")["2026-09"] == "loaded"


@pytest.mark.files(hen([BACK], "202608"), hen([BACK], "202609"))
def test_a_file_whose_returns_all_came_again_is_superseded(loaded: Loaded) -> None:
    assert sorted(cells(loaded, "hen").values()) == ["loaded", "superseded"]
    assert loaded.rows("mart.unlinked", "what, month") == [("number_returned_twice", "2026-09")]


# what else needs doing


@pytest.mark.files(*FIRST_MONTH, fixf("レセプト番号|レセプト種別|請求確定状況\n1|1112|1", "50809"))
def test_missing_claims_are_told_where_nothing_else_counts_them(loaded: Loaded) -> None:
    assert told(loaded, "claims_missing", "payer, severity, number, month") == [
        ("kokuho", "amber", 3, "2026-10"),
        ("shaho", "amber", 1, "2026-10"),
    ]


SECOND = replace(BACK, receipt=replace(BACK.receipt, search=NUMBER[:-1] + "2", chart="2"))


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(number, marks=pytest.mark.files(*files))
        for number, files in (
            (None, [hen([BACK]), henr([Notice(search=NUMBER)])]),
            (1, [hen([BACK, SECOND]), henr([Notice(search=NUMBER)])]),
            (2, [hen([BACK]), henr([Notice(search=NUMBER[:-1] + "3")])]),
            (None, [hen([BACK]), henr([Notice(name="架空　紙子")], system="MI")]),
            (None, [hen([BACK]), henr([Notice(search=NUMBER)], "50808")]),
        )
    ],
    ids=["the same", "one more in the file", "different ones", "paper", "of different months"],
)
def test_returns_in_only_one_of_file_and_notice_of_a_month(loaded: Loaded, number: int | None) -> None:
    found = told(loaded, "hen_henr_differ", "severity, month, number")
    assert found == ([("amber", "2026-09", number)] if number else [])


@pytest.mark.files(
    hen([Returned(BACK.receipt, [Reason("L7777", "架空の文"), Reason("L7778", "架空の文"), KNOWN])]),
    hen([Returned(SECOND.receipt, [Reason("L7777", "架空の文")])], payer="2"),
)
def test_codes_nobody_knows_are_counted(loaded: Loaded) -> None:
    assert told(loaded, "unclassified_codes", "payer, severity, number") == [
        ("kokuho", "info", 1),
        ("shaho", "info", 2),
    ]


HG_WRONG = [line.replace("HG,1,500", "HG,1,501") for line in return_text([BACK])]


@pytest.mark.files(File("RECEIPTC.HEN", in_bytes(HG_WRONG)))
def test_totals_that_differ_are_red(loaded: Loaded) -> None:
    assert told(loaded, "totals_differ", "severity, kind, month, name IS NOT NULL") == [
        ("red", "hen", "2026-09", True)
    ]


@pytest.mark.files(
    zogn("行|受付番号|箇所１|法別|増減|事由\n3|0809-70000200|60|06|-30|D\n4|||06|?|"), fmei(FMEI.format(1))
)
def test_lines_set_aside_are_told_with_their_number(loaded: Loaded) -> None:
    assert told(loaded, "lines_quarantined", "severity, kind, number") == [("amber", "zogn", 1)]


@pytest.mark.files(uke([CLAIM] * 3), hjry("レセプト種別|療養の給付・件数\n合計|2\n受付不能|0"))
def test_what_was_sent_and_what_is_loaded_must_agree(loaded: Loaded) -> None:
    assert told(loaded, "sent_totals_differ", "severity, month, number") == [("amber", "2026-09", 1)]


ALSO_WRONG = [line.replace("HG,1,", "HG,2,") for line in return_text([SECOND])]


@pytest.mark.files(*FIRST_MONTH, fmei(FMEI.format(3)), File("RECEIPTC.HEN", in_bytes(ALSO_WRONG)))
def test_the_most_urgent_comes_first(loaded: Loaded) -> None:
    severities = [row[0] for row in loaded.rows(ATTENTION, "severity", order="position")]
    assert severities == sorted(severities, key=["red", "amber", "info"].index)
    assert severities[0] == "red" and len(set(severities)) > 1


def test_files_of_no_known_institution(office: Office) -> None:
    """A file refused, and a notice whose prefecture nothing tells."""
    office.save("RECEIPTC.UKE", b"")
    notice = henr([Notice()])
    office.save("renamed.csv", notice.content)
    office.load()
    assert office.rows(
        "SELECT what, severity, name FROM mart.attention WHERE what IN ('file_rejected', 'prefecture_unknown')"
    ) == [
        {"what": "file_rejected", "severity": "red", "name": "files/RECEIPTC.UKE"},
        {"what": "prefecture_unknown", "severity": "amber", "name": None},
    ]
