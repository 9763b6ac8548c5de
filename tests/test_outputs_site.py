"""The pages as a site of files: search, months side by side, tables to sort and narrow; nothing from the network."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import polars as pl
import pytest

from browser import chromium, opened
from henrei_analytics import files
from henrei_analytics.pages import Link, Page, Provenance, page_html
from henrei_analytics.pages.search import search_entries
from henrei_analytics.site import FIGURES, index, link_months
from shown_pages import ROWS, figure, page, pages

OFFICES = {"1319912345": "架空クリニック 13-1-9912345", "2719954321": "架空病院 27-1-9954321"}
MONTHS = [f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)]
TITLES = {"10_monthly_brief": "今月のまとめ", "20_return_reasons": "返戻の理由"}
SIZE, SECONDS = 2_000_000, 5.0  # a machine with other work to do; on a quiet one it is a fraction of a second
INDEX_READY = "document.documentElement.dataset.index === 'ready'"
TABLES_READY = "document.documentElement.dataset.tables === 'ready'"


def _html(made: Page) -> str:
    provenance = Provenance(
        [("処理年月", "2026-09")], "0.0（データベースの版 3）", [("RECEIPTC.HEN", "0123456789ab")]
    )
    return page_html(made, "架空クリニック", [Link(made.title, None, current=True)], provenance)


def _write(out: Path, office: str, month: str, names: list[str]) -> None:
    """One month as a report leaves it; the pages are as small as pages can be."""
    folder = out / office / month
    for name in names:
        files.write_text(folder / f"{name}.html", "<nav><!--months--><!--/months--></nav>")
    headline = {
        "rows": [{"returns": 18, "points": 12480, "rate": 0.019, "open_returns": 7, "as_of": "2026-10-31"}]
    }
    content = {
        "office": OFFICES[office],
        "label": f"{month[:4]}年{int(month[5:])}月請求分",
        "titles": TITLES,
        "figures": {"10_monthly_brief": {"headline": headline}},
        "search": search_entries(pages()),
    }
    files.write_json(folder / FIGURES, content)
    files.write_bytes(folder / "tables.xlsx", b"")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 months of two institutions."""
    out = tmp_path_factory.mktemp("site")
    for office in OFFICES:
        for month in MONTHS:
            _write(out, office, month, list(TITLES))
    link_months(out, [(office, month) for office in OFFICES for month in MONTHS])
    files.write_text(out / "index.html", index(out, []))
    return out


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


def test_the_index_of_two_years_is_small_and_lists_every_page(site: Path) -> None:
    text = (site / "index.html").read_text("utf-8")
    assert len(text.encode()) < SIZE
    linked = set(re.findall(r'href="(\d{10}/[^"#]+)"', text))
    expected = {
        f"{office}/{month}/{name}"
        for office in OFFICES
        for month in MONTHS
        for name in ("10_monthly_brief.html", "20_return_reasons.html", "tables.xlsx")
    }
    assert linked == expected


def test_the_index_keeps_its_size_when_months_join(site: Path) -> None:
    """A figure is told once, not once a month."""
    told = json.loads(
        re.search(r'id="figures">(.*?)</script>', (site / "index.html").read_text("utf-8"), re.S)[1]
    )
    names = [each["name"] for each in told["figures"]]
    assert len(names) == len(set(names)) == len(search_entries(pages()))
    assert {each["at"]["1319912345"] for each in told["figures"]} >= {
        "1319912345/2025-12/20_return_reasons.html#reasons_by_code"
    }


@pytest.mark.parametrize("width", [1280, 390])
def test_the_index_in_a_browser(browser: object, site: Path, width: int) -> None:
    start = time.monotonic()
    with opened(browser, site / "index.html", width, charts=False) as seen:
        seen.page.wait_for_function(INDEX_READY)
        assert time.monotonic() - start < SECONDS
        assert seen.requests == [] and seen.errors == [] and seen.overflow() == 0
        seen.page.get_by_label("図と数字をさがす").fill("ｺｰﾄﾞ 理由")  # written otherwise than the title
        assert seen.page.locator("#found li strong").first.inner_text() == "理由のコード別"
        address = seen.page.locator("#found li a").first.get_attribute("href")
        assert address.endswith("#reasons_by_code") and (site / address.partition("#")[0]).is_file()
        seen.page.get_by_label("医療機関").select_option("2719954321")
        assert seen.page.locator("#found li a").first.get_attribute("href").startswith("2719954321/")
        assert seen.page.locator("section.office:visible").count() == 1
        seen.page.get_by_label("ページ").select_option("10_monthly_brief")
        assert seen.page.locator("#found li strong", has_text="理由のコード別").count() == 0
        assert (
            seen.page.locator("article.month:visible li[data-page='20_return_reasons']:visible").count() == 0
        )
        seen.page.get_by_label("図と数字をさがす").fill("<img src=x onerror=alert(1)>")
        assert seen.page.locator("#said").inner_text() == "見つかりません"
        assert seen.requests == [] and seen.errors == [] and seen.overflow() == 0


def test_the_index_without_scripts_leads_everywhere(browser: object, site: Path) -> None:
    with opened(browser, site / "index.html", charts=False, scripts=False) as seen:
        assert not seen.page.locator("#finder").is_visible()
        seen.page.locator("details.earlier summary").first.click()
        assert seen.page.locator("article.month:visible").count() == len(MONTHS) + 2


def _months_beside(path: Path) -> list[tuple[str, str]]:
    return re.findall(r'rel="(prev|next)" href="([^"]+)"', path.read_text("utf-8"))


def test_months_lead_to_each_other(site: Path, tmp_path: Path) -> None:
    middle = site / "1319912345" / "2025-06" / "20_return_reasons.html"
    assert _months_beside(middle) == [
        ("prev", "../2025-05/20_return_reasons.html"),
        ("next", "../2025-07/20_return_reasons.html"),
    ]
    assert [rel for rel, _ in _months_beside(site / "1319912345" / "2024-01" / "10_monthly_brief.html")] == [
        "next"
    ]
    assert [rel for rel, _ in _months_beside(site / "1319912345" / "2025-12" / "10_monthly_brief.html")] == [
        "prev"
    ]


def test_a_month_that_joins_shows_on_the_pages_before_it(tmp_path: Path) -> None:
    office = "1319912345"
    _write(tmp_path, office, "2026-08", list(TITLES))
    link_months(tmp_path, [(office, "2026-08")])
    earlier = tmp_path / office / "2026-08" / "20_return_reasons.html"
    assert _months_beside(earlier) == []
    _write(tmp_path, office, "2026-09", ["10_monthly_brief"])
    link_months(tmp_path, [(office, "2026-09")])
    assert _months_beside(earlier) == [("next", "../../index.html#1319912345-2026-09")]
    files.write_text(tmp_path / "index.html", index(tmp_path, []))
    assert 'id="1319912345-2026-09"' in (tmp_path / "index.html").read_text("utf-8")


VALUES = ["¥1,200", "—", "¥90", "−5", "±0", "12.5 %", "2026年9月", "2025年12月"]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with a long table, folded after its first rows, and one without charts."""
    path = tmp_path_factory.mktemp("tables") / "page.html"
    rows = pl.DataFrame(
        {"text": [f"文{at:03}" for at in range(ROWS)], "returns": [at * 37 % ROWS for at in range(ROWS)]}
    )
    path.write_text(
        _html(page("20_x", "# 表", figure("reasons_by_code", rows, ["text", "returns"]))), "utf-8"
    )
    return path


def _shown(seen: object, column: int) -> list[str]:
    return seen.page.locator(f"tbody tr:visible td:nth-child({column})").all_inner_texts()


def test_a_table_is_sorted_as_a_whole_by_the_keyboard(browser: object, tables: Path) -> None:
    with opened(browser, tables, charts=False) as seen:
        seen.page.wait_for_function(TABLES_READY)
        first = _shown(seen, 1)
        assert first == [f"文{at:03}" for at in range(25)]  # the others are folded away, as without scripts
        head = seen.page.locator("th", has_text="返戻件数")
        head.locator("button").focus()
        seen.page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        assert _shown(seen, 2) == [str(at) for at in range(ROWS - 1, ROWS - 26, -1)]
        seen.page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "ascending" and _shown(seen, 2)[0] == "0"
        seen.page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") is None and _shown(seen, 1) == first
        assert seen.requests == [] and seen.errors == [] and seen.overflow() == 0


def test_a_table_is_narrowed_by_words(browser: object, tables: Path) -> None:
    with opened(browser, tables, 390, charts=False) as seen:
        seen.page.get_by_label("しぼり込み").fill("文０８")  # full width
        assert _shown(seen, 1) == [f"文{at:03}" for at in range(80, 90)]
        assert seen.page.locator(".tools .count").inner_text() == "10行"
        seen.page.get_by_label("しぼり込み").fill("")
        assert len(_shown(seen, 1)) == 25
        seen.page.get_by_role("button", name=f"全{ROWS}行を見る").click()
        assert len(_shown(seen, 1)) == ROWS
        assert seen.overflow() == 0


def test_a_table_without_scripts_is_simply_there(browser: object, tables: Path) -> None:
    with opened(browser, tables, charts=False, scripts=False) as seen:
        assert len(_shown(seen, 1)) == 25
        seen.page.locator("details.rows summary").click()
        assert len(_shown(seen, 1)) == ROWS
        assert seen.page.locator(".tools, th button").count() == 0


def test_written_values_sort_by_what_they_mean(browser: object, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    data = pl.DataFrame({"sentence": VALUES})
    path.write_text(_html(page("20_x", "# 表", figure("brief_notices", data, ["sentence"]))), "utf-8")
    with opened(browser, path, charts=False) as seen:
        seen.page.locator("th button").click()
        assert _shown(seen, 1) == ["−5", "±0", "12.5 %", "¥90", "¥1,200", "2025年12月", "2026年9月", "—"]


def test_a_page_says_where_it_comes_from() -> None:
    html = _html(page("20_x", "# 表"))
    footer = re.search(r"<footer>.*?</footer>", html, re.S)[0]
    for said in (
        "処理年月 2026-09",
        "RECEIPTC.HEN",
        "0123456789ab",
        "データベースの版 3",
        'href="../../definitions.html"',
    ):
        assert said in footer
