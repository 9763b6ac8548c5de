"""What a file is, from its first line: payer, month and institution; the name helps only where content lacks it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath

import polars as pl

from henrei_analytics.codes import shipped
from henrei_analytics.errors import UnreadableFile
from henrei_analytics.formats.fields import SPACES, any_month
from henrei_analytics.formats.layout import Header, Layout
from henrei_analytics.formats.layout import plain as plain_text


@dataclass(frozen=True)
class FileFacts:
    """Facts of one file or, where a file has several headers, of one block of it.

    Months are ISO dates of the first day; what the file does not tell is None. `month` is the claim month of a claim
    file, the processing month of a return file. Most notices only tell their care month (`service_month`);
    `name_month` is the month their name gives, `default_month` the one that usually follows from the care month.
    """

    header: str
    payer: str | None
    prefecture: str | None
    fee_table: str
    code: str
    month: str | None = None
    service_month: str | None = None
    name_month: str | None = None
    default_month: str | None = None
    institution_name: str | None = None
    volume: str | None = None
    system: str | None = None
    kind: str | None = None
    department: str | None = None
    sending: str | None = None
    setting: str | None = None


FEE_TABLES = {"医科": "1", "DPC": "1", "CD": "1", "歯科": "3", "調剤": "4", "訪問看護": "6"}
SETTINGS = {"1": "inpatient", "2": "outpatient"}


def payer_of_digit(digit: str) -> str | None:
    """1 → shaho, 2 → kokuho."""
    return next((row["payer"] for row in shipped("payers") if row["digit"] == digit), None)


def payer_of_name(name: str) -> str | None:
    """The payer whose name stands in a notice (支払基金, its successor, or a 国保連合会)."""
    return next((row["payer"] for row in shipped("payers") if re.search(row["name_pattern"], name)), None)


def prefecture_of_name(name: str) -> str | None:
    """東京都国民健康保険団体連合会 → 13."""
    return next((row["code"] for row in shipped("prefectures") if name.startswith(row["name_ja"])), None)


def parse_header(layout: Layout, items: list[str], name: str) -> FileFacts:
    """Facts from the header line's items (and the file's name).

    Raises UnreadableFile when no known shape of the header fits, or nothing tells whose file it is.
    """
    named = named_facts(layout, name)
    for header in layout.headers:
        if header.id == items[0]:
            facts = _facts(layout, header, items, named)
            if facts:
                return facts
    raise UnreadableFile(
        "header",
        "1行目（医療機関・年月・審査支払機関）が決められた形ではありません。元のファイルか確かめてください。",
    )


def named_facts(layout: Layout, name: str) -> dict[str, str]:
    """What an official file name tells; empty for any other name."""
    match = layout.file_name.match(PurePath(name).name) if layout.file_name else None
    return {key: value for key, value in match.groupdict().items() if value} if match else {}


def _facts(layout: Layout, header: Header, items: list[str], named: dict[str, str]) -> FileFacts | None:
    """None when an item does not have the form its place asks for."""
    item = {
        key: items[no - 1].strip(" \u3000") if no <= len(items) else "" for key, no in header.fields.items()
    }
    # record files are plain by specification; reports write digits in full width
    plain = item if layout.trailers else {key: plain_text(value) for key, value in item.items()}
    code = plain["code"].removeprefix("医療機関コード")
    if named.get("code") != code:
        named = {key: value for key, value in named.items() if key in ("kind", "system")}
    payer_name = plain.get("payer_name", "")
    payer = payer_of_digit(plain["payer"]) if "payer" in item else payer_of_name(payer_name)
    payer = payer or payer_of_digit(named.get("payer", ""))
    fee_table = (
        plain.get("fee_table") or _fee_table(plain.get("fee_table_name", "")) or named.get("fee_table", "1")
    )
    months = {key: iso_month(plain[key]) for key in ("month", "service_month") if key in item}
    good = (
        all(months.values())
        and re.fullmatch(r"[0-9]{7}", code)
        and fee_table in layout.fee_tables
        and ("payer" not in item or payer)
        and ("prefecture" not in item or re.fullmatch(r"[0-9]{2}", plain["prefecture"]))
    )
    if not good:
        return None
    if not payer:
        official = f"（{'・'.join(layout.kinds)}の入った名前）" if layout.file_name else ""
        raise UnreadableFile(
            "payer",
            f"社保か国保かを示す記載がありません。ダウンロードしたままのファイル名{official}で取り込んでください。",
        )
    month_name = named.get("month") or named.get("western_month")
    return FileFacts(
        header=header.id,
        payer=payer,
        prefecture=plain.get("prefecture") or prefecture_of_name(payer_name) or named.get("prefecture"),
        fee_table=fee_table,
        code=code,
        name_month=iso_month(month_name) if month_name else None,
        default_month=_later(months.get("service_month"), layout.lag_months),
        institution_name=item.get("institution_name", "").removesuffix("御中").strip(" \u3000") or None,
        volume=plain.get("volume") or None,
        system=named.get("system", "").upper() or None,
        kind=_kind(layout, named),
        department=plain.get("department") or None,
        sending=plain.get("sending") or named.get("sending"),
        setting=SETTINGS.get(named.get("setting", "")) or _setting(plain.get("setting_name", "")),
        **months,
    )


def _fee_table(text: str) -> str | None:
    """点数表 named in a text: 医科, ＤＰＣ …, at the end of a title or alone."""
    return next((digit for name, digit in FEE_TABLES.items() if text.endswith(name)), None)


def _setting(text: str) -> str | None:
    return {"入院": "inpatient", "入院外": "outpatient"}.get(text)


def _kind(layout: Layout, named: dict[str, str]) -> str | None:
    return named.get("kind", "").lower() or (layout.kinds[0] if layout.kinds else None)


def _later(month: str | None, months: int) -> str | None:
    if not month:
        return None
    number = int(month[:4]) * 12 + int(month[5:7]) - 1 + months
    return f"{number // 12:04}-{number % 12 + 1:02}-01"


@cache
def iso_month(text: str) -> str | None:
    """A month in any of the forms of the files → 'YYYY-MM-01'."""
    value = pl.select(any_month(pl.lit(text.strip(SPACES)))).item()
    return value.isoformat() if value else None
