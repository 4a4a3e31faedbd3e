"""The cases of an article: which place each stretch of it is about.

A heading or kicker that names a county or a township opens a case. Without one the headline's place holds the
whole article; where that is a province or a prefecture, or none, each paragraph goes to the county it speaks of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from posixpath import commonpath

from casework.articles import Article
from casework.codebook import load_codebook
from casework.places import Mention, Place, holder

__all__ = ["Case", "split_cases"]

_DEPTHS = {"province": 1, "prefecture": 2, "county": 3, "township": 4, "village": 5}
_PREFECTURE, _COUNTY, _TOWN = 2, 3, 4
_LEVELS = {depth: level for level, depth in _DEPTHS.items()}


@dataclass(frozen=True, slots=True)
class Case:
    """A place whose doings some passages report; `passages` are indices into `article.passages`."""

    place: Place | None
    passages: tuple[int, ...]


@cache
def _threshold(name: str) -> float:
    return float(load_codebook("cases").section("thresholds")[name])


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(load_codebook("cases").section(name))


def split_cases(article: Article, mentions: Sequence[Sequence[Mention]], home: Place | None = None) -> tuple[Case, ...]:
    """Give each passage of an article to the place it is about.

    `mentions` holds the places found in each passage, aligned with `article.passages`; `home` is what the manifest
    says the source is about: it decides where no heading does, and may go down to a village. Without it a case is a
    county or a township (a province or prefecture where nothing closer is in focus), and a village's doings belong to it.
    """
    reader = _Reader(article, mentions, home)
    places = reader.place_all()
    cases: dict[tuple[str, str], tuple[Place | None, list[int]]] = {}
    for i, place in sorted(places.items()):
        key = (place.code or place.path, place.level) if place else ("", "")
        cases.setdefault(key, (place, []))[1].append(i)
    return tuple(Case(place, tuple(indices)) for place, indices in cases.values())


def _depth(place: Place) -> int:
    return _DEPTHS.get(place.level, len(place.path.split("/")))


def _within(inner: Place, outer: Place) -> bool:
    return inner.path == outer.path or inner.path.startswith(outer.path + "/")


class _Reader:
    """Reads one article: headings first, then the discourse, then the last place named."""

    def __init__(self, article: Article, mentions: Sequence[Sequence[Mention]], home: Place | None) -> None:
        self.article = article
        self.home = home
        self.named = [_places(found, article.passages[i].role in ("headline", "subhead")) for i, found in enumerate(mentions)]
        self.known = {p.path: p for found in self.named for _, p in found}
        if home is not None:
            self.known.setdefault(home.path, home)
        roles = load_codebook("cases").terms("roles")
        self.used = [i for i, p in enumerate(article.passages) if p.role in roles]
        self.body = [i for i in self.used if article.passages[i].role == "body"]

    def place_all(self) -> dict[int, Place | None]:
        """Decide for every passage that is not furniture."""
        sections = self._sections()
        top = self._heading_place([i for i in self.used if self.article.passages[i].role == "headline"])
        if len(sections) > 1 or (sections and top is None):
            return self._by_section(sections, top)
        if (top is None or _depth(top) < _COUNTY) and self.home is not None and self._is_at(self.home):
            top = self.up(self.home, _TOWN)
        if top is not None and _depth(top) >= _COUNTY:
            place = self._settled(self._refined(top, self.body))
            return self._whole(place)
        return self._by_paragraph(top)

    def _whole(self, place: Place) -> dict[int, Place | None]:
        """Give the whole article to one place; of a township's, what is told of its county goes there."""
        risen = self._risen(place, self.body, _COUNTY) | self._aside(place) if _depth(place) == _TOWN else {}
        return dict.fromkeys(self.used, place) | risen

    def _aside(self, place: Place) -> dict[int, Place | None]:
        """Find the passages that open with another township of the same county: they are told of it, up to the next that names a place."""
        county = self.up(place, _COUNTY)
        aside: dict[int, Place | None] = {}
        now: Place | None = None
        for i in self.used:
            named = self.named[i]
            if named or self.article.passages[i].role == "subhead":
                first = named[0][1] if named and named[0][0] == 0 and i in self.body else place
                turns = _depth(first) >= _TOWN and _within(first, county) and not _within(first, place)
                now = self.up(first, _TOWN) if turns else None
            if now is not None:
                aside[i] = now
        return aside

    def _is_at(self, home: Place) -> bool:
        """Tell whether the text bears out what the manifest says: it names the place's county, or no place at all."""
        county = self.up(home, _COUNTY)
        return _depth(home) >= _COUNTY and (any(_within(p, county) for p in self._all()) or not any(self.named))

    def _settled(self, place: Place) -> Place:
        """Follow the manifest down to the place it names, a village even, where the text is about what holds it."""
        return self.home if self.home is not None and _within(self.home, place) else place

    def up(self, place: Place, depth: int) -> Place:
        """Give the place at a depth that holds `place`: itself where it is no deeper."""
        if _depth(place) <= depth:
            return place
        path = "/".join(place.path.split("/")[:depth])
        return self.known.get(path) or holder(place, _LEVELS[depth])

    def _heading_place(self, headings: Sequence[int]) -> Place | None:
        """Give the most specific place, down to the township, that headings name without contradiction."""
        places = [self.up(p, _TOWN) for i in headings for _, p in self.named[i]]
        if not places:
            return None
        deepest = max(places, key=_depth)
        rivals = [p for p in places if not _within(deepest, p)]
        if not rivals:
            return deepest
        shared = _common(p.path for p in places)
        return self.known.get(shared) or (self.up(deepest, shared.count("/") + 1) if shared else deepest)

    def _sections(self) -> list[tuple[int, Place]]:
        """List the headings that name a place: a township, a county, a prefecture that holds no other; paragraphs may have theirs."""
        headed = [i for i in self.body if self.named[i] and _pattern("opening").match(self.article.passages[i].text.clean)]
        headed = headed if len(headed) >= _threshold("headed") else []
        heads = [(i, self._heading_place([i])) for i in self.used if self.article.passages[i].role == "subhead"]
        heads += [(i, self.up(self.named[i][0][1], _TOWN)) for i in headed if self.named[i][0][0] == 0]
        named = [(i, place) for i, place in heads if place is not None and _depth(place) >= _PREFECTURE]
        return sorted((i, p) for i, p in named if _depth(p) >= _COUNTY or not any(_within(q, p) for q in self._all() if q != p))

    def _by_section(self, sections: Sequence[tuple[int, Place]], top: Place | None) -> dict[int, Place | None]:
        places: dict[int, Place | None] = {}
        ends = [start for start, _ in sections[1:]] + [len(self.article.passages)]
        first = sections[0][0]
        for (start, place), end in zip(sections, ends, strict=True):
            inside = [i for i in self.used if start <= i < end]
            refined = self._refined(place, [i for i in inside if i in self.body])
            places.update(dict.fromkeys(inside, refined))
            places.update(self._risen(refined, [i for i in inside if i in self.body], 1))
        lead = [i for i in self.used if i < first]
        over = top or self._over([p for _, p in sections])
        places.update(dict.fromkeys(lead, over))
        places.update(dict.fromkeys(self._closing(sections[-1][0]), over))
        self._place_captions(places)
        return places

    def _closing(self, after: int) -> list[int]:
        """List the passages at the end of a round-up that look back on all its places."""
        inside = [i for i in self.used if i > after]
        words = {i: self.article.passages[i].text.clean[:24] for i in inside}
        told = ((n, i) for n, i in enumerate(inside) if self.article.passages[i].role != "caption")
        at = next((n for n, i in told if _pattern("closing").search(words[i])), None)
        return [] if at is None else [i for i in inside[at:] if self.article.passages[i].role != "caption"]

    def _risen(self, place: Place, body: Sequence[int], least: int) -> dict[int, Place | None]:
        """Find the passages that turn to what holds a place, no higher than a depth, after it was named itself.

        They open with the wider place and speak of it more than of the place itself; of a county that is named
        once and goes on about the township they are not.
        """
        risen: dict[int, Place | None] = {}
        seen = False
        for i in body:
            inside = sum(_within(p, place) for _, p in self.named[i])
            wider = [(at, p) for at, p in self.named[i] if p.path != place.path and _within(place, p) and _depth(p) >= least]
            first = wider and self.named[i][0] == wider[0] and wider[0][0] <= _threshold("rise_reach")
            whole = len(wider) > 1 or least < _COUNTY or _pattern("closing").search(self.article.passages[i].text.clean[:24])
            if seen and first and whole and len(wider) > inside:
                risen[i] = wider[0][1]
            seen = seen or bool(inside)
        return risen

    def _place_captions(self, places: dict[int, Place | None]) -> None:
        """A caption goes to the case of the place it names, where there is one; the page set it anywhere."""
        cases = [p for p in places.values() if p is not None]
        for i in places:
            if self.article.passages[i].role == "caption" and self.named[i]:
                named = self.named[i][0][1]
                fitting = [p for p in cases if _within(named, p)]
                if fitting:
                    places[i] = max(fitting, key=_depth)

    def _over(self, places: Sequence[Place]) -> Place | None:
        shared = _common(p.path for p in places)
        return self.up(places[0], shared.count("/") + 1) if shared else None

    def _refined(self, place: Place, body: Sequence[int]) -> Place:
        """Narrow a county down to the township that a stretch keeps speaking of."""
        if _depth(place) != _COUNTY:
            return place
        towns: Counter[str] = Counter()
        alone = named = 0
        for i in body:
            inside = [p for _, p in self.named[i] if _within(p, place)]
            here = {self.up(p, _TOWN).path for p in inside if _depth(p) >= _TOWN}
            towns.update(here)
            alone += any(_depth(p) == _COUNTY for p in inside)
            named += bool(inside)
        if not towns:
            return place
        firsts = {self.up(next(p for _, p in self.named[i] if _within(p, place)), _TOWN) for i in body if self._names(i, place)}
        if named <= 2 and len(firsts) == 1 and _depth(next(iter(firsts))) == _TOWN:
            return firsts.pop()
        path, count = min(towns.items(), key=lambda kv: (-kv[1], kv[0]))
        if count >= _threshold("town_share") * named and count >= _threshold("town_over_county") * alone and count > 1:
            return self.up(next(p for p in self._all() if p.path.startswith(path)), _TOWN)
        return place

    def _names(self, i: int, place: Place) -> bool:
        return any(_within(p, place) for _, p in self.named[i])

    def _all(self) -> Iterable[Place]:
        return (p for found in self.named for _, p in found)

    def _by_paragraph(self, top: Place | None) -> dict[int, Place | None]:
        """Give each paragraph to a county; one that clearly leads takes all but what speaks of another."""
        scope = top or self.home
        weights = {i: self._counties(i, scope) for i in self.body}
        total: Counter[str] = Counter()
        for counts in weights.values():
            total.update(counts.keys())
        if not total:
            return dict.fromkeys(self.used, top or self.home or self._any())
        base = min(total, key=lambda path: (-total[path], -sum(w[path] for w in weights.values()), path))
        owners = {i: self._owner(i, weights[i], base) for i in self.body}
        over = self._overall(top, sum(bool(o) for o in owners.values()))
        if over is not None:
            return {i: self._county(owners[i]) if owners.get(i) else over for i in self.used}
        if len({o for o in owners.values() if o}) <= 1:
            return self._whole(self._settled(self._refined(self._county(base), self.body)))
        return self._spread(owners, top or self._over([self._county(o) for o in owners.values() if o]))

    def _overall(self, top: Place | None, with_county: int) -> Place | None:
        """Give the province or prefecture of a report that names its counties in passing only."""
        wide = Counter(path for i in self.body for path in {p.path for _, p in self.named[i] if _depth(p) < _COUNTY})
        if top is None and wide:
            path = min(wide, key=lambda path: (-wide[path], path))
            return self.known[path] if wide[path] > 2 * with_county else None
        named = sum(bool(found) for i in self.body if (found := self.named[i]))
        return top if top is not None and wide[top.path] > with_county and 2 * with_county < named else None

    def _counties(self, i: int, scope: Place | None) -> Counter[str]:
        """Count how often a passage names each county, leaving out those outside what the article is about."""
        counts = Counter(self.up(p, _COUNTY).path for _, p in self.named[i] if _depth(p) >= _COUNTY)
        inside = Counter({path: n for path, n in counts.items() if scope is None or path.startswith(scope.path)})
        return inside

    def _owner(self, i: int, counts: Mapping[str, int], base: str) -> str:
        """Name the county a paragraph is about: the base, unless another leads and is named early; empty if none is."""
        if not counts:
            return ""
        path, count = min(counts.items(), key=lambda kv: (-kv[1], kv[0]))
        if path == base or count <= counts.get(base, 0):
            return base if base in counts else ""
        at = next(at for at, p in self.named[i] if self.up(p, _COUNTY).path == path)
        near = count > 1 or path.split("/")[:2] == base.split("/")[:2]
        reach = _threshold("switch_reach") if near else _threshold("visit_reach")
        return path if at <= reach else base if base in counts else ""

    def _spread(self, owners: Mapping[int, str], top: Place | None) -> dict[int, Place | None]:
        """Let paragraphs without a county of their own go with the one before, or with the province they speak of.

        A section that opens with background goes with the first county it names.
        """
        places: dict[int, Place | None] = {}
        now: Place | None = self._county(next(o for o in owners.values() if o))
        for i in self.used:
            role = self.article.passages[i].role
            if role == "subhead":
                now = self._opening(i, owners) or now
            elif owners.get(i):
                now = self._county(owners[i])
            elif role == "body" and top is not None and self._speaks_of(i, top):
                now = top
            places[i] = top if role == "headline" and top is not None else now
        return self._narrowed(places)

    def _narrowed(self, places: Mapping[int, Place | None]) -> dict[int, Place | None]:
        """Narrow each county of a round-up to the township that its paragraphs keep speaking of."""
        counties = dict.fromkeys(p for p in places.values() if p is not None and _depth(p) == _COUNTY)
        towns = {c: self._refined(c, [i for i in self.body if places.get(i) == c]) for c in counties}
        return {i: towns.get(p, p) if p is not None else None for i, p in places.items()}

    def _opening(self, heading: int, owners: Mapping[int, str]) -> Place | None:
        """Give the first county that the section under a heading names."""
        for i in self.used:
            if i > heading and self.article.passages[i].role == "subhead":
                return None
            if i > heading and owners.get(i):
                return self._county(owners[i])
        return None

    def _speaks_of(self, i: int, top: Place) -> bool:
        """Tell whether a paragraph is about the province or prefecture itself: named early, or more than other places."""
        at = [start for start, p in self.named[i] if p.path == top.path]
        elsewhere = sum(not _within(p, top) for _, p in self.named[i])
        return bool(at) and len(at) > elsewhere and (at[0] <= _threshold("top_reach") or len(at) > 1)

    def _county(self, path: str) -> Place:
        return self.up(next(p for p in self._all() if p.path.startswith(path)), _COUNTY)

    def _any(self) -> Place | None:
        counts = Counter(p.path for p in self._all())
        return self.known[min(counts, key=lambda path: (-counts[path], path))] if counts else None


def _places(found: Sequence[Mention], heading: bool) -> list[tuple[int, Place]]:
    """List the places of a passage with their positions.

    Left out are a place that only leads to the one behind it, and names that no gazetteer knows: a village among
    those may be no name at all, a township is believed in a heading.
    """
    out = []
    for i, m in enumerate(found):
        if m.place is None or "in_name" in m.flags or (heading and m.how == "coreference"):
            continue
        if "not_in_gazetteer" in m.flags and not (heading and m.place.level == "township"):
            continue
        after = found[i + 1] if i + 1 < len(found) else None
        if after is not None and after.place is not None and after.span.start == m.span.end and _within(after.place, m.place):
            continue
        out.append((m.span.start, m.place))
    return out


def _common(paths: Iterable[str]) -> str:
    """Give the shared beginning of some paths, whole parts only."""
    return commonpath([*paths] or [""])
