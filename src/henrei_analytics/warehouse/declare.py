"""What the office says did not come: a month without returns leaves no file, and only the office knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import duckdb

from henrei_analytics.codes import shipped
from henrei_analytics.errors import HenreiError
from henrei_analytics.warehouse.database import connect, migrate


def declare_empty(
    database: Path,
    kind: str,
    payer: str,
    months: Sequence[date],
    institution: str = "",
    *,
    today: date,
    undo: bool = False,
) -> str:
    """Record, or with `undo` forget, that nothing of a kind came in these months. Returns what was done.

    Raises HenreiError for an unknown kind, payer or institution, a kind that is never missed, a month to come, and a
    month that has files or whose payment notice reports returns.
    """
    expected = {row["kind"]: row["expected"] for row in shipped("file_kinds")}
    kinds = [name for name, when in expected.items() if when != "never"]
    if kind not in kinds:
        raise HenreiError(
            f"「{kind}」は記録できません。毎月そろえる種類だけを記録します: {'、'.join(kinds)}。"
        )
    payers = {row["payer"]: row["name_ja"] for row in shipped("payers")}
    code = next((each for each, name in payers.items() if payer in (each, name)), None)
    if code is None:
        raise HenreiError(f"「{payer}」は {'か'.join(payers.values())} ではありません。")
    if any(month >= today.replace(day=1) for month in months):
        raise HenreiError("まだ終わっていない月は記録できません。")
    connect(database).close()
    con = connect(database, read_only=False)
    try:
        con.execute("BEGIN")
        migrate(con)
        whose = _institution(con, institution)
        if not undo:
            _refuse_what_came(con, whose, code, kind, months, expected[kind])
        now = datetime.now().replace(microsecond=0)
        for month in months:
            con.execute(
                "DELETE FROM ledger.declarations WHERE institution = ? AND payer = ? AND kind = ? AND month = ?",
                [whose, code, kind, month],
            )
            if not undo:
                con.execute(
                    "INSERT INTO ledger.declarations VALUES (?, ?, ?, ?, ?)", [whose, code, kind, month, now]
                )
        con.execute("COMMIT")
    finally:
        con.close()
    told = "、".join(f"{month:%Y-%m}" for month in months)
    return f"{payers[code]} {kind} {told}: {'記録を取り消しました' if undo else '何も届かなかったと記録しました'}。"


def _refuse_what_came(
    con: duckdb.DuckDBPyConnection,
    institution: str,
    payer: str,
    kind: str,
    months: Sequence[date],
    expected: str,
) -> None:
    """What is there, or is known to have come, cannot be declared absent."""
    of_stream = [institution, payer, kind]
    sql = "SELECT month FROM core.monthly_files WHERE institution = ? AND payer = ? AND kind = ?"
    loaded = {row[0] for row in con.execute(sql, of_stream).fetchall()}
    there = {row[0] for row in con.execute(f"{sql} AND receipts > 0", of_stream).fetchall()}
    if there.intersection(months):
        raise HenreiError("その月のファイルは取り込まれています。届かなかった月だけを指定してください。")
    if expected == "once_loaded" and not loaded:
        raise HenreiError("この種類はまだ取り込んだことがないので、記録は要りません。")
    reported = con.execute(
        "SELECT COUNT(*) FROM core.reported_returns WHERE institution = ? AND payer = ? AND stage = 'first_review' "
        "AND list_contains(?, processing_month)",
        [institution, payer, list(months)],
    ).fetchall()[0][0]
    if kind in ("hen", "henr") and reported:
        raise HenreiError(
            f"振込額明細に、その月の返戻が{reported:,}件あります。返戻ファイルをダウンロードして取り込んでください。"
        )


def _institution(con: duckdb.DuckDBPyConnection, given: str) -> str:
    known = [row[0] for row in con.execute("SELECT institution FROM mart.institutions ORDER BY 1").fetchall()]
    if given in known:
        return given
    if given or len(known) != 1:
        raise HenreiError(
            f"--institution で医療機関を指定してください（あるもの: {'、'.join(known) or 'なし'}）。"
        )
    return known[0]
