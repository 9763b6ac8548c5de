"""The monthly brief and the whole report as PDF, set by Typst from the same pictures, tables and sentences as the pages.

The template `report.typ` is fixed; what it sets comes to it as JSON, so a text is always shown as it is and never read
as a command of the typesetter.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, time
from importlib import resources
from pathlib import Path
from typing import Any

from henrei_analytics.outputs import fonts
from henrei_analytics.outputs.cover import TITLE, Cover
from henrei_analytics.outputs.document import document
from henrei_analytics.pages import Page

BRIEF, REPORT = "brief.pdf", "report.pdf"
BRIEF_NOTEBOOK = "10_"

NO_TYPST = "PDFを作るには typst が必要です。pip install 'henrei-analytics[pdf]' で入れてください（HTMLの報告書は作れます）。"


def why_not() -> str | None:
    """Why no PDF can be made on this machine, and what to do; None if it can."""
    try:
        found = fonts.all_fonts()
    except ImportError:
        return NO_TYPST
    return None if fonts.japanese_font(found.families()) else fonts.NO_FONT


def month_pdfs(pages: Mapping[str, Page], cover: Cover) -> dict[str, bytes]:
    """The PDFs of one month by file name: the brief alone, and all pages with a table of contents."""
    made = {}
    if brief := {name: page for name, page in pages.items() if name.startswith(BRIEF_NOTEBOOK)}:
        made[BRIEF] = pdf(brief, cover, is_brief=True)
    if pages:
        made[REPORT] = pdf(pages, cover)
    return made


def pdf(pages: Mapping[str, Page], cover: Cover, *, is_brief: bool = False) -> bytes:
    """These pages as one PDF: A4, numbered, fonts embedded. The same pages give the same bytes."""
    import typst

    found = fonts.all_fonts()
    font = fonts.japanese_font(found.families())
    if font is None:
        raise RuntimeError("no Japanese font; ask why_not() first")
    made = document(pages, font, is_print=is_brief)
    content = {
        "font": font,
        "title": next(iter(pages.values())).title if is_brief else TITLE,
        "is_brief": is_brief,
        "cover": _cover(cover),
        "chapters": made.chapters,
        "definitions": made.definitions,
    }
    # Patient data: the folder is readable by its owner only (tempfile makes it so) and gone afterwards.
    with tempfile.TemporaryDirectory(prefix="henrei-") as name:
        folder = Path(name)
        for picture, drawn in made.pictures.items():
            (folder / picture).write_bytes(drawn)
        (folder / "content.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        template = folder / "report.typ"
        template.write_bytes(resources.files(__package__).joinpath("report.typ").read_bytes())
        return typst.compile(
            str(template),
            root=str(folder),
            font_paths=found,
            ignore_system_fonts=True,  # `found` holds them
            timestamp=datetime.combine(cover.as_of, time(), UTC),
        )


def _cover(cover: Cover) -> dict[str, Any]:
    return {
        "office": cover.office,
        "month": cover.month,
        "day": cover.day,
        "edition": cover.edition,
        "version": cover.version,
        "parameters": [list(each) for each in cover.parameters],
        "files": [list(each) for each in cover.files],
    }
