"""Paper returns and volumes by hand, as the office fills them in; broken and hostile files."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from henrei_analytics.errors import HenreiError, UnreadableFile
from henrei_analytics.formats.layout import load as load_layout
from henrei_analytics.formats.read import Reader
from henrei_analytics.formats.scan import Input
from henrei_analytics.lists import workbook as workbooks
from henrei_analytics.lists.fields import data
from henrei_analytics.lists.forms import FORMS, write_form
from henrei_analytics.lists.mapping import form, shipped
from henrei_analytics.lists.reader import LIST_TABLES, SCHEMAS, detect_list
from henrei_analytics.lists.sheets import address
from henrei_analytics.privacy import Pseudonyms
from list_files import (
    HEAD,
    INSTITUTION,
    KEY,
    PAPER_COLUMNS,
    VOLUME_COLUMNS,
    balanced,
    csv_text,
    opened,
    paper,
    paper_rows,
    read,
    refused,
    rows_of,
    volumes,
    workbook,
)
from record_files import Receipt, claim_text, in_bytes

SEPTEMBER, AUGUST = date(2026, 9, 1), date(2026, 8, 1)
MARKER = "鬼瓦　轟太郎"


# --- the forms as written ---------------------------------------------------------------------------------------------


def test_an_empty_form_is_known_and_says_that_it_is_empty(tmp_path: Path) -> None:
    made = (
        ("paper-returns", ".xlsx"),
        ("claim-volumes", ".csv"),
        ("claim-volumes", ".xlsx"),
        ("actions", ".xlsx"),
    )
    for kind, ending in made:
        content = write_form(kind, tmp_path / (kind + ending)).read_bytes()
        name, frames, state = read(content)
        assert (name, frames) == (form(FORMS[kind][0]).layout, {})
        assert state.error.rule == "empty"


def test_the_same_form_is_the_same_bytes(tmp_path: Path) -> None:
    first, second = (
        write_form("paper-returns", tmp_path / name).read_bytes() for name in ("a.xlsx", "b.xlsx")
    )
    assert first == second


def test_a_form_overwrites_nothing(tmp_path: Path) -> None:
    path = write_form("claim-volumes", tmp_path / "v.csv")
    with pytest.raises(HenreiError, match="上書きしません"):
        write_form("claim-volumes", path)
    for kind in ("paper-returns", "actions"):
        with pytest.raises(HenreiError, match="xlsx"):
            write_form(kind, tmp_path / "p.csv")
    with pytest.raises(HenreiError, match="ありません"):
        write_form("paper", tmp_path / "p.xlsx")


def filled_form(path: Path, *rows: dict[str, str], without_examples: bool = False) -> bytes:
    """The written form with rows put behind its examples, as XML, the way no writer of ours does it."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    parts = {name: source.read(name) for name in source.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    fields = list(PAPER_COLUMNS)
    made = ""
    for number, row in enumerate(rows, start=10):
        cells = "".join(
            f'<c r="{address(number, fields.index(name))}" t="inlineStr"><is><t>{value}</t></is></c>'
            for name, value in sorted(row.items(), key=lambda item: fields.index(item[0]))
        )
        made += f'<row r="{number}">{cells}</row>'
    if without_examples:
        sheet = re.sub(r'<row r="[56]".*?</row>', "", sheet, flags=re.DOTALL)
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("</sheetData>", made + "</sheetData>").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return out.getvalue()


ROW = {
    "institution": INSTITUTION, "payer": "国保", "month": "R8.9", "stage": "原審査", "service_month": "2026-08",
    "insurer_number": "138123", "setting": "入院外", "chart_number": "000123", "points": "1,234",
    "code": "3：番号（公費負担者・市町村・受給者・保険者・被保険者証）",
}  # fmt: skip


def test_a_filled_form_with_and_without_its_examples(tmp_path: Path) -> None:
    path = write_form("paper-returns", tmp_path / "p.xlsx")
    for without, lines in ((False, 7), (True, 5)):
        _, frames, state = read(filled_form(path, ROW, without_examples=without))
        (row,) = rows_of(frames, "notice_returns")
        assert (row["line_no"], row["points"], row["code"], row["insurer_number"]) == (
            10,
            1234,
            "3",
            "138123",
        )
        assert (row["stage"], row["medium"], row["setting"]) == ("first_review", "paper", "outpatient")
        assert (state.lines, state.loaded["明細"]) == (lines, 1)
        assert state.skipped == {"表題": 3, "見出し": 1} | ({} if without else {"記入例": 2})


def test_an_entry_marked_as_example_is_not_passed_over(tmp_path: Path) -> None:
    path = write_form("paper-returns", tmp_path / "p.xlsx")
    assert "A10: 記入例の印があります" in refused(filled_form(path, ROW | {"example": "例"}))


def test_the_code_sheet_holds_the_numbers_of_the_package(tmp_path: Path) -> None:
    path = write_form("paper-returns", tmp_path / "p.xlsx")
    strings = zipfile.ZipFile(path).read("xl/sharedStrings.xml").decode()
    assert all(f">{number}：" in strings for number in range(1, 29))
    assert all(f">{name}<" in strings for name in PAPER_COLUMNS.values())
    names = zipfile.ZipFile(path).read("xl/workbook.xml").decode()
    assert all(f'name="{name}"' in names for name in ("紙の返戻", "記入のしかた", "コード表"))
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    assert "社保,国保" in sheet and "原審査,再審査" in sheet and "入院,入院外" in sheet
    assert 'state="frozen"' in sheet


# --- paper returns ----------------------------------------------------------------------------------------------------


def test_frames_have_the_columns_they_declare() -> None:
    _, frames, _ = read(paper({"code_2": "16", "text_2": "一部負担金"}))
    assert set(frames) == {"blocks", "notice_returns", "notice_reasons"}
    for table, frame in frames.items():
        assert frame.schema == pl.Schema(SCHEMAS[table])
        assert list(LIST_TABLES[table]) == frame.columns


def test_months_and_payers_make_blocks() -> None:
    _, frames, state = read(
        paper({}, {"payer": "社保", "code": None, "insurer_number": "06139999"}, {"points": 5})
    )
    assert [(b["block_no"], b["payer"], b["month"]) for b in rows_of(frames, "blocks")] == [
        (1, "kokuho", SEPTEMBER), (2, "shaho", SEPTEMBER)
    ]  # fmt: skip
    assert [r["block_no"] for r in rows_of(frames, "notice_returns")] == [1, 2, 1]
    facts = state.facts
    assert (facts.payer, facts.prefecture, facts.fee_table, facts.code) == ("kokuho", "13", "1", "1234567")
    assert (facts.header, facts.month) == ("paper", "2026-09-01")


def test_every_value_of_a_row() -> None:
    row = {
        "return_class": "4：再審査等（資格関係等）の返戻", "stage": "再審査", "reception_number": "0809-00000012", "class_label": "本外",
        "claim_type": 1112, "department": "内科", "name": MARKER, "sex": "男", "birth": "S55.1.31", "days": 2,
        "code_2": 16, "text_2": "一部負担金", "supplement": "付せんの文", "text": "ﾊﾞﾝｺﾞｳ",
        "entered_by": " 会計　2\u3000",
    }  # fmt: skip
    _, frames, _ = read(paper(row))
    (got,) = rows_of(frames, "notice_returns")
    assert len(got.pop("name_key")) == len(got.pop("patient_key")) == 32
    assert got == {
        "file_no": 7, "line_no": 2, "receipt_no": 1, "block_no": 1, "service_month": AUGUST,
        "reception_number": "0809-00000012", "reception_month": SEPTEMBER, "insurer_number": "138123",
        "class_label": "本外", "days": 2, "points": 1234, "code": "3", "text": "ﾊﾞﾝｺﾞｳ", "text_plain": "バンゴウ",
        "chart_number": "000123", "search_number": None, "claim_type": "1112", "setting": "outpatient",
        "department": "01", "stage": "re_examination", "medium": "paper", "return_class": 4, "supplement": "付せんの文",
        "entered_by": "会計　2",
    }  # fmt: skip
    (further,) = rows_of(frames, "notice_reasons")
    assert (further["line_no"], further["receipt_no"], further["position"]) == (2, 1, 2)
    assert (further["code"], further["text_plain"]) == ("16", "一部負担金")


def test_the_same_person_has_the_key_of_the_record_files() -> None:
    receipt = Receipt(name=MARKER, sex="1", birth="19800131")
    claim = in_bytes(claim_text([receipt]))
    reader = Reader(load_layout("receipt"), Pseudonyms(KEY))
    (known,) = [
        row
        for part in reader.read([(Input(1, opened(claim)), "RECEIPTC.UKE")])
        for row in rows_of(part.frames, "receipts")
    ]
    scope = claim.decode("cp932").split("\r\n")[0].split(",")[2:5]
    institution = "".join(scope)
    _, frames, _ = read(
        paper({"institution": institution, "name": " 鬼瓦 轟太郎", "sex": "男", "birth": date(1980, 1, 31)})
    )
    (row,) = rows_of(frames, "notice_returns")
    assert (row["name_key"], row["patient_key"]) == (known["name_key"], known["patient_key"])


def test_half_known_patients_are_no_strangers() -> None:
    _, frames, _ = read(paper({"name": MARKER}, {"name": MARKER, "sex": "男", "points": 2}, {"points": 3}))
    rows = rows_of(frames, "notice_returns")
    assert [r["patient_key"] for r in rows] == [None] * 3
    assert rows[0]["name_key"] == rows[1]["name_key"] is not None and rows[2]["name_key"] is None


def test_nothing_of_a_person_is_in_the_frames() -> None:
    _, frames, _ = read(paper({"name": MARKER, "sex": "男", "birth": "S55.1.31"}))
    said = "".join(str(frame.to_dicts()) for frame in frames.values())
    assert "鬼瓦" not in said and "19800131" not in said and "1980" not in said


def test_a_form_of_before_that_has_no_column_for_the_staff_is_still_read() -> None:
    older = [row[: list(PAPER_COLUMNS).index("entered_by")] for row in paper_rows({})]
    _, frames, state = read(workbook(older))
    assert state.error is None and rows_of(frames, "notice_returns")[0]["entered_by"] is None


def test_columns_may_be_moved_and_left_out() -> None:
    rows = [dict(zip(PAPER_COLUMNS, row, strict=True)) for row in paper_rows({})[1:]]
    kept = [f for f in reversed(PAPER_COLUMNS) if rows[0][f] is not None]
    _, frames, _ = read(workbook([[PAPER_COLUMNS[f] for f in kept], [rows[0][f] for f in kept]]))
    assert rows_of(frames, "notice_returns")[0]["points"] == 1234


def test_totals_and_repeated_headings_are_passed_over() -> None:
    heading, first, second = paper_rows({}, {"points": 2})
    total = ["", "合計", *[""] * 10, 1236]
    _, frames, state = read(workbook([heading, first, [], heading, second, total]))
    assert [r["line_no"] for r in rows_of(frames, "notice_returns")] == [2, 5]
    assert state.skipped == {"見出し": 2, "合計": 1}


# --- bad cells --------------------------------------------------------------------------------------------------------

WRONG = {
    "month": ("13月", "D2（処理年月）"),
    "payer": ("協会", "C2（審査支払機関）"),
    "insurer_number": ("61399", None),
    "points": ("約千点", "S2（請求点数）"),
    "claim_type": ("2112", "L2（レセプト種別）"),
    "institution": ("13112345", "B2（医療機関コード）"),
    "service_month": ("2026-10", "G2（診療年月）"),
    "code": ("29", "T2（事由コード/事由番号）"),
    "setting": (None, "K2（入院/入院外）"),
    "chart_number": (None, "N2（カルテ番号）"),
}


@pytest.mark.parametrize("name", [name for name, (_, place) in WRONG.items() if place])
def test_a_bad_cell_is_named_by_its_address(name: str) -> None:
    value, place = WRONG[name]
    assert place in refused(paper({name: value}))


def test_all_bad_cells_are_listed_and_nothing_is_loaded() -> None:
    content = paper({}, *({"points": f"x{n}", "month": "?"} for n in range(15)), {"points": 3})
    _, frames, state = read(content)
    message = state.error.message
    assert message.startswith("直すところが30件あります。") and message.endswith("ほか10件")
    assert (
        "D3（処理年月）" in message
        and "S3（請求点数）" in message
        and "S12" in message
        and "S13" not in message
    )
    assert state.lines == 18 and not state.loaded


def test_a_refusal_names_no_content() -> None:
    message = refused(
        paper({"name": MARKER, "birth": "いつか", "points": "鬼瓦点", "payer": MARKER, "department": MARKER})
    )
    assert "鬼瓦" not in message and "いつか" not in message and message.count("／") == 3


def test_what_does_not_agree_in_a_row() -> None:
    assert "レセプト種別と入院・入院外" in refused(paper({"claim_type": "1111"}))
    assert "返戻区分と原審査・再審査" in refused(paper({"return_class": "4"}))
    assert "どちらかを記入" in refused(paper({"code": None, "text": None}))
    assert "カルテ番号か氏名" in refused(paper({"chart_number": None}))
    assert "2行目とまったく同じ" in refused(paper({}, {}))
    assert "2行目とまったく同じ" in refused(paper({"entered_by": "会計1"}, {"entered_by": "会計2"}))


def test_one_round_names_every_bad_cell_of_a_row() -> None:
    row = {
        "points": "x",
        "month": None,
        "stage": "三審",
        "code": "29",
        "chart_number": None,
        "claim_type": "1111",
    }
    message = refused(paper(row))
    for place in ("S2（請求点数）", "D2（処理年月）: 空です", "E2（", "T2（", "N2（カルテ番号）", "K2（"):
        assert place in message, place
    assert message.startswith("直すところが6件")


def test_a_bad_cell_is_named_once_and_no_other_for_its_sake() -> None:
    for row in (
        {"payer": "協会"},
        {"institution": "131"},
        {"chart_number": date(2026, 1, 2)},
        {"service_month": "x"},
    ):
        assert refused(paper(row)).startswith("直すところが1件"), row
    assert refused(csv_text(volumes({"claims": "多数", "resubmissions": 3}))).startswith("直すところが1件")


@pytest.mark.parametrize("fee_table", ["1", "3", "4"])
def test_every_fee_table_has_its_institutions(fee_table: str) -> None:
    code = f"13{fee_table}1234567"
    _, frames, state = read(paper({"institution": code, "claim_type": f"{fee_table}112"}))
    (block,) = rows_of(frames, "blocks")
    assert (block["prefecture"], block["fee_table"], block["code"]) == ("13", fee_table, "1234567")
    assert state.facts.fee_table == fee_table
    _, frames, _ = read(csv_text(volumes({"institution": code})))
    assert rows_of(frames, "blocks")[0]["fee_table"] == fee_table
    assert "L2（レセプト種別）" in refused(
        paper({"institution": code, "claim_type": f"{5 - int(fee_table)}112"})
    )


def test_a_form_needs_ten_digits() -> None:
    assert "B2（医療機関コード）: 10桁" in refused(paper({"institution": "1234567"}))
    assert "対応表" not in refused(paper({"institution": "1234567"}))


def test_the_guide_tells_how_to_go_on_with_a_form() -> None:
    assert any(
        "同じ場所に上書き保存すれば、そのまま load できます" in line
        for line in data("guide")["paper"]["lines"]
    )


@pytest.mark.parametrize(
    ("payer", "code", "known"),
    [("国保", 3, "3"), ("国保", "０３", "3"), ("国保", "123", "0123"), ("国保", "S2101", "S2101"), ("国保", "201113", "201113"),
     ("社保", "l3129", "L3129"), ("社保", 100011, "100011"), ("社保", 12, "000012"), ("社保", "S1101", "S1101")],
)  # fmt: skip
def test_reason_codes(payer: str, code: object, known: str) -> None:
    _, frames, _ = read(paper({"payer": payer, "code": code}))
    assert rows_of(frames, "notice_returns")[0]["code"] == known


@pytest.mark.parametrize(
    ("payer", "code"), [("国保", "0"), ("国保", "29"), ("国保", "L3129"), ("社保", "99"), ("社保", "1234")]
)
def test_codes_of_the_other_payer_are_refused(payer: str, code: str) -> None:
    assert "T2" in refused(paper({"payer": payer, "code": code}))


# --- spreadsheets -----------------------------------------------------------------------------------------------------


def written(write) -> bytes:
    """A form written cell by cell: headings in row 1, a good row 2, then what `write` does."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = book.add_worksheet()
    for row, cells in enumerate(paper_rows({})):
        for column, cell in enumerate(cells):
            if cell is not None:
                sheet.write(row, column, cell)
    write(book, sheet)
    book.close()
    return content.getvalue()


POINTS = list(PAPER_COLUMNS).index("points")
MONTH = list(PAPER_COLUMNS).index("month")


def test_a_formula_counts_with_the_value_its_program_saved() -> None:
    _, frames, _ = read(written(lambda book, sheet: sheet.write_formula(1, POINTS, "=1000+234", None, 1234)))
    assert rows_of(frames, "notice_returns")[0]["points"] == 1234


def test_a_formula_nobody_computed_and_errors_are_bad_cells() -> None:
    not_computed = written(lambda book, sheet: sheet.write_formula(1, POINTS, "=1000+234", None, ""))
    assert "S2（請求点数）: 式の結果が保存されていません" in refused(not_computed)
    error = written(lambda book, sheet: sheet.write_formula(1, POINTS, "=1/0", None, "#DIV/0!"))
    assert "S2（請求点数）: エラーの値" in refused(error)
    optional = written(
        lambda book, sheet: sheet.write_formula(1, list(PAPER_COLUMNS).index("days"), "=NA()", None, "#N/A")
    )
    assert "R2（診療実日数）" in refused(optional)


def test_a_date_cell_is_a_month_and_a_number_in_its_place_is_not() -> None:
    as_date = written(
        lambda book, sheet: sheet.write_datetime(
            1, MONTH, date(2026, 9, 5), book.add_format({"num_format": "[$-411]ge.m"})
        )
    )
    _, frames, _ = read(as_date)
    assert rows_of(frames, "blocks")[0]["month"] == SEPTEMBER
    assert "D2" in refused(written(lambda book, sheet: sheet.write_number(1, MONTH, 46266)))


def test_merged_cells_hold_for_their_rows_only_where_that_has_one_meaning() -> None:
    def merged(column: int, value: object):
        def write(book, sheet) -> None:
            for place, cell in enumerate(paper_rows({"points": 99})[1]):
                if cell is not None and place != column:
                    sheet.write(2, place, cell)
            sheet.merge_range(1, column, 2, column, value)

        return written(write)

    _, frames, _ = read(merged(1, INSTITUTION))
    assert len(rows_of(frames, "notice_returns")) == 2
    assert "S3（請求点数）: 結合されたセル" in refused(merged(POINTS, 500))


def test_furigana_is_not_part_of_a_name() -> None:
    content = paper({"name": MARKER})
    source = zipfile.ZipFile(io.BytesIO(content))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            part = source.read(name).decode()
            target.writestr(
                name,
                part.replace(
                    f"<t>{MARKER}</t>", f'<t>{MARKER}</t><rPh sb="0" eb="2"><t>オニガワラ</t></rPh>'
                ),
            )
    plain, with_furigana = (
        rows_of(read(each)[1], "notice_returns")[0]["name_key"] for each in (content, out.getvalue())
    )
    assert plain == with_furigana


def test_two_sheets_that_look_alike_are_not_half_read() -> None:
    rows = paper_rows({})
    assert "2枚" in refused(workbook(rows, rows))
    _, frames, _ = read(workbook([["ほかのシート"]], rows))
    assert rows_of(frames, "notice_returns")[0]["line_no"] == 2


def test_a_table_that_does_not_start_in_the_corner() -> None:
    rows = [[], [], *([None, None, *row] for row in paper_rows({}, {"points": "?"}))]
    assert "U5（請求点数）" in refused(workbook(rows))


def test_a_form_with_damaged_headings_is_told(tmp_path: Path) -> None:
    path = write_form("paper-returns", tmp_path / "p.xlsx")
    source = zipfile.ZipFile(path)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).decode().replace(">請求点数<", ">てんすう<"))
    content = out.getvalue()
    with pytest.raises(UnreadableFile, match="請求点数"):
        detect_list(content[:HEAD], "p.xlsx", opened(content), [])


# --- volumes by hand --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_volumes_in_every_encoding(encoding: str, end: str) -> None:
    content = csv_text(
        volumes({}, {"setting": "入院", "claims": "80", "resubmissions": None}), encoding, lineterminator=end
    )
    name, frames, state = read(content, name="件数.csv")
    assert name == "volumes" and state.skipped == {"見出し": 1}
    assert [
        (r["setting"], r["claims"], r["first_claims"], r["resubmissions"], r["points"])
        for r in rows_of(frames, "claim_volumes")
    ] == [
        ("outpatient", 1200, 1186, 14, 1560000),
        ("inpatient", 80, 80, None, 1560000),
    ]


def test_volumes_in_a_workbook_and_with_tabs() -> None:
    for content in (
        workbook(volumes({})),
        csv_text(volumes({}), delimiter="\t"),
        csv_text(volumes({}), delimiter=";"),
    ):
        _, frames, _ = read(content)
        assert rows_of(frames, "claim_volumes")[0]["claims"] == 1200


def test_volumes_that_cannot_be() -> None:
    assert "F2（うち再請求件数）: 請求件数より多く" in refused(csv_text(volumes({"resubmissions": 1201})))
    assert "3行目: 2行目と同じ年月の行" in refused(csv_text(volumes({}, {"claims": 1300})))
    assert "E2（請求件数）: 空です" in refused(csv_text(volumes({"claims": None})))


def test_lost_zeros_of_a_csv_edited_in_a_spreadsheet() -> None:
    _, frames, _ = read(csv_text(volumes({"institution": "111234567"})))
    (block,) = rows_of(frames, "blocks")
    assert (block["prefecture"], block["code"]) == ("01", "1234567")


def test_volumes_with_a_heading_gone_are_told() -> None:
    (heading, *rows) = volumes({})
    heading[3] = "区分"
    content = csv_text([heading, *rows])
    with pytest.raises(UnreadableFile, match="入院/入院外"):
        detect_list(content, "v.csv", opened(content), [])


def test_a_quote_left_open_is_told_with_its_line() -> None:
    content = (
        csv_text(volumes({}, {"setting": "入院"})).replace("国保".encode(), b"x")
        + '"1311234567,社保'.encode()
    )
    assert "4行目" in refused(content) or "CSVとして読めません" in refused(content)


def test_a_csv_that_changes_its_encoding_is_refused() -> None:
    content = csv_text(volumes({}), "utf-8") + csv_text(volumes({})[1:], "cp932") * 5000
    tail = csv_text(volumes({}), "utf-8") + b"\x82\xa0,\x82\xa0\r\n" + b"1," * 600_000
    for each in (content, tail):
        layout = detect_list(csv_text(volumes({}), "utf-8"), "v.csv", opened(each), [])
        parts = layout.reader(Pseudonyms(KEY)).read([(Input(1, opened(each)), "v.csv")])
        (state,) = [s for part in parts for s in part.ended]
        assert state.error is not None and not state.loaded


# --- anything else ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"PK\x03\x04", b"PK\x03\x04" + bytes(500), b"%PDF-1.7", b"\xff\xfe", b"\xef\xbb\xbf", "あ,い,う\r\n".encode(),
     b'"' * 70_000, b"," * 70_000, b"\0" * 100, in_bytes(claim_text([Receipt()]))],
    ids=range(12),
)  # fmt: skip
def test_other_files_are_none_of_ours(content: bytes) -> None:
    assert detect_list(content[:HEAD], "紙の返戻.xlsx", opened(content), shipped()) is None


def test_a_word_document_and_a_workbook_of_other_things_are_none_of_ours() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("[Content_Types].xml", "<Types/>")
        target.writestr("word/document.xml", "<w/>")
    for content in (out.getvalue(), workbook([["売上", "人数"], [1, 2]]), workbook([])):
        assert detect_list(content[:HEAD], "p.xlsx", opened(content), shipped()) is None


def test_a_sheet_that_would_fill_the_memory_is_left_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write(0, 0, "x")
    sheet.write(1_048_575, 16_383, "far away")
    book.close()
    with pytest.raises(workbooks.TooLarge):
        workbooks.marks(io.BytesIO(content.getvalue()))
    assert detect_list(content.getvalue()[:HEAD], "x.xlsx", opened(content.getvalue()), []) is None
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 1000)
    with pytest.raises(workbooks.TooLarge):
        workbooks.marks(io.BytesIO(paper({})))


def test_entities_are_not_unfolded() -> None:
    source = zipfile.ZipFile(io.BytesIO(paper({})))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/workbook.xml":
                part = part.replace(b"<workbook", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook', 1)
            target.writestr(name, part)
    assert detect_list(out.getvalue()[:HEAD], "x.xlsx", opened(out.getvalue()), []) is None


def outcome(content: bytes) -> None:
    """Detection and reading end in None, one of our errors, or a balanced file."""
    try:
        layout = detect_list(content[:HEAD], "x", opened(content), shipped())
    except UnreadableFile:
        return
    if layout is None:
        return
    parts = list(layout.reader(Pseudonyms(KEY)).read([(Input(1, opened(content)), "x")]))
    (state,) = [each for part in parts for each in part.ended]
    balanced(state)
    loaded = sum(
        len(frame)
        for part in parts
        for table, frame in part.frames.items()
        if table in ("notice_returns", "claim_volumes", "receipts")
    )
    if state.error is None:
        assert loaded == state.receipts


HOSTILE = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
GOOD_BOOK = paper({}, {"points": 2, "name": MARKER})
GOOD_CSV = csv_text(volumes({}, {"setting": "入院"}), "cp932")


@HOSTILE
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_any_bytes(content: bytes) -> None:
    outcome(content)
    outcome(b"PK\x03\x04" + content)


CHANGES = st.lists(
    st.tuples(st.integers(0, 1 << 30), st.binary(min_size=0, max_size=4), st.integers(0, 8)), max_size=4
)


def changed(content: bytes, changes: list[tuple[int, bytes, int]]) -> bytes:
    for place, put_in, cut in changes:
        place %= len(content) + 1
        content = content[:place] + put_in + content[place + cut :]
    return content


@HOSTILE
@given(CHANGES, st.booleans())
def test_a_damaged_csv(changes: list[tuple[int, bytes, int]], cut: bool) -> None:
    content = changed(GOOD_CSV, changes)
    outcome(content[: len(content) // 2] if cut else content)


@HOSTILE
@given(CHANGES)
def test_a_damaged_archive(changes: list[tuple[int, bytes, int]]) -> None:
    outcome(changed(GOOD_BOOK, changes))


@HOSTILE
@given(CHANGES, st.sampled_from(zipfile.ZipFile(io.BytesIO(GOOD_BOOK)).namelist()))
def test_damaged_parts_in_a_whole_archive(changes: list[tuple[int, bytes, int]], part: str) -> None:
    source = zipfile.ZipFile(io.BytesIO(GOOD_BOOK))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, changed(content, changes) if name == part else content)
    outcome(out.getvalue())


TEXTS = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
    st.integers(-(10**6), 10**12),
)


@HOSTILE
@given(
    st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(PAPER_COLUMNS, TEXTS)), min_size=1, max_size=4)
)
def test_any_entries_in_a_form(rows: list[dict[str, object]]) -> None:
    outcome(csv_text(paper_rows(*rows)))


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)), min_size=1, max_size=30))
def test_the_sums_of_volumes_are_kept(numbers: list[tuple[int, int]]) -> None:
    rows = [
        {
            "month": f"{2000 + no // 12}-{no % 12 + 1}",
            "claims": claims,
            "resubmissions": min(again, claims),
            "points": claims,
        }
        for no, (claims, again) in enumerate(numbers)
    ]
    _, frames, state = read(csv_text(volumes(*rows)))
    frame = frames["claim_volumes"]
    assert (
        frame["claims"].sum()
        == sum(claims for claims, _ in numbers)
        == (frame["first_claims"] + frame["resubmissions"]).sum()
    )
    assert state.blocks == len(frames["blocks"]) == len(numbers)


def test_the_headings_of_the_csv_are_those_agreed(tmp_path: Path) -> None:
    path = write_form("claim-volumes", tmp_path / "v.csv")
    (headings,) = csv.reader(io.StringIO(path.read_text("utf-8-sig")))
    assert headings == [
        "医療機関コード",
        "審査支払機関",
        "請求年月",
        "入院/入院外",
        "請求件数",
        "うち再請求件数",
        "請求点数",
    ]
    assert headings == list(VOLUME_COLUMNS.values())
