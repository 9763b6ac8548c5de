"""What a check is, and what became of it for one institution."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

STATUSES = ("fail", "error", "pass", "not_applicable")
"""In the order a reader needs them."""

ROWS_SHOWN = 20


@dataclass(frozen=True)
class Threshold:
    """How many violating rows are tolerated: a number of them, or a share of those checked."""

    rows: int | None = None
    share: float | None = None

    def is_kept(self, checked: int, violating: int) -> bool:
        if self.rows is not None:
            return violating <= self.rows
        assert self.share is not None
        return violating <= checked * self.share

    @property
    def text(self) -> str:
        """0件まで, 5 %まで."""
        return f"{self.rows:,}件まで" if self.share is None else f"{self.share * 100:g} %まで"


@dataclass(frozen=True)
class Check:
    """The declaration of a check; every text is Japanese and written for the manager of a claims office.

    applies_when: groups of file kinds; of each group at least one must be loaded. Empty: always.
    told_in: a figure of the page データの状態 (or `attention`) that lists the same rows; they are not listed twice.
    """

    name: str
    position: int
    title: str
    finds: str
    why: str
    to_do: str
    threshold: Threshold
    threshold_note: str
    applies_when: tuple[tuple[str, ...], ...]
    severity: str
    owner: str
    written_on: date
    next_review: date
    told_in: str | None = None


@dataclass(frozen=True)
class Result:
    """One check of one institution. `rows` are the first violating ones, `groups` is how many there are.

    A row may stand for several (all claims of one insurer), so `violating` can be more than `groups`.
    """

    check: Check
    institution: str
    status: str
    reason: str = ""
    checked: int = 0
    violating: int = 0
    groups: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def share(self) -> float | None:
        return self.violating / self.checked if self.checked else None

    @property
    def more(self) -> int:
        """Violating rows that are not among `rows`."""
        return self.groups - len(self.rows)

    def is_overdue(self, as_of: date) -> bool:
        """Whether nobody has looked at the check since it was due."""
        return as_of > self.check.next_review
