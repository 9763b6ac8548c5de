"""The first lines of the pages on money, repeated errors and prevention, made by rule from other figures.

Each function is listed in `after.COMPOSED`; rows of position and sentence. Texts for a manager: what it is, and
what to do with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from henrei_analytics.figures.figure import Figure
from henrei_analytics.labels import percent

Row = Mapping[str, Any]

PAYERS = {"shaho": "社保", "kokuho": "国保"}
KINDS = {
    "patient": "同じ患者",
    "insurer": "同じ保険者",
    "department": "同じ診療科",
    "person": "同じ入力者",
}
EFFECTS = {
    "less": "減りました（偶然とは考えにくい）",
    "more": "増えました（偶然とは考えにくい）",
    "unproven": "減ったとは言えません",
    "few": "件数が少ないため判定しません",
    "early": "まだ3か月たっていません",
    "not_loaded": "資料が足りないため判定しません",
}
ACTIONS_NAMED = 3


def cash_verdict(headline: Figure, expected: Figure, delay: Figure, lapsed: Figure) -> pl.DataFrame:
    """How much is out, what the next window brings, what delay cost, what was lost and will be."""
    month = headline.data.row(0, named=True)
    return _lines(
        [
            out_sentence(expected.data.to_dicts()),
            next_window_sentence(month, expected.data.to_dicts()),
            delay_sentence(delay.data.to_dicts()),
            lapsed_sentence(lapsed.data.to_dicts()),
        ]
    )


def out_sentence(expected: Sequence[Row]) -> str:
    """What is not paid yet: to be re-claimed, on its way, and what may have been paid."""
    still_open = _yen(expected, cash_state=("next_window", "to_download", "no_file", "too_late"))
    waiting = _yen(expected, cash_state=("waiting",))
    unconfirmed = _yen(expected, cash_state=("unconfirmed",))
    text = "返戻のために止まっている金額はありません。"
    if still_open or waiting:
        text = (
            f"返戻のために止まっている金額は¥{still_open + waiting:,}です"
            f"（未再請求 ¥{still_open:,}、再請求済・入金待ち ¥{waiting:,}）。"
        )
    if unconfirmed:
        text += f"ほかに¥{unconfirmed:,}は入金の予定月を過ぎ、入金されたかがまだ確かめられません。"
    return text


def next_window_sentence(month: Row, expected: Sequence[Row]) -> str | None:
    """What comes in if all that can be sent goes out in the next window, and what else needs its file first."""
    text = ""
    if rows := [row for row in expected if row["cash_state"] == "next_window"]:
        last_day, paid = month["next_window_end"], rows[0]["expected_month"]
        text = (
            f"再請求できる{_returns(rows):,}件を{last_day.month}月{last_day.day}日までにすべて再請求すると、"
            f"¥{_yen(rows):,}分（点数×10円、患者負担を含む）が{paid.month}月の入金の対象になる見込みです。"
        )
    if rows := [row for row in expected if row["cash_state"] == "to_download"]:
        text += f"返戻ファイルのない{_returns(rows):,}件（¥{_yen(rows):,}）も、ダウンロードして取り込めば出せます。"
    if rows := [row for row in expected if row["cash_state"] == "no_file"]:
        text += (
            f"返戻ファイルがなくダウンロード期限も過ぎた{_returns(rows):,}件（¥{_yen(rows):,}）は、"
            "手元の控えで再請求できるかを審査支払機関に確かめてください。"
        )
    return text or None


def delay_sentence(delay: Sequence[Row]) -> str | None:
    """Mean months late of a yen, and the category with most of the delay."""
    total = next(row for row in delay if row["part"] == "total")
    if not total["yen_months"]:
        return None
    worst = max((row for row in delay if row["part"] == "category"), key=lambda row: row["yen_months"])
    return (
        f"この期間の返戻で、入金は平均{total['months_per_yen']:.1f}か月遅れました。"
        f"遅れの{percent(worst['yen_months'] / total['yen_months'], 0)}は「{worst['category']}」です。"
    )


def lapsed_sentence(lapsed: Sequence[Row]) -> str:
    """What was lost, and what will be within a year."""
    lost = _yen(lapsed, cash_state=("lapsed", "written_off"))
    soon = [row for row in lapsed if row["cash_state"] == "lapses_soon"]
    text = (
        f"これまでに時効か断念で失った金額は¥{lost:,}です。"
        if lost
        else "時効や断念で失ったものはありません。"
    )
    if not soon:
        return text + "12か月以内に時効になる未再請求はありません。"
    first = min(row["first_day"] for row in soon)
    return (
        f"{text}このまま再請求しないと、12か月以内に¥{_yen(soon):,}が時効になります"
        f"（最初は{first.year}年{first.month}月{first.day}日）。"
    )


def repeat_verdict(re_return: Figure, corrections: Figure, chains: Figure, people: Figure) -> pl.DataFrame:
    """How many re-claims came back, which corrections do not hold, and what came back for the same reason."""
    return _lines(
        [
            came_back_sentence(re_return.data.to_dicts()),
            holding_sentence(corrections.data.to_dicts()),
            chain_sentence(chains.data.to_dicts()),
            None
            if people.data.height
            else "入力者ごとのくり返しは、請求の一覧に入力者の欄がある月だけ数えられます。いまは該当がありません。",
        ]
    )


def came_back_sentence(re_return: Sequence[Row]) -> str:
    """The share of the re-claims that came back again."""
    row = next(row for row in re_return if row["payer"] == "all")
    if not row["denominator"]:
        return "結果の分かる再請求はまだありません。"
    if not row["numerator"]:
        return f"再請求{row['denominator']:,}件のうち、また返戻されたものはありません。"
    return (
        f"再請求{row['denominator']:,}件のうち{row['numerator']:,}件"
        f"（{percent(row['rate'])}）がまた返戻されました。"
    )


def holding_sentence(corrections: Sequence[Row]) -> str | None:
    """The categories and codes whose re-claims come back more often than the others."""
    worse = [row for row in corrections if row["correction"] == "more"]
    if worse:
        names = "、".join(f"{_reason_name(row)}（{percent(row['rate'], 0)}）" for row in worse)
        return f"また返戻される割合がほかより高いのは{names}です。直し方の手順から見直してください。"
    if any(row["numerator"] for row in corrections):
        return "また返戻される割合がほかより高いと言える理由は、区分で見てもコードで見てもありません。"
    return None


def _reason_name(row: Row) -> str:
    if row["part"] == "category":
        return f"「{row['category']}」"
    return f"コード{row['code']}（{PAYERS[row['payer']]}、{row['category']}）"


def chain_sentence(chains: Sequence[Row]) -> str | None:
    """How many came back for the same reason as before."""
    again = sum(row["returns"] for row in chains)
    if not again:
        return None
    same = sum(row["returns"] for row in chains if row["is_same"])
    other = again - same
    return (
        f"2回目以降の返戻{again:,}件のうち、前と同じ理由は{same:,}件、別の理由は{other:,}件です。"
        "同じ理由は直しもれ、別の理由は送る前の点検もれを疑ってください。"
    )


def prevention_verdict(preventable: Figure, candidates: Figure, effects: Figure) -> pl.DataFrame:
    """What share had come before, where to start, and what the newest actions did."""
    return _lines(
        [
            share_sentence(preventable.data.to_dicts()),
            others_sentence(preventable.data.to_dicts()),
            first_candidate_sentence(candidates.data.to_dicts()),
            *action_sentences(effects.data.to_dicts()),
        ]
    )


def share_sentence(preventable: Sequence[Row]) -> str:
    """The upper bound of what could have been prevented."""
    row = next(row for row in preventable if row["kind"] == "patient")
    if not row["denominator"]:
        return "さかのぼれる12か月分の返戻がまだないため、防げた割合は計算できません。"
    again = row["repeats_same_claim"]
    again = f"そのうち{again:,}件は同じレセプトの再返戻です。" if again else ""
    return (
        f"返戻{row['denominator']:,}件のうち{row['numerator']:,}件（{percent(row['rate'], 0)}、¥{row['yen']:,}）は、"
        f"12か月以内に同じ患者で同じ理由の返戻があったものです{_chance(row)}。"
        f"{again}前の返戻のときに患者情報や手順まで直していれば防げたかもしれない、上限です。"
    )


def others_sentence(preventable: Sequence[Row]) -> str | None:
    """The same of insurers, departments and people, against what chance alone would give."""
    rows = [
        row
        for row in preventable
        if row["kind"] in ("insurer", "department", "person") and row["denominator"]
    ]
    if not rows:
        return None
    parts = "、".join(f"{KINDS[row['kind']]}では{percent(row['rate'], 0)}{_chance(row)}" for row in rows)
    return f"{parts}です。返戻の多い相手ほど偶然でも高くなるので、差の大きいところを見てください。"


def first_candidate_sentence(candidates: Sequence[Row]) -> str | None:
    """Where a change of procedure would reach most."""
    named = [row for row in candidates if row["who"] is not None] or candidates
    if not named:
        return None
    row = named[0]
    who = f"（{row['who']}）" if row["who"] else ""
    most = "最も多いくり返しは" if row["excess"] is None else "偶然の分を除いて最も多いくり返しは"
    if row["who"] is not None and row is not candidates[0]:  # the table begins with those that name nobody
        most = f"手順を変える相手（保険者・診療科・入力者）の分かるものでは、{most}"
    chance = "" if row["expected"] is None else f"、偶然なら{row['expected']:,.0f}件"
    return (
        f"{most}{KINDS[row['kind']]}{who}の「{row['category']}」{row['repeats']:,}件"
        f"（¥{row['yen']:,}{chance}）です。まずここから手順を1つ変えてください。"
    )


def action_sentences(effects: Sequence[Row]) -> list[str]:
    """The verdict on the newest actions; one sentence when there is none."""
    first = [row for row in effects if row["span"] == "first"]
    if not first:
        return ["取組の記録がありません。取組を始めた日を記録すると、前後の返戻率をくらべます。"]
    return [_action_sentence(row) for row in first[:ACTIONS_NAMED]]


def _action_sentence(row: Row) -> str:
    day = row["acted_on"]
    what = f"{day.year}年{day.month}月の取組「{row['category']}（{row['target']}）」: "
    if row["rate_before"] is None:
        return f"{what}{EFFECTS[row['effect']]}。"
    return (
        f"{what}返戻率は{percent(row['rate_before'], 2)}から{percent(row['rate_after'], 2)}。"
        f"{EFFECTS[row['effect']]}。"
    )


def _chance(row: Row) -> str:
    return "" if row["by_chance"] is None else f"（偶然なら{percent(row['by_chance'], 0)}）"


def _yen(rows: Iterable[Row], cash_state: Sequence[str] | None = None) -> int:
    return sum(row["yen"] for row in rows if cash_state is None or row["cash_state"] in cash_state)


def _returns(rows: Iterable[Row]) -> int:
    return sum(row["returns"] for row in rows)


def _lines(sentences: Iterable[str | None]) -> pl.DataFrame:
    return pl.DataFrame(
        list(enumerate((text for text in sentences if text), start=1)),
        {"position": pl.Int64, "sentence": pl.String},
        orient="row",
    )
