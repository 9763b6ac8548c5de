"""50 repeat errors: which corrections hold, what became of the receipts, chains, who, and double re-claims."""

from datetime import date

import pytest

from henrei_analytics.figures import Scope, compute
from henrei_analytics.figures.journey_sentences import chain_sentence, holding_sentence
from mart_tables import INSTITUTION, mart

SCOPE = Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31))


def rows(name, *columns, **tables):
    return compute(mart(**tables), SCOPE, name).data.select(*columns).rows()


TWO_ROUNDS = """
    return_id | journey_id | processing_month | category | resubmitted_month | status         | round | previous_return_id
    1         | a          | 2026-05          | 資格関係 | 2026-06           | returned_again | 1     | -
    2         | a          | 2026-06          | 資格関係 | 2026-07           | returned_again | 2     | 1
    3         | a          | 2026-07          | 記載不備 | -                 | open           | 3     | 2
    4         | b          | 2026-05          | 資格関係 | 2026-06           | settled        | 1     | -
    5         | c          | 2026-06          | 重複     | 2026-08           | returned_again | 1     | -
    6         | c          | 2026-08          | 重複     | -                 | open           | 2     | 5
"""


def test_corrections_old_enough_to_know_and_why_they_came_back():
    """5 was sent two months before as_of: too early to know, though it came back."""
    table = rows(
        "corrections_by_reason",
        "part", "category", "denominator", "held", "numerator", "same_category", "other_category",
        returns=TWO_ROUNDS,
    )  # fmt: skip
    assert table == [("category", "資格関係", 3, 1, 2, 1, 1)]


def reclaims(category, held, again, first):
    """Returns of one category re-claimed in June, `again` of them back in another return."""
    table = []
    for number in range(held + again):
        back = number < again
        table.append(
            {
                "return_id": f"{first + number}",
                "processing_month": date(2026, 5, 1),
                "category": category,
                "code": f"L{first}",
                "resubmitted_month": date(2026, 6, 1),
                "status": "returned_again" if back else "settled",
            }
        )
        if back:
            table.append(
                {
                    "return_id": f"{first + number}b",
                    "processing_month": date(2026, 6, 1),
                    "category": category,
                    "round": 2,
                    "previous_return_id": f"{first + number}",
                }
            )
    return table


def test_a_reason_is_judged_against_the_others_and_only_from_ten_on():
    returns = [
        *reclaims("資格関係", 90, 0, 1000),
        *reclaims("重複", 8, 12, 2000),
        *reclaims("記載不備", 4, 5, 3000),
    ]
    table = rows(
        "corrections_by_reason", "category", "denominator", "numerator", "correction", returns=returns
    )
    assert table[:3] == [
        ("資格関係", 90, 0, "less"),
        ("重複", 20, 12, "more"),
        ("記載不備", 9, 5, "few"),
    ]
    assert [row[1] for row in table[3:]] == [90, 20], "codes from ten re-claims on"
    rest = rows("corrections_by_reason", "rate_rest", returns=returns)
    assert rest[1][0] == pytest.approx(5 / 99), "the rest, without the reason itself"
    tested = rows("corrections_by_reason", "part", "p", "p_corrected", returns=returns)
    assert [row[0] for row in tested if row[1] is not None] == ["category", "category", "code", "code"]
    smallest = min(row[1] for row in tested if row[1] is not None)
    assert min(row[2] for row in tested if row[2] is not None) == pytest.approx(4 * smallest), "one family"


def test_one_code_of_many_that_stands_out_by_chance_is_not_blamed():
    """5 of 17 against 46 of 418: p = 0.04 alone, and nothing among many."""
    returns = [
        row
        for number in range(8)
        for row in reclaims("資格関係" if number % 2 else "重複", 47, 6, 1000 * (number + 1))
    ]
    returns += reclaims("記載不備", 12, 5, 90000)
    table = rows("corrections_by_reason", "code", "p", "correction", returns=returns)
    assert {correction for *_, correction in table} == {"alike"}
    assert next(p for code, p, _ in table if code == "L90000") < 0.05


def test_corrections_add_up_to_the_re_return_rate():
    con = mart(returns=[*reclaims("資格関係", 9, 3, 1000), *reclaims("重複", 8, 2, 2000)])
    corrections = compute(con, SCOPE, "corrections_by_reason").data.filter(part="category")
    whole = compute(con, SCOPE, "re_return_rate").data.filter(payer="all")
    for column in ("numerator", "denominator"):
        assert corrections[column].sum() == whole[column].item()


def test_chains_are_pairs_of_one_return_and_the_next():
    table = rows("chains", "category", "next_category", "is_same", "returns", "journeys", returns=TWO_ROUNDS)
    assert table == [
        ("資格関係", "資格関係", True, 1, 1),
        ("資格関係", "記載不備", False, 1, 1),
        ("重複", "重複", True, 1, 1),
    ]


def test_what_became_of_the_receipts():
    """Each receipt once, by the status of its last return; d was first returned before the window."""
    table = rows(
        "journey_outcomes",
        "rounds", "status", "journeys", "yen", "share",
        returns=TWO_ROUNDS + "7 | d | 2020-01 | 重複 | - | lapsed | 1 | -",
        journeys="""
            journey_id | rounds | status  | points
            a          | 3      | open    | 10
            b          | 1      | settled | 20
            c          | 2      | open    | 40
            d          | 1      | lapsed  | 80
        """,
    )  # fmt: skip
    assert table == [(1, "settled", 1, 200, 1.0), (2, "open", 1, 400, 1.0), (3, "open", 1, 100, 1.0)]


YIELD = {
    "returns": """
        processing_month | stage          | round | journey_id | service_month
        2025-12          | first_review   | 1     | a          | 2025-11
        2025-12          | first_review   | 2     | b          | 2025-10
        2026-06          | re_examination | 1     | c          | 2025-10
        2026-07          | re_examination | 1     | d          | 2025-11
        2026-09          | first_review   | 1     | e          | 2026-08
    """,
    "journeys": "journey_id | first_claim_month\nc | 2025-12\nd | -",
    "claim_volume": "claim_month | first_claims\n2025-12 | 100\n2026-01 | 50\n2026-02 | 50\n2026-09 | 0\n2026-10 | 10",
}


def test_first_pass_yield_counts_every_first_return_of_the_month_first_claimed_in():
    """December: a at first review, c re-examined (late claim of October care), d by its care month."""
    table = rows(
        "first_pass_yield", "month", "payer", "setting", "numerator", "denominator", "first_review",
        "re_examination", "rate", "is_final", **YIELD,
    )  # fmt: skip
    by_month = {row[0]: row[3:] for row in table if row[1:3] == ("all", "all")}
    assert by_month[date(2025, 12, 1)] == (97, 100, 1, 2, 0.97, True)
    assert by_month[date(2026, 1, 1)] == (50, 50, 0, 0, 1.0, True)
    assert by_month[date(2026, 2, 1)][-1] is False, "8 months are too few to know"
    assert by_month[date(2026, 9, 1)][0] is None, "more returns than claims: no share"


def test_repeats_by_the_person_who_keyed_the_claim():
    returns = """
        processing_month | entered_by | category
        2026-07          | 担当1      | 資格関係
        2026-08          | 担当1      | 資格関係
        2026-09          | 担当2      | 資格関係
        2026-09          | -          | 資格関係
    """
    assert rows(
        "repeat_person_category", "entered_by", "category", "returns", "repeats", returns=returns
    ) == [("担当1", "資格関係", 2, 1)]
    assert rows("repeat_person_category", "entered_by", returns="entered_by\n-") == []


def test_double_reclaims_say_what_to_do():
    table = rows(
        "duplicate_reclaims", "claim_month", "chart_number", "yen", "duplicate_rule", "step",
        duplicate_reclaims="""
            claim_month | chart_number | points | returned_as | rule
            2024-06     | 00000        | 5      | -           | same_number
            2026-08     | 00001        | 10     | 9           | same_number
            2026-09     | 00002        | 20     | -           | same_receipt
            2026-10     | 00003        | 30     | -           | same_number
            2026-11     | 00004        | 40     | -           | same_number
        """,
    )  # fmt: skip
    assert table == [
        (date(2026, 10, 1), "00003", 300, "same_number", "this_month"),
        (date(2026, 9, 1), "00002", 200, "same_receipt", "last_month"),
        (date(2026, 8, 1), "00001", 100, "same_number", "returned"),
        (date(2024, 6, 1), "00000", 50, "same_number", "older"),
    ]


def test_sentences():
    assert chain_sentence([]) is None
    assert "2回目以降の返戻3件のうち、前と同じ理由は2件、別の理由は1件です。" in chain_sentence(
        [{"returns": 2, "is_same": True}, {"returns": 1, "is_same": False}]
    )
    row = {"part": "category", "category": "重複", "numerator": 3, "rate": 0.3}
    assert holding_sentence([]) is None
    assert "「重複」（30 %）" in holding_sentence([row | {"correction": "more"}])
    code = row | {"part": "code", "code": "L4451", "payer": "shaho", "correction": "more"}
    assert "コードL4451（社保、重複）（30 %）" in holding_sentence([row | {"correction": "alike"}, code])
    assert "区分で見てもコードで見てもありません" in holding_sentence([row | {"correction": "alike"}])


def test_a_reclaim_of_an_unknown_month_still_came_back():
    """The next return, a re-examination, was processed in May: the re-claim is old enough whatever its month."""
    returns = """
        return_id | processing_month | status         | round | previous_return_id | stage
        1         | 2025-10          | returned_again | 1     | -                  | first_review
        2         | 2026-05          | open           | 2     | 1                  | re_examination
    """
    (row,) = rows("corrections_by_reason", "denominator", "numerator", returns=returns)
    assert row == (1, 1)


def test_the_page_says_that_nobody_is_named():
    sentences = rows("repeat_verdict", "sentence", returns=TWO_ROUNDS)
    assert "入力者の欄がある" in sentences[-1][0]
