"""Parts to tables: blocks put one after the other in the order of the sources, so that memory does not grow with the corpus."""

from __future__ import annotations

import hashlib
import heapq
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from casework.flow.corrections import correct_rows
from casework.flow.follow import follow_cases
from casework.flow.part import Part
from casework.flow.survey import Patch, Place, Survey
from casework.flow.work import ROWS, SHORT_FORM, problem_row
from casework.sources import PLAIN
from casework.tables import TABLES, cell
from casework.tables.files import Format, describe_file, write_package
from casework.tables.parquet import to_parquet
from casework.tables.rows import Cells, bad_rows, held_back, read_block, sort_rows, write_block
from casework.text import CaseworkError, Problem

__all__ = ["Merged", "merge_parts"]

LEVEL = TABLES["cases"].names.index("level")
TOLD = 1000  # problems that are given back as lines; the table has all


@dataclass
class _Open:
    """A part that is being read: its rows and its codings."""

    place: Place
    rows: Part
    codings: Part

    @classmethod
    def at(cls, place: Place) -> _Open:
        return cls(place, Part(place.home / ROWS), Part(place.home / place.codings))

    @property
    def keys(self) -> list[tuple[str, str]]:
        return [(s[0], s[1]) for s in self.rows.index["sources"]]

    def block(self, name: str, first: int, last: int) -> tuple[bytes, int]:
        return (self.codings if name.startswith("codings") else self.rows).block(name, first, last)


@dataclass
class _File:
    """A table's file while it is written."""

    path: Path
    rows: int = 0
    digest: Any = field(default_factory=hashlib.sha256)
    out: Any = None

    def write(self, block: bytes, rows: int) -> None:
        if block:
            self.out.write(block)
            self.digest.update(block)
            self.rows += rows


@dataclass
class Merged:
    """How many rows each table has, the first of its problems as lines, and how many cases are of each level (none: no place known)."""

    counts: dict[str, int]
    problems: list[str]
    levels: Counter[str]


def merge_parts(survey: Survey, full: Path, short: Path | None, all_shown: bool, format: Format, about: Mapping[str, Any]) -> Merged:
    """Write the tables into the folder `full`, with the raw texts, and their stand-off form into `short`."""
    (full / "raw").mkdir()
    with ExitStack() as stack:
        files = {name: _begin(stack, full / f"{name}.csv", TABLES[name].names) for name in TABLES}
        others = {n: _begin(stack, short / f"{n}.csv", TABLES[n].names) for n in TABLES} if short else {}
        lines, levels = _write_all(survey, full, files, others, all_shown)
    _describe(full, files, format, about)
    if short:
        _describe(short, others, "csv", about)
    return Merged({name: f.rows for name, f in files.items()}, lines, levels)


def _begin(stack: ExitStack, path: Path, names: Sequence[str]) -> _File:
    file = _File(path)
    file.out = stack.enter_context(path.open("wb", buffering=1 << 20))
    file.write(write_block([names]), 0)
    return file


def _describe(folder: Path, files: Mapping[str, _File], format: Format, about: Mapping[str, Any]) -> None:
    resources = []
    for name, file in files.items():
        path = to_parquet(TABLES[name], file.path) if format == "parquet" else file.path
        resources.append(describe_file(TABLES[name], path, format, file.digest.hexdigest() if format == "csv" else ""))
    write_package(folder, resources, about)


def _write_all(
    survey: Survey, full: Path, files: Mapping[str, _File], others: Mapping[str, _File], all_shown: bool
) -> tuple[list[str], Counter[str]]:
    first = sort_rows(TABLES["problems"], [_cells(p) for p in survey.problems])
    lines = [f"{message} ({code})" for *_, code, message in first[:TOLD]]
    levels: Counter[str] = Counter()
    for written in (files, others):
        if written:
            written["problems"].write(write_block(first), len(first))
    for part, start, stop in _in_order(survey.places):
        for a, b, patch in _stretches(part, start, stop, survey):
            _link_raws(part, a, b, full / "raw")
            for name, file in files.items():
                block, rows, short = _patched(part, name, a, patch, bool(others)) if patch else (*part.block(name, a, b), None)
                file.write(block, rows)
                if name == "cases":
                    levels.update(row[LEVEL] for row in read_block(block))
                if name == "problems" and len(lines) < TOLD:
                    lines += _lines(part, a, b, read_block(block)[: TOLD - len(lines)])
                if others and short is None and not all_shown and any(c.words for c in TABLES[name]):
                    short, _ = part.block(name + SHORT_FORM, a, b)
                if others:
                    others[name].write(block if short is None or all_shown else short, rows)
    return lines, levels


def _lines(part: _Open, a: int, b: int, problems: Sequence[Cells]) -> Iterator[str]:
    """Say each problem of some sources behind its file, and the line of it where the file is read as it is."""
    files = {source_id: file for file, source_id in part.keys[a:b]}
    raw = lru_cache(maxsize=1)(lambda source_id: (part.place.home / "raw" / f"{source_id}.txt").read_bytes().decode("utf-8"))
    for source_id, start, end, code, message in problems:
        file, where = files[source_id], ""
        said = message.removeprefix(f"{file}: ")
        if start and PurePosixPath(file).suffix.lower() in PLAIN:
            file += f":{line_at(raw(source_id), int(start))}"
        elif start:
            where = f"characters {start}–{end}, "
        yield f"{file}: {said} ({where}{code})"


def line_at(text: str, at: int) -> int:
    r"""Give the line, counted from one, that a character stands in.

    >>> line_at("a\nb\nc", 2), line_at("a\r\nb", 3), line_at("a\rb", 2)
    (2, 2, 2)
    """
    return 1 + max(text.count("\n", 0, at), text.count("\r", 0, at))


def _cells(p: Problem) -> Cells:
    row = problem_row(p)
    return tuple(cell(row[n]) for n in TABLES["problems"].names)


def _in_order(places: Sequence[Place]) -> Iterator[tuple[_Open, int, int]]:
    """Yield stretches of sources, over all parts sorted by file and id; only parts that overlap are open at once."""
    waiting = sorted(range(len(places)), key=lambda n: (places[n].first, n), reverse=True)
    heap: list[tuple[tuple[str, str], int, int]] = []
    opened: dict[int, tuple[_Open, list[tuple[str, str]]]] = {}
    while waiting or heap:
        while waiting and (not heap or places[waiting[-1]].first <= heap[0][0]):
            n = waiting.pop()
            part = _Open.at(places[n])
            if keys := part.keys:
                opened[n] = part, keys
                heapq.heappush(heap, (keys[0], n, 0))
        if not heap:
            continue
        _, n, start = heapq.heappop(heap)
        part, keys = opened[n]
        limits = [heap[0][0]] if heap else []
        limits += [places[waiting[-1]].first] if waiting else []
        stop = start + 1
        while stop < len(keys) and all(keys[stop] < limit for limit in limits):
            stop += 1
        yield part, start, stop
        if stop < len(keys):
            heapq.heappush(heap, (keys[stop], n, stop))
        else:
            del opened[n]


def _stretches(part: _Open, start: int, stop: int, survey: Survey) -> Iterator[tuple[int, int, Patch | None]]:
    """Cut a stretch of sources where one is dropped or patched."""
    dropped = survey.dropped.get(part.place.home, set())
    a = start
    for i, (_, source_id, *_) in enumerate(part.rows.index["sources"][start:stop], start=start):
        patch = survey.patches.get(source_id)
        if i not in dropped and patch is None:
            continue
        if a < i:
            yield a, i, None
        if i not in dropped:
            yield i, i + 1, patch
        a = i + 1
    if a < stop:
        yield a, stop, None


def _patched(part: _Open, name: str, i: int, patch: Patch, both: bool) -> tuple[bytes, int, bytes | None]:
    """Give a source's block of a table as its patch wants it, the number of rows, and, where `both` are asked for, the stand-off form."""
    block, count = part.block(name, i, i + 1)
    declared, corrections = TABLES[name], patch.corrections.get(name, [])
    moved = patch.corrections.get("cases", []) if name == "claims" else []
    copied = bool(patch.copies) and name in ("articles", "claims")
    added = patch.problems if name == "problems" else []
    if not (copied or added or corrections or moved):
        return block, count, None
    rows = read_block(block) + [_cells(p) for p in added]
    if copied:  # no cell that rows are sorted by
        rows = [_copy(declared.names, row, patch.copies) for row in rows]
    if moved:
        cases, mentions = (read_block(part.block(n, i, i + 1)[0]) for n in ("cases", "places"))
        rows = follow_cases(rows, cases, mentions, moved)
    if corrections:
        rows = correct_rows(declared, rows, corrections)
    if added or corrections:
        rows = sort_rows(declared, rows)
    if bad := bad_rows(declared, rows) if corrections or moved else []:
        raise CaseworkError(f"{part.keys[i][0]}: {len(bad)} bad cells of {name}\n" + "\n".join(f"  {b}" for b in bad))
    return write_block(rows), len(rows), write_block(held_back(declared, rows)) if both else None


def _copy(names: Sequence[str], row: Cells, copies: Mapping[str, str]) -> Cells:
    """Name the original of an article, or flag the claim of a copy."""
    if copies.keys().isdisjoint(row):  # no other cell holds an article's id
        return row
    cells = dict(zip(names, row, strict=True))
    if "copy_of" in cells:
        cells["copy_of"] = copies[cells["article_id"]]
    else:
        cells["flags"] = ";".join(sorted({*cells["flags"].split(";"), "copy"} - {""}))
    return tuple(cells.values())


def _link_raws(part: _Open, start: int, stop: int, folder: Path) -> None:
    """Put the raw texts beside the tables: as links, where the file system has them."""
    old, new = f"{part.place.home}/raw", str(folder)
    for _, source_id, *_ in part.rows.index["sources"][start:stop]:
        try:
            os.link(f"{old}/{source_id}.txt", f"{new}/{source_id}.txt")
        except OSError:
            shutil.copyfile(f"{old}/{source_id}.txt", f"{new}/{source_id}.txt")
