"""Record files: .csv, .jsonl and .parquet with a text column, a source a row, read as a stream."""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from casework.sources.decode import Unreadable, sniff
from casework.sources.manifest import ManifestRow, as_day, hash_file
from casework.sources.source import MAX_BYTES, Source, make_source, registered, typed
from casework.text import Problem

__all__ = ["read_records"]

Record = tuple[int, Mapping[str, str] | Unreadable]
_HEAD = 1_000_000
_ALSO = {"content": "text", "body": "text", "title": "headline", "date": "published", "source": "outlet", "license": "licence"}


def read_records(path: Path, file: str, manifest: Mapping[str, ManifestRow]) -> Iterator[Source | Problem]:
    """Yield a Source or a Problem for each record; its file is named `<file>#<number>`, from 1.

    A broken record is a Problem and the next one is read. The columns are `text` and any of a
    manifest's; what the manifest says of the record file fills what a record leaves empty.
    """
    row = registered(file, hash_file(path), manifest)
    reader = {".csv": _csv, ".parquet": _parquet}.get(path.suffix.lower(), _jsonl)
    encoding = "parquet" if reader is _parquet else _encoding(path, row)
    if row is None:
        yield Problem("unregistered", f"{file}: is not in the manifest")
    number = 0
    try:
        for number, found in reader(path, encoding):
            yield from _record(f"{file}#{number}", found, encoding, row)
    except UnicodeError:
        yield Problem("encoding", f"{file}: is not {encoding} somewhere after record {number}; the rest is not read")
    if not number:
        yield Problem("empty", f"{file}: holds no records")


def _encoding(path: Path, row: ManifestRow | None) -> str:
    with path.open("rb") as source:
        head = source.read(_HEAD)
    if not head.strip():
        raise Unreadable("empty", "is empty")
    return row.encoding if row and row.encoding else sniff(head, whole=len(head) < _HEAD)[0]


def _record(name: str, found: Mapping[str, str] | Unreadable, encoding: str, row: ManifestRow | None) -> Iterator[Source | Problem]:
    if isinstance(found, Unreadable):
        yield Problem(found.code, f"{name}: {found}")
        return
    values = {_ALSO[k] if k in _ALSO and _ALSO[k] not in found else k: v for k, v in found.items()}
    text = values.get("text", "")
    if wrong := _no_text(values, text):
        yield Problem(wrong.code, f"{name}: {wrong}")
        return
    canonical = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
    published = values.get("published", "")
    meta = {**values, "published": as_day(published) or as_day(re.split("[^0-9/.-]", published, maxsplit=1)[0])}  # more may follow
    # What a record says of itself goes before what the manifest says of the whole file.
    source = make_source(name, hashlib.sha256(canonical).hexdigest(), len(canonical), encoding, text, meta, typed(row))
    yield replace(source, extracted=True)
    if published and not meta["published"]:
        yield Problem("bad_metadata", f"{name}: published is {published[:40]!r}, not a day written YYYY-MM-DD", source_id=source.source_id)


def _no_text(values: Mapping[str, str], text: str) -> Unreadable | None:
    if "text" not in values:
        return Unreadable("broken", f"has no column 'text', only {', '.join(list(values)[:8])}")
    if not text.strip():
        return Unreadable("empty", "has an empty text")
    if len(text) > MAX_BYTES // 3:
        return Unreadable("too_large", f"has a text of {len(text)} characters; split it")
    try:
        "".join([*values, *values.values()]).encode("utf-8")
    except UnicodeEncodeError:
        return Unreadable("encoding", "holds half a surrogate pair, which is no character")
    return None


def _csv(path: Path, encoding: str) -> Iterator[Record]:
    csv.field_size_limit(MAX_BYTES)
    with path.open(encoding=encoding, newline="") as source:
        reader = csv.reader(source, strict=True)
        header: list[str] = []
        number = 0
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as e:
                number += 1
                yield number, Unreadable("broken", f"is not a valid CSV row, near line {reader.line_num} ({e})")
                continue
            if not header:
                header = [c.strip().removeprefix("\ufeff").lower() for c in cells]
            elif any(cells):
                number += 1
                yield number, _row(header, cells)


def _row(header: list[str], cells: list[str]) -> Mapping[str, str] | Unreadable:
    if len(cells) != len(header):
        return Unreadable("broken", f"has {len(cells)} cells, the header {len(header)}; quote a cell that holds a comma")
    return dict(zip(header, cells, strict=True))


def _jsonl(path: Path, encoding: str) -> Iterator[Record]:
    with path.open(encoding=encoding, newline="\n") as source:
        number = 0
        while line := source.readline(MAX_BYTES):
            if line.strip("\ufeff \t\r\n"):
                number += 1
                yield number, _object(line.lstrip("\ufeff"))


def _object(line: str) -> Mapping[str, str] | Unreadable:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as e:
        return Unreadable("broken", f"is not a JSON object on one line ({type(e).__name__})")
    if not isinstance(found, dict):
        return Unreadable("broken", "is not a JSON object")
    return {str(k).lower(): _plain(v) for k, v in found.items()}


def _parquet(path: Path, encoding: str) -> Iterator[Record]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(path) as table:
            for batch in table.iter_batches(batch_size=8):
                for values in batch.to_pylist():
                    number += 1
                    yield number, {str(k).lower(): _plain(v) for k, v in values.items()}
    except (pa.ArrowException, OSError, ValueError, OverflowError) as e:
        yield number + 1, Unreadable("broken", f"is not whole parquet from here on ({type(e).__name__})")


def _plain(value: Any) -> str:
    """Write a value as text, so that a row has one id in whatever kind of file it comes."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=repr)
