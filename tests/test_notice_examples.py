"""The worked examples of every notice: what each file is, and every value that is kept of its rows.

A table below is the rows of one ledger table: `-` is empty, months are 2026-03.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from official_files import NOTICES, example
from reading import Outcome, loaded, read

MARCH, APRIL = "2026-03-01", "2026-04-01"


@dataclass(frozen=True)
class Expected:
    """`months`: month, service, of the name, by default. `lost`: facts that another name no longer tells."""

    layout: str
    kind: str
    payer: str
    months: tuple[str | None, ...]
    lines: tuple[int, int]  # loaded, skipped
    tables: dict[str, str]
    lost: tuple[str, ...] = ("system", "name_month")
    facts: dict[str, Any] = field(default_factory=dict)


CARE_MONTH = (None, MARCH, APRIL, APRIL)
ZOGN = "line_no line_type receipt_no service_month receipt_number reception_number insurer_number public_number class_label chart_number section total_label law_number amount points yen letters before after"
HENR = "line_no receipt_no service_month reception_number reception_month insurer_number class_label days points code text chart_number search_number"
SAST = "line_no receipt_no service_month file_number insurer_number class_digit yen claims points"
ITEMS = "line_no receipt_no service_month file_number insurer_number section points letters item_text amount_before amount_after points_before times_before points_after times_after"
TOTALS = """line_no label claims days points copay
            4 医保・本人 3 5 2660 0
            5 医保・家族 1 2 820 0
            6 医保１公併・六歳 1 1 640 0
            7 合計 5 8 4120 0
            8 受付不能 1 - - -"""

EXPECTED = {
    "RIzogn1": Expected(
        "zogn", "zogn", "shaho", CARE_MONTH, (7, 1),
        {"adjustment_lines": f"""{ZOGN}
            3 3 1 - 2 0804-70000200 06139999 - 家外 0000102 13 - 06 -30 -30 - D （例）医学管理Ａ　３０×１　（算定日）　１０日：１回 -
            4 5 1 - - - - - - - - 合計 06 -30 -30 - - ８２０ ７９０
            5 3 2 - 4 0804-70000400 06139999 80139999 六外 0000104 21 - 06 -20 -20 - - （例）薬剤Ｂ　１錠 （例）薬剤Ｂ　１錠
            6 4 2 - - - - - - - - - 80 -20 -20 - B （例）薬剤Ｃ　２錠　１０×６ （例）薬剤Ｃ　２錠　１０×４
            7 5 2 - - - - - - - - 合計 06 -20 -20 - - ６４０ ６２０
            8 5 2 - - - - - - - - 合計 80 -20 -20 - - ６４０ ６２０"""},
        lost=("system", "name_month", "prefecture"),
    ),
    "RIzogn2": Expected(
        "zogn", "zogn", "kokuho", CARE_MONTH, (6, 1),
        {"adjustment_lines": rf"""{ZOGN}
            3 3 1 2026-02 11 0804-81001100 139999 - 高外一 0000111 60 - 00 -150 -150 - FK （例）検査Ｄ　１５０×１　（算定日）　５日：１回 -
            4 5 1 - - - - - - - - 合計 00 -150 -150 - - ２１００ １９５０
            5 3 2 - - - - - - - - - 00 -\450 - -450 - 一部負担金額（医保）　￥６３００ 一部負担金額（医保）　￥５８５０
            6 3 3 - 12 0804-81001200 39139999 - 後外一 0000112 12 - 39 +12 12 - G （例）再診料等　６１×１ （例）再診料等　７３×１
            7 5 3 - - - - - - - - 合計 39 +12 12 - - ６１ ７３"""},
    ),
    "RIhenr1": Expected(
        "henr", "henr", "shaho", CARE_MONTH, (4, 1),
        {
            "notice_returns": f"""{HENR}
            3 1 - 0804-70000300 2026-04 01139999 本外 2 500 L9901 （例）資格喪失後の受診 0000103 -
            5 2 2026-02 0804-70000500 2026-04 06139999 本外 1 910 L9903 （例）診療開始日を確認してください 0000105 -""",
            "notice_reasons": """line_no receipt_no code text text_plain
            4 1 L9902 （例）保険者番号と記号・番号を確認してください (例)保険者番号と記号・番号を確認してください""",
        },
        lost=("system", "name_month", "prefecture"),
    ),
    "RIhenr2": Expected(
        "henr", "henr", "kokuho", CARE_MONTH, (2, 1),
        {"notice_returns": f"""{HENR}
            3 1 - 0804-81001300 2026-04 139999 家外 3 1430 9901 （例）該当者なし 0000113 -"""},
    ),
    "RIfixf": Expected(
        "fixf", "fixf", "shaho", (APRIL, None, None, None), (7, 0),
        {"fixed_claims": """line_no receipt_number claim_type service_month chart_number insurer_number points public_number public_points state error_level
            2 1 1112 2026-03 0000101 06139999 1250 - - 1 -
            3 2 1116 2026-03 0000102 06139999 820 - - 1 -
            4 3 1112 2026-03 0000103 01139999 500 - - 1 -
            5 4 1124 2026-03 0000104 06139999 640 80139999 640 1 -
            6 5 1112 2026-02 0000105 06139999 910 - - 1 -
            7 6 1112 2026-03 0000106 01139999 430 - - 2 L3"""},
        lost=("system",), facts={"sending": "1", "institution_name": None},
    ),
    "RIfmei": Expected(
        "fmei", "fmei", "shaho", CARE_MONTH, (6, 1),
        {"payments": """line_no service_month outcome receipt_number reception_number class_digit chart_number insurer_number claimed_points fixed_points public_number public_claimed_points public_fixed_points paid
            3 2026-03 1 1 0804-70000100 2 0000101 06139999 1250 1250 - - - 8750
            4 2026-03 2 2 0804-70000200 6 0000102 06139999 820 790 - - - 5530
            5 2026-03 3 3 0804-70000300 2 0000103 01139999 500 - - - - -
            6 2026-03 2 4 0804-70000400 4 0000104 06139999 640 620 80139999 640 620 6200
            7 2026-02 3 5 0804-70000500 2 0000105 06139999 910 - - - - -"""},
    ),
    "MIfggk": Expected(
        "fggk", "fggk", "shaho", CARE_MONTH, (5, 1),
        {"payment_totals": """line_no class_code level law_number inpatient_claims outpatient_claims outpatient_points outpatient_yen meals_yen calculated re_examination rounding
            3 1 1 06 0 3 2660.0 19240.0 0.0 19240.0 0.0 0.0
            4 1 9 00 0 3 2660.0 19240.0 0.0 19240.0 -3640.0 0.0
            5 3 1 80 0 1 620.0 1240.0 0.0 1240.0 0.0 0.0
            6 3 9 00 0 1 620.0 1240.0 0.0 1240.0 0.0 0.0"""},
    ),
    "MItgft": Expected(
        "tgft", "tgft", "shaho", CARE_MONTH, (4, 2),
        {
            "transfers": """line_no paid_on fixed_yen tax_yen total_yen paid_yen
            3 2026-05-21 16840 0 16840 16840""",
            "transfer_kinds": """line_no receipt_no payment_kind claims calculated re_examination rounding
            5 1 01 3 19240.0 -3640.0 0.0
            6 1 80 1 1240.0 0.0 0.0""",
        },
    ),
    "MIsast": Expected(
        "sast", "sast", "shaho", CARE_MONTH, (4, 2),
        {
            "re_examined_receipts": f"""{SAST} medium_code request_reason
            4 1 2025-11 00000000000000101 06139999 2 -2800.0 -1 -400.0 2 100018
            5 2 2025-10 00000000000000102 06139999 6 -840.0 0 -120.0 2 100060""",
            "re_examined_items": f"""{ITEMS}
            6 2 2025-10 00000000000000102 06139999 60 -120.0 A （例）検査Ｅ - - 120.0 1 0.0 0""",
        },
    ),
    "MIshst": Expected(
        "shst", "shst", "shaho", CARE_MONTH, (3, 2),
        {
            "re_examined_receipts": f"""{SAST} request_class
            4 1 2026-02 00000000000000201 06139999 2 -210.0 0 -30.0 3""",
            "re_examined_items": f"""{ITEMS}
            5 1 2026-02 00000000000000201 06139999 99 -30.0 B （例）薬剤Ｆ 2.00 1.00 6.0 10 3.0 10""",
        },
    ),
    "MIsakr": Expected(
        "sakr", "sakr", "shaho", CARE_MONTH, (3, 2),
        {
            "upheld_receipts": """line_no service_month file_number received_month class_digit insurer_number
            4 2025-09 00000000000000301 2025-11 2 06139999""",
            "upheld_items": """line_no receipt_no service_month file_number request_number section upheld_reason
            5 1 2025-09 00000000000000301 1 21 02""",
        },
    ),
    "RIttkr": Expected(
        "ttkr", "ttkr", "shaho", (None, "2026-02-01", APRIL, APRIL), (2, 1),
        {"pharmacy_cuts": """line_no line_type service_month reception_number receipt_number insurer_number class_label chart_number law_number amount points yen letters before after
            3 3 2026-02 0803-60000100 1 06139999 本外 0000101 06 -30 -30 - B （例）薬剤Ｆ　２錠　６×１０ （例）薬剤Ｆ　１錠　３×１０"""},
        lost=("system", "name_month", "prefecture"),
    ),
    "RIskkg": Expected(
        "skkg", "skkg", "shaho", CARE_MONTH, (8, 1),
        {
            "rerouted_receipts": """line_no service_month insurer_number outcome part claimed result
            3 2026-03 06139999 振替 1 審査支払機関:社保 審査支払機関:国保
            8 2026-03 01139999 レセプト記載の保険者 1 保険者番号:01139999 -""",
            "rerouted_lines": """line_no receipt_no chart_number outcome claimed result
            4 1 0000101 - 保険者番号:06139999 保険者番号:139999
            5 1 - - 記号 記号
            6 1 - - 番号 番号
            7 1 - - 資格喪失日 資格取得日
            9 2 0000103 への請求 資格喪失日 -""",
        },
    ),
    "RIskks": Expected(
        "skks", "skks", "kokuho", (None, APRIL, APRIL, APRIL), (3, 1),
        {
            "rerouted_receipts": """line_no service_month insurer_number outcome part claimed result
            3 2025-11 06139999 枝番特定 1 枝番 枝番""",
            "rerouted_lines": """line_no chart_number claimed result
            4 0000120 検索番号:12345678901234567890 -""",
        },
    ),
    "RIedbn": Expected(
        "edbn", "edbn", "shaho", CARE_MONTH, (2, 1),
        {"branch_numbers": """line_no service_month claim_type chart_number insurer_number
            3 2026-03 1112 0000101 06139999"""},
    ),
    "RIhasp": Expected(
        "asp", "hasp", "shaho", (APRIL, MARCH, None, APRIL), (3, 2),
        {"pre_checks": """line_no receipt_number chart_number service_month setting_label code message section points_wrong points_right after_return after_re_examination
            4 6 00000106 2026-03 入院外 3000 （例）受付不能となる記録の誤り - - - - -
            5 1 00000101 2026-03 入院外 4800 （例）算定内容の確認 13 - - - -"""},
        lost=("system", "prefecture"), facts={"sending": "1"},
    ),
    "RIhjry": Expected(
        "totals", "hjry", "shaho", (APRIL, MARCH, None, APRIL), (6, 2), {"sent_totals": TOTALS},
        lost=("system", "prefecture"), facts={"sending": "1", "setting": "outpatient"},
    ),
    "RIpjry": Expected(
        "totals", "pjry", "shaho", (APRIL, MARCH, None, APRIL), (6, 2), {"sent_totals": TOTALS},
        facts={"sending": "1", "setting": "outpatient"},
    ),
    "RIchng": Expected(
        "chng", "chng", "shaho", (None, None, None, None), (2, 2),
        {"corrections": """line_no receipt_number chart_number record item after
            4 6 00000106 HO:保険者レコード 保険者番号 1"""},
        facts={"sending": "002"},
    ),
}  # fmt: skip

PAYER_IN_NAME_ONLY = ("RIpjry", "RIchng")


def table(outcome: Outcome, name: str, columns: list[str]) -> list[list[str]]:
    """Values as the tables above write them."""
    return [[_text(value) for value in row] for row in outcome.values(name, *columns)]


def _text(value: Any) -> str:
    return "-" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def assert_rows(outcome: Outcome, expected: Expected) -> None:
    assert outcome.rows.keys() == {*expected.tables, "blocks", "quarantine"}
    for name, text in expected.tables.items():
        columns, *rows = [re.split(" +", line.strip(" ")) for line in text.split("\n")]
        assert table(outcome, name, columns) == rows


@pytest.mark.parametrize("start", NOTICES)
def test_an_example_under_its_official_name(start: str) -> None:
    name, content = example(start)
    expected = EXPECTED[start]
    outcome = loaded(content, name)
    state, facts = outcome.file, outcome.file.facts
    assert (outcome.layout.name, facts.kind, facts.payer) == (expected.layout, expected.kind, expected.payer)
    assert (facts.prefecture, facts.fee_table, facts.code) == ("13", "1", "9912345")
    assert (facts.month, facts.service_month, facts.name_month, facts.default_month) == expected.months
    told = {"sending": None, "setting": None, "department": None, "system": name[:2]}
    told |= {"institution_name": "架空クリニック"} | expected.facts
    assert {fact: getattr(facts, fact) for fact in told} == told
    assert (state.loaded.total(), state.skipped.total(), state.blocks) == (*expected.lines, 1)
    assert_rows(outcome, expected)


@pytest.mark.parametrize("start", [start for start in NOTICES if start not in PAYER_IN_NAME_ONLY])
def test_an_example_under_another_name(start: str) -> None:
    """The rows are the same, and all facts but those that only the name tells."""
    name, content = example(start)
    expected = EXPECTED[start]
    named, renamed = loaded(content, name), loaded(content, "renamed.csv")
    assert_rows(renamed, expected)
    before, after = vars(named.file.facts), vars(renamed.file.facts)
    assert {fact for fact in before if before[fact] != after[fact]} == set(expected.lost)
    assert all(after[fact] is None for fact in expected.lost)


@pytest.mark.parametrize("start", PAYER_IN_NAME_ONLY)
def test_a_notice_that_names_its_payer_in_its_name_alone_is_refused_under_another(start: str) -> None:
    _, content = example(start)
    outcome = read(content, name="renamed.csv")
    assert outcome.error == "payer"
    assert "ファイル名" in outcome.said and EXPECTED[start].kind in outcome.said


def test_people_are_the_same_in_every_notice() -> None:
    """By name alone, and by name, sex and birth where a notice has them."""
    keys = {
        start: loaded(content, name).values(table, *columns)[0]
        for start, table, columns in (
            ("RIfixf", "fixed_claims", ["name_key", "patient_key"]),
            ("RIfmei", "payments", ["name_key", "patient_key"]),
            ("MIshst", "re_examined_receipts", ["name_key", "patient_key"]),
            ("RIttkr", "pharmacy_cuts", ["name_key"]),
            ("RIedbn", "branch_numbers", ["name_key"]),
            ("RIskkg", "rerouted_receipts", ["name_key"]),
        )
        for name, content in [example(start)]
    }
    assert len({key[0] for key in keys.values()}) == 1
    assert len({key[1] for key in keys.values() if len(key) > 1}) == 1
