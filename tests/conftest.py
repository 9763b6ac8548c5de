"""Fixtures shared by all tests: one invented office, written and loaded once a run; small ones, once a module."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from henrei_analytics.cli import main
from henrei_analytics.demo import write_demo
from henrei_analytics.warehouse import connect
from henrei_analytics.warehouse.load import load
from loaded import Loaded, code_of, load_all
from office import Henrei, Office

LONGEST = ("test_whole_report", "test_editions", "test_reference_figures", "test_figures_breakdowns")
"""Files that take most of the time. They start first, so that no worker is left alone with one at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "files(*files): what is on the disk of the office the test asks about")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the invented office, 30 months."""
    out = tmp_path_factory.mktemp("office") / "files"
    out.mkdir()
    write_demo(out)
    return out


@pytest.fixture(scope="session")
def demo_database(demo: Path) -> Path:
    """The invented office, loaded."""
    database = demo.parent / "henrei.duckdb"
    load([demo], database)
    return database


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An empty folder for files and the database they go to."""
    return Office(tmp_path)


@pytest.fixture
def henrei(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, office: Office) -> Henrei:
    """Run a command on the office's database: exit code, output, errors."""
    monkeypatch.setenv("HENREI_DATABASE", str(office.database))

    def run(*words: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["henrei", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return run


@pytest.fixture(scope="module")
def one_load(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[str, str]]]:
    """The files of all tests of the module, loaded together; the code of each test's office by its id."""
    of_module = [item for item in request.session.items if item.path == request.path]
    files = {item.nodeid: [f for mark in item.iter_markers("files") for f in mark.args] for item in of_module}
    codes = {node: code_of(place) for place, node in enumerate(files)}
    database = load_all(
        tmp_path_factory.mktemp("offices"), {codes[node]: files[node] for node in files if files[node]}
    )
    con = connect(database)
    yield con, codes
    con.close()


@pytest.fixture
def loaded(
    one_load: tuple[duckdb.DuckDBPyConnection, dict[str, str]], request: pytest.FixtureRequest
) -> Loaded:
    """What became of the files the test is marked with."""
    con, codes = one_load
    return Loaded(con, codes[request.node.nodeid])
