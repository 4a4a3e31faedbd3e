"""Names that stand beside what is told and lead nothing: neighbours, scenery, means, far markets, names of things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from casework.codebook import load_codebook
from casework.places.hits import BARE, Hit, Page

__all__ = ["FAR", "NAMED", "lies_in", "mark_asides"]

NAMED = "in_name"
FAR = "far?"
LOOK = 16
_AROUND = (("along", "across"), ("by", "kinds"), ("with", "hub"), ("beside", "office"))


@dataclass(frozen=True)
class _Book:
    before: re.Pattern[str]
    pairs: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    far: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    best: re.Pattern[str]
    helper: re.Pattern[str]
    examples: re.Pattern[str]
    thing: re.Pattern[str]
    brand: re.Pattern[str]
    lies: re.Pattern[str]
    joins: frozenset[str]
    most: int
    heading: int


@cache
def _book() -> _Book:
    book = load_codebook("places")
    aside, quoted = book.section("aside"), book.section("quoted")
    return _Book(
        before=re.compile(aside["before"]),
        pairs=_pairs([[aside[before], aside[behind]] for before, behind in _AROUND]),
        far=_pairs(aside["far"]),
        best=re.compile(aside["best"]),
        helper=re.compile(aside["helper"]),
        examples=re.compile(aside["examples"]),
        thing=re.compile(aside["thing"]),
        brand=re.compile(aside["brand"]),
        lies=re.compile(aside["lies"]),
        joins=frozenset(book.terms("joins")),
        most=quoted["most"],
        heading=quoted["heading"],
    )


def _pairs(patterns: Sequence[Sequence[str]]) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((re.compile(a), re.compile(b)) for a, b in patterns)


def mark_asides(page: Page, groups: Sequence[list[Hit]]) -> None:
    """Flag the names that lead nothing; `far?` those that do so only where they lie far from what the page is about."""
    before = (0, "")
    for run in _runs(page, groups):
        hits = [h for group in run for h in group]
        flag = _flag(page, hits[0].start, hits[-1].end) or (NAMED if len(run) == 1 and _is_aside(page, run[0]) else "")
        if hits[0].kind == "back" and hits[0].start == before[0]:
            flag = before[1]
        before = (hits[-1].end, flag)
        if flag:
            for hit in hits:
                hit.flags.add(flag)


def _is_aside(page: Page, group: list[Hit]) -> bool:
    """Tell whether one name, or one word that points back, stands beside what is told by what it is."""
    book, text, hit = _book(), page.text, group[0]
    if hit.kind == "back":
        return book.helper.match(text[hit.start : hit.start + LOOK]) is not None
    if len(group) > 1 or hit.kind not in BARE:
        return False
    if hit.kind != "stem" and (book.thing.match(text[hit.end : hit.end + LOOK]) or _in_examples(page, hit)):
        return True
    brand = hit.kind == "stem" and page.han(hit.start - 1) and book.brand.match(text[hit.end : hit.end + LOOK]) is not None
    return (brand and not _is_heading(page, hit)) or _in_quotes(page, hit)


def _is_heading(page: Page, hit: Hit) -> bool:
    """Tell whether a name stands in a short passage, where it may be the heading's own."""
    end = page.text.find("\n", hit.end)
    return (end if end >= 0 else len(page.text)) - page.text.rfind("\n", 0, hit.start) <= _book().heading


def lies_in(between: str) -> bool:
    """Tell whether the words between two names say that the first place lies in the second."""
    return _book().lies.match(between) is not None


def _in_examples(page: Page, hit: Hit, most: int = 40) -> bool:
    """Tell whether a bare name is one of a list whose other members are no names."""
    after = page.text[hit.end : hit.end + most]
    return _book().examples.match(after) is not None


def _runs(page: Page, groups: Sequence[list[Hit]]) -> Iterator[list[list[Hit]]]:
    """Yield groups that touch or that a list joins together; words that point back stand alone."""
    run: list[list[Hit]] = []
    for group in groups:
        between = page.text[run[-1][-1].end : group[0].start] if run else ""
        if run and ("back" in (run[-1][-1].kind, group[-1].kind) or (between and between not in _book().joins)):
            yield run
            run = []
        run.append(group)
    if run:
        yield run


def _flag(page: Page, start: int, end: int) -> str:
    book = _book()
    before = page.text[max(0, start - LOOK) : start].rpartition("\n")[2]
    after = page.text[end : end + LOOK].partition("\n")[0]
    if (
        book.before.search(before)
        or book.best.match(after)
        or any(a.search(before) and b.match(after) for a, b in book.pairs)
    ):
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
    return not _is_heading(page, hit)
