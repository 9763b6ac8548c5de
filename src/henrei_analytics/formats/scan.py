"""Bytes → the wanted lines, with file and line numbers, in chunks of bounded memory.

The lines are chosen on raw bytes before anything is decoded: in CP932 neither 0x0A nor 0x2C can be the second
byte of a character, so a newline is a newline and the two bytes behind it are the record id. The bytes become
one UInt8 column, the newlines an index of it; ids, line numbers and the count of every record type come from
that index, and only the wanted tenth of the bytes is decoded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import polars as pl

CHUNK_BYTES = 8 << 20
MAX_LINE_BYTES = 1 << 20  # the longest record of the specifications is about 2 kB

NEWLINE, EOF_MARK = 0x0A, b"\x1a"
BLANK = "空行"


@dataclass(frozen=True)
class Input:
    """A file to scan: its number in the ledger and a way to open it."""

    file_no: int
    open: Callable[[], BinaryIO]


@dataclass(frozen=True)
class Chunk:
    """Some lines of some files.

    lines: file_no, line_no (from 1), text (decoded, no line end), replaced (a byte was not CP932), last (the
    last line of its file: bool). counts: file_no, record_type, lines — all lines, wanted or not.
    ended: the files whose end is in this chunk; failed: file_no → the exception met while reading it.
    """

    lines: pl.DataFrame
    counts: pl.DataFrame
    ended: dict[int, int]
    failed: dict[int, Exception]


class LineTooLong(ValueError):
    """A line is longer than any record can be: not a text file of this kind."""


@dataclass
class _Piece:
    """A run of whole lines of one file inside the chunk that is being filled."""

    file_no: int
    first_line: int
    data: bytes
    ends_file: bool


def scan(
    inputs: Iterable[Input], wanted: set[str], *, digits: bool = False, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[Chunk]:
    """Yield chunks of the lines whose record id is in `wanted`; with `digits` also all that start with a digit.

    Small files share a chunk, a large file spans several; lines are never cut. Record ids are the bytes before
    the first comma, one or two of them.
    """
    pieces: list[_Piece] = []
    failed: dict[int, Exception] = {}
    size = 0
    for item in inputs:
        try:
            for piece in _pieces(item, chunk_bytes):
                pieces.append(piece)
                size += len(piece.data)
                if size >= chunk_bytes:
                    yield _chunk(pieces, failed, wanted, digits)
                    pieces, failed, size = [], {}, 0
        except (OSError, EOFError, LineTooLong, ValueError, NotImplementedError, RuntimeError) as error:
            # damaged zip members raise all of these; the file is dropped as a whole by the caller
            failed[item.file_no] = error
    if pieces or failed:
        yield _chunk(pieces, failed, wanted, digits)


def _pieces(item: Input, chunk_bytes: int) -> Iterator[_Piece]:
    """Cut one file into pieces that end with a newline; the last one lacks neither newline nor file end."""
    rest, line_no = b"", 1
    with item.open() as stream:
        while block := stream.read(chunk_bytes):
            block = rest + block if rest else block
            cut = block.rfind(b"\n") + 1
            rest = block[cut:]
            if len(rest) > MAX_LINE_BYTES:
                raise LineTooLong
            if cut:
                data = block[:cut]
                yield _Piece(item.file_no, line_no, data, False)
                line_no += data.count(b"\n")
    rest = rest.rstrip(b"\r\n" + EOF_MARK)
    yield _Piece(item.file_no, line_no, rest + b"\n" if rest else b"", True)


def _chunk(pieces: list[_Piece], failed: dict[int, Exception], wanted: set[str], digits: bool) -> Chunk:
    data = b"".join(piece.data for piece in pieces)
    index = _line_index(data)
    index = index.with_columns(_place(pieces, index["start"]))
    counts = (
        index.group_by("file_no", "id").len("lines").with_columns(record_type=pl.col("id").map_elements(_id_text, pl.String))
    ).select("file_no", "record_type", "lines")
    ended = {p.file_no: p.first_line - 1 + p.data.count(b"\n") for p in pieces if p.ends_file}
    ids = pl.Series([_id_number(i) for i in wanted], dtype=pl.UInt32)
    keep = pl.col("id").is_in(ids.implode())
    if digits:
        keep |= (pl.col("id") & 0xFF).is_between(0x30, 0x39)
    lines = index.filter(keep)
    texts = _texts(data, lines)
    lines = lines.select(
        "file_no",
        "line_no",
        text=texts,
        replaced=texts.str.contains("\ufffd", literal=True),
    )
    return Chunk(lines, counts, ended, failed)


def _line_index(data: bytes) -> pl.DataFrame:
    """One row a line: start, end (its newline) and id — first byte + 256 × second byte, commas and line ends as 0."""
    byte = pl.Series([data]).cast(pl.List(pl.UInt8)).explode()
    end = (byte == NEWLINE).arg_true().cast(pl.Int64)
    start = pl.concat([pl.Series([0], dtype=pl.Int64), end.head(-1) + 1]) if len(end) else end
    last = len(data) - 1
    first = byte.gather(start)
    second = byte.gather(pl.select(pl.min_horizontal(start + 1, pl.lit(last))).to_series())
    frame = pl.DataFrame({"start": start, "end": end, "first": first, "second": second})
    blank = pl.col("first").is_in([0x0A, 0x0D])
    short = pl.col("second").is_in([0x0A, 0x0D, 0x2C])
    return frame.select(
        "start",
        "end",
        id=pl.when(blank)
        .then(0)
        .otherwise(pl.col("first").cast(pl.UInt32) + pl.when(short).then(0).otherwise(pl.col("second").cast(pl.UInt32) * 256)),
    )


def _place(pieces: list[_Piece], start: pl.Series) -> list[pl.Series]:
    """file_no and line_no of every line of the chunk."""
    offsets, file_nos, firsts = [], [], []
    offset = 0
    for piece in pieces:
        if piece.data:
            offsets.append(offset)
            file_nos.append(piece.file_no)
            firsts.append(piece.first_line)
            offset += len(piece.data)
    piece_no = pl.Series(offsets, dtype=pl.Int64).search_sorted(start, side="right") - 1
    row = pl.int_range(len(start), eager=True, dtype=pl.Int64)
    first_row = start.search_sorted(pl.Series(offsets, dtype=pl.Int64)) if offsets else start
    file_no = pl.Series(file_nos, dtype=pl.Int32).gather(piece_no)
    line_no = row - first_row.cast(pl.Int64).gather(piece_no) + pl.Series(firsts, dtype=pl.Int64).gather(piece_no)
    return [file_no.alias("file_no"), line_no.alias("line_no")]


def _texts(data: bytes, lines: pl.DataFrame) -> pl.Series:
    """The decoded text of the kept lines: neighbouring lines are cut out in one go, then decoded together."""
    runs = (
        lines.with_columns(run=(pl.col("start") != pl.col("end").shift(1) + 1).fill_null(True).cum_sum())
        .group_by("run", maintain_order=True)
        .agg(pl.col("start").first(), pl.col("end").last())
    )
    cut = b"".join([data[a : b + 1] for a, b in zip(runs["start"].to_list(), runs["end"].to_list(), strict=True)])
    texts = cut.decode("cp932", errors="replace").split("\n")[:-1]
    return pl.Series("text", texts, dtype=pl.String).str.strip_chars_end("\r")


def _id_number(record_id: str) -> int:
    code = record_id.encode("ascii")
    return code[0] + (code[1] << 8 if len(code) > 1 else 0)


def _id_text(number: int) -> str:
    """Readable record type of a counted line; anything that is not a plain id is one group, without content."""
    if number == 0:
        return BLANK
    text = chr(number & 0xFF) + (chr(number >> 8) if number >> 8 else "")
    return text if text.isascii() and text.isalnum() else "?"
