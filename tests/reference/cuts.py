"""60_adjustments: what was cut, raised and restored, never netted."""

from collections.abc import Callable, Iterator
from math import floor
from types import SimpleNamespace

from mart_tables import Row
from reference.known import OTHERS, UNKNOWN, WITH_ALL, World, grouped, month_at, number, share, wilson
from reference.registry import figure, ordered


def known_adjustments(world: World) -> list[SimpleNamespace]:
    """Those whose notice has arrived: notices of month M come in M + 1."""
    rows = [row for row in world.ours("adjustments") if number(row.processing_month) < world.now]
    for row in rows:
        delta, yen = row.points_delta or 0, row.yen_delta or 0
        row.month = number(row.processing_month)
        row.cut_points = max(-delta, 0)
        row.cut_yen = row.cut_points * 10 + max(-yen, 0)
        row.is_cut = delta < 0 or yen < 0
        row.went_up = delta > 0 or yen > 0
        row.points_up, row.points_net = max(delta, 0), delta
        row.setting = row.setting or "unknown"
        row.department = row.department or UNKNOWN
        row.insurer_number = row.insurer_number or UNKNOWN
        row.section = row.section or UNKNOWN
        row.letters = row.reason_letters or UNKNOWN
        row.item = row.item or UNKNOWN
    return rows


def told(world: World) -> dict[tuple[int, str], bool]:
    """Months and payers whose cuts are known; True where those of the first review are."""
    found: dict[tuple[int, str], bool] = {}
    for row in known_adjustments(world):
        key = row.month, row.payer
        found[key] = found.get(key, False) or row.stage == "first_review"
    for row in world.ours("coverage"):
        if (
            row.kind == "zogn"
            and row.state in ("loaded", "empty", "superseded")
            and number(row.month) < world.now
        ):
            found[number(row.month), row.payer] = True
    return found


def claimed_points(world: World, month: int, payer: str) -> int | None:
    rows = [
        row.points
        for row in world.ours("claim_volume")
        if row.payer == payer and number(row.claim_month) == month
    ]
    return None if None in rows else sum(rows) or None


def month_of_cuts(world: World, month: int, payer: str) -> Row | None:
    """None where nothing is known of the month."""
    known = told(world)
    payers = {each for at, each in known if at == month and payer in ("all", each)}
    if not payers:
        return None
    dealt_with = {each for _, each in known} | {row.payer for row in world.ours("claim_volume")}
    concerned = dealt_with if payer == "all" else {payer}
    rows = [row for row in known_adjustments(world) if row.month == month and row.payer in payers]
    cut = [row for row in rows if row.is_cut]
    raised = [row for row in rows if row.went_up and row.stage == "first_review"]
    restored = [row for row in rows if row.went_up and row.stage != "first_review"]
    # Only months whose notices are known have claims to compare with.
    claimed = [claimed_points(world, month, each) if each in payers else None for each in concerned]
    whole = None if None in claimed else sum(claimed)
    first_review = all(known.get((month, each), False) for each in concerned)
    in_rate = sum(row.cut_points for row in rows if row.stage == "first_review")
    return {
        "payers": payers,
        "cuts": len(cut),
        "receipts": len({row.receipt_key for row in cut}),
        "cut_points": sum(row.cut_points for row in rows),
        "cut_yen": sum(row.cut_yen for row in rows),
        "claimed_points": whole,
        "cut_rate": in_rate / whole if whole and first_review and in_rate <= whole else None,
        "raises": len(raised),
        "raised_points": sum(row.points_up for row in raised),
        "restorations": len(restored),
        "restored_points": sum(row.points_up for row in restored),
        "net_points": sum(row.points_net for row in rows),
    }


HEADLINE = (
    "cuts receipts cut_points cut_yen claimed_points cut_rate raises raised_points restorations restored_points "
    "net_points"
).split()


@ordered
def adjustments_headline(world: World) -> Iterator[Row]:
    for payer in WITH_ALL:
        found = month_of_cuts(world, world.month, payer)
        before = [month_of_cuts(world, world.month - ago, payer) for ago in range(1, 13)]
        alike = [each and found and each["payers"] == found["payers"] for each in before]
        points_then = [each["cut_points"] for each, ok in zip(before, alike, strict=True) if ok]
        last = before[0]["cut_points"] if alike[0] else None
        mean = sum(points_then) / len(points_then) if len(points_then) >= 3 else None
        yield {name: found and found[name] for name in HEADLINE} | {
            "month": world.scope.month,
            "payer": payer,
            "cut_points_last_month": last,
            "cut_points_change": None if last is None else found["cut_points"] - last,
            "cut_points_mean": None if mean is None else floor(mean + 0.5),
            "months_known": len(points_then) if found else None,
        }


@ordered
def adjustments_trend(world: World) -> Iterator[Row]:
    shown = [name for name in HEADLINE if name not in ("raises", "restorations")]
    for payer in WITH_ALL:
        for month in world.months:
            found = month_of_cuts(world, month, payer)
            yield {name: found and found[name] for name in shown} | {"month": month_at(month), "payer": payer}


def cuts_of_window(world: World) -> list[SimpleNamespace]:
    return [row for row in known_adjustments(world) if row.is_cut and row.month in world.months]


def summed(world: World, rows: list[SimpleNamespace]) -> Row:
    return {
        "cuts": len(rows),
        "cuts_month": sum(row.month == world.month for row in rows),
        "cut_points": sum(row.cut_points for row in rows),
        "cut_points_month": sum(row.cut_points for row in rows if row.month == world.month),
        "cut_yen": sum(row.cut_yen for row in rows),
    }


def broken_down(world: World, key: Callable) -> Iterator[tuple]:
    """Each group of the window's cuts, with its sums and its share of the points cut."""
    rows = cuts_of_window(world)
    whole = sum(row.cut_points for row in rows)
    for group, found in grouped(rows, key).items():
        sums = summed(world, found)
        yield group, sums | {"share": share(sums["cut_points"], whole)}


@figure
def adjustments_by_letter(world: World) -> Iterator[Row]:
    of_payer = grouped(cuts_of_window(world), lambda row: row.payer)
    names = {(row["payer"], row["letter"]): row for row in world.table("adjustment_letters")}
    for (payer, letters), sums in broken_down(world, lambda row: (row.payer, row.letters)):
        single = [names[payer, each] for each in letters if (payer, each) in names]
        whole = sum(row.cut_points for row in of_payer[payer])
        first = names.get((payer, letters[0]))
        yield sums | {
            "payer": payer,
            "letters": letters,
            "label_ja": "記号なし"
            if letters == UNKNOWN
            else "・".join(row["label_ja"] for row in single) or letters,
            "class_ja": first["class_ja"] if first else UNKNOWN,
            "share": share(sums["cut_points"], whole),
        }


@figure
def adjustments_by_section(world: World) -> Iterator[Row]:
    for section, sums in broken_down(world, lambda row: row.section):
        label = world.label("sections", "section", section) or section
        yield {"section": section, "label_ja": label} | sums


@figure
def adjustments_by_department(world: World) -> Iterator[Row]:
    for department, sums in broken_down(world, lambda row: row.department):
        label = world.label("departments", "department", department) or department
        yield {"department": department, "label_ja": label} | sums


@figure
def adjustments_by_setting(world: World) -> Iterator[Row]:
    for (payer, setting), sums in broken_down(world, lambda row: (row.payer, row.setting)):
        yield {"payer": payer, "setting": setting} | sums


def ranked(world: World, key: Callable, last: int) -> Iterator[tuple[int, tuple | None, list]]:
    """The groups with most points cut, then all others as one."""
    groups = sorted(
        grouped(cuts_of_window(world), key).items(),
        key=lambda item: (-sum(row.cut_points for row in item[1]), -len(item[1]), item[0]),
    )
    for rank, (group, rows) in enumerate(groups[:last], start=1):
        yield rank, group, [rows]
    if groups[last:]:
        yield last + 1, None, [rows for _, rows in groups[last:]]


@ordered
def adjustments_items(world: World) -> Iterator[Row]:
    nobody = (OTHERS, None, None, None)
    for rank, group, parts in ranked(
        world, lambda row: (row.item, row.section, row.letters, row.payer), last=20
    ):
        item, section, letters, payer = group or nobody
        rows = [row for part in parts for row in part]
        yield {
            "rank": rank,
            "item": item,
            "payer": payer,
            "section_label": world.label("sections", "section", section) or section,
            "letters": letters,
            "items": len(parts),
            **summed(world, rows),
            "last_month": max(row.processing_month for row in rows),
        }


@ordered
def adjustments_by_insurer(world: World) -> Iterator[Row]:
    whole = sum(row.cut_points for row in cuts_of_window(world))
    for rank, group, parts in ranked(world, lambda row: (row.insurer_number, row.payer), last=15):
        insurer, payer = group or (OTHERS, None)
        sums = summed(world, [row for part in parts for row in part])
        yield {
            "rank": rank,
            "insurer_number": insurer,
            "payer": payer,
            "insurers": len(parts),
            **sums,
            "share": share(sums["cut_points"], whole),
        }


@ordered
def adjustments_restored(world: World) -> Iterator[Row]:
    changes = [row for row in known_adjustments(world) if row.month in world.months]
    asked = [
        row
        for row in world.ours("re_examinations")
        if row.requester == "institution"
        and number(row.processing_month) in world.months
        and number(row.processing_month) < world.now
    ]
    for payer in WITH_ALL:
        results = [row.result for row in asked if payer in ("all", row.payer)]
        rows = [row for row in changes if payer in ("all", row.payer)]
        restored = [row for row in rows if row.went_up and row.stage != "first_review"]
        decided = sum(results.count(each) for each in ("restored", "upheld", "cut"))
        rate = wilson(results.count("restored"), decided)
        yield {
            "payer": payer,
            "cuts": sum(row.is_cut for row in rows),
            "cut_points": sum(row.cut_points for row in rows),
            "requests": len(results),
            "upheld": results.count("upheld"),
            "restored": results.count("restored"),
            "decided": decided,
            "restorations": len(restored),
            "restored_points": sum(row.points_up for row in restored),
            "restored_rate": rate["rate"],
            "low": rate["low"],
            "high": rate["high"],
        }
