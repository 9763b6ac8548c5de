"""For any bytes the reader ends in a reason of ours or in numbers that add up, whatever the size of its chunks."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from henrei_analytics.formats.layout import all_layouts
from mutations import mutated
from official_files import RECEIPTS, VALID
from reading import Outcome, Row, assert_adds_up, read
from record_files import Receipt, Returned, claim_file, in_bytes, return_text

PLACE = ("file_no", "line_no", "receipt_no", "block_no", "receipt_number")
RANDOM = st.integers(0, 1 << 32).map(Random)
NAMES = st.sampled_from([name for files in VALID.values() for name, _ in files] + ["x"])


def some(examples: int) -> settings:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=examples, deadline=None, suppress_health_check=slow)


def test_every_layout_has_a_valid_file() -> None:
    assert VALID.keys() == {layout.name for layout in all_layouts()}
    for layout, files in VALID.items():
        for name, content in files:
            outcome = read(content, name=name)
            assert (outcome.layout.name, outcome.error, outcome.rows["quarantine"]) == (layout, None, [])
            assert_adds_up(outcome)


@some(60)
@given(content=st.binary(max_size=300), name=NAMES)
def test_any_bytes(content: bytes, name: str) -> None:
    assert_adds_up(read(content, name=name))


@pytest.mark.parametrize("layout", VALID)
@some(10)
@given(body=st.binary(max_size=300), random=RANDOM)
def test_any_bytes_behind_a_valid_beginning(layout: str, body: bytes, random: Random) -> None:
    name, content = random.choice(VALID[layout])
    assert_adds_up(read(content[: random.randint(0, len(content))] + body, name=name))


@pytest.mark.parametrize("layout", VALID)
@some(20)
@given(random=RANDOM, renamed=st.booleans())
def test_accidents(layout: str, random: Random, renamed: bool) -> None:
    name, content = random.choice(VALID[layout])
    outcome = read(mutated(random, content), name="x" if renamed else name)
    assert_adds_up(outcome)
    if isinstance(outcome, Outcome):
        assert not any(part in outcome.said for part in ("架空", "試験　", "見本"))


@pytest.mark.parametrize("layout", VALID)
@some(8)
@given(random=RANDOM, chunk_bytes=st.integers(64, 3000), chunk_lines=st.integers(1, 50))
def test_the_size_of_chunks_changes_nothing(
    layout: str, random: Random, chunk_bytes: int, chunk_lines: int
) -> None:
    name, content = random.choice(VALID[layout])
    if random.random() < 0.7:
        content = mutated(random, content)
    assert_same_in_chunks(content, name, chunk_bytes, chunk_lines)


def test_a_chunk_may_hold_records_with_other_columns_of_the_same_table() -> None:
    """A line of the history that is bad, beside a good one that has other items."""
    name, content = next(each for each in VALID["receipt"] if each[0].endswith(".SAH"))
    broken = content.replace(b",0,RE,1,1118,202310,", b",0,RE,1,1118,2O2310,")
    assert broken != content
    assert_same_in_chunks(broken, name, chunk_bytes=64, chunk_lines=1)


def test_a_bad_receipt_takes_its_lines_along_into_the_next_chunks() -> None:
    lines = return_text([Returned(receipt) for receipt in RECEIPTS])
    lines[1] = "RE,1,1112"
    assert_same_in_chunks(in_bytes(lines), "RECEIPTC.HEN", chunk_bytes=64, chunk_lines=1)


def assert_same_in_chunks(content: bytes, name: str, chunk_bytes: int, chunk_lines: int) -> None:
    in_one = read(content, name=name)
    in_many = read(content, name=name, chunk_bytes=chunk_bytes, chunk_lines=chunk_lines)
    assert_adds_up(in_many)
    if isinstance(in_one, str) or isinstance(in_many, str):
        assert in_one == in_many
    else:
        assert in_one.of(0) == in_many.of(0)
        assert _told(in_one) == _told(in_many)


def _told(outcome: Outcome) -> dict[str, list[Row]]:
    """Rows without what is empty: a table has the columns of the records in the chunk, and the loader fills up the others."""
    return {
        table: [{name: value for name, value in row.items() if value is not None} for row in rows]
        for table, rows in outcome.rows.items()
    }


@pytest.mark.parametrize("layout", VALID)
@some(5)
@given(random=RANDOM, chunk_bytes=st.sampled_from([100, 1000, 4 << 20]))
def test_a_file_is_read_the_same_beside_others(layout: str, random: Random, chunk_bytes: int) -> None:
    """Files share chunks; a broken neighbour takes nothing from a good one."""
    name, good = random.choice(VALID[layout])
    alone = read(good, name=name)
    together = read(good, mutated(random, good), good, name=name, chunk_bytes=chunk_bytes)
    for place in (0, 2):
        assert together.of(place) == alone.of(0)
        for table, rows in alone.rows.items():
            here = [row for row in together.rows[table] if row["file_no"] == place]
            assert [row | {"file_no": 0} for row in here] == rows


@some(60)
@given(receipts=st.lists(st.sampled_from(RECEIPTS), max_size=8), place=st.integers(0, 8))
def test_two_halves_are_the_whole(receipts: list[Receipt], place: int) -> None:
    whole = read(claim_file(receipts))
    halves = read(claim_file(receipts[:place]), claim_file(receipts[place:]))
    for table in ("receipts", "insurers", "public_payers"):
        assert contents_of(halves, table) == contents_of(whole, table)


def contents_of(outcome: Outcome, table: str) -> list[Row]:
    """Rows without their place, in the order of the files."""
    return [{k: v for k, v in row.items() if k not in PLACE} for row in outcome.rows.get(table, [])]
