"""Where names stand: candidates found by one automaton, chosen where they overlap, tied where they touch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

import rjieba

from casework.places.gazetteer import Gazetteer
from casework.places.words import LEVELS

QUOTES = frozenset("\"'\u201c\u201d\u2018\u2019\u300c\u300d\u300e\u300f")

__all__ = ["BARE", "Hit", "Page", "chains", "choose", "scan"]

# Higher is believed first where two candidates overlap.
WEIGHT = {"look_alike": 4, "full": 3, "spoken": 3, "former": 3, "also_called": 3, "changed": 2, "village": 2, "odd": 2}
WEIGHT |= {"stem": 1, "town_stem": 0, "village_stem": 0, "unknown": -1, "back": -2}
BARE = frozenset({"stem", "town_stem", "village_stem"})
"""Names without their word of rank."""


@dataclass(slots=True)
class Hit:
    """A name at a place in the page's text, and the keys it may stand for."""

    start: int
    end: int
    keys: tuple[str, ...]
    kind: str
    level: str = ""
    chained: bool = False
    flags: set[str] = field(default_factory=set)
    how: str = ""
    leads: bool = False


@dataclass
class Page:
    """Hints and passages as one string, with where each of them starts."""

    text: str
    starts: list[int]
    hints: int

    @classmethod
    def of(cls, texts: Sequence[str], hints: Sequence[str]) -> Page:
        """Put hints and passages one under the other."""
        starts, at = [], 0
        for part in [*hints, *texts]:
            starts.append(at)
            at += len(part) + 1
        return cls("\n".join([*hints, *texts]), starts, len(hints))

    @cached_property
    def cuts(self) -> frozenset[int]:
        """Give where the words of the dictionary begin and end: 保定 is no name in 确保|定期."""
        return frozenset(accumulate(map(len, rjieba.cut(self.text, False)), initial=0))

    def whole(self, hit: Hit) -> bool:
        """Tell whether a bare name begins and ends where words do."""
        return hit.start in self.cuts and hit.end in self.cuts

    def quoted(self, start: int, end: int) -> bool:
        """Tell whether quotation marks hold these words and no more: a brand or a term."""
        return self.text[start - 1 : start] in QUOTES and self.text[end : end + 1] in QUOTES and 0 < start < end < len(self.text)

    def han(self, at: int) -> bool:
        """Tell whether a Chinese character stands at a position."""
        code = ord(self.text[at]) if 0 <= at < len(self.text) else 0
        return 0x3400 <= code <= 0x9FFF or code > 0x1FFFF


def scan(page: Page, gazetteer: Gazetteer) -> list[Hit]:
    """Find every name of a province, prefecture, county or township, and every study's own name."""
    scanner, names = gazetteer.scanner
    senses: dict[int, tuple[tuple[str, ...], str, str]] = {}
    found = []
    for index, start, end in scanner.find_matches_as_indexes(page.text, overlapping=True):
        if (sense := senses.get(index)) is None:
            sense = senses[index] = _sense(gazetteer, names[index])
        keys, kind, level = sense
        if kind != "stem" and _cut_short(page, gazetteer, end):
            continue
        found.append(Hit(start, end, keys, kind, level))
    starts = {h.start for h in found}
    ranks = gazetteer.words.ranks["township"] + gazetteer.words.ranks["village"]
    return [
        h for h in found
        if h.kind != "stem" or h.end in starts or (_stands_alone(page, gazetteer, h.end) and not _named_on(page, ranks, h.end))
    ]


def _sense(gazetteer: Gazetteer, name: str) -> tuple[tuple[str, ...], str, str]:
    """Give the keys a name stands for, the best kind of naming among them, and the highest level."""
    entries = gazetteer.by_name[name]
    kind = max((kind for _, kind in entries), key=lambda k: WEIGHT[k])
    keys = tuple(k for k, e in entries if WEIGHT[e] == WEIGHT[kind])
    return keys, kind, min((gazetteer.level(k) for k in keys), key=LEVELS.index)


def _named_on(page: Page, ranks: tuple[str, ...], end: int) -> bool:
    """Tell whether a bare name goes on as the name of a township or village (景谷 in 景谷村, not in 景谷乡村)."""
    rank = next((r for r in ranks if page.text.startswith(r, end)), "")
    return bool(rank) and not page.text.startswith(ranks, end + len(rank))


def _stands_alone(page: Page, gazetteer: Gazetteer, end: int) -> bool:
    return gazetteer.words.other_names.match(page.text, end) is None


def _cut_short(page: Page, gazetteer: Gazetteer, end: int) -> bool:
    after = gazetteer.words.cut_short.get(page.text[end - 1])
    return bool(after) and page.text[end : end + 1] in tuple(after or "")


def choose(hits: Iterable[Hit], keep: Iterable[Hit] = ()) -> list[Hit]:
    """Choose among overlapping hits: whole names before bare ones, then longer, then earlier ones.

    What is in `keep` was chosen before and stays.
    """
    taken: list[Hit] = []
    cluster: list[Hit] = []
    reach = -1
    kept = {id(h) for h in keep}
    for hit in sorted([*keep, *hits], key=lambda h: (h.start, -h.end)):
        if hit.start >= reach and cluster:
            taken += cluster if len(cluster) == 1 else _best(cluster, kept)
            cluster = []
        cluster.append(hit)
        reach = max(reach, hit.end)
    return sorted(taken + _best(cluster, kept), key=lambda h: h.start)


def _best(cluster: list[Hit], kept: set[int]) -> list[Hit]:
    if len(cluster) < 2:
        return cluster
    out: list[Hit] = []
    taken: set[int] = set()
    for hit in sorted(cluster, key=lambda h: (id(h) not in kept, -WEIGHT[h.kind], h.start - h.end, h.start)):
        if taken.isdisjoint(range(hit.start, hit.end)):
            taken.update(range(hit.start, hit.end))
            out.append(hit)
    return out


def chains(hits: Sequence[Hit]) -> list[list[Hit]]:
    """Group hits that touch and lie one in the other; the keys of both are narrowed to those that do.

    灵寿县 after 石家庄市, 北洼乡 after 灵寿县: one chain, and no doubt left.
    """
    groups: list[list[Hit]] = []
    for hit in hits:
        if groups and groups[-1][-1].end == hit.start and _tie(groups[-1], hit):
            groups[-1].append(hit)
        else:
            groups.append([hit])
    return groups


def _tie(group: list[Hit], hit: Hit) -> bool:
    last = group[-1]
    if not hit.keys or not last.keys:
        return _tie_unknown(last, hit)
    inner = tuple(k for k in hit.keys if any(k != o and k.startswith(o) for o in last.keys))
    if not inner:
        return _tie_elsewhere(last, hit)
    outer = tuple(o for o in last.keys if any(k != o and k.startswith(o) for k in inner))
    hit.keys, last.keys = inner, outer
    for before, after in zip(reversed(group[:-1]), reversed(group[1:]), strict=True):
        before.keys = tuple(o for o in before.keys if any(k.startswith(o) for k in after.keys)) or before.keys
    hit.chained = last.chained = True
    return True


def _tie_elsewhere(last: Hit, hit: Hit) -> bool:
    """A village straight after a township is the township's, whatever county mates bear its name."""
    if (last.level, hit.level) != ("township", "village"):
        return False
    hit.keys, hit.kind, hit.chained = (), "unknown", True
    return True


def _tie_unknown(last: Hit, hit: Hit) -> bool:
    """A name that no gazetteer has belongs to the coarser name straight before it."""
    if hit.kind == "unknown" and last.kind != "back" and LEVELS.index(last.level) < LEVELS.index(hit.level):
        hit.chained = True
        return True
    return False
