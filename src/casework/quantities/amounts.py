"""Find amounts in a clean text: value, unit, open ends, and the rule that read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from casework.quantities.grammar import Grammar, Unit, grammar
from casework.quantities.numerals import numerals
from casework.text import Span

__all__ = ["Amount", "find_amounts"]

MASK = "\0"
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


def find_amounts(text: str, never: Iterable[Span] = ()) -> list[Amount]:
    """Find all amounts of a clean text, from left to right, not overlapping.

    `never` are stretches whose numerals are no amounts, such as labels.

    >>> [(a.low, a.high, a.unit) for a in find_amounts("流转土地1000余亩，每户增收近3万元")]
    [(1000.0, None, 'mu'), (None, 30000.0, 'yuan')]
    """
    g = grammar()
    masked = _mask(text, [*(Span(*m.span()) for m in g.blocked.finditer(text)), *never])
    found = [_fraction(text, m, g) for m in g.fraction.finditer(masked)]
    masked = _mask(masked, [a.span for a in found])
    plain = list(_plain(text, masked, g))
    masked = _mask(masked, [a.span for a in plain])
    people = [_people(text, m, g) for m in g.people.finditer(masked)]
    return sorted([a for a in (*found, *plain, *people) if a is not None], key=lambda a: a.span)


def _mask(text: str, spans: Iterable[Span]) -> str:
    """Put a character that no pattern knows over each span."""
    out: list[str] = []
    at = 0
    for s in sorted(spans):
        if s.end > at:
            start = max(s.start, at)
            out += text[at:start], MASK * (s.end - start)
            at = s.end
    out.append(text[at:])
    return "".join(out)


def _plain(text: str, masked: str, g: Grammar) -> Iterator[Amount]:
    at = 0
    while (m := g.amount.search(masked, at)) is not None:
        amounts = _read(text, m, g)
        yield from amounts
        # Behind a refused match go on after its first numeral: a second one may be an amount.
        at = amounts[-1].span.end if amounts else m.end("a") if m["a"] else m.end("b")


def _read(text: str, m: re.Match[str], g: Grammar) -> list[Amount]:
    """Turn a match into its amounts: none where the company refuses it, several in a list."""
    unit = _unit(text, m, g)
    start = m.start("b") if m["a"] is None else m.start("a")
    in_digits = m["b"][0].isascii() and m["b"][0].isdigit()
    guard = g.guards.get(m["u"])
    if guard and not guard.allows(text, start, m.end("u"), in_digits):
        return _shorter(text, m, g)
    pre = m["pre"] if m["pre"] and _is_approximator(text, m, g) else ""
    if not in_digits and m["a"] is None and _refused(text, m, unit, pre, g):
        return []
    if m["ua"] and g.units[m["ua"]].code != unit.code:
        return []
    amount = _build(text, m, unit, pre, g)
    return [*_shared(text, amount, g), amount] if amount else []


def _unit(text: str, m: re.Match[str], g: Grammar) -> Unit:
    """Give the unit of a surface; a coin is money only where no counted thing follows."""
    coin = g.coins.get(m["u"])
    if coin and (m.end() >= len(text) or text.startswith(g.coin_ends, m.end("u"))):
        return next(u for u in g.units.values() if u.code == coin)
    return g.units[m["u"]]


def _shorter(text: str, m: re.Match[str], g: Grammar) -> list[Amount]:
    """Try the next shorter unit at the same place, such as the adjective that is itself a classifier."""
    for end in range(m.end("u") - 1, m.end("b"), -1):
        shorter = g.amount.fullmatch(text, m.start(), end)
        if shorter is not None and shorter["b"] == m["b"]:
            return _read(text, shorter, g)
    return []


def _is_approximator(text: str, m: re.Match[str], g: Grammar) -> bool:
    word = m["pre"]
    if m.start() and text[m.start() - 1] in g.before_not_after.get(word, ()):
        return False
    return word not in g.bare_before or (m["a"] or m["b"])[0] in numerals().powers


def _refused(text: str, m: re.Match[str], unit: Unit, pre: str, g: Grammar) -> bool:
    """Tell whether a Chinese numeral with a unit is an article, an idiom or part of a name."""
    number = m["b"]
    head = text[max(0, m.start("b") - 5) : m.start("b")]
    marked = bool(pre or m["post"] or (m["tail"] and unit.dimension != "count"))
    if number == g.half_mark:
        return unit.dimension == "count" or not marked
    if number == g.one:
        often = m["u"] in g.times[0] and g.times[1].search(text[max(0, m.start("b") - 12) : m.start("b")])
        return not (often or marked or head.endswith(g.one_after) or g.setter.search(head) or m["u"] in g.one_units)
    if number == g.two and unit.dimension == "count":
        return True
    if (
        g.bare.fullmatch(number)
        and number[0] not in numerals().digits
        and len(number) == 1
        and numerals().powers[number] > 10
    ):
        return unit.dimension in ("money", "time") and not marked
    return number[0] in g.zeros


def _build(text: str, m: re.Match[str], unit: Unit, pre: str, g: Grammar) -> Amount | None:
    first, last = _number(m["a"] or m["b"], g), _number(m["b"], g)
    if first is None or last is None:
        return None
    low, high = first.low, last.high
    if m["a"] and not m["ua"] and low < high and first.power == 1:
        low *= last.power
    if low > high:
        return None
    end, extra = _parts(text, m.end("u"), unit, g)
    if g.half_mark in m["u"]:
        extra = Decimal("0.5")
    tail = not extra and _has_tail(text, m, unit, g)
    post = m["post"] or ""
    if extra or (m["tail"] and not tail):
        post, end = "", end if extra else m.end("u")
    elif not extra:
        end = m.end()
    start = m.start() if pre else m.start("a") if m["a"] else m.start("b")
    effects = [g.effects[w] for w in (pre, post) if w] + (["low"] if tail or last.open else [])
    rules = [
        w for w in (pre, "range" if m["a"] else "", "inside" if last.open else "", "parts" if extra else "", post) if w
    ]
    amount = _finish(text, Span(start, end), (low + extra, high + extra), unit, effects, rules, g)
    vague = first.vague or last.vague or _is_relative(text, amount, pre, g)
    return replace(amount, vague=vague)


@dataclass(frozen=True, slots=True)
class _Number:
    """A numeral with what stands inside it; `power` is the 万 of 5万, 1 in a numeral of one kind."""

    low: Decimal
    high: Decimal
    open: bool
    vague: bool
    power: Decimal


def _number(text: str, g: Grammar) -> _Number | None:
    bare = g.inside_mark.sub("", text)
    if bare == g.half_mark:
        return _Number(Decimal("0.5"), Decimal("0.5"), False, False, Decimal(1))
    ends = numerals().value(bare)
    if ends is None:
        return None
    tail = re.fullmatch(r"[\d.,， ]+(\D+)", bare)
    power = numerals().value(tail[1]) if tail else None
    low, high = ends
    few = text.endswith(g.few)
    return _Number(
        low=low + 1 if few else low,
        high=high + 9 if few else high,
        open=text != bare and not few and not text.startswith(g.few),
        vague=text.startswith(g.few) or (few and low >= 100),
        power=power[0] if power else Decimal(1),
    )


def _has_tail(text: str, m: re.Match[str], unit: Unit, g: Grammar) -> bool:
    """Tell whether the approximator behind the unit belongs to the amount (three mu and more)."""
    if not m["tail"] or unit.dimension in ("count", "percent"):
        return False
    return not text.startswith(g.trailing_not_before, m.end("tail"))


def _parts(text: str, at: int, unit: Unit, g: Grammar) -> tuple[int, Decimal]:
    """Add what follows in smaller units: 123元1角1分."""
    extra = Decimal(0)
    smaller = g.parts.get(unit.code)
    if not smaller:
        return at, extra
    pattern = re.compile(rf"(\d+|[{''.join(numerals().digits)}])({'|'.join(sorted(smaller, key=len, reverse=True))})")
    while (m := pattern.match(text, at)) is not None and (value := numerals().value(m[1])) is not None:
        extra += value[0] * Decimal(str(smaller[m[2]]))
        at = m.end()
    return at, extra


def _finish(
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


def _shared(text: str, amount: Amount, g: Grammar) -> Iterator[Amount]:
    """Give the amounts of a list that shares one unit: 3、5、8亩."""
    m = g.list_head.search(text, max(0, amount.span.start - 40), amount.span.start)
    if m is None or amount.low is None or amount.low != amount.high:
        return
    for item in re.finditer(r"\d+(?:\.\d+)?", m[0]):
        value = float(item[0])
        span = Span(m.start() + item.start(), m.start() + item.end())
        yield replace(amount, span=span, low=value, high=value, rule=f"{amount.rule} shared")


def _is_relative(text: str, a: Amount, pre: str, g: Grammar) -> bool:
    """Tell whether a time only points from now (three years ago), so that it measures nothing."""
    if a.unit not in g.relative["units"]:
        return False
    if a.unit == "month" and text[max(0, a.span.start - 2) : a.span.start].endswith(g.relative["month_before"]):
        return True
    behind = text.startswith(g.relative["after"], a.span.end)
    return (
        behind
        or pre in g.relative["before"]
        or text[max(0, a.span.start - 2) : a.span.start].endswith(g.relative["before"])
    )


def _fraction(text: str, m: re.Match[str], g: Grammar) -> Amount:
    """Read 百分之十五, 三分之二, 一半, 翻一番."""
    unit = g.units["%"]
    if m["pct"]:
        factor = Decimal("0.1") if m["pct"] in g.permille else Decimal(1)
        values = [numerals().value(p) for p in (m["p1"], m["p2"] or m["p1"])]
        low, high = ((v[i] * factor) if v else Decimal(0) for i, v in enumerate(values))
        rule = "percent in words"
    elif m["den"]:
        den, num = numerals().value(m["den"]), numerals().value(m["num"])
        low = high = round(num[0] / den[0] * 100, 2) if den and num and den[0] else Decimal(0)
        rule = "fraction"
    elif m["t1"]:
        tens, ones = numerals().value(m["t1"]), numerals().value(m["t2"]) or (Decimal(5),)  # half of a tenth
        low = high = tens[0] * 10 + ones[0] if tens else Decimal(0)
        rule = "tenths"
    elif m["word"] in g.half:
        low, high, rule = Decimal(50), Decimal(50), "half"
    else:
        low = high = Decimal(g.doubled[m["word"]])
        unit, rule = next(u for u in g.units.values() if u.code == "times"), "doubled"
    effects = [g.effects[w] for w in (m["pre"], m["post"]) if w]
    return _finish(
        text, Span(*m.span()), (low, high), unit, effects, [rule, *(w for w in (m["pre"], m["post"]) if w)], g
    )


def _people(text: str, m: re.Match[str], g: Grammar) -> Amount | None:
    """Read a number of people that has no classifier: 900万人口."""
    number = _number(m["b"], g)
    if number is None:
        return None
    unit = next(u for s, u in g.units.items() if s in g.person)
    pre = m["pre"] or ""
    effects = ([g.effects[pre]] if pre else []) + (["low"] if number.open else [])
    return _finish(
        text,
        Span(m.start() if pre else m.start("b"), m.end()),
        (number.low, number.high),
        unit,
        effects,
        ["people", *([pre] if pre else [])],
        g,
    )


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else round(value * factor, 6)
