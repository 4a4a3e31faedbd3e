"""What words look like by the codebook: patterns, sentence ends, names."""

from __future__ import annotations

import re
from functools import cache

from casework.codebook import load_codebook

__all__ = ["CLOSERS", "book_pattern", "ends_closed", "filled", "is_enumerated", "is_name", "same_words"]

_STOPS = "\u3002\uff01\uff1f\uff1b\uff1a\u2026!?;:"
CLOSERS = "\u201d\u2019\u300d\u300f\uff09)\u3011\u300b"
_WORDS = re.compile(r"\W+")


def ends_closed(words: str) -> bool:
    """Tell whether a paragraph ends as a sentence does; a row of a table is closed too."""
    if "\t" in words:
        return True
    inner = words.rstrip(CLOSERS)
    if inner[-1:] and inner[-1] in _STOPS:
        return True
    return words[-1:] in ("\uff09", ")")


def is_enumerated(words: str) -> bool:
    """Tell whether a line opens with a number of a list or a mark of a heading."""
    return bool(book_pattern("enumerated").match(words))


def is_name(words: str) -> bool:
    """Tell whether some characters look like one personal name, which may be set with a blank inside."""
    name = "".join(words.split())
    return 2 <= len(name) <= 3 and name[0] in load_codebook("articles").section("surnames") and name.isalpha() and not name.isascii()


def same_words(a: str, b: str) -> bool:
    """Tell whether two lines are equal but for punctuation and blanks.

    >>> same_words("青禾乡:三步走", "青禾乡：三步走")
    True
    """
    return bool(bare := _WORDS.sub("", a)) and bare == _WORDS.sub("", b)


def filled(pattern: str) -> str:
    """Put the named parts of the codebook into a pattern."""
    for _ in range(2):
        for name, part in load_codebook("articles").section("parts").items():
            pattern = pattern.replace(f"{{{name}}}", part)
    return pattern


@cache
def book_pattern(key: str) -> re.Pattern[str]:
    """Compile a section of the codebook: a pattern, or a list of patterns or words as alternatives."""
    value = load_codebook("articles").section(key)
    if isinstance(value, str):
        return re.compile(filled(value))
    return re.compile("|".join(f"(?:{filled(v)})" for v in value))


