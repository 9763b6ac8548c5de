"""00_data_health: what was read, what was set aside, what could not be placed."""

from collections.abc import Iterator

from mart_tables import Row
from reference.known import PAYERS, UNCLASSIFIED, World, grouped, number, share
from reference.registry import figure, ordered

DUE_SOON_DAYS = 14
RETURN_FILES = ("hen", "sah")


def own_files(world: World, nobodys: bool) -> dict[str, Row]:
    """Files of the institution by their content; with those of nobody (refused before it could be told)."""
    whose = (world.scope.institution, None) if nobodys else (world.scope.institution,)
    files: dict[str, Row] = {}
    for file in world.table("files"):
        if file["institution"] in whose and (file["status"] != "duplicate" or file["file_id"] not in files):
            files[file["file_id"]] = file
    return files


@figure
def data_totals(world: World) -> Iterator[Row]:
    volumes = [row for row in world.ours("claim_volume") if number(row.claim_month) in world.months]
    for payer in PAYERS:
        claims = [row for row in volumes if row.payer == payer]
        returns = [row for row in world.window if row.payer == payer]
        ids = {row.return_id for row in returns}
        reasons = [row for row in world.table("return_reasons") if row["return_id"] in ids]
        resubmissions = sum(row.resubmissions or 0 for row in claims)
        unlinked = sum(
            row.payer == payer
            and row.what == "resubmission_without_return"
            and world.scope.first_month <= row.month <= world.today
            for row in world.ours("unlinked")
        )
        claimed = sum(row.claims for row in claims)
        measures = {
            "claims": (claimed, None),
            "resubmissions": (resubmissions, claimed),
            "unlinked_resubmissions": (unlinked, resubmissions),
            "returns": (len(returns), None),
            "reasons": (len(reasons), None),
            "reasons_unclassified": (
                sum(row["category"] in (None, UNCLASSIFIED) for row in reasons),
                len(reasons),
            ),
            "reasons_by_text": (sum(row["category_source"] == "text" for row in reasons), len(reasons)),
        }
        for stage in ("first_review", "re_examination"):
            measures[f"returns_{stage}"] = (sum(row.stage == stage for row in returns), len(returns))
        for kind in ("hen", "sah", "henr"):
            measures[f"returns_in_{kind}"] = (sum(kind in row.sources for row in returns), len(returns))
        for measure, (count, whole) in measures.items():
            yield {"measure": measure, "payer": payer, "count": count, "share": share(count, whole)}


@figure
def data_quarantine(world: World) -> Iterator[Row]:
    files = own_files(world, nobodys=True)
    set_aside = [row for row in world.table("quarantine") if row["file_id"] in files]
    for (file_id, rule), rows in grouped(set_aside, lambda row: (row["file_id"], row["rule"])).items():
        file = files[file_id]
        yield {
            "name": rows[0]["name"],
            "kind": file["kind"],
            "payer": file["payer"],
            "month": file["month"],
            "rule": rule,
            "message": rows[0]["message"],
            "lines": len(rows),
        }


@figure
def data_skipped(world: World) -> Iterator[Row]:
    files = own_files(world, nobodys=False)
    unused = [row for row in world.table("skipped") if row["file_id"] in files]
    for record, rows in grouped(unused, lambda row: row["record_type"]).items():
        yield {
            "record_type": record,
            "files": len({row["file_id"] for row in rows}),
            "lines": sum(row["lines"] for row in rows),
        }


def placed(world: World, wanted) -> Iterator[tuple[tuple, Row]]:
    """Reasons of the window of one kind by what they say, and how large a part of all they are."""
    ids = {row.return_id for row in world.window}
    reasons = [row for row in world.table("return_reasons") if row["return_id"] in ids]
    same = ("code_system", "code", "text", "category")
    for told, rows in grouped(filter(wanted, reasons), lambda row: tuple(row[name] for name in same)).items():
        yield (
            told,
            {
                **dict(zip(same, told, strict=True)),
                "reasons": len(rows),
                "returns": len({row["return_id"] for row in rows}),
                "reasons_total": len(reasons),
                "share": len(rows) / len(reasons),
            },
        )


@figure
def data_unclassified(world: World) -> Iterator[Row]:
    for _, row in placed(world, lambda row: row["category"] in (None, UNCLASSIFIED)):
        yield {name: value for name, value in row.items() if name != "category"}


@figure
def data_text_classified(world: World) -> Iterator[Row]:
    for _, row in placed(world, lambda row: row["category_source"] == "text"):
        yield row


@ordered
def data_files(world: World) -> Iterator[Row]:
    shown = (
        "name kind payer month status lines lines_loaded lines_skipped lines_quarantined receipts control_count actual_count "
        "control_points actual_points balanced loaded_at message file_id"
    ).split()
    rows = [
        row
        for row in world.table("files")
        if row["institution"] in (world.scope.institution, None)
        and (row["month"] is None or world.scope.first_month <= row["month"] <= world.today)
    ]

    def newest_first(row: Row) -> tuple:
        month = row["month"]
        return (
            month is None,
            -(number(month) or 0),
            row["kind"],
            row["payer"] == "kokuho" and "b" or "a",
            row["name"],
            row["file_id"],
            row["loaded_at"],
            row["status"],
        )

    for row in sorted(rows, key=newest_first):
        yield {name: row[name] for name in shown}


@figure
def coverage(world: World) -> Iterator[Row]:
    for row in world.ours("coverage"):
        if world.first <= number(row.month) <= world.now:
            near = row.state == "missing" and row.kind in RETURN_FILES
            near = near and (row.download_deadline - world.today).days <= DUE_SOON_DAYS
            yield {
                "month": row.month,
                "payer": row.payer,
                "kind": row.kind,
                "state": "due_soon" if near else row.state,
                "files": row.files,
                "receipts": row.receipts,
                "evidence": row.evidence,
                "download_deadline": row.download_deadline,
                "days_left": row.days_left,
            }


@figure
def attention(world: World) -> Iterator[Row]:
    for row in world.table("attention"):
        if row["institution"] in (world.scope.institution, None):
            yield {name: value for name, value in row.items() if name != "institution"}
