"""Returns answered twice: a clerk did not see that the receipt was already on its way."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from ..events import Sending
from ..story import Story
from .claims import add, is_kept, key_of, known_returns, sample

TWICE_RATE = 0.05
"""Of re-claims that nothing came back of."""

SAME_NUMBER_RATE = 0.6
"""Share of them that repeat the 検索番号; the others are keyed by hand without it."""


def claim_twice(story: Story, rng: Random) -> None:
    """Send some re-claims once more."""
    fitting = [
        returned
        for returned in known_returns(story)
        if returned.reclaim
        and returned.reclaim.returned is None
        and returned.reclaim.shows_number
        and returned.reclaim.claim_month < story.last_month
        and is_kept(story, key_of(returned.reclaim))
    ]
    for returned in sample(fitting, TWICE_RATE, rng):
        first = returned.reclaim
        assert first is not None
        by_number = rng.random() < SAME_NUMBER_RATE
        # by hand also in the very month, but then in the same file: two files of a month tell one receipt twice
        later = rng.randint(1 if by_number or key_of(first) == story.split_month else 0, 2)
        again = Sending(replace(first.receipt), first.claim_month + later, answers=returned)
        again.shows_number = again.shows_block = by_number
        if is_kept(story, key_of(again)):
            returned.surplus.append(again)
            add(story, again)
