"""A Dask cluster that is running already: batches are its tasks; raw texts and parts lie on a file system that all its workers share.

Only the names of parts come back, so that neither the scheduler nor this process holds a corpus. Dask gives
the tasks of a lost worker to others by itself; docs/cluster.md shows how to start one.
"""

from __future__ import annotations

import queue
import time
from pathlib import Path
from typing import Any

from casework.flow.kit import Settings, own_version, row_code_digest
from casework.flow.scheduler import ANSWER, PATIENCE, connect, refuse_unfit, unseen
from casework.flow.work import Task, do_task
from casework.text import CaseworkError

__all__ = ["Cluster", "introduce"]

AHEAD = 2  # tasks a thread, so that none waits for us


def introduce(raw: str, cache: str) -> tuple[str, str, bool, bool]:
    """Tell, on a worker, which casework it has and whether it sees the raw texts and the cache."""
    return own_version(), row_code_digest(), Path(raw).is_dir(), Path(cache, "lock").is_file()


class Cluster:
    """The workers of a scheduler as a crew; raises CaseworkError where it is not there, or where a worker is not fit."""

    def __init__(self, address: str, settings: Settings, raw: Path, cache: Path) -> None:
        self._address, self._code = address, settings.code
        self._client: Any = connect(address)
        self._tasks: dict[Any, Task] = {}
        self._ended: queue.Queue[Any] = queue.Queue()
        self._most, self._counted = 0, 0.0
        try:
            refuse_unfit(self._client, address, introduce, (str(raw), str(cache)), lambda told: self._unfit(told, raw, cache))
        except BaseException:
            self.close()
            raise

    def _unfit(self, told: tuple[str, str, bool, bool], raw: Path, cache: Path) -> str:
        version, code, sees_raw, sees_cache = told
        if version != own_version():
            return f"has casework {version}, not {own_version()}"
        if code != self._code:
            return f"has casework {version} with other code or libraries ({code[:8]}, not {self._code[:8]})"
        return "" if sees_raw and sees_cache else unseen(cache if sees_raw else raw)

    def room(self) -> bool:
        """Tell whether the cluster has fewer than two tasks a thread."""
        if time.monotonic() - self._counted > 1:
            self._most, self._counted = AHEAD * sum(self._client.nthreads().values()), time.monotonic()
        return len(self._tasks) < max(AHEAD, self._most)

    def submit(self, task: Task) -> None:
        """Hand a task to the scheduler."""
        future: Any = self._client.submit(do_task, task, pure=False, key=f"casework-{task.name}-{time.monotonic_ns()}")
        self._tasks[future.key] = task
        future.add_done_callback(self._ended.put)

    def wait(self) -> tuple[Task, bool]:
        """Wait for any task; it is lost where several workers in a row have died of it."""
        from distributed.scheduler import KilledWorker

        future = self._next()
        task = self._tasks.pop(future.key)
        if future.status == "finished":
            return task, True
        if future.status != "error":
            raise CaseworkError(f"{self._address}: the scheduler has gone; start it again and build again: what is done is kept")
        error = future.exception()
        if isinstance(error, KilledWorker):
            return task, False
        raise error

    def _next(self) -> Any:
        """Give the next future that has ended, as long as there is anyone to work."""
        since = time.monotonic()
        while time.monotonic() - since < PATIENCE:
            try:
                return self._ended.get(timeout=ANSWER)
            except queue.Empty:
                if self._client.status == "running" and self._client.nthreads():
                    since = time.monotonic()
        minutes = f"{PATIENCE / 60:.0f} minutes"
        raise CaseworkError(f"{self._address}: no worker or no scheduler for {minutes}; what is done is kept, build again")

    def close(self) -> None:
        """Take back what is not done and leave; the cluster stays."""
        self._tasks = {}
        self._client.close(timeout=ANSWER)
