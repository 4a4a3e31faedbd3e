"""Where the words of the codebook `claims` stand in a passage, found in one pass.

What is asked of an amount is then a matter of positions: a stretch of the passage holds a word of a kind, or
it does not, as if the words were searched in that stretch alone.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache

from ahocorasick_rs import AhoCorasick

from casework.codebook import load_codebook
from casework.text import Span

__all__ = ["Signs"]

# The lists of words that are signs; a kind is called by its section and its key.
_LISTS = {
    "status": ("planned", "achieved", "passage", "rule_any", "rule_frequency", "rule_laid", "never_planned", "document_achieved"),
    "statistic": ("maximum", "minimum", "mean", "part"),
    "change": ("to", "level_after", "increase", "decrease", "than"),
    "voice": ("speech", "estimate"),
    "period": ("relative", "so_far", "as_of"),
    "holding": ("collective_income", "household_income", "output_value"),
}
# What a plan or a thing done is told by, and what only looks like it.
_MODALS = ("planned", "achieved", "never_planned")


@cache
def _automaton() -> tuple[AhoCorasick, tuple[frozenset[str], ...]]:
    """Build the automaton of all signs, and give the kinds of each word."""
    book = load_codebook("claims")
    kinds: dict[str, list[str]] = {}
    for section, keys in _LISTS.items():
        for key in keys:
            for word in book.section(section)[key]:
                kinds.setdefault(word, []).append(f"{section}.{key}")
                if section == "status" and key in _MODALS:
                    kinds[word].append("status.modal")
    for kind, entry in book.section("per").items():
        for word in (*entry["before"], *entry.get("near", ()), *entry.get("touching", "")[:1]):
            kinds.setdefault(word, []).append(kind)
    return AhoCorasick(list(kinds)), tuple(map(frozenset, kinds.values()))


class Signs:
    """The signs of a passage by kind: `status.planned`, `change.increase`, and `year` for what may begin "a year".

    >>> signs = Signs("预计年底完工，已投资5万元")
    >>> "status.achieved" in signs.kinds(7, 10), signs.last("status.planned", 0, 7)
    (True, Span(start=0, end=2))
    """

    __slots__ = ("_at",)

    def __init__(self, text: str) -> None:
        automaton, kinds = _automaton()
        # Sorted by their ends, as the automaton gives them.
        self._at = [(b, a, kinds[i]) for i, a, b in automaton.find_matches_as_indexes(text, overlapping=True)]

    def before(self, sentence: int, clause: int, near: int, end: int) -> tuple[set[str], set[str], set[str]]:
        """Give the kinds of the signs that end before a position and begin in its sentence, its clause, and near it."""
        at = self._at
        said: set[str] = set()
        here: set[str] = set()
        close: set[str] = set()
        for i in range(bisect_left(at, (end + 1,)) - 1, -1, -1):
            stop, start, kinds = at[i]
            if stop <= sentence:
                break
            if start >= sentence:
                said |= kinds
                if start >= clause:
                    here |= kinds
                    if start >= near:
                        close |= kinds
        return said, here, close

    def kinds(self, start: int, end: int) -> set[str]:
        """Give the kinds of the signs that lie wholly in a stretch."""
        return self.before(start, start, start, end)[0]

    def within(self, kind: str, start: int, end: int) -> list[Span]:
        """Give the signs of a kind that lie wholly in a stretch, the last first; they may overlap."""
        at = self._at
        found: list[Span] = []
        for i in range(bisect_left(at, (end + 1,)) - 1, -1, -1):
            stop, begin, kinds = at[i]
            if stop <= start:
                break
            if begin >= start and kind in kinds:
                found.append(Span(begin, stop))
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

    def last(self, kind: str, start: int, end: int) -> Span | None:
        """Give the last sign of a kind in a stretch, read from left to right."""
        found = self.walk(kind, start, end)
        return found[-1] if found else None
