"""Find numbered slogans and models joined by a plus sign.

A slogan is a named policy formula with a number in it; a model an organisational formula whose
members are joined by a plus. What the number in either says is part of a name and no amount, so
that a plain count must not be called a slogan. All words are in the codebook `labels`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from casework.claims.label_words import Words, words
from casework.claims.models import find_models
from casework.claims.spans import SpanIndex
from casework.text import Span

__all__ = ["Label", "find_labels"]

_MARKS = tuple(re.compile(f"{a}([^{a}{b}]{{1,30}}){b}") for a, b in ("“”", "‘’", "「」", "『』"))
_PARTS_REACH = 600
_PLUS = "+＋"
_INNER_STOP = re.compile(r"[，。；：！？,;!?()（）《》]")


@dataclass(frozen=True, slots=True)
class Label:
    """A slogan or a model: for a model its members in order, and the role of each.

    `rule` names what decided: known, quoted, shape, suffix, formula, campaign, part, again or plus.
    """

    span: Span
    kind: str
    members: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    rule: str = ""


def find_labels(text: str, also: Collection[str] = ()) -> list[Label]:
    """Find the slogans and models of a passage, in the order of the text, none overlapping.

    `also` are slogans that the article names elsewhere: they are then found without quotation marks too.

    >>> text = "青禾镇推行“党支部+合作社+农户”模式，落实四议两公开，流转土地三百亩。"
    >>> [(x.span.cut(text), x.kind, x.members) for x in find_labels(text)]
    [('党支部+合作社+农户', 'model', ('党支部', '合作社', '农户')), ('四议两公开', 'slogan', ())]
    """
    w = words()
    page = _Page.of(text, w)
    found = _Found(Label(m.span, "model", m.members, m.roles, "plus") for m in find_models(text, page.quotes))
    ordinary: SpanIndex | None = None
    for finder in (_known, _quoted, _formulas, _shapes, _suffixed, _campaigns):
        if some := list(finder(page)):
            ordinary = SpanIndex(w.ordinary(text)) if ordinary is None else ordinary
            found.take(x for x in some if not any(o.covers(x.span) for o in ordinary.on(x.span)))
    if found or also:
        found.take(_again(page, found.labels(), also))
        found.take(_parts(page, found.labels()))
    return found.labels()


class _Page(NamedTuple):
    """A passage: what stands between quotation marks, its listed words, where numerals belong to fixed words, how many it has."""

    text: str
    quotes: list[Span]
    listed: list[tuple[int, int, str]]
    blocked: SpanIndex
    words: Words
    numerals: int

    @classmethod
    def of(cls, text: str, w: Words) -> _Page:
        """Look a passage over."""
        listed = list(w.listed(text))
        blocked = SpanIndex([Span(start, end) for start, end, sort in listed if sort == "never"])
        return cls(text, sorted(set(_quotes(text))), listed, blocked, w, len(w.numerals(text)))


class _Found:
    """The labels so far: none overlap."""

    def __init__(self, labels: Iterable[Label]) -> None:
        self._labels = {x.span: x for x in labels}
        self._index = SpanIndex(self._labels)

    def __len__(self) -> int:
        return len(self._labels)

    def take(self, more: Iterable[Label]) -> None:
        """Take what overlaps nothing yet; a longer slogan replaces the shorter ones it covers."""
        for new in sorted(more, key=lambda x: (x.span.start - x.span.end, x.span.start)):
            rivals = list(self._index.on(new.span))
            if all(self._labels[s].kind == "slogan" and new.span.covers(s) and new.span != s for s in rivals):
                for span in rivals:
                    self._index.remove(span)
                    del self._labels[span]
                self._index.add(new.span)
                self._labels[new.span] = new

    def labels(self) -> list[Label]:
        """Give the labels in the order of the text."""
        return [self._labels[span] for span in sorted(self._labels)]


def _slogan(start: int, end: int, rule: str) -> Label:
    return Label(Span(start, end), "slogan", rule=rule)


def _quotes(text: str) -> Iterator[Span]:
    """Give what stands between quotation marks, outer blanks off; straight marks are paired in order."""
    for m in (m for mark in _MARKS for m in mark.finditer(text)):
        yield _stripped(text, *m.span(1))
    straight = [m.start() for m in re.finditer(r'["＂]', text)]
    for a, b in zip(straight[::2], straight[1::2], strict=False):
        if 1 < b - a <= 31:
            yield _stripped(text, a + 1, b)


def _stripped(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _after(text: str, quote: Span) -> int:
    """Give the position behind the closing mark of a quote."""
    end = quote.end
    while end < len(text) and text[end].isspace():
        end += 1
    return end + 1


def _known(page: _Page) -> Iterator[Label]:
    w, text, quotes = page.words, page.text, set(page.quotes)
    for start, end, sort in page.listed:
        named = sort == "quoted_slogans" and (Span(start, end) in quotes or w.suffix_at(text, end))
        if named or sort == "slogans" and not w.numeral_before(text, start):
            yield _slogan(start, end, "known")


def _quoted(page: _Page) -> Iterator[Label]:
    w, text = page.words, page.text
    for q in page.quotes:
        content = q.cut(text)
        if not 2 <= len(content) <= 16 or _INNER_STOP.search(content) or w.talk.search(content):
            continue
        after = _after(text, q)
        if w.name_before.search(text[max(0, q.start - 6) : q.start]) or w.name_after.match(text, after):
            continue
        if w.bare_figures.fullmatch(content):
            is_slogan = w.plan_after(text, after) and not w.year.fullmatch(content)
        else:
            numerals = _free_numerals(content, list(page.blocked.on(q)), q.start, w)
            is_slogan = bool(numerals or content[0].isdigit()) and _is_slogan(
                content, numerals, w.suffix_at(text, after), w
            )
        if is_slogan:
            yield from (_slogan(*part, "quoted") for part in _several(content, q, w))


def _several(content: str, quote: Span, w: Words) -> list[Span]:
    """Cut a quotation of several formulas into them, where each has two numerals of its own."""
    parts = list(re.finditer("[^、]+", content))
    if len(parts) < 2 or any(len(w.numerals(part[0])) < 2 for part in parts):
        return [quote]
    return [Span(*part.span()).shift(quote.start) for part in parts]


def _free_numerals(content: str, blocked: list[Span], at: int, w: Words) -> list[int]:
    """Give the numerals that are not part of a fixed word.

    A fixed word of two characters does not count where another numeral stands beside it: there it
    is only half of a formula.
    """
    every = w.numerals(content)
    holder = {i: next((b for b in blocked if b.start <= at + i < b.end), None) for i in every}
    long = {i for i in every if (b := holder[i]) and (b.end - b.start > 2 or b.end - b.start == len(content))}
    short = {holder[i] or i for i in every if i not in long}
    return [i for i in every if i not in long and (holder[i] is None or len(short) > 1)]


def _is_slogan(content: str, numerals: list[int], named: bool, w: Words) -> bool:
    """Tell by its shape whether a short quotation is a formula; `named` says that a head word follows."""
    if w.circle.search(content):
        return True
    if content[0].isdigit():
        return bool(w.digit_formula.fullmatch(content))
    if w.count_only.fullmatch(content) or w.number.match(content) or (w.unit_end.search(content) and not named):
        return False
    several = len(numerals) > 1
    head = content[0] if numerals[0] == 0 else ""
    if not head:
        return _numeral_inside(content, numerals, named, w)
    if head in w.ones:
        return several and bool(w.one_formula.match(content)) and not w.one_time.match(content)
    if head in w.hundreds:
        return bool(several and not w.time_head.match(content) or w.hundred_formula.match(content))
    return _has_head(content, numerals, named, w)


def _has_head(content: str, numerals: list[int], named: bool, w: Words) -> bool:
    """Judge a formula that begins with a numeral from two to ten, or with double."""
    several, ends_as_name = len(numerals) > 1, bool(w.suffix_end.search(content))
    if numerals[:2] == [0, 1] and not w.pair.match(content):
        return named or ends_as_name or bool(w.all_hundreds.match(content) or w.counted.match(content))
    if w.time_head.match(content):
        return (several and numerals[1] > 1) or ends_as_name or named
    if not several and w.name.match(content):
        return named
    return len(content) <= 10 or ends_as_name or several


def _numeral_inside(content: str, numerals: list[int], named: bool, w: Words) -> bool:
    """Judge a formula whose first numeral does not stand in front."""
    if all(content[i] in w.ones for i in numerals):
        return False
    if len(numerals) > 1 and len(content) <= 10 and w.repeated.search(content):
        return True
    return len(content) <= 12 and (named or bool(w.suffix_end.search(content))) and not w.measured.search(content)


def _formulas(page: _Page) -> Iterator[Label]:
    """Find formulas of figures: 1+16, 3+N."""
    w, text, quotes = page.words, page.text, set(page.quotes)
    if not any(sign in text for sign in _PLUS):
        return
    for m in w.figures.finditer(text):
        if Span(*m.span()) in quotes or w.suffix_at(text, m.end()) or "N" in m[0].upper():
            yield _slogan(*m.span(), "formula")


def _shapes(page: _Page) -> Iterator[Label]:
    """Find numeral and word repeated without quotation marks: 三河六岸, 一核三带."""
    w, text = page.words, page.text
    for pattern in (w.long_shape, w.short_shape, w.one_shape) if page.numerals > 1 else ():
        for m in pattern.finditer(text):
            span = Span(*m.span())
            if not page.blocked.touches(span) and not w.numeral_before(text, span.start):
                yield _slogan(*span, "shape")


def _suffixed(page: _Page) -> Iterator[Label]:
    """Find a numeral and a verb before a head word: 三评比机制, 六步工作法."""
    w, text = page.words, page.text
    for pattern in (w.method, w.suffixed) if page.numerals else ():
        for m in pattern.finditer(text):
            span = Span(*m.span(1))
            if not page.blocked.touches(Span(span.start, span.start + 1)) and not w.numeral_before(text, span.start):
                yield _slogan(*span, "suffix")


def _campaigns(page: _Page) -> Iterator[Label]:
    """Find campaigns with a length in their name: 三年行动."""
    for m in page.words.campaign.finditer(page.text):
        if not page.words.campaign_gap.search(m[1]):
            yield _slogan(*m.span(), "campaign")


def _again(page: _Page, found: Sequence[Label], also: Collection[str]) -> Iterator[Label]:
    """Find the slogans of this passage and of the article again where they have no quotation marks."""
    w, text = page.words, page.text
    names = {x.span.cut(text) for x in found if x.kind == "slogan"} | set(also)
    for name in sorted(names):
        if len(name) < 2 or name[0].isdigit():
            continue
        for m in re.finditer(re.escape(name), text):
            if not w.numeral_before(text, m.start()) and (len(name) > 2 or w.suffix_at(text, m.end())):
                yield _slogan(*m.span(), "again")


def _parts(page: _Page, found: Sequence[Label]) -> Iterator[Label]:
    """Find the parts of a formula that are taken up one by one after it: 一区，主要是 …"""
    w, text = page.words, page.text
    for label in found:
        parts = w.part.findall(label.span.cut(text)) if label.kind == "slogan" else []
        for part in parts if len(parts) > 1 else []:
            taken_up = re.compile(rf"(?<=[。；;！”\n]){re.escape(part)}(?=[”]?(?:[，,：:])?{w.restated})")
            for m in taken_up.finditer(text, label.span.end, label.span.end + _PARTS_REACH):
                yield _slogan(*m.span(), "part")
