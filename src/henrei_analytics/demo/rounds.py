"""How a month's claims were confirmed: each sending (送信回) with what the check said about its receipts.

A receipt the check refuses is left out when the sending is confirmed, corrected on screen, and confirmed in
one more round; no claim file is written for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from .claim_files import claim_files
from .events import Sending, total_points
from .pre_checks import REFUSED, Finding, PreCheck, findings_about
from .story import Story, StreamKey

LAST_DAY = 10
"""Claims can be sent and confirmed until this day of the month."""


class Line(NamedTuple):
    """A receipt as one round lists it."""

    sending: Sending
    number: int
    points: int
    claimed: bool
    level: str
    """Highest error level (L3, L4) or empty."""


@dataclass(frozen=True, slots=True)
class Round:
    """One sending and its confirmation."""

    number: int
    day: int
    lines: list[Line]
    warnings: list[PreCheck]


def rounds_of(story: Story, key: StreamKey, rng: Random) -> list[Round]:
    """The rounds of a stream and month."""
    rounds: list[Round] = []
    refused: list[Line] = []
    for file in claim_files(story, key):
        lines, warnings = [], []
        for number, sending in enumerate(file.sendings, 1):
            replaced = file.replaced_later(sending)
            findings = [REFUSED] if replaced else list(findings_about(sending, rng))
            claimed = REFUSED not in findings
            line = Line(sending, number, total_points(file.items(sending)), claimed, _level(findings))
            lines.append(line)
            warnings += [PreCheck(sending, number, finding) for finding in findings]
            if not claimed and not replaced:
                refused.append(line)
        rounds.append(Round(len(rounds) + 1, file.day, lines, warnings))
    if refused:
        corrected = [line._replace(claimed=True, level="") for line in refused]
        rounds.append(Round(len(rounds) + 1, min(rounds[-1].day + 1, LAST_DAY), corrected, []))
    return rounds


def _level(findings: list[Finding]) -> str:
    return min((finding.level for finding in findings if not finding.is_note), default="")
