"""Lists of other programs: what a mapping file says, which file it reads, and what is proposed for an unknown one."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from henrei_analytics.errors import HenreiError, UnreadableFile
from henrei_analytics.lists.cells import READ
from henrei_analytics.lists.fields import KINDS, data, fields, plain
from henrei_analytics.lists.forms import write_mapping
from henrei_analytics.lists.mapping import (
    MappingError,
    form,
    forms,
    load_mappings,
    mappings_folder,
    parse,
    shipped,
)
from henrei_analytics.lists.proposal import propose
from henrei_analytics.lists.reader import detect_list, layout_of
from list_files import HEAD, INSTITUTION, csv_text, opened, read, refused, rows_of, volumes, workbook
from office import Office

SEPTEMBER = date(2026, 9, 1)
MARKER = "鬼瓦　轟太郎"

RETURNS = """
name = "院内システム"
kind = "returns"
[columns]
service_month = "診療月"
insurer_number = "保険者"
chart_number = "患者番号"
points = "点数"
payer = "社国"
received_month = "到着日"
return_class = "区分番号"
text = { heading = "備考", optional = true }
[fixed]
institution = "1311234567"
[values.payer]
"協会" = "shaho"
"－" = ""
"後期" = "kokuho"
"""
HEADINGS = ["到着日", "社国", "患者番号", "診療月", "保険者", "点数", "区分番号", "備考"]
LINE = ["2026/10/5", "協会", "12", "2026/8", "6139999", "1,234", "1", "資格喪失後"]

CLAIMS = """
kind = "claims"
date_style = "yyyymm"
[columns]
institution = "コード"
month = "請求"
service_month = "診療"
points = { heading = "点", nth = 2 }
is_resubmission = "再"
insurer_number = "保"
name = "名"
sex = "性"
birth = { heading = "生", date_style = "japanese" }
claim_type = "種"
[fixed]
payer = "国保"
prefecture = "01"
"""


def listed(*lines: list[object]) -> bytes:
    return csv_text([["返戻リスト"], [], HEADINGS, *lines], "cp932")


# --- reading ----------------------------------------------------------------------------------------------------------


def test_a_list_of_returns() -> None:
    name, frames, state = read(
        listed(LINE, [*LINE[:1], "後期", *LINE[2:6], "4", ""]), [parse(RETURNS, "a.toml")]
    )
    assert name == "return_list" and state.skipped == {"表題": 1, "見出し": 1}
    first, second = rows_of(frames, "notice_returns")
    assert (first["insurer_number"], first["points"], first["stage"], first["medium"]) == (
        "06139999", 1234, "first_review", None
    )  # fmt: skip
    assert (second["stage"], second["text"], second["line_no"]) == ("re_examination", None, 5)
    assert [(b["payer"], b["month"]) for b in rows_of(frames, "blocks")] == [
        ("shaho", SEPTEMBER),
        ("kokuho", SEPTEMBER),
    ]


def test_a_value_that_means_nothing_is_an_empty_cell() -> None:
    assert "B4（社国）: 空です" in refused(listed([LINE[0], "-", *LINE[2:]]), [parse(RETURNS, "a.toml")])
    assert "B4（社国）: 決められた言葉" in refused(
        listed([LINE[0], "共済", *LINE[2:]]), [parse(RETURNS, "a.toml")]
    )


def test_a_list_of_claims() -> None:
    headings = ["点", "コード", "請求", "診療", "点", "再", "保", "名", "性", "生", "種"]
    line = [0, 1234567, 202609, 202608, 500, "再", 18123, MARKER, "女", "S55.1.31", 1111]
    first = [*line[:5], "", *line[6:]]
    name, frames, _ = read(workbook([headings, line, first]), [parse(CLAIMS, "b.toml")])
    assert name == "claim_list" and set(frames) == {"blocks", "receipts", "insurers"}
    again, once = rows_of(frames, "receipts")
    assert (again["claim_type"], again["setting"], again["service_month"]) == (
        "1111",
        "inpatient",
        date(2026, 8, 1),
    )
    assert (again["is_resubmission"], once["is_resubmission"]) == (True, None)
    assert again["patient_key"] == once["patient_key"] is not None
    assert [(i["insurer_number"], i["points"], i["receipt_no"]) for i in rows_of(frames, "insurers")] == [
        ("018123", 500, 1), ("018123", 500, 2)
    ]  # fmt: skip
    (block,) = rows_of(frames, "blocks")
    assert (block["prefecture"], block["fee_table"], block["code"], block["month"]) == (
        "01",
        "1",
        "1234567",
        SEPTEMBER,
    )


def test_more_rows_than_one_batch() -> None:
    content = listed(*([*LINE[:2], str(n), *LINE[3:]] for n in range(20_001)))
    _, frames, state = read(content, [parse(RETURNS, "a.toml")])
    rows = frames["notice_returns"]
    assert len(rows) == state.receipts == 20_001 and rows["receipt_no"].to_list() == list(range(1, 20_002))
    assert len(frames["blocks"]) == 1


def test_characters_that_are_none_are_counted() -> None:
    content = listed(LINE, LINE).replace("資格喪失後".encode("cp932"), b"\x81\xff\x85\xfe", 1)
    _, _, state = read(content, [parse(RETURNS, "a.toml")])
    assert state.replaced == 1


# --- which file ---------------------------------------------------------------------------------------------------------


def detected(content: bytes, *mappings) -> str | None:
    layout = detect_list(content[:HEAD], "x.csv", opened(content), mappings)
    return layout and layout.mapping.name


def test_a_file_needs_every_column_that_is_not_optional() -> None:
    mapping = parse(RETURNS, "a.toml")
    assert detected(csv_text([HEADINGS[:-1], LINE[:-1]]), mapping) == "院内システム"
    assert detected(csv_text([HEADINGS[1:], LINE[1:]]), mapping) is None
    assert detected(csv_text([[f"　{h[0]}\n{h[1:]} " for h in HEADINGS], LINE]), mapping) == "院内システム"


def test_the_first_mapping_that_fits_reads_and_the_own_go_first(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text(RETURNS.replace("院内システム", "後"), "utf-8")
    (tmp_path / "a.toml").write_text("\ufeff" + RETURNS.replace("院内システム", "先"), "utf-8")
    found, unused = load_mappings(tmp_path)
    assert [m.name for m in found][:2] == ["先", "後"] and found[2:] == list(shipped()) and not unused
    assert detected(listed(LINE), *found) == "先"
    assert load_mappings(tmp_path / "none") == load_mappings(None) == (list(shipped()), [])
    assert mappings_folder(Path("data/henrei.duckdb")) == Path("data/mappings")


def test_one_mapping_is_one_layout() -> None:
    mapping = parse(RETURNS, "a.toml")
    assert layout_of(mapping) is layout_of(mapping) is not layout_of(parse(RETURNS, "a.toml"))
    assert layout_of(mapping).title == "返戻一覧（院内システム）"


def test_a_sheet_and_a_row_of_headings_that_are_named() -> None:
    mapping = parse(RETURNS.replace("[columns]", 'sheet = "９月"\nheading_row = 2\n[columns]', 1), "a.toml")
    table = [["x"], HEADINGS, LINE]
    assert detected(workbook(table, table, names=["8月", "9月"]), mapping) == "院内システム"
    _, frames, _ = read(workbook(table, table, names=["8月", "9月"]), [mapping])
    assert len(rows_of(frames, "notice_returns")) == 1
    assert detected(workbook(table, names=["8月"]), mapping) is None
    assert detected(workbook(table[1:], names=["9月"]), mapping) is None


# --- mapping files ------------------------------------------------------------------------------------------------------

WRONG = {
    "kind =": ("returns", "正しいTOML"),
    "kind": ('kind = "x"\n[columns]\npoints = "点数"', "kind は"),
    "no columns": ('kind = "returns"', "[columns]"),
    "all optional": (
        'kind = "returns"\n[columns]\npoints = { heading = "点", optional = true }',
        "必ずある列",
    ),
    "unknown key": (RETURNS.replace("name =", "nam ="), "nam という項目"),
    "unknown field": (RETURNS.replace("chart_number", "chart"), "chart という項目"),
    "field of the other kind": (RETURNS.replace("chart_number", "is_resubmission"), "is_resubmission"),
    "unfinished": (RETURNS.replace('"1311234567"', '"?"'), "「?」のまま"),
    "unfinished value": (RETURNS.replace('"協会" = "shaho"', '"協会" = "?"'), "values.payer"),
    "fixed value": (RETURNS.replace('"1311234567"', '"131"'), "fixed.institution"),
    "fixed value of a wrong type": (RETURNS.replace('"1311234567"', "[1]"), "fixed.institution"),
    "meaning": (RETURNS.replace('"協会" = "shaho"', '"協会" = "kyokai"'), "values.payer"),
    "values": (RETURNS.replace('"協会" = "shaho"', '"協会" = 1'), "values.payer"),
    "missing": (RETURNS.replace('institution = "1311234567"', ""), "institution（医療機関コード）"),
    "stage": (RETURNS.replace('return_class = "区分番号"', ""), "stage"),
    "style": (RETURNS.replace('"診療月"', '{ heading = "診療月", date_style = "和暦" }'), "date_style"),
    "style of no date": (RETURNS.replace('"点数"', '{ heading = "点数", date_style = "auto" }'), "points"),
    "empty heading": (RETURNS.replace('"点数"', '" "'), "points"),
    "heading row": ("heading_row = 99\n" + RETURNS, "heading_row"),
    "encoding": ('encoding = "sjis"\n' + RETURNS, "encoding"),
    "type": ("heading_row = true\n" + RETURNS, "heading_row"),
    "no setting": (CLAIMS.replace('claim_type = "種"', ""), "claim_type"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mapping_that_cannot_be_used_says_why(name: str) -> None:
    text, why = WRONG[name]
    with pytest.raises(MappingError) as wrong:
        parse(text, "対応.toml")
    assert "対応.toml" in str(wrong.value) and why in str(wrong.value)


@given(st.text())
def test_any_text_is_a_mapping_or_an_error_of_ours(text: str) -> None:
    for each in (text, RETURNS + text, text + RETURNS):
        try:
            parse(each, "x.toml")
        except MappingError:
            pass


def test_what_is_left_to_fill_in_is_told_at_once_without_values() -> None:
    text = RETURNS.replace('"1311234567"', '"?"').replace('"協会" = "shaho"', '"協会" = "?"')
    with pytest.raises(MappingError, match="2か所") as wrong:
        parse(text, "x.toml")
    assert "fixed.institution、values.payer" in str(wrong.value) and "協会" not in str(wrong.value)


UNUSABLE = {
    "draft": RETURNS.replace('"1311234567"', '"?"'),
    "toml": "kind =",
    "field": RETURNS.replace("points", "point"),
}


def test_mappings_that_cannot_be_used_stop_no_other(tmp_path: Path) -> None:
    for name, text in UNUSABLE.items():
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    (tmp_path / "x.toml").write_bytes("name = '返戻'".encode("cp932"))
    (tmp_path / "z.toml").write_text(RETURNS, "utf-8")
    found, unused = load_mappings(tmp_path)
    assert [m.name for m in found] == ["院内システム", *(m.name for m in shipped())]
    assert [text.split(".toml")[0] for text in unused] == [
        f"対応表 {n}" for n in ("draft", "field", "toml", "x")
    ]
    assert "「?」のまま" in unused[0] and "UTF-8" in unused[3]


def test_a_load_names_the_mappings_it_could_not_use(office: Office) -> None:
    folder = mappings_folder(office.database)
    folder.mkdir(parents=True)
    for name, text in UNUSABLE.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    office.save("返戻リスト.csv", listed(LINE))
    office.save("件数.csv", csv_text(volumes({})))
    result = office.load()
    assert {f.name.split("/")[-1]: f.outcome for f in result.files} == {
        "件数.csv": "loaded",
        "返戻リスト.csv": "left_alone",
    }
    assert len(result.unused_mappings) == 3
    for name in UNUSABLE:
        (folder / f"{name}.toml").unlink()
    (folder / "draft.toml").write_text(RETURNS, "utf-8")
    result = office.load()
    assert [f.name.split("/")[-1] for f in result.of("loaded")] == ["返戻リスト.csv"]
    assert result.unused_mappings == []


@pytest.mark.parametrize(
    ("fixed", "fee_table"), [("", "1"), ('fee_table = "3"', "3"), ('fee_table = "調剤"', "4")]
)
def test_a_code_of_seven_digits_gets_the_fee_table_of_its_mapping(fixed: str, fee_table: str) -> None:
    own = RETURNS.replace(
        'institution = "1311234567"', f'institution = "1234567"\nprefecture = "13"\n{fixed}'
    )
    _, frames, state = read(listed(LINE), [parse(own, "a.toml")])
    assert rows_of(frames, "blocks")[0]["fee_table"] == state.facts.fee_table == fee_table
    alone = own.replace('prefecture = "13"', "")
    assert "10桁" in refused(listed(LINE), [parse(alone, "a.toml")])
    whole = RETURNS.replace("[fixed]", '[fixed]\nfee_table = "3"')
    assert "点数表が合いません" in refused(listed(LINE), [parse(whole, "a.toml")])


def test_the_data_fit_together() -> None:
    for kind in KINDS:
        for each in fields(kind).values():
            assert each.type in READ and set(each.required) <= set(each.kinds) <= set(KINDS)
            assert len({plain(s) for s in each.synonyms}) == len(each.synonyms)
    for mapping in forms():
        for column in mapping.columns:
            assert column.field is not None or column.name == "example"
        assert len(mapping.examples) == 2
        assert set(mapping.fixed) <= fields(mapping.kind).keys()
    assert {c["codes"] for c in data("paper")["column"] if "codes" in c} == {
        "return_classes",
        "departments",
        "reason_numbers",
    }
    assert {c["codes"] for c in data("actions")["column"] if "codes" in c} == {"categories", "departments"}


def test_the_examples_of_the_package_read_what_they_describe() -> None:
    claims, returns = shipped()
    head = [c.heading for c in returns.columns]
    line = {"institution": INSTITUTION, "payer": "基金", "month": "令和8年9月", "stage": "再審", "service_month": "R8.6",
            "insurer_number": "06139999", "setting": "外来", "chart_number": "1", "name": MARKER, "sex": "男",
            "birth": "昭和55年1月31日", "points": "300", "code": "S1101", "text": "文"}  # fmt: skip
    _, frames, state = read(csv_text([head, [line[c.name] for c in returns.columns]], "cp932"), shipped())
    assert state.error is None
    (row,) = rows_of(frames, "notice_returns")
    assert (row["stage"], row["code"], row["medium"]) == ("re_examination", "S1101", "online")
    head = [c.heading for c in claims.columns]
    line = {"institution": 1311234567, "payer": "後期", "month": 202609, "service_month": 202608, "claim_type": 1318,
            "setting": 2, "department": 1, "insurer_number": 39131234, "chart_number": 5, "name": MARKER, "sex": "F",
            "birth": "1940/1/31", "points": 300, "is_resubmission": "再請求", "entered_by": "　会計 2 "}  # fmt: skip
    rows = [head, [line[c.name] for c in claims.columns]]
    _, frames, state = read(workbook(rows, names=["請求一覧"]), shipped())
    assert state.error is None
    (row,) = rows_of(frames, "receipts")
    assert (row["setting"], row["department"], row["is_resubmission"]) == ("outpatient", "01", True)
    assert row["entered_by"] == "会計 2"


# --- proposals ----------------------------------------------------------------------------------------------------------

SAMPLE = [
    ["返戻一覧表"],
    ["医療機関番号", "保険種別", "審査年月", "診療年月", "保険者番号等", "入外", "患者ID", "患者氏名", "総点数", "返戻理由", "No.", "No.", "備考欄"],
    *(
        [INSTITUTION, kind, "R08.09", "R08.08", "06139999", "外来", n, MARKER, "1,234", "記号相違", str(10**19 + n), n, ""]
        for n, kind in enumerate(["協会", "国保", "協会"])
    ),
    ["合計", "", "", "", "", "", "", "", "3,702"],
]  # fmt: skip


def test_a_proposal_knows_headings_values_and_its_limits() -> None:
    made = propose(opened(csv_text(SAMPLE, "cp932")), "返戻一覧")
    raw = tomllib.loads(made.text)
    assert raw["kind"] == "returns" and raw["name"] == "返戻一覧"
    assert raw["columns"] == {
        "institution": "医療機関番号", "payer": "保険種別", "month": "審査年月", "service_month": "診療年月",
        "search_number": "No.", "insurer_number": "保険者番号等", "setting": "入外", "chart_number": "患者ID",
        "name": "患者氏名", "points": "総点数", "text": "返戻理由",
    }  # fmt: skip
    assert raw["fixed"] == {"stage": "?"} and raw["values"] == {"payer": {"協会": "?"}}
    assert len(made.to_fill) == 2 and any("search_number" in each for each in made.unsure)
    assert "# 使わない列: No.、備考欄" in made.text
    with pytest.raises(MappingError, match="「\\?」"):
        parse(made.text, "x.toml")


def test_a_proposal_filled_in_reads_its_sample() -> None:
    content = csv_text(SAMPLE, "cp932")
    text = propose(opened(content), "x").text
    text = text.replace('stage = "?"', 'stage = "first_review"').replace('"協会" = "?"', '"協会" = "shaho"')
    _, frames, state = read(content, [parse(text, "x.toml")])
    assert state.error is None and len(rows_of(frames, "notice_returns")) == 3 and state.skipped["合計"] == 1


def test_a_proposal_holds_nothing_of_a_patient() -> None:
    text = propose(opened(workbook(SAMPLE)), "x").text
    assert not any(
        part in text for part in ("鬼瓦", "記号相違", "1,234", "06139999", INSTITUTION, str(10**19))
    )


def test_a_proposal_finds_the_date_style_and_the_kind() -> None:
    rows = [
        ["患者番号", "診療月", "請求月", "社保国保", "点数", "レセ種別"],
        *([n, 46235, 46266, "社保", 100, 1112] for n in range(5)),
    ]
    made = propose(opened(workbook(rows, [["別"]], names=["8月", "b"])), "x")
    raw = tomllib.loads(made.text)
    assert raw["kind"] == "claims" and raw["sheet"] == "8月" and raw["fixed"] == {"institution": "?"}
    assert raw["columns"]["month"] == {"heading": "請求月", "date_style": "excel"}
    assert any("kind" in each for each in made.unsure) and any("sheet" in each for each in made.unsure)


def test_a_received_month_stands_in_for_the_processing_month() -> None:
    rows = [["返戻年月", "診療年月", "保険者番号", "返戻理由"], ["2026-10", "2026-08", "06139999", "x"]]
    made = propose(opened(csv_text(rows)), "x")
    assert tomllib.loads(made.text)["columns"]["received_month"] == "返戻年月"
    assert "month" not in tomllib.loads(made.text)["fixed"]


@pytest.mark.parametrize(
    ("title", "name", "kind"),
    [("返戻一覧", "x", "returns"), ("", "返戻", "returns"), ("請求一覧", "返戻", "claims"), ("", "x", "returns"), ("", "請求", "claims")],
)  # fmt: skip
def test_titles_and_the_name_of_a_file_tell_its_kind(title: str, name: str, kind: str) -> None:
    rows = [[title], ["診療年月", "保険者番号", "患者番号", "理由"], ["2026-08", "06139999", "1", "x"]]
    made = propose(opened(csv_text(rows)), name)
    raw = tomllib.loads(made.text)
    assert raw["kind"] == kind and any(each.startswith("kind") for each in made.unsure)
    assert raw["columns"].get("text") == ("理由" if kind == "returns" else None)


def test_headings_that_only_claims_have_make_no_returns() -> None:
    rows = [["請求月", "診療年月", "保険者番号", "返戻再請求区分"], ["2026-09", "2026-08", "06139999", "再"]]
    assert tomllib.loads(propose(opened(csv_text(rows)), "x").text)["kind"] == "claims"
    rows = [["処理月", "診療年月", "保険者番号"], ["2026-09", "2026-08", "06139999"]]
    made = propose(opened(csv_text(rows)), "x")
    assert tomllib.loads(made.text)["kind"] == "returns" and not any("kind" in each for each in made.unsure)


def test_a_file_without_headings_gets_no_proposal() -> None:
    for content in (b"", csv_text([["a", "b"], [1, 2]]), b"PK\x03\x04x"):
        with pytest.raises(HenreiError):
            propose(opened(content), "x")


def test_a_proposal_is_written_beside_the_database_and_once(tmp_path: Path) -> None:
    sample = tmp_path / "返戻一覧.csv"
    sample.write_bytes(csv_text(SAMPLE))
    database = tmp_path / "data" / "henrei.duckdb"
    said = write_mapping(sample, None, database)
    assert (tmp_path / "data" / "mappings" / "返戻一覧.toml").is_file()
    assert "■ 埋めるところ（?）: 2件" in said
    with pytest.raises(HenreiError, match="上書きしません"):
        write_mapping(sample, None, database)
    assert "置いてください" in write_mapping(sample, tmp_path / "x.toml", database)[-1]
    with pytest.raises(HenreiError, match="見つかりません"):
        write_mapping(tmp_path / "none.csv", None, database)


@pytest.mark.parametrize(
    "heading",
    ["入力者", "入力担当者", "担当者", "入力者名", "作成者", "会計担当", "担当者氏名", "会計担当者コード"],
)
def test_a_column_of_the_staff_is_proposed_as_that_and_never_as_the_patient(heading: str) -> None:
    rows = [
        ["請求月", "診療年月", "保険者番号", heading, "患者氏名"],
        ["2026-09", "2026-08", "06139999", "会計2", MARKER],
    ]
    columns = tomllib.loads(propose(opened(csv_text(rows)), "x").text)["columns"]
    assert (columns["entered_by"], columns["name"]) == (heading, "患者氏名")
    rows = [[cell for cell in row if cell not in ("患者氏名", MARKER)] for row in rows]
    assert "name" not in tomllib.loads(propose(opened(csv_text(rows)), "x").text)["columns"]


HEADS = st.sampled_from(
    [s for kind in ("returns", "claims") for f in fields(kind).values() for s in f.synonyms]
)
CELLS = st.one_of(
    st.none(),
    st.integers(-5, 10**9),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(HEADS, st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6)),
        min_size=3,
        max_size=12,
    ),
    st.lists(st.lists(CELLS, max_size=12), max_size=6),
)
def test_every_proposal_is_toml_that_lacks_only_what_it_says(
    headings: list[str], rows: list[list[object]]
) -> None:
    try:
        made = propose(opened(csv_text([headings, *rows])), "x")
    except (HenreiError, UnreadableFile):
        return
    tomllib.loads(made.text)
    if not made.to_fill:
        parse(made.text, "x.toml")


def test_forms_are_mappings_like_any_other() -> None:
    assert [form(name).layout for name in ("paper", "volumes", "actions")] == ["paper", "volumes", "actions"]
    assert [each.layout for each in forms()] == ["paper", "volumes", "actions"]
