"""How one run treats what it writes: for whom, and whether it says which institution it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from henrei_analytics.disclosure import names
from henrei_analytics.disclosure.edition import Edition
from henrei_analytics.disclosure.names import InstitutionNames
from henrei_analytics.disclosure.rule import RULE, SHORT
from henrei_analytics.labels import INTERNAL


@dataclass(frozen=True)
class Handling:
    """The edition of a run; `letters` stand for institutions where they are not named."""

    edition: Edition = Edition.INTERNAL
    letters: Mapping[str, str] = field(default_factory=dict, hash=False)

    @staticmethod
    def of(edition: Edition, naming: InstitutionNames, codes: Iterable[str]) -> Handling:
        """For a run over some institutions of a database that holds `codes`."""
        hidden = edition is Edition.SHAREABLE and naming is InstitutionNames.HIDE
        return Handling(edition, names.letters(codes) if hidden else {})

    @property
    def is_shareable(self) -> bool:
        return self.edition is Edition.SHAREABLE

    @property
    def tag(self) -> str:
        """Who may read it, in a few words."""
        return SHORT if self.is_shareable else INTERNAL

    @property
    def rule(self) -> str:
        """What every page says about what is hidden; nothing in the internal edition."""
        return RULE if self.is_shareable else ""

    def title(self, code: str, title: str) -> str:
        """What an institution is called."""
        return names.title(self.letters[code]) if self.letters else title

    def folder(self, code: str) -> str:
        """The folder of an institution."""
        return names.folder(self.letters[code]) if self.letters else code
