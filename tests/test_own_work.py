"""Figures and notebooks of the office's own: what is used, what is refused and why, and that nothing else suffers."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import nbformat
import pytest

from henrei_analytics import lab, report
from henrei_analytics.errors import HenreiError
from henrei_analytics.figures import BrokenFigure, definitions, read_own_figures
from henrei_analytics.new import new_figure, new_notebook
from henrei_analytics.notebook import open_office
from henrei_analytics.notebook_files import own_files, shipped_files, shipped_folder, with_own
from henrei_analytics.warehouse import connect
from office import Henrei

CLINIC = "1319912345"
AS_OF = date(2026, 10, 31)
TODAY = date(2026, 11, 22)


@pytest.fixture
def database(demo_database: Path, tmp_path: Path) -> Path:
    """The invented office's database in a folder of its own."""
    path = tmp_path / "data" / "henrei.duckdb"
    path.parent.mkdir()
    path.symlink_to(demo_database)
    return path


@pytest.fixture
def figure(database: Path) -> tuple[Path, Path]:
    """An own figure as `henrei new` writes it: its words and its SQL."""
    words, model = new_figure(database, "by_reason", TODAY, '理由 "別"\nの返戻')
    return words, model


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def _only_problem(folder: Path) -> str:
    own = read_own_figures(folder)
    assert own.declarations == {}
    (problem,) = own.problems.values()
    return problem


def test_an_own_figure_is_a_figure_like_any_other(database: Path, figure: tuple[Path, Path]) -> None:
    office = open_office(str(database), CLINIC, as_of=AS_OF.isoformat())
    made = office.figure("by_reason")
    shipped = office.rows("reasons_by_category", period="window")
    assert made.data["returns"].sum() == shipped["returns"].sum() > 0
    assert made.definition.title == '理由 "別" の返戻'
    assert (made.definition.owner, made.definition.model) == ("自院", "figures/by_reason.sql")
    assert (made.definition.written_on, made.definition.next_review) == (TODAY, date(2027, 11, 1))
    assert made.basis and dict(made.basis.files)["hen"] > 0
    assert "by_reason" not in definitions()


WRONG = {
    "a second statement": ("sql", "ORDER BY returns", "; DROP TABLE x; SELECT 1 ORDER BY returns", "1つの文"),
    "no select": ("sql", "SELECT\n", "COPY (SELECT\n", "SELECT か WITH で始まる"),
    "tables of the inside": ("sql", "FROM mart.returns", "FROM core.returns", "読めるのは mart の表だけ"),
    "rows without an order": ("sql", "ORDER BY returns DESC, category", "", "ORDER BY"),
    "no word of its inputs": ("sql", "-- inputs", "-- reads", "「-- inputs: …」の行がありません"),
    "a key that is none": ("toml", "unit =", "units =", "unit がありません、units という項目はありません"),
    "no owner": ("toml", 'owner = "自院"', 'owner = ""', "owner が空です"),
    "a date in quotes": ("toml", "written_on = 2026-11-22", 'written_on = "2026"', "written_on は日付"),
    "no TOML": ("toml", "question = ", "question : ", "TOML として読めません（4行目）"),
    "made of other figures": (
        "toml",
        "counted =",
        'inputs = ["headline"]\ncounted =',
        "作る関数がありません",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_figure_that_cannot_be_used_says_why(figure: tuple[Path, Path], case: str) -> None:
    kind, old, new, says = WRONG[case]
    words, model = figure
    _change(words if kind == "toml" else model, old, new)
    problem = _only_problem(words.parent)
    assert says in problem and problem.startswith(f"by_reason.{kind}: ")


def test_files_that_are_no_figure_say_what_they_lack(figure: tuple[Path, Path]) -> None:
    words, model = figure
    kept = words.read_bytes()
    words.unlink()
    assert _only_problem(words.parent) == "by_reason.sql: 説明のファイル by_reason.toml がありません。"
    words.write_bytes("題 = ".encode("cp932"))
    assert _only_problem(words.parent) == "by_reason.toml: 読めません。UTF-8 で保存してください。"
    words.write_bytes(b"\xef\xbb\xbf" + kept)  # as some editors save UTF-8
    assert read_own_figures(words.parent).problems == {}
    model.unlink()
    assert "計算式 by_reason.sql がありません" in _only_problem(words.parent)


def test_a_shipped_figure_is_never_replaced(database: Path, figure: tuple[Path, Path]) -> None:
    for path in figure:
        path.rename(path.with_stem("headline"))
    problem = _only_problem(database.parent / "figures")
    assert "標準の図「今月の数字」と同じ名前なので使いません" in problem and "my_headline" in problem
    office = open_office(str(database), CLINIC, as_of=AS_OF.isoformat())
    assert office.figure("headline").definition.owner == "henrei-analytics"


BROKEN = {
    "a column that does not exist": ("sql", "main_reason_category", "no_such", "by_reason.sql: SQL が実行できません"),
    "a column that is not counted": ("toml", '["returns"]', '["claims"]', "counted の列 claims"),
    "columns a statistic needs": ("toml", "counted =", 'after = "wilson"\ncounted =', "after の「wilson」に要る列"),
    # the message of the engine would quote the value
    "a value that does not fit": ("sql", "COUNT(*) AS returns", "CAST(MIN(r.chart_number) || 'x' AS INTEGER) AS returns", "（ConversionException）"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_figure_that_cannot_be_computed_says_why_without_data(
    database: Path, figure: tuple[Path, Path], case: str
) -> None:
    kind, old, new, says = BROKEN[case]
    _change(figure[0] if kind == "toml" else figure[1], old, new)
    office = open_office(str(database), CLINIC, as_of=AS_OF.isoformat())
    with pytest.raises(BrokenFigure) as caught:
        office.figure("by_reason")
    assert says in str(caught.value)
    assert not re.search(r"\d{4,}", str(caught.value))
    assert caught.value._render_traceback_() == [f"エラー: {caught.value}"]


def test_a_figure_nobody_knows_is_named(database: Path) -> None:
    office = open_office(str(database), CLINIC, as_of=AS_OF.isoformat())
    with pytest.raises(BrokenFigure, match="図「headlin」はありません"):
        office.show("headlin")


def test_whatever_is_broken_every_other_page_is_made(
    database: Path, figure: tuple[Path, Path], tmp_path: Path
) -> None:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    page = (shipped_folder() / "45_cash.ipynb").read_bytes()
    (shipped / "45_cash.ipynb").write_bytes(page)
    _change(figure[1], "main_reason_category", "no_such")
    own = new_notebook(database, "mine").parent
    showing = nbformat.read(own / "91_mine.ipynb", as_version=4)
    showing.cells.append(nbformat.v4.new_code_cell('office.show("by_reason")'))
    nbformat.write(showing, own / "92_showing.ipynb")
    (own / "93_cut_off.ipynb").write_bytes(page[:200])
    (own / "94 (1).ipynb").write_bytes(page)
    (own / "draft.ipynb").write_text("not numbered")

    result = report.run(database, institutions=[CLINIC], as_of=AS_OF, out=tmp_path / "out", notebooks=shipped)
    assert [page.stem for page in result.pages] == ["45_cash", "91_mine"]
    *files, of_figure = result.own_problems
    assert files == [
        "notebooks/93_cut_off.ipynb: ノートブックとして読めません。",
        "notebooks/94 (1).ipynb: 名前を 95_name.ipynb の形にしてください（空白や括弧は使えません）。",
    ]
    why = of_figure.removeprefix("自院の図 ")
    assert why.startswith("by_reason.sql: SQL が実行できません") and "no_such" in why
    assert [failure.partition("92_showing")[2] for failure in result.failures] == [
        f": {why}（{len(showing.cells)}番目のセル）"
    ]
    index = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "93_cut_off.ipynb: ノートブックとして読めません" in index
    assert 'href="definitions.html"' in index


def test_the_command_says_what_is_wrong_and_ends_with_1(
    henrei: Henrei, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = report.ReportResult(own_problems=["自院の図 x.toml: title がありません。"])
    monkeypatch.setattr(report, "run", lambda *_, **__: result)
    code, said, _ = henrei("report", "--as-of", "2026-10-31")
    assert code == 1 and "直すところ: 自院の図 x.toml: title がありません。" in said


def test_a_database_beside_the_shipped_notebooks_has_none_of_its_own() -> None:
    beside = shipped_folder().parent / "henrei.duckdb"
    assert own_files(beside) == []
    shipped = shipped_files(shipped_folder())
    sources, problems = with_own(shipped, beside)
    assert [source.path for source in sources] == shipped and problems == []
    assert not any(source.is_own for source in sources)


def test_a_new_notebook_takes_the_next_free_number_and_overwrites_nothing(database: Path) -> None:
    first, second = new_notebook(database, "one", "題"), new_notebook(database, "two")
    assert [first.name, second.name] == ["91_one.ipynb", "92_two.ipynb"]
    assert new_notebook(database, "12_three").name == "12_three.ipynb"
    assert nbformat.read(first, as_version=4).cells[0].source.startswith("# 題\n")
    assert nbformat.read(second, as_version=4).cells[0].source.startswith("# 92_two\n")
    copy = new_notebook(database, "45_cash")
    shipped = nbformat.read(shipped_folder() / "45_cash.ipynb", as_version=4)
    assert nbformat.read(copy, as_version=4) == shipped
    before = {path: path.read_bytes() for path in first.parent.iterdir()}
    for name in ("one", "12_three", "45_cash"):
        with pytest.raises(HenreiError, match="はもうあります"):
            new_notebook(database, name)
    assert {path: path.read_bytes() for path in first.parent.iterdir()} == before


def test_a_new_figure_overwrites_nothing(database: Path, figure: tuple[Path, Path]) -> None:
    before = [path.read_bytes() for path in figure]
    with pytest.raises(HenreiError, match="はもうあります"):
        new_figure(database, "by_reason", TODAY)
    figure[0].unlink()
    with pytest.raises(HenreiError, match="はもうあります"):
        new_figure(database, "by_reason", TODAY)
    assert figure[1].read_bytes() == before[1]
    with pytest.raises(HenreiError, match="標準の図に headline（今月の数字）があります"):
        new_figure(database, "headline", TODAY)


@pytest.mark.parametrize("name", ["", "My", "a b", "../x", "理由", "9x", "a.b", "95_"])
def test_names_that_cannot_be_files_links_and_figures_are_refused(database: Path, name: str) -> None:
    for make in (new_notebook, lambda place, given: new_figure(place, given, TODAY)):
        with pytest.raises(HenreiError, match="使えません"):
            make(database, name)
    assert not any((database.parent / "notebooks").iterdir())


def test_nothing_new_without_a_database(henrei: Henrei, tmp_path: Path) -> None:
    for kind in ("notebook", "figure"):
        code, _, errors = henrei("new", kind, "x", "--database", tmp_path / "none" / "x.duckdb")
        assert code == 2 and "先に henrei load" in errors
    assert not (tmp_path / "none").exists()


def test_what_a_notebook_asks_of_the_mart_is_as_of_its_day(database: Path) -> None:
    office = open_office(str(database), CLINIC, "2026-09", "2026-10-31", 3)
    rows = office.query("SELECT institution, month, first_month, as_of FROM scope")
    assert rows.rows() == [(CLINIC, date(2026, 9, 1), date(2026, 7, 1), AS_OF)]
    with connect(database, as_of=AS_OF) as con:
        (there,) = con.execute(
            "SELECT COUNT(*) FROM mart.worklist WHERE institution = ?", [CLINIC]
        ).fetchone()
    sql = (
        "SELECT COUNT(*) AS n FROM mart.worklist AS w INNER JOIN scope AS s ON w.institution = s.institution"
    )
    assert office.query(sql)["n"].to_list() == [there]


def test_jupyterlab_starts_beside_the_office_s_own_notebooks(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []

    class Done:
        returncode = 0

    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda _: True)
    monkeypatch.setattr(lab.subprocess, "run", lambda words, **_: started.append(words[-1]) or Done)
    assert lab.open_lab(database) == 0
    new_notebook(database, "mine")
    assert lab.open_lab(database) == 0
    assert started == [str(shipped_folder()), str(database.parent)]
