"""カルテ番号 as different programs write them: with leading zeros, without, or not at all."""

from __future__ import annotations

from random import Random

from ..story import Story
from ..world import CLINIC
from .claims import known_returns, reword

NEW_PROGRAM_AFTER = 0.6
"""So far into the story the clinic's new program began to write the numbers without leading zeros."""

NO_ZEROS_RATE = 0.04
NO_CHART_RATE = {True: 0.03, False: 0.012}
"""By whether the claim is a re-claim."""


def vary_charts(story: Story, rng: Random) -> None:
    """Write the カルテ番号 of some claims in another way."""
    new_program = story.first_month + round((story.last_month - story.first_month) * NEW_PROGRAM_AFTER)
    reclaims = {id(returned.reclaim) for returned in known_returns(story) if returned.reclaim}
    for _, sendings in sorted(story.sendings.items()):
        for sending in sendings:
            is_reclaim = id(sending) in reclaims
            chart = sending.receipt.patient.chart
            draw = rng.random()
            if draw < NO_CHART_RATE[is_reclaim]:
                reword(sending, chart="")
            elif (is_reclaim and draw < NO_CHART_RATE[True] + NO_ZEROS_RATE) or (
                sending.receipt.institution is CLINIC and sending.claim_month >= new_program
            ):
                reword(sending, chart=chart.lstrip("0"))
