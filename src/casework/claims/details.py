"""Statistic, change, voice and subject of an amount."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import rjieba

from casework.claims.cues import Verdict
from casework.claims.setting import Setting, Spot
from casework.codebook import load_codebook

__all__ = ["find_about", "find_change", "find_statistic", "find_voice", "is_estimate", "is_threshold"]

_SPEAKS = "，,：:"  # what follows a verb of speech that introduces what is said
_NAMED = ("count", "area", "mass", "volume")  # dimensions whose amounts are said of the noun behind them


@dataclass(frozen=True)
class _Change:
    level_after: tuple[str, ...]
    higher: re.Pattern[str]
    lower: re.Pattern[str]


@dataclass(frozen=True)
class _Threshold:
    dimensions: frozenset[str]
    behind: re.Pattern[str]


@dataclass(frozen=True)
class _SaidOf:
    noun_tags: frozenset[str]
    inner_tags: frozenset[str]
    skip: frozenset[str]


@cache
def _change() -> _Change:
    return load_codebook("claims").read("change", _Change)


@cache
def _threshold() -> _Threshold:
    return load_codebook("claims").read("threshold", _Threshold)


@cache
def _said_of() -> _SaidOf:
    return load_codebook("claims").read("said_of", _SaidOf)


def find_statistic(spot: Spot) -> str:
    """Tell a maximum, a minimum, a mean and a part of a sum from a total."""
    if "statistic.maximum" in spot.near:
        return "maximum"
    if "statistic.minimum" in spot.near:
        return "minimum"
    if "statistic.mean" in spot.here:
        return "mean"
    return "part" if "statistic.part" in spot.said else "total"


def find_change(spot: Spot) -> str:
    """Tell an increase or decrease by the amount from a level.

    "Rose by 700" is an increase of 700; "rose to 3,000" is a level of 3,000; "700 more than before" is an increase.
    """
    book = _change()
    if "change.to" in spot.near or spot.head.endswith(book.level_after):
        return "level"
    if "change.increase" in spot.near or ("change.than" in spot.here and book.higher.search(spot.head)):
        return "increase"
    lower = "change.decrease" in spot.near or ("change.than" in spot.here and book.lower.search(spot.head))
    return "decrease" if lower else "level"


def find_voice(spot: Spot, setting: Setting) -> str:
    """Tell what stands in quotation marks from the reporter's own words."""
    if setting.answers or setting.is_quoted(spot.start):
        return "quoted"
    if "voice.speech" not in spot.said:
        return "reporter"
    spoken = setting.signs.within("voice.speech", spot.sentence.start, spot.start - 1)
    return "quoted" if any(setting.text[s.end] in _SPEAKS for s in spoken) else "reporter"


def is_estimate(spot: Spot) -> bool:
    """Tell whether the amount belongs to a reckoning in its sentence."""
    return "voice.estimate" in spot.said


def is_threshold(spot: Spot, setting: Setting) -> bool:
    """Tell whether an amount only sorts what follows: the villages above so much."""
    amount = spot.amount
    if amount.low is not None and amount.low == amount.high:
        return False
    book = _threshold()
    return amount.dimension in book.dimensions and book.behind.match(setting.text, spot.end, spot.end + 8) is not None


def find_about(spot: Spot, setting: Setting, verdict: Verdict) -> str:
    """Give the words that the amount is said of: what is counted, else the words that the amount follows."""
    if spot.amount.dimension in _NAMED:
        behind = _noun_behind(setting.text[spot.end : min(spot.clause.end, spot.end + 12)])
        if behind:
            return behind
    said = verdict.span
    if said and spot.clause.start <= said.start and said.end <= spot.start and len(verdict.word) > 2:
        return verdict.word
    return _noun_before(spot.head[-24:]) or verdict.word


def _noun_behind(text: str) -> str:
    """Give the noun phrase that begins the text: words up to its last noun, no verb but a leading one."""
    book = _said_of()
    run: list[str] = []
    last = 0
    for word, tag in rjieba.tag(text):
        noun = tag in book.noun_tags
        if not noun and tag not in book.inner_tags and (run or tag != "v"):
            break
        run.append(word)
        if noun:
            last = len(run)
    return "".join(run[:last])


def _noun_before(text: str) -> str:
    """Give the last noun phrase of the text, over at most three other words behind it."""
    book = _said_of()
    run: list[str] = []
    skipped = 0
    for word, tag in reversed(rjieba.tag(text)):
        if tag in book.noun_tags and word not in book.skip:
            run.append(word)
        elif run or skipped >= 3 or tag in ("w", "x"):
            break
        else:
            skipped += 1
    return "".join(reversed(run))
