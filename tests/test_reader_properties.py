"""For any bytes the reader ends in a reason of ours or in numbers that add up, whatever the size of its chunks."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from henrei_analytics.errors import UnreadableFile
from henrei_analytics.formats.detect import HEAD_BYTES, LeftAlone, detect
from henrei_analytics.formats.read import FileRead, Reader
from henrei_analytics.formats.scan import Input
from henrei_analytics.privacy import Pseudonyms
from record_files import (
    Notice,
    Reason,
    Receipt,
    Returned,
    claim_file,
    notice_file,
    notice_name,
    return_file,
    return_text,
)

Row = dict[str, Any]
PLACE = ("file_no", "line_no", "receipt_no", "block_no")

PSEUDONYMS = Pseudonyms(b"k" * 32)
NAMES = st.sampled_from(["RECEIPTC.HEN", "RECEIPTC.UKE", notice_name(), "x"])
RECEIPTS = [
    Receipt(name=f"架空　{n}", points=n, search=f"131012026080000001{n:02}", publics=("80139999",) * (n % 2))
    for n in range(4)
]
VALID = [
    claim_file(RECEIPTS),
    return_file([Returned(receipt, [Reason(), Reason("L1200", "髙①㈱")]) for receipt in RECEIPTS]),
    notice_file([Notice(points=n, reasons=[("L3129", "その一"), ("L1200", "その二")]) for n in range(4)]),
]
FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@dataclass(frozen=True)
class Outcome:
    """What came of some files: the state of each, and rows by table, `quarantine` among them (none of rejected files)."""

    files: dict[int, FileRead]
    rows: dict[str, list[Row]]

    def of(self, file_no: int) -> tuple:
        """All that may be said of one file."""
        state = self.files[file_no]
        if state.error:
            return state.error.rule, state.lines
        return None, state.lines, state.facts, state.trailer, +state.loaded, +state.skipped, +state.set_aside


def read(
    *contents: bytes, name: str = "RECEIPTC.HEN", chunk_bytes: int = 4 << 20, chunk_lines: int = 40_000
) -> Outcome | str:
    """Read files of one kind in one go; or why the first is not read."""
    try:
        layout = detect(contents[0][:HEAD_BYTES], name)
    except UnreadableFile as error:
        return error.rule
    if isinstance(layout, LeftAlone):
        return layout.what
    inputs = [
        (Input(n, lambda content=content: io.BytesIO(content)), name) for n, content in enumerate(contents)
    ]
    with patch("henrei_analytics.formats.scan.CHUNK_LINES", chunk_lines):
        parts = list(Reader(layout, PSEUDONYMS).read(inputs, chunk_bytes=chunk_bytes))
    files = {state.file_no: state for part in parts for state in part.ended}
    assert files.keys() == set(range(len(contents)))
    frames = [(table, frame.to_dicts()) for part in parts for table, frame in part.frames.items()]
    frames += [("quarantine", part.quarantine.to_dicts()) for part in parts]
    rows: dict[str, list[Row]] = {"quarantine": []}
    for table, found in frames:
        kept = [row for row in found if not files[row["file_no"]].error]
        if kept:
            rows.setdefault(table, []).extend(kept)
    for found in rows.values():
        found.sort(key=lambda row: (row["file_no"], row["line_no"]))
    return Outcome(files, rows)


def assert_adds_up(outcome: Outcome | str) -> None:
    if isinstance(outcome, str):
        return
    for state in outcome.files.values():
        assert state.loaded.total() + state.skipped.total() + state.set_aside.total() == state.lines
        assert min(state.loaded.values(), default=0) >= 0
    set_aside = [(row["file_no"], row["line_no"]) for row in outcome.rows["quarantine"]]
    assert len(set(set_aside)) == len(set_aside)
    assert len(set_aside) == sum(
        state.set_aside.total() for state in outcome.files.values() if not state.error
    )


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A valid file after some accidents: bytes changed, lost or added, lines swapped or lost, the end cut off."""
    content = draw(st.sampled_from(VALID))
    for accident in draw(st.lists(st.sampled_from(ACCIDENTS), min_size=1, max_size=4)):
        content = accident(draw, content)
    return content


def changed_bytes(draw: st.DrawFn, content: bytes) -> bytes:
    start = draw(st.integers(0, len(content)))
    end = start + draw(st.integers(0, 20))
    filling = st.binary(max_size=8) | st.sampled_from(
        [b",", b"\n", b"\r\n", b"\x1a", b"\0", b"-", "１".encode("cp932")]
    )
    return content[:start] + draw(filling) + content[end:]


def cut_off(draw: st.DrawFn, content: bytes) -> bytes:
    return content[: draw(st.integers(0, len(content)))]


def changed_item(draw: st.DrawFn, content: bytes) -> bytes:
    lines = content.split(b"\r\n")
    place = draw(st.integers(0, len(lines) - 1))
    items = lines[place].split(b",")
    values = [
        b"",
        b"x",
        b"-1",
        b"202613",
        b"50899",
        b"9" * 30,
        b"1.5",
        b" ",
        "２９１".encode("cp932"),
        b"\x81",
    ]
    items[draw(st.integers(0, len(items) - 1))] = draw(st.sampled_from(values))
    lines[place] = b",".join(items)
    return b"\r\n".join(lines)


def swapped_lines(draw: st.DrawFn, content: bytes) -> bytes:
    lines = content.split(b"\r\n")
    one, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\r\n".join(lines)


def lost_or_doubled_line(draw: st.DrawFn, content: bytes) -> bytes:
    lines = content.split(b"\r\n")
    place = draw(st.integers(0, len(lines) - 1))
    lines[place : place + 1] = [lines[place]] * draw(st.sampled_from([0, 2]))
    return b"\r\n".join(lines)


ACCIDENTS: list[Callable[[st.DrawFn, bytes], bytes]] = [
    changed_bytes, cut_off, changed_item, swapped_lines, lost_or_doubled_line,
]  # fmt: skip


@FEW
@given(content=st.binary(max_size=300), name=NAMES)
def test_any_bytes(content: bytes, name: str) -> None:
    assert_adds_up(read(content, name=name))


@FEW
@given(body=st.binary(max_size=300), start=st.sampled_from(VALID))
def test_any_bytes_behind_a_valid_beginning(body: bytes, start: bytes) -> None:
    assert_adds_up(read(start[: start.index(b"\r\n") + 200] + body))


@FEW
@given(content=mutated(), name=NAMES)
def test_accidents(content: bytes, name: str) -> None:
    assert_adds_up(read(content, name=name))


BAD_RECEIPT = return_text([Returned(receipt) for receipt in RECEIPTS])
BAD_RECEIPT[1] = "RE,1,1112"


@FEW
@given(
    content=mutated() | st.sampled_from(VALID),
    chunk_bytes=st.integers(64, 3000),
    chunk_lines=st.integers(1, 50),
)
@example(content="\r\n".join(BAD_RECEIPT).encode("cp932"), chunk_bytes=64, chunk_lines=1)
def test_the_size_of_chunks_changes_nothing(content: bytes, chunk_bytes: int, chunk_lines: int) -> None:
    in_one, in_many = read(content), read(content, chunk_bytes=chunk_bytes, chunk_lines=chunk_lines)
    assert_adds_up(in_many)
    if isinstance(in_one, str) or isinstance(in_many, str):
        assert in_one == in_many
    else:
        assert in_one.of(0) == in_many.of(0)
        assert in_one.rows == in_many.rows


@FEW
@given(accident=mutated(), chunk_bytes=st.sampled_from([100, 1000, 4 << 20]))
def test_a_file_is_read_the_same_beside_others(accident: bytes, chunk_bytes: int) -> None:
    """Files share chunks; a broken neighbour takes nothing from a good one."""
    good = VALID[1]
    alone, together = read(good), read(good, accident, good, chunk_bytes=chunk_bytes)
    for place in (0, 2):
        assert together.of(place) == alone.of(0)
        for table, rows in alone.rows.items():
            here = [row for row in together.rows[table] if row["file_no"] == place]
            assert [row | {"file_no": 0} for row in here] == rows


@FEW
@given(receipts=st.lists(st.sampled_from(RECEIPTS), max_size=8), place=st.integers(0, 8))
def test_two_halves_are_the_whole(receipts: list[Receipt], place: int) -> None:
    whole = read(claim_file(receipts))
    halves = read(claim_file(receipts[:place]), claim_file(receipts[place:]))
    for table in ("receipts", "insurers", "public_payers"):
        assert contents_of(halves, table) == contents_of(whole, table)


def contents_of(outcome: Outcome, table: str) -> list[Row]:
    """Rows without their place, in the order of the files."""
    return [{k: v for k, v in row.items() if k not in PLACE} for row in outcome.rows.get(table, [])]
