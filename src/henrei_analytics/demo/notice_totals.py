"""振込額合計 (fggk) and 当座口振込通知書 (tgft): the sums of a 社保 month and the transfer."""

from __future__ import annotations

from .events import Sending
from .money import fixed_shares
from .months import REIWA_YEAR_0
from .notice_payments import payment_header
from .payments import PAID_ON_DAY, PUBLIC_LAWS, Account, Care, is_paid, sum_of
from .shelf import Stream

FGGK_TITLES = (
    "2,管掌区分,明細・合計区分,管掌コード,療養の給付＿入院＿件数,療養の給付＿入院＿点数,療養の給付＿入院＿一部負担金,"
    "療養の給付＿入院＿金額,療養の給付＿入院外＿件数,療養の給付＿入院外＿点数,療養の給付＿入院外＿一部負担金,"
    "療養の給付＿入院外＿金額,食事・生活療養＿基準額,食事・生活療養＿標準負担額,食事・生活療養＿金額,算定額,再審査等調整額,端数"
)
TGFT_TITLES = (
    "2,振込年月日,医保本人＿点数,医保本人＿金額,医保家族＿点数,医保家族＿金額,老人保健＿点数,老人保健＿金額,"
    "食事・生活療養＿基準額,食事・生活療養＿金額,医保家族件数（再掲）,診療報酬＿支払確定額,診療報酬＿源泉徴収税額,"
    "診療報酬＿支払確定額合計,特定健診＿当初請求,特定健診＿補正・過誤・返戻,特定健診＿支払確定額合計,出産一時金＿算定額,"
    "出産一時金＿過誤,出産一時金＿支払確定額合計,差引振込額"
)
TGFT_DETAIL_TITLES = "4,支払区分,支払区分名称,件数,算定額,再審査等調整額,端数額"
_INSURANCE, _PUBLIC = "1", "3"
_DETAIL, _TOTAL = "1", "9"
_LAW_NAMES = {
    "12": "生活保護",
    "21": "自立支援（通院）",
    "54": "難病医療",
    "80": "自治体医療",
    "83": "自治体医療",
    "88": "自治体医療",
}
"""支払区分名称; insurances are one 支払区分, 01."""


def fggk_lines(stream: Stream, accounts: dict[str, Account]) -> list[str]:
    """振込額合計: insurances, then 公費, each with its total; details of insurances carry no adjustment."""
    lines = [payment_header(stream), FGGK_TITLES]
    for kind in (_INSURANCE, _PUBLIC):
        group = {law: a for law, a in accounts.items() if (law in PUBLIC_LAWS) == (kind == _PUBLIC)}
        if not group:
            continue
        lines += [
            _fggk_row(kind, _DETAIL, law, account, account.adjusted_yen if kind == _PUBLIC else 0)
            for law, account in group.items()
        ]
        total = sum_of(group.values())
        lines.append(_fggk_row(kind, _TOTAL, "00", total, total.adjusted_yen))
    return lines


def _fggk_row(kind: str, level: str, law: str, account: Account, adjusted: int) -> str:
    meals = f"{account.meal_yen},{account.meal_copay},{account.meal_yen - account.meal_copay}"
    care = f"{_care(account.inpatient)},{_care(account.outpatient)}"
    return f"3,{kind},{level},{law},{care},{meals},{account.calculated_yen}.00,{adjusted}.00,0"


def _care(care: Care) -> str:
    return f"{care.claims},{care.points},{care.copay},{care.yen}"


def tgft_lines(stream: Stream, sendings: list[Sending], accounts: dict[str, Account]) -> list[str]:
    """当座口振込通知書: the transfer and what it is made of."""
    whole = sum_of(accounts.values())
    paid = whole.calculated_yen + whole.adjusted_yen
    month = stream.month + 1
    day = f"5{month // 12 - REIWA_YEAR_0:02d}{month % 12 + 1:02d}{PAID_ON_DAY}"
    own, family = _by_person(sendings)
    meals = f"{whole.meal_yen},{whole.meal_yen - whole.meal_copay}"
    transfer = (
        f"3,{day},{own.points},{own.yen},{family.points},{family.yen},0,0,{meals},0,"
        f"{paid},0,{paid},0,0,0,0,0,0,{paid}"
    )
    insurance = sum_of(account for law, account in accounts.items() if law not in PUBLIC_LAWS)
    details = [_tgft_row("01", "医療保険", insurance)]
    details += [_tgft_row(law, _LAW_NAMES[law], a) for law, a in accounts.items() if law in PUBLIC_LAWS]
    return [payment_header(stream), TGFT_TITLES, transfer, TGFT_DETAIL_TITLES, *details]


def _tgft_row(code: str, name: str, account: Account) -> str:
    return f"5,{code},{name},{account.claims},{account.calculated_yen}.00,{account.adjusted_yen}.00,0.00"


def _by_person(sendings: list[Sending]) -> tuple[Care, Care]:
    """What the insurances pay for insured persons and for their families."""
    own, family = Care(), Care()
    for sending in sendings:
        receipt = sending.receipt
        if receipt.has_insurer and is_paid(sending):
            assert sending.decision
            share = fixed_shares(receipt, sending.decision)[0]
            (own if receipt.claim_type[3] in "12" else family).add(share)
    return own, family
