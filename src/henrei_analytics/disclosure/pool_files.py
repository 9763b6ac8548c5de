"""A pool as a table for a spreadsheet and as one small page."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from henrei_analytics import __version__, labels, output
from henrei_analytics.disclosure.pool import COUNT, KEYS, RATE, WINDOW, Pool, PooledRow
from henrei_analytics.disclosure.rule import INSTITUTIONS
from henrei_analytics.pages.templates import asset, environment

CSV, PAGE = "pool.csv", "pool.html"
HEAD = (
    *("処理年月・期間", "支払機関", "入院・入院外", "理由の分類", "数えたもの", "施設数", "伏せた施設数"),
    *("分子", "分母", "率", "率（少なくとも）", "率（多くとも）"),
)
MEASURES = {RATE[0]: "初めての返戻（原審査）", COUNT: "返戻"}
ALL = {"payer": "all", "setting": "all"}
NOTES = (
    f"{INSTITUTIONS}施設以上が公表している数だけを足しています。",
    "「伏せた施設」は、10件未満などのためにその数を公表していない施設で、分子と分母に入っていません。"
    "返戻の少ない施設ほど伏せるため、率は実際より高めに出ます。",
    "「少なくとも」「多くとも」は、10件未満を1件と9件とみて、伏せた施設の請求件数も加えた率です。"
    "ほかの理由で伏せた施設があるときは計算しません。",
)


def write_pool(pool: Pool, out: Path) -> list[Path]:
    """Write the table and the page into a folder."""
    output.make_folder(out)
    # The mark at the start is what tells Excel that it is UTF-8.
    output.write_text(out / CSV, "\ufeff" + _csv(pool.rows))
    output.write_text(out / PAGE, _html(pool))
    return [out / CSV, out / PAGE]


def _csv(rows: Sequence[PooledRow]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEAD)
    for row in rows:
        shares = [None if each is None else f"{each:.6f}" for each in (row.rate, row.low, row.high)]
        counts = [row.institutions, row.hiding, row.numerator, row.denominator]
        writer.writerow([*_words(row), *counts, *shares])
    return text.getvalue()


def _html(pool: Pool) -> str:
    rows = [
        [
            *_words(row),
            *(labels.text(each, "count") for each in (row.institutions, row.hiding, row.numerator)),
            labels.text(row.denominator, "count"),
            *(labels.text(each, "rate") for each in (row.rate, row.low, row.high)),
        ]
        for row in pool.rows
    ]
    return (
        environment()
        .get_template(PAGE)
        .render(css=asset("page.css"), pool=pool, head=HEAD, rows=rows, notes=NOTES, version=__version__)
    )


def _words(row: PooledRow) -> list[str]:
    """The keys and what was counted, as a reader knows them."""
    keys = {key: row.keys.get(key, ALL.get(key, "")) for key in KEYS}
    return [
        keys[WINDOW] or keys["month"][:7],
        labels.code("payer", keys["payer"]),
        labels.code("setting", keys["setting"]),
        keys["category"] or "すべて",
        MEASURES[row.measure],
    ]
