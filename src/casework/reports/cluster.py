"""Reports on a Dask cluster that is running already: shares of the jobs are its tasks.

Tables and notebooks lie on a file system that all its workers share; what was run comes back.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any

from casework.flow.kit import own_version
from casework.flow.scheduler import ANSWER, PATIENCE, connect, refuse_unfit, unseen
from casework.reports.crew import Job, Run, Shares, run_job
from casework.reports.execute import Limits, RunFailed, load_papermill
from casework.reports.kernels import kernels_of
from casework.reports.lock import installed_with
from casework.reports.provenance import code_digest
from casework.text import CaseworkError

__all__ = ["Cluster", "introduce", "run_share", "why_not"]

SHARE = 8
"""So many reports at most are one task: they share a parent of kernels, and are lost together with their worker."""
LOST = "the workers that ran it were lost, one after the other; it may want more memory than they have"


def introduce(folder: str, notebooks: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Tell, on a worker, the versions of all that pages rest on, and which of the folder and the notebooks it does not see."""
    versions = {"casework": own_version(), "Python": ".".join(platform.python_version_tuple()[:2])}
    versions |= {**installed_with("casework"), "code": code_digest()[:12]}
    return versions, [path for path in (folder, *notebooks) if not Path(path).exists()]


def run_share(jobs: Sequence[Job], folder: Path, engine: str, limits: Limits) -> list[Run | RunFailed]:
    """Run some jobs one after the other, on a worker."""
    load_papermill()
    with kernels_of(engine, limits.memory) as manager:
        return [run_job(job, folder, manager, limits) for job in jobs]


class Cluster:
    """The workers of a scheduler as a crew; raises CaseworkError where it is not there, or where a worker is not fit."""

    def __init__(self, address: str, engine: str, folder: Path, limits: Limits) -> None:
        self._address, self._how = address, (folder, engine, limits)
        self._client: Any = connect(address)
        self._theirs: list[Future[list[Run | RunFailed]]] = []
        self._seen = time.monotonic()

    def start(self, jobs: Sequence[Job]) -> Shares:
        """Hand over the jobs in shares, once every worker was found fit."""
        folder, *_ = self._how
        notebooks = sorted({str(job.notebook) for job in jobs})
        refuse_unfit(self._client, self._address, introduce, (str(folder), notebooks), why_not)
        threads = sum(self._client.nthreads().values())
        size = max(1, min(SHARE, len(jobs) // (2 * threads)))
        shares = [jobs[i : i + size] for i in range(0, len(jobs), size)]
        executor = self._client.get_executor(pure=False)
        self._theirs = [executor.submit(run_share, share, *self._how) for share in shares]
        return {self._outcome(theirs, share): share for theirs, share in zip(self._theirs, shares, strict=True)}

    def _outcome(self, theirs: Future[list[Run | RunFailed]], share: Sequence[Job]) -> Future[list[Run | RunFailed]]:
        """Give a future that holds what came of a share even where its workers died of it."""
        from distributed.scheduler import KilledWorker

        own: Future[list[Run | RunFailed]] = Future()

        def settle(ended: Future[list[Run | RunFailed]]) -> None:
            try:
                own.set_result(ended.result())
            except KilledWorker:
                own.set_result([RunFailed(job.notebook.name, LOST) for job in share])
            except CancelledError:
                own.set_exception(self._gone())
            except Exception as e:
                own.set_exception(e)

        theirs.add_done_callback(settle)
        return own

    def _gone(self) -> CaseworkError:
        return CaseworkError(f"{self._address}: no scheduler or no worker is left; start it again and publish again: what is done is kept")

    def check(self) -> None:
        """Raise CaseworkError where the scheduler has gone, or every worker for some minutes."""
        if self._client.status != "running":
            raise self._gone()
        if self._client.nthreads():
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > PATIENCE:
            raise self._gone()

    def stop(self) -> None:
        """Take back what has not begun."""
        for theirs in self._theirs:
            theirs.cancel()

    def close(self) -> None:
        """Leave; the cluster stays."""
        self._client.close(timeout=ANSWER)


def why_not(told: tuple[dict[str, str], list[str]]) -> str:
    """Say why a worker cannot run reports: what it has in another version, or what it does not see."""
    theirs, missing = told
    ours, _ = introduce("", ())
    for name, own in ours.items():
        if theirs.get(name) != own:
            return f"has {name} {theirs.get(name)}, not {own}; pages would differ: install the same"
    return unseen(missing[0]) if missing else ""
