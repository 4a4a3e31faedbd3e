"""A part: the rows of a batch as a file of ready blocks, with an index and a checksum of each stretch."""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from casework.text import CaseworkError

__all__ = ["Damaged", "Part", "write_part"]

_MAGIC = b"casework-part-1"


class Damaged(Exception):
    """A part that is not what was written; `path` is its file."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


def write_part(path: Path, index: Mapping[str, Any], blocks: Mapping[str, Sequence[bytes]], counts: Mapping[str, Sequence[int]]) -> None:
    """Write a part: for each name a block a source, and how many rows each has.

    Raises CaseworkError where it cannot be written; no half of it is left.
    """
    stretches: dict[str, Any] = {}
    at = 0
    whole: list[bytes] = []
    for name, of in blocks.items():
        sizes = np.array([[len(b) for b in of], counts.get(name, [1] * len(of))], np.int64)
        for key, data in ((name, b"".join(of)), (f"{name} sizes", sizes.astype("<i8").tobytes())):
            stretches[key] = [at, len(data), zlib.crc32(data)]
            at += len(data)
            whole.append(data)
    head = json.dumps({**index, "stretches": stretches}, ensure_ascii=False).encode()
    begin = b"%s %d %s\n" % (_MAGIC, len(head), hashlib.sha256(head).hexdigest().encode())
    try:
        with path.open("wb") as file:
            file.writelines([begin, head, *whole])
    except OSError as e:
        path.unlink(missing_ok=True)
        size = (len(begin) + len(head) + at) // 1_000_000 + 1
        raise CaseworkError(f"{path}: cannot be written ({e.strerror}; {size} MB); free some space and build again") from None


@dataclass(frozen=True)
class Part:
    """A part as it lies on the disk; nothing of it is believed before its checksum agrees."""

    path: Path
    _held: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)
    _sizes: dict[str, tuple[list[int], list[int]]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _opened(self) -> tuple[int, dict[str, Any]]:
        try:
            with self.path.open("rb") as file:
                magic, length, digest = file.readline(200).split()
                head = file.read(int(length))
                base = file.tell()
                index: dict[str, Any] = json.loads(head)
                whole = os.fstat(file.fileno()).st_size
            end = max((a + n for a, n, _ in index["stretches"].values()), default=0)
        except (OSError, ValueError, LookupError, TypeError):
            raise Damaged(self.path) from None
        if magic != _MAGIC or hashlib.sha256(head).hexdigest().encode() != digest or whole != base + end:
            raise Damaged(self.path)
        return base, index

    @property
    def index(self) -> dict[str, Any]:
        """What was said of the batch."""
        return self._opened[1]

    @property
    def names(self) -> list[str]:
        """What blocks there are."""
        return [n for n in self.index["stretches"] if not n.endswith(" sizes")]

    def read(self, name: str) -> bytes:
        """Give a stretch; raises Damaged where it is not what was written."""
        if name not in self._held:
            base, index = self._opened
            at, length, checksum = index["stretches"][name]
            try:
                with self.path.open("rb") as file:
                    file.seek(base + at)
                    data = file.read(length)
            except OSError:
                raise Damaged(self.path) from None
            if zlib.crc32(data) != checksum:
                raise Damaged(self.path)
            self._held[name] = data
        return self._held[name]

    def sizes(self, name: str) -> tuple[list[int], list[int]]:
        """Give for each source where its block ends and how many rows it and those before it have, both from a nought on."""
        if name not in self._sizes:
            found = np.frombuffer(self.read(f"{name} sizes"), "<i8").reshape(2, -1)
            ends, rows = ([0, *np.cumsum(numbers).tolist()] for numbers in found)
            self._sizes[name] = ends, rows
        return self._sizes[name]

    def block(self, name: str, first: int, last: int) -> tuple[bytes, int]:
        """Give the blocks of the sources from `first` to before `last`, and their number of rows."""
        ends, rows = self.sizes(name)
        data = self.read(name)
        start, stop = ends[first], ends[last]
        return data if stop - start == len(data) else data[start:stop], rows[last] - rows[first]
