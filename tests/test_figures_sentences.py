"""The verdict in words: right in the plain case and on every edge."""

from datetime import date

import pytest

from henrei_analytics.figures import Scope, compute
from henrei_analytics.figures.sentences import NO_DENOMINATOR, brief_verdict
from henrei_analytics.labels import percent
from mart_tables import INSTITUTION, mart

HEADLINE = {
    "month": date(2026, 9, 1),
    "returns": 18,
    "points": 12480,
    "yen": 124800,
    "change_last_month": 5,
    "change_last_year": -2,
    "rate": 0.0189,
    "rate_shaho": 0.023,
    "rate_kokuho": 0.014,
    "rate_denominator": 950,
    "open_returns": 3,
    "open_yen": 84210,
    "open_due_14_days": 2,
    "open_download_passed": 0,
    "next_window_end": date(2026, 11, 10),
    "has_arrived": True,
    "return_files": 2,
}
NO_RATE = {"rate": None, "rate_shaho": None, "rate_kokuho": None, "rate_denominator": None}


def headline(**changes):
    return HEADLINE | changes


def reason(category, returns, change=0):
    return {"category": category, "returns": returns, "change": change}


def test_the_plain_case():
    sentences = brief_verdict(HEADLINE, [reason("資格関係", 11, 3), reason("記載不備", 7)])
    assert sentences == [
        "2026年9月請求分の返戻は18件(12,480点、¥124,800)、前月比+5件、前年同月比−2件、返戻率は1.9 %です。",
        "最も多い理由は「資格関係」で、11件(61 %、前月比+3件)です。",
        "未再請求は3件(¥84,210、うち2件は14日以内に期限が来ます)で、次の再請求の締切は11月10日です。",
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (NO_RATE, f"前年同月比−2件です({NO_DENOMINATOR})。"),
        (NO_RATE | {"rate_shaho": 0.02}, "全体の返戻率は計算できません、社保 2.0 %)。"),
        (NO_RATE | {"rate_denominator": 3}, "(請求ファイルの件数が返戻より少なく、返戻率は計算できません)。"),
        ({"rate": 0.0}, "返戻率は0.0 %です。"),
        ({"rate": 0.0002}, "返戻率は0.1 %未満です。"),
        ({"change_last_month": None, "change_last_year": None}, "¥124,800)、返戻率は"),
        ({"change_last_month": 0}, "前月比±0件、"),
        ({"returns": 0, "points": 0}, "2026年9月請求分の返戻は0件、前月比"),
        (
            {"returns": 0, "points": 0, "return_files": 0},
            "2026年9月請求分の返戻は0件ですが、返戻ファイルがまだ取り込まれていません。",
        ),
    ],
)
def test_volume(changes, expected):
    assert expected in brief_verdict(headline(**changes), [])[0]


@pytest.mark.parametrize(
    ("total", "reasons", "expected"),
    [
        (0, [], "この月に理由の内訳はありません。"),
        (1, [reason("重複", 1)], "理由は「重複」です。"),
        (4, [reason("重複", 4)], "理由は4件すべてが「重複」です。"),
        (
            4,
            [reason("重複", 2), reason("その他", 2)],
            "最も多い理由は「重複」と「その他」で、それぞれ2件です。",
        ),
        (
            3,
            [reason("重複", 2, None), reason("その他", 1)],
            "最も多い理由は「重複」で、2件(67 %)です。",
        ),
        (9, [reason(str(n), 1) for n in range(5)], "理由は分かれていて、最も多い分類でも1件です。"),
    ],
)
def test_reason(total, reasons, expected):
    assert brief_verdict(headline(returns=total), reasons)[1] == expected


@pytest.mark.parametrize(
    ("count", "soon", "passed", "expected"),
    [
        (0, 0, 0, "未再請求の返戻はありません。"),
        (1, 0, 0, "未再請求は1件(¥84,210)で、次の再請求の締切は11月10日です。"),
        (1, 1, 0, "(¥84,210、その1件は14日以内に期限が来ます)で、"),
        (2, 2, 0, "2件すべて14日以内に期限が来ます)"),
        (2, 0, 1, "うち1件は返戻ファイルを取り込まないままダウンロード期限を過ぎました)"),
    ],
)
def test_action(count, soon, passed, expected):
    row = headline(open_returns=count, open_due_14_days=soon, open_download_passed=passed)
    assert expected in brief_verdict(row, [])[-1]


def rate_row(signal, payer="all", month=date(2026, 9, 1), rate=0.0189):
    limits = {"low": 0.012, "high": 0.029, "center": 0.021, "limit_low": 0.008, "limit_high": 0.033}
    return {"payer": payer, "month": month, "rate": rate, "signal": signal, **limits}


@pytest.mark.parametrize(
    ("signal", "expected"),
    [
        ("usual", "返戻率はいつもの範囲です(平均2.1 %、管理限界0.8 %〜3.3 %)。"),
        ("high", "返戻率は増えていて、管理限界の3.3 %を超えました(平均2.1 %)。"),
        ("low", "返戻率は減っていて、管理限界の0.8 %を下回りました(平均2.1 %)。"),
        ("run_high", "返戻率は増えていて、平均の2.1 %より高い月が8か月以上続いています。"),
        ("run_low", "返戻率は減っていて、平均の2.1 %より低い月が8か月以上続いています。"),
        (
            "creeping",
            "返戻率はじわじわ増えていて、月ごとには管理限界の3.3 %を超えませんが、少しずつの増加が積み重なっています。",
        ),
        ("few", "返戻率は件数が少ないため判定しません(95 %の幅は1.2 %〜2.9 %)。"),
    ],
)
def test_judgement(signal, expected):
    assert brief_verdict(HEADLINE, [], [rate_row(signal)])[1] == expected


def test_no_judgement_without_a_rate_and_none_yet_in_the_first_year():
    unknown = brief_verdict(HEADLINE, [], [rate_row(None, rate=None)])
    assert [sentence for sentence in unknown if "判定" in sentence] == []
    months = [rate_row(None, month=date(2026, number, 1)) for number in range(4, 10)]
    assert brief_verdict(HEADLINE, [], months)[1] == (
        "増減の判定には、返戻率の分かる月が前月までに12か月必要です(いま5か月)。"
    )


@pytest.mark.parametrize(
    ("whole", "shaho", "kokuho", "expected"),
    [
        ("usual", "high", "usual", ")が、社保だけを見ると増えています。"),
        ("few", "creeping", "run_high", ")が、社保と国保だけを見ると増えています。"),
        ("high", "high", "usual", "(平均2.1 %)。"),
        ("usual", "low", "few", "3.3 %)。"),
    ],
)
def test_a_payer_that_rises_while_the_whole_does_not_is_named(whole, shaho, kokuho, expected):
    rows = [rate_row(whole), rate_row(shaho, "shaho"), rate_row(kokuho, "kokuho")]
    assert brief_verdict(HEADLINE, [], rows)[1].endswith(expected)


@pytest.mark.parametrize(
    ("severities", "expected"),
    [
        (
            ["red", "amber", "amber", "info"],
            "このほかに確かめることは、至急のもの1件、今月中に確認するもの2件です。",
        ),
        (["amber"], "このほかに確かめることは、今月中に確認するもの1件です。"),
        (["info"], None),
    ],
)
def test_what_is_missing(severities, expected):
    sentences = brief_verdict(HEADLINE, [], attention=[{"severity": each} for each in severities])
    assert len(sentences) == (4 if expected else 3)
    assert expected is None or sentences[-1] == expected


@pytest.mark.parametrize(
    "changes", [{}, NO_RATE, {"has_arrived": False}, {"open_due_14_days": 0, "open_download_passed": 3}]
)
def test_three_to_five_and_each_is_one_sentence(changes):
    rows = [rate_row("usual"), rate_row("high", "shaho")]
    sentences = brief_verdict(headline(**changes), [reason("資格関係", 11, 3)], rows, [{"severity": "red"}])
    assert 3 <= len(sentences) <= 5
    assert [sentence.count("。") for sentence in sentences] == [1] * len(sentences)


def test_percent_never_shows_a_small_rate_as_zero():
    assert [percent(share) for share in (0, 0.0004, 0.0006, 0.019, 1)] == [
        "0.0 %", "0.1 %未満", "0.1 %", "1.9 %", "100.0 %",
    ]  # fmt: skip


def test_as_a_figure():
    scope = Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31))
    con = mart(returns="payer | points | category\nshaho | 250 | 資格関係")
    assert compute(con, scope, "brief_verdict").data.rows() == [
        (1, f"2026年9月請求分の返戻は1件(250点、¥2,500)です({NO_DENOMINATOR})。"),
        (2, "理由は「資格関係」です。"),
        (3, "未再請求は1件(¥2,500)で、次の再請求の締切は11月10日です。"),
    ]
