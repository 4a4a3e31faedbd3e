"""What a worker does: read the sources of a batch, make their rows, and store both as parts.

A part is a folder of the cache: `rows.part`, `codings-….part` (the one stage with a codebook of its
own) and `raw/`, the texts. It appears whole or not at all.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from casework.flow.batch import Batch, read_items
from casework.flow.copies import LONG_ENOUGH, marks_of
from casework.flow.kit import Settings, load_kit, load_mechanisms_of, row_code_digest
from casework.flow.part import Part, write_part
from casework.flow.records import Record, Records, add_codings, read_source
from casework.sources import Source
from casework.tables import TABLES
from casework.tables.rows import Cells, arrange_rows, bad_links, bad_rows, bad_surfaces, held_back, write_block
from casework.text import CaseworkError, Problem, Text

__all__ = ["ROWS", "SHORT_FORM", "Task", "do_task", "problem_row"]

ROWS = "rows.part"
SHORT_FORM = " short"
"""What the name of a table's stand-off blocks ends in."""


@dataclass(frozen=True, slots=True)
class Task:
    """A batch to be done: where its raw files lie, and the folder and the name of its part in the cache."""

    number: tuple[int, ...]
    batch: Batch
    folder: Path
    cache: Path
    name: str
    codings: str
    settings: Settings
    short: bool

    @property
    def home(self) -> Path:
        """The folder of its part."""
        return self.cache / self.name


@dataclass
class _Read:
    """The sources of a batch in the order of the tables, and their rows."""

    sources: list[Source] = field(default_factory=list)
    order: list[int] = field(default_factory=list)
    records: list[Records] = field(default_factory=list)
    again: list[tuple[int, str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def do_task(task: Task) -> None:
    """Make the part of a task, or only its codings where its rows are there.

    Raises CaseworkError where this is another version of the package than the one that asks.
    """
    if task.settings.code != row_code_digest():
        raise CaseworkError("a worker has another version of casework, or other code, than where the build was started; install the same")
    if (task.home / ROWS).exists():
        _write_codings(task, task.home, _stored(task))
        return
    new = Path(tempfile.mkdtemp(prefix=".", dir=task.cache))
    try:
        read = _read(task)
        _write_rows(task, new, read)
        _write_codings(task, new, read)
        try:
            new.rename(task.home)
        except OSError:
            # A worker that was given up for lost may have been quicker; its part is as good.
            if not (task.home / ROWS).exists():
                raise
    except OSError as e:
        raise CaseworkError(f"{e.filename or task.home}: cannot be written ({e.strerror}); free some space and build again") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _read(task: Task) -> _Read:
    kit = load_kit(task.settings)
    found: dict[str, tuple[int, Source, Records]] = {}
    out = _Read()
    last = ""
    for number, item in enumerate(read_items(task.batch, task.folder)):
        if isinstance(item, Source):
            last = item.file
            if item.source_id in found:
                out.again.append((number, item.file, item.source_id))
            else:
                found[item.source_id] = number, item, read_source(item, kit)
        elif not item.source_id:
            out.problems.append(item)
        elif found[item.source_id][1].file == last:  # those of a text that was there before are not told twice
            found[item.source_id][2].add("problems", **problem_row(item))
    for number, source, records in sorted(found.values(), key=lambda f: (f[1].file, f[1].source_id)):
        out.sources.append(source)
        out.order.append(number)
        out.records.append(records)
    return out


def problem_row(p: Problem) -> Record:
    """Give the row of a problem."""
    return {"source_id": p.source_id, "start": p.start, "end": p.end, "code": p.code, "message": p.message}


def _stored(task: Task) -> _Read:
    """Give what the codings need of a part that is there: the passages that are told."""
    part = Part(task.home / ROWS)
    out = _Read()
    for i, (file, source_id, *_) in enumerate(part.index["sources"]):
        raw = (task.home / "raw" / f"{source_id}.txt").read_bytes().decode("utf-8")
        records = Records()
        for where, clean, packed in json.loads(part.block("told", i, i + 1)[0] or b"[]"):
            records.told.append((where, Text.unpack(raw, clean, packed)))
        out.sources.append(Source(source_id, file, "", 0, "", raw))
        out.records.append(records)
    mechanisms = load_mechanisms_of(task.settings)
    for records in out.records:
        add_codings(records, mechanisms)
    return out


def _write_rows(task: Task, home: Path, read: _Read) -> None:
    rows = {name: _arranged(name, read) for name in TABLES if name != "codings"}
    _check(read, rows)
    blocks = _blocks(rows, task.short)
    counts = {name: [len(of) for of in rows[name.removesuffix(SHORT_FORM)]] for name in blocks}
    blocks["told"] = [json.dumps([[w, t.clean, t.pack()] for w, t in r.told], ensure_ascii=False).encode() for r in read.records]
    articles = list(_articles(read))
    blocks["words"] = [words.encode() for *_, words in articles]
    blocks["marks"] = [marks_of(words).tobytes() for *_, words in articles]
    stamps = _store_raws(home, read.sources)
    index = {
        "sources": [[s.file, s.source_id, *more] for s, *more in zip(read.sources, read.order, *zip(*stamps, strict=True), strict=True)],
        "articles": [[i, article_id, published] for i, article_id, published, _ in articles],
        "again": read.again,
        "problems": [[p.code, p.message] for p in read.problems],
        "bytes": task.batch.bytes,
    }
    write_part(home / ROWS, index, blocks, counts)


def _write_codings(task: Task, home: Path, read: _Read) -> None:
    rows = {"codings": _arranged("codings", read)}
    _check(read, rows)
    blocks = _blocks(rows, task.short)
    new = home / f".{task.codings}.{os.getpid()}"
    write_part(new, {}, blocks, {name: [len(of) for of in rows["codings"]] for name in blocks})
    new.replace(home / task.codings)


def _arranged(name: str, read: _Read) -> list[list[Cells]]:
    records = [(row, i) for i, r in enumerate(read.records) for row in r.rows.get(name, ())]
    return arrange_rows(TABLES[name], [row for row, _ in records], [i for _, i in records], len(read.records))


def _check(read: _Read, rows: Mapping[str, Sequence[Sequence[Cells]]]) -> None:
    """Hold rows against their declarations, the ids they name and the raw texts; every bad cell is told with its row."""
    bad: list[str] = []
    for name, groups in rows.items():
        declared = TABLES[name]
        if bad_rows(declared, [row for group in groups for row in group]):
            bad += [f"{s.file}: {name} {b}" for s, group in zip(read.sources, groups, strict=True) for b in bad_rows(declared, group)]
        for source, group in zip(read.sources, groups, strict=True):
            bad += [f"{source.file}: {b}" for b in bad_surfaces(declared, group, source.raw)]
    if len(rows) > 1:
        bad += bad_links({name: [row for group in groups for row in group] for name, groups in rows.items()})
    if bad:
        raise CaseworkError(f"{len(bad)} bad cell{'s' * (len(bad) > 1)}\n" + "\n".join(f"  {b}" for b in bad))


def _blocks(rows: Mapping[str, Sequence[Sequence[Cells]]], short: bool) -> dict[str, list[bytes]]:
    blocks = {name: [write_block(group) for group in groups] for name, groups in rows.items()}
    if short:
        for name, groups in rows.items():
            if any(c.words for c in TABLES[name]):
                blocks[name + SHORT_FORM] = [write_block(held_back(TABLES[name], group)) for group in groups]
    return blocks


def _articles(read: _Read) -> Iterator[tuple[int, str, str, str]]:
    """Yield the articles that are long enough to be copies: source, id, day and body."""
    for i, records in enumerate(read.records):
        bodies: dict[str, list[str]] = {}
        for p in records.rows.get("passages", ()):
            if p["role"] == "body":
                bodies.setdefault(p["article_id"], []).append(p["text"])
        for a in records.rows.get("articles", ()):
            words = "".join(bodies.get(a["article_id"], ()))
            if len(words) >= LONG_ENOUGH:
                yield i, a["article_id"], a["published"], words


def _store_raws(home: Path, sources: Sequence[Source]) -> list[tuple[int, int]]:
    """Store the raw texts; give each one's size and time, by which a file that was touched since is known."""
    folder = home / "raw"
    folder.mkdir()
    stamps: list[tuple[int, int]] = []
    for s in sources:
        file = os.open(folder / f"{s.source_id}.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
        try:
            data = memoryview(s.raw.encode("utf-8"))
            while data:
                data = data[os.write(file, data) :]
            info = os.fstat(file)
        finally:
            os.close(file)
        stamps.append((info.st_size, info.st_mtime_ns))
    return stamps
