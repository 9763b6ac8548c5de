"""The folder of the reports as a site: the index over what is there, and the way from month to month."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from henrei_analytics import __version__, labels
from henrei_analytics.files import write_text
from henrei_analytics.pages import NOT_MADE, Link, index_html
from henrei_analytics.pages.beside import beside_html, with_beside
from henrei_analytics.pages.index import MonthEntry, OfficeEntry
from henrei_analytics.pages.search import merged

FIGURES = "figures.json"
FILES = (
    ("brief.pdf", "今月のまとめ（PDF）"),
    ("report.pdf", "全ページ（PDF）"),
    ("tables.xlsx", "集計表（Excel）"),
)
"""A month in other formats."""

HEADLINE = (
    ("返戻", "returns", "count"),
    ("点数", "points", "points"),
    ("返戻率", "rate", "rate"),
    ("未再請求", "open_returns", "count"),
    ("未再請求の金額", "open_yen", "yen"),
)


def index(out: Path, failures: Sequence[str], edition: str = labels.INTERNAL, rule: str = "") -> str:
    """The index over every month in the folder, also those of earlier runs, newest first."""
    offices, searched = [], []
    for folder in _office_folders(out):
        read = [(month, json.loads((month / FIGURES).read_text("utf-8"))) for month in _month_folders(folder)]
        if read:
            months = [_month(month, content) for month, content in read]
            offices.append(OfficeEntry(folder.name, read[0][1]["office"], months))
            searched += [(folder.name, month.name, content.get("search", {})) for month, content in read]
    return index_html(offices, failures, __version__, edition, rule, merged(searched))


def link_months(out: Path, written: Iterable[tuple[str, str]]) -> None:
    """Tie the pages of the months just written (folder of the institution, month), and of those beside them."""
    by_office: dict[str, set[str]] = {}
    for office, month in written:
        by_office.setdefault(office, set()).add(month)
    for office, changed in by_office.items():
        months = sorted(each.name for each in _month_folders(out / office))
        for place, month in enumerate(months):
            around = months[max(place - 1, 0) : place + 2]
            if changed.isdisjoint(around):
                continue
            before = months[place - 1] if place else None
            after = months[place + 1] if place + 1 < len(months) else None
            for page in sorted((out / office / month).glob("*.html")):
                links = beside_html(_beside(out, office, before, page), _beside(out, office, after, page))
                text = page.read_text("utf-8")
                if (linked := with_beside(text, links)) != text:
                    write_text(page, linked)


def _beside(out: Path, office: str, month: str | None, page: Path) -> tuple[str, str] | None:
    """Label and address of the same page in another month; the index where that month has no such page."""
    if month is None:
        return None
    there = (out / office / month / page.name).is_file()
    label = f"{int(month[:4])}年{int(month[5:])}月"
    return label, f"../{month}/{page.name}" if there else f"../../index.html#{office}-{month}"


def _office_folders(out: Path) -> list[Path]:
    return sorted(each for each in out.iterdir() if re.fullmatch(r"\d{10}|institution-[A-Z]+", each.name))


def _month_folders(office: Path) -> list[Path]:
    """The months reported of an institution, newest first."""
    found = (each for each in office.iterdir() if re.fullmatch(r"\d{4}-\d{2}", each.name))
    return sorted((each for each in found if (each / FIGURES).is_file()), reverse=True)


def _month(folder: Path, content: dict[str, Any]) -> MonthEntry:
    base = f"{folder.parent.name}/{folder.name}"
    links = [
        Link(
            title,
            f"{base}/{name}.html" if (folder / f"{name}.html").is_file() else None,
            name=name,
            missing=content.get("missing", {}).get(name, NOT_MADE),
        )
        for name, title in sorted(content["titles"].items())
    ]
    files = [Link(title, f"{base}/{name}") for name, title in FILES if (folder / name).is_file()]
    shown = [figures["headline"] for figures in content["figures"].values() if "headline" in figures]
    row = shown[0]["rows"][0] if shown and shown[0]["rows"] else {}
    numbers = [
        (
            label,
            labels.text(row[name], kind)
            + (labels.words()["units"][kind] if kind in ("count", "points") else ""),
        )
        for label, name, kind in HEADLINE
        if name in row and (row[name] is not None or "hidden" not in row)
    ]
    as_of = f"　基準日 {row['as_of']}" if "as_of" in row else ""
    return MonthEntry(folder.name, content["label"] + as_of, numbers, links, files)
