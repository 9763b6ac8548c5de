"""How much was claimed, from the best source a month has; and what the system says was sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from list_files import csv_text, volumes
from loaded import Loaded
from notice_files import File, fixf, fmei, hjry, uke
from record_files import INSTITUTION, Receipt

VOLUMES, SENT = "mart.claim_volume", "mart.sent_totals"
FACTS = "claim_month, setting, claims, first_claims, resubmissions, points, source"
ONE, TWO = Receipt(points=100), Receipt(name="架空　二子", claim_type="1111", points=5000)
UKE = uke([ONE, TWO, replace(ONE, name="架空　三郎", search="13101202608000000101")])
FIXF = """
    レセプト番号 | レセプト種別 | 診療年月 | 氏名      | 男女 | 生年月日 | カルテ | 保険者番号 | 合計点数 | 請求確定状況 | エラー区分
    1          | 1112       | 50808  | 架空　一郎 | 1   | 3550115 | 1     | 06139999  | 200    | 1          |
    2          | 1111       | 50808  | 架空　二子 | 2   | 3550115 | 2     | 06139999  | 6000   | 1          | L3
    3          | 1112       | 50808  | 架空　三郎 | 1   | 3550115 | 3     | 06139999  | 700    | {}         | {}
"""
REFUSED = FIXF.format(2, "L2")
FMEI = """
    年月  | 処理区分 | 受付番号      | レセプト区分 | 保険者番号 | 請求点数 | 決定点数
    50808 | 1      | 0809-70000100 | 2          | 06139999  | 300     | 300
    50808 | 3      | 0809-70000200 | 1          | 06139999  | 7000    |
"""
HJRY = """
    レセプト種別 | 療養の給付・件数 | 診療実日数 | 療養の給付・点数 | 一部負担金
    医保・本人  | 3  | 5 | 400 | 0
    医保・家族  | 1  | 2 | 100 | 0
    合計       | 4  | 7 | 500 | 0
    受付不能   | 1  |   |     |
"""
HAND = File("請求件数.csv", csv_text(volumes({"institution": INSTITUTION})))
BY_HAND = ("2026-09", "outpatient", 1200, 1186, 14, 1560000, "manual")


@pytest.mark.files(UKE, fixf(REFUSED), fmei(FMEI), hjry(HJRY), HAND)
def test_the_claim_file_goes_before_everything(loaded: Loaded) -> None:
    assert loaded.rows(VOLUMES, FACTS) == [
        ("2026-09", "inpatient", 1, 1, 0, 5000, "uke"),
        ("2026-09", "outpatient", 2, 1, 1, 200, "uke"),
    ]


@pytest.mark.files(fixf(REFUSED), fmei(FMEI), hjry(HJRY), HAND)
def test_then_the_claims_that_were_fixed(loaded: Loaded) -> None:
    """A receipt that is not claimed (未請求) does not count; nobody can tell re-claims from this list."""
    assert loaded.rows(VOLUMES, FACTS) == [
        ("2026-09", "inpatient", 1, 1, None, 6000, "fixf"),
        ("2026-09", "outpatient", 1, 1, None, 200, "fixf"),
    ]


@pytest.mark.files(fmei(FMEI), hjry(HJRY), HAND)
def test_then_the_payment_notice(loaded: Loaded) -> None:
    assert loaded.rows(VOLUMES, FACTS) == [
        ("2026-09", "inpatient", 1, 1, None, 7000, "fmei"),
        ("2026-09", "outpatient", 1, 1, None, 300, "fmei"),
    ]


@pytest.mark.files(hjry(HJRY), HAND)
def test_then_the_receipt_of_the_sending(loaded: Loaded) -> None:
    assert loaded.rows(VOLUMES, FACTS) == [("2026-09", "outpatient", 4, 4, None, 500, "hjry")]


@pytest.mark.files(HAND)
def test_then_the_offices_own_count(loaded: Loaded) -> None:
    assert loaded.rows(VOLUMES, FACTS) == [BY_HAND]


@pytest.mark.files(UKE, fixf(REFUSED, payer="2"), fixf(REFUSED, month="50810"))
def test_each_payer_and_month_has_its_own_best_source(loaded: Loaded) -> None:
    assert loaded.rows(VOLUMES, "payer, claim_month, source", "setting = 'inpatient'") == [
        ("kokuho", "2026-09", "fixf"),
        ("shaho", "2026-09", "uke"),
        ("shaho", "2026-10", "fixf"),
    ]


@pytest.mark.files(fixf(REFUSED), fixf(FIXF.format(1, ""), sending=2).later())
def test_a_receipt_refused_and_claimed_in_a_later_sending_counts_once(loaded: Loaded) -> None:
    assert loaded.rows(VOLUMES, "setting, claims, points") == [
        ("inpatient", 1, 6000),
        ("outpatient", 2, 900),
    ]


@pytest.mark.files(fixf(FIXF.format(1, "")), fixf(REFUSED, sending=2).later())
def test_a_receipt_once_claimed_stays_claimed(loaded: Loaded) -> None:
    assert loaded.rows(VOLUMES, "setting, claims") == [("inpatient", 1), ("outpatient", 2)]


@pytest.mark.files(fixf(REFUSED), fixf(REFUSED.replace("架空", "見本"), sending=2))
def test_several_sendings_of_a_month_add_up(loaded: Loaded) -> None:
    assert loaded.values(VOLUMES, "claims") == [2, 2]


@pytest.mark.files(fixf("行 | レセプト番号 | レセプト種別 | 診療年月 | 保険者番号 | 合計点数 | 請求確定状況\n2 | 1 | 1112 | 50808 | 06139999 | 291 | 1"))  # fmt: skip
def test_the_first_receipt_stands_in_the_second_line(loaded: Loaded) -> None:
    """There is no row of titles to skip."""
    assert loaded.values(VOLUMES, "claims") == [1]


# what the system says was sent


@pytest.mark.files(hjry(HJRY), hjry(HJRY, kind="pjry"))
def test_sent_totals(loaded: Loaded) -> None:
    facts = (
        "claim_month, source, sending, setting, label, is_total, is_refused, claims, days, points, copay_yen"
    )
    assert loaded.rows(SENT, facts, "source = 'hjry'") == [
        ("2026-09", "hjry", "1", "outpatient", "医保・家族", False, False, 1, 2, 100, 0),
        ("2026-09", "hjry", "1", "outpatient", "医保・本人", False, False, 3, 5, 400, 0),
        ("2026-09", "hjry", "1", "outpatient", "受付不能", False, True, 1, None, None, None),
        ("2026-09", "hjry", "1", "outpatient", "合計", True, False, 4, 7, 500, 0),
    ]
    assert loaded.rows(SENT, "payer, COUNT(*)", "source = 'pjry' GROUP BY payer") == [("shaho", 4)]


@pytest.mark.files(
    hjry(HJRY), hjry(HJRY.replace("合計       | 4", "合計       | 5")).later(), hjry(HJRY, sending=2), hjry(HJRY, setting="1")
)  # fmt: skip
def test_settings_and_sendings_add_up_and_the_newest_file_of_each_counts(loaded: Loaded) -> None:
    assert loaded.rows(SENT, "setting, sending, claims", "is_total") == [
        ("inpatient", "1", 4),
        ("outpatient", "1", 5),
        ("outpatient", "2", 4),
    ]
    assert loaded.rows(VOLUMES, "setting, claims") == [("inpatient", 4), ("outpatient", 9)]


MANY = [replace(ONE, name=f"架空　{n}") for n in range(6)]


@pytest.mark.parametrize(
    ("claims", "difference"),
    [
        pytest.param(number, difference, marks=pytest.mark.files(uke(MANY[:number]), hjry(HJRY)))
        for number, difference in ((3, -1), (4, None), (5, None), (6, 2))
    ],
)
def test_claims_loaded_must_be_those_accepted_with_or_without_the_refused(
    loaded: Loaded, claims: int, difference: int | None
) -> None:
    found = loaded.rows("mart.attention", "severity, number", "what = 'sent_totals_differ'")
    assert found == ([("amber", difference)] if difference else [])
