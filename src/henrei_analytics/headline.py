"""The large numbers at the top of a page: which they are and how they are worded."""

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
    # Only what the numbers above rest on; every other file stands on the page of the data.
    missing = coverage.filter(
        pl.col("kind").is_in(["uke", "hen"]) & pl.col("state").is_in(["missing", "due_soon"])
    ).sort(pl.col("state") == "due_soon", "month", "kind", "payer", descending=[True, True, True, True])
    names = [
        f"{labels.code('payer', row['payer'])} {labels.code('kind', row['kind'])} {row['month']:%Y-%m}"
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


def adjustment_tiles(payers: list[dict[str, Any]]) -> list[Tile]:
    """Four tiles about the cuts: points, rate, what came back, what is left of it."""
    of = {row["payer"]: row for row in payers}
    total = of["all"]
    if total["cut_points"] is None:
        return [Tile("減点", labels.MISSING, "", ("この月の増減点連絡書は取り込まれていません",))]
    return [_cut(total), _cut_rate(of), _gained(total), _net(total)]


def _cut(total: dict[str, Any]) -> Tile:
    return Tile(
        "減点",
        labels.text(total["cut_points"], "points"),
        "点",
        (
            f"{labels.text(total['cut_yen'], 'yen')}　{labels.text(total['cuts'], 'count')}件",
            f"レセプト {labels.text(total['receipts'], 'count')}件",
            f"前月 {_change(total['cut_points_change'])}　12か月平均 {labels.text(total['cut_points_mean'], 'points')}",
        ),
    )


def _cut_rate(of: dict[str, dict[str, Any]]) -> Tile:
    value, _, unit = labels.text(of["all"]["cut_rate"], "fine_rate").partition(" ")
    shaho, kokuho = (labels.text(of[payer]["cut_rate"], "fine_rate") for payer in ("shaho", "kokuho"))
    why = "原審査の減点 ÷ 請求点数" if unit else "請求点数か増減点連絡書がそろわないため計算しません"
    return Tile("査定率", value, unit, (f"社保 {shaho}　国保 {kokuho}", why))


def _gained(total: dict[str, Any]) -> Tile:
    return Tile(
        "増点・復活",
        labels.text(total["raised_points"] + total["restored_points"], "points"),
        "点",
        (
            f"増点（原審査） {labels.text(total['raised_points'], 'points')}点 {total['raises']:,}件",
            f"復活（再審査） {labels.text(total['restored_points'], 'points')}点 {total['restorations']:,}件",
        ),
    )


def _net(total: dict[str, Any]) -> Tile:
    return Tile(
        "差し引き", labels.text(total["net_points"], "change"), "点", ("増点と復活から減点を引いたもの",)
    )


def _change(value: int | None) -> str:
    if value is None:
        return labels.MISSING
    arrow = " ▲" if value > 0 else " ▼" if value < 0 else ""
    return labels.text(value, "change") + arrow


def _short(day: date | None) -> str:
    return f"{day.month}/{day.day}" if day else labels.MISSING
