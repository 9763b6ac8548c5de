"""What a command tells the person in front of it: plain Japanese lines, what happened first, what to do last."""

from __future__ import annotations

from datetime import date

import duckdb

from henrei_analytics.warehouse.load import LoadResult

KINDS = {
    "uke": "請求ファイル（UKE）",
    "hen": "返戻ファイル（HEN・原審査）",
    "sah": "返戻ファイル（SAH・再審査）",
    "henr": "返戻内訳書（henr）",
}
PAYERS = {"shaho": "社保", "kokuho": "国保"}
SHOWN = 10  # rows of any list; the rest is counted


def load_summary(con: duckdb.DuckDBPyConnection, result: LoadResult) -> tuple[list[str], bool]:
    """Lines about a load, and whether everything is in order."""
    loaded = [f.file_id for f in result.of("loaded")]
    lines = ["■ 取り込んだファイル"]
    by_kind = _rows(
        con,
        "SELECT kind, COUNT(*), SUM(receipts), SUM(lines), SUM(lines_loaded), SUM(lines_skipped), "
        "SUM(lines_quarantined) FROM mart.files WHERE list_contains(?, file_id) AND status <> 'duplicate' "
        "GROUP BY kind ORDER BY kind DESC",
        loaded,
    )
    for kind, files, receipts, total, kept, skipped, aside in by_kind:
        lines.append(
            f"  {KINDS[kind]}: {files:,}件、レセプト {receipts:,}件"
            f"（全{total:,}行 = 使用 {kept:,} + 不要 {skipped:,} + 隔離 {aside:,}）"
        )
    if not by_kind:
        lines.append("  新しく取り込んだファイルはありません。")
    lines += _counted("取込済みで変更のないファイル", [f.name for f in result.of("unchanged")], listed=False)
    lines += _counted("同じ内容の写し（1件として数えます）", [f.name for f in result.of("duplicate")])
    withdrawn = "取り下げ済みのため読まないファイル（戻すときは、そのファイルを指定して load してください）"
    lines += _counted(withdrawn, [f.name for f in result.of("withdrawn")])
    left_alone = result.of("left_alone")
    for what in sorted({f.message for f in left_alone}):
        title = "読まないファイル" if what == "対象外" else f"読まないファイル: {what}"
        lines += _counted(title, [f.name for f in left_alone if f.message == what])
    lines += _superseded(con, loaded)
    lines += _noted(con, loaded)
    problems = _rejected(result) + _unbalanced(con, loaded) + _quarantined(con, loaded)
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


def status_lines(con: duckdb.DuckDBPyConnection, as_of: date) -> tuple[list[str], bool]:
    """The state of a database: files, months, open returns and what needs a look."""
    lines = [f"基準日 {as_of.isoformat()}"]
    institutions = con.execute(
        "SELECT institution, name FROM mart.institutions ORDER BY institution"
    ).fetchall()
    if not institutions:
        return [*lines, "取り込んだファイルはまだありません。henrei load で取り込んでください。"], True
    for institution, name in institutions:
        lines.append(f"■ {name or '名称不明'}（{institution[:2]}-{institution[2]}-{institution[3:]}）")
        for kind, payer, files, first, last in con.execute(
            "SELECT kind, payer, COUNT(*), MIN(month), MAX(month) FROM mart.files "
            "WHERE institution = ? AND status IN ('loaded', 'superseded') GROUP BY kind, payer ORDER BY kind DESC, payer DESC",
            [institution],
        ).fetchall():
            span = f"{first:%Y-%m}〜{last:%Y-%m}"
            lines.append(f"  {PAYERS.get(payer, '不明')} {KINDS[kind]}: {files:,}件 {span}")
        count, points, due, soonest = con.execute(
            "SELECT COUNT(*), COALESCE(SUM(points), 0), COUNT(*) FILTER (WHERE download_deadline BETWEEN ? AND ? + 14), "
            "MIN(download_deadline) FILTER (WHERE download_deadline >= ?) FROM mart.returns "
            "WHERE institution = ? AND status = 'open'",
            [as_of, as_of, as_of, institution],
        ).fetchall()[0]
        lines.append(f"  再請求していない返戻: {count:,}件 ¥{int(points) * 10:,}")
        if soonest:
            lines.append(f"  次のダウンロード期限: {soonest:%Y-%m-%d}（14日以内に期限が来るもの {due:,}件）")
        if institution.startswith("00"):
            lines.append(
                "  ! 都道府県がわかりません。元のファイル名（RIhenr…）のまま取り込み直してください。"
            )
    problems = [
        f"  {name}: {message}"
        for name, message in con.execute(
            "SELECT name, message FROM mart.files WHERE status = 'rejected' ORDER BY name"
        ).fetchall()
    ]
    problems += [
        f"  {name}: 合計行と合いません。"
        for (name,) in con.execute("SELECT name FROM mart.files WHERE NOT balanced ORDER BY name").fetchall()
    ]
    problems += [
        f"  {name}: {aside:,}行を隔離しています。"
        for name, aside in con.execute(
            "SELECT name, lines_quarantined FROM mart.files WHERE lines_quarantined > 0 AND status <> 'rejected' ORDER BY name"
        ).fetchall()
    ]
    if problems:
        lines += [f"■ 確かめること: {len(problems)}件", *problems]
    return lines, not problems


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
