"""The story: month by month, receipts are sent, some come back, most of those are sent again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from random import Random

from .care import correct, make_receipt
from .changed_payer import change_payer
from .events import Receipt, Return, Sending, Stage
from .months import month_of, yyyymm
from .reasons import FIRST_REVIEW, RE_EXAMINATION, Facts, Reason, choose
from .story import Story
from .world import CLINIC, HOSPITAL, INSTITUTIONS, PAYER_CODE, Institution, Patient, Payer, make_patients

ELIGIBILITY_LEVELS = (
    (month_of(date(2025, 4, 1)), 0.5),
    (month_of(date(2023, 3, 1)), 1.0),
    (month_of(date(2022, 11, 1)), 2.07),
    (month_of(date(2021, 10, 1)), 2.33),
    (0, 2.94),
)
"""Eligibility returns relative to 2023-03 … 2025-03 (支払基金; 第200回社会保障審議会医療保険部会 資料2)."""

# Chances per receipt, invented so that a month of the hospital has a page's worth of returns.
ELIGIBILITY_RATE: dict[Payer, float] = {"shaho": 0.0050, "kokuho": 0.0062}
PRONE_RATE = 0.12
RECLAIM_RETURN_RATE = 0.07
RE_EXAMINATION_RATE = 0.0014
SECOND_REASON_RATE = 0.12
LATE_RATE = 0.012
NEVER_RATE = 0.10
RECLAIM_DELAY = ((0, 1, 2, 3, 4, 5), (46, 30, 11, 7, 4, 2))
"""Windows until a return is claimed again, and their weights."""

RISING_MONTHS = 6
"""For so many months before the end, what rises rises."""

SPECIAL_REVIEW_POINTS = 45_000
CORRECTED_RECEIPTS = 12


def eligibility_level(month: int) -> float:
    """How frequent eligibility returns were in a month, as the policy steps had it."""
    return next(level for since, level in ELIGIBILITY_LEVELS if month >= since)


def simulate(
    seed: int, first_month: int, last_month: int, tell: Callable[[str], None], noise: bool = False
) -> Story:
    """Tell the story of all institutions from ``first_month`` (claims) to ``last_month`` (returns).

    With ``noise`` some returns turn out to be the other payer's.
    """
    story = Story(first_month, last_month)
    middle = first_month + (last_month - first_month) // 2
    for institution in INSTITUTIONS:
        tell(f"{institution.name}: {last_month - first_month + 2} claim months")
        changes = Random(f"{seed}:noise:payers:{institution.code}") if noise else None
        _InstitutionStory(story, institution, Random(f"{seed}:{institution.code}"), changes).tell()
    _mark_corrected(story.sendings[CLINIC.code, "shaho", middle], Random(f"{seed}:corrected"))
    story.split_month = (HOSPITAL.code, "kokuho", first_month + (last_month - first_month) // 3)
    return story


def _mark_corrected(sendings: list[Sending], rng: Random) -> None:
    """Choose first claims whose first wording lacked the last item and was replaced in the same window."""
    fitting = [
        s for s in sendings if s.answers is None and len(s.receipt.items) > 2 and s.receipt.items[-1].points
    ]
    for sending in rng.sample(fitting, min(CORRECTED_RECEIPTS, len(fitting))):
        sending.corrected = True


class _InstitutionStory:
    """One institution's months; keeps what is still to come in ``_planned`` and ``_requested``."""

    def __init__(
        self, story: Story, institution: Institution, rng: Random, payer_changes: Random | None
    ) -> None:
        self._story = story
        self._institution = institution
        self._rng = rng
        self._payer_changes = payer_changes
        self._patients = make_patients(institution, story.first_month, rng)
        self._trouble = {d.code: d.trouble for d in institution.departments}
        self._planned: dict[int, list[Sending]] = defaultdict(list)
        self._requested: dict[int, list[Sending]] = defaultdict(list)
        self._serial: dict[Payer, int] = {"shaho": 0, "kokuho": 0}

    def tell(self) -> None:
        for month in range(self._story.first_month, self._story.last_month + 2):
            self._care_for(month - 1)
            sendings = self._planned.pop(month, [])
            for sending in sendings:
                key = (self._institution.code, sending.receipt.payer, month)
                self._story.sendings[key].append(sending)
            if month <= self._story.last_month:
                for sending in sendings:
                    self._review(sending)
                for sending in self._requested.pop(month, []):
                    kind = "eligibility" if self._rng.random() < 0.7 else None
                    self._send_back(sending, "re_examination", month, kind)

    def _care_for(self, month: int) -> None:
        """A month of care becomes first claims, most of them of the next month, some later."""
        rng = self._rng
        visits = round(self._institution.claims_per_month * rng.uniform(0.95, 1.05))
        for patient in rng.sample(self._patients, visits):
            inpatient = rng.random() < self._institution.inpatient_share
            settings = (True, False) if inpatient and rng.random() < 0.1 else (inpatient,)
            for setting in settings:
                receipt = make_receipt(self._institution, patient, month, setting, rng)
                delay = rng.randint(1, 4) if rng.random() < LATE_RATE else 0
                self._plan(Sending(receipt, month + 1 + delay))

    def _plan(self, sending: Sending) -> None:
        self._planned[sending.claim_month].append(sending)

    def _review(self, sending: Sending) -> None:
        kind = self._first_review_finding(sending)
        month = sending.claim_month
        if kind:
            self._send_back(sending, "first_review", month, None if kind == "other" else kind)
        elif self._rng.random() < RE_EXAMINATION_RATE:
            # received four to eight months after care, for a receipt claimed in the month after care
            self._requested[month + self._rng.randint(2, 6)].append(sending)

    def _first_review_finding(self, sending: Sending) -> str | None:
        """The kind of error first review finds in a receipt, or None: it is paid."""
        receipt, month, draw = sending.receipt, sending.claim_month, self._rng.random()
        patient = receipt.patient
        if sending.answers is not None and draw < RECLAIM_RETURN_RATE:
            kind = sending.answers.reasons[0].kind
            return kind if kind in ("eligibility", "entry", "points", "clinical") else "other"
        if patient.prone_to and draw < PRONE_RATE:
            return patient.prone_to
        rising = max(0, month - (self._story.last_month - RISING_MONTHS))
        eligibility = ELIGIBILITY_RATE[receipt.payer] * eligibility_level(month) * receipt.insurer.trouble
        if receipt.insurer.number == self._institution.rising_insurer:
            eligibility += 0.008 * rising
        points = 0.0
        if receipt.department and receipt.department == self._institution.rising_department:
            points = 0.006 * rising
        other = self._institution.other_rate * self._trouble.get(receipt.department, 1.0)
        if receipt.inpatient:
            other *= 2
        draw = self._rng.random()
        for kind, rate in (("eligibility", eligibility), ("points", points), ("other", other)):
            if draw < rate:
                return kind
            draw -= rate
        return None

    def _send_back(self, sending: Sending, stage: Stage, month: int, kind: str | None) -> None:
        reasons = self._reasons(sending.receipt, stage, kind)
        reason = reasons[0]
        special = reason.return_class in (2, 5) and sending.receipt.points >= SPECIAL_REVIEW_POINTS
        returned = Return(
            sending=sending,
            stage=stage,
            processing_month=month,
            search_number=self._search_number(sending.receipt.payer, month),
            reasons=reasons,
            return_class={2: 3, 5: 8}[reason.return_class] if special else reason.return_class,
            round=1 + (sending.answers.round if sending.answers else 0),
        )
        sending.returned = returned
        self._story.add(returned)
        self._plan_reclaim(returned)

    def _reasons(self, receipt: Receipt, stage: Stage, kind: str | None) -> tuple[Reason, ...]:
        """The reason found (of a kind, or any but eligibility), and now and then a second one."""
        table = (FIRST_REVIEW if stage == "first_review" else RE_EXAMINATION)[receipt.payer]
        facts = Facts(receipt.insurer.law, bool(receipt.patient.publics), receipt.inpatient)
        reason = choose(table, kind, facts, self._rng)
        if self._rng.random() >= SECOND_REASON_RATE:
            return (reason,)
        extra = choose(table, None if reason.kind == "entry" else "entry", facts, self._rng)
        return (reason, extra) if extra is not reason else (reason,)

    def _plan_reclaim(self, returned: Return) -> None:
        rng = self._rng
        if rng.random() < NEVER_RATE:
            return
        claim_month = returned.received_month + rng.choices(*RECLAIM_DELAY)[0]
        corrected = correct(returned.receipt, returned.reasons[0].kind, rng)
        if claim_month > self._story.last_month + 1:
            return
        moved = change_payer(returned, self._payer_changes) if self._payer_changes else None
        corrected = moved or corrected
        returned.reclaim = Sending(corrected, claim_month, answers=returned)
        if moved:
            # to the payer it is a claim like any other
            returned.reclaim.shows_number = returned.reclaim.shows_block = False
        self._plan(returned.reclaim)
        if not returned.receipt.patient.prone_to:
            _update_register(returned.receipt.patient, corrected)

    def _search_number(self, payer: Payer, month: int) -> str:
        """A new 検索番号: 20 digits at 支払基金, 22 at 国保連, never used twice by a payer."""
        self._serial[payer] += 1
        serial, prefecture = self._serial[payer], self._institution.prefecture
        if payer == "shaho":
            return f"{prefecture}1{PAYER_CODE[payer]}0{yyyymm(month)}{serial:09d}"
        return f"{PAYER_CODE[payer]}{prefecture}{yyyymm(month)}{serial:013d}"


def _update_register(patient: Patient, corrected: Receipt) -> None:
    """Once corrected, the register is right. Patients who keep coming back are those nobody updates."""
    patient.insurer = corrected.insurer
    patient.symbol = corrected.symbol
    patient.number = corrected.number
    if corrected.claim_type[3] in "1256":
        patient.person = "self" if corrected.claim_type[3] in "12" else "family"
