"""Names that stand beside what is told and lead nothing: neighbours, scenery, means, far markets, names of things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from casework.codebook import load_codebook
from casework.places.hits import Hit, Page

__all__ = ["FAR", "mark_asides"]

NAMED = "in_name"
FAR = "far?"
BARE = frozenset({"stem", "town_stem", "village_stem"})
LOOK = 16


@dataclass(frozen=True)
class _Book:
    before: re.Pattern[str]
    pairs: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    far: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    joins: frozenset[str]
    most: int
    heading: int


@cache
def _book() -> _Book:
    book = load_codebook("places")
    aside, quoted = book.section("aside"), book.section("quoted")
    return _Book(
        before=re.compile(aside["before"]),
        pairs=tuple(
            (re.compile(aside[a]), re.compile(aside[b]))
            for a, b in (("along", "across"), ("by", "kinds"), ("with", "hub"))
        ),
        far=tuple((re.compile(a), re.compile(b)) for a, b in aside["far"]),
        joins=frozenset(book.terms("joins")),
        most=quoted["most"],
        heading=quoted["heading"],
    )


def mark_asides(page: Page, groups: Sequence[list[Hit]]) -> None:
    """Flag the names that lead nothing; `far?` those that do so only where they lie far from what the page is about."""
    for run in _runs(page, groups):
        flag = _flag(page, run[0][0].start, run[-1][-1].end)
        if not flag and len(run) == 1 and len(run[0]) == 1 and run[0][0].kind in BARE and _in_quotes(page, run[0][0]):
            flag = NAMED
        if flag:
            for hit in (h for group in run for h in group):
                hit.flags.add(flag)


def _runs(page: Page, groups: Sequence[list[Hit]]) -> Iterator[list[list[Hit]]]:
    """Yield groups that a list joins together; words that point back stand alone."""
    run: list[list[Hit]] = []
    for group in groups:
        if group[-1].kind == "back":
            continue
        if run and page.text[run[-1][-1].end : group[0].start] not in _book().joins:
            yield run
            run = []
        run.append(group)
    if run:
        yield run


def _flag(page: Page, start: int, end: int) -> str:
    book = _book()
    before = page.text[max(0, start - LOOK) : start].rpartition("\n")[2]
    after = page.text[end : end + LOOK].partition("\n")[0]
    if book.before.search(before) or any(a.search(before) and b.match(after) for a, b in book.pairs):
        return NAMED
    return FAR if any(a.search(before) and b.match(after) for a, b in book.far) else ""


def _in_quotes(page: Page, hit: Hit) -> bool:
    """Tell whether quotation marks hold a bare name and other words, and no sentence, inside a paragraph."""
    book, text = _book(), page.text
    opened = text.rfind("\u201c", max(0, hit.start - book.most), hit.start)
    closed = text.find("\u201d", hit.end, hit.end + book.most)
    inside = text[opened + 1 : closed] if opened >= 0 and closed >= 0 else ""
    if (
        not inside
        or len(inside) > book.most
        or inside == text[hit.start : hit.end]
        or not all(map(page.han, range(opened + 1, closed)))
    ):
        return False
    return text.find("\n", closed) - text.rfind("\n", 0, opened) > book.heading or text.find("\n", closed) < 0
