"""40_turnaround: how long until a return is claimed again, what ends it otherwise, what is still open."""

from collections import Counter
from collections.abc import Iterator

from mart_tables import Row
from reference.known import PAYERS, UNKNOWN, World, grouped, number, points, wilson
from reference.registry import figure, model, ordered

WAITING_MONTHS = 3
"""Months after a re-claim until it is known whether it came back."""

AGES = (
    ("当月", range(0, 1)),
    ("1か月", range(1, 2)),
    ("2か月", range(2, 3)),
    ("3か月", range(3, 4)),
    ("4～6か月", range(4, 7)),
    ("7～12か月", range(7, 13)),
    ("13か月以上", range(13, 9999)),
)


def observed(world: World) -> Iterator[tuple]:
    """Of each return that has met a claim window: the return, windows met, months and how it ended."""
    last_window = world.now if world.today.day >= 10 else world.now - 1
    for row in world.window:
        met = last_window - row.arrived + 1
        if met < 1 or (row.status == "returned_again" and not row.reclaimed):
            continue
        ending = "reclaimed" if row.reclaimed else row.status if row.ended_on else None
        end = row.reclaimed or number(row.ended_on)
        if end is None or end > last_window:
            yield row, met, last_window - row.arrived, None
        else:
            yield row, met, max(end - row.arrived, 0), ending


def member(world: World, row, breakdown: str) -> str:
    laws = {each["law_number"]: each["class_ja"] for each in world.table("law_numbers")}
    match breakdown:
        case "all":
            return "all"
        case "insurer_class":
            return laws.get(row.law_number, "その他")
        case "department":
            return world.label("departments", "department", row.department) or row.department or UNKNOWN
    return getattr(row, breakdown)


def counted(world: World, names: tuple[str, ...]) -> Iterator[tuple[str, str, Row]]:
    cells = Counter(
        (name, member(world, row, name), met, months, ending)
        for row, met, months, ending in observed(world)
        for name in names
    )
    for (name, who, met, months, ending), returns in cells.items():
        yield name, who, {"windows_closed": met, "months": months, "ending": ending, "returns": returns}


@model("turnaround_summary", "survival", "cumulative_incidence")
def durations_of_payers(world: World) -> Iterator[Row]:
    for _, who, row in counted(world, ("all", "payer")):
        yield {"payer": who} | row


@model("turnaround_by_group", "turnaround_differences")
def durations_of_groups(world: World) -> Iterator[Row]:
    names = ("payer", "stage", "setting", "insurer_class", "category", "department")
    for name, who, row in counted(world, names):
        yield {"breakdown": name, "member": who} | row


def reclaims(world: World) -> list[tuple]:
    """Re-claims of the window's returns: the return, whether it came back, whether that can be known yet."""
    return [
        (row, row.status == "returned_again", world.now - row.reclaimed_by >= WAITING_MONTHS)
        for row in world.window
        if row.reclaimed_by
    ]


@ordered
def settled_share(world: World) -> Iterator[Row]:
    by_kind = grouped(reclaims(world), lambda each: (each[0].payer, each[0].stage))
    order = sorted(by_kind, key=lambda key: (PAYERS.index(key[0]), key[1]))
    for payer, stage in (*order, ("all", "all")):
        rows = by_kind[payer, stage] if payer != "all" else reclaims(world)
        if not rows:
            continue
        old = [came_back for _, came_back, known in rows if known]
        n = old.count(False)
        yield {
            "payer": payer,
            "stage": stage,
            "resubmissions": len(rows),
            "too_early": len(rows) - len(old),
            "returned_again": old.count(True),
            "numerator": n,
            "denominator": len(old),
        } | wilson(n, len(old))


@ordered
def open_by_age(world: World) -> Iterator[Row]:
    for position, (age, months) in enumerate(AGES, start=1):
        for payer in PAYERS:
            rows = [
                row
                for row in world.known
                if row.status == "open" and row.payer == payer and world.now - row.arrived in months
            ]
            yield {
                "position": position,
                "age": age,
                "payer": payer,
                "returns": len(rows),
                "points": points(rows),
                "yen": points(rows) * 10,
            }


@figure
def reported_not_downloaded(world: World) -> Iterator[Row]:
    rows = [
        row
        for row in world.ours("reported_returns")
        if row.return_id is None
        and number(row.processing_month) >= world.first
        and number(row.received_month) <= world.now
    ]
    same = ("processing_month", "payer", "stage", "medium", "download_deadline")
    for told, found in grouped(rows, lambda row: tuple(getattr(row, name) for name in same)).items():
        deadline = told[-1]
        yield dict(zip(same, told, strict=True)) | {
            "returns": len(found),
            "points": points(found),
            "yen": points(found) * 10,
            "days_left": None if deadline is None else (deadline - world.today).days,
        }
