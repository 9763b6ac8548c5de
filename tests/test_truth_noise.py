"""The invented office with real-life trouble in its files: corrected names, changed payers, lost files, paper. What is
linked must be true, and nearly everything that can be linked must be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from henrei_analytics.demo import write_demo
from henrei_analytics.warehouse import connect
from henrei_analytics.warehouse.load import load
from link_score import Score, rows, score


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    home = tmp_path_factory.mktemp("noisy")
    write_demo(home / "files", seed=2, months=18, noise=True)
    load([home / "files"], home / "henrei.duckdb")
    return home / "henrei.duckdb", json.loads((home / "files" / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def scored(noisy: tuple[Path, dict]) -> Score:
    return score(*noisy)


@pytest.mark.parametrize("link", ["reclaim", "previous", "claim"])
def test_what_is_linked_is_true_and_little_is_missed(scored: Score, link: str) -> None:
    links = getattr(scored, link)
    assert links.expected > 20
    assert links.precision >= 0.999, links.wrong_returns
    assert links.recall >= 0.99, links.missed_returns


def test_every_return_is_there_once(scored: Score) -> None:
    assert scored.unmatched == []
    assert scored.surplus == []


def test_every_kind_of_link_was_needed(scored: Score) -> None:
    assert {"search_number", "history", "patient", "chart"} <= scored.reclaim.right.keys()


def test_second_answers_are_flagged(noisy: tuple[Path, dict]) -> None:
    """Each claim that answers a return once more, as far as it was kept, and no other."""
    database, truth = noisy
    con = connect(database)
    try:
        flagged = rows(con, "SELECT claim_id FROM mart.duplicate_reclaims ORDER BY claim_id")
    finally:
        con.close()
    told = sum(len(returned["duplicates"]) for returned in truth["returns"])
    assert told > 5
    assert len(flagged) == told
