"""Definitions: every figure is declared completely, and an incomplete declaration says what is missing."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from henrei_analytics.definition_box import definition_html
from henrei_analytics.definitions_page import definitions_html, definitions_markdown
from henrei_analytics.figures import FIGURES, DefinitionError, Scope, compute_many, definitions
from henrei_analytics.figures.basis import table
from henrei_analytics.figures.declarations import SQL_DIR, declarations, parse
from henrei_analytics.figures.figure import counted
from henrei_analytics.warehouse import connect
from henrei_analytics.warehouse.database import sql_files
from mart_tables import COLUMNS, INSTITUTION, mart

VALID = """
notebook = "10_monthly_brief"
position = 1
after = "headline_rates"
title = "題"
question = "問い"
why = "理由"
numerator = "分子"
denominator = ""
window = "期間"
exclusions = ""
unit = "件"
direction = "none"
notes = ""
owner = "henrei-analytics"
written_on = 2026-01-01
next_review = 2027-01-01
"""
MODELS = sorted(SQL_DIR.rglob("*.sql"))


def test_every_figure_stands_in_one_notebook():
    assert [name for names in FIGURES.values() for name in names] == list(definitions())
    assert list(FIGURES) == sorted(FIGURES)


def test_positions_are_unique_within_a_notebook():
    places = [(each.notebook, each.position) for each in declarations().values()]
    assert len(set(places)) == len(places)


def test_every_model_belongs_to_a_figure():
    models = {path.stem for path in SQL_DIR.glob("*.sql")}
    assert models == {name for name, each in declarations().items() if not each.inputs}


def test_a_valid_definition_is_read():
    definition = parse("headline", VALID).definition
    assert (definition.name, definition.title, definition.denominator) == ("headline", "題", "")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "題"', "", "headline.toml: title がありません"),
        ('title = "題"', 'title = " "', "title が空です"),
        ('title = "題"', "title = 3", "title は文字列"),
        ('title = "題"', 'title = "題"\ntitel = "題"', "titel という項目はありません"),
        ('direction = "none"', 'direction = "up"', "direction は lower_is_better・"),
        ('"10_monthly_brief"', '"monthly"', "notebook は 10_monthly_brief の形"),
        ("next_review = 2027", "next_review = 2025", "next_review は written_on より後"),
        ("next_review = 2027-01-01", 'next_review = "2027"', "next_review は日付"),
        ('after = "headline_rates"', 'after = "magic"', "after は action_effects・"),
        ("position = 1", "position = 1\ninputs = []", "この図をほかの図から作る関数がありません"),
        ('owner = "henrei-analytics"', "", "owner がありません"),
        ('owner = "henrei-analytics"', 'owner = ""', "owner が空です"),
        ("position = 1", 'position = 1\ncounted = "returns"', "counted は並び"),
        ("position = 1", "position =", "TOML として読めません（3行目）"),
    ],
)
def test_a_broken_definition_says_what_is_wrong(old, new, message):
    assert old in VALID
    with pytest.raises(DefinitionError, match=re.escape(message)):
        parse("headline", VALID.replace(old, new))


def test_a_definition_without_a_model_is_refused():
    with pytest.raises(DefinitionError, match=r"計算式 nothing\.sql がありません"):
        parse("nothing", VALID)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_models_keep_to_the_portable_subset(path):
    text = path.read_text(encoding="utf-8")
    head, sql = [], []
    for line in text.splitlines():
        (head if line.startswith("--") else sql).append(line)
    assert [key for key in ("grain", "inputs", "rule") if f"-- {key}: " not in text] == []
    body = "\n".join(sql)
    assert "::" not in body
    assert not re.search(r"\b(PIVOT|QUALIFY|date_diff|GROUP BY ALL)\b", body, re.IGNORECASE)
    assert not re.search(r"FILTER \((?!\s*WHERE)", body)
    assert re.search(r"\b\d+\.\d+\b", body) is None, "a decimal literal differs between engines"


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_models_name_their_inputs(path):
    """The header lists what the model reads: contract views and the shared relations, nothing else."""
    text = path.read_text(encoding="utf-8")
    header = "".join(line for line in text.splitlines() if line.startswith("--"))
    declared = set(re.findall(r"[a-z_.]+", header.split("inputs:")[1].split("rule:")[0]))
    body = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    read = set(re.findall(r"(?<!DISTINCT )(?:FROM|JOIN)\s+([a-z_.]+)", body))
    local = set(re.findall(r"(?:WITH|,)\s*([a-z_]+) AS \(", body))
    assert read - local == declared
    assert {name.removeprefix("mart.") for name in declared if name.startswith("mart.")} <= COLUMNS.keys()


@pytest.mark.parametrize("name", [name for name, each in declarations().items() if not each.inputs])
def test_every_model_ends_in_an_order(name):
    tail = declarations()[name].sql_path.read_text(encoding="utf-8").rpartition("\nORDER BY ")
    assert tail[1]


# What a figure was made from


def test_every_view_says_its_kinds_of_file_or_is_a_reference():
    """A view of the mart that figures read rows of must be in basis.toml, or the box would name too few files."""
    told = {name.removeprefix("mart.") for name in (*table()["kinds"], *table()["all"]) if "." in name}
    reference = {
        "adjustment_letters", "as_of", "categories", "departments", "file_kinds", "guidance", "institutions",
        "law_numbers", "policy_breaks", "prefectures", "sections", "time_rules",
    }  # fmt: skip
    assert {name for name, _ in sql_files("mart")} - told == reference


def test_no_row_of_a_view_comes_from_a_file_it_does_not_name(demo_database):
    con = connect(demo_database)
    views = con.execute(
        "SELECT table_name FROM duckdb_columns() WHERE schema_name = 'mart' AND column_name = 'file_id'"
    ).fetchall()
    held = [view for (view,) in views if f"mart.{view}" in table()["kinds"]]
    assert len(held) >= 8
    for view in held:
        found = con.execute(
            f"SELECT DISTINCT f.kind FROM mart.{view} AS v INNER JOIN mart.files AS f ON v.file_id = f.file_id"
        ).fetchall()
        assert {kind for (kind,) in found} <= set(table()["kinds"][f"mart.{view}"]), view
    used = con.execute("SELECT DISTINCT UNNEST(sources) FROM mart.returns").fetchall()
    assert {kind for (kind,) in used} <= set(table()["kinds"]["mart.returns"])


@pytest.fixture(scope="module")
def made():
    """Figures over a small office: a return of each month, one file in the window, one before, one of no month."""
    con = mart(
        files="""
            kind | month   | status
            hen  | 2026-09 | loaded
            hen  | 2026-08 | superseded
            hen  | 2020-01 | loaded
            henr | 2026-09 | loaded
            uke  | 2026-09 | loaded
            fixf | 2026-09 | loaded
            actions | -    | loaded
        """,
        returns="""
            processing_month | payer  | category
            2026-09          | shaho  | 資格関係
            2026-09          | kokuho | 記載不備
            2026-08          | shaho  | 記載不備
        """,
        claim_volume="claim_month | payer | first_claims | source\n2026-09 | shaho | 1000 | uke\n2026-09 | kokuho | 500 | uke",
        time_rules=[
            {"rule_id": "claim_window_first_day", "value": 5, "source": "要領"},
            {"rule_id": "claim_window_last_day", "value": 10, "source": "要領"},
            {"rule_id": "download_months", "value": 2, "source": "通知"},
            {"rule_id": "limitation_start_months", "payer": "shaho", "value": 1, "source": "決まり"},
            {"rule_id": "limitation_start_months", "payer": "kokuho", "value": 3, "source": "決まり"},
            {"rule_id": "limitation_years", "value": 3, "valid_to": date(2020, 3, 31), "source": "決まり"},
            {"rule_id": "limitation_years", "value": 5, "valid_from": date(2020, 4, 1), "source": "決まり"},
            {"rule_id": "settle_after_months", "value": 4, "source": "自院で決めた"},
        ],
    )
    names = [*definitions()]
    return compute_many(con, Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31)), names)


@pytest.mark.parametrize(
    ("name", "files"),
    [
        (
            "reasons_by_category",
            (("hen", 1), ("henr", 1)),
        ),  # not the replaced file, not the one before the window
        ("by_insurer", (("uke", 1), ("hen", 1), ("henr", 1))),
        ("action_effect", (("uke", 1), ("actions", 1), ("hen", 1), ("henr", 1))),  # a list of no month counts
        ("data_files", (("actions", 1), ("fixf", 1), ("hen", 1), ("henr", 1), ("uke", 1))),
        ("policy_breaks", ()),
    ],
)
def test_a_figure_names_the_files_it_was_made_from(made, name, files):
    assert made[name].basis.files == files


def test_a_figure_names_the_rules_its_rows_depend_on(made):
    download = "ダウンロードできるのは返戻の届いた月の2か月後の末日まで（出典: 通知）"
    right = "請求できるのは、社保は診療月の1か月後の1日、国保は診療月の3か月後の1日から5年（2020年3月までの診療は3年）（出典: 決まり）"
    settled = "再請求から4か月のあいだ返戻がなければ決着とみなす（出典: 自院で決めた）"
    window = "請求と再請求の受付は毎月5日から10日まで（出典: 要領）"
    assert made["top_reasons"].basis.rules == ()
    assert made["reclaim_window"].basis.rules == (window, download, right)
    assert made["worklist"].basis.rules == (download, right)
    assert made["journey_outcomes"].basis.rules == (right, settled)


@pytest.mark.parametrize(
    ("name", "sums"),
    [
        ("headline", [("returns", 2)]),
        ("reasons_by_category", [("returns", 3)]),  # the window, not the month once more
        ("payer_comparison", [("returns", 3)]),  # not every total beside its parts
        ("rate_by_month", [("numerator", 3), ("denominator", 1500)]),
        ("data_files", []),
    ],
)
def test_a_figure_counts_each_return_once(made, name, sums):
    assert counted(made[name]) == sums


def test_what_is_counted_are_columns_of_the_figure(made):
    for name, figure in made.items():
        assert [column for column, _ in counted(figure)] == list(figure.definition.counted), name


def test_the_box_says_it_all_and_when_it_is_overdue(made):
    html = definition_html(made["worklist"])
    for text in (
        "元のファイル",
        "返戻（原審査） 1",
        "使った決まり",
        "henrei-analytics、",
        "sql/figures/worklist.sql",
    ):
        assert text in html
    assert "過ぎています" not in html
    late = replace(made["worklist"], basis=replace(made["worklist"].basis, as_of=date(2027, 7, 1)))
    assert "この定義は見直しの時期（2027-06-30）を過ぎています" in definition_html(late)


# The page of definitions


def test_the_document_of_definitions_is_up_to_date():
    remake = "python -m henrei_analytics.definitions_page docs/figures.ja.md"
    document = (Path(__file__).parents[1] / "docs" / "figures.ja.md").read_text("utf-8")
    assert document == definitions_markdown(), f"stale; make it anew: {remake}"


def test_the_page_of_definitions_has_every_figure_once():
    html = definitions_html(declarations())
    assert re.findall(r'<section class="definition-of" id="(\w+)">', html) == list(definitions())
    assert "<script" not in html and 'src="' not in html
    assert html.count("<details>") == len([each for each in declarations().values() if not each.inputs])
