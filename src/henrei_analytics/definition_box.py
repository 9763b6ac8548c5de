"""The folded box below a figure: what its number means, how much it counted and what it was made from."""

from __future__ import annotations

from datetime import date
from html import escape

from henrei_analytics import labels
from henrei_analytics.figures import Definition, Figure
from henrei_analytics.figures.figure import Basis, counted

DEFINITION_ROWS = (
    ("question", "問い"),
    ("why", "なぜ見るか"),
    ("numerator", "分子"),
    ("denominator", "分母"),
    ("window", "期間"),
    ("exclusions", "除外"),
    ("notes", "注意"),
)
ABOUT = ("owner", "model", "written_on", "next_review")
DIRECTIONS = {
    "lower_is_better": "小さいほどよい",
    "higher_is_better": "大きいほどよい",
    "none": "よしあしなし",
}
KINDS_SHOWN = 6
PLACE = '<p class="place"></p>'
"""Where a page puts its link to the page of definitions; a notebook on the screen has no such page."""


def definition_html(figure: Figure) -> str:
    """The box, and below it a line in small print when the definition should have been looked at again."""
    if not figure.definition.model:  # rows shown by a notebook that nobody declared
        return ""
    rows = definition_rows(figure.definition)
    if figure.basis and not figure.not_loaded:
        rows += basis_rows(figure, figure.basis)
    rows += about_rows(figure.definition)
    listed = "".join(f"<dt>{label}</dt><dd>{escape(text)}</dd>" for label, text in rows)
    box = (
        '<details class="definition"><summary>定義・分母・除外</summary>'
        f'<dl data-definition="{escape(figure.name)}">{listed}</dl>{PLACE}</details>'
    )
    return box + (overdue_html(figure.definition, figure.basis.as_of) if figure.basis else "")


def definition_rows(definition: Definition) -> list[tuple[str, str]]:
    """Label and text of what a definition says of its number."""
    rows = [(label, getattr(definition, name)) for name, label in DEFINITION_ROWS]
    return [(label, text) for label, text in rows if text]


def about_rows(definition: Definition) -> list[tuple[str, str]]:
    """Who wrote a definition, when, when it is due again, and where the computation is written."""
    written, review = labels.day(definition.written_on), labels.day(definition.next_review)
    return [
        ("定義", f"{definition.owner}、{written}（次の見直し {review}）"),
        ("計算式", definition.model),
    ]


def basis_rows(figure: Figure, basis: Basis) -> list[tuple[str, str]]:
    """How much was counted, the files it was read from and the rules of time it depends on."""
    sums = [f"{labels.column(name).label} {total:,}{_unit(name)}" for name, total in counted(figure)]
    rows = [("数えたもの", "、".join(sums) or f"表の{figure.data.height:,}行")]
    if basis.files:
        since = f"{labels.month(basis.since)}分から{labels.day(basis.as_of)}まで"
        rows.append(("元のファイル", f"{_files(basis.files)}（{since}）"))
    if basis.rules:
        rows.append(("使った決まり", "。".join(basis.rules) + "。"))
    return rows


def overdue_html(definition: Definition, as_of: date) -> str:
    """What is said of a definition nobody has looked at since it was due."""
    if as_of <= definition.next_review:
        return ""
    return f'<p class="overdue">この定義は見直しの時期（{definition.next_review:%Y-%m-%d}）を過ぎています</p>'


def _files(files: tuple[tuple[str, int], ...]) -> str:
    shown = [f"{labels.code('kind', kind)} {number:,}" for kind, number in files[:KINDS_SHOWN]]
    rest = files[KINDS_SHOWN:]
    more = [f"ほか{len(rest)}種類 {sum(number for _, number in rest):,}"] if rest else []
    return "、".join(shown + more)


def _unit(column: str) -> str:
    return labels.words()["units"].get(labels.column(column).kind, "")
