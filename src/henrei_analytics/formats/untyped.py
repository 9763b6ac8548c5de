"""Reports without a record type (送信データ集計表, ASP結果リスト …): give every line one, by its place.

Line 1 is the report's name, then a header, a title row and rows; a bulk download repeats them. Each line gets its
type in front: 0 name, 1 header, 2 titles, 3 row. After that they read like every other notice.
"""

from __future__ import annotations

from types import TracebackType
from typing import BinaryIO

from henrei_analytics.formats.layout import Layout
from henrei_analytics.formats.scan import MAX_LINE_BYTES, LineTooLong

NAME, HEADER, TITLES, ROW = b"0,", b"1,", b"2,", b"3,"


class TypedLines:
    """A binary stream whose lines carry their type; reads on demand, never holding more than a block and a line."""

    def __init__(self, stream: BinaryIO, layout: Layout) -> None:
        self._stream = stream
        self._names = tuple(name.encode("cp932") for name in layout.report_names)
        first_title = next(iter(layout.records.values())).columns[1]
        self._titles = first_title.encode("cp932") + b","
        self._rest: bytes | None = b""
        self._held: bytes | None = None  # one line, whose type depends on the line after it

    def __enter__(self) -> TypedLines:
        self._stream.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.__exit__(kind, error, trace)

    def read(self, size: int) -> bytes:
        """The next lines, typed; empty at the end. Raises LineTooLong."""
        while self._rest is not None:
            block = self._stream.read(size)
            if block:
                whole, newline, rest = (self._rest + block).rpartition(b"\n")
                self._rest = rest
                if len(rest) > MAX_LINE_BYTES:
                    raise LineTooLong
                lines = (whole + newline).splitlines(keepends=True) if newline else []
                typed = self._typed(_only_lf(lines))
            else:
                last, self._rest = self._rest, None
                typed = self._typed([last] if last else []) + self._release(b"")
            if typed:
                return typed
        return b""

    def _typed(self, lines: list[bytes]) -> bytes:
        return b"".join(self._release(line) for line in lines)

    def _release(self, following: bytes) -> bytes:
        held, self._held = self._held, following
        if held is None or (not held and not following):
            return b""
        return self._type(held, following) + held if held.strip(b"\r\n\x1a") else held

    def _type(self, line: bytes, following: bytes) -> bytes:
        if line.startswith(self._names):
            return NAME
        if line.startswith(self._titles):
            return TITLES
        return HEADER if following.startswith(self._titles) else ROW


def _only_lf(lines: list[bytes]) -> list[bytes]:
    """bytes.splitlines also cuts at a lone CR; put such pieces together again."""
    joined: list[bytes] = []
    for line in lines:
        if joined and not joined[-1].endswith(b"\n"):
            joined[-1] += line
        else:
            joined.append(line)
    return joined
