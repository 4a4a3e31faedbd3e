"""Code passages by mechanism: every hit names the rule that fired.

All words of a codebook are looked up in one pass (Aho–Corasick); nearness, exceptions and negation
are then judged on the positions alone, so that a large codebook costs little more than a small one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ahocorasick_rs import AhoCorasick

from casework.claims.mechanisms import Code, Mechanisms, Near, Negation, read_mechanisms
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
                raise CaseworkError(f"{where}: this example does not get the code '{code.code}'; add a term it holds, or change it")
            if key == "counter_examples" and fired:
                raise CaseworkError(
                    f"{where}: this counter-example gets the code '{code.code}' by {fired[0]}; add an exception under 'not'"
                )


class _Finder:
    """A codebook ready to search: its words as one automaton, and who uses each."""

    def __init__(self, mechanisms: Mechanisms) -> None:
        self.codes = tuple(mechanisms.codes.values())
        self.negation = mechanisms.negation
        words: dict[str, None] = dict.fromkeys([*self.negation.before, *self.negation.after, *self.negation.exceptions])
        for code in self.codes:
            words |= dict.fromkeys([*code.terms, *code.exceptions, *(w for n in code.near for g in n.groups for w in g)])
        self.words = tuple(words)
        self.users: dict[str, list[Code]] = {}
        for code in self.codes:
            for word in {*code.terms, *(w for n in code.near for w in n.groups[0])}:
                self.users.setdefault(word, []).append(code)
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
        if not at:
            return []
        page = _Page(text, at, self.negation)
        spoken_of = {code.code: code for word in at for code in self.users.get(word, ())}
        return sorted((c for code in spoken_of.values() for c in page.code(code)), key=lambda c: (c.span, c.code))


class _Page:
    """A passage with the positions of all words that were found in it."""

    def __init__(self, text: str, at: Mapping[str, list[Span]], negation: Negation) -> None:
        self.at = at
        self.words_at: dict[Span, set[str]] = {}
        for word, spans in at.items():
            for span in spans:
                self.words_at.setdefault(span, set()).add(word)
        self.length = len(text)
        self.ends = [m.start() for m in _CLAUSE_END.finditer(text)]
        self.reach = negation.within
        spared = SpanIndex(self._spans(negation.exceptions))
        self.before, self.after = (
            SpanIndex(s for s in self._spans(words) if not any(e.covers(s) for e in spared.on(s)))
            for words in (negation.before, negation.after)
        )

    def _spans(self, words: Sequence[str]) -> list[Span]:
        return [span for word in words for span in self.at.get(word, ())]

    def _clause(self, position: int) -> Span:
        """Give the clause that a position lies in."""
        i = bisect_right(self.ends, position)
        return Span(self.ends[i - 1] + 1 if i else 0, self.ends[i] if i < len(self.ends) else self.length)

    def code(self, code: Code) -> list[Coding]:
        """Give the hits of one code: by term or nearness, without exceptions, negated ones and lesser overlaps."""
        exceptions = SpanIndex(self._spans(code.exceptions))
        hits = [([span], span, term) for term in code.terms for span in self.at.get(term, ())]
        hits += [hit for near in code.near for hit in self._near(near)]
        taken, codings = SpanIndex(), []
        # A negated hit takes part in the contest, so that no shorter one inside it stays behind.
        for parts, span, words in sorted(hits, key=lambda h: (len(h[0]), h[1].start - h[1].end, h[1].start, h[2])):
            if taken.touches(span) or any(map(exceptions.touches, parts)):
                continue
            taken.add(span)
            if not any(map(self._negated, parts)):
                codings.append(Coding(span, code.code, f"{code.code}:{words}"))
        return codings

    def _negated(self, span: Span) -> bool:
        """Tell whether a negation stands just before or behind, in the same clause."""
        clause = self._clause(span.start)
        ahead = Span(max(clause.start, span.start - self.reach - 1), span.start)
        behind = Span(span.end, min(clause.end, span.end + self.reach + 1))
        return any(n.end <= span.start for n in self.before.on(ahead)) or any(n.start >= span.end for n in self.after.on(behind))

    def _near(self, near: Near) -> Iterator[tuple[list[Span], Span, str]]:
        """Give, for each hit of the first group, the nearest hits of the others that are near enough."""
        groups = [SpanIndex(self._spans(group)) for group in near.groups[1:]]
        for first in self._spans(near.groups[0]):
            stretch, limit = self._stretch(first, near.within), near.within if isinstance(near.within, int) else self.length
            parts = [first]
            for group in groups:
                nearest = _nearest(group, first, stretch, limit)
                if nearest is None:
                    break
                parts.append(nearest)
            else:
                whole = first if near.within == "passage" else Span(min(p.start for p in parts), max(p.end for p in parts))
                yield parts, whole, "~".join(self._word_at(g, p) for g, p in zip(near.groups, parts, strict=True))

    def _stretch(self, first: Span, within: int | str) -> Span:
        """Give the stretch in which the other words of a nearness must begin and end."""
        if within == "clause":
            return self._clause(first.start)
        if within == "passage":
            return Span(0, self.length)
        return Span(max(0, first.start - int(within) - _LONGEST_WORD), first.end + int(within) + _LONGEST_WORD)

    def _word_at(self, group: Sequence[str], span: Span) -> str:
        return next(w for w in group if w in self.words_at[span])


_FINDERS: dict[str, _Finder] = {}


def _nearest(group: SpanIndex, first: Span, stretch: Span, limit: int) -> Span | None:
    """Give the nearest span of a group inside a stretch; looks further away only where there is none nearby."""
    reach = _NEARBY
    while True:
        part = Span(max(stretch.start, first.start - reach), min(stretch.end, first.end + reach))
        rivals = [s for s in group.on(part) if part.covers(s) and not s.overlaps(first) and _gap(first, s) <= limit]
        best = min(rivals, key=lambda s: (_gap(first, s), s.start, -s.end), default=None)
        # A long word that only begins in this part may be nearer than the best that lies wholly in it.
        if part == stretch or (best is not None and _gap(first, best) <= reach - _LONGEST_WORD):
            return best
        reach *= 4


def _gap(a: Span, b: Span) -> int:
    """Count the characters between two spans."""
    return max(b.start - a.end, a.start - b.end, 0)
