"""Names and birth dates as they are written the second time: another script, another character, another date."""

from __future__ import annotations

import unicodedata
from random import Random

from ..story import Story
from ..world import FAMILY_NAMES, GIVEN_NAMES, Patient
from .claims import by_person, known_returns, person_of, reword

NAME_RATE = 0.09
BIRTH_RATE = {True: 0.06, False: 0.02}
"""By whether the return was about eligibility: 該当者なし is often a wrong birth date."""

REGISTER_RATE = 0.6
"""How often the office also corrects its register, so that all later claims say the same."""

_WAYS = (("characters", "katakana", "half_width", "spaces"), (30, 25, 15, 30))
_OTHER_CHARACTERS = {
    "髙見本": "高見本", "創作": "創作", "想定": "相定", "模擬": "摸擬", "練習": "錬習",
    "一子": "和子", "二葉": "双葉", "三和": "美和", "四郎": "史郎", "次郎": "二郎", "一郎": "市郎",
}  # fmt: skip
_READINGS = dict([*FAMILY_NAMES, *GIVEN_NAMES["1"], *GIVEN_NAMES["2"]])
_HALF = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
_MARKS = {"\u3099": "ﾞ", "\u309a": "ﾟ"}


def correct_people(story: Story, rng: Random) -> None:
    """Change names and birth dates on some re-claims and, mostly, on what the patients claim from then on."""
    people = by_person(story)
    for returned in known_returns(story):
        reclaim = returned.reclaim
        if reclaim is None:
            continue
        patient, changes = reclaim.receipt.patient, {}
        if rng.random() < NAME_RATE:
            changes |= _rename(patient, rng)
        if rng.random() < BIRTH_RATE[returned.reasons[0].kind == "eligibility"]:
            changes["birth"] = _other_birth(patient.birth, rng)
        in_register = rng.random() < REGISTER_RATE
        if not changes:
            continue
        reword(reclaim, **changes)
        for sending in people[person_of(reclaim)] if in_register else ():
            if sending is not reclaim and sending.claim_month >= reclaim.claim_month:
                reword(sending, **changes)


def _rename(patient: Patient, rng: Random) -> dict[str, str]:
    """The name written in another way, the reading in kana unchanged."""
    names = {"family": patient.family, "given": patient.given}
    way = rng.choices(*_WAYS)[0]
    if way == "characters":
        other = {part: _OTHER_CHARACTERS.get(name, name) for part, name in names.items()}
        if other != names:
            return other
        way = "spaces"
    if way == "spaces":
        return {
            "family": f"{patient.family.strip()} ",
            "given": rng.choice(("", "　")) + patient.given.strip(),
        }
    kana = {part: _READINGS.get(name, name) for part, name in names.items()}
    return kana if way == "katakana" else {part: half_width(name) for part, name in kana.items()}


def half_width(kana: str) -> str:
    """Katakana in half width, voiced marks as characters of their own."""
    decomposed = unicodedata.normalize("NFD", kana)
    return "".join(_HALF.get(sign, _MARKS.get(sign, sign)) for sign in decomposed)


def _other_birth(birth: str, rng: Random) -> str:
    """A birth date with one thing wrong: the day, the month or, by an era misread, the year."""
    year, month, day = int(birth[:4]), int(birth[4:6]), int(birth[6:])
    part = rng.choice(("day", "day", "month", "year"))
    if part == "day":
        day = day % 28 + 1
    elif part == "month":
        month = month % 12 + 1
    else:
        year -= 1
    return f"{year:04d}{month:02d}{day:02d}"
