"""The cleaners: each finds places in a string and proposes edits, none changes it."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import rjieba

from casework.clean.mojibake import LETTER, bare_syllable, shifted_bytes, wrong_encoding
from casework.clean.script import HAN, codes_of, convert, find_script, simple, traditional_in
from casework.codebook import load_codebook
from casework.text import Edit, Span

__all__ = ["CLEANERS", "Cleaner"]

Cleaner = Callable[[str], Iterable[Edit]]
CLEANERS: dict[str, Cleaner] = {}


def cleaner(find: Cleaner) -> Cleaner:
    """Register a cleaner under its function's name; the order of definition is the order of work."""
    CLEANERS[find.__name__] = find
    return find


_ENTITY = re.compile(r"(?:&(?:nbsp|ensp|emsp|thinsp|#160|#12288);)+|&(?:[A-Za-z]{2,8}|#\d{2,6}|#x[0-9A-Fa-f]{2,5});")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")


@cleaner
def entities(clean: str) -> Iterator[Edit]:
    """Read HTML entities that were left in the text; blanks among them stay where they part two words."""
    if "&" not in clean:
        return
    for m in _ENTITY.finditer(clean):
        new = html.unescape(m[0])
        if new.isspace():
            parts_words = clean[m.start() - 1 : m.start()].strip() and clean[m.end() : m.end() + 1].strip()
            yield Edit(Span(*m.span()), " " if parts_words else "", "entities")
        elif new != m[0]:
            yield Edit(Span(*m.span()), new, "entities")


@cleaner
def invisible(clean: str) -> Iterator[Edit]:
    """Drop soft hyphens, zero-width characters, direction marks and byte order marks."""
    for m in _INVISIBLE.finditer(clean):
        yield Edit(Span(*m.span()), "", "invisible")


cleaner(wrong_encoding)
cleaner(shifted_bytes)

_SYLLABLES = rf"[A-Z\u0100-\u01dc]?[{LETTER}]{{1,7}}(?:[\s'\u2019-]?[{LETTER}]{{1,8}}){{0,8}}"
_BRACKETED = re.compile(rf"[(\uff08](?<=[{HAN}].)\s?({_SYLLABLES})\s?[)\uff09]")
_TONED = re.compile("[\u00e0-\u00fc\u0101-\u01f9]")


@cleaner
def pinyin(clean: str) -> Iterator[Edit]:
    """Drop pinyin in brackets after a Chinese character; bracketed Latin that is content stays."""
    if "(" not in clean and "\uff08" not in clean:
        return
    neutral = load_codebook("clean").section("neutral")
    for m in _BRACKETED.finditer(clean):
        toned = _TONED.search(m[1]) and _syllables().fullmatch(re.sub(r"[\s'\u2019-]", "", bare_syllable(m[1])))
        if toned or neutral.get(clean[m.start() - 1]) == m[1]:
            yield Edit(Span(*m.span()), "", "pinyin")


@cache
def _syllables() -> re.Pattern[str]:
    known = sorted(load_codebook("pinyin").section("syllables").split(), key=lambda s: (-len(s), s))
    return re.compile(f"(?:{'|'.join(known)})+")


_RADICAL = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")


@cleaner
def radicals(clean: str) -> Iterator[Edit]:
    """Put the character where a look-alike radical or a compatibility form stands."""
    known = load_codebook("clean").section("radicals")
    for m in _RADICAL.finditer(clean):
        new = known.get(m[0]) or unicodedata.normalize("NFKC", m[0])
        if new != m[0]:
            yield Edit(Span(*m.span()), new, "radicals")


@cleaner
def traditional(clean: str) -> Iterator[Edit]:
    """Simplify traditional characters one by one.

    Characters that simplified script uses too are touched in traditional texts only, and
    there the phrase around them decides; the first of each is flagged.
    """
    old = traditional_in(clean)
    if not old:
        return
    unsure: Mapping[str, str] = {}
    if find_script(clean) != "simplified":
        ambiguous, shared = _both_scripts()
        unsure = {c: forms for c, forms in ambiguous.items() if c in clean}
        old |= {c for c in shared if c in clean}
    table = {ord(c): simple(c) for c in old - unsure.keys()}
    if table:
        new = clean.translate(table)
        for start, end in _stretches(np.flatnonzero(codes_of(clean) != codes_of(new))):
            yield Edit(Span(start, end), new[start:end], "traditional")
    if unsure:
        yield from _by_phrase(clean, unsure)


@cache
def _both_scripts() -> tuple[dict[str, str], str]:
    """Give the characters with several simplified forms, and those that simplified script has too."""
    book = load_codebook("clean")
    return dict(book.section("ambiguous")), str(book.section("shared"))


def _by_phrase(clean: str, unsure: Mapping[str, str]) -> Iterator[Edit]:
    seen: set[str] = set()
    for m in re.finditer(f"[{''.join(sorted(unsure))}]", clean):
        before, after = (convert(c) for c in (clean[m.start() - 1 : m.start()], clean[m.end() : m.end() + 1]))
        forms = unsure[m[0]]
        new = next((f for f in forms if rjieba.has_word(f + after) or rjieba.has_word(before + f)), forms[-1])
        flag = "" if m[0] in seen else f"{m[0]} has more than one simplified form; read as {new} here"
        seen.add(m[0])
        yield Edit(Span(*m.span()), new, "traditional", flag)


_CJK = rf"{HAN}\u3001-\u3011\u2018-\u201d\uff01-\uff0f\uff1a-\uff20\u2026"
# Each pattern begins with the characters it changes: the engine then skips the rest of the text at full speed.
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff05\uff0b\uff0d\uff0f]+")
_WIDE_POINT = re.compile("[\uff0e\uff0c](?<=[0-9\uff10-\uff19].)(?=[0-9\uff10-\uff19])")
_NARROW = re.compile(rf"[,;:?!](?:(?<=[{_CJK}].)(?!(?<=:)//)|(?<=[0-9A-Za-z%)\]].)(?=[{HAN}\u201c\u300a\uff08]))")
_PARENS = re.compile(rf"\(([^()\n]{{0,80}}?[{HAN}][^()\n]{{0,80}})\)")
_QUOTES = re.compile(rf'"([^"\n]{{0,60}}?[{HAN}][^"\n]{{0,60}})"')
_TO_WIDE = {",": "\uff0c", ";": "\uff1b", ":": "\uff1a", "?": "\uff1f", "!": "\uff01"}
_TO_ASCII = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)}


@cleaner
def width(clean: str) -> Iterator[Edit]:
    """Write digits and letters half width, and the punctuation of Chinese sentences full width."""
    for m in _WIDE.finditer(clean):
        yield Edit(Span(*m.span()), m[0].translate(_TO_ASCII), "width")
    for m in _WIDE_POINT.finditer(clean):
        if m[0] == "\uff0e" or _thousands(clean, m.end()):
            yield Edit(Span(*m.span()), m[0].translate(_TO_ASCII), "width")
    for m in _NARROW.finditer(clean):
        yield Edit(Span(*m.span()), _TO_WIDE[m[0]], "width")
    if "(" in clean:
        yield from _pairs(clean, _PARENS, "\uff08", "\uff09")
    if '"' in clean:
        yield from _pairs(clean, _QUOTES, "\u201c", "\u201d")


def _thousands(clean: str, at: int) -> bool:
    """Tell whether three digits and no more follow, as after the comma of 3,000."""
    return bool(re.match(r"[0-9\uff10-\uff19]{3}(?![0-9\uff10-\uff19])", clean[at : at + 4]))


def _pairs(clean: str, pattern: re.Pattern[str], left: str, right: str) -> Iterator[Edit]:
    for m in pattern.finditer(clean):
        yield Edit(Span(m.start(), m.start() + 1), left, "width")
        yield Edit(Span(m.end() - 1, m.end()), right, "width")


_GAP = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_HAN_CHAR = re.compile(f"[{HAN}]")
_NUMBER = r"(?:\d{1,3}(?: \d{3}){1,4}|\d{1,15}(?:\.\d{1,8})?)"
_AFTER_NUMBER = re.compile(rf"[{HAN}]\s?(?:\d{{1,6}}(?:\.\d{{1,4}})?[\u2014\u2013~\uff5e-]{{1,2}})?{_NUMBER}$")
_BEFORE_NUMBER = re.compile(rf"{_NUMBER}(\s?)([{HAN}])")


@cleaner
def blanks(clean: str) -> Iterator[Edit]:
    """Drop stray blanks inside Chinese words and around numbers, and make other blanks plain ones.

    A blank between two words stays: headlines and lists of names are told apart by it. Tabs stay: they part the
    cells of a table.
    """
    for m in _GAP.finditer(clean):
        left, right = clean[m.start() - 1 : m.start()], clean[m.end() : m.end() + 1]
        if not left or not right or left.isspace() or right.isspace():
            continue
        if len(m[0]) <= 2 and _is_stray(clean, m.start(), m.end(), left, right):
            yield Edit(Span(*m.span()), "", "blanks")
        elif m[0].strip(" ") and not left.isdigit() and not right.isdigit():
            yield Edit(Span(*m.span()), " ", "blanks")


def _is_stray(clean: str, start: int, end: int, left: str, right: str) -> bool:
    """Tell whether a blank lies inside a word, or between a number and what it counts."""
    if _HAN_CHAR.match(left):
        if _HAN_CHAR.match(right):
            return _splits_word(_last_word(clean, start), clean[end : end + 4].split()[0])
        after = _BEFORE_NUMBER.match(clean[end : end + 16])
        return after is not None and not {left, after[2]} & _date_marks()
    before = _AFTER_NUMBER.search(clean[max(0, start - 16) : start])
    return before is not None and bool(_HAN_CHAR.match(right)) and not {before[0][0], right} & _date_marks()


def _last_word(clean: str, end: int) -> str:
    return clean[max(0, end - 4) : end].split()[-1]


@cache
def _date_marks() -> frozenset[str]:
    return frozenset(load_codebook("clean").terms("date_marks"))


@lru_cache(10_000)
def _splits_word(left: str, right: str) -> bool:
    """Tell whether a word of the dictionary lies across the border of two strings."""
    at = 0
    for word in rjieba.cut(left + right, False):
        if at < len(left) < at + len(word):
            return True
        at += len(word)
    return False


_PHRASE = range(4, 13)
_SPARE_COMMA = re.compile("[,\uff0c](?=[,\uff0c\u3002\uff1b\uff1a\u3001\uff01\uff1f])")
_MIX = np.array([1, 0x9E3779B1, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5], dtype=np.uint64)  # odd: equal characters, equal keys


@cleaner
def doubled(clean: str) -> Iterator[Edit]:
    """Drop the second of two equal characters that no word holds, and of two equal phrases; and a comma straight before another stop."""
    for m in _SPARE_COMMA.finditer(clean):
        yield Edit(Span(*m.span()), "", "doubled")
    never = _never_doubled()
    codes = codes_of(clean)
    found = [(at, 1, n) for at, n in _repeats(codes, 1, 1) if (n > 1 or clean[at] in never) and _HAN_CHAR.match(clean[at])]
    for size in _sizes(codes):
        found += [(at, size, n) for at, n in _repeats(codes, size, size) if _is_phrase(clean[at : at + size])]
    done = 0
    for at, size, n in sorted(found):
        unit, end = clean[at : at + size], at + size + n // size * size
        if at >= done and (size > 1 or not _in_word(clean[max(0, at - 3) : end + 3], min(3, at), min(3, at) + end - at)):
            done = end
            yield Edit(Span(at + size, end), "", "doubled", f"{unit} stands twice or more")


@cache
def _never_doubled() -> frozenset[str]:
    return frozenset(load_codebook("clean").terms("never_doubled"))


def _sizes(codes: npt.NDArray[np.uint32]) -> list[int]:
    """List the sizes that a doubled phrase may have: as far on, its first characters stand again."""
    least = _PHRASE.start
    if len(codes) < 2 * least:
        return []
    last = len(codes) - least + 1
    keys = sum(codes[i : last + i] * factor for i, factor in enumerate(_MIX))
    return [size for size in _PHRASE if size < last and (keys[size:] == keys[:-size]).any()]


def _is_phrase(words: str) -> bool:
    return len(set(words)) > 1 and all(map(_HAN_CHAR.match, words))


def _repeats(codes: npt.NDArray[np.uint32], lag: int, least: int) -> Iterator[tuple[int, int]]:
    """Find the runs of at least `least` characters that stand again `lag` places on: start and length of each."""
    runs = _stretches(np.flatnonzero(codes[lag:] == codes[:-lag]))
    return ((start, end - start) for start, end in runs if end - start >= least)


def _stretches(positions: npt.NDArray[np.intp]) -> list[tuple[int, int]]:
    """Put positions that follow one another together, each stretch as start and end."""
    if not len(positions):
        return []
    breaks = np.flatnonzero(positions[1:] - positions[:-1] > 1)
    starts = [int(positions[0]), *positions[breaks + 1].tolist()]
    return list(zip(starts, [*(positions[breaks] + 1).tolist(), int(positions[-1]) + 1], strict=True))


@lru_cache(10_000)
def _in_word(around: str, start: int, end: int) -> bool:
    """Tell whether the dictionary takes a repeated character into a longer word."""
    at = 0
    for word in rjieba.cut(around, False):
        if len(word) > 1 and at < end and at + len(word) > start and not word.isspace():
            return True
        at += len(word)
    return False


@cache
def _slips() -> tuple[re.Pattern[str], dict[str, dict[str, str]]]:
    book = load_codebook("confusions")
    entries: dict[str, dict[str, str]] = {}
    for entry in book.section("slips"):
        book.check_keys(entry, "a slip", ("wrong", "right"), ("after", "before"))
        entries[entry["wrong"]] = {k: str(v) for k, v in entry.items()}
    return re.compile("|".join(sorted(entries, key=lambda w: (-len(w), w)))), entries


@cleaner
def slips(clean: str) -> Iterator[Edit]:
    """Mend known slips of character recognition where the dictionary cuts the text around them."""
    pattern, entries = _slips()
    for m in pattern.finditer(clean):
        entry = entries[m[0]]
        before, after = clean[m.start() - 1 : m.start()], clean[m.end() : m.end() + 1]
        fits = re.search(entry.get("after", ""), before) and re.search(entry.get("before", ""), after)
        at = max(0, m.start() - 4)
        if fits and _stands_alone(clean[at : m.end() + 4], m.start() - at, m.end() - at):
            yield Edit(Span(*m.span()), entry["right"], "slips", f"{m[0]} read as {entry['right']}")


@cache
def _noughts() -> re.Pattern[str]:
    return re.compile(load_codebook("confusions").section("noughts"))


@cleaner
def noughts(clean: str) -> Iterator[Edit]:
    """Write a nought where a letter O stands for one inside a figure."""
    for m in _noughts().finditer(clean):
        yield Edit(Span(*m.span()), "0" * len(m[0]), "noughts", f"{m[0]} read as {'0' * len(m[0])}")


@lru_cache(10_000)
def _stands_alone(around: str, start: int, end: int) -> bool:
    """Tell whether the dictionary's cut has a word border at both ends, and no word there."""
    at = 0
    borders = {at}
    for word in rjieba.cut(around, False):
        at += len(word)
        borders.add(at)
    return start in borders and end in borders and not rjieba.has_word(around[start:end])
