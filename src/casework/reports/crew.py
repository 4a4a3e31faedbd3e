"""Who runs the notebooks of a site: kernels of this machine, several at once, or (in `cluster`) those of a cluster's workers."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from casework.reports.convert import notebook_body
from casework.reports.execute import Limits, RunFailed, load_papermill, run_notebook
from casework.reports.kernels import OwnKernelManager, kernels_of

__all__ = ["Crew", "Here", "Job", "Run", "Shares", "run_job"]

_CONVERTER = threading.Lock()


@dataclass(frozen=True, slots=True)
class Job:
    """One page to be made by running a notebook: `case` is the place it is about, if it is about one; `tree` its language's folder."""

    report: str
    notebook: Path
    path: str
    parameters: Mapping[str, Any]
    case: str = ""
    lang: str = "en"
    tree: str = ""

    @property
    def page(self) -> str:
        """The path of the page in the whole site."""
        return f"{self.tree}/{self.path}" if self.tree else self.path


@dataclass(frozen=True, slots=True)
class Run:
    """A notebook that was run, and the body of the page that was made of it."""

    notebook: Any
    body: str


Shares = dict[Future[list[Run | RunFailed]], Sequence[Job]]
"""What is being run: each future gives what came of its jobs."""


class Crew(Protocol):
    """Who runs jobs: `start` them, ask now and then whether anyone is left to do them, `stop` at once or `close` at the end."""

    def start(self, jobs: Sequence[Job]) -> Shares:
        """Have all jobs run."""

    def check(self) -> None:
        """Raise CaseworkError where nobody is left to work."""

    def stop(self) -> None:
        """End what runs."""

    def close(self) -> None:
        """Send everyone home."""


def run_job(job: Job, folder: Path, manager: type[OwnKernelManager], limits: Limits) -> Run | RunFailed:
    """Run a job's notebook in a folder, and make the body of its page."""
    try:
        notebook = run_notebook(job.notebook, job.parameters, folder, manager, limits)
    except RunFailed as e:
        return e
    # The converter keeps state between calls.
    with _CONVERTER:
        return Run(notebook, notebook_body(notebook, job.lang))


class Here:
    """Kernels of this machine, so many at once. They do the work, so threads are enough here."""

    def __init__(self, at_once: int, engine: str, folder: Path, limits: Limits) -> None:
        self._folder, self._limits = folder, limits
        self._kernels = ExitStack()
        self._manager = self._kernels.enter_context(kernels_of(engine, limits.memory))
        self._pool = ThreadPoolExecutor(max(1, at_once))
        load_papermill()

    def start(self, jobs: Sequence[Job]) -> Shares:
        """Queue every job by itself."""
        return {self._pool.submit(self._run, job): [job] for job in jobs}

    def _run(self, job: Job) -> list[Run | RunFailed]:
        return [run_job(job, self._folder, self._manager, self._limits)]

    def check(self) -> None:
        """Do nothing: a kernel that ends is told by its own run."""

    def stop(self) -> None:
        """End the kernels that run, and start no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._manager.end_all()

    def close(self) -> None:
        """Wait for the threads, then end the kernels' parent."""
        self._pool.shutdown()
        self._kernels.close()
