"""Loading and withdrawing files. One run is one transaction: it happens as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import duckdb
import polars as pl

from henrei_analytics.errors import HenreiError, UnreadableFile
from henrei_analytics.formats.detect import HEAD_BYTES, OTHER, LeftAlone, detect
from henrei_analytics.formats.headers import named_facts
from henrei_analytics.formats.layout import Layout
from henrei_analytics.formats.read import FileRead, Reader
from henrei_analytics.formats.scan import Input
from henrei_analytics.lists.mapping import Mapping, load_mappings, mappings_folder
from henrei_analytics.lists.reader import ListLayout, ListReader, detect_list
from henrei_analytics.privacy import Pseudonyms, load_or_create_key
from henrei_analytics.warehouse.database import connect, insert, migrate, record_tables
from henrei_analytics.warehouse.own_codes import checked, folder_of
from henrei_analytics.warehouse.rebuild import rebuild
from henrei_analytics.warehouse.sources import Source, digest, find, head
from henrei_analytics.worklist.reader import WorklistLayout, WorklistReader, detect_worklist

Progress = Callable[[str, int, int], None]  # what is being done, done so far, of how many
AnyLayout = Layout | ListLayout | WorklistLayout
AnyReader = Reader | ListReader | WorklistReader


@dataclass(frozen=True)
class FileResult:
    """What became of one file. outcome: loaded, unchanged, duplicate, replaced, withdrawn, rejected or
    left_alone."""

    name: str
    outcome: str
    file_id: str = ""
    message: str = ""


@dataclass
class LoadResult:
    """What a run did, file by file; details are in mart.files and mart.quarantine.

    unused_mappings: what is wrong with mapping files that could not be used; each text names its file.
    """

    files: list[FileResult] = field(default_factory=list)
    unused_mappings: list[str] = field(default_factory=list)

    def of(self, outcome: str) -> list[FileResult]:
        """The files with one outcome."""
        return [f for f in self.files if f.outcome == outcome]


@dataclass(frozen=True)
class _New:
    """A file to read in this run."""

    file_no: int
    file_id: str
    source: Source
    layout: AnyLayout | None
    error: UnreadableFile | None = None


def load(paths: Iterable[Path], database: Path, *, progress: Progress = lambda *_: None) -> LoadResult:
    """Read files, folders and zip archives into the database.

    A file whose content is loaded already changes nothing; one that cannot be read whole is recorded as rejected
    with its reason and leaves no rows. Raises HenreiError when nothing can be done at all.
    """
    checked(folder_of(database))
    sources = list(find(paths))
    mappings, unused_mappings = load_mappings(mappings_folder(database))
    con = connect(database, read_only=False)
    try:
        con.execute("BEGIN")
        migrate(con)
        pseudonyms = Pseudonyms(load_or_create_key(database, has_patients=_has_patients(con)))
        result, new = _look(con, sources, mappings, progress)
        result.unused_mappings = unused_mappings
        for layout in {id(n.layout): n.layout for n in new if n.layout}.values():
            of_layout = [n for n in new if n.layout is layout]
            _read(con, of_layout, _reader(layout, pseudonyms), result, progress)
        for one in new:
            if one.error:
                _reject(con, one, FileRead(one.file_no, one.source.name, error=one.error), result)
        progress("集計表を作り直しています", 0, 1)
        rebuild(con)
        con.execute("COMMIT")
    finally:
        con.close()  # without COMMIT nothing of this run remains
    order = {source.name: place for place, source in enumerate(sources)}
    result.files.sort(key=lambda f: order.get(f.name, len(order)))
    return result


def unload(what: str, database: Path) -> list[str]:
    """Withdraw the files meant by a path (same content), a name as listed, or the start of a file id.

    A rejected file can be withdrawn too: it then asks for no more attention. Returns the names. Raises HenreiError
    when nothing matches or a name means several contents.
    """
    if not database.exists():
        raise HenreiError(f"データベース {database} がありません。")
    checked(folder_of(database))
    path = Path(what)
    con = connect(database, read_only=False)
    try:
        con.execute("BEGIN")
        migrate(con)
        if path.is_file():
            ids = [digest(source) for source in find([path])]
        else:
            found = con.execute(
                "SELECT DISTINCT file_id FROM ledger.sightings "
                "WHERE name = ? OR ends_with(name, '/' || ?) OR (length(?) >= 8 AND starts_with(file_id, ?))",
                [what, what.replace("\\", "/"), what, what],
            ).fetchall()
            ids = [row[0] for row in found]
            if len(ids) > 1:
                raise HenreiError(
                    f"「{what}」に当たるファイルが{len(ids)}件あります。取込み結果に出たフォルダーつきの名前か、ファイルそのもののパスで指定してください。"
                )
        rows = con.execute(
            "SELECT file_no, file_id FROM ledger.files WHERE state IN ('loaded', 'rejected') AND list_contains(?, file_id)",
            [ids],
        ).fetchall()
        if not rows:
            raise HenreiError(
                f"「{what}」は取り込まれていません。パスか、取込み結果に出た名前を確かめてください。"
            )
        for file_no, _ in rows:
            _delete_rows(con, file_no)
            con.execute(
                "UPDATE ledger.files SET state = 'withdrawn', message = '取り下げました。' WHERE file_no = ?",
                [file_no],
            )
        names = con.execute(
            "SELECT DISTINCT name FROM ledger.sightings WHERE list_contains(?, file_id) ORDER BY name",
            [[file_id for _, file_id in rows]],
        ).fetchall()
        rebuild(con)
        con.execute("COMMIT")
    finally:
        con.close()
    return [row[0] for row in names]


def _has_patients(con: duckdb.DuckDBPyConnection) -> bool:
    return con.execute("SELECT EXISTS (SELECT 1 FROM ledger.files WHERE state = 'loaded')").fetchall()[0][0]


def _look(
    con: duckdb.DuckDBPyConnection, sources: list[Source], mappings: list[Mapping], progress: Progress
) -> tuple[LoadResult, list[_New]]:
    """Tell new files from known ones and others, by content."""
    result, new = LoadResult(), {}
    known = dict(con.execute("SELECT file_id, state FROM ledger.files").fetchall())
    without_system = "SELECT file_id, file_no FROM ledger.files WHERE state = 'loaded' AND system IS NULL"
    unnamed = dict(con.execute(without_system).fetchall())
    seen = set(con.execute("SELECT file_id, place FROM ledger.sightings").fetchall())
    looked_at = set()
    next_no = con.execute("SELECT COALESCE(MAX(file_no), 0) + 1 FROM ledger.files").fetchall()[0][0]
    sightings = []
    for done, source in enumerate(sources):
        progress("ファイルを調べています", done, len(sources))
        layout, error, file_id = _recognised(source, mappings)
        if isinstance(layout, LeftAlone):
            result.files.append(FileResult(source.name, "left_alone", message=layout.what))
            continue
        if known.get(file_id) == "withdrawn" and not source.named:  # a nightly run must not bring it back
            result.files.append(FileResult(source.name, "withdrawn", file_id))
            continue
        place = sha256(source.place.encode("utf-8", "surrogatepass")).hexdigest()
        if (file_id, place) in looked_at:  # given twice, as a file and in its folder
            continue
        looked_at.add((file_id, place))
        if (file_id, place) not in seen:
            sightings.append((file_id, place, source.name, source.time))
        named = isinstance(layout, Layout) and bool(named_facts(layout, source.name))
        if named and file_id in unnamed:  # loaded under a name of the user's; the official one tells more
            _delete_rows(con, unnamed.pop(file_id))
            known[file_id] = "renamed"
        if named and file_id in new and not named_facts(new[file_id].layout, new[file_id].source.name):
            result.files.append(FileResult(new[file_id].source.name, "duplicate", file_id))
            new[file_id] = replace(new[file_id], source=source)
        elif known.get(file_id) == "loaded":
            outcome = "unchanged" if (file_id, place) in seen else "duplicate"
            result.files.append(FileResult(source.name, outcome, file_id))
        elif file_id in new:
            result.files.append(FileResult(source.name, "duplicate", file_id))
        else:
            if file_id in known:  # withdrawn or rejected before: tried again
                con.execute("DELETE FROM ledger.files WHERE file_id = ?", [file_id])
            new[file_id] = _New(next_no, file_id, source, layout, error)
            next_no += 1
    _forget_rejected(con, [place for _, place, _, _ in sightings])
    columns = {"file_id": pl.String, "place": pl.String, "name": pl.String, "file_time": pl.Datetime}
    insert(con, "ledger.sightings", pl.DataFrame(sightings, schema=columns, orient="row"))
    return result, list(new.values())


def _recognised(
    source: Source, mappings: list[Mapping]
) -> tuple[AnyLayout | LeftAlone | None, UnreadableFile | None, str]:
    """What reads the file, or why nothing can; and its id (none of a file that is left alone)."""
    try:
        layout = _layout(source, mappings)
        return layout, None, "" if isinstance(layout, LeftAlone) else digest(source)
    except UnreadableFile as unreadable:
        return None, unreadable, _digest_or_name(source)
    except Exception as broken:  # a damaged archive member can raise almost anything
        text = f"開けませんでした（{type(broken).__name__}）。もう一度取り直してください。"
        return None, UnreadableFile("unreadable", text), _digest_or_name(source)


def _reader(layout: AnyLayout, pseudonyms: Pseudonyms) -> AnyReader:
    return Reader(layout, pseudonyms) if isinstance(layout, Layout) else layout.reader(pseudonyms)


def _layout(source: Source, mappings: list[Mapping]) -> AnyLayout | LeftAlone:
    """The files of the payers go first, then our own worklist, so that no mapping of the office's takes it for a list."""
    first = head(source, HEAD_BYTES)
    layout = detect(first, source.name)
    if layout == OTHER:
        worklist = detect_worklist(first, source.open)
        return worklist or detect_list(first, source.name, source.open, mappings) or layout
    return layout


def _forget_rejected(con: duckdb.DuckDBPyConnection, places: list[str]) -> None:
    """A file that could not be read needs no more attention once another content lies in its place."""
    rejected = "SELECT file_id FROM ledger.files WHERE state = 'rejected'"
    con.execute(
        f"DELETE FROM ledger.sightings WHERE list_contains(?, place) AND file_id IN ({rejected})", [places]
    )
    con.execute(
        "DELETE FROM ledger.files WHERE state = 'rejected' AND file_id NOT IN (SELECT file_id FROM ledger.sightings)"
    )


def _digest_or_name(source: Source) -> str:
    """The content's hash; of a file that cannot even be read, a hash of where it is."""
    try:
        return digest(source)
    except Exception:
        return sha256(source.place.encode("utf-8", "surrogatepass")).hexdigest()


def _read(
    con: duckdb.DuckDBPyConnection,
    new: list[_New],
    reader: AnyReader,
    result: LoadResult,
    progress: Progress,
) -> None:
    """Read all files of one layout; rows go in as they come, those of a file that proves unreadable out again."""
    by_no = {one.file_no: one for one in new}
    done = 0
    for part in reader.read((Input(one.file_no, one.source.open), one.source.name) for one in new):
        for table, frame in part.frames.items():
            insert(con, f"ledger.{table}", frame)
        insert(con, "ledger.quarantine", part.quarantine)
        for state in part.ended:
            one = by_no[state.file_no]
            if state.error:
                _reject(con, one, state, result)
            elif isinstance(one.layout, ListLayout):
                _replace(con, one, result)
        _accept(con, [(by_no[s.file_no], s) for s in part.ended if not s.error], result)
        done += len(part.ended)
        progress(f"{reader.layout.title}を読んでいます", done, len(new))


def _replace(con: duckdb.DuckDBPyConnection, one: _New, result: LoadResult) -> None:
    """The office's own list is kept up in one place: its new content takes the place of the old one there."""
    here = "SELECT place FROM ledger.sightings WHERE file_id = ?"
    older = con.execute(
        "SELECT files.file_no, files.file_id, MIN(seen.name) FROM ledger.files AS files "
        "INNER JOIN ledger.sightings AS seen ON seen.file_id = files.file_id "
        "WHERE files.state = 'loaded' AND files.layout = ? AND files.file_id <> ? "
        f"GROUP BY files.file_no, files.file_id HAVING bool_and(seen.place IN ({here}))",
        [one.layout.name, one.file_id, one.file_id],
    ).fetchall()
    for file_no, file_id, name in older:
        _delete_rows(con, file_no)
        con.execute(
            "UPDATE ledger.files SET state = 'superseded', message = '同じ場所の新しい内容で置き換えました。' "
            "WHERE file_no = ?",
            [file_no],
        )
        result.files.append(FileResult(name, "replaced", file_id))


def _reject(con: duckdb.DuckDBPyConnection, one: _New, state: FileRead, result: LoadResult) -> None:
    _delete_rows(con, one.file_no)
    lines = max(state.lines, 0)
    insert(con, "ledger.files", _file_rows([(one, state, "rejected", (lines, 0, 0, lines))]))
    result.files.append(FileResult(one.source.name, "rejected", one.file_id, state.error.message))


def _accept(con: duckdb.DuckDBPyConnection, ended: list[tuple[_New, FileRead]], result: LoadResult) -> None:
    rows, skipped = [], []
    for one, state in ended:
        set_aside, skip = state.set_aside.total(), state.skipped
        rows.append(
            (
                one,
                state,
                "loaded",
                (state.lines, state.lines - skip.total() - set_aside, skip.total(), set_aside),
            )
        )
        skipped += [(one.file_no, record_type, n) for record_type, n in sorted(skip.items())]
        result.files.append(FileResult(one.source.name, "loaded", one.file_id))
    if rows:
        insert(con, "ledger.files", _file_rows(rows))
    columns = {"file_no": pl.Int32, "record_type": pl.String, "lines": pl.Int64}
    insert(con, "ledger.skipped", pl.DataFrame(skipped, schema=columns, orient="row"))


def _file_rows(files: list[tuple[_New, FileRead, str, tuple[int, int, int, int]]]) -> pl.DataFrame:
    now = datetime.now().replace(microsecond=0)
    rows = []
    for one, state, status, (lines, loaded, skipped, quarantined) in files:
        facts = state.facts.__dict__ if state.facts else {}
        replaced = state.replaced
        note = f"{replaced}行に読めない文字があり、置き換えて読みました。" if replaced else None
        rows.append(
            {
                **{k: facts.get(k) for k in _FACTS},
                "kind": facts.get("kind") or _own_kind(one.layout),
                "file_no": one.file_no,
                "file_id": one.file_id,
                "layout": one.layout.name if one.layout else None,
                "trailer": state.trailer,
                "loaded_at": now,
                "state": status,
                "lines": lines,
                "lines_loaded": loaded,
                "lines_skipped": skipped,
                "lines_quarantined": quarantined,
                "lines_replaced": replaced,
                "rule": state.error.rule if state.error else None,
                "message": state.error.message if state.error else note,
            }
        )
    texts = [*_FACTS, "file_id", "layout", "trailer", "state", "rule", "message"]
    schema = dict.fromkeys(texts, pl.String)
    counts = ["lines", "lines_loaded", "lines_skipped", "lines_quarantined", "lines_replaced"]
    schema |= dict.fromkeys(counts, pl.Int64) | {"file_no": pl.Int32, "loaded_at": pl.Datetime}
    months = [pl.col(m).str.to_date("%Y-%m-%d") for m in ("month", "service_month", "name_month")]
    return pl.DataFrame(rows, schema=schema).with_columns(months)


def _own_kind(layout: AnyLayout | None) -> str | None:
    """Lists of the office are named by their layout; record files find their kind from what is in them."""
    return None if layout is None or isinstance(layout, Layout) else layout.name


_FACTS = (
    "header", "kind", "payer", "prefecture", "fee_table", "code", "institution_name", "month", "service_month",
    "name_month", "system", "volume",
)  # fmt: skip


def _delete_rows(con: duckdb.DuckDBPyConnection, file_no: int) -> None:
    for table in [*record_tables(), "blocks", "decision_edits", "skipped", "quarantine"]:
        con.execute(f"DELETE FROM ledger.{table} WHERE file_no = ?", [file_no])
