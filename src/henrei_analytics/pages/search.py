"""What the index can be searched for: every figure with its title, question and definition, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from henrei_analytics.pages.page import Page

SEARCHED = ("question", "why", "numerator", "denominator", "window", "exclusions", "notes")


def search_entries(pages: Mapping[str, Page]) -> dict[str, dict[str, str]]:
    """Figures of these pages by name, each as it stands on the first page that shows it."""
    found: dict[str, dict[str, str]] = {}
    for name, page in pages.items():
        for part in page.parts:
            if part["kind"] == "figure" and part["name"] not in found:
                meaning = part.get("definition") or {}
                found[part["name"]] = {
                    "page": name,
                    "page_title": page.title,
                    "title": part["title"],
                    "question": str(meaning.get("question") or ""),
                    "words": " ".join(str(meaning[key]) for key in SEARCHED if meaning.get(key)),
                }
    return found


def merged(months: Iterable[tuple[str, str, Mapping[str, Mapping[str, str]]]]) -> list[dict[str, Any]]:
    """The entries of many months (folder of the institution, month, its entries; newest first) as one list.

    A figure is told once, as its newest month tells it; `at` says for each institution the newest month that has it.
    """
    found: dict[str, dict[str, Any]] = {}
    for office, month, entries in months:
        for name, entry in entries.items():
            known = found.setdefault(name, {"name": name, **entry, "at": {}})
            known["at"].setdefault(office, f"{office}/{month}/{entry['page']}.html#{name}")
    return sorted(found.values(), key=lambda each: (each["page"], each["name"]))
