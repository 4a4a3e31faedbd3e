"""Amount: a number with its unit, its open ends, and how a numeral becomes one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from casework.quantities.grammar import Grammar, Unit, grammar
from casework.quantities.numerals import numerals
from casework.text import Span

__all__ = ["Amount", "Number", "finish_amount", "is_approximator", "read_number"]

SETTER_REACH = 8


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, as the words say it.

    An end that the words leave open is None: `low=1000, high=None` is "more than 1000".
    `rule` names the pieces of grammar that fired; `vague` marks values that only point
    (some tens, three years ago).
    """

    span: Span
    low: float | None
    high: float | None
    unit: str
    approx: bool
    rule: str
    dimension: str
    base_unit: str
    base_factor: float
    vague: bool = False

    @property
    def base(self) -> tuple[float | None, float | None]:
        """Give both ends in the base unit of the dimension."""
        return _scaled(self.low, self.base_factor), _scaled(self.high, self.base_factor)


@dataclass(frozen=True, slots=True)
class Number:
    """A numeral with what stands inside it; `power` is the 万 of 5万, 1 in a numeral of one kind."""

    low: Decimal
    high: Decimal
    open: bool
    vague: bool
    power: Decimal
    about: bool = False

    @property
    def effects(self) -> list[str]:
        """Name what the words inside the numeral do to its ends."""
        return ["low"] * self.open + ["both"] * self.about


@lru_cache(20_000)
def read_number(text: str) -> Number | None:
    """Read a numeral with its inner approximators; None where it is none."""
    g = grammar()
    bare = g.inside_mark.sub("", text)
    if bare == g.half_mark:
        return Number(Decimal("0.5"), Decimal("0.5"), False, False, Decimal(1))
    ends = numerals().value(bare)
    if ends is None:
        return None
    tail = re.fullmatch(r"[\d.,， ]+(\D+)", bare)
    power = numerals().value(tail[1]) if tail else None
    low, high = ends
    few, vague = g.some.fullmatch(text) if bare != text else None, text.startswith(g.few)
    about = any(w in text for w in g.inside_about)
    if few:
        steps = numerals().value(few["power"]) if few["power"] else (Decimal(1),)
        if steps is None:
            return None
        step = steps[0]
        low, high, vague = low + step, high + 9 * step, low / step >= 100
    return Number(
        low=low,
        high=high,
        open=text != bare and not few and not vague and not about,
        vague=vague,
        power=power[0] if power else Decimal(1),
        about=about,
    )


def is_approximator(text: str, m: re.Match[str], g: Grammar) -> bool:
    """Tell whether the word before a numeral opens an end, and is not the tail of another word."""
    word = m["pre"]
    at = m.start("pre")
    if at and text[at - 1] in g.before_not_after.get(word, ()):
        return False
    return word not in g.bare_before or g.bare.fullmatch(g.inside_mark.sub("", m["a"] or m["b"])) is not None


def finish_amount(
    text: str,
    span: Span,
    ends: tuple[Decimal, Decimal],
    unit: Unit,
    effects: Sequence[str],
    rules: Sequence[str],
    g: Grammar,
    *,
    vague: bool = False,
) -> Amount:
    """Open the ends that the words leave open, and name the rule."""
    if ends[0] == ends[1] and "low" not in effects and "high" not in effects and (setter := find_setter(text, span.start, g)):
        effects, rules = [*effects, setter.lastgroup or ""], [*rules, setter[0]]
    is_open, is_capped = "low" in effects, "high" in effects and "low" not in effects
    return Amount(
        span,
        None if is_capped else _times(ends[0], unit.times),
        None if is_open else _times(ends[1], unit.times),
        unit.code,
        "both" in effects,
        " ".join([unit.code, *rules]),
        unit.dimension,
        unit.base,
        unit.factor,
        vague,
    )


def find_setter(text: str, start: int, g: Grammar) -> re.Match[str] | None:
    """Find the word before an amount that opens one of its ends."""
    reach = max(0, start - SETTER_REACH)
    return g.setter.search(text[reach:start]) if g.setter_mark.search(text, reach, start) else None


def _times(value: Decimal, times: float) -> float:
    return float(round(value if times == 1 else value * Decimal(str(times)), 6))


def _scaled(value: float | None, factor: float) -> float | None:
    """Change the unit: a factor is a rounded figure itself, so that the product is told to ten digits."""
    return value if value is None or factor == 1 else float(f"{value * factor:.10g}")
