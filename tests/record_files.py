"""Official files, built line by line from a few fields: spec tests read as what is on the disk and what comes of it.

    content = return_file([Returned(Receipt(points=291, search="13…01"), [Reason("L3129", "…")])], month="202609")
    office.save("RECEIPTC.HEN", content)

Written from the specifications, sharing nothing with the package's readers or its demo. All people are invented.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

END = "\r\n"
EOF = b"\x1a"
INSTITUTION = "1319912345"
PAYER_NAMES = {"1": "社会保険診療報酬支払基金", "2": "東京都国民健康保険団体連合会"}
HENR_TITLES = (
    "2,診療年月,受付番号,保険者番号,区分,給付区分,氏名,日数,請求点数,予備,減免区分,一部負担金額,患者負担金額（公費分）,"
    "食事・生活基準額,食事・生活標準負担額,事由コード,事由,カルテ番号等,検索番号,請求情報"
)


@dataclass(frozen=True)
class Receipt:
    """One レセプト. Months and dates stand as they are written: 西暦 (202608) or 和暦 (50808)."""

    name: str = "架空　一郎"
    kana: str = "カクウイチロウ"
    sex: str = "1"
    birth: str = "19800115"
    claim_type: str = "1112"
    service: str = "202608"
    chart: str = "00001"
    search: str = ""
    department: str = "01"
    information: str = ""
    insurer: str | None = "06139999"
    symbol: str = "９９９"
    number: str = "１２３"
    points: int = 291
    days: int = 1
    publics: tuple[str, ...] = ()
    recipient: str = "9999999"
    items: int = 38

    @property
    def payer_lines(self) -> int:
        return (self.insurer is not None) + len(self.publics)


@dataclass(frozen=True)
class Reason:
    """One HR. Its month is the file's."""

    code: str = "L3129"
    text: str = "架空の理由"
    supplement: str = ""
    return_class: str = "1"


@dataclass(frozen=True)
class Returned:
    """A receipt on its way back: `reasons` unprefixed, `block` the history lines behind them (without RC)."""

    receipt: Receipt
    reasons: Sequence[Reason] = (Reason(),)
    block: Sequence[str] = ()


@dataclass(frozen=True)
class Notice:
    """One receipt of a 返戻内訳書; `service` only for a month-late one."""

    name: str = "架空　一郎"
    service: str = ""
    reception: str = ""
    insurer: str = "06139999"
    label: str = "本外"
    points: int = 291
    reasons: Sequence[tuple[str, str]] = (("L3129", "架空の理由"),)
    chart: str = ""
    search: str = ""


def record(*items: Any, count: int) -> str:
    """A line of `count` items; those not given stay empty."""
    return ",".join([str(item) for item in items] + [""] * (count - len(items)))


def hi(month: str, payer: str = "1", institution: str = INSTITUTION) -> str:
    return record("HI", payer, month, institution[:2], institution[2], institution[3:], "", "00", count=8)


def ir(month: str, payer: str = "1", institution: str = INSTITUTION, name: str = "架空医院") -> str:
    code = institution[3:]
    return record("IR", payer, institution[:2], institution[2], code, "", name, month, "00", "", count=10)


def re_line(receipt: Receipt, number: int = 1) -> str:
    r = receipt
    start = [
        "RE",
        number,
        r.claim_type,
        r.service,
        r.name,
        r.sex,
        r.birth,
        *[""] * 6,
        r.chart,
        *[""] * 4,
        r.search,
    ]
    kana = [*[""] * 14, r.kana, ""] if r.items == 38 else []
    return record(*start, "", r.information, r.department, *kana, count=r.items)


def ho(receipt: Receipt) -> str:
    r = receipt
    return record("HO", f"{r.insurer:>8}", r.symbol, r.number, r.days, r.points, count=15)


def ko(receipt: Receipt, public: str) -> str:
    return record("KO", public, receipt.recipient, "", receipt.days, receipt.points, count=12)


def claim_lines(receipt: Receipt, number: int = 1) -> list[str]:
    """RE … SJ, the claim as it was sent."""
    return [
        re_line(receipt, number),
        *([ho(receipt)] if receipt.insurer is not None else []),
        *[ko(receipt, public) for public in receipt.publics],
        record("SY", "0000999", "20260803", 1, "", "架空傷病名", "01", count=8),
        record("SI", 11, 1, "111000110", "", receipt.points, 1, count=44),
    ]


def hr(reason: Reason, month: str, search: str = "") -> str:
    r = reason
    return record("HR", month, r.return_class, "", r.code, r.text, r.supplement, "", "", search, count=14)


def numbered(lines: Iterable[str], stage: str = "8") -> list[str]:
    """The three items of 履歴管理情報 in front of every line."""
    return [f"{stage},{number},0,{line}" for number, line in enumerate(lines, 1)]


def history(receipt: Receipt, reasons: Sequence[Reason], month: str, stage: str = "8") -> list[str]:
    """What a first-review return repeats in its block, without RC."""
    return numbered(
        [*claim_lines(receipt), *[hr(reason, month, receipt.search) for reason in reasons]], stage
    )


def in_bytes(lines: Iterable[str], *, end: str = END, eof: bytes = EOF) -> bytes:
    return "".join(line + end for line in lines).encode("cp932") + eof


def totals(record_id: str, receipts: Sequence[Receipt]) -> str:
    """GO and HG count payer lines and add the points of each receipt once."""
    points = sum(receipt.points for receipt in receipts)
    return record(record_id, sum(receipt.payer_lines for receipt in receipts), points, 99, count=4)


def claim_text(receipts: Sequence[Receipt], month: str = "202609", **header: str) -> list[str]:
    """The lines of a RECEIPTC.UKE."""
    body = [line for number, receipt in enumerate(receipts, 1) for line in claim_lines(receipt, number)]
    return [ir(month, **header), *body, totals("GO", receipts)]


def claim_file(receipts: Sequence[Receipt], month: str = "202609", **header: str) -> bytes:
    """A RECEIPTC.UKE."""
    return in_bytes(claim_text(receipts, month, **header))


def return_text(
    returns: Sequence[Returned], month: str = "202609", top: str = "", **header: str
) -> list[str]:
    """The lines of a RECEIPTC.HEN or .SAH; `top` replaces HI."""
    lines = [top or hi(month, **header)]
    for number, returned in enumerate(returns, 1):
        receipt, reasons = returned.receipt, returned.reasons
        block = [*(returned.block or history(receipt, reasons, month)), "8,99,0,RC,Ver0000Constructed"]
        lines += (
            claim_lines(receipt, number) + [hr(reason, month, receipt.search) for reason in reasons] + block
        )
    return [*lines, totals("HG", [returned.receipt for returned in returns])]


def return_file(returns: Sequence[Returned], month: str = "202609", top: str = "", **header: str) -> bytes:
    """A RECEIPTC.HEN or .SAH."""
    return in_bytes(return_text(returns, month, top, **header))


def notice_rows(notice: Notice) -> list[str]:
    """A row of type 3, then one of type 4 for every further reason, the repeated cells blank."""
    n = notice
    (code, text), *more = n.reasons
    insurer = f"{n.insurer:>8}"
    cells = [
        n.service,
        n.reception,
        insurer,
        n.label,
        "",
        n.name,
        1,
        n.points,
        *[""] * 6,
        code,
        text,
        n.chart,
        n.search,
    ]
    return [
        record(3, *cells, count=20),
        *[record(4, *[""] * 14, code, text, count=20) for code, text in more],
    ]


def notice_text(
    notices: Sequence[Notice],
    service: str = "50808",
    payer_name: str = PAYER_NAMES["1"],
    code: str = INSTITUTION[3:],
) -> list[str]:
    """The lines of a 返戻内訳書; `service` is the header's 診療年月 (和暦)."""
    header = record(1, service, 1, "医科", code, "架空医院", "", "", payer_name, count=9)
    return [header, HENR_TITLES, *[row for notice in notices for row in notice_rows(notice)]]


def notice_file(notices: Sequence[Notice], service: str = "50808", **header: str) -> bytes:
    """A RIhenr….csv."""
    return in_bytes(notice_text(notices, service, **header), eof=b"")


def notice_name(
    month: str = "50809", payer: str = "1", system: str = "RI", institution: str = INSTITUTION
) -> str:
    """The official name; its month is the processing month (和暦)."""
    return f"{system}henr{payer}{institution}{month}.csv"
