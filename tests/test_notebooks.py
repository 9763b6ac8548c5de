"""Notebooks hold no logic and nothing of anybody's data: a lint of the shipped ones and of the one to start from."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest

import henrei_analytics
from henrei_analytics.figures import FIGURES
from henrei_analytics.notebook_files import NUMBERED, shipped_files, shipped_folder, title
from henrei_analytics.pages import page as pages

SHIPPED = sorted(shipped_folder().glob("*.ipynb"))
TEMPLATE = Path(henrei_analytics.__file__).parent / "templates" / "notebook.ipynb"
PARAMETERS = 'database = ""\ninstitution = ""\nmonth = ""\nas_of = ""\nmonths_back = 24'
OPENING = "office = open_office(database, institution, month, as_of, months_back)\noffice.head()"
NOTEBOOK_API = {f"henrei_analytics.{name}" for name in ("notebook", "audit_view", "palette", "workbench")}
FREE_HAND = {"altair", "polars"}
PRINT_TAGS = {*pages.PRINT_TAGS, pages.ONE_PAGE}
LOGIC = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If, ast.IfExp, ast.Try,
    ast.With, ast.Global, ast.comprehension,
)  # fmt: skip
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def is_free_hand(path: Path) -> bool:
    """Notebooks to work in, not pages of the report: they may use polars and altair."""
    return path == TEMPLATE or path not in shipped_files(shipped_folder())


def lint(path: Path) -> list[str]:
    """What is wrong with a notebook."""
    notebook = read(path)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    wrong = []
    if any(cell.outputs or cell.execution_count is not None for cell in code):
        wrong.append("outputs or execution counts")
    if len(code) > 12:
        wrong.append(f"{len(code)} code cells")
    if code[0].source != PARAMETERS or code[0].metadata != {"tags": ["parameters"]}:
        wrong.append("no cell of parameters")
    if OPENING not in code[1].source:
        wrong.append("no cell that opens the office")
    others = [cell.metadata for cell in notebook.cells if cell is not code[0]]
    if any(
        not {"tags"}.issuperset(metadata) or not PRINT_TAGS.issuperset(metadata.get("tags", ()))
        for metadata in others
    ):
        wrong.append("metadata of a cell")
    kept = {name: value for name, value in notebook.metadata.items() if name != "henrei"}
    if kept != METADATA or notebook.metadata.get("henrei", {"report": False}) != {"report": False}:
        wrong.append("metadata of the notebook")
    if notebook.cells[0].cell_type != "markdown" or not re.match(
        r"# .*[ぁ-んァ-ヶ一-龠]|# \{\{title\}\}", notebook.cells[0].source
    ):
        wrong.append("no Japanese title")
    return wrong + _code_problems(code, NOTEBOOK_API | (FREE_HAND if is_free_hand(path) else set()))


def _code_problems(code: list[nbformat.NotebookNode], allowed: set[str]) -> list[str]:
    wrong = []
    for cell in code:
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, LOGIC):
                wrong.append(f"{cell.id}: {type(node).__name__}")
            modules = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            modules += _imported(node) if isinstance(node, ast.ImportFrom) else []
            wrong += [f"{cell.id}: import {name}" for name in modules if name not in allowed]
    return wrong


def _imported(node: ast.ImportFrom) -> list[str]:
    """Modules of the package are named one by one, those of a module as that module."""
    if node.module == "henrei_analytics":
        return [f"{node.module}.{name.name}" for name in node.names]
    return [node.module or "."]


@pytest.mark.parametrize("path", [*SHIPPED, TEMPLATE], ids=lambda path: path.stem)
def test_a_notebook_is_thin_and_empty(path: Path) -> None:
    assert lint(path) == []


BROKEN = {
    "an output": (lambda nb: nb.cells[2].outputs.append(nbformat.v4.new_output("stream", text="患者")), "outputs"),
    "an execution count": (lambda nb: nb.cells[2].update(execution_count=3), "execution counts"),
    "many cells": (lambda nb: nb.cells.extend(nbformat.v4.new_code_cell("1") for _ in range(12)), "code cells"),
    "a parameter changed": (lambda nb: nb.cells[1].update(source='database = "x"'), "no cell of parameters"),
    "the tag lost": (lambda nb: nb.cells[1].metadata.clear(), "no cell of parameters"),
    "another kernel": (lambda nb: nb.metadata.kernelspec.update(name="my-env"), "metadata of the notebook"),
    "metadata of an editor": (lambda nb: nb.metadata.update(widgets={}), "metadata of the notebook"),
    "a cell folded": (lambda nb: nb.cells[2].metadata.update(collapsed=True), "metadata of a cell"),
    "an English title": (lambda nb: nb.cells[0].update(source="# Cash"), "no Japanese title"),
    "a function": (lambda nb: nb.cells[-1].update(cell_type="code", source="def f():\n    pass"), "FunctionDef"),
    "a loop": (lambda nb: nb.cells[3].update(source="[x for x in []]"), "comprehension"),
    "an import": (lambda nb: nb.cells[3].update(source="import os"), "import os"),
    "the inside of the package": (
        lambda nb: nb.cells[3].update(source="from henrei_analytics.warehouse import connect"),
        "import henrei_analytics.warehouse",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_the_lint_finds(tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil, says = BROKEN[case]
    notebook = read(TEMPLATE)
    notebook.cells[3] = nbformat.v4.new_code_cell("office")
    notebook.cells[-1] = nbformat.v4.new_code_cell("office")
    spoil(notebook)
    path = tmp_path / "45_cash.ipynb"
    nbformat.write(notebook, path)
    monkeypatch.setattr(f"{__name__}.is_free_hand", lambda _: True)
    assert any(says in problem for problem in lint(path)), lint(path)


def test_every_page_has_its_figures_and_its_own_title() -> None:
    pages = [path for path in shipped_files(shipped_folder())]
    assert [path.stem for path in pages] == list(FIGURES)
    titles = [title(path) for path in SHIPPED]
    assert len(set(titles)) == len(titles)
    assert all(re.fullmatch(r"\d\d_[a-z_]+", path.stem) for path in shipped_folder().glob(NUMBERED))
