"""Run the notebooks of a site: several at once, each in a process of its own; one that fails fails alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casework.reports.convert import notebook_body
from casework.reports.execute import Limits, RunFailed, load_papermill, run_notebook
from casework.reports.kept import KeptRuns, run_key
from casework.reports.kernels import OwnKernelManager, kernels_of

__all__ = ["Job", "Run", "Runs", "Settings", "run_jobs"]

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


@dataclass
class Runs:
    """What came of the jobs, by page: finished, of which kept from an earlier time, and failed."""

    done: dict[str, Run] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    failed: dict[str, RunFailed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """How reports are run: how many at once, by which engine, within which limits, with which store of earlier runs."""

    jobs: int = 1
    engine: str = "fork"
    limits: Limits = field(default_factory=Limits)
    kept: KeptRuns | None = None
    progress: Callable[[int, int], None] = lambda done, of: None


def run_jobs(jobs: Sequence[Job], folder: Path, inputs: str, settings: Settings) -> Runs:
    """Run every job's notebook in `folder`; `inputs` is the digest of all that is given to all of them.

    What an earlier run of the same inputs left is taken from the store. An interrupt ends the kernels
    that run; what has finished by then stays in the store.
    """
    runs = Runs()
    keys = {job.page: run_key(inputs, job.lang, job.notebook, job.parameters) for job in jobs}
    for job in jobs if settings.kept else ():
        assert settings.kept is not None
        if (found := settings.kept.get(keys[job.page])) is not None:
            runs.done[job.page] = Run(*found)
            runs.kept.add(job.page)
    left = [job for job in jobs if job.page not in runs.done]
    settings.progress(len(runs.done), len(jobs))
    if left:
        _run_left(left, folder, keys, runs, settings)
    return runs


def _run_left(left: Sequence[Job], folder: Path, keys: Mapping[str, str], runs: Runs, settings: Settings) -> None:
    """Run what is left. The kernels do the work, so threads are enough here."""
    of = len(runs.done) + len(left)
    with kernels_of(settings.engine, settings.limits.memory) as manager, ThreadPoolExecutor(max(1, settings.jobs)) as pool:
        load_papermill()
        waiting = {pool.submit(_run_one, job, folder, manager, settings.limits): job for job in left}
        try:
            while waiting:
                finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    _take(waiting.pop(future), future, keys, runs, settings)
                    settings.progress(len(runs.done) + len(runs.failed), of)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            manager.end_all()
            raise


def _run_one(job: Job, folder: Path, manager: type[OwnKernelManager], limits: Limits) -> Run:
    notebook = run_notebook(job.notebook, job.parameters, folder, manager, limits)
    # The converter keeps state between calls.
    with _CONVERTER:
        return Run(notebook, notebook_body(notebook, job.lang))


def _take(job: Job, future: Future[Run], keys: Mapping[str, str], runs: Runs, settings: Settings) -> None:
    try:
        run = future.result()
    except RunFailed as e:
        runs.failed[job.page] = e
        return
    runs.done[job.page] = run
    if settings.kept:
        settings.kept.put(keys[job.page], run.notebook, run.body)
