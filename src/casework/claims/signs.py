"""Where the words of the codebook `claims` stand in a passage, found in one pass.

What is asked of an amount is then a matter of positions: a stretch of the passage holds a word of a kind, or
it does not, as if the words were searched in that stretch alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from functools import cache
from typing import Any

from ahocorasick_rs import AhoCorasick

from casework.codebook import load_codebook
from casework.text import Span

__all__ = ["Signs", "denominator_signs"]

# The lists of words that are signs; a kind is called by its section and its key.
_LISTS = {
    "status": ("planned", "achieved", "passage", "rule_any", "rule_frequency", "never_planned", "document_achieved"),
    "statistic": ("maximum", "minimum", "mean", "part"),
    "change": ("to", "level_after", "increase", "decrease"),
    "voice": ("speech", "estimate"),
    "period": ("relative", "so_far", "as_of"),
}
_DENOMINATORS = "per"


def denominator_signs(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the words of which one stands wherever an entry of `per` may be found before an amount."""
    return (*entry["before"], *entry.get("near", ()), *entry.get("touching", "")[:1])


@cache
def _automaton() -> tuple[AhoCorasick, tuple[tuple[str, ...], ...]]:
    """Build the automaton of all signs, and give the kinds of each word."""
    book = load_codebook("claims")
    kinds: dict[str, list[str]] = {}
    for section, keys in _LISTS.items():
        for key in keys:
            for word in book.section(section)[key]:
                kinds.setdefault(word, []).append(f"{section}.{key}")
    for entry in book.section(_DENOMINATORS).values():
        for word in denominator_signs(entry):
            kinds.setdefault(word, []).append(_DENOMINATORS)
    return AhoCorasick(list(kinds)), tuple(tuple(dict.fromkeys(k)) for k in kinds.values())


class Signs:
    """The signs of a passage by kind: `status.planned`, `change.increase`, and `per` for what may begin a denominator.

    >>> signs = Signs("预计年底完工，已投资5万元")
    >>> signs.any("status.planned", 0, 6), signs.last("status.achieved", 7, 10)
    (True, Span(start=7, end=8))
    """

    __slots__ = ("_at",)

    def __init__(self, text: str) -> None:
        automaton, kinds = _automaton()
        self._at: dict[str, list[tuple[int, int]]] = {}
        for i, start, end in automaton.find_matches_as_indexes(text, overlapping=True):
            for kind in kinds[i]:
                self._at.setdefault(kind, []).append((end, start))

    def any(self, kind: str, start: int, end: int) -> bool:
        """Tell whether a sign of a kind lies wholly in a stretch."""
        return kind in self._at and bool(self.within(kind, start, end))

    def within(self, kind: str, start: int, end: int) -> list[Span]:
        """Give the signs of a kind that lie wholly in a stretch, the last first; they may overlap."""
        at = self._at.get(kind)
        found: list[Span] = []
        if at is None:
            return found
        i = bisect_left(at, (end + 1,))
        while i and at[i - 1][0] > start:
            i -= 1
            if at[i][1] >= start:
                found.append(Span(at[i][1], at[i][0]))
        return found

    def walk(self, kind: str, start: int, end: int) -> list[Span]:
        """Give the signs of a kind in a stretch from left to right, the longest at each place, none overlapping."""
        found = self.within(kind, start, end)
        if len(found) < 2:
            return found
        taken: list[Span] = []
        at = start
        for sign in sorted(found, key=lambda s: (s.start, -s.end)):
            if sign.start >= at:
                taken.append(sign)
                at = sign.end
        return taken

    def first(self, kind: str, start: int, end: int) -> Span | None:
        """Give the first sign of a kind in a stretch, the longest at its place."""
        return self.walk(kind, start, end)[0] if self.any(kind, start, end) else None

    def last(self, kind: str, start: int, end: int) -> Span | None:
        """Give the last sign of a kind in a stretch, read from left to right."""
        return self.walk(kind, start, end)[-1] if self.any(kind, start, end) else None
