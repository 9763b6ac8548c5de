"""30_insurers: payers, insurers, and what they pay or move."""

from collections.abc import Callable, Iterator

from mart_tables import Row
from reference.known import (
    OTHERS,
    PAYERS,
    UNCLASSIFIED,
    UNKNOWN,
    WITH_ALL,
    World,
    grouped,
    month_at,
    number,
    points,
    share,
    wilson,
)
from reference.registry import figure, ordered


@ordered
def payer_comparison(world: World) -> Iterator[Row]:
    for period, rows in world.periods:
        months = (world.month,) if period == "month" else world.months
        for payer in WITH_ALL:
            of_payer = [row for row in rows if payer in ("all", row.payer)]
            for setting in ("inpatient", "outpatient", "unknown", "all"):
                found = [row for row in of_payer if setting in ("all", row.setting)]
                if setting == "unknown" and not found:
                    continue
                known = [] if setting == "unknown" else rated_months(world, months, payer, setting)
                n = sum(each for each, _ in known) if known else None
                d = sum(each for _, each in known) if known else None
                if period == "month" and setting != "unknown":
                    n = world.first_returns(world.month, payer, setting)
                    d = world.first_claims(world.month, payer, setting)
                yield {
                    "period": period,
                    "payer": payer,
                    "setting": setting,
                    "returns": len(found),
                    "points": points(found),
                    "yen": points(found) * 10,
                    "share": share(len(found), len(rows)),
                    "numerator": n,
                    "denominator": d,
                    "months_known": len(known),
                } | wilson(n, d)


def rated_months(world: World, months, payer: str, setting: str) -> list[tuple[int, int]]:
    """Numerator and denominator of the months where both are known."""
    cells = [
        (world.first_returns(month, payer, setting), world.first_claims(month, payer, setting))
        for month in months
    ]
    return [(n, d) for n, d in cells if n is not None and d is not None]


def counted(world: World, returns: list, told: Callable) -> Row:
    """How many came back, and of how many: only months whose claims are listed one by one enter the rate.

    told: what the returns have in common with the claims they are counted against.
    """
    known = listed_months(world)
    values = {told(row) for row in returns}
    n = sum(row.rated and (row.processed, row.payer) in known for row in returns)
    d = sum(told(row) in values for row in claims_in_rates(world))
    return {
        "returns": len(returns),
        "returns_month": sum(row.processed == world.month for row in returns),
        "points": points(returns),
        "yen": points(returns) * 10,
        "share": len(returns) / len(world.window),
        "numerator": n,
        "denominator": d,
    } | wilson(n, d)


def law_of(row) -> str:
    return row.law_number or UNKNOWN


def insurer_of(row) -> str:
    return row.insurer_number or UNKNOWN


@figure
def by_law_number(world: World) -> Iterator[Row]:
    for law, rows in grouped(world.window, lambda row: row.law_number).items():
        label = world.label("law_numbers", "law_number", law) or law
        yield {"law_number": law, "label_ja": label} | counted(world, rows, law_of)


@ordered
def by_insurer(world: World) -> Iterator[Row]:
    insurers = most_returned(world)
    # An insurer may stand under several payers and laws, of its claims too: the first by name is shown.
    names = [*world.window, *claims_in_rates(world)]
    for rank, (insurer, rows) in enumerate(insurers[:20], start=1):
        same = [row for row in names if insurer_of(row) == insurer]
        yield {
            "rank": rank,
            "insurer_number": insurer,
            "payer": min(row.payer for row in same),
            "law_number": min(law_of(row) for row in same),
            "insurers": 1,
        } | counted(world, rows, insurer_of)
    if rest := insurers[20:]:
        yield {
            "rank": 21,
            "insurer_number": OTHERS,
            "payer": None,
            "law_number": None,
            "insurers": len(rest),
        } | counted(world, [row for _, rows in rest for row in rows], insurer_of)


def claims_in_rates(world: World) -> list:
    known = listed_months(world)
    return [
        row
        for row in world.ours("claims")
        if not row.is_resubmission and (number(row.claim_month), row.payer) in known
    ]


def listed_months(world: World) -> set[tuple[int, str]]:
    """Months and payers whose claims are known one by one, and whose returns are known."""
    listed = {(number(row.claim_month), row.payer) for row in world.ours("claims")}
    return {
        (month, payer)
        for month, payer in listed
        if month in world.months and rated_months(world, (month,), payer, "all")
    }


def most_returned(world: World) -> list[tuple[str, list]]:
    return sorted(
        grouped(world.window, lambda row: row.insurer_number).items(),
        key=lambda item: (-len(item[1]), -points(item[1]), item[0]),
    )


@ordered
def reason_by_insurer(world: World) -> Iterator[Row]:
    insurers = most_returned(world)
    shown = [(rank, *each) for rank, each in enumerate(insurers[:10], start=1)]
    if rest := insurers[10:]:
        shown.append((11, OTHERS, [row for _, rows in rest for row in rows]))
    categories = sorted(
        {row.category for row in world.window} | {UNCLASSIFIED},
        key=lambda each: (world.position.get(each, 99), each),
    )
    for rank, insurer, rows in shown:
        for category in categories:
            found = [row for row in rows if row.category == category]
            yield {
                "rank": rank,
                "insurer_number": insurer,
                "category": category,
                "returns": len(found),
                "points": points(found),
            }


@figure
def volume_sources(world: World) -> Iterator[Row]:
    rows = [row for row in world.ours("claim_volume") if number(row.claim_month) in world.months]
    for (payer, source), found in grouped(rows, lambda row: (row.payer, row.source)).items():
        months = {row.claim_month for row in found}
        yield {
            "payer": payer,
            "source": source,
            "first_month": min(months),
            "last_month": max(months),
            "months": len(months),
            "claims": sum(row.claims for row in found),
            "tells_resubmissions": all(row.resubmissions is not None for row in found),
        }


@figure
def payments_by_month(world: World) -> Iterator[Row]:
    for month in world.months:
        for payer in PAYERS:
            if month < world.now and (found := paid(world, month, payer)):
                yield {"month": month_at(month), "payer": payer} | found


def total(rows: list, column: str) -> int | None:
    """A sum that stays unknown where nobody tells any part of it."""
    told = [value for row in rows if (value := getattr(row, column)) is not None]
    return sum(told) if told else None


def paid(world: World, month: int, payer: str) -> Row | None:
    """The best source that says how much was paid."""

    def of(table: str) -> list:
        return [
            row for row in world.ours(table) if number(row.processing_month) == month and row.payer == payer
        ]

    for source in ("tgft", "fggk"):
        rows = [row for row in of("payment_totals") if row.source == source]
        columns = ("claims", "calculated_yen", "re_examination_yen", "paid_yen")
        sums = {column: total(rows, column) for column in columns}
        if sums["paid_yen"] is not None:
            return sums | {"paid_on": max(row.paid_on for row in rows), "source": source}
    receipts = of("payments")
    if total(receipts, "paid_yen") is None:
        return None
    return {
        "claims": sum(row.outcome != "returned" for row in receipts),
        "calculated_yen": None,
        "re_examination_yen": None,
        "paid_yen": total(receipts, "paid_yen"),
        "paid_on": None,
        "source": "fmei",
    }


@figure
def rerouted_by_month(world: World) -> Iterator[Row]:
    told = [("returned", row.processed, row.points) for row in world.window if row.category == "資格関係"]
    told += [
        (row.outcome, number(row.processing_month), row.points or 0)
        for row in world.ours("rerouted")
        if number(row.processing_month) in world.months and number(row.processing_month) < world.now
    ]
    for month in sorted({*world.covered, *(month for _, month, _ in told)}):
        for outcome in {outcome for outcome, _, _ in told}:
            found = [each for each in told if each[:2] == (outcome, month)]
            yield {
                "month": month_at(month),
                "outcome": outcome,
                "receipts": len(found),
                "points": sum(each for _, _, each in found),
            }
