"""Layouts as data: which lines of a file kind are wanted and which of their items become columns."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

FIELD_TYPES = {
    "code", "text", "plain_text", "integer", "insurer", "month", "notice_month", "reception_month",
    "secret", "secret_date",
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One item of a record that becomes a column. `item` counts from 1, as the specifications do."""

    item: int
    name: str
    type: str
    required: bool = False

    def __post_init__(self) -> None:
        if self.type not in FIELD_TYPES:
            raise ValueError(f"unknown field type {self.type!r} of {self.name}")

    @property
    def is_secret(self) -> bool:
        """Secret items go into keyed hashes and are never stored themselves."""
        return self.type.startswith("secret")


@dataclass(frozen=True)
class Record:
    """One record type: `items` is the fewest items a line must have, `table` the ledger table it goes to."""

    id: str
    title: str
    table: str
    items: int
    fields: tuple[Field, ...]

    @property
    def item_numbers(self) -> tuple[int, ...]:
        """The items that become columns, each once."""
        return tuple(sorted({f.item for f in self.fields}))

    @property
    def keys(self) -> tuple[str, ...]:
        """Hash columns made of the secret items: of the name alone, and of name, sex and birth date."""
        secrets = [f for f in self.fields if f.is_secret]
        return ("name_key", "patient_key") if len(secrets) > 1 else ("name_key",) if secrets else ()


@dataclass(frozen=True)
class Header:
    """One shape of a file's first line: column name → item number."""

    id: str
    title: str
    fields: dict[str, int]


@dataclass(frozen=True)
class Layout:
    """A family of files that one pass reads: their headers, records, history records and trailers."""

    name: str
    title: str
    starts_receipt: str
    headers: tuple[Header, ...]
    records: dict[str, Record]
    history: dict[str, Record] = field(default_factory=dict)
    history_items: int = 0
    trailers: tuple[str, ...] = ()
    title_row: dict | None = None
    file_name: re.Pattern | None = None

    @property
    def header_ids(self) -> set[str]:
        """Record ids a file of this family may start with."""
        return {header.id for header in self.headers}


def _record(raw: dict) -> Record:
    fields = tuple(Field(**f) for f in raw["fields"])
    return Record(raw["id"], raw["title"], raw["table"], raw["items"], fields)


@cache
def load(name: str) -> Layout:
    """Read `layouts/<name>.toml`."""
    raw = tomllib.loads((resources.files(__package__) / "layouts" / f"{name}.toml").read_text("utf-8"))
    return Layout(
        name=raw["name"],
        title=raw["title"],
        starts_receipt=raw["starts_receipt"],
        headers=tuple(Header(h["id"], h["title"], h["fields"]) for h in raw["header"]),
        records={r["id"]: _record(r) for r in raw["record"]},
        history={r["id"]: _record(r) for r in raw.get("history", [])},
        history_items=raw.get("history_items", 0),
        trailers=tuple(raw.get("trailers", [])),
        title_row=raw.get("title_row"),
        file_name=re.compile(raw["file_name"], re.IGNORECASE) if "file_name" in raw else None,
    )


@cache
def all_layouts() -> tuple[Layout, ...]:
    """Every layout that ships, in name order."""
    folder = resources.files(__package__) / "layouts"
    return tuple(load(p.name.removesuffix(".toml")) for p in sorted(folder.iterdir(), key=lambda p: p.name))
