"""Random offices: small `mart` tables as consistent with each other as docs/data-contract.md demands.

Returns are made journey by journey (claimed, returned, re-claimed, returned again …) and then told as they are
known on the day asked for; the other tables refer to them.
"""

from datetime import date

from hypothesis import strategies as st

from henrei_analytics.figures import Scope
from mart_tables import REFERENCE, Row, institutions_of, rows_of
from reference.known import World, month_at, number
from reference.rows import row_of, some
from reference.world_journeys import (
    MOSTLY_OURS,
    OTHER,
    OUR_PAYERS,
    OURS,
    insurer_numbers,
    journeys_of,
    known_on,
    worklist_of,
)
from reference.world_journeys import journeys as some_journeys
from reference.world_notices import notices

MONTHS = (date(2025, 12, 1), date(2026, 1, 1), date(2026, 9, 1))
DAYS = (1, 5, 9, 10, 11, 28)
SIZES = (0, 2, 20, 40)
MORE_RETURNS = (0, 1, 20, 40, 40, 60)

CODES = {
    "law_numbers": [
        *REFERENCE["law_numbers"],
        {"law_number": "01", "label_ja": "協会けんぽ", "class_ja": "協会けんぽ"},
    ],
    "categories": [
        {**row, "first_look_ja": f"{row['category']}を確かめる" if row["position"] % 2 else None}
        for row in REFERENCE["categories"]
    ],
    "policy_breaks": [
        {"month": month, "label_ja": f"{month:%Y年}の変更"}
        for month in (date(2023, 4, 1), date(2025, 6, 1), date(2025, 12, 1), date(2026, 11, 1))
    ],
}


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    month = draw(st.sampled_from(MONTHS))
    as_of = month_at(number(month) + draw(st.sampled_from((1, 1, 2, 4, 0))))
    return Scope(
        OURS,
        month,
        as_of.replace(day=draw(st.sampled_from(DAYS))),
        draw(st.sampled_from((24, 24, 24, 3, 1))),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """An office (and a little of another one), with the month and the day it is asked about."""
    scope = draw(scopes())
    insurers = draw(st.sampled_from((3, 30)))
    lives = draw(some_journeys(scope, insurers, draw(st.sampled_from(MORE_RETURNS))))
    returns = rows_of("returns", known_on(scope.as_of, lives))
    tables: dict[str, list[Row]] = {
        "returns": returns,
        "journeys": rows_of("journeys", journeys_of(returns, lives)),
        "worklist": rows_of("worklist", draw(worklist_of(scope, returns))),
        "return_reasons": rows_of("return_reasons", draw(reasons_of(returns))),
        "claims": rows_of("claims", draw(claims_of(scope, insurers))),
        "claim_volume": rows_of("claim_volume", draw(volumes(scope))),
        "files": rows_of("files", draw(files(scope))),
        **{name: rows_of(name, CODES.get(name, REFERENCE[name])) for name in REFERENCE},
        **{name: rows_of(name, rows) for name, rows in draw(notices(scope, insurers, returns)).items()},
    }
    tables["institutions"] = rows_of("institutions", institutions_of(tables))
    return World(scope, tables)


@st.composite
def reasons_of(draw: st.DrawFn, returns: list[Row]) -> list[Row]:
    """The main reason of each return first, and sometimes more."""
    one = row_of(
        code_system=("ssk_l", "ssk_l", "kokuho", None),
        text=("記号・番号の誤り", "資格喪失後の受診", "資格なし", None),
        category=("資格関係", "資格関係", "記載不備", "未分類"),
        code=("L3129", "L3129", "0101", None),
        category_source=("code", "text", "unmapped"),
        is_last=(True, True, False),
    )
    rows = []
    for each in returns:
        main = {"category": each["main_reason_category"], "code": each["main_reason_code"]}
        for position in range(1, 4):
            told = draw(one)
            is_last = told.pop("is_last")
            named = main if position == 1 else {}
            rows.append({"return_id": each["return_id"], "position": position} | told | named)
            if is_last:
                break
    return rows


def claims_of(scope: Scope, insurers: int) -> st.SearchStrategy[list[Row]]:
    return some(
        SIZES,
        institution=MOSTLY_OURS,
        payer=OUR_PAYERS,
        claim_month=[month_at(number(scope.month) - ago) for ago in (0, 1, 2, 12, 24, -1)],
        setting=("outpatient", "inpatient"),
        department=(None, "01", "02"),
        insurer_number=insurer_numbers(insurers),
        law_number=("06", "01", "99", None),
        patient_key=("甲", "乙", "丙", None),
        is_resubmission=(False, False, True),
    )


ONE_MONTH: tuple[tuple[str, tuple[tuple, ...]], ...] = (
    ("uke", (("outpatient", 40, 0, 900), ("inpatient", 3, 1, 900))),
    ("uke", (("outpatient", 500, 2, 9000),)),
    ("uke", ()),
    ("uke", (("outpatient", 7, 0, 0), (None, 5, 0, 20))),
    ("fixf", (("outpatient", 60, None, None), ("inpatient", 0, None, 10))),
    ("manual", (("inpatient", 2, 0, 50), ("outpatient", 0, 0, 0))),
)
"""A payer's month of claims: source, and by setting first claims, re-claims and points; months may be missing."""


@st.composite
def volumes(draw: st.DrawFn, scope: Scope) -> list[Row]:
    """Counts of claims: months missing, a payer missing, sources that cannot tell re-claims."""
    rows = []
    last = number(scope.month)
    span = draw(st.sampled_from((0, 2, 14, 27)))
    payers = draw(st.sampled_from((OUR_PAYERS, OUR_PAYERS, ("kokuho",))))
    for institution in (OURS, OTHER):
        for payer in payers:
            for month in range(last + 1 - span, last + 2):
                source, cells = draw(st.sampled_from(ONE_MONTH))
                rows += [
                    {
                        "institution": institution,
                        "payer": payer,
                        "claim_month": month_at(month),
                        "setting": setting,
                        "first_claims": first,
                        "resubmissions": again,
                        "claims": first + (again or 0),
                        "points": points,
                        "source": source,
                    }
                    for setting, first, again, points in cells
                ]
    return rows


KINDS = (
    "hen",
    "henr",
    "sah",
    "paper",
    "return_list",
    "uke",
    "zogn",
    "fmei",
    "tgft",
    "skkg",
    "sast",
    "hasp",
    "worklist",
)


def files(scope: Scope) -> st.SearchStrategy[list[Row]]:
    last = number(scope.month)
    return some(
        SIZES,
        institution=(OURS,) * 6 + (OTHER, None),
        kind=KINDS,
        payer=OUR_PAYERS,
        month=[month_at(last - ago) for ago in (0, 0, 1, 2, 11, 12, 26, -1, -2)] + [None],
        status=("loaded",) * 4 + ("superseded", "rejected", "withdrawn"),
        lines=range(10),
    ).map(with_copies)


def with_copies(rows: list[Row]) -> list[Row]:
    """One row a file, and one more for each copy of it."""
    named = [{"file_id": f"file{place:04}", **each} for place, each in enumerate(rows, start=1)]
    copies = [
        {**each, "name": f"copy of {each['file_id']}.dat", "status": "duplicate"}
        for each in named
        if each["lines"] == 9
    ]
    return [{**each, "name": f"{each['file_id']}.dat"} for each in named] + copies
