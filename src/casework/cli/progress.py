"""How far a command has come: a bar with its rate and the time left on a terminal, a line a minute elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer

__all__ = ["progress_of"]

EVERY = 60.0
TEXTS = "texts"  # what is counted in bytes; all else is counted in pieces


@contextmanager
def progress_of(what: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told (done, all so far): bytes for texts, else pieces. All goes to standard error."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(what)
        return
    with _bar(console, what) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _bar(console: Any, what: str) -> Any:
    from rich import progress

    columns: list[Any] = [progress.TextColumn("{task.description}"), progress.BarColumn()]
    if what == TEXTS:
        columns += [progress.DownloadColumn(), progress.TransferSpeedColumn()]
    else:
        columns += [progress.MofNCompleteColumn()]
    return progress.Progress(*columns, progress.TimeRemainingColumn(), console=console, transient=True)


def _lines(what: str) -> Callable[[int, int], None]:
    begun = told = time.monotonic()

    def tell(done: int, of: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= EVERY:
            told = now
            typer.echo(line_of(what, done, of, now - begun), err=True)

    return tell


def line_of(what: str, done: int, of: int, seconds: float) -> str:
    """Say how far it is, how fast, and how long it will take.

    >>> line_of("texts", 12_000_000, 60_000_000, 6.0), line_of("reports", 3, 4, 6.0)
    ('texts: 12.0 of 60.0 MB, 2.00 MB/s, 24 s left', 'reports: 3 of 4, 2 s left')
    """
    left = f"{seconds * (of - done) / done:.0f} s left" if done else "just begun"
    if what != TEXTS:
        return f"{what}: {done} of {of}, {left}"
    return f"{what}: {done / 1e6:.1f} of {of / 1e6:.1f} MB, {done / 1e6 / seconds:.2f} MB/s, {left}"
