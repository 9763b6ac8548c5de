"""15 work list: what is urgent, whose it is, what contradicts, how it is written on the page."""

import re
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from henrei_analytics import headline
from henrei_analytics.display import plain_rows
from henrei_analytics.figures import Scope, compute
from henrei_analytics.worklist_view import SHOWN, worklist_html
from mart_tables import INSTITUTION, mart

SEPTEMBER = Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31))


def frame(name: str, **tables: str) -> pl.DataFrame:
    return compute(mart(**tables), SEPTEMBER, name).data


def page(worklist: str) -> str:
    return worklist_html(frame("worklist", worklist=worklist))


def test_the_nearest_deadline_comes_first_then_most_yen():
    table = frame(
        "worklist",
        worklist="""
            chart_number | deadline   | points
            A            | 2026-12-31 | 100
            B            | 2026-12-31 | 900
            C            | 2026-10-21 | 1
            D            | -          | 999
            E            | 2026-12-31 | -
        """,
    )
    assert table["chart_number"].to_list() == ["C", "B", "A", "E", "D"]


def test_another_institution_stays_out():
    assert frame("worklist", worklist="institution\n9999999999").is_empty()
    assert frame("worklist_by_owner", worklist="institution\n9999999999").is_empty()


OWNERS = """
    owner | urgency | points | is_downloaded | conflicts
    佐藤  | overdue | 1      | false         | 0
    -     | soon    | 2      | false         | 0
    佐藤  | none    | 4      | true          | 2
    鈴木  | none    | -      | true          | 0
    -     | none    | 8      | true          | 0
    -     | none    | 8      | true          | 0
"""


def test_every_owner_once_and_those_of_nobody_last():
    table = frame("worklist_by_owner", worklist=OWNERS)
    assert table.select(
        "owner", "returns", "overdue", "soon", "later", "to_download", "in_conflict", "yen"
    ).rows() == [
        ("佐藤", 2, 1, 0, 1, 1, 1, 50),
        ("鈴木", 1, 0, 0, 1, 0, 0, 0),
        ("未定", 3, 0, 1, 2, 1, 0, 180),
    ]
    tiles = headline.worklist_tiles(table.to_dicts())
    assert [tile.value for tile in tiles] == ["6", "1", "1", "3"]
    assert [tile.tone for tile in tiles] == ["", "bad", "bad", ""]


def test_without_open_returns_nothing_is_urgent():
    assert [tile.value for tile in headline.worklist_tiles([])] == ["0", "0", "0", "0"]


def test_contradictions_name_both_values_until_they_are_settled():
    table = frame(
        "decision_conflicts",
        returns="return_id | chart_number\n1 | 00042",
        decision_edits="""
            field    | value      | decided_by | decided_on | state    | is_settled
            decision | 再請求する | 佐藤       | 2026-10-01 | applied  | -
            decision | 断念       | 鈴木       | 2026-10-02 | conflict | false
            owner    | 佐藤       | 佐藤       | 2026-10-01 | applied  | -
            owner    | 鈴木       | 鈴木       | 2026-10-02 | conflict | true
            note     | 明日の話   | 鈴木       | 2026-11-01 | conflict | false
        """,
    )
    assert table.select("chart_number", "field", "present", "present_by", "wanted", "decided_by").rows() == [
        ("00042", "decision", "再請求する", "佐藤", "断念", "鈴木"),
    ]


def test_guidance_is_listed_once_for_all_returns_that_need_it():
    table = frame(
        "worklist_guidance",
        worklist="""
            meaning_ja       | correct_ja | points
            年齢が合わない   | 区分を直す | 1
            番号が違う       | 番号を直す | 5
            年齢が合わない   | 区分を直す | 2
            -                | -          | 9
        """,
    )
    assert table.select("meaning_ja", "correct_ja", "returns", "yen").rows() == [
        ("番号が違う", "番号を直す", 1, 50),
        ("年齢が合わない", "区分を直す", 2, 30),
    ]


def test_guidance_says_of_which_code_it_is():
    table = frame(
        "worklist_guidance",
        guidance="code | meaning_ja | correct_ja\nL3129 | 番号が違う | 番号を直す\n- | 資格が違う | 資格を直す",
        worklist="""
            reason_code | meaning_ja | correct_ja | points
            L3129       | 番号が違う | 番号を直す | 5
            L3087       | 資格が違う | 資格を直す | 2
            L3088       | 資格が違う | 資格を直す | 1
        """,
    )
    assert table.select("code", "meaning_ja", "returns").rows() == [
        ("L3129", "番号が違う", 1),
        ("その他", "資格が違う", 2),
    ]


def test_claims_that_may_answer_an_open_return_say_what_agrees():
    table = frame(
        "link_candidates",
        worklist="return_id | chart_number | processing_month\n1 | 00042 | 2026-06\n2 | 00043 | 2026-07",
        link_candidates="""
            return_id | claim_month | same_insurer | same_points | same_days | why
            1         | 2026-09     | true         | false       | true      | several_claims
            1         | 2026-10     | true         | true        | true      | several_claims
            2         | 2026-10     | false        | false       | -         | too_weak
            3         | 2026-10     | true         | true        | true      | other
        """,
    )
    assert table.select("chart_number", "received_month", "candidate_month", "same", "link_why").rows() == [
        ("00042", date(2026, 7, 1), date(2026, 10, 1), "保険者・点数・実日数", "several_claims"),
        ("00043", date(2026, 8, 1), date(2026, 10, 1), "患者と診療月だけ", "too_weak"),
        ("00042", date(2026, 7, 1), date(2026, 9, 1), "保険者・実日数", "several_claims"),
    ]


def test_the_largest_sums_are_named_above_a_longer_list():
    rows = "chart_number | points\nA | 5\nB | 900\nC | -\nD | 20"
    html = page(rows)
    line = html[: html.index("<table")]
    assert re.findall(r"カルテ (\w)（(¥[\d,]+)", line) == [("B", "¥9,000"), ("D", "¥200"), ("A", "¥50")]
    assert "金額の大きいもの" not in page("chart_number\nA\nB\nC")


def test_the_download_counts_only_without_the_file_and_far_rights_to_claim_do_not():
    table = frame(
        "deadlines",
        worklist="""
            is_downloaded | download_deadline | claim_right_expires | points
            false         | 2026-10-30        | 2031-07-31          | 1
            false         | 2026-10-31        | 2031-07-31          | 2
            true          | 2026-10-31        | 2027-10-31          | 4
            true          | -                 | 2027-11-01          | 8
        """,
    )
    assert table.select("kind", "month", "passed", "returns", "points").rows() == [
        ("download", date(2026, 10, 1), True, 1, 1),
        ("download", date(2026, 10, 1), False, 1, 2),
        ("claim_right", date(2027, 10, 1), False, 1, 4),
    ]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("urgency|is_downloaded|download_days_left\noverdue|false|-3", ["期限切れ", "ダウンロード 2026-12-31 3日過ぎ"]),
        ("urgency|is_downloaded|download_days_left\nsoon|false|0", ["7日以内", "ダウンロード 2026-12-31 本日まで"]),
        ("is_downloaded|download_days_left\nfalse|61", ["2026-12-31 あと61日"]),
        ("download_days_left\n61", ["ダウンロード 取込済", "請求権 2031-08-31 あと1,765日"]),
        ("medium|download_deadline\npaper|-", ["ダウンロード 紙（なし）"]),
        ("claim_right_expires|claim_right_days_left|points|insurer_number\n-|-|-|-", ["—点", "請求権 —"]),
        ("owner|task_status|decision|note\n佐藤|確認中|-|<b>", ["担当 佐藤", "状態 確認中", "メモ &lt;b&gt;"]),
        ("conflicts\n2", ["食い違い 2件"]),
    ],
)  # fmt: skip
def test_a_row_says_in_words_how_urgent_it_is(row, says):
    seen = re.sub(r"<[^>]+>", "", page(row))
    assert [text for text in says if text not in seen] == []


def test_a_long_reason_is_cut_and_a_file_in_hand_shows_no_download_day():
    html = page(f"reason_text\n{'長' * 1000}")
    assert "長" * 140 + "…" in html and "長" * 141 not in html
    assert "2026-12-31" not in html


@pytest.mark.parametrize(("count", "more"), [(SHOWN, None), (SHOWN + 812, "残りの812件（全1,012件）")])
def test_a_long_list_says_where_the_rest_is(count, more):
    html = page("payer\n" + "\n".join(["shaho"] * count))
    assert html.count('<tr class="due-none">') == SHOWN
    assert ("henrei worklist" in html) == (more is not None)
    assert more is None or more in html


def test_what_was_written_about_one_receipt_stays_on_the_page():
    table = frame("worklist", worklist="note | chart_number\n電話した | 00042")
    (row,) = plain_rows(table)
    assert not {"note", "chart_number", "return_id"} & row.keys()
    assert "reason_category" in row


WORK = st.fixed_dictionaries(
    {
        "processing_month": st.sampled_from([date(2026, 5, 1), date(2026, 9, 1)]),
        "points": st.none() | st.integers(0, 999),
        "is_downloaded": st.booleans(),
        "download_deadline": st.sampled_from(
            [None, date(2026, 10, 30), date(2026, 10, 31), date(2026, 12, 31)]
        ),
        "claim_right_expires": st.sampled_from(
            [None, date(2026, 11, 4), date(2026, 11, 5), date(2031, 8, 31)]
        ),
        "decision": st.sampled_from([None, "再請求する", "断念", "取下げ", "原因部署へ差戻し"]),
        "task_status": st.sampled_from([None, "提出待ち", "確認中"]),
        "owner": st.sampled_from([None, "佐藤", "鈴木"]),
        "urgency": st.sampled_from(["overdue", "soon", "none"]),
    }
)


@settings(max_examples=25, deadline=None)
@given(st.lists(WORK, max_size=12))
def test_every_return_is_told_once(rows):
    """Against the same rules in Python: in the claim window, without its file, too late, given up; and by owner."""
    con = mart(worklist=rows)
    window = compute(con, SEPTEMBER, "reclaim_window").data.row(0, named=True)
    kept = [row for row in rows if row["decision"] not in ("断念", "取下げ")]
    here = [row for row in kept if row["is_downloaded"]]
    unsendable = [
        row for row in kept if not row["is_downloaded"] and row["download_deadline"] == date(2026, 10, 30)
    ]
    late = [row for row in kept if row not in unsendable and row["claim_right_expires"] == date(2026, 11, 4)]
    sent = [row for row in here if row not in late]
    away = [row for row in kept if not row["is_downloaded"] and row not in late]
    assert window["returns"] == window["returns_month"] + window["returns_older"] == len(sent)
    assert (
        window["yen"] == window["yen_month"] + window["yen_older"] == 10 * sum(r["points"] or 0 for r in sent)
    )
    assert window["too_late"] == len(late)
    assert window["to_download"] + window["download_passed"] == len(away)
    assert window["download_passed"] == len(unsendable)
    cash = compute(con, SEPTEMBER, "cash_expected").data
    for state, count in (
        ("next_window", window["returns"]),
        ("to_download", window["to_download"]),
        ("no_file", window["download_passed"]),
        ("too_late", window["too_late"]),
    ):
        assert cash.filter(cash_state=state)["returns"].sum() == count
    assert cash.filter(cash_state="next_window")["yen"].sum() == window["yen"]
    assert window["ready"] == sum(row["task_status"] == "提出待ち" for row in sent)
    owners = compute(con, SEPTEMBER, "worklist_by_owner").data
    assert owners["returns"].sum() == len(rows)
    for row in owners.iter_rows(named=True):
        assert row["overdue"] + row["soon"] + row["later"] == row["returns"]
