"""What every format says about itself: for whom, which month, which day, who may read it, where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from henrei_analytics import labels

TITLE = "返戻月次報告"


@dataclass(frozen=True)
class Cover:
    """The head of one month's report."""

    office: str
    month: str
    as_of: date
    edition: str
    version: str
    parameters: Sequence[tuple[str, str]] = ()
    files: Sequence[tuple[str, str]] = ()  # name, first characters of the sha-256

    @property
    def day(self) -> str:
        return f"基準日 {labels.day(self.as_of)}"
