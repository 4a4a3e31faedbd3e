"""A stretch of a raw text, and what is said of one: a problem, an error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["CaseworkError", "Problem", "Span", "check_text", "join_spans", "parse_spans"]


class CaseworkError(Exception):
    """Something the user can mend: the message says what, where, and what would do."""

    __module__ = "casework.text"  # where users import it from, and what a traceback should name


class Span(NamedTuple):
    """A half-open stretch `[start, end)` of code points.

    >>> Span(2, 5).cut("abcdefg")
    'cde'
    """

    start: int
    end: int

    def cut(self, text: str) -> str:
        """Give the characters of `text` that the span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two spans share a character."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: Span) -> bool:
        """Tell whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def shift(self, by: int) -> Span:
        """Move the span by a number of characters."""
        return Span(self.start + by, self.end + by)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something odd in the input that did not stop the work: one row of `problems`.

    `start` and `end` count in the raw text; None where the whole source is meant.
    """

    code: str
    message: str
    start: int | None = None
    end: int | None = None
    source_id: str = ""


def check_text(text: object, asker: str) -> None:
    """Raise CaseworkError where something is no text, or half of a surrogate pair stands in it.

    >>> check_text(None, "parse")
    Traceback (most recent call last):
    casework.text.CaseworkError: parse needs a text (str), not NoneType
    """
    if not isinstance(text, str):
        raise CaseworkError(f"{asker} needs a text (str), not {type(text).__name__}")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as e:
        message = f"the text has half of a surrogate pair at character {e.start}: decode its bytes again, or drop it"
        raise CaseworkError(message) from None


def join_spans(spans: Iterable[Span]) -> str:
    """Write spans as a table cell.

    >>> join_spans([Span(3, 8), Span(20, 24)])
    '3-8;20-24'
    """
    return ";".join(f"{s.start}-{s.end}" for s in spans)


def parse_spans(cell: str) -> tuple[Span, ...]:
    """Read spans back from a table cell.

    >>> parse_spans("3-8;20-24")
    (Span(start=3, end=8), Span(start=20, end=24))
    """
    return tuple(Span(*map(int, part.split("-"))) for part in cell.split(";") if part)
