"""For whom, for which month and as of which day a figure is computed."""

from dataclasses import dataclass
from datetime import date, timedelta

DUE_SOON_DAYS = 14


def month_number(month: date) -> int:
    """The month as one integer, year*12+month, so that differences are whole months."""
    return month.year * 12 + month.month


def month_of(number: int) -> date:
    """First day of the month with this number; the inverse of `month_number`."""
    return date((number - 1) // 12, (number - 1) % 12 + 1, 1)


@dataclass(frozen=True)
class Scope:
    """One institution, one processing month with the window that ends in it, one as-of date."""

    institution: str
    month: date
    as_of: date
    months_back: int = 24

    def __post_init__(self) -> None:
        if self.month.day != 1:
            raise ValueError(f"month must be the first day of a month, got {self.month}")
        if self.months_back < 1:
            raise ValueError(f"months_back must be at least 1, got {self.months_back}")

    @property
    def first_month(self) -> date:
        """First month of the window."""
        return month_of(month_number(self.month) - (self.months_back - 1))

    @property
    def months(self) -> list[date]:
        """Every month of the window, oldest first."""
        last = month_number(self.month)
        return [month_of(number) for number in range(last - self.months_back + 1, last + 1)]

    @property
    def incomplete(self) -> date | None:
        """The first month whose returns cannot have arrived by as_of, if it is in the window."""
        month = self.as_of.replace(day=1)
        return month if month <= self.month else None

    @property
    def due_until(self) -> date:
        """Last day that counts as due soon."""
        return self.as_of + timedelta(days=DUE_SOON_DAYS)
