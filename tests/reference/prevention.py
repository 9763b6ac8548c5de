"""80_prevention: what a lesson learnt would have prevented, and what came after the office's actions."""

from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace

from mart_tables import Row
from reference.known import World, grouped, month_at, number, points, wilson
from reference.registry import figure, model, ordered
from reference.repeats import WHOSE, repeated

KINDS = ("patient", "insurer", "department", "person")
LOOKING_BACK = 12


def with_history(world: World, kind: str) -> list[tuple]:
    """Repeats, of months whose 12 months before are loaded."""
    return [
        each
        for each in repeated(world, kind)
        if world.span and each[0].processed - LOOKING_BACK >= world.span.start
    ]


@ordered
def preventable(world: World) -> Iterator[Row]:
    found = {kind: with_history(world, kind) for kind in KINDS}
    before = grouped(
        (each for rows in found.values() for each in rows), lambda each: each[0].return_id
    ).values()
    found["any"] = [(rows[0][0], None, sum(each[2] for each in rows)) for rows in before]
    for kind, rows in found.items():
        again = [row for row, _, came_before in rows if came_before]
        yield {
            "kind": kind,
            "numerator": len(again),
            "denominator": len(rows),
            "repeats_same_claim": sum(row.round > 1 for row in again),
            "yen": points(again) * 10,
            "by_chance": by_chance(world, kind, rows),
        } | wilson(len(again), len(rows))


def by_chance(world: World, kind: str, rows: list[tuple]) -> float | None:
    """The mean over the returns of how probable a claim drawn at random has a key with a history like this.

    Drawn among the first claims of the window that name their key.
    """
    columns = {"patient": "patient_key", "insurer": "insurer_number", "department": "department"}
    if kind not in columns:
        return None
    drawn = Counter(
        getattr(claim, columns[kind])
        for claim in world.ours("claims")
        if not claim.is_resubmission and number(claim.claim_month) in world.months
    )
    del drawn[None]
    if not drawn or not rows:
        return None
    chances = []
    for row, _, _ in rows:
        had_it = {
            WHOSE[kind](other)
            for other in world.known
            if other.category == row.category and 1 <= row.processed - other.processed <= LOOKING_BACK
        }
        chances.append(sum(drawn[key] for key in had_it if key is not None) / drawn.total())
    return sum(chances) / len(chances)


@ordered
def preventable_candidates(world: World) -> Iterator[Row]:
    cells = []
    for kind in KINDS:
        # Nobody is told who the patient is.
        again = [
            (row, "" if kind == "patient" else key)
            for row, key, came_before in with_history(world, kind)
            if came_before
        ]
        for (key, category), found in grouped(again, lambda each: (each[1], each[0].category)).items():
            cells.append((kind, key, category, [row for row, _ in found]))
    cells.sort(key=lambda cell: (-len(cell[3]), -points(cell[3]), cell[0], cell[2], cell[1]))
    for rank, (kind, key, category, rows) in enumerate(cells[:20], start=1):
        label = world.label("departments", "department", key) if kind == "department" else None
        yield {
            "rank": rank,
            "kind": kind,
            "who": label or key or None,
            "category": category,
            "repeats": len(rows),
            "months": len({row.processed for row in rows}),
            "last_month": max(row.processing_month for row in rows),
            "yen": points(rows) * 10,
            "prevent_ja": advice(world, category),
        }


def advice(world: World, category: str) -> str | None:
    """What the guidance of the category says, of both payers first; else where to look first."""
    told = [
        (row["payer"] or "", row["prevent_ja"])
        for row in world.table("guidance")
        if row["category"] == category and row["code"] is None and row["prevent_ja"]
    ]
    looks = {row["category"]: row["first_look_ja"] for row in world.table("categories")}
    return min(told)[1] if told else looks.get(category)


def concerns(action: SimpleNamespace, row: SimpleNamespace) -> bool:
    """Whether the action was about such receipts, as far as payer, department and insurer go."""
    return (
        action.payer in (None, row.payer)
        and action.department in (None, row.department)
        and action.insurer_number in (None, row.insurer_number)
    )


def payers_of(world: World, action: SimpleNamespace) -> set[str]:
    dealt_with = {row.payer for row in world.ours("claim_volume")} | {
        row.payer for row in world.known if row.rated
    }
    return {payer for payer in dealt_with if action.payer in (None, payer)}


def claims_concerned(world: World, action: SimpleNamespace, month: int) -> int | None:
    """First claims of the month; None where a payer concerned has none loaded, or its returns are not known."""
    payers = payers_of(world, action)
    if not payers or any(not returns_known(world, month, payer) for payer in payers):
        return None
    is_narrow = action.department is not None or action.insurer_number is not None
    rows = [
        row
        for row in world.ours("claims" if is_narrow else "claim_volume")
        if number(row.claim_month) == month and row.payer in payers
    ]
    if {row.payer for row in rows} != payers:
        return None
    if is_narrow:
        return sum(not row.is_resubmission and concerns(action, row) for row in rows)
    return sum(row.first_claims for row in rows)


def returns_known(world: World, month: int, payer: str) -> bool:
    reported = any(
        row.stage == "first_review"
        and row.return_id is None
        and (number(row.processing_month), row.payer) == (month, payer)
        for row in world.ours("reported_returns")
    )
    # Coverage expects return files of everybody: who has never loaded one keeps a list of returns instead.
    loads_files = any(
        file.kind == "hen" and file.status in ("loaded", "superseded") for file in world.ours("files")
    )
    missing = any(
        row.kind == "hen"
        and row.state in ("missing", "gone")
        and (number(row.month), row.payer) == (month, payer)
        for row in world.ours("coverage")
    )
    return month in world.span and not reported and not (loads_files and missing)


def action_cells(world: World) -> Iterator[tuple[SimpleNamespace, Row]]:
    """Every action with every month from 6 before to 12 after it."""
    for action in world.ours("prevention_actions"):
        if action.acted_on > world.today:
            continue
        for months_after in range(-6, 13):
            month = number(action.acted_on) + months_after
            claims = claims_concerned(world, action, month)
            returned = sum(
                row.rated
                and row.processed == month
                and row.category == action.category
                and concerns(action, row)
                for row in world.known
            )
            yield (
                action,
                {
                    "action_id": action.action_id,
                    "acted_on": action.acted_on,
                    "category": action.category,
                    "target": target(world, action),
                    "month": month_at(month),
                    "months_after": months_after,
                    "numerator": None if claims is None else returned,
                    "denominator": claims,
                },
            )


def target(world: World, action: SimpleNamespace) -> str:
    department = world.label("departments", "department", action.department) or action.department
    payer = {"shaho": "社保", "kokuho": "国保"}.get(action.payer)
    return "・".join(part for part in (department, payer, action.insurer_number) if part) or "全体"


@model("action_effect")
def months_of_actions(world: World) -> Iterator[Row]:
    for action, row in action_cells(world):
        yield row | {"action_note": action.note, "has_arrived": number(row["month"]) < world.now}


@figure
def action_months(world: World) -> Iterator[Row]:
    for _, row in action_cells(world):
        if number(row["month"]) < world.now:
            after = row["months_after"]
            yield (
                row
                | {
                    "label_ja": f"取組：{row['category']}",
                    "phase": "action" if after == 0 else "before" if after < 0 else "after",
                }
                | wilson(row["numerator"], row["denominator"])
            )
