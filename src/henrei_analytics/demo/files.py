"""The claim files, return files and 返戻内訳書 of the office, and the mess around them."""

from __future__ import annotations

from pathlib import Path
from random import Random

from . import records
from .claim_files import ClaimFile, claim_files
from .events import Place, Return, total_points
from .months import wareki
from .shelf import Shelf, Stream, copy_path, encode
from .story import Story, StreamKey
from .world import INSTITUTIONS, PAYER_CODE, PAYERS

END_OF_FILE = b"\x1a"
NO_END_MARK_RATE = 0.10
BARE_LF_RATE = 0.07
LOWER_CASE_RATE = 0.07
COPY_RATE = 0.05
LOST_HEN_FILES = 2
README = "読んでください.txt"
README_TEXT = (
    "この階層のファイルはすべて架空のデータです。実在の人物・団体とは関係ありません。\r\n"
    "保険者番号は、だれのものでもないように検証番号を合わせていません（henrei check はそれを知らせます）。\r\n"
)


class Office:
    """Writes the story's files month by month: a re-claim quotes the return file it answers."""

    def __init__(self, out: Path, shelf: Shelf, story: Story, seed: int) -> None:
        self._out = out
        self._shelf = shelf
        self._story = story
        self._rng = Random(f"{seed}:files")
        for key in self._choose_lost():
            story.lost_files[key].add("hen")

    def write_all(self) -> None:
        for month in range(self._story.first_month, self._story.last_month + 2):
            for institution in INSTITUTIONS:
                for payer in PAYERS:
                    stream = Stream(institution, payer, month)
                    for file in claim_files(self._story, stream.key):
                        self._claim_file(stream, file)
                    self._write_first_review(stream)
                    self._write_re_examination(stream)
        self._shelf.put(self._out / README, README_TEXT.encode("cp932"), self._story.first_month, 1)

    def _choose_lost(self) -> set[StreamKey]:
        """Months whose HEN the office did not keep: the 返戻内訳書 alone tells of these returns.

        Noise loses more, in any month. Here only months of first-round returns qualify: a 返戻内訳書 cannot say which earlier return came before.
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

    def _is_lost(self, stream: Stream, kind: str) -> bool:
        return kind in self._story.lost_files.get(stream.key, ())

    # claim files

    def _claim_file(self, stream: Stream, file: ClaimFile) -> None:
        lines = [records.ir(*stream)]
        starts = []
        points = count = 0
        for number, sending in enumerate(file.sendings, 1):
            items = file.items(sending)
            claim = records.claim_lines(sending, number, items)
            starts.append(len(lines) + 1)
            lines += claim
            lines += records.numbered(sending.block)
            if sending.returned:
                sending.lines = tuple(claim)
            points += total_points(items)
            count += records.payer_lines(sending.receipt)
        if self._is_lost(stream, "uke"):
            return
        lines.append(records.totals("GO", count, points))
        path = self._shelf.folder(stream) / file.subfolder / "RECEIPTC.UKE"
        when = (stream.month, file.day)
        path = self._record_file(stream, path, "uke", lines, len(file.sendings), (count, points), when)
        for sending, start in zip(file.sendings, starts, strict=True):
            sending.places.append(Place(self._shelf.name_of(path), start))

    # return files

    def _write_first_review(self, stream: Stream) -> None:
        returns = _online(self._story.streams["first_review"].get(stream.key, []))
        if not returns or stream.key == self._story.undownloaded:
            return
        kept = not self._is_lost(stream, "hen")
        self._return_file(stream, returns, "hen", write=kept)
        if self._is_lost(stream, "henr"):
            return
        self._henr_file(stream, returns)
        for returned in returns:
            returned.sources = ["hen", "henr"] if kept else ["henr"]

    def _write_re_examination(self, stream: Stream) -> None:
        returns = _online(self._story.streams["re_examination"].get(stream.key, []))
        if not returns:
            return
        self._return_file(stream, returns, "sah")
        for returned in returns:
            returned.sources = ["sah"]

    def _return_file(self, stream: Stream, returns: list[Return], kind: str, write: bool = True) -> None:
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
        path = self._shelf.folder(stream) / f"RECEIPTC.{kind.upper()}"
        self._record_file(stream, path, kind, lines, len(returns), (count, points), (stream.month + 1, 6))

    def _henr_file(self, stream: Stream, returns: list[Return]) -> None:
        lines = [records.notice_header(*stream), records.HENR_TITLES]
        for returned in returns:
            lines += records.henr_rows(returned)
        name = f"RIhenr{PAYER_CODE[stream.payer]}{stream.institution.code}{wareki(stream.month)}.csv"
        path = self._shelf.folder(stream) / name
        # notice files have no end mark and no totals
        self._shelf.put(path, encode(lines), stream.month + 1, 5)
        self._shelf.note(stream, path, "henr", len(lines), len(returns))

    # writing

    def _record_file(
        self,
        stream: Stream,
        path: Path,
        kind: str,
        lines: list[str],
        receipts: int,
        control: tuple[int, int],
        when: tuple[int, int],
    ) -> Path:
        """Write a record file, now and then with one of the harmless deviations offices see; its final path."""
        rng = self._rng
        newline = "\n" if rng.random() < BARE_LF_RATE else "\r\n"
        content = encode(lines, newline) + (b"" if rng.random() < NO_END_MARK_RATE else END_OF_FILE)
        if rng.random() < LOWER_CASE_RATE:
            path = path.with_name(path.name.lower())
        self._shelf.put(path, content, *when)
        self._shelf.note(stream, path, kind, len(lines), receipts, control)
        if kind == "hen" and rng.random() < COPY_RATE:
            copy = copy_path(path)
            self._shelf.put(copy, content, when[0], when[1] + 1)
            self._shelf.note(stream, copy, kind, len(lines), receipts, control, copy_of=path)
        return path


def _online(returns: list[Return]) -> list[Return]:
    """Those a file brings; the others come on paper."""
    return [returned for returned in returns if returned.medium == "online"]
