"""Files of one family → typed frames, the lines that had to be set aside, and what each file is.

The one mechanism behind every layout: scan the wanted lines, split them on commas (the formats use no quotes),
give every line its receipt number, turn items into columns, hash what must not be stored, and set aside, with
file, line and rule, what does not fit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl
import polars.selectors as cs

from henrei_analytics.errors import UnreadableFile
from henrei_analytics.formats.fields import CHECKED, CONVERT, trimmed
from henrei_analytics.formats.headers import FileFacts, parse_header
from henrei_analytics.formats.layout import Field, Layout, Record
from henrei_analytics.formats.scan import Input, LineTooLong, scan
from henrei_analytics.formats.untyped import TypedLines
from henrei_analytics.privacy import Pseudonyms

HISTORY = "履歴"  # all lines of 履歴管理ブロック count as one record type

PLACE = ("file_no", "line_no", "receipt_no", "block_no")
QUARANTINE = {
    "file_no": pl.Int32,
    "line_no": pl.Int64,
    "record_type": pl.String,
    "rule": pl.String,
    "message": pl.String,
}
BLOCK_MONTHS = ("month", "service_month", "name_month", "default_month")
BLOCK_FACTS = (
    "payer", "prefecture", "fee_table", "code", "institution_name", "department", "sending", "setting", *BLOCK_MONTHS,
)  # fmt: skip
BLOCKS = dict.fromkeys(BLOCK_FACTS, pl.String) | {"file_no": pl.Int32, "block_no": pl.Int64}


@dataclass
class FileRead:
    """What is known of one file so far; complete once its `Part.ended` names it."""

    file_no: int
    name: str
    facts: FileFacts | None = None
    error: UnreadableFile | None = None
    lines: int = 0
    replaced: int = 0  # lines with bytes that are not CP932, read with a substitute character
    by_type: Counter = field(default_factory=Counter)
    loaded: Counter = field(default_factory=Counter)
    set_aside: Counter = field(default_factory=Counter)
    receipts: int = 0
    blocks: int = 0
    trailer: str | None = None
    trailer_line: int = 0
    last_known_line: int = 0
    last_short_line: int = 0

    @property
    def skipped(self) -> Counter:
        """Lines not needed, by record type."""
        return self.by_type - self.loaded - self.set_aside


@dataclass(frozen=True)
class Part:
    """One chunk's worth: frames by ledger table, the quarantine, and the files that ended in it."""

    frames: dict[str, pl.DataFrame]
    quarantine: pl.DataFrame
    ended: list[FileRead]


class Reader:
    """Reads files of one layout, hashing people with `pseudonyms`. Use one instance for one `read`."""

    def __init__(self, layout: Layout, pseudonyms: Pseudonyms) -> None:
        self.layout = layout
        self._pseudonyms = pseudonyms
        self._files: dict[int, FileRead] = {}
        self._bad_receipts = pl.DataFrame(schema={"file_no": pl.Int32, "receipt_no": pl.Int64})

    def read(self, inputs: Iterable[tuple[Input, str]], **scan_options: int) -> Iterator[Part]:
        """Yield parts. `inputs` pairs each file with its name, which fills what the content lacks.

        A file that proves unreadable is ended with `error` set; parts already yielded for it must be dropped by
        the caller, which is why every row carries its file_no.
        """
        inputs = [(self._typed_input(item), name) for item, name in inputs]
        self._files = {item.file_no: FileRead(item.file_no, name) for item, name in inputs}
        wanted = set(self.layout.records) | self.layout.header_ids
        for chunk in scan(
            [item for item, _ in inputs], wanted, digits=self.layout.history_items > 0, **scan_options
        ):
            for file_no, record_type, n in chunk.counts.iter_rows():
                self._files[file_no].by_type[self._label(record_type)] += n
            lines = self._classified(chunk.lines)
            blocks = self._read_headers(lines)
            frames, quarantine = self._typed(lines)
            frames["blocks"] = blocks
            self._note_progress(lines, quarantine)
            yield Part(frames, quarantine, self._ended(chunk.ended, chunk.failed))

    def _typed_input(self, item: Input) -> Input:
        if not self.layout.is_untyped:
            return item
        return Input(item.file_no, lambda: TypedLines(item.open(), self.layout))

    def _label(self, record_type: str) -> str:
        return HISTORY if self.layout.history_items and record_type[0].isdigit() else record_type

    def _classified(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Every line with its record id, whether it is history, and its receipt and block.

        A line is history exactly when its first item is all digits; its record id stands behind the prefix.
        Receipts and blocks are counted on from the chunk before. `known` lines have a place in the layout; the
        others are skipped.
        """
        layout, prefix = self.layout, self.layout.history_items
        is_history = pl.col("record_type").str.contains(r"^[0-9]+$") if prefix else pl.lit(False)
        behind_prefix = pl.col("text").str.extract(rf"^(?:[0-9]+,){{{prefix}}}([^,]*)")
        lines = lines.with_columns(is_history=is_history)
        lines = lines.with_columns(record=pl.when("is_history").then(behind_prefix).otherwise("record_type"))
        plain = pl.col("record").is_in([*layout.records, *layout.header_ids])
        history = pl.col("record").is_in(list(layout.history))
        receipts = {no: f.receipts for no, f in self._files.items() if f.receipts}
        blocks = {no: f.blocks for no, f in self._files.items() if f.blocks}
        return lines.with_columns(
            known=pl.when("is_history").then(history).otherwise(plain).fill_null(False),
            label=pl.when("is_history").then(pl.lit(HISTORY)).otherwise("record"),
            receipt_no=self._count_on(pl.col("record") == layout.starts_receipt, receipts),
            block_no=self._count_on(pl.col("record").is_in(list(layout.header_ids)), blocks),
        )

    @staticmethod
    def _count_on(condition: pl.Expr, before: dict[int, int]) -> pl.Expr:
        here = (condition & ~pl.col("is_history")).fill_null(False).cast(pl.Int64).cum_sum().over("file_no")
        return here + (
            pl.col("file_no").replace_strict(before, return_dtype=pl.Int64, default=0) if before else 0
        )

    def _read_headers(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Header lines are few; each is looked at on its own. Returns the rows of ledger.blocks."""
        heads = lines.filter(~pl.col("is_history") & pl.col("record").is_in(list(self.layout.header_ids)))
        blocks = []
        for file_no, block_no, line_no, text in heads.select(
            "file_no", "block_no", "line_no", "text"
        ).iter_rows():
            state = self._files[file_no]
            if state.error:
                continue
            try:
                facts = self._block(state, text, line_no)
            except UnreadableFile as error:
                state.error = error
                continue
            state.facts = state.facts or facts
            blocks.append(
                {
                    **{key: getattr(facts, key) for key in BLOCK_FACTS},
                    "file_no": file_no,
                    "block_no": block_no,
                }
            )
        frame = pl.DataFrame(blocks, schema=BLOCKS)
        return frame.with_columns(pl.col(BLOCK_MONTHS).str.to_date("%Y-%m-%d"))

    def _block(self, state: FileRead, text: str, line_no: int) -> FileFacts:
        """Facts of one header line. Notices may repeat theirs, one block a 診療科 or 送信回; record files may not."""
        if state.facts and self.layout.trailers:
            raise UnreadableFile(
                "two_headers",
                f"{line_no}行目に2つ目の見出し行があります。ファイルを1つずつに分けてください。",
            )
        facts = parse_header(self.layout, text.split(","), state.name)
        if state.facts and (facts.payer, facts.code) != (state.facts.payer, state.facts.code):
            raise UnreadableFile(
                "mixed",
                f"{line_no}行目から別の医療機関か審査支払機関の内容です。ファイルを1つずつに分けてください。",
            )
        return facts

    def _typed(self, lines: pl.DataFrame) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
        """Frames by table, and the quarantine. Receipts first: a bad one takes its further lines with it."""
        layout = self.layout
        start = layout.records[layout.starts_receipt]
        others = [(r, False) for r in layout.records.values() if r.id != start.id]
        others += [(r, True) for r in layout.history.values()]
        frames: dict[str, list[pl.DataFrame]] = {}
        quarantine = [pl.DataFrame(schema=QUARANTINE)]
        parts = lines.filter("known").partition_by("is_history", "record", as_dict=True, include_key=False)
        for record, is_history in [(start, False), *others]:
            rows = parts.get((is_history, record.id))
            if rows is None:
                continue
            frame, bad = self._record(rows, record, is_history=is_history)
            if record is start and len(bad):
                bad_starts = rows.join(bad, on=["file_no", "line_no"], how="semi")
                self._bad_receipts = pl.concat(
                    [self._bad_receipts, bad_starts.select("file_no", "receipt_no")]
                )
            frames.setdefault(record.table, []).append(frame)
            quarantine.append(bad)
        joined = {table: pl.concat(parts, how="diagonal") for table, parts in frames.items()}
        return joined, pl.concat(quarantine)

    def _record(
        self, rows: pl.DataFrame, record: Record, *, is_history: bool
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Typed rows of one record type, and the lines that do not fit it."""
        shift = self.layout.history_items if is_history else 0
        rows = rows.with_columns(items=pl.col("text").str.split(",")).drop("text")
        homeless = self._homeless(rows) if self._belongs_to_receipt(record, is_history) else rows.clear()
        if len(homeless):
            rows = rows.join(homeless, on=["file_no", "line_no"], how="anti")
        raw = rows.select(
            *PLACE,
            *([pl.col("items").list.first().alias("stage_id")] if is_history else []),
            *[
                trimmed(pl.col("items").list.get(no - 1 + shift, null_on_oob=True)).alias(f"#{no}")
                for no in record.item_numbers
            ],
            count=pl.col("items").list.len() - shift,
        )
        columns = [
            CONVERT[f.type](pl.col(f"#{f.item}") if f.item else pl.lit(None, pl.String)).alias(f.name)
            for f in record.fields
        ]
        typed = raw.lazy().with_columns(columns).with_columns(fault=_fault(record))  # lazy: common parts once
        typed = typed.drop("count", cs.starts_with("#")).collect()
        good = typed.filter(pl.col("fault").is_null()).drop("fault")
        reason = "属するレセプトの先頭行が読めないため、あわせて除きました。"
        bad = pl.concat(
            [
                typed.filter(pl.col("fault").is_not_null()).select("file_no", "line_no", "fault"),
                homeless.select("file_no", "line_no", fault=pl.lit(f"receipt:{reason}")),
            ]
        ).select(
            "file_no", "line_no",
            record_type=pl.lit(HISTORY if is_history else record.id),
            rule=pl.col("fault").str.extract(r"^([a-z_]+):"),
            message=pl.lit(f"{record.id}（{record.title}）: ") + pl.col("fault").str.extract(r"^[a-z_]+:(.*)$"),
        )  # fmt: skip
        return self._hashed(good, record), bad.cast(QUARANTINE)

    def _belongs_to_receipt(self, record: Record, is_history: bool) -> bool:
        outside = {self.layout.starts_receipt, *self.layout.trailers, *self.layout.header_ids}
        return is_history or record.id not in outside

    def _homeless(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Lines before any receipt, or of a receipt whose first line was set aside."""
        of_bad = rows.join(self._bad_receipts, on=["file_no", "receipt_no"], how="semi")
        return pl.concat([rows.filter(pl.col("receipt_no") == 0), of_bad])

    def _hashed(self, rows: pl.DataFrame, record: Record) -> pl.DataFrame:
        """Replace the secret columns by name_key (name alone) and patient_key (name, sex, birth)."""
        secrets = [f.name for f in record.fields if f.is_secret]
        if not secrets:
            return rows
        codes = {no: f.facts.code for no, f in self._files.items() if f.facts}
        scope = pl.col("file_no").replace_strict(codes, return_dtype=pl.String, default="").alias("scope")
        people = rows.select("name", scope, *[s for s in secrets if s != "name"])
        keys = [self._pseudonyms.of(people.select("name", "scope")).alias("name_key")]
        if "patient_key" in record.keys:
            keys.append(self._pseudonyms.of(people).alias("patient_key"))
        return rows.drop(secrets).with_columns(keys)

    def _note_progress(self, lines: pl.DataFrame, quarantine: pl.DataFrame) -> None:
        """Carry over, file by file, what later chunks and the end of the file need to know."""
        known = lines.select("file_no", "line_no", "label", "known").filter("known")
        for file_no, label, n in known.group_by("file_no", "label").len().iter_rows():
            self._files[file_no].loaded[label] += n
        for file_no, label, n in quarantine.group_by("file_no", "record_type").len().iter_rows():
            self._files[file_no].set_aside[label] += n
            self._files[file_no].loaded[label] -= n
        latest = lines.group_by("file_no").agg(
            pl.col("receipt_no").max(), pl.col("block_no").max(), pl.col("replaced").sum()
        )
        for file_no, receipts, blocks, replaced in latest.iter_rows():
            state = self._files[file_no]
            state.receipts, state.blocks = receipts, blocks
            state.replaced += replaced
        for file_no, line_no in known.group_by("file_no").agg(pl.col("line_no").max()).iter_rows():
            self._files[file_no].last_known_line = line_no
        for file_no, line_no in (
            quarantine.filter(rule="items").group_by("file_no").agg(pl.col("line_no").max()).iter_rows()
        ):
            self._files[file_no].last_short_line = line_no
        ends = lines.filter(~pl.col("is_history") & pl.col("record").is_in(list(self.layout.trailers)))
        for file_no, line_no, record in ends.select("file_no", "line_no", "record").iter_rows():
            state = self._files[file_no]
            if not state.trailer:
                state.trailer, state.trailer_line = record, line_no

    def _ended(self, ended: dict[int, int], failed: dict[int, Exception]) -> list[FileRead]:
        done = []
        for file_no, error in failed.items():
            state = self._files.pop(file_no)
            state.lines = state.by_type.total()
            state.error = _read_error(error)
            done.append(state)
        for file_no, lines in ended.items():
            state = self._files.pop(file_no)
            state.lines = lines
            state.error = state.error or self._whole(state)
            done.append(state)
        return done

    def _whole(self, state: FileRead) -> UnreadableFile | None:
        """A file must have its header and reach its end; half a download is not loaded."""
        again = "ダウンロードや複写が途中で切れた可能性があります。もう一度取り直してください。"
        if not state.facts:
            return UnreadableFile(
                "header",
                "見出し行（医療機関・年月・審査支払機関）がありません。元のファイルか確かめてください。",
            )
        if self.layout.trailers and not state.trailer:
            return UnreadableFile(
                "truncated", f"最後の合計行（{'・'.join(self.layout.trailers)}）がありません。{again}"
            )
        if self.layout.trailers and state.last_known_line > state.trailer_line:
            return UnreadableFile(
                "after_trailer", "合計行のあとに続きがあります。ファイルを1つずつに分けてください。"
            )
        if state.last_short_line == state.lines:
            return UnreadableFile("truncated", f"最後の行が途中で終わっています。{again}")
        return None


def _fault(record: Record) -> pl.Expr:
    """NULL for a line that fits, else 'rule:message'. The message never holds content."""
    few = pl.format(f"items:項目が{{}}個しかありません（{record.items}個以上必要）。", pl.col("count"))
    fault = pl.when(pl.col("count") < record.items).then(few)
    for f in record.fields:
        empty = pl.col(f.name).is_null()
        filled = pl.col(f"#{f.item}").is_not_null() if f.item else pl.lit(False)
        if f.type in CHECKED:
            fault = fault.when(empty & filled).then(pl.lit(f"value:{_named(f)}が{CHECKED[f.type]}。"))
        if f.required:
            fault = fault.when(empty).then(pl.lit(f"required:{_named(f)}が空です。"))
    return fault.otherwise(None)


def _named(f: Field) -> str:
    """How to find the item: by its title, else by its number."""
    return f"「{f.title}」" if f.title else f"{f.item}番目の項目"


def _read_error(error: Exception) -> UnreadableFile:
    if isinstance(error, LineTooLong):
        return UnreadableFile(
            "line_too_long", "1行が長すぎます。レセプト電算のファイルではないか、壊れています。"
        )
    kind = type(error).__name__
    return UnreadableFile("unreadable", f"最後まで読めませんでした（{kind}）。もう一度取り直してください。")
