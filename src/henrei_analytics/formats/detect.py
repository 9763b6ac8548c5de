"""What kind of file is this? Decided on the first bytes; the name only tells that a broken file should be ours."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import PurePath

from henrei_analytics.errors import UnreadableFile
from henrei_analytics.formats.headers import NOT_MEDICAL
from henrei_analytics.formats.layout import Layout, all_layouts

HEAD_BYTES = 64 << 10

OUR_NAMES = re.compile(
    r"^(RECEIPT[CDSY]|RRECEC)\b.*|.*\.(HEN|SAH|UKE|CYO)$|^(R[IDT]|M[ID])henr\d.*\.csv$", re.IGNORECASE
)
OTHER_NOTICES = {
    "zogn": "増減点連絡書", "fixf": "請求確定状況", "fmei": "振込額明細", "fggk": "振込額合計",
    "tgft": "当座口振込通知書", "sast": "再審査等支払調整額通知票", "shst": "突合点検調整額通知票",
    "sakr": "再審査結果連絡書", "ttkr": "突合点検結果連絡書", "tskr": "突合再審査結果連絡書",
    "tttr": "突合点検調整額連絡票", "skkg": "資格確認結果連絡書", "skks": "資格確認結果連絡書（再審査）",
    "edbn": "枝番特定結果", "hasp": "受付・事務点検ASP結果リスト", "uasp": "受付処理結果リスト",
    "kasp": "オンライン確認試験結果リスト", "pjry": "送信データ集計表", "hjry": "オンライン受領書",
    "chng": "レセプト訂正内容確認",
}  # fmt: skip
NOTICE_NAME = re.compile(rf"^(R[IDT]|M[ID]|CD)({'|'.join(OTHER_NOTICES)})\d", re.IGNORECASE)
NOT_TEXT = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "ZIPやExcel",
    b"\xd0\xcf\x11\xe0": "古いExcelやWord",
    b"\x89PNG": "画像",
    b"\xff\xd8": "画像",
}


@dataclass(frozen=True)
class LeftAlone:
    """Not one of the files that are read; `what` names it for the summary."""

    what: str


def detect(head: bytes, name: str) -> Layout | LeftAlone:
    """The layout that reads a file starting with `head`, or what it is instead.

    Raises UnreadableFile for a file that is ours by name or content but cannot be read.
    """
    ours_by_name = bool(OUR_NAMES.match(PurePath(name).name))
    first, _, rest = head.partition(b"\n")
    items = first.strip(b"\r\x1a").decode("cp932", errors="replace").lstrip("\ufeff").split(",")
    layout = next((one for one in all_layouts() if _fits(one, items, rest)), None)
    wrong_text = _other_encoding(head)
    if wrong_text and (layout or ours_by_name or _fits_in(head, wrong_text)):
        raise UnreadableFile(
            "encoding",
            f"文字コードが{wrong_text}です。編集や変換で保存し直したファイルではなく、元のファイルを取り込んでください。",
        )
    if layout:
        return _supported(layout, items, head, name)
    for start, what in NOT_TEXT.items():
        if head.startswith(start) and ours_by_name:
            raise UnreadableFile(
                "not_text", f"中身が{what}です。レセプト電算のファイルを取り直してください。"
            )
    if items[0] in ("UK", "YK", "RE"):
        return LeftAlone(
            {"UK": "歯科の請求ファイル", "YK": "調剤の請求ファイル", "RE": "労災などの見出しのないファイル"}[
                items[0]
            ]
        )
    if notice := NOTICE_NAME.match(PurePath(name).name):
        return LeftAlone(OTHER_NOTICES[notice[2].lower()])
    if ours_by_name:
        if not head.strip(b"\r\n\x1a\0 "):
            raise UnreadableFile("empty", "中身がありません。もう一度取り直してください。")
        raise UnreadableFile(
            "unknown", "レセプト電算の見出し行で始まっていません。元のファイルか確かめてください。"
        )
    return LeftAlone("対象外")


def _fits(layout: Layout, items: list[str], rest: bytes) -> bool:
    if items[0] not in layout.header_ids:
        return False
    if not layout.title_row:
        return True
    titles = rest.partition(b"\n")[0].strip(b"\r").decode("cp932", errors="replace").split(",")
    place = layout.title_row["item"] - 1
    return len(titles) > place and titles[place].strip() == layout.title_row["text"]


def _supported(layout: Layout, items: list[str], head: bytes, name: str) -> Layout | LeftAlone:
    """Set aside what this family also carries but the layout does not describe: trial runs, DPC, 歯科, 調剤."""
    match = layout.file_name.match(PurePath(name).name) if layout.file_name else None
    if match and match["trial"]:
        return LeftAlone("確認試験のファイル")
    if b"\nBU," in head or PurePath(name).name.upper().startswith("RECEIPTD"):
        return LeftAlone("DPCのファイル")
    for header in layout.headers:
        place = header.fields["fee_table"] - 1
        if header.id == items[0] and len(items) > place and items[place] in NOT_MEDICAL:
            return LeftAlone(f"{NOT_MEDICAL[items[place]]}のファイル")
        if header.id == items[0] and len(items) > place and items[place] == "1":
            break
    return layout


def _other_encoding(head: bytes) -> str | None:
    """UTF-8 or UTF-16 instead of CP932; Japanese in CP932 is practically never valid UTF-8."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    if head.startswith(b"\xef\xbb\xbf"):
        return "UTF-8"
    if head.isascii():
        return None
    whole_file = len(head) < HEAD_BYTES
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=whole_file)
    except UnicodeDecodeError:
        return None
    return "UTF-8"


def _fits_in(head: bytes, encoding: str) -> bool:
    """Whether the text, read in its own encoding, is one of ours."""
    lines = head.decode("utf-8-sig" if encoding == "UTF-8" else "utf-16", errors="replace").splitlines()[:2]
    rest = lines[1].encode("cp932", errors="replace") if len(lines) > 1 else b""
    return bool(lines) and any(_fits(one, lines[0].split(","), rest) for one in all_layouts())
