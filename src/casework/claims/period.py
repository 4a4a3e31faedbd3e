"""Resolve the time that an amount is about, against the day of the article."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from casework.claims.setting import Setting
from casework.codebook import load_codebook
from casework.quantities import Amount

__all__ = ["find_period"]


@dataclass(frozen=True)
class _Book:
    relative: dict[str, int]
    words: re.Pattern[str]
    so_far: re.Pattern[str]
    as_of: re.Pattern[str]
    since: str
    parts: dict[str, tuple[int, int]]
    part: re.Pattern[str]
    months: re.Pattern[str]
    month: re.Pattern[str]
    year: re.Pattern[str]
    range: re.Pattern[str]
    stop: re.Pattern[str]


@cache
def _book() -> _Book:
    s = load_codebook("claims").section("period")
    return _Book(
        relative=dict(s["relative"]),
        words=_any(s["relative"]),
        so_far=_any(s["so_far"]),
        as_of=_any(s["as_of"]),
        since=s["since"],
        parts={k: (int(a), int(b)) for k, (a, b) in s["parts"].items()},
        part=_any(s["parts"]),
        months=re.compile(s["months"]),
        month=re.compile(s["month"]),
        year=re.compile(s["year"]),
        range=re.compile(s["range"]),
        stop=re.compile(rf"[{re.escape(load_codebook('claims').section('marks')['stop'])}]"),
    )


def _any(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))


def find_period(amount: Amount, setting: Setting, published: str) -> str:
    """Give the time as YYYY, YYYY-MM or a range `a..b`; empty where the words or the day are missing.

    The last time named before the amount counts; its reach ends with a full stop.
    """
    book = _book()
    head = book.stop.split(setting.before(amount.span))[-1]
    found = [(m.end(), f"{m[1]}..{m[2]}") for m in book.range.finditer(head)]
    found += [_dated(head, m.end(), int(m[1]), published, book) for m in book.year.finditer(head)]
    if published:
        found += [(m.end(), f"{published[:4]}-01..{published[:7]}") for m in book.so_far.finditer(head)]
        found += [(m.end(), published[:7]) for m in book.as_of.finditer(head)]
        found += [
            _dated(head, m.end(), int(published[:4]) + book.relative[m[0]], published, book)
            for m in book.words.finditer(head)
        ]
    # A range ends where its last year does: of two that end alike the longer one counts.
    return max(found, key=lambda f: (f[0], len(f[1])))[1] if found else ""


def _dated(text: str, at: int, year: int, published: str, book: _Book) -> tuple[int, str]:
    """Read what may follow a year: a month, a part of it, or "since then"."""
    if (m := book.months.match(text, at)) and 1 <= int(m[1]) <= 12:
        return m.end(), f"{year}-01..{year}-{int(m[1]):02d}"
    if m := book.part.match(text, at):
        first, last = book.parts[m[0]]
        return m.end(), f"{year}-{last:02d}" if first == last else f"{year}-{first:02d}..{year}-{last:02d}"
    if (m := book.month.match(text, at)) and 1 <= int(m[1]) <= 12:
        return m.end(), f"{year}-{int(m[1]):02d}"
    if text.startswith(book.since, at) and published:
        return at + len(book.since), f"{year}..{published[:4]}" if str(year) != published[
            :4
        ] else f"{year}-01..{published[:7]}"
    return at, str(year)
