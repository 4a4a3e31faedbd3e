"""Headings that open a paragraph as its first sentence: cut off as subheads where an article does so again and again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from casework.articles.model import Passage
from casework.articles.patterns import book_pattern
from casework.text import Span, Text

__all__ = ["cut_run_ins"]

LEAST = 3  # paragraphs of an article that must open alike before any is cut
EVEN = 9  # characters of headings that are alike by their length


def cut_run_ins(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Cut run-in headings off their paragraphs.

    A short first sentence is a heading only where at least three paragraphs open with one of the
    same make: the same first two characters or the same last, as short as each other, or each with words in quotation marks.
    """
    heads = {i: m.end() for i, p in enumerate(passages) if p.role == "body" and (m := book_pattern("run_in").match(p.text.clean))}
    makes = {i: _make(passages[i].text.clean[:end]) for i, end in heads.items()}
    often = Counter(make for kinds in makes.values() for make in kinds)
    out: list[Passage] = []
    for i, p in enumerate(passages):
        if i in heads and any(often[make] >= LEAST for make in makes[i]) and _can_cut(p.text, heads[i]):
            out.append(Passage("subhead", p.text.cut(Span(0, heads[i]), rims=True)))
            out.append(Passage("body", p.text.cut(Span(heads[i], len(p.text)), rims=True)))
        else:
            out.append(p)
    return tuple(out)


def _make(sentence: str) -> frozenset[str]:
    quoted = {"quoted"} if re.search("“[^”]+”", sentence) else set()
    even = {f"of {len(sentence)}"} if len(sentence) <= EVEN else set()
    return frozenset({sentence[:2], f"ends in {sentence[-2:-1]}", *even, *quoted})


def _can_cut(text: Text, at: int) -> bool:
    """Tell whether both sides of a clean position keep all their raw characters: nothing was cut out or merged there."""
    return all(not (r.start == r.end == at) and (r.even or r.end <= at or r.start >= at) for r in text.runs)
