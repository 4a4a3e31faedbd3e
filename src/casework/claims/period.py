"""Resolve the time that an amount is about, against the day of the article."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from casework.claims.setting import REACH, Setting, Spot
from casework.codebook import any_of, load_codebook

__all__ = ["Times", "find_period", "read_times"]


@dataclass(frozen=True)
class _Book:
    relative: dict[str, int]
    since: str
    parts: dict[str, tuple[int, int]]
    months: re.Pattern[str]
    month: re.Pattern[str]
    year: re.Pattern[str]
    range: re.Pattern[str]
    compared: re.Pattern[str]
    since_then: re.Pattern[str]
    compared_to: re.Pattern[str]


@cache
def _book() -> tuple[_Book, re.Pattern[str], str]:
    """Give the section `period`, the pattern of the parts of a year, and the marks that end the reach of a time."""
    book = load_codebook("claims")
    period = book.read("period", _Book)
    return period, any_of(period.parts), book.section("marks")["stop"]


class _Time(NamedTuple):
    """A time that a passage names, and how far it reaches. Of two that end alike the one with the longer value counts."""

    end: int
    length: int
    start: int
    value: str
    until: int


class Times(NamedTuple):
    """The times of a passage by where they end, and the full stops that end their reach."""

    named: Sequence[_Time]
    stops: Sequence[int]


def read_times(setting: Setting, published: str) -> Times:
    """Find the times that a passage names; those counted from the day of the article need that day."""
    marks = _book()[2]
    found = [_Time(end, len(value), start, value, _until(setting.text, start, end)) for start, end, value in _named(setting, published)]
    # Of two alike the one that is found first counts, and the last of the list is taken.
    found.reverse()
    found.sort(key=lambda t: t[:2])
    return Times(found, [end for end in setting.sentence_ends if setting.text[end - 1] in marks] if found else ())


def find_period(spot: Spot, times: Times) -> str:
    """Give the time as YYYY, YYYY-MM or a range `a..b`; empty where the words or the day are missing.

    The last time named before the amount counts; its reach ends with a full stop, that of a time compared with (由2008年的 …
    提高到) where the comparison goes on.
    """
    if not times.named:
        return ""
    before = bisect_right(times.stops, spot.start)
    first = max(times.stops[before - 1] if before else 0, spot.start - REACH)
    for at in range(bisect_left(times.named, (spot.start + 1,)) - 1, -1, -1):
        time = times.named[at]
        if time.start >= first and spot.start <= time.until:
            return time.value
        if time.end <= first:
            break
    return ""


def _until(text: str, start: int, end: int) -> int:
    """Give where the reach of a time ends: one that others are compared with is of the amount right behind it only."""
    book = _book()[0]
    if not book.compared.search(text, max(0, start - 2), start) or book.since_then.match(text, end):
        return len(text)
    further = book.compared_to.search(text, end)
    return further.start() if further else len(text)


def _named(setting: Setting, published: str) -> Iterator[tuple[int, int, str]]:
    """Give each time as start, end and value."""
    book, text, signs, whole = _book()[0], setting.text, setting.signs, (0, len(setting.text))
    for m in book.range.finditer(text):
        yield *m.span(), f"{m[1]}..{m[2]}"
    for m in book.year.finditer(text):
        yield from _dated(text, *m.span(), int(m[1]), published)
    if published:
        for so_far in signs.walk("period.so_far", *whole):
            yield *so_far, f"{published[:4]}-01..{published[:7]}"
        for as_of in signs.walk("period.as_of", *whole):
            yield *as_of, published[:7]
        for word in signs.walk("period.relative", *whole):
            yield from _dated(text, *word, int(published[:4]) + book.relative[word.cut(text)], published)


def _dated(text: str, start: int, at: int, year: int, published: str) -> Iterator[tuple[int, int, str]]:
    """Give a year, and with what may follow it: a month, a part of it, or "since then"."""
    book, part, _ = _book()
    yield start, at, str(year)
    if (m := book.months.match(text, at)) and 1 <= int(m[1]) <= 12:
        yield start, m.end(), f"{year}-01..{year}-{int(m[1]):02d}"
    elif m := part.match(text, at):
        first, last = book.parts[m[0]]
        yield start, m.end(), f"{year}-{last:02d}" if first == last else f"{year}-{first:02d}..{year}-{last:02d}"
    elif (m := book.month.match(text, at)) and 1 <= int(m[1]) <= 12:
        yield start, m.end(), f"{year}-{int(m[1]):02d}"
    elif text.startswith(book.since, at) and published:
        this = published[:4] == str(year)
        yield start, at + len(book.since), f"{year}-01..{published[:7]}" if this else f"{year}..{published[:4]}"
