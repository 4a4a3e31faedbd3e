"""The cache: a part for each batch, under the digest of everything that its rows depend on.

Nothing in it is believed: a name is a digest, an index and each stretch carry a checksum, a raw text is known by
its size and time. What does not agree is made anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from casework.flow.batch import Batch
from casework.flow.kit import Settings
from casework.flow.part import Damaged, Part
from casework.flow.work import ROWS, Task
from casework.tables.files import process_runs
from casework.text import CaseworkError

__all__ = ["VERDICTS", "Cache", "open_cache"]

_LOCK = "lock"
VERDICTS = "copies"
"""The file of the cache that tells which articles were found to be copies."""


@dataclass(frozen=True)
class Cache:
    """A folder of parts, held by one build at a time."""

    folder: Path

    def task(self, number: tuple[int, ...], batch: Batch, raw: Path, settings: Settings, short: bool) -> Task:
        """Give the task that makes a batch's part."""
        name = hashlib.sha256(f"{settings.digest} {short} {batch.key}".encode()).hexdigest()[:32]
        return Task(number, batch, raw, self.folder, name, self.codings(settings), settings, short)

    def codings(self, settings: Settings) -> str:
        """Give the name of the codings in each part."""
        return f"codings-{settings.mechanisms_digest[:16]}.part"

    def holds(self, task: Task) -> bool:
        """Tell whether a task is done; what is there but damaged is removed."""
        try:
            raws = task.home / "raw"
            index = Part(task.home / ROWS).index
            for _, source_id, _, size, time in index["sources"]:
                info = os.stat(f"{raws}/{source_id}.txt")
                if (info.st_size, info.st_mtime_ns) != (size, time):
                    raise Damaged(task.home / ROWS)
        except (Damaged, OSError, KeyError, ValueError, TypeError):
            self.drop(task.name)
            return False
        try:
            return Part(task.home / task.codings).index is not None
        except Damaged:
            (task.home / task.codings).unlink(missing_ok=True)
            return False

    def drop(self, name: str) -> None:
        """Remove a part."""
        shutil.rmtree(self.folder / name, ignore_errors=True)

    def keep(self, names: Collection[str], codings: str) -> None:
        """Remove all parts but those named, and of these all codings but those named, so that the cache does not grow."""
        for entry in os.scandir(self.folder):
            if entry.name in (_LOCK, VERDICTS):
                continue
            if entry.name not in names:
                shutil.rmtree(entry.path, ignore_errors=True)
                continue
            for file in os.scandir(entry.path):
                if file.name not in (ROWS, "raw", codings):
                    os.unlink(file.path)


@contextmanager
def open_cache(folder: Path) -> Iterator[Cache]:
    """Take the cache in a folder for one build; raises CaseworkError where another build has it."""
    made = [f for f in (folder, *folder.parents) if not f.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / _LOCK
    for _ in range(2):
        try:
            file = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
            break
        except FileExistsError:
            holder = lock.read_text(errors="replace")
            if holder.isdigit() and int(holder) != os.getpid() and process_runs(int(holder)):
                raise CaseworkError(f"{folder}: another build of this study is at work (process {holder}); wait for it") from None
            lock.unlink(missing_ok=True)
    else:
        raise CaseworkError(f"{folder}: another build of this study has just begun; wait for it")
    os.write(file, str(os.getpid()).encode())
    os.close(file)
    try:
        yield Cache(folder)
    finally:
        lock.unlink(missing_ok=True)
        with suppress(OSError):
            for empty in made:
                empty.rmdir()
