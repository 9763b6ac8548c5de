"""What of the `mart` tables points to one person or is written freely about one, and how an export leaves it out.

Without identifiers the rows can still be tied to each other: everything that has a name (`*_id`) gets another one, made
anew for each export, because its own holds the 検索番号, or the hash of the file it stands in and its line: whoever has
the files could look it up, and two exports could be laid side by side.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

POINTS_TO_ONE = frozenset(
    {"chart_number", "patient_key", "search_number", "receipt_number", "reception_number", "receipt_key"}
)
"""Numbers of a patient or of one receipt."""

WRITTEN_FREELY = frozenset(
    {
        "note",
        "entered_by",
        "owner",
        "decided_by",
        "value",
        "base_value",
        "text",
        "supplement",
        "reason_text",
        "before",
        "after",
        "item",
    }
)
"""Names of staff, of what was cut, and texts in which anybody may have been named."""

FILE_NAMES = {"files": {"name", "message"}, "quarantine": {"name"}, "attention": {"name", "message"}}
"""An office may have named a file after anything."""

HOLDS_NUMBERS_ONLY = {"time_rules": {"value"}}
"""A column of a reference table that only shares its name with one above."""

NAMES = frozenset({"returned_as"})
"""Columns that hold the name of a row without saying so; the others end in _id."""

SHARED_NAMES = frozenset({"rule_id", "source_id"})
"""Names of rows of reference tables, the same for everybody."""


def new_salt() -> str:
    """A secret that is used for one export and kept nowhere."""
    return secrets.token_hex(32)


def without(table: str, columns: Mapping[str, str], salt: str) -> dict[str, str]:
    """The columns that stay, each with the SQL expression for it."""
    dropped = (POINTS_TO_ONE | WRITTEN_FREELY | FILE_NAMES.get(table, set())) - HOLDS_NUMBERS_ONLY.get(
        table, set()
    )
    return {
        name: _pseudonym(name, salt) if _is_name(name) else f'"{name}"'
        for name in columns
        if name not in dropped
    }


def _is_name(column: str) -> bool:
    return column in NAMES or (column.endswith("_id") and column not in SHARED_NAMES)


def _pseudonym(column: str, salt: str) -> str:
    """The same for the same row within one export; NULL stays NULL."""
    return f"substr(sha256('{salt}' || \"{column}\"), 1, 24)"
