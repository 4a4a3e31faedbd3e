"""Run a notebook with its parameters; what comes back is the same for the same inputs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casework.reports.imports import light_imports
from casework.reports.kernels import OwnKernelManager
from casework.text import CaseworkError

__all__ = ["run_notebook", "settle_notebook"]

TIMEOUT = 600


def run_notebook(path: Path, parameters: Mapping[str, Any], cwd: Path, manager: type[OwnKernelManager] = OwnKernelManager) -> Any:
    """Run a notebook by papermill, in a kernel of `manager` and the folder `cwd`, and give it back with its outputs.

    Raises CaseworkError that names the cell and the error where one fails.
    """
    with light_imports():
        import papermill
        from papermill.exceptions import PapermillExecutionError
    settings = {"execution_timeout": TIMEOUT, "shutdown_kernel": "immediate", "resources": {"metadata": {"path": str(cwd)}}}
    try:
        done = papermill.execute_notebook(
            str(path), None, dict(parameters), kernel_name="python3", language="python", progress_bar=False, record_timing=False,
            kernel_manager_class=manager, **settings,
        )  # fmt: skip
    except PapermillExecutionError as e:
        raise CaseworkError(f"{path.name}: cell {e.exec_count} failed: {e.ename}: {e.evalue}\n{_indented(e.source)}") from None
    except Exception as e:
        raise CaseworkError(f"{path.name}: could not be run: {type(e).__name__}: {e}") from e
    return settle_notebook(done)


def _indented(source: str) -> str:
    return "\n".join(f"    {line}" for line in source.splitlines()[:8])


def settle_notebook(notebook: Any) -> Any:
    """Take out of a run notebook what differs from run to run: times, paths, random ids."""
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    number = 0
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        # The cell that papermill puts in does not count, so that a number names the same cell in the notebook as it was written.
        number += "injected-parameters" not in tags
        cell["id"] = "parameters" if "injected-parameters" in tags else f"c{number:03d}"
        cell.metadata = {"tags": tags} if tags else {}
    return notebook
