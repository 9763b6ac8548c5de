"""An office's own code tables: what they change, when, where, and what stops them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from henrei_analytics import code_texts
from henrei_analytics.warehouse import connect
from henrei_analytics.warehouse.own_codes import OVERRIDABLE, BadCodes, checked, read_own
from henrei_analytics.warehouse.rebuild import apply_codes
from office import Office
from record_files import Reason, Receipt, Returned, return_file

Henrei = Callable[..., tuple[int, str, str]]
TEXT = "架空の患者の返戻文"  # no rule on texts knows it


def own(office: Office, name: str, text: str, encoding: str = "utf-8") -> Path:
    """Write an own table; `text` is indented as it stands in a test."""
    path = office.database.parent / "codes" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes("\r\n".join(line.strip() for line in text.strip().splitlines()).encode(encoding))
    return path


def returned(
    office: Office, *codes: str, payer: str = "1", prefecture: str = "13", month: str = "202609"
) -> None:
    """Save one return for every code."""
    receipts = [
        Returned(Receipt(name=f"架空　{n}", search=f"{prefecture}{month}{payer}{n:09}"), [Reason(code, TEXT)])
        for n, code in enumerate(codes)
    ]
    content = return_file(receipts, month, payer=payer, institution=f"{prefecture}19912345")
    office.save(f"{prefecture}-{payer}-{month}/RECEIPTC.HEN", content)


def categories(office: Office) -> dict[str, str]:
    """code → category."""
    rows = office.rows("SELECT code, category FROM mart.return_reasons")
    return {row["code"]: row["category"] for row in rows}


def problems(office: Office) -> list[tuple[int, str]]:
    """(row, rule) of everything wrong."""
    return [(problem.row, problem.rule) for problem in read_own(office.database.parent / "codes").problems]


def test_an_own_row_goes_before_the_shipped_one(office: Office) -> None:
    returned(office, "L3129", "L3130")
    office.load()
    before = categories(office)
    own(office, "reason_codes.csv", "payer,code,category,source\n社保,L3129,その他,院内")
    assert categories(office) == before, "not before it is applied"
    office.load()
    assert categories(office) == before | {"L3129": "その他"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_excel_may_have_written_it(office: Office, encoding: str) -> None:
    text = """
        payer,prefecture,code_system,code,category,valid_from,valid_to,source,note,
        国保,1,kokuho_4digit,11,点数・算定,2026/4/1,,国保連に確認　①,,
        国保,1,,２９９９,重複,,,国保連に確認,,
        ,,,,,,,,,
    """
    own(office, "reason_codes.csv", text, encoding)
    returned(office, "0011", "2999", payer="2", prefecture="01")
    office.load()
    assert categories(office) == {"0011": "点数・算定", "2999": "重複"}


def test_the_row_of_a_prefecture_applies_only_there(office: Office) -> None:
    returned(office, "2999", payer="2", prefecture="13")
    returned(office, "2999", payer="2", prefecture="27")
    own(
        office, "reason_codes-27.csv", "payer,prefecture,code,category,source\nkokuho,27,2999,重複,大阪の一覧"
    )
    own(office, "reason_codes.csv", "payer,code,category,source\nkokuho,2999,その他,院内")
    office.load()
    assert office.rows(
        "SELECT institution[:2] AS place, main_reason_category AS category FROM mart.returns ORDER BY place"
    ) == [{"place": "13", "category": "その他"}, {"place": "27", "category": "重複"}]


def test_an_own_row_without_prefecture_covers_a_shipped_one_of_a_prefecture(office: Office) -> None:
    returned(office, "201101", payer="2", prefecture="01")
    own(office, "reason_codes.csv", "payer,code,category,source\n国保,201101,重複,院内")
    office.load()
    assert categories(office) == {"201101": "重複"}


def test_a_dated_row_holds_from_its_first_to_its_last_processing_month(office: Office) -> None:
    months = ["202603", "202604", "202606", "202607"]
    for month in months:
        returned(office, "L3129", month=month)
    text = """
        payer,code,category,valid_from,valid_to,source
        社保,L3129,その他,2026-04-01,2026-06-30,院内
        社保,L3129,重複,2026-07-01,,院内
    """
    own(office, "reason_codes.csv", text)
    office.load()
    found = office.values("SELECT main_reason_category FROM mart.returns ORDER BY processing_month")
    assert found[1:] == ["その他", "その他", "重複"]
    assert found[0] not in ("その他", "重複"), "the shipped row holds before"


def test_own_text_rules_and_forms_of_codes_go_first(office: Office) -> None:
    own(office, "reason_text_rules.csv", "pattern,category,source\n架空の患者,重複,院内\n架空,その他,院内")
    own(office, "code_systems.csv", "payer,pattern,code_system,source\n国保,^Z[0-9]$,own_z,院内")
    returned(office, "Z1", payer="2")
    office.load()
    reason = office.row("SELECT code_system, category, category_source FROM mart.return_reasons")
    assert reason == {"code_system": "own_z", "category": "重複", "category_source": "text"}


def test_names_first_looks_and_letters(office: Office) -> None:
    own(office, "departments.csv", "department,label_ja,source\n1,総合内科,院内\n99,救命救急センター,院内")
    own(office, "categories.csv", "category,first_look_ja,source\n重複,控えの棚を見る,院内")
    own(office, "law_numbers.csv", "law_number,label_ja,source\n80,障害者医療（都）,都の手引き")
    own(office, "adjustment_letters.csv", "payer,letter,label_ja,source\n国保,J,縦覧,国保連に確認")
    office.load()
    names = "SELECT label_ja FROM mart.departments WHERE department IN ('01', '99') ORDER BY department"
    assert office.values(names) == ["総合内科", "救命救急センター"]
    looks = office.row(
        "SELECT position, first_look_ja, meaning_ja FROM mart.categories WHERE category = '重複'"
    )
    assert (looks["position"], looks["first_look_ja"]) == (5, "控えの棚を見る") and looks["meaning_ja"]
    assert office.values("SELECT COUNT(*) FROM mart.categories") == [11]
    assert office.values("SELECT label_ja FROM mart.law_numbers WHERE law_number = '80'") == [
        "障害者医療（都）"
    ]
    letters = "SELECT label_ja FROM mart.adjustment_letters WHERE payer = 'kokuho' AND letter = 'J'"
    assert office.values(letters) == ["縦覧"]


def test_a_deadline_by_service_month(office: Office) -> None:
    returned(office, "L3129")
    text = """
        rule_id,payer,value,valid_from,source
        download_months,,5,,お知らせ
        limitation_years,,2,2026-09-01,法改正
        limitation_start_months,社保,2,2026-08-01,法改正
    """
    own(office, "time_rules.csv", text)
    office.load()
    assert office.row("SELECT download_deadline, claim_right_expires FROM mart.returns") == {
        "download_deadline": date(2027, 3, 31),
        "claim_right_expires": date(2031, 9, 30),
    }


WRONG = {
    "unknown_table": ("codes_of_reasons.csv", "a,b\n1,2", [(0, "unknown_table")]),
    "a table that is ours alone": ("sources.csv", "source_id\nx", [(0, "unknown_table")]),
    "a workbook": ("reason_codes.xlsx", "PK", [(0, "not_csv")]),
    "unknown column": ("reason_codes.csv", "payer,code,catgory,source\n社保,L3129,重複,x", [(1, "column")]),
    "a column twice": ("departments.csv", "department,label_ja,label_ja,source", [(1, "column")]),
    "a column too few": ("reason_text_rules.csv", "pattern,source\n架空,x", [(1, "column")]),
    "nothing in it": ("departments.csv", "", [(1, "column"), (1, "column"), (1, "source")]),
    "no column for the source": ("departments.csv", "department,label_ja\n01,内科", [(1, "source")]),
    "no source": ("departments.csv", "department,label_ja,source\n01,内科,\n02,x,y", [(2, "source")]),
    "too many cells": ("departments.csv", "department,label_ja,source\n01,内科,x,y", [(2, "width")]),
    "an empty cell": ("departments.csv", "department,label_ja,source\n,内科,x", [(2, "empty")]),
    "bad code": ("departments.csv", "department,label_ja,source\nA1,内科,x", [(2, "code")]),
    "bad payer": ("reason_codes.csv", "payer,code,category,source\n健保,L1,重複,x", [(2, "payer")]),
    "bad prefecture": (
        "reason_codes.csv",
        "payer,code,category,prefecture,source\n国保,2999,重複,48,x",
        [(2, "prefecture")],
    ),
    "unknown category": ("reason_codes.csv", "payer,code,category,source\n社保,L1,資格,x", [(2, "category")]),
    "未分類 is nothing to classify as": (
        "reason_codes.csv",
        "payer,code,category,source\n社保,L1,未分類,x",
        [(2, "category")],
    ),
    "a category of its own": (
        "categories.csv",
        "category,first_look_ja,source\n窓口,見る,x",
        [
            (2, "category"),
        ],
    ),
    "bad date": (
        "reason_codes.csv",
        "payer,code,category,valid_from,source\n社保,L1,重複,2026-13-01,x\n社保,L2,重複,令和8年,x",
        [(2, "date"), (3, "date")],
    ),
    "an end before the beginning": (
        "reason_codes.csv",
        "payer,code,category,valid_from,valid_to,source\n社保,L1,重複,2026-04-01,2026-03-31,x",
        [(2, "date")],
    ),
    "overlapping periods": (
        "reason_codes.csv",
        "payer,code,category,valid_from,valid_to,source\n社保,L1,重複,,2026-04-01,x\n社保,L1,その他,2026-04-01,,x",
        [(3, "overlap")],
    ),
    "the same twice": (
        "departments.csv",
        "department,label_ja,source\n1,内科,x\n01,外科,x",
        [(3, "overlap")],
    ),
    "no regular expression": (
        "reason_text_rules.csv",
        "pattern,category,source\n(架空,重複,x",
        [(2, "pattern")],
    ),
    "only Python understands": (
        "reason_text_rules.csv",
        "pattern,category,source\n架空(?!の),重複,x",
        [(2, "pattern")],
    ),
    "only RE2 understands": (
        "reason_text_rules.csv",
        "pattern,category,source\n\\pN架空,重複,x",
        [(2, "pattern")],
    ),
    "letters the texts never have": (
        "reason_text_rules.csv",
        "pattern,category,source\nＣＴ,重複,x",
        [(2, "pattern")],
    ),
    "an unknown deadline": ("time_rules.csv", "rule_id,value,source\nlimitation,5,x", [(2, "unknown")]),
    "a deadline of the wrong payer": (
        "time_rules.csv",
        "rule_id,value,source\nlimitation_start_months,1,x",
        [(2, "unknown")],
    ),
    "a deadline that is no number": (
        "time_rules.csv",
        "rule_id,value,source\ndownload_months,3か月,x",
        [(2, "number")],
    ),
    "a date where none counts": (
        "time_rules.csv",
        "rule_id,value,valid_from,source\nsettle_after_months,4,2026-04-01,x",
        [(2, "date")],
    ),
    "an unknown result": (
        "re_examination_results.csv",
        "payer,result_code,result,source\n国保,202,won,x",
        [(2, "result")],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_by_row_and_rule(office: Office, case: str) -> None:
    name, text, expected = WRONG[case]
    own(office, name, text)
    assert problems(office) == expected
    assert not code_texts.check_lines(office.database.parent / "codes")[1]


def test_a_file_in_no_known_encoding(office: Office) -> None:
    own(office, "departments.csv", "department,label_ja,source\n01,内科,x", "utf-16")
    assert problems(office) == [(0, "unreadable")]


def test_what_a_spreadsheet_leaves_behind_and_notes_are_not_read(office: Office) -> None:
    for name in ("~$departments.csv", ".~lock.departments.csv", "README.txt"):
        own(office, name, "x")
    assert problems(office) == []


def test_a_bad_file_stops_a_load_and_changes_nothing(henrei: Henrei, office: Office) -> None:
    returned(office, "L3129")
    office.load()
    before = office.dump()
    returned(office, "L3130", month="202610")
    own(office, "reason_codes.csv", "payer,code,category,source\n社保,L3129,鬼瓦　轟太郎,院内")
    for command in (["load", office.folder], ["codes", "apply"]):
        code, said, errors = henrei(*command)
        assert (code, said) == (2, "")
        assert "reason_codes.csv 2行目 [category]: " in errors and "資格関係、" in errors
        assert "鬼瓦" not in errors, "no message repeats a cell"
        assert office.dump() == before
    code, said, _ = henrei("codes", "check")
    assert code == 1 and "reason_codes.csv 2行目 [category]: " in said


def test_many_problems_are_counted(office: Office) -> None:
    own(
        office, "departments.csv", "department,label_ja,source\n" + "\n".join(f"{n},内科," for n in range(12))
    )
    with pytest.raises(BadCodes) as stopped:
        checked(office.database.parent / "codes")
    assert "12件" in str(stopped.value) and "ほか 2件" in str(stopped.value)


def test_from_the_unknown_code_to_its_category(henrei: Henrei, office: Office, tmp_path: Path) -> None:
    returned(office, "2999", "2998", "0011", payer="2")
    returned(office, "L5900")
    returned(office, "2999", payer="2", month="202610")
    code, said, _ = henrei("load", office.folder)
    assert code == 0
    code, said, _ = henrei("codes", "unmapped")
    assert code == 0 and TEXT not in said
    assert said.splitlines() == [
        "■ コード表にない返戻理由: 未分類 5行、文だけで分類 0行",
        "  国保（東京都） 2999: 2行、返戻 2件",
        "  国保（東京都） 0011: 1行、返戻 1件",
        "  国保（東京都） 2998: 1行、返戻 1件",
        "  社保 L5900: 1行、返戻 1件",
    ]

    out = office.database.parent / "codes" / "reason_codes-2026-10.csv"
    assert not out.parent.exists()
    assert henrei("codes", "unmapped", "--out", out)[0] == 0, "the own folder is made"
    assert henrei("codes", "unmapped", "--out", tmp_path / "elsewhere" / "x.csv")[0] == 2, "no other is"
    assert henrei("codes", "unmapped", "--out", out.with_name("x.csv"))[0] == 2, "no table of that name"
    assert henrei("codes", "unmapped", "--out", out)[0] == 2, "a list half filled in is not overwritten"
    assert henrei("codes", "check")[0] == 0, "a list not filled in yet harms nothing"
    assert TEXT not in out.read_text("utf-8-sig")

    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["category"] = {"2999": "重複", "0011": "記載不備", "L5900": "資格関係"}.get(row["code"], "")
        row["code"] = row["code"].lstrip("0")  # what Excel makes of it
    with out.open("w", encoding="cp932", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)

    code, said, _ = henrei("codes", "apply")
    assert code == 0
    assert "■ 未分類の返戻理由: 1行（全5行のうち）\n  国保（東京都） 2998: 1行\n" in said
    assert categories(office) == {"2999": "重複", "2998": "未分類", "0011": "記載不備", "L5900": "資格関係"}
    assert "1行は、書き込まれるまで使いません。" in henrei("codes", "check")[1]


def test_a_load_names_the_ten_most_frequent_unknown_codes(office: Office) -> None:
    returned(office, *(f"29{n:02}" for n in range(12)), payer="2")
    returned(office, "2900", payer="2", month="202610")
    office.load()
    con = connect(office.database)
    lines = code_texts.unclassified_lines(con)
    con.close()
    assert lines[:2] == ["■ 未分類の返戻理由: 13行（全13行のうち）", "  国保（東京都） 2900: 2行"]
    assert (len(lines), lines[-2]) == (13, "  ほか 2コード、2行")
    assert lines[-1].startswith("  分類を決めるには: henrei codes unmapped")


def test_nothing_is_said_when_every_code_is_known(office: Office) -> None:
    returned(office, "L3129")
    office.load()
    con = connect(office.database)
    assert code_texts.unclassified_lines(con) == []
    con.close()


def test_what_does_not_look_like_a_code_is_not_shown(henrei: Henrei, office: Office) -> None:
    returned(office, "鬼瓦", payer="2")
    office.load()
    said = henrei("codes", "unmapped")[1]
    assert "コードの形でないもの: 1行" in said and "鬼瓦" not in said


def test_show_tells_whose_a_row_is(henrei: Henrei, office: Office) -> None:
    text = """
        payer,code,category,valid_from,source
        社保,L3129,その他,2026-04-01,電話で確認
        社保,L1011,その他,,電話で確認
    """
    own(office, "reason_codes.csv", text)
    code, said, _ = henrei("codes", "show", "reason_codes", "--code", "L3129", "--payer", "社保")
    assert code == 0
    mine, theirs = said.splitlines()[2:]
    assert (
        mine.startswith("  自院 | shaho | ") and "2026-04-01〜 | 電話で確認（reason_codes.csv 2行目）" in mine
    )
    assert (
        theirs.startswith("  標準（一部上書き） | ")
        and "〜2026-03-31 | " in theirs
        and "チェック一覧" in theirs
    )
    said = henrei("codes", "show", "reason_codes", "--code", "L1011")[1]
    assert "標準（上書き済み）" in said
    assert henrei("codes", "show", "reason_codes", "--code", "L3129", "--payer", "国保")[1].count("\n") == 2
    assert henrei("codes", "show", "no_such_table")[0] == 2
    assert henrei("codes", "show", "reason_codes", "--payer", "健保")[0] == 2


@pytest.mark.parametrize("words", [["codes"], ["codes", "list"]])
def test_list(henrei: Henrei, office: Office, words: list[str]) -> None:
    own(office, "departments-a.csv", "department,label_ja,source\n01,総合内科,院内\n99,救命,院内")
    code, said, _ = henrei(*words)
    assert code == 0
    assert "departments（診療科）: 標準 37行、自院 2行（標準 1行を上書き）: departments-a.csv" in said
    assert "sections（診療識別）" in said


def test_an_option_in_the_wrong_place_is_not_ignored(henrei: Henrei, tmp_path: Path) -> None:
    code, said, errors = henrei("codes", "--database", tmp_path / "x.duckdb", "show", "eras")
    assert (code, said) == (2, "") and "show のあとに" in errors


@pytest.mark.parametrize("command", ["list", "show", "check", "unmapped", "apply"])
def test_every_command_explains_itself_with_an_example(henrei: Henrei, command: str) -> None:
    code, said, _ = henrei("codes", command, "--help")
    assert code == 0 and f"例: henrei codes {command}" in said


def test_without_a_database(henrei: Henrei, office: Office) -> None:
    for command in ("unmapped", "apply"):
        assert henrei("codes", command)[0] == 2
    assert not office.database.exists()
    assert henrei("codes")[0] == henrei("codes", "check")[0] == 0


def test_own_rows_gone_the_shipped_ones_hold_again(office: Office) -> None:
    returned(office, "L3129")
    office.load()
    before = office.dump()
    path = own(office, "reason_codes.csv", "payer,code,category,source\n社保,L3129,その他,院内")
    apply_codes(office.database)
    assert office.dump() != before
    path.unlink()
    apply_codes(office.database)
    assert office.dump() == before


@pytest.mark.parametrize("table", OVERRIDABLE)
def test_a_shipped_table_is_a_good_own_table(office: Office, table: str) -> None:
    """A row copied from a shipped table is understood, its columns and its source too."""
    path = Path(code_texts.__file__).parent / "codes" / f"{table}.csv"
    own(office, path.name, "")
    (office.database.parent / "codes" / path.name).write_bytes(path.read_bytes())
    assert problems(office) == []
    office.load()
