"""One look for every chart: fonts, and one fixed colour, dash and marker for each payer and reason category.

The colours are Tol's "muted" scheme (safe for colour-blind readers); payers also differ in lightness, dash and
marker, so that a grey print can be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

FONTS = '"BIZ UDPGothic","Yu Gothic UI","Meiryo","Hiragino Sans","Noto Sans CJK JP","Noto Sans JP","IPAexGothic",sans-serif'
SINGLE = "#4A6670"  # of nobody in particular: neither payer's, nor any category's
OWN, MARKED = "#882255", "#117733"  # the reader's institution among others; a value from outside
SHADES = ["#F4F7FA", "#9DC3DD", "#3A7FB0", "#0B3C5D"]

PAYERS = {"社保": "#00558C", "国保": "#D07A00", "合計": "#444444"}
PAYER_DASHES = {"社保": [1, 0], "国保": [6, 3], "合計": [2, 2]}
PAYER_SHAPES = {"社保": "circle", "国保": "triangle-up", "合計": "square"}

CATEGORIES = {
    "資格関係": "#332288",
    "記載不備": "#88CCEE",
    "点数・算定": "#117733",
    "診療内容": "#DDCC77",
    "重複": "#882255",
    "給付対象外": "#44AA99",
    "公費・負担金": "#CC6677",
    "取下げ・再審査": "#AA4499",
    "請求先変更": "#999933",
    "その他": "#BBBBBB",
    "未分類": "#666666",
}
ENDINGS = {"再請求": "#44AA99", "請求断念": "#882255", "時効": "#DDCC77", "未再請求": "#E6EAEE"}
OTHERS = ["#117733", "#CC6677", "#332288", "#999933", "#88CCEE", "#882255", "#44AA99", "#DDCC77", "#666666"]
DASHES = [[1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [4, 1], [1, 3]]
SHAPES = ["circle", "triangle-up", "square", "diamond", "cross", "triangle-down"]

# The same money on its way: certain, after the next window, in doubt, lost.
CASH_STATES = {
    "再請求済・入金待ち": "#117733",
    "次の締切で出せば": "#88CCEE",
    "ダウンロードして出せば": "#44AA99",
    "予定月を過ぎて未確認": "#DDCC77",
    "返戻ファイルなし（期限切れ）": "#CC6677",
    "次の期間の前に時効": "#882255",
}
FIXED = {
    "cash_state": CASH_STATES,
    "payer": PAYERS,
    "category": CATEGORIES,
    "main_reason_category": CATEGORIES,
    "ending": ENDINGS,
}

# State of a month → colour of the cell, sign (the same as in `henrei status`), colour of the sign. What is urgent is
# also the darkest.
STATES = {
    "取込済": ("#8FC1E0", "●", "#1B4B66"),
    "該当なし": ("#E3EEF5", "－", "#1B4B66"),
    "別資料": ("#CBE3D4", "◇", "#1B4B66"),
    "差替済": ("#C5C9CE", "○", "#222222"),
    "未取込": ("#F5C46B", "×", "#222222"),
    "期限間近": ("#B3261E", "！", "#FFFFFF"),
    "期限切れ": ("#6E6E6E", "△", "#FFFFFF"),
}
# Verdict on a month → its sign in a chart, and the colour of the sign.
SIGNALS = {
    "増えています": ("▲", "#A3330D"),
    "じわじわ増えています": ("△", "#A3330D"),
    "減っています": ("▼", "#146C43"),
}
UNKNOWN_STATE = ("#CCCCCC", "?", "#222222")

THEME = {
    "font": FONTS,
    # A chart is read aloud as one image, with its table beside it; a word for every mark would weigh more than the drawing.
    "aria": False,
    "background": "white",
    "view": {"stroke": None, "continuousWidth": 640, "continuousHeight": 280},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": "#333",
        "titleColor": "#333",
        "gridColor": "#E4E4E4",
        "domainColor": "#888",
        "tickColor": "#888",
        "labelLimit": 260,
        "titlePadding": 8,
    },
    "axisY": {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleY": -12, "titleX": 0},
    "legend": {
        "orient": "top",
        "offset": 28,  # clears the title of the y axis, which stands above it
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "symbolStrokeWidth": 2,
        "symbolOpacity": 1,
        "labelLimit": 260,
        "columns": 5,
    },
    "line": {"strokeWidth": 2.2},
    "text": {"fontSize": 11},
    "title": {
        "fontSize": 14,
        "anchor": "start",
        "subtitleFontSize": 12,
        "subtitleColor": "#333",
        "subtitlePadding": 2,
    },
}


@dataclass(frozen=True)
class SeriesStyle:
    """The scales of one series; `order` is the order of legend and stack."""

    order: list[str]
    colours: alt.Scale
    dashes: alt.Scale
    shapes: alt.Scale


@dataclass(frozen=True)
class StateStyle:
    """The colours of the states present, and the sign and its colour of each."""

    colours: alt.Scale
    signs: dict[str, str]
    inks: dict[str, str]


def of(column: str, value: str | None) -> str:
    """The colour of one value on every page, or that of a figure without a series."""
    return FIXED.get(column, {}).get(value, SINGLE)


def series(column: str, values: Sequence[str]) -> SeriesStyle:
    """Scales for the values present, in their fixed order; unknown values come last."""
    fixed = FIXED.get(column, {})
    order = [name for name in fixed if name in values] + [name for name in values if name not in fixed]
    spare = iter(OTHERS * 3)
    colours = [fixed.get(name) or next(spare) for name in order]
    dashes = [PAYER_DASHES.get(name, DASHES[at % len(DASHES)]) for at, name in enumerate(order)]
    shapes = [PAYER_SHAPES.get(name, SHAPES[at % len(SHAPES)]) for at, name in enumerate(order)]
    return SeriesStyle(
        order,
        alt.Scale(domain=order, range=colours),
        alt.Scale(domain=order, range=dashes),
        alt.Scale(domain=order, range=shapes),
    )


def states(values: Sequence[str]) -> StateStyle:
    """Colour, sign and ink of each state present."""
    order = [name for name in STATES if name in values] + [name for name in values if name not in STATES]
    looks = {name: STATES.get(name, UNKNOWN_STATE) for name in order}
    return StateStyle(
        alt.Scale(domain=order, range=[colour for colour, _, _ in looks.values()]),
        {name: sign for name, (_, sign, _) in looks.items()},
        {name: ink for name, (_, _, ink) in looks.items()},
    )
