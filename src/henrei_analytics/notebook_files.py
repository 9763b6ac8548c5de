"""Which notebooks make the pages: the shipped ones, and those of the office's own beside the database.

An own notebook is `NN_name.ipynb` in the folder `notebooks` beside the database. One with the name of a shipped
notebook stands in its place; an update of the package touches neither.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import nbformat

from henrei_analytics.errors import HenreiError

OWN_FOLDER = "notebooks"
NUMBERED = "[0-9][0-9]*.ipynb"
OWN_NAME = re.compile(r"\d\d_[\w-]+")  # it becomes the name of a page and a link


@dataclass(frozen=True)
class Source:
    """A notebook that makes a page."""

    path: Path
    is_own: bool = False
    replaces: bool = False  # an own notebook in the place of a shipped one

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def note(self) -> str:
        """What a page says of itself when it is not the shipped one."""
        if not self.is_own:
            return ""
        instead = "標準のページの代わりです。" if self.replaces else ""
        return f"自院版のページ（{OWN_FOLDER}/{self.path.name}）。{instead}"


def shipped_folder() -> Path:
    """The notebooks of this installation: the repository's, or those packed into a wheel."""
    packed = Path(str(resources.files(__package__))) / "_notebooks"
    return packed if packed.is_dir() else Path(__file__).parents[2] / "notebooks"


def shipped_files(folder: Path) -> list[Path]:
    """The report notebooks of a folder: names that start with two digits, in their order."""
    found = sorted(path for path in folder.glob(NUMBERED) if is_report(path))
    if not found:
        raise HenreiError(f"{folder} に報告用のノートブック（00_….ipynb）がありません。")
    return found


def own_folder(database: Path) -> Path:
    """Where the own notebooks of a database lie."""
    return database.parent / OWN_FOLDER


def own_files(database: Path) -> list[Path]:
    """The numbered notebooks beside a database; none where that folder is the shipped one."""
    folder = own_folder(database)
    if not folder.is_dir() or folder.resolve() == shipped_folder().resolve():
        return []
    return sorted(folder.glob(NUMBERED))


def with_own(shipped: Sequence[Path], database: Path) -> tuple[list[Source], list[str]]:
    """The shipped notebooks and the own ones in the order of their pages, and what is wrong with the rest."""
    found = {path.stem: Source(path) for path in shipped}
    problems = []
    for path in own_files(database):
        if not OWN_NAME.fullmatch(path.stem):
            problems.append(
                f"{OWN_FOLDER}/{path.name}: 名前を 95_name.ipynb の形にしてください（空白や括弧は使えません）。"
            )
            continue
        try:
            wanted = is_report(path)
        except Exception:  # anything may lie in a folder of the office's
            problems.append(f"{OWN_FOLDER}/{path.name}: ノートブックとして読めません。")
            continue
        if wanted:
            found[path.stem] = Source(path, is_own=True, replaces=path.stem in found)
    return [found[name] for name in sorted(found)], problems


def is_report(path: Path) -> bool:
    """A notebook can stay out of the reports: metadata `henrei: {"report": false}`."""
    return nbformat.read(path, as_version=4).metadata.get("henrei", {}).get("report", True)


def title(path: Path) -> str:
    """The first heading of a notebook; its name where it has none."""
    for cell in nbformat.read(path, as_version=4).cells:
        found = re.search(r"^# +(.+)$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else None
        if found:
            return found[1].strip()
    return path.stem
