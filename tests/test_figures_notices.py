"""What payment notices and checks tell beside the returns: paid, moved, warned about, not fetched."""

from datetime import date

import pytest

from henrei_analytics.figures import Scope, compute
from henrei_analytics.figures.notices import moved
from mart_tables import INSTITUTION, mart

SEPTEMBER = Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31))
ALL_KINDS = "kind\nzogn\nfmei\nskkg\nhasp"


def frame(name, scope=SEPTEMBER, **tables):
    return compute(mart(**tables), scope, name).data


def notices(**tables):
    """Topic → sentence of the monthly brief."""
    return dict(frame("brief_notices", **tables).select("topic", "sentence").rows())


def test_paid_comes_from_the_best_source_of_each_month():
    table = frame(
        "payments_by_month",
        payment_totals="""
            processing_month | source | paid_yen | paid_on    | institution
            2026-08          | fggk   | 800      | -          | 1319912345
            2026-08          | tgft   | 790      | 2026-09-21 | 1319912345
            2026-08          | tgft   | 10       | 2026-09-21 | 1319912345
            2026-09          | fggk   | 900      | -          | 1319912345
            2026-09          | tgft   | 5        | -          | 9999999999
            2026-10          | fggk   | 1        | -          | 1319912345
        """,
        payments="processing_month|outcome|claimed_points\n2026-07|paid|10\n2026-07|returned|99\n2026-09|paid|1",
    )
    assert table.select("month", "source", "claims", "paid_yen", "paid_on").rows() == [
        (date(2026, 7, 1), "fmei", 1, 70, None),
        (date(2026, 8, 1), "tgft", None, 800, date(2026, 9, 21)),
        (date(2026, 9, 1), "fggk", None, 900, None),
    ]


def test_moved_receipts_stand_beside_the_returns_they_are_not():
    table = frame(
        "rerouted_by_month",
        returns="processing_month | category\n2026-08 | 資格関係\n2026-09 | 重複",
        rerouted="""
            processing_month | outcome     | points
            2026-09          | transferred | 10
            2026-09          | transferred | -
            2026-09          | split       | 5
            2026-10          | split       | 5
        """,
    )
    assert table.select("month", "outcome", "receipts", "points").rows() == [
        (date(2026, 8, 1), "returned", 1, 100),
        (date(2026, 8, 1), "transferred", 0, 0),
        (date(2026, 8, 1), "split", 0, 0),
        (date(2026, 9, 1), "returned", 0, 0),
        (date(2026, 9, 1), "transferred", 2, 10),
        (date(2026, 9, 1), "split", 1, 5),
    ]


def test_the_sources_of_the_denominator():
    table = frame(
        "volume_sources",
        claim_volume="""
            claim_month | payer  | source | first_claims
            2026-07     | shaho  | fmei   | 10
            2026-08     | shaho  | uke    | 20
            2026-09     | shaho  | uke    | 30
            2026-09     | kokuho | manual | 7
        """,
    )
    assert table.select("payer", "source", "months", "claims", "last_month").rows() == [
        ("shaho", "uke", 2, 50, date(2026, 9, 1)),
        ("shaho", "fmei", 1, 10, date(2026, 7, 1)),
        ("kokuho", "manual", 1, 7, date(2026, 9, 1)),
    ]


WARNED = {
    "returns": "return_id | processing_month\n1 | 2026-09\n2 | 2026-09\n3 | 2026-08\n4 | 2026-09",
    "pre_checks": """
        return_id | code
        1         | L3201
        1         | L3201
        1         | L1105
        2         | L1105
        3         | L1105
        -         | L9999
    """,
}


def test_warned_returns_count_once_a_code_and_once_in_the_share():
    table = frame("warned_returns", **WARNED)
    assert table.select("code", "returns", "returns_month").rows() == [("L1105", 3, 2), ("L3201", 1, 1)]
    shares = frame("warned_share", **WARNED)
    assert shares.select("period", "numerator", "denominator").rows() == [("month", 2, 3), ("window", 3, 4)]


def test_reported_but_not_downloaded():
    table = frame(
        "reported_not_downloaded",
        reported_returns="""
            processing_month | payer | return_id | points
            2026-06          | shaho | -         | 1
            2026-08          | shaho | -         | 2
            2026-09          | shaho | -         | 4
            2026-08          | shaho | -         | 8
            2026-08          | shaho | x         | 99
            2026-10          | shaho | -         | 99
        """,
    )
    assert table.select("processing_month", "returns", "points", "days_left").rows() == [
        (date(2026, 8, 1), 2, 10, 30), (date(2026, 9, 1), 1, 4, 61), (date(2026, 6, 1), 1, 1, -31),
    ]  # fmt: skip


ON_PAPER = """
    processing_month | medium | payer
    2026-09          | online | shaho
    2026-09          | paper  | shaho
    2026-08          | paper  | shaho
"""


def test_paper_that_was_reported_has_no_deadline_and_is_filled_in():
    table = frame("reported_not_downloaded", reported_returns=ON_PAPER)
    assert table.select("processing_month", "medium", "returns", "days_left").rows() == [
        (date(2026, 9, 1), "online", 1, 61), (date(2026, 9, 1), "paper", 1, None),
        (date(2026, 8, 1), "paper", 1, None),
    ]  # fmt: skip
    found = notices(files=ALL_KINDS, reported_returns=ON_PAPER)["手元にない返戻"]
    assert found == (
        "支払の知らせにある1件が、返戻ファイルにありません。期限は12月31日です。返戻ファイルを取り込んでください。"
        "ほかに紙の返戻2件があります。入力表（henrei template paper-returns）に記入して取り込んでください。"
    )


@pytest.mark.parametrize("medium", ["online", "paper"])
def test_a_month_with_returns_that_are_not_loaded_has_no_rate(medium):
    table = frame(
        "rate_by_month",
        returns="processing_month\n2026-08\n2026-09",
        claim_volume="claim_month | first_claims\n2026-08 | 100\n2026-09 | 100",
        reported_returns=[{"medium": medium}],
    )
    rates = table.filter(payer="shaho").tail(2).select("numerator", "rate").rows()
    assert rates == [(1, 0.01), (None, None)]


def test_one_sentence_a_topic():
    found = notices(
        files=ALL_KINDS,
        **WARNED,
        payment_totals="paid_yen | re_examination_yen\n1234567 | -500",
        adjustments="points_delta | stage\n-200 | first_review\n30 | re_examination",
        claim_volume="points\n100000",
        rerouted="outcome\ntransferred\nsplit\ntransferred",
        reported_returns="processing_month\n2026-09\n2026-06",
    )
    assert found == {
        "振込額（社保）": "10月21日の振込額は¥1,234,567です（うち過去の請求分の調整 −¥500）。",
        "査定": "1件、200点（¥2,000）の減点です（査定率 0.20 %）。別に再審査での復活 30点があります。",
        "振替・分割": "振替 2件、分割 1件です。返戻には数えていません。",
        "事前の警告": "返戻3件のうち2件（67 %）は、点検で警告されていました: L1105 2件、L3201 1件。",
        "手元にない返戻": "支払の知らせにある1件が、返戻ファイルにありません。期限は12月31日です。"
        "返戻ファイルを取り込んでください。ほかに1件はダウンロード期限を過ぎています。",
    }


def test_loaded_once_but_nothing_this_month():
    found = notices(files=ALL_KINDS, coverage="kind | state\nzogn | empty", returns="payer\nshaho")
    assert found == {
        "振込額（社保）": "この月の知らせはまだ取り込まれていません。",
        "査定": "減点はありませんでした。",
        "振替・分割": "この月はありません。",
        "事前の警告": "この月の返戻に、事前に警告されていたものはありません。",
        "手元にない返戻": "知らされた返戻は、すべて手元にあります。",
    }


@pytest.mark.parametrize(
    ("files", "topics", "absent"),
    [
        ("kind\nhen", 1, "振込額（社保）、査定、振替・分割、事前の警告、手元にない返戻"),
        ("kind\nzogn\nhasp\nskkg", 4, "振込額（社保）、手元にない返戻"),
    ],
)
def test_what_was_never_loaded_is_said_once(files, topics, absent):
    found = notices(files=files)
    assert len(found) == topics
    assert found["取り込んでいないもの"] == f"この医療機関では、{absent}の資料を取り込んでいません。"


def test_an_outcome_nobody_knows_is_named_too():
    month = date(2026, 9, 1)
    assert "その他 2件" in moved([{"month": month, "outcome": "other", "receipts": 2}], month)
