"""What an amount of money measures where its own words do not say: what the amount before it did."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from casework.claims.cues import Verdict
from casework.claims.denominators import Earlier
from casework.claims.setting import Spot
from casework.codebook import load_codebook

__all__ = ["carry_indicator"]

JOBS, PEOPLE = "jobs", "people"


@dataclass(frozen=True)
class _Book:
    grown: re.Pattern[str]
    part_of_jobs: re.Pattern[str]
    bare_before: re.Pattern[str]
    bare_behind: re.Pattern[str]
    bare_reach: int
    level: re.Pattern[str]
    level_reach: int
    risen: re.Pattern[str]
    parts: re.Pattern[str]
    continues: re.Pattern[str]
    within: int
    amounts: int
    handed: frozenset[str]
    over: frozenset[str]
    weak: re.Pattern[str]


@dataclass(frozen=True)
class _Row:
    behind: re.Pattern[str]
    behind_exact: re.Pattern[str]
    stops: re.Pattern[str]
    reach: int


@cache
def _book() -> _Book:
    return load_codebook("claims").read("carry", _Book)


@cache
def _row() -> _Row:
    return load_codebook("claims").read("row", _Row)


def carry_indicator(verdict: Verdict, spot: Spot, text: str, earlier: Sequence[Earlier]) -> Verdict:
    """Give an amount of money the indicator of one before it in its sentence, where it is a part of it or goes on with it.

    A part is told by a word such as "of which" between the sum and it; what goes on has no cue in its own clause and
    a word such as "more than the year before", "the highest".
    """
    book = _book()
    if spot.amount.dimension == "count":
        return _of_count(verdict, spot, text, earlier, book)
    if spot.amount.dimension != "money":
        return verdict
    own = verdict.span is not None and spot.clause.covers(verdict.span) and not book.weak.search(spot.head)
    if not own and (first := _first_limit(spot, text, earlier, book.handed)) is not None:
        return Verdict(first.indicator, "", None)
    said = [
        e
        for e in earlier[-book.amounts :]
        if e.amount.dimension == "money" and e.amount.span.start >= spot.sentence.start
    ]
    if not said:
        before = _level(spot, earlier, book) if verdict.span is None else None
        return Verdict(before.indicator, "", None) if before else verdict
    last = said[-1]
    if verdict.indicator in book.over and (total := _total(spot, text, said, book)) is not None:
        return Verdict(total.indicator, "", None)
    between = text[last.amount.span.end : spot.start]
    if not own and len(between) <= book.within and book.risen.search(between):
        return Verdict(last.indicator, "", None)
    if own or len(between) > book.within or last.indicator not in book.handed or not book.continues.search(between):
        return verdict
    return Verdict(last.indicator, "", None)


def _of_count(verdict: Verdict, spot: Spot, text: str, earlier: Sequence[Earlier], book: _Book) -> Verdict:
    """Give a count what the one before it of its unit counted, where it grew from it or is a part of it."""
    last = earlier[-1] if earlier else None
    if (before := _bare(spot, text, earlier, book)) is not None:
        return Verdict(before.indicator, "", None)
    if last is None or last.amount.unit != spot.amount.unit or spot.start - last.amount.span.end > book.within:
        return verdict
    between = text[last.amount.span.end : spot.start]
    own = verdict.span is not None and spot.clause.covers(verdict.span)
    if not own and book.grown.fullmatch(between):
        return Verdict(last.indicator, "", None)
    hired = last.indicator == JOBS and verdict.indicator == PEOPLE and book.part_of_jobs.search(between)
    return Verdict(last.indicator, "", None) if hired else verdict


def _bare(spot: Spot, text: str, earlier: Sequence[Earlier], book: _Book) -> Earlier | None:
    """Find what was counted before, for a count that has no noun of its own."""
    if not book.bare_behind.match(text, spot.end) or not book.bare_before.search(spot.head[-6:]):
        return None
    for e in reversed(earlier):
        if spot.start - e.amount.span.end > book.bare_reach:
            return None
        if e.amount.unit == spot.amount.unit:
            return e
    return None


def _first_limit(spot: Spot, text: str, earlier: Sequence[Earlier], handed: frozenset[str]) -> Earlier | None:
    """Find the limit that an amount goes on with, in a row of limits that sort villages or households."""
    row = _row()
    is_open = spot.amount.low is None or spot.amount.low != spot.amount.high
    if not (row.behind if is_open else row.behind_exact).match(text, spot.end):
        return None
    for e in reversed(earlier):
        at = e.amount.span.end
        if spot.start - at > row.reach or row.stops.search(text, at, spot.start):
            return None
        if e.amount.dimension == "money" and e.indicator in handed:
            return e
    return None


def _level(spot: Spot, earlier: Sequence[Earlier], book: _Book) -> Earlier | None:
    """Find the income in the sentence before that has risen to an amount, or that others have reached."""
    last = earlier[-1] if earlier else None
    for e in reversed(earlier[-3:]):
        if e.amount.dimension == "money":
            last = e
            break
    if last is None or last.indicator not in book.handed or spot.start - last.amount.span.end > book.level_reach:
        return None
    return last if book.level.search(spot.head) else None


def _total(spot: Spot, text: str, said: Sequence[Earlier], book: _Book) -> Earlier | None:
    """Find the sum that an amount is a part of."""
    for e in reversed(said):
        if e.indicator in book.handed and book.parts.search(text, e.amount.span.end, spot.start):
            return e
    return None
