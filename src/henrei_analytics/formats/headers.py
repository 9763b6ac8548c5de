"""What a file is, from its first line: payer, month and institution; the name helps only where content lacks it."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import PurePath

import polars as pl

from henrei_analytics.errors import UnreadableFile
from henrei_analytics.formats.fields import month as month_expr
from henrei_analytics.formats.layout import Header, Layout

NOT_MEDICAL = {"3": "歯科", "4": "調剤"}  # 点数表; 1 is 医科 (and DPC)


@dataclass(frozen=True)
class FileFacts:
    """Facts of one file. Months are ISO dates of the first day; what the file does not tell is None.

    `month` is the claim month of a claim file, the processing month of a return file. A notice only tells its
    care month (`service_month`); `name_month` is the month its name gives.
    """

    header: str
    payer: str | None
    prefecture: str | None
    fee_table: str
    code: str
    month: str | None = None
    service_month: str | None = None
    name_month: str | None = None
    institution_name: str | None = None
    volume: str | None = None
    system: str | None = None


@cache
def _codes(table: str) -> tuple[dict[str, str], ...]:
    text = (resources.files("henrei_analytics") / "codes" / f"{table}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def payer_of_digit(digit: str) -> str | None:
    """1 → shaho, 2 → kokuho."""
    return next((row["payer"] for row in _codes("payers") if row["digit"] == digit), None)


def payer_of_name(name: str) -> str | None:
    """The payer whose name stands in a notice (支払基金, its successor, or a 国保連合会)."""
    return next((row["payer"] for row in _codes("payers") if re.search(row["name_pattern"], name)), None)


def prefecture_of_name(name: str) -> str | None:
    """東京都国民健康保険団体連合会 → 13."""
    return next((row["code"] for row in _codes("prefectures") if name.startswith(row["name_ja"])), None)


def parse_header(layout: Layout, items: list[str], name: str) -> FileFacts:
    """Facts from the header line's items (and the file's name).

    Raises UnreadableFile when no known shape of the header fits.
    """
    for header in layout.headers:
        if header.id == items[0]:
            facts = _facts(header, items)
            if facts:
                return _with_name(layout, facts, name)
    raise UnreadableFile(
        "header",
        "1行目（医療機関・年月・審査支払機関）が決められた形ではありません。元のファイルか確かめてください。",
    )


def _facts(header: Header, items: list[str]) -> FileFacts | None:
    """None when an item does not have the form its place asks for."""
    item = {
        key: items[no - 1].strip(" \u3000") if no <= len(items) else "" for key, no in header.fields.items()
    }
    payer_name = item.get("payer_name", "")
    payer = payer_of_digit(item["payer"]) if "payer" in item else payer_of_name(payer_name)
    prefecture = item.get("prefecture") or prefecture_of_name(payer_name)
    month_key = "month" if "month" in item else "service_month"
    month = iso_month(item[month_key])
    good = (
        month
        and re.fullmatch(r"[0-9]{7}", item["code"])
        and re.fullmatch(r"[0-9]", item["fee_table"])
        and ("payer" not in item or payer)
        and ("prefecture" not in item or re.fullmatch(r"[0-9]{2}", item["prefecture"]))
    )
    if not good:
        return None
    return FileFacts(
        header=header.id,
        payer=payer,
        prefecture=prefecture,
        fee_table=item["fee_table"],
        code=item["code"],
        institution_name=item.get("institution_name") or None,
        volume=item.get("volume") or None,
        **{month_key: month},
    )


def _with_name(layout: Layout, facts: FileFacts, name: str) -> FileFacts:
    """Fill what the content lacks from an official file name."""
    match = layout.file_name.match(PurePath(name).name) if layout.file_name else None
    if not match:
        return facts
    same = match["code"] == facts.code
    return FileFacts(
        **{
            **facts.__dict__,
            "payer": facts.payer or payer_of_digit(match["payer"]),
            "prefecture": match["prefecture"] if same else facts.prefecture,
            "name_month": iso_month(match["month"]),
            "system": match["system"].upper(),
        }
    )


@cache
def iso_month(text: str) -> str | None:
    """GYYMM or YYYYMM → 'YYYY-MM-01'."""
    value = pl.select(month_expr(pl.lit(text))).item()
    return value.isoformat() if value else None
