"""The shareable edition of a whole report: nothing that points to a person leaves, in any format."""

from __future__ import annotations

import html
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote

import duckdb
import nbformat
import pytest

from henrei_analytics import report
from henrei_analytics.disclosure import RULE, Edition
from henrei_analytics.disclosure.pool import pool
from henrei_analytics.disclosure.pool_files import write_pool
from henrei_analytics.errors import HenreiError
from henrei_analytics.notebook_files import shipped_folder
from henrei_analytics.outputs.formats import Formats
from henrei_analytics.pages import WITHHELD

HOSPITAL, CLINIC = "2719954321", "1319912345"
AS_OF = date(2026, 10, 31)
PLANTED = {
    ("core.returns", "chart_number"): "KARTE<7>",
    ("core.claims", "chart_number"): "KARTE<7>",
    ("core.adjustments", "chart_number"): "KARTE<7>",
    ("core.payments", "chart_number"): "KARTE<7>",
    ("core.returns", "patient_key"): "PKEY-",
    ("core.returns", "entered_by"): "入力係の渡来さん",
    ("core.return_reasons", "text"): "患者の安曇野はなさんは",
    ("core.return_reasons", "supplement"): "補記 昭和三年生まれの者",
    ("core.adjustments", "item"): "自院名の項目",
    ("core.adjustments", "before"): "査定前の文",
    ("core.pre_checks", "message"): "警告の文に名前",
    ("core.files", "name"): "秘密のフォルダー/安曇野",
    ("ledger.sightings", "name"): "秘密のフォルダー/安曇野",
    ("core.files", "institution_name"): "まぼろし病院",
    ("core.departments", "label_ja"): "自院だけの科名",
    ("core.law_numbers", "label_ja"): "自院だけの呼び名",
}
"""Put before what stands in these columns: what must not be found outside."""


@pytest.fixture(scope="module")
def planted(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented office, with words in every place where a person or a free text can stand."""
    database = tmp_path_factory.mktemp("planted") / "henrei.duckdb"
    shutil.copy(demo_database, database)
    with duckdb.connect(str(database)) as con:
        for (table, column), word in PLANTED.items():
            con.execute(f"UPDATE {table} SET {column} = ? || COALESCE({column}, '')", [word])
    own = database.parent / "notebooks"
    own.mkdir()
    cells = [nbformat.v4.new_markdown_cell("# 自院のページ 安曇野はな"), nbformat.v4.new_code_cell("1")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), own / "95_own.ipynb")
    return database


@pytest.fixture(scope="module")
def shared(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shareable edition of the hospital with every format, its name hidden."""
    out = tmp_path_factory.mktemp("shared") / "out"
    formats = Formats(pdf=True, excel=True)
    result = report.run(
        planted, institutions=[HOSPITAL], as_of=AS_OF, out=out, edition=Edition.SHAREABLE, formats=formats
    )
    assert not result.failures
    assert len(result.pages) >= 5
    return out


@pytest.fixture(scope="module")
def secrets(planted: Path) -> list[str]:
    """The planted words, and every key and number of the database that is long enough to be no other number."""
    with duckdb.connect(str(planted), read_only=True) as con:
        found = [word for word in PLANTED.values() if word not in ("KARTE<7>",)] + ["KARTE"]
        for column, table in (("return_id", "returns"), ("search_number", "returns"), ("file_id", "files")):
            rows = con.execute(
                f"SELECT DISTINCT {column} FROM core.{table} WHERE {column} IS NOT NULL"
            ).fetchall()
            found += [str(value)[:24] for (value,) in rows if len(str(value)) >= 12]
    return [*found, HOSPITAL, CLINIC, "27-1-9954321", "架空総合病院"]


def forms(text: str) -> Iterator[bytes]:
    """A text as the formats of a report may write it."""
    written = {text, html.escape(text), json.dumps(text)[1:-1], quote(text)}
    written |= {"".join(f"&#{ord(c)};" for c in text), "".join(f"&#x{ord(c):x};" for c in text)}
    written |= {text.replace("<", "\\u003c").replace(">", "\\u003e")}
    for each in written:
        yield each.encode()
    yield text.encode("utf-16-le")
    yield text.encode("cp932", "ignore") or text.encode()


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file with its bytes, those inside workbooks and the words of PDFs too; and their names."""
    for path in sorted(folder.rglob("*")):
        yield f"name of {path.name}", str(path.relative_to(folder)).encode()
        if path.is_dir():
            continue
        yield path.name, path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as workbook:
                for member in workbook.namelist():
                    yield f"{path.name}/{member}", workbook.read(member)
        if path.suffix == ".pdf":  # only where PDFs can be made, and then they can be read
            from pypdf import PdfReader

            pages = PdfReader(io.BytesIO(path.read_bytes()))
            text = "".join(page.extract_text() for page in pages.pages) + str(pages.metadata)
            yield f"text of {path.name}", text.encode()


def found_in(folder: Path, words: list[str]) -> set[tuple[str, str]]:
    """Which of the words stand where, in whatever form."""
    wanted = [(word, form) for word in words for form in forms(word)]
    return {(word, name) for name, content in contents(folder) for word, form in wanted if form in content}


def test_nothing_that_points_to_a_person_or_a_place_is_in_any_file(shared: Path, secrets: list[str]) -> None:
    assert len(secrets) > 100
    assert found_in(shared, secrets) == set()


def test_the_internal_edition_has_them(planted: Path, tmp_path: Path) -> None:
    """So that the test above can fail."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    shutil.copy(shipped_folder() / "15_worklist.ipynb", notebooks)
    report.run(planted, institutions=[HOSPITAL], as_of=AS_OF, out=tmp_path / "out", notebooks=notebooks)
    words = ["KARTE", "患者の安曇野はなさんは", "秘密のフォルダー/安曇野", HOSPITAL]
    assert {word for word, _ in found_in(tmp_path / "out", words)} == set(words)


def test_every_page_says_which_edition_it_is(shared: Path) -> None:
    pages = [path for path in shared.rglob("*.html") if path.name != "definitions.html"]
    assert len(pages) >= 6
    for page in pages:
        text = page.read_text("utf-8")
        assert html.escape(RULE) in text or RULE in text, page.name
        assert "院内用" not in text.split("<footer>")[0], page.name
    assert not list(shared.rglob("15_worklist*")), "the work list stays inside"


def test_no_small_count_is_in_the_numbers(shared: Path) -> None:
    from henrei_analytics.disclosure.edition import shareable_figures

    month = json.loads((shared / "institution-B" / "2026-09" / "figures.json").read_text("utf-8"))
    assert month["edition"] == "shareable"
    assert month["office"] == "医療機関B"
    seen = 0
    for page in month["figures"].values():
        for key, figure in page.items():
            declared = shareable_figures().get(key.split("?")[0])
            for row in figure["rows"]:
                assert declared, key
                assert set(row) <= {*declared.columns, "hidden"}, key
                counts = [row[column] for column in declared.counts if row.get(column) is not None]
                assert not [count for count in counts if 0 < count < 10], key
                seen += len(counts)
    assert seen > 100


def changed_page(folder: Path, name: str, title: str, asked: str) -> Path:
    """A folder with one shipped page, changed by hand."""
    node = nbformat.v4
    parameters = 'database = ""\ninstitution = ""\nmonth = ""\nas_of = ""\nmonths_back = 24'
    opened = (
        "from henrei_analytics.notebook import open_office\n"
        "office = open_office(database, institution, month, as_of, months_back)\noffice.head()\n"
    )
    cells = [
        node.new_markdown_cell(f"# {title}"),
        node.new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        node.new_code_cell(opened + asked),
    ]
    notebooks = folder / "notebooks"
    notebooks.mkdir()
    nbformat.write(node.new_notebook(cells=cells), notebooks / f"{name}.ipynb")
    return notebooks


def test_a_notebook_that_prints_says_nothing(planted: Path, tmp_path: Path) -> None:
    """What it shows by itself, and asks of the office, stays inside."""
    asked = (
        'print("KARTE 秘密")\noffice.worklist()\noffice.show("by_insurer")\n'
        'office.show("volume_sources")\n"KARTE 秘密"'
    )
    notebooks = changed_page(tmp_path, "30_insurers", "変えたページ", asked)
    out = tmp_path / "out"
    result = report.run(
        planted, institutions=[HOSPITAL], as_of=AS_OF, out=out, notebooks=notebooks, edition=Edition.SHAREABLE
    )
    (page,) = result.pages
    text = page.read_text("utf-8")
    assert "KARTE" not in text
    assert "「未再請求の一覧」は、外部提供用の版では示しません。" in text
    assert "「保険者別」は、外部提供用の版では示しません。" in text
    assert "請求件数の出どころ" in text
    with pytest.raises(HenreiError, match="空ではありません"):
        report.run(planted, as_of=AS_OF, out=out, notebooks=notebooks, edition=Edition.SHAREABLE)
    with pytest.raises(HenreiError, match="外部提供用の版があります"):
        report.run(planted, as_of=AS_OF, out=out, notebooks=notebooks)


def test_the_index_says_why_a_page_is_not_there(planted: Path, tmp_path: Path) -> None:
    notebooks = changed_page(tmp_path, "30_insurers", "保険者のページ", 'office.show("by_insurer")')
    out = tmp_path / "out"
    result = report.run(
        planted, institutions=[CLINIC], as_of=AS_OF, out=out, notebooks=notebooks, edition=Edition.SHAREABLE
    )
    assert (result.pages, result.failures) == ([], [])
    assert f"保険者のページ（{WITHHELD}）" in (out / "index.html").read_text("utf-8")


# --- pools ------------------------------------------------------------------------------------------------------------


def month_file(folder: Path, claims: int, numbers: dict[str, int | str], **more: object) -> Path:
    """The numbers of one institution: month → first returns, or the mark they are hidden with."""
    rows = [
        {
            "month": f"{month}-01",
            "payer": "all",
            "numerator": value if isinstance(value, int) else None,
            "denominator": claims + at,
            "hidden": [] if isinstance(value, int) else [f"numerator:{value}"],
        }
        for at, (month, value) in enumerate(numbers.items())
    ]
    content = {
        "edition": "shareable",
        "month": "2026-09",
        "months_back": 24,
        "as_of": "2026-10-31",
        "figures": {"10_monthly_brief": {"rate_by_month": {"rows": rows}}},
    } | more
    folder.mkdir()
    path = folder / "figures.json"
    path.write_text(json.dumps(content), "utf-8")
    return path


def test_every_number_of_a_pool_is_of_the_same_institutions(tmp_path: Path) -> None:
    """August is published by two of the three that publish September, and by one more: no third number may tell."""
    numbers = {
        "a": {"2026-09": 10, "2026-08": 12},
        "b": {"2026-09": 20, "2026-08": 12},
        "c": {"2026-09": 30, "2026-08": 12, "2026-07": 15},
        "d": {"2026-09": 40, "2026-08": "under_10", "2026-07": 15},
    }
    for claims, (name, months) in enumerate(numbers.items(), start=1):
        month_file(tmp_path / name, 100 * claims, months)
    pooled = pool([tmp_path])
    assert (pooled.institutions, pooled.group, pooled.left_out, pooled.hidden) == (4, 3, 1, 1)
    told = {row.keys["month"]: (row.numerator, row.denominator, row.low) for row in pooled.rows}
    # of the fourth nothing is in it, and its claims cannot be had from a bound
    assert told == {"2026-09-01": (60, 600, None), "2026-08-01": (36, 603, None)}
    table, page = write_pool(pooled, tmp_path / "out")
    assert "2026-09,合計,合計,すべて,初めての返戻（原審査）,3,60,600,0.100000,," in table.read_text("utf-8")
    assert "4施設" in page.read_text("utf-8") and "（3施設）" in page.read_text("utf-8")


def test_three_left_over_together_bound_the_rate_of_all(tmp_path: Path) -> None:
    for number in range(1, 7):
        month_file(tmp_path / str(number), 100 * number, {"2026-09": 10 if number < 4 else "under_10"})
    (row,) = pool([tmp_path]).rows
    assert (row.numerator, row.denominator) == (30, 600)
    assert (row.low, row.high) == (33 / 2100, 57 / 2100)


def test_a_pool_refuses_what_is_not_for_sharing(tmp_path: Path) -> None:
    month_file(tmp_path / "a", 100, {"2026-09": 10}, edition="internal")
    with pytest.raises(HenreiError, match="院内用の版です"):
        pool([tmp_path / "a"])
    (tmp_path / "b.json").write_text("[]")
    with pytest.raises(HenreiError, match="ではありません"):
        pool([tmp_path / "b.json"])
    with pytest.raises(HenreiError, match="ありません"):
        pool([tmp_path / "nowhere"])


def test_a_pool_needs_three_different_institutions(tmp_path: Path) -> None:
    months = {f"2026-0{month}": 10 for month in range(1, 9)}
    files = [
        month_file(tmp_path / name, claims, months) for name, claims in (("a", 100), ("b", 200), ("c", 100))
    ]
    with pytest.raises(HenreiError, match="2施設分しか"):
        pool(files[:2])
    with pytest.raises(HenreiError, match="同じ医療機関"):
        pool(files)


def test_a_pool_of_what_no_three_publish_says_so(tmp_path: Path) -> None:
    for number in range(1, 4):
        month_file(tmp_path / str(number), 100 * number, {"2026-09": 10 if number < 3 else "under_10"})
    with pytest.raises(HenreiError, match="そろって公表している数がない"):
        pool([tmp_path])


def test_the_command_says_what_was_pooled(henrei, tmp_path: Path) -> None:
    files = [month_file(tmp_path / str(n), 100 * n, {"2026-09": 10 * n}) for n in (1, 2, 3)]
    code, said, _ = henrei("pool", *files, "--out", tmp_path / "out")
    assert code == 0
    assert "3施設のうち3施設を合算しました（1行）" in said
    assert (tmp_path / "out" / "pool.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    code, _, wrong = henrei("report", "--edition", "public")
    assert code == 2
    assert "internal か shareable" in wrong
