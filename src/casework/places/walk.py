"""Read an article's names in order: what was named last decides what the next one means."""

from __future__ import annotations

from casework.places.context import Context
from casework.places.gazetteer import Gazetteer, Place
from casework.places.hits import Hit, Page
from casework.places.words import LEVELS

__all__ = ["Walk"]

Said = tuple[Place | None, str, set[str]]


class Walk:
    """The state of reading: the last place named at each level."""

    def __init__(self, page: Page, gazetteer: Gazetteer, context: Context) -> None:
        self.page = page
        self.gazetteer = gazetteer
        self.context = context
        self.last: dict[str, tuple[str, Place]] = {}
        self.home = self._home()
        if self.home:
            self._remember(self.home, gazetteer.place(self.home))

    def _home(self) -> str:
        """Give the key of the page's one county, else of its one prefecture or province; empty where there is none."""
        for level, share in (("county", 2.0), ("prefecture", 1.5), ("province", 1.5)):
            ranked = sorted(((n, k) for k, n in self.context.score.items() if self.gazetteer.level(k) == level), reverse=True)
            if ranked and ranked[0][0] >= 1 and (len(ranked) == 1 or ranked[0][0] >= share * ranked[1][0]):
                return ranked[0][1]
        return ""

    def read(self, group: list[Hit]) -> Said | None:
        """Read one chain of names (or one word that points back); None where it is no mention at all."""
        hit = group[-1]
        if hit.kind == "back":
            return self._back(hit)
        outer = self._outer(group)
        if hit.kind == "unknown":
            said = self._unknown(hit, outer)
        elif hit.level == "village":
            said = self._village(hit, outer)
        else:
            said = self._unit(hit, outer)
        if said is None:
            return None
        place, how, flags = said
        if self._in_name(hit):
            flags.add("in_name")
        return place, how, flags

    def _in_name(self, hit: Hit) -> bool:
        words = self.gazetteer.words
        return (words.organisation.match(self.page.text, hit.end) or words.outlet.match(self.page.text, hit.end)) is not None

    def _outer(self, group: list[Hit]) -> str:
        """Give the key of the coarser name just before the last one of a chain."""
        return (self.context.decide(group[-2]) or "") if len(group) > 1 and group[-2].keys else ""

    def _text(self, hit: Hit) -> str:
        return self.page.text[hit.start : hit.end]

    def _unit(self, hit: Hit, outer: str) -> Said:
        key = self.context.decide(hit, self._last_key("county"))
        if key is None:
            return None, "ambiguous", {"ambiguous"} | hit.flags
        place = self.gazetteer.place(key)
        if hit.kind in ("changed", "former"):
            above = place.path.rpartition("/")[0]
            place = Place(place.code, f"{above}/{self._text(hit)}", place.level)
            hit.flags.add("rank_changed" if hit.kind == "changed" else "former_name")
        if self._leads(hit, key):
            self._remember(key, place)
        how = "path" if outer else {"stem": "bare_name", "town_stem": "bare_name"}.get(hit.kind, "name")
        return place, how, set(hit.flags)

    def _leads(self, hit: Hit, key: str) -> bool:
        """Tell whether what follows may be about this place; a passing name far from home does not lead."""
        if self._in_name(hit) or "bare_name" in hit.flags:
            return False
        return not self.home or key[:4] == self.home[:4] or (self.home.startswith(key) or hit.kind not in ("stem", "town_stem"))

    def _village(self, hit: Hit, outer: str) -> Said:
        town, county = outer or self._last_key("township"), (outer or self._last_key("county"))[:6]
        name = self._text(hit)
        for keys in ([k for k in hit.keys if town and k.startswith(town)], [k for k in hit.keys if county and k.startswith(county)], hit.keys):
            if len(keys) == 1:
                if not outer and town and not keys[0].startswith(town) and keys[0].startswith(town[:6]) and self._one_town(town):
                    break
                place = self.gazetteer.place(keys[0])
                self._remember(keys[0], place)
                return place, "path" if outer else "name", set(hit.flags)
            if keys:
                break
        return self._made(name, "village", outer or (town if town[:6] == county else county) or county, hit)

    def _one_town(self, town: str) -> bool:
        """Tell whether an article keeps to one township: then its villages are the township's."""
        return len({k for lv, (k, _) in self.last.items() if lv == "township"} | self._towns_seen) == 1

    @property
    def _towns_seen(self) -> set[str]:
        return self._seen

    _seen: set[str] = set()

    def _unknown(self, hit: Hit, outer: str) -> Said | None:
        above = outer
        if not above and hit.level == "village":
            above = self._last_key("township") or self._last_key("county")
        elif not above:
            above = self._last_key("county")
            if not above:
                return None
        if not above or self.gazetteer.level(above) in ("province", "prefecture"):
            return (None, "unknown", {"unresolved"}) if hit.level == "village" else None
        return self._made(self._text(hit), hit.level, above, hit)

    def _made(self, name: str, level: str, above: str, hit: Hit) -> Said:
        """Make a place that the gazetteer lacks: the code of what it lies in, its own name in the path."""
        if not above:
            return None, "ambiguous", {"ambiguous"} | hit.flags
        held = self.last.get(self.gazetteer.level(above))
        outer = held[1] if held and held[0] == above else self.gazetteer.place(above)
        place = Place(outer.code, f"{outer.path}/{name}", level)
        flags = {"not_in_gazetteer"} | hit.flags
        if hit.keys:
            flags = {"ambiguous"} | hit.flags
        self.last[level] = (above, place)
        return place, "path" if hit.chained else "pattern", flags

    def _back(self, hit: Hit) -> Said:
        level = hit.level
        if level == "city":
            county = self.last.get("county")
            level = "county" if county and county[1].name.endswith(self.gazetteer.words.ranks["prefecture"][-1]) else "prefecture"
        held = self.last.get(level)
        if held is None:
            return None, "coreference", {"unresolved"}
        return held[1], "coreference", set()

    def _last_key(self, level: str) -> str:
        held = self.last.get(level)
        return held[0] if held else ""

    def _remember(self, key: str, place: Place) -> None:
        """Let a place be the last of its level; what is deeper and lies elsewhere is forgotten."""
        for k in self.gazetteer.above(key)[:-1]:
            p = self.gazetteer.place(k)
            if self.last.get(p.level, ("", p))[0] != k:
                self.last[p.level] = (k, p)
        self.last[place.level] = (key, place)
        for level in LEVELS[LEVELS.index(place.level) + 1 :]:
            if level in self.last and not self.last[level][0].startswith(key):
                del self.last[level]
