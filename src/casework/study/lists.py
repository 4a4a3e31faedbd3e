"""The lists a researcher keeps beside a study: corrections, and figures from outside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from casework.sources import Mistakes, read_rows

__all__ = ["Attribute", "Correction", "read_attributes", "read_corrections"]


@dataclass(frozen=True, slots=True)
class Correction:
    """A researcher's last word on one cell: `row_id` names the row of `claims`, `labels` …"""

    row_id: str
    field: str
    value: str
    reason: str
    by: str
    line: int


@dataclass(frozen=True, slots=True)
class Attribute:
    """A figure from outside, such as a yearbook's, on one place."""

    place_code: str
    variable: str
    value: str
    source: str
    line: int


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """Read a study's corrections: row_id, field, value, reason, by.

    Raises CaseworkError with file and line of each mistake; a reason and a name are asked for, and a cell may be
    corrected once only.
    """
    mistakes = Mistakes(path)
    out: dict[tuple[str, str], Correction] = {}
    for line, row in read_rows(path, ("row_id", "field", "value", "reason", "by"), mistakes=mistakes):
        empty = [column for column in ("row_id", "field", "reason", "by") if not row[column]]
        for column in empty:
            mistakes.add(line, f"'{column}' is empty; a correction says what, why and who")
        key = row["row_id"], row["field"]
        if key in out and not empty:
            mistakes.add(line, f"'{row['field']}' of {row['row_id']} is corrected already in line {out[key].line}; keep one of them")
        out.setdefault(key, Correction(**row, line=line))
    mistakes.refuse()
    return tuple(out.values())


def read_attributes(path: Path) -> tuple[Attribute, ...]:
    """Read figures from outside: place_code, variable, value, source; one value a place and variable.

    Raises CaseworkError with file and line of each mistake.
    """
    mistakes = Mistakes(path)
    out: dict[tuple[str, str], Attribute] = {}
    for line, row in read_rows(path, ("place_code", "variable", "value", "source"), mistakes=mistakes):
        empty = [column for column in ("place_code", "variable", "source") if not row[column]]
        for column in empty:
            mistakes.add(line, f"'{column}' is empty; a figure from outside says where, what and from which source")
        key = row["place_code"], row["variable"]
        if key in out and not empty:
            mistakes.add(line, f"'{row['variable']}' of {row['place_code']} stands already in line {out[key].line}; keep one of them")
        out.setdefault(key, Attribute(**row, line=line))
    mistakes.refuse()
    return tuple(out.values())
