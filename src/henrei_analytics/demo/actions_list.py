"""The list in which the office writes down what it did against returns: its own table, one file an institution."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date

from .months import first_day
from .shelf import Shelf
from .story import Story
from .world import INSTITUTIONS, Institution

NAME = "取組.csv"

EARLY, LATE = 18, 3
"""So many months before the newest returns the two actions were taken: the late one when what rises had been rising."""


@dataclass(frozen=True, slots=True)
class Action:
    """What an institution did, on which day, and against which returns."""

    institution: str
    acted_on: date
    category: str
    department: str | None
    insurer_number: str | None
    note: str


def write_actions_lists(shelf: Shelf, story: Story) -> list[Action]:
    """Write the list of each institution, oldest action first; all actions."""
    told = []
    for institution in INSTITUTIONS:
        actions = _actions_of(institution, story)
        text = io.StringIO()
        rows = [_row(action) for action in actions]
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        path = shelf.home(institution) / NAME
        # the byte order mark is what a spreadsheet writes
        shelf.put(path, text.getvalue().encode("utf-8-sig"), story.last_month + 1, 20)
        shelf.note_list(institution, path, "actions", len(rows) + 1)
        told += actions
    return told


def truth_of_actions(actions: list[Action]) -> list[dict[str, object]]:
    """The actions as the truth tells them; none is of one payer only."""
    return [
        {
            "institution": action.institution,
            "acted_on": action.acted_on.isoformat(),
            "category": action.category,
            "department": action.department,
            "payer": None,
            "insurer_number": action.insurer_number,
            "note": action.note,
        }
        for action in actions
    ]


def _actions_of(institution: Institution, story: Story) -> list[Action]:
    """One against the insurer that was always troublesome, one against what has begun to rise."""
    troubled = next(insurer.number for insurer in institution.insurers if insurer.trouble > 1)
    early, late = (max(story.first_month, story.last_month - before) for before in (EARLY, LATE))
    first = Action(
        institution.code,
        first_day(early).replace(day=10),
        "資格関係",
        None,
        troubled,
        "この保険者の患者は、月のはじめの受診時に資格をもう一度確かめる",
    )
    day = first_day(late).replace(day=15)
    if institution.rising_department:
        note = "この診療科の算定の注意点を一覧にし、会計の前に確かめる"
        department, insurer, category = institution.rising_department, None, "点数・算定"
    else:
        note = "この保険者の番号の切替えを受付で案内し、新しい番号を写す"
        department, insurer, category = None, institution.rising_insurer, "資格関係"
    return [first, Action(institution.code, day, category, department, insurer, note)]


def _row(action: Action) -> dict[str, object]:
    """One action, by the headings of the form."""
    return {
        "医療機関コード": action.institution,
        "実施日": action.acted_on.isoformat(),
        "分類": action.category,
        "診療科": action.department or "",
        "審査支払機関": "",
        "保険者番号": action.insurer_number or "",
        "取組の内容": action.note,
    }
