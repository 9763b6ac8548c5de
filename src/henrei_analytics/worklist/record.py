"""What a row was written from, in one hidden cell: the return, what identifies it, and the values known at export.

It stands in the row, so that sorting, filtering, deleting and renaming cannot part it from the entries beside it. A
check sum tells a cell that was changed, or filled down, from one that was carried along.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import sha256

CHECK_LENGTH = 8
DATES = ("processing_month", "service_month")


class BadRecord(ValueError):
    """The cell is not as it was written."""


@dataclass(frozen=True)
class Record:
    """One row at export. Months are first days; `base` is field → value (None: empty); `conflicts` are ids of edits
    that contradict, as the row told."""

    export_id: str
    return_id: str
    institution: str
    payer: str
    processing_month: date | None
    service_month: date | None
    chart_number: str | None
    points: int | None
    search_number: str | None
    base: dict[str, str | None]
    conflicts: list[str] = field(default_factory=list)


def written(record: Record) -> str:
    """The text of the cell."""
    body = json.dumps(asdict(record), ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str)
    return f"{body}#{_check(body)}"


def read(text: str) -> Record:
    """The record of a cell. Raises BadRecord where it was changed."""
    body, _, check = text.strip().rpartition("#")
    if not body or check != _check(body):
        raise BadRecord
    try:
        raw = json.loads(body)
        days = {name: raw[name] and date.fromisoformat(raw[name]) for name in DATES}
        return Record(**(raw | days))
    except (ValueError, TypeError, KeyError):
        raise BadRecord from None


def _check(body: str) -> str:
    return sha256(body.encode()).hexdigest()[:CHECK_LENGTH]
