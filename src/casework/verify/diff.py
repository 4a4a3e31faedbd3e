"""Two table folders compared: what a changed codebook or text gains, loses and changes, and which cells of the comparison move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

import pandas as pd

from casework.compare import RolledUp, case_values, indicator_table, mechanism_table, place_name, roll_up
from casework.tables import Tables

__all__ = ["COMPARED", "STATES", "Change", "Kind", "Move", "TablesDiff", "cell_text", "diff_tables"]

Kind = Literal["gained", "lost", "changed"]
COMPARED = {"claims": "claim_id", "codings": "coding_id", "labels": "label_id"}
STATES = {"1": "mentioned", "0": "silent", "": "too short to tell"}


@dataclass(frozen=True, slots=True)
class Change:
    """A row that one side lacks, or that says something else: `fields` are (column, from, to). `about` is its code or indicator."""

    table: str
    case: str
    row_id: str
    kind: Kind
    surface: str
    about: str
    fields: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """A cell of the comparison that says something else: case × mechanism, or case × series of an indicator and its status.

    `was` and `now` are (state, mentions) or (low, high, unit, claims); empty where there was or is no such cell.
    """

    matrix: Literal["mechanisms", "indicators"]
    case: str
    column: tuple[str, ...]
    was: tuple[str, ...]
    now: tuple[str, ...]

    @property
    def name(self) -> str:
        """The cell's two ends in words."""
        return f"{place_name(self.case)} × {' · '.join(self.column)}"


@dataclass(frozen=True, slots=True)
class TablesDiff:
    """All differences: texts only one side has, rows by case, and moved cells at a level."""

    level: str
    texts: tuple[tuple[str, Kind], ...]
    changes: tuple[Change, ...]
    moves: tuple[Move, ...]

    def __bool__(self) -> bool:
        return bool(self.texts or self.changes or self.moves)

    def count(self, table: str, kind: Kind) -> int:
        """Count the rows of a table that were gained, lost or changed."""
        return sum(c.table == table and c.kind == kind for c in self.changes)

    def lines(self) -> Iterator[str]:
        """Write the differences as text, by case."""
        for file, kind in self.texts:
            yield f"text {kind}: {file}"
        for table in COMPARED:
            yield f"{table}: " + ", ".join(f"{self.count(table, kind)} {kind}" for kind in ("gained", "lost", "changed"))
        for case, changes in groupby(self.changes, key=lambda c: c.case):
            yield case or "(no case)"
            yield from (f"  {_line(c)}" for c in changes)
        yield f"cells of the comparison ({self.level}): {len(self.moves)} moved"
        for case, moves in groupby(self.moves, key=lambda m: m.case):
            yield case
            yield from (f"  {m.name}: {cell_text(m.was)} → {cell_text(m.now)}" for m in moves)


def cell_text(cell: tuple[str, ...], states: Mapping[str, str] = STATES, none: str = "none") -> str:
    """Write what a cell says; `states` are the words for 1, 0 and empty.

    >>> cell_text(("1", "3")), cell_text(("1200", "", "mu", "2")), cell_text(())
    ('mentioned (3)', '1200–… mu (2)', 'none')
    """
    if len(cell) == 2:
        return f"{states[cell[0]]} ({cell[1]})"
    if not cell:
        return none
    low, high = (end or "…" for end in cell[:2])
    return f"{low if low == high else f'{low}–{high}'} {cell[2]} ({cell[3]})"


def _line(change: Change) -> str:
    parts = (change.table.removesuffix("s"), change.kind, change.row_id, change.surface, change.about and f"({change.about})")
    what = " ".join(p for p in parts if p)
    fields = "; ".join(f"{name}: {was or 'empty'} → {now or 'empty'}" for name, was, now in change.fields)
    return f"{what}: {fields}" if fields else what


def diff_tables(old: Tables, new: Tables, level: str = "township") -> TablesDiff:
    """Compare two sets of tables by the ids of their rows, which depend on nothing but the texts.

    A coding's id holds its code, so that a passage coded otherwise is one coding lost and one gained. `level` is that of the
    comparison whose cells are looked at (province … village). Raises CaseworkError where there is no such level.
    """
    changes = [c for table, key in COMPARED.items() for c in _changes(table, key, old, new)]
    before, after = roll_up(old, level), roll_up(new, level)
    moves = [*_moved("mechanisms", _mechanisms(before, after), _mechanisms(after, before)),
             *_moved("indicators", _indicators(before), _indicators(after))]  # fmt: skip
    by_case = sorted(changes, key=lambda c: (not c.case, c.case))
    return TablesDiff(level, tuple(_texts(old, new)), tuple(by_case), tuple(sorted(moves, key=lambda m: m.case)))


def _texts(old: Tables, new: Tables) -> Iterator[tuple[str, Kind]]:
    was, now = (dict(zip(t.sources["source_id"], t.sources["file"], strict=True)) for t in (old, new))
    yield from ((was[s], "lost") for s in was if s not in now)
    yield from ((now[s], "gained") for s in now if s not in was)


def _changes(table: str, key: str, old: Tables, new: Tables) -> Iterator[Change]:
    """Compare the rows of a table by their ids, in the order of the new table, what was lost last."""
    was, now = _rows(table, key, old), _rows(table, key, new)
    places = _places(old) | _places(new)
    for row_id, row in now.items():
        if row_id not in was:
            yield _change(table, row_id, "gained", row, places)
        elif fields := tuple((c, was[row_id][c], row[c]) for c in row if was[row_id].get(c, "") != row[c]):
            yield _change(table, row_id, "changed", row, places, fields)
    yield from (_change(table, row_id, "lost", row, places) for row_id, row in was.items() if row_id not in now)


def _rows(table: str, key: str, tables: Tables) -> dict[str, dict[str, str]]:
    frame: pd.DataFrame = tables.frames[table]
    columns = [str(c) for c in frame.columns]
    records = (dict(zip(columns, row, strict=True)) for row in frame.itertuples(index=False, name=None))
    return {r[key]: r for r in records}


def _places(tables: Tables) -> dict[str, str]:
    return dict(zip(tables.cases["case_id"], tables.cases["place"], strict=True))


def _change(
    table: str, row_id: str, kind: Kind, row: Mapping[str, str], places: Mapping[str, str], fields: tuple[tuple[str, str, str], ...] = ()
) -> Change:
    about = row.get("code") or row.get("indicator") or row.get("kind") or ""
    return Change(table, row.get("place") or places.get(row["case_id"], ""), row_id, kind, row["surface"], about, fields)


Cells = dict[tuple[str, tuple[str, ...]], tuple[str, ...]]


def _mechanisms(rolled: RolledUp, other: RolledUp) -> Cells:
    """Say of each case and code whether the case mentions it, and how often; codes of the other side included."""
    codes = sorted({*rolled.codings["code"], *other.codings["code"]})
    table = mechanism_table(rolled, codes, known=codes)
    rows = zip(table["case"], table["code"], table["state"], table["mentions"], strict=True)
    return {(case, (code,)): (state, str(n)) for case, code, state, n in rows}


def _indicators(rolled: RolledUp) -> Cells:
    """Say what each case reports of each series: its ends and how many claims they are of."""
    values = case_values(indicator_table(rolled))
    return {(str(v["case"]), (*_series(str(v["series"])), str(v["status"]))): _ends(v) for v in values.to_dict("records")}


def _series(series: str) -> Iterator[str]:
    return (part for part in series.split("|") if part and not part.startswith("?"))


def _ends(value: Mapping[Any, Any]) -> tuple[str, ...]:
    low, high = ("" if end != end else f"{end:.10g}" for end in (value["low"], value["high"]))
    return low, high, str(value["unit"]), str(value["n"])


def _moved(matrix: Literal["mechanisms", "indicators"], was: Cells, now: Cells) -> Iterator[Move]:
    for cell in dict.fromkeys([*now, *was]):
        if was.get(cell) != now.get(cell):
            yield Move(matrix, *cell, was.get(cell, ()), now.get(cell, ()))
