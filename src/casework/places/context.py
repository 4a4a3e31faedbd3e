"""What a page is about: how often each province, prefecture and county is supported, and what that decides."""

from __future__ import annotations

from collections.abc import Container
from functools import cache

import rjieba

from casework.places.gazetteer import Gazetteer
from casework.places.hits import Hit, Page
from casework.places.words import Words

__all__ = ["Context", "is_bounded", "is_place_word"]

# How much a county, a prefecture and a province of the page speak for a candidate that lies in it.
NEAR = {"county": 9.0, "prefecture": 3.0, "province": 1.0}
PLACE_TAGS = {"ns", "nz", "nt"}


class _Score(dict[str, float]):
    """Support by key; what was never named has none, and gets no entry by being asked for."""

    def __missing__(self, key: str) -> float:
        return 0.0


class Context:
    """Support for places, gathered from what is certain, to decide what is not."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.score = _Score()
        self._near: dict[str, list[tuple[str, float]]] = {}

    def add(self, key: str, weight: float) -> None:
        """Let a mention speak for its place and all that it lies in, down to the county."""
        for k in self.gazetteer.above(key):
            if self.gazetteer.level(k) in NEAR:
                self.score[k] += weight

    def nearness(self, key: str) -> float:
        """Give how well a candidate fits the page."""
        if (near := self._near.get(key)) is None:
            levels = ((k, NEAR.get(self.gazetteer.level(k))) for k in self.gazetteer.above(key))
            near = self._near[key] = [(k, weight) for k, weight in levels if weight]
        return sum((weight * min(self.score[k], 12) for k, weight in near), 0.0)

    def decide(self, hit: Hit, last: str = "") -> str | None:
        """Choose one of a hit's keys; None where two fit equally well or none fits at all."""
        if len(hit.keys) == 1:
            return hit.keys[0]
        outer = [k for k in hit.keys if all(o.startswith(k) for o in hit.keys)]
        if outer:
            return outer[0]
        ranked = sorted(((self.nearness(k), k) for k in hit.keys), key=lambda x: (-x[0], x[1]))
        best = [k for n, k in ranked if n == ranked[0][0]]
        if len(best) == 1:
            return best[0] if ranked[0][0] > 0 else None
        provinces = [k for k in hit.keys if len(k) == 2]
        if len(provinces) == 1 and ranked[0][0] == 0:
            return provinces[0]
        at = self.gazetteer.at
        same = [k for k in best if last and at(k, "county") == at(last, "county")]
        if len(same) == 1 and ranked[0][0] > 0:
            return same[0]
        highest = [k for k in best if all(len(k) < len(o) for o in best if o != k)]
        return highest[0] if highest and ranked[0][0] > 0 else None

    def counties(self, most: int = 8) -> list[str]:
        """Give the counties of the page, the best supported first."""
        found = [(n, k) for k, n in self.score.items() if n >= 1 and self.gazetteer.level(k) == "county"]
        return [k for _, k in sorted(found, key=lambda x: (-x[0], x[1]))[:most]]


@cache
def is_place_word(name: str, names: bool = False) -> bool:
    """Tell whether the dictionary knows a bare name as a place and nothing else (or, with `names`, as any name)."""
    tagged = rjieba.tag(name)
    return len(tagged) == 1 and (tagged[0][1] in PLACE_TAGS or (names and tagged[0][1].startswith("nr")))


def is_bounded(page: Page, gazetteer: Gazetteer, start: int, ends: Container[int] = (), soft: bool = True, strict: bool = False) -> bool:
    """Tell whether a name may begin here: after no Chinese character, after another name, or after a cue.

    Strictly, not inside a word of the dictionary (去年 in 去年村集体).
    """
    if start in ends or not page.han(start - 1):
        return True
    if not soft or not _follows_cue(page, gazetteer.words, start):
        return False
    return not strict or start in page.cuts


def _follows_cue(page: Page, words: Words, start: int) -> bool:
    return any(size <= start and page.text[start - size : start] in words.cues for size in words.cue_sizes)
