"""Everything the payers did with the claims beside sending some back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

from .first_review import decide
from .re_examination import ReExamination, re_examinations
from .rerouting import Reroute, reroutes_of
from .rounds import Round, rounds_of
from .story import Story, StreamKey


@dataclass(slots=True)
class Dealings:
    """What the notices tell, by stream and month; first-review decisions stand on the claims themselves."""

    rounds: dict[StreamKey, list[Round]] = field(default_factory=dict)
    reroutes: dict[StreamKey, list[Reroute]] = field(default_factory=dict)
    re_examinations: dict[StreamKey, list[ReExamination]] = field(default_factory=lambda: defaultdict(list))
    lost_cuts: StreamKey | None = None
    """The office did not keep this stream's 増減点連絡書."""


def deal(story: Story, seed: int) -> Dealings:
    """Decide about every claim; each matter has its own dice, so that one can change without the others."""
    dealings = Dealings()
    checks, cuts, routes = (Random(f"{seed}:notices:{what}") for what in ("checks", "cuts", "routes"))
    for key in sorted(story.sendings):
        if not story.sendings[key]:
            continue
        dealings.rounds[key] = rounds_of(story, key, checks)
        if key[2] <= story.last_month:
            decide(dealings.rounds[key], cuts)
            dealings.reroutes[key] = reroutes_of(story.sendings[key], routes)
    dealings.re_examinations = re_examinations(story, Random(f"{seed}:notices:re_examination"))
    dealings.lost_cuts = _choose_lost_cuts(story, Random(f"{seed}:notices:lost"))
    return dealings


def _choose_lost_cuts(story: Story, rng: Random) -> StreamKey | None:
    """A 国保 month in the past, which no other notice makes up for."""
    fitting = [
        key
        for key in sorted(story.sendings)
        if key[1] == "kokuho"
        and story.first_month < key[2] < story.last_month
        and any(sending.decision and sending.decision.cuts for sending in story.sendings[key])
    ]
    return rng.choice(fitting) if fitting else None
