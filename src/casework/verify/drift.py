"""Why a page differs: notebooks that give other results each time they are run, found by running them twice more."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from casework.reports import plan_jobs, read_notebook
from casework.reports.desk import run_folder
from casework.reports.execute import run_notebook
from casework.reports.imports import light_imports
from casework.reports.kernels import OwnKernelManager, kernels_of
from casework.reports.runs import Job
from casework.study import Study
from casework.tables import read_tables
from casework.text import CaseworkError
from casework.verify.difference import first_in_notebook

__all__ = ["find_drift"]

# The libraries of reports hold on to the real clock, so they are imported before it is moved.
LATER = "import casework.compare, casework.figures, casework.views\nfrom casework.verify.later import move_clock\nmove_clock()"


def find_drift(study: Study, folder: Path, pages: Iterable[str]) -> dict[str, str]:
    """Tell for each of these pages of a site what in its notebook gives other results each time; nothing where nothing does.

    One page a notebook is run twice, the second time with a clock that is some years ahead.
    """
    wanted = set(pages)
    if not wanted:
        return {}
    tables = read_tables(folder)
    jobs = [job for job in plan_jobs(study, tables, folder) if job.path in wanted]
    told: dict[Path, str] = {}
    with run_folder(study, folder, tables) as seen, kernels_of("fork") as manager:
        for path, job in {job.notebook: job for job in reversed(jobs)}.items():
            if where := _differs(job, seen, manager):
                told[path] = f"not deterministic: {where.replace(': ', f' of {path.name}: ', 1)} from run to run"
    return {job.path: told[job.notebook] for job in jobs if job.notebook in told}


def _differs(job: Job, cwd: Path, manager: type[OwnKernelManager]) -> str:
    """Name the first cell that gives something else in a second run."""
    once = run_notebook(job.notebook, job.parameters, cwd, manager)
    try:
        again = _run_later(job, cwd, manager)
    except CaseworkError:  # a library did not bear another clock
        again = run_notebook(job.notebook, job.parameters, cwd, manager)
    return first_in_notebook(once, again)


def _run_later(job: Job, cwd: Path, manager: type[OwnKernelManager]) -> Any:
    """Run a copy of a notebook that moves the clock in a cell of its own, and give it without that cell."""
    with light_imports():
        import nbformat
    write: Any = nbformat.write
    new_cell: Any = nbformat.v4.new_code_cell
    notebook = read_notebook(job.notebook)
    notebook.cells.insert(0, new_cell(LATER))
    with TemporaryDirectory(prefix="casework-") as folder:
        copy = Path(folder) / job.notebook.name
        write(notebook, copy)
        done = run_notebook(copy, job.parameters, cwd, manager)
    del done.cells[0]
    for counted in (o for c in done.cells if c.cell_type == "code" for o in c.outputs if o.get("execution_count")):
        counted.execution_count -= 1
    return done
