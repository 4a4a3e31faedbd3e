"""Lines of a page and what each looks like by itself."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from casework.codebook import load_codebook
from casework.text import Span, Text

__all__ = ["Line", "book_pattern", "ends_closed", "is_enumerated", "is_name", "read_lines", "same_words"]

_BREAK = re.compile("[^\\n\\r\\x0b\\x0c\\x1c-\\x1e\\x85\\u2028\\u2029]+")
_STOPS = "\u3002\uff01\uff1f\uff1b\uff1a\u2026!?;:"
_CLOSERS = "\u201d\u2019\u300d\u300f\uff09)\u3011\u300b"
_WORDS = re.compile(r"\W+")
_WIDE = re.compile("[\u1100-\uffef]")
MAX_FURNITURE = 120
PROSE = 60


class Line(NamedTuple):
    """A line that is not blank: its place in the clean text, what it looks like, and why.

    `kind` is prose, short, chrome, spam, byline or caption; `name` is the pattern that said so. Rows that were wrapped
    at the edge of a sheet are one line; `breaks` are the places where the rows meet.
    """

    start: int
    end: int
    text: str
    gap: int
    indent: int
    kind: str
    name: str = ""
    closes: bool = False
    breaks: tuple[Span, ...] = ()


class _Row(NamedTuple):
    start: int
    end: int
    text: str
    gap: int
    indent: int


def read_lines(text: Text) -> list[Line]:
    """Cut a clean text into lines, each with its kind; blank lines are only counted."""
    lines = []
    for rows in _unwrapped(_rows(text.clean)):
        words = "".join(row.text for row in rows)
        kind, name, closes = _kind(words)
        breaks = tuple(Span(a.end, b.start) for a, b in pairwise(rows))
        lines.append(Line(rows[0].start, rows[-1].end, words, rows[0].gap, rows[0].indent, kind, name, closes, breaks))
    return lines


def _rows(clean: str) -> list[_Row]:
    rows: list[_Row] = []
    last = 0
    for m in _BREAK.finditer(clean):
        words = m[0].strip()
        if words:
            start = m.start() + len(m[0]) - len(m[0].lstrip())
            gap = max(0, clean.count("\n", last, m.start()) - 1) if rows else 0
            rows.append(_Row(start, start + len(words), words, gap, start - m.start()))
            last = m.end()
    return rows


def _unwrapped(rows: list[_Row]) -> list[list[_Row]]:
    """Put rows together that were wrapped at the edge of a sheet.

    A page is wrapped when half of its rows reach the same width; a row that reaches it and does not end a sentence
    goes on in the next, unless a blank line, an indent or a list number says otherwise.
    """
    widths = [_width(row.text) for row in rows]
    edge = _edge(widths)
    out: list[list[_Row]] = []
    for i, row in enumerate(rows):
        full = edge and i and edge - 4 <= widths[i - 1] <= edge and row.gap == 0
        if full and not ends_closed(rows[i - 1].text) and row.indent <= rows[i - 1].indent and not _kind(row.text)[1] and not is_enumerated(row.text):
            out[-1].append(row)
        else:
            out.append([row])
    return out


def _width(words: str) -> int:
    return len(words) + len(_WIDE.findall(words))


def _edge(widths: list[int]) -> int:
    """Give the width that a page's rows are wrapped at, 0 where they are not."""
    if len(widths) < 6:
        return 0
    edge = sorted(widths)[int(len(widths) * 0.95)]
    near = sum(edge - 4 <= w <= edge for w in widths)
    return edge if 24 <= edge <= 120 and near >= max(4, 0.45 * len(widths)) else 0


def _kind(words: str) -> tuple[str, str, bool]:
    if _is_spam(words):
        return "spam", "spam", False
    for name, pattern, closes, any_length in _furniture():
        fits = any_length or (len(words) <= MAX_FURNITURE and not _is_sentence(words))
        if fits and pattern.match(words):
            return "chrome", name, closes
    if len(words) <= MAX_FURNITURE and _is_menu(words):
        return "chrome", "menu", False
    if len(words) <= 160 and book_pattern("caption").match(words):
        return "caption", "caption", False
    if len(words) <= 70 and (book_pattern("byline").fullmatch(words) or _is_names(words)):
        return "byline", "byline", False
    return ("prose" if _is_prose(words) else "short"), "", False


def _is_sentence(words: str) -> bool:
    return words.count("\u3002") > 0 and len(words) > 40


def _is_prose(words: str) -> bool:
    """A line is prose when it ends as a sentence, is long, or holds several clauses."""
    words = book_pattern("tail_names").sub("", words) or words
    last = words.rstrip(_CLOSERS)[-1:]
    if last and last in "\u3002\uff1b\u2026;" and len(words) >= 3 and "\u2026\u2026\u2026" not in words:
        return True
    if last and last in "\uff01\uff1f\uff1a!?:" and len(words) >= 24:
        return True
    inner = len(re.findall("[\u3002\uff0c\uff1b]", words))
    return len(words) >= PROSE and inner > 0 or len(words) >= 36 and inner >= 2 or "\u3002" in words[:-1] and len(words) >= 24


def _is_spam(words: str) -> bool:
    """A row of many short tokens between bars, or words that only spam brings."""
    tokens = [t for t in re.split(r"[|\uff5c\u4e28]", words) if t.strip()]
    if len(tokens) >= 8 and sum(len(t.strip()) <= 8 for t in tokens) >= 0.9 * len(tokens):
        return True
    if len(set(book_pattern("spam").findall(words))) >= 2:
        return True
    return "\u3002" not in words and len(set(book_pattern("spam_trio").findall(words))) >= 3


def _is_menu(words: str) -> bool:
    tokens = [t for t in re.split(r"[\s|\uff5c\u4e28>\u00bb\u203a\uff1e/\u00b7\u2022,\uff0c-]+", words) if t]
    known = _menu()
    if len(tokens) == 1:
        return tokens[0] in known and len(words) <= 6
    return len(tokens) >= 2 and sum(t in known for t in tokens) >= 0.6 * len(tokens)


def _is_names(words: str) -> bool:
    """Two to six personal names and nothing else."""
    tokens = words.split()
    return 2 <= len(tokens) <= 6 and all(map(is_name, tokens))


def is_name(words: str) -> bool:
    """Tell whether some characters look like one personal name, which may be set with a blank inside."""
    name = "".join(words.split())
    return 2 <= len(name) <= 3 and name[0] in load_codebook("articles").section("surnames") and name.isalpha() and not name.isascii()


def ends_closed(words: str) -> bool:
    """Tell whether a paragraph ends as a sentence does."""
    inner = words.rstrip(_CLOSERS)
    if inner[-1:] and inner[-1] in _STOPS:
        return True
    return words[-1:] in ("\uff09", ")")


def is_enumerated(words: str) -> bool:
    """Tell whether a line opens with a number of a list or a mark of a heading."""
    return bool(book_pattern("enumerated").match(words))


def same_words(a: str, b: str) -> bool:
    """Tell whether two lines are equal but for punctuation and blanks.

    >>> same_words("青禾乡:三步走", "青禾乡：三步走")
    True
    """
    return bool(a) and _WORDS.sub("", a) == _WORDS.sub("", b)


@cache
def _menu() -> frozenset[str]:
    return frozenset(load_codebook("articles").section("menu"))


def _filled(pattern: str) -> str:
    for _ in range(2):
        for name, part in load_codebook("articles").section("parts").items():
            pattern = pattern.replace(f"{{{name}}}", part)
    return pattern


@cache
def _furniture() -> tuple[tuple[str, re.Pattern[str], bool, bool], ...]:
    book = load_codebook("articles")
    out = []
    for entry in book.section("furniture"):
        book.check_keys(entry, "a furniture pattern", ("name", "pattern"), ("end", "long"))
        out.append((entry["name"], re.compile(_filled(entry["pattern"])), bool(entry.get("end")), bool(entry.get("long"))))
    return tuple(out)


@cache
def book_pattern(key: str) -> re.Pattern[str]:
    """Compile a section of the codebook: a pattern, or a list of patterns or words as alternatives."""
    value = load_codebook("articles").section(key)
    if isinstance(value, str):
        return re.compile(_filled(value))
    return re.compile("|".join(f"(?:{_filled(v)})" for v in value))

