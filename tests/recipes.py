"""The blocks of docs/changing.md: files by name, and the commands to type."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

TEXT = (Path(__file__).parents[1] / "docs" / "changing.md").read_text("utf-8")


def block(name: str) -> str:
    """The block named after its language."""
    (found,) = re.findall(rf"^```\w+ {re.escape(name)}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return found


def commands(section: str, database: Path) -> list[list[str]]:
    """The `henrei` commands of a section, for this database, without the name of the program."""
    (text,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    lines = [
        line
        for found in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        for line in found.splitlines()
    ]
    typed = [shlex.split(line)[1:] for line in lines if line.startswith("henrei ")]
    return [[str(database) if word == "data/hospital.duckdb" else word for word in words] for words in typed]
