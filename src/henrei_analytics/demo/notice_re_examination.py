"""再審査等支払調整額通知票 (sast) and 再審査結果連絡書 (sakr): what re-examinations of 社保 changed, or did not.

A receipt with 公費 has one row for each payer; 整理番号 holds them together.
"""

from __future__ import annotations

from collections.abc import Iterator

from .events import Cut, Receipt
from .money import MEALS_A_DAY, Share
from .months import wareki, yyyymm
from .notice_payments import payment_header
from .re_examination import ReExamination
from .shelf import Stream
from .wording import era_day, full_width, patient_name, row_of

_DEPARTMENT = (
    "旧診療科,診療科＿診療科名,診療科＿組み合わせ名称＿人体の部位等,診療科＿組み合わせ名称＿性別等,"
    "診療科＿組み合わせ名称＿医学的処置,診療科＿組み合わせ名称＿特定疾病"
)
SAST_TITLES = (
    f"2,診療（調剤）年月,整理番号,{_DEPARTMENT},保険者（公費負担者）番号,継承前保険者（公費負担者）番号,受給者番号,電子請求区分,"
    "返還金控除区分,継承前医療機関（薬局）番号,レセプト区分,ＤＰＣ区分,氏名,性別,生年月日,請求理由,療養の給付＿金額,"
    "療養の給付＿件数,療養の給付＿日数,療養の給付＿点数,療養の給付＿一部負担金,食事療養・生活療養＿金額,"
    "食事療養・生活療養＿件数,食事療養・生活療養＿回数,食事療養・生活療養＿基準額,食事療養・生活療養＿標準負担額"
)
SAST_DETAIL_TITLES = (
    "3,診療（調剤）年月,整理番号,保険者（公費負担者）番号,情報レコード連番,請求番号,診療項目,増減点数（金額）,事由,"
    "増減点内容＿診療行為・薬剤名等,増減点内容＿使用量投与量＿前＿数量,増減点内容＿使用量投与量＿前＿単位,"
    "増減点内容＿使用量投与量＿後＿数量,増減点内容＿使用量投与量＿後＿単位,増減点内容＿点数回数＿前＿点数（金額）,"
    "増減点内容＿点数回数＿前＿回数,増減点内容＿点数回数＿後＿点数（金額）,増減点内容＿点数回数＿後＿回数"
)
SAKR_TITLES = (
    f"2,診療（調剤）年月,整理番号,{_DEPARTMENT},受付年月,継承前医療機関（薬局）番号,レセプト区分,氏名,性別,生年月日,"
    "保険者（公費負担者）番号,継承前保険者（公費負担者）番号,記号,番号,受給者番号"
)
SAKR_DETAIL_TITLES = "3,診療（調剤）年月,整理番号,請求番号,診療項目,原審理由,原審理由内容"
SAST_WIDTH, SAST_DETAIL_WIDTH, SAKR_WIDTH, SAKR_DETAIL_WIDTH = 31, 18, 20, 7
_ELECTRONIC = "2"
_UPHELD_FOR = ("02", "（例）病名から原審どおり")


def sast_lines(stream: Stream, outcomes: list[ReExamination]) -> list[str]:
    """The notice about what was taken away or given back."""
    lines = [payment_header(stream), SAST_TITLES, SAST_DETAIL_TITLES]
    for serial, outcome in enumerate(outcomes, 1):
        lines += _adjustment(outcome, _reference(stream, serial))
    return lines


def sakr_lines(stream: Stream, outcomes: list[ReExamination]) -> list[str]:
    """The notice about requests that changed nothing."""
    lines = [payment_header(stream), SAKR_TITLES, SAKR_DETAIL_TITLES]
    for serial, outcome in enumerate(outcomes, 1):
        lines += _upheld(outcome, _reference(stream, serial))
    return lines


def _reference(stream: Stream, serial: int) -> str:
    return f"{yyyymm(stream.month)}{serial:05d}".zfill(17)


def _adjustment(outcome: ReExamination, reference: str) -> Iterator[str]:
    receipt = outcome.sending.receipt
    patient = receipt.patient
    for change in outcome.changes:
        cells: dict[int, object] = {
            1: "4",
            2: wareki(receipt.service_month),
            3: reference,
            5: receipt.department,
            10: change.number,
            12: change.recipient,
            13: _ELECTRONIC,
            16: receipt.claim_type[3],
            18: patient_name(receipt),
            19: patient.sex,
            20: era_day(patient.birth),
            21: outcome.reason,
        }
        yield row_of(SAST_WIDTH, cells | _amounts(outcome, receipt, change))
        if outcome.detailed and outcome.cut:
            yield _detail(outcome, outcome.cut, reference, change.number)


def _amounts(outcome: ReExamination, receipt: Receipt, change: Share) -> dict[int, object]:
    """Only a receipt taken back altogether changes the counts."""
    whole = outcome.result == "returned"
    cells: dict[int, object] = {
        22: f"{change.yen}.00",
        23: -1 if whole else 0,
        24: -len(receipt.days) if whole else 0,
        25: f"{change.points}.00",
        26: change.copay,
    }
    if change.meals:
        cells |= {
            27: f"{change.meal_paid}.00",
            28: -1,
            29: change.meals,
            30: f"{change.meal_yen}.00",
            31: change.meal_copay,
        }
        assert -change.meals <= len(receipt.days) * MEALS_A_DAY
    return cells


def _detail(outcome: ReExamination, cut: Cut, reference: str, number: str) -> str:
    before, after = (cut.points_before, cut.count_before), (cut.points_after, cut.count_after)
    if outcome.result == "restored":
        before, after = after, before
    cells = {
        1: "5",
        2: wareki(outcome.sending.receipt.service_month),
        3: reference,
        4: number,
        5: 1,
        7: cut.section,
        8: f"{outcome.points_delta}.00",
        # giving back names no fault
        9: cut.letters if outcome.result == "cut" else "",
        10: f"（例）{cut.name}",
        15: f"{before[0]}.00",
        16: before[1],
        17: f"{after[0]}.00",
        18: after[1],
    }
    return row_of(SAST_DETAIL_WIDTH, cells)


def _upheld(outcome: ReExamination, reference: str) -> Iterator[str]:
    receipt = outcome.sending.receipt
    patient, month = receipt.patient, wareki(receipt.service_month)
    assert outcome.cut
    main = receipt.insurer.number
    cells = {
        1: "4",
        2: month,
        3: reference,
        5: receipt.department,
        10: wareki(outcome.requested_month),
        12: receipt.claim_type[3],
        13: patient_name(receipt),
        14: patient.sex,
        15: era_day(patient.birth),
        16: main,
        18: full_width(receipt.symbol),
        19: full_width(receipt.number),
        20: "" if receipt.has_insurer else patient.publics[0][1],
    }
    yield row_of(SAKR_WIDTH, cells)
    yield row_of(
        SAKR_DETAIL_WIDTH,
        {1: "5", 2: month, 3: reference, 4: 1, 5: outcome.cut.section}
        | dict(zip((6, 7), _UPHELD_FOR, strict=True)),
    )
