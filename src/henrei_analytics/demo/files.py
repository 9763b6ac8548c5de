"""The files an office ends up with: claim files, return files, 返戻内訳書, and the mess around them."""

from __future__ import annotations

import calendar
import os
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import NamedTuple

from . import records
from .events import Return, Sending, total_points
from .months import wareki, yyyymm
from .simulate import Story, StreamKey
from .world import HOSPITAL, INSTITUTIONS, PAYER_CODE, PAYER_LABEL, PAYERS, Institution, Payer

END_OF_FILE = b"\x1a"
NO_END_MARK_RATE = 0.10
BARE_LF_RATE = 0.07
LOWER_CASE_RATE = 0.07
COPY_RATE = 0.05
LOST_HEN_FILES = 2
README = "読んでください.txt"
README_TEXT = "この階層のファイルはすべて架空のデータです。実在の人物・団体とは関係ありません。\r\n"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """What a file says, for the truth."""

    name: str
    path: str
    kind: str
    payer: Payer
    institution: str
    month: int
    lines: int
    receipts: int
    control_count: int | None
    control_points: int | None
    copy_of: str | None = None


class _Stream(NamedTuple):
    institution: Institution
    payer: Payer
    month: int

    @property
    def key(self) -> StreamKey:
        return self.institution.code, self.payer, self.month


class Office:
    """Writes the story's files month by month: a re-claim quotes the return file it answers."""

    def __init__(self, out: Path, story: Story, seed: int) -> None:
        self.files: list[WrittenFile] = []
        self.bytes = 0
        self._out = out
        self._story = story
        self._rng = Random(f"{seed}:files")
        self._lost = self._choose_lost()

    def write_all(self) -> None:
        for month in range(self._story.first_month, self._story.last_month + 2):
            for institution in INSTITUTIONS:
                for payer in PAYERS:
                    stream = _Stream(institution, payer, month)
                    self._write_claims(stream)
                    self._write_first_review(stream)
                    self._write_re_examination(stream)
        self._put(self._out / README, README_TEXT.encode("cp932"), self._story.first_month, 1)

    def _choose_lost(self) -> set[StreamKey]:
        """Months whose HEN the office did not keep: the 返戻内訳書 alone tells of these returns.

        Only months of first-round returns qualify: a 返戻内訳書 cannot say which earlier return came before.
        """
        newest = self._story.last_month
        fitting = [
            key
            for key, batch in self._story.streams["first_review"].items()
            if self._story.first_month + 2 <= key[2] <= newest - 2
            and len(batch) >= 2
            and all(item.round == 1 for item in batch)
        ]
        return set(self._rng.sample(fitting, min(LOST_HEN_FILES, len(fitting))))

    # claim files

    def _write_claims(self, stream: _Stream) -> None:
        sendings = self._story.sendings.get(stream.key, [])
        if not sendings:
            return
        if stream.key == self._story.split_month:
            half = len(sendings) // 2
            self._claim_file(stream, sendings[:half], "", 8)
            self._claim_file(stream, sendings[half:], "追加", 9)
            return
        corrected = [sending for sending in sendings if sending.corrected]
        self._claim_file(stream, sendings, "", 8, first_wording=True)
        if corrected:
            self._claim_file(stream, corrected, "2回目", 10)

    def _claim_file(
        self, stream: _Stream, sendings: list[Sending], subfolder: str, day: int, first_wording: bool = False
    ) -> None:
        lines = [records.ir(*stream)]
        points = count = 0
        for number, sending in enumerate(sendings, 1):
            items = sending.receipt.items
            if first_wording and sending.corrected:
                items = items[:-1]
            claim = records.claim_lines(sending, number, items)
            lines += claim
            if sending.answers:
                lines += records.numbered(sending.answers.block)
            if sending.returned:
                sending.lines = tuple(claim)
            points += total_points(items)
            count += records.payer_lines(sending.receipt)
        lines.append(records.totals("GO", count, points))
        path = self._folder(stream) / subfolder / "RECEIPTC.UKE"
        self._record_file(stream, path, "uke", lines, len(sendings), (count, points), (stream.month, day))

    # return files

    def _write_first_review(self, stream: _Stream) -> None:
        returns = self._story.streams["first_review"].get(stream.key, [])
        if not returns:
            return
        kept = stream.key not in self._lost
        self._return_file(stream, returns, "hen", write=kept)
        self._henr_file(stream, returns)
        for returned in returns:
            returned.sources = ["hen", "henr"] if kept else ["henr"]

    def _write_re_examination(self, stream: _Stream) -> None:
        returns = self._story.streams["re_examination"].get(stream.key, [])
        if not returns:
            return
        self._return_file(stream, returns, "sah")
        for returned in returns:
            returned.sources = ["sah"]

    def _return_file(self, stream: _Stream, returns: list[Return], kind: str, write: bool = True) -> None:
        lines = [records.hi(*stream)]
        for returned in returns:
            returned.block = records.history_block(returned)
            lines += records.returned_lines(returned)
            lines += records.reason_lines(returned)
            lines += records.numbered(returned.block)
        if not write:
            return
        receipts = [returned.receipt for returned in returns]
        count, points = sum(map(records.payer_lines, receipts)), sum(receipt.points for receipt in receipts)
        lines.append(records.totals("HG", count, points))
        path = self._folder(stream) / f"RECEIPTC.{kind.upper()}"
        self._record_file(stream, path, kind, lines, len(returns), (count, points), (stream.month + 1, 6))

    def _henr_file(self, stream: _Stream, returns: list[Return]) -> None:
        lines = [records.henr_header(*stream), records.HENR_TITLES]
        for returned in returns:
            lines += records.henr_rows(returned)
        path = (
            self._folder(stream)
            / f"RIhenr{PAYER_CODE[stream.payer]}{stream.institution.code}{wareki(stream.month)}.csv"
        )
        # notice files have no end mark and no totals
        self._put(path, _encode(lines, "\r\n"), stream.month + 1, 5)
        self._note(stream, path, "henr", len(lines), len(returns), (None, None))

    # writing

    def _record_file(
        self,
        stream: _Stream,
        path: Path,
        kind: str,
        lines: list[str],
        receipts: int,
        control: tuple[int, int],
        when: tuple[int, int],
    ) -> None:
        """Write a record file, now and then with one of the harmless deviations offices see."""
        rng = self._rng
        newline = "\n" if rng.random() < BARE_LF_RATE else "\r\n"
        content = _encode(lines, newline) + (b"" if rng.random() < NO_END_MARK_RATE else END_OF_FILE)
        if rng.random() < LOWER_CASE_RATE:
            path = path.with_name(path.name.lower())
        self._put(path, content, *when)
        self._note(stream, path, kind, len(lines), receipts, control)
        if kind == "hen" and rng.random() < COPY_RATE:
            copy = path.with_name(f"{path.stem} (1){path.suffix}")
            self._put(copy, content, when[0], when[1] + 1)
            self._note(stream, copy, kind, len(lines), receipts, control, copy_of=path)

    def _folder(self, stream: _Stream) -> Path:
        """Each institution keeps its files in its own way."""
        home = self._out / stream.institution.name
        month = yyyymm(stream.month)
        label = PAYER_LABEL[stream.payer]
        if stream.institution is HOSPITAL:
            return home / f"{month}_{label}"
        return home / f"{month[:4]}-{month[4:]}" / label

    def _put(self, path: Path, content: bytes, month: int, day: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        time = calendar.timegm((month // 12, month % 12 + 1, day, 9, 0, 0))
        os.utime(path, (time, time))
        self.bytes += len(content)

    def _note(
        self,
        stream: _Stream,
        path: Path,
        kind: str,
        lines: int,
        receipts: int,
        control: tuple[int | None, int | None],
        copy_of: Path | None = None,
    ) -> None:
        self.files.append(
            WrittenFile(
                name=path.name,
                path=path.relative_to(self._out).as_posix(),
                kind=kind,
                payer=stream.payer,
                institution=stream.institution.code,
                month=stream.month,
                lines=lines,
                receipts=receipts,
                control_count=control[0],
                control_points=control[1],
                copy_of=copy_of.relative_to(self._out).as_posix() if copy_of else None,
            )
        )


def _encode(lines: list[str], newline: str) -> bytes:
    return (newline.join(lines) + newline).encode("cp932")
