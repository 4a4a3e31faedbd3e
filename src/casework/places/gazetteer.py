"""Place and the gazetteer: official names and codes, loaded as far as they are asked for."""

from __future__ import annotations

import lzma
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ahocorasick_rs import AhoCorasick, MatchKind

from casework.codebook import did_you_mean
from casework.places.words import LEVELS, Words, load_words
from casework.text import CaseworkError

__all__ = ["Gazetteer", "Place", "holder", "same_or_within"]

DATA = Path(__file__).parent.parent / "data"
# The decoders of scripts/build_gazetteer.py.
FILTERS: list[dict[str, Any]] = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 21, "lc": 3, "lp": 0, "pb": 0}]
KEY_LEVELS = {2: "province", 4: "prefecture", 6: "county", 9: "township", 12: "village"}
# Statistical codes of places that stand in for "counties under the province itself".
STAND_INS = {"1101", "1201", "3101", "5001", "5002", "4190", "4290", "4690", "6590"}


@dataclass(frozen=True, slots=True)
class Place:
    """A place: its statistical code, its path of official names and its level.

    >>> Place("130126", "河北省/石家庄市/灵寿县", "county").name
    '灵寿县'
    """

    code: str
    path: str
    level: str

    @property
    def name(self) -> str:
        """Give the last part of the path."""
        return self.path.rpartition("/")[2]


def same_or_within(inner: Place | None, outer: Place | None) -> bool:
    """Tell whether one place is the other or lies in it.

    >>> county = Place("130126", "河北省/石家庄市/灵寿县", "county")
    >>> same_or_within(Place("130126201", "河北省/石家庄市/灵寿县/北洼乡", "township"), county)
    True
    """
    return inner is not None and outer is not None and (inner.path == outer.path or inner.path.startswith(outer.path + "/"))


def holder(place: Place, level: str) -> Place:
    """Give the place of a level that a place lies in: itself where it is no deeper.

    >>> holder(Place("130126201", "河北省/石家庄市/灵寿县/北洼乡", "township"), "county")
    Place(code='130126', path='河北省/石家庄市/灵寿县', level='county')
    """
    depth = LEVELS.index(level) + 1
    if LEVELS.index(place.level) < depth:
        return place
    code = place.code[: (2, 4, 6, 9, 12)[depth - 1]].ljust(6, "0") if place.code.isdigit() else ""
    return Place(code, "/".join(place.path.split("/")[:depth]), level)


@dataclass(slots=True)
class Local:
    """Names inside one county, each with its keys: bare names of townships, odd township names, villages."""

    stems: dict[str, list[str]]
    odd: dict[str, list[str]]
    villages: dict[str, list[str]]
    village_stems: dict[str, list[str]]
    whole: frozenset[str]
    _scanner: tuple[AhoCorasick, list[str]] | None = None

    @property
    def scanner(self) -> tuple[AhoCorasick, list[str]]:
        """Give an automaton over all names of two characters or more, and the names in its order."""
        if self._scanner is None:
            names = sorted({n for names in (self.stems, self.odd, self.villages, self.village_stems) for n in names if len(n) > 1})
            self._scanner = AhoCorasick(names, matchkind=MatchKind.Standard, store_patterns=False), names
        return self._scanner


class Gazetteer:
    """Names and codes of places. Keys are unpadded codes; a key that begins another one contains it.

    A study's own places have keys below their parent's: the parent's key, `~`, the code and `;`.
    """

    def __init__(self, words: Words | None = None) -> None:
        self.words = words or load_words()
        self.names: dict[str, str] = {}
        self.own: dict[str, tuple[str, str]] = {}
        self.aliases: dict[str, list[str]] = {}
        self._above: dict[str, list[str]] = {}
        self._at: dict[tuple[str, str], str] = {}
        self._places: dict[str, Place] = {}
        self._towns: dict[str, list[str]] = {}
        self._villages: dict[str, dict[str, list[str]]] = {}
        self._local: dict[str, Local] = {}
        self._read_units()

    def _read_units(self) -> None:
        text = lzma.decompress((DATA / "gazetteer_units.bin").read_bytes(), lzma.FORMAT_RAW, filters=FILTERS).decode("gb18030")
        for line in text.split("\n"):
            code, name, *towns = line.split(" ")
            self.names[code] = name
            if towns:
                self._towns[code] = keys = []
                for number, town in unpack_listing(towns[0]):
                    key = f"{code}{number:03}"
                    self.names[key] = town
                    keys.append(key)

    @cached_property
    def _blocks(self) -> dict[str, tuple[int, int]]:
        with (DATA / "gazetteer_villages.bin").open("rb") as file:
            size = int.from_bytes(file.read(4), "big")
            index = lzma.decompress(file.read(size), lzma.FORMAT_RAW, filters=FILTERS).decode("gb18030")
        at, blocks = 4 + size, {}
        for line in index.split("\n"):
            code, length = line.split(" ")
            blocks[code] = (at, int(length))
            at += int(length)
        return blocks

    def villages(self, county: str) -> dict[str, list[str]]:
        """Give the villages of one county, name → keys; read from disk when first asked for."""
        if county not in self._villages:
            found: dict[str, list[str]] = {}
            for key, name in self._village_names(county):
                found.setdefault(name, []).append(key)
                self.names[key] = name
            for key in self.own:
                if key.startswith(county) and self.level(key) == "village":
                    found.setdefault(self.names[key], []).append(key)
            self._villages[county] = found
        return self._villages[county]

    def forget(self, most: int = 800) -> None:
        """Let go of the villages of all counties but the last `most` read: a larger corpus takes no more memory."""
        for county in list(self._villages)[: max(0, len(self._villages) - most)]:
            for keys in self._villages.pop(county).values():
                for key in keys:
                    if key not in self.own:
                        del self.names[key]
            self._local.pop(county, None)

    def _village_names(self, county: str) -> Iterator[tuple[str, str]]:
        if county not in self._blocks:
            return
        at, length = self._blocks[county]
        with (DATA / "gazetteer_villages.bin").open("rb") as file:
            file.seek(at)
            text = lzma.decompress(file.read(length), lzma.FORMAT_RAW, filters=FILTERS).decode("gb18030")
        for line in text.split("\n"):
            town, _, names = line.partition(" ")
            for number, name in unpack_listing(names):
                yield f"{county}{town}{number:03}", self.words.village_name(name)

    def towns(self, county: str) -> list[str]:
        """Give the keys of a county's townships, the study's own included."""
        return self._towns.get(county, []) + [k for k in self.own if k.startswith(county) and self.level(k) == "township"]

    def level(self, key: str) -> str:
        """Give the level of a key."""
        return self.own[key][1] if key in self.own else KEY_LEVELS[len(key)]

    def above(self, key: str) -> list[str]:
        """Give the keys a place lies in, from the province down, itself last."""
        if (known := self._above.get(key)) is not None:
            return known
        root, *own = key.split("~")
        chain = [root[:n] for n in KEY_LEVELS if n <= len(root) and root[:n] in self.names]
        chain += ["~".join([root, *own[: i + 1]]) for i in range(len(own))]
        self._above[key] = chain
        return chain

    def at(self, key: str, level: str) -> str:
        """Give the key of the place of a level that a place lies in (or is); empty where there is none."""
        if (known := self._at.get((key, level))) is None:
            known = self._at[key, level] = next((k for k in self.above(key) if self.level(k) == level), "") if key else ""
        return known

    def path(self, key: str) -> str:
        """Give the path of official names; four levels down to a township, a level repeated where there is none."""
        parts: list[str] = []
        for k in self.above(key):
            parts.append(parts[0] if k in STAND_INS else self.names[k])
        return "/".join(parts)

    def place(self, key: str) -> Place:
        """Give the place of a key."""
        if key not in self._places:
            code = self.own[key][0] if key in self.own else key.ljust(6, "0")
            self._places[key] = Place(code, self.path(key), self.level(key))
        return self._places[key]

    def add(self, code: str, name: str, level: str, parent: str, also: Iterable[str] = ()) -> str:
        """Add a place of the study's own below a key (or at the root) and give its key."""
        key = f"{parent}~{code};"
        self.names[key] = name
        self.own[key] = (code, level)
        self.call(key, also)
        return key

    def call(self, key: str, also: Iterable[str]) -> None:
        """Add other names of a place."""
        for alias in also:
            self.aliases.setdefault(alias, []).append(key)
        for cached in ("by_name", "scanner"):
            self.__dict__.pop(cached, None)
        self._villages.clear()
        self._local.clear()

    def key_of(self, code: str) -> str | None:
        """Give the key of a statistical code (padded or not) or of a study's own code."""
        for key, (own, _) in self.own.items():
            if own == code:
                return key
        if len(code) == 12 and code.isdigit():
            self.villages(code[:6])
        for key in (code, code.removesuffix("00"), code.removesuffix("0000")):
            if key in self.names and key not in STAND_INS:
                return key
        return None

    def lookup(self, what: str) -> Place:
        """Find a place by its code or by its path.

        Raises CaseworkError where there is none, with the likeliest name.
        """
        if (key := self.key_of(what)) is not None:
            return self.place(key)
        parts = what.split("/")
        keys = [""]
        for i, part in enumerate(parts):
            below = [k for key in keys for k in self.children(key) if self.names[k] == part or (k in STAND_INS and part == parts[0])]
            if not below:
                known = {self.names[k] for key in keys for k in self.children(key)}
                raise CaseworkError(f"the gazetteer has no '{part}' in '{'/'.join(parts[:i])}'{did_you_mean(part, known)}")
            keys = below
        return self.place(keys[0])

    def children(self, key: str) -> list[str]:
        """Give the keys of the places directly in a place; of the provinces for the empty key."""
        if len(key) == 6 and key.isdigit():
            return self.towns(key)
        if len(key) == 9 and key.isdigit():
            return [k for keys in self.villages(key[:6]).values() for k in keys if k.startswith(key)]
        return [*self._below.get(key, ()), *(k for k in self.own if k.rpartition("~")[0] == key)]

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        """Give the provinces, prefectures and counties by the key they lie directly in."""
        below: dict[str, list[str]] = {}
        for key in self.names:
            if len(key) in (2, 4, 6) and key.isdigit():
                below.setdefault(key[:-2], []).append(key)
        return below

    def parents(self, place: Place) -> tuple[Place, ...]:
        """Give the places a place lies in, from the province down, without itself."""
        key = self.key_of(place.code)
        if key is None:
            return ()
        chain = [self.place(k) for k in self.above(key) if k not in STAND_INS]
        return tuple(p for p in chain if place.path.startswith(p.path + "/"))

    @cached_property
    def by_name(self) -> dict[str, list[tuple[str, str]]]:
        """Give each name that may stand in a text, with (key, kind); townships' bare names and villages are not in it."""
        index: dict[str, list[tuple[str, str]]] = {}

        def put(name: str, key: str, kind: str) -> None:
            entries = index.setdefault(name, [])
            if all(k != key for k, _ in entries):
                entries.append((key, kind))

        for key, name in self.names.items():
            if key in STAND_INS or len(key) == 12:
                continue
            level = self.level(key)
            if level == "village" or (level == "township" and not name.endswith(self.words.town_endings)):
                if key in self.own:
                    put(name, key, "full")
                continue
            if name in self.words.town_endings:
                continue
            put(name, key, "full")
            stem, spoken = self.words.short_names(name, level)
            if spoken != name and len(spoken) > 2:
                put(spoken, key, "spoken")
            if level != "township" and len(stem) > 1 and stem != name:
                put(stem, key, "stem")
        for name, code, _ in self.words.former:
            put(name, code, "former")
        for name, code in self.words.also_called:
            put(name, code, "also_called")
        for alias, keys in self.aliases.items():
            for key in keys:
                put(alias, key, "also_called")
        return index

    @cached_property
    def scanner(self) -> tuple[AhoCorasick, list[str]]:
        """Give one automaton over all names of `by_name`, and the names in its order."""
        names = list(self.by_name)
        return AhoCorasick(names, matchkind=MatchKind.Standard, store_patterns=False), names

    def local(self, county: str) -> Local:
        """Give what is named inside one county: villages, and townships by their bare or odd names."""
        if county not in self._local:
            stems: dict[str, list[str]] = {}
            odd: dict[str, list[str]] = {}
            for key in self.towns(county):
                name = self.names[key]
                stem = self.words.stem(name, "township")
                (stems if stem != name else odd).setdefault(stem, []).append(key)
            tails, villages = self.words.village_tails, self.villages(county)
            short = {name[:-1]: keys for name, keys in villages.items() if len(name) > 3 and name[:-1].endswith(tails)}
            self._local[county] = Local(stems, odd, villages, short, frozenset((*villages, *(self.names[k] for k in self.towns(county)))))
        return self._local[county]


def unpack_listing(listing: str) -> Iterator[tuple[int, str]]:
    """Read `name,name=7,name`: each number is the last one plus one, or plus what stands after `=`."""
    number = 0
    for item in listing.split(",") if listing else ():
        name, _, step = item.partition("=")
        number += int(step) if step else 1
        yield number, name


@cache
def base_gazetteer() -> Gazetteer:
    """Give the gazetteer without any study's own places; read once."""
    return Gazetteer()


assert set(KEY_LEVELS.values()) == set(LEVELS)
