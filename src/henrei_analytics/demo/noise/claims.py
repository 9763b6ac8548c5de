"""Finding and changing claims of a story."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from random import Random

from ..events import Return, Sending
from ..story import Story, StreamKey

PersonKey = tuple[str, str]
"""Institution and カルテ番号 (before charts are varied)."""


def key_of(sending: Sending) -> StreamKey:
    """The stream and month whose claim file has a claim."""
    return sending.receipt.institution.code, sending.receipt.payer, sending.claim_month


def person_of(sending: Sending) -> PersonKey:
    return sending.receipt.institution.code, sending.receipt.patient.chart


def add(story: Story, sending: Sending) -> None:
    """Put a claim among those of its month, at a place that tells nothing."""
    claims = story.sendings[key_of(sending)]
    # any place will do that is the same in every run
    claims.insert(len(claims) * (sending.receipt.points % 97) // 97, sending)


def remove(story: Story, sending: Sending) -> None:
    """Take this very claim out: claims worded alike are equal."""
    claims = story.sendings[key_of(sending)]
    claims[:] = [other for other in claims if other is not sending]


def reword(sending: Sending, **changes: str) -> None:
    """Change what one claim says of its patient, and nothing else."""
    receipt = sending.receipt
    sending.receipt = replace(receipt, patient=replace(receipt.patient, **changes))


def by_person(story: Story) -> dict[PersonKey, list[Sending]]:
    """All claims by patient."""
    found: dict[PersonKey, list[Sending]] = defaultdict(list)
    for _, sendings in sorted(story.sendings.items()):
        for sending in sendings:
            found[person_of(sending)].append(sending)
    return found


def known_returns(story: Story) -> list[Return]:
    """Returns the office knows of, in an order that does not depend on how they were filed."""
    return sorted(story.returns, key=lambda r: (r.processing_month, r.receipt.payer, r.search_number))


def is_kept(story: Story, key: StreamKey) -> bool:
    """Whether the claim file of a month was kept."""
    return "uke" not in story.lost_files.get(key, ())


def sample(things: list, rate: float, rng: Random) -> list:
    """So large a share of things, at least one if there are any, in their order."""
    count = min(len(things), max(1, round(len(things) * rate)))
    chosen = set(rng.sample(range(len(things)), count))
    return [thing for place, thing in enumerate(things) if place in chosen]
