"""A researcher's corrections: the last word on a cell, flagged, surviving every rebuild."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from casework.codebook import did_you_mean
from casework.flow.homes import unknown_place
from casework.places import Gazetteer, load_gazetteer
from casework.study import Correction, read_corrections
from casework.tables import TABLES, VOCABULARIES
from casework.tables.frames import bad_cell
from casework.tables.rows import Cells
from casework.tables.schema import Table, pattern_of
from casework.text import CaseworkError, Problem

__all__ = ["KEYS", "by_source", "correct_rows", "unmatched"]

KEYS = {"articles": "article_id", "cases": "case_id", "codings": "coding_id", "labels": "label_id", "claims": "claim_id"}
_FIXED = ("flags", "source_id", "start", "end", "surface", "spans")
_PLACE = ("place", "place_code")
_LISTS = ("per", "flags", "members", "bylines")
# A row's id tells its table; a claim's and a label's look the same.
_TABLES = {r":a\d+": ("articles",), r":k\d+": ("cases",), r":\d+-\d+:\S+": ("codings",), r":\d+-\d+": ("labels", "claims")}


def by_source(path: Path | None, load: Callable[[], Gazetteer] = load_gazetteer) -> dict[str, list[Correction]]:
    """Read a study's corrections, each source's together, before anything is parsed; `load` gives the gazetteer to look places up in.

    Raises CaseworkError with file and line for a column that no such row has or that stands fast, for a value that it cannot hold,
    and for a place that there is not.
    """
    found: dict[str, list[Correction]] = {}
    for c in read_corrections(path) if path else ():
        tables = [TABLES[n] for n in _candidates(c.row_id)]
        fields = [t for t in tables if c.field in t.names and c.field not in (KEYS[t.name], *_FIXED)]
        if not fields:
            known = dict.fromkeys(n for t in tables for n in t.names if n not in (KEYS[t.name], *_FIXED))
            where = " or ".join(t.name for t in tables)
            raise CaseworkError(f"{path}:{c.line}: '{c.field}' of {where} cannot be corrected{did_you_mean(c.field, known)}")
        wrong = [_wrong(t, c) for t in fields]
        if all(wrong):
            raise CaseworkError(f"{path}:{c.line}: {wrong[0]}")
        found.setdefault(c.row_id.split(":")[0], []).extend(_whole(c, path, load) if c.field in _PLACE else [c])
    return found


def _whole(c: Correction, path: Path | None, load: Callable[[], Gazetteer]) -> list[Correction]:
    """Correct a place as a whole: path, code and level together, whichever of the first two was given; none is a place too."""
    if not c.value:
        return [replace(c, field=name) for name in (*_PLACE, "level")]
    gazetteer = load()
    try:
        place = gazetteer.lookup(c.value)
    except CaseworkError:
        raise CaseworkError(f"{path}:{c.line}: {unknown_place(c.value, gazetteer)} places.csv") from None
    cells = {"place": place.path, "place_code": place.code, "level": place.level}
    return [replace(c, field=name, value=value) for name, value in cells.items()]


def _candidates(row_id: str) -> Sequence[str]:
    return next((tables for shape, tables in _TABLES.items() if re.fullmatch(rf"s[0-9a-f]{{16}}{shape}", row_id)), tuple(KEYS))


def _wrong(declared: Table, c: Correction) -> str:
    column = declared.column(c.field)
    fits = re.fullmatch(pattern_of(column, VOCABULARIES), _value(c))
    return "" if fits else bad_cell(column, 0, _value(c)).removeprefix("row 0: ")


def _value(c: Correction) -> str:
    return ";".join(v for v in c.value.split(";") if v) if c.field in _LISTS else c.value


def correct_rows(declared: Table, rows: Iterable[Cells], corrections: Iterable[Correction]) -> list[Cells]:
    """Give the rows with their corrections, and the flag `corrected` where the table has flags."""
    at = {name: i for i, name in enumerate(declared.names)}
    out = {row[at[KEYS[declared.name]]]: list(row) for row in rows}
    for c in corrections:
        if (row := out.get(c.row_id)) is not None and c.field in at:
            row[at[c.field]] = _value(c)
            if "flags" in at:
                settled = {"", "place_guessed"} if c.field in _PLACE else {""}
                row[at["flags"]] = ";".join(sorted({*row[at["flags"]].split(";"), "corrected"} - settled))
    return [tuple(row) for row in out.values()]


def unmatched(corrections: Iterable[Correction]) -> list[Problem]:
    """Give the problem of each correction that fits no row."""
    message = "corrections.csv:{}: no row '{}'; look at the id, or its text or its reading has changed"
    lost = dict.fromkeys((c.line, c.row_id) for c in corrections)  # a place is three corrections of one line
    return [Problem("correction_unmatched", message.format(*line)) for line in lost]
