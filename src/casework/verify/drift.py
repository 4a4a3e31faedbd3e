"""Why a page differs: notebooks that give other results each time they are run, found by running them twice more."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from casework.reports import plan_jobs
from casework.reports.execute import run_notebook
from casework.reports.guard import shareable_tables
from casework.reports.kernels import OwnKernelManager, kernels_of
from casework.study import Study
from casework.tables import read_tables
from casework.verify.difference import first_in_notebook

__all__ = ["find_drift"]

MOVED = Path(__file__).parent / "moved"


class LaterKernelManager(OwnKernelManager):
    """Starts kernels on another day: `moved/sitecustomize.py` shifts their clock, so that a clock shows."""

    async def _async_pre_start_kernel(self, **kw: Any) -> tuple[list[str], dict[str, Any]]:
        command, kw = await super()._async_pre_start_kernel(**kw)
        path = kw["env"].get("PYTHONPATH", "")
        kw["env"]["PYTHONPATH"] = f"{MOVED}:{path}" if path else str(MOVED)
        return command, kw


def find_drift(study: Study, folder: Path, pages: Iterable[str]) -> dict[str, str]:
    """Tell for each of these pages of a site what in its notebook gives other results each time; nothing where nothing does.

    One page a notebook is run twice, the second time in a kernel whose clock is some years later.
    """
    tables = read_tables(folder)
    wanted = set(pages)
    jobs = [job for job in plan_jobs(study, tables, folder) if job.path in wanted]
    first = {job.notebook: job for job in reversed(jobs)}
    told: dict[Path, str] = {}
    with shareable_tables(folder, tables, study.publish) as seen, kernels_of("fork") as manager:
        for path, job in first.items():
            once, again = (run_notebook(path, job.parameters, seen, m) for m in (manager, LaterKernelManager))
            if where := first_in_notebook(once, again):
                told[path] = f"not deterministic: {where.replace(': ', f' of {path.name}: ', 1)} from run to run"
    return {job.path: told[job.notebook] for job in jobs if job.notebook in told}
