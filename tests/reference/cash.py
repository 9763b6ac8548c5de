"""45_cash: when the money comes, what the wait costs, what is lost."""

from collections.abc import Iterator

from mart_tables import Row
from reference.known import World, grouped, month_at, number, points, share
from reference.registry import figure

LOST = ("written_off", "lapsed")
GIVEN_UP = ("取下げ", "断念")


def expected(world: World) -> Iterator[tuple]:
    """Of each return whose money is still to come: the month, why then, from whom, the return."""
    for row in world.known:
        if row.status == "resubmitted":
            pays = row.reclaimed + 1
            yield (
                pays,
                "waiting" if pays >= world.now else "unconfirmed",
                row.resubmitted_payer or row.payer,
                row,
            )
    for row in world.ours("worklist"):
        if row.decision in GIVEN_UP:
            continue
        if not row.is_downloaded and row.download_deadline < world.today:
            yield None, "no_file", row.payer, row
        elif row.claim_right_expires < world.window_end.replace(day=5):
            yield None, "too_late", row.payer, row
        else:
            state = "next_window" if row.is_downloaded else "to_download"
            yield number(world.window_end) + 1, state, row.payer, row


@figure
def cash_expected(world: World) -> Iterator[Row]:
    for (pays, state, payer), found in grouped(expected(world), lambda each: each[:3]).items():
        rows = [each[3] for each in found]
        yield {
            "expected_month": pays and month_at(pays),
            "cash_state": state,
            "payer": payer,
            "returns": len(rows),
            "points": points(rows),
            "yen": points(rows) * 10,
        }


@figure
def delay_cost(world: World) -> Iterator[Row]:
    unknown = (*LOST, "returned_again")
    late = [row for row in world.window if row.reclaimed or row.status not in unknown]
    categories = {row.category for row in late}
    payers = {row.payer for row in late}
    parts = [("cell", category, payer) for category in categories for payer in payers]
    parts += [("category", category, "all") for category in categories]
    parts += [("payer", "合計", payer) for payer in payers] + [("total", "合計", "all")]
    for part, category, payer in parts:
        rows = [row for row in late if category in ("合計", row.category) and payer in ("all", row.payer)]
        if not rows and part != "total":
            continue
        yen_months = sum(row.points * 10 * months_late(world, row) for row in rows)
        yield {
            "part": part,
            "category": category,
            "payer": payer,
            "returns": len(rows),
            "yen": points(rows) * 10,
            "yen_months": yen_months,
            "open_yen_months": sum(
                row.points * 10 * months_late(world, row) for row in rows if not row.reclaimed
            ),
            "months_per_yen": share(yen_months, points(rows) * 10),
        }


def months_late(world: World, row) -> int:
    """Paid a month after the re-claim, or not even now, instead of a month after the claim was processed."""
    paid = row.reclaimed + 1 if row.reclaimed else world.now
    return paid - (row.processed + 1)


@figure
def cash_lapsed(world: World) -> Iterator[Row]:
    ended = [(row.status, row.ended_on, row) for row in world.known if row.status in LOST]
    ended += [
        ("lapses_soon", row.claim_right_expires, row)
        for row in world.known
        if row.status == "open" and row.claim_right_expires <= world.year_from_now
    ]
    for (state, year, category), found in grouped(
        ended, lambda each: (each[0], each[1].year, each[2].category)
    ).items():
        rows = [row for _, _, row in found]
        yield {
            "cash_state": state,
            "year": f"{year}年",
            "category": category,
            "first_day": min(day for _, day, _ in found),
            "returns": len(rows),
            "points": points(rows),
            "yen": points(rows) * 10,
        }
