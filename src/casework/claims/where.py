"""The place that an amount is about, and the place that an article keeps speaking of from paragraph to paragraph."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from casework.claims.setting import Setting, Spot
from casework.codebook import load_codebook
from casework.places import Mention, Place, holder, same_or_within
from casework.text import Span

__all__ = ["Places", "Scene", "read_places"]

LOOK_BACK = 100  # mentions
SEVERAL = 3  # places of one level in a paragraph: it goes through them, and none stays


@dataclass
class Scene:
    """Where an article is, as its passages are read in order: the last place named stays until another is.

    A paragraph that goes through several places leaves none. A heading starts afresh; without a place of its own
    it goes back to the one of the headline.

    `headline` is the place that headings go back to, `first` the first that the article names while it has named none yet,
    `only` its one village, which takes the place of what holds it.
    """

    headline: Place | None = None
    first: Place | None = None
    now: Place | None = None
    only: Place | None = None
    before_items: tuple[Place | None] | None = None

    @classmethod
    def of(cls, mentions: Sequence[Sequence[Mention]]) -> Scene:
        """Begin an article, given the places of each of its passages.

        It comes back to its one village, where it has one; what it tells before it names any place is of the first it names.
        """
        led = (m.place for found in mentions for m in found if _leads(m) and m.how != "coreference")
        only = _only_village(mentions)
        return cls(only, next(led, None), only=only)

    def enter(self, text: str) -> None:
        """Begin a passage: an item of a list does not speak of the place of the item before, but of where the list began."""
        if not _book().opens_item.match(text):
            return
        if self.before_items is None:
            self.before_items = (self.now,)
        self.now = self.before_items[0]

    def at(self, home: Place | None) -> Place | None:
        """Give the place carried into a passage: one inside the place of the passage's case."""
        found = self.now or self.headline or self.first
        return (
            found if home is not None and found is not None and found != home and same_or_within(found, home) else None
        )

    def follow(self, role: str, mentions: Sequence[Mention], home: Place | None) -> None:
        """Go on behind a passage."""
        inside = [
            m.place
            for m in mentions
            if _leads(m) and m.place is not None and (home is None or same_or_within(m.place, home))
        ]
        if role in ("headline", "subhead"):
            self.before_items = None
        if role == "subhead" or (role == "body" and inside):
            self.first = None
        if role == "headline":
            self.headline = inside[-1] if inside else self.headline
            self.now = None
        elif role == "subhead":
            self.now = inside[-1] if inside else None
        elif role == "body" and inside:
            alike = {p.path for p in inside if p.level == inside[-1].level}
            self.now = inside[-1] if len(alike) < SEVERAL else None
            if self.only is not None and self.now == home:
                self.now = self.only


def _only_village(mentions: Sequence[Sequence[Mention]]) -> Place | None:
    """Give the village that an article speaks of where it opens with it, comes back to it and goes on about no other; else None."""
    named = [(m.place, m.how) for found in mentions for m in found if _leads(m) and m.how != "coreference"]
    villages = [place for place, _ in named if place is not None and place.level == "village"]
    first = next((place for place, _ in named if place is not None and place.level in ("township", "village")), None)
    return first if len(villages) >= SEVERAL and {first} == set(villages) else None


def _leads(m: Mention) -> bool:
    """Tell whether the article goes on about a place: not one of a list, nor a township that no gazetteer knows."""
    unknown = m.how == "pattern" and m.place is not None and m.place.level == "township"
    return m.place is not None and not unknown and not m.flags & {"in_name", "listed"}


@dataclass(frozen=True, slots=True)
class Places:
    """A passage's places and the words that go back to a wider one, by position."""

    text: str
    mentions: Sequence[Mention]
    home: Place | None
    scene: Place | None
    ends: tuple[int, ...]
    turns: tuple[tuple[int, str], ...]
    clauses: frozenset[int]
    opening: Span

    def of(self, spot: Spot) -> tuple[Place | None, bool]:
        """Give the place an amount is about, and whether another may be meant.

        The last place named before the amount counts where it lies inside the case's place and is
        none of a list; a coarser one only where it is a reference in the same clause (the whole county),
        or the subject of the sentence. Without any, a person is of the place named right behind, a quotation that opens the paragraph
        speaks of its speaker's, and else the article still speaks of the place it spoke of before, unless an office of a wider one speaks.
        It is in doubt behind a list, and where it stands outside the amount's clause and a rival is named.
        """
        at = bisect_right(self.ends, spot.start)
        before = self.mentions[max(0, at - LOOK_BACK) : at]
        for m in reversed(before):
            if m.place is None or "in_name" in m.flags:
                continue
            if m.how == "coreference" and self.opening.covers(m.span) and (ours := self._behind(at, spot)) is not None:
                return ours, False
            if "listed" in m.flags or self.text.startswith(_book().list_after, m.span.end):
                return self.home, self.home is not None
            if self.home is None or same_or_within(m.place, self.home):
                since = spot.sentence.start if m.span.start >= spot.sentence.start else 0
                return m.place, m.span.start < spot.clause.start and _has_rival(m.place, since, before)
            if self._is_wider(m, spot) or self._opens(m, spot):
                return m.place, False
        if (behind := self._behind(at, spot)) is not None:
            return behind, False
        place = self._turned(0, spot.start, self.scene) if self.scene is not None else self.home
        return place, place is not None and _has_rival(place, spot.sentence.start, before)

    def _is_wider(self, m: Mention, spot: Spot) -> bool:
        """Tell whether a sentence turns to a place that holds the case's: by a reference in the clause, or by its name as the subject."""
        subject = m.span.start in self.clauses and (m.span.start >= spot.sentence.start or m.span.start == 0)
        if m.how == "coreference":
            return subject or spot.clause.covers(m.span)
        return subject and _book().subject.match(self.text, m.span.end) is not None and same_or_within(self.home, m.place)

    def _opens(self, m: Mention, spot: Spot) -> bool:
        """Tell whether a place elsewhere opens the paragraph or the amount's sentence, or the amount follows on it in its clause."""
        if m.how in ("coreference", "bare_name") or m.span.start not in self.clauses:
            return False
        low = m.place is not None and m.place.level in ("township", "village")
        return m.span.end == spot.start or (low and m.span.start in (0, spot.sentence.start))

    def _behind(self, at: int, spot: Spot) -> Place | None:
        """Give the place that is named right behind an amount, or behind the quotation that opens the paragraph and holds the amount."""
        end = spot.end + 1 if self.text.startswith(_book().of, spot.end) else 0
        if self.opening.covers(Span(spot.start, spot.end)):
            end = self.opening.end
        back = None  # where no name tells, the speaker is of the place that a word points back to
        for m in self.mentions[at:] if end else ():
            near = _book().speaker.match(self.text, end, m.span.start) if end == self.opening.end else m.span.start == end
            fits = near and m.place is not None and "in_name" not in m.flags and same_or_within(m.place, self.home)
            if m.span.start >= end and m.how != "coreference":
                return m.place if fits else back
            if fits and end == self.opening.end:
                back = back or m.place
        return back

    def _turned(self, start: int, end: int, place: Place) -> Place:
        """Give the wider place whose office speaks last between two positions; else the place itself."""
        at = bisect_right(self.turns, end, key=lambda t: t[0])
        if not at or self.home is None or self.turns[at - 1][0] < start:
            return place
        wider = holder(place, self.turns[at - 1][1])
        if self.home.path == wider.path or not same_or_within(wider, self.home):
            return self.home
        return wider if wider.code else self.home


def _has_rival(place: Place, since: int, mentions: Sequence[Mention]) -> bool:
    """Tell whether another place of the same level, or an unknown one, is named from a position on."""
    named = (m.place for m in mentions if m.span.start >= since and "in_name" not in m.flags)
    return any(p is None or (p.level == place.level and p.code != place.code) for p in named)


@dataclass(frozen=True, slots=True)
class _Book:
    list_after: tuple[str, ...]
    subject: re.Pattern[str]
    speaker: re.Pattern[str]
    lead: re.Pattern[str]
    opens_item: re.Pattern[str]
    of: str
    offices: dict[str, tuple[str, ...]]
    office_words: tuple[str, ...]
    office_ends: str


@cache
def _book() -> _Book:
    return load_codebook("claims").read("place", _Book)


@cache
def _offices() -> tuple[re.Pattern[str], dict[str, str]]:
    """Give the pattern of an office that speaks for a wider place, and the level of each of its words of rank."""
    book = _book()
    levels = {word: level for level, words in book.offices.items() for word in words}
    ranks = "|".join(sorted(levels, key=len, reverse=True))
    return re.compile(rf"({ranks})(?:{'|'.join(book.office_words)}){book.office_ends}"), levels


def read_places(setting: Setting, mentions: Sequence[Mention], home: Place | None, scene: Place | None) -> Places:
    """Put a passage's places in order; `scene` is the place carried over from the passages before."""
    text, quotes = setting.text, setting.quotes
    office, levels = _offices()
    turns = [(m.start(), levels[m[1]]) for m in office.finditer(text)]
    opens = quotes and (quotes[0].start == 1 or _book().lead.match(text, 0, quotes[0].start))
    opening = quotes[0] if opens else Span(0, 0)
    clauses = frozenset((0, *setting.clause_ends))
    return Places(text, mentions, home, scene, tuple([m.span.end for m in mentions]), tuple(turns), clauses, opening)
