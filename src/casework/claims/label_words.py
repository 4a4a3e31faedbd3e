"""The codebook `labels`, read once and made into patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from ahocorasick_rs import MATCHKIND_LEFTMOST_LONGEST, AhoCorasick

from casework.codebook import Codebook, line_of, load_codebook
from casework.text import CaseworkError, Span

__all__ = ["HAN", "Words", "either", "words"]

HAN = "[一-鿿]"
_LISTS = ("slogans", "quoted_slogans", "never")


def either(terms: Sequence[str]) -> str:
    """Write a group that matches any of some words, the longest first."""
    return "(?:" + "|".join(re.escape(t) for t in sorted(terms, key=lambda t: (-len(t), t))) + ")"


class Words:
    """What the codebook says, as patterns: `some(key)` is any of a section's words."""

    def __init__(self, book: Codebook) -> None:
        def some(*keys: str) -> str:
            return either(list(dict.fromkeys(word for key in keys for word in book.terms(key))))

        self._sort = _listed_once(book)
        self._listed = AhoCorasick(list(self._sort), matchkind=MATCHKIND_LEFTMOST_LONGEST)
        self._entries = tuple(self._sort.items())
        self._dictionary = AhoCorasick(list(book.terms("dictionary")), matchkind=MATCHKIND_LEFTMOST_LONGEST)
        self.ones, self.hundreds = (frozenset(book.terms(k)) for k in ("ones", "hundreds"))
        self.numeral = some("ones", "heads", "hundreds")
        self._any_numeral = re.compile(self.numeral)
        self._numeral_end = re.compile(rf"(?:{self.numeral}|[\d.．])\Z")
        self._suffix = re.compile(rf"\s?{some('suffixes')}")
        self._in_quotes(some)
        self._shapes(some)
        self._named(some)

    def _in_quotes(self, some: Callable[..., str]) -> None:
        """Make the patterns that judge what stands between quotation marks."""
        n, one, measure, unit = self.numeral, some("ones"), some("measures"), some("units")
        self.talk, self.name_before, self.name_after = (re.compile(some(k)) for k in ("talk", "name_before", "name_after"))
        self._plan = re.compile(rf"{HAN}{{0,6}}?{some('plans')}")
        self.bare_figures = re.compile(rf"(?:(?!{some('hundreds', 'tens')}){n}){{3,4}}|\d{{2,5}}")
        self.year = re.compile(r"(?:19|20)\d\d")
        self.suffix_end = re.compile(rf"{some('suffixes')}\Z")
        self.circle = re.compile(rf"\d+{some('circle_minutes')}\S{{0,6}}{some('circles')}\Z")
        self.count_only = re.compile(rf"(?:{n}|\d)+{some('classifiers', 'units')}?")
        self.unit_end = re.compile(rf"(?:{n}|\d)+{some('more')}?{unit}{some('more')}?\Z")
        self.measured = re.compile(rf"(?:{n}|\d)+{unit}")
        self.digit_formula = re.compile(rf"[2-9]{some('measures')}{HAN}{{1,6}}|\d(?:{HAN}{{1,3}}\d){{1,4}}{HAN}{{1,4}}")
        self.one_formula = re.compile(rf"{one}{HAN}{{1,4}}?{n}{HAN}{{1,6}}")
        self.one_time = re.compile(rf"{one}{some('times')}{one}(?:{measure}|\Z)")
        self.hundred_formula = re.compile(rf"{some('hundreds')}{some('hundred_nouns')}{HAN}{{2,}}")
        self.time_head = re.compile(rf"{n}{some('times')}")
        self.pair = re.compile(rf"{some('pairs')}{n}")
        self.all_hundreds = re.compile(rf"{some('hundreds', 'tens')}+\Z")
        self.number = re.compile(rf"(?!{some('pairs')})(?:{n})+{some('counting')}|{n}{some('shares')}|{some('ordinals')}{n}")
        self.name = re.compile(rf"{n}(?!{some('formula_seconds')}).*(?:{some('name_ends', 'landforms')})\Z")
        self.counted = re.compile(rf"{n}{{2,4}}{some('counted')}\Z")
        self.repeated = re.compile(rf"{n}{HAN}{{1,3}}{n}{HAN}{{1,3}}")

    def _shapes(self, some: Callable[..., str]) -> None:
        """Make the patterns of numeral and word repeated, without quotation marks."""
        n, head, one, suffix = self.numeral, some("heads"), some("ones"), some("suffixes")
        first = rf"(?!{some('measures', 'not_first')}|{n}){HAN}"
        rest = rf"(?:(?!{n}){HAN}){{0,2}}"
        self.long_shape = re.compile(rf"(?:{n}{first}{rest}){{1,4}}{head}{first}{rest}?(?={suffix})")
        self.short_shape = re.compile(rf"{n}{first}(?:{head}{first}){{1,3}}")
        pair = rf"{one}{some('one_for')}{one}{some('one_thing')}"
        self.one_shape = re.compile(rf"{pair}(?:{pair})*")

    def _named(self, some: Callable[..., str]) -> None:
        """Make the patterns of formulas that a head word, or figures, show to be names."""
        head, suffix, digits = some("heads"), some("strong_suffixes"), r"(?:[+＋](?:\d{1,3}|[NnXx]))+(?![\d.%％+＋])"
        first = rf"(?!{some('measures', 'not_first')}|{self.numeral}){HAN}"
        self.suffixed = re.compile(rf"((?!{some('weak_heads')}){head}{first}{HAN}{{0,2}}?)(?={suffix})")
        self.method = re.compile(rf"({head}(?!{some('not_methods')}){HAN}{{1,5}}?)(?={some('methods')})")
        self.figures = re.compile(rf"(?<![\d.+＋A-Za-z%％])(?:\d{{1,3}}|[NnXx]){digits}")
        self.campaign = re.compile(rf"(?:{self.numeral}|\d){some('year')}((?:(?!{some('year')}){HAN}){{0,4}}?){some('campaigns')}")
        self.campaign_gap = re.compile(some("campaign_gaps"))
        self.part = re.compile(rf"{self.numeral}[^\d\W]{{1,4}}?(?={self.numeral}|\Z)")
        self.restated = some("restated")

    def listed(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Find the listed words, the longest at each place, each with the list it stands in."""
        for i, start, end in self._listed.find_matches_as_indexes(text):
            yield start, end, self._entries[i][1]

    def ordinary(self, text: str) -> list[Span]:
        """Give the stretches that are words of the general dictionary: as a whole they are no slogans."""
        return [Span(start, end) for _, start, end in self._dictionary.find_matches_as_indexes(text)]

    def numerals(self, text: str) -> list[int]:
        """Give the positions of all Chinese numerals."""
        return [m.start() for m in self._any_numeral.finditer(text)]

    def numeral_before(self, text: str, at: int) -> bool:
        """Tell whether a numeral stands right before a position: what follows is then only its end."""
        return bool(self._numeral_end.search(text[max(0, at - 1) : at]))

    def plan_after(self, text: str, at: int) -> bool:
        """Tell whether a plan or a division is named within a few characters behind a position."""
        return bool(self._plan.match(text, at))

    def suffix_at(self, text: str, at: int) -> bool:
        """Tell whether a head word (mechanism, project …) stands at a position."""
        return bool(self._suffix.match(text, at))


def _listed_once(book: Codebook) -> dict[str, str]:
    """Give each listed word with its list; refuse a word that stands in two."""
    sort: dict[str, str] = {}
    for key in _LISTS:
        for i, word in enumerate(book.terms(key)):
            if word in sort:
                raise CaseworkError(f"{book.file}:{line_of(book.section(key), i)}: '{word}' stands in '{sort[word]}' and in '{key}'")
            sort[word] = key
    return sort


@cache
def words() -> Words:
    """Load the codebook `labels` as patterns."""
    return Words(load_codebook("labels"))
