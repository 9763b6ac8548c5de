"""What kind of file is this? Decided on the first bytes; the name only tells that a broken file should be ours."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import PurePath

from henrei_analytics.errors import UnreadableFile
from henrei_analytics.formats.layout import Layout, all_layouts, fitted, plain, plain_title

HEAD_BYTES = 64 << 10
HEAD_LINES = 6  # the title rows stand in the first lines
SAME_TITLES = 0.6  # share of a layout's titles that a file must have to be read by it

RECORD_NAME = re.compile(r"^(RECEIPT[CDSY]|RRECEC)\b.*|.*\.(HEN|SAH|UKE|CYO)$", re.IGNORECASE)
DPC_NAME = re.compile(r"RECEIPTD(?![A-Z])", re.IGNORECASE)
TRIAL = "確認試験のファイル"
TRIAL_MARK = "(確認試験)"  # behind the name of a report
VISITING_NURSES = "訪問看護"
# the 点数表 6 in its place: behind the prefecture in record files and 請求確定状況, second in other notices
VISITING_NURSES_HEADER = re.compile(
    r"[A-Z]{2},[12],(?:[0-9]{5,6},)?[0-9]{2},6,|1,[0-9]{5},(?:6,|[0-9]{8},[12],[0-9]{2},6,)"
)
NOT_TEXT = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "ZIPやExcel",
    b"\xd0\xcf\x11\xe0": "古い形式のExcelやWord",
    b"\x89PNG": "画像",
    b"\xff\xd8": "画像",
}


@dataclass(frozen=True)
class LeftAlone:
    """Not one of the files that are read; `what` names it for the summary."""

    what: str


OTHER = LeftAlone("対象外")
OLD_OFFICE = LeftAlone("古い形式のExcelやWord（一覧なら xlsx か CSV で保存し直してください）")


def detect(head: bytes, name: str) -> Layout | LeftAlone:
    """The layout that reads a file starting with `head`, or what it is instead.

    Raises UnreadableFile for a file that is ours by name or content but cannot be read.
    """
    base = PurePath(name).name
    named = next((one for one in all_layouts() if one.file_name and one.file_name.match(base)), None)
    ours_by_name = bool(named or RECORD_NAME.match(base))
    lines = _lines(head, "cp932")
    layout = _layout_of(head, lines, base)
    wrong_text = _other_encoding(head)
    if wrong_text and (layout or ours_by_name or _layout_of(head, _lines(head, wrong_text), base)):
        raise UnreadableFile(
            "encoding",
            f"文字コードが{wrong_text}です。編集や変換で保存し直したファイルではなく、元のファイルを取り込んでください。",
        )
    if base.upper().startswith("RRECE"):
        return LeftAlone("労災のファイル")
    if _of_visiting_nurses(lines):
        return LeftAlone(f"{VISITING_NURSES}のファイル")
    if (named and named.file_name.match(base)["trial"]) or (layout and TRIAL_MARK in plain(lines[0][0])):
        return LeftAlone(TRIAL)
    if layout and layout.missing:
        raise UnreadableFile(
            "titles",
            f"見出しに「{'」「'.join(layout.missing)}」がありません。編集したファイルでなければ、版が新しい帳票です。読み方の更新が要ります。",
        )
    if layout:
        return layout
    for start, what in NOT_TEXT.items():
        if head.startswith(start) and ours_by_name:
            raise UnreadableFile(
                "not_text", f"中身が{what}です。レセプト電算のファイルを取り直してください。"
            )
    if head.startswith(b"RE,") and not base.upper().startswith("RECEIPT"):
        return LeftAlone("労災などの見出しのないファイル")
    if head.startswith(b"\xd0\xcf\x11\xe0") and not ours_by_name:
        return OLD_OFFICE
    if ours_by_name:
        if not head.strip(b"\r\n\x1a\0 "):
            raise UnreadableFile("empty", "中身がありません。もう一度取り直してください。")
        raise UnreadableFile(
            "unknown",
            "決められた見出し行で始まっていません。編集したファイルではなく、元のファイルを取り込んでください。",
        )
    return OTHER


def _lines(head: bytes, encoding: str) -> list[list[str]]:
    """The items of the first lines."""
    codec = {"UTF-8": "utf-8-sig", "UTF-16": "utf-16"}.get(encoding, encoding)
    lines = head.decode(codec, errors="replace").split("\n", HEAD_LINES)[:HEAD_LINES]
    return [line.strip("\r\x1a\ufeff").split(",") for line in lines]


def _layout_of(head: bytes, lines: list[list[str]], base: str) -> Layout | None:
    """Record files by the id of their first line, notices by their titles or the report's name."""
    first = lines[0]
    if first[0] == "1":
        return _notice(lines)
    fitting = [one for one in all_layouts() if one.trailers and first[0] in one.header_ids]
    if fitting:
        return _record_file(fitting, first, head, base)
    if report := _report(first):
        layout, kind = report
        kinds = (kind, *(k for k in layout.kinds if k != kind))
        return _by_titles(replace(layout, kinds=kinds), {"2": _titles(lines, untyped=True)})
    return None


def _report(first: list[str]) -> tuple[Layout, str] | None:
    """The layout and kind of a report whose name is all of its first line."""
    name = plain(first[0])
    for layout in all_layouts():
        for report_name, kind in layout.report_names.items():
            if name.startswith(plain(report_name)):
                return layout, kind
    return None


def _of_visiting_nurses(lines: list[list[str]]) -> bool:
    """Files with the 点数表 of 訪問看護, by its number or, where a notice writes only the name, by that."""
    if VISITING_NURSES_HEADER.match(",".join(lines[0])):
        return True
    names = lines[0][1:2] if lines[0][0] == "1" else lines[1][3:4] if _report(lines[0]) and lines[1:] else []
    return any(plain(name).endswith(VISITING_NURSES) for name in names)


def _record_file(fitting: list[Layout], first: list[str], head: bytes, base: str) -> Layout:
    """Among the record files with this header, the one of its 点数表; DPC shares that of 医科 and is known by BU."""
    is_dpc = b"\nBU," in head or bool(DPC_NAME.match(base))
    digits = {
        first[item - 1]
        for one in fitting
        for h in one.headers
        if (item := h.fields["fee_table"]) <= len(first)
    }
    by_table = [one for one in fitting if digits & set(one.fee_tables)] if "1" not in digits else []
    medical = [one for one in fitting if "1" in one.fee_tables and ("BU" in one.marks) == is_dpc]
    return (by_table or medical or fitting)[0]


def _notice(lines: list[list[str]]) -> Layout | None:
    """The notice whose titles the file has; 請求確定状況 has no titles and is known by the form of its header."""
    title = plain(lines[0][1]) if len(lines[0]) > 1 else ""
    best, best_score = None, SAME_TITLES
    for one in _with_titles():
        if one.marks and not any(mark in title for mark in one.marks):
            continue
        score = _score(one, lines)
        if _fee_table_fits(one, lines[0]) and score > best_score:
            best, best_score = one, score
    if best:
        return _by_titles(best, {row: _titles(lines, row) for row in best.titles})
    fitting = [one for one in _without_titles() if _header_fits(one, lines)]
    return next((one for one in fitting if _row_fits(one, lines)), fitting[-1] if fitting else None)


@cache
def _with_titles() -> tuple[Layout, ...]:
    return tuple(one for one in all_layouts() if one.titles and not one.is_untyped)


@cache
def _without_titles() -> tuple[Layout, ...]:
    return tuple(one for one in all_layouts() if not one.titles and not one.trailers)


def _score(layout: Layout, lines: list[list[str]]) -> float:
    """Share of the expected titles that the file has, of those it has that were expected."""
    expected = [f"{row}{plain_title(t)}" for row, titles in layout.titles.items() for t in titles[1:]]
    found = {f"{row}{plain_title(t)}" for row in layout.titles for t in _titles(lines, row)[1:]}
    return len(found.intersection(expected)) / max(len(set(expected)), len(found), 1)


def _titles(lines: list[list[str]], row: str = "2", *, untyped: bool = False) -> tuple[str, ...]:
    if untyped:
        return ("2", *lines[2]) if len(lines) > 2 else ()
    return next((tuple(items) for items in lines[1:] if items[0] == row), ())


def _by_titles(layout: Layout, titles: dict[str, tuple[str, ...]]) -> Layout:
    """The layout with its columns where this file has them (files with the same titles share one object)."""
    return _fitted(layout.name, layout.kinds, tuple(sorted(titles.items())))


@lru_cache(maxsize=256)  # titles come from the files: any number of them
def _fitted(name: str, kinds: tuple[str, ...], titles: tuple[tuple[str, tuple[str, ...]], ...]) -> Layout:
    layout = next(one for one in all_layouts() if one.name == name)
    return fitted(replace(layout, kinds=kinds) if kinds != layout.kinds else layout, dict(titles))


def _fee_table_fits(layout: Layout, first: list[str]) -> bool:
    place = layout.headers[0].fields.get("fee_table", 0)
    return not place or (len(first) >= place and first[place - 1] in layout.fee_tables)


def _header_fits(layout: Layout, lines: list[list[str]]) -> bool:
    first = lines[0]
    width = max(layout.headers[0].fields.values())
    return (
        len(first) >= width
        and _fee_table_fits(layout, first)
        and bool(re.fullmatch(r"[0-9]{8}", first[2]))
        and bool(re.fullmatch(r"[12]", first[3]))
    )


def _row_fits(layout: Layout, lines: list[list[str]]) -> bool:
    """請求確定状況 of 調剤 has a column more: where its 1 (請求済) or 2 (未請求) stands tells the two apart."""
    record = layout.records[layout.starts_receipt]
    state = next(f.item for f in record.fields if f.required)
    row = next((items for items in lines[1:] if items[0] == record.id), [])
    return len(row) >= state and row[state - 1] in ("1", "2")


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
