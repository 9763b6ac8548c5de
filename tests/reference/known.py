"""What an office knows on a day: the words the definitions share, computed the plainest way there is."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from henrei_analytics.figures import Scope
from mart_tables import REFERENCE, Row

PAYERS = ("shaho", "kokuho")
WITH_ALL = (*PAYERS, "all")
UNKNOWN, UNCLASSIFIED, OTHERS = "不明", "未分類", "その他"


def number(day: date | None) -> int | None:
    """Months since year 0, so that a difference is whole months."""
    return None if day is None else day.year * 12 + day.month


def month_at(months: int) -> date:
    year, month = divmod(months - 1, 12)
    return date(year, month + 1, 1)


def last_day(month: date) -> date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def grouped(rows: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    groups = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(groups)


def points(rows: Iterable[Any]) -> int:
    return sum(row.points or 0 for row in rows)


def share(part: float, whole: float | None) -> float | None:
    return part / whole if whole else None


def wilson(n: int | None, d: int | None) -> Row:
    """rate, low, high. The limits are the p at which n/d stands 1.96 standard errors away: roots of a quadratic."""
    if n is None or not d or n > d:
        return {"rate": None, "low": None, "high": None}
    rate, z = n / d, 1.959963984540054
    a, b, c = 1 + z * z / d, -(2 * rate + z * z / d), rate * rate
    root = max(b * b - 4 * a * c, 0) ** 0.5
    return {"rate": rate, "low": max((-b - root) / (2 * a), 0.0), "high": min((-b + root) / (2 * a), 1.0)}


@dataclass(frozen=True)
class World:
    """The tables of `mart`, and whom, when and for which month is asked."""

    scope: Scope
    tables: dict[str, list[Row]]

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis shows a world: what differs between worlds, no empty tables, no NULLs."""
        told = {name: rows for name, rows in self.tables.items() if rows and name not in REFERENCE}
        lines = [
            f"{name}: { {column: value for column, value in row.items() if value is not None} }"
            for name, rows in told.items()
            for row in rows
        ]
        printer.text("\n".join([f"{self.scope}", *lines]))

    @property
    def month(self) -> int:
        return number(self.scope.month)

    @property
    def first(self) -> int:
        return self.month - self.scope.months_back + 1

    @property
    def today(self) -> date:
        return self.scope.as_of

    @property
    def now(self) -> int:
        """The month of as_of."""
        return number(self.today)

    @property
    def window_end(self) -> date:
        """The 10th that comes next, today included."""
        return month_at(self.now + (self.today.day > 10)).replace(day=10)

    @property
    def months(self) -> range:
        return range(self.first, self.month + 1)

    def months_ago(self, months: int) -> date:
        return month_at(self.month - months)

    def table(self, name: str) -> list[Row]:
        """All rows, whosever."""
        return self.tables.get(name, [])

    def ours(self, name: str) -> list[SimpleNamespace]:
        """The rows of the institution asked for, nothing changed."""
        return [
            SimpleNamespace(**row) for row in self.table(name) if row["institution"] == self.scope.institution
        ]

    @cached_property
    def known(self) -> list[SimpleNamespace]:
        """Returns that have arrived by the month of as_of, with what is not told written out."""
        rows = [row for row in self.ours("returns") if number(row.received_month) <= self.now]
        back = grouped((row for row in rows if row.previous_return_id), lambda row: row.previous_return_id)
        for row in rows:
            row.processed, row.arrived = number(row.processing_month), number(row.received_month)
            row.points = row.points or 0
            row.setting = row.setting or "unknown"
            row.insurer_number = row.insurer_number or UNKNOWN
            row.law_number = row.law_number or UNKNOWN
            row.category = row.main_reason_category or UNCLASSIFIED
            row.rated = row.round == 1 and row.stage == "first_review"
            # It came back, so it had been claimed again, at the latest in the month that return was processed in. Of
            # which month the claim was, only a return of the first review tells.
            told = number(row.resubmitted_month)
            came = [(number(each.processing_month), each.stage) for each in back.get(row.return_id, ())]
            again = min((month for month, stage in came if stage == "first_review"), default=None)
            by_then = min((month for month, _ in came), default=None)
            row.reclaimed, row.reclaimed_by = (
                month if month and month <= self.now else None for month in (told or again, told or by_then)
            )
        return rows

    @cached_property
    def window(self) -> list[SimpleNamespace]:
        return [row for row in self.known if self.first <= row.processed <= self.month]

    @cached_property
    def of_month(self) -> list[SimpleNamespace]:
        return [row for row in self.known if row.processed == self.month]

    @property
    def periods(self) -> tuple[tuple[str, list[SimpleNamespace]], ...]:
        return ("month", self.of_month), ("window", self.window)

    @cached_property
    def span(self) -> range:
        """Months whose first-review returns are known: from the first file, list or return to the last."""
        told = [row.processed for row in self.known if row.stage == "first_review"]
        told += [
            number(file.month)
            for file in self.ours("files")
            if file.kind in ("hen", "henr", "paper", "return_list")
            and file.status in ("loaded", "superseded")
            and file.month is not None
            and number(file.month) < self.now
        ]
        return range(min(told), max(told) + 1) if told else range(0)

    @cached_property
    def covered(self) -> list[int]:
        """Months of the window whose returns are known; 0 can only be said of these."""
        with_returns = {row.processed for row in self.known}
        return [month for month in self.months if month in self.span or month in with_returns]

    @cached_property
    def dealt_with(self) -> set[str]:
        """Payers of the claims that the window's rates are made of, or of its first returns."""
        claimed = {
            row.payer
            for row in self.ours("claim_volume")
            if self.first - 2 <= number(row.claim_month) <= self.month
        }
        return claimed | {row.payer for row in self.window if row.rated}

    @cached_property
    def _volumes(self) -> dict[tuple[int, str], list[SimpleNamespace]]:
        return grouped(self.ours("claim_volume"), lambda row: (number(row.claim_month), row.payer))

    @cached_property
    def _not_loaded(self) -> set[tuple[int, str]]:
        return {
            (number(row.processing_month), row.payer)
            for row in self.ours("reported_returns")
            if row.stage == "first_review" and row.return_id is None
        }

    def is_whole(self, month: int) -> bool:
        """Whether no payment notice tells of first-review returns of the month that are not loaded."""
        return not any((month, payer) in self._not_loaded for payer in PAYERS)

    def first_claims(self, month: int, payer: str, setting: str = "all") -> int | None:
        """None where a payer concerned has no claims that month (and before what the rates look at)."""
        if not self.first - 2 <= month <= self.month:
            return None
        payers = self.dealt_with if payer == "all" else {payer}
        if not payers or any((month, each) not in self._volumes for each in payers):
            return None
        return sum(
            row.first_claims
            for each in payers
            for row in self._volumes[month, each]
            if setting in ("all", row.setting)
        )

    def first_returns(self, month: int, payer: str, setting: str = "all") -> int | None:
        """None where the month's returns are not known, or a payment notice tells of more than are loaded."""
        payers = PAYERS if payer == "all" else (payer,)
        if month not in self.span or any((month, each) in self._not_loaded for each in payers):
            return None
        return sum(
            row.rated and row.processed == month and row.payer in payers and setting in ("all", row.setting)
            for row in self.window
        )

    @cached_property
    def position(self) -> dict[str, int]:
        return {row["category"]: row["position"] for row in self.table("categories")}

    def label(self, table: str, key: str, value: str | None) -> str | None:
        return next((row["label_ja"] for row in self.table(table) if row[key] == value), None)

    @property
    def year_from_now(self) -> date:
        """The same day of the next year; the 29th of February has the 28th."""
        try:
            return self.today.replace(year=self.today.year + 1)
        except ValueError:
            return self.today.replace(year=self.today.year + 1, day=28)

    @property
    def due_until(self) -> date:
        return self.today + timedelta(days=14)
