"""One source as it is shown: its passages in reading order, each with its marks.

Tables count in the raw file; readers see clean text. The clean text and its alignment
are made again here from the raw text and the `edits`, which give them exactly.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from casework.tables import Tables
from casework.text import CaseworkError, Edit, Span, Text, join_spans, parse_spans
from casework.views.amounts import amount_text
from casework.views.links import Row, anchor
from casework.views.marks import Mark
from casework.views.stretches import find_holes, join
from casework.views.words import Words, load_words

__all__ = ["ASIDE", "Reading", "Row", "Shown", "claim_stretches", "gather_readings", "set_aside", "where"]

ASIDE = frozenset({"chrome", "caption", "spam"})
_TABLES = ("articles", "passages", "cases", "claims", "labels", "codings", "places", "edits", "problems")


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage as it is shown: its clean text (None where that is not known) and its marks.

    `held` are the stretches of it that are left out where claims stand close together and only quotes may go out.
    """

    row: Row
    text: str | None
    marks: tuple[Mark, ...]
    held: tuple[Span, ...] = ()

    @property
    def role(self) -> str:
        """What the passage is: headline, body, chrome …"""
        return self.row.get("role", "")


@dataclass(frozen=True, slots=True)
class Reading:
    """All rows of one source, with its passages ready to be shown."""

    source: Row
    rows: Mapping[str, Sequence[Row]]
    passages: tuple[Shown, ...]
    raw: str | None

    @property
    def source_id(self) -> str:
        """The source's id."""
        return self.source["source_id"]

    def of(self, table: str) -> Sequence[Row]:
        """Give the source's rows of a table, in file order."""
        return self.rows.get(table, ())


def set_aside(role: str) -> bool:
    """Tell whether a passage's role takes it out of the running text."""
    return role in ASIDE


def gather_readings(
    tables: Tables, raws: Mapping[str, str], lang: str = "en", names: Mapping[str, str] | None = None
) -> Iterator[Reading]:
    """Give every source of the tables as a Reading.

    `raws` holds the raw texts that are at hand, by source_id; `names` what mechanisms are called.
    """
    grouped = {name: _by_source(getattr(tables, name)) for name in _TABLES}
    words = load_words(lang)
    for source in _records(tables.sources):
        source_id = source["source_id"]
        rows = {name: grouped[name].get(source_id, []) for name in _TABLES}
        raw = raws.get(source_id)
        yield Reading(source, rows, tuple(_show_passages(source, rows, raw, words, names or {})), raw)


def _records(frame: pd.DataFrame) -> list[dict[str, str]]:
    return [{str(k): "" if v is None or v != v else str(v) for k, v in row.items()} for row in frame.to_dict("records")]


def _by_source(frame: pd.DataFrame) -> dict[str, list[Row]]:
    out: dict[str, list[Row]] = defaultdict(list)
    for row in _records(frame):
        out[row.get("source_id", "")].append(row)
    for rows in out.values():
        rows.sort(key=lambda r: (_number(r.get("start", "")), _number(r.get("end", ""))))
    return out


def _number(cell: str) -> int:
    return int(cell) if cell.isdigit() else -1


def _show_passages(
    source: Row, rows: Mapping[str, Sequence[Row]], raw: str | None, words: Words, names: Mapping[str, str]
) -> Iterator[Shown]:
    whole = _align(source, rows["edits"], raw)
    holes = find_holes(claim_stretches(rows["claims"]))
    marks: dict[str, list[tuple[Row, str, str]]] = defaultdict(list)
    for table, kind in (("claims", "amount"), ("labels", "label"), ("places", "place"), ("codings", "code")):
        for row in rows[table]:
            marks[row.get("passage_id", "")].append((row, kind, _title(row, kind, words, names)))
    for row in sorted(rows["passages"], key=lambda r: (_number(r.get("seq", "")), r["passage_id"])):
        parts = _Parts(whole, parse_spans(row.get("spans", "")))
        text = parts.clean if raw is not None else row.get("text") or None
        if text is not None and len(text) != len(parts.clean):
            yield Shown(row, text, ())
        else:
            own = tuple(m for found in marks[row["passage_id"]] for m in _place(parts, *found))
            yield Shown(row, text, own, tuple(parts.find_all(holes)))


def _align(source: Row, edits: Iterable[Row], raw: str | None) -> Text:
    """Make the aligned clean text again; without the raw text, on blanks of its length."""
    text = Text.of(raw if raw is not None else " " * max(0, _number(source.get("chars", ""))))
    try:
        return text.edit(Edit(Span(int(e["start"]), int(e["end"])), e.get("new", ""), e.get("rule", "")) for e in edits)
    except (CaseworkError, ValueError):
        return text


class _Parts:
    """A passage's stretches, so that a raw span can be found in its clean text."""

    def __init__(self, whole: Text, spans: Sequence[Span]) -> None:
        self._whole = whole
        self._parts: list[tuple[Span, Span, int]] = []
        at = 0
        pieces: list[str] = []
        for raw in spans:
            clean = whole.to_clean(raw)
            self._parts.append((raw, clean, at))
            pieces.append(clean.cut(whole.clean))
            at += clean.end - clean.start
        self.clean = "".join(pieces)

    def find_all(self, raws: Sequence[Span]) -> list[Span]:
        """Give the clean stretches, in order, of raw spans that are in order and apart."""
        ends = [s.end for s in raws]
        found: list[Span] = []
        for part, *_ in self._parts:
            at = bisect_right(ends, part.start)
            while at < len(raws) and raws[at].start < part.end:
                found += self.find(Span(max(raws[at].start, part.start), min(raws[at].end, part.end)))
                at += 1
        return join(found)

    def find(self, raw: Span) -> Iterator[Span]:
        """Give the clean stretches, within the passage, of a raw span."""
        for part, clean, at in self._parts:
            if part.overlaps(raw):
                found = self._whole.to_clean(Span(max(raw.start, part.start), min(raw.end, part.end)))
                start, end = max(found.start, clean.start), min(found.end, clean.end)
                if start < end:
                    yield Span(at + start - clean.start, at + end - clean.start)


def _place(parts: _Parts, row: Row, kind: str, title: str) -> Iterator[Mark]:
    """Put a row's mark into its passage, neighbouring stretches joined."""
    own = f"{row['start']}-{row['end']}"
    spans = row.get("spans", "") or own
    found: list[Span] = []
    for span in sorted(s for raw in parse_spans(spans) for s in parts.find(raw)):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(span.end, found[-1].end))
        else:
            found.append(span)
    for i, span in enumerate(found):
        yield Mark(span, kind, anchor(row, kind), title, part=i > 0)


def _title(row: Row, kind: str, words: Words, names: Mapping[str, str]) -> str:
    """Say in one line what a mark was read as."""
    if kind == "amount":
        said = [amount_text(row, words.lang), words.value(row.get("indicator", "")), words.value(row.get("status", ""))]
    elif kind == "place":
        said = [row.get("place", "") or words("unknown"), row.get("how", "")]
    elif kind == "label":
        said = [words.value(row.get("kind", "")), row.get("members", "").replace(";", " · ")]
    else:
        said = [names.get(row["code"]) or words.value(row["code"]), row.get("rule", "")]
    return " · ".join(s for s in said if s)


def claim_stretches(claims: Iterable[Row]) -> list[Span]:
    """Give the raw stretches of claims."""
    return [s for c in claims for s in parse_spans(c.get("spans") or f"{c['start']}-{c['end']}")]


def where(row: Row) -> str:
    """Give the raw stretches of a row as readers see them: `412–417`."""
    spans = parse_spans(row.get("spans", "")) or (Span(int(row["start"]), int(row["end"])),)
    return join_spans(spans).replace("-", "–").replace(";", ", ")
