"""Small CSV files that people type: manifests, corrections, attributes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from casework.codebook import did_you_mean
from casework.text import CaseworkError

__all__ = ["read_rows"]


def read_rows(path: Path, required: Iterable[str], optional: Iterable[str] = ()) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row of a UTF-8 CSV file with its line number, cells stripped, absent columns empty.

    Raises CaseworkError with file and line for an unknown, missing or repeated column and for a
    row that has more or fewer cells than the header.
    """
    required, known = list(required), [*required, *optional]
    header: list[str] = []
    for line, cells in _lines(path):
        if not header:
            header = _checked_header(path, line, cells, required, known)
        elif len(cells) != len(header):
            raise CaseworkError(f"{path}:{line}: has {len(cells)} cells, the header {len(header)}; quote a cell that holds a comma")
        else:
            yield line, dict.fromkeys(known, "") | dict(zip(header, cells, strict=True))
    if not header:
        raise CaseworkError(f"{path}:1: is empty; the first line must name the columns {', '.join(required)}")


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    if not path.is_file():
        raise CaseworkError(f"{path}: no such file")
    start = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for cells in reader:
                stripped = [c.strip() for c in cells]
                if any(stripped):
                    yield start, stripped
                start = reader.line_num + 1
    except UnicodeDecodeError:
        raise CaseworkError(f"{path}: is not UTF-8; save it as 'CSV UTF-8'") from None
    except csv.Error as e:
        raise CaseworkError(f"{path}:{start}: not a valid CSV row: {e}") from None


def _checked_header(path: Path, line: int, cells: list[str], required: list[str], known: list[str]) -> list[str]:
    for i, name in enumerate(cells):
        if name not in known:
            raise CaseworkError(f"{path}:{line}: unknown column '{name}'{did_you_mean(name, known)}")
        if name in cells[:i]:
            raise CaseworkError(f"{path}:{line}: column '{name}' stands twice")
    for name in required:
        if name not in cells:
            raise CaseworkError(f"{path}:{line}: column '{name}' is missing")
    return cells
