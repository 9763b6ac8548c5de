"""50_repeat_errors: what comes back again, of the same receipt or of the same kind."""

from collections.abc import Callable, Iterator

from mart_tables import Row
from reference.durations import reclaims
from reference.known import (
    UNCLASSIFIED,
    UNKNOWN,
    WITH_ALL,
    World,
    grouped,
    month_at,
    number,
    points,
    wilson,
)
from reference.registry import figure, ordered

FEWEST_OF_A_CODE = 10
FINAL_AFTER_MONTHS = 9
END_OF_REVIEW_MONTHS = 12

WHOSE: dict[str, Callable] = {
    "patient": lambda row: row.patient_key,
    "insurer": lambda row: None if row.insurer_number == UNKNOWN else row.insurer_number,
    "department": lambda row: row.department,
    "person": lambda row: row.entered_by,
}


@figure
def rounds(world: World) -> Iterator[Row]:
    for payer, of_payer in grouped(world.window, lambda row: row.payer).items():
        for place, rows in grouped(of_payer, lambda row: row.round).items():
            yield {
                "payer": payer,
                "round": place,
                "returns": len(rows),
                "points": points(rows),
                "yen": points(rows) * 10,
                "share": len(rows) / len(of_payer),
            }


@ordered
def re_return_rate(world: World) -> Iterator[Row]:
    for payer in WITH_ALL:
        rows = [each for each in reclaims(world) if payer in ("all", each[0].payer)]
        old = [came_back for _, came_back, known in rows if known]
        yield {
            "payer": payer,
            "resubmissions": len(rows),
            "numerator": sum(old),
            "denominator": len(old),
        } | wilson(sum(old), len(old))


def next_of(world: World) -> dict[str, str]:
    """Category of the return that followed, by the return it followed."""
    return {row.previous_return_id: row.category for row in world.known if row.previous_return_id}


@figure
def corrections_by_reason(world: World) -> Iterator[Row]:
    old = [(row, came_back) for row, came_back, known in reclaims(world) if known]
    text_of = {row["return_id"]: row["text"] for row in world.table("return_reasons") if row["position"] == 1}
    parts = [
        ({"part": "category", "payer": "all", "category": category, "code": None, "text": None}, rows)
        for category, rows in grouped(old, lambda each: each[0].category).items()
    ]
    for (payer, category, code), rows in grouped(
        old, lambda each: (each[0].payer, each[0].category, each[0].main_reason_code)
    ).items():
        if code is not None and len(rows) >= FEWEST_OF_A_CODE:
            texts = [text for row, _ in rows if (text := text_of[row.return_id])]
            text = min(texts, default=None)
            parts.append(
                ({"part": "code", "payer": payer, "category": category, "code": code, "text": text}, rows)
            )
    for told, rows in parts:
        back = [row for row, came_back in rows if came_back]
        alike = sum(next_of(world).get(row.return_id) == row.category for row in back)
        yield (
            told
            | {
                "denominator": len(rows),
                "held": len(rows) - len(back),
                "numerator": len(back),
                "same_category": alike,
                "other_category": len(back) - alike,
            }
            | wilson(len(back), len(rows))
        )


@figure
def journey_outcomes(world: World) -> Iterator[Row]:
    firsts = {row.return_id for row in world.window if row.round == 1}
    journeys = [row for row in world.ours("journeys") if row.journey_id in firsts]
    for many, alike in grouped(journeys, lambda row: row.rounds).items():
        for status, rows in grouped(alike, lambda row: row.status).items():
            yield {
                "rounds": many,
                "status": status,
                "journeys": len(rows),
                "changed_payer": sum(row.changed_payer for row in rows),
                "yen": points(rows) * 10,
                "share": len(rows) / len(alike),
            }


@figure
def chains(world: World) -> Iterator[Row]:
    category_of = {row.return_id: row.category for row in world.known}
    later = [row for row in world.window if row.previous_return_id in category_of]
    pairs = grouped(later, lambda row: (category_of[row.previous_return_id], row.category))
    for (category, following), rows in pairs.items():
        yield {
            "category": category,
            "next_category": following,
            "is_same": category == following,
            "returns": len(rows),
            "journeys": len({row.journey_id for row in rows}),
            "yen": points(rows) * 10,
        }


@ordered
def first_pass_yield(world: World) -> Iterator[Row]:
    claimed = {row.journey_id: number(row.first_claim_month) for row in world.ours("journeys")}
    late = [row for row in world.known if row.round == 1 and row.stage == "re_examination"]
    for payer in WITH_ALL:
        for setting in ("inpatient", "outpatient", "all"):
            for month in world.months:
                d = world.first_claims(month, payer, setting)
                early = world.first_returns(month, payer, setting)
                later = sum(
                    payer in ("all", row.payer)
                    and setting in ("all", row.setting)
                    and month == (claimed.get(row.journey_id) or number(row.service_month) + 1)
                    for row in late
                )
                # More returns than claims: the claim files are incomplete.
                n = None if None in (d, early) or early + later > d else d - early - later
                yield {
                    "month": month_at(month),
                    "payer": payer,
                    "setting": setting,
                    "denominator": d,
                    "first_review": early,
                    "re_examination": later,
                    "numerator": n,
                    "is_final": world.now - month >= FINAL_AFTER_MONTHS,
                } | wilson(n, d)


def repeated(world: World, kind: str) -> list[tuple]:
    """Returns of the window whose key and category are known: the return, its key, how many came before it."""
    key = WHOSE[kind]
    rows = [row for row in world.known if key(row) is not None and row.category != UNCLASSIFIED]
    alike = grouped(rows, lambda row: (key(row), row.category))
    return [
        (
            row,
            key(row),
            sum(
                1 <= row.processed - other.processed <= END_OF_REVIEW_MONTHS
                for other in alike[key(row), row.category]
            ),
        )
        for row in rows
        if row.processed in world.months
    ]


@figure
def repeat_patient_category(world: World) -> Iterator[Row]:
    for category, found in grouped(repeated(world, "patient"), lambda each: each[0].category).items():
        again = [each for each in found if each[2]]
        yield {
            "category": category,
            "returns": len(found),
            "repeats": len(again),
            "repeats_same_claim": sum(row.round > 1 for row, _, _ in again),
            "pairs": sum(before for _, _, before in found),
            "patients": len({key for _, key, _ in found}),
            "patients_repeating": len({key for _, key, _ in again}),
            "share": len(again) / len(found),
        }


def most_repeated(world: World, kind: str) -> Iterator[tuple[str, Row]]:
    """The key and the row of each of the 20 pairs of key and category with most repeats."""
    pairs = []
    for (key, category), found in grouped(
        repeated(world, kind), lambda each: (each[1], each[0].category)
    ).items():
        rows = [row for row, _, _ in found]
        again = sum(before > 0 for _, _, before in found)
        if again:
            pairs.append(((-again, -len(rows), -points(rows), key, category), rows, found))
    for rank, (place, rows, found) in enumerate(sorted(pairs, key=lambda each: each[0])[:20], start=1):
        yield (
            place[3],
            {
                "rank": rank,
                "category": place[4],
                "returns": len(rows),
                "repeats": -place[0],
                "pairs": sum(before for _, _, before in found),
                "months": len({row.processed for row in rows}),
                "last_month": max(row.processing_month for row in rows),
                "points": points(rows),
            },
        )


@ordered
def repeat_insurer_category(world: World) -> Iterator[Row]:
    for insurer, row in most_repeated(world, "insurer"):
        yield {"insurer_number": insurer} | row


@ordered
def repeat_department_category(world: World) -> Iterator[Row]:
    for department, row in most_repeated(world, "department"):
        label = world.label("departments", "department", department)
        yield {"department": department, "label_ja": label or department} | row


@ordered
def repeat_person_category(world: World) -> Iterator[Row]:
    for person, row in most_repeated(world, "person"):
        yield {"entered_by": person} | row


@ordered
def repeat_trend(world: World) -> Iterator[Row]:
    for kind in ("patient", "insurer", "department"):
        of_month = grouped(repeated(world, kind), lambda each: each[0].processed)
        for month in world.covered:
            found = of_month.get(month, [])
            n = sum(before > 0 for _, _, before in found)
            yield {
                "month": month_at(month),
                "kind": kind,
                "numerator": n,
                "denominator": len(found),
            } | wilson(n, len(found))


@ordered
def duplicate_reclaims(world: World) -> Iterator[Row]:
    sent = [row for row in world.ours("duplicate_reclaims") if number(row.claim_month) <= world.now]

    def newest_then_most(row) -> tuple:
        return -number(row.claim_month), row.points is None, -(row.points or 0), row.claim_id

    for row in sorted(sent, key=newest_then_most):
        yield {
            "claim_month": row.claim_month,
            "payer": row.payer,
            "chart_number": row.chart_number,
            "service_month": row.service_month,
            "first_claim_month": row.first_claim_month,
            "duplicate_rule": row.rule,
            "yen": None if row.points is None else row.points * 10,
            "step": "returned"
            if row.returned_as
            else "this_month"
            if number(row.claim_month) == world.now
            else "last_month"
            if number(row.claim_month) == world.now - 1
            else "older",
        }
