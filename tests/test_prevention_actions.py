"""取組: what the office did against returns, written in a form, and what becomes of it."""

from __future__ import annotations

import re
import zipfile
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from henrei_analytics.codes import shipped
from henrei_analytics.lists.cells import READ
from henrei_analytics.lists.fields import data
from henrei_analytics.lists.forms import write_form
from list_files import INSTITUTION, csv_text, paper, read, refused, rows_of, volumes, workbook
from office import NOON, Henrei, Office

COLUMNS = {column["field"]: column["heading"] for column in data("actions")["column"]}
DAY = date(2026, 9, 14)
ACTION = {
    "institution": INSTITUTION,
    "acted_on": DAY,
    "category": "資格関係",
    "note": "受診のたびに資格を確かめる",
}
ALL = "institution, acted_on, category, department, payer, insurer_number, note"


def table(*rows: dict[str, object]) -> list[list[object]]:
    """Headings and rows of the form; a row tells only what differs from ACTION."""
    return [list(COLUMNS.values()), *([(ACTION | row).get(name) for name in COLUMNS] for row in rows)]


def actions(*rows: dict[str, object]) -> bytes:
    return workbook(table(*rows))


def place(name: str, row: int = 2) -> str:
    return f"{'ABCDEFGH'[list(COLUMNS).index(name)]}{row}（{COLUMNS[name]}）"


# --- the form ---------------------------------------------------------------------------------------------------------


def test_the_form_offers_the_categories_and_says_what_they_mean(tmp_path: Path) -> None:
    path = write_form("actions", tmp_path / "取組.xlsx")
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == ["取組", "記入のしかた", "コード表"]
    codes = book.get_sheet_by_name("コード表").to_python()
    listed = [row[0] for row in codes[1:] if row[0]]
    assert listed == [row["category"] for row in shipped("categories")]
    assert [row[1] for row in codes[1:12]] == [
        f"{r['category']}：{r['meaning_ja']}" for r in shipped("categories")
    ]
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    (rule,) = re.findall(r'<dataValidation [^>]*sqref="D5:D2005"[^>]*>.*?</dataValidation>', sheet)
    assert f"$A$2:$A${len(listed) + 1}" in rule and 'showErrorMessage="1"' in rule


def test_excel_makes_dates_in_the_column_of_days_and_nowhere_else(tmp_path: Path) -> None:
    archive = zipfile.ZipFile(write_form("actions", tmp_path / "取組.xlsx"))
    styles, sheet = (archive.read(f"xl/{part}.xml").decode() for part in ("styles", "worksheets/sheet1"))
    formats = re.findall(r'<xf numFmtId="(\d+)"', styles.split("<cellXfs")[1])
    days, text = (
        re.search(rf'numFmtId="(\d+)" formatCode="{code}"', styles)[1] for code in ("yyyy-mm-dd", "@")
    )
    used = {
        int(at): formats[int(style)]
        for at, style in re.findall(r'<col min="(\d+)"[^>]* style="(\d+)"', sheet)
    }
    assert [at for at, number in used.items() if number == days] == [list(COLUMNS).index("acted_on") + 1]
    assert set(used.values()) == {days, text}


def test_every_value_of_a_row() -> None:
    _, frames, state = read(
        actions({"department": "内科", "payer": "国保", "insurer_number": 138123, "note": " 窓口で\n声かけ "})
    )
    assert set(frames) == {"blocks", "prevention_actions"} and state.facts.month is state.facts.payer is None
    assert rows_of(frames, "prevention_actions") == [
        {
            "file_no": 7, "line_no": 2, "receipt_no": 1, "block_no": 1, "acted_on": DAY, "category": "資格関係",
            "department": "01", "payer": "kokuho", "insurer_number": "138123", "note": "窓口で\n声かけ",
        }
    ]  # fmt: skip


@pytest.mark.parametrize("said", [None, "", "　", "すべて", "全科", "両方", "社保・国保"])
def test_what_is_blank_or_says_so_means_all(said: str | None) -> None:
    known = data("actions")["values"]
    names = [
        n for n in ("department", "payer", "insurer_number") if not (said or "").strip() or said in known[n]
    ]
    _, frames, _ = read(actions(dict.fromkeys(names, said)))
    (row,) = rows_of(frames, "prevention_actions")
    assert names and all(row[name] is None for name in names)


def test_optional_columns_may_be_left_out_and_a_csv_will_do() -> None:
    kept = ["note", "category", "acted_on", "institution"]
    row = ACTION | {"acted_on": "R8.9.14"}
    _, frames, _ = read(csv_text([[COLUMNS[name] for name in kept], [row[name] for name in kept]], "cp932"))
    assert rows_of(frames, "prevention_actions")[0]["acted_on"] == DAY


def test_a_block_an_institution() -> None:
    _, frames, _ = read(actions({}, {"institution": "1411234567"}, {"payer": "社保"}))
    assert [(b["prefecture"], b["payer"], b["month"]) for b in rows_of(frames, "blocks")] == [
        ("13", None, None), ("14", None, None)
    ]  # fmt: skip
    assert [a["block_no"] for a in rows_of(frames, "prevention_actions")] == [1, 2, 1]


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("category", "患者対応", "返戻の分類"),
        ("category", None, "空です"),
        ("acted_on", "2026-09", "年月日"),
        ("acted_on", "9月から", "年月日"),
        ("acted_on", "2026-09-31", "年月日"),
        ("acted_on", None, "空です"),
        ("institution", "1234567", "10桁"),
        ("department", "院内の科", "診療科"),
        ("payer", "協会", "社保・国保"),
        ("insurer_number", "8139", "保険者番号"),
        ("note", None, "空です"),
    ],
)
def test_a_bad_cell_is_named_by_its_address(name: str, value: object, why: str) -> None:
    message = refused(actions({"department": "01"}, {name: value}))
    assert message.startswith("直すところが1件") and place(name, 3) in message and why in message


def test_one_action_written_twice_is_refused_whatever_its_text() -> None:
    assert "3行目: 2行目と同じ取組" in refused(actions({}, {"note": "ほかの文"}))
    for differs in (
        {"payer": "社保"},
        {"department": "02"},
        {"category": "記載不備"},
        {"acted_on": date(2026, 9, 15)},
    ):
        assert read(actions({}, differs))[2].error is None


def test_it_is_no_other_form() -> None:
    assert read(actions({}))[0] == "actions"
    assert read(paper({}))[0] == "paper" and read(csv_text(volumes({})))[0] == "volumes"


def test_the_form_is_opened_filled_and_loaded(office: Office, henrei: Henrei) -> None:
    """A person saves it with its examples, its drop-downs' words and a date that Excel made."""
    path = office.folder / "取組.xlsx"
    code, said, _ = henrei("template", "actions", "--out", path)
    assert code == 0 and "取組.xlsx" in said
    code, said, _ = henrei("load", path)
    assert code == 1 and "明細）がありません" in said  # nothing filled in yet
    written = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("取組").to_python()
    row = ["", INSTITUTION, DAY, "資格関係", "01：内科", "社保", "", "声かけ"]
    office.save("取組.xlsx", workbook([*written, row], names=["取組"]))
    code, said, _ = henrei("load", path)
    assert code == 0 and "取組（再発防止策）: 1件（全" in said and "レセプト" not in said
    assert office.rows(f"SELECT {ALL} FROM mart.prevention_actions") == [
        {"institution": INSTITUTION, "acted_on": DAY, "category": "資格関係", "department": "01", "payer": "shaho",
         "insurer_number": None, "note": "声かけ"}
    ]  # fmt: skip


# --- the database -----------------------------------------------------------------------------------------------------


def test_a_list_kept_in_one_place_is_replaced_and_its_actions_keep_their_id(office: Office) -> None:
    path = office.save("取組.xlsx", actions({}, {"category": "記載不備"}))
    office.load(path)
    before = {r["category"]: r["action_id"] for r in office.rows("SELECT * FROM mart.prevention_actions")}
    office.save(
        "取組.xlsx", actions({"acted_on": date(2026, 10, 1), "category": "重複"}, {"note": "書き直した文"})
    )
    assert {f.outcome for f in office.load(path).files} == {"loaded", "replaced"}
    after = {r["category"]: r for r in office.rows("SELECT * FROM mart.prevention_actions")}
    assert after.keys() == {"資格関係", "重複"}
    assert (after["資格関係"]["action_id"], after["資格関係"]["note"]) == (before["資格関係"], "書き直した文")
    assert len({before["資格関係"], before["記載不備"], after["重複"]["action_id"]}) == 3


def test_the_same_action_in_two_files_counts_once_with_the_text_of_the_newer(office: Office) -> None:
    office.save("a/取組.xlsx", actions({"note": "新しい文"}), NOON + timedelta(hours=1))
    office.save("b/取組.xlsx", actions({"note": "古い文"}, {"payer": "社保"}))
    office.load()
    sql = "SELECT payer, note FROM mart.prevention_actions ORDER BY payer"
    assert office.rows(sql) == [
        {"payer": "shaho", "note": ACTION["note"]},
        {"payer": None, "note": "新しい文"},
    ]


def test_an_action_counts_from_its_day_on(office: Office, henrei: Henrei) -> None:
    """A day to come is accepted (loading must not depend on the clock) and told."""
    path = office.save("取組.xlsx", actions({}, {"acted_on": date(2199, 1, 5)}))
    code, said, _ = henrei("load", path)
    assert code == 0 and "実施日がまだ来ていない取組のある表" in said and "取組.xlsx: 1件" in said
    sql = "SELECT acted_on FROM mart.prevention_actions ORDER BY acted_on"
    assert office.values(sql, date(2026, 9, 13)) == []
    assert office.values(sql, DAY) == [DAY]
    assert office.values(sql, date(2199, 1, 5)) == [DAY, date(2199, 1, 5)]


def test_a_bad_row_leaves_the_actions_of_before(office: Office) -> None:
    path = office.save("取組.xlsx", actions({}))
    office.load(path)
    office.save("取組.xlsx", actions({}, {"category": "?"}))
    (result,) = office.load(path).files
    assert result.outcome == "rejected" and place("category", 3) in result.message
    assert office.values("SELECT note FROM mart.prevention_actions") == [ACTION["note"]]


def test_it_has_no_month_and_no_payer_and_nothing_expects_it(office: Office, henrei: Henrei) -> None:
    office.save("紙の返戻.xlsx", paper({}))
    office.save("取組.xlsx", actions({}, {"payer": "社保"}))
    office.load()
    sql = "SELECT kind, month, payer, status, lines, lines_loaded, receipts FROM mart.files WHERE kind = 'actions'"
    assert office.row(sql) == {"kind": "actions", "month": None, "payer": None, "status": "loaded", "lines": 3,
                               "lines_loaded": 2, "receipts": 0}  # fmt: skip
    assert office.values("SELECT DISTINCT kind FROM mart.coverage WHERE kind IN ('paper', 'actions')") == [
        "paper"
    ]
    assert office.row("SELECT first_month, last_month FROM mart.institutions") == {
        "first_month": date(2026, 9, 1), "last_month": date(2026, 9, 1)
    }  # fmt: skip
    code, said, _ = henrei("status", "--as-of", "2026-10-31")
    assert code == 0 and "取組" not in said


def test_unload_takes_the_actions_back_out(office: Office, henrei: Henrei) -> None:
    path = office.save("取組.xlsx", actions({}))
    office.load()
    assert henrei("unload", path)[0] == 0
    assert office.values("SELECT action_id FROM mart.prevention_actions") == []


def test_a_database_of_before_loads_on(office: Office) -> None:
    """Its ledger has neither the table nor the columns; what is in it stays."""
    office.load(office.save("紙の返戻.xlsx", paper({})))
    con = duckdb.connect(str(office.database))
    con.execute("DROP VIEW mart.prevention_actions")
    con.execute("DROP TABLE ledger.prevention_actions")
    for name in ("receipts", "notice_returns"):
        con.execute(f"ALTER TABLE ledger.{name} DROP COLUMN entered_by")
    con.close()
    office.load(office.save("取組.xlsx", actions({})))
    assert len(office.values("SELECT action_id FROM mart.prevention_actions")) == 1
    assert office.values("SELECT entered_by FROM core.notice_versions") == [None]


# --- any order, any rows ----------------------------------------------------------------------------------------------

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "acted_on": st.dates(date(2026, 9, 1), date(2026, 9, 4)),
            "category": st.sampled_from(["資格関係", "記載不備"]),
            "payer": st.sampled_from([None, "社保", "国保"]),
            "department": st.sampled_from([None, "01"]),
        }
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda row: tuple(sorted((k, str(v)) for k, v in row.items())),
)


@settings(max_examples=6, deadline=None)
@given(ROWS, ROWS)
def test_every_action_is_there_once_however_the_lists_overlap(
    tmp_path_factory: pytest.TempPathFactory, first: list[dict], second: list[dict]
) -> None:
    office = Office(tmp_path_factory.mktemp("office"))
    for name, rows in (("a.xlsx", first), ("b.xlsx", second)):
        office.save(name, actions(*rows))
    office.load()
    found = office.rows(
        "SELECT action_id, acted_on, category, payer, department FROM mart.prevention_actions"
    )
    payer = READ["payer"]
    expected = {(r["acted_on"], r["category"], payer(r["payer"]), r["department"]) for r in [*first, *second]}
    assert len(found) == len({row["action_id"] for row in found}) == len(expected)
    assert {tuple(row.values())[1:] for row in found} == expected
