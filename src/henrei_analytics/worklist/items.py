"""What a worklist is written from: rows of the mart, and what each of them tells in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import duckdb

from henrei_analytics import labels
from henrei_analytics.errors import HenreiError
from henrei_analytics.worklist.record import Record, written
from henrei_analytics.worklist.words import FIELDS, heading, words

Values = dict[str, Any]


@dataclass(frozen=True)
class Worklist:
    """What one workbook holds. `open` and `decided` are rows by column name, in the order they are written.

    offices: whose returns these are (codes, by code); people: names used so far; office_name: of a single office.
    """

    as_of: date
    open: list[Values]
    decided: list[Values]
    people: list[str]
    offices: list[str]
    office_name: str | None


def worklist(con: duckdb.DuckDBPyConnection, institution: str = "") -> Worklist:
    """The open returns as of the session's date, the most urgent first, and what was decided on, the newest first.

    What the office entered is given as it stands now, also where it was entered after that date: a sheet that does not
    show what is in force would contradict it.
    Raises HenreiError for an institution nothing is loaded of.
    """
    names = dict(
        con.execute("SELECT institution, name FROM mart.institutions ORDER BY institution").fetchall()
    )
    if institution and institution not in names:
        raise HenreiError(
            f"医療機関 {institution} のデータはありません。医療機関コード10桁を確かめてください。"
        )
    as_of = con.execute("SELECT as_of FROM mart.as_of").fetchall()[0][0]
    items = _rows(
        con,
        "SELECT items.*, departments.label_ja AS department_name FROM mart.work_items AS items "
        "LEFT JOIN mart.departments AS departments ON departments.department = items.department "
        "WHERE ? IN ('', items.institution) "
        "ORDER BY items.deadline NULLS LAST, items.yen DESC NULLS LAST, items.return_id",
        [institution],
    )
    edits = _rows(
        con,
        "SELECT edits.*, files.name AS file_name FROM mart.decision_edits AS edits "
        "LEFT JOIN mart.files AS files ON files.file_id = edits.file_id AND files.status <> 'duplicate' "
        "WHERE ? IN ('', edits.institution) ORDER BY edits.edit_no",
        [institution],
    )
    in_force = _in_force(edits)
    items = [item | in_force.get(item["return_id"], {}) for item in items]
    export_id = _export_id(con, as_of, items)
    contradictions: dict[str, list[Values]] = {}
    for edit in edits:
        if edit["state"] == "conflict" and not edit["is_settled"]:
            contradictions.setdefault(edit["return_id"], []).append(edit)
    rows = [(item, _row(item, contradictions.get(item["return_id"], []), export_id)) for item in items]
    decided = [pair for pair in rows if pair[0]["status"] != "open"]
    decided.sort(key=lambda pair: pair[0]["decided_on"] or date.min, reverse=True)
    offices = sorted({item["institution"] for item in items})
    mine = institution or (offices[0] if len(offices) == 1 else "")
    return Worklist(
        as_of,
        [row for item, row in rows if item["status"] == "open"],
        [row | {"urgency": None} for _, row in decided],
        sorted(_people(edits)),
        offices or ([institution] if institution else []),
        names.get(mine),
    )


def _in_force(edits: list[Values]) -> dict[str, Values]:
    """By return: the fields with the value of their last applied edit, and who entered the decision (or the newest)."""
    found: dict[str, Values] = {}
    for edit in edits:
        if edit["state"] != "applied":
            continue
        of_return = found.setdefault(edit["return_id"], {})
        decided = of_return.get("decision") is not None
        of_return[edit["field"]] = edit["value"]
        if edit["field"] == "decision" or not decided:
            of_return |= {"decided_by": edit["decided_by"], "decided_on": edit["decided_on"]}
    return found


def _row(item: Values, contradictions: list[Values], export_id: str) -> Values:
    """One row by column name; dates, numbers and texts as they are written."""
    base = {name: item[name] for name in FIELDS}
    record = Record(
        export_id=export_id,
        base=base,
        conflicts=[edit["edit_id"] for edit in contradictions],
        **{name: item[name] for name in (
            "return_id", "institution", "payer", "processing_month", "service_month", "chart_number", "points",
            "search_number",
        )},
    )  # fmt: skip
    clock = (
        "claim_right"
        if item["is_downloaded"] or item["deadline"] != item["download_deadline"]
        else "download"
    )
    reason = " ".join(text for text in (item["reason_code"], item["reason_text"]) if text)
    entered = [item["decided_by"], item["decided_on"] and item["decided_on"].isoformat()]
    return base | {
        "record": written(record),
        "urgency": words()["urgency"][item["urgency"]] or None,
        "deadline": item["deadline"],
        "days_left": item["days_left"],
        "clock": words()["clock"][clock] if item["deadline"] else None,
        "send_by": item["send_by"],
        "institution": labels.institution(item["institution"]),
        "payer": labels.code("payer", item["payer"]),
        "received_month": item["received_month"],
        "service_month": item["service_month"],
        "chart_number": item["chart_number"],
        "setting": item["setting"] and labels.code("setting", item["setting"]),
        "department": item["department_name"] or item["department"],
        "insurer_number": item["insurer_number"],
        "points": item["points"],
        "yen": item["yen"],
        "round": item["round"],
        "reason": reason or item["reason_category"],
        "look_ja": item["look_ja"],
        "entered": "\n".join(text for text in entered if text) or None,
        "conflicts": "\n".join(map(_told, contradictions)) or None,
    }


def _told(edit: Values) -> str:
    """What somebody else said: field, value, who, when, in which file."""
    who = "、".join(
        text for text in (edit["decided_by"], edit["decided_on"].isoformat(), edit["file_name"]) if text
    )
    return f"{heading(edit['field'])}: {edit['value'] or '（空にする）'}（{who}）"


def _people(edits: list[Values]) -> set[str]:
    """Names the office has used."""
    owners = {edit["value"] for edit in edits if edit["field"] == "owner"}
    return (owners | {edit["decided_by"] for edit in edits}) - {None}


def _export_id(con: duckdb.DuckDBPyConnection, as_of: date, items: list[Values]) -> str:
    """Tells one export from another: the same rows on the same day after the same worklists are the same export."""
    loaded = con.execute(
        "SELECT DISTINCT file_id FROM mart.files WHERE kind = 'worklist' AND status = 'loaded' ORDER BY file_id"
    ).fetchall()
    told = [as_of.isoformat(), *(file_id for (file_id,) in loaded), *map(repr, items)]
    return sha256("\n".join(told).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _rows(con: duckdb.DuckDBPyConnection, sql: str, values: list[Any]) -> list[Values]:
    result = con.execute(sql, values)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
