"""Amounts that have no unit behind their numeral: money by its sign or its verb, table headers, people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from casework.quantities.amount import Amount, finish_amount, is_approximator, read_number
from casework.quantities.grammar import Grammar, Unit
from casework.text import Span

__all__ = ["find_bare", "find_signed"]

CUE_REACH = 12
YEARS = ("19", "20")
PEOPLE_FROM = 10
SUM_FROM = 100


def find_signed(text: str, masked: str, g: Grammar) -> Iterator[Amount]:
    """Find money whose currency stands before it, and the figure behind a table header with its unit."""
    for m in g.signed.finditer(masked):
        unit = g.signs[m["sign"]]
        # 人民币300元 reads as 300元: only a foreign sign changes the unit.
        if not (m["unit"] and unit.code == g.money.code):
            yield from _amount(text, m, m.start(), unit, "sign", g)
    for m in g.header.finditer(masked):
        yield from _amount(text, m, m.start(), _header(m, g), "header", g)


def _header(m: re.Match[str], g: Grammar) -> Unit:
    """Give the unit of a table header; a power alone stands for money."""
    surface = m["hu"] or m["hu2"]
    unit = g.units[surface] if surface else g.money
    power = read_number(m["hp"]) if m["hp"] else None
    return replace(unit, times=unit.times * float(power.low)) if power else unit


def find_bare(text: str, masked: str, g: Grammar) -> Iterator[Amount]:
    """Find people counted without a classifier, and money that only its verb tells."""
    for m in g.people.finditer(masked) if g.people_mark.search(masked) else ():
        if _counts_people(m, g):
            yield from _amount(text, m, m.start("b"), g.people_units[m["noun"]], "people", g)
    for m in g.money_bare.finditer(masked) if g.money_mark.search(masked) else ():
        start = m.start() if m["pre"] else m.start("a") if m["a"] else m.start("b")
        cues = g.money_cues[g.big.search(m["b"]) is not None]
        if (m["b"][0].isdigit() or _is_sum(m["b"])) and cues.search(text, max(0, start - CUE_REACH), start):
            yield from _amount(text, m, start, g.money, "bare", g)


def _is_sum(words: str) -> bool:
    """Tell whether a numeral in words is large enough for money that only its verb tells: from a hundred on."""
    number = read_number(words)
    return number is not None and number.low >= SUM_FROM


def _counts_people(m: re.Match[str], g: Grammar) -> bool:
    """Tell a number of people from a year, a village's number and an idiom of powers alone."""
    number = read_number(m["b"])
    if number is None or number.high < PEOPLE_FROM:
        return False
    marked = bool(m["pre"]) or number.open
    if m["b"].isdigit() and len(m["b"]) == 4 and m["b"][:2] in YEARS:
        return marked
    return marked or not g.bare.fullmatch(m["b"])


def _amount(text: str, m: re.Match[str], start: int, unit: Unit, rule: str, g: Grammar) -> Iterator[Amount]:
    """Build the amount of a match with the groups pre, a, b, post."""
    first, last = read_number(m["a"] or m["b"]), read_number(m["b"])
    if first is None or last is None:
        return
    low, high = first.low, last.high
    if m["a"] and low < high and first.power == 1:
        low *= last.power
    if low > high:
        return
    pre = m["pre"] if m["pre"] and is_approximator(text, m, g) else ""
    post = m["post"] or ""
    effects = [g.effects[w] for w in (pre, post) if w] + last.effects
    if m["pre"] and not pre:
        start = max(start, m.start("pre") + len(m["pre"]))
    elif pre:
        start = min(start, m.start("pre"))
    rules = [rule, *(w for w in (pre, "range" if m["a"] else "", post) if w)]
    yield finish_amount(text, Span(start, m.end()), (low, high), unit, effects, rules, g, vague=first.vague or last.vague)
