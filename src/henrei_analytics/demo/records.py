"""Record lines of the official claim and return files (記録条件仕様, 医科), one function a record.

Item counts are those of the specification: RE 38, HO 15, KO 12, SN 9, JD 33, MF 33, SY 8, SI/IY 44, CO 5,
SJ 3, GO 4; HI 8, HR 14, HG 4; in the history block MN 7, IR 10, MD 22, MK 16, RC 2, each after three prefix
items. Lines carry no line end.
"""

from __future__ import annotations

from typing import Literal

from .events import Item, Receipt, Return, Sending, total_points
from .months import wareki, yyyymm
from .world import PAYER_CODE, Institution, Payer

NO_MORE_VOLUMES = "99"
MEAL_YEN = 670
RE_SEARCH_NUMBER = 18
"""Position of 検索番号 in RE, counted from 0."""

_MF = "MF,00" + "," * 31
_OLDER = {"1": "11", "2": "12", "3": "13", "4": "14"}
"""データ識別 of re-examination lines once the receipt has been claimed again."""

_RESULT = {4: "101", 5: "104", 6: "105", 7: "109", 8: "104", 9: "116"}
"""審査結果 of 支払基金 by 返戻区分."""


def ir(institution: Institution, payer: Payer, claim_month: int) -> str:
    """医療機関情報: the first line of a claim file."""
    return (
        f"IR,{PAYER_CODE[payer]},{institution.prefecture},1,{institution.short_code},,{institution.name},"
        f"{yyyymm(claim_month)},00,{institution.phone}"
    )


def hi(institution: Institution, payer: Payer, processing_month: int) -> str:
    """返戻医療機関: the first line of a return file. Its order is not that of IR."""
    month = yyyymm(processing_month)
    return f"HI,{PAYER_CODE[payer]},{month},{institution.prefecture},1,{institution.short_code},,00"


def totals(identifier: Literal["GO", "HG"], count: int, points: int) -> str:
    """The last line of a claim file (GO) or return file (HG)."""
    return f"{identifier},{count},{points},{NO_MORE_VOLUMES}"


def payer_lines(receipt: Receipt) -> int:
    """What a receipt adds to 総件数: one for each HO and KO. Its points count once."""
    return receipt.has_insurer + len(receipt.patient.publics)


def claim_lines(sending: Sending, number: int, items: tuple[Item, ...]) -> list[str]:
    """RE … SJ of one receipt; ``items`` may be an earlier wording than the receipt's own."""
    receipt = sending.receipt
    points = total_points(items)
    lines = [_re(sending, number), *_payers(receipt, points)]
    lines += [
        f"SY,0000999,{start},1,,{name},{'' if position else '01'},"
        for position, (name, start) in enumerate(receipt.diseases)
    ]
    publics = receipt.patient.publics
    burden = "1" if not publics else "2" if receipt.has_insurer else "5"
    every_day = _calendar(receipt.days)
    # items given several times are all recorded on the first day: only the sum of the day counts matters
    lines += [_care(item, burden, every_day, receipt.days[0]) for item in items]
    return lines


def _re(sending: Sending, number: int) -> str:
    receipt = sending.receipt
    patient, month = receipt.patient, yyyymm(receipt.service_month)
    admitted = f"{month}{receipt.days[0]:02d}" if receipt.inpatient else ""
    fields = [
        "RE", str(number), receipt.claim_type, month, f"{patient.family}　{patient.given}", patient.sex,
        patient.birth, _benefit(receipt), admitted, "01" if receipt.inpatient else "", "", "",
        receipt.institution.beds, patient.chart, "", "", "", "",
        sending.search_number, "",
        receipt.information, receipt.department, *[""] * 14, patient.kana, "",
    ]  # fmt: skip
    return ",".join(fields)


def _benefit(receipt: Receipt) -> str:
    """給付割合, which only 国保 and 後期高齢 receipts carry."""
    if receipt.payer == "shaho":
        return ""
    person = receipt.claim_type[3]
    if person in "90":
        return "70"
    if receipt.insurer.law == "39":
        return "90"
    return "80" if person in "3478" else "70"


def _payers(receipt: Receipt, points: int) -> list[str]:
    days, publics = len(receipt.days), receipt.patient.publics
    lines, payers = [], []
    if receipt.has_insurer:
        meals = f"{days * 3},{days * 3 * MEAL_YEN}" if receipt.inpatient else ","
        lines.append(
            f"HO,{receipt.insurer.number:>8},{receipt.symbol},{receipt.number},{days},{points},,{meals},,,,,,"
        )
        payers.append("1")
    for position, (number, recipient) in enumerate(publics, 2):
        lines.append(f"KO,{number},{recipient},,{days},{points},,,,,,")
        payers.append(str(position))
    if receipt.has_insurer and receipt.insurer.law != "39":
        # 枝番 exists for everyone but 後期高齢
        lines.append(f"SN,1,01,,,,{receipt.patient.branch},,")
    visited = _calendar(receipt.days)
    lines += [f"JD,{payer},{visited}" for payer in payers]
    lines.append(_MF)
    return lines


def _calendar(days: tuple[int, ...]) -> str:
    marks = [""] * 31
    for day in days:
        marks[day - 1] = "1"
    return ",".join(marks)


def _care(item: Item, burden: str, every_day: str, first_day: int) -> str:
    if item.record == "SJ":
        return f"SJ,{item.section},{item.quantity}"
    if item.record == "CO":
        return f"CO,{item.section},{burden},{item.code},{item.quantity}"
    marks = every_day if item.every_day else f"{',' * (first_day - 1)}{item.count}{',' * (31 - first_day)}"
    amount = f"{item.quantity},{item.points or ''},{item.count}"
    return f"{item.record},{item.section},{burden},{item.code},{amount},,,,,,,{marks}"


def with_search_number(line: str, search_number: str) -> str:
    """A RE line with its 検索番号 set, as the payer does when it returns a receipt."""
    fields = line.split(",")
    fields[RE_SEARCH_NUMBER] = search_number
    return ",".join(fields)


def returned_lines(returned: Return) -> list[str]:
    """The claim as it was sent, now with the 検索番号 of this return."""
    first, *rest = returned.sending.lines
    return [with_search_number(first, returned.search_number), *rest]


def reason_lines(returned: Return) -> list[str]:
    """One HR for each reason."""
    month = yyyymm(returned.processing_month)
    return [
        f"HR,{month},{returned.return_class},{reason.section},{reason.code},{reason.text},{reason.supplement},,,"
        f"{returned.search_number},,,,"
        for reason in returned.reasons
    ]


def history_block(returned: Return) -> tuple[tuple[str, str], ...]:
    """履歴管理ブロック of a return: this round, then the older ones, then RC.

    The first RE must carry the number of the receipt it stands behind, so this round comes first.
    """
    if returned.stage == "first_review":
        block = [("8", line) for line in (*returned_lines(returned), *reason_lines(returned))]
        closing = "8"
    else:
        block = _re_examination_block(returned)
        closing = "4"
    # all but its RC: a block has exactly one, at the end
    block += [(_OLDER.get(digit, digit), line) for digit, line in returned.sending.block[:-1]]
    stamp = f"{yyyymm(returned.processing_month)}{returned.search_number[-9:]}"
    return (*block, (closing, f"RC,Ver0000Demo{stamp}"))


def _re_examination_block(returned: Return) -> list[tuple[str, str]]:
    receipt = returned.receipt
    institution, payer = receipt.institution, receipt.payer
    asked = f"{yyyymm(returned.processing_month)}02"
    own, month = returned.search_number, yyyymm(returned.processing_month)
    insurer = receipt.insurer.number
    body = "10" if payer == "shaho" else "20"
    applicant = body + ("8" if returned.return_class == 9 else "1" if receipt.has_insurer else "2")
    result = _RESULT[returned.return_class] if payer == "shaho" else "201"
    block = [
        ("1", f"MN,{own[-9:]},{institution.address},{own},,,"),
        ("1", ir(institution, payer, returned.sending.claim_month)),
        *(("1", line) for line in returned_lines(returned)),
    ]
    requests, results = [], []
    for serial, reason in enumerate(returned.reasons, 1):
        # 整理番号 and 請求回数 stand on the first request only
        reference = f"{asked}{own[-9:]},{returned.round}" if serial == 1 else ","
        requests.append(
            ("3", f"MD,{serial},{asked},{reference},{reason.request},,,,,,例示の申出内容,,,,,,,,,,")
        )
        results.append(("4", f"MK,{serial},{asked},{applicant},{month},,{result},,,,,{insurer:>8},,,,"))
    return [*block, *requests, *results, *(("4", line) for line in reason_lines(returned))]


def numbered(block: tuple[tuple[str, str], ...]) -> list[str]:
    """A history block as lines: データ識別, 行番号, 枝番号, then the record."""
    return [f"{digit},{line},0,{record}" for line, (digit, record) in enumerate(block, 1)]


# 返戻内訳書 (CSV of the online claim system, 医科・DPC)

HENR_TITLES = (
    "2,診療年月,受付番号,保険者番号,区分,給付区分,氏名,日数,請求点数,予備,減免区分,一部負担金額,患者負担金額（公費分）,"
    "食事・生活基準額,食事・生活標準負担額,事由コード,事由,カルテ番号等,検索番号,請求情報"
)
PERSON = {
    "1": "本入", "2": "本外", "3": "六入", "4": "六外", "5": "家入", "6": "家外",
    "7": "高入一", "8": "高外一", "9": "高入7", "0": "高外7",
}  # fmt: skip


def notice_header(institution: Institution, payer: Payer, processing_month: int) -> str:
    """The header row; its month is the month of care, one before the processing month."""
    agency = agency_name(institution, payer)
    return f"1,{wareki(processing_month - 1)},1,医科,{institution.short_code},{institution.name},,,{agency}"


def agency_name(institution: Institution, payer: Payer) -> str:
    """審査支払機関名 as notices write it."""
    return "社会保険診療報酬支払基金" if payer == "shaho" else institution.kokuho_federation


def reception_number(processing_month: int, serial: int) -> str:
    """受付番号: YYMM of the processing month, then eight digits, the last two telling receipts in parts."""
    return f"{wareki(processing_month)[1:]}-{serial:06d}00"


def henr_rows(returned: Return) -> list[str]:
    """One row of type 3, then one of type 4 for each further reason, its repeated cells left blank."""
    receipt = returned.receipt
    patient, month = receipt.patient, returned.processing_month
    late = receipt.service_month != month - 1
    first, *more = returned.reasons
    service_month = wareki(receipt.service_month)[1:] if late else ""
    rows = [
        f"3,{service_month},{reception_number(month, int(returned.search_number[-6:]))},"
        f"{receipt.insurer.number:>8},{PERSON[receipt.claim_type[3]]},,{patient.family}　{patient.given},"
        f"{len(receipt.days)},{receipt.points},,,,,,,{first.code},{first.text},{patient.chart},"
        f"{returned.search_number},{receipt.information}"
    ]
    rows += [f"4,{',' * 14}{reason.code},{reason.text},,," for reason in more]
    return rows
