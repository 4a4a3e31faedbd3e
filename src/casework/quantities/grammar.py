"""Compile the codebook `quantities` into the patterns that find amounts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from casework.codebook import Codebook, load_codebook
from casework.quantities.alternatives import any_of, one_of
from casework.quantities.units import Guard, Unit, read_guards, read_units

__all__ = ["Grammar", "Guard", "Unit", "grammar"]

# Each repetition is bounded: no text makes a pattern walk the same characters again and again.
ARABIC = (
    r"(?<!\d)(?:\d{1,3}(?:[,，]\d{3}){1,5}(?!\d)|\d{1,3}(?: \d{3}){1,5}(?!\d)|(?<!\d )\d(?: \d){2,5}(?! ?\d)|\d{1,15}+(?!\d))"
    r"(?: ?\.\d{1,8}+)?"
)
LONGEST = 16


@dataclass(frozen=True)
class Grammar:
    """Everything that `find_amounts` needs, compiled once."""

    units: Mapping[str, Unit]
    guards: Mapping[str, Guard]
    parts: Mapping[str, Mapping[str, float]]
    numeral: re.Pattern[str]
    amount: re.Pattern[str]
    fraction: re.Pattern[str]
    fraction_mark: re.Pattern[str]
    people: re.Pattern[str]
    people_mark: re.Pattern[str]
    people_units: Mapping[str, Unit]
    signed: re.Pattern[str]
    signs: Mapping[str, Unit]
    header: re.Pattern[str]
    money: Unit
    money_bare: re.Pattern[str]
    money_mark: re.Pattern[str]
    money_cues: Mapping[bool, re.Pattern[str]]
    list_head: re.Pattern[str]
    list_marks: tuple[str, ...]
    blocked: re.Pattern[str]
    setter: re.Pattern[str]
    setter_mark: re.Pattern[str]
    reaching_not_one: tuple[str, ...]
    after: re.Pattern[str]
    effects: Mapping[str, str]
    doubled: Mapping[str, int]
    half: Mapping[str, str]
    bare: re.Pattern[str]
    before_not_after: Mapping[str, tuple[str, ...]]
    trailing_not_before: tuple[str, ...]
    one_after: tuple[str, ...]
    one_units: frozenset[str]
    one_before: tuple[str, ...]
    one: str
    two: str
    few: tuple[str, ...]
    some: re.Pattern[str]
    inside_about: tuple[str, ...]
    inside: tuple[str, ...]
    inside_mark: re.Pattern[str]
    big: re.Pattern[str]
    relative: Mapping[str, tuple[str, ...]]
    zeros: str
    bare_before: frozenset[str]
    powers_after: tuple[str, ...]
    shares: Mapping[str, float]
    coins: Mapping[str, str]
    coin_rest: re.Pattern[str]
    coin_ends: re.Pattern[str]
    coin_pieces: tuple[int, tuple[str, ...]]
    coin_nouns: re.Pattern[str]
    whole_of: tuple[str, re.Pattern[str]]
    times: tuple[frozenset[str], re.Pattern[str]]
    half_mark: str
    half_not_after: tuple[str, ...]
    half_after: tuple[str, ...]
    half_tail: re.Pattern[str]
    part: Mapping[str, re.Pattern[str]]


@cache
def grammar() -> Grammar:
    """Give the grammar of the built-in codebook."""
    return _compile(load_codebook("quantities"))


@dataclass(frozen=True)
class _Words:
    """The pieces that several patterns are made of."""

    digits: str
    powers: str
    chinese: str
    few: str
    quantity: str
    before: str
    after: str
    marks: str
    surface: str
    begin: str

    def begun(self, pattern: str, also: str = "") -> str:
        """Let a pattern be tried only where an approximator or a numeral can begin: elsewhere it costs next to nothing."""
        return f"(?=[{self.begin}{also}])(?:{pattern})"


def _words(book: Codebook, units: Mapping[str, Unit]) -> _Words:
    s = book.section
    digits, powers = "".join(s("digits")), "".join(s("powers"))
    # A power that begins a unit (kilo in kilometre) belongs to the unit.
    own = f"(?!{any_of(u for u in units if u[0] in powers)})"
    power = f"(?:{own}[{powers}]){{1,4}}+"
    # A decimal is none before ten: that is a clock time.
    decimal = f"(?:{s('point')}[{digits}]{{1,4}}+(?![{powers[0]}])(?:{power})?)?"
    chinese = f"(?<![{digits}{powers}])(?:{own}[{digits}{powers}]){{1,{LONGEST}}}+{decimal}"
    few = any_of(s("indefinite"))
    mixed = rf"(?:(?:\d{{1,4}}(?:\.\d{{1,4}})?|[{digits}]){power}){{0,3}}"
    number = rf"(?:{ARABIC}(?:{power}{mixed})?|{chinese}|{s('half_mark')})"
    about = "".join(s("inside_about"))
    inside = f"(?:[{''.join(s('inside'))}]|[{about}](?<=[{powers}][{about}])(?<![{digits}{powers}][{powers}][{about}]))"
    before = [*(word for words in s("before").values() for word in words), *s("bare_before")]
    first = sorted({word[0] for word in [*before, *s("indefinite")]})
    return _Words(
        digits=digits,
        powers=powers,
        chinese=chinese,
        few=few,
        quantity=rf"(?:(?:{few})(?=[{powers}]))?{number}(?:{few})?(?:\s?{inside})?(?:{power})?{inside}?",
        before=any_of(before),
        after=any_of(w for ws in s("after").values() for w in ws),
        marks=any_of(s("range_marks")),
        surface=any_of(units),
        begin=rf"\d{digits}{powers}{s('half_mark')}{''.join(first)}",
    )


def _compile(book: Codebook) -> Grammar:
    s = book.section
    units = read_units(book)
    w = _words(book, units)
    fr = s("fractions")
    values: dict[str, int] = dict(s("digits"))
    money = units[s("money")["unit"]]
    ending = rf"\d{w.digits}{w.powers}{s('half_mark')}{''.join([*s('inside'), *s('inside_about'), *(f[-1] for f in s('indefinite'))])}"
    return Grammar(
        units=units,
        guards=read_guards(book),
        parts={u: dict(p) for u, p in s("parts").items()},
        numeral=re.compile(rf"[\d{w.digits}{w.powers}{s('half_mark')}{''.join(word[-1] for word in fr['doubled'])}]"),
        amount=_amount(book, w),
        fraction=_fraction(book, w),
        fraction_mark=re.compile(one_of([fr["of"], *fr["half"], *fr["doubled"]]) + rf"|{fr['tenths']}(?<=[\d{w.digits}].)"),
        people=re.compile(w.begun(rf"(?P<pre>{w.before})?(?P<a>(?!))?(?P<b>{w.quantity})(?=(?P<noun>{any_of(s('people'))}))(?P<post>)")),
        people_mark=re.compile(rf"[{ending}](?={any_of(s('people'))})"),
        people_units={noun: units[u] for noun, u in s("people").items()},
        signed=re.compile(
            rf"(?P<sign>{one_of(s('signs'))})\s?{_bare_range(w)}(?P<unit>{any_of(s('money')['after_sign'])})?(?P<post>{w.after})?"
        ),
        signs={sign: units[u] for sign, u in s("signs").items()},
        header=_header(book, w),
        money=money,
        money_bare=re.compile(
            w.begun(rf"{_bare_range(w)}(?P<post>{w.after}|[{''.join(s('trailing'))}])?(?={s('money')['ends']})")
        ),
        money_mark=re.compile(rf"[{ending}](?:{w.after}|[{''.join(s('trailing'))}])?(?={s('money')['ends']})"),
        money_cues=_money_cues(book),
        list_head=re.compile(rf"(?:\d{{1,9}}(?:\.\d{{1,4}})?(?:{any_of(s('list_marks'))}))+$"),
        list_marks=tuple(s("list_marks")),
        blocked=_blocked(book),
        setter=_setter(book),
        setter_mark=re.compile(one_of(w for part in ("setters", "reaching") for ws in s(part).values() for w in ws)),
        reaching_not_one=tuple(s("reaching_not_one")),
        after=re.compile(w.after),
        effects=_effects(book),
        doubled=dict(fr["doubled"]),
        half=dict(fr["half"]),
        bare=re.compile(f"[{w.powers}]+"),
        before_not_after={word: tuple(ws) for word, ws in s("before_not_after").items()},
        trailing_not_before=tuple(s("trailing_not_before")),
        one_after=tuple(s("one_after")),
        one_units=frozenset(s("one_units")),
        one_before=tuple(s("one_before")),
        one=next(c for c, v in values.items() if v == 1),
        two=next(c for c, v in values.items() if v == 2),
        few=tuple(s("indefinite")),
        some=re.compile(f".+?(?:{w.few})(?P<power>[{w.powers}]*)"),
        inside_about=tuple(s("inside_about")),
        inside=tuple(s("inside")),
        inside_mark=re.compile(any_of([*s("inside"), *s("inside_about"), *s("indefinite")])),
        big=re.compile(f"[{''.join(c for c, v in s('powers').items() if v >= 10000)}]"),
        relative={k: tuple(v) for k, v in s("relative").items()},
        zeros="".join(c for c, v in values.items() if v == 0),
        bare_before=frozenset(s("bare_before")),
        powers_after=tuple(s("powers_after")),
        shares=dict(fr["shares"]),
        coins=dict(s("coins")),
        coin_rest=re.compile(rf"[\d{w.digits}]{{1,2}}(?={s('money')['ends']}|[{''.join(s('trailing'))}{''.join(s('coins'))}]|{s('coin_per')})"),
        coin_ends=re.compile(s("coin_ends").replace("{per}", s("coin_per"))),
        coin_pieces=(s("coin_pieces")["from"], tuple(s("coin_pieces")["not_before"])),
        coin_nouns=re.compile(rf"(?<!{s('coin_nouns')['not_after']}){any_of(s('coin_nouns')['nouns'])}$"),
        whole_of=_whole_of(book),
        times=(frozenset(s("one_times")["units"]), re.compile(any_of(s("one_times")["before"]))),
        half_mark=s("half_mark"),
        half_not_after=tuple(s("half_not_after")),
        half_after=tuple(s("half_after")),
        half_tail=re.compile(f"{s('half_mark')}(?!{any_of(s('half_tail_not_before'))})"),
        part={u: re.compile(rf"(\d{{1,4}}|[{w.digits}])({any_of(p)})") for u, p in s("parts").items()},
    )


def _blocked(book: Codebook) -> re.Pattern[str]:
    never, numbers = book.terms("never"), "".join([*book.section("digits"), *book.section("powers")])
    begin = "".join(sorted({word[0] for word in never}))
    # An idiom that begins with a power is none where the power goes on with a numeral: 1.7万家.
    powers, words = ([word for word in never if (word[0] in book.section("powers")) is own] for own in (True, False))
    fixed = rf"{any_of(words)}|(?<![\d{numbers}]){any_of(powers)}"
    return re.compile(f"(?=[{begin}{book.section('blocked_begin')}])(?:{'|'.join([fixed, *book.section('blocked').values()])})")


def _whole_of(book: Codebook) -> tuple[str, re.Pattern[str]]:
    """Give the first part of a unit, and the pattern of a list behind it whose last item has the whole unit."""
    part, whole = book.section("part_of")["part"], book.section("part_of")["whole"]
    item = rf"(?:{any_of(book.section('list_marks'))})\d{{1,9}}(?:\.\d{{1,4}})?"
    return part, re.compile(rf"(?:{item}{part}){{0,3}}{item}{whole}")


def _setter(book: Codebook) -> re.Pattern[str]:
    """Match a word outside the surface that opens one end, beside the amount or a few characters before it."""
    words, reaching = book.section("setters"), book.section("reaching")
    return re.compile("|".join(rf"(?P<{e}>{any_of(words[e])}|(?:{any_of(reaching[e])})[^\W\d_]{{1,4}})$" for e in ("low", "high")))


def _bare_range(w: _Words) -> str:
    return rf"(?P<pre>{w.before})?(?:(?P<a>{w.quantity})\s?(?:{w.marks})\s?)?(?P<b>{w.quantity})"


def _amount(book: Codebook, w: _Words) -> re.Pattern[str]:
    s = book.section
    adjective = f"(?:[{''.join(s('adjectives'))}](?=(?:{any_of(s('adjective_units'))})))?"
    pattern = (
        rf"(?P<pre>{w.before})?\s?"
        rf"(?:(?P<a>{w.quantity})\s?(?P<ua>{w.surface})?\s?(?:{w.marks})\s?(?P<pre2>{w.before})?)?"
        rf"(?P<b>{w.quantity})\s?{adjective}(?P<u>{w.surface})"
        rf"(?P<tail>[{''.join(s('trailing'))}])?(?P<post>{w.after})?"
    )
    return re.compile(w.begun(pattern, r"\s"))


def _fraction(book: Codebook, w: _Words) -> re.Pattern[str]:
    s, fr = book.section, book.section("fractions")
    number = rf"(?:{ARABIC}|{w.chinese})"
    shares = any_of(fr["shares"])
    percent = rf"(?P<pct>{shares})(?P<p1>{number})"
    percent += rf"(?:(?:{w.marks})(?:{shares})?(?P<p2>{number}))?"
    small = rf"(?:{w.chinese}|(?<!\d)\d{{1,6}})"
    ratio = rf"(?P<den>{small}){fr['of']}(?P<num>{small})"
    tenths = rf"(?P<t1>[{w.digits}]|(?<![\d.])\d){fr['tenths']}(?P<t2>[{w.digits}{s('half_mark')}]|\d(?![\d.]))(?![{w.powers}])"
    word = f"(?P<word>{any_of([*fr['half'], *fr['doubled']])})"
    more = f"(?P<more>{any_of(fr['more'])})?"
    pattern = f"(?P<pre>{w.before})?(?:{percent}|{ratio}|{tenths}|{word})(?:{more}|(?P<post>{w.after}))(?P<post2>{w.after})?"
    first = {x[0] for part in ("half", "doubled", "shares") for x in fr[part]}
    return re.compile(w.begun(pattern, "".join(sorted(first))))


def _header(book: Codebook, w: _Words) -> re.Pattern[str]:
    """Match a unit in brackets with the figure behind it; a figure with a unit of its own is none."""
    measures = any_of(u for entry in book.section("units").values() for u in entry["surfaces"])
    unit = rf"(?:(?P<hp>[{w.powers}]{{1,2}})(?P<hu>{measures})?|(?P<hu2>{measures}))"
    return re.compile(
        rf"[(（](?:{any_of(book.section('money')['header'])})?{unit}[)）]\s?(?P<pre>)(?P<a>(?!))?"
        rf"(?P<b>{ARABIC})(?!\s?(?:{w.surface}|[{w.powers}]))(?P<post>)"
    )


def _money_cues(book: Codebook) -> dict[bool, re.Pattern[str]]:
    """Compile what tells money before a figure: a word and what may follow it; for a small figure, one beside it."""
    money = book.section("money")
    between = any_of(money["between"])
    return {
        True: re.compile(f"(?:{any_of([*money['cues'], *money['close_cues']])})(?:{between}){{0,3}}$"),
        False: re.compile(f"(?:{any_of(money['close_cues'])})$"),
    }


def _effects(book: Codebook) -> dict[str, str]:
    effects = {w: effect for part in ("before", "after") for effect, ws in book.section(part).items() for w in ws}
    effects |= dict.fromkeys(book.section("trailing"), "low")
    return effects | dict.fromkeys(book.section("bare_before"), "low")
