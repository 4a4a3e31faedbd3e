"""Clauses and sentences of a passage: how far a cue reaches."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache

from casework.codebook import load_codebook
from casework.text import Span

__all__ = ["Setting", "last_match", "read_setting"]


@dataclass(frozen=True, slots=True)
class Setting:
    """A passage with the ends of its clauses and sentences."""

    text: str
    clause_ends: tuple[int, ...]
    sentence_ends: tuple[int, ...]

    def clause(self, span: Span) -> Span:
        """Give the clause that a span stands in."""
        return self._around(self.clause_ends, span)

    def sentence(self, span: Span) -> Span:
        """Give the sentence that a span stands in."""
        return self._around(self.sentence_ends, span)

    def _around(self, ends: tuple[int, ...], span: Span) -> Span:
        before = bisect_right(ends, span.start)
        after = bisect_left(ends, span.end)
        return Span(ends[before - 1] if before else 0, ends[after] if after < len(ends) else len(self.text))

    def clauses_before(self, span: Span) -> list[Span]:
        """Give the earlier clauses of the same sentence, the nearest first."""
        sentence, clause = self.sentence(span), self.clause(span)
        ends = [e for e in self.clause_ends if sentence.start < e <= clause.start]
        starts = [sentence.start, *ends]
        return [Span(a, b) for a, b in reversed(list(zip(starts, ends, strict=False)))]


@cache
def _marks() -> tuple[re.Pattern[str], re.Pattern[str]]:
    marks = load_codebook("claims").section("marks")
    # A comma or colon between digits groups them and ends no clause.
    clause = rf"(?<!\d)[{re.escape(marks['clause'])}]|[{re.escape(marks['clause'])}](?!\d)"
    return re.compile(clause), re.compile(rf"[{re.escape(marks['sentence'])}]")


def read_setting(text: str) -> Setting:
    """Mark the clauses and sentences of a passage.

    >>> s = read_setting("村里修了路，建了桥。")
    >>> s.clause(Span(7, 8)).cut(s.text)
    '建了桥。'
    """
    clause, sentence = _marks()
    return Setting(text, tuple(m.end() for m in clause.finditer(text)), tuple(m.end() for m in sentence.finditer(text)))


def last_match(cue: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Give the last match of a pattern."""
    return max(cue.finditer(text), key=lambda m: m.start(), default=None)
