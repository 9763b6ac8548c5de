"""The workbook: the numbers of figures.json, typed, and no text that a spreadsheet would run."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
import python_calamine

from henrei_analytics import labels
from henrei_analytics.outputs import excel
from henrei_analytics.outputs.cells import CELL_LIMIT, heading
from henrei_analytics.pages import Page
from shown_pages import COVER, HOSTILE, LONG, figure, page, pages

HEADS = excel.HEADING


@pytest.fixture(scope="module")
def book() -> bytes:
    return excel.workbook(pages(), COVER)


def _sheets(content: bytes) -> dict[str, list[list[Any]]]:
    read = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: read.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in read.sheet_names}


def _expected(column: str, value: Any) -> Any:
    """A value of figures.json as it must be read back."""
    kind = labels.column(column).kind
    if value is None:
        return ""
    if kind in ("date", "month"):
        return date.fromisoformat(value)
    if isinstance(value, bool) or kind in (*labels.words()["codes"], "institution"):
        return labels.text(value, kind)
    return value


def _day(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def _rows_of(content: bytes, made: dict[str, Page], name: str) -> tuple[list[list[Any]], list[list[Any]]]:
    """Read back and expected."""
    (sheet,) = [each for each in excel.sheets(made) if each.name == name]
    read = _sheets(content)[name]
    assert read[HEADS] == [heading(column) for column in sheet.columns]
    got = [[_day(value) for value in row] for row in read[HEADS + 1 :]]
    return got, [[_expected(column, row[column]) for column in sheet.columns] for row in sheet.rows]


def test_the_numbers_are_those_of_the_page(book: bytes) -> None:
    made = pages()
    names = [each.name for each in excel.sheets(made)]
    assert names == ["10 今月の数字", "10 理由の上位5つ", "20 理由のコード別", "20 理由の分類別"]
    for name in names:
        got, expected = _rows_of(book, made, name)
        assert got == expected
    shown = made["20_return_reasons"].figures["reasons_by_code"]["rows"]
    assert len(shown) == LONG.height == len(_sheets(book)["20 理由のコード別"]) - HEADS - 1


def test_all_numbers_of_a_report_come_back(demo_database: Any) -> None:
    from henrei_analytics import display, figures
    from henrei_analytics.figures import Scope
    from henrei_analytics.warehouse import connect

    with connect(demo_database) as con:
        computed = figures.compute_many(
            con, Scope("1319912345", date(2026, 9, 1), date(2026, 10, 31)), figures.definitions()
        )
    made = {"10_x": page("10_x", *(display.bundle(each) for each in computed.values()))}
    content = excel.workbook(made, COVER)
    for sheet in excel.sheets(made):
        if not sheet.rows:
            assert _sheets(content)[sheet.name][HEADS][0] == labels.NO_ROWS
        elif len(sheet.rows) > 1 or len(sheet.columns) <= excel.UPRIGHT:
            got, expected = _rows_of(content, made, sheet.name)
            assert got == expected, sheet.name
        else:
            got = [[row[0], _day(row[1])] for row in _sheets(content)[sheet.name][HEADS + 1 :]]
            values = [[heading(name), _expected(name, sheet.rows[0][name])] for name in sheet.columns]
            assert got == values, sheet.name


def test_what_needs_doing_is_told_in_words(demo_database: Any) -> None:
    """A key that the page never shows says nothing in a cell either."""
    from henrei_analytics import display, figures
    from henrei_analytics.attention import sentences
    from henrei_analytics.figures import Scope
    from henrei_analytics.warehouse import connect

    with connect(demo_database) as con:
        shown = figures.compute(con, Scope("2719954321", date(2026, 9, 1), date(2026, 10, 31)), "attention")
    items = sentences(shown.data)
    made = {"10_monthly_brief": page("10_monthly_brief", display.attention_bundle(shown))}
    (sheet,) = excel.sheets(made)
    cells = _sheets(excel.workbook(made, COVER))[sheet.name]
    assert cells[HEADS][:3] == ["急ぎ", "確かめること", "次にすること"]
    assert [row[1:3] for row in cells[HEADS + 1 :]] == [[each.title, each.next_step] for each in items]
    assert items and not [row for row in cells if set(row) & set(shown.data["what"])]


def test_hostile_texts_stay_texts(book: bytes) -> None:
    cells = [cell for row in _sheets(book)["20 理由のコード別"] for cell in row]
    assert [text for text in HOSTILE if not any(str(cell).startswith(text) for cell in cells)] == []
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {
            name: archive.read(name).decode("utf-8")
            for name in archive.namelist()
            if name.endswith((".xml", ".rels"))
        }
    assert not [name for name, xml in parts.items() if re.search(r"<f[ >]", xml)]
    assert not [name for name, xml in parts.items() if 'TargetMode="External"' in xml]
    assert not [name for name in parts if "externalLink" in name or "vba" in name.lower()]


def test_a_text_longer_than_a_cell_is_shortened() -> None:
    data = pl.DataFrame({"text": ["長" * 40_000], "returns": [1]})
    content = excel.workbook({"20_x": page("20_x", figure("reasons_by_code", data))}, COVER)
    assert len(_sheets(content)["20 理由のコード別"][HEADS + 1][0]) == CELL_LIMIT


def test_the_first_sheet_leads_to_each_and_explains_it(book: bytes) -> None:
    contents = _sheets(book)[excel.CONTENTS]
    listed = {row[0]: row for row in contents[HEADS + 1 :] if row[3] != ""}
    names = [each.name for each in excel.sheets(pages())]
    assert list(listed) == names
    assert "分子: " in listed["20 理由のコード別"][5] and listed["20 理由のコード別"][3] == LONG.height
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        links = re.findall(
            r'<hyperlink [^>]*location="([^"]+)"', archive.read("xl/worksheets/sheet1.xml").decode()
        )
    assert [link.rpartition("!")[0].strip("'") for link in links] == names


def test_names_of_sheets_are_short_and_differ() -> None:
    wide = pl.DataFrame({"payer": ["shaho"], "returns": [1]})
    shown = []
    for number in range(12):
        each = figure("reasons_by_code", wide.with_columns(returns=pl.lit(number)))
        each[next(key for key in each if key.endswith("json"))]["title"] = "とても長い[名前]の図/" * 9
        shown.append(each)
    names = [each.name for each in excel.sheets({"20_x": page("20_x", *shown)})]
    assert len({name.casefold() for name in names}) == 12
    assert max(map(len, names)) <= 31 and not re.search(r"[\[\]:*?/\\]", "".join(names))


def test_every_sheet_can_be_read_and_printed(book: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        for number in range(1, len(_sheets(book)) + 1):
            xml = archive.read(f"xl/worksheets/sheet{number}.xml").decode("utf-8")
            for needed in (
                'state="frozen"',
                "<autoFilter",
                'orientation="landscape"',
                'paperSize="9"',
                "院内用",
            ):
                assert needed in xml, (number, needed)


def test_the_same_pages_give_the_same_bytes(book: bytes) -> None:
    assert excel.workbook(pages(), COVER) == book
