"""The first difference between two files, in the terms of what they are: a row and a column, a cell, a line, a byte."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from casework.tables import TABLES
from casework.verify.pages import first_in_page

__all__ = ["excerpt", "first_difference", "first_in_notebook"]

SHOWN = 60
CELLS = 3
PACKED = (".zip", ".xlsx")
_PARTS = ("cell_type", "source", "outputs", "metadata")
TEXTS = (".md", ".txt", ".yaml", ".cff", ".lock", ".toml", ".js", ".css", ".svg", ".xml", ".rels", ".py", "Makefile")


def first_difference(there: Path, made: Path) -> str:
    """Say where a file that is there first differs from the one made again."""
    return _first(there.name, there.read_bytes(), made.read_bytes())


def _first(name: str, there: bytes, made: bytes) -> str:
    try:
        return _by_kind(name, there, made) or _first_byte(there, made)
    except (ValueError, BadZipFile, csv.Error, LookupError):
        return f"cannot be read as what it should be; {_first_byte(there, made)}"


def _by_kind(name: str, there: bytes, made: bytes) -> str:
    if name.endswith(".csv"):
        return _first_row(name.removesuffix(".csv"), _csv_rows(there), _csv_rows(made))
    if name.endswith(".parquet"):
        return _first_row(name.removesuffix(".parquet"), _parquet_rows(there), _parquet_rows(made))
    if name.endswith(".ipynb"):
        return first_in_notebook(json.loads(there), json.loads(made))
    if name.endswith((".json", ".jsonld")):
        return _first_value(json.loads(there), json.loads(made), "")
    if name.endswith(".html"):
        return first_in_page(there.decode(), made.decode())
    if name.endswith(PACKED):
        return _first_member(there, made)
    return _first_line(there.decode(), made.decode()) if name.endswith(TEXTS) else ""


def excerpt(value: object) -> str:
    """Show a value on one line, cut where it is long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")


def _csv_rows(data: bytes) -> Iterator[Sequence[str]]:
    csv.field_size_limit(1 << 30)
    return csv.reader(data.decode().splitlines(keepends=True), strict=True)


def _parquet_rows(data: bytes) -> Iterator[Sequence[str]]:
    import io

    import pandas as pd

    frame = pd.read_parquet(io.BytesIO(data), engine="pyarrow").astype("str")
    yield list(frame.columns)
    yield from frame.itertuples(index=False, name=None)


def _first_row(table: str, there: Iterator[Sequence[str]], made: Iterator[Sequence[str]]) -> str:
    """Name the first row that differs by its key, the columns that do, and what stands there."""
    names, expected = next(there, []), next(made, [])
    if list(names) != list(expected):
        odd = [n for n in names if n not in expected] + [n for n in expected if n not in names]
        return f"the columns differ: {', '.join(odd) or 'their order'}"
    key = [k for k in (TABLES[table].key if table in TABLES else ()) if k in names]
    for number, (old, new) in enumerate(zip_longest(there, made), start=1):
        if old == new:
            continue
        if old is None or new is None:
            return f"{_row(number, key, names, old or new or [])} is {'missing' if old is None else 'not made again'}"
        if len(old) != len(names):
            return f"row {number} has {len(old)} cells, not {len(names)}"
        cells = [(n, a, b) for n, a, b in zip(names, old, new, strict=True) if a != b]
        if any(column in key for column, _, _ in cells):
            return f"row {number} is {_row(0, key, names, old)}, made again it is {_row(0, key, names, new)}"
        told = [f"column {column}: {excerpt(was)} is there, {excerpt(now)} is made again" for column, was, now in cells[:CELLS]]
        more = [f"and {len(cells) - CELLS} more of its cells"] if len(cells) > CELLS else []
        return f"{_row(number, key, names, old)}, {'; '.join([*told, *more])}"
    return ""


def _row(number: int, key: Sequence[str], names: Sequence[str], row: Sequence[str]) -> str:
    cells = dict(zip(names, row, strict=False))
    ident = " ".join(cells.get(k, "") for k in key)
    return " ".join(p for p in (f"row {number}" if number else "", ident and f"({ident})") if p)


def _first_value(there: Any, made: Any, path: str) -> str:
    """Name the place in a JSON document; a list's members by number from 1, or by their @id or name."""
    if isinstance(there, dict) and isinstance(made, dict):
        for key in dict.fromkeys([*there, *made]):
            at = f"{path}.{key}" if path else str(key)
            if key not in there or key not in made:
                return f"{at} is {'missing' if key not in there else 'not made again'}"
            if there[key] != made[key]:
                return _first_value(there[key], made[key], at)
    if isinstance(there, list) and isinstance(made, list):
        for number, (old, new) in enumerate(zip(there, made, strict=False), start=1):
            if old != new:
                return _first_value(old, new, f"{path}[{_name_of(old) or number}]")
        return f"{path} has {len(there)} entries, made again {len(made)}" if len(there) != len(made) else ""
    return f"{path}: {excerpt(there)} is there, {excerpt(made)} is made again" if there != made else ""


def _name_of(value: Any) -> str:
    return str(value.get("@id") or value.get("name") or "") if isinstance(value, dict) else ""


def first_in_notebook(there: Any, made: Any) -> str:
    """Name the first cell of two notebooks, as parsed JSON, that differs, and whether its source or its output does."""
    number = 0
    for old, new in zip_longest(there["cells"], made["cells"]):
        injected = "injected-parameters" in ((old or new).get("metadata", {}).get("tags") or ())
        number += not injected
        if old is not None and new is not None and all(old.get(p) == new.get(p) for p in _PARTS):
            continue
        cell = "the cell of the parameters" if injected else f"cell {number}"
        if old is None or new is None:
            return f"{cell} is {'missing' if old is None else 'not made again'}"
        for part in ("source", "outputs"):
            if old.get(part) != new.get(part):
                return f"{cell}: its {'output' if part == 'outputs' else part} differs"
        return f"{cell}: its kind or its metadata differ"
    return ""


def _first_member(there: bytes, made: bytes) -> str:
    """Name the file in a packed file, and the difference in it."""
    import io

    with ZipFile(io.BytesIO(there)) as old, ZipFile(io.BytesIO(made)) as new:
        for name in dict.fromkeys([*old.namelist(), *new.namelist()]):
            if name not in old.namelist() or name not in new.namelist():
                return f"holds {name}: {'missing' if name not in old.namelist() else 'not made again'}"
            if (was := old.read(name)) != (now := new.read(name)):
                return f"{name}: {_first(name, was, now)}"
    return ""


def _first_line(there: str, made: str) -> str:
    for number, (old, new) in enumerate(zip_longest(there.splitlines(keepends=True), made.splitlines(keepends=True)), start=1):
        if old != new:
            if old is None or new is None:
                return f"line {number} is {'missing' if old is None else 'not made again'}"
            return f"line {number}: {excerpt(old.rstrip())} is there, {excerpt(new.rstrip())} is made again"
    return ""


def _first_byte(there: bytes, made: bytes) -> str:
    at = next((i for i, (a, b) in enumerate(zip(there, made, strict=False)) if a != b), min(len(there), len(made)))
    if at < min(len(there), len(made)):
        return f"byte {at}: {there[at]:#04x} is there, {made[at]:#04x} is made again"
    return f"has {len(there)} bytes, made again {len(made)}; they agree up to byte {at}"
