"""Weigh cue words around an amount: which indicator it measures, and which words said so."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from casework.claims.setting import REACH, Spot
from casework.codebook import load_codebook
from casework.quantities import Amount
from casework.text import Span

__all__ = ["CueHit", "Verdict", "find_cues", "kinds_of", "weigh_indicator"]


FAR = 90  # characters over which a cue still weighs anything to speak of


class _Cue(NamedTuple):
    indicator: str
    weight: float
    side: str
    dimensions: frozenset[str]


class CueHit(NamedTuple):
    """A cue word in a passage, whatever it will be a cue for."""

    start: int
    end: int
    word: str


class Verdict(NamedTuple):
    """The indicator that won, the word that weighed most for it, and where it stands."""

    indicator: str
    word: str
    span: Span | None


@dataclass(frozen=True)
class _Book:
    words: tuple[str, ...]
    cues: dict[str, tuple[_Cue, ...]]
    priors: dict[str, dict[str, float]]
    factors: dict[tuple[bool, bool], tuple[float, ...]]
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
    decay = {k: float(v) for k, v in book.section("decay").items()}
    return _Book(
        words,
        {w: tuple(c) for w, c in cues.items()},
        {k: {i: float(w) for i, w in p.items()} for k, p in book.section("priors").items()},
        {(behind, near): _factors(decay, behind, near) for behind in (False, True) for near in (False, True)},
        {k: (float(a), float(b)) for k, (a, b) in book.section("sizes").items()},
        AhoCorasick(words, matchkind=MatchKind.Standard),
    )


def _units(names: Sequence[str], groups: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    return frozenset(u for name in names for u in groups.get(name, (name,)))


def _factors(decay: Mapping[str, float], behind: bool, near: bool) -> tuple[float, ...]:
    """Give the share of a cue's weight that reaches an amount over each number of characters, `near` in its clause."""
    other = 1.0 if near else decay["other_clause"] * (decay["other_behind"] if behind else 1.0)
    touching = [decay["touching"] if gap <= 1 else 1.0 for gap in range(REACH + 1)]
    side = decay["behind"] if behind else 1.0
    return tuple(math.pow(0.5, gap / decay["half"]) * touch * other * side for gap, touch in enumerate(touching))


def find_cues(text: str) -> list[CueHit]:
    """Find every cue word of the codebook in a passage, longer ones before those inside them."""
    book = _book()
    hits = [(a, -b, i) for i, a, b in book.automaton.find_matches_as_indexes(text, overlapping=True)]
    hits.sort()
    words = book.words
    return [CueHit(start, -minus_end, words[i]) for start, minus_end, i in hits]


def weigh_indicator(spot: Spot, hits: Sequence[CueHit], topic: int, more: Mapping[str, float] | None = None) -> Verdict:
    """Say what an amount measures: the indicator with the largest sum of prior and weighed cues.

    From `topic` on, where its clause or what that goes on with begins, cues keep their full weight;
    `more` is what else speaks for an indicator.
    """
    prior, fitting, factors = _scale(kinds_of(spot.amount))
    scores = dict(prior)
    for indicator, weight in (more or {}).items():
        scores[indicator] = scores.get(indicator, 0.0) + weight
    best: dict[str, tuple[float, CueHit]] = {}
    reached: dict[str, int] = {}
    start, end, (_, stop) = spot.start, spot.end, spot.clause
    first, last = max(spot.sentence.start, start - FAR), min(spot.sentence.end, end + FAR)
    for at in range(bisect_left(hits, (first,)), len(hits)):
        hit = hits[at]
        left, right, word = hit
        if left >= last:
            break
        cues = fitting(word)
        if not cues or right > last or left < end and start < right:
            continue
        behind = left >= end
        factor = factors[behind, topic <= left and right <= stop][left - end if behind else start - right]
        for indicator, full, side in cues:
            if side is not None and side != behind or right <= reached.get(indicator, 0):
                continue
            reached[indicator] = right
            weight = full * factor
            scores[indicator] = scores.get(indicator, 0.0) + weight
            if weight > (best[indicator][0] if indicator in best else 0.0):
                best[indicator] = (weight, hit)
    return _winner(scores, best)


def _winner(scores: Mapping[str, float], best: Mapping[str, tuple[float, CueHit]]) -> Verdict:
    """Give the indicator with the highest score, the first of the alphabet where two are even."""
    if not scores:
        return Verdict("other", "", None)
    winner = min(scores, key=lambda i: (-scores[i], i)) if len(scores) > 1 else next(iter(scores))
    if winner not in best:
        return Verdict(winner, "", None)
    start, end, word = best[winner][1]
    return Verdict(winner, word, Span(start, end))


def kinds_of(amount: Amount) -> tuple[str, ...]:
    """Give what an amount may be called in the `for` of a cue or a frame: its unit, its size class, its dimension."""
    if amount.dimension != "money":
        return amount.unit, amount.dimension
    value = amount.low if amount.low is not None else amount.high or 0.0
    return amount.unit, *(k for k, (low, high) in _book().sizes.items() if low <= value < high), amount.dimension


class _Scale(NamedTuple):
    """What weighs for an amount of some kinds: what speaks for each indicator before any word is read, the cues of a word, their reach."""

    prior: dict[str, float]
    fitting: Callable[[str], tuple[tuple[str, float, bool | None], ...]]
    factors: dict[tuple[bool, bool], tuple[float, ...]]


@cache
def _scale(kinds: tuple[str, ...]) -> _Scale:
    book = _book()
    sides = {"before": False, "after": True, "any": None}

    @cache
    def fitting(word: str) -> tuple[tuple[str, float, bool | None], ...]:
        """Give the cues of a word for such an amount: indicator, weight, and whether it must stand behind."""
        cues = (c for c in book.cues[word] if not c.dimensions.isdisjoint(kinds))
        # Of a word that is listed twice for an indicator the heavier cue counts.
        return tuple((c.indicator, c.weight, sides[c.side]) for c in sorted(cues, key=lambda c: -c.weight))

    prior = next((book.priors[k] for k in kinds if k in book.priors), {})
    return _Scale(prior, fitting, book.factors)
