"""20_return_reasons and 30_insurers: what is compared across categories, departments, payers and prefectures."""

from collections.abc import Iterator

from mart_tables import Row
from reference.insurers import counted, rated_months
from reference.known import (
    OTHERS,
    PAYERS,
    UNCLASSIFIED,
    UNKNOWN,
    World,
    grouped,
    month_at,
    points,
    share,
    wilson,
)
from reference.registry import figure, ordered
from reference.work import worklist


def in_usual_order(world: World) -> list[str]:
    """The categories of the window, 未分類 always."""
    found = {row.category for row in world.window} | {UNCLASSIFIED}
    return sorted(found, key=lambda each: (world.position.get(each, 99), each))


@ordered
def due_first(world: World) -> Iterator[Row]:
    shown = ("urgency deadline days_left service_month payer insurer_number reason_category yen").split()
    by_deadline = list(worklist(world))
    urgent = [row for row in by_deadline if row["urgency"] in ("overdue", "soon")]
    rest = [row for row in by_deadline if row not in urgent]
    rest.sort(key=lambda row: (row["yen"] is None, -(row["yen"] or 0), row["return_id"]))
    for rank, row in enumerate((urgent + rest)[:6], start=1):
        yield {"rank": rank} | {name: row[name] for name in shown}


@ordered
def reason_rates(world: World) -> Iterator[Row]:
    for category in in_usual_order(world):
        for month in world.months:
            found = [row for row in world.window if row.processed == month and row.category == category]
            rated = world.first_returns(month, "all") is not None
            yield {
                "month": month_at(month),
                "category": category,
                "returns": len(found)
                if month == world.month or (month in world.span and world.is_whole(month))
                else None,
                "numerator": sum(row.rated for row in found) if rated else None,
                "denominator": world.first_claims(month, "all"),
            }


@ordered
def reason_by_department(world: World) -> Iterator[Row]:
    def name_of(row) -> str:
        return world.label("departments", "department", row.department) or row.department or UNKNOWN

    departments = sorted(
        grouped(world.window, name_of).items(), key=lambda item: (-len(item[1]), -points(item[1]), item[0])
    )
    shown = [(rank, *each) for rank, each in enumerate(departments[:12], start=1)]
    if rest := departments[12:]:
        shown.append((13, OTHERS, [row for _, rows in rest for row in rows]))
    for rank, department, rows in shown:
        for category in in_usual_order(world):
            found = [row for row in rows if row.category == category]
            yield {
                "rank": rank,
                "department": department,
                "category": category,
                "returns": len(found),
                "points": points(found),
            }


@figure
def by_prefecture(world: World) -> Iterator[Row]:
    labels = {row["prefecture"]: row["label_ja"] for row in world.table("prefectures")}

    def place(row) -> str | None:
        """After the two digits of the law in a number of 8 digits, at the start of one of 6."""
        told = row.insurer_number or ""
        digits = told[2:4] if len(told) == 8 else told[:2] if len(told) == 6 else None
        return digits if digits in labels else None

    for prefecture, rows in grouped(world.window, place).items():
        yield {
            "prefecture": prefecture,
            "label_ja": labels.get(prefecture, UNKNOWN),
            "is_own_prefecture": prefecture == world.scope.institution[:2],
            "insurers": len({row.insurer_number for row in rows}),
        } | counted(world, rows, place)


@ordered
def category_by_payer(world: World) -> Iterator[Row]:
    for payer in PAYERS:
        rows = [row for row in world.window if row.payer == payer]
        known = [month for month in world.months if rated_months(world, (month,), payer, "all")]
        if not rows and not known:
            continue
        d = sum(world.first_claims(month, payer) for month in known) if known else None
        for category in in_usual_order(world):
            found = [row for row in rows if row.category == category]
            n = sum(row.rated and row.processed in known for row in found) if known else None
            yield {
                "category": category,
                "payer": payer,
                "returns": len(found),
                "returns_month": sum(row.processed == world.month for row in found),
                "share": share(len(found), len(rows)),
                "numerator": n,
                "denominator": d,
            } | wilson(n, d)


@ordered
def codes_by_payer(world: World) -> Iterator[Row]:
    ranked = {payer: most_frequent_codes(world, payer)[:15] for payer in PAYERS}
    for rank in range(max(map(len, ranked.values()))):
        row: Row = {"rank": rank + 1}
        for payer, codes in ranked.items():
            told = codes[rank] if rank < len(codes) else (None,) * 4
            columns = ("code", "text", "category", "returns")
            row |= {f"{payer}_{name}": value for name, value in zip(columns, told, strict=True)}
        yield row


def most_frequent_codes(world: World, payer: str) -> list[tuple]:
    ids = {row.return_id for row in world.window if row.payer == payer}
    reasons = [row for row in world.table("return_reasons") if row["return_id"] in ids]
    found = []
    for (system, said, category), rows in grouped(
        reasons, lambda row: (row["code_system"] or "", row["code"] or row["text"], row["category"])
    ).items():
        texts = [row["text"] for row in rows]
        text = min(texts, key=lambda each: (-texts.count(each), each is None, each or ""))
        returns = len({row["return_id"] for row in rows})
        order = (-returns, said is None, said or "", system, category)
        found.append((order, (rows[0]["code"], text, category, returns)))
    return [told for _, told in sorted(found, key=lambda each: each[0])]
