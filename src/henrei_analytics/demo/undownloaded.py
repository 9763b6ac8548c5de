"""One month whose returns nobody downloaded in time to know them.

Only the payment notice tells of such returns: a receipt that was not paid. The office never claims them again.
"""

from __future__ import annotations

from .events import Return, Sending
from .story import Story, StreamKey

WORTH_TELLING = 2
"""Fewer returns than this in the month would hardly show."""


def forget_downloads(story: Story) -> None:
    """Choose a stream whose returns the office does not know and take out what followed from knowing them.

    It is of the month before the newest, so that the return file can still be downloaded at the end of the
    story, and of 社保, which alone tells of unpaid receipts one by one.
    """
    month = story.last_month - 1
    fitting = [
        (len(batch), key)
        for key, batch in story.streams["first_review"].items()
        if key[1:] == ("shaho", month) and all(returned.round == 1 for returned in batch)
    ]
    # the smallest that shows: the rest of the story should stay as it is
    enough = [choice for choice in fitting if choice[0] >= WORTH_TELLING] or fitting
    if not enough:
        return
    story.undownloaded = min(enough)[1]
    for returned in story.streams["first_review"][story.undownloaded]:
        returned.downloaded = False
        _take_out_reclaim(story, returned)


def _take_out_reclaim(story: Story, returned: Return) -> None:
    reclaim = returned.reclaim
    if reclaim is None:
        return
    returned.reclaim = None
    _remove(story.sendings[_key_of(reclaim)], reclaim)
    again = reclaim.returned
    if again is not None:
        key = (again.receipt.institution.code, again.receipt.payer, again.processing_month)
        _remove(story.streams[again.stage][key], again)
        _take_out_reclaim(story, again)


def _key_of(sending: Sending) -> StreamKey:
    return sending.receipt.institution.code, sending.receipt.payer, sending.claim_month


def _remove(things: list, thing: Sending | Return) -> None:
    """Remove this very object: receipts worded alike are equal."""
    things[:] = [other for other in things if other is not thing]
