"""What to do about a return: which guidance holds, whose words go first, and that there is some for every category."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from henrei_analytics.codes import shipped
from henrei_analytics.warehouse.own_codes import read_own
from henrei_analytics.warehouse.rebuild import apply_codes
from office import Office
from record_files import Reason, Receipt, Returned, return_file

Henrei = Callable[..., tuple[int, str, str]]
LIMITS = {"meaning_ja": 60, "look_ja": 120, "correct_ja": 120, "prevent_ja": 80}
TEXT = "架空の返戻文"  # no rule on texts knows it
CODES = [row for row in shipped("guidance") if row["code"]]


def returned(office: Office, *codes: str, payer: str = "1") -> None:
    """A return file with one return a code."""
    receipts = [
        Returned(Receipt(name=f"架空　{n}", search=f"{payer}{n:020}"), [Reason(code, TEXT)])
        for n, code in enumerate(codes)
    ]
    office.save(f"{payer}/RECEIPTC.HEN", return_file(receipts, payer=payer))


def own(office: Office, text: str) -> None:
    folder = office.database.parent / "codes"
    folder.mkdir(exist_ok=True)
    (folder / "guidance.csv").write_text(text + "\n", "utf-8")


def guidance(office: Office) -> dict[str, dict]:
    """Code of the main reason → the guidance of the return."""
    rows = office.rows(
        "SELECT returns.main_reason_code, guidance.* FROM mart.returns AS returns "
        "LEFT JOIN core.guidance_of_returns AS guidance ON guidance.return_id = returns.return_id"
    )
    return {row["main_reason_code"]: row for row in rows}


def meaning(code: str, payer: str = "shaho") -> str:
    (row,) = [row for row in CODES if (row["payer"], row["code"]) == (payer, code)]
    return row["meaning_ja"]


def test_every_category_has_guidance(office: Office) -> None:
    returned(office, "L3129")
    office.load()
    rows = office.rows("SELECT * FROM mart.guidance WHERE code IS NULL")
    assert [row["category"] for row in rows] == [row["category"] for row in shipped("categories")]
    assert all(row[column] for row in rows for column in (*LIMITS, "source", "written_on", "next_review"))


def test_guidance_of_a_code_is_of_a_known_code_and_complete() -> None:
    known = {(row["payer"], row["prefecture"], row["code"]) for row in shipped("reason_codes")}
    assert len(CODES) >= 45
    assert {(row["payer"], row["prefecture"], row["code"]) for row in CODES} <= known
    assert all(row[column] for row in CODES for column in LIMITS)


def test_texts_are_short_and_dated() -> None:
    rows = shipped("guidance")
    assert [(row["code"], c) for row in rows for c, limit in LIMITS.items() if len(row[c]) > limit] == []
    assert all(date.fromisoformat(row["written_on"]) < date.fromisoformat(row["next_review"]) for row in rows)
    assert all(row["look_ja"].startswith("①") for row in rows)


def test_the_steps_are_not_the_short_form_over_again() -> None:
    short = {row["category"]: row["first_look_ja"] for row in shipped("categories")}
    steps = [row for row in shipped("guidance") if row["category"]]
    assert all(short[row["category"]] not in row["look_ja"] and not row["meaning_ja"] for row in steps)


def test_the_nearest_guidance_holds(office: Office) -> None:
    """The code itself; the same 理由番号 of 支払基金; the category of the code; 未分類."""
    returned(office, "L3129", "S1018", "000014", "100122", "L2900", "L9999")
    returned(office, "25", "201103", "9999", payer="2")
    office.load()
    found = guidance(office)
    assert {code: row["matched_by"] for code, row in found.items()} == {
        "L3129": "code",
        "25": "code",
        "S1018": "reason_number",
        "000014": "reason_number",
        "100122": "reason_number",
        "L2900": "category",
        "201103": "category",  # known in 北海道 only, and the office is not there
        "L9999": "category",
        "9999": "category",
    }
    assert found["S1018"]["meaning_ja"] == meaning("100018")
    assert found["100122"]["meaning_ja"] == meaning("100022")
    assert found["25"]["meaning_ja"] == meaning("25", "kokuho")
    assert found["L9999"]["meaning_ja"] == "コード表にも文の規則にも当たらない"
    assert found["L3129"]["source"].startswith("受付・事務点検ASP")


def test_a_code_of_the_other_payer_is_never_taken(office: Office) -> None:
    own(office, "payer,code,look_ja,source\n国保,L2900,国保の話,院内")
    returned(office, "L2900")
    office.load()
    assert guidance(office)["L2900"]["matched_by"] == "category"


def test_own_words_go_first_and_what_they_leave_out_is_kept(office: Office) -> None:
    returned(office, "L3129", "L2900")
    returned(office, "9999", "9998", payer="2")
    office.load()
    before = guidance(office)
    own(
        office,
        "payer,prefecture,code,category,look_ja,written_on,source\n"
        "社保,,L3129,,受付の棚を見る,2026/12/1,院内の申し合わせ\n"
        "国保,13,9999,,国保連に聞く,,電話で確認\n"
        "国保,27,9998,,大阪の話,,電話で確認\n"
        ",,,記載不備,点検表を見る,,院内の申し合わせ",
    )
    apply_codes(office.database)
    after = guidance(office)
    mine = after["L3129"]
    assert (mine["look_ja"], mine["source"]) == ("受付の棚を見る", "院内の申し合わせ")
    assert mine["correct_ja"] == before["L3129"]["correct_ja"], "what the own row leaves out"
    assert mine["written_on"] == date(2026, 12, 1)
    assert after["L2900"]["look_ja"] == "点検表を見る" and after["L2900"]["written_on"] is None
    assert (after["9999"]["look_ja"], after["9999"]["matched_by"]) == ("国保連に聞く", "code")
    assert after["9998"] == before["9998"], "of another prefecture"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("payer,code,category,look_ja,source\n社保,L3129,資格関係,見る,x", [(2, "one_of")]),
        ("payer,look_ja,source\n社保,見る,x", [(2, "one_of")]),
        ("category,look_ja,source\n資格,見る,x", [(2, "category")]),
        ("category,look_ja,source\n未分類,見る,x", []),
        ("payer,code,look_ja,written_on,source\n社保,L3129,見る,来週,x", [(2, "date")]),
        ("payer,code,look_ja,source\n社保,L3129,見る,x\n社保,L3129,見ない,x", [(3, "overlap")]),
        ("code,look_ja,source\nL3129,見る,x", [(2, "payer")]),
        ("code,look_ja,source\nL3129,,x", []),
    ],
)
def test_what_is_wrong_in_own_guidance_is_told(office: Office, text: str, expected: list) -> None:
    own(office, text)
    found = read_own(office.database.parent / "codes")
    assert [(problem.row, problem.rule) for problem in found.problems] == expected


def test_a_row_that_says_nothing_yet_is_counted(henrei: Henrei, office: Office) -> None:
    own(office, "payer,code,look_ja,source\n社保,L3129,,x")
    code, said, _ = henrei("codes", "check")
    assert code == 0 and "meaning_ja も look_ja も correct_ja も prevent_ja も空の行 1行" in said


def test_two_loads_give_the_same_guidance(office: Office) -> None:
    returned(office, "L3129", "S1018", "L9999")
    office.load()
    before = guidance(office)
    apply_codes(office.database)
    assert guidance(office) == before
