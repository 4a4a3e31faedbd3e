"""The crew that does the tasks: one process, several, or a cluster; what happens to a task whose worker dies is settled here."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from casework.flow.batch import close_child
from casework.flow.cache import Cache
from casework.flow.work import Task, do_task
from casework.text import Problem

__all__ = ["Alone", "Crew", "Done", "run_tasks"]

TRIES = 2


class Crew(Protocol):
    """Who does tasks: `submit` while there is `room`, then `wait` for any that has ended."""

    def room(self) -> bool:
        """Tell whether another task would find someone to do it."""

    def submit(self, task: Task) -> None:
        """Hand over a task."""

    def wait(self) -> tuple[Task, bool]:
        """Give a task that has ended, and whether it is done; else its worker is lost. Raises what the task raised."""

    def close(self) -> None:
        """Send everyone home."""


class Alone:
    """A crew of one: this process."""

    def __init__(self) -> None:
        self._task: Task | None = None

    def room(self) -> bool:
        """Tell whether there is no task."""
        return self._task is None

    def submit(self, task: Task) -> None:
        """Take a task."""
        self._task = task

    def wait(self) -> tuple[Task, bool]:
        """Do the task."""
        task, self._task = self._task, None
        assert task is not None
        do_task(task)
        return task, True

    def close(self) -> None:
        """End the reader of pages."""
        close_child()


@dataclass(frozen=True, slots=True)
class Done:
    """A part that is there, or a problem in its place."""

    number: tuple[int, ...]
    bytes: int
    name: str = ""
    problem: Problem | None = None


def run_tasks(tasks: Iterator[Task], crew: Crew, cache: Cache) -> Iterator[Done]:
    """Have every task done, those first that the cache holds.

    A task that loses its worker is tried again, then source by source; a source that loses it twice more becomes a problem.
    """
    again: deque[Task] = deque()
    tries: dict[tuple[int, ...], int] = {}
    running = 0
    more = True
    while more or running or again:
        while (more or again) and crew.room():
            task = again.popleft() if again else next(tasks, None)
            if task is None:
                more = False
            elif cache.holds(task):
                yield Done(task.number, task.batch.bytes, task.name)
            else:
                crew.submit(task)
                running += 1
        if not running:
            continue
        task, done = crew.wait()
        running -= 1
        if done:
            yield Done(task.number, task.batch.bytes, task.name)
            continue
        tries[task.number] = tries.get(task.number, 0) + 1
        if tries[task.number] < TRIES:
            again.append(task)
        elif len(parts := task.batch.split()) > 1:
            again.extend(
                cache.task((*task.number, i), part, task.folder, task.settings, task.short) for i, part in enumerate(parts)
            )
        else:
            yield Done(task.number, task.batch.bytes, problem=_killed(task))


def _killed(task: Task) -> Problem:
    file = next(i.file for i in task.batch.items if not isinstance(i, Problem))
    return Problem("killed", f"{file}: ended the process that read it, {TRIES} times by itself; take it out, or split it")
