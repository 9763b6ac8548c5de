"""What was paid, and which returns a payment notice reports before (or without) anybody downloading them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from loaded import Loaded
from notice_files import File, fggk, fmei, hen, henr, sah, sast, tgft, uke, zogn
from record_files import Notice, Reason, Receipt, Returned

PAYMENTS, REPORTED = "mart.payments", "mart.reported_returns"
NUMBER = "13101202608000000101"

PAID = """
    年月  | 処理区分 | レセプト番号 | 受付番号      | レセプト区分 | ＤＰＣ | カルテ | 保険者番号 | 請求点数 | 決定点数 | 一部負担金 | 算定額合計
    50808 | 1      | 1          | 0809-70000100 | 2          |       | 101   | 06139999  | 1250    | 1250    |          | 8750
    50808 | 2      | 2          | 0809-70000200 | 6          |       | 102   | 06139999  | 820     | 790     |          | 5530
    50807 | 3      | 3          | 0809-70000300 | 1          | 1     | 103   | 01139999  | 40000   |         | 80100    |
"""


@pytest.mark.files(fmei(PAID))
def test_every_receipt_of_the_month_is_paid_adjusted_or_returned(loaded: Loaded) -> None:
    facts = (
        "outcome, service_month, setting, is_dpc, law_number, claimed_points, fixed_points, copay_yen, paid_yen, "
        "receipt_number, reception_number, chart_number"
    )
    assert loaded.rows(PAYMENTS, facts, order="receipt_number") == [
        ("paid", "2026-08", "outpatient", False, "06", 1250, 1250, None, 8750, 1, "0809-70000100", "101"),
        ("adjusted", "2026-08", "outpatient", False, "06", 820, 790, None, 5530, 2, "0809-70000200", "102"),
        ("returned", "2026-07", "inpatient", True, "01", 40000, None, 80100, None, 3, "0809-70000300", "103"),
    ]
    assert loaded.values(PAYMENTS, "processing_month") == ["2026-09"] * 3


@pytest.mark.files(
    fmei("""
        年月  | 処理区分 | 受付番号      | 保険者番号 | 請求点数 | 決定点数 | 第一公費＿負担者番号 | 第一公費＿療養の給付＿請求点数 | 第一公費＿療養の給付＿決定点数 | 算定額合計
        50808 | 1      | 0809-70000100 | 06139999  | 640     | 640     | 80139999          | 600                        | 600                       | 6200
        50808 | 1      | 0809-70000200 |           |         |         | 12139999          | 500                        | 490                       | 4900
    """)
)
def test_points_are_those_of_the_health_insurance_without_it_of_the_first_public_payer(
    loaded: Loaded,
) -> None:
    assert loaded.rows(PAYMENTS, "insurer_number, claimed_points, fixed_points, paid_yen") == [
        ("06139999", 640, 640, 6200),
        ("12139999", 500, 490, 4900),
    ]


PAPER = """
    年月  | 性別 | 生年月日 | 保険者番号 | 請求点数 | 決定点数 | レセプト区分 | 算定額合計
    50808 | 1   | 3550115 | 06139999  | 291     | 291     | 2          | 2037
    50808 | 2   | 3550115 | 06139999  | 400     | 390     | 2          | 2730
    50808 | 2   | 3601231 | 06139999  | 500     |         | 2          |
"""


@pytest.mark.files(fmei(PAPER, system="MI"), fmei(PAID))
def test_paper_and_online_add_up_and_paper_tells_its_outcome_by_its_amounts(loaded: Loaded) -> None:
    assert loaded.values(PAYMENTS, "outcome", "receipt_number IS NULL") == ["adjusted", "paid", "returned"]
    assert len(loaded.rows(PAYMENTS)) == 6


@pytest.mark.files(fmei(PAID), fmei(PAID.replace("1250", "1260")).later())
def test_the_same_month_downloaded_again_counts_in_its_newest_version(loaded: Loaded) -> None:
    assert loaded.values(PAYMENTS, "claimed_points") == [820, 1260, 40000]
    assert loaded.values("mart.files", "status") == ["loaded", "superseded"]


# returns that are reported


@pytest.mark.files(fmei(PAID))
def test_a_reported_return_nobody_downloaded_has_no_return(loaded: Loaded) -> None:
    facts = "source, stage, service_month, received_month, points, chart_number, reception_number, return_id, download_deadline"
    assert loaded.rows(REPORTED, facts) == [
        (
            *("fmei", "first_review", "2026-07", "2026-10", 40000, "103", "0809-70000300", None),
            date(2026, 12, 31),
        )
    ]
    assert loaded.values(PAYMENTS, "return_id", "outcome = 'returned'") == [None]
    assert loaded.rows("mart.returns") == []


@pytest.mark.parametrize(
    ("day", "severity", "days_left"),
    [
        (date(2026, 9, 30), None, None),  # not arrived yet
        (date(2026, 10, 31), "amber", 61),
        (date(2026, 12, 16), "amber", 15),
        (date(2026, 12, 17), "red", 14),
        (date(2027, 1, 1), "info", -1),
    ],
)
@pytest.mark.files(fmei(PAID))
def test_a_return_not_downloaded_asks_for_attention_the_more_the_nearer_its_deadline(
    loaded: Loaded, day: date, severity: str | None, days_left: int | None
) -> None:
    found = loaded.rows(
        "mart.attention", "severity, number, days_left", "what = 'reported_not_downloaded'", as_of=day
    )
    assert found == ([(severity, 1, days_left)] if severity else [])


HOSPITAL = Receipt(
    name="架空　三郎",
    chart="103",
    claim_type="1111",
    service="202607",
    points=40000,
    insurer="01139999",
    search=NUMBER,
)
FITTING = {
    "受付番号 of the 返戻内訳書": [henr([Notice(service="0807", reception="0809-70000300", points=1)])],
    "カルテ番号 of the return file": [hen([Returned(HOSPITAL)])],
    "カルテ番号 of the 返戻内訳書": [henr([Notice(service="0807", chart="103", points=40000)])],
}
OTHERS = {
    "another カルテ番号": [
        hen([Returned(Receipt(chart="9", service="202607", points=40000, search=NUMBER))])
    ],
    "other points": [hen([Returned(Receipt(chart="103", service="202607", points=1, search=NUMBER))])],
    "another service month": [hen([Returned(Receipt(chart="103", points=40000, search=NUMBER))])],
    "another processing month": [hen([Returned(HOSPITAL)], "202608")],
    "a return of the re-examination": [sah([Returned(HOSPITAL, [Reason("S1018", return_class="4")])])],
    "another payer": [hen([Returned(HOSPITAL)], payer="2")],
}


def cases(of: dict[str, list]) -> list:
    return [pytest.param(id=name, marks=pytest.mark.files(fmei(PAID), *files)) for name, files in of.items()]


@pytest.mark.parametrize((), cases(FITTING))
def test_a_reported_return_is_the_one_in_hand(loaded: Loaded) -> None:
    (returned,) = loaded.values("mart.returns", "return_id")
    assert loaded.values(REPORTED, "return_id") == [returned]
    assert loaded.values(PAYMENTS, "return_id", "outcome = 'returned'") == [returned]
    assert loaded.rows("mart.attention", "what", "what = 'reported_not_downloaded'") == []


@pytest.mark.parametrize((), cases(OTHERS))
def test_another_return_is_not_the_one_reported(loaded: Loaded) -> None:
    assert loaded.values(REPORTED, "return_id") == [None]


@pytest.mark.files(
    fmei(PAPER, system="MI"),
    hen([Returned(Receipt(sex="2", birth="19851231", name="", points=500, search=NUMBER, chart=""))]),
)
def test_without_a_chart_number_nor_a_name_nobody_is_known(loaded: Loaded) -> None:
    assert loaded.values(REPORTED, "return_id") == [None]


TWINS = """
    年月  | 処理区分 | 受付番号      | カルテ | 保険者番号 | 請求点数
    50808 | 3      | 0809-70000100 | 7     | 06139999  | 500
    50808 | 3      | 0809-70000200 | 7     | 06139999  | 500
"""


@pytest.mark.files(
    fmei(TWINS),
    hen([Returned(Receipt(chart="7", points=500, search=NUMBER[:-1] + digit)) for digit in "12"]),
)
def test_two_equal_returns_answer_two_equal_reports(loaded: Loaded) -> None:
    assert loaded.rows(REPORTED, "COUNT(DISTINCT return_id), COUNT(*)") == [(2, 2)]


@pytest.mark.files(
    fmei(TWINS),
    hen([Returned(Receipt(chart="7", points=500, search=NUMBER))]),
    henr([Notice(chart="7", points=500, reception="0809-70000200")]),
)
def test_of_two_equal_reports_the_receptions_number_goes_first(loaded: Loaded) -> None:
    """The return file's receipt and the notice's line are one return; the other twin is not in hand."""
    assert loaded.rows(REPORTED, "reception_number, return_id IS NULL") == [
        ("0809-70000100", True),
        ("0809-70000200", False),
    ]


@pytest.mark.files(
    fmei(TWINS),
    hen([Returned(Receipt(chart="7", points=500, search=NUMBER[:-1] + digit)) for digit in "12"]),
    henr([Notice(chart="7", points=500, reception="0809-70000200", search=NUMBER[:-1] + "1")]),
)
def test_the_other_twin_is_paired_with_what_is_left(loaded: Loaded) -> None:
    pairs = dict(loaded.rows(REPORTED, "reception_number, RIGHT(return_id, 1)"))
    assert pairs == {"0809-70000100": "2", "0809-70000200": "1"}


@pytest.mark.files(fmei(TWINS), hen([Returned(Receipt(chart="7", points=500, search=NUMBER))]))
def test_one_return_answers_one_report(loaded: Loaded) -> None:
    assert loaded.rows(REPORTED, "COUNT(return_id), COUNT(*)") == [(1, 2)]


TAKEN_BACK = """
    年月  | 整理番号 | 保険者   | レセプト区分 | 氏名      | 性別 | 生年月日 | 請求理由 | 件数 | 点数
    50711 | 101     | 06139999 | 2          | 架空　一郎 | 1   | 3550115 | 100018  | -1  | -400.00
    50710 | 102     | 06139999 | 2          | 架空　二郎 | 1   | 3550115 | 100060  | 0   | -120.00
    50710 | 103     | 06139999 | 2          | 架空　四郎 | 1   | 3550115 | 100001  | -1  | -300.00
"""
TAKEN = Returned(
    Receipt(service="202511", birth="19800115", points=400, search=NUMBER),
    [Reason("S1018", return_class="4")],
)


@pytest.mark.files(sast(TAKEN_BACK))
def test_a_claim_taken_back_after_payment_is_a_reported_return(loaded: Loaded) -> None:
    """件数 -1; a cut (件数 0) is none, and neither is a claim moved to another insurer."""
    facts = "source, stage, service_month, points, return_id"
    assert loaded.rows(REPORTED, facts) == [("sast", "re_examination", "2025-11", 400, None)]


@pytest.mark.files(sast(TAKEN_BACK), sah([TAKEN]))
def test_a_claim_taken_back_is_the_return_of_the_same_patient(loaded: Loaded) -> None:
    assert loaded.values(REPORTED, "return_id") == loaded.values("mart.returns", "return_id")


@pytest.mark.files(sast(TAKEN_BACK), sah([TAKEN], "202610"))
def test_the_money_may_move_a_month_before_the_claim_comes_back(loaded: Loaded) -> None:
    assert None not in loaded.values(REPORTED, "return_id")


# sums


@pytest.mark.files(
    fggk("""
        管掌区分 | 明細・合計区分 | 管掌コード | 入院＿件数 | 入院＿点数 | 入院外＿件数 | 入院外＿点数 | 算定額    | 再審査等調整額 | 端数
        1      | 1            | 06       | 1        | 40000    | 3          | 2660       | 99240.00 | 0            | 0
        1      | 9            | 00       | 1        | 40000    | 3          | 2660       | 99240.00 | -3640.00     | 0
        3      | 1            | 80       | 0        | 0        | 1          | 620        | 1240.00  | 0            | 0
        3      | 9            | 00       | 0        | 0        | 1          | 620        | 1240.00  | 0.00         | 0.40
    """),
    tgft(
        "振込年月日 | 支払確定額 | 差引振込額\n5081021 | 96840 | 96840",
        """
        支払区分 | 支払区分名称 | 件数 | 算定額    | 再審査等調整額
        01     | 医療保険    | 4   | 99240.00 | -3640.00
        80     | 自治体医療  | 1   | 1240.00  | 0.00
        """,
    ),
)
def test_what_was_paid_in_a_month(loaded: Loaded) -> None:
    """Only the rows of sums (合計) are added, not the accounts they sum."""
    facts = "processing_month, source, claims, points, calculated_yen, re_examination_yen, paid_yen, paid_on"
    assert loaded.rows("mart.payment_totals", facts) == [
        ("2026-09", "fggk", 5, 43280, 100480, -3640, 96840, None),
        ("2026-09", "tgft", 5, None, 100480, -3640, 96840, date(2026, 10, 21)),
    ]


FGGK = "管掌区分|明細・合計区分|管掌コード|入院＿件数|入院＿点数|入院外＿件数|入院外＿点数|算定額\n1|9|00|0|0|1|{}|1000"


@pytest.mark.files(fggk(FGGK.format(100)), fggk(FGGK.format(200)).later(), fggk(FGGK.format(7), "50808"))
def test_of_several_totals_of_a_month_the_newest_counts(loaded: Loaded) -> None:
    assert loaded.rows("mart.payment_totals", "processing_month, points") == [
        ("2026-08", 7),
        ("2026-09", 200),
    ]


@pytest.mark.files(fmei(PAID), zogn("行|受付番号|箇所１|法別|増減|事由\n3|0809-70000200|60|06|-30|D"))
def test_a_cut_is_found_by_its_reception_number(loaded: Loaded) -> None:
    (cut,) = loaded.rows("mart.adjustments", "reception_number, points_delta")
    ((reception, lost),) = loaded.rows(
        PAYMENTS, "reception_number, fixed_points - claimed_points", "outcome = 'adjusted'"
    )
    assert cut == (reception, lost)


# returns whose re-claim was paid

CARE = Receipt(service="202606", chart="00101", points=820)
ANSWERED = (
    hen([Returned(replace(CARE, search=NUMBER))], "202607"),
    uke([replace(CARE, search=NUMBER)], "202609"),
)
SETTLED = "status, settled_by, settled_month"


def paid_as(outcome: str, chart: str = "101", points: str = "820") -> File:
    """The payment notice of 2026-09, which comes in October, with the one receipt."""
    return fmei(f"""
        年月  | 処理区分  | レセプト番号 | 受付番号      | レセプト区分 | カルテ  | 保険者番号 | 請求点数  | 決定点数 | 算定額合計
        50806 | {outcome} | 9          | 0809-70000100 | 2          | {chart} | 06139999  | {points} | 800     | 5740
    """)


@pytest.mark.files(*ANSWERED, paid_as("1"))
def test_a_reclaim_listed_as_paid_is_settled_as_soon_as_the_notice_is_here(loaded: Loaded) -> None:
    assert loaded.rows("mart.returns", SETTLED, as_of=date(2026, 9, 30)) == [("resubmitted", None, None)]
    assert loaded.rows("mart.returns", SETTLED) == [("settled", "payment", "2026-10")]


@pytest.mark.files(*ANSWERED, paid_as("2"))
def test_a_reclaim_paid_with_a_cut_is_settled_too(loaded: Loaded) -> None:
    assert loaded.rows("mart.returns", SETTLED) == [("settled", "payment", "2026-10")]


@pytest.mark.files(*ANSWERED, paid_as("1", chart="102"))
def test_another_patients_payment_settles_nothing(loaded: Loaded) -> None:
    assert loaded.rows("mart.returns", SETTLED) == [("resubmitted", None, None)]


@pytest.mark.files(*ANSWERED, paid_as("1", points="830"))
def test_a_payment_of_other_points_settles_nothing(loaded: Loaded) -> None:
    assert loaded.rows("mart.returns", SETTLED) == [("resubmitted", None, None)]


@pytest.mark.files(*ANSWERED)
def test_without_a_payment_notice_time_settles(loaded: Loaded) -> None:
    assert loaded.rows("mart.returns", SETTLED, as_of=date(2026, 11, 30)) == [("resubmitted", None, None)]
    assert loaded.rows("mart.returns", SETTLED, as_of=date(2026, 12, 1)) == [("settled", "time", "2026-12")]
