"""Files read as the loader reads them, without a database: detected, read, and everything said about them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from typing import Any
from unittest.mock import patch

from henrei_analytics.errors import UnreadableFile
from henrei_analytics.formats.detect import HEAD_BYTES, LeftAlone, detect
from henrei_analytics.formats.layout import Layout
from henrei_analytics.formats.read import FileRead, Reader
from henrei_analytics.formats.scan import Input
from henrei_analytics.privacy import Pseudonyms

Row = dict[str, Any]
PSEUDONYMS = Pseudonyms(b"k" * 32)


@dataclass(frozen=True)
class Outcome:
    """What came of some files of one layout: the state of each, and rows by table, `quarantine` among them.

    Rows of rejected files are left out, as the loader does.
    """

    layout: Layout
    files: dict[int, FileRead]
    rows: dict[str, list[Row]]

    @property
    def file(self) -> FileRead:
        """The only file."""
        (state,) = self.files.values()
        return state

    @property
    def error(self) -> str | None:
        """Why the only file is rejected."""
        return self.file.error.rule if self.file.error else None

    def of(self, file_no: int) -> tuple:
        """All that may be said of one file."""
        state = self.files[file_no]
        if state.error:
            return state.error.rule, state.lines
        return None, state.lines, state.facts, state.trailer, +state.loaded, +state.skipped, +state.set_aside

    def values(self, table: str, *columns: str) -> list[tuple]:
        """Some columns of a table, in the order of the lines; months as 2026-09."""
        return [tuple(_plain(row[column]) for column in columns) for row in self.rows.get(table, [])]

    @property
    def said(self) -> str:
        """Every message about the files."""
        messages = [state.error.message for state in self.files.values() if state.error]
        return "\n".join([*messages, *(row["message"] for row in self.rows["quarantine"])])


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m") if isinstance(value, date) and value.day == 1 else value


def read(
    *contents: bytes, name: str = "RECEIPTC.HEN", chunk_bytes: int = 4 << 20, chunk_lines: int = 40_000
) -> Outcome | str:
    """Read files of one kind in one go; or the rule by which the first is refused, or what it is instead."""
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
    for table, found in rows.items():
        place = "block_no" if table == "blocks" else "line_no"
        found.sort(key=lambda row: (row["file_no"], row[place]))
    return Outcome(layout, files, rows)


def loaded(content: bytes, name: str = "renamed.csv") -> Outcome:
    """A file that must be read whole: no error, no line set aside, every line accounted for."""
    outcome = read(content, name=name)
    assert isinstance(outcome, Outcome), outcome
    assert (outcome.error, outcome.rows["quarantine"]) == (None, [])
    assert_adds_up(outcome)
    return outcome


def assert_adds_up(outcome: Outcome | str) -> None:
    """Every line of every file is loaded, skipped or set aside, once."""
    if isinstance(outcome, str):
        return
    for state in outcome.files.values():
        assert state.loaded.total() + state.skipped.total() + state.set_aside.total() == state.lines
        assert min(state.loaded.values(), default=0) >= 0
    good = [state for state in outcome.files.values() if not state.error]
    set_aside = [(row["file_no"], row["line_no"]) for row in outcome.rows["quarantine"]]
    assert len(set(set_aside)) == len(set_aside) == sum(state.set_aside.total() for state in good)
    lines = [
        row for table, rows in outcome.rows.items() if table not in ("quarantine", "blocks") for row in rows
    ]
    headers = sum(len(rows) for table, rows in outcome.rows.items() if table == "blocks")
    assert len(lines) + headers == sum(state.loaded.total() for state in good)
