"""A return that the office's own list reports too is one return, whatever else reports it and in whatever order."""

from __future__ import annotations

from itertools import permutations

import pytest

from notice_files import henr
from office import Office
from record_files import INSTITUTION, Notice, Receipt, Returned, in_bytes, return_text

NUMBER = "13101202609000000101"
HEADINGS = "医療機関CD,提出先,審査年月,審査区分,診療年月,保険者番号,入外,患者コード,患者氏名,返戻点数,返戻コード,返戻理由"
RETURN_FILE = in_bytes(return_text([Returned(Receipt(chart="00002", search=NUMBER))]))
NOTICE = henr([Notice(chart="00002", search=NUMBER, reception="0809-00000100")]).content


def listed(chart: str = "00002", name: str = "", points: int = 291) -> bytes:
    """One row of the list of an invented receipt computer."""
    row = f"{INSTITUTION},基金,R8.9,一次,R8.8,06139999,入院外,{chart},{name},{points},L3129,架空の理由"
    return f"{HEADINGS}\r\n{row}\r\n".encode("cp932")


FILES = {"RECEIPTC.HEN": RETURN_FILE, "notice.csv": NOTICE, "list.csv": listed()}


@pytest.mark.parametrize("order", list(permutations(FILES)), ids="-".join)
def test_return_file_notice_and_list_report_one_return(office: Office, order: tuple[str, ...]) -> None:
    for name in order:
        office.load(office.save(name, FILES[name]))
    assert office.rows("SELECT sources, search_number FROM mart.returns") == [
        {"sources": ["hen", "henr", "return_list"], "search_number": NUMBER}
    ]


@pytest.mark.parametrize("other", ["RECEIPTC.HEN", "notice.csv"])
@pytest.mark.parametrize(
    ("chart", "name"),
    [("2", ""), ("", "架空　一郎"), ("00002", "架空　一郎")],
    ids=["no zeros", "name", "both"],
)
def test_chart_numbers_may_have_lost_their_zeros(office: Office, other: str, chart: str, name: str) -> None:
    office.save(other, FILES[other])
    office.save("list.csv", listed(chart, name))
    office.load()
    assert len(office.values("SELECT return_id FROM mart.returns")) == 1


def test_other_points_are_another_return(office: Office) -> None:
    office.save("RECEIPTC.HEN", RETURN_FILE)
    office.save("list.csv", listed(points=300))
    office.load()
    assert sorted(office.values("SELECT points FROM mart.returns")) == [291, 300]


def test_equal_rows_of_a_list_are_paired_one_by_one(office: Office) -> None:
    """Two returns alike in the list, one of them in the return file."""
    office.save("RECEIPTC.HEN", RETURN_FILE)
    row = listed().split(b"\r\n")[1]
    office.save("list.csv", listed() + row + b"\r\n")
    office.load()
    assert sorted(office.values("SELECT sources FROM mart.returns")) == [
        ["hen", "return_list"],
        ["return_list"],
    ]
