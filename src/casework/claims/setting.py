"""Clauses and sentences of a passage: how far a cue reaches."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from casework.codebook import load_codebook
from casework.text import Span

__all__ = ["Setting", "last_match", "read_setting"]

REACH = 600  # no cue reaches further than this many characters, so that a text on one line stays linear


@dataclass(frozen=True, slots=True)
class Setting:
    """A passage with the ends of its clauses and sentences, and where its quotations begin and end."""

    text: str
    clause_ends: tuple[int, ...]
    sentence_ends: tuple[int, ...]
    quotes: tuple[Span, ...]

    def clause(self, span: Span) -> Span:
        """Give the clause that a span stands in."""
        return self._around(self.clause_ends, span)

    def sentence(self, span: Span) -> Span:
        """Give the sentence that a span stands in."""
        return self._around(self.sentence_ends, span)

    def _around(self, ends: tuple[int, ...], span: Span) -> Span:
        before = bisect_right(ends, span.start)
        after = bisect_left(ends, span.end)
        start = ends[before - 1] if before else 0
        end = ends[after] if after < len(ends) else len(self.text)
        return Span(max(start, span.start - REACH), min(end, span.end + REACH))

    def clauses_before(self, span: Span) -> list[Span]:
        """Give the earlier clauses of the same sentence, the nearest first."""
        sentence, clause = self.sentence(span), self.clause(span)
        first, last = bisect_right(self.clause_ends, sentence.start), bisect_right(self.clause_ends, clause.start)
        ends = self.clause_ends[first:last]
        starts = [sentence.start, *ends]
        return [Span(a, b) for a, b in reversed(list(zip(starts, ends, strict=False)))]

    def before(self, span: Span) -> str:
        """Give the text before a span, as far as any cue reaches."""
        return self.text[max(0, span.start - REACH) : span.start]

    def is_quoted(self, span: Span) -> bool:
        """Tell whether a span stands in quotation marks."""
        at = bisect_right(self.quotes, span.start, key=lambda q: q.start) - 1
        return at >= 0 and span.start < self.quotes[at].end


@dataclass(frozen=True, slots=True)
class _Marks:
    clause: re.Pattern[str]
    sentence: re.Pattern[str]
    quote: re.Pattern[str]
    opening: str


@cache
def _marks() -> _Marks:
    marks = load_codebook("claims").section("marks")
    # A comma or colon between digits groups them and ends no clause.
    clause = rf"(?<!\d)[{re.escape(marks['clause'])}]|[{re.escape(marks['clause'])}](?!\d)"
    sentence = rf"[{re.escape(marks['sentence'])}]"
    quote = rf"[{re.escape(marks['quote_open'] + marks['quote_close'])}]"
    return _Marks(re.compile(clause), re.compile(sentence), re.compile(quote), marks["quote_open"])


def read_setting(text: str) -> Setting:
    """Mark the clauses, sentences and quotations of a passage.

    >>> s = read_setting("村里修了路，建了桥。")
    >>> s.clause(Span(7, 8)).cut(s.text)
    '建了桥。'
    """
    m = _marks()
    clauses, sentences = (tuple(hit.end() for hit in p.finditer(text)) for p in (m.clause, m.sentence))
    return Setting(text, clauses, sentences, tuple(_quotes(text, m)))


def _quotes(text: str, marks: _Marks) -> Iterator[Span]:
    """Give the outermost quotations; one that is not closed goes on to the end."""
    depth, start = 0, 0
    for hit in marks.quote.finditer(text):
        opens = hit[0] in marks.opening
        if opens and not depth:
            start = hit.end()
        depth = depth + 1 if opens else max(0, depth - 1)
        if not opens and not depth and start:
            yield Span(start, hit.start())
            start = 0
    if depth:
        yield Span(start, len(text))


def last_match(cue: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Give the last match of a pattern."""
    return max(cue.finditer(text), key=lambda m: m.start(), default=None)
