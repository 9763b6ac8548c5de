"""Errors found before review, which of their receipts came back all the same, and what the office corrected."""

from __future__ import annotations

import pytest

from loaded import Loaded
from notice_files import chng, hasp, hen, henr
from record_files import Notice, Receipt, Returned

CHECKS = "mart.pre_checks"
NUMBER = "13101202608000000101"
WARNED = """
    項番 | レセプト番号 | カルテ | 診療年月      | 入院・ | 患者氏名  | エラーコード | エラー又は確認事項（上） | エラー又は確認事項（下）  | 診療識別 | 点数（誤） | 点数（正） | 返戻再請求
    1   | 000006－0000 | 00106 | 令和　８．　８ | 入院外 | 見本　六子 | 3000 | 受付不能となる記録の誤り | 保険者番号　［０１１３９９９９］ |    |    |    |
    1   | 000006－0000 | 00106 | 令和　８．　８ | 入院外 | 見本　六子 | 4800 | 算定内容の確認        |                             | 13 | 30 | 20 |
    2   | 000007－0000 | 00107 | 令和　８．　７ | 入　院 | 見本　七郎 | 4001 | 確認                 |                             |    |    |    | 1
"""


@pytest.mark.files(hasp(WARNED))
def test_one_row_for_each_error_of_a_receipt(loaded: Loaded) -> None:
    facts = (
        "list, claim_month, service_month, setting, receipt_number, chart_number, code, level, section, points_wrong, "
        "points_right, is_resubmission, return_id"
    )
    assert loaded.rows(CHECKS, facts, order="code") == [
        (
            "hasp",
            "2026-09",
            "2026-08",
            "outpatient",
            6,
            "00106",
            "L3000",
            "L3",
            None,
            None,
            None,
            False,
            None,
        ),
        ("hasp", "2026-09", "2026-07", "inpatient", 7, "00107", "L4001", "L4", None, None, None, True, None),
        ("hasp", "2026-09", "2026-08", "outpatient", 6, "00106", "L4800", "L48", "13", 30, 20, False, None),
    ]


@pytest.mark.files(hasp(WARNED))
def test_the_fixed_text_is_kept_what_was_on_the_claim_is_not(loaded: Loaded) -> None:
    assert loaded.values(CHECKS, "message") == ["受付不能となる記録の誤り", "確認", "算定内容の確認"]


CAME_BACK = {
    "by カルテ番号": [hen([Returned(Receipt(chart="00106", search=NUMBER))])],
    "by カルテ番号 without leading zeros": [hen([Returned(Receipt(chart="106", search=NUMBER))])],
    "by name, known from a notice without カルテ番号": [henr([Notice(name="見本 六子")])],
}
DID_NOT = {
    "in another month": [hen([Returned(Receipt(chart="00106", search=NUMBER))], "202610")],
    "of another service month": [hen([Returned(Receipt(chart="00106", service="202607", search=NUMBER))])],
    "of another payer": [hen([Returned(Receipt(chart="00106", search=NUMBER))], payer="2")],
    "of another person": [henr([Notice(name="見本 九子")])],
}


def cases(of: dict[str, list]) -> list:
    return [
        pytest.param(marks=pytest.mark.files(hasp(WARNED), *files), id=name) for name, files in of.items()
    ]


@pytest.mark.parametrize((), cases(CAME_BACK))
def test_a_receipt_warned_of_that_came_back(loaded: Loaded) -> None:
    (returned,) = loaded.values("mart.returns", "return_id")
    assert loaded.values(CHECKS, "return_id") == [returned, returned, None]


@pytest.mark.parametrize((), cases(DID_NOT))
def test_a_return_that_is_not_of_the_receipt_warned_of(loaded: Loaded) -> None:
    assert loaded.values(CHECKS, "return_id") == [None] * 3


@pytest.mark.files(hasp(WARNED), hasp(WARNED, sending=2).later())
def test_an_error_still_there_in_the_next_sending_counts_once(loaded: Loaded) -> None:
    assert len(loaded.rows(CHECKS)) == 3


@pytest.mark.files(
    hasp(WARNED), hasp(WARNED, kind="kasp", report="オンライン確認試験結果リスト"),
    hasp(WARNED, kind="uasp", report="受付処理結果リスト"), hasp(WARNED, payer="2"),
)  # fmt: skip
def test_the_lists_count_apart(loaded: Loaded) -> None:
    assert loaded.rows(CHECKS, "list, payer, COUNT(*)", "TRUE GROUP BY ALL") == [
        ("hasp", "kokuho", 3),
        ("hasp", "shaho", 3),
        ("kasp", "shaho", 3),
        ("uasp", "shaho", 3),
    ]


@pytest.mark.files(
    chng("""
        項番 | 請求確定回 | レセプト番号 | カルテ | 患者氏名  | レコード識別           | 項目     | 訂正内容－訂正前 | 訂正内容－訂正後
        1   | 1         | 000006     | 00106 | 見本　六子 | ＨＯ：保険者レコード | 保険者番号 | 01139999      | 01139998
        2   | 1         | 000007     | 00107 | 見本　七郎 | ＨＯ：保険者レコード | 保険者番号 | 01139997      |
    """)
)
def test_what_the_office_corrected_and_what_it_left(loaded: Loaded) -> None:
    facts = "receipt_number, chart_number, item, is_corrected"
    assert loaded.rows("mart.corrections", facts) == [
        (6, "00106", "保険者番号", True),
        (7, "00107", "保険者番号", False),
    ]


@pytest.mark.files(
    hasp(WARNED, kind="kasp", report="オンライン確認試験結果リスト"),
    henr([Notice(name="見本　六子", chart="00106", reception="0809-00000100")]),
)
def test_receipts_of_a_trial_came_back_nowhere(loaded: Loaded) -> None:
    """They were never sent, even where a real receipt of the same patient came back."""
    assert set(loaded.values(CHECKS, "return_id")) == {None}
