"""The fields a list of the office's own can have, and the words that stand in its cells: data, read once."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

KINDS = ("returns", "claims", "volumes", "actions")


@dataclass(frozen=True)
class Field:
    """One field: what a column may be. `required` and `kinds` name kinds of list; see `data/fields.toml`."""

    name: str
    title: str
    type: str
    kinds: tuple[str, ...]
    required: tuple[str, ...] = ()
    carried: bool = False
    hint: str = ""
    synonyms: tuple[str, ...] = ()


def plain(text: str) -> str:
    """The form headings and words are compared in: one width, one case, no spaces or line ends."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def data(name: str) -> dict:
    """Read `data/<name>.toml`."""
    return tomllib.loads((resources.files(__package__) / "data" / f"{name}.toml").read_text("utf-8"))


@cache
def fields(kind: str) -> dict[str, Field]:
    """The fields of one kind of list, by name, in the order of the data."""
    known = [
        Field(**{k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()})
        for raw in data("fields")["field"]
    ]
    return {field.name: field for field in known if kind in field.kinds}


@cache
def words(type_name: str) -> dict[str, str]:
    """Words of one type of cell, in plain form → meaning."""
    return {plain(word): meaning for meaning, known in data("words")[type_name].items() for word in known}


@cache
def closing_words() -> frozenset[str]:
    """What the first filled cell of a total says."""
    return frozenset(plain(word) for word in data("words")["closing"]["words"])
