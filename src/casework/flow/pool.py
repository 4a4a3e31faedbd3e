"""Processes of this machine: each has its own pipe, so that it is known whose task is lost when one is killed."""

from __future__ import annotations

import gc
import multiprocessing
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from casework.flow.kit import Settings, warm_up
from casework.flow.work import Task, do_task

__all__ = ["Pool"]


class Pool:
    """Workers that do one task at a time; started at the first task, each anew where it dies."""

    def __init__(self, jobs: int, settings: Settings) -> None:
        self._jobs, self._settings = jobs, settings
        # Where fork is safe, what a study brings is loaded once and shared.
        self._forks = "fork" in multiprocessing.get_all_start_methods() and sys.platform == "linux"
        self._context: Any = multiprocessing.get_context("fork" if self._forks else "spawn")
        self._idle: list[tuple[Connection, BaseProcess]] = []
        self._busy: dict[Connection, tuple[BaseProcess, Task]] = {}
        self._warm = False

    def room(self) -> bool:
        """Tell whether a worker is free or may be started."""
        return len(self._busy) < self._jobs

    def submit(self, task: Task) -> None:
        """Hand a task to a free worker."""
        ours, process = self._idle.pop() if self._idle else self._start()
        self._busy[ours] = process, task
        with suppress(OSError):  # where it has died while it was idle, `wait` finds it so
            ours.send(task)

    def wait(self) -> tuple[Task, bool]:
        """Wait for any worker to end its task or itself."""
        ours: Any = wait(list(self._busy))[0]
        process, task = self._busy.pop(ours)
        try:
            error = ours.recv()
        except (EOFError, OSError):
            ours.close()
            process.join()
            return task, False
        self._idle.append((ours, process))
        if error is not None:
            raise error
        return task, True

    def close(self) -> None:
        """End every worker, whatever it does."""
        for ours, process in [*self._idle, *((c, p) for c, (p, _) in self._busy.items())]:
            ours.close()
            process.kill()
            process.join()
        self._idle, self._busy = [], {}

    def _start(self) -> tuple[Connection, BaseProcess]:
        if self._forks and not self._warm:
            warm_up(self._settings)
            gc.collect()
            gc.freeze()  # what is shared stays shared: a collection would write to every page of it
            self._warm = True
        ours, theirs = self._context.Pipe()
        others = [c for c, _ in self._idle] + list(self._busy) if self._forks else []
        process = self._context.Process(target=_serve, args=(theirs, [ours, *others] if self._forks else []), daemon=True)
        process.start()
        theirs.close()
        return ours, process


def _serve(pipe: Connection, others: list[Connection]) -> None:
    """Do the tasks that come through a pipe until it is closed."""
    for other in others:  # or a worker would keep its neighbours' pipes open after the parent's death
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            do_task(task)
        except Exception as e:  # told to the parent, which raises it
            pipe.send(e)
        else:
            pipe.send(None)
