"""20_return_reasons: what the returns say, and what had been warned of."""

from collections.abc import Iterator

from mart_tables import Row
from reference.brief import by_frequency
from reference.known import UNCLASSIFIED, World, grouped, month_at, points, wilson
from reference.registry import figure, ordered


@ordered
def reasons_by_category(world: World) -> Iterator[Row]:
    for period, rows in world.periods:
        so_far = 0
        told = by_frequency(world, rows, UNCLASSIFIED) if rows else []
        for rank, (category, found) in enumerate(told, start=1):
            so_far += len(found)
            yield {
                "period": period,
                "rank": rank,
                "category": category,
                "returns": len(found),
                "points": points(found),
                "yen": points(found) * 10,
                "share": len(found) / len(rows),
                "cumulative_share": so_far / len(rows),
            }


@figure
def reasons_by_code(world: World) -> Iterator[Row]:
    months_of = {row.return_id: row.processed for row in world.window}
    told = [row for row in world.table("return_reasons") if row["return_id"] in months_of]
    for (system, _, category), rows in grouped(
        told, lambda row: (row["code_system"], row["code"] or row["text"], row["category"] or UNCLASSIFIED)
    ).items():
        texts = [row["text"] for row in rows]
        returns = {row["return_id"] for row in rows}
        yield {
            "code_system": system,
            "code": rows[0]["code"],
            "text": min(texts, key=lambda text: (-texts.count(text), text is None, text or "")),
            "category": category,
            "texts": len({text for text in texts if text is not None}),
            "reasons": len(rows),
            "returns": len(returns),
            "returns_month": sum(months_of[each] == world.month for each in returns),
        }


@figure
def reasons_by_payer_setting(world: World) -> Iterator[Row]:
    for period, rows in world.periods:
        cells = {(UNCLASSIFIED, row.payer, row.setting): [] for row in rows}
        cells |= grouped(rows, lambda row: (row.category, row.payer, row.setting))
        for (category, payer, setting), found in cells.items():
            yield {
                "period": period,
                "category": category,
                "payer": payer,
                "setting": setting,
                "returns": len(found),
                "points": points(found),
                "yen": points(found) * 10,
            }


@figure
def reasons_trend(world: World) -> Iterator[Row]:
    for month in world.covered:
        for category in {row.category for row in world.window}:
            found = [row for row in world.window if row.processed == month and row.category == category]
            yield {
                "month": month_at(month),
                "category": category,
                "returns": len(found),
                "points": points(found),
            }


@ordered
def warned_share(world: World) -> Iterator[Row]:
    warned = {row["return_id"] for row in world.table("pre_checks")}
    for period, rows in world.periods:
        n = sum(row.return_id in warned for row in rows)
        yield {"period": period, "numerator": n, "denominator": len(rows)} | wilson(n, len(rows))


@figure
def warned_returns(world: World) -> Iterator[Row]:
    months_of = {row.return_id: row.processed for row in world.window}
    warnings = [row for row in world.table("pre_checks") if row["return_id"] in months_of]
    for code, rows in grouped(warnings, lambda row: row["code"]).items():
        returns = {row["return_id"] for row in rows}
        yield {
            "code": code,
            "level": min(row["level"] for row in rows),
            "message": min((row["message"] for row in rows if row["message"]), default=None),
            "returns": len(returns),
            "returns_month": sum(months_of[each] == world.month for each in returns),
        }
