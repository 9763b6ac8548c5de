"""What was cut: 増減点連絡書, adjustments after payment and pharmacy cuts become rows of mart.adjustments."""

from __future__ import annotations

import pytest

from loaded import Loaded
from notice_files import fmei, sast, shst, ttkr, zogn

CUTS = "mart.adjustments"


@pytest.mark.files(
    zogn("""
        行 | レセプト番号 | 受付番号      | 保険者番号 | 区分 | 氏名      | カルテ | 箇所１ | 法別 | 増減 | 事由 | 請求内容              | 補正・査定後内容
        3  | 000002      | 0809-70000200 | 06139999  | 家外 | 架空　二子 | 00102 | 60    | 06  | -30 | D   | 検査Ａ　３０×１　５日 | 検査Ａ　０×１
        5  |             |               |           |      |           |       |       | 06  | -30 |     |                      |
    """)
)
def test_a_cut(loaded: Loaded) -> None:
    facts = (
        "payer, stage, medium, processing_month, service_month, setting, insurer_number, law_number, section, reason_letters, "
        "points_delta, yen_delta, before, after, item, receipt_number, reception_number, chart_number, source"
    )
    assert loaded.rows(CUTS, facts) == [
        (
            *("shaho", "first_review", "online", "2026-09", "2026-08", "outpatient", "06139999", "06"),
            *("60", "D", -30, None, "検査Ａ　３０×１　５日", "検査Ａ　０×１", "検査Ａ"),
            *(2, "0809-70000200", "00102", "zogn"),
        )
    ]


@pytest.mark.files(
    zogn("""
        行 | 診療年月 | 受付番号      | カルテ | 箇所１ | 法別 | 増減 | 事由
        3  |         | 0809-70000100 | 1     | 60    | 06  | -1  | D
        3  | 50802   | 0809-70000200 | 2     | 60    | 06  | -2  | D
        3  |         | 0809-70000300 | 3     | 60    | 06  | -3  | D
        3  | 50803   | 0809-70000400 | 4     | 60    | 06  | -4  | D
        4  |         |               |       |       | 06  | -5  |
        3  |         | 0809-70000500 | 5     | 60    | 06  | -6  | D
    """)
)
def test_a_blank_month_is_the_headers_never_that_of_the_receipt_above(loaded: Loaded) -> None:
    assert loaded.rows(CUTS, "chart_number, service_month, points_delta") == [
        ("1", "2026-08", -1),
        ("2", "2026-02", -2),
        ("3", "2026-08", -3),
        ("4", "2026-03", -9),
        ("5", "2026-08", -6),
    ]


@pytest.mark.files(
    zogn("""
        行 | 受付番号      | 保険者番号 | 第一公費 | 氏名      | カルテ | 箇所１ | 箇所２ | 法別 | 増減 | 事由 | 請求内容 | 補正・査定後内容
        3  | 0809-70000400 | 06139999  | 80139999 | 試験　四子 | 104   | 21    |       | 06  | -20 |     | 薬剤Ｂ　１錠 | 薬剤Ｂ　１錠
        4  |               |           |          |           |       |       |       | 80  | -20 | B   | 薬剤Ｃ　２錠 | 薬剤Ｃ　１錠
        5  |               |           |          |           |       |       | 合計  | 06  | -20 |     | ６４０ | ６２０
        5  |               |           |          |           |       |       | 合計  | 80  | -20 |     | ６４０ | ６２０
    """)
)
def test_a_cut_repeated_for_each_payer_of_the_receipt_counts_once(loaded: Loaded) -> None:
    """Its letter stands on the line of the other payer, and belongs to it all the same."""
    assert loaded.rows(CUTS, "points_delta, reason_letters, law_number, section") == [(-20, "B", "06", "21")]


@pytest.mark.files(
    zogn("""
        行 | 受付番号      | カルテ | 箇所１ | 法別 | 増減   | 事由 | 請求内容                   | 補正・査定後内容
        3  | 0809-70000100 | 1     | 60    | 00  | -150  | FK  | 検査Ｄ　１５０×１          | 検査Ｄ　０
        3  |               |       |       | 00  | -\\450 |     | 一部負担金額（医保）　￥６３００ | 一部負担金額（医保）　￥５８５０
        3  | 0809-70000200 | 2     | 97    | 06  | -\\1920 | A  | 食事　３食                 | 食事　０食
        3  | 0809-70000300 | 3     |       |     |       |     | 公費給付対象               |
    """)
)
def test_yen_are_not_points_and_a_changed_copayment_is_no_cut(loaded: Loaded) -> None:
    assert loaded.rows(CUTS, "chart_number, points_delta, yen_delta, reason_letters") == [
        ("1", -150, None, "FK"),
        ("2", None, -1920, "A"),
    ]


@pytest.mark.files(
    zogn("""
        行 | 受付番号      | カルテ | 箇所１ | 法別 | 増減 | 事由 | 請求内容
        3  | 0809-70000100 | 1     | 60    | 06  | -30 |     | 検査Ａ
        4  |               |       |       | 06  |     | B   | 検査Ｂ
        4  |               |       |       | 06  | -5  | D   | 検査Ｃ
        3  |               |       | 21    | 06  | -7  | D   | 薬剤Ｄ
        3  |               |       |       | 06  | -9  | A   | 薬剤Ｅ
        3  | 0809-70000200 | 2     |       | 06  | -11 | C   | 処置Ｆ
    """)
)
def test_letters_are_those_of_the_whole_group_and_a_place_is_repeated_within_one_receipt_only(
    loaded: Loaded,
) -> None:
    """A 箇所 left out is that of the group above, but the next receipt does not inherit it."""
    assert loaded.rows(CUTS, "chart_number, section, reason_letters, points_delta") == [
        ("1", "21", "A", -9),
        ("1", "21", "D", -7),
        ("1", "60", "BD", -35),
        ("2", None, "C", -11),
    ]


@pytest.mark.files(
    zogn("""
        行 | レセプト番号 | 受付番号      | 明細種別   | カルテ | 箇所１ | 箇所２ | 法別 | 増減   | 事由
        3  | 1           | 0809-00000102 | （ＤＰＣ） | 1     | 92    |       | 06  | -300  | A
        5  |             |               |            |       |       | 小計  | 06  | -300  |
        3  | 1           | 0809-00000103 | （医科）   | 1     | 60    |       | 06  | -70   | B
        5  |             |               |            |       |       | 小計  | 06  | -70   |
        5  | 1           | 0809-00000101 | （総括）   | 1     |       | 合計  | 06  | -370  |
        5  |             |               |            |       |       | 食事  | 06  | -\\900 |
        6  |             |               |            |       |       | 集計  | 06  | -370  |
    """),
)
def test_totals_are_a_control_not_a_cut(loaded: Loaded) -> None:
    assert loaded.rows(CUTS, "section, points_delta") == [("60", -70), ("92", -300)]
    assert loaded.rows("mart.files", "control_points, actual_points, balanced") == [(-370, -370, True)]


@pytest.mark.files(
    zogn("""
        行 | 受付番号      | カルテ | 箇所１ | 箇所２ | 法別 | 増減 | 事由
        3  | 0809-70000100 | 1     | 60    |       | 06  | -30 | D
        5  |               |       |       | 合計  | 06  | -40 |
    """),
)
def test_a_total_that_its_lines_do_not_reach_is_told(loaded: Loaded) -> None:
    assert loaded.values("mart.files", "balanced") == [False]
    assert loaded.rows("mart.attention", "severity", "what = 'totals_differ'") == [("red",)]


@pytest.mark.files(
    zogn("""
        行 | 受付番号      | カルテ | 箇所１ | 法別 | 増減   | 事由
        3  | 0809-70000100 | 1     | 12    | 39  | +12   | G
        3  | 0809-70000200 | 2     | 12    | 39  | [-50] | A
        3  | 0809-70000300 | 3     | 12    | 39  | -50   | A
        4  |               |       |       | 39  | [-50] |
    """)
)
def test_an_increase_keeps_its_sign_and_a_repeat_in_brackets_is_not_added(loaded: Loaded) -> None:
    assert loaded.rows(CUTS, "chart_number, points_delta") == [("1", 12), ("2", None), ("3", -50)]


ONE = "行|受付番号|カルテ|箇所１|法別|増減|事由\n3|0809-70000100|1|60|06|-30|D"
TWO = f"{ONE}\n3|0809-70000200|2|60|06|-40|D"


@pytest.mark.files(zogn(ONE), zogn(ONE).called("copy.csv"), zogn(TWO).later())
def test_the_same_month_downloaded_again_counts_once_in_its_newest_version(loaded: Loaded) -> None:
    assert loaded.values(CUTS, "points_delta") == [-40, -30]
    assert loaded.values("mart.files", "status") == ["duplicate", "loaded", "superseded"]
    assert loaded.rows(
        "mart.coverage", "state, files, receipts", "kind = 'zogn' AND month = '2026-09-01'"
    ) == [("loaded", 2, 3)]


@pytest.mark.files(
    zogn(TWO),
    zogn(ONE.replace("-30", "-31")).later(),
)
def test_a_receipt_in_a_newer_version_replaces_the_older_one_and_the_others_stay(loaded: Loaded) -> None:
    assert loaded.rows(CUTS, "chart_number, points_delta") == [("1", -31), ("2", -40)]


PAPER = "行|保険者番号|区分|氏名|箇所１|法別|増減|事由\n3|06139999|本外|架空　一郎|60|06|{}|D"


@pytest.mark.files(
    zogn(ONE, system="RI"),
    zogn(ONE.replace("100|1|", "900|9|"), system="RD"),
    zogn(PAPER.format("-50"), system="MI"),
    zogn(PAPER.format("-60").replace("一郎", "二子"), system="MD"),
    zogn(ONE, payer="2"),
)
def test_the_notices_of_a_month_add_up(loaded: Loaded) -> None:
    """医科 and DPC, online and paper, of both payers."""
    assert loaded.rows(CUTS, "payer, medium, points_delta, chart_number") == [
        ("kokuho", "online", -30, "1"),
        ("shaho", "online", -30, "1"),
        ("shaho", "online", -30, "9"),
        ("shaho", "paper", -60, None),
        ("shaho", "paper", -50, None),
    ]


@pytest.mark.files(
    zogn(ONE, department="01").called("a.csv"),
    fmei("年月 | 処理区分 | 受付番号 | 保険者番号\n50808 | 1 | 0809-70000900 | 06139999"),
)
def test_a_renamed_notice_of_one_department_is_known_by_its_content(loaded: Loaded) -> None:
    assert loaded.rows(CUTS, "processing_month, department, points_delta") == [("2026-09", "01", -30)]


# after payment


@pytest.mark.files(
    sast(
        """
        年月  | 整理番号 | 保険者 | レセプト区分 | 氏名    | 請求理由 | 件数 | 点数
        50711 | 101 | 06139999 | 2 | 架空　一郎 | 100018 | -1 | -400.00
        50710 | 102 | 06139999 | 6 | 架空　二郎 | 100060 | 0  | -120.00
        50710 | 103 | 06139999 | 2 | 架空　三郎 | 100052 | 0  | 250.00
        50710 | 104 | 06139999 | 2 | 架空　四郎 | 100001 | -1 | -300.00
        50710 | 105 | 06139999 | 2 | 架空　五郎 | 100060 | 0  | -80.00
        """,
        """
        年月  | 整理番号 | 保険者 | 診療項目 | 増減 | 事由 | 行為
        50710 | 102 | 06139999 | 60 | -100.00 | A | （例）検査Ｅ
        50710 | 102 | 06139999 | 21 | -20.00  | B | （例）薬剤Ｆ
        50710 | 102 | 06139999 | 98 | -20.00  |   | 一部負担金
        """,
    )
)
def test_a_cut_after_payment_is_told_line_by_line_or_as_a_whole(loaded: Loaded) -> None:
    """A claim taken back (件数 -1) or moved to another insurer is no cut."""
    facts = "stage, service_month, section, reason_letters, points_delta, source"
    assert loaded.rows(CUTS, facts, order="points_delta") == [
        ("re_examination", "2025-10", "60", "A", -100, "sast"),
        ("re_examination", "2025-10", None, None, -80, "sast"),
        ("re_examination", "2025-10", "21", "B", -20, "sast"),
        ("re_examination", "2025-10", None, None, 250, "sast"),
    ]


SAST_ONE = """
    年月  | 整理番号 | 保険者 | レセプト区分 | 氏名 | 請求理由 | 件数 | 点数
    50710 | 1 | 06139999 | 2 | 架空　一郎 | 100060 | 0 | -80
"""
SAST_TWO = f"{SAST_ONE}    50710 | 2 | 06139999 | 2 | 架空　一郎 | 100060 | 0 | -80"


@pytest.mark.files(sast(SAST_ONE), sast(SAST_TWO).later())
def test_an_adjustment_notice_downloaded_again_counts_once(loaded: Loaded) -> None:
    assert loaded.values(CUTS, "points_delta") == [-80, -80]


@pytest.mark.files(
    sast(
        """
        年月  | 整理番号 | 保険者 | レセプト区分 | 氏名    | 請求理由 | 件数 | 点数
        50710 | 7 | 06139999 | 4 | 架空　一郎 | 100060 | 0  | -120
        50710 | 7 | 80139999 | 4 | 架空　一郎 | 100060 | 0  | -120
        """
    )
)
def test_a_cut_after_payment_repeated_for_each_payer_counts_once(loaded: Loaded) -> None:
    assert loaded.rows(CUTS, "insurer_number, points_delta") == [("06139999", -120)]


# 突合点検

TTKR_ONE = """
    年月 | 受付番号      | レセプト番号 | 保険者番号 | 第一公費 | 区分 | 氏名      | カルテ | 法別 | 増減 | 事由 | 請求内容            | 補正・査定後内容
    50807 | 0808-60000100 | 1          | 06139999  | 80139999 | 本外 | 架空　一郎 | 101   | 06  | -30 | B   | 薬剤Ｆ　２錠 | 薬剤Ｆ　１錠
"""
PHARMACY = (
    "年月|整理番号|保険者|請求区分|レセプト区分|氏名|件数|点数\n50807|201|06139999|{}|2|架空　一郎|0|-30.00",
    "年月|整理番号|保険者|診療項目|増減|事由|行為\n50807|201|06139999|99|-30.00|B|薬剤Ｆ",
)


@pytest.mark.files(
    ttkr(TTKR_ONE),
    shst(PHARMACY[0].format(3), PHARMACY[1]),
    shst(PHARMACY[0].format(3), PHARMACY[1], kind="tttr"),
)
def test_a_pharmacy_cut_told_by_three_notices_is_one(loaded: Loaded) -> None:
    facts = "stage, service_month, points_delta, reason_letters, chart_number, item, source"
    assert loaded.rows(CUTS, facts) == [
        ("first_review", "2026-07", -30, "B", "101", "薬剤Ｆ", "ttkr"),
    ]


@pytest.mark.files(
    shst(PHARMACY[0].format(3), PHARMACY[1]), shst(PHARMACY[0].format(2), PHARMACY[1], kind="tskr")
)
def test_a_pharmacy_cut_of_a_re_examination_is_another_one(loaded: Loaded) -> None:
    assert loaded.rows(CUTS, "stage, points_delta, source") == [
        ("first_review", -30, "shst"),
        ("re_examination", -30, "tskr"),
    ]


@pytest.mark.files(ttkr(TTKR_ONE), zogn(ONE))
def test_a_pharmacy_cut_and_a_cut_of_the_clinic_are_two(loaded: Loaded) -> None:
    assert loaded.values(CUTS, "source") == ["ttkr", "zogn"]


@pytest.mark.files(
    ttkr("""
        行 | 年月 | 受付番号      | 保険者番号 | 第一公費 | 氏名      | カルテ | 法別 | 増減 | 事由
        3 | 50807 | 0808-60000100 | 06139999  | 80139999 | 架空　一郎 | 101   | 06  | -30 | B
        4 |       |               |           |          |           |       | 80  | -30 |
        4 |       |               |           |          |           |       | 06  | -7  | D
    """)
)
def test_a_pharmacy_cut_repeated_for_each_payer_counts_once(loaded: Loaded) -> None:
    assert loaded.rows(CUTS, "points_delta, reason_letters, chart_number") == [
        (-30, "B", "101"),
        (-7, "D", "101"),
    ]


TTKR_TWO = f"""{TTKR_ONE}
    50807 | 0808-60000200 | 2 | 06139999 | | 本外 | 架空　一郎 | 101 | 06 | -30 | B | 薬剤Ｆ　２錠 | 薬剤Ｆ　１錠
"""
WITHOUT_LINES = """
    年月  | 整理番号 | 保険者   | 請求区分 | レセプト区分 | 氏名      | 件数 | 点数
    50807 | 201     | 06139999 | 3       | 2          | 架空　一郎 | 0   | -60
    50807 | 202     | 06139999 | 3       | 2          | 架空　二子 | 0   | -10
"""


@pytest.mark.files(ttkr(TTKR_TWO), shst(WITHOUT_LINES), shst(WITHOUT_LINES, kind="tttr"))
def test_a_pharmacy_notice_without_lines_is_told_by_the_one_with_lines(loaded: Loaded) -> None:
    """What no other notice tells counts as a whole."""
    assert loaded.rows(CUTS, "points_delta, source") == [(-30, "ttkr"), (-30, "ttkr"), (-10, "shst")]


@pytest.mark.files(
    ttkr(TTKR_TWO),
    shst(
        """
        年月  | 整理番号 | 保険者   | 請求区分 | レセプト区分 | 氏名      | 件数 | 点数
        50807 | 201     | 06139999 | 3       | 2          | 架空　一郎 | 0   | -30
        50807 | 202     | 06139999 | 3       | 2          | 架空　一郎 | 0   | -30
        50807 | 203     | 06139999 | 3       | 2          | 架空　一郎 | 0   | -30
        """,
        """
        年月  | 整理番号 | 保険者   | 診療項目 | 増減 | 事由 | 行為
        50807 | 201     | 06139999 | 99     | -30 | B   | 薬剤Ｆ
        50807 | 202     | 06139999 | 99     | -30 | B   | 薬剤Ｆ
        50807 | 203     | 06139999 | 99     | -30 | B   | 薬剤Ｆ
        """,
    ),
)
def test_equal_pharmacy_cuts_are_paired_one_to_one(loaded: Loaded) -> None:
    assert loaded.values(CUTS, "source") == ["shst", "ttkr", "ttkr"]
