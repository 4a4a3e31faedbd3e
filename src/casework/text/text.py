"""Clean text that remembers its raw characters.

Offsets are Unicode code points. A `Text` is a clean string and a list of runs that
tie each stretch of it to a stretch of the raw text; every edit splits and joins
runs, so the alignment is carried, never guessed, and memory grows with edits.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from casework.text.span import CaseworkError, Span

__all__ = ["Edit", "Text"]


@dataclass(frozen=True, slots=True)
class Edit:
    """A proposal: put `new` where `span` stands.

    In what a cleaner yields, `span` counts in the string that the cleaner was given; in a
    ledger, in the raw text. `rule` names who decided, `flag` a doubt to be shown to the user.
    """

    span: Span
    new: str
    rule: str
    flag: str = ""


class _Run(NamedTuple):
    """`clean[start:end]` stands for `raw[raw_start:raw_end]`.

    Equal lengths align character by character. `rule` is empty where nothing was changed;
    `seam` marks the first run of a stretch that does not follow the one before in the file.
    """

    start: int
    end: int
    raw_start: int
    raw_end: int
    rule: str = ""
    seam: bool = False

    @property
    def even(self) -> bool:
        return self.end - self.start == self.raw_end - self.raw_start


@dataclass(frozen=True, slots=True)
class Text:
    """A clean string and where each of its characters came from in `raw`.

    >>> text = Text.of("增收10 10万元").edit([Edit(Span(2, 5), "", "page_number")])
    >>> text.clean, text.to_raw(Span(2, 6))
    ('增收10万元', (Span(start=5, end=9),))
    """

    raw: str
    clean: str
    runs: tuple[_Run, ...]

    @classmethod
    def of(cls, raw: str) -> Text:
        """Start from a raw text, nothing changed yet."""
        return cls(raw, raw, (_Run(0, len(raw), 0, len(raw)),) if raw else ())

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
        runs: list[_Run] = []
        walk = _Walk(self.runs)
        done = 0
        for e in ordered:
            parts += self.clean[done : e.span.start], e.new
            runs += walk.up_to(e.span.start)
            runs += walk.deletions(e.span.start)
            runs += _replaced(walk.up_to(e.span.end), e)
            done = e.span.end
        parts.append(self.clean[done:])
        runs += walk.up_to(None)
        return Text(self.raw, "".join(parts), _settle(runs))

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
        kept: list[_Run] = []
        for i in range(self._first_run(span.start, rims), len(self.runs)):
            run = self.runs[i]
            empty = run.start == run.end
            if run.start > span.end or (run.start == span.end and not (rims and empty)):
                break
            if run.end > span.start and not empty or kept or (rims and empty and run.start >= span.start):
                kept.append(_clip(run, span.start, span.end))
        while kept and kept[-1].start == kept[-1].end and not rims:
            kept.pop()
        if kept:
            kept[0] = kept[0]._replace(seam=False)
        return Text(self.raw, span.cut(self.clean), tuple(r._replace(start=r.start - span.start, end=r.end - span.start) for r in kept))

    @classmethod
    def join(cls, parts: Sequence[Text]) -> Text:
        """Put texts of one raw file one after the other, each join a declared seam."""
        full = [p for p in parts if p.clean]
        if not full:
            return cls(parts[0].raw if parts else "", "", ())
        runs: list[_Run] = []
        at = 0
        for p in full:
            runs += (r._replace(start=r.start + at, end=r.end + at, seam=r.seam or (i == 0 and at > 0)) for i, r in enumerate(p.runs))
            at += len(p.clean)
        return cls(full[0].raw, "".join(p.clean for p in full), tuple(runs))

    def _first_run(self, at: int, rims: bool = False) -> int:
        """Find the index of the run that holds clean position `at`; with `rims`, of the first deletion there."""
        if rims:
            i = bisect_left(self.runs, at, key=lambda r: r.start)
            return i if i < len(self.runs) and self.runs[i].start == at else max(0, i - 1)
        return max(0, bisect_right(self.runs, at, key=lambda r: r.start) - 1) if at else 0

    def to_raw(self, span: Span) -> tuple[Span, ...]:
        """Give the raw stretches that a clean span was read from, in reading order.

        A start moves right and an end left, past whatever was cut around the span; what was
        cut inside it stays inside. There is more than one stretch only across a seam.
        """
        if not 0 <= span.start < span.end <= len(self.clean):
            raise CaseworkError(f"span {span.start}-{span.end} is empty or outside a text of {len(self.clean)} characters")
        return _stretches(self.cut(span).runs)

    def raw_spans(self) -> tuple[Span, ...]:
        """Give all raw stretches the text covers, in reading order."""
        return _stretches(self.runs)

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
        return cls(raw, clean, tuple(_Run(*run) for run in packed))

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


class _Walk:
    """Hand out runs from left to right, cut where the caller asks."""

    def __init__(self, runs: Sequence[_Run]) -> None:
        self._runs, self._next = runs, 0
        self._rest: _Run | None = None

    def up_to(self, end: int | None) -> Iterator[_Run]:
        """Yield what is left up to clean position `end`.

        A deletion exactly at `end` is left for what follows; the halves of a block that cannot be
        cut share its raw stretch, and `_settle` joins them again.
        """
        while (run := self._peek()) is not None and (end is None or run.start < end):
            if end is None or run.end <= end:
                self._take()
                yield run
            else:
                self._take()
                left, self._rest = _split(run, end)
                yield left

    def deletions(self, at: int) -> Iterator[_Run]:
        """Yield the deletions that stand just before clean position `at`."""
        while (run := self._peek()) is not None and run.start == run.end == at:
            self._take()
            yield run

    def _peek(self) -> _Run | None:
        if self._rest is not None:
            return self._rest
        return self._runs[self._next] if self._next < len(self._runs) else None

    def _take(self) -> None:
        self._next += self._rest is None
        self._rest = None


def _split(run: _Run, at: int) -> tuple[_Run, _Run]:
    if run.even:
        raw = run.raw_start + at - run.start
        return run._replace(end=at, raw_end=raw), run._replace(start=at, raw_start=raw, seam=False)
    return run._replace(end=at), run._replace(start=at, seam=False)


def _clip(run: _Run, start: int, end: int) -> _Run:
    run = _split(run, start)[1] if run.start < start else run
    return _split(run, end)[0] if run.end > end else run


def _replaced(old: Iterator[_Run], edit: Edit) -> list[_Run]:
    """Turn the runs under an edit into runs that stand for the new words.

    Where the edit puts one character for one, each keeps the raw character it came from, and a
    deletion between them stays a deletion; else one run stands for all the raw characters.
    """
    runs = list(old)
    if any(r.seam for r in runs[1:]):
        raise CaseworkError(f"edit '{edit.rule}' at {edit.span.start}-{edit.span.end} reaches across a seam")
    if len(edit.new) == edit.span.end - edit.span.start and all(r.even or r.start == r.end for r in runs):
        return [r if r.start == r.end else r._replace(rule=_rules(r.rule, edit.rule)) for r in runs]
    first = runs[0]
    rule = _rules(*(r.rule for r in runs), edit.rule)
    return [_Run(first.start, first.start + len(edit.new), first.raw_start, runs[-1].raw_end, rule, first.seam)]


def _rules(*rules: str) -> str:
    """Join the names of rules, each once."""
    return ";".join(dict.fromkeys(name for rule in rules for name in rule.split(";") if name))


def _settle(runs: Iterable[_Run]) -> tuple[_Run, ...]:
    """Count clean positions anew and join neighbours that need not be apart."""
    out: list[_Run] = []
    at = 0
    for r in runs:
        r = r._replace(start=at, end=at + r.end - r.start)
        at = r.end
        if out and (whole := _joined(out[-1], r)) is not None:
            out[-1] = whole
        else:
            out.append(r)
    return tuple(out)


def _joined(a: _Run, b: _Run) -> _Run | None:
    """Join two runs where both are untouched, or share raw characters, or are one deletion."""
    if b.seam and b.raw_start != a.raw_start:
        return None
    if b.raw_start < a.raw_end and b.raw_end > a.raw_start:
        return _Run(a.start, b.end, min(a.raw_start, b.raw_start), max(a.raw_end, b.raw_end), _rules(a.rule, b.rule), a.seam)
    same_kind = a.rule == b.rule and a.even and b.even
    both_gone = a.rule == b.rule and a.start == a.end and b.start == b.end
    if a.raw_end == b.raw_start and (same_kind or both_gone):
        return _Run(a.start, b.end, a.raw_start, b.raw_end, a.rule, a.seam)
    return None


def _stretches(runs: Sequence[_Run]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for r in runs:
        if spans and not r.seam and r.raw_start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(r.raw_end, spans[-1].end))
        else:
            spans.append(Span(r.raw_start, r.raw_end))
    return tuple(spans)
