"""Re-claims made outside the usual way: keyed by hand, or changed by a program that dropped what it did not know."""

from __future__ import annotations

from random import Random

from ..story import Story
from .claims import known_returns, sample

RATES = {(False, False): 0.055, (False, True): 0.04, (True, False): 0.04}
"""How often 検索番号 (the first) and history block (the second) are not both kept."""


def key_by_hand(story: Story, rng: Random) -> None:
    """Take 検索番号, history block or both from some re-claims."""
    marked = [returned.reclaim for returned in known_returns(story) if returned.reclaim]
    marked = [reclaim for reclaim in marked if reclaim.is_marked]
    for kept, rate in RATES.items():
        for reclaim in sample([each for each in marked if each.shows_number and each.shows_block], rate, rng):
            reclaim.shows_number, reclaim.shows_block = kept
