"""The PDFs: A4, numbered, fonts inside, everything of the pages on paper, nothing of the data read as markup."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from henrei_analytics import report
from henrei_analytics.outputs import fonts, pdf
from henrei_analytics.outputs.formats import Formats, write_formats
from office import Henrei
from shown_pages import COVER, HOSTILE, ROWS, pages

pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
A4 = (595, 842)


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    """Both PDFs of one month."""
    if why := pdf.why_not():
        pytest.skip(why)
    return pdf.month_pdfs(pages(), COVER)


def _read(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def _text(content: bytes) -> str:
    """All words of a PDF without the places at which lines may break."""
    text = "\n".join(page.extract_text() for page in _read(content).pages)
    return re.sub(r"[\s\u200b]+", "", text)


def _without_spaces(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_every_page_is_a4_with_a_head_and_its_number(made: dict[str, bytes]) -> None:
    for content in made.values():
        reader = _read(content)
        count = len(reader.pages)
        for number, page in enumerate(reader.pages, start=1):
            assert tuple(round(float(side)) for side in page.mediabox[2:]) == A4
            text = _without_spaces(page.extract_text())
            for said in (COVER.office, COVER.month, COVER.day, COVER.edition, f"{number}/{count}"):
                assert _without_spaces(said) in text


def test_the_brief_is_the_first_page_alone_and_the_report_has_a_table_of_contents(
    made: dict[str, bytes],
) -> None:
    brief, whole = (_text(made[name]) for name in (pdf.BRIEF, pdf.REPORT))
    assert "今月のまとめ" in brief and "返戻の理由" not in brief
    assert "12,480点（¥124,800）" in brief and "目次" not in brief
    contents = _without_spaces(_read(made[pdf.REPORT]).pages[0].extract_text())
    assert (
        "目次" in contents
        and "今月のまとめ" in contents
        and "返戻の理由" in contents
        and "一件ずつ" in contents
    )
    assert "数字の定義" in whole and "RECEIPTC.HEN0123456789ab" in whole


def test_all_fonts_are_inside(made: dict[str, bytes]) -> None:
    for content in made.values():
        found = 0
        for page in _read(content).pages:
            for font in page["/Resources"].get_object()["/Font"].values():
                for each in font.get_object()["/DescendantFonts"]:
                    descriptor = each.get_object()["/FontDescriptor"].get_object()
                    assert any(key.startswith("/FontFile") for key in descriptor)
                    found += 1
        assert found


def test_every_row_is_there_and_the_heads_repeat(made: dict[str, bytes]) -> None:
    reader = _read(made[pdf.REPORT])
    whole = _text(made[pdf.REPORT])
    assert [at for at in range(1, ROWS + 1) if f"行{at:03}" not in whole] == []
    with_rows = [page for page in reader.pages if re.search(r"行\d{3}", _without_spaces(page.extract_text()))]
    assert len(with_rows) > 1
    assert all("理由の文言" in _without_spaces(page.extract_text()) for page in with_rows)


def test_texts_of_the_data_are_texts(made: dict[str, bytes]) -> None:
    whole = _text(made[pdf.REPORT])
    assert [text for text in HOSTILE if _without_spaces(text) not in whole] == []
    for page in _read(made[pdf.REPORT]).pages:
        actions = [each.get_object().get("/A", {}) for each in page.get("/Annots", [])]
        assert not [each for each in actions if each and each.get_object().get("/S") == "/URI"]


def test_no_word_stands_outside_of_the_margins(made: dict[str, bytes], tmp_path: Path) -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = tmp_path / "report.pdf"
    path.write_bytes(made[pdf.REPORT])
    boxes = subprocess.run(
        ["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True, text=True
    ).stdout
    ends = [float(found) for found in re.findall(r'<word [^>]*xMax="([\d.]+)"', boxes)]
    starts = [float(found) for found in re.findall(r'<word xMin="([\d.-]+)"', boxes)]
    assert len(ends) > ROWS * 5
    assert max(ends) <= A4[0] - 35 and min(starts) >= 35


def test_the_same_pages_give_the_same_bytes(made: dict[str, bytes]) -> None:
    assert pdf.month_pdfs(pages(), COVER) == made


@pytest.mark.parametrize(
    ("families", "found"),
    [
        (["IPAexGothic", "meiryo", "DejaVu Sans"], "meiryo"),
        (["Noto Sans CJK JP", "BIZ UDPGothic"], "BIZ UDPGothic"),
        (["DejaVu Sans", "Liberation Sans"], None),
    ],
)
def test_the_best_japanese_font_is_taken(families: list[str], found: str | None) -> None:
    assert fonts.japanese_font(families) == found


def test_without_the_typesetter_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ModuleNotFoundError

    monkeypatch.setattr(fonts, "all_fonts", missing)
    assert "pip install 'henrei-analytics[pdf]'" in pdf.why_not()


class _NoFonts:
    def families(self) -> list[str]:
        return ["DejaVu Sans"]


def test_without_a_japanese_font_the_pages_are_made_all_the_same(
    demo_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "all_fonts", _NoFonts)
    notebook = report.shipped_folder() / "15_worklist.ipynb"
    (tmp_path / "notebooks").mkdir()
    shutil.copy(notebook, tmp_path / "notebooks")
    result = report.run(
        demo_database,
        institutions=["1319912345"],
        as_of=date(2026, 10, 31),
        out=tmp_path / "out",
        notebooks=tmp_path / "notebooks",
        formats=Formats(pdf=True),
    )
    assert len(result.pages) == 1 and result.pages[0].is_file()
    assert result.format_problems == [fonts.NO_FONT] and "fonts-noto-cjk" in fonts.NO_FONT
    assert not list((tmp_path / "out").rglob("*.pdf"))


def test_a_file_of_an_earlier_run_does_not_outlive_its_pages(tmp_path: Path) -> None:
    (tmp_path / "brief.pdf").write_bytes(b"old")
    assert write_formats(Formats(excel=True), pages(), COVER, tmp_path) == []
    assert [each.name for each in tmp_path.iterdir()] == ["tables.xlsx"]


def test_the_command_ends_with_1_and_says_why(
    henrei: Henrei, demo_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = report.ReportResult(format_problems=[fonts.NO_FONT])
    monkeypatch.setattr(
        report, "run", lambda *_, formats, **__: found if formats.pdf else report.ReportResult()
    )
    assert henrei("report", "--out", tmp_path / "out")[0] == 0
    code, said, _ = henrei("report", "--out", tmp_path / "out", "--pdf")
    assert code == 1 and f"作れなかった形式: {fonts.NO_FONT}" in said
