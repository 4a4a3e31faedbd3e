"""Statistic, change, voice, period and subject of an amount."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import rjieba

from casework.claims.cues import Verdict
from casework.claims.setting import Setting
from casework.codebook import load_codebook
from casework.quantities import Amount

__all__ = ["find_about", "find_change", "find_period", "find_statistic", "find_voice", "is_estimate"]


@cache
def _section(name: str) -> Any:
    return load_codebook("claims").section(name)


@cache
def _pattern(section: str, key: str) -> re.Pattern[str]:
    words = _section(section)[key]
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))


def _head(amount: Amount, setting: Setting) -> str:
    return setting.text[setting.clause(amount.span).start : amount.span.start]


def find_statistic(amount: Amount, setting: Setting, per: tuple[str, ...]) -> str:
    """Tell a maximum, a minimum, a mean and a part of a sum from a total."""
    head = _head(amount, setting)
    for kind in ("maximum", "minimum"):
        if _pattern("statistic", kind).search(head[-8:]):
            return kind
    if _pattern("statistic", "mean").search(head):
        return "mean"
    sentence = setting.text[setting.sentence(amount.span).start : amount.span.start]
    return "part" if _pattern("statistic", "part").search(sentence) else "total"


def find_change(amount: Amount, setting: Setting) -> str:
    """Tell an increase or decrease by the amount from a level.

    "Rose by 700" is an increase of 700; "rose to 3,000" is a level of 3,000.
    """
    head = _head(amount, setting)
    near = head[-int(_section("change")["reach"]) :]
    if _pattern("change", "to").search(near) or near.endswith(tuple(_section("change")["level_after"])):
        return "level"
    for kind in ("increase", "decrease"):
        if _pattern("change", kind).search(near):
            return kind
    return "level"


def find_voice(amount: Amount, setting: Setting) -> str:
    """Tell what stands in quotation marks from the reporter's own words."""
    marks = _section("marks")
    depth = 0
    for ch in setting.text[: amount.span.start]:
        depth += ch in marks["open"][:3]
        depth -= ch in marks["close"][:3] and depth > 0
    if depth:
        return "quoted"
    sentence = setting.sentence(amount.span)
    spoken = re.search(rf"(?:{_pattern('voice', 'speech').pattern})[，,：:]", setting.text[sentence.start : amount.span.start])
    return "quoted" if spoken else "reporter"


def is_estimate(amount: Amount, setting: Setting) -> bool:
    """Tell whether the amount belongs to a reckoning in its sentence."""
    sentence = setting.text[setting.sentence(amount.span).start : amount.span.start]
    return _pattern("voice", "estimate").search(sentence) is not None


def find_period(amount: Amount, setting: Setting, published: str) -> str:
    """Resolve the time that an amount is about, against the date of the article.

    Gives YYYY, YYYY-MM or a range `a..b`; empty where the words or the date are missing.
    """
    sentence = setting.sentence(amount.span)
    head = setting.text[sentence.start : amount.span.start]
    said = _said_period(head, published)
    if said:
        return said
    earlier = setting.text[: sentence.start]
    last = max((e for e in setting.sentence_ends if e < sentence.start), default=0)
    return _said_period(earlier[last:], published)


def _said_period(words: str, published: str) -> str:
    s = _section("period")
    hits: list[tuple[int, int, str]] = []
    for m in re.finditer(s["range"], words):
        hits.append((m.end(), 2, f"{m[1]}..{m[2]}"))
    for m in re.finditer(s["month"], words):
        hits.append((m.end(), 1, f"{m[1]}-{int(m[2]):02d}"))
    for m in re.finditer(s["year"], words):
        hits.append((m.end(), 0, m[1]))
    if published:
        for m in _pattern("period", "relative").finditer(words):
            hits.append((m.end(), 0, _relative(m[0], published)))
    if not hits:
        return ""
    end = max(h[0] for h in hits)
    near = [h for h in hits if h[0] >= end - 4]
    return max(near, key=lambda h: (h[1], h[0]))[2]


def _relative(word: str, published: str) -> str:
    year = int(published[:4]) + int(_section("period")["relative"][word])
    if word in _section("period")["so_far"] and len(published) >= 7:
        return f"{year}-01..{published[:7]}"
    return str(year)


def find_about(amount: Amount, setting: Setting, verdict: Verdict) -> str:
    """Give the words that the amount is said of: the nouns that touch it, else the cue that decided."""
    tags = set(_section("said_of")["noun_tags"])
    clause = setting.clause(amount.span)
    counted = amount.dimension in ("count", "area", "mass", "volume")
    behind = _nouns(setting.text[amount.span.end : min(clause.end, amount.span.end + 16)], tags, first=True) if counted else ""
    if behind:
        return behind
    before = _nouns(setting.text[max(clause.start, amount.span.start - 14) : amount.span.start], tags, first=False)
    return before or verdict.word


def _nouns(text: str, tags: set[str], *, first: bool) -> str:
    """Give the run of nouns nearest to the amount, over at most two other words."""
    words = rjieba.tag(text)
    order = words if first else list(reversed(words))
    run: list[str] = []
    skipped = 0
    for word, tag in order:
        if tag in tags:
            run.append(word)
        elif run or skipped >= (0 if first else 2):
            break
        else:
            skipped += 1
    return "".join(run if first else reversed(run))
