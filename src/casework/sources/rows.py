"""Small CSV files that people type: manifests, corrections, attributes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from casework.codebook import did_you_mean
from casework.sources.mistakes import Mistakes

__all__ = ["read_rows"]


def read_rows(
    path: Path, required: Iterable[str], optional: Iterable[str] = (), mistakes: Mistakes | None = None
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each whole row of a UTF-8 CSV file with its line number, cells stripped, absent columns empty.

    What is wrong (an unknown, missing or repeated column, a row that has more or fewer cells than the
    header) is added to `mistakes`; without them CaseworkError is raised at the end, with file and lines.
    """
    required, known = list(required), [*required, *optional]
    found = mistakes if mistakes is not None else Mistakes(path)
    header: list[str] = []
    good = True
    for line, cells in _lines(path, found):
        if not header:
            header, good = cells, _check_header(line, cells, required, known, found)
        elif len(cells) != len(header):
            found.add(line, f"has {len(cells)} cells, the header {len(header)}; quote a cell that holds a comma")
        elif good:
            yield line, dict.fromkeys(known, "") | dict(zip(header, cells, strict=True))
    if not header and not found:
        found.add(1, f"is empty; the first line must name the columns {', '.join(required)}")
    if mistakes is None:
        found.refuse()


def _lines(path: Path, mistakes: Mistakes) -> Iterator[tuple[int, list[str]]]:
    if not path.is_file():
        mistakes.add(0, "no such file")
        return
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
        mistakes.add(0, "is not UTF-8; save it as 'CSV UTF-8'")
    except csv.Error as e:
        mistakes.add(start, f"not a valid CSV row: {e}")


def _check_header(line: int, cells: list[str], required: list[str], known: list[str], mistakes: Mistakes) -> bool:
    """Tell whether the header names all that is required, each column once and none that is not known."""
    wrong = [f"column '{name}' stands twice" for i, name in enumerate(cells) if name in cells[:i]]
    wrong += [f"unknown column '{name}'{did_you_mean(name, known)}" for name in cells if name not in known]
    wrong += [f"column '{name}' is missing" for name in required if name not in cells]
    for message in wrong:
        mistakes.add(line, message)
    return not wrong
