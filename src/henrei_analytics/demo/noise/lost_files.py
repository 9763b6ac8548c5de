"""Files the office did not keep, or cannot find any more."""

from __future__ import annotations

from random import Random

from ..story import Story, StreamKey

MONTHS_A_FILE = {("hen",): 8, ("hen", "henr"): 8, ("uke",): 5}
"""One file (or both) is lost in so many months of the story."""


def lose_files(story: Story, rng: Random) -> None:
    """Lose return files (the 返戻内訳書 is left), return files with their 返戻内訳書, and claim files."""
    months = story.last_month - story.first_month + 1
    for kinds, fitting in (
        (("hen",), _return_streams(story, second_round=True)),
        (("hen", "henr"), _return_streams(story, second_round=False)),
        (("uke",), _claim_streams(story)),
    ):
        free = [key for key in fitting if key not in story.lost_files]
        wanted = max(1, months // MONTHS_A_FILE[kinds])
        for key in rng.sample(free, min(wanted, len(free))):
            story.lost_files[key].update(kinds)
    for key, kinds in story.lost_files.items():
        if "henr" in kinds:
            for returned in story.streams["first_review"][key]:
                # a list of paper returns is no file of the month
                returned.lost = returned.medium == "online"


def _return_streams(story: Story, second_round: bool) -> list[StreamKey]:
    """Streams and months with returns, but for the newest, whose files can still be fetched."""
    found = []
    for key, batch in sorted(story.streams["first_review"].items()):
        online = [returned for returned in batch if returned.medium == "online"]
        is_past = story.first_month < key[2] < story.last_month - 1
        again = any(returned.round > 1 for returned in online)
        if len(online) >= 2 and is_past and (again or not second_round):
            found.append(key)
    return found


def _claim_streams(story: Story) -> list[StreamKey]:
    """Streams and months sent in one file."""
    return [
        key
        for key, sendings in sorted(story.sendings.items())
        if story.first_month < key[2] < story.last_month
        and key not in (story.split_month, story.undownloaded)
        and sendings
        and not any(sending.corrected for sending in sendings)
    ]
