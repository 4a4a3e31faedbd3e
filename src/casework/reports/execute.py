"""Run a notebook with its parameters; what comes back is the same for the same inputs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat

from casework.text import CaseworkError

__all__ = ["light_imports", "run_notebook", "settle_notebook"]

TIMEOUT = 600


@contextmanager
def light_imports() -> Iterator[None]:
    """Import papermill or nbconvert without the 1.8 s of grammars that rfc3987_syntax builds.

    Only format checks of IRIs are lost, and those only while this package is not yet imported.
    """
    name = "rfc3987_syntax"
    absent = name not in sys.modules
    if absent:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            sys.modules.pop(name, None)


def run_notebook(path: Path, parameters: Mapping[str, Any], cwd: Path, manager: str = "casework.reports.kernels.OwnKernelManager") -> Any:
    """Run a notebook by papermill in `cwd` and give it back with its outputs.

    Raises CaseworkError that names the cell and the error where one fails.
    """
    with light_imports():
        import papermill
        from papermill.exceptions import PapermillExecutionError
    try:
        done = papermill.execute_notebook(
            str(path), None, dict(parameters), kernel_name="python3", language="python", progress_bar=False, cwd=str(cwd),
            record_timing=False, execution_timeout=TIMEOUT, kernel_manager_class=manager,
        )
    except PapermillExecutionError as e:
        raise CaseworkError(f"{path.name}: cell {e.exec_count} failed: {e.ename}: {e.evalue}\n{_indented(e.source)}") from None
    except Exception as e:
        raise CaseworkError(f"{path.name}: could not be run: {type(e).__name__}: {e}") from e
    return settle_notebook(done)


def _indented(source: str) -> str:
    return "\n".join(f"    {line}" for line in source.splitlines()[:8])


def settle_notebook(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Take out of a run notebook what differs from run to run: times, paths, random ids."""
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for i, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"c{i:03d}"
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
    return notebook
