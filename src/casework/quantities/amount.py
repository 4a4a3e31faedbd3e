"""Amount: a number with its unit, its open ends, and how a numeral becomes one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from casework.quantities.grammar import Grammar, Unit
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


def read_number(text: str, g: Grammar) -> Number | None:
    """Read a numeral with its inner approximators; None where it is none."""
    bare = g.inside_mark.sub("", text)
    if bare == g.half_mark:
        return Number(Decimal("0.5"), Decimal("0.5"), False, False, Decimal(1))
    ends = numerals().value(bare)
    if ends is None:
        return None
    tail = re.fullmatch(r"[\d.,， ]+(\D+)", bare)
    power = numerals().value(tail[1]) if tail else None
    low, high = ends
    few, vague = g.some.fullmatch(text), text.startswith(g.few)
    about = any(w in text for w in g.inside_about)
    if few:
        step = numerals().value(few["power"])[0] if few["power"] else Decimal(1)  # type: ignore[index]
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
    return word not in g.bare_before or (m["a"] or m["b"])[0] in numerals().powers


def finish_amount(
    text: str,
    span: Span,
    ends: tuple[Decimal, Decimal],
    unit: Unit,
    effects: Sequence[str],
    rules: Sequence[str],
    g: Grammar,
) -> Amount:
    """Open the ends that the words leave open, and name the rule."""
    head = text[max(0, span.start - SETTER_REACH) : span.start]
    setter = g.setter.search(head)
    if setter and "low" not in effects and "high" not in effects and ends[0] == ends[1]:
        effects, rules = [*effects, setter.lastgroup or ""], [*rules, setter[0]]
    low, high = (float(round(e * Decimal(str(unit.times)), 6)) for e in ends)
    is_open, is_capped = "low" in effects, "high" in effects and "low" not in effects
    return Amount(
        span=span,
        low=None if is_capped else low,
        high=None if is_open else high,
        unit=unit.code,
        approx="both" in effects,
        rule=" ".join([unit.code, *rules]),
        dimension=unit.dimension,
        base_unit=unit.base,
        base_factor=unit.factor,
    )


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else round(value * factor, 6)
