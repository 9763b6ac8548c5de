"""70_audit: offices of one database beside each other."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from mart_tables import Row
from reference.insurers import claims_in_rates, law_of, listed_months, rated_months
from reference.known import PAYERS, WITH_ALL, World, grouped, month_at, number, points, share, wilson
from reference.registry import figure, model, ordered

LAST_MONTHS = 6
FEWEST_MONTHS = 3


def offices(world: World) -> Iterator[tuple[World, Row]]:
    """Every institution with a claim or a return: the world as it sees it, and how it is called."""
    here = {row["institution"] for name in ("claim_volume", "returns") for row in world.table(name)}
    names = {row["institution"]: row["name"] for row in world.table("institutions")}
    shared = Counter(names.get(each) for each in here)
    for each in here:
        name = names.get(each)
        called = name if name and shared[name] == 1 else f"{name or '名称不明'} {each}"
        is_own = each == world.scope.institution
        yield (
            replace(world, scope=replace(world.scope, institution=each)),
            {"office": called, "institution": each, "is_own": is_own},
        )


def summed(cells: list[tuple[int, int]]) -> tuple[int, int]:
    return sum(n for n, _ in cells), sum(d for _, d in cells)


@model("audit_funnel")
def of_offices(world: World) -> Iterator[Row]:
    for office, told in offices(world):
        for payer in PAYERS:
            for setting in ("inpatient", "outpatient"):
                cells = rated_months(office, office.months, payer, setting)
                n, d = summed(cells)
                if d:
                    yield told | {
                        "payer": payer,
                        "setting": setting,
                        "months_complete": len(cells),
                        "numerator": n,
                        "denominator": d,
                    }


@figure
def audit_benchmark(world: World) -> Iterator[Row]:
    for payer in WITH_ALL:
        for setting in ("inpatient", "outpatient", "all"):
            cells = rated_months(world, world.months, payer, setting)
            n, d = summed(cells)
            if d:
                yield {
                    "metric": "return_rate",
                    "payer": payer,
                    "setting": setting,
                    "months_complete": len(cells),
                    "numerator": n,
                    "denominator": d,
                } | wilson(n, d)


def strata(office: World) -> dict[tuple[str, str, str], tuple[int, int]]:
    """First returns and first claims by payer, setting and kind of insurance, of months with claims one by one."""
    classes = {row["law_number"]: row["class_ja"] for row in office.table("law_numbers")}

    def stratum(row) -> tuple[str, str, str]:
        return row.payer, row.setting or "unknown", classes.get(law_of(row), "その他")

    known = listed_months(office)
    returned = Counter(
        stratum(row) for row in office.window if row.rated and (row.processed, row.payer) in known
    )
    claimed = Counter(stratum(row) for row in claims_in_rates(office))
    return {each: (returned[each], claimed[each]) for each in returned.keys() | claimed.keys()}


def all_strata(world: World) -> dict[tuple[str, str, str], tuple[int, int]]:
    cells = [item for office, _ in offices(world) for item in strata(office).items()]
    return {
        each: summed([counts for _, counts in found])
        for each, found in grouped(cells, lambda item: item[0]).items()
    }


@model("audit_case_mix")
def case_mix(world: World) -> Iterator[Row]:
    together = all_strata(world)
    for office, told in offices(world):
        # Returns without any claim of their kind: the claims are incomplete there.
        own = {each: (n, d) for each, (n, d) in strata(office).items() if d}
        if own:
            n, d = summed(list(own.values()))
            expected = sum(d * together[each][0] / together[each][1] for each, (_, d) in own.items())
            yield told | {"numerator": n, "denominator": d, "expected": expected}


@figure
def audit_mix(world: World) -> Iterator[Row]:
    own, together = strata(world), all_strata(world)
    claims, claims_of_all = summed(list(own.values()))[1], summed(list(together.values()))[1]
    for each, (n, d) in own.items():
        n_all, d_all = together[each]
        rate_all = share(n_all, d_all)
        yield {
            **dict(zip(("payer", "setting", "insurer_class"), each, strict=True)),
            "numerator": n,
            "denominator": d,
            "share": share(d, claims),
            "share_all": share(d_all, claims_of_all),
            "rate_all": rate_all,
            "expected": None if rate_all is None else d * rate_all,
        } | wilson(n, d)


def splits(world: World) -> Iterator[tuple[str, str, range, range]]:
    """What the months before and after are compared for: the months of both sides, of the window only."""
    half = len(world.months) // 2
    yield "halves", "期間の前半と後半", world.months[:half], world.months[len(world.months) - half :]
    for row in world.table("policy_breaks"):
        at = number(row["month"])
        if at in world.months:
            yield "policy_break", row["label_ja"], range(at - LAST_MONTHS, at), range(at, at + LAST_MONTHS)
    actions = {
        (action.category, number(action.acted_on))
        for action in world.ours("prevention_actions")
        if action.acted_on <= world.today and number(action.acted_on) in world.months
    }
    for category, at in actions:
        day = month_at(at)
        label = f"取組：{category}（{day.year}年{day.month}月）"
        yield "action", label, range(at - LAST_MONTHS, at), range(at + 1, at + 1 + LAST_MONTHS)


@model("audit_periods")
def before_and_after(world: World) -> Iterator[Row]:
    for split, label, *sides in splits(world):
        before, after = ([month for month in side if month in world.months] for side in sides)
        if min(len(before), len(after)) < FEWEST_MONTHS:
            continue
        for office, told in offices(world):
            for payer in WITH_ALL:
                known = [rated_months(office, side, payer, "all") for side in (before, after)]
                if not any(known):
                    continue
                row = {"split": split, "label_ja": label, "after_month": month_at(after[0]), "payer": payer}
                for name, cells in zip(("before", "after"), known, strict=True):
                    n, d = summed(cells)
                    row |= {f"months_{name}": len(cells), f"numerator_{name}": n, f"denominator_{name}": d}
                yield told | row


@figure
def audit_concentration(world: World) -> Iterator[Row]:
    units = {
        "category": lambda row: row.category,
        "code": lambda row: row.main_reason_code and (row.payer, row.main_reason_code),
        "insurer": lambda row: None if row.insurer_number == "不明" else row.insurer_number,
        "department": lambda row: row.department,
        "patient": lambda row: row.patient_key,
    }
    for office, told in offices(world):
        for dimension, unit in units.items():
            counts = sorted(Counter(each for row in office.window if (each := unit(row))).values())[::-1]
            n = sum(counts)
            if n:
                yield told | {
                    "dimension": dimension,
                    "returns": n,
                    "units": len(counts),
                    "units_50": reached(counts, 0.5),
                    "units_80": reached(counts, 0.8),
                    "top_share": counts[0] / n,
                    "pair_share": share(sum(each * (each - 1) for each in counts), n * (n - 1)),
                }


def reached(counts: list[int], part: float) -> int:
    """How many of the largest make this part of all."""
    return next(k for k in range(1, len(counts) + 1) if sum(counts[:k]) >= part * sum(counts) - 1e-9)


@ordered
def audit_cells(world: World) -> Iterator[Row]:
    cells = sorted(
        grouped(world.window, lambda row: (row.payer, row.setting, row.category, row.department)).items(),
        key=lambda item: (
            -len(item[1]),
            -points(item[1]),
            PAYERS.index(item[0][0]),
            item[0][1],
            item[0][2],
            item[0][3] or "",
        ),
    )
    so_far = 0
    for place, ((payer, setting, category, department), rows) in enumerate(cells, start=1):
        so_far += len(rows)
        yield {
            "cell": place,
            "payer": payer,
            "setting": setting,
            "category": category,
            "department": world.label("departments", "department", department) or department,
            "returns": len(rows),
            "points": points(rows),
            "yen": points(rows) * 10,
            "share": len(rows) / len(world.window),
            "cumulative_share": so_far / len(world.window),
        }


@figure
def audit_claims(world: World) -> Iterator[Row]:
    firsts = {row["return_id"]: row["text"] for row in world.table("return_reasons") if row["position"] == 1}
    same = (
        "processing_month service_month payer stage setting insurer_number category points round status chart_number "
        "return_id"
    ).split()
    for row in world.window:
        yield {name: getattr(row, name) for name in same} | {
            "department": world.label("departments", "department", row.department) or row.department,
            "code": row.main_reason_code,
            "reason_text": firsts.get(row.return_id),
        }
