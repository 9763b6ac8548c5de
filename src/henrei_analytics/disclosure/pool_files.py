"""A pool as a table for a spreadsheet and as one small page."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from henrei_analytics import __version__, files, labels
from henrei_analytics.disclosure.pool import COUNT, KEYS, RATE, WINDOW, Pool, PooledRow
from henrei_analytics.disclosure.rule import INSTITUTIONS
from henrei_analytics.pages.templates import asset, environment

CSV, PAGE = "pool.csv", "pool.html"
HEAD = (
    *("処理年月・期間", "支払機関", "入院・入院外", "理由の分類", "数えたもの", "施設数"),
    *("分子", "分母", "率", "率（少なくとも）", "率（多くとも）"),
)
MEASURES = {RATE[0]: "初めての返戻（原審査）", COUNT: "返戻"}
ALL = {"payer": "all", "setting": "all"}
NOTES = (
    "どの数も、同じ施設の組（{group}施設）を足したものです。組が数によって違うと、引き算で1施設の数が分かるためです。"
    "組は、いちばん多くの数を示せるように選びます。組の全施設が公表していない数は示しません。",
    "組に入らない施設（{others}施設）は、おもに10件未満で伏せた数の多い施設です。返戻の少ない施設ほど入らないため、率は実際より高めに出ます。",
    "「少なくとも」「多くとも」は、10件未満を1件と9件とみて、組に入らない施設も加えた率です。"
    f"組に入らない施設が1つか2つのときと、ほかの理由で伏せた施設があるときは示しません（{INSTITUTIONS}施設以上なら示します）。",
)


def write_pool(pool: Pool, out: Path) -> list[Path]:
    """Write the table and the page into a folder."""
    files.make_folder(out)
    # The mark at the start is what tells Excel that it is UTF-8.
    files.write_text(out / CSV, "\ufeff" + _csv(pool))
    files.write_text(out / PAGE, _html(pool))
    return [out / CSV, out / PAGE]


def _csv(pool: Pool) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEAD)
    for row in pool.rows:
        shares = [None if each is None else f"{each:.6f}" for each in (row.rate, row.low, row.high)]
        counts = [pool.group, row.numerator, row.denominator]
        writer.writerow([*_words(row), *counts, *shares])
    return text.getvalue()


def _html(pool: Pool) -> str:
    rows = [
        [
            *_words(row),
            *(labels.text(each, "count") for each in (pool.group, row.numerator, row.denominator)),
            *(labels.text(each, "rate") for each in (row.rate, row.low, row.high)),
        ]
        for row in pool.rows
    ]
    notes = [note.format(group=pool.group, others=pool.institutions - pool.group) for note in NOTES]
    return (
        environment()
        .get_template(PAGE)
        .render(css=asset("page.css"), pool=pool, head=HEAD, rows=rows, notes=notes, version=__version__)
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
