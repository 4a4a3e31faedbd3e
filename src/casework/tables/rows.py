"""Records to rows of text to bytes, source by source: what a table's file is put together from, without a frame.

It writes what `frame` and `save_tables` would write, and holds it to the same declaration; a stretch of rows
that belongs to one source is a block, so that files are made by putting blocks one after the other.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from casework.codebook import did_you_mean
from casework.tables.columns import TABLES, VOCABULARIES
from casework.tables.frames import bad_cell, cell, number_text, sortable
from casework.tables.links import links_of
from casework.tables.publish import SHORT, wrong_row
from casework.tables.schema import Column, Table, pattern_of
from casework.text import CaseworkError, Span

__all__ = ["Cells", "arrange_rows", "bad_links", "bad_rows", "bad_surfaces", "held_back", "read_block", "sort_rows", "write_block"]

Cells = tuple[str, ...]
_KNOWN = 5_000  # values of a column that are remembered as good
_LONGEST = 64


def arrange_rows(declared: Table, records: Sequence[Mapping[str, Any]], ranks: Sequence[int], sources: int) -> list[list[Cells]]:
    """Give the rows of each of `sources` sources, every cell a text, in the order of the table; `ranks` says whose a record is."""
    out: list[list[Cells]] = [[] for _ in range(sources)]
    if not records:
        return out
    names = declared.names
    get = itemgetter(*names)
    values = [get(r) if len(r) == len(names) else _some(declared, r) for r in records]
    columns = [_texts(c, column) for c, column in zip(declared, zip(*values, strict=True), strict=True)]
    keys = [_keys(declared.column(n), columns[names.index(n)]) for n in declared.sort]
    for rank, *_, row in sorted(zip(ranks, *keys, zip(*columns, strict=True), strict=True)):
        out[rank].append(row)
    return out


def _keys(column: Column, values: Sequence[str]) -> Sequence[Any]:
    """Give what the cells of a column are sorted by; whole numbers need no text beside them."""
    return [int(v) if v else -1 for v in values] if column.kind == "integer" else [sortable(v) for v in values]


def sort_rows(declared: Table, rows: Sequence[Cells]) -> list[Cells]:
    """Put the rows of one source into the order of the table."""
    at = [declared.names.index(n) for n in declared.sort]
    return sorted(rows, key=lambda row: ([sortable(row[i]) for i in at], row))


def _some(declared: Table, record: Mapping[str, Any]) -> tuple[Any, ...]:
    if unknown := [k for k in record if k not in declared.names]:
        raise CaseworkError(f"{declared.name}: a row has an unknown column '{unknown[0]}'{did_you_mean(unknown[0], declared.names)}")
    return tuple(record.get(n) for n in declared.names)


def _texts(column: Column, values: Sequence[Any]) -> Sequence[str]:
    """Write the values of a column as cells; most of them need no look at their kind."""
    write = _WRITERS.get(column.kind, cell)
    return [v if v.__class__ is str else write(v) for v in values]


def _span_text(spans: Any) -> str:
    return f"{spans[0][0]}-{spans[0][1]}" if spans.__class__ is tuple and len(spans) == 1 and spans[0].__class__ is Span else cell(spans)


def _whole(value: Any) -> str:
    return str(value) if value.__class__ is int else cell(value)


def _number(value: Any) -> str:
    return number_text(value) if value.__class__ is float else cell(value)


def _list(value: Any) -> str:
    return cell(value) if value else ""


_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "spans": _span_text, "integer": _whole, "number": _number, "list": _list, "codes": _list,
    "flag": {True: "true", False: "false"}.__getitem__,
}


def bad_rows(declared: Table, rows: Sequence[Cells]) -> list[str]:
    """Hold rows against their declaration; say of every bad cell in which row (from 1) it stands and what it must be."""
    bad: list[str] = []
    for c, values in zip(declared, zip(*rows, strict=True), strict=False):
        wrong = _wrong_values(declared.name, c, set(values))
        if wrong:
            bad += [bad_cell(c, i, v) for i, v in enumerate(values, start=1) if v in wrong]
    if declared.key:
        at = [declared.names.index(k) for k in declared.key]
        seen: set[Cells] = set()
        for i, row in enumerate(rows, start=1):
            key = tuple(row[j] for j in at)
            if key in seen:
                bad.append(f"row {i}: {', '.join(declared.key)} stands twice: {', '.join(key)}")
            seen.add(key)
    return bad


def _wrong_values(table: str, column: Column, values: set[str]) -> set[str]:
    if column.kind == "text":
        return values & {""} if column.required else set()
    pattern, good = _pattern(table, column.name)
    wrong = {v for v in values - good if not pattern.fullmatch(v)}
    if len(good) < _KNOWN and len(values) < _KNOWN // 10:
        good |= {v for v in values - wrong if len(v) <= _LONGEST}
    return wrong


@cache
def _pattern(table: str, column: str) -> tuple[re.Pattern[str], set[str]]:
    return re.compile(pattern_of(TABLES[table].column(column), VOCABULARIES)), set()


def bad_links(tables: Mapping[str, Iterable[Cells]]) -> list[str]:
    """Hold the ids of rows that belong together (all of some sources) against the rows they name."""
    ids = {n: {r[TABLES[n].names.index(TABLES[n].key[0])] for r in rows} for n, rows in tables.items() if len(TABLES[n].key) == 1}
    bad: list[str] = []
    for name, rows in tables.items():
        for column, (owner, _) in links_of(TABLES[name]).items():
            at = TABLES[name].names.index(column)
            if lost := {r[at] for r in rows} - ids[owner] - {""}:
                bad += [f"{name}: {column} is {v!r}, which {owner} lacks" for v in sorted(lost)]
    return bad


def bad_surfaces(declared: Table, rows: Iterable[Cells], raw: str) -> list[str]:
    """Hold the rows of one source against its raw text: a surface must be the slices of its spans."""
    names = declared.names
    if declared.name == "problems" or not {"start", "spans"} & set(names):
        return []
    shown = names.index("surface") if "surface" in names else names.index("raw") if "raw" in names else -1
    spans = names.index("spans") if "spans" in names else -1
    start = names.index("start") if "start" in names else -1
    bad: list[str] = []
    for i, row in enumerate(rows, start=1):
        if shown >= 0 and start >= 0:
            a, b, surface = row[start], row[start + 1], row[shown]
            if surface and int(b) <= len(raw) and raw[int(a) : int(b)] == surface and (spans < 0 or row[spans] == f"{a}-{b}"):
                continue
        if wrong := wrong_row(dict(zip(names, row, strict=True)), raw):
            bad.append(f"{declared.name} row {i}: {wrong}")
    return bad


def held_back(declared: Table, rows: Iterable[Cells]) -> list[Cells]:
    """Give rows as a stand-off table shows them: no running text, no surface of more than 15 characters."""
    running = [c.words == "running" for c in declared]
    worded = [(i, c.kind == "list") for i, c in enumerate(declared) if c.words]
    out: list[Cells] = []
    for row in rows:
        cells = list(row)
        for i, is_list in worded:
            v = cells[i]
            if v and (running[i] or (max(map(len, v.split(";"))) if is_list else len(v)) > SHORT):
                cells[i] = ""
        out.append(tuple(cells))
    return out


def write_block(rows: Sequence[Sequence[str]]) -> bytes:
    """Write rows as CSV: every cell quoted, lines ended by LF."""
    if not rows:
        return b""
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8")


def read_block(block: bytes) -> list[Cells]:
    """Read what `write_block` wrote."""
    csv.field_size_limit(max(csv.field_size_limit(), len(block) + 1))
    return [tuple(row) for row in csv.reader(io.StringIO(block.decode("utf-8"), newline=""), strict=True)]
