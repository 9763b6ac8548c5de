"""90 workbench: runs top to bottom, leaves the database alone, is no part of the reports, knows every table."""

from __future__ import annotations

import hashlib
from pathlib import Path

import nbformat
import pytest

from henrei_analytics import workbench
from henrei_analytics.errors import HenreiError
from henrei_analytics.execute import execute
from henrei_analytics.notebook_files import shipped_files, shipped_folder
from henrei_analytics.warehouse import connect
from henrei_analytics.warehouse.database import sql_files

NOTEBOOK = shipped_folder() / "90_workbench.ipynb"


def test_it_is_no_page_of_the_report():
    assert NOTEBOOK.is_file()
    assert NOTEBOOK not in shipped_files(shipped_folder())


def test_every_table_of_the_mart_says_what_one_row_is():
    assert set(workbench.meanings()) == {name for name, _ in sql_files("mart")}


def test_tables_and_columns_of_a_database(demo_database: Path):
    con = connect(demo_database)
    tables = workbench.tables(con)
    returns = con.execute("SELECT count(*) FROM mart.returns").fetchone()[0]
    assert tables.row(0) == ("mart.returns", returns, workbench.meanings()["returns"])
    assert tables["one_row"].null_count() == 0
    columns = workbench.columns(con, "mart.returns")
    assert ("payer", "VARCHAR", "支払機関") in columns.rows()
    assert columns.height == len(con.execute("DESCRIBE mart.returns").fetchall())


@pytest.mark.parametrize("table", ["nothing", 'returns" --', "ledger.receipts"])
def test_a_table_that_is_not_there_is_said(demo_database: Path, table: str):
    with pytest.raises(HenreiError, match="はありません"):
        workbench.columns(connect(demo_database), table)


def test_it_runs_top_to_bottom_and_leaves_the_database_as_it_was(demo_database: Path):
    before = hashlib.sha256(demo_database.read_bytes()).hexdigest()
    done = execute(NOTEBOOK, {"database": str(demo_database), "as_of": "2026-10-31"})
    assert isinstance(done, nbformat.NotebookNode), str(done)
    code = [cell for cell in done.cells if cell.cell_type == "code" and "parameters" not in cell.source]
    silent = [cell.source for cell in code if not cell.outputs and "injected" not in str(cell.metadata)]
    assert len(silent) == 1 and silent[0].startswith("database ="), "only the parameters show nothing"
    shown = "".join(str(output.get("data", {})) for cell in code for output in cell.outputs)
    assert "理由ごとの点数" in shown and shown.count("<svg") >= 2
    assert hashlib.sha256(demo_database.read_bytes()).hexdigest() == before
