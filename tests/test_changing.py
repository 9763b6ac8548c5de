"""docs/changing.md: every recipe does what it says, typed as it is written there."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from pathlib import Path

import nbformat
import pytest

import henrei_analytics.checks.declarations as check_declarations
from henrei_analytics import report
from henrei_analytics.checks import run_checks
from henrei_analytics.figures import Scope, compute
from henrei_analytics.figures.declarations import parse
from henrei_analytics.notebook_files import shipped_folder
from mart_tables import INSTITUTION, mart
from office import Henrei, Office
from recipes import block, commands
from record_files import Receipt, Returned, claim_file, return_file

CLINIC = "1319912345"
AS_OF = date(2026, 10, 31)


@pytest.fixture
def beside(demo_database: Path, tmp_path: Path) -> Path:
    """The database of the invented office in a folder of its own, for own files to lie beside."""
    (tmp_path / "data").mkdir()
    database = tmp_path / "data" / "hospital.duckdb"
    database.symlink_to(demo_database)
    return database


@pytest.fixture
def no_shipped(tmp_path: Path) -> Path:
    """A folder with one shipped notebook: the recipes need no other page."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "10_monthly_brief.ipynb").write_bytes(
        (shipped_folder() / "10_monthly_brief.ipynb").read_bytes()
    )
    return folder


def test_the_recipes_for_a_notebook_and_a_figure_make_pages(
    henrei: Henrei, beside: Path, no_shipped: Path, tmp_path: Path
) -> None:
    typed = [*commands("A notebook", beside), *commands("A figure", beside)]
    for words in typed:
        if words[0] != "lab":
            assert henrei(*words)[0] == 0, words
    own = beside.parent
    (own / "figures" / "by_setting.sql").write_text(block("by_setting.sql"), "utf-8")
    path = own / "notebooks" / "91_by_setting.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(block("cell")))
    nbformat.write(notebook, path)

    result = report.run(
        beside, institutions=[CLINIC], as_of=AS_OF, out=tmp_path / "out", notebooks=no_shipped
    )
    assert result.failures + result.own_problems + result.differences == []
    assert sorted(page.stem for page in result.pages) == ["10_monthly_brief", "91_by_setting"]
    folder = tmp_path / "out" / CLINIC / "2026-09"
    shown = json.loads((folder / "figures.json").read_text("utf-8"))["figures"]["91_by_setting"]
    settings = {row["setting"]: row["returns"] for row in shown["by_setting"]["rows"]}
    assert settings.keys() == {"outpatient"} and settings["outpatient"] > 0
    html = (folder / "91_by_setting.html").read_text("utf-8")
    assert "<h1>入院と外来</h1>" in html and "自院版のページ（notebooks/91_by_setting.ipynb）。" in html
    assert "標準のページの代わりです。" in (folder / "10_monthly_brief.html").read_text("utf-8")
    assert "入院と入院外の返戻" in (tmp_path / "out" / "definitions.html").read_text("utf-8")


def test_the_recipe_for_a_figure_of_the_package(tmp_path: Path) -> None:
    """The test in the recipe passes with the two files in it."""
    model = tmp_path / "by_setting.sql"
    model.write_text(block("by_setting.sql"), "utf-8")
    known = {"by_setting": parse("by_setting", block("by_setting.toml"), model)}
    assert known["by_setting"].notebook == "30_insurers"
    names = {
        "mart": mart,
        "compute": partial(compute, known=known),
        "Scope": Scope,
        "INSTITUTION": INSTITUTION,
        "date": date,
    }
    exec(block("test"), names)
    names["test_returns_by_setting"]()


def test_the_recipe_for_a_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "return_points_positive"
    (tmp_path / f"{name}.sql").write_text(block(f"{name}.sql"), "utf-8")
    monkeypatch.setattr(check_declarations, "SQL_DIR", tmp_path)
    check = check_declarations.parse(name, block(f"{name}.toml"))
    for points, status in (("1", "pass"), ("0", "fail")):
        con = mart(files="kind\nhen", returns=f"points\n{points}")
        (result,) = run_checks(con, INSTITUTION, AS_OF, [check], lambda _: block(f"{name}.sql"))
        assert (result.status, result.checked) == (status, 1)


def test_the_recipe_for_a_row_of_a_code_table(henrei: Henrei, office: Office) -> None:
    receipt = Receipt(search="13101202608000000101", points=500)
    office.save("RECEIPTC.UKE", claim_file([receipt]))
    office.save("RECEIPTC.HEN", return_file([Returned(receipt)]))
    office.load()
    codes = office.database.parent / "codes"
    codes.mkdir()
    (codes / "reason_codes.csv").write_text(block("reason_codes.csv"), "utf-8")
    for words in commands("A row of a code table", office.database):
        assert henrei(*words)[0] == 0, words
    assert office.values(
        "SELECT category FROM core.reason_codes WHERE code = '2999' AND prefecture = '13'"
    ) == ["資格関係"]
