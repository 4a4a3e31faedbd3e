"""One file to one source, or to a problem that says why not."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from casework.sources.child import Child
from casework.sources.decode import Unreadable, decode
from casework.sources.manifest import ManifestRow, as_day, walk
from casework.sources.records import read_records
from casework.sources.source import MAX_BYTES, Source, make_source, registered, typed, unregistered
from casework.text import CaseworkError, Problem

__all__ = ["PLAIN", "READ_APART", "iter_sources", "once", "read_source"]

PLAIN = frozenset({".txt", ".text"})
"""Suffixes of files whose characters are those of the raw text."""
EXTRACTED: Mapping[str, str] = {".html": "html", ".htm": "html", ".xhtml": "html", ".pdf": "pdf", ".docx": "docx"}
READ_APART = frozenset({*PLAIN, *EXTRACTED})
"""Suffixes of files that hold one text: each can be read in a process of its own."""
RECORDS = frozenset({".csv", ".jsonl", ".ndjson", ".parquet"})
INSTEAD = {
    ".doc": "save it as .docx", ".wps": "save it as .docx", ".rtf": "save it as .docx", ".odt": "save it as .docx",
    ".xls": "save it as CSV with a column 'text'", ".xlsx": "save it as CSV with a column 'text'", ".zip": "unpack it",
    ".json": "save it as .jsonl, one record a line", ".md": "rename it to .txt",
}

def iter_sources(folder: Path, manifest: Mapping[str, ManifestRow] | None = None) -> Iterator[Source | Problem]:
    """Read every raw file of a folder in sorted order, one at a time; what cannot be read is a Problem.

    A source comes before the problems that concern it. Files and records with an id that was seen
    give a Problem each. Raises CaseworkError where the folder is not there, holds no file, or a
    registered file has other bytes than its manifest says.
    """
    seen: set[int] = set()
    some = False
    with Child() as child:
        for file in walk(Path(folder)):
            some = True
            yield from once(read_source(Path(folder), file, manifest, child), seen)
    if not some:
        raise CaseworkError(f"{folder}: holds no texts; put .txt, .html, .pdf, .docx, .csv, .jsonl or .parquet files there")


def once(found: Iterator[Source | Problem], seen: set[int]) -> Iterator[Source | Problem]:
    """Pass on what is found, a source only the first time; `seen` remembers ids, as numbers to be small."""
    again = ""
    for item in found:
        if isinstance(item, Problem):
            if not again or item.source_id != again:
                yield item
            continue
        key, again = int(item.source_id[1:], 16), ""
        if key in seen:
            again = item.source_id
            yield Problem("duplicate", f"{item.file}: has the same bytes as another file; both are {again}", source_id=again)
        else:
            seen.add(key)
            yield item


def read_source(
    folder: Path, file: str, manifest: Mapping[str, ManifestRow] | None = None, child: Child | None = None
) -> Iterator[Source | Problem]:
    """Read one file of a folder: a Source and its Problems, many for a record file, else one Problem.

    Files can be read apart from one another, in other processes too; equal bytes in two files are
    found by `iter_sources` alone.
    """
    if not file.isprintable() or file != file.encode("utf-8", "replace").decode("utf-8"):
        shown = file.encode("unicode_escape").decode("ascii")
        yield Problem("bad_name", f"{shown}: has a name that cannot be written into a table; rename the file")
        return
    try:
        yield from _read(folder, file, manifest or {}, child)
    except Unreadable as e:
        yield Problem(e.code, f"{file}: {e}")
    except OSError as e:
        yield Problem("unreadable", f"{file}: cannot be opened ({e.strerror or type(e).__name__})")


def _read(folder: Path, file: str, manifest: Mapping[str, ManifestRow], child: Child | None) -> Iterator[Source | Problem]:
    path, suffix = folder / file, PurePosixPath(file).suffix.lower()
    info = path.stat()
    if not stat.S_ISREG(info.st_mode):
        raise Unreadable("unreadable", "is not a file that can be read")
    if suffix in RECORDS:
        yield from read_records(path, file, manifest)
        return
    if suffix not in PLAIN and suffix not in EXTRACTED:
        instead = INSTEAD.get(suffix, "save it as .txt, .html, .pdf or .docx")
        raise Unreadable("unsupported", f"ends in '{suffix}', for which there is no reader; {instead}")
    if info.st_size > MAX_BYTES:
        raise Unreadable("too_large", f"has {info.st_size} bytes, more than {MAX_BYTES}; split it")
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    row = registered(file, sha256, manifest)
    if not data.strip(b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty", "is empty")
    if suffix in PLAIN:
        yield from _plain(file, data, sha256, row)
    else:
        yield from _extracted(file, EXTRACTED[suffix], data, sha256, row, child)


def _plain(file: str, data: bytes, sha256: str, row: ManifestRow | None) -> Iterator[Source | Problem]:
    got = decode(data, row.encoding if row else "")
    if not got.text.strip("\ufeff \t\r\n\x00"):
        raise Unreadable("empty", "holds nothing but white space")
    source = make_source(file, sha256, len(data), got.encoding, got.text, typed(row))
    yield source
    if got.how == "detected":
        message = f"{file}: read as {got.encoding} by its characters; declare it in the manifest"
        yield Problem("encoding_detected", message, source_id=source.source_id)
    yield from unregistered(source, row)


def _extracted(file: str, kind: str, data: bytes, sha256: str, row: ManifestRow | None, child: Child | None) -> Iterator[Source | Problem]:
    declared = row.encoding if row and kind == "html" else ""
    if child is None:
        with Child() as own:
            found = own.extract(kind, data, declared)
    else:
        found = child.extract(kind, data, declared)
    text, encoding = found.pop("text"), found.pop("encoding")
    found["published"] = as_day(found.get("published", ""))
    page = {k: " ".join(v.split()) for k, v in found.items() if v}
    source = make_source(file, sha256, len(data), encoding, text, typed(row), page)
    from_page = tuple(sorted(page.keys() - typed(row).keys()))
    yield replace(source, extracted=True, from_page=from_page)
    if from_page:
        message = f"{file}: read from the page's own fields, as no manifest tells it: {', '.join(from_page)}"
        yield Problem("from_page", message, source_id=source.source_id)
    yield from unregistered(source, row)
