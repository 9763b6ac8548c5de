"""What comes beside the returns: cuts, payments, reports of returns, warnings, the office's own lists."""

from datetime import date

from hypothesis import strategies as st

from henrei_analytics.figures import Scope
from mart_tables import Row
from reference.known import last_day, month_at, number
from reference.rows import some
from reference.world_journeys import MOSTLY_OURS, OUR_PAYERS, OURS, insurer_numbers

SIZES = (0, 2, 12, 20)
MONTHS_AGO = (0, 0, 1, 2, 11, 12, 25, -1, -3)
STAGES = ("first_review", "first_review", "re_examination")
SETTINGS = ("outpatient", "inpatient", None)
POINTS = (100, 250, 0, None)


@st.composite
def notices(draw: st.DrawFn, scope: Scope, insurers: int, returns: list[Row]) -> dict[str, list[Row]]:
    """Rows of the tables by name; some refer to the returns."""
    months = [month_at(number(scope.month) - ago) for ago in MONTHS_AGO]
    whose = {"institution": MOSTLY_OURS, "payer": OUR_PAYERS}
    ids = [row["return_id"] for row in returns]
    of_return = [None, *ids]
    of_any_return = ids or ["1"]
    file_ids = [f"file{n:04}" for n in range(1, 31)]
    some_yen = (None, 0, 70, 9000)
    columns: dict[str, dict[str, list | tuple]] = {
        "adjustments": {
            **whose,
            "points_delta": (-300, -10, -300, 0, 50, None),
            "yen_delta": (None, None, -640, 640, 0),
            "stage": STAGES,
            "processing_month": months,
            "setting": SETTINGS,
            "department": (None, "01", "02"),
            "insurer_number": insurer_numbers(insurers),
            "section": (None, "21", "60", "70"),
            "reason_letters": (None, "A", "FK", "Z"),
            "item": (None, "甲", "乙", "丙", "丁", "戊"),
            "receipt_number": (1, 2, 3, 4),
        },
        "payments": {
            **whose,
            "processing_month": months,
            "outcome": ("paid", "adjusted", "returned"),
            "claimed_points": (100, 900),
        },
        "payment_totals": {
            **whose,
            "processing_month": months,
            "source": ("fggk", "tgft"),
            "claims": some_yen,
            "calculated_yen": some_yen,
            "re_examination_yen": some_yen,
            "paid_yen": some_yen,
        },
        "reported_returns": {
            **whose,
            "medium": ("online", "paper"),
            "stage": STAGES,
            "processing_month": months,
            "points": POINTS,
            "return_id": [*ids, None],
        },
        "rerouted": {
            **whose,
            "processing_month": months,
            "outcome": ("transferred", "split", "as_claimed", "branch_number", "other"),
            "points": POINTS,
        },
        "pre_checks": {
            **whose,
            "claim_month": months,
            "code": ("L3129", "L2001", None),
            "level": ("L2", "L3"),
            "message": ("甲", "乙", None),
            "return_id": of_return,
        },
        "re_examinations": {
            **whose,
            "processing_month": months,
            "requester": ("institution", "institution", "insurer", None),
            "result": ("returned", "upheld", "cut", "restored", "moved", "withdrawn"),
        },
        "duplicate_reclaims": {
            **whose,
            "claim_month": months,
            "points": POINTS,
            "return_id": of_any_return,
            "returned_as": of_return,
        },
        "prevention_actions": {
            "institution": MOSTLY_OURS,
            "acted_on": [month.replace(day=15) for month in months],
            "category": ("資格関係", "記載不備"),
            "department": (None, None, "01", "09"),
            "payer": (None, "shaho"),
            "insurer_number": (None, None, "06130001"),
        },
        "coverage": {
            **whose,
            "kind": ("hen", "zogn", "zogn", "uke", "sah", "elsewhere"),
            "month": months,
            "state": ("loaded", "empty", "missing", "gone", "superseded"),
        },
        "attention": {
            "institution": (OURS, OURS, "1319999999", None),
            "payer": ("shaho", "kokuho", None),
            "severity": ("red", "amber", "info"),
            "month": [None, *months],
        },
        "unlinked": {
            "institution": MOSTLY_OURS,
            "payer": ("shaho", "kokuho", None),
            "what": ("resubmission_without_return", "return_never_seen"),
            "month": months,
        },
        "decision_edits": {
            "return_id": of_any_return,
            "field": ("owner", "decision"),
            "value": (None, "佐藤", "鈴木"),
            "decided_by": (None, "甲", "乙"),
            "decided_on": [month.replace(day=10) for month in months],
            "state": ("conflict", "applied", "applied", "agreed"),
        },
        "guidance": {
            "payer": (None, "shaho"),
            "code": (None, "L3129"),
            "category": ("資格関係", "記載不備", "重複"),
            "prevent_ja": (None, "受付で確かめる", "二重に送らない"),
            "written_on": (date(2026, 4, 1),),
        },
        "quarantine": {
            "file_id": file_ids,
            "rule": ("bad_number", "bad_month"),
            "line_number": (1, 2, 3),
        },
        "skipped": {"file_id": file_ids, "record_type": ("SI", "IY", "CO"), "lines": (1, 2, 9)},
    }
    made = {name: draw(some(SIZES, **each)) for name, each in columns.items()}
    made["prevention_actions"] = made["prevention_actions"][:5]
    # Each that is not loaded leaves a month without a rate.
    made["reported_returns"] = made["reported_returns"][:6]
    made["coverage"] = once(made["coverage"], "institution", "payer", "kind", "month")
    for row in made["coverage"]:
        if row["state"] == "missing" and row["kind"] in ("hen", "sah"):
            row["download_deadline"] = last_day(month_at(number(row["month"]) + 3))
            row["days_left"] = (row["download_deadline"] - scope.as_of).days
    made["prevention_actions"] = once(
        made["prevention_actions"],
        "institution",
        "acted_on",
        "category",
        "department",
        "payer",
        "insurer_number",
    )
    institution_of = {row["return_id"]: row["institution"] for row in returns}
    for edit in made["decision_edits"]:
        if edit["state"] == "conflict":
            edit["is_settled"] = edit["value"] == "鈴木"
        edit["institution"] = institution_of.get(edit["return_id"], OURS)
    return made


def once(rows: list[Row], *key: str) -> list[Row]:
    """The first row of each key: the contract has one row of each."""
    return list({tuple(row[name] for name in key): row for row in reversed(rows)}.values())
