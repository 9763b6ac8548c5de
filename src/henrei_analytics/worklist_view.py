"""The work list as a table a clerk works from: one open return a row, what belongs together in one cell.

Fifteen columns fit neither a screen nor a sheet of paper, so a cell holds several lines. How urgent a row is is always
told in words as well: colour is never the only sign.
"""

from __future__ import annotations

import re
from datetime import date
from html import escape, unescape
from typing import Any

import polars as pl

from henrei_analytics import labels

SHOWN = 200  # rows on the page; more than anybody works off in a day, and a page that still opens at once
LONGEST_REASON = 140  # characters of a reason; the payers write up to 1,000
TITLES = ("期限", "レセプト", "理由と、まず見るところ", "点数・金額", "担当・状態")
LARGEST = 3  # sums named above the list
OFFICE_FIELDS = ("owner", "task_status", "decision", "note")  # what the office writes itself


def worklist_html(data: pl.DataFrame) -> str:
    """The largest sums of the figure `worklist`, its first rows as a table, and how many more there are and where."""
    shown = data.head(SHOWN)
    head = "".join(f'<th scope="col">{title}</th>' for title in TITLES)
    body = "".join(_row(row) for row in shown.iter_rows(named=True))
    table = f'<table class="worklist"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'{_largest(data)}<div class="scroll">{table}</div>{_more(data.height)}'


def _largest(data: pl.DataFrame) -> str:
    """Where most money waits; the list itself goes by deadline. Nothing where the list is as short as that."""
    if data.height <= LARGEST:
        return ""
    rows = data.sort("yen", "return_id", descending=[True, False], nulls_last=True).head(LARGEST)
    named = "、".join(
        f"カルテ {_text(row['chart_number'])}（{labels.text(row['yen'], 'yen')}、"
        f"{labels.text(row['service_month'], 'month')}診療）"
        for row in rows.iter_rows(named=True)
    )
    return f'<p class="largest">金額の大きいもの: {named}</p>'


def worklist_shown(data: pl.DataFrame) -> list[dict[str, Any]]:
    """The same table as text, for formats other than HTML: a cell's lines are parted by line breaks."""
    rows = [[_as_text(cell) for cell in _row_cells(row)] for row in data.head(SHOWN).iter_rows(named=True)]
    classes = ["short", "short", "longest", "number", "long"]
    table = {"kind": "table", "columns": [], "head": list(TITLES), "classes": classes, "rows": rows}
    more = _more_words(data.height)
    return [table, *([{"kind": "note", "text": more}] if more else [])]


def _as_text(cell: str) -> str:
    """The text of a cell written below: its only markup is that of this module."""
    return unescape(
        re.sub(
            r"<[^>]+>", "", cell.replace("</div><div", "</div>\n<div").replace("</span><div", "</span>\n<div")
        )
    )


def _more(total: int) -> str:
    words = _more_words(total)
    return f'<p class="none">{words}</p>' if words else ""


def _more_words(total: int) -> str:
    if total <= SHOWN:
        return ""
    return (
        f"期限の近い順に{SHOWN:,}件を表示しています。残りの{total - SHOWN:,}件（全{total:,}件）は "
        "Excel の作業一覧（henrei worklist）にあります。"
    )


def _row(row: dict[str, Any]) -> str:
    written = "".join(
        f'<td class="{css}">{cell}</td>'
        for css, cell in zip(("due", "receipt", "reason", "money", "office"), _row_cells(row), strict=True)
    )
    return f'<tr class="due-{escape(row["urgency"])}">{written}</tr>'


def _row_cells(row: dict[str, Any]) -> tuple[str, ...]:
    return _deadline(row), _receipt(row), _reason(row), _money(row), _office(row)


def _deadline(row: dict[str, Any]) -> str:
    urgent = row["urgency"] != "none"
    badge = f'<span class="urgency">{labels.code("urgency", row["urgency"])}</span>' if urgent else ""
    return f"{badge}{_clock('ダウンロード', _download(row))}{_clock('請求権', _until(row, 'claim_right'))}"


def _download(row: dict[str, Any]) -> tuple[str, ...]:
    if row["medium"] == "paper":
        return ("紙（なし）",)
    return ("取込済",) if row["is_downloaded"] else _until(row, "download")


def _until(row: dict[str, Any], clock: str) -> tuple[str, ...]:
    """A day and how far off it is: あと3日, 本日まで, 2日過ぎ."""
    column = "download_deadline" if clock == "download" else "claim_right_expires"
    day: date | None = row[column]
    left: int | None = row[f"{clock}_days_left"]
    if day is None or left is None:
        return (labels.MISSING,)
    far = "本日まで" if left == 0 else f"あと{left:,}日" if left > 0 else f"{-left:,}日過ぎ"
    return day.isoformat(), far


def _clock(label: str, parts: tuple[str, ...]) -> str:
    """Lines break between the parts only, never inside a day."""
    written = " ".join(f'<span class="whole">{part}</span>' for part in parts)
    return f'<div><span class="what">{label}</span> {written}</div>'


def _receipt(row: dict[str, Any]) -> str:
    months = row["age_months"]
    age = "届いた月" if months == 0 else f"届いて{months:,}か月"
    setting = labels.text(row["setting"], "setting")
    return (
        f'<div><span class="what">カルテ</span> <strong>{_text(row["chart_number"])}</strong></div>'
        f"<div>{labels.text(row['service_month'], 'month')}診療　{escape(setting)}</div>"
        f"<div>{escape(labels.text(row['payer'], 'payer'))} {_text(row['insurer_number'])}</div>"
        f"<div>返戻{labels.text(row['round'], 'round')}　{age}</div>"
    )


def _reason(row: dict[str, Any]) -> str:
    text = row["reason_text"] or ""
    if len(text) > LONGEST_REASON:
        text = text[:LONGEST_REASON] + "…"
    look = f'<div class="look">{escape(row["look_ja"])}</div>' if row["look_ja"] else ""
    code = f" {escape(row['reason_code'])}" if row["reason_code"] else ""
    return f"<div><strong>{escape(row['reason_category'])}</strong>{code}　{escape(text)}</div>{look}"


def _money(row: dict[str, Any]) -> str:
    return f"<div>{labels.text(row['points'], 'points')}点</div><div>{labels.text(row['yen'], 'yen')}</div>"


def _office(row: dict[str, Any]) -> str:
    lines = [_line(labels.column(name).label, str(row[name])) for name in OFFICE_FIELDS if row[name]]
    if row["conflicts"]:
        lines.insert(0, f'<span class="urgency">食い違い {row["conflicts"]:,}件</span>')
    return "".join(lines) or labels.MISSING


def _line(label: str, text: str) -> str:
    return f'<div><span class="what">{label}</span> {escape(text)}</div>'


def _text(value: str | None) -> str:
    return escape(labels.text(value))
