"""What became of requests for re-examination: told by return files, adjustment notices and answers that change nothing."""

from __future__ import annotations

from datetime import date

import pytest

from loaded import Loaded
from notice_files import File, sah, sakr, sast, shst
from record_files import Reason, Receipt, Returned, history, record

RE_EXAMINATIONS = "mart.re_examinations"
NUMBER = "13101202511000000101"
RECEIPT = Receipt(service="202511", birth="19800115", points=400, search=NUMBER)
REASON = Reason("S1018", return_class="4")


def md(number: int = 1, reason: str = "100011", stage: str = "3") -> str:
    """A request, received on 2026-07-05."""
    return f"{stage},{number},0," + record("MD", number, "20260705", "1", 1, reason, count=22)


def mk(result: str, requester: str = "101", changed: str = "", number: int = 1, stage: str = "4") -> str:
    """Its outcome."""
    cells = ("MK", number, "20260705", requester, "202609", changed, result)
    return f"{stage},{number},0," + record(*cells, *[""] * 4, "06139999", count=16)


def returned(*lines: str, payer: str = "1") -> File:
    block = [*history(RECEIPT, [REASON], "202609", "1"), *lines]
    return sah([Returned(RECEIPT, [REASON], block)], payer=payer)


@pytest.mark.files(returned(md(), mk("101")))
def test_a_returned_receipt_carries_request_and_outcome(loaded: Loaded) -> None:
    facts = (
        "processing_month, service_month, requested_on, requester, reason_number, result_code, result, result_ja, "
        "points_delta, source"
    )
    assert loaded.rows(RE_EXAMINATIONS, facts) == [
        (
            "2026-09",
            "2025-11",
            date(2026, 7, 5),
            "insurer",
            "100011",
            "101",
            "returned",
            "資格関係の返戻",
            -400,
            "sah",
        )
    ]
    assert loaded.values(RE_EXAMINATIONS, "return_id") == loaded.values("mart.returns", "return_id")


@pytest.mark.files(returned(md(), md(2, "100060"), mk("104", changed="100052"), mk("102", number=2)))
def test_the_first_request_is_the_principal_one_and_the_payer_may_change_its_reason(loaded: Loaded) -> None:
    assert loaded.rows(RE_EXAMINATIONS, "reason_number, result") == [("100052", "returned")]


@pytest.mark.files(returned(md(stage="13"), mk("102", stage="14")))
def test_an_older_round_in_the_block_is_not_told_again(loaded: Loaded) -> None:
    assert loaded.rows(RE_EXAMINATIONS) == []
    assert len(loaded.rows("mart.returns")) == 1


@pytest.mark.parametrize(
    ("result", "requester"),
    [
        pytest.param(result, requester, marks=pytest.mark.files(returned(md(), mk(code, who), payer=payer)))
        for code, who, payer, result, requester in (
            ("106", "102", "1", "moved", "insurer"),
            ("111", "108", "1", "restored", "institution"),
            ("116", "108", "1", "withdrawn", "institution"),
            ("102", "109", "1", "upheld", "payer"),
            ("199", "101", "1", "other", "insurer"),
            ("777", "777", "1", "other", None),
            ("201", "201", "2", "returned", "insurer"),
            ("101", "101", "2", "other", None),  # a code of the other payer means nothing here
        )
    ],
)
def test_results_and_requesters_are_those_of_the_payers_tables(
    loaded: Loaded, result: str, requester: str | None
) -> None:
    assert loaded.rows(RE_EXAMINATIONS, "result, requester") == [(result, requester)]


SAST = """
    年月  | 整理番号 | 保険者   | レセプト区分 | 氏名      | 性別 | 生年月日 | 請求理由 | 金額     | 件数 | 点数
    50711 | 1       | 06139999 | 2          | 架空　一郎 | 1   | 3550115 | 100018 | -2800.00 | -1  | -400.00
    50710 | 2       | 06139999 | 2          | 架空　二郎 | 1   | 3550115 | 100060 | -840.00  | 0   | -120.00
    50710 | 3       | 06139999 | 2          | 架空　三郎 | 1   | 3550115 | 100052 | 700.00   | 0   | 100.00
    50710 | 4       | 06139999 | 2          | 架空　四郎 | 1   | 3550115 | 100001 | -700.00  | -1  | -100.00
    50710 | 5       | 06139999 | 1          | 架空　五郎 | 1   | 3550115 | 100060 | -1920.00 | 0   | 0.00
"""


@pytest.mark.files(sast(SAST))
def test_the_adjustment_notice_tells_results_by_its_numbers(loaded: Loaded) -> None:
    """件数 -1 returned, 0 a cut (of points or of yen), positive restored; reasons that only move a claim say so."""
    facts = "reason_number, result, points_delta, requester, return_id"
    assert loaded.rows(RE_EXAMINATIONS, facts) == [
        ("100001", "moved", -100, "insurer", None),
        ("100018", "returned", -400, "insurer", None),
        ("100052", "restored", 100, "institution", None),
        ("100060", "cut", -120, "insurer", None),
        ("100060", "cut", 0, "insurer", None),
    ]
    assert loaded.rows("mart.adjustments", "points_delta, yen_delta", "setting = 'inpatient'") == [
        (None, -1920)
    ]


@pytest.mark.files(sast(SAST), returned(md(), mk("101")))
def test_a_return_told_by_both_is_one_outcome_that_of_the_return_file(loaded: Loaded) -> None:
    assert loaded.rows(RE_EXAMINATIONS, "source, result", "result = 'returned'") == [("sah", "returned")]
    assert len(loaded.rows(RE_EXAMINATIONS)) == 5


@pytest.mark.files(sast(SAST), returned())
def test_a_return_file_without_an_outcome_leaves_the_notices(loaded: Loaded) -> None:
    (found,) = loaded.rows(RE_EXAMINATIONS, "source, return_id", "result = 'returned'")
    assert found == ("sast", *loaded.values("mart.returns", "return_id"))


UPHELD = (
    """
    年月  | 整理番号 | 受付年月 | レセプト区分 | 氏名      | 保険者
    50709 | 301     | 50807  | 2          | 架空　一郎 | 06139999
    """,
    "年月 | 整理番号 | 請求番号 | 診療項目 | 原審理由\n50709 | 301 | 1 | 21 | 02",
)


@pytest.mark.files(sakr(*UPHELD))
def test_a_request_that_changed_nothing(loaded: Loaded) -> None:
    facts = "processing_month, service_month, requested_on, requester, reason_number, result, points_delta, source"
    assert loaded.rows(RE_EXAMINATIONS, facts) == [
        ("2026-09", "2025-09", "2026-07", "institution", "02", "upheld", 0, "sakr")
    ]


@pytest.mark.files(sakr(*UPHELD), sakr(UPHELD[0].replace("架空　一郎", "架空　一朗"), UPHELD[1]).later())
def test_the_same_answer_downloaded_again_counts_once(loaded: Loaded) -> None:
    assert len(loaded.rows(RE_EXAMINATIONS)) == 1


@pytest.mark.files(
    shst(
        "年月|整理番号|保険者|請求区分|レセプト区分|氏名|件数|点数\n50807|201|06139999|2|2|架空　一郎|0|-30",
        kind="tskr",
    ),
    shst(
        "年月|整理番号|保険者|請求区分|レセプト区分|氏名|件数|点数\n50807|202|06139999|3|2|架空　二子|0|-40"
    ),
)
def test_a_pharmacy_re_examination_is_one_a_pharmacy_check_is_not(loaded: Loaded) -> None:
    assert loaded.rows(RE_EXAMINATIONS, "result, points_delta, requester, source") == [
        ("cut", -30, None, "tskr")
    ]
