"""Decide which names are places, from the certain to the doubtful; each decision helps the next."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Container, Sequence

from casework.places.aside import FAR, mark_asides
from casework.places.context import Context, is_bounded, is_place_word
from casework.places.gazetteer import Gazetteer
from casework.places.hits import Hit, Page, chains

__all__ = ["settle"]

MANY = 3  # townships of one county speak for it
LIST_COMMA = "\u3001"
COMMAS = "\uff0c\u3001,"
FULL_STOP = "\u3002"


def settle(page: Page, gazetteer: Gazetteer, context: Context, hits: list[Hit]) -> list[Hit]:
    """Give the hits that are places, in order, and fill the context from them."""
    return _Settling(page, gazetteer, context, hits).run()


class _Settling:
    def __init__(self, page: Page, gazetteer: Gazetteer, context: Context, hits: list[Hit]) -> None:
        self.page, self.gazetteer, self.context = page, gazetteer, context
        self.groups = chains(hits)
        self.accepted: list[Hit] = []

    def run(self) -> list[Hit]:
        mark_asides(self.page, self.groups)
        for group in self.groups:
            if len(group) > 1:
                self.accepted += group
                if len(group[-1].keys) == 1:
                    self.context.add(group[-1].keys[0], 4 * self._strength(group[0]))
        single = [g[0] for g in self.groups if len(g) == 1]
        stems = [h for h in single if h.kind == "stem"]
        whole = [h for h in single if h.kind != "stem" and self._name(h) not in self.gazetteer.words.never_alone]
        units = [h for h in whole if h.level != "township"]
        self._units([h for h in units if h.end - h.start > 2])
        self._short([h for h in units if h.end - h.start == 2])
        self._towns([h for h in whole if h.level == "township"], {k for h in stems for k in h.keys})
        self._stems(stems)
        return sorted(self.accepted, key=lambda h: h.start)

    def _name(self, hit: Hit) -> str:
        return self.page.text[hit.start : hit.end]

    def _begins(self, hit: Hit) -> bool:
        return is_bounded(self.page, self.gazetteer, hit.start)

    def _strength(self, hit: Hit) -> float:
        """Give the weight of a hit by where it stands: a hint counts more, an outlet's name and a place visited less."""
        if FAR in hit.flags:
            return 0.4
        index = bisect_right(self.page.starts, hit.start) - 1
        if self.gazetteer.words.outlet.match(self.page.text, hit.end):
            return 0.1
        return 1.5 if index < self.page.hints else 1.0

    def _units(self, hits: list[Hit]) -> None:
        """Provinces, prefectures and counties by their whole names."""
        for hit in hits:
            if len(hit.keys) == 1 and not self._is_doubtful(hit):
                self.context.add(hit.keys[0], 3 * self._strength(hit))
        for hit in hits:
            if self._is_doubtful(hit) and self.context.score[self.gazetteer.at(hit.keys[0], "prefecture")] < 1:
                continue
            key = hit.keys[0] if len(hit.keys) == 1 else self.context.decide(hit)
            if key and len(hit.keys) > 1:
                self.context.add(key, 2 * self._strength(hit))
            if key or self._begins(hit):
                self.accepted.append(hit)

    def _is_doubtful(self, hit: Hit) -> bool:
        """Tell whether a county's whole name may be no name: a plain word for a part of any town, or a verb."""
        return self._name(hit) in self.gazetteer.words.town_parts or self._is_verb(hit)

    def _is_verb(self, hit: Hit) -> bool:
        """Tell whether a county's whole name reads as a verb and the office that is its object."""
        words, text = self.gazetteer.words, self.page.text
        if self._name(hit)[:-1] not in words.verbs or not words.office.match(text, hit.end):
            return False
        start = max(text.rfind("\n", 0, hit.start), text.rfind(FULL_STOP, 0, hit.start)) + 1
        return words.offices_before.search(text[start : hit.start].rstrip(COMMAS)) is not None

    def _short(self, hits: list[Hit]) -> None:
        """Counties of two characters (磁县): where a name may begin, or where the page is about them."""
        begun = [h for h in hits if h.start in self.page.cuts and self._begins(h)]
        for hit in begun:
            self.context.add(hit.keys[0], 3 * self._strength(hit))
        known, seen = {k for h in begun for k in h.keys}, {id(h) for h in begun}
        for hit in hits:
            if id(hit) in seen or not known.isdisjoint(hit.keys) or any(self.context.score[k] >= 3 for k in hit.keys):
                self.accepted.append(hit)

    def _towns(self, hits: list[Hit], bare: Container[str]) -> None:
        """Townships of the page's prefectures; of anywhere only where the page has named no county."""
        at = self.gazetteer.at
        named = {k for k, n in self.context.score.items() if n >= 1}
        named |= self._shared(hits, named)
        lone: list[Hit] = []
        out: list[Hit] = []
        known: dict[tuple[str, ...], list[str]] = {}
        for hit in hits:
            if (inside := known.get(hit.keys)) is None:
                inside = [k for k in hit.keys if at(k, "county") in named] or [k for k in hit.keys if at(k, "prefecture") in named]
                known[hit.keys] = inside
            if inside and (hit.end - hit.start > 2 or self._begins(hit)):
                hit.keys = tuple(inside)
                out.append(hit)
            elif self._begins(hit):
                lone.append(hit)
        if not any(self.gazetteer.level(k) == "county" for k in named):
            out += self._lone_towns(lone, bare)
        for hit in out:
            if len(hit.keys) == 1 and "no_context" not in hit.flags:
                self.context.add(hit.keys[0], 2 * self._strength(hit))
        self.accepted += out

    def _shared(self, hits: Sequence[Hit], named: Container[str]) -> set[str]:
        """Give the county that the page does not name and that three or more of its townships lie in, none in one that it names."""
        at = self.gazetteer.at
        names = {self._name(h): {at(k, "county") for k in h.keys} for h in hits if self._begins(h)}
        towns = Counter(county for counties in names.values() for county in counties)
        if any(county in named for county in towns):
            return set()
        best = [county for county, n in towns.items() if n == max(towns.values()) and n >= MANY]
        return set(best) if len(best) == 1 else set()

    def _lone_towns(self, hits: list[Hit], bare: Container[str]) -> list[Hit]:
        """Townships of a page that names no county: sure where a village, a namesake's bare county or another township agrees."""
        at = self.gazetteer.at
        for hit in hits:
            hit.keys = self._with_village(hit) or self._with_county(hit, bare) or hit.keys
        names = {(at(h.keys[0], "county"), self._name(h)) for h in hits if len(h.keys) == 1}
        towns, often = Counter(county for county, _ in names), Counter(self._name(h) for h in hits)
        for hit in hits:
            county = at(hit.keys[0], "county")
            agreed = hit.chained or county in bare or towns[county] > 1 or often[self._name(hit)] > 1 or hit.end - hit.start > 3
            if len(hit.keys) == 1 and not agreed:
                hit.flags.add("no_context")
        return hits

    def _with_village(self, hit: Hit, most: int = 16) -> tuple[str, ...]:
        """Give the one township of several namesakes that has the village named straight after it."""
        if len(hit.keys) > most or not self.page.han(hit.end):
            return ()
        gazetteer, found = self.gazetteer, []
        after = [self.page.text[hit.end : hit.end + n] for n in range(2, 8)]
        for town in hit.keys:
            villages = gazetteer.villages(gazetteer.at(town, "county"))
            if any(key.startswith(town) for name in after for key in villages.get(name, ())):
                found.append(town)
        hit.chained = len(found) == 1
        return tuple(found) if hit.chained else ()

    def _with_county(self, hit: Hit, bare: Container[str]) -> tuple[str, ...]:
        """Give the one township of several namesakes whose county the page calls by its bare name, in a product's name even."""
        words, at = self.gazetteer.words, self.gazetteer.at
        own = words.stem(self._name(hit), "township")
        stems = {k: words.stem(self.gazetteer.names[county], "county") for k in hit.keys if (county := at(k, "county")) in bare}
        return tuple(k for k, stem in stems.items() if len(stems) == 1 and stem != own and stem not in words.plain | words.never_bare)

    def _stems(self, hits: list[Hit]) -> None:
        """Bare names: of provinces and prefectures as a rule, of counties where the page supports them."""
        begun = {self._name(h) for h in hits if self._begins(h)}
        ends = {h.end: h for h in self.accepted}
        touching = set(ends)
        out: list[Hit] = []
        for hit in hits:
            keys = self._stem_keys(hit, self._name(hit) in begun, touching, ends)
            if keys:
                hit.keys = keys
                out.append(hit)
                ends[hit.end] = hit
        for hit in out:
            if (key := self.context.decide(hit)) is not None:
                self.context.add(key, 0.5 * self._strength(hit))
        self.accepted += out

    def _stem_keys(self, hit: Hit, begun: bool, touching: Container[int], ends: dict[int, Hit]) -> tuple[str, ...]:
        """Give what a bare name may stand for here; nothing where it is no name."""
        score, at, text = self.context.score, self.gazetteer.at, self.page.text
        if hit.level == "county" and hit.start not in touching and self._heads(hit) and (key := self._headed(hit)):
            hit.leads = True
            self.context.add(key, 2 * self._strength(hit))
            return (key,)
        if hit.level != "province" and (not self.page.whole(hit) or self._name(hit) in self.gazetteer.words.never_bare):
            return ()
        if supported := tuple(k for k in hit.keys if score[k] >= 1):
            return supported
        if hit.level == "province":
            return hit.keys if hit.start not in touching else ()
        if text[hit.start - 1 : hit.start] == LIST_COMMA and hit.start - 1 in ends:
            return self._listed(hit, ends[hit.start - 1])
        if hit.start in touching or not begun or self._name(hit) in self.gazetteer.words.plain:
            return ()
        if hit.level != "county":
            return hit.keys
        if key := self._leads_on(hit):
            self.context.add(key, 2 * self._strength(hit))
            return (key,)
        if text.startswith(self.gazetteer.words.datelines, hit.end):
            self.context.add(hit.keys[0], 2)
            return hit.keys
        often = text.count(self._name(hit)) > 2
        near = tuple(k for k in hit.keys if score[at(k, "province")] >= 1)
        if not near and often and len(hit.keys) == 1 and not self.context.counties(1) and is_place_word(self._name(hit), names=True):
            self.context.add(hit.keys[0], 1)
            return hit.keys
        if not often or len(near) > 1:
            hit.flags.add("bare_name")
        return near if often or is_place_word(self._name(hit)) else ()

    def _heads(self, hit: Hit, most: int = 40) -> bool:
        """Tell whether a bare name opens a short passage as the place that a section is about."""
        page, words = self.page, self.gazetteer.words
        index = bisect_right(page.starts, hit.start) - 1
        start = page.starts[index]
        end = page.text.find("\n", start, start + most + 1)
        if end < 0 and start + most < len(page.text):
            return False
        opens = not page.text[start : hit.start].strip(words.heads_begin + " ")
        return opens and hit.start - start < 4 and page.text[hit.end : hit.end + 1] in words.heads_end and hit.end < len(page.text)

    def _headed(self, hit: Hit) -> str:
        """Give the county that a heading's bare name means: one that the page supports, or the one of its province or of all."""
        score, at, words = self.context.score, self.gazetteer.at, self.gazetteer.words
        name = self._name(hit)
        named = [k for k in hit.keys if score[k] >= 1]
        near = [k for k in hit.keys if score[at(k, "province")] >= 1]
        rare = name not in words.plain and name not in words.never_bare and self.page.whole(hit)
        for keys in (named, near if name not in words.never_bare else [], list(hit.keys) if rare else []):
            if len(keys) == 1:
                return keys[0]
        return ""

    def _listed(self, hit: Hit, before: Hit) -> tuple[str, ...]:
        """Take a bare name in a list of places as one of the same province (甘肃省天水、华池)."""
        at = self.gazetteer.at
        provinces = {at(k, "province") for k in before.keys}
        if hit.level == "county":
            hit.flags.add("bare_name")
        return tuple(k for k in hit.keys if at(k, "province") in provinces)

    def _leads_on(self, hit: Hit) -> str:
        """Give the key of the county whose own township or village stands straight after the bare name (安吉余村)."""
        end = hit.end + (self.page.text[hit.end : hit.end + 1] == " ")
        after = {self.page.text[end : end + n] for n in range(2, 9)}
        counties: Sequence[str] = [k for k in hit.keys if self.gazetteer.level(k) == "county"]
        return next((k for k in counties if not self.gazetteer.local(k).whole.isdisjoint(after)), "")
