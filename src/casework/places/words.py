"""What the places codebook says about names: ranks, bare names, cues and words that point back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from casework.codebook import Codebook, load_codebook

__all__ = ["LEVELS", "Words", "load_words"]

LEVELS = ("province", "prefecture", "county", "township", "village")
HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ebef]"


def either(words: tuple[str, ...] | list[str]) -> str:
    """Write words as a pattern, longest first."""
    return "|".join(map(re.escape, sorted(words, key=lambda w: (-len(w), w))))


@dataclass(frozen=True)
class Region:
    """How a province that is an autonomous region is called: the end of its name, that of a district's, words for both."""

    ends: str
    district: str
    words: frozenset[str]


def _region(book: Codebook) -> Region:
    regions = book.section("regions")
    return Region(regions["ends"], regions["district"], frozenset(regions["words"]))


@dataclass(frozen=True)
class Natural:
    """How natural villages are named: what their names end in, and what stands behind them."""

    name: re.Pattern[str]
    peopled: tuple[str, ...]
    none: tuple[str, ...]


def _natural(book: Codebook) -> Natural:
    section = book.section("natural")
    name = rf"({HAN}{{1,{section['most'] - 1}}}?(?:{either(section['tails'])}))(?=[{section['before']}])"
    return Natural(re.compile(name), tuple(section["peopled"]), tuple(section["none"]))


@dataclass(frozen=True)
class Words:
    """The places codebook, compiled."""

    ranks: dict[str, tuple[str, ...]]
    rank: dict[str, re.Pattern[str]]
    to_spoken: dict[str, str]
    peoples: frozenset[str]
    people: re.Pattern[str]
    never_alone: frozenset[str]
    town_parts: frozenset[str]
    plain: frozenset[str]
    never_bare: frozenset[str]
    former: tuple[tuple[str, str, int], ...]
    other_names: re.Pattern[str]
    organisation: re.Pattern[str]
    outlet: re.Pattern[str]
    cut_short: dict[str, str]
    unknown: re.Pattern[str]
    cues: frozenset[str]
    cue_sizes: tuple[int, ...]
    no_stems: frozenset[str]
    no_parts: re.Pattern[str]
    no_after: dict[str, tuple[str, ...]]
    no_ends: dict[str, tuple[str, ...]]
    open_ends: dict[str, tuple[str, ...]]
    dated: frozenset[str]
    heads_end: frozenset[str]
    heads_begin: str
    numerals: frozenset[str]
    back: re.Pattern[str]
    back_level: dict[str, str]
    common: tuple[str, ...]
    not_after: dict[str, tuple[str, ...]]
    needs_start: frozenset[str]
    village_tails: tuple[str, ...]
    datelines: tuple[str, ...]
    joins: frozenset[str]
    list_goes_on: re.Pattern[str]
    list_before: re.Pattern[str]
    list_after: re.Pattern[str]
    also_called: tuple[tuple[str, str], ...]
    body: re.Pattern[str]
    plain_villages: frozenset[str]
    verbs: frozenset[str]
    office: re.Pattern[str]
    offices_before: re.Pattern[str]
    second: dict[str, frozenset[str]]
    counted: re.Pattern[str]
    road_before: tuple[str, ...]
    road_after: tuple[str, ...]
    region: Region
    natural: Natural
    neighbourhood: str
    village: str

    @property
    def town_endings(self) -> tuple[str, ...]:
        """Give the words of rank a township's name ends in."""
        return self.ranks["township"]

    @property
    def town_ranks(self) -> tuple[str, ...]:
        """Give the short words of rank of townships."""
        return tuple(dict.fromkeys(self.to_spoken.get(r, r) for r in self.ranks["township"]))

    def stem(self, name: str, level: str) -> str:
        """Cut the word of rank, and the peoples where two characters remain."""
        return self.short_names(name, level)[0]

    def short_names(self, name: str, level: str) -> tuple[str, str]:
        """Give the stem, and the short official name that people say: without peoples and with a short word of rank."""
        m = self.rank[level].search(name)
        if m is None or not m.start():
            return name, name
        stem = name[: m.start()]
        if level != "village":
            stem = self._without_peoples(stem)
        return stem, stem + self.to_spoken.get(m[0], m[0])

    def _without_peoples(self, stem: str) -> str:
        if len(stem) < 3:
            return stem
        if stem in self.peoples:
            return stem[:-1]
        m = self.people.search(stem)
        return stem[: m.start()] if m else stem

    def village_name(self, packed: str) -> str:
        """Give a village's name from its packed form in the data file."""
        if packed.endswith("!"):
            return packed[:-1]
        return packed[:-1] + self.neighbourhood if packed.endswith("@") else packed + self.village


@cache
def load_words() -> Words:
    """Compile the places codebook."""
    book = load_codebook("places")
    ranks = {level: tuple(book.section("ranks")[level]) for level in LEVELS}
    no_name = book.section("no_name")
    back = book.section("coreference")
    unknown_ranks = [r for r in ranks["township"] if len(r) < 3] + list(ranks["village"])
    stops = either(list(book.terms("not_in_names")))
    return Words(
        ranks=ranks,
        to_spoken=dict(book.section("spoken")),
        rank={level: re.compile(rf"(?:{either(words)})$") for level, words in ranks.items()},
        peoples=frozenset(book.terms("peoples")),
        people=re.compile(rf"(?<=..)(?:{either(book.terms('peoples'))})+$"),
        never_alone=frozenset(book.terms("never_alone")),
        town_parts=frozenset(book.terms("town_parts")),
        plain=frozenset(plain_words(book)),
        never_bare=frozenset(book.terms("never_bare")),
        former=tuple((str(n), str(c), int(y)) for n, c, y in book.section("former")),
        other_names=re.compile(either(list(book.terms("other_names")))),
        organisation=re.compile(rf"(?:(?!{stops}){HAN}){{0,16}}?(?:{either(list(book.terms('organisations')))})"),
        outlet=re.compile(either(list(book.terms("outlets")))),
        cut_short={k: "".join(v) for k, v in book.section("cut_short").items()},
        unknown=re.compile(either(unknown_ranks)),
        cues=frozenset(book.terms("before_names")),
        cue_sizes=tuple(sorted({len(cue) for cue in book.terms("before_names")})),
        no_stems=frozenset(no_name["stems"]),
        no_parts=re.compile(either(list(no_name["parts"]))),
        no_after={k: tuple(v) for k, v in no_name["after"].items()},
        no_ends={k: tuple(v) for k, v in no_name["ends"].items()},
        open_ends={k: tuple(v) for k, v in no_name["open_ends"].items()},
        dated=frozenset(no_name["dated"]),
        heads_end=frozenset(book.section("heads_end")),
        heads_begin=book.section("heads_begin"),
        numerals=frozenset(no_name["numerals"]),
        back=re.compile(either([w for level in back.values() for w in level])),
        back_level={w: level for level, words in back.items() for w in words},
        common=tuple(no_name["common"]),
        not_after={k: tuple(v) for k, v in book.section("not_after").items()},
        needs_start=frozenset(book.terms("needs_start")),
        village_tails=book.terms("village_tails"),
        joins=frozenset(book.terms("joins")),
        list_goes_on=re.compile(book.section("list_goes_on")),
        list_before=re.compile(book.section("list_beside")["before"]),
        list_after=re.compile(book.section("list_beside")["after"]),
        also_called=tuple((str(n), str(c)) for n, c in book.section("also_called")),
        body=re.compile(book.section("bodies")),
        plain_villages=frozenset(book.terms("plain_villages")),
        verbs=frozenset(book.terms("verbs")),
        office=re.compile(book.section("office")),
        offices_before=re.compile(book.section("offices_before")),
        second={k: frozenset(v) for k, v in no_name["second"].items()},
        counted=re.compile(no_name["counted"]),
        road_before=tuple(no_name["roads"]["before"]),
        road_after=tuple(no_name["roads"]["after"]),
        region=_region(book),
        natural=_natural(book),
        datelines=book.terms("datelines"),
        neighbourhood=ranks["village"][1],
        village=ranks["village"][-1],
    )


def plain_words(book: Codebook) -> tuple[str, ...]:
    """Give the bare names that are plain words; a word may stand in the list once only."""
    return book.terms("plain_words")
