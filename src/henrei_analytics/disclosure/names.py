"""Names for institutions in an edition that does not say who they are."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class InstitutionNames(StrEnum):
    """Whether an edition says which institution it is about."""

    SHOW = "show"
    HIDE = "hide"


def letters(codes: Iterable[str]) -> dict[str, str]:
    """A, B, … Z, AA, … for the codes in their order: the same for all pages made from one list."""
    return {code: _letter(at) for at, code in enumerate(sorted(set(codes)))}


def title(letter: str) -> str:
    """What a reader is told: 医療機関A."""
    return f"医療機関{letter}"


def folder(letter: str) -> str:
    """The name of its folder; its code would say who it is."""
    return f"institution-{letter}"


def _letter(at: int) -> str:
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
