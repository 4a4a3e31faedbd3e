"""Compile the codebook `quantities` into the patterns that find amounts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from casework.codebook import Codebook, load_codebook

__all__ = ["Grammar", "Guard", "Unit", "grammar"]

ARABIC = r"(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d{1,3}(?: \d{3})+(?!\d)|\d+)(?:\.\d+)?"


@dataclass(frozen=True, slots=True)
class Unit:
    """What an amount counts: its code, dimension, and the factors to unit and base."""

    code: str
    dimension: str
    base: str
    factor: float
    times: float = 1.0


@dataclass(frozen=True, slots=True)
class Guard:
    """The company in which a surface is a unit."""

    never: bool = False
    digits: bool = False
    after: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()

    def allows(self, text: str, start: int, unit_end: int, in_digits: bool) -> bool:
        """Tell whether the unit that ends at `unit_end`, of an amount from `start`, may stand there."""
        head, tail = text[max(0, start - 4) : start], text[unit_end : unit_end + 4]
        if (
            self.never
            or self.not_before
            and tail.startswith(self.not_before)
            or self.not_after
            and head.endswith(self.not_after)
        ):
            return False
        if self.digits and not in_digits or self.after and not self.digits:
            return bool(self.after) and head.endswith(self.after)
        return not self.before or tail.startswith(self.before)


@dataclass(frozen=True)
class Grammar:
    """Everything that `find_amounts` needs, compiled once."""

    units: Mapping[str, Unit]
    guards: Mapping[str, Guard]
    parts: Mapping[str, Mapping[str, float]]
    amount: re.Pattern[str]
    fraction: re.Pattern[str]
    people: re.Pattern[str]
    list_head: re.Pattern[str]
    blocked: re.Pattern[str]
    setter: re.Pattern[str]
    effects: Mapping[str, str]
    doubled: Mapping[str, int]
    half: frozenset[str]
    bare: re.Pattern[str]
    before_not_after: Mapping[str, tuple[str, ...]]
    trailing_not_before: tuple[str, ...]
    one_after: tuple[str, ...]
    one_units: frozenset[str]
    one: str
    two: str
    few: tuple[str, ...]
    inside: tuple[str, ...]
    inside_mark: re.Pattern[str]
    relative: Mapping[str, tuple[str, ...]]
    zeros: str
    bare_before: frozenset[str]
    permille: tuple[str, ...]
    person: tuple[str, ...]
    coins: Mapping[str, str]
    coin_ends: tuple[str, ...]
    times: tuple[frozenset[str], re.Pattern[str]]
    half_mark: str


def any_of(words: Iterable[str]) -> str:
    """Write a pattern for one of several words, the longest first."""
    return "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w)))


@cache
def grammar() -> Grammar:
    """Give the grammar of the built-in codebook."""
    return _compile(load_codebook("quantities"))


def _compile(book: Codebook) -> Grammar:
    s = book.section
    digits, powers = "".join(s("digits")), "".join(s("powers"))
    units = _units(book)
    # A power that begins a unit (kilo in kilometre) belongs to the unit.
    own = f"(?!{any_of(u for u in units if u[0] in powers)})"
    power = f"(?:{own}[{powers}])+"
    chinese = f"(?:{own}[{digits}{powers}])+"
    few = any_of(s("indefinite"))
    number = rf"(?:{ARABIC}(?:{power}(?:\d+(?:\.\d+)?{power})*)?|{chinese}|{s('half_mark')})"
    inside = f"[{''.join(s('inside'))}]"
    before = any_of([*(w for ws in s("before").values() for w in ws), *s("bare_before")])
    after = any_of(w for ws in s("after").values() for w in ws)
    surface = any_of(units)
    adjective = f"(?:[{''.join(s('adjectives'))}](?=(?:{any_of(s('adjective_units'))})))?"
    marks = any_of(s("range_marks"))
    quantity = rf"(?:(?:{few})(?=[{powers}]))?{number}(?:{few})?{inside}?(?:{power})?{inside}?"
    amount = (
        rf"(?P<pre>{before})?\s?"
        rf"(?:(?P<a>{quantity})\s?(?P<ua>{surface})?\s?(?:{marks})\s?(?P<pre2>{before})?)?"
        rf"(?P<b>{quantity})\s?{adjective}(?P<u>{surface})"
        rf"(?P<tail>[{''.join(s('trailing'))}])?(?P<post>{after})?"
    )
    fr = s("fractions")
    number_plain = rf"(?:{ARABIC}|{chinese})"
    percent = rf"(?P<pct>{any_of([*fr['percent_of'], *fr['permille_of']])})(?P<p1>{number_plain})"
    percent += rf"(?:(?:{marks})(?:{any_of(fr['percent_of'])})?(?P<p2>{number_plain}))?"
    ratio = rf"(?P<den>{chinese}|\d+){fr['of']}(?P<num>{chinese}|\d+)"
    tenths = rf"(?P<t1>[{digits}]|\d){fr['tenths']}(?P<t2>[{digits}{s('half_mark')}])(?![{powers}])"
    word = f"(?P<word>{any_of([*fr['half'], *fr['doubled']])})"
    fraction = f"(?P<pre>{before})?(?:{percent}|{ratio}|{tenths}|{word})(?P<post>{after})?"
    return Grammar(
        units=units,
        guards=_guards(book),
        parts={u: dict(p) for u, p in s("parts").items()},
        amount=re.compile(amount),
        fraction=re.compile(fraction),
        people=re.compile(
            rf"(?P<pre>{before})?(?P<b>{ARABIC}{inside}?[{powers}]+{inside}?)(?=(?:{any_of(s('people'))}))"
        ),
        list_head=re.compile(r"(?:\d+(?:\.\d+)?、)+$"),
        blocked=re.compile("|".join([any_of(book.terms("never")), *s("blocked").values()])),
        setter=re.compile(f"(?P<low>{any_of(s('setters')['low'])})$|(?P<high>{any_of(s('setters')['high'])})$"),
        effects=_effects(book),
        doubled=dict(fr["doubled"]),
        half=frozenset(fr["half"]),
        bare=re.compile(f"[{powers}]+"),
        before_not_after={w: tuple(ws) for w, ws in s("before_not_after").items()},
        trailing_not_before=tuple(s("trailing_not_before")),
        one_after=tuple(s("one_after")),
        one_units=frozenset(s("one_units")),
        one=next(c for c, v in s("digits").items() if v == 1),
        two=next(c for c, v in s("digits").items() if v == 2),
        few=tuple(s("indefinite")),
        inside=tuple(s("inside")),
        inside_mark=re.compile(any_of([*s("inside"), *s("indefinite")])),
        relative={k: tuple(v) for k, v in s("relative").items()},
        zeros="".join(c for c, v in s("digits").items() if v == 0),
        bare_before=frozenset(s("bare_before")),
        permille=tuple(fr["permille_of"]),
        person=tuple(s("person")),
        coins=dict(s("coins")),
        coin_ends=tuple(s("coin_ends")),
        times=(frozenset(s("one_times")["units"]), re.compile(any_of(s("one_times")["before"]))),
        half_mark=s("half_mark"),
    )


def _effects(book: Codebook) -> dict[str, str]:
    effects = {w: effect for part in ("before", "after") for effect, ws in book.section(part).items() for w in ws}
    return effects | dict.fromkeys(book.section("bare_before"), "low")


def _units(book: Codebook) -> dict[str, Unit]:
    units: dict[str, Unit] = {c: Unit(f"count:{c}", "count", "count", 1.0) for c in book.terms("classifiers")}
    plain: dict[str, Unit] = {}
    for code, entry in book.section("units").items():
        book.check_keys(entry, f"unit '{code}'", ("surfaces", "dimension", "base", "factor"))
        plain[code] = Unit(code, entry["dimension"], entry["base"], float(entry["factor"]))
        units |= dict.fromkeys(entry["surfaces"], plain[code])
    for surface, entry in book.section("converted").items():
        u = plain[entry["unit"]]
        units[surface] = Unit(u.code, u.dimension, u.base, u.factor, float(entry["times"]))
    return units


def _guards(book: Codebook) -> dict[str, Guard]:
    lists = ("after", "not_after", "before", "not_before")
    guards = {}
    for surface, entry in book.section("guarded").items():
        book.check_keys(entry, f"guard of '{surface}'", (), ("never", "digits", *lists))
        guards[surface] = Guard(
            bool(entry.get("never")), bool(entry.get("digits")), *(tuple(entry.get(k, ())) for k in lists)
        )
    return guards
