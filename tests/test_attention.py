"""What needs doing, in words: every kind of fact has a sentence, whatever is known about it."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from henrei_analytics.attention import PLACE, SEVERITIES, sentences, templates
from henrei_analytics.figures import Scope, compute
from henrei_analytics.labels import words
from mart_tables import INSTITUTION, mart

CONTRACT = (Path(__file__).parents[1] / "docs" / "data-contract.md").read_text("utf-8")
PLACES = {"month", "payer", "number", "deadline", "days_left", "name", "kind", "message", "return_file"}
FULL = """payer | kind | month   | number | name  | message                    | deadline   | days_left
          shaho | hen  | 2026-09 | 1234   | A.HEN | 最後の合計行がありません。 | 2026-12-31 | 12"""
BARE = FULL.splitlines()[0] + "\n- | - | - | - | - | - | - | -"


def said(table: str, **changes: object):
    (row,) = _rows(table, **changes).to_dicts()
    return sentences(pl.DataFrame([row], infer_schema_length=None))[0]


def _rows(table: str, **changes: object) -> pl.DataFrame:
    con = mart(attention=table)
    rows = compute(con, Scope(INSTITUTION, date(2026, 9, 1), date(2026, 10, 31)), "attention").data
    return rows.with_columns(**{name: pl.lit(value) for name, value in changes.items()})


def test_every_what_of_the_contract_has_a_sentence() -> None:
    listed = CONTRACT.partition("\nwhat: ")[2].partition(". The sentence")[0]
    assert templates().keys() == set(listed.replace("`", "").replace("\n", " ").replace(" ", "").split(","))
    assert words()["codes"]["severity"].keys() == set(SEVERITIES)


@pytest.mark.parametrize("what", templates())
@pytest.mark.parametrize("table", [FULL, BARE])
def test_a_sentence_is_whole_with_and_without_values(what: str, table: str) -> None:
    assert {"title_ja", "next_step_ja"} <= templates()[what].keys() <= {
        "title_ja", "next_step_ja", "next_step_passed_ja",
    }  # fmt: skip
    assert {name for text in templates()[what].values() for name in PLACE.findall(text)} <= PLACES
    found = said(table, what=what)
    for text in (found.title, found.next_step):
        assert text and not set("{}[]—") & set(text)
        assert "（）" not in text and "None" not in text
    assert found.next_step.endswith("。")


def test_what_it_says() -> None:
    found = said(FULL)
    assert found.title == "社保の返戻（原審査）（2026年9月処理分）を取り込んでいません"
    assert "2026年12月31日を過ぎるとダウンロードできません（あと12日）。" in found.next_step
    assert (found.severity, found.urgency, found.deadline) == ("red", "至急", date(2026, 12, 31))
    assert "あと" not in said(FULL, days_left=-1).next_step


def test_what_can_no_longer_be_downloaded_is_not_asked_for() -> None:
    over = said(FULL, what="reported_not_downloaded", days_left=-1)
    assert "過ぎています" in over.next_step and "ダウンロードして" not in over.next_step


@pytest.mark.parametrize(
    ("kind", "file"),
    [("fmei", "その月の返戻ファイル（.HEN）を"), ("sast", "その月の再審査の返戻ファイル（.SAH）を")],
)
def test_the_file_to_download_is_named(kind: str, file: str) -> None:
    assert file in said(FULL, what="reported_not_downloaded", kind=kind).next_step


def test_paper_is_filled_in_not_downloaded() -> None:
    step = said(BARE, what="reported_on_paper", kind="sast", number=2).next_step
    assert "henrei template paper-returns" in step and "ダウンロード" not in step


@pytest.mark.parametrize("what", ["file_rejected", "totals_differ", "lines_quarantined"])
def test_a_file_nobody_needs_can_be_withdrawn(what: str) -> None:
    step = said(FULL, what=what).next_step
    assert "henrei unload 〈名前〉" in step
    assert step.startswith("最後の合計行がありません。") == (what != "lines_quarantined")


def test_facts_of_several_months_say_how_many() -> None:
    assert said(FULL, what="notice_missing", number=3, kind="zogn").title == (
        "社保の増減点連絡書3か月分を取り込んでいません（新しいもので2026年9月分）"
    )


def test_a_name_is_never_read_as_a_template() -> None:
    assert said(FULL, what="file_rejected", name="[{number}].HEN").title.endswith("（[{number}].HEN）")


def test_a_fact_nobody_has_worded_is_shown_by_its_name() -> None:
    found = said(FULL, what="something_new")
    assert (found.title, found.next_step) == ("something_new", "")


def test_no_facts_no_sentences() -> None:
    assert sentences(_rows(FULL).clear()) == []
