"""Runs one notebook with papermill in a fresh kernel; nothing is written, the executed notebook is returned."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from papermill.exceptions import PapermillExecutionError

# A figure takes a second; a notebook that hangs must not hold a scheduled run for ever.
CELL_TIMEOUT = 600


class OwnKernelManager(AsyncKernelManager):
    """Kernels of the Python that runs the report, reached through a channel other users cannot read."""

    environment: Mapping[str, str] = {}
    """Set for the kernels beside what the report itself has."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._sockets = tempfile.TemporaryDirectory(prefix="henrei-")
        if os.name == "posix":
            self.transport = "ipc"
            self.ip = f"{self._sockets.name}/k"  # the default is one name for all kernels of a folder

    async def _async_start_kernel(self, **kwargs: Any) -> None:
        kwargs["env"] = {**kwargs.get("env", os.environ), **self.environment}
        # What a kernel writes to its terminal can hold data, and nobody reads it.
        await super()._async_start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **kwargs)

    start_kernel = _async_start_kernel

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart)
        if not restart:
            self._sockets.cleanup()

    cleanup_resources = _async_cleanup_resources

    @property
    def kernel_spec(self) -> KernelSpec:
        # Not looked up by name: a `python3` kernel in the user's home may be another Python.
        return KernelSpec(**get_kernel_dict())


@dataclass(frozen=True)
class Failure:
    """Why a notebook gave no page. Free of data: an exception's text can hold a row, so only ours is kept."""

    notebook: str
    error: str
    cell: int | None = None
    message: str = ""

    def __str__(self) -> str:
        place = f"（{self.cell}番目のセル）" if self.cell is not None else ""
        return f"{self.notebook}: {self.message or self.error}{place}"


def execute(
    notebook: Path, parameters: dict[str, str | int], environment: Mapping[str, str] | None = None
) -> nbformat.NotebookNode | Failure:
    """The executed notebook, or why there is none. `environment`: variables that its kernel gets."""
    manager = type("KernelManager", (OwnKernelManager,), {"environment": dict(environment or {})})
    try:
        return papermill.execute_notebook(
            str(notebook),
            None,
            parameters=parameters,
            kernel_name="python3",
            language="python",
            kernel_manager_class=manager,
            progress_bar=False,
            log_output=False,
            execution_timeout=CELL_TIMEOUT,
        )
    except PapermillExecutionError as error:
        ours = error.ename in ("ParameterError", "BrokenFigure")
        # The injected parameters are a cell too, so the index already counts from 1 in the notebook as written.
        return Failure(notebook.stem, error.ename, error.cell_index, error.evalue if ours else "")
    except Exception as error:  # a dead kernel, a timeout, a file that is not a notebook
        return Failure(notebook.stem, type(error).__name__)
