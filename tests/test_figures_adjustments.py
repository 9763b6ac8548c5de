"""60 adjustments: cuts apart from returns, nothing netted, every breakdown adds up to one total."""

from datetime import date

import pytest

from henrei_analytics import headline
from henrei_analytics.figures import Scope, compute
from mart_tables import INSTITUTION, mart, shifted

SEPTEMBER = Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31))


def frame(name, scope=SEPTEMBER, **tables):
    return compute(mart(**tables), scope, name).data


def month(scope=SEPTEMBER, **tables):
    """Payer → row of adjustments_headline."""
    return {row["payer"]: row for row in frame("adjustments_headline", scope, **tables).to_dicts()}


def test_cut_raised_and_restored_stand_apart():
    rows = month(
        adjustments="""
            payer  | stage          | points_delta | yen_delta | receipt_number
            shaho  | first_review   | -300         | -         | 000001
            shaho  | first_review   | -200         | -         | 000001
            shaho  | first_review   | -            | -640      | 000002
            shaho  | first_review   | 50           | -         | 000003
            shaho  | re_examination | -100         | -         | 000004
            shaho  | re_examination | 400          | -         | 000005
            kokuho | first_review   | -7           | -         | 000001
        """,
    )
    shaho, total = rows["shaho"], rows["all"]
    assert (shaho["cuts"], shaho["receipts"], shaho["cut_points"], shaho["cut_yen"]) == (4, 3, 600, 6640)
    assert (shaho["raises"], shaho["raised_points"]) == (1, 50)
    assert (shaho["restorations"], shaho["restored_points"], shaho["net_points"]) == (1, 400, -150)
    assert (total["cuts"], total["receipts"], total["cut_points"]) == (5, 4, 607)


def test_cuts_of_one_receipt_are_one_receipt_whatever_numbers_the_notice_carries():
    rows = month(
        adjustments="""
            source | receipt_key | receipt_number | chart_number
            sast   | a-1         | -              | -
            sast   | a-1         | -              | -
            sast   | a-2         | -              | -
            zogn   | b-1         | 1              | 00001
            zogn   | b-2         | 1              | 00001
        """,
    )
    assert (rows["shaho"]["cuts"], rows["shaho"]["receipts"]) == (5, 4)


def test_the_cut_rate_is_of_the_first_review_over_the_points_claimed_in_the_month():
    rows = month(
        adjustments="""
            payer  | stage          | points_delta
            shaho  | first_review   | -300
            shaho  | re_examination | -100
            kokuho | first_review   | -100
        """,
        claim_volume="""
            payer  | setting    | points
            shaho  | outpatient | 60000
            shaho  | inpatient  | 40000
            kokuho | outpatient | 100000
        """,
    )
    assert [rows[payer]["cut_rate"] for payer in ("shaho", "kokuho", "all")] == [0.003, 0.001, 0.002]


@pytest.mark.parametrize(
    "volume",
    [
        "payer | points\nkokuho | 1000",
        "payer | points\nshaho | 0",
        "payer | setting | points\nshaho | inpatient | 9000\nshaho | outpatient | -",
        "payer | points\nshaho | 50",
    ],
)
def test_no_rate_without_a_whole_denominator(volume):
    rows = month(adjustments="points_delta\n-100", claim_volume=volume)
    assert (rows["shaho"]["cut_rate"], rows["all"]["cut_rate"]) == (None, None)


def test_a_month_nobody_knows_is_not_a_month_without_cuts():
    rows = month(
        adjustments="processing_month\n2026-08",
        claim_volume="points\n1000",
        coverage="payer | kind | state\nkokuho | zogn | empty\nshaho | zogn | missing",
    )
    assert (rows["shaho"]["cut_points"], rows["shaho"]["cut_rate"]) == (None, None)
    assert (rows["kokuho"]["cut_points"], rows["all"]["cut_points"], rows["all"]["cut_rate"]) == (0, 0, None)


def test_notices_of_a_month_arrive_in_the_next():
    scope = Scope(INSTITUTION, date(2026, 9, 1), date(2026, 9, 30))
    assert month(scope, adjustments="processing_month\n2026-09")["shaho"]["cuts"] is None


def test_compared_with_last_month_and_the_mean_of_months_with_the_same_payers():
    rows = month(
        adjustments="""
            payer  | processing_month | points_delta
            shaho  | 2025-08          | -9999
            shaho  | 2025-09          | -100
            shaho  | 2026-07          | -200
            kokuho | 2026-07          | -50
            shaho  | 2026-08          | -300
            shaho  | 2026-09          | -500
            kokuho | 2026-09          | -50
        """,
    )
    shaho, total = rows["shaho"], rows["all"]
    assert (shaho["cut_points_change"], shaho["cut_points_mean"], shaho["months_known"]) == (200, 200, 3)
    assert (rows["kokuho"]["cut_points_change"], rows["kokuho"]["cut_points_mean"]) == (None, None)
    # Both payers are known in July only: August's total is not comparable.
    assert (total["cut_points_change"], total["cut_points_mean"], total["months_known"]) == (None, None, 1)


def test_trend_leaves_unknown_months_empty():
    table = frame(
        "adjustments_trend",
        Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31), months_back=3),
        adjustments="processing_month | points_delta\n2026-07 | -10\n2026-09 | -30",
    )
    shaho = table.filter(payer="shaho").select("month", "cut_points").rows()
    assert shaho == [(date(2026, 7, 1), 10), (date(2026, 8, 1), None), (date(2026, 9, 1), 30)]


def test_letters_are_named_within_each_payer():
    table = frame(
        "adjustments_by_letter",
        adjustments="""
            payer  | reason_letters | points_delta | processing_month
            shaho  | A              | -300         | 2026-09
            shaho  | FK             | -60          | 2026-08
            shaho  | -              | -40          | 2026-09
            kokuho | A              | -10          | 2026-09
            kokuho | Z              | -5           | 2026-09
        """,
    )
    assert table.select("payer", "letters", "label_ja", "class_ja", "cut_points", "share").rows() == [
        ("shaho", "A", "適応外", "診療内容", 300, 0.75),
        ("shaho", "FK", "固定点数の誤り・その他", "事務", 60, 0.15),
        ("shaho", "不明", "記号なし", "不明", 40, 0.1),
        ("kokuho", "A", "療養担当規則", "診療内容", 10, 10 / 15),
        ("kokuho", "Z", "Z", "不明", 5, 5 / 15),
    ]
    assert table["cuts_month"].to_list() == [1, 0, 1, 1, 1]


def test_unknown_sections_and_departments_are_rows_of_their_own():
    adjustments = "section | department | points_delta\n60 | 01 | -5\n- | - | -9\n77 | 33 | -1\n60 | 01 | 50"
    sections = frame("adjustments_by_section", adjustments=adjustments)
    assert sections.select("section", "label_ja", "cut_points").rows() == [
        ("不明", "不明", 9), ("60", "検査", 5), ("77", "77", 1),
    ]  # fmt: skip
    departments = frame("adjustments_by_department", adjustments=adjustments)
    assert departments.select("label_ja", "cuts").rows() == [("不明", 1), ("内科", 1), ("33", 1)]


@pytest.mark.parametrize(
    ("name", "column", "shown"),
    [("adjustments_by_insurer", "insurer_number", 15), ("adjustments_items", "item", 20)],
)
def test_long_breakdowns_keep_the_total_with_a_row_for_all_others(name, column, shown):
    table = frame(name, adjustments=[{column: f"{n:08}", "points_delta": -n} for n in range(1, 26)])
    assert table.height == shown + 1
    assert table["cut_points"].sum() == 25 * 26 / 2
    assert table.row(0, named=True)[column] == "00000025"
    last = table.row(-1, named=True)
    assert (last[column], last["cuts"], last["payer"]) == ("その他", 25 - shown, None)


def test_setting():
    table = frame(
        "adjustments_by_setting",
        adjustments="payer|setting|points_delta\nshaho|inpatient|-30\nshaho|-|-10\nkokuho|outpatient|-60",
    )
    assert table.select("payer", "setting", "cut_points", "share").rows() == [
        ("shaho", "inpatient", 30, 0.3), ("shaho", "unknown", 10, 0.1), ("kokuho", "outpatient", 60, 0.6),
    ]  # fmt: skip


def test_restored_counts_only_what_the_institution_asked_for_and_what_was_decided():
    table = frame(
        "adjustments_restored",
        adjustments="stage | points_delta\nfirst_review | -900\nre_examination | 300",
        re_examinations="""
            requester   | result    | processing_month
            institution | restored  | 2026-09
            institution | upheld    | 2026-09
            institution | upheld    | 2026-08
            institution | cut       | 2026-08
            institution | withdrawn | 2026-08
            insurer     | restored  | 2026-08
            institution | restored  | 2026-10
        """,
    )
    shaho = table.row(0, named=True)
    assert (shaho["requests"], shaho["decided"], shaho["upheld"], shaho["restored"]) == (5, 4, 2, 1)
    assert (shaho["restored_rate"], shaho["restored_points"], shaho["cut_points"]) == (0.25, 300, 900)
    assert shaho["low"] < 0.05 and shaho["high"] > 0.69  # few requests: the interval says so
    assert table.row(1, named=True)["restored_rate"] is None


def test_kinds_never_loaded_are_named():
    con = mart(files="kind | status\nhen | loaded\nzogn | rejected")
    assert "zogn" in compute(con, SEPTEMBER, "adjustments_headline").not_loaded
    con = mart(files="kind | status\nsast | superseded")
    assert compute(con, SEPTEMBER, "adjustments_headline").not_loaded == ()
    assert compute(con, SEPTEMBER, "by_insurer").not_loaded == ()


def test_tiles():
    rows = list(
        month(
            adjustments=[
                {"processing_month": shifted(date(2026, 9, 1), -back), "points_delta": -100 * (back + 1)}
                for back in range(4)
            ],
            claim_volume="points\n100000",
        ).values()
    )
    cut, rate, gained, net = headline.adjustment_tiles(rows)
    assert (cut.value, cut.unit, cut.lines[-1]) == ("100", "点", "前月 −100 ▼　12か月平均 300")
    assert (rate.value, rate.unit, rate.lines[0]) == ("0.10", "%", "社保 0.10 %　国保 —")
    assert (gained.value, net.value) == ("0", "−100")
    (nothing,) = headline.adjustment_tiles(list(month().values()))
    assert nothing.value == "—"
