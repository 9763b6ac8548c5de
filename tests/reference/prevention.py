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
    drawn = first_claims(world, kind)
    if not drawn or not rows:
        return None
    chances = [sum(drawn[key] for key in had_it(world, kind, row)) / drawn.total() for row, _, _ in rows]
    return sum(chances) / len(chances)


def first_claims(world: World, kind: str) -> Counter:
    """First claims of the window by the key they name; of people no claim names any."""
    columns = {"patient": "patient_key", "insurer": "insurer_number", "department": "department"}
    if kind not in columns:
        return Counter()
    drawn = Counter(
        getattr(claim, columns[kind])
        for claim in world.ours("claims")
        if not claim.is_resubmission and number(claim.claim_month) in world.months
    )
    del drawn[None]
    return drawn


def had_it(world: World, kind: str, row) -> set:
    """Keys that had the category of a return in the twelve months before it."""
    keys = {
        WHOSE[kind](other)
        for other in world.known
        if other.category == row.category and 1 <= row.processed - other.processed <= LOOKING_BACK
    }
    return keys - {None}


@ordered
def preventable_candidates(world: World) -> Iterator[Row]:
    cells = []
    for kind in KINDS:
        drawn, all_rows = first_claims(world, kind), with_history(world, kind)
        # Nobody is told who the patient is.
        again = [(row, "" if kind == "patient" else key) for row, key, came_before in all_rows if came_before]
        for (key, category), found in grouped(again, lambda each: (each[1], each[0].category)).items():
            chance = None
            if drawn:
                of_category = [row for row, _, _ in all_rows if row.category == category]
                keys = [each for row in of_category for each in had_it(world, kind, row) if key in ("", each)]
                chance = sum(drawn[each] for each in keys) / drawn.total()
            if chance is None or round(len(found) - chance, 9) > 0:
                cells.append((kind, key, category, [row for row, _ in found], chance))

    def most_beyond_chance(cell: tuple) -> tuple:
        kind, key, category, rows, chance = cell
        excess = None if chance is None else round(len(rows) - chance, 9)
        return excess is None, -(excess or 0), -len(rows), -points(rows), kind, category, key

    cells.sort(key=most_beyond_chance)
    for rank, (kind, key, category, rows, chance) in enumerate(cells[:20], start=1):
        label = world.label("departments", "department", key) if kind == "department" else None
        yield {
            "rank": rank,
            "kind": kind,
            "who": label or key or None,
            "category": category,
            "repeats": len(rows),
            "expected": chance,
            "excess": None if chance is None else len(rows) - chance,
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
    cells = list(action_cells(world))
    newest = sorted(
        {(row["acted_on"], row["action_id"]) for _, row in cells}, key=lambda a: (-a[0].toordinal(), a[1])
    )
    for _, row in cells:
        if number(row["month"]) < world.now:
            after = row["months_after"]
            yield (
                row
                | {
                    "action_place": newest.index((row["acted_on"], row["action_id"])) + 1,
                    "label_ja": f"取組：{row['category']}",
                    "phase": "action" if after == 0 else "before" if after < 0 else "after",
                }
                | wilson(row["numerator"], row["denominator"])
            )
