"""Receipts the payer moved, split, billed as written or completed: in mart.rerouted, never among the returns."""

from __future__ import annotations

import pytest

from loaded import Loaded
from notice_files import Rerouted, edbn, hen, sast, skkg
from record_files import Receipt, Returned

REROUTED = "mart.rerouted"
MOVED = Rerouted(
    "振替",
    [
        ("審査支払機関：社保", "1", "審査支払機関：国保"),
        ("保険者番号：06139999", "", "保険者番号：139999"),
        ("記号：あ１２", "", "記号：国１３"),
        ("合計点数：1250", "", "合計点数：1250"),
        ("資格喪失日：2026/08/01", "", "資格取得日：2026/08/01"),
    ],
)


@pytest.mark.files(skkg([MOVED]))
def test_a_receipt_moved_to_another_payer(loaded: Loaded) -> None:
    facts = (
        "payer, stage, processing_month, service_month, outcome, insurer_number, new_payer, new_insurer_number, parts, "
        "points, chart_number, source"
    )
    assert loaded.rows(REROUTED, facts) == [
        (
            "shaho",
            "first_review",
            "2026-09",
            "2026-08",
            "transferred",
            "06139999",
            "kokuho",
            "139999",
            1,
            1250,
        )
        + ("00001", "skkg"),
    ]
    assert loaded.rows("mart.returns") == []


@pytest.mark.files(
    skkg([Rerouted("振替", [("保険者番号：06139999", "1", "保険者番号：06139998")])], payer="2")
)
def test_without_another_payer_it_stays_with_the_same_one(loaded: Loaded) -> None:
    assert loaded.rows(REROUTED, "payer, new_payer, new_insurer_number") == [("kokuho", "kokuho", "06139998")]


@pytest.mark.files(
    skkg(
        [
            Rerouted(
                "分割",
                [
                    ("保険者番号：06139999", "1", "保険者番号：06139999"),
                    ("合計点数：900", "", "合計点数：300"),
                    ("", "2", "審査支払機関：国保"),
                    ("", "", "保険者番号：139999"),
                    ("", "", "合計点数：600"),
                ],
            )
        ]
    )
)
def test_a_receipt_split_between_two_insurers(loaded: Loaded) -> None:
    facts = "outcome, insurer_number, new_payer, new_insurer_number, parts, points"
    assert loaded.rows(REROUTED, facts) == [("split", "06139999", "kokuho", "139999", 2, 900)]


@pytest.mark.files(
    skkg(
        [
            Rerouted(
                "レセプト記載の保険者への請求",
                [("保険者番号：06139999", "1", "変更後の資格が未登録"), ("資格喪失日：2026/08/28", "", "")],
            ),
            Rerouted("枝番特定", [("枝番：", "1", "枝番：01")], chart="00002", name="架空　二子"),
        ]
    ),
)
def test_an_outcome_cut_over_two_lines_is_one_word(loaded: Loaded) -> None:
    """Billed as written, and completed with a 枝番: no new payer or insurer."""
    assert loaded.rows(REROUTED, "outcome, new_payer, new_insurer_number, chart_number") == [
        ("as_claimed", None, None, "00001"),
        ("branch_number", None, None, "00002"),
    ]


@pytest.mark.files(
    skkg(
        [Rerouted("枝番特定", [("枝番：", "1", "枝番：01"), ("検索番号：13101202608000000101", "", "")])],
        kind="skks",
    )
)
def test_after_re_examination_the_month_of_the_title_is_that_of_the_processing(loaded: Loaded) -> None:
    assert loaded.rows(REROUTED, "stage, processing_month, outcome, search_number") == [
        ("re_examination", "2026-09", "branch_number", "13101202608000000101")
    ]


@pytest.mark.files(
    edbn(
        "年月 | レセプト種別 | カルテ | 氏名 | 保険者番号 | 枝番\n202608 | 1112 | 00001 | 架空　一郎 | 06139999 | 00"
    )
)
def test_a_branch_number_found(loaded: Loaded) -> None:
    facts = "outcome, processing_month, service_month, insurer_number, chart_number, source"
    assert loaded.rows(REROUTED, facts) == [
        ("branch_number", "2026-09", "2026-08", "06139999", "00001", "edbn")
    ]


@pytest.mark.files(
    sast("""
        年月  | 整理番号 | 保険者   | レセプト区分 | 氏名      | 請求理由 | 件数 | 点数
        50710 | 1       | 06139999 | 2          | 架空　一郎 | 100001  | -1  | -300
        50710 | 2       | 06139999 | 2          | 架空　二子 | 100003  | 0   | 0
        50710 | 3       | 06139999 | 2          | 架空　三郎 | 100018  | -1  | -400
    """)
)
def test_reasons_that_only_move_a_claim_are_no_returns(loaded: Loaded) -> None:
    assert loaded.rows(REROUTED, "stage, outcome, points, source") == [
        ("re_examination", "branch_number", 0, "sast"),
        ("re_examination", "transferred", 300, "sast"),
    ]
    assert loaded.values("mart.reported_returns", "points") == [400]
    assert loaded.values("mart.adjustments", "points_delta") == []


@pytest.mark.files(skkg([MOVED]), skkg([MOVED, Rerouted(**(vars(MOVED) | {"chart": "9"}))]).later())
def test_a_notice_downloaded_again_is_the_same_receipts(loaded: Loaded) -> None:
    assert loaded.values(REROUTED, "chart_number") == ["00001", "9"]


@pytest.mark.files(skkg([MOVED]), hen([Returned(Receipt(points=1250, search="13101202608000000101"))]))
def test_a_moved_receipt_and_a_return_of_the_same_patient_are_two_facts(loaded: Loaded) -> None:
    assert loaded.values(REROUTED, "outcome") == ["transferred"]
    assert loaded.values("mart.returns", "sources") == [["hen"]]


@pytest.mark.files(skkg([Rerouted("新しい区分", [("保険者番号：06139999", "1", "保険者番号：06139998")])]))
def test_an_outcome_nobody_knows_is_kept_as_other(loaded: Loaded) -> None:
    assert loaded.values("mart.rerouted", "outcome") == ["other"]
