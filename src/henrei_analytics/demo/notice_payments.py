"""振込額明細 (fmei): every receipt of a 社保 month, paid, cut or returned."""

from __future__ import annotations

from .events import Sending
from .money import Share, fixed_points, fixed_shares, meals_of, shares
from .months import wareki
from .payments import outcome_of
from .shelf import Stream
from .wording import era_day, full_width, patient_name, row_of

_OUTCOME = {"paid": "1", "adjusted": "2", "returned": "3"}
_INSURANCE, _FIRST_PUBLIC, _PUBLIC_WIDTH, _TOTAL = 19, 32, 10, 82
WIDTH = _TOTAL

_CARE = "療養の給付＿"
_MEALS = "食事療養生活療養＿"
_AMOUNTS = ("請求額", "標準負担額", "金額")


def _titles() -> str:
    parts = (
        "診療科名",
        *(f"組み合わせ名称＿{part}" for part in ("人体の部位等", "性別等", "医学的処置", "特定疾病")),
    )
    titles = ["診療（調剤）年月", "処理区分", "レセプト番号", "受付番号", "旧診療科"]
    titles += [f"診療科＿{part}" for part in parts]
    titles += ["レセプト区分", "ＤＰＣ区分", "氏名", "性別", "生年月日", "カルテ番号等", "請求情報"]
    insurance = [
        "保険者番号",
        "記号",
        "番号",
        *(_CARE + name for name in ("請求点数", "決定点数", "一部負担金", "金額")),
    ]
    insurance += [*(_MEALS + name for name in _AMOUNTS), "算定額"]
    titles += [f"医療保険＿{name}" for name in insurance]
    titles += ["老人保健＿市町村番号", "老人保健＿受給者番号"]
    public = [
        "負担者番号",
        "受給者番号",
        *(_CARE + name for name in ("請求点数", "決定点数", "患者負担金", "金額")),
    ]
    public += [*(_MEALS + name for name in _AMOUNTS), "算定額"]
    for ordinal in "一二三四五":
        titles += [f"第{ordinal}公費＿{name}" for name in public]
    return ",".join(["2", *titles, "算定額合計"])


TITLES = _titles()


def payment_header(stream: Stream) -> str:
    """The header row of the payment and re-examination notices."""
    institution = stream.institution
    return (
        f"1,{wareki(stream.month - 1)},1,医科,{institution.prefecture},{institution.short_code},"
        f"{institution.name},社会保険診療報酬支払基金"
    )


def lines(stream: Stream, sendings: list[Sending]) -> list[str]:
    """The notice about all receipts of a month."""
    return [payment_header(stream), TITLES, *map(_row, sendings)]


def _row(sending: Sending) -> str:
    receipt, decision = sending.receipt, sending.decision
    assert decision
    patient, outcome = receipt.patient, outcome_of(sending)
    cells: dict[int, object] = {
        1: "3",
        2: wareki(receipt.service_month),
        3: _OUTCOME[outcome],
        4: f"{decision.receipt_number:06d}",
        5: decision.reception_number,
        7: receipt.department,
        12: receipt.claim_type[3],
        14: patient_name(receipt),
        15: patient.sex,
        16: era_day(patient.birth),
        17: patient.chart,
        18: receipt.information,
    }
    claimed = shares(receipt, receipt.points, meals_of(receipt))
    fixed = fixed_shares(receipt, decision) if outcome != "returned" else (None,) * len(claimed)
    pairs = list(zip(claimed, fixed, strict=True))
    if receipt.has_insurer:
        cells |= {20: full_width(receipt.symbol), 21: full_width(receipt.number)}
        cells |= {_INSURANCE: receipt.insurer.number}
        cells |= _amounts(_INSURANCE + 3, *pairs.pop(0), stay=receipt.inpatient)
    for position, (old, new) in enumerate(pairs):
        first = _FIRST_PUBLIC + _PUBLIC_WIDTH * position
        cells |= {first: old.number, first + 1: old.recipient}
        cells |= _amounts(first + 2, old, new, stay=receipt.inpatient)
    if outcome != "returned":
        assert fixed_points(receipt, decision) > 0
        cells[_TOTAL] = sum(share.total for share in fixed if share)
    return row_of(WIDTH, cells)


def _amounts(first: int, claimed: Share, fixed: Share | None, stay: bool) -> dict[int, object]:
    """The eight amounts of one payer; what was decided stays empty when the receipt came back."""
    cells: dict[int, object] = {first: claimed.points}
    if claimed.copay or (fixed and fixed.copay):
        cells[first + 2] = fixed.copay if fixed else claimed.copay
    if stay:
        cells |= {first + 4: claimed.meal_yen, first + 5: (fixed or claimed).meal_copay}
    if fixed:
        cells |= {first + 1: fixed.points, first + 3: fixed.yen, first + 7: fixed.total}
        if stay:
            cells[first + 6] = fixed.meal_paid
    return cells
