"""The code tables: complete, consistent, and sorted the way an office would sort them."""

import csv
import re
import unicodedata
from pathlib import Path

import duckdb
import pytest

from henrei_analytics import code_texts
from henrei_analytics.warehouse.code_tables import CODE_TABLES
from henrei_analytics.warehouse.own_codes import OVERRIDABLE, RESULTS, UNDATED_RULES

CODES = Path(__file__).parents[1] / "src" / "henrei_analytics" / "codes"
TABLES = sorted(path.stem for path in CODES.glob("*.csv"))
CONFIDENCE = {"official", "official copy", "secondary", "code", "inferred", "knowledge", "own"}
KEYS = {
    "adjustment_letters": ("payer", "letter"),
    "categories": ("category",),
    "claim_type_digits": ("digit", "value", "when_digit_2"),
    "code_levels": ("prefix",),
    "code_systems": ("position",),
    "departments": ("department",),
    "eras": ("code",),
    "file_kinds": ("kind",),
    "guidance": ("payer", "prefecture", "code", "category"),
    "law_numbers": ("law_number", "valid_from"),
    "payers": ("payer",),
    "policy_breaks": ("month", "label_ja"),
    "prefectures": ("code",),
    "re_examination_requesters": ("payer", "requester_code"),
    "re_examination_results": ("payer", "result_code"),
    "reason_codes": ("payer", "prefecture", "code_system", "code", "valid_from"),
    "reason_text_rules": ("position",),
    "rerouting_outcomes": ("text",),
    "return_classes": ("return_class",),
    "sections": ("section",),
    "sources": ("source_id",),
    "time_rules": ("rule_id", "payer", "valid_from"),
    "upheld_reasons": ("upheld_reason",),
}

# What a clerk would say each text is about. No rule may claim the last group.
PHRASES = """
資格関係 | 資格喪失後の受診です。
資格関係 | 資格喪失日以降の診療のため返戻いたします
資格関係 | 該当者なし
資格関係 | 当該保険者に該当する被保険者はおりません
資格関係 | 記号・番号の誤り
資格関係 | 被保険者証の記号番号をご確認ください
資格関係 | 保険者番号と記号が不一致です
資格関係 | 保険者番号の記載もれ
資格関係 | 生年月日相違
資格関係 | 患者氏名及び性別をご確認ください
資格関係 | 旧証によるものです
資格関係 | 本人・家族の種別誤り
資格関係 | 認定外家族
資格関係 | 後期高齢者医療に該当
資格関係 | 後期高齢者の一部負担金の割合相違
資格関係 | 給付割合（７割・８割）の誤り
資格関係 | 特記事項の記載もれ
資格関係 | 生活保護該当
資格関係 | 国保連合会取扱のレセプトです。本会取扱外
資格関係 | 被保険者証の枝番を確認願います
資格関係 | 保険者からの返戻依頼（資格喪失）
資格関係 | マイナ保険証の情報をご確認ください
資格関係 | 社会保険加入のため
記載不備 | 傷病名の記載もれ
記載不備 | 診療開始日の誤り
記載不備 | 診療開始日が診療年月より後の日付です
記載不備 | 診療実日数の誤り
記載不備 | 選択式コメントの記載がありません
記載不備 | ＣＴ撮影の算定日の記載漏れ
記載不備 | 合併症の病名もれ
記載不備 | 必要事項の記録漏れ
記載不備 | 担当医師の氏名の記載もれ
点数・算定 | 固定点数の誤り
点数・算定 | 外来管理加算は算定できません
点数・算定 | 検査の実施回数をご確認ください
点数・算定 | 再診回数と診療実日数の不一致
点数・算定 | 重複算定のためご確認ください
点数・算定 | 施設基準の届出がありません
診療内容 | 傷病名に対し適応外の投薬と思われます
診療内容 | 合併症に対する投与量が過剰です
診療内容 | 医学的に必要性が認められません
診療内容 | 症状詳記を添付してください
診療内容 | 同種同効薬の重複投与
診療内容 | 病名に対する検査の適応をご確認ください
診療内容 | 突合再審査の結果
診療内容 | 傷病名に対する投薬の内容を確認してください
重複 | 重複請求と思われます
重複 | 同一月の請求が重複しています
重複 | 二重請求のため
重複 | ７月分と重複していませんか
給付対象外 | 労災該当と思われます
給付対象外 | 業務上の傷病ではありませんか
給付対象外 | 第三者行為（交通事故）による傷病届の有無
公費・負担金 | 公費負担者番号の誤り
公費・負担金 | 受給者番号の記載もれ
公費・負担金 | 公費受給者証の有効期限切れ（資格喪失）
公費・負担金 | 一部負担金の額が誤っています
公費・負担金 | 食事療養の標準負担額
取下げ・再審査 | 医療機関からの取下げ依頼
取下げ・再審査 | 取り下げ依頼（重複請求のため）
取下げ・再審査 | 依頼返戻
取下げ・再審査 | 再審査請求によるもの
請求先変更 | 健康保険組合の合併により保険者番号が変更
請求先変更 | 請求先変更（新設等）
未分類 | 返戻いたします
未分類 | 別紙のとおり
未分類 | その他
未分類 | ご確認のうえ再請求願います
未分類 | 合併症について
未分類 | 返戻理由の文章（構成例）
"""
CASES = [tuple(part.strip() for part in line.split("|")) for line in PHRASES.strip().splitlines()]


def rows(table):
    with (CODES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def matches_everywhere(pattern, text):
    """Search with Python and with DuckDB; the two must agree."""
    in_python = re.search(pattern, text) is not None
    in_duckdb = duckdb.execute("SELECT regexp_matches(?, ?)", [text, pattern]).fetchone()[0]
    assert in_python == in_duckdb, (pattern, text)
    return in_python


def category_of(text):
    text = unicodedata.normalize("NFKC", text)
    found = [r["category"] for r in rows("reason_text_rules") if matches_everywhere(r["pattern"], text)]
    return found[0] if found else "未分類"


@pytest.mark.parametrize(("category", "text"), CASES)
def test_text_rules_sort_a_phrase(category, text):
    assert category_of(text) == category


def test_every_text_rule_decides_some_phrase():
    rules = rows("reason_text_rules")
    texts = [unicodedata.normalize("NFKC", text) for _, text in CASES]
    used = {next((r["position"] for r in rules if re.search(r["pattern"], t)), None) for t in texts}
    spare = {r["pattern"] for r in rules if r["position"] not in used}
    assert not spare


def test_categories_are_the_contract():
    contract = (CODES.parents[2] / "docs" / "data-contract.md").read_text(encoding="utf-8")
    listed = next(line for line in contract.splitlines() if line.startswith("| category |"))
    names = [r["category"] for r in rows("categories")]
    assert ", ".join(names) in listed


@pytest.mark.parametrize("table", ["reason_codes", "reason_text_rules"])
def test_every_category_is_in_the_taxonomy(table):
    names = {r["category"] for r in rows("categories")} - {"未分類"}
    assert {r["category"] for r in rows(table)} <= names


@pytest.mark.parametrize("table", TABLES)
def test_table_is_plain(table):
    raw = (CODES / f"{table}.csv").read_bytes()
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert all(None not in r and None not in r.values() for r in rows(table)), "a row has the wrong width"


def test_every_table_has_a_key_and_a_title():
    assert KEYS.keys() == code_texts.TITLES.keys() == set(TABLES)
    assert set(OVERRIDABLE) <= set(CODE_TABLES) <= set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_keys_are_unique(table):
    keys = [tuple(r[c] for c in KEYS[table]) for r in rows(table)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("table", [t for t in TABLES if t != "sources"])
def test_every_row_has_a_known_source_and_confidence(table):
    sources = {r["source_id"] for r in rows("sources")}
    assert {r["source_id"] for r in rows(table)} <= sources
    assert {r["confidence"] for r in rows(table)} <= CONFIDENCE


def test_every_source_is_used():
    used = {r["source_id"] for table in TABLES if table != "sources" for r in rows(table)}
    assert {r["source_id"] for r in rows("sources")} == used


@pytest.mark.parametrize("table", ["reason_codes", "law_numbers", "time_rules"])
def test_periods_are_dates_in_order_and_do_not_overlap(table):
    key = [c for c in KEYS[table] if c != "valid_from"]
    seen = {}
    for r in sorted(rows(table), key=lambda r: ([r[c] for c in key], r["valid_from"])):
        assert all(re.fullmatch(r"(\d{4}-\d\d-\d\d)?", r[c]) for c in ("valid_from", "valid_to"))
        assert not r["valid_to"] or r["valid_from"] <= r["valid_to"]
        earlier = seen.get(tuple(r[c] for c in key))
        assert earlier is None or ("" < earlier < r["valid_from"])
        seen[tuple(r[c] for c in key)] = r["valid_to"]


def test_rules_the_models_take_as_one_number_have_one_row():
    for rule in UNDATED_RULES:
        (row,) = [r for r in rows("time_rules") if r["rule_id"] == rule]
        assert (row["payer"], row["valid_from"], row["valid_to"]) == ("", "", "")


def system_of(payer, code):
    for r in rows("code_systems"):
        if r["payer"] == payer and matches_everywhere(r["pattern"], code):
            return r["code_system"]


def test_every_code_is_recognised_as_its_own_system():
    for r in rows("reason_codes"):
        assert system_of(r["payer"], r["code"]) == r["code_system"]


@pytest.mark.parametrize(
    ("payer", "code", "system"),
    [
        ("shaho", "L5900", "ssk_l"),
        ("shaho", "S1018", "ssk_s1"),
        ("shaho", "100018", "ssk_6digit"),
        ("kokuho", "2999", "kokuho_4digit"),
        ("kokuho", "S2103", "kokuho_s2"),
        ("kokuho", "201101", "kokuho_6digit"),
        ("kokuho", "7", "kokuho_number"),
        ("kokuho", "L3129", None),
        ("shaho", "L31290", None),
        ("shaho", "", None),
    ],
)
def test_a_raw_code_gives_its_system(payer, code, system):
    assert system_of(payer, code) == system


@pytest.mark.parametrize(
    ("name", "payer"),
    [
        ("社会保険診療報酬支払基金", "shaho"),
        ("支払基金東京", "shaho"),
        ("医療情報基盤・診療報酬審査支払機構", "shaho"),
        ("東京都国民健康保険団体連合会", "kokuho"),
        ("大阪府国保連合会", "kokuho"),
        ("架空健康保険組合", None),
    ],
)
def test_a_payer_is_known_by_its_name(name, payer):
    found = [r["payer"] for r in rows("payers") if matches_everywhere(r["name_pattern"], name)]
    assert found == ([payer] if payer else [])


@pytest.mark.parametrize(
    ("claim_type", "setting"),
    [("1111", "inpatient"), ("1112", "outpatient"), ("1319", "inpatient"), ("1310", "outpatient"),
     ("1211", "inpatient"), ("1212", "outpatient"), ("4152", "outpatient")],
)  # fmt: skip
def test_the_last_digit_of_a_claim_type_gives_the_setting(claim_type, setting):
    meanings = [
        r
        for r in rows("claim_type_digits")
        if claim_type[int(r["digit"]) - 1] == r["value"]
        and (not r["when_digit_2"] or claim_type[1] in r["when_digit_2"])
    ]
    assert [r["digit"] for r in meanings] == ["1", "2", "3", "4"]
    assert meanings[3]["setting"] == setting


def test_return_classes_and_levels_are_complete():
    assert [r["return_class"] for r in rows("return_classes")] == list("123456789")
    assert {r["stage"] for r in rows("return_classes")} == {"first_review", "re_examination"}
    prefixes = tuple(r["prefix"] for r in rows("code_levels"))
    assert all(r["code"].startswith(prefixes) for r in rows("reason_codes") if r["code_system"] == "ssk_l")


def test_patterns_can_match_normalized_text():
    for table in ("reason_text_rules", "code_systems"):
        assert all(r["pattern"] == unicodedata.normalize("NFKC", r["pattern"]) for r in rows(table))


def test_letters_mean_different_things_by_payer():
    letters = {(r["payer"], r["letter"]): r["label_ja"] for r in rows("adjustment_letters")}
    assert [letter for _, letter in letters] == list("ABCDFGHK") * 2
    assert {a for (payer, a), label in letters.items() if letters["kokuho", a] != letters["shaho", a]} == set(
        "ABCD"
    )
    assert {r["class_ja"] for r in rows("adjustment_letters")} == {"診療内容", "事務上"}


def test_only_the_two_re_routings_are_no_returns():
    assert [r["code"] for r in rows("reason_codes") if r["is_rerouting"]] == ["100001", "100003"]
    assert {r["is_rerouting"] for r in rows("reason_codes")} == {"", "yes"}
    outcomes = {r["outcome"] for r in rows("rerouting_outcomes")}
    assert outcomes == {"transferred", "split", "as_claimed", "branch_number"}


@pytest.mark.parametrize(
    ("code", "result"),
    [("101", "returned"), ("102", "upheld"), ("103", "cut"), ("106", "moved"), ("111", "restored"),
     ("115", "other"), ("116", "withdrawn"), ("201", "returned"), ("258", "returned")],
)  # fmt: skip
def test_a_re_examination_ends_in(code, result):
    found = {r["result_code"]: r["result"] for r in rows("re_examination_results")}
    assert found[code] == result
    assert set(found.values()) <= set(RESULTS)


def test_codes_of_the_notices_have_their_width():
    assert all(re.fullmatch(r"\d\d", r["section"]) for r in rows("sections"))
    assert all(re.fullmatch(r"[12]\d\d", r["result_code"]) for r in rows("re_examination_results"))
    assert all(re.fullmatch(r"[12]\d\d", r["requester_code"]) for r in rows("re_examination_requesters"))
    assert {r["requester"] for r in rows("re_examination_requesters")} == {"insurer", "institution", "payer"}
    assert all(re.fullmatch(r"\d\d|1000\d\d", r["upheld_reason"]) for r in rows("upheld_reasons"))


def test_fixed_lists():
    assert [r["code"] for r in rows("prefectures")] == [f"{n:02}" for n in range(1, 48)]
    assert {r["kind"] for r in rows("law_numbers")} == {"insurer", "public"}
    assert all(r["payer"] for r in rows("law_numbers") if r["kind"] == "insurer")
    assert all(r["month"].endswith("-01") for r in rows("policy_breaks"))
    assert {r["month_of"] for r in rows("policy_breaks")} == {"calendar", "service"}
