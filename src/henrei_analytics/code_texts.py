"""What `henrei codes` and a load say about code tables: plain lines, never the text of a return."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from henrei_analytics.codes import shipped, shipped_columns, shipped_tables
from henrei_analytics.errors import HenreiError
from henrei_analytics.warehouse.code_tables import Entry, entries
from henrei_analytics.warehouse.own_codes import (
    OPEN,
    OVERRIDABLE,
    PAYERS,
    OwnCodes,
    checked,
    read_own,
    told,
)
from henrei_analytics.warehouse.unmapped import Unmapped, unmapped

TITLES = {
    "adjustment_letters": "増減点事由の記号",
    "categories": "理由の分類",
    "claim_type_digits": "レセプト種別の桁",
    "code_levels": "L コードの段階",
    "code_systems": "コードの形",
    "departments": "診療科",
    "eras": "年号",
    "file_kinds": "ファイルの種類",
    "guidance": "まず見るところ・直し方",
    "law_numbers": "法別番号",
    "payers": "審査支払機関",
    "policy_breaks": "制度の変わり目",
    "prefectures": "都道府県",
    "re_examination_requesters": "再審査の申出機関",
    "re_examination_results": "再審査の結果",
    "reason_codes": "返戻事由コード",
    "reason_text_rules": "返戻の文の規則",
    "rerouting_outcomes": "資格確認の処理区分",
    "return_classes": "返戻区分",
    "sections": "診療識別",
    "sources": "出典",
    "time_rules": "期限の決まり",
    "upheld_reasons": "原審どおりの理由",
}
NOT_SHOWN = ("source", "source_id", "confidence", "valid_from", "valid_to")  # told at the end of a row
NO_CODES = ("payer", "prefecture", "position", "source_id", "confidence", "note")
SHOWN = 10  # codes named after a load; the rest is counted


def list_lines(folder: Path) -> list[str]:
    """Every table: how many rows, how many of them own, from which files."""
    own = read_own(folder)
    lines = [f"自院のコード表のフォルダー: {folder}" + ("" if folder.is_dir() else "（まだありません）")]
    for table in shipped_tables():
        rows = own.rows.get(table, [])
        line = f"  {table}（{TITLES.get(table, table)}）: 標準 {len(shipped(table)):,}行"
        if table not in OVERRIDABLE:
            line += "、変更不可"
        elif table in own.files:
            covered = sum(entry.is_overridden for entry in entries(table, own))
            line += f"、自院 {len(rows):,}行（標準 {covered:,}行を上書き）: {'、'.join(own.files[table])}"
        lines.append(line)
    lines += _unfilled(own)
    if own.problems:
        lines.append(f"■ 直すところが{len(own.problems):,}件あります。henrei codes check で表示します。")
    return lines


def show_lines(table: str, folder: Path, *, code: str = "", payer: str = "") -> list[str]:
    """The rows of a table, own ones first, overridden ones with what is left of their time.

    Raises HenreiError for an unknown table or payer, and BadCodes when the own files cannot be used.
    """
    if table not in shipped_tables():
        raise HenreiError(f"表「{table}」はありません。henrei codes list に出る名前を指定してください。")
    payer = PAYERS.get(payer, payer)
    if payer and payer not in PAYERS.values():
        raise HenreiError("--payer は 社保 か 国保 です。")
    shown = [entry for entry in entries(table, checked(folder)) if _is_about(entry, code, payer)]
    columns = [column for column in shipped_columns(table) if column not in NOT_SHOWN]
    lines = [f"■ {table}（{TITLES.get(table, table)}）: {len(shown):,}行"]
    lines.append("  " + " | ".join(["区分", *columns, "期間", "出典", "確かさ"]))
    for entry in shown:
        cells = [entry.cells.get(column) or "-" for column in columns]
        confidence = entry.cells.get("confidence") or "-"
        row = [_whose(entry), *cells, _time(entry), _source(entry), confidence]
        lines.append("  " + " | ".join(row))
    return lines


def check_lines(folder: Path) -> tuple[list[str], bool]:
    """What is wrong in the own files, and whether nothing is."""
    own = read_own(folder)
    lines = [f"  {told(problem)}" for problem in own.problems]
    if lines:
        return [f"■ 直すところ: {len(lines):,}件（{folder}）", *lines], False
    if not own.files:
        return [f"自院のコード表はありません（{folder}）。"], True
    for table, files in own.files.items():
        lines.append(f"  {'、'.join(files)}: {len(own.rows.get(table, [])):,}行")
    usage = "次の取込み、または henrei codes apply で使われます。"
    return ["■ 自院のコード表に誤りはありません。", *lines, *_unfilled(own), usage], True


def unmapped_lines(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Every code no table knows, with counts."""
    codes = unmapped(con)
    if not codes:
        return ["すべての返戻理由のコードが、コード表にあります。"]
    none = sum(one.rows - one.by_text for one in codes)
    by_text = sum(one.by_text for one in codes)
    title = f"■ コード表にない返戻理由: 未分類 {none:,}行、文だけで分類 {by_text:,}行"
    return [title, *(f"  {_counts(one)}" for one in codes)]


def template_lines(out: Path, rows: int, folder: Path) -> list[str]:
    """What to do with the list just written."""
    return [
        f"■ {out} に{rows:,}行を書きました。",
        "  category の列に分類を書き込んでください（書かない行は使いません）。使える分類: "
        + "、".join(row["category"] for row in shipped("categories") if row["category"] != "未分類"),
        f"  reason_codes で始まる名前で {folder} に置き、henrei codes check、henrei codes apply の順に実行します。",
    ]


def unclassified_lines(con: duckdb.DuckDBPyConnection) -> list[str]:
    """After a load: how many reasons are 未分類 and the codes they have; nothing when there are none."""
    codes = [one for one in unmapped(con) if one.rows > one.by_text]
    if not codes:
        return []
    none = sum(one.rows - one.by_text for one in codes)
    total = con.execute("SELECT COUNT(*) FROM core.return_reasons").fetchall()[0][0]
    lines = [f"■ 未分類の返戻理由: {none:,}行（全{total:,}行のうち）"]
    lines += [f"  {_code(one)}: {one.rows - one.by_text:,}行" for one in codes[:SHOWN]]
    if rest := codes[SHOWN:]:
        lines.append(f"  ほか {len(rest):,}コード、{sum(one.rows - one.by_text for one in rest):,}行")
    return [*lines, "  分類を決めるには: henrei codes unmapped --out ファイル.csv"]


def _is_about(entry: Entry, code: str, payer: str) -> bool:
    """Whether a row is of the payer (or of both) and one of its cells that are no words is the code."""
    cells = [text for name, text in entry.cells.items() if name not in NO_CODES and not name.endswith("_ja")]
    return (not code or code in cells) and (not payer or entry.cells.get("payer", "") in ("", payer))


def _whose(entry: Entry) -> str:
    if entry.own:
        return "自院"
    if not entry.is_overridden:
        return "標準"
    return "標準（一部上書き）" if entry.in_force else "標準（上書き済み）"


def _time(entry: Entry) -> str:
    """When the row holds; of a row wholly overridden, nothing is left."""
    return "、".join(_span(*period) for period in entry.in_force) or "なし"


def _span(start: date, end: date) -> str:
    if (start, end) == OPEN:
        return "無期限"
    first = "" if start == OPEN[0] else start.isoformat()
    return f"{first}〜{'' if end == OPEN[1] else end.isoformat()}"


def _source(entry: Entry) -> str:
    name = entry.cells.get("source_id", "-")
    if entry.own:
        return f"{name}（{entry.own.file} {entry.own.row}行目）"
    return next((row["title"] for row in shipped("sources") if row["source_id"] == name), name)


def _unfilled(own: OwnCodes) -> list[str]:
    return [
        f"  {table}: {' も '.join(OVERRIDABLE[table].said)} も空の行 {number:,}行は、書き込まれるまで使いません。"
        for table, number in own.unfilled.items()
    ]


def _counts(one: Unmapped) -> str:
    by_text = f"（うち文で分類 {one.by_text:,}行）" if one.by_text else ""
    return f"{_code(one)}: {one.rows:,}行、返戻 {one.returns:,}件{by_text}"


def _code(one: Unmapped) -> str:
    payer = {payer: word for word, payer in PAYERS.items()}.get(one.payer, "審査支払機関不明")
    names = {row["code"]: row["name_ja"] for row in shipped("prefectures")}
    place = f"（{names.get(one.prefecture, one.prefecture)}）" if one.prefecture else ""
    return f"{payer}{place} {one.code or ('コードなし' if one.is_code else 'コードの形でないもの')}"
