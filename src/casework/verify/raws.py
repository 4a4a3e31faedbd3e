"""The raw texts against the manifest: changed, missing, unregistered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from casework.sources import Manifest, ManifestRow, walk
from casework.sources.manifest import hash_file
from casework.verify.finding import Finding

__all__ = ["check_raws"]


def check_raws(folder: Path, manifest: Manifest, tables: Path) -> Iterator[Finding]:
    """Hold every registered file against its SHA-256, and name each file that is not registered.

    Where the text of a changed file still lies beside the tables, the first byte that was changed is named.
    """
    for row in manifest.values():
        path = folder / row.file
        if not path.is_file():
            yield Finding("raw", row.file, "missing", f"registered with sha256 {row.sha256}; {_place(folder, row)}")
        elif (found := hash_file(path)) == row.sha256:
            yield Finding("raw", row.file, "identical")
        else:
            detail = f"has sha256 {found[:16]}…, the manifest (line {row.line}) {row.sha256[:16]}…"
            yield Finding("raw", row.file, "differs", detail + (_changed(path, row, tables) or _resized(path, row)))
    for file in walk(folder):
        if file not in manifest:
            yield Finding("raw", file, "extra", _unregistered(folder / file, manifest))


def _place(folder: Path, row: ManifestRow) -> str:
    return f"put it into {folder.name}/{row.file}"


def _unregistered(path: Path, manifest: Manifest) -> str:
    known = manifest.by_hash.get(hash_file(path)) if path.is_file() else None
    if known:
        return f"is {known.file} of the manifest under another name"
    return "is not registered; `casework manifest STUDY` adds it"


def _changed(path: Path, row: ManifestRow, tables: Path) -> str:
    """Name the first byte that differs from the text that the tables were built from, where that is stored as it was."""
    stored = tables / "raw" / f"s{row.sha256[:16]}.txt"
    if not stored.is_file():
        return ""
    was, now = stored.read_bytes(), path.read_bytes()
    if hash_bytes(was) != row.sha256:
        return ""
    at = next((i for i, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), min(len(was), len(now)))
    line = was.count(b"\n", 0, at) + 1
    if at < min(len(was), len(now)):
        return f"; changed at byte {at} (line {line}): {was[at]:#04x} became {now[at]:#04x}"
    return f"; had {len(was)} bytes, has {len(now)}"


def _resized(path: Path, row: ManifestRow) -> str:
    size = path.stat().st_size
    return f"; has {size} bytes, the manifest says {row.bytes}" if row.bytes and int(row.bytes) != size else ""


def hash_bytes(data: bytes) -> str:
    """Give the SHA-256 of bytes in hex."""
    import hashlib

    return hashlib.sha256(data).hexdigest()
