"""The shareable edition hides small counts, and nothing that is shown gives them away."""

from __future__ import annotations

from datetime import date
from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from henrei_analytics.disclosure.edition import Edition, published, shareable_figures, shareable_notebooks
from henrei_analytics.disclosure.names import letters
from henrei_analytics.disclosure.publish import FIRST_ROUND, HIDDEN, publish
from henrei_analytics.disclosure.rule import POSSIBLE_VALUES, UNDER, WITH
from henrei_analytics.disclosure.tables import Part, Table
from henrei_analytics.figures.declarations import DefinitionError, declarations, parse
from henrei_analytics.figures.shareable import Count, Shareable, shareable_of

MONTH = date(2026, 9, 1)
NOTHING = {}


def table(name: str, keys: tuple[str, ...], rows: list[tuple], of: str = "n", **more: object) -> Table:
    """Rows of keys and a count; `n` counts receipts of one measure unless told otherwise."""
    frame = pl.DataFrame(rows, schema=[*keys, "n"], orient="row")
    return Table(name, frame, Shareable(keys, counts={"n": Count(of)}, **more), MONTH)


def one_way(name: str, key: str, counts: dict[str, int], **more: object) -> Table:
    return table(name, (key,), list(counts.items()), **more)


def shown(found: pl.DataFrame, key: str) -> dict[str, int | None]:
    return dict(found.select(key, "n").iter_rows())


def publish_one(*tables: Table) -> pl.DataFrame:
    return publish(tables, NOTHING, ())[tables[0].name]


# --- simple tables ----------------------------------------------------------------------------------------------------


def test_a_small_count_is_hidden_and_a_zero_is_not() -> None:
    found = publish_one(one_way("t", "c", {"a": 9, "b": 10, "c": 0}))
    assert shown(found, "c") == {"b": 10, "c": 0, "a": None}
    assert found.filter(c="a")[HIDDEN].to_list() == [[f"n:{UNDER}"]]


def test_beside_a_total_one_more_is_hidden_the_smallest_and_no_other() -> None:
    found = publish_one(one_way("t", "c", {"a": 40, "b": 20, "c": 3, "all": 63}))
    assert shown(found, "c") == {"a": 40, "b": None, "c": None, "all": 63}
    assert dict(found.select("c", HIDDEN).iter_rows())["b"] == [f"n:{WITH}"]


def test_two_small_counts_protect_each_other() -> None:
    assert shown(publish_one(one_way("t", "c", {"a": 40, "b": 5, "c": 3, "all": 48})), "c")["a"] == 40


@pytest.mark.parametrize("small", [(9, 9), (8, 9), (1, 1)])
def test_counts_that_their_sum_gives_away_are_not_enough(small: tuple[int, int]) -> None:
    """9 and 9 make 18, and nothing else under 10 does."""
    a, b = small
    found = publish_one(one_way("t", "c", {"a": a, "b": b, "c": 30, "all": a + b + 30}))
    assert shown(found, "c")["c"] is None


def test_a_total_in_another_figure_counts_too() -> None:
    alone = one_way("t", "c", {"a": 40, "b": 20, "c": 3})
    assert shown(publish_one(alone), "c")["b"] == 20
    assert shown(publish_one(alone, one_way("total", "c", {"all": 63})), "c")["b"] is None


def test_a_total_that_another_division_adds_up_to_counts_too() -> None:
    """Nobody shows 63, but the other figure's rows add up to it."""
    found = publish_one(one_way("t", "c", {"a": 40, "b": 20, "c": 3}), one_way("u", "d", {"x": 50, "y": 13}))
    assert shown(found, "c")["b"] is None


def test_the_same_count_is_hidden_wherever_it_stands() -> None:
    top = one_way("top", "c", {"b": 20}, partial=True)
    found = publish([top, one_way("t", "c", {"a": 40, "b": 20, "c": 3, "all": 63})], NOTHING, ())
    assert shown(found["top"], "c") == {"b": None}


def test_a_month_beside_the_months_is_the_same_number() -> None:
    slice_ = table("slice", ("period", "c"), [("month", "a", 20), ("month", "b", 3)])
    months = table("months", ("month",), [(MONTH, 23), (date(2026, 8, 1), 40)])
    found = publish([slice_, months], NOTHING, ())
    assert shown(found["slice"], "c") == {"a": None, "b": None}


def test_a_small_rest_is_not_left_to_be_subtracted() -> None:
    whole, part = one_way("w", "c", {"a": 25}, of="whole"), one_way("p", "c", {"a": 20}, of="part")
    found = publish([whole, part], {"whole": [Part("part")]}, ["part"])
    assert (shown(found["w"], "c"), shown(found["p"], "c")) == ({"a": None}, {"a": 20})


def test_a_part_at_some_keys_of_the_whole_leaves_its_rest_there() -> None:
    whole = table("w", ("round", "c"), [("1", "a", 25), ("2", "a", 40)], of="whole")
    part = one_way("p", "c", {"a": 20}, of="part")
    found = publish([whole, part], {"whole": [Part("part", at=FIRST_ROUND)]}, ["part"])
    assert found["w"].sort("round")["n"].to_list() == [None, 40]


def test_what_is_nearly_all_of_a_hidden_count_is_hidden_with_it() -> None:
    """An outsider takes 20 of the one for 20 of the other, and 63 − 40 − 20 for the small one."""
    whole = one_way("w", "c", {"a": 40, "b": 20, "c": 3, "all": 63}, of="whole")
    watched = one_way("v", "c", {"b": 20}, of="watched", partial=True)
    parts = {"whole": [Part("watched", is_nearly_all=True)]}
    found = publish([whole, watched], parts, ["watched"])
    small = next(row for row in found["w"].iter_rows(named=True) if row["c"] == "c")
    assert small["n"] is None
    hidden_beside = {row["c"] for row in found["w"].iter_rows(named=True) if row["n"] is None}
    assert "b" not in hidden_beside or found["v"]["n"].to_list() == [None]
    assert hidden_beside - {"c"}


def test_what_is_computed_from_a_hidden_count_goes_with_it() -> None:
    frame = pl.DataFrame(
        {"c": ["a", "b"], "n": [3, 30], "rate": [0.1, 0.2], "share": [0.1, 0.9], "text": ["x", "y"]}
    )
    declared = shareable_of("t", {"keys": ["c"], "counts": ["n"], "others": ["rate"], "whole": ["share"]})
    found = publish([Table("t", frame, declared, MONTH)], NOTHING, ())["t"]
    assert found.drop(HIDDEN).rows(named=True) == [
        {"c": "b", "n": 30, "rate": 0.2, "share": None},
        {"c": "a", "n": None, "rate": None, "share": None},
    ]


def test_the_place_of_a_row_does_not_tell_its_count() -> None:
    found = publish_one(one_way("t", "c", {"z": 40, "y": 12, "x": 8, "w": 5, "all": 65}))
    assert found["c"].to_list() == ["z", "y", "all", "w", "x"]


def test_a_column_of_small_counts_is_no_column() -> None:
    found = publish([one_way("t", "c", {letter: 3 for letter in "abcdef"})], NOTHING, ())
    assert found == {}


# --- any table --------------------------------------------------------------------------------------------------------


@st.composite
def grids(draw: st.DrawFn) -> list[list[int]]:
    rows, columns = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    count = st.one_of(st.integers(0, 12), st.integers(0, 60))
    return draw(st.lists(st.lists(count, min_size=columns, max_size=columns), min_size=rows, max_size=rows))


def with_totals(grid: list[list[int]]) -> list[tuple[str, str, int]]:
    wide = [[*row, sum(row)] for row in grid]
    whole = [*wide, [sum(column) for column in zip(*wide, strict=True)]]
    names = [*map(str, range(len(grid))), "all"], [*map(str, range(len(grid[0]))), "all"]
    return [(a, b, whole[i][j]) for (i, a), (j, b) in product(enumerate(names[0]), enumerate(names[1]))]


def protected(grid: list[list[int]], others: list[int]) -> None:
    """An outsider who knows every sum cannot tell a hidden small count by fewer than five numbers."""
    full = with_totals(grid)
    tables = [table("t", ("a", "b"), full)]
    if others:
        tables.append(
            table(
                "u",
                ("a", "c"),
                [
                    (str(i), str(k), n)
                    for i, row in enumerate(grid)
                    for k, n in enumerate((sum(row) - min(others[i], sum(row)), min(others[i], sum(row))))
                ],
            )
        )
    found = publish(tables, NOTHING, ())
    values: dict[tuple, int] = {}
    marks: dict[tuple, str] = {}
    for name, frame in found.items():
        for row in frame.iter_rows(named=True):
            cell = (row["a"], row.get("b", "all"), row.get("c", "all"))
            if row["n"] is None:
                marks[cell] = row[HIDDEN][0].split(":")[1]
            else:
                values[cell] = row["n"]
        assert name in ("t", "u")
    # Every margin is an unknown of its own; what is published is fixed, what is hidden bounded by its mark.
    cells: dict[tuple, int] = {}

    def at(*cell: str) -> int:
        return cells.setdefault(cell, len(cells))

    rows, columns = [str(i) for i in range(len(grid))], [str(j) for j in range(len(grid[0]))]
    equal: list[dict[int, int]] = []

    def add(whole: int, parts: list[int]) -> None:
        equal.append({whole: 1} | {part: -1 for part in parts})

    if "t" in found:
        for a in [*rows, "all"]:
            add(at(a, "all", "all"), [at(a, b, "all") for b in columns])
        for b in [*columns, "all"]:
            add(at("all", b, "all"), [at(a, b, "all") for a in rows])
    if "u" in found:
        for a in rows:
            add(at(a, "all", "all"), [at(a, "all", c) for c in "01"])
    bounds = {UNDER: (1, 9), WITH: (10, None)}
    limits = [
        (values[c], values[c]) if c in values else bounds.get(marks.get(c, ""), (0, None)) for c in cells
    ]
    matrix = [[row.get(column, 0) for column in range(len(cells))] for row in equal]
    for cell, mark in marks.items():
        if mark != UNDER:
            continue
        goal = [1 if each == cell else 0 for each in cells]
        ends = [
            linprog([sign * g for g in goal], A_eq=matrix, b_eq=[0] * len(matrix), bounds=limits)
            for sign in (1, -1)
        ]
        assert all(end.success for end in ends)
        assert -ends[1].fun - ends[0].fun >= POSSIBLE_VALUES - 1 - 1e-6, (cell, grid)


@settings(max_examples=150, deadline=None)
@given(grids())
def test_no_small_count_can_be_told_from_rows_columns_and_totals(grid: list[list[int]]) -> None:
    protected(grid, [])


@settings(max_examples=100, deadline=None)
@given(grids(), st.lists(st.integers(0, 30), min_size=4, max_size=4))
def test_nor_from_two_tables_that_share_their_rows(grid: list[list[int]], others: list[int]) -> None:
    protected(grid, others)


# --- declarations -----------------------------------------------------------------------------------------------------


def test_no_shared_figure_declares_what_points_to_a_person_or_was_written_freely() -> None:
    never = {
        "chart_number",
        "patient_key",
        "return_id",
        "search_number",
        "claim_id",
        "file_id",
        "name",
        "text",
    }
    never |= {"supplement", "message", "note", "entered_by", "owner", "decided_by", "item", "sentence", "who"}
    never |= {"insurer_number", "action_note", "rank", "path"}
    for name, declared in shareable_figures().items():
        assert not never.intersection(declared.columns), name


def test_the_work_list_is_not_a_page_to_share() -> None:
    assert "15_worklist" not in shareable_notebooks()
    assert "10_monthly_brief" in shareable_notebooks()


def test_what_is_declared_exists(demo_database, demo_scope) -> None:
    con, scope = demo_scope
    from henrei_analytics.figures import compute_many

    for name, figure in compute_many(con, scope, shareable_figures()).items():
        assert set(shareable_figures()[name].columns) <= set(figure.data.columns), name


def test_the_demo_publishes_no_small_count(demo_scope) -> None:
    con, scope = demo_scope
    found = published(con, scope, Edition.SHAREABLE)
    assert {"headline", "payer_comparison"} <= found.keys()
    for name, figure in found.items():
        for column in shareable_figures()[name].counts:
            if column in figure.data.columns:
                assert not figure.data[column].is_between(1, 9).any(), (name, column)
    assert published(con, scope, Edition.SHAREABLE, ["worklist"]) == {}
    assert published(con, scope, Edition.INTERNAL, ["worklist"])["worklist"].data.height


@pytest.fixture
def demo_scope(demo_database):
    from henrei_analytics.figures import Scope
    from henrei_analytics.warehouse import connect

    con = connect(demo_database)
    yield con, Scope("2719954321", MONTH, date(2026, 10, 31))
    con.close()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('shareable.counts = ["n"]', "shareable.keys がありません"),
        ('shareable.keys = ["month"]\nshareable.others.rate = ["nobody"]', "counts にない nobody"),
        ('shareable.keys = ["month"]\nshareable.plain = ["month"]', "month が2度"),
        ('shareable.keys = ["month"]\nshareable.secret = ["x"]', "shareable.secret という項目はありません"),
        ('shareable.keys = "month"', "shareable.keys は並びで書きます"),
    ],
)
def test_a_wrong_declaration_is_refused_in_words(lines: str, said: str) -> None:
    from henrei_analytics.figures.declarations import DEFINITIONS_DIR

    text = (DEFINITIONS_DIR / "survival.toml").read_text("utf-8")
    assert declarations()["survival"].shareable is None
    with pytest.raises(DefinitionError, match=said):
        parse("survival", f"{text}\n{lines}\n")


def test_letters_go_on_after_z() -> None:
    given_out = letters(f"{number:010d}" for number in range(28))
    assert [given_out[f"{number:010d}"] for number in (0, 25, 26, 27)] == ["A", "Z", "AA", "AB"]
