"""Checks on a page: what failed, with the rows by what identifies them; then what passed and what did not apply."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any

import polars as pl

from henrei_analytics import display, labels
from henrei_analytics.checks.check import Check, Result
from henrei_analytics.checks.texts import finding, in_need, overdue, span, summary, what_to_do, where_listed

TITLE = "データの検査"
QUESTION = "取り込んだデータは、数字を信じてよい状態ですか"
ALL_PASSED = "不合格の検査はありません"
FEW_ROWS = 5  # so few are open at once, and printed
COLUMNS = ("checked", "violating", "share", "tolerated")


def bundle(results: Sequence[Result], as_of: date) -> dict[str, Any]:
    """The MIME bundle of a section with every check of an institution."""
    needed = in_need(results)
    passed = [result for result in results if result.status == "pass"]
    left_out = [result for result in results if result.status == "not_applicable"]
    said = f"{summary(results)}（{span(as_of)}）"
    failed = "".join(_needed_html(result, as_of) for result in needed)
    html = (
        f'<section class="figure" data-figure="checks"><h3>{TITLE}</h3><p class="question">{QUESTION}</p>'
        f"<p>{escape(said)}</p>"
        + (f'<ul class="attention">{failed}</ul>' if needed else f'<p class="none">{ALL_PASSED}</p>')
        + _folded("合格", passed, COLUMNS, as_of)
        + _folded("対象外", left_out, ("reason",), as_of)
        + "</section>"
    )
    items = [
        {
            "severity": result.check.severity,
            "urgency": labels.code("severity", result.check.severity),
            "title": f"{result.check.title}: {finding(result)}",
            "step": what_to_do(result),
        }
        for result in needed
    ]
    data = {
        "name": "checks",
        "where": {},
        "title": TITLE,
        "definition": {"question": QUESTION},
        "rows": [_numbers(result) for result in results],
        "spec": None,
        "shown": [
            {"kind": "note", "text": said},
            *([{"kind": "attention", "items": items}] if items else []),
            display.written_table(_written_results(results)) | {"folded": True},
        ],
    }
    return {"text/html": html, "text/plain": f"{TITLE} {said}", display.MIME: data}


def _numbers(result: Result) -> dict[str, Any]:
    """A result without its rows: what a file of numbers may hold."""
    return {
        "check_name": result.check.name,
        "check": result.check.title,
        "check_status": result.status,
        "checked": result.checked,
        "violating": result.violating,
    }


def _written_results(results: Sequence[Result]) -> pl.DataFrame:
    """Every check in one table, in words: for formats that cannot fold."""
    return pl.DataFrame(
        [
            {
                "check": result.check.title,
                "check_status": result.status,
                "checked": result.checked,
                "violating": result.violating,
                "tolerated": result.check.threshold.text,
            }
            for result in results
        ]
    )


def _needed_html(result: Result, as_of: date) -> str:
    check = result.check
    status = labels.code("check_status", result.status)
    return (
        f'<li class="{escape(check.severity)}"><strong><span class="urgency">'
        f"{labels.code('severity', check.severity)}</span> {escape(check.title)}: {status}</strong>"
        f"<p>{escape(finding(result))}</p><p>→ {escape(what_to_do(result))}</p>"
        f"{_rows_html(result)}{_box(check, as_of)}</li>"
    )


def _rows_html(result: Result) -> str:
    """The violating rows: files, lines, months and numbers, never what the lines say."""
    if result.status != "fail":
        return ""
    if result.check.told_in:
        return f"<p>{escape(where_listed(result.check))}</p>"
    rest = (
        f"<p>新しい月から{len(result.rows):,}行。ほかに{result.more:,}行あります。</p>" if result.more else ""
    )
    table = display.table_html(pl.DataFrame(result.rows, infer_schema_length=None))
    is_open = " open" if len(result.rows) <= FEW_ROWS else ""
    summary = f"<summary>該当するもの（{result.groups:,}行）</summary>"
    return f'<details class="rows"{is_open}>{summary}{table}{rest}</details>'


def _folded(title: str, results: Sequence[Result], columns: Sequence[str], as_of: date) -> str:
    """The checks of one status, one a row; below its title each says what it means."""
    if not results:
        return ""
    heads = [labels.column(name) for name in columns]
    css = ["number" if head.numeric else "long" if head.name == "reason" else "short" for head in heads]
    head = "".join(f'<th scope="col" class="{c}">{h.label}</th>' for h, c in zip(heads, css, strict=True))
    body = "".join(_row(result, heads, css, as_of) for result in results)
    first = labels.column("check").label
    return (
        f'<details class="rows"><summary>{title}（{len(results)}）</summary><div class="scroll"><table class="checks">'
        f'<thead><tr><th scope="col">{first}</th>{head}</tr></thead><tbody>{body}</tbody></table></div></details>'
    )


def _row(result: Result, heads: Sequence[labels.Column], css: Sequence[str], as_of: date) -> str:
    values = {
        "checked": result.checked,
        "violating": result.violating,
        "share": labels.text(result.share, "fine_rate"),
        "tolerated": result.check.threshold.text,
        "reason": result.reason,
    }
    cells = "".join(
        f'<td class="{c}">{escape(_written(values[head.name]))}</td>'
        for head, c in zip(heads, css, strict=True)
    )
    box = _box(result.check, as_of, result.check.title, "definition-of")
    return f'<tr><td class="long">{box}</td>{cells}</tr>'


def _written(value: int | str) -> str:
    return value if isinstance(value, str) else labels.text(value, "count")


def _box(check: Check, as_of: date, summary: str = "検査の定義", css: str = "definition") -> str:
    """What the check means, folded; and in small print when it should have been looked at again."""
    rows = [
        ("見つけるもの", check.finds),
        ("なぜ見るか", check.why),
        ("すること", check.to_do),
        ("許容", f"{check.threshold.text}。{check.threshold_note}"),
        ("要るファイル", _kinds(check)),
        ("定義した人", check.owner),
        ("定義した日", labels.day(check.written_on)),
        ("次の見直し", labels.day(check.next_review)),
        ("計算式", f"sql/checks/{check.name}.sql"),
    ]
    listed = "".join(f"<dt>{label}</dt><dd>{escape(text)}</dd>" for label, text in rows if text)
    late = f'<p class="overdue">{overdue(check)}</p>' if as_of > check.next_review else ""
    return f'<details class="{css}"><summary>{escape(summary)}</summary><dl>{listed}</dl></details>{late}'


def _kinds(check: Check) -> str:
    groups = ["か".join(labels.code("kind", kind) for kind in group) for group in check.applies_when]
    return "、および".join(groups)
