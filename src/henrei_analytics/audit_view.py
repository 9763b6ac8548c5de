"""What the audit page shows beyond single figures: institutions side by side, benchmarks, the list of claims.

A database of one institution has nothing to set side by side: then one sentence stands where the charts would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from importlib import resources
from typing import Any

import polars as pl

from henrei_analytics import charts, display, labels
from henrei_analytics.benchmarks import FOLDER, Benchmarks, folder_of, read_benchmarks
from henrei_analytics.figures import Figure
from henrei_analytics.notebook import Office

ALONE = (
    "このデータベースには1つの医療機関しかないので、並べて比べる図はありません。"
    "ほかの医療機関のファイルも同じデータベースに取り込むと、ここに出ます。"
)
ALONE_IN_CELL = "比べる施設がありません（この区分の請求があるのは1施設だけです）。"
NO_BENCHMARK = (
    f"参考値のファイルはありません。データベースと同じ場所のフォルダー {FOLDER} に、出典・期間・定義を書いた "
    "CSV を置くと、ここと漏斗図に出ます。"
)
LONGEST_SOURCE = 24  # characters of a source beside its line
LONGEST_LIST = 1_000  # rows; a page that still opens at once
FILTERS = ("payer", "setting", "category", "department", "insurer_number", "stage", "status")
LIMITS = [("limit_low_95", "limit_high_95"), ("limit_low_998", "limit_high_998")]


def funnels(office: Office, columns: Sequence[str]) -> None:
    """A funnel plot for each payer and setting the institution claims in, with the benchmarks there are."""
    figure = office.figure("audit_funnel")
    if figure.data["institution"].n_unique() < 2:
        _say(figure, ALONE)
        return
    marked = _benchmarks(office).frame
    own = figure.data.filter(pl.col("is_own")).select("payer", "setting")
    for cell in own.iter_rows(named=True):
        rows = office.figure("audit_funnel", **cell)
        name = f"{labels.code('payer', cell['payer'])}・{labels.code('setting', cell['setting'])}"
        titled = replace(rows, definition=replace(rows.definition, title=f"{rows.definition.title} {name}"))
        if rows.data["pooled"].null_count() == rows.data.height:
            _say(titled, ALONE_IN_CELL)
            continue
        chart = charts.funnel(
            rows.data,
            office.rows("audit_funnel_limits", **cell),
            "denominator",
            "return_rate",
            "office",
            own="is_own",
            center="pooled",
            limits=LIMITS,
            signal="signal_funnel",
            lines=_lines(marked, cell),
        )
        display.show(titled, chart, columns=columns, where=cell)


def side_by_side(
    office: Office, name: str, columns: Sequence[str], chart: charts.Chart = None, **where: Any
) -> None:
    """A figure that compares institutions; nothing in a database of one, where the page has said so above."""
    if office.rows("audit_funnel")["institution"].n_unique() > 1:
        office.show(name, chart=chart, columns=columns, **where)
    else:
        # An output that shows nothing: the page then leaves the heading above it away.
        display.display({"text/html": "", "text/plain": ""}, raw=True)


def benchmarks(office: Office, columns: Sequence[str]) -> None:
    """The institution's own rates beside the benchmarks of the files, and which rows were refused and why."""
    figure = office.figure("audit_benchmark")
    found = _benchmarks(office)
    rows = found.frame.join(figure.data, on=["metric", "payer", "setting"], how="left", maintain_order="left")
    figure = replace(figure, data=rows)
    html, shown = "", []
    if not rows.is_empty():
        html += display.table_html(rows, columns)
        shown.append(display.written_table(rows, columns))
    for sentence in found.refused or ([NO_BENCHMARK] if rows.is_empty() else []):
        html += f'<p class="none">{escape(sentence)}</p>'
        shown.append(display.note(sentence))
    display.written(figure, html, shown)


def claim_list(office: Office, columns: Sequence[str], **where: Any) -> None:
    """The returns behind the numbers as one table with a choice above it for what can be narrowed.

    `where` as in `Office.show`: payer="shaho", category=["資格関係", "記載不備"].
    """
    figure = office.figure("audit_claims", **where)
    if figure.data.is_empty():
        office.show("audit_claims", **where)
        return
    rows = figure.data.head(LONGEST_LIST)
    table = display.written_table(rows, columns)
    more = _more(figure.data.height)
    html = _choices(table) + display.table_html(rows, columns)
    folded = (
        f'<details class="rows claims"><summary>一覧（{figure.data.height:,}件）</summary>{html}'
        f"<script>{_script()}</script></details>"
    )
    sentence = f'<p class="none">{more}</p>' if more else ""
    notes = [display.note(more)] if more else []
    display.written(figure, folded + sentence, [table | {"folded": True}, *notes])


def _benchmarks(office: Office) -> Benchmarks:
    folder = folder_of(office.con)
    return read_benchmarks(folder) if folder else Benchmarks()


def _lines(marked: pl.DataFrame, cell: Mapping[str, str]) -> pl.DataFrame:
    """The benchmarks of one payer and setting as lines with their source."""
    of_cell = marked.filter(payer=cell["payer"], setting=cell["setting"], metric="return_rate")
    source = pl.col("benchmark_source")
    short = pl.when(source.str.len_chars() > LONGEST_SOURCE).then(
        source.str.slice(0, LONGEST_SOURCE) + "…"
    ).otherwise(source)  # fmt: skip
    words = pl.format("参考値（{}、{}）", short, "benchmark_period")
    return of_cell.select(pl.col("benchmark").alias("return_rate"), written=words)


def _say(figure: Figure, sentence: str) -> None:
    empty = replace(figure, data=figure.data.clear())
    display.written(empty, f'<p class="none">{escape(sentence)}</p>', [display.note(sentence)])


def _choices(table: Mapping[str, Any]) -> str:
    """One choice for each column worth narrowing by, with the values that stand in the table."""
    parts = []
    for at, name in enumerate(table["columns"]):
        values = sorted({row[at] for row in table["rows"]})
        if name in FILTERS and len(values) > 1:
            options = "".join(f"<option>{escape(value)}</option>" for value in values)
            parts.append(
                f'<label>{escape(table["head"][at])} <select data-column="{at}">'
                f'<option value="">すべて</option>{options}</select></label> '
            )
    return f'<p class="choices">{"".join(parts)}<output></output></p>' if parts else ""


def _more(total: int) -> str:
    if total <= LONGEST_LIST:
        return ""
    return (
        f"新しい順に{LONGEST_LIST:,}件を示しています（全{total:,}件）。残りは、ノートブックで "
        'audit_view.claim_list(…, category="資格関係") のように絞ると見られます。'
    )


def _script() -> str:
    return resources.files(__package__).joinpath("audit_view.js").read_text("utf-8")
