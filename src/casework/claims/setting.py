"""Clauses and sentences of a passage: how far a cue reaches."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from casework.claims.signs import Signs
from casework.codebook import load_codebook
from casework.quantities import Amount
from casework.text import Span

__all__ = ["REACH", "Setting", "Spot", "last_match", "read_setting"]

NEAR = 8  # characters before an amount in which a word stands close to it
REACH = 600  # no cue reaches further than this many characters, so that a text on one line stays linear


class Spot(NamedTuple):
    """Where an amount stands: from `start` to `end`, in its clause and its sentence, behind the words of `head`.

    `said`, `here` and `near` are the kinds of signs before it in its sentence, in its clause, and close to it.
    """

    amount: Amount
    start: int
    end: int
    clause: Span
    sentence: Span
    head: str
    said: set[str]
    here: set[str]
    near: set[str]


@dataclass(frozen=True, slots=True)
class Setting:
    """A passage with the ends of its clauses and sentences, its quotations and its signs.

    `answers` tells that it is an answer of an interview, which names its speaker first.
    """

    text: str
    clause_ends: tuple[int, ...]
    sentence_ends: tuple[int, ...]
    quotes: tuple[Span, ...]
    answers: bool
    signs: Signs

    def spot(self, amount: Amount) -> Spot:
        """Look up where an amount stands."""
        start, end = amount.span
        clause = self._around(self.clause_ends, start, end)
        sentence = self._around(self.sentence_ends, start, end)
        near = self.signs.before(sentence.start, clause.start, start - NEAR, start)
        return Spot(amount, start, end, clause, sentence, self.text[clause.start : start], *near)

    def _around(self, ends: tuple[int, ...], start: int, end: int) -> Span:
        """Give the stretch between two ends that holds another, as far as any cue reaches."""
        before = bisect_right(ends, start)
        after = bisect_left(ends, end, before)
        first = ends[before - 1] if before else 0
        last = ends[after] if after < len(ends) else len(self.text)
        return Span(max(first, start - REACH), min(last, end + REACH))

    def clause_of(self, sign: Span, spot: Spot) -> Span:
        """Give the clause of a sign before an amount, in the amount's sentence, up to the amount."""
        if sign.start >= spot.clause.start:
            return Span(spot.clause.start, spot.start)
        before = bisect_right(self.clause_ends, sign.start)
        start = self.clause_ends[before - 1] if before else 0
        return Span(max(start, spot.sentence.start), self.clause_ends[before])

    def topic(self, spot: Spot) -> int:
        """Give where the clause of an amount begins, or the one before it in its sentence where it goes on with that."""
        start = spot.clause.start
        marks = _marks()
        alone = spot.amount.dimension == "money" and marks.alone.match(spot.head)
        if start <= spot.sentence.start or not (alone or marks.goes_on.match(spot.head)):
            return start
        before = bisect_left(self.clause_ends, start)
        return max(self.clause_ends[before - 1] if before else 0, spot.sentence.start)

    def is_quoted(self, at: int) -> bool:
        """Tell whether a position stands in quotation marks."""
        before = bisect_right(self.quotes, (at, len(self.text) + 1)) - 1
        return before >= 0 and at < self.quotes[before].end


@dataclass(frozen=True, slots=True)
class _Marks:
    opening: str
    clause: re.Pattern[str]
    sentence: re.Pattern[str]
    quote: re.Pattern[str]
    answer: re.Pattern[str]
    goes_on: re.Pattern[str]
    alone: re.Pattern[str]


@cache
def _marks() -> _Marks:
    book = load_codebook("claims")
    marks, answer = book.section("marks"), book.section("voice")["answer"]
    # A comma or colon between digits groups them and ends no clause.
    clause = rf"[{re.escape(marks['clause'])}](?:(?!\d)|(?<!\d.))"
    sentence = rf"[{re.escape(marks['sentence'])}]"
    quote = rf"[{re.escape(marks['quote_open'] + marks['quote_close'])}]"
    patterns = [re.compile(p) for p in (clause, sentence, quote, answer, marks["goes_on"], marks["alone"])]
    return _Marks(marks["quote_open"], *patterns)


def read_setting(text: str) -> Setting:
    """Mark the clauses, sentences, quotations and signs of a passage.

    >>> read_setting("村里修了路，建了“桥”。").clause_ends
    (6, 12)
    """
    m = _marks()
    clauses, sentences = (tuple([hit.end() for hit in p.finditer(text)]) for p in (m.clause, m.sentence))
    return Setting(text, clauses, sentences, tuple(_quotes(text, m)), bool(m.answer.match(text)), Signs(text))


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
    matches = [*cue.finditer(text)]
    return matches[-1] if matches else None
