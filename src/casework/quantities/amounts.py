"""Find amounts in a clean text: value, unit, open ends, and the rule that read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from casework.quantities.amount import Amount, finish_amount, is_approximator, read_number
from casework.quantities.bare import find_bare, find_signed
from casework.quantities.grammar import Grammar, Unit, grammar
from casework.quantities.numerals import numerals
from casework.text import Span

__all__ = ["Amount", "find_amounts"]

MASK = "\0"
ZERO, HALF = Decimal(0), Decimal("0.5")


def find_amounts(text: str, never: Iterable[Span] = ()) -> list[Amount]:
    """Find all amounts of a clean text, from left to right, not overlapping.

    `never` are stretches whose numerals are no amounts, such as labels.

    >>> [(a.low, a.high, a.unit) for a in find_amounts("流转土地1000余亩，每户增收近3万元")]
    [(1000.0, None, 'mu'), (None, 30000.0, 'yuan')]
    """
    g = grammar()
    if g.numeral.search(text) is None:
        return []
    masked = _mask(text, [*(m.span() for m in g.blocked.finditer(text)), *never])
    found: list[Amount] = []
    for reader in (_fractions, find_signed, _plain, find_bare):
        read = list(reader(text, masked, g))
        masked = _mask(masked, [a.span for a in read])
        found += read
    return sorted(found, key=lambda a: a.span)


def _mask(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Put a character that no pattern knows over each span."""
    if not spans:
        return text
    out: list[str] = []
    at = 0
    for start, end in sorted(spans):
        if end > at:
            start = start if start > at else at
            out += text[at:start], MASK * (end - start)
            at = end
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
    coined = m["u"] in g.coins and _is_coin(text, m, g)
    unit = g.units[g.coins[m["u"]] if coined else _whole_unit(text, m, g)]
    start = m.start("b") if m["a"] is None else m.start("a")
    in_digits = m["b"][0].isdecimal()
    guard = None if coined else g.guards.get(m["u"])
    if guard and not guard.allows(text, start, m.end("u"), in_digits):
        return _shorter(text, m, g)
    pre = m["pre"] if m["pre"] and is_approximator(text, m, g) else ""
    if not in_digits and m["a"] is None and _refused(text, m, unit, pre, g):
        return []
    if m["ua"] and g.units[m["ua"]].code != unit.code:
        return []
    amount = _build(text, m, unit, pre, g)
    return [*_shared(text, amount, g), amount] if amount else []


def _whole_unit(text: str, m: re.Match[str], g: Grammar) -> str:
    """Give the unit of a match; in a list whose items have only its first part, the whole one: 0.4个和0.7个百分点."""
    part, whole = g.whole_of
    surface = m["u"]
    if surface == part and m["b"][0].isdecimal() and (last := whole.match(text, m.end("u"))) is not None:
        return next((u for u in g.units if u.startswith(part) and last[0].endswith(u)), surface)
    return surface


def _is_coin(text: str, m: re.Match[str], g: Grammar) -> bool:
    """Tell whether a coin is money: no counted thing follows it, and behind a large figure no piece of anything."""
    least, pieces = g.coin_pieces
    number = read_number(m["b"])
    large = number is not None and number.high >= least and not text.startswith(pieces, m.end("u"))
    if g.coin_nouns.search(text, max(0, m.start() - 6), m.start()):
        return False
    return large or g.coin_ends.match(text, m.end("u")) is not None


def _shorter(text: str, m: re.Match[str], g: Grammar) -> list[Amount]:
    """Try the next shorter unit at the same place, such as the adjective that is itself a classifier."""
    for end in range(m.end("u") - 1, m.end("b"), -1):
        shorter = g.amount.fullmatch(text, m.start(), end)
        if shorter is not None and shorter["b"] == m["b"]:
            return _read(text, shorter, g)
    return []


def _refused(text: str, m: re.Match[str], unit: Unit, pre: str, g: Grammar) -> bool:
    """Tell whether a Chinese numeral with a unit is an article, an idiom or part of a name."""
    number = m["b"]
    head = text[max(0, m.start("b") - 5) : m.start("b")]
    halved = unit.dimension != "count" and g.half_tail.match(text, m.end("u")) is not None
    within = any(w in m["u"] for w in (g.half_mark, *g.inside))
    marked = bool(pre or m["post"] or (m["tail"] and unit.dimension != "count") or halved or within)
    if number == g.half_mark:
        pointing = head.endswith(g.half_not_after) and not head.endswith(g.half_after)
        return unit.dimension in ("count", "percent", "times") or (not marked and pointing)
    if number == g.one:
        if m["u"] in g.coins and g.coin_rest.match(text, m.end("u")):
            return False
        if unit.dimension == "time" and text.startswith(g.one_before, m.end("u")):
            return False
        often = m["u"] in g.times[0] and g.times[1].search(text[max(0, m.start("b") - 12) : m.start("b")])
        limited = g.setter.search(head) and not head.endswith(g.reaching_not_one)
        return not (often or marked or head.endswith(g.one_after) or limited or m["u"] in g.one_units)
    if number == g.two and unit.dimension == "count":
        return True
    if (
        g.bare.fullmatch(number)
        and number[0] not in numerals().digits
        and len(number) == 1
        and numerals().powers[number] > 10
    ):
        told = marked or g.setter.search(head) or unit.dimension == "money" and head.endswith(g.powers_after)
        return unit.dimension in ("money", "time") and not told
    return number[0] in g.zeros


def _build(text: str, m: re.Match[str], unit: Unit, pre: str, g: Grammar) -> Amount | None:
    last = read_number(m["b"])
    first = read_number(m["a"]) if m["a"] else last
    if first is None or last is None:
        return None
    low, high = first.low, last.high
    if m["a"] and not m["ua"] and low < high and first.power == 1:
        low *= last.power
    if low > high:
        return None
    end, extra, most = _parts(text, m.end("u"), unit, g)
    if g.half_mark in m["u"]:
        extra = most = HALF
    tail = not extra and _has_tail(text, m, unit, g)
    post = m["post"] or ""
    if extra or (m["tail"] and not tail):
        post, end = "", end if extra else m.end("u")
        behind = g.after.match(text, end) if extra else None
        post, end = (behind[0], behind.end()) if behind else (post, end)
    elif not extra:
        end = m.end()
    start = m.start() if pre else m.start("a") if m["a"] else m.start("b")
    wide = tail or any(w in m["u"] for w in g.inside)
    effects = [g.effects[w] for w in (pre, post) if w] + last.effects + ["low"] * wide
    rules = [
        w for w in (pre, "range" if m["a"] else "", "inside" if last.open else "", "parts" if extra else "", post) if w
    ]
    span = Span(start, end)
    vague = first.vague or last.vague or (unit.code in g.relative["units"] and _is_relative(text, span, unit, pre, g))
    ends = (low + extra, high + most) if most else (low, high)
    return finish_amount(text, span, ends, unit, effects, rules, g, vague=vague)


def _has_tail(text: str, m: re.Match[str], unit: Unit, g: Grammar) -> bool:
    """Tell whether the approximator behind the unit belongs to the amount (three mu and more)."""
    if not m["tail"] or unit.dimension == "count":
        return False
    return not text.startswith(g.trailing_not_before, m.end("tail"))


def _parts(text: str, at: int, unit: Unit, g: Grammar) -> tuple[int, Decimal, Decimal]:
    """Add what follows in smaller units (123元1角1分, 一块三毛五), or the half behind a unit (一年半), to both ends."""
    extra, size = ZERO, Decimal(str(unit.times))
    pattern = g.part.get(unit.code)
    while pattern and (m := pattern.match(text, at)) is not None and (value := numerals().value(m[1])) is not None:
        extra += value[0] * Decimal(str(g.parts[unit.code][m[2]])) / size
        at = m.end()
    rest = g.coin_rest.match(text, at) if text[at - 1] in g.coins else None
    if rest and (value := numerals().value(rest[0])) is not None:
        # The lone digit behind a coin counts the next smaller one; of two Arabic ones the last counts hundredths.
        step = Decimal(str(g.units[g.coins[text[at - 1]]].times)) / size / (100 if rest[0][1:].isdecimal() else 10)
        return rest.end(), extra + value[0] * step, extra + value[1] * step
    if not extra and text.startswith(g.half_mark, at) and unit.dimension not in ("count", "percent") and g.half_tail.match(text, at):
        return at + len(g.half_mark), HALF, HALF
    return at, extra, extra


def _shared(text: str, amount: Amount, g: Grammar) -> Iterator[Amount]:
    """Give the amounts of a list that shares one unit: 3、5、8亩."""
    start = amount.span.start
    if not text.endswith(g.list_marks, 0, start) or amount.low is None or amount.low != amount.high:
        return
    m = g.list_head.search(text, max(0, start - 40), start)
    if m is None:
        return
    for item in re.finditer(r"\d+(?:\.\d+)?", m[0]):
        value = float(item[0])
        span = Span(m.start() + item.start(), m.start() + item.end())
        yield replace(amount, span=span, low=value, high=value, rule=f"{amount.rule} shared")


def _is_relative(text: str, span: Span, unit: Unit, pre: str, g: Grammar) -> bool:
    """Tell whether a time only points from now (three years ago), so that it measures nothing."""
    head = text[max(0, span.start - 2) : span.start]
    if unit.code == "month" and head.endswith(g.relative["month_before"]) and not head.endswith(g.half_after):
        return True
    before = g.relative["before"]
    return text.startswith(g.relative["after"], span.end) or pre in before or head.endswith(before)


def _fractions(text: str, masked: str, g: Grammar) -> Iterator[Amount]:
    return (_fraction(text, m, g) for m in g.fraction.finditer(masked)) if g.fraction_mark.search(masked) else iter(())


def _fraction(text: str, m: re.Match[str], g: Grammar) -> Amount:
    """Read 百分之十五, 三分之二, 一半, 翻一番."""
    unit = g.units["%"]
    if m["pct"]:
        factor = Decimal(str(g.shares[m["pct"]]))
        values = [numerals().value(p) for p in (m["p1"], m["p2"] or m["p1"])]
        low, high = ((v[i] * factor) if v else Decimal(0) for i, v in enumerate(values))
        high = max(low, high)
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
    post = m["post"] or m["post2"]
    effects = [g.effects[w] for w in (m["pre"], post) if w] + ["low"] * bool(m["more"] or g.half.get(m["word"] or ""))
    return finish_amount(
        text, Span(*m.span()), (low, high), unit, effects, [rule, *(w for w in (m["pre"], m["more"], post) if w)], g
    )
