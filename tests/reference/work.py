"""15_worklist: what is open, by when, with whom."""

from collections.abc import Iterator

from mart_tables import Row
from reference.known import World, grouped, number, points
from reference.registry import figure, ordered

NOBODY = "未定"


@ordered
def worklist(world: World) -> Iterator[Row]:
    shown = (
        "urgency return_id chart_number service_month payer medium setting insurer_number reason_category reason_code "
        "reason_text look_ja points yen round is_downloaded download_deadline download_days_left claim_right_expires "
        "claim_right_days_left deadline days_left age_months owner task_status decision note conflicts"
    ).split()
    far = world.today.replace(year=9999)

    def nearest_then_most(row) -> tuple:
        return row.deadline or far, row.yen is None, -(row.yen or 0), row.return_id

    for row in sorted(world.ours("worklist"), key=nearest_then_most):
        yield {name: getattr(row, name) for name in shown}


@ordered
def worklist_by_owner(world: World) -> Iterator[Row]:
    owners = grouped(world.ours("worklist"), lambda row: row.owner or NOBODY)
    for owner, rows in sorted(owners.items(), key=lambda item: (item[0] == NOBODY, -len(item[1]), item[0])):
        urgency = [row.urgency for row in rows]
        yield {
            "owner": owner,
            "returns": len(rows),
            "overdue": urgency.count("overdue"),
            "soon": urgency.count("soon"),
            "later": urgency.count("none"),
            "to_download": sum(not row.is_downloaded for row in rows),
            "in_conflict": sum(row.conflicts > 0 for row in rows),
            "points": points(rows),
            "yen": points(rows) * 10,
        }


@figure
def worklist_guidance(world: World) -> Iterator[Row]:
    texts = ("meaning_ja", "correct_ja", "prevent_ja", "guidance_source", "guidance_written_on")
    advised = [row for row in world.ours("worklist") if row.meaning_ja]
    whole = ("meaning_ja", "look_ja", "correct_ja", "prevent_ja")
    of_codes = {
        tuple(row[name] or "" for name in whole) for row in world.table("guidance") if row["code"] is not None
    }

    def code(row) -> str:
        return row.reason_code if tuple(getattr(row, name) or "" for name in whole) in of_codes else "その他"

    for (of, *told), rows in grouped(
        advised, lambda row: (code(row), *(getattr(row, name) for name in texts))
    ).items():
        yield dict(zip(texts, told, strict=True)) | {
            "code": of,
            "reason_category": min(row.reason_category for row in rows),
            "returns": len(rows),
            "yen": points(rows) * 10,
        }


@figure
def deadlines(world: World) -> Iterator[Row]:
    dated = [
        ("download", row.download_deadline, row) for row in world.ours("worklist") if not row.is_downloaded
    ]
    dated += [
        ("claim_right", row.claim_right_expires, row)
        for row in world.ours("worklist")
        if number(row.claim_right_expires) <= world.now + 12
    ]
    for (kind, _, passed), found in grouped(
        dated, lambda each: (each[0], number(each[1]), each[1] < world.today)
    ).items():
        days = [day for _, day, _ in found]
        rows = [row for _, _, row in found]
        yield {
            "kind": kind,
            "month": days[0].replace(day=1),
            "passed": passed,
            "first_deadline": min(days),
            "returns": len(rows),
            "points": points(rows),
            "yen": points(rows) * 10,
        }


@figure
def decision_conflicts(world: World) -> Iterator[Row]:
    edits = [row for row in world.ours("decision_edits") if row.decided_on <= world.today]
    returns = {row["return_id"]: row for row in world.table("returns")}
    for edit in edits:
        if edit.state != "conflict" or edit.is_settled or edit.return_id not in returns:
            continue
        applied = [
            each
            for each in edits
            if each.state == "applied" and (each.return_id, each.field) == (edit.return_id, edit.field)
        ]
        last = max(applied, key=lambda each: each.edit_no, default=None)
        yield {
            "chart_number": returns[edit.return_id]["chart_number"],
            "service_month": returns[edit.return_id]["service_month"],
            "field": edit.field,
            "present": last and last.value,
            "present_by": last and last.decided_by,
            "wanted": edit.value,
            "decided_by": edit.decided_by,
            "decided_on": edit.decided_on,
        }


@ordered
def link_candidates(world: World) -> Iterator[Row]:
    listed = {row.return_id: row for row in world.ours("worklist")}
    pairs = [
        (each, listed[each["return_id"]])
        for each in world.table("link_candidates")
        if each["return_id"] in listed
    ]
    pairs.sort(
        key=lambda pair: (
            -number(pair[0]["claim_month"]), pair[1].points is None, -(pair[1].points or 0),
            pair[0]["return_id"], pair[0]["claim_id"],
        )
    )  # fmt: skip
    words = {"same_insurer": "保険者", "same_points": "点数", "same_days": "実日数"}
    for pair, row in pairs:
        yield {
            "chart_number": row.chart_number,
            "payer": row.payer,
            "service_month": row.service_month,
            "received_month": row.received_month,
            "candidate_month": pair["claim_month"],
            "same": "・".join(word for name, word in words.items() if pair[name]) or "患者と診療月だけ",
            "link_why": pair["why"],
            "yen": None if row.points is None else row.points * 10,
        }
