"""Bytes → the wanted lines, with file and line numbers, in chunks of bounded memory.

The lines are chosen on raw bytes before anything is decoded: in CP932 neither 0x0A nor 0x2C can be the second
byte of a character, so a newline is a newline and the two bytes behind it are the record id. The bytes become
one UInt8 column, the newlines an index of it; ids, line numbers and the count of every record type come from
that index, and only the wanted tenth of the bytes is decoded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO, TypeVar

import polars as pl

T = TypeVar("T")

CHUNK_BYTES = 6 << 20  # raw bytes looked at in one go
CHUNK_LINES = 40_000  # wanted lines handed on in one go; fewer, and the fixed cost of each column step shows
MAX_LINE_BYTES = 1 << 20  # the longest record of the specifications is about 2 kB

NEWLINE, EOF_MARK = 0x0A, b"\x1a"
SUBSTITUTES = "\ufffd\uf8f0\uf8f1\uf8f2\uf8f3"  # what Python's cp932 makes of bytes that are no character
BLANK = "空行"


@dataclass(frozen=True)
class Input:
    """A file to scan: its number in the ledger and a way to open it."""

    file_no: int
    open: Callable[[], BinaryIO]


@dataclass(frozen=True)
class Chunk:
    """Some lines of some files.

    lines: file_no, line_no (from 1), record_type, text (decoded, no line end), replaced (a byte was not CP932).
    counts: file_no, record_type, lines — all lines, wanted or not. ended: the files whose end is in this chunk,
    with their lines; failed: file_no → the exception met while reading it.
    """

    lines: pl.DataFrame
    counts: pl.DataFrame
    ended: dict[int, int]
    failed: dict[int, Exception]


class LineTooLong(ValueError):
    """A line is longer than any record can be: not a text file of this kind."""


@dataclass
class _Piece:
    """A run of whole lines of one file inside the block that is being filled."""

    file_no: int
    data: bytes
    ends_file: bool


def scan(
    inputs: Iterable[Input], wanted: set[str], *, digits: bool = False, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[Chunk]:
    """Yield chunks of the lines whose record id is in `wanted`; with `digits` also all that start with a digit.

    Small files share a chunk, a large file spans several; lines are never cut. Record ids are the bytes before
    the first comma, one or two of them.
    """
    return _ahead(_gathered(inputs, wanted, digits, chunk_bytes))


def _ahead(items: Iterator[T]) -> Iterator[T]:
    """Prepare the next item in a thread while the caller works on this one (polars and reading free Python's lock)."""
    with ThreadPoolExecutor(max_workers=1) as worker:
        coming = worker.submit(next, items, None)
        while item := coming.result():
            coming = worker.submit(next, items, None)
            yield item


def _gathered(inputs: Iterable[Input], wanted: set[str], digits: bool, chunk_bytes: int) -> Iterator[Chunk]:
    gathered: list[Chunk] = []
    lines_before: dict[int, int] = {}
    for pieces, failed in _ahead(_blocks(inputs, chunk_bytes)):
        gathered.append(_chunk(pieces, failed, lines_before, wanted, digits))
        if sum(len(chunk.lines) for chunk in gathered) >= CHUNK_LINES:
            yield _together(gathered)
            gathered = []
    if gathered:
        yield _together(gathered)


def _together(chunks: list[Chunk]) -> Chunk:
    return Chunk(
        pl.concat([chunk.lines for chunk in chunks]),
        pl.concat([chunk.counts for chunk in chunks]),
        {no: lines for chunk in chunks for no, lines in chunk.ended.items()},
        {no: error for chunk in chunks for no, error in chunk.failed.items()},
    )


def _blocks(inputs: Iterable[Input], chunk_bytes: int) -> Iterator[tuple[list[_Piece], dict[int, Exception]]]:
    """Pieces of about `chunk_bytes` together, and the files that could not be read to their end."""
    pieces: list[_Piece] = []
    failed: dict[int, Exception] = {}
    size = 0
    for item in inputs:
        try:
            for piece in _pieces(item, chunk_bytes):
                pieces.append(piece)
                size += len(piece.data)
                if size >= chunk_bytes:
                    yield pieces, failed
                    pieces, failed, size = [], {}, 0
        except (
            Exception
        ) as error:  # a damaged archive member can raise almost anything; the file is dropped whole
            failed[item.file_no] = error
    if pieces or failed:
        yield pieces, failed


def _pieces(item: Input, chunk_bytes: int) -> Iterator[_Piece]:
    """Cut one file into pieces that end with a newline; the last one, perhaps empty, also ends the file."""
    rest = b""
    with item.open() as stream:
        while block := stream.read(chunk_bytes):
            cut = block.rfind(b"\n") + 1
            if _has_long_line(rest, block):
                raise LineTooLong
            if cut:
                yield _Piece(item.file_no, b"".join((rest, memoryview(block)[:cut])), False)
                rest = block[cut:]
            else:
                rest += block
    rest = rest.rstrip(b"\r\n" + EOF_MARK)
    yield _Piece(item.file_no, rest + b"\n" if rest else b"", True)


def _has_long_line(rest: bytes, block: bytes) -> bool:
    """Whether a line is longer than any record: steps from newline to newline, as far apart as allowed."""
    start = -len(rest)
    while len(block) - start > MAX_LINE_BYTES:
        newline = block.rfind(b"\n", max(start, 0), max(start + MAX_LINE_BYTES + 1, 0))
        if newline < 0:
            return True
        start = newline + 1
    return False


def _chunk(
    pieces: list[_Piece],
    failed: dict[int, Exception],
    lines_before: dict[int, int],
    wanted: set[str],
    digits: bool,
) -> Chunk:
    """Index a block of pieces, count its lines and cut out the wanted ones. Updates `lines_before`."""
    data = b"".join(piece.data for piece in pieces)
    index = _line_index(data)
    index = index.with_columns(_places(pieces, index["end"], lines_before))
    ids = pl.Series([_id_number(i) for i in wanted], dtype=pl.UInt16)
    keep = pl.col("id").is_in(ids.implode())
    if digits:
        keep |= (pl.col("id") & 0xFF).is_between(0x30, 0x39)
    lines = index.filter(keep)
    ended = {piece.file_no: lines_before[piece.file_no] for piece in pieces if piece.ends_file}
    frame = lines.select("file_no", "line_no", *_texts(data, lines), record_type=_id_texts(lines["id"]))
    return Chunk(frame, _counts(index), ended, failed)


def _line_index(data: bytes) -> pl.DataFrame:
    """One row a line: start, end (its newline) and id, its first byte + 256 × its second."""
    byte = pl.Series([data]).cast(pl.List(pl.UInt8)).explode() if data else pl.Series([], dtype=pl.UInt8)
    end = (byte == NEWLINE).arg_true()
    start = (end.shift(1) + 1).fill_null(0)
    second = (start + 1).clip(upper_bound=max(len(data) - 1, 0))  # the last line may be a newline alone
    record_id = byte.gather(start).cast(pl.UInt16) + byte.gather(second).cast(pl.UInt16) * 256
    return pl.DataFrame({"start": start, "end": end, "id": record_id})


def _places(pieces: list[_Piece], ends: pl.Series, lines_before: dict[int, int]) -> list[pl.Series]:
    """file_no and line_no of every line of the block."""
    offsets = pl.Series([len(piece.data) for piece in pieces], dtype=pl.UInt32).cum_sum()
    file_no, line_no, row = [pl.Series([], dtype=pl.Int32)], [pl.Series([], dtype=pl.Int64)], 0
    for piece, until in zip(pieces, ends.search_sorted(offsets, side="left").to_list(), strict=True):
        before = lines_before.get(piece.file_no, 0)
        after = lines_before[piece.file_no] = before + until - row
        if until > row:
            file_no.append(pl.repeat(piece.file_no, until - row, dtype=pl.Int32, eager=True))
            line_no.append(pl.int_range(before + 1, after + 1, eager=True))
        row = until
    return [pl.concat(file_no).alias("file_no"), pl.concat(line_no).alias("line_no")]


def _counts(index: pl.DataFrame) -> pl.DataFrame:
    """Lines by file and readable record type."""
    file_no = index["file_no"]
    if len(index) and file_no[0] == file_no[-1]:  # a block inside one file: half the work
        counts = index["id"].value_counts(name="lines").with_columns(file_no=pl.lit(file_no[0], pl.Int32))
    else:
        counts = index.group_by("file_no", "id").len("lines")
    return counts.select("file_no", record_type=_id_texts(counts["id"]), lines=pl.col("lines").cast(pl.Int64))


def _texts(data: bytes, lines: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Decoded text of the kept lines, and whether a byte of it was not CP932. Neighbours are cut out in one go."""
    starts, ends = lines["start"], lines["end"] + 1
    new_run = (starts != ends.shift(1)).fill_null(True)
    run_ends = ends.filter(new_run.shift(-1).fill_null(True))
    view = memoryview(data)
    runs = zip(starts.filter(new_run).to_list(), run_ends.to_list(), strict=True)
    cut = (
        b"".join([view[start:end] for start, end in runs])
        .replace(b"\r\n", b"\n")
        .decode("cp932", errors="replace")
    )
    text = pl.Series("text", cut.split("\n")[:-1], dtype=pl.String)
    if any(mark in cut for mark in SUBSTITUTES):
        return text, text.str.contains(f"[{SUBSTITUTES}]").alias("replaced")
    return text, pl.repeat(False, len(text), eager=True).alias("replaced")


def _id_number(record_id: str) -> int:
    """Ids of one character stand before a comma."""
    first, second = record_id.ljust(2, ",").encode("ascii")
    return first + second * 256


def _id_texts(ids: pl.Series) -> pl.Series:
    known = ids.unique()
    names = pl.Series([_id_text(number) for number in known.to_list()], dtype=pl.String)
    return ids.replace_strict(known, names, return_dtype=pl.String) if len(ids) else ids.cast(pl.String)


def _id_text(number: int) -> str:
    """Readable record type of a counted line; anything that is not a plain id is one group, without content."""
    first, second = chr(number % 256), chr(number // 256)
    if first in "\r\n":
        return BLANK
    text = first if second in ",\r\n" else first + second
    return text if text.isascii() and text.isalnum() else "?"
