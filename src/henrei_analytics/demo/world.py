"""The invented office: two institutions, their departments, insurers and patients.

Nothing here is a real person, insurer or institution. Family names say so (架空, 試験, 見本 …), insurer
numbers end in 999x, and the institution codes carry 99.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

Payer = Literal["shaho", "kokuho"]
PAYERS: tuple[Payer, Payer] = ("shaho", "kokuho")
PAYER_CODE: dict[Payer, str] = {"shaho": "1", "kokuho": "2"}
PAYER_LABEL: dict[Payer, str] = {"shaho": "社保", "kokuho": "国保"}

FAMILY_NAMES = (
    ("架空", "カクウ"), ("試験", "シケン"), ("見本", "ミホン"), ("例示", "レイジ"), ("仮名", "カメイ"),
    ("練習", "レンシュウ"), ("髙見本", "タカミホン"), ("模擬", "モギ"), ("想定", "ソウテイ"),
    ("創作", "ソウサク"),
)  # fmt: skip
GIVEN_NAMES = {
    "1": (
        ("一郎", "イチロウ"), ("次郎", "ジロウ"), ("三郎", "サブロウ"),
        ("四郎", "シロウ"), ("太郎", "タロウ"), ("五郎", "ゴロウ"),
    ),
    "2": (
        ("花子", "ハナコ"), ("一子", "カズコ"), ("二葉", "フタバ"),
        ("三和", "ミワ"), ("四季", "シキ"), ("九子", "キュウコ"),
    ),
}  # fmt: skip
"""By 男女区分."""


@dataclass(frozen=True, slots=True)
class Insurer:
    """One 保険者 (or, for 公費単独 receipts, the first 公費負担者)."""

    number: str
    payer: Payer
    law: str
    trouble: float = 1.0
    """How much more often than usual its members' receipts come back for eligibility."""


@dataclass(frozen=True, slots=True)
class Department:
    """診療科: the two-digit code of the official list and how much of the work it does."""

    code: str
    weight: float
    trouble: float = 1.0
    """How much more often than usual its receipts come back for reasons other than eligibility."""


@dataclass(frozen=True, slots=True)
class Institution:
    """One claiming institution and the mix of its work."""

    code: str
    name: str
    address: str
    phone: str
    kokuho_federation: str
    claims_per_month: int
    patients: int
    inpatient_share: float
    kokuho_share: float
    beds: str
    departments: tuple[Department, ...]
    insurers: tuple[Insurer, ...]
    other_rate: float
    """Base rate of first-review returns for reasons other than eligibility."""
    rising_department: str | None = None
    """In the last six months, this department's returns for points rise."""
    rising_insurer: str | None = None
    """In the last six months, this insurer's eligibility returns rise."""

    @property
    def prefecture(self) -> str:
        return self.code[:2]

    @property
    def short_code(self) -> str:
        return self.code[3:]


def _insurers(
    prefecture: str, neighbour: str, federal: int, troubled: tuple[str, ...]
) -> tuple[Insurer, ...]:
    """Some sixteen insurers of all kinds, one of the prefecture beside; ``federal`` only makes the two lists differ."""
    numbers: list[tuple[str, Payer, str]] = [
        *((f"01{prefecture}999{n}", "shaho", "01") for n in range(1, 4)),
        *((f"06{prefecture}999{n}", "shaho", "06") for n in range(federal, federal + 4)),
        *((f"{law}{prefecture}9991", "shaho", law) for law in ("31", "32", "33", "34")),
        *((f"{prefecture}999{n}", "kokuho", "00") for n in range(1, 4)),
        *((f"39{prefecture}999{n}", "kokuho", "39") for n in range(1, 3)),
        (f"{neighbour}9991", "kokuho", "00"),
    ]
    return tuple(
        Insurer(number, payer, law, 3.0 if number in troubled else 1.0) for number, payer, law in numbers
    )


CLINIC = Institution(
    code="1319912345",
    name="架空クリニック",
    address="東京都架空区見本一丁目",
    phone="00-0000-0001",
    kokuho_federation="東京都国民健康保険団体連合会",
    claims_per_month=450,
    patients=720,
    inpatient_share=0.0,
    kokuho_share=0.44,
    beds="",
    departments=(),
    insurers=_insurers("13", "11", 2, ("06139993",)),
    other_rate=0.0050,
    rising_insurer="01139992",
)
HOSPITAL = Institution(
    code="2719954321",
    name="架空総合病院",
    address="大阪府架空市例示二丁目",
    phone="00-0000-0002",
    kokuho_federation="大阪府国民健康保険団体連合会",
    claims_per_month=1300,
    patients=2600,
    inpatient_share=0.09,
    kokuho_share=0.55,
    beds="199",
    departments=(
        Department("01", 30),
        Department("06", 12),
        Department("08", 12),
        Department("09", 8),
        Department("10", 9, 1.4),
        Department("11", 13),
        Department("14", 5, 1.8),
        Department("20", 6),
        Department("26", 5, 0.6),
    ),
    insurers=_insurers("27", "28", 5, ("06279996", "279992")),
    other_rate=0.0068,
    rising_department="11",
)
INSTITUTIONS = (CLINIC, HOSPITAL)


@dataclass(slots=True)
class Patient:
    """One invented person as the office's master file knows them."""

    chart: str
    family: str
    given: str
    kana: str
    sex: str
    birth: str
    birth_month: int
    insurer: Insurer
    person: Literal["self", "family"]
    high_income: bool
    symbol: str
    number: str
    branch: str
    publics: tuple[tuple[str, str], ...]
    """公費 as (負担者番号, 受給者番号); with ``insurer.law == "12"`` there is no insurance beside them."""
    department: str
    prone_to: str | None
    """The kind of error that keeps coming back with this patient, if any."""


def _full_width(digits: str) -> str:
    return digits.translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))


def _age_range(law: str, person: str) -> tuple[int, int]:
    """Ages in months at the start, kept clear of the ages at which the scheme would change."""
    if law == "39":
        return 76 * 12, 95 * 12
    if law == "00":
        return 0, 71 * 12
    return (20 * 12, 66 * 12) if person == "self" else (0, 71 * 12)


def make_membership(law: str, rng: Random) -> tuple[str, str]:
    """記号 and 番号 of a new member of an insurer of this law."""
    symbol = "" if law in ("39", "12") else f"架{rng.randint(1, 99)}"
    if law == "01":
        symbol = f"{rng.randint(10_000_000, 99_999_999)}"
    elif law == "06" and rng.random() < 0.1:
        symbol = "㈱架空①"
    number = f"{rng.randint(1, 9_999_999):08d}" if law == "39" else str(rng.randint(1, 999_999))
    if symbol and not symbol.isdigit():
        return _full_width(symbol), _full_width(number)
    return symbol, number


def make_patients(institution: Institution, start: int, rng: Random) -> list[Patient]:
    """The patient register of an institution in the month the story starts."""
    by_payer = {payer: [i for i in institution.insurers if i.payer == payer] for payer in PAYERS}
    departments = [d.code for d in institution.departments]
    weights = [d.weight for d in institution.departments]
    welfare = Insurer(f"12{institution.prefecture}9999", "shaho", "12")
    patients = []
    for serial in range(1, institution.patients + 1):
        payer = "kokuho" if rng.random() < institution.kokuho_share else "shaho"
        insurer = rng.choice(by_payer[payer])
        if payer == "shaho" and rng.random() < 0.05:
            insurer = welfare
        person: Literal["self", "family"] = "self" if rng.random() < 0.6 else "family"
        low, high = _age_range(insurer.law, person)
        birth_month = start - rng.randint(low, high)
        sex = rng.choice("12")
        family, family_kana = rng.choice(FAMILY_NAMES)
        given, given_kana = rng.choice(GIVEN_NAMES[sex])
        symbol, number = make_membership(insurer.law, rng)
        publics: tuple[tuple[str, str], ...] = ()
        recipient = f"{rng.randint(1, 9_999_999):07d}"
        if insurer is welfare:
            publics = ((welfare.number, recipient),)
        elif rng.random() < 0.09:
            law = rng.choice(("21", "54", "80", "83"))
            publics = ((f"{law}{institution.prefecture}9999", recipient),)
            if rng.random() < 0.1:
                publics += ((f"88{institution.prefecture}9998", f"{rng.randint(1, 9_999_999):07d}"),)
        patients.append(
            Patient(
                chart=f"{serial:07d}",
                family=family,
                given=given,
                kana=family_kana + given_kana,
                sex=sex,
                birth=f"{birth_month // 12:04d}{birth_month % 12 + 1:02d}{rng.randint(1, 28):02d}",
                birth_month=birth_month,
                insurer=insurer,
                person=person,
                high_income=rng.random() < 0.12,
                symbol=symbol,
                number=number,
                branch=f"{rng.randint(0, 3):02d}",
                publics=publics,
                department=rng.choices(departments, weights)[0] if departments else "",
                prone_to=rng.choice(("eligibility", "eligibility", "entry", "points"))
                if rng.random() < 0.02
                else None,
            )
        )
    return patients
