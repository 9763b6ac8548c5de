"""The monthly brief in print: one A4 sheet with the essentials in the order a manager reads them."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from browser import chromium, opened
from henrei_analytics import report
from henrei_analytics.outputs import pdf
from henrei_analytics.outputs.formats import Formats

NOTEBOOK = Path(__file__).parent.parent / "notebooks" / "10_monthly_brief.ipynb"
OFFICES = ("1319912345", "2719954321")
READING_ORDER = (
    "headline", "brief_verdict", "top_reasons", "due_first", "reclaim_window", "attention",
)  # fmt: skip

# As much as the page can ever hold: five sentences, five reasons of two lines, six returns, three things to do.
FILL = """() => {
    const fill = (box, item, count, text) => {
        const first = box.querySelector(item);
        while (box.querySelectorAll(item).length < count) box.append(first.cloneNode(true));
        if (text) box.querySelectorAll(item).forEach(each => { text(each); });
    };
    fill(document.querySelector('.sentences'), 'p', 5, each => {
        each.textContent = '返戻率はじわじわ増えています。月ごとには管理限界の13.3 %を超えていませんが、少しずつの増加が積み重なっています。';
    });
    fill(document.querySelector('[data-figure="top_reasons"] tbody'), 'tr', 5, row => {
        row.lastElementChild.textContent =
            'オンライン資格確認の結果と、保険者番号・記号・番号・枝番・氏名・生年月日・性別を診療月の時点で見比べる';
    });
    fill(document.querySelector('[data-figure="due_first"] tbody'), 'tr', 6);
    fill(document.querySelector('[data-figure="attention"] > .attention'), 'li', 3, each => {
        each.querySelector('p').textContent = '届いていればダウンロードして取り込んでください。'.repeat(4);
    });
}"""


@pytest.fixture(scope="module")
def pages(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    notebooks, out = tmp_path_factory.mktemp("brief"), tmp_path_factory.mktemp("pages") / "out"
    shutil.copy(NOTEBOOK, notebooks)
    made = report.run(
        demo_database,
        institutions=list(OFFICES),
        as_of=date(2026, 10, 31),
        out=out,
        notebooks=notebooks,
        formats=Formats(pdf=pdf.why_not() is None),
    )
    assert made.failures == []
    return out


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


def sheets(page: object) -> int:
    """Pages of A4 the page prints to."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4", prefer_css_page_size=True)))


@pytest.mark.parametrize("office", OFFICES)
def test_the_brief_is_one_sheet_however_full(browser: object, pages: Path, office: str) -> None:
    with opened(browser, pages / office / "2026-09" / "10_monthly_brief.html") as seen:
        assert seen.errors == []
        assert sheets(seen.page) == 1
        seen.page.evaluate(FILL)
        assert sheets(seen.page) == 1


def test_the_sheet_holds_the_essentials_in_the_order_they_are_read(browser: object, pages: Path) -> None:
    with opened(browser, pages / OFFICES[1] / "2026-09" / "10_monthly_brief.html") as seen:
        seen.page.emulate_media(media="print")
        tops = [seen.page.locator(f'[data-figure="{name}"]').bounding_box()["y"] for name in READING_ORDER]
        assert tops == sorted(tops)
        trend = seen.page.locator('[data-figure="rate_by_month"] .chart > svg').bounding_box()
        sentences = seen.page.locator(".sentences").bounding_box()
        assert trend["x"] >= sentences["x"] + sentences["width"]  # side by side, nothing overlaps
        assert trend["height"] > 100
        for name in ("survival", "turnaround_summary", "brief_notices"):
            assert not seen.page.locator(f'[data-figure="{name}"]').first.is_visible()


@pytest.mark.parametrize("office", OFFICES)
def test_the_pdf_is_one_sheet_with_the_definitions_behind_it(pages: Path, office: str) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    if why := pdf.why_not():
        pytest.skip(why)
    front, back = (
        re.sub(r"\s+", "", page.extract_text())
        for page in pypdf.PdfReader(pages / office / "2026-09" / pdf.BRIEF).pages
    )
    for part in (
        "今月の数字",
        "ひとことで",
        "月ごとの返戻率",
        "理由の上位5つ",
        "再請求の期間",
        "確かめること",
    ):
        assert part in front
    assert "数字の定義" in back and "数字の定義" not in front


def test_nothing_is_left_out_on_the_screen(browser: object, pages: Path) -> None:
    with opened(browser, pages / OFFICES[1] / "2026-09" / "10_monthly_brief.html", 390) as seen:
        assert seen.overflow() == 0
        assert seen.page.locator('[data-figure="survival"]').is_visible()
        assert seen.page.locator('[data-figure="brief_notices"]').is_visible()
