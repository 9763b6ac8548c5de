"""Executed pages made without a kernel: figures as notebooks show them, for the tests of what is made from pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import nbformat
import polars as pl

from henrei_analytics import charts, display, figures
from henrei_analytics.headline import Tile
from henrei_analytics.outputs.cover import Cover
from henrei_analytics.pages import Page, read_page

COVER = Cover(
    "架空クリニック 13-1-9912345",
    "2026年9月請求分（10月返戻）",
    date(2026, 10, 31),
    "院内用",
    "0.0",
    [("処理年月", "2026-09")],
    [("RECEIPTC.HEN", "0123456789ab")],
)
HOSTILE = (
    "=1+1",
    "@SUM(A1)",
    "+81",
    "-1",
    "http://example.invalid/x",
    '#import "x"',
    "*b* _i_ $x$ `c` <l> @r",
    "= 見出し",
    "\\ #set page(width: 1pt)",
    "'; DROP",
    "<script>alert(1)</script>",
    "{=HYPERLINK}",
)
ROWS = 90

REASONS = pl.DataFrame(
    {"category": ["資格関係", "記載不備"], "returns": [11, 4], "share": [0.7333333333, 0.2666666667]}
)
LONG = pl.DataFrame(
    {
        "rank": range(1, ROWS + 1),
        "text": [f"{HOSTILE[at % len(HOSTILE)]} 行{at + 1:03}" for at in range(ROWS)],
        "name": ["files/" + "x" * 90 + f"/RECEIPTC-{at}.HEN" for at in range(ROWS)],
        "month": [date(2026, 9, 1)] * ROWS,
        "download_deadline": [date(2026, 12, 31), None, None] * (ROWS // 3),
        "returns": range(ROWS),
        "rate": [0.125] * ROWS,
        "payer": ["shaho", "kokuho", "all"] * (ROWS // 3),
        "balanced": [True, False, None] * (ROWS // 3),
    }
)
TILE = Tile("返戻", "18", "件", ("12,480点（¥124,800）",), "増えています", "bad")


def page(name: str, *shown: str | dict[str, Any]) -> Page:
    """A page of markdown texts and of figures as `display` bundles them."""
    node = nbformat.v4
    cells = [
        node.new_markdown_cell(each)
        if isinstance(each, str)
        else node.new_code_cell("", outputs=[node.new_output("display_data", data=each)])
        for each in shown
    ]
    return read_page(node.new_notebook(cells=cells), name)


def figure(
    name: str, data: pl.DataFrame, columns: Sequence[str] | None = None, *, chart: bool = False
) -> dict:
    """A declared figure with rows of the test's own."""
    drawn = charts.bars(data, "category", "returns") if chart else None
    return display.bundle(figures.Figure(figures.definitions()[name], data), drawn, columns=columns)


def tiles() -> dict[str, Any]:
    return display.tiles_bundle(figures.Figure(figures.definitions()["headline"], REASONS.head(1)), [TILE])


def pages() -> dict[str, Page]:
    """A brief, and a page with a long table of hostile texts."""
    return {
        "10_monthly_brief": page(
            "10_monthly_brief",
            "# 今月のまとめ\n\n**太字** と `henrei load`\n\n- 一つ\n- 二つ",
            tiles(),
            "## なぜ",
            figure("top_reasons", REASONS, chart=True),
        ),
        "20_return_reasons": page(
            "20_return_reasons",
            "# 返戻の理由",
            "## 一件ずつ",
            figure("reasons_by_code", LONG),
            figure("reasons_by_category", REASONS, chart=True),
        ),
    }
