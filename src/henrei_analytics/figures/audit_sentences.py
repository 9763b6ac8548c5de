"""The first lines of the audit page, made by rule from its figures. Rows of position and sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from henrei_analytics.figures.figure import Figure
from henrei_analytics.labels import percent

Row = Mapping[str, Any]

PAYERS = {"shaho": "社保", "kokuho": "国保"}
SETTINGS = {"inpatient": "入院", "outpatient": "入院外"}
DIMENSIONS = {
    "category": ("理由の区分", "種類"),
    "code": ("理由コード", "種類"),
    "insurer": ("保険者", "か所"),
    "department": ("診療科", "科"),
    "patient": ("患者", "人"),
}
"""What returns gather on, and the word it is counted with."""

FEWEST_RETURNS = 10
"""Fewer returns are concentrated by chance."""


def audit_verdict(funnel: Figure, case_mix: Figure, periods: Figure, concentration: Figure) -> pl.DataFrame:
    """Who is compared, where the institution stands, whether its mix explains it, what changed, where returns gather."""
    lines = [
        *_funnel(funnel.data),
        *_case_mix(case_mix.data),
        *_periods(periods.data),
        *_concentration(concentration.data),
    ]
    return pl.DataFrame(
        list(enumerate(lines, start=1)), {"position": pl.Int64, "sentence": pl.String}, orient="row"
    )


def _funnel(rows: pl.DataFrame) -> Iterable[str]:
    offices = rows["institution"].n_unique()
    if offices < 2:
        return
    yield (
        f"{offices}施設の返戻率を、全施設を合わせた率と比べました。順位ではありません。"
        "請求件数から見て偶然で説明できる範囲（限界）の外にあるかどうかだけを見ます。"
    )
    own = rows.filter(pl.col("is_own"))
    compared = [row for row in own.to_dicts() if row["signal_funnel"] is not None]
    if not compared:
        yield "この施設には、ほかの施設と比べられる区分がありません。"
        return
    outside = [row for row in compared if row["signal_funnel"] != "within"]
    yield "".join(map(_outside, outside)) or "この施設は、比べられるどの区分でも限界の内側です。"
    if spread := [row for row in own.to_dicts() if (row["phi"] or 1) > 1]:
        names = "・".join(_cell(row) for row in spread)
        yield (
            f"{names}では施設どうしの差が偶然より大きく（施設の性格の違いなど）、限界の外というだけでは"
            "問題とは言えません。「ばらつきを見込んだ判定」も合わせて見てください。"
        )


def _outside(row: Row) -> str:
    side = "高く" if row["signal_funnel"].startswith("high") else "低く"
    level = "99.8" if row["signal_funnel"].endswith("998") else "95"
    return (
        f"{_cell(row)}の返戻率{percent(row['return_rate'])}は全施設の{percent(row['pooled'])}より{side}、"
        f"{level} %の限界の外です。"
    )


def _cell(row: Row) -> str:
    return f"{PAYERS[row['payer']]}の{SETTINGS[row['setting']]}"


def _case_mix(rows: pl.DataFrame) -> Iterable[str]:
    own = rows.filter(pl.col("is_own")).to_dicts()
    if rows.height < 2 or not own or own[0]["mix"] is None:
        return
    row = own[0]
    reading = {
        "more": "請求の内訳の違いでは説明できない多さです。",
        "less": "請求の内訳から見て少なめです。",
        "alike": "請求の内訳から見込まれる件数と変わりません。",
    }[row["mix"]]
    yield (
        f"支払機関・入院/入院外・保険の種類をそろえると、見込み{row['expected']:,.1f}件に対して"
        f"実際は{row['numerator']:,}件（{row['observed_ratio']:.2f}倍、95 %の幅 {row['ratio_low']:.2f}〜{row['ratio_high']:.2f}）です。"
        f"{reading}"
    )


def _periods(rows: pl.DataFrame) -> Iterable[str]:
    for row in rows.filter(pl.col("is_own") & (pl.col("payer") == "all")).to_dicts():
        if row["period_effect"] not in ("less", "more") or row["rate_before"] is None:
            continue
        word = "減りました" if row["period_effect"] == "less" else "増えました"
        yield (
            f"「{row['label_ja']}」の前後で、返戻率は{percent(row['rate_before'])}から"
            f"{percent(row['rate_after'])}に{word}（偶然とは考えにくい差）。"
        )


def _concentration(rows: pl.DataFrame) -> Iterable[str]:
    parts = [
        "{0}は{2:,}{1}のうち{3:,}{1}".format(*DIMENSIONS[row["dimension"]], row["units"], row["units_50"])
        for row in rows.filter(pl.col("is_own")).to_dicts()
        if row["returns"] >= FEWEST_RETURNS and row["units_50"] < row["units"]
    ]
    if parts:
        yield f"返戻の半分を占めるのは、{'、'.join(parts)}です。"
