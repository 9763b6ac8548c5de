"""An invented office: two institutions, years of claims and returns, and the truth about them.

``write_demo`` writes the files such an office would have on disk, in the official formats, and beside them
``truth.json``: what really happened. The package shares no code with the readers, so that what the readers
load can be held against it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .actions_list import truth_of_actions, write_actions_lists
from .dealings import deal
from .files import Office
from .months import last_day, month_of
from .noise import disturb
from .notices import NoticeOffice
from .paper_list import write_paper_lists
from .shelf import Shelf
from .simulate import simulate
from .truth import truth_of
from .truth_of_notices import truth_of_notices
from .undownloaded import forget_downloads
from .world import INSTITUTIONS

__all__ = ["DemoSummary", "write_demo"]

TRUTH_NAME = "truth.json"

OLDEST_MONTH = month_of(date(2021, 10, 1))
"""SN, JD and MF, which every receipt here carries, begin with care of 2021-09."""


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What ``write_demo`` wrote."""

    out: Path
    as_of: date
    files: int
    claims: int
    returns: int
    megabytes: float


def write_demo(
    out: Path,
    *,
    seed: int = 1,
    months: int = 30,
    last_month: date = date(2026, 9, 1),
    noise: bool = False,
    progress: Callable[[str], None] | None = None,
) -> DemoSummary:
    """Write the demo office into ``out``; the same arguments give the same bytes and file times.

    ``last_month`` is the newest processing month (処理年月) for which returns have arrived, ``months`` how
    many such months there are. Claim files reach one month further: the claims sent in the window in which
    the newest returns came in. With ``noise`` the files are as messy as real ones; the truth is told all the same.
    """
    if months < 1:
        raise ValueError("months must be at least 1")
    newest = month_of(last_month)
    if newest - months + 1 < OLDEST_MONTH:
        raise ValueError("the demo cannot reach back beyond 2021-10: older files had other records")
    for institution in INSTITUTIONS:
        # files of another seed or length would stay behind and belie the truth
        if (out / institution.name).exists():
            raise FileExistsError(f"{out / institution.name} exists already; choose an empty folder")
    tell = progress or (lambda message: None)
    story = simulate(seed, newest - months + 1, newest, tell, noise)
    forget_downloads(story)
    if noise:
        disturb(story, seed)
    dealings = deal(story, seed)
    tell("writing files")
    out.mkdir(parents=True, exist_ok=True)
    shelf = Shelf(out)
    Office(out, shelf, story, seed).write_all()
    write_paper_lists(shelf, story, seed)
    tell("writing notices")
    NoticeOffice(shelf, story, dealings, seed).write_all()
    actions = write_actions_lists(shelf, story)
    truth = truth_of(story, shelf.files, seed, noise) | truth_of_notices(story, dealings)
    truth["prevention_actions"] = truth_of_actions(actions)
    truth["ignored_files"] = shelf.ignored
    (out / TRUTH_NAME).write_text(
        json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n"
    )
    return DemoSummary(
        out=out,
        as_of=last_day(newest + 1),
        files=len(shelf.files),
        claims=sum(map(len, story.sendings.values())),
        returns=len(story.returns),
        megabytes=round(shelf.bytes / 1e6, 1),
    )
