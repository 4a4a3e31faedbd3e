"""What may go out, and whether it is true: stand-off tables, and rows held against the raw texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import pandas as pd

from casework.tables.columns import TABLES
from casework.tables.schema import Column
from casework.text import CaseworkError, Span, parse_spans

__all__ = ["SHORT", "Publish", "check_surfaces", "standoff", "wrong_row"]

Publish = Literal["full", "quotes", "none"]
SHORT = 15
"""The longest surface, in characters, that stand-off tables still show: a fact, not running text."""


def standoff(frames: Mapping[str, pd.DataFrame], publish: Publish) -> dict[str, pd.DataFrame]:
    """Give the frames that a study may publish.

    `full` changes nothing. `quotes` and `none` empty all running text (passages, headlines, what
    edits replaced, from which a text could be put together again) and every surface of more than
    15 characters; offsets, values and codes stay, so that whoever has the texts can check each row.
    """
    if publish == "full":
        return dict(frames)
    if publish not in ("quotes", "none"):
        raise CaseworkError(f"publish is '{publish}'; known: full, quotes, none")
    return {name: data.assign(**{c.name: _held_back(c, data[c.name]) for c in TABLES[name] if c.words}) for name, data in frames.items()}


def _held_back(column: Column, cells: pd.Series[str]) -> pd.Series[str]:
    if column.words == "running":
        return cells.where(cells == "", "")
    longest = cells.str.split(";").map(lambda items: max(map(len, items))) if column.kind == "list" else cells.str.len()
    return cells.where(longest <= SHORT, "")


def check_surfaces(frames: Mapping[str, pd.DataFrame], raw_of: Mapping[str, str] | Callable[[str], str | None]) -> None:
    """Hold every row against the raw text of its source; raise with each row that does not agree.

    `raw_of` gives a source's raw text by source_id, None where it is not at hand (its rows are
    passed over). A surface must be the raw slices of its spans; an empty one is held back.
    """
    look = raw_of if callable(raw_of) else raw_of.get
    bad: list[str] = []
    for name, data in frames.items():
        names = TABLES[name].names
        if "start" not in names and "spans" not in names or name == "problems":
            continue
        for source, rows in data.groupby("source_id", sort=False):
            raw = look(str(source))
            if raw is None:
                continue
            for i, values in zip(rows.index, rows.itertuples(index=False, name=None), strict=True):
                if wrong := wrong_row(dict(zip(names, values, strict=True)), raw):
                    bad.append(f"{name} row {int(i) + 1}: {wrong}")
    if bad:
        raise CaseworkError(f"{len(bad)} row{'s' * (len(bad) > 1)} do not agree with the raw texts\n" + "\n".join(f"  {b}" for b in bad))


def wrong_row(row: Mapping[str, str], raw: str) -> str:
    """Say what is wrong with a row's spans or surface against the raw text; nothing where they agree."""
    spans = parse_spans(row["spans"]) if "spans" in row else (Span(int(row["start"]), int(row["end"])),)
    if any(not 0 <= s.start < s.end <= len(raw) for s in spans):
        return f"a span of {row.get('spans') or f'{spans[0].start}-{spans[0].end}'} is empty or outside a text of {len(raw)} characters"
    if "start" in row and (int(row["start"]), int(row["end"])) != tuple(spans[0]):
        return f"start and end are {row['start']}-{row['end']}, the first span is {spans[0].start}-{spans[0].end}"
    shown = row.get("surface") or row.get("raw") or ""
    slices = "".join(s.cut(raw) for s in spans)
    return f"surface is {shown!r}, the raw text has {slices!r}" if shown and shown != slices else ""
