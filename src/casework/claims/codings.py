"""Code passages by mechanism: every hit names the rule that fired.

All words of a codebook are looked up in one pass (Aho–Corasick); nearness, exceptions and negation
are then judged on the positions alone, so that a large codebook costs little more than a small one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from casework.claims.mechanisms import Code, Mechanisms, Negation, read_mechanisms
from casework.claims.spans import SpanIndex
from casework.codebook import Codebook, line_of, load_codebook
from casework.text import CaseworkError, Span

__all__ = ["Coding", "find_codings", "load_mechanisms"]

_READ: dict[tuple[str, str], Mechanisms] = {}
_LONGEST_WORD = 40
_NEARBY = 160
_CLAUSE_END = re.compile(r"[，。；：！？,;:!?\n]")


@dataclass(frozen=True, slots=True)
class Coding:
    """A stretch that speaks of a mechanism; `rule` is the code and the words that fired, `code:word` or `code:word~word`."""

    span: Span
    code: str
    rule: str


def load_mechanisms(path: Path | str | None = None) -> Mechanisms:
    """Load a codebook of mechanisms, the built-in one where no path is given.

    Raises CaseworkError with file and line where it is not in order, where an example does not get
    its code, or where a counter-example does.

    >>> load_mechanisms().label("points_system")
    'Points system'
    """
    return _checked(load_codebook(str(path) if path else "mechanisms"))


def find_codings(text: str, codebook: Mechanisms | Codebook | None = None) -> list[Coding]:
    """Find the mechanisms that a passage speaks of, in the order of the text; codes may overlap.

    A hit inside an exception of its code, or one that is negated, is none. Of the overlapping hits
    of one code a term stays before a nearness, and a longer one before a shorter.

    >>> text = "青禾镇推行积分制，尚未流转土地。"
    >>> [(c.span.cut(text), c.code, c.rule) for c in find_codings(text)]
    [('积分制', 'points_system', 'points_system:积分制')]
    """
    if codebook is None:
        codebook = load_mechanisms()
    mechanisms = codebook if isinstance(codebook, Mechanisms) else _checked(codebook)
    return _Finder.of(mechanisms).find(text)


def _checked(book: Codebook) -> Mechanisms:
    """Read a codebook once: it is known by its file and its digest."""
    key = (book.file, book.digest)
    if key not in _READ:
        mechanisms = read_mechanisms(book)
        for code in mechanisms.codes.values():
            _hold_examples(mechanisms, code)
        _READ[key] = mechanisms
    return _READ[key]


def _hold_examples(mechanisms: Mechanisms, code: Code) -> None:
    """Refuse a codebook whose examples do not code as they say."""
    entry = mechanisms.body["codes"][code.code]
    for key, sentences in (("examples", code.examples), ("counter_examples", code.counter_examples)):
        for i, sentence in enumerate(sentences):
            fired = [c.rule for c in find_codings(sentence, mechanisms) if c.code == code.code]
            where = f"{mechanisms.file}:{line_of(entry[key], i)}"
            if key == "examples" and not fired:
                raise CaseworkError(
                    f"{where}: this example does not get the code '{code.code}'; add a term it holds, or change it"
                )
            if key == "counter_examples" and fired:
                raise CaseworkError(
                    f"{where}: this counter-example gets the code '{code.code}' by {fired[0]}; add an exception under 'not'"
                )


class _Rules(NamedTuple):
    """A code ready to search: its words as sets."""

    code: str
    terms: frozenset[str]
    exceptions: frozenset[str]
    near: tuple[tuple[tuple[frozenset[str], ...], int | str], ...]

    @classmethod
    def of(cls, code: Code) -> _Rules:
        """Make the rules of a code."""
        near = tuple((tuple(map(frozenset, n.groups)), n.within) for n in code.near)
        return cls(code.code, frozenset(code.terms), frozenset(code.exceptions), near)


class _Finder:
    """A codebook ready to search: its words as one automaton, and who uses each."""

    def __init__(self, mechanisms: Mechanisms) -> None:
        self.negation = mechanisms.negation
        words: dict[str, None] = dict.fromkeys([*self.negation.before, *self.negation.after, *self.negation.exceptions])
        self.users: dict[str, list[_Rules]] = {}
        for code in mechanisms.codes.values():
            words |= dict.fromkeys(
                [*code.terms, *code.exceptions, *(w for n in code.near for g in n.groups for w in g)]
            )
            rules = _Rules.of(code)
            for word in {*code.terms, *(w for n in code.near for w in n.groups[0])}:
                self.users.setdefault(word, []).append(rules)
        self.words = tuple(words)
        self.automaton = AhoCorasick(list(self.words))

    @classmethod
    def of(cls, mechanisms: Mechanisms) -> _Finder:
        """Give the finder of a codebook, built once."""
        if mechanisms.digest not in _FINDERS:
            _FINDERS[mechanisms.digest] = cls(mechanisms)
        return _FINDERS[mechanisms.digest]

    def find(self, text: str) -> list[Coding]:
        """Find all codings of a passage."""
        at: dict[str, list[Span]] = {}
        for i, start, end in self.automaton.find_matches_as_indexes(text, overlapping=True):
            at.setdefault(self.words[i], []).append(Span(start, end))
        spoken_of = {rules.code: rules for word in at for rules in self.users.get(word, ())}
        if not spoken_of:
            return []
        page = _Page(text, at, self.negation)
        codings = [c for rules in spoken_of.values() for c in page.code(rules)]
        codings.sort(key=lambda c: (c.span, c.code))
        return codings


class _Page:
    """A passage with the positions of all words that were found in it."""

    def __init__(self, text: str, at: Mapping[str, list[Span]], negation: Negation) -> None:
        self.text, self.at, self.found = text, at, set(at)
        self.ends = [m.start() for m in _CLAUSE_END.finditer(text)]
        self.reach = negation.within
        spared = SpanIndex(self._spans(negation.exceptions))
        self.before, self.after = (
            SpanIndex([s for s in self._spans(words) if not any(e.covers(s) for e in spared.on(s))])
            for words in (negation.before, negation.after)
        )

    def _spans(self, words: Collection[str]) -> list[Span]:
        return [span for word in self.found.intersection(words) for span in self.at[word]]

    def _clause(self, position: int) -> Span:
        """Give the clause that a position lies in."""
        i = bisect_right(self.ends, position)
        return Span(self.ends[i - 1] + 1 if i else 0, self.ends[i] if i < len(self.ends) else len(self.text))

    def code(self, rules: _Rules) -> list[Coding]:
        """Give the hits of one code: by term or nearness, without exceptions, negated ones and lesser overlaps."""
        hits = [([span], span) for span in self._spans(rules.terms)]
        for groups, within in rules.near:
            if not any(map(self.found.isdisjoint, groups)):
                hits += self._near(groups, within)
        if not hits:
            return []
        exceptions = SpanIndex(self._spans(rules.exceptions))
        taken, codings = SpanIndex(), []
        # A negated hit takes part in the contest, so that no shorter one inside it stays behind.
        for parts, span in sorted(hits, key=self._rank):
            if taken.touches(span) or any(map(exceptions.touches, parts)):
                continue
            taken.add(span)
            if not any(map(self._negated, parts)):
                codings.append(Coding(span, rules.code, f"{rules.code}:{self._said(parts)}"))
        return codings

    def _rank(self, hit: tuple[list[Span], Span]) -> tuple[int, int, int, str]:
        """Order the hits of a code: terms before nearnesses, longer ones before shorter ones."""
        parts, span = hit
        return len(parts), span.start - span.end, span.start, self._said(parts)

    def _said(self, parts: Iterable[Span]) -> str:
        return "~".join([part.cut(self.text) for part in parts])

    def _negated(self, span: Span) -> bool:
        """Tell whether a negation stands just before or behind, in the same clause."""
        if not self.before and not self.after:
            return False
        clause = self._clause(span.start)
        ahead = Span(max(clause.start, span.start - self.reach - 1), span.start)
        behind = Span(span.end, min(clause.end, span.end + self.reach + 1))
        return any(n.end <= span.start for n in self.before.on(ahead)) or any(
            n.start >= span.end for n in self.after.on(behind)
        )

    def _near(self, groups: Sequence[Collection[str]], within: int | str) -> Iterator[tuple[list[Span], Span]]:
        """Give, for each hit of the first group, the nearest hits of the others that are near enough."""
        others = [SpanIndex(self._spans(group)) for group in groups[1:]]
        limit = within if isinstance(within, int) else len(self.text)
        for first in sorted(self._spans(groups[0])):
            stretch = self._stretch(first, within)
            parts = [first]
            for other in others:
                nearest = _nearest(other, first, stretch, limit)
                if nearest is None:
                    break
                parts.append(nearest)
            else:
                yield parts, first if within == "passage" else Span(min(parts).start, max(p.end for p in parts))

    def _stretch(self, first: Span, within: int | str) -> Span:
        """Give the stretch in which the other words of a nearness must begin and end."""
        if within == "clause":
            return self._clause(first.start)
        if within == "passage":
            return Span(0, len(self.text))
        return Span(max(0, first.start - int(within) - _LONGEST_WORD), first.end + int(within) + _LONGEST_WORD)


_FINDERS: dict[str, _Finder] = {}


def _nearest(group: SpanIndex, first: Span, stretch: Span, limit: int) -> Span | None:
    """Give the nearest span of a group inside a stretch; looks further away only where there is none nearby."""
    reach = _NEARBY
    while True:
        part = Span(max(stretch.start, first.start - reach), min(stretch.end, first.end + reach))
        best, least = None, limit + 1
        for span in group.on(part):
            gap = max(span.start - first.end, first.start - span.end, 0)
            # Of two that are as near the first counts; of two that begin together the longer.
            better = gap < least or (best is not None and gap == least and span.start == best.start)
            if better and part.covers(span) and not span.overlaps(first):
                best, least = span, gap
        # A long word that only begins in this part may be nearer than the best that lies wholly in it.
        if part == stretch or (best is not None and least <= reach - _LONGEST_WORD):
            return best
        reach *= 4
