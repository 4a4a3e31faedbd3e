"""Clean text that remembers its raw characters.

Offsets are Unicode code points. A `Text` is a clean string and a list of runs that
tie each stretch of it to a stretch of the raw text; every edit splits and joins
runs, so the alignment is carried, never guessed, and memory grows with edits.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from casework.text.runs import Edit, Run, Walk, part, replaced, settle, stretches
from casework.text.span import CaseworkError, Span

__all__ = ["Edit", "Text"]


@dataclass(frozen=True, slots=True)
class Text:
    """A clean string and where each of its characters came from in `raw`.

    >>> text = Text.of("增收10 10万元").edit([Edit(Span(2, 5), "", "page_number")])
    >>> text.clean, text.to_raw(Span(2, 6))
    ('增收10万元', (Span(start=5, end=9),))
    """

    raw: str
    clean: str
    runs: tuple[Run, ...]

    @classmethod
    def of(cls, raw: str) -> Text:
        """Start from a raw text, nothing changed yet."""
        return cls(raw, raw, (Run(0, len(raw), 0, len(raw)),) if raw else ())

    def __len__(self) -> int:
        return len(self.clean)

    def edit(self, edits: Iterable[Edit]) -> Text:
        """Apply disjoint edits, given in coordinates of `clean`.

        Raises CaseworkError where an edit inserts without replacing, reaches outside the
        text, or overlaps another.
        """
        ordered = sorted(edits, key=lambda e: e.span)
        if not ordered:
            return self
        self._check(ordered)
        parts: list[str] = []
        runs: list[Run] = []
        walk = Walk(self.runs)
        done = 0
        for e in ordered:
            start, end = e.span
            parts += self.clean[done:start], e.new
            before, under = walk.take(start, end)
            runs += before
            runs += replaced(under, e)
            done = end
        parts.append(self.clean[done:])
        runs += walk.rest()
        return Text(self.raw, "".join(parts), settle(runs))

    def _check(self, ordered: Sequence[Edit]) -> None:
        last = 0
        for e in ordered:
            if e.span.start >= e.span.end:
                raise CaseworkError(f"edit '{e.rule}' inserts at {e.span.start} without replacing a character")
            if e.span.start < last or e.span.end > len(self.clean):
                raise CaseworkError(f"edit '{e.rule}' at {e.span.start}-{e.span.end} overlaps another or leaves the text")
            last = e.span.end

    def cut(self, span: Span, *, rims: bool = False) -> Text:
        """Take the part of the clean text that `span` covers, with its alignment.

        Characters that were deleted at either rim stay outside, unless `rims` asks for them.
        """
        start, end = span
        kept: list[Run] = []
        first = self._first_run(start, rims)
        if start < end and self.runs[first].end > end and self.runs[first].even:
            return Text(self.raw, self.clean[start:end], (part(self.runs[first], start, end, False),))
        for i in range(first, len(self.runs)):
            run = self.runs[i]
            empty = run.start == run.end
            if run.start > end or (run.start == end and not (rims and empty)):
                break
            if run.end > start and not empty or kept or (rims and empty and run.start >= start):
                kept.append(part(run, start, end, run.seam and bool(kept)))
        while kept and kept[-1].start == kept[-1].end and not rims:
            kept.pop()
        return Text(self.raw, self.clean[start:end], tuple(kept))

    @classmethod
    def join(cls, parts: Sequence[Text]) -> Text:
        """Put texts of one raw file one after the other, each join a declared seam."""
        full = [p for p in parts if p.clean]
        if len(full) == 1:
            return full[0]
        if not full:
            return cls(parts[0].raw if parts else "", "", ())
        runs: list[Run] = []
        at = 0
        for p in full:
            runs += (
                Run(r.start + at, r.end + at, r.raw_start, r.raw_end, r.rule, r.seam or (i == 0 and at > 0))
                for i, r in enumerate(p.runs)
            )
            at += len(p.clean)
        return cls(full[0].raw, "".join(p.clean for p in full), tuple(runs))

    def _first_run(self, at: int, rims: bool = False) -> int:
        """Find the index of the run that holds clean position `at`; with `rims`, of the first deletion there."""
        if not rims:
            return max(0, bisect_left(self.runs, (at + 1,)) - 1)
        i = bisect_left(self.runs, (at,))
        return i if i < len(self.runs) and self.runs[i].start == at else max(0, i - 1)

    def to_raw(self, span: Span) -> tuple[Span, ...]:
        """Give the raw stretches that a clean span was read from, in reading order.

        A start moves right and an end left, past whatever was cut around the span; what was
        cut inside it stays inside. There is more than one stretch only across a seam.
        """
        if not 0 <= span.start < span.end <= len(self.clean):
            raise CaseworkError(f"span {span.start}-{span.end} is empty or outside a text of {len(self.clean)} characters")
        first = self.runs[self._first_run(span.start)]
        if first.end >= span.end and first.even:
            shift = first.raw_start - first.start
            return (Span(span.start + shift, span.end + shift),)
        return stretches(self.cut(span).runs)

    def raw_spans(self) -> tuple[Span, ...]:
        """Give all raw stretches the text covers, in reading order."""
        return stretches(self.runs)

    def surface(self, span: Span) -> str:
        """Give the raw characters of a clean span, its stretches joined."""
        return "".join(s.cut(self.raw) for s in self.to_raw(span))

    def ledger(self) -> tuple[Edit, ...]:
        """List what was changed, in raw coordinates: replayed on raw, it gives the clean text.

        >>> Text.of("１２亩").edit([Edit(Span(0, 2), "12", "width")]).ledger()
        (Edit(span=Span(start=0, end=2), new='12', rule='width', flag=''),)
        """
        return tuple(Edit(Span(r.raw_start, r.raw_end), self.clean[r.start : r.end], r.rule) for r in self.runs if r.rule)

    def pack(self) -> list[list[object]]:
        """Give the alignment as plain lists, to be stored; `unpack` puts the text together again."""
        return [list(r) for r in self.runs]

    @classmethod
    def unpack(cls, raw: str, clean: str, packed: Iterable[Sequence[Any]]) -> Text:
        """Put a text together from what `pack` gave.

        >>> text = Text.of("１２亩").edit([Edit(Span(0, 2), "12", "width")])
        >>> Text.unpack(text.raw, text.clean, text.pack()) == text
        True
        """
        return cls(raw, clean, tuple(Run(*run) for run in packed))

    def to_clean(self, raw: Span) -> Span:
        """Give the clean span of what remains of a raw span, of a text in file order: the inverse of `to_raw`."""
        starts = [r for r in self.runs if r.raw_end > raw.start and r.raw_start < raw.end]
        if not starts:
            at = next((r.start for r in self.runs if r.raw_start >= raw.end), len(self.clean))
            return Span(at, at)
        first, last = starts[0], starts[-1]
        start = first.start + max(0, raw.start - first.raw_start) if first.even else first.start
        end = last.end - max(0, last.raw_end - raw.end) if last.even else last.end
        return Span(start, end)
