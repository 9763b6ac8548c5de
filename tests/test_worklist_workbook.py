"""The worklist as an Excel file: what is in it, what may be done to it, and what is refused."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from henrei_analytics.errors import UnreadableFile
from henrei_analytics.formats.read import FileRead
from henrei_analytics.formats.scan import Input
from henrei_analytics.lists.reader import detect_list
from henrei_analytics.privacy import Pseudonyms
from henrei_analytics.worklist.export import workbook as written_workbook
from henrei_analytics.worklist.items import Worklist
from henrei_analytics.worklist.reader import canonical, detect_worklist
from henrei_analytics.worklist.record import BadRecord, Record, read, written
from henrei_analytics.worklist.words import FIELDS, columns, heading, words
from list_files import paper, workbook
from office import AS_OF, Henrei, Office
from record_files import Reason, Receipt, Returned, return_file
from worklist_files import DECIDED, HEADING, OPEN, changed, filled, rewritten, rows, tables

CHARTS = ("00001", "00002", "00003")
FORMULA = "=1+1"


def record(chart: str, base: dict[str, str | None] | None = None, **more: Any) -> Record:
    month = date(2026, 9, 1)
    return Record(
        "0123456789abcdef", f"r-{chart}", "1310000001", "shaho", month, date(2026, 8, 1), chart, 500 + int(chart),
        f"1310{chart}", dict.fromkeys(FIELDS) | (base or {}), **more,
    )  # fmt: skip


def item(chart: str, base: dict[str, str | None] | None = None, **more: Any) -> dict[str, Any]:
    """A row of a worklist."""
    blank = {column.name: None for column in columns()}
    told = {
        "record": written(record(chart, base)), "chart_number": chart, "points": 500 + int(chart),
        "yen": 5000 + 10 * int(chart), "deadline": date(2026, 12, 31), "days_left": 61, "round": 1,
        "service_month": date(2026, 8, 1), "received_month": date(2026, 10, 1), "send_by": date(2026, 11, 10),
    }  # fmt: skip
    return blank | told | (base or {}) | more


def a_list(*items: dict[str, Any], decided: tuple[dict[str, Any], ...] = ()) -> bytes:
    found = Worklist(AS_OF, list(items), list(decided), ["佐藤"], ["1310000001"], "架空医院")
    return written_workbook(found)


LIST = a_list(*[item(chart) for chart in CHARTS])


def said(content: bytes) -> tuple[dict[tuple[str, str], str | None], FileRead]:
    """(return, field) → what the file says of it, where it differs from the export; and what became of the file."""
    layout = detect_worklist(content[:4], lambda: BytesIO(content))
    assert layout is not None, "not known as a worklist"
    (part,) = layout.reader(Pseudonyms(bytes(32))).read([(Input(7, lambda: BytesIO(content)), "一覧.xlsx")])
    (state,) = part.ended
    assert state.lines == state.by_type.total()
    if state.error:
        assert not state.loaded and not part.frames
        return {}, state
    assert state.lines == state.loaded.total() + state.skipped.total()
    frame = part.frames.get("decision_edits")
    made = frame.to_dicts() if frame is not None else []
    return {
        (row["return_id"].removeprefix("r-"), row["field"]): row["new_value"]
        for row in made
        if row["new_value"] != row["base_value"]
    }, state


def refused(content: bytes) -> str:
    _, state = said(content)
    assert state.error is not None, "was not refused"
    return state.error.message


def place(name: str, row: int = 0) -> str:
    """The address of an entry, of the first row of data without another."""
    letters = [column.name for column in columns()].index(name)
    letter = (chr(64 + letters // 26) if letters >= 26 else "") + chr(65 + letters % 26)
    return f"{letter}{HEADING + 2 + row}"


# --- what is written --------------------------------------------------------------------------------------------------


def part(content: bytes, name: str) -> str:
    return zipfile.ZipFile(BytesIO(content)).read(name).decode()


def test_the_same_rows_give_the_same_bytes() -> None:
    assert a_list(item("00001")) == a_list(item("00001"))


def test_dates_and_numbers_are_what_they_are_and_codes_stay_text() -> None:
    (row, *_) = rows(LIST)
    assert (row["deadline"], row["points"], row["days_left"]) == (date(2026, 12, 31), 501, 61)
    assert row["chart_number"] == "00001"
    assert "#,##0" in part(LIST, "xl/styles.xml") and "yyyy/mm/dd" in part(LIST, "xl/styles.xml")


def test_nothing_in_it_is_a_formula_or_a_link() -> None:
    bad = ["=1+1", "@SUM(A1)", "+1", "-1", "https://example.invalid/", "=HYPERLINK(\"x\")", "{=1}", "001"]  # fmt: skip
    content = a_list(*[item("00001", {"note": text}, reason=text) for text in bad])
    assert [row["note"] for row in rows(content)] == bad == [row["reason"] for row in rows(content)]
    sheet = part(content, "xl/worksheets/sheet1.xml")
    assert "<f>" not in sheet and "hyperlink" not in sheet


def test_it_prints_filters_and_offers_what_may_be_chosen() -> None:
    sheet, book = part(LIST, "xl/worksheets/sheet1.xml"), part(LIST, "xl/workbook.xml")
    assert 'orientation="landscape"' in sheet and 'paperSize="9"' in sheet and 'fitToHeight="0"' in sheet
    assert 'state="frozen"' in sheet and "<autoFilter" in sheet
    assert "_xlnm.Print_Titles" in book and "$1:$3" in book
    for choices in words()["choices"].values():
        assert ",".join(choices) in sheet
    assert words()["sheets"]["people"] in sheet  # the drop-down of names
    hidden = re.findall(r'<col min="(\d+)"[^>]*hidden="1"', sheet)
    names = [column.name for column in columns()]
    assert {names[int(number) - 1] for number in hidden} == {
        "record", "institution", "department", "entered", "conflicts", "checked",
    }  # fmt: skip


def test_urgency_is_a_word_as_well_as_a_colour() -> None:
    late = words()["urgency"]["overdue"]
    content = a_list(item("00001", urgency=late), item("00002"))
    assert [row["urgency"] for row in rows(content)] == [late, None]
    assert f'="{late}"' in part(content, "xl/worksheets/sheet1.xml").replace("&quot;", '"')
    assert f"{late} 1件" in tables(content)[OPEN][1][0]


def test_the_names_used_so_far_are_offered() -> None:
    assert tables(LIST)[words()["sheets"]["people"]][2] == ["佐藤"]


def test_the_command_writes_a_list_and_overwrites_none(henrei: Henrei, office: Office) -> None:
    office.save("RECEIPTC.HEN", return_file([Returned(Receipt(search="1" * 20), [Reason()])]))
    office.load()
    path = office.folder.parent / "out" / "一覧.xlsx"
    code, text, _ = henrei("worklist", "--out", path, "--as-of", "2026-10-31")
    assert code == 0 and "再請求していない返戻 1件" in text
    assert path.stat().st_mode & 0o077 == 0
    before = path.read_bytes()
    code, _, errors = henrei("worklist", "--out", path, "--as-of", "2026-10-31")
    assert code == 2 and "上書きしません" in errors and path.read_bytes() == before
    assert henrei("worklist", "--out", "a.csv")[0] == 2
    assert henrei("worklist", "--out", path.with_name("b.xlsx"), "--institution", "1300000000")[0] == 2
    code, text, _ = henrei("load", path)
    assert code == 0 and "作業一覧の記入: 0件" in text


# --- what may be done to it -------------------------------------------------------------------------------------------

ENTRIES = {
    "00001": {"decision": "断念", "note": "一\n二"},
    "00003": {"owner": "佐藤", "decided_on": date(2026, 10, 9)},
}
EDITS = {("00001", "decision"): "断念", ("00001", "note"): "一\n二", ("00003", "owner"): "佐藤"}
FILLED = filled(LIST, ENTRIES)


def sorted_backwards(table: list[list[Any]]) -> None:
    table[HEADING + 1 :] = table[:HEADING:-1]


def columns_moved(table: list[list[Any]]) -> None:
    for row in table:
        row.reverse()


def without_other_columns(table: list[list[Any]]) -> None:
    kept = {heading(name) for name in ("record", *FIELDS, "decided_by", "decided_on")}
    places = [place for place, title in enumerate(table[HEADING]) if title in kept]
    table[:] = [[row[place] if place < len(row) else None for place in places] for row in table]


def without_title(table: list[list[Any]]) -> None:
    del table[:HEADING]


def a_row_deleted(table: list[list[Any]]) -> None:
    del table[HEADING + 2]  # nothing was written in it


def rows_between(table: list[list[Any]]) -> None:
    table.insert(HEADING + 2, [None, "ここから先生に確認"])
    table.append(["合計", None, 3])


def a_row_twice(table: list[list[Any]]) -> None:
    table.append(list(table[HEADING + 1]))


def numbers_made_of_texts(table: list[list[Any]]) -> None:
    chart, points = (table[HEADING].index(heading(name)) for name in ("chart_number", "points"))
    for row in table[HEADING + 1 :]:
        row[chart], row[points] = float(row[chart]), f"{row[points]:,.0f}"


def words_in_other_widths(table: list[list[Any]]) -> None:
    table[HEADING] = [f" {cell}\n" if cell else cell for cell in table[HEADING]]
    place = table[HEADING].index(f" {heading('decision')}\n")
    table[HEADING + 1][place] = "　断念 "


@pytest.mark.parametrize(
    "change",
    [
        sorted_backwards, columns_moved, without_other_columns, without_title, a_row_deleted, rows_between,
        a_row_twice, numbers_made_of_texts, words_in_other_widths,
    ],
)  # fmt: skip
def test_rows_and_columns_may_be_moved_about(change: Any) -> None:
    assert said(changed(FILLED, change))[0] == EDITS


def test_sheets_may_be_renamed_and_the_others_deleted() -> None:
    made = tables(FILLED)
    assert said(rewritten({"わたしの分": made[OPEN]}))[0] == EDITS


def test_both_sheets_are_read() -> None:
    content = a_list(item("00001"), decided=(item("00002", {"decision": "断念"}),))
    content = filled(content, {"00002": {"decision": None}}, DECIDED)
    content = filled(content, {"00001": {"owner": "佐藤"}})
    assert said(content)[0] == {("00002", "decision"): None, ("00001", "owner"): "佐藤"}


def test_lines_are_counted_as_what_they_are() -> None:
    _, state = said(changed(FILLED, rows_between))
    assert state.loaded == {"明細": 3}
    assert state.skipped["見出し"] == 2 and state.skipped["対象外"] == 2
    _, state = said(changed(FILLED, a_row_twice))
    assert (state.loaded["明細"], state.skipped["重複"]) == (3, 1)


def test_numbers_and_dates_as_a_spreadsheet_keeps_them() -> None:
    edits, state = said(
        filled(LIST, {"00001": {"note": 12.0, "decided_on": "R8.10.9"}, "00002": {"note": FORMULA}})
    )
    assert state.error is None
    assert edits == {("00001", "note"): "12", ("00002", "note"): FORMULA}


def test_an_empty_list_is_read_and_says_nothing() -> None:
    edits, state = said(a_list())
    assert (edits, state.error, state.loaded.total()) == ({}, None, 0)


texts = st.text(
    st.characters(exclude_categories=["Cs", "Co", "Cn"]) | st.sampled_from("=@+-'\"\n\t 　_x000D_"),
    max_size=40,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts)
def test_any_note_comes_back_as_it_was_exported(text: str) -> None:
    """What nobody touched is no edit, whatever stands in it."""
    note = canonical(text)
    edits, state = said(a_list(item("00001", {"note": note, "owner": canonical(text[:20])})))
    assert state.error is None
    assert edits == {}


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (
            {"decision": "あきらめる"},
            "決められた言葉（再請求する・再請求済・取下げ・断念・原因部署へ差戻し）ではありません",
        ),
        ({"task_status": "途中"}, "決められた言葉（未着手・確認中・修正中・提出待ち・完了）ではありません"),
        ({"decided_on": "来週"}, "年月日として読めません"),
        ({"decided_on": "2026-09"}, "年月日として読めません"),
        ({"decided_on": date(1985, 1, 1)}, "年月日として読めません"),
        ({"note": "あ" * 2001}, "2,000字を超えています"),
        ({"owner": True}, "TRUE/FALSE"),
        ({"checked": "はい"}, "決められた言葉（済）ではありません"),
    ],
)
def test_a_bad_cell_is_named_by_its_address_and_never_by_its_content(entry: dict[str, Any], why: str) -> None:
    told = refused(filled(LIST, {"00001": entry}))
    (name,) = entry
    assert f"{place(name)}（{OPEN}「{heading(name)}」）: " in told and why in told
    assert not isinstance(entry[name], str) or entry[name] not in told


def test_every_bad_cell_is_named_and_nothing_of_the_file_is_kept(office: Office) -> None:
    content = filled(
        LIST, {"00001": {"decision": "x"}, "00002": {"task_status": "y"}, "00003": {"owner": "佐藤"}}
    )
    office.save("a.xlsx", content)
    (result,) = office.load().files
    assert result.outcome == "rejected" and "直すところが2件あります" in result.message
    assert place("decision") in result.message and place("task_status", 1) in result.message
    assert office.rows("SELECT * FROM mart.decision_edits") == []
    row = office.row("SELECT kind, status, lines, lines_quarantined FROM mart.files")
    assert (row["kind"], row["status"]) == ("worklist", "rejected") and row["lines"] == row[
        "lines_quarantined"
    ]


def only_one_column_sorted(table: list[list[Any]]) -> None:
    place = table[HEADING].index(heading("record"))
    column = [row[place] for row in table[HEADING + 1 :]]
    for row, cell in zip(table[HEADING + 1 :], reversed(column), strict=True):
        row[place] = cell


def filled_down(table: list[list[Any]]) -> None:
    place = table[HEADING].index(heading("record"))
    table[HEADING + 2][place] = table[HEADING + 1][place][:-1] + "0"


def a_row_typed_in(table: list[list[Any]]) -> None:
    table.append([None] * table[HEADING].index(heading("note")) + ["追加"])


def a_row_twice_with_other_words(table: list[list[Any]]) -> None:
    table.append(list(table[HEADING + 1]))
    table[-1][table[HEADING].index(heading("decision"))] = "取下げ"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (only_one_column_sorted, "一部の列だけを並べ替えて"),
        (filled_down, "「管理用」の列が変わっています"),
        (a_row_typed_in, "「管理用」の列が空です"),
        (a_row_twice_with_other_words, "同じ返戻の行がもう1つあり"),
    ],
)
def test_a_row_that_is_not_what_it_was_is_refused(change: Any, why: str) -> None:
    assert why in refused(changed(FILLED, change))


def without_record(table: list[list[Any]]) -> None:
    place = table[HEADING].index(heading("record"))
    for row in table:
        del row[place : place + 1]


def a_heading_changed(table: list[list[Any]]) -> None:
    place = table[HEADING].index(heading("decision"))
    table[HEADING][place] = "けってい"


@pytest.mark.parametrize("change", [without_record, a_heading_changed])
def test_a_list_that_lost_its_headings_is_told_from_no_list(change: Any) -> None:
    content = rewritten({OPEN: tables(changed(FILLED, change))[OPEN]})
    with pytest.raises(UnreadableFile, match="見出し"):
        detect_worklist(content[:4], lambda: BytesIO(content))


@pytest.mark.parametrize(
    "content",
    [
        paper({}),
        workbook([["担当", "状態", "メモ"], ["佐藤", "完了", "済"]]),
        workbook([["カルテ番号", "診療年月", "点数", "決定"], ["00001", "2026-08", 500, "断念"]]),
        b"PK\x03\x04 no archive",
        b"a,b,c\r\n",
    ],
)
def test_another_file_is_never_taken_for_it(content: bytes) -> None:
    assert detect_worklist(content[:64], lambda: BytesIO(content)) is None


def test_it_is_never_taken_for_another_list() -> None:
    assert detect_list(LIST[:64], "一覧.xlsx", lambda: BytesIO(LIST), []) is None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(LIST) - 1), st.integers(1, 400))
def test_a_damaged_file_is_refused_or_not_known_but_never_half_read(start: int, length: int) -> None:
    content = LIST[:start] + LIST[start + length :]
    try:
        if detect_worklist(content[:4], lambda: BytesIO(content)):
            said(content)
    except UnreadableFile:
        pass


# --- the record -------------------------------------------------------------------------------------------------------


def test_a_record_comes_back_whole_and_a_changed_one_is_known() -> None:
    one = record("00001", {"note": '一\n"二" #'}, conflicts=["abc:4:note"])
    assert read(written(one)) == one
    for text in (written(one).replace("00001", "00002"), written(one)[:-1], "", "{}", "#"):
        with pytest.raises(BadRecord):
            read(text)


# --- other programs ---------------------------------------------------------------------------------------------------


def saved_by_libreoffice(content: bytes, home: Path) -> bytes:
    if not (soffice := shutil.which("soffice")):
        pytest.skip("LibreOffice is not installed")
    (home / "in").mkdir()
    (home / "in" / "list.xlsx").write_bytes(content)
    command = [
        soffice,
        "--headless",
        f"-env:UserInstallation={(home / 'profile').as_uri()}",
        "--convert-to",
        "xlsx",
    ]
    subprocess.run(
        [*command, "--outdir", home, home / "in" / "list.xlsx"], check=True, capture_output=True, timeout=180
    )
    return (home / "list.xlsx").read_bytes()


def test_saved_by_libreoffice_it_says_the_same(tmp_path: Path) -> None:
    base = {"note": "=1+1\n二行目", "owner": "佐藤"}
    conflicting = item("00003", {"decision": "断念"}, conflicts="決定: 取下げ", checked="済")
    content = a_list(
        item("00001", base), item("00002"), conflicting, decided=(item("00004", {"decision": "取下げ"}),)
    )
    assert said(saved_by_libreoffice(content, tmp_path))[0] == {}
    (tmp_path / "filled").mkdir()
    edited = filled(content, {"00002": {"note": "メモ", "decided_on": datetime(2026, 10, 9)}})
    assert said(saved_by_libreoffice(edited, tmp_path / "filled"))[0] == {("00002", "note"): "メモ"}
