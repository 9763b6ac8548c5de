"""What else the month brought, in words: money paid, cuts, receipts moved, warnings, returns not fetched.

One row a topic. Topics whose files the office has never loaded are left out here; the page says once, in the
last row, which those are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from henrei_analytics.figures.figure import Figure
from henrei_analytics.labels import percent

Row = Mapping[str, Any]

OUTCOMES = {
    "transferred": "振替",
    "split": "分割",
    "as_claimed": "記載の保険者への請求",
    "branch_number": "枝番特定",
    "other": "その他",
}
CODES_NAMED = 5


def notice_table(
    headline: Figure,
    payments: Figure,
    adjustments: Figure,
    rerouted: Figure,
    warned_share: Figure,
    warned: Figure,
    reported: Figure,
) -> pl.DataFrame:
    """Rows of position, topic and sentence; the last one names the topics nothing is loaded for."""
    month = headline.data.row(0, named=True)
    topics = [
        ("振込額（社保）", payments, lambda rows: paid(rows, month["month"])),
        ("査定", adjustments, cuts),
        ("振替・分割", rerouted, lambda rows: moved(rows, month["month"])),
        ("事前の警告", warned, lambda rows: warnings(warned_share.data.to_dicts(), rows)),
        ("手元にない返戻", reported, not_fetched),
    ]
    lines = [(topic, word(figure.data.to_dicts())) for topic, figure, word in topics if not figure.not_loaded]
    if absent := [topic for topic, figure, _ in topics if figure.not_loaded]:
        lines.append(
            ("取り込んでいないもの", f"この医療機関では、{'、'.join(absent)}の資料を取り込んでいません。")
        )
    return pl.DataFrame(
        [(position, *line) for position, line in enumerate(lines, start=1)],
        {"position": pl.Int64, "topic": pl.String, "sentence": pl.String},
        orient="row",
    )


def paid(payments: list[Row], month: date) -> str:
    """What the 社保 payer paid for the month."""
    found = {row["month"]: row for row in payments if row["payer"] == "shaho"}
    if month not in found:
        return "この月の知らせはまだ取り込まれていません。"
    row = found[month]
    when = f"{_day(row['paid_on'])}の振込額は" if row["paid_on"] else "振込額は"
    again = row["re_examination_yen"]
    adjusted = f"（うち過去の請求分の調整 {_signed_yen(again)}）" if again else ""
    return f"{when}¥{row['paid_yen']:,}です{adjusted}。"


def cuts(adjustments: list[Row]) -> str:
    """Points cut, and beside them what was raised and restored; never netted."""
    row = next(row for row in adjustments if row["payer"] == "all")
    if row["cut_points"] is None:
        return "この月の知らせはまだ取り込まれていません。"
    if not row["cuts"]:
        text = "減点はありませんでした"
    else:
        rate = f"（査定率 {percent(row['cut_rate'], 2)}）" if row["cut_rate"] is not None else ""
        text = f"{row['cuts']:,}件、{row['cut_points']:,}点（¥{row['cut_yen']:,}）の減点です{rate}"
    gained = [
        f"{name} {row[key]:,}点"
        for name, key in (("増点", "raised_points"), ("再審査での復活", "restored_points"))
        if row[key]
    ]
    return f"{text}。別に{'、'.join(gained)}があります。" if gained else f"{text}。"


def moved(rerouted: list[Row], month: date) -> str:
    """Receipts the payer moved or split: never returns."""
    counts = {
        name: sum(row["receipts"] for row in rerouted if row["month"] == month and row["outcome"] == outcome)
        for outcome, name in OUTCOMES.items()
    }
    parts = [f"{name} {count:,}件" for name, count in counts.items() if count]
    return f"{'、'.join(parts)}です。返戻には数えていません。" if parts else "この月はありません。"


def warnings(shares: list[Row], codes: list[Row]) -> str:
    """How many of the month's returns had been warned about, and by which codes."""
    month = next(row for row in shares if row["period"] == "month")
    warned, returns = month["numerator"], month["denominator"]
    if not warned:
        return "この月の返戻に、事前に警告されていたものはありません。"
    named = [row for row in codes if row["returns_month"]]
    listed = "、".join(f"{row['code']} {row['returns_month']:,}件" for row in named[:CODES_NAMED])
    more = f" ほか{len(named) - CODES_NAMED}種類" if len(named) > CODES_NAMED else ""
    return (
        f"返戻{returns:,}件のうち{warned:,}件（{percent(warned / returns, 0)}）は、"
        f"点検で警告されていました: {listed}{more}。"
    )


def not_fetched(reported: list[Row]) -> str:
    """Returns a payment notice reports that are not loaded: still to be downloaded, too late for that, on paper."""
    online = [row for row in reported if row["medium"] != "paper"]
    to_come = [row for row in online if row["days_left"] is None or row["days_left"] >= 0]
    passed = sum(row["returns"] for row in online) - sum(row["returns"] for row in to_come)
    on_paper = sum(row["returns"] for row in reported if row["medium"] == "paper")
    texts = []
    if to_come:
        count = sum(row["returns"] for row in to_come)
        dates = [row["download_deadline"] for row in to_come if row["download_deadline"]]
        until = f"期限は{_day(min(dates))}です。" if dates else ""
        texts.append(
            f"支払の知らせにある{count:,}件が、返戻ファイルにありません。{until}返戻ファイルを取り込んでください。"
        )
    if passed:
        texts.append(f"{'ほかに' if to_come else ''}{passed:,}件はダウンロード期限を過ぎています。")
    if on_paper:
        texts.append(
            f"{'ほかに' if texts else ''}紙の返戻{on_paper:,}件があります。"
            "入力表（henrei template paper-returns）に記入して取り込んでください。"
        )
    return "".join(texts) or "知らされた返戻は、すべて手元にあります。"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _signed_yen(yen: int) -> str:
    return f"{'−' if yen < 0 else '+'}¥{abs(yen):,}"
