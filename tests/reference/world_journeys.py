"""Lives of returned receipts, what of them is known on a day, and the work list made of what is open."""

from datetime import date, timedelta

from hypothesis import strategies as st

from henrei_analytics.figures import Scope
from mart_tables import INSTITUTION, Row
from reference.known import last_day, month_at, number
from reference.rows import row_of

OURS, OTHER = INSTITUTION, "1319999999"
SETTLE_AFTER = 3
MOST_ROUNDS = 3
CATEGORIES = ("資格関係", "資格関係", "記載不備", "重複", "その他", "未分類", "表にない分類")

MOSTLY_OURS = (OURS,) * 7 + (OTHER,)
OUR_PAYERS = ("shaho", "kokuho")
AGO = (0, 0, 0, 0, 1, 1, 2, 3, 5, 8, 12, 13, 20, 24, 27, -1)
LATENESS = (0, 0, 0, 0, 1, 4, 44, 46, 47, 48, 57, 58, 59, 60, 61)
"""Months from the usual claim month; about 60 is the end of the right to claim."""

RECEIPT: dict[str, tuple] = {
    "institution": MOSTLY_OURS,
    "payer": OUR_PAYERS,
    "setting": ("outpatient", "outpatient", "inpatient", None),
    "department": (None, "01", "02"),
    "law_number": ("06", "01", "99", None),
    "patient_key": ("甲", "乙", "丙", None),
    "entered_by": (None, "佐藤", "鈴木"),
}
RETURN: dict[str, tuple] = {
    "stage": ("first_review", "first_review", "re_examination"),
    "wait": (3, 4, 5, 6, 7),
    "category": CATEGORIES,
    "code": ("L3129", "L3129", "0101", None),
    "points": (100, 100, 250, 3000, 0, None),
    "medium": ("online", "online", "online", "paper"),
    "sources": (["hen"], ["hen", "henr"], ["henr"], ["sah"]),
    "reclaimed_after": (None, None, 0, 0, 1, 2, 6),
    "claim_file": (True, True, True, False),
    "paid": (False, True),
    "given_up_after": (None, None, None, 0, 20, 100),
    "is_last": (True, False, False),
    "changes_payer": (False,) * 9 + (True,),
}


def insurer_numbers(insurers: int) -> list[str | None]:
    """Of two prefectures, of one that does not exist, and of 6 digits as 国保 has them."""
    prefixes = ("0613", "0611", "13", "0699")
    return [None] + [f"{prefixes[place % 4]}{place + 1:04}" for place in range(insurers)]


@st.composite
def journeys(draw: st.DrawFn, scope: Scope, insurers: int, size: int) -> list[Row]:
    """Receipts with their returns, each a dict of the receipt and the list `returns`, oldest first."""
    receipts = row_of(
        **RECEIPT,
        insurer_number=insurer_numbers(insurers),
        ago=AGO,
        late=LATENESS,
        has_claim=(True, False),
    )
    one_return = row_of(**RETURN)
    return [
        lived(draw, draw(receipts), f"{name:03}", number(scope.month), one_return) for name in range(size)
    ]


def lived(draw: st.DrawFn, life: Row, name: str, month: int, one_return: st.SearchStrategy[Row]) -> Row:
    claimed, payer = month - life["ago"], life["payer"]
    life |= {
        "service_month": month_at(claimed - 1 - life["late"]),
        "first_claim_month": month_at(claimed) if life["has_claim"] else None,
        "returns": [],
    }
    for place in range(MOST_ROUNDS):
        told = draw(one_return)
        processed = claimed + (told["wait"] if told["stage"] == "re_examination" else 0)
        told |= {"return_id": f"{name}-{place}", "processed": processed, "payer": payer}
        life["returns"].append(told)
        if told["reclaimed_after"] is None:
            break
        claimed = told["reclaimed"] = processed + 1 + told["reclaimed_after"]
        if told["changes_payer"]:
            payer = "kokuho" if payer == "shaho" else "shaho"
        told["claimed_from"] = payer
        if told["is_last"]:
            break
    return life


def known_on(day: date, lives: list[Row]) -> list[Row]:
    """Rows of mart.returns: only what has arrived, with the status the contract's rules give it."""
    rows = []
    now = number(day)
    for life in lives:
        same = {name: life[name] for name in (*RECEIPT, "insurer_number", "service_month")}
        for place, told in enumerate(life["returns"]):
            if told["processed"] + 1 > now:
                break
            later = life["returns"][place + 1 : place + 2]
            row = same | {
                "return_id": told["return_id"],
                "payer": told["payer"],
                "journey_id": life["returns"][0]["return_id"],
                "round": place + 1,
                "previous_return_id": life["returns"][place - 1]["return_id"] if place else None,
                "processing_month": month_at(told["processed"]),
                **{name: told[name] for name in ("stage", "category", "code", "points", "medium", "sources")},
            }
            row["claim_right_expires"] = right_to_claim(row)
            came_back = bool(later) and later[0]["processed"] + 1 <= now
            rows.append(row | ending(told, day, came_back, row["claim_right_expires"]))
    return rows


def right_to_claim(row: Row) -> date:
    start = {"shaho": 1, "kokuho": 3}[row["payer"]]
    return last_day(month_at(number(row["service_month"]) + start + 60 - 1))


def ending(told: Row, day: date, came_back: bool, expires: date) -> Row:
    claimed = told.get("reclaimed")
    # Without the claim file a re-claim shows only by the return that follows it.
    seen = claimed if claimed and claimed <= number(day) and told["claim_file"] else None
    given_up = told["given_up_after"]
    gave_up_on = None if given_up is None else month_at(told["processed"] + 1) + timedelta(days=given_up)
    found: Row = {
        "resubmitted_month": month_at(seen) if seen else None,
        "resubmitted_payer": told["claimed_from"] if seen else None,
    }
    if came_back:
        return found | {"status": "returned_again"}
    if seen and told["paid"] and seen + 1 <= number(day):
        return found | {"status": "settled", "settled_by": "payment", "settled_month": month_at(seen + 1)}
    if seen and number(day) - seen >= SETTLE_AFTER:
        return found | {
            "status": "settled",
            "settled_by": "time",
            "settled_month": month_at(seen + SETTLE_AFTER),
        }
    if seen:
        return found | {"status": "resubmitted"}
    if gave_up_on and gave_up_on <= day:
        return found | {"status": "written_off", "ended_on": gave_up_on}
    if expires < day:
        return found | {"status": "lapsed", "ended_on": expires}
    return found | {"status": "open"}


def journeys_of(returns: list[Row], lives: list[Row]) -> list[Row]:
    """Rows of mart.journeys, from the returns that are known."""
    claimed = {life["returns"][0]["return_id"]: life["first_claim_month"] for life in lives}
    rows = []
    for first in (row for row in returns if row["round"] == 1):
        chain = [row for row in returns if row["journey_id"] == first["journey_id"]]
        last = chain[-1]
        same = ("institution", "payer", "service_month", "claim_type", "setting", "department", "patient_key")
        rows.append(
            {name: first[name] for name in same}
            | {
                "journey_id": first["return_id"],
                "first_claim_month": claimed[first["return_id"]],
                "first_returned_month": first["received_month"],
                "rounds": len(chain),
                "last_return_id": last["return_id"],
                "status": last["status"],
                "points": first["points"],
                "last_points": last["points"],
                "changed_payer": any(row["resubmitted_payer"] not in (None, row["payer"]) for row in chain),
                "category": first["main_reason_category"],
                "months": last["resubmitted_month"]
                and number(last["resubmitted_month"]) - number(first["received_month"]),
            }
        )
    return rows


GUIDANCE = (
    {},
    {"meaning_ja": "資格が変わった", "correct_ja": "確かめて直す", "prevent_ja": "受付で確かめる"},
    {"meaning_ja": "記載が足りない", "guidance_source": "手引き", "guidance_written_on": date(2026, 4, 1)},
)


@st.composite
def worklist_of(draw: st.DrawFn, scope: Scope, returns: list[Row]) -> list[Row]:
    """Rows of mart.worklist: the open returns, the clock that runs, and what the office wrote."""
    written = row_of(
        owner=(None, "佐藤", "鈴木"),
        task_status=(None, "確認中", "提出待ち"),
        decision=(None, "再請求する"),
        conflicts=(0, 0, 1),
        guidance=GUIDANCE,
    )
    rows = []
    copied = (
        "return_id institution payer stage medium processing_month received_month service_month setting department "
        "insurer_number law_number chart_number points round download_deadline claim_right_expires"
    ).split()
    for each in (row for row in returns if row["status"] == "open"):
        told = draw(written)
        has_file = each["medium"] == "paper" or bool({"hen", "sah"} & set(each["sources"]))
        ends = each["claim_right_expires"]
        clock = ends if has_file else min(each["download_deadline"], ends)
        left = (clock - scope.as_of).days
        rows.append(
            {name: each[name] for name in copied}
            | told.pop("guidance")
            | told
            | {
                "reason_category": each["main_reason_category"],
                "is_downloaded": has_file,
                "age_months": number(scope.as_of) - number(each["received_month"]),
                "deadline": clock,
                "days_left": left,
                "urgency": "overdue" if left < 0 else "soon" if left <= 7 else "none",
            }
        )
    return rows
