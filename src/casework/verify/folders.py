"""Two folders compared file by file."""

from __future__ import annotations

import filecmp
from collections.abc import Iterator
from pathlib import Path

from casework.verify.difference import first_difference
from casework.verify.finding import Finding

__all__ = ["compare_folders", "files_of"]


def files_of(folder: Path) -> list[str]:
    """List the files below a folder by their path in it, in sorted order; hidden ones and READMEs at its top are passed over."""
    found = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    return sorted(p.as_posix() for p in found if not any(part.startswith(".") for part in p.parts))


def compare_folders(area: str, there: Path, made: Path) -> Iterator[Finding]:
    """Hold each file of a folder against the one that was made again, byte by byte.

    A README beside tables, which a build keeps, is nobody's output and is passed over where it is not made again.
    """
    old, new = files_of(there), files_of(made)
    for name in sorted({*old, *new}):
        if name not in new:
            if not name.startswith("README"):
                yield Finding(area, name, "extra", "is there, but is not made again")
        elif name not in old:
            yield Finding(area, name, "missing", "is made again, but is not there")
        elif filecmp.cmp(there / name, made / name, shallow=False):
            yield Finding(area, name, "identical")
        else:
            yield Finding(area, name, "differs", first_difference(there / name, made / name))
