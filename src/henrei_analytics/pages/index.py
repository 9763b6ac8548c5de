"""The index over all pages of an output folder."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from henrei_analytics.labels import INTERNAL
from henrei_analytics.pages.page import Link, script_json
from henrei_analytics.pages.templates import asset, environment

OPEN_MONTHS = 2  # of an institution that are open; the earlier ones are folded


@dataclass(frozen=True)
class MonthEntry:
    """One month of one institution: its pages and headline numbers as words."""

    key: str
    label: str
    numbers: Sequence[tuple[str, str]]
    links: Sequence[Link]
    files: Sequence[Link] = ()  # the month as PDF and workbook


@dataclass
class OfficeEntry:
    """One institution with its months, newest first."""

    key: str
    title: str
    months: list[MonthEntry] = field(default_factory=list)


def index_html(
    offices: Sequence[OfficeEntry],
    failures: Sequence[str],
    version: str,
    edition: str = INTERNAL,
    rule: str = "",
    figures: Sequence[dict[str, Any]] = (),
) -> str:
    """The index; `edition` says who may read it, `rule` what is hidden in it, `figures` what can be searched for."""
    script = asset("index.js")
    pages = {link.name: link.title for each in offices for month in each.months for link in month.links}
    return (
        environment()
        .get_template("index.html")
        .render(
            css=asset("page.css"),
            offices=offices,
            failures=failures,
            version=version,
            edition=edition,
            rule=rule,
            pages=dict(sorted(pages.items())),
            searched=script_json({"figures": figures, "offices": {each.key: each.title for each in offices}}),
            script=script,
            script_hash=b64encode(sha256(f"\n{script}\n".encode()).digest()).decode(),
            open_months=OPEN_MONTHS,
        )
    )
