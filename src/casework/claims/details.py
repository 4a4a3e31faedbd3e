"""Statistic, change, voice and subject of an amount."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import rjieba

from casework.claims.cues import Verdict
from casework.claims.setting import Setting
from casework.codebook import load_codebook, plain
from casework.quantities import Amount

__all__ = ["find_about", "find_change", "find_statistic", "find_voice", "is_estimate", "is_threshold"]


@cache
def _section(name: str) -> Any:
    return plain(load_codebook("claims").section(name))


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
    if _pattern("change", "to").search(near) or near.endswith(_section("change")["level_after"]):
        return "level"
    for kind in ("increase", "decrease"):
        if _pattern("change", kind).search(near):
            return kind
    return "level"


def find_voice(amount: Amount, setting: Setting) -> str:
    """Tell what stands in quotation marks from the reporter's own words."""
    if setting.is_quoted(amount.span) or re.match(_section("voice")["answer"], setting.text):
        return "quoted"
    sentence = setting.sentence(amount.span)
    spoken = re.search(
        rf"(?:{_pattern('voice', 'speech').pattern})[，,：:]", setting.text[sentence.start : amount.span.start]
    )
    return "quoted" if spoken else "reporter"


def is_estimate(amount: Amount, setting: Setting) -> bool:
    """Tell whether the amount belongs to a reckoning in its sentence."""
    sentence = setting.text[setting.sentence(amount.span).start : amount.span.start]
    return _pattern("voice", "estimate").search(sentence) is not None


def is_threshold(amount: Amount, setting: Setting) -> bool:
    """Tell whether an amount only sorts what follows: the villages above so much."""
    rule = _section("threshold")
    behind = setting.text[amount.span.end : amount.span.end + 8]
    bounded = amount.low is None or amount.high is None or amount.low != amount.high
    return bounded and amount.dimension in rule["dimensions"] and re.match(rule["behind"], behind) is not None


def find_about(amount: Amount, setting: Setting, verdict: Verdict) -> str:
    """Give the words that the amount is said of: what is counted, else the words that the amount follows."""
    clause = setting.clause(amount.span)
    if amount.dimension in ("count", "area", "mass", "volume"):
        behind = _noun_behind(setting.text[amount.span.end : min(clause.end, amount.span.end + 12)])
        if behind:
            return behind
    before = setting.text[clause.start : amount.span.start]
    if verdict.span and clause.covers(verdict.span) and verdict.span.end <= amount.span.start and len(verdict.word) > 2:
        return verdict.word
    return _noun_before(before[-24:]) or verdict.word


@cache
def _tags(kind: str) -> frozenset[str]:
    return frozenset(_section("said_of")[kind])


def _noun_behind(text: str) -> str:
    """Give the noun phrase that begins the text: words up to its last noun, no verb but a leading one."""
    nouns, between = _tags("noun_tags"), _tags("inner_tags")
    run: list[str] = []
    last = 0
    for word, tag in rjieba.tag(text):
        if tag not in nouns and tag not in between and (run or tag != "v"):
            break
        run.append(word)
        last = len(run) if tag in nouns else last
    return "".join(run[:last]) if last else ""


def _noun_before(text: str) -> str:
    """Give the last noun phrase of the text, over at most three other words behind it."""
    nouns = _tags("noun_tags")
    run: list[str] = []
    skipped = 0
    for word, tag in reversed(rjieba.tag(text)):
        if tag in nouns and word not in _section("said_of")["skip"]:
            run.append(word)
        elif run or skipped >= 3 or tag in ("w", "x"):
            break
        else:
            skipped += 1
    return "".join(reversed(run))
