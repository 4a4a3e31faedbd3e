"""Weigh cue words around an amount: which indicator it measures, and which words said so."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import AhoCorasick, MatchKind

from casework.claims.setting import Setting
from casework.codebook import load_codebook
from casework.quantities import Amount
from casework.text import Span

__all__ = ["Verdict", "find_cues", "weigh_indicator"]


@dataclass(frozen=True, slots=True)
class _Cue:
    indicator: str
    weight: float
    side: str
    dimensions: frozenset[str]


@dataclass(frozen=True, slots=True)
class CueHit:
    """A cue word in a passage, whatever it will be a cue for."""

    span: Span
    word: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The indicator that won, the word that weighed most for it, and where it stands."""

    indicator: str
    word: str
    span: Span | None


@dataclass(frozen=True)
class _Book:
    words: tuple[str, ...]
    cues: dict[str, tuple[_Cue, ...]]
    priors: dict[str, dict[str, float]]
    decay: dict[str, float]
    sizes: dict[str, tuple[float, float]]
    automaton: AhoCorasick


@cache
def _book() -> _Book:
    book = load_codebook("indicators")
    cues: dict[str, list[_Cue]] = {}
    groups = {g: tuple(units) for g, units in book.section("groups").items()}
    for indicator, entries in book.section("cues").items():
        for group in entries:
            book.check_keys(group, f"cues of '{indicator}'", ("for",), ("any", "before", "after"))
            for side in ("any", "before", "after"):
                for word, weight in group.get(side, {}).items():
                    cues.setdefault(word, []).append(_Cue(indicator, float(weight), side, _units(group["for"], groups)))
    words = tuple(cues)
    return _Book(
        words,
        {w: tuple(c) for w, c in cues.items()},
        {k: {i: float(w) for i, w in p.items()} for k, p in book.section("priors").items()},
        {k: float(v) for k, v in book.section("decay").items()},
        {k: (float(a), float(b)) for k, (a, b) in book.section("sizes").items()},
        AhoCorasick(words, matchkind=MatchKind.Standard),
    )


def _units(names: Sequence[str], groups: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    return frozenset(u for name in names for u in groups.get(name, (name,)))


def find_cues(text: str) -> list[CueHit]:
    """Find every cue word of the codebook in a passage, longer ones before those inside them."""
    book = _book()
    hits = sorted((a, -b, i) for i, a, b in book.automaton.find_matches_as_indexes(text, overlapping=True))
    return [CueHit(Span(start, -minus_end), book.words[i]) for start, minus_end, i in hits]


def weigh_indicator(amount: Amount, setting: Setting, hits: list[CueHit]) -> Verdict:
    """Say what an amount measures: the indicator with the largest sum of prior and weighed cues."""
    book = _book()
    kinds = _kinds(amount, book)
    scores = dict(next((book.priors[k] for k in kinds if k in book.priors), {}))
    best: dict[str, tuple[float, CueHit]] = {}
    reached: dict[str, int] = {}
    for hit, factor in _near(amount, setting, hits, book):
        for cue in book.cues[hit.word]:
            if not _applies(cue, hit, amount, kinds) or hit.span.end <= reached.get(cue.indicator, 0):
                continue
            reached[cue.indicator] = hit.span.end
            weight = cue.weight * factor
            scores[cue.indicator] = scores.get(cue.indicator, 0.0) + weight
            if weight > best.get(cue.indicator, (0.0, hit))[0]:
                best[cue.indicator] = (weight, hit)
    if not scores:
        return Verdict("other", "", None)
    winner = max(sorted(scores), key=lambda i: scores[i])
    said = best.get(winner, (0.0, None))[1]
    return Verdict(winner, said.word if said else "", said.span if said else None)


def _kinds(amount: Amount, book: _Book) -> tuple[str, ...]:
    """Give what an amount may be called in a cue's `for`: its unit, its size class, its dimension."""
    value = amount.low if amount.low is not None else amount.high or 0.0
    sizes = tuple(k for k, (low, high) in book.sizes.items() if amount.dimension == "money" and low <= value < high)
    return amount.unit, *sizes, amount.dimension


def _applies(cue: _Cue, hit: CueHit, amount: Amount, kinds: tuple[str, ...]) -> bool:
    if cue.dimensions.isdisjoint(kinds):
        return False
    behind = hit.span.start >= amount.span.end
    return cue.side == "any" or (cue.side == "after") == behind


def _near(amount: Amount, setting: Setting, hits: list[CueHit], book: _Book) -> Iterator[tuple[CueHit, float]]:
    """Give the cues of the sentence with the share of their weight that reaches the amount."""
    clause, sentence = setting.clause(amount.span), setting.sentence(amount.span)
    half, touching = book.decay["half"], book.decay["touching"]
    first = bisect_left(hits, sentence.start, key=lambda h: h.span.start)
    for hit in hits[first:]:
        if hit.span.start >= sentence.end:
            break
        if not sentence.covers(hit.span) or hit.span.overlaps(amount.span):
            continue
        behind = hit.span.start >= amount.span.end
        gap = hit.span.start - amount.span.end if behind else amount.span.start - hit.span.end
        factor = math.pow(0.5, gap / half) * (touching if gap <= 1 else 1.0)
        if not clause.covers(hit.span):
            factor *= book.decay["other_clause"] * (0.35 if behind else 1.0)
        yield hit, factor * (book.decay["behind"] if behind else 1.0)
