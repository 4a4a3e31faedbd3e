"""A batch: some sources that lie side by side, the unit of work and of the cache."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass, fields
from pathlib import Path, PurePosixPath

from casework.sources import MAX_BYTES, READ_APART, Child, Manifest, ManifestRow, Source, read_source, registered, walk
from casework.text import CaseworkError, Problem

__all__ = ["Batch", "File", "Item", "close_child", "make_batches", "read_items", "size_of"]

MEAN, MOST, BYTES = 32, 256, 512_000
_META = tuple(f.name for f in fields(Source) if f.name != "raw")


@dataclass(frozen=True, slots=True)
class File:
    """A raw file that a worker will read: its path in the raw folder, its bytes' SHA-256, and its row of the manifest."""

    file: str
    sha256: str
    bytes: int
    row: ManifestRow | None = None


Item = File | Source | Problem


@dataclass(frozen=True, slots=True)
class Batch:
    """Items in the order of the folder; records of a record file come read, since they are read as a stream."""

    items: tuple[Item, ...]

    @property
    def bytes(self) -> int:
        """The size of its sources."""
        return sum(i.bytes for i in self.items if not isinstance(i, Problem))

    @property
    def key(self) -> str:
        """The SHA-256 of what its rows depend on, as far as the corpus goes: bytes by their hash, metadata, names."""
        digest = hashlib.sha256()
        for item in self.items:
            digest.update(json.dumps(_told(item), ensure_ascii=True).encode() + b"\n")
        return digest.hexdigest()

    def split(self) -> list[Batch]:
        """Give each source a batch of its own, with the problems that follow it."""
        out: list[list[Item]] = []
        for item in self.items:
            if isinstance(item, Problem) and out:
                out[-1].append(item)
            else:
                out.append([item])
        return [Batch(tuple(items)) for items in out]


def _told(item: Item) -> list[object]:
    if isinstance(item, File):
        # Not the row's last two cells: where the manifest lies changes nothing.
        return [item.file, item.sha256, *(astuple(item.row)[:-2] if item.row else ())]
    return [getattr(item, n) for n in _META] if isinstance(item, Source) else list(astuple(item))


def make_batches(folder: Path, manifest: Mapping[str, ManifestRow]) -> Iterator[Batch | Problem]:
    """Cut a folder of raw texts into batches, in sorted order; what is no source and belongs to none is a Problem.

    Where a batch ends depends on the names in it, not on how many came before, so that a new file
    changes one batch only. Raises CaseworkError where the folder holds no file.
    """
    items: list[Item] = []
    size, some = 0, False
    for item in _items(folder, manifest):
        some = True
        if isinstance(item, Problem):
            if item.source_id:
                items.append(item)
            else:
                yield item
            continue
        if items and (len(items) >= MOST or size + item.bytes > BYTES or zlib.crc32(item.file.encode()) % MEAN == 0):
            yield Batch(tuple(items))
            items, size = [], 0
        items.append(item)
        size += item.bytes
    if items:
        yield Batch(tuple(items))
    if not some:
        raise CaseworkError(f"{folder}: holds no texts; put .txt, .html, .pdf, .docx, .csv, .jsonl or .parquet files there")


def size_of(folder: Path) -> int:
    """Give the bytes of all raw files of a folder."""
    total = 0
    for file in walk(folder):
        with suppress(OSError, ValueError):
            total += (folder / file).stat().st_size
    return total


def _items(folder: Path, manifest: Mapping[str, ManifestRow]) -> Iterator[Item]:
    for file in walk(folder):
        item = _file(folder, file, manifest)
        if item is None:
            yield from read_source(folder, file, manifest)
        else:
            yield item


def _file(folder: Path, file: str, manifest: Mapping[str, ManifestRow]) -> File | None:
    """Describe a file that a worker may read; nothing where there is nothing to be read apart, or nothing at all."""
    if PurePosixPath(file).suffix.lower() not in READ_APART or not file.isprintable():
        return None
    path = f"{folder}/{file}"
    try:
        info = os.stat(path)
        if not stat.S_ISREG(info.st_mode) or info.st_size > MAX_BYTES:
            return None
        with open(path, "rb") as raw:
            sha256 = hashlib.sha256(raw.read()).hexdigest()
    except (OSError, ValueError):
        return None
    return File(file, sha256, info.st_size, registered(file, sha256, manifest))


def read_items(batch: Batch, folder: Path) -> Iterator[Source | Problem]:
    """Read the sources of a batch; each is followed by its problems.

    Raises CaseworkError where a file has changed since the batch was made.
    """
    for item in batch.items:
        if not isinstance(item, File):
            yield item
            continue
        rows = Manifest({item.row.file: item.row} if item.row else {})
        for found in read_source(folder, item.file, rows, _child()):
            if isinstance(found, Source) and found.sha256 != item.sha256:
                raise CaseworkError(f"{folder / item.file}: has changed while it was read; build again")
            yield found


_OWN = threading.local()


def _child() -> Child:
    """Give this thread's reader of pages; it is kept from batch to batch, since it takes a second to start."""
    if not hasattr(_OWN, "child"):
        _OWN.child = Child()
    return _OWN.child  # type: ignore[no-any-return]


def close_child() -> None:
    """End this thread's reader of pages, if it was ever started."""
    _child().close()
