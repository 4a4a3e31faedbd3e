"""Run a notebook with its parameters; what comes back is the same for the same inputs."""

from __future__ import annotations

import logging
import re
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from casework.reports.imports import light_imports
from casework.reports.kernels import OwnKernelManager
from casework.text import CaseworkError

__all__ = ["Limits", "RunFailed", "load_papermill", "run_notebook", "settle_notebook"]

SHOWN = 8
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# What leads to a file on this machine says nothing elsewhere: only what follows is kept.
_HOME = re.compile(r"(?<![\w.])[~/][^\s:\"']*/(?:site-packages|lib/python3\.\d+|src)/")
# Warnings name the file that a cell was compiled from, and that holds the number of the process.
_CELL = re.compile(r"(?:[A-Za-z]:)?[^\s:\"']*ipykernel_\d+[/\\](\d+)\.py")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a report may take: seconds by the clock, and bytes of memory where the system can hold it to that (Linux)."""

    seconds: float = 600
    memory: int | None = None


class RunFailed(CaseworkError):
    """A notebook that did not come to its end: what happened, and in which cell."""

    def __init__(self, notebook: str, said: str, cell: int = 0, source: str = "", traceback: str = "") -> None:
        self._given = notebook, said, cell, source, traceback
        where = f"cell {cell} failed: " if cell else ""
        self.head = f"{notebook}: {where}{said}"
        self.source = source
        self.traceback = traceback
        super().__init__("\n".join(p for p in (self.head, traceback or _indented(source)) if p))

    def __reduce__(self) -> tuple[Any, ...]:
        return RunFailed, self._given


@cache
def load_papermill() -> Any:
    """Import papermill, without what it does not need here."""
    with light_imports():
        import papermill
    # What it has to say of a kernel is in the error that we raise.
    logging.getLogger("papermill").addHandler(logging.NullHandler())
    return papermill


def run_notebook(
    path: Path, parameters: Mapping[str, Any], cwd: Path, manager: type[OwnKernelManager] = OwnKernelManager, limits: Limits | None = None
) -> Any:
    """Run a notebook by papermill, in a kernel of `manager` and the folder `cwd`, and give it back with its outputs.

    Raises RunFailed, which names the cell and the error, where a cell fails, takes longer than
    the report may, or ends its process.
    """
    papermill = load_papermill()
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    limits = limits or Limits()
    started: list[str] = []
    own: Any = type("Own", (manager,), {"ends": []})
    try:
        done = papermill.execute_notebook(
            str(path), None, dict(parameters), kernel_name="python3", language="python", progress_bar=False, record_timing=False,
            kernel_manager_class=own, **_settings(cwd, limits, started),
        )  # fmt: skip
    except PapermillExecutionError as e:
        if e.ename == CaseworkError.__name__:  # what a user can mend is said in a line, without the way there
            raise RunFailed(path.name, str(e.evalue), e.exec_count or len(started)) from None
        raise RunFailed(path.name, f"{e.ename}: {e.evalue}", e.exec_count or len(started), e.source, _plain(e.traceback)) from None
    except (CellTimeoutError, DeadKernelError) as e:
        said = _ended(own.ends) if isinstance(e, DeadKernelError) else f"it had not ended when the report's {limits.seconds:g} s were over"
        raise RunFailed(path.name, said, len(started), started[-1] if started else "") from None
    except Exception as e:
        raise RunFailed(path.name, f"could not be run: {type(e).__name__}: {e}") from e
    return settle_notebook(done)


def _settings(cwd: Path, limits: Limits, started: list[str]) -> dict[str, Any]:
    """Give what papermill hands on to nbclient; `started` gets the code of each cell as it starts."""
    until = time.monotonic() + limits.seconds

    def note(cell: Any, cell_index: int) -> None:
        if cell.cell_type == "code" and cell.source.strip():
            started.append(cell.source)

    return {
        "timeout_func": lambda cell: max(0.05, until - time.monotonic()), "iopub_timeout": 60, "start_timeout": 300, "on_cell_start": note,
        "shutdown_kernel": "immediate", "resources": {"metadata": {"path": str(cwd)}},
    }  # fmt: skip


def _ended(ends: Sequence[int]) -> str:
    """Say how a kernel's process came to its end: negative codes are signals."""
    code = ends[-1] if ends else 0
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        why = "; the system may have run out of memory" if -code == getattr(signal, "SIGKILL", 9) else ""
        return f"its process was ended by {name}{why}"
    return f"its process ended by itself with exit code {code}"


def _plain(lines: Sequence[str]) -> str:
    """Give a traceback without colours and without folders of this machine."""
    return _HOME.sub("", _CELL.sub(r"cell-\1.py", _COLOUR.sub("", "\n".join(lines))))


def _indented(source: str) -> str:
    return "\n".join(f"    {line}" for line in source.splitlines()[:SHOWN])


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
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                output.text = _CELL.sub(r"cell-\1.py", output.text)
    return notebook
