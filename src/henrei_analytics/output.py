"""The output folder of the reports: private files written whole, and the index over what is there."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from henrei_analytics import __version__, labels
from henrei_analytics.pages import Link, index_html
from henrei_analytics.pages.index import MonthEntry, OfficeEntry

FIGURES = "figures.json"

HEADLINE = (
    ("返戻", "returns", "count"),
    ("点数", "points", "points"),
    ("返戻率", "rate", "rate"),
    ("未再請求", "open_returns", "count"),
    ("未再請求の金額", "open_yen", "yen"),
)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner only. Raises OSError."""
    for folder in reversed([each for each in (path, *path.parents) if not each.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
    if not path.is_dir():
        raise NotADirectoryError


def write_text(path: Path, text: str) -> None:
    """Write a file for its owner only, so that a reader sees the old one or the new one, never half of it."""
    make_folder(path.parent)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any) -> None:
    """The same value gives the same bytes."""
    write_text(path, json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n")


def index(out: Path, failures: Sequence[str]) -> str:
    """The index over every month in the folder, also those of earlier runs, newest first."""
    offices = []
    for folder in sorted(each for each in out.iterdir() if re.fullmatch(r"\d{10}", each.name)):
        months = sorted((each for each in folder.iterdir() if (each / FIGURES).is_file()), reverse=True)
        read = [(month, json.loads((month / FIGURES).read_text("utf-8"))) for month in months]
        if read:
            offices.append(
                OfficeEntry(read[0][1]["office"], [_month(month, content) for month, content in read])
            )
    return index_html(offices, failures, __version__)


def _month(folder: Path, content: dict[str, Any]) -> MonthEntry:
    base = f"{folder.parent.name}/{folder.name}"
    links = [
        Link(title, f"{base}/{name}.html" if (folder / f"{name}.html").is_file() else None)
        for name, title in sorted(content["titles"].items())
    ]
    shown = [figures["headline"] for figures in content["figures"].values() if "headline" in figures]
    row = shown[0]["rows"][0] if shown and shown[0]["rows"] else {}
    numbers = [
        (
            label,
            labels.text(row[name], kind)
            + (labels.words()["units"][kind] if kind in ("count", "points") else ""),
        )
        for label, name, kind in HEADLINE
        if name in row
    ]
    as_of = f"　基準日 {row['as_of']}" if "as_of" in row else ""
    return MonthEntry(content["label"] + as_of, numbers, links)
