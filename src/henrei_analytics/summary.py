"""What a load tells the person in front of it: plain Japanese lines, what happened first, what to do last."""

from __future__ import annotations

import duckdb

from henrei_analytics import labels
from henrei_analytics.code_texts import unclassified_lines
from henrei_analytics.warehouse.load import LoadResult
from henrei_analytics.worklist.items import Worklist
from henrei_analytics.worklist.words import heading, words

SHOWN = 10  # rows of any list; the rest is counted
WITHOUT_RECEIPTS = (
    "fggk",
    "tgft",
    "hjry",
    "pjry",
    "volumes",
    "actions",
    "worklist",
)  # sums, and what is no receipt


def load_summary(con: duckdb.DuckDBPyConnection, result: LoadResult) -> tuple[list[str], bool]:
    """Lines about a load, and whether everything is in order."""
    loaded = [f.file_id for f in result.of("loaded")]
    lines = ["■ 取り込んだファイル"]
    by_kind = _rows(
        con,
        "SELECT files.kind, COUNT(*), SUM(receipts), SUM(lines), SUM(lines_loaded), SUM(lines_skipped), "
        "SUM(lines_quarantined) FROM mart.files AS files "
        "LEFT JOIN mart.file_kinds AS kinds ON kinds.kind = files.kind "
        "WHERE list_contains(?, file_id) AND status <> 'duplicate' "
        "GROUP BY files.kind, kinds.position ORDER BY kinds.position",
        loaded,
    )
    for kind, files, receipts, total, kept, skipped, aside in by_kind:
        counted = "" if kind in WITHOUT_RECEIPTS else f"、レセプト {receipts:,}件"
        lines.append(
            f"  {labels.code('kind', kind)}: {files:,}件{counted}"
            f"（全{total:,}行 = 使用 {kept:,} + 不要 {skipped:,} + 隔離 {aside:,}）"
        )
    if not by_kind:
        lines.append("  新しく取り込んだファイルはありません。")
    lines += _counted("取込済みで変更のないファイル", [f.name for f in result.of("unchanged")], listed=False)
    lines += _counted("同じ内容の写し（1件として数えます）", [f.name for f in result.of("duplicate")])
    lines += _counted("新しい内容に置き換えた一覧", [f.name for f in result.of("replaced")])
    withdrawn = "取り下げ済みのため読まないファイル（戻すときは、そのファイルを指定して load してください）"
    lines += _counted(withdrawn, [f.name for f in result.of("withdrawn")])
    left_alone = result.of("left_alone")
    for what in sorted({f.message for f in left_alone}):
        title = "読まないファイル" if what == "対象外" else f"読まないファイル: {what}"
        lines += _counted(title, [f.name for f in left_alone if f.message == what])
    lines += _superseded(con, loaded)
    lines += _noted(con, loaded)
    lines += _ahead(con, loaded)
    lines += _entries(con, loaded)
    if loaded:
        lines += unclassified_lines(con)
    problems = (
        _unusable_mappings(result)
        + _rejected(result)
        + _unbalanced(con, loaded)
        + _quarantined(con, loaded)
        + _contradictions(con, loaded)
    )
    if problems:
        lines += problems
        lines.append("■ 上の項目を確かめてください。取込み済みの他のデータには影響しません。")
    elif by_kind:
        lines.append("■ 合計行との照合は一致し、除いた行はありません。")
    return lines, not problems


def _superseded(con: duckdb.DuckDBPyConnection, loaded: list[str]) -> list[str]:
    """Versions replaced, in the streams and months this run touched."""
    rows = _rows(
        con,
        "SELECT old.name, old.receipts_superseded FROM mart.files AS old WHERE old.receipts_superseded > 0 AND EXISTS ("
        " SELECT 1 FROM mart.files AS new WHERE list_contains(?, new.file_id) AND new.institution = old.institution"
        " AND new.payer = old.payer AND new.month = old.month) ORDER BY old.name",
        loaded,
    )
    return _counted(
        "新しいファイルの内容で置き換わったレセプト",
        [f"{name}: {count:,}件" for name, count in rows],
        unit="ファイル",
    )


def _noted(con: duckdb.DuckDBPyConnection, loaded: list[str]) -> list[str]:
    rows = _rows(
        con,
        "SELECT name, message FROM mart.files WHERE list_contains(?, file_id) AND status IN ('loaded', 'superseded') "
        "AND message IS NOT NULL ORDER BY name",
        loaded,
    )
    return _counted("取り込んだが、気をつけるファイル", [f"{name}: {message}" for name, message in rows])


def _ahead(con: duckdb.DuckDBPyConnection, loaded: list[str]) -> list[str]:
    """Prevention actions of days to come: planned, or a year mistyped."""
    rows = _rows(
        con,
        "SELECT files.name, COUNT(*) FROM core.prevention_actions AS actions "
        "INNER JOIN mart.files AS files ON files.file_id = actions.file_id AND files.status <> 'duplicate' "
        "WHERE list_contains(?, actions.file_id) AND actions.acted_on > (SELECT as_of FROM mart.as_of) "
        "GROUP BY files.name ORDER BY files.name",
        loaded,
    )
    return _counted(
        "実施日がまだ来ていない取組のある表（その日から集計に使います）",
        [f"{name}: {count:,}件" for name, count in rows],
    )


def worklist_lines(found: Worklist) -> list[str]:
    """What a worklist holds, and what to do with it."""
    urgent = [
        f"{word} {number:,}件"
        for word in words()["urgency"].values()
        if word and (number := sum(row["urgency"] == word for row in found.open))
    ]
    conflicts = sum(row["conflicts"] is not None for row in [*found.open, *found.decided])
    lines = [f"再請求していない返戻 {'、'.join([f'{len(found.open):,}件', *urgent])}"]
    if found.decided:
        lines.append(f"決定済み {len(found.decided):,}件（シート「{words()['sheets']['decided']}」）")
    if conflicts:
        lines.append(f"記入の食い違い {conflicts:,}件（列「{heading('conflicts')}」を確かめてください）")
    return [*lines, "記入して保存し、henrei load で取り込んでください。"]


def _entries(con: duckdb.DuckDBPyConnection, loaded: list[str]) -> list[str]:
    """What the worklists of this run changed."""
    ((files, edits, agreed, ahead),) = _rows(
        con,
        "SELECT COUNT(DISTINCT files.file_id), COUNT(*) FILTER (WHERE edits.state = 'applied'), "
        "COUNT(*) FILTER (WHERE edits.state = 'agreed'), "
        "COUNT(*) FILTER (WHERE edits.decided_on > (SELECT as_of FROM mart.as_of)) FROM mart.files AS files "
        "LEFT JOIN mart.decision_edits AS edits ON edits.file_id = files.file_id "
        "WHERE list_contains(?, files.file_id) AND files.kind = 'worklist' AND files.status = 'loaded'",
        loaded,
    )
    if not files:
        return []
    same = f"、すでに同じ内容のもの {agreed:,}件" if agreed else ""
    return [
        f"■ 作業一覧の記入: {edits:,}件を取り込みました{same}",
        *([f"  うち記入日がまだ来ていないもの {ahead:,}件（その日から使います）"] if ahead else []),
        "  続きは、henrei worklist で書き出し直した一覧に記入してください。",
    ]


def _contradictions(con: duckdb.DuckDBPyConnection, loaded: list[str]) -> list[str]:
    """Entries that contradict those of this run, whichever of them is in force; what they say is not shown here."""
    ((conflicts, lost),) = _rows(
        con,
        "SELECT COUNT(*) FILTER (WHERE state = 'conflict' AND NOT is_settled), "
        "COUNT(DISTINCT return_id) FILTER (WHERE state = 'decision_without_return' AND list_contains($1, file_id)) "
        "FROM mart.decision_edits WHERE (return_id, field) IN "
        "(SELECT (return_id, field) FROM mart.decision_edits WHERE list_contains($1, file_id))",
        loaded,
    )
    lines = []
    if conflicts:
        lines += [
            f"■ ほかの記入と食い違う記入: {conflicts:,}件（先に保存された記入を使っています）",
            f"  henrei worklist で書き出し直し、列「{heading('conflicts')}」を見て決めてください。",
        ]
    if lost:
        lines += [
            f"■ 返戻の見つからない記入: {lost:,}件（消さずに残しています）",
            "  その返戻のファイルを外していないか、別のデータベースの一覧でないかを確かめてください。",
        ]
    return lines


def _unusable_mappings(result: LoadResult) -> list[str]:
    return _counted("使えない対応表", result.unused_mappings)


def _rejected(result: LoadResult) -> list[str]:
    rejected = result.of("rejected")
    if not rejected:
        return []
    return [f"■ 読み込めなかったファイル: {len(rejected)}件", *(f"  {f.name}: {f.message}" for f in rejected)]


def _unbalanced(con: duckdb.DuckDBPyConnection, loaded: list[str]) -> list[str]:
    rows = _rows(
        con,
        "SELECT name, control_count, actual_count, control_points, actual_points FROM mart.files "
        "WHERE list_contains(?, file_id) AND NOT balanced ORDER BY name",
        loaded,
    )
    if not rows:
        return []
    return [
        f"■ 合計行と合わないファイル: {len(rows)}件（取り込みました。ファイルが編集されていないか確かめてください）",
        *(
            f"  {name}: 件数 記載 {_n(count)} / 実際 {_n(counted)}、点数 記載 {_n(points)} / 実際 {_n(summed)}"
            for name, count, counted, points, summed in rows
        ),
    ]


def _quarantined(con: duckdb.DuckDBPyConnection, loaded: list[str]) -> list[str]:
    rows = _rows(
        con,
        "SELECT name, line_number, message FROM mart.quarantine WHERE list_contains(?, file_id) "
        "ORDER BY name, line_number",
        loaded,
    )
    if not rows:
        return []
    shown = [f"  {name} {line}行目: {message}" for name, line, message in rows[:SHOWN]]
    more = (
        [f"  ほか {len(rows) - SHOWN:,}行（00 データの状態 のページに一覧があります）"]
        if len(rows) > SHOWN
        else []
    )
    return [f"■ 隔離した行: {len(rows):,}行（ほかの行は取り込みました）", *shown, *more]


def _counted(title: str, entries: list[str], *, listed: bool = True, unit: str = "件") -> list[str]:
    """A heading with the number of entries and the first of them; nothing when there are none."""
    if not entries:
        return []
    shown = [f"  {entry}" for entry in entries[:SHOWN]] if listed else []
    more = [f"  ほか {len(entries) - SHOWN:,}{unit}"] if listed and len(entries) > SHOWN else []
    return [f"■ {title}: {len(entries):,}{unit}", *shown, *more]


def _n(value: int | None) -> str:
    return "なし" if value is None else f"{value:,}"


def _rows(con: duckdb.DuckDBPyConnection, sql: str, ids: list[str]) -> list[tuple]:
    return con.execute(sql, [ids]).fetchall()
