"""The large numbers at the top of the monthly brief: which they are and how they are worded."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from html import escape
from typing import Any

import polars as pl

from henrei_analytics import labels

SIGNALS = {
    "high": ("増えています（管理限界超）", "bad"),
    "run_high": ("高めの月が続いています", "bad"),
    "low": ("減っています（管理限界より低い）", "good"),
    "run_low": ("低めの月が続いています", "good"),
}


@dataclass(frozen=True)
class Tile:
    """One large number with the lines below it; `tone` is good, bad or empty."""

    label: str
    value: str
    unit: str
    lines: tuple[str, ...]
    verdict: str = ""
    tone: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "lines": list(self.lines)}

    def html(self) -> str:
        lines = "".join(f'<div class="more">{escape(line)}</div>' for line in self.lines)
        verdict = f'<div class="verdict {self.tone}">{escape(self.verdict)}</div>' if self.verdict else ""
        return (
            f'<div class="tile"><div class="label">{escape(self.label)}</div><div class="value">{escape(self.value)}'
            f'<span class="unit">{escape(self.unit)}</span></div>{lines}{verdict}</div>'
        )


def tiles(month: dict[str, Any], rates: pl.DataFrame, coverage: pl.DataFrame) -> list[Tile]:
    """Four tiles: what came back, at which rate, what is still open, until when."""
    return [_returns(month), _rate(month, rates), _open(month), _deadlines(month, coverage)]


def _returns(month: dict[str, Any]) -> Tile:
    if not month["returns"] and not (month["has_arrived"] and month["return_files"]):
        when = "返戻ファイルが未取込です" if month["has_arrived"] else "基準日ではまだ届いていません"
        return Tile("返戻", labels.MISSING, "", (when,))
    return Tile(
        "返戻",
        labels.text(month["returns"], "count"),
        "件",
        (
            f"{labels.text(month['points'], 'points')}点（{labels.text(month['yen'], 'yen')}）",
            f"前月 {_change(month['change_last_month'])}　前年同月 {_change(month['change_last_year'])}",
            f"うち2回目以降 {labels.text(month['returns_again'], 'count')}件",
        ),
    )


def _rate(month: dict[str, Any], rates: pl.DataFrame) -> Tile:
    interval = (
        f"95%信頼区間 {labels.text(month['rate_low'], 'rate')}〜{labels.text(month['rate_high'], 'rate')}"
    )
    lines = [
        f"社保 {labels.text(month['rate_shaho'], 'rate')}　国保 {labels.text(month['rate_kokuho'], 'rate')}",
        interval if month["rate"] is not None else "請求か返戻のファイルがそろわないため計算しません",
    ]
    now = rates.filter((pl.col("payer") == "all") & (pl.col("month") == month["month"])).to_dicts()
    if not now or now[0]["center"] is None:
        verdict, tone = "管理限界はまだ引けません", ""
    else:
        verdict, tone = SIGNALS.get(now[0]["signal"], ("いつもの範囲", ""))
    value, _, unit = labels.text(month["rate"], "rate").partition(" ")
    return Tile("返戻率", value, unit, tuple(lines), verdict if month["rate"] is not None else "", tone)


def _open(month: dict[str, Any]) -> Tile:
    due, passed = month["open_due_14_days"], month["open_download_passed"]
    return Tile(
        "未再請求",
        labels.text(month["open_returns"], "count"),
        "件",
        (labels.text(month["open_yen"], "yen"), f"ダウンロード期限切れ {labels.text(passed, 'count')}件"),
        f"14日以内に期限 {due}件" if due else "14日以内の期限なし",
        "bad" if due else "good",
    )


def _deadlines(month: dict[str, Any], coverage: pl.DataFrame) -> Tile:
    missing = coverage.filter(pl.col("state") == "missing").sort(
        "month", "stream", "payer", descending=[True, False, True]
    )
    names = [
        f"{labels.code('payer', row['payer'])} {labels.code('stream', row['stream'])} {row['month']:%Y-%m}"
        for row in missing.head(2).iter_rows(named=True)
    ]
    more = f" ほか{missing.height - len(names)}" if missing.height > len(names) else ""
    return Tile(
        "次の再請求の締切",
        _short(month["next_window_end"]),
        "",
        (
            f"ダウンロード期限 {_short(month['next_download_deadline'])}（未再請求で最も近いもの）",
            f"{month['month'].month}月請求分の返戻は {_short(month['month_download_deadline'])} まで",
        ),
        f"未取込: {'、'.join(names)}{more}" if names else "ファイルはそろっています",
        "bad" if names else "good",
    )


def _change(value: int | None) -> str:
    if value is None:
        return labels.MISSING
    arrow = " ▲" if value > 0 else " ▼" if value < 0 else ""
    return labels.text(value, "change") + arrow


def _short(day: date | None) -> str:
    return f"{day.month}/{day.day}" if day else labels.MISSING
