"""00 data health: what was read, what is missing, what could not be placed."""

from datetime import date

from henrei_analytics.figures import Scope, compute
from henrei_analytics.figures.coverage import months_without
from mart_tables import INSTITUTION, mart

SEPTEMBER = Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31), months_back=4)


def frame(name, **tables):
    return compute(mart(**tables), SEPTEMBER, name).data


def test_files_of_the_institution_and_of_nobody():
    table = frame(
        "data_files",
        files="""
            name | institution | month   | status
            a    | 1319912345  | 2026-09 | loaded
            b    | -           | -       | rejected
            c    | 9999999999  | 2026-09 | loaded
            d    | 1319912345  | 2026-01 | loaded
            e    | 1319912345  | 2026-10 | duplicate
        """,
    )
    assert table["name"].to_list() == ["e", "a", "b"]


def test_coverage_in_the_order_files_are_worked_with():
    table = frame(
        "coverage",
        coverage="""
            kind | payer  | month   | state      | days_left | institution
            sast | shaho  | 2026-09 | loaded     | -         | 1319912345
            hen  | kokuho | 2026-09 | missing    | 61        | 1319912345
            hen  | shaho  | 2026-07 | missing    | 14        | 1319912345
            hen  | shaho  | 2026-08 | missing    | 15        | 1319912345
            hen  | shaho  | 2026-06 | gone       | -         | 1319912345
            zogn | shaho  | 2026-09 | missing    | 3         | 1319912345
            uke  | shaho  | 2026-09 | superseded | -         | 1319912345
            uke  | shaho  | 2026-10 | loaded     | -         | 1319912345
            uke  | shaho  | 2026-05 | loaded     | -         | 1319912345
            uke  | shaho  | 2026-09 | loaded     | -         | 9999999999
            uke  | kokuho | 2026-09 | covered    | -         | 1319912345
            new  | shaho  | 2026-09 | empty      | -         | 1319912345
        """,
        file_kinds="kind\nuke\nhen\nzogn\nsast",
    )
    rows = [(row["payer"], row["kind"], row["month"].month, row["state"]) for row in table.to_dicts()]
    assert rows == [
        ("shaho", "uke", 9, "superseded"),
        ("shaho", "uke", 10, "loaded"),  # after the report's month, but known on that day
        ("shaho", "hen", 6, "gone"),
        ("shaho", "hen", 7, "due_soon"),
        ("shaho", "hen", 8, "missing"),
        ("shaho", "zogn", 9, "missing"),  # only a return that cannot be fetched any more is lost
        ("shaho", "sast", 9, "loaded"),
        ("shaho", "new", 9, "empty"),
        ("kokuho", "uke", 9, "covered"),
        ("kokuho", "hen", 9, "missing"),
    ]


def test_attention_of_the_institution_and_of_nobody_most_urgent_first():
    table = frame(
        "attention",
        attention="""
            position | what                | severity | institution
            1        | unclassified_codes  | info     | 1319912345
            2        | file_rejected       | amber    | -
            3        | return_file_missing | red      | 1319912345
            4        | claims_missing      | red      | 9999999999
        """,
    )
    assert table["what"].to_list() == ["return_file_missing", "file_rejected", "unclassified_codes"]


def test_copies_of_a_file_do_not_multiply_its_lines():
    tables = {
        "files": "file_id | name\nx | a\nx | copy of a",
        "quarantine": "file_id | name | line_number | rule\nx | a | 3 | bad_date\nx | a | 9 | bad_date",
        "skipped": "file_id | record_type | lines\nx | SI | 7",
    }
    assert frame("data_quarantine", **tables).select("name", "rule", "lines").rows() == [("a", "bad_date", 2)]
    assert frame("data_skipped", **tables).rows() == [("SI", 1, 7)]


def test_unclassified_and_classified_by_text():
    tables = {
        "returns": "return_id\n1\n2",
        "return_reasons": """
            return_id | code | text | category | category_source
            1         | 1234 | 甲   | 未分類   | unmapped
            2         | 1234 | 甲   | 未分類   | unmapped
            2         | 5678 | 乙   | 重複     | text
            2         | L3   | 丙   | 資格関係 | code
        """,
    }
    assert frame("data_unclassified", **tables).select("code", "text", "reasons", "share").rows() == [
        ("1234", "甲", 2, 0.5)
    ]
    assert frame("data_text_classified", **tables).select("code", "category", "reasons").rows() == [
        ("5678", "重複", 1)
    ]


def test_totals_count_a_return_once_however_many_files_report_it():
    table = frame(
        "data_totals",
        returns="payer | sources\nshaho | hen henr\nshaho | henr",
        claim_volume="first_claims | resubmissions\n8 | 2",
        unlinked="month\n2026-10",
    )
    counts = {row["measure"]: (row["count"], row["share"]) for row in table.filter(payer="shaho").to_dicts()}
    assert counts["claims"] == (10, None)
    assert counts["resubmissions"] == (2, 0.2)
    assert counts["unlinked_resubmissions"] == (1, 0.5)
    assert counts["returns"] == (2, None)
    assert (counts["returns_in_hen"], counts["returns_in_henr"]) == ((1, 0.5), (2, 1.0))


def test_a_month_is_without_its_returns_only_where_no_kind_of_file_tells_of_them():
    table = frame(
        "coverage",
        coverage="""
            kind | payer  | month   | state   | days_left
            hen  | shaho  | 2026-07 | missing | 3
            henr | shaho  | 2026-07 | missing | -
            hen  | kokuho | 2026-07 | loaded  | -
            hen  | shaho  | 2026-08 | gone    | -
            henr | shaho  | 2026-08 | loaded  | -
            hen  | shaho  | 2026-09 | empty   | -
            zogn | kokuho | 2026-09 | missing | -
        """,
    )
    assert months_without(table, ["hen", "henr"]) == [date(2026, 7, 1)]
    assert months_without(table, ["zogn"]) == [date(2026, 9, 1)]
    assert months_without(table, ["uke"]) == []
