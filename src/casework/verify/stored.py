"""What tables say of themselves, where the raw texts are not there to build them again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from casework.tables import check, check_links, check_surfaces, read_tables
from casework.text import CaseworkError
from casework.verify.finding import Finding

__all__ = ["check_stored"]

PACKAGE = "datapackage.json"


def check_stored(area: str, folder: Path) -> Iterator[Finding]:
    """Hold tables against their data package's hashes, their declared columns, the ids between them, and stored raw texts."""
    whole = True
    for finding in _hashes(area, folder):
        whole = whole and not finding.wrong
        yield finding
    if not whole:
        return
    tables = read_tables(folder)
    for name, frame in tables.frames.items():
        yield from _held(area, f"{name}, its declared columns", partial(check, name, frame))
    yield from _held(area, "ids between the tables", partial(check_links, tables.frames))
    if (folder / "raw").is_dir():
        yield from _held(area, "surfaces, against the stored texts", partial(check_surfaces, tables.frames, partial(_raw, folder)))


def _held(area: str, name: str, holds: Callable[[], object]) -> Iterator[Finding]:
    try:
        holds()
    except CaseworkError as e:
        yield Finding(area, name, "differs", " ".join(line.strip() for line in str(e).splitlines()[:3]))
    else:
        yield Finding(area, name, "identical")


def _raw(folder: Path, source_id: str) -> str | None:
    path = folder / "raw" / f"{source_id}.txt"
    return path.read_bytes().decode("utf-8", "surrogatepass") if path.is_file() else None


def _hashes(area: str, folder: Path) -> Iterator[Finding]:
    try:
        package: Any = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
        told = {str(r["path"]): str(r["hash"]) for r in package["resources"]}
    except (OSError, ValueError, KeyError, TypeError) as e:
        yield Finding(area, PACKAGE, "differs", f"cannot be read ({type(e).__name__}); build the tables again")
        return
    for name, hashed in told.items():
        path = folder / name
        if not path.is_file():
            yield Finding(area, name, "missing", f"{PACKAGE} names it")
        elif (found := f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}") == hashed:
            yield Finding(area, name, "identical")
        else:
            yield Finding(area, name, "differs", f"has {found[:23]}…, {PACKAGE} says {hashed[:23]}…")
