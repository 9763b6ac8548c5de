"""Writes one month in the formats asked for beside its pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from henrei_analytics import files, site
from henrei_analytics.outputs.cover import Cover
from henrei_analytics.pages import Page


@dataclass(frozen=True)
class Formats:
    """What is made beside the pages."""

    pdf: bool = False
    excel: bool = False

    def possible(self) -> tuple[Formats, list[str]]:
        """What of it this machine can make, and in words why not the rest."""
        if not self.pdf:
            return self, []
        from henrei_analytics.outputs.pdf import why_not

        reason = why_not()
        return (replace(self, pdf=False), [reason]) if reason else (self, [])


def write_formats(formats: Formats, pages: Mapping[str, Page], cover: Cover, folder: Path) -> list[str]:
    """Write the files of one month; returns the names of those that could not be made, and why.

    A file of an earlier run that is not made again would contradict the new pages, so it goes.
    """
    made: dict[str, bytes] = {}
    failed: list[str] = []
    if formats.pdf and pages:
        from henrei_analytics.outputs.pdf import month_pdfs

        try:
            made |= month_pdfs(pages, cover)
        except Exception as error:  # its text may hold data
            failed.append(f"PDF: {type(error).__name__}")
    if formats.excel and pages:
        from henrei_analytics.outputs.excel import TABLES, workbook

        try:
            made[TABLES] = workbook(pages, cover)
        except Exception as error:
            failed.append(f"{TABLES}: {type(error).__name__}")
    for name, _ in site.FILES:
        if name in made:
            files.write_bytes(folder / name, made[name])
        else:
            (folder / name).unlink(missing_ok=True)
    return failed
