"""Tables as plain text and as CSV."""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from pathlib import Path

Cell = str | float | int | None


@dataclass(frozen=True)
class Table:
    """A title, the names of the columns, and the rows."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def show(cell: Cell) -> str:
    """Write a cell: three significant digits, a dash for nothing.

    >>> show(0.04567), show(1234.5), show(None), show("x"), show(3)
    ('0.0457', '1234', '–', 'x', '3')
    """
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:.0f}" if abs(cell) >= 100 else f"{cell:.3g}"
    return str(cell)


def width(text: str) -> int:
    """Give how many columns of a terminal a text takes: wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def render(table: Table) -> str:
    """Write a table with its columns in line: the first to the left, figures to the right."""
    cells = [list(table.columns), *([show(c) for c in row] for row in table.rows)]
    widths = [max(width(row[i]) for row in cells) for i in range(len(table.columns))]
    lines = ["  ".join(_pad(c, w, left=i == 0) for i, (c, w) in enumerate(zip(row, widths, strict=True))).rstrip() for row in cells]
    return "\n".join([table.title, lines[0], "-" * (sum(widths) + 2 * len(widths) - 2), *lines[1:]])


def _pad(text: str, to: int, left: bool) -> str:
    blanks = " " * (to - width(text))
    return text + blanks if left else blanks + text


def write_csv(table: Table, folder: Path) -> Path:
    """Write a table as CSV, its figures unrounded; give the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{table.name}.csv"
    with path.open("w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, quoting=csv.QUOTE_ALL, lineterminator="\n")
        out.writerows([table.columns, *(["" if c is None else c for c in row] for row in table.rows)])
    return path

