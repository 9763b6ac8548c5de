"""Notice files from small tables: spec tests read as what is on the disk.

    zogn('''
        行 | レセプト番号 | 保険者番号 | 箇所１ | 法別 | 増減 | 事由
        3 | 2            | 06139999  | 13     | 06  | -30  | D
    ''')

The first line of a table names columns: 行 is the first one, any other name means the first column that is called so,
else begins so, else holds it. Columns that are not named stay empty. Written from the official appendix, sharing nothing with the package's readers or its
demo. All people are invented.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from office import NOON
from record_files import (
    INSTITUTION,
    PAYER_NAMES,
    Notice,
    Receipt,
    Returned,
    claim_file,
    in_bytes,
    notice_file,
    record,
    return_file,
)

PREFECTURE, CODE = INSTITUTION[:2], INSTITUTION[3:]
CLINIC = "架空医院"
MONTH = "50809"  # the usual processing month (令和8年9月); care is the month before
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")

ZOGN = (
    "レコード種別,診療年月,レセプト番号,受付番号,診療科コード,特別審査委員会,明細種別,保険者番号,老人市町村番号,第一公費負担者番号,"
    "第二公費負担者番号,第三公費負担者番号,第四公費負担者番号,区分,高額療養費負担区分,職務上の事由,老人減免区分,氏名,カルテ番号等,箇所１,箇所２,"
    "法別番号,増減点数（金額）,事由,負担（請求内容）,請求内容,負担（補正・査定後内容）,補正・査定後内容,検索番号,請求情報"
).split(",")
FIXF = (
    "レコード識別,レセプト番号,レセプト種別,診療年月,氏名,男女区分,生年月日,カルテ番号,保険者番号（HO）,記号,番号,合計点数（HO）,"
    "保険者番号（RO）,市町村番号（RO）,受給者番号（RO）,合計点数（RO）,公費負担者番号1,受給者番号1,合計点数1,公費負担者番号2,受給者番号2,合計点数2,"
    "公費負担者番号3,受給者番号3,合計点数3,公費負担者番号4,受給者番号4,合計点数4,請求確定状況,エラー区分,請求情報"
).split(",")
_DEPARTMENT = (
    "旧診療科,診療科＿診療科名,診療科＿組み合わせ名称＿人体の部位等,診療科＿組み合わせ名称＿性別等,"
    "診療科＿組み合わせ名称＿医学的処置,診療科＿組み合わせ名称＿特定疾病"
).split(",")


def _shares(payer: str, numbers: Sequence[str], copay: str) -> list[str]:
    """The columns of one payer of a receipt in a 振込額明細."""
    care = [f"療養の給付＿{item}" for item in ("請求点数", "決定点数", copay, "金額")]
    meals = [f"食事療養生活療養＿{item}" for item in ("請求額", "標準負担額", "金額")]
    return [f"{payer}＿{column}" for column in (*numbers, *care, *meals, "算定額")]


FMEI = [
    *"レコード種別,診療（調剤）年月,処理区分,レセプト番号,受付番号".split(","),
    *_DEPARTMENT,
    *"レセプト区分,ＤＰＣ区分,氏名,性別,生年月日,カルテ番号等,請求情報".split(","),
    *_shares("医療保険", ("保険者番号", "記号", "番号"), "一部負担金"),
    "老人保健＿市町村番号",
    "老人保健＿受給者番号",
    *[
        column
        for k in "一二三四五"
        for column in _shares(f"第{k}公費", ("負担者番号", "受給者番号"), "患者負担金")
    ],
    "算定額合計",
]
_CHANGES = [
    *[f"療養の給付＿{item}" for item in ("金額", "件数", "日数", "点数", "一部負担金")],
    *[f"食事療養・生活療養＿{item}" for item in ("金額", "件数", "回数", "基準額", "標準負担額")],
]
_RE_EXAMINED = [
    "レコード種別",
    "診療（調剤）年月",
    "整理番号",
    *_DEPARTMENT,
    "保険者（公費負担者）番号",
    "継承前保険者（公費負担者）番号",
    "受給者番号",
]
SAST = [
    *_RE_EXAMINED,
    *"電子請求区分,返還金控除区分,継承前医療機関（薬局）番号,レセプト区分,ＤＰＣ区分,氏名,性別,生年月日,請求理由".split(
        ","
    ),
    *_CHANGES,
]
SHST = [
    *_RE_EXAMINED,
    *"請求区分,継承前医療機関（薬局）番号,レセプト区分,ＤＰＣ区分,氏名,性別,生年月日".split(","),
    *_CHANGES,
]
SAST_ITEMS = [
    *"レコード種別,診療（調剤）年月,整理番号,保険者（公費負担者）番号,情報レコード連番,請求番号,診療項目,増減点数（金額）,事由".split(
        ","
    ),
    "増減点内容＿診療行為・薬剤名等",
    *[f"増減点内容＿使用量投与量＿{item}" for item in ("前＿数量", "前＿単位", "後＿数量", "後＿単位")],
    *[
        f"増減点内容＿点数回数＿{item}"
        for item in ("前＿点数（金額）", "前＿回数", "後＿点数（金額）", "後＿回数")
    ],
]
SHST_ITEMS = [
    *SAST_ITEMS,
    *[
        f"突合点検情報＿{item}"
        for item in (
            "都道府県",
            "薬局（医療機関）番号",
            "所在地",
            "薬局（医療機関）名称",
            "点数表",
            "電話番号",
        )
    ],
]
SAKR = [
    *_RE_EXAMINED[:9],
    *"受付年月,継承前医療機関（薬局）番号,レセプト区分,氏名,性別,生年月日,保険者（公費負担者）番号,継承前保険者（公費負担者）番号,記号,番号,受給者番号".split(
        ","
    ),
]
SAKR_ITEMS = "レコード種別,診療（調剤）年月,整理番号,請求番号,診療項目,原審理由,原審理由内容".split(",")
TTKR = (
    "レコード種別,診療年月,受付番号,レセプト番号,診療科１,保険者番号,第一公費負担者番号,第二公費負担者番号,第三公費負担者番号,第四公費負担者番号,"
    "区分,氏名,カルテ番号,調整金額（保険者番号）,調整金額（第一公費負担者番号）,調整金額（第二公費負担者番号）,調整金額（第三公費負担者番号）,"
    "調整金額（第四公費負担者番号）,法別,増減点数（金額）,事由,処方月日,調剤月日,負担（請求内容）,請求内容,負担（補正・査定後内容）,補正・査定後内容,"
    "都道府県名,薬局コード,薬局名称,電話番号"
).split(",")
FGGK = (
    "レコード種別,管掌区分,明細・合計区分,管掌コード,療養の給付＿入院＿件数,療養の給付＿入院＿点数,療養の給付＿入院＿一部負担金,療養の給付＿入院＿金額,"
    "療養の給付＿入院外＿件数,療養の給付＿入院外＿点数,療養の給付＿入院外＿一部負担金,療養の給付＿入院外＿金額,食事・生活療養＿基準額,"
    "食事・生活療養＿標準負担額,食事・生活療養＿金額,算定額,再審査等調整額,端数"
).split(",")
TGFT = (
    "レコード種別,振込年月日,医保本人＿点数,医保本人＿金額,医保家族＿点数,医保家族＿金額,老人保健＿点数,老人保健＿金額,食事・生活療養＿基準額,"
    "食事・生活療養＿金額,医保家族件数（再掲）,診療報酬＿支払確定額,診療報酬＿源泉徴収税額,診療報酬＿支払確定額合計,特定健診＿当初請求,"
    "特定健診＿補正・過誤・返戻,特定健診＿支払確定額合計,出産一時金＿算定額,出産一時金＿過誤,出産一時金＿支払確定額合計,差引振込額"
).split(",")
TGFT_KINDS = "レコード種別,支払区分,支払区分名称,件数,算定額,再審査等調整額,端数額".split(",")
SKKG = (
    "レコード種別,年月,保険者番号等,氏名・カルテ番号等,生年月日,処理区分,請求内容,レセプト分割番号,{}".format
)
EDBN = (
    "レコード種別,年月,レセプト種別,カルテ番号等,氏名,保険者番号,被保険者証（手帳）等の記号,被保険者証（手帳）等の番号,資格確認後枝番"
).split(",")
HASP = (
    "項番,レセプト番号,カルテ番号等,受容者レセプト番号,受容者カルテ番号等,診療年月,入院・入院外の別,患者氏名,生年月日,エラーコード,"
    "エラー又は確認事項（上）,エラー又は確認事項（下）,診療識別,事項名,点数（誤）,点数（正）,請求情報,返戻再請求,再審査再請求,予備"
).split(",")
HJRY = (
    "レセプト種別,療養の給付・件数,療養の給付・診療実日数,療養の給付・点数,療養の給付・一部負担金,食事療養・生活療養・金額,食事療養・生活療養・標準負担額"
).split(",")
CHNG = (
    "項番,診療科,請求確定回,レセプト番号,カルテ番号等,患者氏名,生年月日,レコード識別,項目,訂正内容－訂正前,訂正内容－訂正後"
).split(",")


@dataclass(frozen=True)
class File:
    """A file to be: `name` may hold folders."""

    name: str
    content: bytes
    time: datetime = NOON

    def later(self, days: int = 1) -> File:
        """The same, written `days` later."""
        return replace(self, time=self.time + timedelta(days=days))

    def called(self, name: str) -> File:
        """The same under another name."""
        return replace(self, name=name)

    def of(self, code: str) -> File:
        """The same of the institution with another 7-digit code."""
        wide = CODE.translate(WIDE).encode("cp932"), code.translate(WIDE).encode("cp932")
        content = self.content.replace(CODE.encode(), code.encode()).replace(*wide)
        return replace(self, name=self.name.replace(CODE, code), content=content)


# files both payers send


def zogn(
    table: str, month: str = MONTH, payer: str = "1", system: str = "RI", service: str = "", **header: str
) -> File:
    """A 増減点連絡書; `service` is the header's 診療年月, by default the month before `month`."""
    first = _header(service or before(month), payer, **header)
    return File(_name(system, "zogn", payer, month), _csv([first, _titles(2, ZOGN), *lines(table, ZOGN)]))


def henr(notices: Sequence[Notice], month: str = MONTH, payer: str = "1", system: str = "RI") -> File:
    """A 返戻内訳書."""
    content = notice_file(notices, before(month), payer_name=PAYER_NAMES[payer])
    return File(_name(system, "henr", payer, month), content)


def fixf(table: str, month: str = MONTH, payer: str = "1", sending: int = 1) -> File:
    """A 請求確定状況 of one sending: no title row."""
    day = f"{_western(month)}10"
    first = f"1,{month},{day},{payer},{PREFECTURE},1,{CODE},,{sending},1"
    rows = lines(table, FIXF, kind="2")
    return File(f"RIfixf{payer}{PREFECTURE}1{CODE}50{sending:03}001.csv", _csv([first, *rows]))


def hasp(
    table: str,
    month: str = MONTH,
    payer: str = "1",
    sending: int = 1,
    kind: str = "hasp",
    report: str = "受付・事務点検ASP結果リスト",
) -> File:
    """A list of errors found before review; numbers, months and codes in full width, as the system writes them."""
    rows = [row.split(",") for row in lines(table, HASP, kind=None)]
    rows = [",".join([cell.translate(WIDE) for cell in row[:10]] + row[10:]) for row in rows]
    head = [report, _wide_header(month, payer, sending), ",".join(HASP)]
    return File(f"RI{kind}{payer}{PREFECTURE}1{CODE}50{sending:03}.csv", _csv([*head, *rows]))


def hjry(
    table: str,
    month: str = MONTH,
    payer: str = "1",
    sending: int = 1,
    setting: str = "2",
    kind: str = "hjry",
) -> File:
    """An オンライン受領書 (or 送信データ集計表) of 入院 (1) or 入院外 (2); rows 受付不能 have two items only."""
    report = {"hjry": "オンライン受領書", "pjry": "送信データ集計表"}[kind]
    titles = HJRY if setting == "1" else HJRY[:5]
    named = "" if kind == "pjry" else payer
    header = f"{_wide_header(month, named, sending)},{'入院' if setting == '1' else '入院外'}"
    rows = lines(table, titles, kind=None)
    rows = [row.rstrip(",") if row.startswith("受付不能") else row for row in rows]
    name = f"RI{kind}{payer}{PREFECTURE}1{CODE}50{setting}{sending:03}.csv"
    return File(name, _csv([report, header, ",".join(titles), *rows]))


@dataclass(frozen=True)
class Rerouted:
    """A receipt of a 資格確認結果連絡書: items as (claimed, 分割番号, result), one a line."""

    outcome: str
    items: Sequence[tuple[str, str, str]]
    chart: str = "00001"
    name: str = "架空　一郎"
    insurer: str = "06139999"
    service: str = "202608"


def skkg(receipts: Sequence[Rerouted], month: str = MONTH, payer: str = "1", kind: str = "skkg") -> File:
    """A 資格確認結果連絡書（原審査）, or （再審査） with kind skks: vertical, one item a line."""
    stage, title = {"skkg": ("原審査", "資格確認結果内容"), "skks": ("再審査", "結果内容")}[kind]
    of = before(month) if kind == "skkg" else month
    rows = [row for receipt in receipts for row in _rerouted_rows(receipt)]
    head = [
        _monthly_header(f"資格確認結果連絡書（{stage}）", of, payer),
        "2," + SKKG(title).partition(",")[2],
    ]
    return File(f"RI{kind}{payer}{PREFECTURE}{CODE}{_western(month)}.csv", _csv([*head, *rows]))


def _rerouted_rows(receipt: Rerouted) -> list[str]:
    r = receipt
    parts = [r.outcome[:10], r.outcome[10:]]
    rows = []
    for place, (claimed, part, result) in enumerate([*r.items, *[("", "", "")] * (2 - len(r.items))]):
        who = [r.name, r.chart][place] if place < 2 else ""
        outcome = parts[place] if place < 2 else ""
        first = [3, r.service, r.insurer, who, "1980/01/15"] if not place else [4, "", "", who, ""]
        rows.append(record(*first, outcome, claimed, part, result, count=9))
    return rows


def chng(table: str, payer: str = "1") -> File:
    """A レセプト訂正内容確認."""
    head = ["レセプト訂正内容確認（医科）", f"{CODE},{CLINIC},1,50909,(2)", ",".join(CHNG)]
    return File(f"RIchng{payer}{PREFECTURE}1{CODE}002.csv", _csv([*head, *lines(table, CHNG, kind=None)]))


# files of 社保 alone


def edbn(table: str, month: str = MONTH) -> File:
    """A 枝番特定結果."""
    head = [_monthly_header("枝番特定結果", before(month), "1"), _titles(2, EDBN)]
    return File(
        f"RIedbn1{PREFECTURE}{CODE}{_western(month)}.csv", _csv([*head, *lines(table, EDBN, kind="3")])
    )


def fmei(table: str, month: str = MONTH, system: str = "RI") -> File:
    """A 振込額明細."""
    return _of_shaho("fmei", month, system, [_titles(2, FMEI), *lines(table, FMEI, kind="3")])


def fggk(table: str, month: str = MONTH) -> File:
    """A 振込額合計."""
    return _of_shaho("fggk", month, "MI", [_titles(2, FGGK), *lines(table, FGGK, kind="3")])


def tgft(transfer: str, kinds: str, month: str = MONTH) -> File:
    """A 当座口振込通知書: the transfer, then one row for each 支払区分."""
    body = [_titles(2, TGFT), *lines(transfer, TGFT, kind="3"), _titles(4, TGFT_KINDS)]
    return _of_shaho("tgft", month, "MI", [*body, *lines(kinds, TGFT_KINDS, kind="5")])


def sast(receipts: str, items: str = "", month: str = MONTH) -> File:
    """A 再審査等支払調整額通知票."""
    return _of_shaho("sast", month, "MI", _two_tables(receipts, SAST, items, SAST_ITEMS))


def shst(receipts: str, items: str = "", month: str = MONTH, kind: str = "shst") -> File:
    """A 突合点検調整額通知票; tttr and tskr have the same rows."""
    system = "RI" if kind == "tskr" else "MI"
    return _of_shaho(kind, month, system, _two_tables(receipts, SHST, items, SHST_ITEMS))


def sakr(receipts: str, items: str = "", month: str = MONTH) -> File:
    """A 再審査結果連絡書（原審どおり）."""
    return _of_shaho("sakr", month, "MI", _two_tables(receipts, SAKR, items, SAKR_ITEMS))


def ttkr(table: str, month: str = MONTH) -> File:
    """A 突合点検結果連絡書; its care was two months before."""
    header = f"1,{before(before(month))},1,医科,{CODE},{CLINIC},{PAYER_NAMES['1']},0.00"
    name = _name("RI", "ttkr", "1", month)
    return File(name, _csv([header, _titles(2, TTKR), *lines(table, TTKR)]))


# record files


def uke(receipts: Sequence[Receipt], month: str = "202609", **header: str) -> File:
    """A RECEIPTC.UKE."""
    return File("RECEIPTC.UKE", claim_file(receipts, month, **header))


def hen(returns: Sequence[Returned], month: str = "202609", **header: str) -> File:
    """A RECEIPTC.HEN."""
    return File("RECEIPTC.HEN", return_file(returns, month, **header))


def sah(returns: Sequence[Returned], month: str = "202609", **header: str) -> File:
    """A RECEIPTC.SAH."""
    return File("RECEIPTC.SAH", return_file(returns, month, **header))


# how lines are made


def lines(table: str, titles: Sequence[str], kind: str | None = "3") -> list[str]:
    """The rows of a text table as lines of a file, `kind` the record type of rows that do not say theirs.

    Files without record types have kind None.
    """
    filled = [line for line in table.splitlines() if line.strip()]
    names, *rows = [[cell.strip() for cell in line.split("|")] for line in filled] or [[]]
    places = [_place(name, titles) for name in names]
    made = []
    for row in rows:
        cells = [""] * len(titles)
        if kind is not None:
            cells[0] = kind
        for place, cell in zip(places, row, strict=True):
            cells[place] = cell
        made.append(",".join(cells))
    return made


def _place(name: str, titles: Sequence[str]) -> int:
    if name == "行":
        return 0
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = next((place for place, title in enumerate(titles) if fits(title, name)), None)
        if found is not None:
            return found
    raise ValueError(f"{name}: no such column")


def before(month: str) -> str:
    """The month (GYYMM) before a month."""
    year, number = int(month[1:3]), int(month[3:])
    return f"{month[0]}{year:02}{number - 1:02}" if number > 1 else f"{month[0]}{year - 1:02}12"


def _two_tables(
    receipts: str, receipt_titles: Sequence[str], items: str, item_titles: Sequence[str]
) -> list[str]:
    body = [*lines(receipts, receipt_titles, kind="4"), *lines(items, item_titles, kind="5")]
    return [_titles(2, receipt_titles), _titles(3, item_titles), *body]


def _of_shaho(kind: str, month: str, system: str, body: Iterable[str]) -> File:
    header = f"1,{before(month)},1,医科,{PREFECTURE},{CODE},{CLINIC},{PAYER_NAMES['1']}"
    return File(_name(system, kind, "1", month), _csv([header, *body]))


def _header(service: str, payer: str, department: str = "") -> str:
    return record(1, service, 1, "医科", CODE, CLINIC, department, "", PAYER_NAMES[payer], count=9)


def _monthly_header(title: str, month: str, payer: str) -> str:
    of = f"{2018 + int(month[1:3])}年{int(month[3:])}月分"
    return f"1,{of}{title}　医科,{PREFECTURE},医療機関コード{CODE},{CLINIC}　御中,{PAYER_NAMES[payer]}"


def _wide_header(month: str, payer: str, sending: int) -> str:
    """診療年月, then the day of the sending in the month after it; all digits in full width."""
    name = PAYER_NAMES.get(payer, "")
    text = f"{_wide_month(before(month))},{_wide_month(month)}　８日,{name},医科,99,{CODE},{CLINIC},,{sending:　>3}"
    return text.translate(WIDE)


def _wide_month(month: str) -> str:
    return f"令和{int(month[1:3]):　>2}年{int(month[3:]):　>2}月"


def _western(month: str) -> str:
    return f"{2018 + int(month[1:3])}{month[3:]}"


def _titles(kind: int, titles: Sequence[str]) -> str:
    return ",".join([str(kind), *titles[1:]])


def _name(system: str, kind: str, payer: str, month: str) -> str:
    return f"{system}{kind}{payer}{PREFECTURE}1{CODE}{month}.csv"


def _csv(rows: Iterable[str]) -> bytes:
    return in_bytes(rows, eof=b"")
