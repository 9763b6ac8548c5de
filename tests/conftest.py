"""Fixtures shared by all tests: one invented office, written and loaded once a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from henrei_analytics.demo import write_demo
from henrei_analytics.warehouse.load import load
from office import Office


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
