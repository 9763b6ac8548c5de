"""One valid file of every layout: the examples, and what no example shows (DPC, 歯科, 調剤), built from a few fields.

Written from the descriptions of the formats, sharing nothing with the package's readers. All people are invented.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from record_files import (
    INSTITUTION,
    PAYER_NAMES,
    Reason,
    Receipt,
    Returned,
    claim_file,
    hi,
    ho,
    hr,
    in_bytes,
    ir,
    ko,
    numbered,
    re_line,
    record,
    return_file,
    totals,
)

EXAMPLES = Path(__file__).parent / "examples"
CODE = INSTITUTION[3:]


def example(start: str) -> tuple[str, bytes]:
    """Name and content of the example whose name begins so."""
    (path,) = EXAMPLES.glob(f"{start}*")
    return path.name, path.read_bytes()


def rows_of(content: bytes) -> list[list[str]]:
    """The lines of a notice as items."""
    return [line.split(",") for line in content.decode("cp932").splitlines()]


def notice_bytes(rows: Sequence[Sequence[str]]) -> bytes:
    """Items as the lines of a notice."""
    return in_bytes([",".join(row) for row in rows], eof=b"")


# --- record files of the other 点数表 --------------------------------------------------------------------------------


def dpc_re(receipt: Receipt, number: int) -> str:
    """As 医科, with レセプト総括区分 and 明細情報数 before 検索番号."""
    items = re_line(receipt, number).split(",")
    return ",".join([*items[:18], "0", "", *items[18:]])


def dental_re(receipt: Receipt, number: int) -> str:
    """カルテ番号等 is item 16, 検索番号 item 20, カナ item 26."""
    r = receipt
    start = [*_person(r, number, "3112"), *[""] * 8, r.chart, *[""] * 3, r.search]
    return record(*start, *[""] * 5, r.kana, count=27)


def pharmacy_re(receipt: Receipt, number: int) -> str:
    """検索番号 is item 38."""
    return record(*_person(receipt, number, "4112"), *[""] * 30, receipt.search, count=40)


def _person(receipt: Receipt, number: int, claim_type: str) -> list[str]:
    r = receipt
    return ["RE", str(number), claim_type, r.service, r.name, r.sex, r.birth]


@dataclass(frozen=True)
class Edition:
    """How one 点数表 writes its record files: `before` and `after` stand around the RE of every receipt."""

    top: str
    table: str
    re: Callable[[Receipt, int], str]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def lines(self, receipt: Receipt, number: int) -> list[str]:
        """One receipt as it is claimed."""
        publics = [ko(receipt, public) for public in receipt.publics]
        return [*self.before, self.re(receipt, number), *self.after, ho(receipt), *publics, "SI,11,1,1"]

    def claim_file(self, receipts: Sequence[Receipt]) -> bytes:
        body = [line for number, receipt in enumerate(receipts, 1) for line in self.lines(receipt, number)]
        return in_bytes([self.top, *body, totals("GO", receipts)])

    def return_file(self, returns: Sequence[Returned], month: str = "202609", top: str = "") -> bytes:
        institution = INSTITUTION[:2] + self.table + CODE
        lines = [top or hi(month, institution=institution)]
        for number, returned in enumerate(returns, 1):
            claim = self.lines(returned.receipt, number)
            reasons = [hr(reason, month, returned.receipt.search) for reason in returned.reasons]
            lines += [*claim, *reasons, *(returned.block or numbered([*claim, *reasons]))]
        return in_bytes([*lines, totals("HG", [returned.receipt for returned in returns])])


DPC = Edition(ir("202609"), "1", dpc_re, after=("BU,010010xx01x0xx,20260801,,,",))
DENTAL = Edition(
    f"UK,1,13,3,{CODE},,架空歯科,202609,,00", "3", dental_re, before=(f"IR,1,13,3,{CODE},,202609,,",)
)
PHARMACY = Edition(f"YK,1,13,4,{CODE},架空薬局,202609,00,", "4", pharmacy_re)

RECEIPTS = [
    Receipt(name=f"架空　{n}", points=n, search=f"131012026080000001{n:02}", publics=("80139999",) * (n % 2))
    for n in range(4)
]
RETURNS = [Returned(receipt, [Reason(), Reason("L1200", "髙①㈱")]) for receipt in RECEIPTS]


# --- notices of 調剤 -------------------------------------------------------------------------------------------------


def pharmacy_header(service: str = "50803") -> list[str]:
    return ["1", service, "4", "調剤", CODE, "架空薬局", "", "", PAYER_NAMES["1"]]


def pharmacy_zogn() -> bytes:
    """As 医科 without 診療科コード, 特別審査委員会 and 明細種別, with one column more before 箇所２."""
    _, content = example("RIzogn1")
    titles, *rows = rows_of(content)[1:]
    titles[1] = "調剤年月"
    changed = [
        [*row[:4], *row[7:20], extra, *row[20:]]
        for row, extra in zip([titles, *rows], ["剤"] + [""] * 9, strict=False)
    ]
    return notice_bytes([pharmacy_header(), *changed])


def pharmacy_henr() -> bytes:
    """As 医科 without the two columns of 食事; what is 予備 there is 薬剤一部負担金."""
    _, content = example("RIhenr1")
    titles, *rows = rows_of(content)[1:]
    titles[1], titles[9] = "調剤年月", "薬剤一部負担金"
    return notice_bytes([pharmacy_header(), *([*row[:13], *row[15:]] for row in [titles, *rows])])


def pharmacy_fixf(columns: int = 32) -> bytes:
    """With 医療機関名称 behind カルテ番号, or (31) without."""
    _, content = example("RIfixf")
    header, *rows = rows_of(content)
    header[5] = "4"
    extra = ["架空クリニック"] if columns == 32 else []
    return notice_bytes([header, *([*row[:8], *extra, *row[8:]] for row in rows)])


# --- one of each -----------------------------------------------------------------------------------------------------


NOTICES = (
    "RIzogn1", "RIzogn2", "RIhenr1", "RIhenr2", "RIfixf", "RIfmei", "MIfggk", "MItgft", "MIsast", "MIshst", "MIsakr",
    "RIttkr", "RIskkg", "RIskks", "RIedbn", "RIhasp", "RIhjry", "RIpjry", "RIchng",
)  # fmt: skip

# layout → names and contents
VALID: dict[str, list[tuple[str, bytes]]] = {
    "receipt": [
        ("RECEIPTC.UKE", claim_file(RECEIPTS)),
        ("RECEIPTC.HEN", return_file(RETURNS)),
        ("RECEIPTC.SAH", example("B_kokuho")[1]),
    ],
    "receipt_dpc": [("RECEIPTD.UKE", DPC.claim_file(RECEIPTS)), ("RECEIPTD.HEN", DPC.return_file(RETURNS))],
    "receipt_dental": [
        ("RECEIPTS.UKE", DENTAL.claim_file(RECEIPTS)),
        ("RECEIPTS.HEN", DENTAL.return_file(RETURNS)),
    ],
    "receipt_pharmacy": [
        ("RECEIPTY.CYO", PHARMACY.claim_file(RECEIPTS)),
        ("RECEIPTY.HEN", PHARMACY.return_file(RETURNS)),
    ],
    "zogn_pharmacy": [(f"RTzogn1134{CODE}50804.csv", pharmacy_zogn())],
    "henr_pharmacy": [(f"RThenr1134{CODE}50804.csv", pharmacy_henr())],
    "fixf_pharmacy": [(f"RTfixf1134{CODE}50001001.csv", pharmacy_fixf())],
}
for _start in NOTICES:
    _layout = {"hasp": "asp", "hjry": "totals", "pjry": "totals"}.get(_start[2:6], _start[2:6])
    VALID.setdefault(_layout, []).append(example(_start))
