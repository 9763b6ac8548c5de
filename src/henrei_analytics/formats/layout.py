"""Layouts as data: which lines of a file kind are wanted and which of their items become columns."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

from henrei_analytics.formats.fields import TYPES

TYPE_COLUMN = "レコード種別"


@dataclass(frozen=True)
class Field:
    """One item of a record that becomes a column. `item` counts from 1, as the specifications do; 0: not there.

    `title` is the item's title where the specification gives one. `required`: a line without it is set aside;
    `needed`: a file without the column is refused.
    """

    item: int
    name: str
    type: str
    required: bool = False
    needed: bool = False
    title: str = ""

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            raise ValueError(f"unknown field type {self.type!r} of {self.name}")

    @property
    def is_secret(self) -> bool:
        """Secret items go into keyed hashes and are never stored themselves."""
        return self.type.startswith("secret")


@dataclass(frozen=True)
class Record:
    """One record type: `items` is the fewest items a line must have, `table` the ledger table it goes to.

    `columns` are the titles of all items where the file has a title row (the line with id `titles_in`).
    """

    id: str
    title: str
    table: str
    items: int
    fields: tuple[Field, ...]
    columns: tuple[str, ...] = ()
    titles_in: str = ""

    @property
    def item_numbers(self) -> tuple[int, ...]:
        """The items that become columns, each once."""
        return tuple(sorted({f.item for f in self.fields if f.item}))

    @property
    def keys(self) -> tuple[str, ...]:
        """Hash columns made of the secret items: of the name alone, and of name, sex and birth date."""
        secrets = [f for f in self.fields if f.is_secret]
        return ("name_key", "patient_key") if len(secrets) > 1 else ("name_key",) if secrets else ()


@dataclass(frozen=True)
class Header:
    """One shape of a file's first line: fact → item number."""

    id: str
    title: str
    fields: dict[str, int]


@dataclass(frozen=True)
class Layout:
    """A family of files that one pass reads: their headers, records, history records and trailers.

    A layout without `trailers` may have several blocks, each with its header. `kinds` are the file kinds it covers,
    the first of them where nothing tells; `processing` lists where the processing month of a notice is looked for.
    `variant` tells a layout apart whose columns were found by the titles of one file.
    """

    name: str
    title: str
    starts_receipt: str
    headers: tuple[Header, ...]
    records: dict[str, Record]
    history: dict[str, Record] = field(default_factory=dict)
    history_items: int = 0
    trailers: tuple[str, ...] = ()
    fee_tables: tuple[str, ...] = ("1",)
    kinds: tuple[str, ...] = ()
    report_names: dict[str, str] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    file_name: re.Pattern | None = None
    lag_months: int = 1
    variant: str = ""

    @property
    def header_ids(self) -> set[str]:
        """Record ids a file of this family may start with."""
        return {header.id for header in self.headers}

    @property
    def is_untyped(self) -> bool:
        """Lines carry no record type; one is put in front of them (see untyped.py)."""
        return bool(self.report_names)

    @property
    def missing(self) -> list[str]:
        """Titles of columns without which the file would be read wrong, and that it does not have."""
        fields = [f for record in self.records.values() for f in record.fields]
        return list(dict.fromkeys(f.title for f in fields if f.needed and not f.item))

    @property
    def titles(self) -> dict[str, tuple[str, ...]]:
        """Title line id → the titles expected in it."""
        return {r.titles_in: r.columns for r in self.records.values() if r.titles_in}


def plain(text: str) -> str:
    """Text of a header or title without the differences of width and spacing."""
    return unicodedata.normalize("NFKC", text).replace(" ", "")


def plain_title(text: str) -> str:
    """A title without the differences of width and spacing that editions show."""
    return re.sub(r"[\s_]", "", unicodedata.normalize("NFKC", text))


def fitted(layout: Layout, titles: dict[str, tuple[str, ...]]) -> Layout:
    """The layout with its columns where the titles of a file (title line id → titles) say they are.

    A title that is not found leaves the item where it was if the file has as many columns as expected and none of
    them has moved there, else empty.
    """
    records, moved = {}, False
    for record_id, record in layout.records.items():
        # the first item of a title row is its own type, not a title
        found = tuple(plain_title(t) for t in titles.get(record.titles_in, ()))[1:]
        expected = tuple(plain_title(t) for t in record.columns)[1:]
        if not record.titles_in or not found or found == expected:
            records[record_id] = record
            continue
        same_width = len(found) == len(expected)
        place = {title: number for number, title in enumerate(found, 2)}
        if same_width:  # renamed in their place
            place = {
                old: number
                for number, (old, new) in enumerate(zip(expected, found, strict=True), 2)
                if new not in expected
            } | place
        fields = tuple(
            replace(f, item=place.get(expected[f.item - 2], 0)) if f.item > 1 else f for f in record.fields
        )
        if fields != record.fields or not same_width:
            moved = True
            record = replace(record, fields=fields, items=min(record.items, len(found) + 1))
        records[record_id] = record
    if not moved:
        return layout
    return replace(layout, records=records, variant=str(sorted(titles.items())))


def _record(raw: dict[str, Any], untyped: bool) -> Record:
    columns = tuple(raw.get("columns", ()))
    if untyped:
        columns = (TYPE_COLUMN, *columns)
    shift = 1 if untyped else 0
    fields = []
    for each in raw["fields"]:
        column = each.pop("column", None)
        item = columns.index(column) + 1 if column else each.pop("item") + shift
        fields.append(Field(item=item, title=column or "", **each))
    items = raw.get("items", len(columns) - shift) + shift
    return Record(
        raw["id"], raw["title"], raw["table"], items, tuple(fields), columns, raw.get("titles_in", "")
    )


def _records(raw: list[dict[str, Any]], untyped: bool) -> dict[str, Record]:
    """Record id → record; a record may stand for several ids (`id = "3/4"`)."""
    records = {}
    for each in raw:
        for record_id in each["id"].split("/"):
            copied = {**each, "id": record_id, "fields": [dict(f) for f in each["fields"]]}
            records[record_id] = _record(copied, untyped)
    return records


def _raw(name: str) -> dict[str, Any]:
    """`layouts/<name>.toml`; one that extends another replaces its values and, by id, its records."""
    raw = tomllib.loads((resources.files(__package__) / "layouts" / f"{name}.toml").read_text("utf-8"))
    if "extends" not in raw:
        return raw
    base = _raw(raw.pop("extends"))
    for section in ("record", "history"):
        merged = {r["id"]: r for r in base.get(section, [])} | {r["id"]: r for r in raw.pop(section, [])}
        base[section] = list(merged.values())
    return base | raw


@cache
def load(name: str) -> Layout:
    """Read `layouts/<name>.toml`."""
    raw = _raw(name)
    untyped = "report_names" in raw
    shift = 1 if untyped else 0
    headers = tuple(
        Header(h["id"], h["title"], {key: item + shift for key, item in h["fields"].items()})
        for h in raw["header"]
    )
    return Layout(
        name=raw["name"],
        title=raw["title"],
        starts_receipt=raw["starts_receipt"],
        headers=headers,
        records=_records(raw["record"], untyped),
        history=_records(raw.get("history", []), False),
        history_items=raw.get("history_items", 0),
        trailers=tuple(raw.get("trailers", [])),
        fee_tables=tuple(raw.get("fee_tables", ["1"])),
        kinds=tuple(raw.get("kinds", [])),
        report_names=raw.get("report_names", {}),
        marks=tuple(raw.get("marks", [])),
        file_name=re.compile(raw["file_name"], re.IGNORECASE) if "file_name" in raw else None,
        lag_months=raw.get("lag_months", 1),
    )


@cache
def all_layouts() -> tuple[Layout, ...]:
    """Every layout that ships, in name order."""
    folder = resources.files(__package__) / "layouts"
    names = sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml"))
    return tuple(load(name) for name in names)
