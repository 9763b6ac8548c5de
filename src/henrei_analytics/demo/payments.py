"""What 支払基金 paid for a month: sums by payer, and what re-examinations took away or gave back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from .events import Sending
from .money import Share, fixed_shares
from .re_examination import ReExamination

PAID_ON_DAY = 21
"""Of the month after the processing month."""

PUBLIC_LAWS = ("12", "21", "54", "80", "83", "88")
"""法別番号 of 公費; every other law is an insurance."""


@dataclass(slots=True)
class Care:
    """Sums of 療養の給付 in one setting."""

    claims: int = 0
    points: int = 0
    copay: int = 0
    yen: int = 0

    def add(self, share: Share) -> None:
        self.claims += 1
        self.points += share.points
        self.copay += share.copay
        self.yen += share.yen

    def include(self, other: Care) -> None:
        self.claims += other.claims
        self.points += other.points
        self.copay += other.copay
        self.yen += other.yen


@dataclass(slots=True)
class Account:
    """What one law pays in a month."""

    inpatient: Care = field(default_factory=Care)
    outpatient: Care = field(default_factory=Care)
    meal_yen: int = 0
    meal_copay: int = 0
    adjusted_yen: int = 0

    @property
    def claims(self) -> int:
        return self.inpatient.claims + self.outpatient.claims

    @property
    def calculated_yen(self) -> int:
        """算定額."""
        return self.inpatient.yen + self.outpatient.yen + self.meal_yen - self.meal_copay

    def include(self, other: Account) -> None:
        self.inpatient.include(other.inpatient)
        self.outpatient.include(other.outpatient)
        self.meal_yen += other.meal_yen
        self.meal_copay += other.meal_copay
        self.adjusted_yen += other.adjusted_yen


def is_paid(sending: Sending) -> bool:
    """Whether first review let a claim through; what comes back later was paid first."""
    return sending.returned is None or sending.returned.stage != "first_review"


def outcome_of(sending: Sending) -> str:
    """paid, adjusted or returned."""
    if not is_paid(sending):
        return "returned"
    return "adjusted" if sending.decision and sending.decision.cuts else "paid"


def accounts_of(sendings: Iterable[Sending], adjusted: Iterable[ReExamination]) -> dict[str, Account]:
    """The accounts of a month by 法別番号."""
    accounts: dict[str, Account] = defaultdict(Account)
    for sending in sendings:
        if not is_paid(sending):
            continue
        assert sending.decision
        for share in fixed_shares(sending.receipt, sending.decision):
            account = accounts[share.law]
            (account.inpatient if sending.receipt.inpatient else account.outpatient).add(share)
            account.meal_yen += share.meal_yen
            account.meal_copay += share.meal_copay
    for outcome in adjusted:
        for change in outcome.changes:
            accounts[change.law].adjusted_yen += change.total
    return dict(sorted(accounts.items()))


def sum_of(accounts: Iterable[Account]) -> Account:
    """Several accounts as one."""
    total = Account()
    for account in accounts:
        total.include(account)
    return total
