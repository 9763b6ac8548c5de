"""Some returns come on paper: no return file has them, only the list the office keeps itself."""

from __future__ import annotations

from random import Random

from ..story import Story
from ..troubles import RECLAIM_ON_PAPER
from .claims import known_returns, remove, sample

PAPER_RATE = {"first_review": 0.025, "re_examination": 0.2}
"""Insurers' requests still come in envelopes more often than the first review's."""

PAPER_RECLAIM_RATE = 0.25
"""Share of paper returns that go back on paper: no file ever shows that."""


def put_on_paper(story: Story, rng: Random) -> None:
    """Let some returns come on paper; what answers them has no 検索番号 to repeat."""
    for stage, rate in PAPER_RATE.items():
        for returned in sample([r for r in known_returns(story) if r.stage == stage], rate, rng):
            returned.medium = "paper"
            reclaim = returned.reclaim
            if reclaim is None:
                continue
            reclaim.shows_number = reclaim.shows_block = False
            if reclaim.returned is None and rng.random() < PAPER_RECLAIM_RATE:
                returned.befell.append(RECLAIM_ON_PAPER)
                remove(story, reclaim)
