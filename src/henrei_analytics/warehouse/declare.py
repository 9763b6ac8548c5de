"""What the office says did not come: a month without returns leaves no file, and only the office knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import duckdb

from henrei_analytics.codes import shipped
from henrei_analytics.errors import HenreiError
from henrei_analytics.warehouse.database import connect, migrate
from henrei_analytics.warehouse.rebuild import rebuild


def declare_empty(
    database: Path,
    kind: str,
    payer: str,
    months: Sequence[date],
    institution: str = "",
    *,
    undo: bool = False,
) -> str:
    """Record, or with `undo` forget, that nothing of a kind came in these months. Returns what was done.

    Raises HenreiError for an unknown kind, payer or institution, or a month that has files.
    """
    kinds = [row["kind"] for row in shipped("file_kinds") if row["family"] != "own"]
    if kind not in kinds:
        raise HenreiError(f"ファイルの種類「{kind}」はありません。使えるもの: {'、'.join(kinds)}。")
    payers = {row["payer"]: row["name_ja"] for row in shipped("payers")}
    code = next((each for each, name in payers.items() if payer in (each, name)), None)
    if code is None:
        raise HenreiError(f"「{payer}」は {'か'.join(payers.values())} ではありません。")
    connect(database).close()
    con = connect(database, read_only=False)
    try:
        con.execute("BEGIN")
        migrate(con)
        whose = _institution(con, institution)
        there = con.execute(
            "SELECT COUNT(*) FROM core.monthly_files WHERE institution = ? AND payer = ? AND kind = ? "
            "AND receipts > 0 AND list_contains(?, month)",
            [whose, code, kind, list(months)],
        ).fetchall()[0][0]
        if there and not undo:
            raise HenreiError("その月のファイルは取り込まれています。届かなかった月だけを指定してください。")
        for month in months:
            con.execute(
                "DELETE FROM ledger.declarations WHERE institution = ? AND payer = ? AND kind = ? AND month = ?",
                [whose, code, kind, month],
            )
            if not undo:
                now = datetime.now().replace(microsecond=0)
                con.execute(
                    "INSERT INTO ledger.declarations VALUES (?, ?, ?, ?, ?)", [whose, code, kind, month, now]
                )
        rebuild(con)
        con.execute("COMMIT")
    finally:
        con.close()
    told = "、".join(f"{month:%Y-%m}" for month in months)
    return f"{payers[code]} {kind} {told}: {'記録を取り消しました' if undo else '何も届かなかったと記録しました'}。"


def _institution(con: duckdb.DuckDBPyConnection, given: str) -> str:
    known = [row[0] for row in con.execute("SELECT institution FROM mart.institutions ORDER BY 1").fetchall()]
    if given in known:
        return given
    if given or len(known) != 1:
        raise HenreiError(
            f"--institution で医療機関を指定してください（あるもの: {'、'.join(known) or 'なし'}）。"
        )
    return known[0]
