"""The large numbers at the top of a page: which they are and how they are worded."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from html import escape
from typing import Any

import polars as pl

from henrei_analytics import labels
from henrei_analytics.figures.scope import month_number, month_of

TONES = {"high": "bad", "run_high": "bad", "creeping": "bad", "low": "good", "run_low": "good"}

NOBODY = "未定"  # what the figure worklist_by_owner calls the owner of returns without one


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
    of = {row["month"]: row for row in rates.filter(pl.col("payer") == "all").to_dicts()}
    before = [of.get(_back(month["month"], back), {}).get("rate") for back in (1, 12)]
    lines = [
        f"社保 {labels.text(month['rate_shaho'], 'rate')}　国保 {labels.text(month['rate_kokuho'], 'rate')}",
        f"前月 {labels.text(before[0], 'rate')}　前年同月 {labels.text(before[1], 'rate')}",
        interval if month["rate"] is not None else "請求か返戻のファイルがそろわないため計算しません",
    ]
    signal = of.get(month["month"], {}).get("signal") if month["rate"] is not None else None
    verdict = labels.code("signal", signal) if signal else "管理限界はまだ引けません"
    if signal in labels.words()["codes"]["signal_reason"]:
        verdict += f"（{labels.code('signal_reason', signal)}）"
    value, _, unit = labels.text(month["rate"], "rate").partition(" ")
    shown = verdict if month["rate"] is not None else ""
    return Tile("返戻率", value, unit, tuple(lines), shown, TONES.get(signal or "", ""))


def _open(month: dict[str, Any]) -> Tile:
    due = month["open_due_14_days"] + month["reported_due_14_days"]
    waiting, passed, reported = month["open_to_download"], month["open_download_passed"], month["reported"]
    lines = [
        labels.text(month["open_yen"], "yen"),
        f"うち返戻ファイルが未取込 {waiting:,}件（期限切れ {passed:,}件）",
    ]
    if reported:
        lines.append(f"ほかに、支払の通知だけにある返戻 {reported:,}件")
    if due:
        verdict = f"14日以内に期限 {due:,}件"
    else:
        verdict = f"ダウンロード期限の過ぎたもの {passed:,}件" if passed else "14日以内に切れる期限なし"
    return Tile(
        "未再請求",
        labels.text(month["open_returns"], "count"),
        "件",
        tuple(lines),
        verdict,
        "bad" if due or passed else "good",
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
    lost = coverage.filter(pl.col("kind").is_in(["uke", "hen"]) & (pl.col("state") == "gone")).height
    nearest = min(filter(None, (month["next_download_deadline"], month["reported_deadline"])), default=None)
    waits = (
        f"未取込の返戻のダウンロードは {_short(nearest)} まで" if nearest else "ダウンロードを待つ返戻なし"
    )
    return Tile(
        "次の再請求の締切",
        _short(month["next_window_end"]),
        "",
        (
            waits,
            f"{month['month'].month}月請求分の返戻ファイルは {_short(month['month_download_deadline'])} まで",
        ),
        f"未取込: {'、'.join(names)}{more}"
        if names
        else f"いま取り込めるファイルはそろっています（期限切れ {lost}か月）"
        if lost
        else "ファイルはそろっています",
        "bad" if names else "" if lost else "good",
    )


def window_tiles(window: dict[str, Any]) -> list[Tile]:
    """Four tiles about the claim window: when it is, what can be sent, what lacks its file, what is ready."""
    return [_window(window), _can_be_sent(window), _without_file(window), _ready(window)]


def _window(window: dict[str, Any]) -> Tile:
    start, end, as_of = window["window_start"], window["window_end"], window["as_of"]
    left = window["days_left"]
    is_over = as_of.day > end.day
    today = f"{as_of.month}月の期間は{end.day}日に終わりました" if is_over else f"基準日は{labels.day(as_of)}"
    if window["is_open"]:
        verdict = "きょうが締切です" if left == 0 else f"いま送れます。締切まであと{left}日"
    else:
        verdict = f"あと{window['days_until']}日で始まります"
    return Tile(
        "いまの再請求の期間" if window["is_open"] else "次の再請求の期間",
        f"{_short(start)}〜{_short(end)}",
        "",
        (f"{labels.day(start)}から{end.day}日まで", today),
        verdict,
        "bad" if window["is_open"] and left <= 1 and window["returns"] else "good",
    )


def _can_be_sent(window: dict[str, Any]) -> Tile:
    month = window["month"].month % 12 + 1
    too_late = window["too_late"]
    return Tile(
        "この期間に送れる返戻",
        labels.text(window["returns"], "count"),
        "件",
        (
            f"{labels.text(window['yen'], 'yen')}（{labels.text(window['points'], 'points')}点）",
            f"{month}月に届いたもの {window['returns_month']:,}件 {labels.text(window['yen_month'], 'yen')}",
            f"それより前のもの {window['returns_older']:,}件 {labels.text(window['yen_older'], 'yen')}",
        ),
        f"ほかに、始まる前に請求権の切れるもの {too_late:,}件" if too_late else "",
        "bad",
    )


def _without_file(window: dict[str, Any]) -> Tile:
    waiting, passed = window["to_download"], window["download_passed"]
    by = f"（近い期限 {_short(window['download_by'])}）" if window["download_by"] else ""
    return Tile(
        "作業一覧のうち返戻ファイルなし",
        labels.text(waiting + passed, "count"),
        "件",
        (
            labels.text(window["yen_without_file"], "yen"),
            f"これからダウンロードできる {waiting:,}件{by}",
            f"ダウンロード期限を過ぎた {passed:,}件",
        ),
        "取り込めば、この期間に送れます" if waiting else "",
        "bad",
    )


def _ready(window: dict[str, Any]) -> Tile:
    ready, decided = window["ready"], window["decided"]
    rest = window["returns"] - ready - decided
    return Tile(
        "送る用意のできたもの",
        labels.text(ready, "count"),
        "件",
        (f"状態が「提出待ち」 {ready:,}件", f"決定が「再請求する」 {decided:,}件（直している途中）"),
        f"まだ決めていない {rest:,}件" if rest else "",
        "bad" if rest and window["is_open"] else "",
    )


def worklist_tiles(owners: list[dict[str, Any]]) -> list[Tile]:
    """Four tiles over the work list: all of it, what is overdue, what comes due, what nobody has."""
    names = ("returns", "yen", "overdue", "soon", "to_download")
    total = {name: sum(row[name] for row in owners) for name in names}
    nobodys = sum(row["returns"] for row in owners if row["owner"] == NOBODY)
    return [
        Tile("未再請求", f"{total['returns']:,}", "件", (labels.text(total["yen"], "yen"),)),
        _urgent("期限を過ぎたもの", total["overdue"], "先に、控えから再請求できるか確かめます"),
        _urgent("7日以内のもの", total["soon"], "今週のうちに手を付けます"),
        Tile(
            "担当の決まらないもの",
            f"{nobodys:,}",
            "件",
            (f"返戻ファイルのないもの {total['to_download']:,}件",),
        ),
    ]


def _urgent(label: str, count: int, step: str) -> Tile:
    return Tile(label, f"{count:,}", "件", (), step if count else "ありません", "bad" if count else "good")


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


def _back(month: date, months: int) -> date:
    return month_of(month_number(month) - months)


def _short(day: date | None) -> str:
    return f"{day.month}/{day.day}" if day else labels.MISSING
