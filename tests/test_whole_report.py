"""Every page of the project for the invented office, in a browser: on a desk, on a phone and on paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from browser import chromium, opened
from henrei_analytics import report
from henrei_analytics.figures import FIGURES, definitions
from henrei_analytics.outputs.formats import Formats

HOSPITAL, CLINIC = "2719954321", "1319912345"
# Of the clinic a month whose returns are still to come: nothing to show must not be a failure.
OFFICES = {HOSPITAL: date(2026, 9, 1), CLINIC: date(2026, 10, 1)}
PAGES = [f"{office}/{month:%Y-%m}/{name}" for office, month in OFFICES.items() for name in FIGURES]
DESK, PHONE = 1280, 390
A4 = 703  # pixels between the margins of a sheet
COLOURS = """() => [...document.querySelectorAll('.chart canvas')].map(canvas => {
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    return new Set(new Uint32Array(pixels.buffer)).size;
})"""


@pytest.fixture(scope="module")
def whole(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "out"
    for office, month in OFFICES.items():
        made = report.run(
            demo_database,
            institutions=[office],
            months=[month],
            as_of=date(2026, 10, 31),
            out=out,
            formats=Formats(excel=office == HOSPITAL),
        )
        assert (made.failures, made.differences, made.format_problems) == ([], [], [])
    return out


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with chromium() as running:
        yield running


@pytest.mark.parametrize("office", OFFICES)
def test_every_notebook_shows_its_figures(whole: Path, office: str) -> None:
    month = whole / office / f"{OFFICES[office]:%Y-%m}"
    pages = json.loads((month / "figures.json").read_text("utf-8"))["figures"]
    assert pages.keys() == FIGURES.keys()
    shown = {key.partition("?")[0] for page in pages.values() for key in page}
    # breaks and limits are drawn into other charts; the checks of the data are no figure
    drawn = {"policy_breaks", "audit_funnel_limits"}
    assert shown == definitions().keys() - drawn | {"checks"}


def test_two_years_of_two_institutions_are_small_pages(whole: Path) -> None:
    sizes = {path.name: path.stat().st_size for path in whole.rglob("*.html")}
    assert {name: size for name, size in sizes.items() if size >= 2_000_000} == {}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_whole_on_a_desk_a_phone_and_on_paper(browser: object, whole: Path, page: str) -> None:
    path = whole / f"{page}.html"
    for width in (DESK, PHONE):
        charts = 'class="chart"' in path.read_text("utf-8")
        with opened(browser, path, width, charts=charts) as seen:
            assert (seen.requests, seen.errors) == ([], [])
            assert seen.overflow() == 0
            assert min(seen.page.evaluate(COLOURS), default=99) > 20, "a chart is a blank sheet"
            if width == DESK:
                seen.page.emulate_media(media="print")
                seen.page.set_viewport_size({"width": A4, "height": 900})
                assert seen.overflow() == 0, "the printer cuts or shrinks it"
