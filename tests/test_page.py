"""A page needs nothing from outside, draws its charts, fits a phone and prints."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import polars as pl
import pytest

from browser import chromium, opened
from henrei_analytics import charts, display, figures
from henrei_analytics.pages import Link, Provenance, page_html, read_page

PROVENANCE = Provenance([("処理年月", "2026-09")], "0.0", [("RECEIPTC.HEN", "0123456789ab")])
LINKS = [Link("今月のまとめ", "10.html", current=True), Link("返戻の理由", "20.html"), Link("壊れた", None)]


def _notebook() -> nbformat.NotebookNode:
    """A notebook as papermill leaves it: a heading, two figures with charts, a wide table, a warning."""
    reasons = pl.DataFrame(
        {"category": ["資格関係", "記載不備"], "returns": [11, 4], "first_look": ["</script>見る"] * 2}
    )
    wide = pl.DataFrame({f"code_{at}": ["長い文字の列" * 3] for at in range(12)})
    definitions = figures.definitions()
    shown = [
        display.bundle(
            figures.Figure(definitions[name], reasons),
            charts.bars(reasons, "category", "returns"),
            table=True,
        )
        for name in ("top_reasons", "reasons_by_category")
    ]
    shown.append(display.bundle(figures.Figure(definitions["data_files"], wide)))
    node = nbformat.v4
    return node.new_notebook(
        cells=[
            node.new_markdown_cell("# 今月のまとめ\n\n**説明** <script>alert(1)</script>"),
            node.new_code_cell(
                "hidden_code = 1", outputs=[node.new_output("display_data", data=data) for data in shown]
            ),
            node.new_code_cell("", outputs=[node.new_output("stream", name="stderr", text="警告 患者")]),
        ]
    )


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    page = read_page(_notebook(), "10_monthly_brief")
    path.write_text(page_html(page, "架空クリニック", LINKS, PROVENANCE), "utf-8")
    return path


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


def test_the_page_keeps_figures_and_hides_code(page_file: Path) -> None:
    page = read_page(_notebook(), "x")
    assert page.title == "今月のまとめ"
    assert sorted(page.figures) == ["data_files", "reasons_by_category", "top_reasons"]
    assert page.figures["top_reasons"]["rows"][0]["returns"] == 11
    html = page_file.read_text("utf-8")
    assert '<html lang="ja">' in html
    assert "hidden_code" not in html and "警告" not in html


def test_markdown_and_data_cannot_start_or_end_a_script(page_file: Path) -> None:
    html = page_file.read_text("utf-8")
    assert "<script>alert" not in html
    assert len(re.findall(r"<script[ >]", html)) == html.count("</script>")


def test_the_page_names_nothing_outside(page_file: Path) -> None:
    without_library = re.sub(
        r"<script type=\"module\">.*?</script>", "", page_file.read_text("utf-8"), flags=re.S
    )
    found = set(re.findall(r"https?://[^\s\"'<)]+", without_library))
    assert found <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_the_library_is_there_once(page_file: Path) -> None:
    assert page_file.read_text("utf-8").count("window.vegaEmbed=") == 1


def test_a_figure_that_says_nothing_takes_its_heading_with_it() -> None:
    definition = figures.definitions()["adjustments_headline"]
    figure = figures.Figure(definition, pl.DataFrame({"cuts": [1]}), not_loaded=("zogn",))
    node = nbformat.v4

    def cell(said: bool) -> nbformat.NotebookNode:
        data = display.not_loaded_bundle(figure, said)
        return node.new_code_cell("", outputs=[node.new_output("display_data", data=data)])

    cells = [
        node.new_markdown_cell("# 査定"),
        node.new_markdown_cell("説明"),
        cell(said=False),
        node.new_markdown_cell("## 何が"),
        cell(said=True),
        cell(said=True),
        node.new_markdown_cell("## 最後"),
        cell(said=False),
    ]
    page = read_page(node.new_notebook(cells=cells), "60_adjustments")
    text = "".join(page.blocks)
    assert len(page.blocks) == 5
    assert "査定" in text and "最後" in text and "何が" not in text
    assert text.count("この医療機関では増減点連絡書を取り込んでいません。") == 2
    assert page.figures["adjustments_headline"]["rows"] == []


def test_rows_a_figure_was_narrowed_to_have_their_own_key() -> None:
    figure = figures.Figure(figures.definitions()["top_reasons"], pl.DataFrame({"returns": [1]}))
    data = display.bundle(figure, where={"payer": ["shaho"], "period": "month"})
    output = nbformat.v4.new_output("display_data", data=data)
    page = read_page(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=[output])]), "x")
    assert list(page.figures) == ["top_reasons?payer=shaho&period=month"]


@pytest.mark.parametrize("width", [1280, 390])
def test_in_a_browser(browser: object, page_file: Path, width: int) -> None:
    with opened(browser, page_file, width) as seen:
        drawn = seen.page.evaluate(
            """() => [...document.querySelectorAll('.chart canvas')].map(canvas => {
                const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                return new Set(new Uint32Array(pixels.buffer)).size;
            })"""
        )
        assert seen.requests == []
        assert seen.errors == []
        assert seen.overflow() == 0
        assert len(drawn) == 2 and min(drawn) > 20  # colours: more than a blank sheet
        assert seen.page.evaluate("document.querySelector('.chart > svg').getBoundingClientRect().width") == 0


def test_without_scripts_the_svg_is_seen(browser: object, page_file: Path) -> None:
    with opened(browser, page_file, scripts=False) as seen:
        box = seen.page.locator(".chart > svg").first.bounding_box()
        assert box["width"] > 300 and box["height"] > 50


def test_in_print_the_svg_is_seen_and_the_navigation_is_not(browser: object, page_file: Path) -> None:
    with opened(browser, page_file) as seen:
        seen.page.emulate_media(media="print")
        assert seen.page.locator(".chart > svg").first.is_visible()
        assert not seen.page.locator(".chart .live").first.is_visible()
        assert not seen.page.locator("nav").is_visible()
        assert seen.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_charts_have_a_spoken_name(page_file: Path) -> None:
    html = page_file.read_text("utf-8")
    assert html.count('role="img" aria-label="図: ') == 2


def test_the_specification_in_the_page_is_json(page_file: Path) -> None:
    found = re.search(r'id="spec-0">(.*?)</script>', page_file.read_text("utf-8"), flags=re.S)
    assert found and "$schema" not in json.loads(found.group(1))
