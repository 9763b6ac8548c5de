"""What is said of checks, the same words on the page and on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from henrei_analytics import labels
from henrei_analytics.attention import SEVERITIES
from henrei_analytics.checks.check import STATUSES, Check, Result
from henrei_analytics.checks.run import WINDOW_MONTHS, run_checks
from henrei_analytics.errors import HenreiError
from henrei_analytics.figures import definitions
from henrei_analytics.figures.scope import month_number, month_of
from henrei_analytics.offices import institutions


def check_lines(con: duckdb.DuckDBPyConnection, as_of: date, institution: str = "") -> tuple[list[str], bool]:
    """Lines about every institution, or the one named, and whether nothing failed. Raises HenreiError."""
    known = {each.code: each for each in institutions(con)}
    if institution and institution not in known:
        raise HenreiError(f"医療機関「{institution}」のデータはありません。あるもの: {'、'.join(known)}。")
    lines = [f"基準日 {as_of.isoformat()}　調べる期間 {span(as_of)}"]
    if not known:
        return [*lines, "取り込んだファイルはまだありません。henrei load で取り込んでください。"], True
    in_order = True
    for each in [known[institution]] if institution else known.values():
        results = run_checks(con, each.code, as_of)
        lines += [f"■ {each.title}", f"  {summary(results)}"]
        lines += [line for result in in_need(results) for line in _of_one(result)]
        if late := [result.check.title for result in results if result.is_overdue(as_of)]:
            lines.append(f"  見直しの時期を過ぎた検査 {len(late)}: {'、'.join(late)}")
        in_order = in_order and not in_need(results)
    return lines, in_order


def span(as_of: date) -> str:
    first = month_of(month_number(as_of) - (WINDOW_MONTHS - 1))
    return f"{labels.month(first)}から{labels.month(as_of)}まで"


def summary(results: Sequence[Result]) -> str:
    """検査 46: 不合格 2　実行できず 0　合格 42　対象外 2"""
    counted = [
        f"{labels.code('check_status', status)} {sum(each.status == status for each in results)}"
        for status in STATUSES
    ]
    return f"検査 {len(results)}: {'　'.join(counted)}"


def in_need(results: Sequence[Result]) -> list[Result]:
    """What failed and what could not be run, the most urgent first."""
    return [
        result
        for status in ("fail", "error")
        for severity in SEVERITIES
        for result in results
        if result.status == status and result.check.severity == severity
    ]


def finding(result: Result) -> str:
    """点数がない、0点、またはマイナスの請求 3件（120件中、2.5 %。許容は0件まで）"""
    if result.status != "fail":
        return result.reason
    share = labels.text(result.share, "fine_rate")
    return (
        f"{result.check.finds} {result.violating:,}件"
        f"（{result.checked:,}件中、{share}。許容は{result.check.threshold.text}）"
    )


def what_to_do(result: Result) -> str:
    if result.status == "error":
        return "henrei load を一度実行してください。それでも実行できなければ、検査の名前を開発者に伝えてください。"
    return result.check.to_do


def where_listed(check: Check) -> str:
    """Which list of the pages has the rows, where one has them already."""
    return f"該当するものは「{definitions()[check.told_in].title}」にあります。" if check.told_in else ""


def overdue(check: Check) -> str:
    return f"この検査は見直しの時期（{check.next_review:%Y-%m-%d}）を過ぎています"


def _of_one(result: Result) -> list[str]:
    severity = labels.code("severity", result.check.severity)
    status = labels.code("check_status", result.status)
    return [
        f"  [{severity}] {status}: {result.check.title}",
        f"      {finding(result)}",
        f"      → {what_to_do(result)}",
    ]
