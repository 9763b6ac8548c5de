"""The examples of docs/journeys.md are run: the files of each table are written and loaded, and what the page says
comes out must come out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from henrei_analytics.warehouse import connect
from office import AS_OF, Office
from record_files import (
    Notice,
    Reason,
    Receipt,
    Returned,
    claim_lines,
    hr,
    in_bytes,
    ir,
    notice_file,
    notice_name,
    numbered,
    re_line,
    return_file,
    totals,
)

PAGE = Path(__file__).parents[1] / "docs" / "journeys.md"
PAYERS = {"shaho": "1", "kokuho": "2", "": "1"}
INSURERS = {"1": "06139999", "2": "139998"}
PATIENT = Receipt(chart="00042", service="202603", points=300, days=2)
PEOPLE = {
    "A": PATIENT,
    "A, name corrected": replace(PATIENT, name="架空　市郎"),
    "A, birth corrected": replace(PATIENT, birth="19800511"),
}
Table = list[dict[str, str]]

# the first column of a table tells what it shows; column → SQL, in the order of the rows
RETURNS = {
    "returned": "received_month",
    "round": "round",
    "stage": "stage",
    "medium": "medium",
    "status": "status",
    "re-claimed": "resubmitted_month",
    "to payer": "resubmitted_payer",
    "months": "months_to_resubmit",
    "link_rule": "link_rule",
}
EVENTS = {"event": "event", "month": "month", "payer": "payer"}
CANDIDATES = {
    "candidate claimed": "claim_month",
    "rule": "rule",
    "same insurer": "same_insurer",
    "same points": "same_points",
    "same days": "same_days",
    "why": "why",
}
DUPLICATES = {"surplus claim": "claim_month", "first claim": "first_claim_month", "rule": "rule"}
UNTIED = {"not tied": "what", "number": "search_number", "month": "month"}
SHOWN = {
    "returned": (RETURNS, "mart.returns WHERE institution = $institution ORDER BY received_month"),
    "event": (
        EVENTS,
        "mart.journey_events WHERE journey_id LIKE $institution || '%' ORDER BY journey_id, position",
    ),
    "candidate claimed": (
        CANDIDATES,
        "mart.link_candidates WHERE return_id LIKE $institution || '%' ORDER BY claim_month",
    ),
    "surplus claim": (
        DUPLICATES,
        "mart.duplicate_reclaims WHERE institution = $institution ORDER BY claim_month",
    ),
    "not tied": (UNTIED, "mart.unlinked WHERE institution = $institution ORDER BY month DESC, what"),
}


@dataclass
class Example:
    """One section of the page."""

    title: str
    institution: str
    files: Table = field(default_factory=list)
    shown: list[tuple[str, Table]] = field(default_factory=list)


def examples() -> Iterator[Example]:
    """Sections with a table of files."""
    sections = re.split(r"^## ", PAGE.read_text("utf-8"), flags=re.M)[1:]
    for place, section in enumerate(sections):
        example = Example(section.splitlines()[0], f"13199{place:05}")
        for rows in tables(section):
            first = next(iter(rows[0]))
            if first == "file":
                example.files = rows
            elif example.files:
                example.shown.append((first, rows))
        if example.files:
            yield example


def tables(text: str) -> Iterator[Table]:
    for block in re.findall(r"(?:^\|.*\n)+", text + "\n", flags=re.M):
        head, _, *body = [
            [cell.strip() for cell in line.strip("|\n").split("|")] for line in block.splitlines()
        ]
        yield [dict(zip(head, cells, strict=True)) for cells in body]


EXAMPLES = {example.title: example for example in examples()}


# writing the files of an example


def number_of(alias: str) -> str:
    return f"1310120260000000{int(alias[1:]):04}" if alias else ""


def receipt_of(row: dict[str, str]) -> Receipt:
    person = PEOPLE[row.get("patient") or "A"]
    changes = {
        "insurer": row.get("insurer") or INSURERS[PAYERS[row.get("payer", "")]],
        "search": number_of(row.get("number", "")),
        "chart": row.get("chart") or person.chart,
        "claim_type": row.get("claim type") or person.claim_type,
        "points": int(row.get("points") or person.points),
        "days": int(row.get("days") or person.days),
    }
    return replace(person, **changes)


def block_of(row: dict[str, str], receipt: Receipt) -> list[str]:
    """The 履歴管理ブロック: each number with its round, the newest first; or the month it had been claimed in."""
    text = row.get("block", "")
    if text.startswith("claimed"):
        month = text.removeprefix("claimed ").replace("-", "")
        return numbered([ir(month), re_line(receipt)], "1")
    lines = []
    for place, entry in enumerate(filter(None, text.split(", "))):
        alias, month = entry.split()
        older = replace(receipt, search=number_of(alias))
        rounds = [re_line(older), hr(Reason(), month.replace("-", ""), older.search)]
        lines += rounds if place else [*claim_lines(older), rounds[1]]
    return numbered(lines)


def write(office: Office, example: Example) -> None:
    streams: dict[tuple[str, str, str], Table] = defaultdict(list)
    for row in example.files:
        streams[row["file"], row["month"].replace("-", ""), PAYERS[row.get("payer", "")]].append(row)
    for (kind, month, payer), rows in streams.items():
        header = {"payer": payer, "institution": example.institution}
        place = f"{example.institution}/{month}/{payer}"
        receipts = [receipt_of(row) for row in rows]
        blocks = [block_of(row, receipt) for row, receipt in zip(rows, receipts, strict=True)]
        if kind == "claim":
            content = claims(receipts, blocks, month, **header)
            office.save(f"{place}/RECEIPTC.UKE", content)
        elif kind == "notice":
            notices = [
                Notice(service="0803", points=receipt.points, chart=receipt.chart) for receipt in receipts
            ]
            name = notice_name(f"508{month[4:]}", system="MI", institution=example.institution)
            content = notice_file(
                notices, service=f"508{int(month[4:]) - 1:02}", code=example.institution[3:]
            )
            office.save(f"{place}/{name}", content)
        else:
            reason = Reason(return_class="4") if kind == "re-examined" else Reason()
            returns = [Returned(r, [reason], block) for r, block in zip(receipts, blocks, strict=True)]
            suffix = {"return": "HEN", "re-examined": "SAH"}[kind]
            office.save(f"{place}/RECEIPTC.{suffix}", return_file(returns, month, **header))


def claims(receipts: list[Receipt], blocks: list[list[str]], month: str, **header: str) -> bytes:
    """A claim file whose re-claims carry their history."""
    lines = [ir(month, **header)]
    for place, (receipt, block) in enumerate(zip(receipts, blocks, strict=True), 1):
        lines += [*claim_lines(receipt, place), *block]
    return in_bytes([*lines, totals("GO", receipts)])


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """All examples, each an institution of its own."""
    office = Office(tmp_path_factory.mktemp("journeys"))
    for example in EXAMPLES.values():
        write(office, example)
    office.load()
    con = connect(office.database, as_of=AS_OF)
    yield con
    con.close()


@pytest.mark.parametrize("title", EXAMPLES)
def test_example(mart: duckdb.DuckDBPyConnection, title: str) -> None:
    example = EXAMPLES[title]
    for first, expected in example.shown:
        columns, source = SHOWN[first]
        picked = ", ".join(columns[name] for name in expected[0])
        rows = mart.execute(f"SELECT {picked} FROM {source}", {"institution": example.institution}).fetchall()
        assert [tuple(map(shown, row)) for row in rows] == [tuple(row.values()) for row in expected], first


@pytest.mark.parametrize("title", EXAMPLES)
def test_what_an_example_does_not_show_did_not_happen(mart: duckdb.DuckDBPyConnection, title: str) -> None:
    """No candidate, duplicate or loose end that the page keeps to itself."""
    example = EXAMPLES[title]
    told = {first for first, _ in example.shown}
    for first in {"candidate claimed", "surplus claim", "not tied"} - told:
        _, source = SHOWN[first]
        found = mart.execute(f"SELECT * FROM {source}", {"institution": example.institution}).fetchall()
        assert not found, first


def shown(value: object) -> str:
    """A value as the page writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    text = str(value)
    return f"N{int(text[-4:])}" if re.fullmatch(r"1310120260000000\d{4}", text) else text


DATES = {
    "returns": ("received_month", "resubmitted_month", "settled_month", "ended_on"),
    "journeys": ("first_returned_month",),
    "journey_events": ("month",),
    "link_candidates": ("claim_month",),
    "duplicate_reclaims": ("claim_month",),
    "worklist": ("received_month",),
    "unlinked": ("month",),
}


@pytest.mark.parametrize("view", DATES)
@pytest.mark.parametrize("as_of", ["2026-05-31", "2026-06-30", "2026-08-31"])
def test_nothing_after_the_date_is_known(mart: duckdb.DuckDBPyConnection, view: str, as_of: str) -> None:
    """Whatever was loaded later on, on that day nobody knew."""
    cursor = mart.cursor()
    cursor.execute(f"SET VARIABLE as_of = DATE '{as_of}'")
    newest = " OR ".join(f"{column} > DATE '{as_of}'" for column in DATES[view])
    assert cursor.execute(f"SELECT * FROM mart.{view} WHERE {newest}").fetchall() == []


def test_a_duplicate_is_not_said_to_have_come_back_before_it_did(mart: duckdb.DuckDBPyConnection) -> None:
    cursor = mart.cursor()
    for as_of in ("2026-07-31", "2026-10-31"):
        cursor.execute(f"SET VARIABLE as_of = DATE '{as_of}'")
        sql = "SELECT COUNT(*) FROM mart.duplicate_reclaims WHERE returned_as NOT IN (SELECT return_id FROM mart.returns)"
        assert cursor.execute(sql).fetchall() == [(0,)]
