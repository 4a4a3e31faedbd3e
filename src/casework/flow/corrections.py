"""Apply a researcher's corrections: the last word on a cell, flagged, surviving every rebuild."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from casework.study import Correction
from casework.tables import TABLES
from casework.text import Problem

__all__ = ["correct"]

KEYS = {
    "claims": "claim_id",
    "labels": "label_id",
    "codings": "coding_id",
    "cases": "case_id",
    "articles": "article_id",
}
FIXED = ("flags", "source_id", "start", "end", "surface", "spans")
LISTS = ("per", "flags", "members", "bylines")


def correct(rows: dict[str, list[dict[str, Any]]], corrections: Iterable[Correction]) -> list[Problem]:
    """Change the named cells in place and flag their rows; give a problem for each correction that fits no row."""
    index = {row[key]: (table, row) for table, key in KEYS.items() for row in rows.get(table, ())}
    problems = []
    for c in corrections:
        table, row = index.get(c.row_id, ("", {}))
        if not row:
            message = f"corrections.csv:{c.line}: no row '{c.row_id}' any more; its text or its reading has changed"
            problems.append(Problem("correction_unmatched", message))
        elif c.field not in TABLES[table].names or c.field in (KEYS[table], *FIXED):
            message = f"corrections.csv:{c.line}: '{c.field}' of {table} cannot be corrected"
            problems.append(Problem("correction_field", message, source_id=row["source_id"]))
        else:
            row[c.field] = tuple(v for v in c.value.split(";") if v) if c.field in LISTS else c.value
            if "flags" in row:
                row["flags"] = sorted({*row["flags"], "corrected"})
    return problems
