"""Mapping files: how to read a list that another program writes. A TOML file says which column is what.

    name = "…"                     # shown in messages
    kind = "returns"               # returns, claims
    encoding = "auto"              # CSV: auto, utf-8, cp932, utf-16
    delimiter = ","                # CSV; found out when left out
    sheet = "…"                    # Excel: the sheet; found by its headings when left out
    heading_row = 3                # found when left out
    date_style = "auto"            # auto, western, yyyymm, japanese, gyymm, excel

    [columns]                      # field = heading in the file
    service_month = "診療年月"
    points = { heading = "点数", nth = 2, optional = true, date_style = "…" }

    [fixed]                        # what holds for the whole file
    payer = "shaho"

    [values.payer]                 # value in the file = meaning ("" = nothing)
    "協会" = "shaho"

The office's own forms (paper returns, volumes by hand, prevention actions) are mappings too and ship with the package.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

from henrei_analytics.errors import HenreiError
from henrei_analytics.lists.cells import DATE_STYLES, DATED, READ, BadCell, is_blank
from henrei_analytics.lists.fields import Field, data, fields, plain
from henrei_analytics.lists.sheets import DELIMITERS, ENCODINGS, HEAD_ROWS, Row

FOLDER = "mappings"
TO_FILL = "?"  # what a proposed mapping holds where the office must decide
STANDS_IN = {"month": "received_month", "stage": "return_class"}  # field → the one that tells it as well
LAYOUTS = {"returns": "return_list", "claims": "claim_list"}
OWN_FORMS = ("paper", "volumes", "actions")  # the office's own
EXAMPLE = "example"  # the column that marks example rows of a form


class MappingError(HenreiError):
    """A mapping file that cannot be used; the message names the file and the entry."""


@dataclass(frozen=True)
class Column:
    """One column: what it is (None for the mark of example rows) and the heading it has in the file."""

    name: str
    heading: str
    field: Field | None
    nth: int = 1
    optional: bool = False
    date_style: str = "auto"


@dataclass(frozen=True, eq=False)
class Mapping:
    """How one kind of list is read. `layout` is paper, volumes, actions, return_list or claim_list.

    The last five are for the office's own forms: what tells a form though its headings are damaged, its example
    rows, whether a row must have a patient and a reason, and whether equal rows are a mistake.
    """

    name: str
    kind: str
    layout: str
    columns: tuple[Column, ...]
    fixed: dict[str, object] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    encoding: str = "auto"
    delimiter: str | None = None
    sheet: str | None = None
    heading_row: int | None = None
    required: frozenset[str] = frozenset()
    marker: str | None = None
    signature: tuple[str, ...] = ()
    examples: tuple[tuple[str, ...], ...] = ()
    complete: bool = False
    refuse_twins: bool = False


@dataclass(frozen=True)
class Match:
    """Where the headings of a mapping stand: the row's number and the place (from 0) of each column found."""

    row: int
    places: dict[str, int]


def match(mapping: Mapping, rows: Sequence[Row]) -> Match | None:
    """The first row that has every heading the mapping needs (an optional one may be missing)."""
    for row in rows[:HEAD_ROWS]:
        if mapping.heading_row and row.number != mapping.heading_row:
            continue
        headings = [plain(cell) if isinstance(cell, str) else None for cell in row.cells]
        places = {}
        for column in mapping.columns:
            wanted = plain(column.heading)
            found = [place for place, heading in enumerate(headings) if heading == wanted]
            if len(found) >= column.nth:
                places[column.name] = found[column.nth - 1]
            elif not column.optional:
                break
        else:
            return Match(row.number, places)
    return None


def missing(mapping: Mapping, rows: Sequence[Row]) -> list[str]:
    """Headings of the mapping that the row with most of them lacks."""
    best: list[str] = [column.heading for column in mapping.columns if not column.optional]
    for row in rows[:HEAD_ROWS]:
        headings = {plain(cell) for cell in row.cells if isinstance(cell, str)}
        lacking = [c.heading for c in mapping.columns if not c.optional and plain(c.heading) not in headings]
        best = min(best, lacking, key=len)
    return best


def bears_mark(mapping: Mapping, rows: Sequence[Row]) -> bool:
    """Whether the rows are plainly meant to be this form, complete or not."""
    for row in rows[:HEAD_ROWS]:
        texts = {plain(cell) for cell in row.cells if isinstance(cell, str)}
        if mapping.marker and plain(mapping.marker) in texts:
            return True
        if mapping.signature and all(plain(heading) in texts for heading in mapping.signature):
            return True
    return False


def load_mappings(folder: Path | None) -> tuple[list[Mapping], list[str]]:
    """The mappings in order: the office's own in `folder` (by file name), then the examples that ship.

    Second, what is wrong with the own files that cannot be used (half filled in, say): each text names its file, and
    the others are read all the same. `folder` is the one beside the database (`mappings_folder`); it need not exist.
    """
    own = sorted(folder.glob("*.toml")) if folder and folder.is_dir() else []
    found, unused = [], []
    for path in own:
        try:
            found.append(parse(path.read_text("utf-8-sig"), path.name))
        except (OSError, UnicodeError):
            unused.append(f"対応表 {path.name} を読めません。UTF-8で保存してください。")
        except MappingError as error:
            unused.append(str(error))
    return [*found, *shipped()], unused


def mappings_folder(database: Path) -> Path:
    """Where the office keeps its mapping files: `mappings/` beside the database."""
    return database.parent / FOLDER


@cache
def shipped() -> tuple[Mapping, ...]:
    """The examples of the package."""
    folder = resources.files(__package__) / "examples"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(parse(file.read_text("utf-8"), file.name) for file in files)


@cache
def form(name: str) -> Mapping:
    """One of the office's own forms: a name of OWN_FORMS (`data/<name>.toml`)."""
    raw = data(name)
    known = fields(raw["kind"])
    columns = tuple(
        Column(each["field"], each["heading"], known.get(each["field"]), optional=each.get("optional", False))
        for each in raw["column"]
    )
    asked = {each["field"] for each in raw["column"] if each.get("required")}
    longest = max(len(each.get("examples", ())) for each in raw["column"])
    return Mapping(
        name=raw["title"],
        kind=raw["kind"],
        layout=raw["layout"],
        columns=columns,
        fixed=raw.get("fixed", {}),
        values=_in_plain_form(raw.get("values", {})),
        required=frozenset(asked | {f.name for f in known.values() if raw["kind"] in f.required}),
        marker=raw["marker"],
        signature=tuple(raw.get("signature", ())),
        examples=tuple(
            tuple(each["examples"][row] for each in raw["column"] if "examples" in each)
            for row in range(longest)
        ),
        complete=raw.get("complete", False),
        refuse_twins=raw.get("refuse_twins", False),
    )


def forms() -> tuple[Mapping, ...]:
    """All of the office's own forms."""
    return tuple(form(name) for name in OWN_FORMS)


def parse(text: str, file_name: str) -> Mapping:
    """A mapping file's text → the mapping. Raises MappingError, naming file and entry."""
    try:
        return _parse(tomllib.loads(text), file_name)
    except tomllib.TOMLDecodeError as error:
        place = getattr(error, "lineno", None)
        where = f"{place}行目のあたり" if place else "書き方"
        raise MappingError(f"対応表 {file_name} の{where}が正しいTOMLではありません。") from None
    except _Wrong as wrong:
        raise MappingError(f"対応表 {file_name}: {wrong}") from None


class _Wrong(Exception):
    """What is wrong, without the file's name."""


KEYS = {"name": str, "kind": str, "encoding": str, "delimiter": str, "sheet": str, "heading_row": int,
        "date_style": str, "columns": dict, "fixed": dict, "values": dict}  # fmt: skip
COLUMN_KEYS = {"heading": str, "nth": int, "optional": bool, "date_style": str}


def _parse(raw: dict, file_name: str) -> Mapping:
    _known(raw, KEYS, "")
    kind = _one_of(raw.get("kind"), tuple(LAYOUTS), "kind")
    known = fields(kind)
    _filled(raw)
    style = _one_of(raw.get("date_style", "auto"), DATE_STYLES, "date_style")
    columns = tuple(_column(name, entry, known, style) for name, entry in raw.get("columns", {}).items())
    if not columns or all(column.optional for column in columns):
        raise _Wrong("[columns] に、表に必ずある列を1つ以上書いてください。")
    values = raw.get("values", {})
    for name, pairs in values.items():
        _field(name, known, "values")
        if not isinstance(pairs, dict) or not all(isinstance(value, str) for value in pairs.values()):
            raise _Wrong(f"[values.{name}] は「表の値 = 意味」を並べて書いてください。")
        for value in pairs.values():
            _converted(known[name], value, f"values.{name}")
    fixed = raw.get("fixed", {})
    fixed = {
        name: _converted(_field(name, known, "fixed"), value, f"fixed.{name}")
        for name, value in fixed.items()
    }
    given = {column.name for column in columns} | {name for name, value in fixed.items() if value is not None}
    required = {each.name for each in known.values() if kind in each.required}
    required = _settled(required, given)
    if lacking := sorted(required - given):
        titles = "、".join(f"{name}（{known[name].title}）" for name in lacking)
        raise _Wrong(f"必要な項目がありません: {titles}。[columns] か [fixed] に書いてください。")
    if kind == "claims" and not given & {"claim_type", "setting"}:
        raise _Wrong("claim_type（レセプト種別）か setting（入院・入院外）が要ります。")
    heading_row = raw.get("heading_row")
    if heading_row is not None and not 1 <= heading_row <= HEAD_ROWS:
        raise _Wrong(f"heading_row は1から{HEAD_ROWS}までです。")
    delimiter = raw.get("delimiter")
    if delimiter is not None:
        _one_of(delimiter, DELIMITERS, "delimiter")
    return Mapping(
        name=raw.get("name", file_name),
        kind=kind,
        layout=LAYOUTS[kind],
        columns=columns,
        fixed=fixed,
        values=_in_plain_form(values),
        encoding=_one_of(raw.get("encoding", "auto"), ENCODINGS, "encoding"),
        delimiter=delimiter,
        sheet=raw.get("sheet"),
        heading_row=heading_row,
        required=frozenset(required),
    )


def _in_plain_form(values: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """The values of each field in the form they are compared in."""
    return {
        name: {plain(value): meaning for value, meaning in pairs.items()} for name, pairs in values.items()
    }


def _settled(required: set[str], given: set[str]) -> set[str]:
    """What another field already tells need not be given itself."""
    return {STANDS_IN[n] if n not in given and STANDS_IN.get(n) in given else n for n in required}


def _column(name: str, entry: object, known: dict[str, Field], style: str) -> Column:
    if isinstance(entry, str):
        entry = {"heading": entry}
    if not isinstance(entry, dict):
        raise _Wrong(f"columns.{name} は見出しの文字か {{ heading = … }} で書いてください。")
    _known(entry, COLUMN_KEYS, f"columns.{name}.")
    field = _field(name, known, "columns")
    if not plain(entry.get("heading", "")) or entry.get("nth", 1) < 1:
        raise _Wrong(f"columns.{name} の heading か nth が正しくありません。")
    own = entry.get("date_style")
    if own is not None and field.type not in DATED:
        raise _Wrong(f"columns.{name} は日付の項目ではないので、date_style は書けません。")
    return Column(
        name,
        entry["heading"],
        field,
        entry.get("nth", 1),
        entry.get("optional", False),
        _one_of(own or style, DATE_STYLES, f"columns.{name}.date_style"),
    )


def _known(entries: dict, keys: dict[str, type], where: str) -> None:
    for key, value in entries.items():
        if key not in keys:
            raise _Wrong(f"{where}{key} という項目はありません（{'、'.join(keys)}）。")
        if type(value) is not keys[key]:
            raise _Wrong(f"{where}{key} の書き方が違います。")


def _field(name: str, known: dict[str, Field], where: str) -> Field:
    if name not in known:
        raise _Wrong(f"[{where}] の {name} という項目はありません（{'、'.join(known)}）。")
    return known[name]


def _one_of(value: object, choices: tuple[str, ...], key: str) -> str:
    if value not in choices:
        raise _Wrong(f"{key} は {'、'.join(map(repr, choices))} のどれかです。")
    return str(value)


def _filled(raw: dict) -> None:
    """Nothing is left as the proposal left it. All places are told at once, but no value of the list."""
    places = []
    for section in ("columns", "fixed", "values"):
        for name, entry in raw.get(section, {}).items():
            entries = entry.values() if isinstance(entry, dict) else [entry]
            places += [f"{section}.{name}"] * sum(each == TO_FILL for each in entries)
    if places:
        names = "、".join(dict.fromkeys(places))
        raise _Wrong(f"「?」のままの所が{len(places)}か所あります（{names}）。値を決めて書いてください。")


def _converted(field: Field, value: object, where: str) -> object:
    """A fixed value goes through the same reader as a cell."""
    try:
        return None if is_blank(value) else READ[field.type](value)
    except (BadCell, TypeError, AttributeError) as error:
        why = str(error) if isinstance(error, BadCell) else "文字で書いてください"
        raise _Wrong(f"{where}（{field.title}）: {why}。") from None
