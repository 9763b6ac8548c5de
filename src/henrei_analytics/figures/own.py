"""Figures of the office's own: NAME.toml and NAME.sql in the folder `figures` beside the database.

They are read and checked like the shipped ones, may read the `mart` only and may not take the name of a shipped one:
two pages would then show different numbers under one name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from henrei_analytics.errors import HenreiError
from henrei_analytics.figures.declarations import Declaration, DefinitionError, declarations, parse

FOLDER = "figures"
NAME = re.compile(r"[a-z][a-z0-9_]*")
HEADER = ("grain", "inputs", "rule")


class BrokenFigure(HenreiError):
    """A figure that cannot be computed; the message says where and what to do, free of data."""

    def _render_traceback_(self) -> list[str]:
        """IPython shows these lines instead of a traceback."""
        return [f"エラー: {self}"]


@dataclass
class OwnFigures:
    """The figures of a folder that can be used, and by name what is wrong with the others."""

    declarations: dict[str, Declaration] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def known(self) -> Mapping[str, Declaration]:
        """Shipped and own figures together."""
        return declarations() | self.declarations


def folder_of(database: Path) -> Path:
    """Where the own figures of a database lie."""
    return database.parent / FOLDER


def read_own_figures(folder: Path) -> OwnFigures:
    """Read and check every figure of the folder. A folder that does not exist is one without figures."""
    own = OwnFigures()
    names = {path.stem for suffix in ("toml", "sql") for path in folder.glob(f"*.{suffix}")}
    for name in sorted(names):
        try:
            own.declarations[name] = _read(name, folder)
        except DefinitionError as error:
            own.problems[name] = str(error)
    return own


def _read(name: str, folder: Path) -> Declaration:
    if not NAME.fullmatch(name):
        raise DefinitionError(
            f"{name}.toml: 名前は a〜z の小文字で始め、小文字・数字・_ だけにしてください。"
        )
    if name in declarations():
        title = declarations()[name].definition.title
        raise DefinitionError(
            f"{name}.toml: 標準の図「{title}」と同じ名前なので使いません。"
            f"{name}.toml と {name}.sql を、my_{name} のような別の名前に変えてください。"
        )
    described, model = folder / f"{name}.toml", folder / f"{name}.sql"
    if not described.is_file():
        raise DefinitionError(f"{name}.sql: 説明のファイル {name}.toml がありません。")
    found = parse(name, _text(described), model)
    if problems := _model_problems(_text(model)):
        raise DefinitionError(f"{name}.sql: " + "、".join(problems) + "。")
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise DefinitionError(f"{path.name}: 読めません。UTF-8 で保存してください。") from None


def _model_problems(sql: str) -> list[str]:
    lines = sql.splitlines()
    header = [line for line in lines if line.startswith("--")]
    body = "\n".join(re.sub(r"--.*", "", line) for line in lines).strip().rstrip(";")
    problems = [
        f"はじめに「-- {key}: …」の行がありません"
        for key in HEADER
        if not any(line.startswith(f"-- {key}:") for line in header)
    ]
    if not re.match(r"(SELECT|WITH)\b", body, re.IGNORECASE) or ";" in body:
        problems.append("SELECT か WITH で始まる1つの文にしてください")
    if re.search(r"\b(core|ledger)\.", body, re.IGNORECASE):
        problems.append("読めるのは mart の表だけです（core. と ledger. は版によって変わります）")
    if not re.search(r"\bORDER\s+BY\b", body, re.IGNORECASE):
        problems.append("最後に ORDER BY を書いて行の順を決めてください")
    return problems
