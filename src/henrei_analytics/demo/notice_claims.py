"""請求確定状況 (fixf) and オンライン受領書 (hjry): what was claimed, receipt by receipt and in sums."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from .events import Receipt
from .money import MEAL_COPAY_YEN, capped_copay, meals_of
from .months import wareki, yyyymm
from .records import MEAL_YEN, agency_name
from .rounds import Line, Round
from .shelf import Stream
from .wording import day_in_full, era_day, full_width, month_in_full, patient_name, row_of
from .world import PAYER_CODE

FIXF_WIDTH = 31
_FIRST_PUBLIC = 17

_PERSONS = {
    "1": "本人", "2": "本人", "3": "六歳", "4": "六歳", "5": "家族", "6": "家族",
    "7": "高一", "8": "高一", "9": "高７", "0": "高７",
}  # fmt: skip
TOTAL, REFUSED = "合計", "受付不能"


def fixf_lines(stream: Stream, each: Round) -> list[str]:
    """請求確定状況 of one round; there is no row of titles."""
    institution = stream.institution
    day = f"{yyyymm(stream.month)}{each.day:02d}"
    header = (
        f"1,{wareki(stream.month)},{day},{PAYER_CODE[stream.payer]},{institution.prefecture},1,"
        f"{institution.short_code},,{each.number},{each.number}"
    )
    return [header, *(_fixf_row(line) for line in each.lines)]


def _fixf_row(line: Line) -> str:
    receipt = line.sending.receipt
    patient = receipt.patient
    cells: dict[int, object] = {
        1: "2",
        2: f"{line.number:06d}",
        3: receipt.claim_type,
        4: wareki(receipt.service_month),
        5: patient_name(receipt),
        6: patient.sex,
        7: era_day(patient.birth),
        8: patient.chart,
        29: "1" if line.claimed else "2",
        30: line.level,
        31: receipt.information,
    }
    if receipt.has_insurer:
        number = f"{receipt.insurer.number:>8}"
        cells |= {9: number, 10: receipt.symbol, 11: receipt.number, 12: line.points}
    for position, (number, recipient) in enumerate(patient.publics):
        column = _FIRST_PUBLIC + 3 * position
        cells |= {column: number, column + 1: recipient, column + 2: line.points}
    return row_of(FIXF_WIDTH, cells)


class SentTotal(NamedTuple):
    """One row of an オンライン受領書."""

    label: str
    claims: int
    days: int
    points: int
    copay: int
    meal_yen: int
    meal_copay: int


def sent_totals(each: Round, inpatient: bool) -> list[SentTotal]:
    """The sums of a round's claimed receipts by kind, and of all of them; empty if there are none."""
    groups: dict[str, list[Receipt]] = defaultdict(list)
    for line in each.lines:
        receipt = line.sending.receipt
        if line.claimed and receipt.inpatient == inpatient:
            groups[label_of(receipt)].append(receipt)
    rows = [_sum(label, receipts) for label, receipts in sorted(groups.items())]
    everything = [receipt for receipts in groups.values() for receipt in receipts]
    return [*rows, _sum(TOTAL, everything)] if rows else []


def label_of(receipt: Receipt) -> str:
    """The name of a レセプト種別."""
    publics = len(receipt.patient.publics)
    if not receipt.has_insurer:
        return "公費単独" if publics == 1 else f"公費{full_width(publics)}併"
    scheme = {"00": "国保", "39": "後期"}.get(receipt.insurer.law, "医保")
    shared = f"{full_width(publics)}公併" if publics else ""
    return f"{scheme}{shared}・{_PERSONS[receipt.claim_type[3]]}"


def _sum(label: str, receipts: list[Receipt]) -> SentTotal:
    meals = sum(map(meals_of, receipts))
    return SentTotal(
        label=label,
        claims=len(receipts),
        days=sum(len(receipt.days) for receipt in receipts),
        points=sum(receipt.points for receipt in receipts),
        copay=sum(capped_copay(receipt, receipt.points) for receipt in receipts),
        meal_yen=meals * MEAL_YEN,
        meal_copay=meals * MEAL_COPAY_YEN,
    )


def hjry_lines(
    stream: Stream, each: Round, inpatient: bool, totals: list[SentTotal], automatic: bool
) -> list[str]:
    """オンライン受領書 of one round and setting; nobody confirmed an automatic one by hand."""
    institution = stream.institution
    code = full_width(institution.short_code)
    header = (
        f"{month_in_full(stream.month - 1)},{day_in_full(stream.month, each.day)},"
        f"{agency_name(institution, stream.payer)},医科,{code[:2]},{code},{institution.name},,"
        f"{full_width(f'{each.number:3d}')},{'入院' if inpatient else '入院外'}"
    )
    titles = "レセプト種別,療養の給付・件数,療養の給付・診療実日数,療養の給付・点数,療養の給付・一部負担金"
    if inpatient:
        titles += ",食事療養・生活療養・金額,食事療養・生活療養・標準負担額"
    lines = ["オンライン受領書（自動確定）" if automatic else "オンライン受領書", header, titles]
    for row in totals:
        meals = f",{row.meal_yen},{row.meal_copay}" if inpatient else ""
        lines.append(f"{row.label},{row.claims},{row.days},{row.points},{row.copay}{meals}")
    # this row has no commas for what it leaves out
    return [*lines, f"{REFUSED},0"]
