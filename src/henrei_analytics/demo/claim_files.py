"""How a month's claims were sent: nearly always in one file, sometimes in two."""

from __future__ import annotations

from typing import NamedTuple

from .events import Item, Sending
from .story import Story, StreamKey


class ClaimFile(NamedTuple):
    """One claim file: its receipts (numbered from 1 in this order), its subfolder, the day it was sent."""

    sendings: list[Sending]
    subfolder: str
    day: int
    first_wording: bool = False
    """Receipts corrected later in the month stand here without their last item."""

    def replaced_later(self, sending: Sending) -> bool:
        """Whether a later file of the month holds the wording that counts."""
        return self.first_wording and sending.corrected

    def items(self, sending: Sending) -> tuple[Item, ...]:
        """The items of a receipt as this file words them."""
        items = sending.receipt.items
        return items[:-1] if self.replaced_later(sending) else items


def claim_files(story: Story, key: StreamKey) -> list[ClaimFile]:
    """The claim files of a stream and month, in the order in which they were sent."""
    sendings = story.sendings.get(key, [])
    if not sendings:
        return []
    if key == story.split_month:
        half = len(sendings) // 2
        return [ClaimFile(sendings[:half], "", 8), ClaimFile(sendings[half:], "追加", 9)]
    corrected = [sending for sending in sendings if sending.corrected]
    files = [ClaimFile(sendings, "", 8, first_wording=True)]
    return [*files, ClaimFile(corrected, "2回目", 10)] if corrected else files
