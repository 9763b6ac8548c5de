"""One cell → one value. What leaves doubt is refused; what a spreadsheet dropped comes back only without doubt."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from henrei_analytics.lists.cells import DATE_STYLES, DATED, READ, BadCell, Broken, Merged, birth, month

SEPTEMBER = date(2026, 9, 1)

MONTHS = [
    "2026-09", "2026/9", "2026.9", "2026年9月", "2026年09月分", "2026-09-15", "2026/9/15 0:00:00", "202609",
    "20260915", "R8.9", "R08.09", "r8/9", "令和8年9月", "令和８年９月分", "令8.9", "R8.9.15", "R0809", "㋿8年9月",
    "50809", "5080915", "２０２６／９", 202609, 202609.0, 50809, date(2026, 9, 30), datetime(2026, 9, 1, 12),
    '="202609"', " 2026-09 ", "2026年 9月",
]  # fmt: skip


@pytest.mark.parametrize("cell", MONTHS, ids=str)
def test_months_as_people_write_them(cell: object) -> None:
    assert month(cell) == SEPTEMBER


@pytest.mark.parametrize(
    "cell",
    ["8.9", "2026", "2026-13", "2026-00", "9月", "R8.13", "R0.9", "26/09", "20260931", "1888-09", "2026-9-9-9", "令和元",
     46266, 43104, 5.5, True, time(9), timedelta(1), Broken("x"), "=A1", float("nan"), float("inf")],
    ids=str,
)  # fmt: skip
def test_what_is_no_month_is_refused(cell: object) -> None:
    with pytest.raises(BadCell):
        month(cell)


def test_a_day_number_is_a_date_only_where_the_mapping_says_so() -> None:
    assert month(46266, "excel") == month("46266", "excel") == SEPTEMBER
    with pytest.raises(BadCell):
        month(46266)  # or 平成62年66月?
    with pytest.raises(BadCell):
        month(43104)  # 平成31年4月, or 2018-01-04
    assert month("43104", "gyymm") == date(2019, 4, 1)
    assert month(43104, "gyymm") == date(2019, 4, 1)


@pytest.mark.parametrize(
    ("style", "good", "bad"),
    [("western", "2026/09", "R8.9"), ("yyyymm", "202609", "2026/09"), ("japanese", "R8.9", "202609"),
     ("gyymm", "50809", "202609"), ("excel", "46266", "202609")],
)  # fmt: skip
def test_a_stated_style_takes_no_other(style: str, good: str, bad: str) -> None:
    assert month(good, style) == month(SEPTEMBER, style) == SEPTEMBER
    with pytest.raises(BadCell):
        month(bad, style)


@pytest.mark.parametrize(
    "cell",
    [
        "1980-01-31",
        "1980/1/31",
        "S55.1.31",
        "昭和55年1月31日",
        "19800131",
        19800131,
        "3550131",
        date(1980, 1, 31),
    ],
)
def test_birth_dates_have_one_form(cell: object) -> None:
    assert birth(cell) == "19800131"


def test_a_birth_month_is_no_birth_date() -> None:
    with pytest.raises(BadCell):
        birth("S55.1")


GOOD = [
    ("insurer", "06139999", "06139999"),
    ("insurer", 6139999, "06139999"),
    ("insurer", "6139999", "06139999"),
    ("insurer", "０６１３９９９９", "06139999"),
    ("insurer", 138123, "138123"),
    ("insurer", 18123, "018123"),
    ("insurer", 39130006.0, "39130006"),
    ("institution", 111234567, "0111234567"),
    ("institution", 1311234567.0, "1311234567"),
    ("institution", "13-1-1234567", "1311234567"),
    ("institution", "1331234567", "1331234567"),
    ("institution", "0141234567", "0141234567"),
    ("institution", "1234567", "1234567"),
    ("institution", "034567", "0034567"),
    ("fee_table", "歯科", "3"),
    ("fee_table", 4, "4"),
    ("claim_type", 3112, "3112"),
    ("count", "1,234", 1234),
    ("count", "１，２３４点", 1234),
    ("count", 0.0, 0),
    ("code", "3：番号の誤り", "3"),
    ("code", "l3129", "L3129"),
    ("code", 3.0, "3"),
    ("department", "1", "01"),
    ("department", "内科", "01"),
    ("department", "01：内科", "01"),
    ("return_class", "4：再審査等（資格関係等）の返戻", 4),
    ("category", "資格関係", "資格関係"),
    ("category", " 点数･算定 ", "点数・算定"),
    ("category", "記載不備：書くべき項目がない", "記載不備"),
    ("day", date(2026, 10, 1), date(2026, 10, 1)),
    ("day", datetime(2026, 10, 1, 9, 30), date(2026, 10, 1)),
    ("day", "R8.10.1", date(2026, 10, 1)),
    ("day", "2026/10/1", date(2026, 10, 1)),
    ("day", 20261001, date(2026, 10, 1)),
    ("payer", "支払基金", "shaho"),
    ("payer", " 国 保 ", "kokuho"),
    ("setting", "入院外", "outpatient"),
    ("setting", "外来", "outpatient"),
    ("sex", "男", "1"),
    ("sex", 2.0, "2"),
    ("yes_no", True, True),
    ("yes_no", "新規", False),
    ("digits", "13101202608000000101", "13101202608000000101"),
    ("number_text", '="000123"', "000123"),
    ("text", "改行\nのある文", "改行\nのある文"),
]


@pytest.mark.parametrize(("type_name", "cell", "value"), GOOD, ids=str)
def test_values(type_name: str, cell: object, value: object) -> None:
    assert READ[type_name](cell) == value


BAD = [
    ("insurer", 8139999), ("insurer", "09139999 "[:7]), ("insurer", "123"), ("insurer", "0613999"), ("insurer", "061399999"),
    ("insurer", date(2026, 1, 1)), ("institution", 11123456), ("institution", "4811234567"), ("institution", "1321234567"),
    ("count", "1.5"), ("count", 1.5), ("count", "-3"), ("count", "1,23"), ("count", "△3"), ("count", date(2026, 1, 1)),
    ("count", True), ("digits", 1.31012e19), ("digits", "1310A"), ("claim_type", "2112"), ("institution", 131123456), ("fee_table", "2"), ("department", "99"),
    ("department", "院内の科"), ("return_class", "10"), ("payer", "協会"), ("setting", "1"), ("sex", "3"), ("code", "事由の文"),
    ("number_text", "=A1+1"), ("number_text", datetime(2026, 2, 1)), ("text", Broken("x")), ("text", Merged("x", True)),
    ("prefecture", "48"), ("stage", "三審"), ("yes_no", "?"),
    ("category", "資格"), ("category", "1"), ("day", "2026-10"), ("day", "10/1"), ("day", 46266), ("day", 50810),
    ("day", "2026-02-30"), ("day", "1026-10-01"),
]  # fmt: skip


@pytest.mark.parametrize(("type_name", "cell"), BAD, ids=str)
def test_doubt_is_refused(type_name: str, cell: object) -> None:
    with pytest.raises(BadCell):
        READ[type_name](cell)


@pytest.mark.parametrize("cell", ["131123456", "131", "13312345678", "ABC"])
def test_a_code_without_ten_digits_is_told_first_that_it_needs_them(cell: str) -> None:
    with pytest.raises(BadCell, match="^10桁"):
        READ["institution"](cell)


ANY_CELL = st.one_of(
    st.none(), st.text(), st.floats(), st.integers(), st.booleans(), st.dates(), st.datetimes(), st.times(), st.timedeltas(),
    st.builds(Broken, st.just("x")), st.builds(Merged, st.text(), st.booleans()),
    st.from_regex(r"[0-9RHS令和昭平=\"./,年月日 -]{0,12}", fullmatch=True),
)  # fmt: skip


@given(st.sampled_from(sorted(READ)), ANY_CELL, st.sampled_from(DATE_STYLES))
def test_every_cell_is_a_value_or_a_bad_cell(type_name: str, cell: object, style: str) -> None:
    read = READ[type_name]
    try:
        read(cell, style) if type_name in DATED else read(cell)
    except BadCell as why:
        assert str(why)


@given(st.text(alphabet="鬱鼈齉纛", min_size=3), st.sampled_from(sorted(READ)))
def test_a_refusal_never_repeats_the_cell(content: str, type_name: str) -> None:
    try:
        READ[type_name](content)
    except BadCell as why:
        assert not set(content) & set(str(why))
