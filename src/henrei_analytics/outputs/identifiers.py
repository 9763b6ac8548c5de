"""What of the `mart` tables points to one person or is written freely about one, and how an export leaves it out.

Without identifiers the rows can still be tied to each other: a return keeps a name of its own, made anew for each
export, in place of the one that holds its 検索番号.
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
    }
)
"""Names of staff, and texts in which anybody may have been named."""

FILE_NAMES = {"files": {"name", "message"}, "quarantine": {"name"}, "attention": {"name", "message"}}
"""An office may have named a file after anything."""

HOLDS_NUMBERS_ONLY = {"time_rules": {"value"}}
"""A column of a reference table that only shares its name with one above."""

HOLDS_SEARCH_NUMBER = frozenset(
    {"return_id", "previous_return_id", "journey_id", "last_return_id", "returned_as", "edit_id"}
)
"""Names of returns: institution, payer and 検索番号."""


def new_salt() -> str:
    """A secret that is used for one export and kept nowhere."""
    return secrets.token_hex(32)


def without(table: str, columns: Mapping[str, str], salt: str) -> dict[str, str]:
    """The columns that stay, each with the SQL expression for it."""
    dropped = (POINTS_TO_ONE | WRITTEN_FREELY | FILE_NAMES.get(table, set())) - HOLDS_NUMBERS_ONLY.get(
        table, set()
    )
    return {
        name: _pseudonym(name, salt) if name in HOLDS_SEARCH_NUMBER else f'"{name}"'
        for name in columns
        if name not in dropped
    }


def _pseudonym(column: str, salt: str) -> str:
    """The same for the same return within one export; NULL stays NULL."""
    return f"substr(sha256('{salt}' || \"{column}\"), 1, 24)"
