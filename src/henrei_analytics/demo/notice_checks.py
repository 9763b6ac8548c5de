"""受付・事務点検ASP結果リスト (hasp): the findings of the check before review, all in 全角."""

from __future__ import annotations

from .cuts import name_of_section
from .pre_checks import REFUSED, PreCheck
from .records import agency_name
from .rounds import Round
from .shelf import Stream
from .wording import day_in_full, era_words, full_width, month_in_full, month_words, patient_name, row_of

TITLES = (
    "項番,レセプト番号,カルテ番号等,受容者レセプト番号,受容者カルテ番号等,診療年月,入院・入院外の別,患者氏名,生年月日,"
    "エラーコード,エラー又は確認事項（上）,エラー又は確認事項（下）,診療識別,事項名,点数（誤）,点数（正）,請求情報,"
    "返戻再請求,再審査再請求,予備"
)
WIDTH = 20
_RECLAIM_COLUMN = {"first_review": 18, "re_examination": 19}


def lines(stream: Stream, each: Round) -> list[str]:
    """The list of one sending; the serial counts receipts, not rows."""
    institution = stream.institution
    code = full_width(institution.short_code)
    header = (
        f"{month_in_full(stream.month - 1)},{day_in_full(stream.month, each.day)},"
        f"{agency_name(institution, stream.payer)},医科,{code[:2]},{code},{institution.name},,"
        f"{full_width(f'{each.number:3d}')}"
    )
    result = ["受付・事務点検ASP結果リスト", header, TITLES]
    serials: dict[int, int] = {}
    for warning in each.warnings:
        serial = serials.setdefault(warning.number, len(serials) + 1)
        result.append(_row(warning, serial))
    return result


def _row(warning: PreCheck, serial: int) -> str:
    sending, finding = warning.sending, warning.finding
    receipt = sending.receipt
    number = f"{warning.number:06d}" if finding is REFUSED else f"{warning.number:06d}-0000"
    cells: dict[int, object] = {
        1: full_width(serial),
        2: full_width(number),
        3: full_width(receipt.patient.chart),
        6: month_words(receipt.service_month),
        7: "入\u3000院" if receipt.inpatient else "入院外",
        8: patient_name(receipt),
        9: era_words(receipt.patient.birth),
        10: full_width(finding.code[1:]),
        11: f"（例）{finding.message}",
        12: f"（例）{finding.cause}" if finding.cause else "",
        13: finding.section,
        17: receipt.information,
    }
    if finding.section:
        cells |= {14: f"（例）{name_of_section(finding.section)}"}
        item = next((item for item in receipt.items if item.section == finding.section and item.points), None)
        if item:
            cells |= {15: item.points * item.count, 16: 0}
    if sending.answers and sending.is_marked:
        cells[_RECLAIM_COLUMN[sending.answers.stage]] = "1"
    return row_of(WIDTH, cells)
