"""増減点連絡書 (zogn): what first review changed, told once for each payer of the receipt."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from .cuts import MEAL_SECTION
from .events import Cut, Decision, Receipt, Sending
from .money import capped_copay, fixed_points, meals_of, plain_copay
from .months import wareki
from .records import MEAL_YEN, PERSON, notice_header
from .shelf import Stream
from .simulate import SPECIAL_REVIEW_POINTS
from .wording import full_width, patient_name, row_of

TITLES = (
    "2,診療年月,レセプト番号,受付番号,診療科コード,特別審査委員会,明細種別,保険者番号,老人市町村番号,第一公費負担者番号,"
    "第二公費負担者番号,第三公費負担者番号,第四公費負担者番号,区分,高額療養費負担区分,職務上の事由,老人減免区分,氏名,"
    "カルテ番号等,箇所１,箇所２,法別番号,増減点数（金額）,事由,負担（請求内容）,請求内容,負担（補正・査定後内容）,"
    "補正・査定後内容,検索番号,請求情報"
)
WIDTH = 30
_SECTION, _PLACE, _LAW, _AMOUNT, _LETTERS, _BURDEN, _BEFORE, _BURDEN_AFTER, _AFTER = range(20, 29)
_PUBLICS = 10
_INFORMATION = 30
_LATE_ELDERLY = {"7": "後入一", "8": "後外一", "9": "後入７", "0": "後外７"}


def cut_sendings(sendings: list[Sending], seed: str) -> list[Sending]:
    """The receipts a notice lists, in no order of their numbers, as the payers leave them."""
    found = [sending for sending in sendings if sending.decision and sending.decision.cuts]
    Random(seed).shuffle(found)
    return found


def lines(stream: Stream, sendings: list[Sending]) -> list[str]:
    """The notice about these receipts."""
    result = [notice_header(*stream), TITLES]
    for sending in sendings:
        assert sending.decision
        result += _receipt(sending.receipt, sending.decision, stream.month)
    return result


def _receipt(receipt: Receipt, decision: Decision, month: int) -> Iterator[str]:
    identity = _identity(receipt, decision, month)
    for cut in decision.cuts:
        yield from _cut(receipt, cut, identity)
        # the receipt is named once: its further rows leave these columns empty
        identity = {}
    if decision.points_delta:
        before, after = receipt.points, fixed_points(receipt, decision)
        yield from _totals(receipt, "合計", f"{decision.points_delta:+d}", before, after)
    if decision.meals_cut:
        before = meals_of(receipt) * MEAL_YEN
        change = -decision.meals_cut * MEAL_YEN
        yield from _totals(receipt, "食事", _yen(change), before, before + change)
    if decision.tells_copay:
        yield _copay(receipt, decision)


def _identity(receipt: Receipt, decision: Decision, month: int) -> dict[int, object]:
    late = receipt.service_month != month - 1
    person = receipt.claim_type[3]
    cells: dict[int, object] = {
        2: wareki(receipt.service_month) if late else "",
        3: f"{decision.receipt_number:06d}",
        4: decision.reception_number,
        6: "（特別審査委員会）" if receipt.points >= SPECIAL_REVIEW_POINTS else "",
        8: f"{receipt.insurer.number:>8}" if receipt.has_insurer else "",
        14: _LATE_ELDERLY[person] if receipt.insurer.law == "39" else PERSON[person],
        18: patient_name(receipt),
        19: receipt.patient.chart,
        _INFORMATION: receipt.information,
    }
    cells |= {_PUBLICS + n: number for n, (number, _) in enumerate(receipt.patient.publics)}
    return cells


def _cut(receipt: Receipt, cut: Cut, identity: dict[int, object]) -> Iterator[str]:
    """One 明細: the first row carries the place, every payer its own amount, one row or two the letters."""
    amount = _yen(cut.yen) if cut.yen else f"{cut.points:+d}"
    first_law, *more_laws = (receipt.insurer.law,) if cut.yen else receipt.laws
    rows: list[dict[int, object]] = [{_LAW: first_law, _AMOUNT: amount}]
    rows += [{_LAW: law, _AMOUNT: amount} for law in more_laws]
    if cut.apart and len(rows) == 1:
        rows.append({_BEFORE: "（算定日）　１日：１回"})
    if cut.apart and len(cut.letters) > 1:
        rows[0][_LETTERS], rows[-1][_LETTERS] = cut.letters
    else:
        rows[-1 if cut.apart else 0][_LETTERS] = cut.letters
    burden = str(1 if not more_laws else 2)
    rows[0] |= {
        _SECTION: cut.section,
        _BURDEN: burden,
        _BEFORE: _text(cut, cut.points_before, cut.count_before),
    }
    if cut.count_after:
        rows[0] |= {_BURDEN_AFTER: burden, _AFTER: _text(cut, cut.points_after, cut.count_after)}
    yield row_of(WIDTH, {1: "3", **identity, **rows[0]})
    yield from (row_of(WIDTH, {1: "4", **row}) for row in rows[1:])


def _text(cut: Cut, points: int, count: int) -> str:
    unit = "￥" if cut.section == MEAL_SECTION else ""
    return f"（例）{cut.name}\u3000{unit}{full_width(points)}×{full_width(count)}"


def _totals(receipt: Receipt, place: str, amount: str, before: int, after: int) -> Iterator[str]:
    for law in receipt.laws[:1] if place == "食事" else receipt.laws:
        cells = {1: "5", _PLACE: place, _LAW: law, _AMOUNT: amount}
        yield row_of(WIDTH, cells | {_BEFORE: full_width(before), _AFTER: full_width(after)})


def _copay(receipt: Receipt, decision: Decision) -> str:
    claimed, fixed = receipt.points, fixed_points(receipt, decision)
    capped = capped_copay(receipt, claimed)
    before = capped or plain_copay(receipt, claimed)
    after = capped_copay(receipt, fixed) or plain_copay(receipt, fixed)
    words = [f"一部負担金額（医保）\u3000￥{full_width(yen)}" for yen in (before, after)]
    cells = {1: "3", _LAW: receipt.laws[0], _AMOUNT: _yen(after - before)}
    return row_of(WIDTH, cells | {_BEFORE: words[0], _AFTER: words[1]})


def _yen(change: int) -> str:
    return f"{'-' if change < 0 else '+'}\\{abs(change)}"
