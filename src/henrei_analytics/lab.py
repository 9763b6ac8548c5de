"""JupyterLab on the notebooks, with the database set."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from henrei_analytics.errors import HenreiError
from henrei_analytics.notebook_files import own_files, shipped_folder

OWN_FOLDER = Path("henrei_notebooks")


def open_lab(database: Path) -> int:
    """Start JupyterLab and wait for it; returns its exit code.

    Where the office has notebooks of its own beside the database, it starts in that folder: there its figures can be
    changed too. Else on the shipped notebooks: an installed package's are copied to ./henrei_notebooks first (existing
    copies are kept), so that they can be changed. Raises HenreiError when JupyterLab is not
    installed or the database is missing.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise HenreiError(
            "JupyterLab が入っていません。pip install 'henrei-analytics[lab]' か make lab を使ってください。"
        )
    if not database.exists():
        raise HenreiError(f"データベース {database} がありません。先に henrei load で取り込んでください。")
    folder = shipped_folder()
    if own_files(database):
        folder = database.absolute().parent
    elif folder.is_relative_to(Path(__file__).parent):
        OWN_FOLDER.mkdir(exist_ok=True)
        for notebook in sorted(folder.glob("*.ipynb")):
            if not (OWN_FOLDER / notebook.name).exists():
                shutil.copyfile(notebook, OWN_FOLDER / notebook.name)
        folder = OWN_FOLDER
    environment = os.environ | {"HENREI_DATABASE": str(database.absolute())}
    return subprocess.run(
        [sys.executable, "-m", "jupyterlab", str(folder)], env=environment, check=False
    ).returncode
