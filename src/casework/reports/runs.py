"""Run the notebooks of a site: several at once, each in a process of its own; one that fails fails alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from casework.reports.crew import Crew, Here, Job, Run
from casework.reports.execute import Limits, RunFailed
from casework.reports.kept import KeptRuns, run_key

__all__ = ["Job", "Run", "Runs", "Settings", "run_jobs"]

TICK = 2.0
"""After so many seconds without news the crew is asked whether it is still there."""


@dataclass
class Runs:
    """What came of the jobs, by page: finished, of which kept from an earlier time, and failed."""

    done: dict[str, Run] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    failed: dict[str, RunFailed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """How reports are run: how many at once or on which cluster, by which engine, within which limits, with which store of earlier runs."""

    jobs: int = 1
    scheduler: str = ""
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
    """Run what is left, and take what comes of it as it comes."""
    of = len(runs.done) + len(left)
    with closing(_crew(folder, settings)) as crew:
        try:
            waiting = crew.start(left)
            while waiting:
                finished, _ = wait(waiting, TICK, FIRST_COMPLETED)
                for future in finished:
                    for job, outcome in zip(waiting.pop(future), future.result(), strict=True):
                        _take(job, outcome, keys, runs, settings)
                    settings.progress(len(runs.done) + len(runs.failed), of)
                if not finished:
                    crew.check()
        except BaseException:
            crew.stop()
            raise


def _crew(folder: Path, settings: Settings) -> Crew:
    if settings.scheduler:
        from casework.reports.cluster import Cluster

        return Cluster(settings.scheduler, settings.engine, folder, settings.limits)
    return Here(settings.jobs, settings.engine, folder, settings.limits)


def _take(job: Job, outcome: Run | RunFailed, keys: Mapping[str, str], runs: Runs, settings: Settings) -> None:
    if isinstance(outcome, RunFailed):
        runs.failed[job.page] = outcome
        return
    runs.done[job.page] = outcome
    if settings.kept:
        settings.kept.put(keys[job.page], outcome.notebook, outcome.body)
