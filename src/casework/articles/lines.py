"""Lines of a page and what each looks like by itself."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from casework.articles.patterns import CLOSERS, book_pattern, filled, is_name
from casework.articles.rows import read_rows
from casework.codebook import load_codebook
from casework.text import Span, Text

__all__ = ["Line", "read_lines"]

MAX_FURNITURE = 120
_BAR = re.compile(r"[|\uff5c\u4e28]")
_MANY_TOKENS = 8
_SEPARATORS = re.compile(r"[\s|\uff5c\u4e28>\u00bb\u203a\uff1e/\u00b7\u2022,\uff0c-]+")
PROSE = 60


class Line(NamedTuple):
    """A line that is not blank: its place in the clean text, what it looks like, and why.

    `kind` is prose, short, chrome, spam, byline or caption; `name` is the pattern that said so. Rows that were wrapped
    at the edge of a sheet are one line of several parts.
    """

    parts: tuple[Span, ...]
    text: str
    gap: int
    indent: int
    kind: str
    name: str = ""
    closes: bool = False

    @property
    def start(self) -> int:
        """Where the line begins in the clean text."""
        return self.parts[0].start

    @property
    def end(self) -> int:
        """Where its last part ends."""
        return self.parts[-1].end


def read_lines(text: Text) -> list[Line]:
    """Cut a clean text into lines in reading order, each with its kind; blank lines are only counted."""
    lines = []
    kind_of = cache(_kind)  # rows are asked for too, and most rows are lines
    for rows in read_rows(text.clean, lambda words: bool(kind_of(words)[1])):
        words = rows[0].text if len(rows) == 1 else "".join(row.text for row in rows)
        kind, name, closes = kind_of(words)
        parts = tuple(Span(row.start, row.end) for row in rows)
        lines.append(Line(parts, words, rows[0].gap, rows[0].indent, kind, name, closes))
    return lines


def _kind(words: str) -> tuple[str, str, bool]:
    if _is_spam(words):
        return "spam", "spam", False
    short = len(words) <= MAX_FURNITURE and not _is_sentence(words)
    pattern, found = _furniture(short)
    if m := pattern.match(words):
        return "chrome", *found[m.lastgroup or ""]
    if len(words) <= MAX_FURNITURE and _is_menu(words):
        return "chrome", "menu", False
    if words.count("\t") >= 2:
        return "prose", "table", False
    if len(words) <= 160 and book_pattern("caption").match(words):
        return "caption", "caption", False
    if len(words) <= 70 and (_is_signed(words) or _is_names(words) or book_pattern("signature").match(words)):
        return "byline", "byline", False
    return ("prose" if _is_prose(words) else "short"), "", False


def _is_sentence(words: str) -> bool:
    return words.count("\u3002") > 0 and len(words) > 40


def _is_prose(words: str) -> bool:
    """A line is prose when it ends as a sentence, is long, or holds several clauses."""
    words = book_pattern("tail_names").sub("", words) or words
    last = words.rstrip(CLOSERS)[-1:]
    if last and last in "\u3002\uff1b\u2026;" and len(words) >= 3 and "\u2026\u2026\u2026" not in words:
        return True
    if last and last in "\uff01\uff1f\uff1a!?:" and len(words) >= 24:
        return True
    inner = sum(map(words.count, "\u3002\uff0c\uff1b"))
    return len(words) >= PROSE and inner > 0 or len(words) >= 36 and inner >= 2 or "\u3002" in words[:-1] and len(words) >= 24


def _is_spam(words: str) -> bool:
    """A row of many short tokens between bars, or words that only spam brings."""
    if len(_BAR.findall(words)) >= _MANY_TOKENS - 1:
        tokens = [t for t in _BAR.split(words) if t.strip()]
        if len(tokens) >= _MANY_TOKENS and sum(len(t.strip()) <= 8 for t in tokens) >= 0.9 * len(tokens):
            return True
    if len(set(book_pattern("spam").findall(words))) >= 2:
        return True
    return "\u3002" not in words and len(set(book_pattern("spam_trio").findall(words))) >= 3


def _is_menu(words: str) -> bool:
    tokens = [t for t in _SEPARATORS.split(words) if t]
    known = _menu()
    if len(tokens) == 1:
        return tokens[0] in known and len(words) <= 6
    return len(tokens) >= 2 and sum(t in known for t in tokens) >= 0.6 * len(tokens)


def _is_signed(words: str) -> bool:
    """A line that says who wrote: what is left without the titles must look like names."""
    if not book_pattern("byline").fullmatch(words):
        return False
    names = [t for t in re.split(r"\W+", book_pattern("not_a_name").sub(" ", words)) if t]
    if names and all(t in load_codebook("articles").section("column_names") for t in names):
        return False
    known = sum(t[0] in load_codebook("articles").section("surnames") for t in names)
    return 2 * known >= len(names) or all(len(t) <= 3 for t in names)


def _is_names(words: str) -> bool:
    """Two to six personal names and nothing else."""
    tokens = words.split()
    return 2 <= len(tokens) <= 6 and all(map(is_name, tokens))


@cache
def _menu() -> frozenset[str]:
    return frozenset(load_codebook("articles").section("menu"))


@cache
def _furniture(short: bool) -> tuple[re.Pattern[str], dict[str, tuple[str, bool]]]:
    """Give all patterns of furniture as one, the first that matches counts; by its group, the name and whether it closes an article.

    Of a line that is not `short`, only some patterns are tried.
    """
    book = load_codebook("articles")
    patterns: list[str] = []
    found: dict[str, tuple[str, bool]] = {}
    for i, entry in enumerate(book.section("furniture")):
        book.check_keys(entry, "a furniture pattern", ("name", "pattern"), ("end", "long"))
        if short or entry.get("long"):
            patterns.append(f"(?P<f{i}>{filled(entry['pattern'])})")
            found[f"f{i}"] = (entry["name"], bool(entry.get("end")))
    return re.compile("|".join(patterns)), found
