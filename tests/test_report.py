"""A report run: pages whole or not at all, failures without data, the same bytes twice."""

from __future__ import annotations

import json
import stat
import sys
from datetime import date
from pathlib import Path

import nbformat
import pytest

from henrei_analytics import files, report
from henrei_analytics.errors import HenreiError

CLINIC = "1319912345"
AS_OF = date(2026, 10, 31)
PARAMETERS = 'database = ""\ninstitution = ""\nmonth = ""\nas_of = ""\nmonths_back = 24'
OPEN = (
    "from henrei_analytics.notebook import charts, open_office\n\n"
    "office = open_office(database, institution, month, as_of, months_back)\noffice.head()"
)


def _write(folder: Path, name: str, *cells: str) -> None:
    node = nbformat.v4
    parameters = node.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    notebook = node.new_notebook(
        cells=[node.new_markdown_cell(f"# {name}"), parameters, *map(node.new_code_cell, cells)]
    )
    nbformat.write(notebook, folder / f"{name}.ipynb")


def _run(database: Path, out: Path, notebooks: Path, **more: object) -> report.ReportResult:
    arguments = {"institutions": [CLINIC], "as_of": AS_OF, "out": out, "notebooks": notebooks}
    return report.run(database, **(arguments | more))


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notebooks")
    _write(folder, "10_good", OPEN, "office.headline()", 'office.show("top_reasons")')
    _write(folder, "20_bad", OPEN, 'raise ValueError("患者 山田花子")')
    _write(folder, "workbench", "1 / 0")
    return folder


@pytest.fixture(scope="module")
def made(demo_database: Path, notebooks: Path, tmp_path_factory: pytest.TempPathFactory):
    """A run with one good and one bad notebook, into a folder that holds an older page of the bad one."""
    out = tmp_path_factory.mktemp("reports") / "out"
    month = out / CLINIC / "2026-09"
    month.mkdir(parents=True)
    (month / "20_bad.html").write_text("古いページ")
    steps: list[tuple[str, int, int]] = []
    result = _run(demo_database, out, notebooks, progress=lambda *step: steps.append(step))
    return out, result, steps


def test_good_pages_are_written_and_bad_ones_leave_nothing(made) -> None:
    out, result, steps = made
    month = out / CLINIC / "2026-09"
    assert result.pages == [month / "10_good.html"]
    assert sorted(path.name for path in month.iterdir()) == ["10_good.html", "figures.json"]
    assert sorted(steps) == [("報告書", 1, 2), ("報告書", 2, 2)]


def test_a_failure_is_named_without_its_text(made) -> None:
    out, result, _ = made
    assert result.failures == ["架空クリニック 13-1-9912345 2026-09 20_bad: ValueError（4番目のセル）"]
    index = (out / "index.html").read_text("utf-8")
    assert result.failures[0] in index
    assert not any("山田" in path.read_text("utf-8") for path in out.rglob("*.*") if path.is_file())


def test_the_index_leads_to_the_page_with_its_numbers(made) -> None:
    out, _, _ = made
    index = (out / "index.html").read_text("utf-8")
    assert f'href="{CLINIC}/2026-09/10_good.html"' in index
    assert "2026年9月請求分（10月返戻）" in index
    row = json.loads((out / "figures.json").read_text("utf-8"))[CLINIC]["2026-09"]["10_good"]["headline"][
        "rows"
    ][0]
    assert f"<dd>{row['returns']}件</dd>" in index


def test_nothing_says_where_it_was_made(made, demo_database: Path) -> None:
    out, _, _ = made
    places = [str(demo_database.parent), str(out), sys.prefix]
    for path in out.rglob("*.*"):
        if path.is_file():
            assert not [place for place in places if place in path.read_text("utf-8")]


@pytest.mark.skipif(sys.platform == "win32", reason="no file modes")
def test_files_are_for_their_owner_only(made, demo_database: Path, notebooks: Path, tmp_path: Path) -> None:
    out, _, _ = made
    written = [path for path in out.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    files.write_text(tmp_path / "a" / "b" / "c.txt", "")
    assert {stat.S_IMODE((tmp_path / folder).stat().st_mode) for folder in ("a", "a/b")} == {0o700}


def test_a_second_run_writes_the_same_bytes(made, demo_database: Path, notebooks: Path) -> None:
    out, _, _ = made
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    _run(demo_database, out, notebooks)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_a_month_nobody_has_is_an_error_that_names_what_there_is(
    demo_database: Path, notebooks: Path, tmp_path: Path
):
    with pytest.raises(
        HenreiError, match="2019年1月のデータはありません。あるのは 2024-04 から 2026-10 です"
    ):
        _run(demo_database, tmp_path, notebooks, months=[date(2019, 1, 1)])


def test_an_institution_nobody_knows_is_an_error(
    demo_database: Path, notebooks: Path, tmp_path: Path
) -> None:
    with pytest.raises(HenreiError, match="9999999999"):
        _run(demo_database, tmp_path, notebooks, institutions=["9999999999"])


def test_an_interrupted_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.html"
    files.write_text(path, "古い")

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "replace", fail)
    with pytest.raises(KeyboardInterrupt):
        files.write_text(path, "新しい")
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]
    assert path.read_text("utf-8") == "古い"
