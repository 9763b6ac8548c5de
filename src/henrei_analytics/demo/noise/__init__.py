"""What makes real files hard to follow. Each kind of trouble is a step of its own, with its own dice.

The steps change the story between its telling and its writing, so that claim files, return files, notices and
the truth all show the same trouble. Returns that are claimed again at another payer are part of the telling
(``changed_payer``): they can come back from there.
"""

from __future__ import annotations

from random import Random

from ..story import Story
from .charts import vary_charts
from .claimed_twice import claim_twice
from .keying import key_by_hand
from .lookalikes import add_late_claims, add_other_insurers
from .lost_files import lose_files
from .namesakes import make_namesakes
from .on_paper import put_on_paper
from .people import correct_people

__all__ = ["disturb"]

# paper first: what is lost are files; people and charts last: they reword whatever claims there are by then
_STEPS = (
    put_on_paper,
    lose_files,
    key_by_hand,
    claim_twice,
    add_other_insurers,
    add_late_claims,
    make_namesakes,
    correct_people,
    vary_charts,
)


def disturb(story: Story, seed: int) -> None:
    """Let every kind of trouble happen to the story."""
    for step in _STEPS:
        step(story, Random(f"{seed}:noise:{step.__name__}"))
