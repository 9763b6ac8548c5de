"""10_monthly_brief: the month in numbers, its rate, its reasons, the window that comes."""

from collections.abc import Iterator

from mart_tables import Row
from reference.known import WITH_ALL, World, grouped, last_day, month_at, number, points, share, wilson
from reference.registry import figure, ordered

FIRST_REVIEW_FILES = ("hen", "henr", "paper", "return_list")
GIVEN_UP = ("取下げ", "断念")


def loaded_files(world: World, kinds: tuple[str, ...], month: int) -> list:
    return [
        file
        for file in world.ours("files")
        if file.status == "loaded" and file.kind in kinds and number(file.month) == month
    ]


def three_month_rate(world: World, month: int, payer: str) -> float | None:
    claims = [world.first_claims(month - back, payer) for back in range(3)]
    returned = world.first_returns(month, payer)
    if returned is None or None in claims:
        return None
    return share(returned, sum(claims) / 3)


def returns_then(world: World, months_ago: int) -> int | None:
    """Returns of an earlier month; None where nothing is known of it."""
    then = world.month - months_ago
    if then not in world.span or not world.is_whole(then):
        return None
    return sum(row.processed == then for row in world.known)


@figure
def headline(world: World) -> Iterator[Row]:
    rows, left = world.of_month, world.ours("worklist")
    without_file = [row for row in left if not row.is_downloaded]
    to_come = [row.download_deadline for row in without_file if row.download_deadline >= world.today]
    due = [
        row
        for row in left
        if world.today <= row.claim_right_expires <= world.due_until
        or (not row.is_downloaded and world.today <= row.download_deadline <= world.due_until)
    ]
    found: Row = {
        "institution": world.scope.institution,
        "month": world.scope.month,
        "as_of": world.today,
        "returns": len(rows),
        "returns_first_review": sum(row.stage == "first_review" for row in rows),
        "returns_re_examination": sum(row.stage == "re_examination" for row in rows),
        "returns_again": sum(row.round >= 2 for row in rows),
        "points": points(rows),
        "yen": points(rows) * 10,
        "rate_3month": three_month_rate(world, world.month, "all"),
        "open_returns": len(left),
        "open_points": points(left),
        "open_yen": points(left) * 10,
        "open_due_14_days": len(due),
        "open_to_download": len(without_file),
        "open_download_passed": len(without_file) - len(to_come),
        "next_window_end": world.window_end,
        "next_download_deadline": min(to_come, default=None),
        "month_download_deadline": last_day(month_at(world.month + 3)),
        "return_files": len(loaded_files(world, (*FIRST_REVIEW_FILES, "sah"), world.month)),
        "has_arrived": world.month + 1 <= world.now,
    }
    for name, ago in (("last_month", 1), ("last_year", 12)):
        then = returns_then(world, ago)
        found[f"returns_{name}"] = then
        found[f"change_{name}"] = (
            None if then is None or not world.is_whole(world.month) else len(rows) - then
        )
    reported = [
        row
        for row in world.ours("reported_returns")
        if row.return_id is None and number(row.received_month) <= world.now
    ]
    days = [
        row.download_deadline
        for row in reported
        if row.download_deadline and row.download_deadline >= world.today
    ]
    found |= {
        "reported": len(reported),
        "reported_due_14_days": sum(day <= world.due_until for day in days),
        "reported_deadline": min(days, default=None),
    }
    for payer, suffix in (("all", ""), ("shaho", "_shaho"), ("kokuho", "_kokuho")):
        n, d = world.first_returns(world.month, payer), world.first_claims(world.month, payer)
        rated = wilson(n, d)
        found |= {
            f"rate_numerator{suffix}": n,
            f"rate_denominator{suffix}": d,
            f"rate{suffix}": rated["rate"],
            f"rate{suffix}_low": rated["low"],
            f"rate{suffix}_high": rated["high"],
        }
    yield found


@ordered
def rate_by_month(world: World) -> Iterator[Row]:
    for payer in WITH_ALL:
        for month in world.months:
            n, d = world.first_returns(month, payer), world.first_claims(month, payer)
            files = loaded_files(world, FIRST_REVIEW_FILES, month)
            yield {
                "month": month_at(month),
                "payer": payer,
                "numerator": n,
                "denominator": d,
                "rate_3month": three_month_rate(world, month, payer),
                "return_files": sum(payer in ("all", file.payer) for file in files),
            } | wilson(n, d)


@ordered
def policy_breaks(world: World) -> Iterator[Row]:
    for row in sorted(world.table("policy_breaks"), key=lambda row: row["month"]):
        if number(row["month"]) in world.months:
            yield row


def by_frequency(world: World, rows: list, *always: str) -> list[tuple[str, list]]:
    """Categories of the returns, the most frequent first; then the most points, then the usual order.

    always: categories that are told even where there are none of them.
    """
    return sorted(
        (dict.fromkeys(always, []) | grouped(rows, lambda row: row.category)).items(),
        key=lambda item: (-len(item[1]), -points(item[1]), world.position.get(item[0], 99), item[0]),
    )


@ordered
def top_reasons(world: World) -> Iterator[Row]:
    before = world.month - 1
    looks = {row["category"]: row["first_look_ja"] for row in world.table("categories")}
    for rank, (category, rows) in enumerate(by_frequency(world, world.of_month)[:5], start=1):
        last = sum(row.processed == before and row.category == category for row in world.known)
        told = before in world.span and world.is_whole(before)
        yield {
            "rank": rank,
            "category": category,
            "returns": len(rows),
            "points": points(rows),
            "yen": points(rows) * 10,
            "share": len(rows) / len(world.of_month),
            "returns_last_month": last if told else None,
            "change": len(rows) - last if told and world.is_whole(world.month) else None,
            "first_look": looks.get(category),
        }


@figure
def reclaim_window(world: World) -> Iterator[Row]:
    opens = world.window_end.replace(day=5)
    wanted = [row for row in world.ours("worklist") if row.decision not in GIVEN_UP]
    lost = [row for row in wanted if not row.is_downloaded and row.download_deadline < world.today]
    in_time = [row for row in wanted if row in lost or row.claim_right_expires >= opens]
    ready = [row for row in in_time if row.is_downloaded]
    new = [row for row in ready if number(row.processing_month) == world.month]
    without_file = [row for row in in_time if not row.is_downloaded]
    obtainable = [row for row in without_file if row.download_deadline >= world.today]
    yield {
        "month": world.scope.month,
        "as_of": world.today,
        "window_start": opens,
        "window_end": world.window_end,
        "is_open": opens <= world.today <= world.window_end,
        "days_until": max((opens - world.today).days, 0),
        "days_left": (world.window_end - world.today).days,
        "returns": len(ready),
        "points": points(ready),
        "yen": points(ready) * 10,
        "returns_month": len(new),
        "yen_month": points(new) * 10,
        "returns_older": len(ready) - len(new),
        "yen_older": (points(ready) - points(new)) * 10,
        "ready": sum(row.task_status == "提出待ち" for row in ready),
        "decided": sum(row.decision == "再請求する" and row.task_status != "提出待ち" for row in ready),
        "to_download": len(obtainable),
        "download_passed": len(without_file) - len(obtainable),
        "yen_without_file": points(without_file) * 10,
        "download_by": min((row.download_deadline for row in obtainable), default=None),
        "too_late": len(wanted) - len(in_time),
    }
