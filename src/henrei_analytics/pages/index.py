"""The index over all pages of an output folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from henrei_analytics.pages.page import Link
from henrei_analytics.pages.templates import asset, environment


@dataclass(frozen=True)
class MonthEntry:
    """One month of one institution: its pages and headline numbers as words."""

    label: str
    numbers: Sequence[tuple[str, str]]
    links: Sequence[Link]


@dataclass
class OfficeEntry:
    """One institution with its months, newest first."""

    title: str
    months: list[MonthEntry] = field(default_factory=list)


def index_html(offices: Sequence[OfficeEntry], failures: Sequence[str], version: str) -> str:
    return (
        environment()
        .get_template("index.html")
        .render(css=asset("page.css"), offices=offices, failures=failures, version=version)
    )
