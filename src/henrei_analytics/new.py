"""`henrei new`: a notebook or a figure of the office's own to start from, written beside the database.

Nothing is overwritten, and what is written runs as it is.
"""

from __future__ import annotations

import json
import re
from datetime import date
from importlib import resources
from pathlib import Path

import nbformat

from henrei_analytics.errors import HenreiError
from henrei_analytics.figures import definitions
from henrei_analytics.figures.own import folder_of as figures_folder
from henrei_analytics.files import make_folder, write_text
from henrei_analytics.notebook_files import own_folder, shipped_folder

NAME = re.compile(r"[a-z][a-z0-9_]*")
NUMBERED = re.compile(r"\d\d_[a-z][a-z0-9_]*")
NUMBERS = (*range(91, 100), *range(89, 0, -1))  # behind the shipped pages first


def new_notebook(database: Path, name: str, title: str = "") -> Path:
    """Write an own notebook and say where; with the name of a shipped one, a copy of that to change.

    Raises HenreiError for a name that cannot be used and where there is such a notebook already.
    """
    folder = _folder(database, own_folder(database))
    shipped = shipped_folder() / f"{name}.ipynb"
    if folder.resolve() == shipped_folder().resolve():
        raise HenreiError(
            f"{database} の隣の notebooks は標準のノートブックのフォルダーです。データベースを data などのフォルダーに移してください。"
        )
    if not (NAME.fullmatch(name) or NUMBERED.fullmatch(name)):
        raise HenreiError(_bad_name(name, "by_doctor や 95_by_doctor"))
    if found := _existing(folder, name):
        raise HenreiError(f"{found} はもうあります。何も変えていません。")
    stem = name if NUMBERED.fullmatch(name) else f"{_free_number(folder):02}_{name}"
    notebook = nbformat.reads(
        shipped.read_text("utf-8") if shipped.is_file() else _template("notebook.ipynb"), as_version=4
    )
    heading = title or ("" if shipped.is_file() else stem)
    if heading:
        first = notebook.cells[0]
        first.source = re.sub(r"^# .*", lambda _: f"# {_one_line(heading)}", first.source)
    return _write(folder / f"{stem}.ipynb", nbformat.writes(notebook) + "\n")


def new_figure(database: Path, name: str, today: date, title: str = "") -> list[Path]:
    """Write an own figure, its words and its SQL. Raises HenreiError as `new_notebook` does."""
    folder = _folder(database, figures_folder(database))
    if not NAME.fullmatch(name):
        raise HenreiError(_bad_name(name, "by_doctor"))
    if name in definitions():
        raise HenreiError(
            f"標準の図に {name}（{definitions()[name].title}）があります。my_{name} のような別の名前にしてください。"
        )
    paths = [folder / f"{name}.toml", folder / f"{name}.sql"]
    if found := [path for path in paths if path.exists()]:
        raise HenreiError(f"{found[0]} はもうあります。何も変えていません。")
    words = {
        "name": name,
        "title": json.dumps(_one_line(title or name), ensure_ascii=False),  # a TOML string too
        "written_on": today.isoformat(),
        "next_review": date(today.year + 1, today.month, 1).isoformat(),
    }
    described = re.sub(r"\{\{(\w+)\}\}", lambda found: words[found[1]], _template("figure.toml"))
    return [_write(paths[0], described), _write(paths[1], _template("figure.sql"))]


def _folder(database: Path, folder: Path) -> Path:
    if not database.is_file():
        raise HenreiError(f"データベース {database} がありません。先に henrei load で取り込んでください。")
    try:
        make_folder(folder)
    except OSError as error:
        raise HenreiError(f"{folder} に書けません（{type(error).__name__}）。") from None
    return folder


def _existing(folder: Path, name: str) -> Path | None:
    pattern = f"{name}.ipynb" if NUMBERED.fullmatch(name) else f"[0-9][0-9]_{name}.ipynb"
    return next(iter(sorted(folder.glob(pattern))), None)


def _free_number(folder: Path) -> int:
    taken = {
        path.name[:2] for place in (folder, shipped_folder()) for path in place.glob("[0-9][0-9]*.ipynb")
    }
    for number in NUMBERS:
        if f"{number:02}" not in taken:
            return number
    raise HenreiError("空いている番号がありません。15_name のように番号をつけて指定してください。")


def _write(path: Path, text: str) -> Path:
    write_text(path, text)
    return path


def _template(name: str) -> str:
    return resources.files(__package__).joinpath("templates", name).read_text("utf-8")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _bad_name(name: str, example: str) -> str:
    return f"名前「{name}」は使えません。a〜z の小文字で始め、小文字・数字・_ だけにしてください（例: {example}）。"
