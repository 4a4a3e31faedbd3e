"""Does one stretch of text go on in another? Sentences cut by a column break, and columns out of order."""

from __future__ import annotations

from functools import cache

import rjieba

from casework.articles.patterns import book_pattern, ends_closed, is_enumerated
from casework.codebook import load_codebook

__all__ = ["JOIN", "MOVE", "crosses", "seam"]

JOIN = 0.5
MOVE = 0.75
_REACH = 8
_OPEN, _CLOSE = "\u201c\u300a\uff08", "\u201d\u300b\uff09"


def seam(before: str, after: str, page: str, indented: bool = False) -> float:
    """Say how likely `after` goes on where `before` stops, from 0 to 1.

    Counted are a word that lies across the seam (in the dictionary, or elsewhere on the page),
    quotation marks that close, how the second stretch opens, and whether the first is a whole sentence. `indented` says
    that the page indents its paragraphs and the second stretch is indented.

    >>> page = "各村学习内容不一。"
    >>> seam("全镇组织党员学", "习内容有五项。", page) > seam("全镇组织党员学", "近年来粮价上涨。", page)
    True
    """
    if ends_closed(before) or not before or not after:
        return 0.0
    score = 0.5
    if crosses(before, after, page):
        score += 0.4
    if before[-1] in "\uff0c\u3001,\u201c\u300a\uff08":
        score += 0.2
    elif before[-1] in "\u201d\u300b":
        score -= 0.2
    score -= 0.3 * indented
    if _goes_on(after):
        score += 0.15
    elif book_pattern("openers").match(after) or is_enumerated(after):
        score -= 0.3
    return min(1.0, max(0.0, score + _quotes(before, after)))


def crosses(before: str, after: str, page: str) -> bool:
    """Tell whether a word lies across the seam: one of the dictionary, or a string that the page has elsewhere."""
    left, right = before[-_REACH:], after[:_REACH]
    if not left[-1].isalnum() or not right[0].isalnum() or left[-1].isascii() or right[0].isascii():
        return False
    at = 0
    for word in rjieba.cut(left + right, False):
        if at < len(left) < at + len(word):
            return True
        at += len(word)
    grams = [(left[-2:] + right[:1], 2), (left[-1:] + right[:2], 2), (left[-2:] + right[:2], 1)]
    return any(g.isalnum() and len(g) > 2 and page.count(g) >= n for g, n in grams)


def _quotes(before: str, after: str) -> float:
    """Reward a quotation that the second stretch closes; doubt one that it does not."""
    last = before[-400:]
    for left, right in zip(_OPEN, _CLOSE, strict=True):
        if last.count(left) > last.count(right):
            first_close, first_open = after.find(right), after.find(left)
            closes = first_close >= 0 and (first_open < 0 or first_close < first_open)
            return 0.25 if closes else -0.15
    return 0.0


def _goes_on(words: str) -> bool:
    """Tell whether a stretch begins as only the rest of a sentence does."""
    return words.startswith(_goers_on())


@cache
def _goers_on() -> tuple[str, ...]:
    return load_codebook("articles").terms("goers_on")
