"""Read an article's names in order: what was named last decides what the next one means."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from casework.places.aside import FAR, NAMED, lies_in
from casework.places.context import Context
from casework.places.gazetteer import Gazetteer, Place
from casework.places.hits import Hit, Page
from casework.places.words import LEVELS

__all__ = ["Said", "Walk"]

# Between the key of a known place and the name of a place in it that no gazetteer has.
MADE = "?"
SENTENCE_ENDS = "\u3002\uff01\uff1f\u201d\n"
# So often a page names a township that no gazetteer has and that stands alone before it goes on about it.
TWICE = 2


class Said(NamedTuple):
    """What a name was read as: a key (empty where it is no certain place), the place, how, and doubts."""

    key: str
    place: Place | None
    how: str
    flags: set[str]


class Walk:
    """The state of reading: the last place named at each level, and the passage that named it."""

    def __init__(self, page: Page, gazetteer: Gazetteer, context: Context, groups: Sequence[list[Hit]]) -> None:
        self.page = page
        self.gazetteer = gazetteer
        self.context = context
        self.last: dict[str, tuple[str, Place, int]] = {}
        self.at = 0
        self.before = (0, "")
        self.villages: list[Place] = []
        self.towns: dict[str, tuple[str, Place, int]] = {}
        self.home = self._home()
        self.home_town = self._home_town([h for group in groups for h in group])
        self.full = self._full(groups)
        if self.home:
            self._remember(self.home, gazetteer.place(self.home))

    def _home(self) -> str:
        """Give the key of the page's one county, else of its one prefecture or province; empty where there is none."""
        for level, share in (("county", 2.0), ("prefecture", 1.5), ("province", 1.5)):
            ranked = sorted(((n, k) for k, n in self.context.score.items() if self.gazetteer.level(k) == level), reverse=True)
            if ranked and ranked[0][0] >= 1 and (len(ranked) == 1 or ranked[0][0] >= share * ranked[1][0]):
                return ranked[0][1]
        return ""

    def _home_town(self, hits: Sequence[Hit]) -> str:
        """Give the key of the township that most of the page's township names are of; empty where there is none."""
        towns = Counter(h.keys[0] for h in hits if h.level == "township" and len(h.keys) == 1)
        best = max(sorted(towns), key=lambda k: towns[k], default="")
        return best if best and towns[best] >= 0.7 * towns.total() else ""

    def _full(self, groups: Sequence[list[Hit]]) -> dict[str, str]:
        """Give for each village that is named with what it lies in the key of that, where all of the page agree on it."""
        found: dict[str, set[str]] = {}
        for group in groups:
            if len(group) > 1 and group[-1].level == "village" and len(group[-2].keys) == 1:
                found.setdefault(self._text(group[-1]), set()).add(group[-2].keys[0])
        return {name: outer.pop() for name, outer in found.items() if len(outer) == 1}

    def read(self, group: list[Hit]) -> Said | None:
        """Read one chain of names, or one word that points back; None where it is no mention at all."""
        self.at = bisect_right(self.page.starts, group[0].start)
        if group[-1].kind == "back":
            back = self._back(group[-1])
            if back is not None and NAMED in group[-1].flags:
                back.flags.add(NAMED)
            if back is not None:
                self.before = (group[-1].end, back.key)
            return back
        self._mark_holder(group)
        said: Said | None = None
        for hit in group:
            inner = self._one(hit, said.key if said else "", hit is group[-1] and len(group) == 1)
            if inner is None:
                return None
            said = inner
        if said:
            said.flags.discard(FAR)
            if self._in_name(group[-1]):
                said.flags.add(NAMED)
            self.before = (group[-1].end, said.key)
        return said

    def _mark_holder(self, group: list[Hit]) -> None:
        """Flag the names of what the village named straight before lies in: the sentence stays with the village."""
        end, village = self.before
        held = self._last_key("village") == village and MADE not in village and all(village.startswith(k) for k in group[-1].keys)
        if village and held and group[-1].keys and lies_in(self.page.text[end : group[0].start]):
            for hit in group:
                hit.flags.add(NAMED)

    def _one(self, hit: Hit, outer: str, lone: bool) -> Said | None:
        if hit.kind == "unknown":
            return self._unknown(hit, outer)
        if hit.level == "village":
            return self._village(hit, outer)
        return self._unit(hit, outer, lone)

    def _in_name(self, hit: Hit) -> bool:
        """Tell whether a name leads nothing: beside what is told, far away, or at the beginning of the name of a firm or an outlet.

        A township before a firm is where the firm is.
        """
        words = self.gazetteer.words
        if NAMED in hit.flags or (FAR in hit.flags and not any(self._near_home(k) for k in hit.keys)):
            return True
        if hit.level in ("township", "village") or self._is_own_body(hit):
            return False
        return (words.organisation.match(self.page.text, hit.end) or words.outlet.match(self.page.text, hit.end)) is not None

    def _is_own_body(self, hit: Hit) -> bool:
        """Tell whether a public body of the page's own county opens a sentence."""
        opens = hit.start == 0 or self.page.text[hit.start - 1] in SENTENCE_ENDS
        return opens and hit.keys == (self.home,) and self.gazetteer.words.body.match(self.page.text[hit.end : hit.end + 16]) is not None

    def _near_home(self, key: str) -> bool:
        """Tell whether a place lies in what the page is about, holds it, or lies in its prefecture."""
        home = self.home
        if not home or home.startswith(key) or key.startswith(home):
            return bool(home)
        return bool(self._at(key, "prefecture")) and self._at(key, "prefecture") == self._at(home, "prefecture")

    def _text(self, hit: Hit) -> str:
        return self.page.text[hit.start : hit.end]

    def _unit(self, hit: Hit, outer: str, lone: bool) -> Said:
        within = [k for k in hit.keys if outer and k.startswith(outer)]
        key = within[0] if len(within) == 1 else self.context.decide(hit, self._last_key("county"))
        if key is None:
            return Said("", None, "ambiguous", {"ambiguous"} | hit.flags)
        place = self.gazetteer.place(key)
        flags = set(hit.flags)
        if hit.kind in ("changed", "former"):
            above = place.path.rpartition("/")[0]
            place = Place(place.code, f"{above}/{self._text(hit)}", place.level)
            flags.add("rank_changed" if hit.kind == "changed" else "former_name")
        if self._leads(hit, key):
            if lone and place.level == "county":
                self._leave_town(key)
            self._remember(key, place)
        how = hit.how or ("path" if outer else {"stem": "bare_name", "town_stem": "bare_name"}.get(hit.kind, "name"))
        return Said(key, place, how, flags)

    def _leads(self, hit: Hit, key: str) -> bool:
        """Tell whether what follows may be about this place; a passing name far from home does not lead."""
        if self._in_name(hit) or "bare_name" in hit.flags:
            return False
        if hit.leads:
            return True
        home = self.home or self._last_key("county")
        if not home or home.startswith(key) or self._at(key, "prefecture") == self._at(home, "prefecture"):
            return True
        if self.home and self._at(key, "province") != self._at(self.home, "province"):
            return False
        return hit.kind not in ("stem", "town_stem")

    def _leave_town(self, county: str) -> None:
        """Forget a township of an earlier passage once a passage speaks of its county alone."""
        held = self.last.get("township")
        if held and held[2] < self.at and held[0].startswith(county) and held[0] != self.home_town:
            for level in ("township", "village"):
                self.last.pop(level, None)

    def _at(self, key: str, level: str) -> str:
        return self.gazetteer.at(key.partition(MADE)[0], level)

    def _town(self) -> str:
        """Give the key of the township in which the text now moves; empty where it is the county at large."""
        held, county = self._last_key("township"), self._last_key("county")
        if held or not self.home_town:
            return held
        return self.home_town if not county or self.home_town.startswith(county) else ""

    def _village(self, hit: Hit, outer: str) -> Said:
        town = outer or self._town()
        county = self._at(outer or self._last_key("county") or town, "county")
        for keys in ([k for k in hit.keys if town and k.startswith(town)], [k for k in hit.keys if county and k.startswith(county)]):
            if keys and len({self._at(k, "township") for k in keys}) == 1:
                if outer or keys[0].startswith(town) or town != self.home_town:
                    return self._known_village(keys[0], hit, outer)
                break
            if keys:
                break
        else:
            if len(hit.keys) == 1:
                return self._known_village(hit.keys[0], hit, outer)
        name = self._text(hit) + (self.gazetteer.words.village if hit.kind == "village_stem" else "")
        if not outer and (named := self.full.get(name)) and (read := self._within(name, hit, named)):
            return read
        above = town if town and (town == outer or self._at(town, "county") == county) else county
        return self._made(name, hit, above)

    def _within(self, name: str, hit: Hit, outer: str) -> Said | None:
        """Read a village named alone as the one that the page names in full; None where it has spoken of its place just now."""
        if self._last_key("township").startswith(outer):
            return None
        keys = [k for k in self.gazetteer.villages(self._at(outer, "county")).get(name, ()) if k.startswith(outer)]
        return self._known_village(keys[0], hit, "") if len(keys) == 1 else self._made(name, hit, outer)

    def _known_village(self, key: str, hit: Hit, outer: str) -> Said:
        place = self._place(key)
        if not self._in_name(hit):
            self._remember(key, place)
        return Said(key, place, "path" if outer else "bare_name" if hit.kind == "village_stem" else "name", set(hit.flags))

    def _place(self, key: str) -> Place:
        """Give a known place, in the township's name that the text uses (its earlier rank)."""
        place = self.gazetteer.place(key)
        held = self.last.get("township")
        if held and key.startswith(held[0]) and key != held[0] and MADE not in held[0]:
            return Place(place.code, f"{held[1].path}/{place.name}", place.level)
        return place

    def _unknown(self, hit: Hit, outer: str) -> Said | None:
        name = self._text(hit)
        if not outer and (named := self.full.get(name)) and (read := self._within(name, hit, named)):
            return read
        above = outer or (self._town() or self._last_key("county") if hit.level == "village" else self._last_key("county"))
        if not above or self._level(above) in ("province", "prefecture"):
            return Said("", None, "unknown", {"unresolved"}) if hit.level == "village" and outer else None
        return self._made(name, hit, above)

    def _level(self, key: str) -> str:
        known, *made = key.split(MADE)
        level = self.gazetteer.level(known)
        return "township" if made else level

    def _made(self, name: str, hit: Hit, above: str) -> Said:
        """Make a place that the gazetteer lacks: the code of what it lies in, its own name in the path."""
        if not above:
            return Said("", None, "ambiguous", {"ambiguous"} | hit.flags)
        held = next((h for h in self.last.values() if h[0] == above), None)
        outer = held[1] if held else self.gazetteer.place(above.partition(MADE)[0])
        place = Place(outer.code, f"{outer.path}/{name}", hit.level)
        key = f"{above}{MADE}{name}"
        if not self._in_name(hit) and not (hit.level == "township" and self._in_passing(hit, name)):
            self._remember(key, place)
        doubt = "ambiguous" if hit.keys and outer.level == "county" else "not_in_gazetteer"
        return Said(key, place, "path" if hit.chained else "pattern", hit.flags | {doubt})

    def _in_passing(self, hit: Hit, name: str) -> bool:
        """Tell whether a township that no gazetteer has is named once and inside a clause: the article does not go there."""
        return not hit.chained and self.page.text.count(name) < TWICE and self.page.han(hit.start - 1)

    def _back(self, hit: Hit) -> Said | None:
        level = hit.level
        if self._text(hit) in self.gazetteer.words.region.words and self._in_region():
            level = "province"
        if level == "city":
            county = self.last.get("county")
            level = "county" if county and county[1].name.endswith(self.gazetteer.words.ranks["prefecture"][-1]) else "prefecture"
        if level == "several":
            return self._several()
        held = self._last_town(hit) if level == "township" else self.last.get(level)
        if held is None and level == "township" and (town := self._town()):
            return Said(town, self.gazetteer.place(town), "coreference", set())
        if held is None:
            return Said("", None, "coreference", {"unresolved"})
        return Said(held[0], held[1], "coreference", set())

    def _last_town(self, hit: Hit) -> tuple[str, Place, int] | None:
        """Give the last township; of the rank that the words say where that one is of another and both lie in one county."""
        held = self.last.get("township")
        alike = self.towns.get(self._rank(self._text(hit)))
        if held is None or alike is None or self._rank(held[1].name) in ("", self._rank(self._text(hit))):
            return held
        return alike if self._at(alike[0], "county") == self._at(held[0], "county") else held

    def _rank(self, name: str) -> str:
        """Give the short word of rank in a township's name, or in words that point back to one."""
        ends = (name[-1:], name[-2:], name[:1] if len(name) == 2 else "")
        return next((r for r in self.gazetteer.words.town_ranks if r in ends), "")

    def _in_region(self) -> bool:
        """Tell whether no district is near and the province is an autonomous region."""
        county, province = self.last.get("county"), self.last.get("province")
        district = county is not None and county[1].name.endswith(self.gazetteer.words.region.district)
        return not district and province is not None and province[1].name.endswith(self.gazetteer.words.region.ends)

    def _several(self) -> Said | None:
        """Give what the last two villages have in common: 两村 are told of as of their township."""
        if len(self.villages) < 2:
            return None
        one, other = (v.path.split("/") for v in self.villages[-2:])
        path = "/".join(a for a, b in zip(one, other, strict=False) if a == b)
        held = next((h for h in self.last.values() if h[1].path == path), None)
        return Said(held[0], held[1], "coreference", {"several"}) if held else None

    def _last_key(self, level: str) -> str:
        held = self.last.get(level)
        return held[0] if held else ""

    def _remember(self, key: str, place: Place) -> None:
        """Let a place be the last of its level; what is deeper and lies elsewhere is forgotten."""
        for k in self.gazetteer.above(key.partition(MADE)[0]):
            level = self.gazetteer.level(k)
            if k != key and self._last_key(level) != k:
                self.last[level] = (k, self.gazetteer.place(k), self.at)
        self.last[place.level] = (key, place, self.at)
        if place.level == "township":
            self.towns[self._rank(place.name)] = self.last[place.level]
        if place.level == "village" and place not in self.villages[-1:]:
            self.villages.append(place)
        for level in LEVELS[LEVELS.index(place.level) + 1 :]:
            if level in self.last and not self.last[level][0].startswith(key):
                del self.last[level]
