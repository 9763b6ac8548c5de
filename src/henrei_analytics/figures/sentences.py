"""The verdict in words: three to five Japanese sentences made by rule from rows of other figures.

Pure text from plain mappings. Everything that can be absent (no returns, one return, no claims
file, no earlier month) has its own wording, so that a sentence is never wrong and never odd.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from henrei_analytics.figures.control_charts import BASELINE_MONTHS
from henrei_analytics.labels import percent

Row = Mapping[str, Any]

NO_DENOMINATOR = "分母の請求ファイルがないため返戻率は計算できません"

RISING = ("high", "run_high", "creeping")
JUDGEMENTS = {
    "usual": "返戻率はいつもの範囲です(平均{center}、管理限界{low}〜{high})。",
    "high": "返戻率は増えていて、管理限界の{high}を超えました(平均{center})。",
    "low": "返戻率は減っていて、管理限界の{low}を下回りました(平均{center})。",
    "run_high": "返戻率は増えていて、平均の{center}より高い月が8か月以上続いています。",
    "run_low": "返戻率は減っていて、平均の{center}より低い月が8か月以上続いています。",
    "creeping": "返戻率はじわじわ増えていて、月ごとには管理限界の{high}を超えませんが、少しずつの増加が積み重なっています。",
}


def brief_verdict(
    headline: Row, top_reasons: Sequence[Row], rates: Sequence[Row] = (), attention: Sequence[Row] = ()
) -> list[str]:
    """How many came back, whether that is out of the ordinary, why, what to do next, what is missing.

    headline: the row of `headline`; top_reasons: rows of `top_reasons`, largest first; rates: rows of `rate_by_month`;
    attention: rows of `attention`. The second and the last sentence are left out where there is nothing to say.
    """
    sentences = [
        volume_sentence(headline),
        judgement_sentence(headline, rates),
        reason_sentence(headline, top_reasons),
        action_sentence(headline),
        missing_sentence(attention),
    ]
    return [sentence for sentence in sentences if sentence]


def volume_sentence(headline: Row) -> str:
    """How many returns, against last month and last year, and the rate if there is one."""
    month = headline["month"]
    returns = headline["returns"]
    claimed = f"{month.year}年{month.month}月請求分の返戻は"
    if not headline["has_arrived"]:
        return f"{claimed}翌月5日ごろに届くので、基準日の時点ではまだ届いていません。"
    if returns == 0 and headline["return_files"] == 0:
        return f"{claimed}0件ですが、返戻ファイルがまだ取り込まれていません。"
    count = f"{returns:,}件({headline['points']:,}点、¥{headline['yen']:,})" if returns else "0件"
    facts = [
        count,
        *(
            f"{name}{_change(headline[column])}"
            for name, column in (("前月比", "change_last_month"), ("前年同月比", "change_last_year"))
            if headline[column] is not None
        ),
    ]
    if headline["rate"] is not None:
        return f"{claimed}{'、'.join(facts)}、返戻率は{percent(headline['rate'])}です。"
    return f"{claimed}{'、'.join(facts)}です({_why_no_rate(headline)})。"


def _change(change: int) -> str:
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return f"{sign}{abs(change):,}件"


def _why_no_rate(headline: Row) -> str:
    payers = [
        f"{name} {percent(headline[key])}"
        for name, key in (("社保", "rate_shaho"), ("国保", "rate_kokuho"))
        if headline[key] is not None
    ]
    if payers:
        known = "、".join(payers)
        return f"分母の請求ファイルがそろわないため全体の返戻率は計算できません、{known}"
    if headline["rate_denominator"]:
        return "請求ファイルの件数が返戻より少なく、返戻率は計算できません"
    return NO_DENOMINATOR


def judgement_sentence(headline: Row, rates: Sequence[Row]) -> str:
    """Whether the month's rate is out of the ordinary, and by which rule; which payer differs from the whole."""
    now = {row["payer"]: row for row in rates if row["month"] == headline["month"]}
    whole = now.get("all")
    if whole is None or whole["rate"] is None:
        return ""
    if whole["signal"] is None:
        known = sum(
            1
            for row in rates
            if row["payer"] == "all" and row["rate"] is not None and row["month"] < headline["month"]
        )
        return f"増減の判定には、返戻率の分かる月が前月までに{BASELINE_MONTHS}か月必要です(いま{known}か月)。"
    if whole["signal"] == "few":
        low, high = percent(whole["low"]), percent(whole["high"])
        text = f"返戻率は件数が少ないため判定しません(95 %の幅は{low}〜{high})。"
    else:
        text = JUDGEMENTS[whole["signal"]].format(
            center=percent(whole["center"]),
            low=percent(whole["limit_low"]),
            high=percent(whole["limit_high"]),
        )
    rising = [
        name
        for payer, name in (("shaho", "社保"), ("kokuho", "国保"))
        if now.get(payer, {}).get("signal") in RISING and whole["signal"] not in RISING
    ]
    return text.removesuffix("。") + f"が、{'と'.join(rising)}だけを見ると増えています。" if rising else text


def missing_sentence(attention: Sequence[Row]) -> str:
    """How much about the data or the deadlines still needs a look."""
    counts = [
        f"{word}{count:,}件"
        for severity, word in (("red", "至急のもの"), ("amber", "今月中に確認するもの"))
        if (count := sum(1 for row in attention if row["severity"] == severity))
    ]
    return f"このほかに確かめることは、{'、'.join(counts)}です。" if counts else ""


def reason_sentence(headline: Row, top_reasons: Sequence[Row]) -> str:
    """The most frequent reason category; all of them when several are equally frequent."""
    total = headline["returns"]
    if total == 0 or not top_reasons:
        return "この月に理由の内訳はありません。"
    most = top_reasons[0]["returns"]
    first = [row for row in top_reasons if row["returns"] == most]
    names = "と".join(f"「{row['category']}」" for row in first)
    if total == 1:
        return f"理由は{names}です。"
    if most == total:
        return f"理由は{total:,}件すべてが{names}です。"
    if len(first) == len(top_reasons) == 5:
        return f"理由は分かれていて、最も多い分類でも{most:,}件です。"
    if len(first) > 1:
        return f"最も多い理由は{names}で、それぞれ{most:,}件です。"
    change = first[0]["change"]
    against = "" if change is None else f"、前月比{_change(change)}"
    return f"最も多い理由は{names}で、{most:,}件({percent(most / total, 0)}{against})です。"


def action_sentence(headline: Row) -> str:
    """What is still to be re-claimed, what is urgent, and until when the next window is open."""
    count = headline["open_returns"]
    if not count:
        return "未再請求の返戻はありません。"
    soon, passed = headline["open_due_14_days"], headline["open_download_passed"]
    facts = [f"¥{headline['open_yen']:,}"]
    if soon:
        facts.append(f"{_of(soon, count)}14日以内に期限が来ます")
    if passed:
        facts.append(f"{_of(passed, count)}返戻ファイルを取り込まないままダウンロード期限を過ぎました")
    deadline = _day(headline["next_window_end"])
    return f"未再請求は{count:,}件({'、'.join(facts)})で、次の再請求の締切は{deadline}です。"


def _of(part: int, whole: int) -> str:
    if part < whole:
        return f"うち{part:,}件は"
    return "その1件は" if whole == 1 else f"{whole:,}件すべて"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
