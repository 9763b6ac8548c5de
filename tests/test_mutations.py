"""Damaged files of every layout, the office's own lists among them: none may end in anything but our own words.

A few of them on every run; many on demand, with a summary by layout and outcome:

    HENREI_MUTATIONS=20000 .venv/bin/python -m pytest tests/test_mutations.py
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest

from henrei_analytics.errors import UnreadableFile
from henrei_analytics.formats.detect import OTHER
from henrei_analytics.formats.scan import Input
from henrei_analytics.lists.mapping import parse
from henrei_analytics.lists.reader import detect_list
from list_files import HEAD, balanced, csv_text, opened, paper, paper_rows, volumes, workbook
from mutations import mutated, mutated_archive
from office import Office
from official_files import VALID
from reading import PSEUDONYMS, assert_adds_up, read

USUAL = 150
COUNT = int(os.environ.get("HENREI_MUTATIONS", USUAL))
SEED = int(os.environ.get("HENREI_SEED", "1"))

WHOLE, SET_ASIDE, REFUSED, LEFT_ALONE = "read whole", "lines set aside", "refused", "left alone"

RETURN_LIST = parse(
    """
    name = "院内システム"
    kind = "returns"
    [columns]
    service_month = "診療月"
    chart_number = "患者番号"
    points = "点数"
    received_month = "到着日"
    [fixed]
    institution = "1311234567"
    payer = "社保"
    stage = "原審査"
    """,
    "returns.toml",
)
CLAIM_LIST = parse(
    """
    name = "請求システム"
    kind = "claims"
    [columns]
    month = "請求"
    service_month = "診療"
    points = "合計点"
    insurer_number = "保険者番号"
    claim_type = "種別"
    [fixed]
    institution = "1311234567"
    payer = "社保"
    """,
    "claims.toml",
)
RETURN_ROWS = [
    ["到着日", "患者番号", "診療月", "点数"],
    *[["2026/10/5", n, "2026/8", 100 + n] for n in range(1, 5)],
]
CLAIM_ROWS = [
    ["請求", "診療", "合計点", "保険者番号", "種別"],
    *[["2026/9", "2026/8", 100 + n, "06139999", "1112"] for n in range(4)],
]
LISTS = {
    "own list: paper returns": [paper({}, {"points": 2}), csv_text(paper_rows({}, {"points": 2}))],
    "own list: volumes": [workbook(volumes({}, {"setting": "入院"})), csv_text(volumes({}), "cp932")],
    "own list: returns": [workbook(RETURN_ROWS), csv_text(RETURN_ROWS)],
    "own list: claims": [workbook(CLAIM_ROWS), csv_text(CLAIM_ROWS, "cp932")],
}
BASES = VALID | {kind: [("一覧", content) for content in contents] for kind, contents in LISTS.items()}

KEYS = {
    "returns": "return_id",
    "claims": "claim_id",
    "adjustments": "adjustment_id",
    "payments": "payment_id",
    "reported_returns": "report_id",
    "rerouted": "rerouted_id",
    "pre_checks": "pre_check_id",
    "re_examinations": "re_examination_id",
}


def damaged(layout: str, random: Random) -> tuple[str, bytes]:
    """Name and content of a file after some accidents."""
    name, content = random.choice(BASES[layout])
    if content.startswith(b"PK") and random.random() < 0.7:
        return name, mutated_archive(random, content)
    return "x" if random.random() < 0.3 else name, mutated(random, content)


def what_becomes_of(name: str, content: bytes) -> str:
    """How reading it ends, as the loader would; every line must be accounted for."""
    found = read(content, name=name)
    if found == OTHER.what:
        return what_becomes_of_list(name, content)
    if isinstance(found, str):
        return REFUSED if found.isascii() else LEFT_ALONE  # rules have English names
    assert_adds_up(found)
    return REFUSED if found.error else SET_ASIDE if found.rows["quarantine"] else WHOLE


def what_becomes_of_list(name: str, content: bytes) -> str:
    try:
        layout = detect_list(content[:HEAD], name, opened(content), [RETURN_LIST, CLAIM_LIST])
    except UnreadableFile:
        return REFUSED
    if layout is None:
        return LEFT_ALONE
    parts = list(layout.reader(PSEUDONYMS).read([(Input(1, opened(content)), name)]))
    (state,) = [each for part in parts for each in part.ended]
    balanced(state)
    return REFUSED if state.error else WHOLE


@pytest.mark.parametrize("layout", BASES)
def test_a_file_that_is_not_damaged_is_read_whole(layout: str) -> None:
    for name, content in BASES[layout]:
        assert what_becomes_of(name, content) == WHOLE


def test_damaged_files_end_in_our_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    seen: dict[str, Counter[str]] = {layout: Counter() for layout in BASES}
    for number in range(COUNT):
        layout = list(BASES)[number % len(BASES)]
        name, content = damaged(layout, Random(f"{SEED} {number}"))
        try:
            seen[layout][what_becomes_of(name, content)] += 1
        except Exception as error:
            pytest.fail(f"file {number} of seed {SEED}, {layout}: {error!r}")
    if COUNT > USUAL:
        with capsys.disabled():
            print(summary(seen))


@pytest.mark.parametrize("batch", range(max(COUNT // USUAL // 10, 1)))
def test_what_is_left_of_damaged_files_loads_and_every_mart_can_be_read(batch: int, office: Office) -> None:
    """Hundreds of damaged files in one run: no exception, every line accounted for, no row told twice."""
    for number in range(600):
        layout = list(VALID)[number % len(VALID)]
        name, content = damaged(layout, Random(f"{SEED} {batch} load {number}"))
        office.save(f"{number}/{name}", content)
    office.load()
    office.dump()
    unbalanced = office.values(
        "SELECT name FROM mart.files WHERE lines <> lines_loaded + lines_skipped + lines_quarantined"
    )
    assert unbalanced == []
    for view, key in KEYS.items():
        ids = office.values(f"SELECT {key} FROM mart.{view}")
        assert len(ids) == len(set(ids)), view


def summary(seen: dict[str, Counter[str]]) -> str:
    """One line a layout, one column an outcome."""
    outcomes = (WHOLE, SET_ASIDE, REFUSED, LEFT_ALONE)
    rows = [*seen.items(), ("all", sum(seen.values(), Counter()))]
    lines = [f"{'':25}" + "".join(f"{outcome:>17}" for outcome in outcomes) + f"{'files':>9}"]
    lines += [
        f"{layout:25}" + "".join(f"{counts[outcome]:>17,}" for outcome in outcomes) + f"{counts.total():>9,}"
        for layout, counts in rows
    ]
    return "\n" + "\n".join(lines)
