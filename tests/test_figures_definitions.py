"""Definitions: every figure is declared completely, and an incomplete declaration says what is missing."""

import re

import pytest

from henrei_analytics.figures import FIGURES, DefinitionError, definitions
from henrei_analytics.figures.declarations import SQL_DIR, declarations, parse
from mart_tables import COLUMNS

VALID = """
notebook = "10_monthly_brief"
position = 1
after = "headline_rates"
title = "題"
question = "問い"
why = "理由"
numerator = "分子"
denominator = ""
window = "期間"
exclusions = ""
unit = "件"
direction = "none"
notes = ""
written_on = 2026-01-01
next_review = 2027-01-01
"""
MODELS = sorted(SQL_DIR.rglob("*.sql"))


def test_every_figure_stands_in_one_notebook():
    assert [name for names in FIGURES.values() for name in names] == list(definitions())
    assert list(FIGURES) == sorted(FIGURES)


def test_positions_are_unique_within_a_notebook():
    places = [(each.notebook, each.position) for each in declarations().values()]
    assert len(set(places)) == len(places)


def test_every_model_belongs_to_a_figure():
    models = {path.stem for path in SQL_DIR.glob("*.sql")}
    assert models == {name for name, each in declarations().items() if not each.inputs}


def test_a_valid_definition_is_read():
    definition = parse("headline", VALID).definition
    assert (definition.name, definition.title, definition.denominator) == ("headline", "題", "")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "題"', "", "headline.toml: 'title' is missing"),
        ('title = "題"', 'title = " "', "'title' is empty"),
        ('title = "題"', "title = 3", "'title' must be str, got int"),
        ('title = "題"', 'title = "題"\ntitel = "題"', "'titel' is not a known key"),
        ('direction = "none"', 'direction = "up"', "'direction' must be one of"),
        ('"10_monthly_brief"', '"monthly"', "'notebook' must look like"),
        ("next_review = 2027", "next_review = 2025", "'next_review' must be later"),
        ("next_review = 2027-01-01", 'next_review = "2027"', "'next_review' must be date"),
        ('after = "headline_rates"', 'after = "magic"', "'after' must be one of"),
        ("position = 1", "position = 1\ninputs = []", "no function composes this figure"),
        ("position = 1", "position =", "not valid TOML"),
    ],
)
def test_a_broken_definition_says_what_is_wrong(old, new, message):
    assert old in VALID
    with pytest.raises(DefinitionError, match=re.escape(message)):
        parse("headline", VALID.replace(old, new))


def test_a_definition_without_a_model_is_refused():
    with pytest.raises(DefinitionError, match="neither sql/figures/nothing.sql nor 'inputs'"):
        parse("nothing", VALID)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_models_keep_to_the_portable_subset(path):
    text = path.read_text(encoding="utf-8")
    head, sql = [], []
    for line in text.splitlines():
        (head if line.startswith("--") else sql).append(line)
    assert [key for key in ("grain", "inputs", "rule") if f"-- {key}: " not in text] == []
    body = "\n".join(sql)
    assert "::" not in body
    assert not re.search(r"\b(PIVOT|QUALIFY|date_diff|GROUP BY ALL)\b", body, re.IGNORECASE)
    assert not re.search(r"FILTER \((?!\s*WHERE)", body)
    assert re.search(r"\b\d+\.\d+\b", body) is None, "a decimal literal differs between engines"


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_models_name_their_inputs(path):
    """The header lists what the model reads: contract views and the shared relations, nothing else."""
    text = path.read_text(encoding="utf-8")
    header = "".join(line for line in text.splitlines() if line.startswith("--"))
    declared = set(re.findall(r"[a-z_.]+", header.split("inputs:")[1].split("rule:")[0]))
    body = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    read = set(re.findall(r"(?<!DISTINCT )(?:FROM|JOIN)\s+([a-z_.]+)", body))
    local = set(re.findall(r"(?:WITH|,)\s*([a-z_]+) AS \(", body))
    assert read - local == declared
    assert {name.removeprefix("mart.") for name in declared if name.startswith("mart.")} <= COLUMNS.keys()


@pytest.mark.parametrize("name", [name for name, each in declarations().items() if not each.inputs])
def test_every_model_ends_in_an_order(name):
    tail = declarations()[name].sql_path.read_text(encoding="utf-8").rpartition("\nORDER BY ")
    assert tail[1]
