"""The state of a database in lines: what is there month by month, what is open, and what to do next."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from henrei_analytics import labels
from henrei_analytics.attention import sentences

MONTHS = 12  # columns of the matrix; notebook 00 shows the whole span
SHOWN = 20
MARKS = {"loaded": "●", "empty": "－", "covered": "◇", "superseded": "○", "missing": "×", "gone": "△"}
LEGEND = (
    "● 取込済　－ 何も来ていない（確認済み）　◇ 別の資料から数えた　○ 置換済み　× 未取込　"
    "△ 未取込でダウンロード期限切れ"
)
NOT_IN_ORDER = ("file_rejected", "totals_differ", "lines_quarantined")


def status_lines(con: duckdb.DuckDBPyConnection, as_of: date) -> tuple[list[str], bool]:
    """Lines about a database, and whether everything is in order.

    Not in order: a file that could not be read or does not balance, lines set aside, or anything that will be lost
    within two weeks.
    """
    lines = [f"基準日 {as_of.isoformat()}"]
    facts = pl.DataFrame(con.sql("SELECT * FROM mart.attention ORDER BY position"))
    institutions = con.execute(
        "SELECT institution, name FROM mart.institutions ORDER BY institution"
    ).fetchall()
    if not institutions:
        lines.append("取り込んだファイルはまだありません。henrei load で取り込んでください。")
    for institution, name in institutions:
        lines.append(f"■ {name or '名称不明'}（{labels.institution(institution)}）")
        lines += _open_returns(con, institution, as_of)
        lines += _matrix(con, institution)
        lines += _todo(facts.filter(pl.col("institution") == institution))
    listed = [institution for institution, _ in institutions]
    others = facts.filter(~pl.col("institution").is_in(listed))  # whose institution is NULL comes below
    for (institution,), of_one in others.group_by("institution", maintain_order=True):
        lines += [f"■ {labels.institution(institution)}", *_todo(of_one)]
    nobodys = facts.filter(pl.col("institution").is_null())
    if not nobodys.is_empty():
        lines += ["■ 医療機関の分からないもの", *_todo(nobodys)]
    in_order = not any(one.severity == "red" or one.what in NOT_IN_ORDER for one in sentences(facts))
    return lines, in_order


def _todo(facts: pl.DataFrame) -> list[str]:
    """What needs doing and how, the most urgent first; a long list is counted."""
    todo = sentences(facts)
    if not todo:
        return []
    lines = [f"  確かめること: {len(todo)}件"]
    for one in todo[:SHOWN]:
        lines += [f"    [{one.urgency}] {one.title}", f"        → {one.next_step}"]
    if len(todo) > SHOWN:
        lines.append(f"    ほか {len(todo) - SHOWN}件（00 データの状態 のページに一覧があります）")
    return lines


def _open_returns(con: duckdb.DuckDBPyConnection, institution: str, as_of: date) -> list[str]:
    """How many returns are not re-claimed, and until when those without their file can be downloaded."""
    count, points, due, soonest = con.execute(
        "SELECT COUNT(*), COALESCE(SUM(points), 0), COUNT(deadline) FILTER (WHERE deadline <= ? + 14), MIN(deadline) "
        "FROM (SELECT points, CASE WHEN download_deadline >= ? AND NOT is_downloaded THEN download_deadline END"
        " AS deadline FROM mart.worklist WHERE institution = ?)",
        [as_of, as_of, institution],
    ).fetchall()[0]
    lines = [f"  再請求していない返戻: {count:,}件 ¥{int(points) * 10:,}"]
    if soonest:
        lines.append(
            f"  まだ返戻ファイルのないもの: 次のダウンロード期限 {soonest:%Y-%m-%d}、14日以内に期限が来るもの {due:,}件"
        )
    return lines


def _matrix(con: duckdb.DuckDBPyConnection, institution: str) -> list[str]:
    """One line a payer and kind, one mark a month, the newest months on the right, and what the marks mean."""
    cells = con.execute(
        "SELECT coverage.payer, coverage.kind, coverage.month, coverage.state FROM mart.coverage AS coverage "
        "INNER JOIN mart.file_kinds AS kinds ON kinds.kind = coverage.kind "
        "WHERE coverage.institution = ? ORDER BY coverage.payer DESC, kinds.position, coverage.month",
        [institution],
    ).fetchall()
    months = sorted({month for _, _, month, _ in cells})[-MONTHS:]
    if not months:
        return []
    span = f"{months[0]:%Y-%m}から{months[-1]:%Y-%m}まで"
    lines = [f"  月ごとの取込（{span}、左が古い月）"]
    streams: dict[tuple[str, str], dict[date, str]] = {}
    for payer, kind, month, state in cells:
        streams.setdefault((payer, kind), {})[month] = state
    for (payer, kind), states in streams.items():
        marks = "".join(MARKS.get(states.get(month, ""), "　") for month in months)
        if marks.strip("　"):
            lines.append(f"    {labels.code('payer', payer)} {marks} {labels.code('kind', kind)}")
    return [*lines, f"    {LEGEND}"]
