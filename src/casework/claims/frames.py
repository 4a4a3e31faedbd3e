"""Frames: how a sentence is built around an amount, where that alone says what it measures.

A cue word weighs more the nearer it stands; a frame is the whole construction (given to whom, spent on what,
who is at work) and decides before any cue is weighed. Whoever an income comes to is its holder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from casework.claims.setting import Setting, Spot, last_match
from casework.codebook import load_codebook

__all__ = ["FrameHit", "find_ending", "find_frame", "find_holder"]

COLLECTIVE, HOUSEHOLD = "collective_income", "household_income"
HOLDERS = (COLLECTIVE, HOUSEHOLD, "output_value")
FALLBACK = 80  # characters before an amount in which a village or a person is looked for where no other holder is named
GIVEN = 8  # characters before a holder that tell that it is none
BEFORE, BEHIND = 26, 36  # characters of the sentence on either side of an amount that a frame may hold


class FrameHit(NamedTuple):
    """What a frame says that an amount measures, and the words that said so."""

    indicator: str
    words: str


class _Frame(NamedTuple):
    indicator: str
    before: re.Pattern[str] | None
    behind: re.Pattern[str] | None


class _Frames(NamedTuple):
    """The frames for amounts of some kinds, and what tells quickly that none of them fits."""

    frames: tuple[_Frame, ...]
    before: re.Pattern[str] | None
    behind: re.Pattern[str] | None


@dataclass(frozen=True)
class _Holders:
    earned: re.Pattern[str]
    earned_behind: re.Pattern[str]
    given: re.Pattern[str]
    measured: re.Pattern[str]
    rent: re.Pattern[str]
    lump: float
    village: re.Pattern[str]
    person: re.Pattern[str]
    village_weight: float
    reach: int
    weight: float
    unlikely: dict[str, float]


class _Endings(NamedTuple):
    units: frozenset[str]
    behind: re.Pattern[str]
    before: re.Pattern[str]
    close: re.Pattern[str]
    reach: int


@cache
def _endings() -> _Endings:
    book = load_codebook("indicators").section("endings")
    names = "|".join(
        f"(?P<{indicator}>{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})"
        for indicator, words in book["names"].items()
    )
    close, reach = str(book["close"]), int(book["name"])
    behind = re.compile(f"[^，。；、：\\s]{{0,{reach}}}?(?:{names})(?={close})")
    return _Endings(frozenset(book["for"]), behind, re.compile(f"(?:{names}){book['open']}$"), re.compile(close), reach)


@cache
def _holders() -> _Holders:
    return load_codebook("claims").read("holding", _Holders)


@cache
def _frames(kinds: tuple[str, ...]) -> _Frames:
    """Read the frames that hold for an amount which may be called so."""
    book = load_codebook("indicators")
    groups = book.section("groups")
    frames: list[_Frame] = []
    parts: tuple[list[str], list[str]] = ([], [])
    for entry in book.section("frames"):
        book.check_keys(entry, "a frame", ("for", "is"), ("before", "behind"))
        units = {u for name in entry["for"] for u in groups.get(name, (name,))}
        if units.isdisjoint(kinds):
            continue
        before = f"(?:{entry['before']})$" if "before" in entry else ""
        behind = str(entry.get("behind", ""))
        parts[0].extend([before] if before else [])
        parts[1].extend([behind] if behind and not before else [])
        frames.append(
            _Frame(str(entry["is"]), re.compile(before) if before else None, re.compile(behind) if behind else None)
        )
    quick = [re.compile("|".join(f"(?:{p})" for p in p_)) if p_ else None for p_ in parts]
    return _Frames(tuple(frames), quick[0], quick[1])


def find_frame(spot: Spot, setting: Setting, kinds: tuple[str, ...]) -> FrameHit | None:
    """Find the first frame of the codebook that an amount stands in; `kinds` are what the amount may be called there."""
    fitting = _frames(kinds)
    if not fitting.frames:
        return None
    text, start, end = setting.text, max(spot.sentence.start, spot.start - BEFORE), min(spot.sentence.end, spot.end + BEHIND)
    head, tail = text[start : spot.start], text[spot.end : end]
    led = fitting.before is not None and fitting.before.search(head)
    if not led and not (fitting.behind is not None and fitting.behind.match(tail)):
        return None
    for frame in fitting.frames:
        ahead = frame.before.search(head) if frame.before and led else None
        if frame.before and ahead is None:
            continue
        after = frame.behind.match(tail) if frame.behind else None
        if frame.behind and after is None:
            continue
        return FrameHit(frame.indicator, (ahead[0] if ahead else "") + (after[0] if after else ""))
    return None


def find_ending(spot: Spot, setting: Setting) -> FrameHit | None:
    """Find what is counted by how its name ends: the one behind a count, or before one that nothing follows."""
    book = _endings()
    if spot.amount.unit not in book.units:
        return None
    text, end = setting.text, min(spot.sentence.end, spot.end + BEHIND)
    if book.close.match(text, spot.end, end):
        found = book.before.search(spot.head[-book.reach :])
    else:
        found = book.behind.match(text, spot.end, end)
    return FrameHit(str(found.lastgroup), found[str(found.lastgroup)]) if found else None


def find_holder(spot: Spot, setting: Setting) -> dict[str, float]:
    """Find to whom an income comes: what the last holder before it in its sentence weighs for an indicator, or what is unlikely."""
    book, text = _holders(), setting.text
    if spot.amount.dimension != "money":
        return {}
    if not book.earned.search(spot.head[-book.reach :]) and not book.earned_behind.match(text, spot.end):
        return {}
    end, found = _named(spot, setting, book)
    weight = book.weight
    if not found:
        weight, said = book.village_weight, text[max(spot.sentence.start, spot.start - FALLBACK) : spot.start]
        for indicator, pattern in ((COLLECTIVE, book.village), (HOUSEHOLD, book.person)):
            last = last_match(pattern, said)
            if last and spot.start - len(said) + last.end() > end:
                end, found = spot.start - len(said) + last.end(), indicator
    measured = found and book.measured.search(text, end, spot.start)
    if not found or found == COLLECTIVE and measured:
        return book.unlikely
    value = spot.amount.low if spot.amount.low is not None else spot.amount.high or 0.0
    is_rent = not measured and value >= book.lump and book.rent.search(spot.head)
    return {found: 2 * weight if is_rent else weight}


def _named(spot: Spot, setting: Setting, book: _Holders) -> tuple[int, str]:
    """Give where the last holder before an amount in its sentence ends, and the indicator it is for."""
    end, found = spot.sentence.start, ""
    for indicator in HOLDERS:
        for sign in setting.signs.within(f"holding.{indicator}", spot.sentence.start, spot.start):
            if sign.end <= end:
                break
            if not book.given.search(setting.text, max(spot.sentence.start, sign.start - GIVEN), sign.start):
                end, found = sign.end, indicator
                break
    return end, found
