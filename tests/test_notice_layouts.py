"""What may differ between two notices of one kind: their columns, blocks, names, and how their values are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from henrei_analytics.formats.layout import Layout, all_layouts, fitted
from official_files import (
    CODE,
    NOTICES,
    VALID,
    example,
    notice_bytes,
    pharmacy_fixf,
    pharmacy_henr,
    pharmacy_zogn,
    rows_of,
)
from reading import Outcome, Row, loaded, read

Rows = list[list[str]]

# notice → title line → the lines it is for; 0: title line and rows have no type, the title line is the third
TITLED = {
    "RIzogn1": {"2": "3456"}, "RIzogn2": {"2": "3456"}, "RIhenr1": {"2": "34"}, "RIfmei": {"2": "3"},
    "MIfggk": {"2": "3"}, "MItgft": {"2": "3", "4": "5"}, "MIsast": {"2": "4", "3": "5"},
    "MIshst": {"2": "4", "3": "5"}, "MIsakr": {"2": "4", "3": "5"}, "RIttkr": {"2": "3"}, "RIskkg": {"2": "34"},
    "RIskks": {"2": "34"}, "RIedbn": {"2": "3"},
}  # fmt: skip
UNTYPED = ("RIhasp", "RIhjry", "RIpjry", "RIchng")
FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def contents(outcome: Outcome) -> dict[str, list[Row]]:
    """All rows but those about the file."""
    return {table: rows for table, rows in outcome.rows.items() if table != "blocks"}


def parts(start: str, rows: Rows) -> list[Rows]:
    """Each title line with the lines it is for."""
    if start in UNTYPED:
        return [rows[2:]]
    return [
        [row for row in rows if row[0] == titles or row[0] in lines]
        for titles, lines in TITLED[start].items()
    ]


def changed(start: str, rows: Rows, order: Sequence[int], **titles: str) -> bytes:
    """The notice with its first group of columns in another order; `titles` gives other titles for old ones."""
    group = parts(start, rows)[0]
    for number, row in enumerate(group):
        row += [""] * (len(order) - len(row))
        row[:] = [titles.get(row[place], row[place]) if number == 0 else row[place] for place in order]
    return notice_bytes(rows)


# --- columns ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [*TITLED, *UNTYPED])
@FEW
@given(seed=st.integers(0, 1 << 32))
def test_columns_are_found_by_their_titles_wherever_they_stand(start: str, seed: int) -> None:
    """Every column but the first, which tells the lines apart, may move."""
    name, content = example(start)
    rows = rows_of(content)
    order = list(range(1, len(parts(start, rows)[0][0])))
    Random(seed).shuffle(order)
    assert contents(loaded(changed(start, rows, [0, *order]), name)) == contents(loaded(content, name))


@pytest.mark.parametrize("start", [*TITLED, *UNTYPED])
@FEW
@given(data=st.data())
def test_a_new_column_takes_nothing_from_the_others(start: str, data: st.DataObject) -> None:
    name, content = example(start)
    rows = rows_of(content)
    place = data.draw(st.integers(1, len(parts(start, rows)[0][0])))
    for number, row in enumerate(parts(start, rows)[0]):
        if len(row) >= place:
            row.insert(place, "７" if number else "新しい項目")
    assert contents(loaded(notice_bytes(rows), name)) == contents(loaded(content, name))


@pytest.mark.parametrize("layout", [one for one in all_layouts() if one.titles], ids=lambda one: one.name)
def test_a_column_renamed_in_its_place_keeps_it(layout: Layout) -> None:
    for record in layout.records.values():
        for place in range(1, len(record.columns)):
            titles = list(record.columns)
            titles[place] = "別の名前"
            found = fitted(layout, {record.titles_in: tuple(titles)})
            assert [f.item for f in found.records[record.id].fields] == [f.item for f in record.fields]


def test_a_renamed_column_never_reads_one_that_has_moved_to_its_place() -> None:
    """氏名 where カルテ番号等 was, and that under another name: a name must not become a chart number."""
    name, content = example("RIhenr1")
    rows = rows_of(content)
    order = list(range(len(rows[1])))
    order[6], order[17] = order[17], order[6]
    outcome = loaded(changed("RIhenr1", rows, order, カルテ番号等="患者ID"), name)
    assert outcome.values("notice_returns", "chart_number") == [(None,), (None,)]
    assert "三郎" not in repr(outcome.rows)


def test_titles_may_differ_in_width_and_spaces() -> None:
    name, content = example("RIzogn1")
    rows = rows_of(content)
    rows[1] = [title.replace("箇所１", "箇所 1").replace("（", "(").replace("）", ")") for title in rows[1]]
    assert contents(loaded(notice_bytes(rows), name)) == contents(loaded(content, name))


def test_a_notice_about_paper_may_lack_the_columns_that_paper_does_not_have() -> None:
    """増減点連絡書 about paper: no レセプト番号, 受付番号, 明細種別, カルテ番号等, 検索番号, 請求情報."""
    rows = rows_of(example("RIzogn1")[1])
    kept = [place for place in range(30) if place + 1 not in (3, 4, 7, 19, 29, 30)]
    outcome = loaded(changed("RIzogn1", rows, kept), f"MIzogn1131{CODE}50804.csv")
    assert outcome.values("adjustment_lines", "line_type", "class_label", "points", "chart_number") == [
        ("3", "家外", -30, None), ("5", None, -30, None), ("3", "六外", -20, None), ("4", None, -20, None),
        ("5", None, -20, None), ("5", None, -20, None),
    ]  # fmt: skip


def test_a_file_without_the_column_it_is_about_is_refused() -> None:
    """Cuts without their amounts would load as cuts of nothing."""
    rows = rows_of(example("RIzogn1")[1])
    kept = [place for place in range(30) if place + 1 != 23]
    assert read(changed("RIzogn1", rows, kept), name=f"RIzogn1131{CODE}50804.csv") == "titles"


def test_a_file_with_few_of_the_titles_is_not_read() -> None:
    name, content = example("RIzogn1")
    rows = rows_of(content)
    rows[1][10:] = [f"項目{n}" for n in range(20)]
    assert read(notice_bytes(rows), name=name) == "unknown"
    assert read(notice_bytes(rows), name="renamed.csv") == "対象外"


def test_a_receipt_with_too_few_columns_is_set_aside_with_its_lines() -> None:
    name, content = example("RIzogn1")
    rows = rows_of(content)
    rows[2].pop()
    outcome = read(notice_bytes(rows), name=name)
    assert [(row["line_no"], row["rule"]) for row in outcome.rows["quarantine"]] == [
        (3, "items"), (4, "receipt"),
    ]  # fmt: skip


# --- 調剤 ------------------------------------------------------------------------------------------------------------


def test_adjustments_of_a_pharmacy() -> None:
    outcome = loaded(pharmacy_zogn(), f"RTzogn1134{CODE}50804.csv")
    facts = outcome.file.facts
    assert (outcome.layout.name, facts.kind, facts.fee_table, facts.system) == (
        "zogn_pharmacy",
        "zogn",
        "4",
        "RT",
    )
    columns = (
        "line_type",
        "receipt_number",
        "class_label",
        "chart_number",
        "law_number",
        "points",
        "letters",
    )
    assert outcome.values("adjustment_lines", *columns) == [
        ("3", 2, "家外", "0000102", "06", -30, "D"),
        ("5", None, None, None, "06", -30, None),
        ("3", 4, "六外", "0000104", "06", -20, None),
        ("4", None, None, None, "80", -20, "B"),
        ("5", None, None, None, "06", -20, None),
        ("5", None, None, None, "80", -20, None),
    ]


def test_returns_of_a_pharmacy() -> None:
    outcome = loaded(pharmacy_henr(), f"RThenr1134{CODE}50804.csv")
    assert outcome.layout.name == "henr_pharmacy"
    columns = ("service_month", "reception_number", "points", "code", "chart_number")
    assert outcome.values("notice_returns", *columns) == [
        (None, "0804-70000300", 500, "L9901", "0000103"),
        ("2026-02", "0804-70000500", 910, "L9903", "0000105"),
    ]
    assert outcome.values("notice_reasons", "code") == [("L9902",)]


@pytest.mark.parametrize(("columns", "layout"), [(32, "fixf_pharmacy"), (31, "fixf")])
def test_the_state_of_a_claim_tells_whether_there_is_a_column_more(columns: int, layout: str) -> None:
    outcome = loaded(pharmacy_fixf(columns), f"RTfixf1134{CODE}50001001.csv")
    assert (outcome.layout.name, outcome.file.facts.fee_table) == (layout, "4")
    found = outcome.values(
        "fixed_claims", "receipt_number", "points", "public_points", "state", "error_level"
    )
    assert found == [
        (1, 1250, None, "1", None), (2, 820, None, "1", None), (3, 500, None, "1", None), (4, 640, 640, "1", None),
        (5, 910, None, "1", None), (6, 430, None, "2", "L3"),
    ]  # fmt: skip


# --- several blocks --------------------------------------------------------------------------------------------------


def with_header(rows: Rows, line: int, **items: str) -> Rows:
    """The same rows under a header that differs; items as `no_2="50805"`."""
    header = list(rows[line])
    for place, value in items.items():
        header[int(place.removeprefix("no_")) - 1] = value
    return [*rows[:line], header, *rows[line + 1 :]]


BULK = {
    "RIfixf": ({"no_2": "50805", "no_9": "2"}, ("2026-04", "1"), ("2026-05", "2"), "fixed_claims"),
    "RIhasp": (
        {"no_1": "令和　８年　４月", "no_2": "令和　８年　５月１０日", "no_9": "　　２"},
        ("2026-04", "1"), ("2026-05", "2"), "pre_checks",
    ),
    "RIhjry": (
        {"no_1": "令和　８年　４月", "no_2": "令和　８年　５月１０日", "no_9": "　　２"},
        ("2026-04", "1"), ("2026-05", "2"), "sent_totals",
    ),
}  # fmt: skip


@pytest.mark.parametrize("start", BULK)
@pytest.mark.parametrize("chunk_bytes", [64, 4 << 20])
def test_a_bulk_download_has_a_block_for_every_sending(start: str, chunk_bytes: int) -> None:
    """The name ends in the time of the download instead of 送信回; every row belongs to the header above it."""
    changes, first, second, table = BULK[start]
    rows = rows_of(example(start)[1])
    line = 1 if start in UNTYPED else 0
    content = notice_bytes([*rows, *with_header(rows, line, **changes)])
    outcome = read(content, name=f"{start[:6]}1131{CODE}20260601123456.csv", chunk_bytes=chunk_bytes)
    assert (outcome.error, outcome.rows["quarantine"]) == (None, [])
    assert outcome.values("blocks", "block_no", "month", "sending") == [(1, *first), (2, *second)]
    blocks = [block for (block,) in outcome.values(table, "block_no")]
    assert blocks == [1] * (len(blocks) // 2) + [2] * (len(blocks) // 2)


def test_reports_of_inpatients_and_outpatients_in_one_file() -> None:
    """That of inpatients has two columns more."""
    rows = rows_of(example("RIhjry")[1])
    inpatients = with_header(rows, 1, no_10="入院")
    inpatients[2] = [*inpatients[2], "食事療養・生活療養・金額", "食事療養・生活療養・標準負担額"]
    inpatients[3:7] = [[*row, "640", "460"] for row in inpatients[3:7]]
    for content in ([*rows, *inpatients], [*inpatients, *rows]):
        outcome = loaded(notice_bytes(content), f"RIhjry1131{CODE}20260601123456.csv")
        assert {setting for (setting,) in outcome.values("blocks", "setting")} == {"inpatient", "outpatient"}
        claims = outcome.values("sent_totals", "claims", "points")
        assert claims[:5] == claims[5:] == [(3, 2660), (1, 820), (1, 640), (5, 4120), (1, None)]


def test_a_notice_split_by_department_has_a_block_for_each() -> None:
    rows = rows_of(example("RIzogn1")[1])
    departments = [("01", "内科", "50803"), ("10", "外科", "50802")]
    content = [
        row
        for code, name, month in departments
        for row in with_header(rows, 0, no_2=month, no_7=code, no_8=name)
    ]
    outcome = loaded(notice_bytes(content))
    assert outcome.values("blocks", "block_no", "department", "service_month") == [
        (1, "01", "2026-03"), (2, "10", "2026-02"),
    ]  # fmt: skip
    assert outcome.values("adjustment_lines", "block_no") == [(1,)] * 6 + [(2,)] * 6


@pytest.mark.parametrize("start", ["RIzogn1", "RIfixf", "RIhjry"])
@pytest.mark.parametrize("other", ["institution", "payer"])
def test_files_of_several_offices_or_payers_in_one_are_refused(start: str, other: str) -> None:
    code, payer = {"RIzogn1": (5, 9), "RIfixf": (7, 4), "RIhjry": (6, 3)}[start]
    kokuho = "2" if start == "RIfixf" else "東京都国民健康保険団体連合会"
    change = {f"no_{code}": "9954321"} if other == "institution" else {f"no_{payer}": kokuho}
    rows = rows_of(example(start)[1])
    line = 1 if start in UNTYPED else 0
    name = f"{start[:6]}1131{CODE}20260601123456.csv" if start != "RIzogn1" else "renamed.csv"
    outcome = read(notice_bytes([*rows, *with_header(rows, line, **change)]), name=name)
    assert outcome.error == "mixed"
    assert f"{len(rows) + line + 1}行目" in outcome.said


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [start for start in NOTICES if start != "RIhasp"])
def test_a_trial_run_is_set_aside_by_its_name(start: str) -> None:
    name, content = example(start)
    assert read(content, name=name.replace(".csv", "TEST.csv")) == "確認試験のファイル"


@pytest.mark.parametrize("start", ["RIpjry", "RIhjry"])
def test_a_trial_run_is_set_aside_by_its_first_line(start: str) -> None:
    name, content = example(start)
    rows = rows_of(content)
    rows[0][0] += "（ＤＰＣ）（確認試験）"
    assert read(notice_bytes(rows), name=name) == "確認試験のファイル"


@pytest.mark.parametrize(
    ("start", "title", "kind"),
    [
        ("RIhjry", "オンライン受領書（自動確定）", "hjry"),
        ("RIhjry", "オンライン受領書（ＤＰＣ）", "hjry"),
        ("RIhasp", "受付・事務点検ＡＳＰ結果リスト", "hasp"),
        ("RIhasp", "受付処理結果リスト", "uasp"),
        ("RIhasp", "オンライン確認試験結果リスト", "kasp"),
    ],
)
def test_reports_are_known_by_their_first_line(start: str, title: str, kind: str) -> None:
    rows = rows_of(example(start)[1])
    rows[0] = [title]
    outcome = loaded(notice_bytes(rows))
    assert outcome.file.facts.kind == kind
    assert contents(outcome) == contents(loaded(example(start)[1]))


@pytest.mark.parametrize("kind", ["shst", "tttr", "tskr"])
def test_notices_of_one_layout_are_told_apart_by_their_name(kind: str) -> None:
    name, content = example("MIshst")
    assert loaded(content, name.replace("shst", kind)).file.facts.kind == kind


def test_a_name_that_speaks_of_another_office_is_not_believed() -> None:
    _, content = example("RIhenr1")
    facts = loaded(content, "RIhenr2271995432150809.csv").file.facts
    assert (facts.payer, facts.prefecture, facts.code, facts.name_month) == ("shaho", None, "9912345", None)


# --- how values are written ------------------------------------------------------------------------------------------


def zogn_with(place: int, values: Iterable[str]) -> bytes:
    """A 増減点連絡書 of one row a value, in column `place`."""
    rows = rows_of(example("RIzogn1")[1])
    lines = [[*rows[2][: place - 1], value, *rows[2][place:]] for value in values]
    return notice_bytes([*rows[:2], *lines])


def test_amounts() -> None:
    """Points and yen are two measures; what stands in [ ] repeats another row and is neither."""
    meant = {
        "-216": (-216, None), "+216": (216, None), "0": (0, None), "－２１６": (-216, None),
        "-\\7000": (None, -7000), "+\\7000": (None, 7000), "-￥７０００": (None, -7000), "[-216]": (None, None),
        "[-\\7000]": (None, None), "": (None, None),
    }  # fmt: skip
    outcome = loaded(zogn_with(23, meant))
    assert outcome.values("adjustment_lines", "points", "yen") == list(meant.values())


@pytest.mark.parametrize("value", ["-2.5", "x", "--3", "-216点", "△216", "-\\", "[216", "1" * 11])
def test_amounts_that_are_none_are_set_aside(value: str) -> None:
    outcome = read(zogn_with(23, [value, "-1"]), name="renamed.csv")
    assert [(row["line_no"], row["rule"]) for row in outcome.rows["quarantine"]] == [(3, "value")]
    assert "「増減点数（金額）」" in outcome.said and value not in outcome.said.replace(
        "増減点数（金額）", ""
    )


def test_decimals_of_payments() -> None:
    rows = rows_of(example("MIfggk")[1])
    values = ["19240", "19240.00", "-3640.5", "+0.25", "19240.", "１９２４０"]
    lines = [[*rows[2][:15], value, *rows[2][16:]] for value in values]
    outcome = read(notice_bytes([*rows[:2], *lines]), name="renamed.csv")
    assert outcome.values("payment_totals", "calculated") == [(19240.0,), (19240.0,), (-3640.5,), (0.25,)]
    assert [row["line_no"] for row in outcome.rows["quarantine"]] == [7, 8]


@pytest.mark.parametrize(
    ("service", "month"),
    [("", None), ("50802", "2026-02"), ("43104", "2019-04"), ("202602", "2026-02")],
)
def test_a_blank_month_stays_blank_for_the_header_to_fill(service: str, month: str | None) -> None:
    """Never that of the row above."""
    found = loaded(zogn_with(2, ["50801", service])).values("adjustment_lines", "service_month")
    assert found == [("2026-01",), (month,)]


def test_search_numbers_have_17_to_30_digits() -> None:
    meant = {n * "7": n * "7" if 17 <= n <= 30 else None for n in (1, 16, 17, 20, 30, 31)} | {"A" * 20: None}
    assert [
        row[0] for row in loaded(zogn_with(29, meant)).values("adjustment_lines", "search_number")
    ] == list(meant.values())


def test_full_width_digits_of_the_reports() -> None:
    """Numbers, dates and codes in full width, with a wide space for a leading zero."""
    rows = rows_of(example("RIhasp")[1])
    rows[3][1:3] = ["１２３４５６－０００１", "Ａ－００９"]
    rows[3][5] = "平成３１．　４"
    rows[3][14:16] = ["12", "34"]
    columns = ("receipt_number", "chart_number", "service_month", "code", "points_wrong", "points_right")
    found = loaded(notice_bytes(rows)).values("pre_checks", *columns)
    assert found[0] == (123456, "A-009", "2019-04", "3000", 12, 34)


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("令和　８年１２月", "2026-12"),
        ("令和元年　５月", "2019-05"),
        ("平成３１年　４月", "2019-04"),
        ("２０２６年　３月", "2026-03"),
    ],
)
def test_months_of_the_reports(written: str, month: str) -> None:
    rows = with_header(rows_of(example("RIhasp")[1]), 1, no_1=written)
    assert loaded(notice_bytes(rows)).values("blocks", "service_month") == [(month,)]


def test_insurer_numbers_are_padded_in_several_ways() -> None:
    meant = {"  139999": "139999", "00139999": "139999", "139999": "139999", "39139999": "39139999", "": None}
    assert [
        row[0] for row in loaded(zogn_with(8, meant)).values("adjustment_lines", "insurer_number")
    ] == list(meant.values())


# --- what is not read ------------------------------------------------------------------------------------------------


VISITING = {
    "record file": (f"HI,1,202609,13,6,{CODE},,00", "RECEIPTH.HEN"),
    "claim file": (f"HM,1,13,6,{CODE},,架空訪問看護ステーション,202609,00", "RECEIPTH.UKE"),
    "増減点連絡書": (f"1,50803,6,訪問看護,{CODE},架空,,,社会保険診療報酬支払基金", "x.csv"),
    "請求確定状況": (f"1,50804,20260408,1,13,6,{CODE},,1,1", "x.csv"),
    "枝番特定結果": (f"1,2026年3月分枝番特定結果　訪問看護,13,医療機関コード{CODE},架空,社会保険診療報酬支払基金", "x.csv"),
    "オンライン受領書": (
        f"オンライン受領書\r\n令和　８年　３月,令和　８年　４月　８日,社会保険診療報酬支払基金,訪問看護,９９,{CODE},架空,,　　１,入院外",
        "x.csv",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", VISITING)
def test_files_of_visiting_nurses_are_named_and_left_alone(kind: str) -> None:
    first, name = VISITING[kind]
    assert read(f"{first}\r\n2,x\r\n".encode("cp932"), name=name) == "訪問看護のファイル"


def test_a_hospital_may_have_visiting_nursing_in_its_name() -> None:
    rows = with_header(rows_of(example("RIzogn1")[1]), 0, no_6="架空医院訪問看護")
    assert loaded(notice_bytes(rows)).layout.name == "zogn"


def test_a_report_with_a_line_without_end_is_refused() -> None:
    name, content = example("RIhjry")
    outcome = read(content + b"x" * 3_000_000, name=name, chunk_bytes=1 << 18)
    assert outcome.error == "line_too_long"


# --- secrets ---------------------------------------------------------------------------------------------------------

SECRET_TITLES = (
    "氏名", "生年月日", "記号", "手帳）等の番号", "医療保険＿番号", "受給者番号", "請求情報", "（下）", "訂正前", "訂正後", "所在地", "電話番号",
    "薬局名称", "薬局（医療機関）名称",
)  # fmt: skip
MARKER = "鬼瓦"


def marked(start: str, content: bytes) -> bytes:
    """The notice with everything that tells of a person replaced by the marker."""
    rows = rows_of(content)
    if "fixf" in start:
        wide = len(rows[1]) - 31
        for row in rows[1:]:
            for place in (4, 6, *(place + wide for place in (9, 10, 14, 17, 20, 30))):
                row[place] = MARKER
        return notice_bytes(rows)
    groups = parts(start, rows) if start in (*TITLED, *UNTYPED) else [rows[1:]]
    for titles, *lines in groups:
        for place, title in enumerate(titles):
            if any(secret in title for secret in SECRET_TITLES):
                for row in lines:
                    is_chart = title == "氏名・カルテ番号等" and row[0] == "4"
                    if len(row) > place and row[place] and not is_chart:
                        row[place] = MARKER
    return notice_bytes(rows).replace("：あ１２".encode("cp932"), f"：{MARKER}".encode("cp932"))


@pytest.mark.parametrize(
    ("name", "content"),
    [file for layout, files in VALID.items() if not layout.startswith("receipt") for file in files],
    ids=[name for layout, files in VALID.items() if not layout.startswith("receipt") for name, _ in files],
)
def test_nothing_of_a_person_is_in_any_frame(name: str, content: bytes) -> None:
    start = next((start for start in (*TITLED, *UNTYPED) if name.startswith(start)), name[:6])
    secret = marked(start, content)
    outcome = read(secret, name=name)
    assert outcome.error is None
    if MARKER.encode("cp932") not in secret:
        assert any(part in name for part in ("fggk", "tgft", "hjry", "pjry"))  # totals, without people
    assert MARKER not in repr(outcome.rows) and MARKER not in outcome.said
