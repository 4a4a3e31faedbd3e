"""What a table is: named columns, each with a kind and a sentence that says what it holds.

One declaration makes the check, the data package and the documentation, so that the
three cannot disagree. Every cell is text; an empty cell means unknown or open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from casework.codebook import did_you_mean
from casework.text import CaseworkError

__all__ = ["KINDS", "Column", "Kind", "Table", "Words", "pattern_of"]

Words = Literal["", "running", "short"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a cell may hold: its name in the data package, a pattern and the same in words."""

    frictionless: str
    pattern: str
    says: str


_NUMBER = r"-?(0|[1-9]\d*)(\.\d*[1-9])?"
_DAY = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"

KINDS: Mapping[str, Kind] = {
    "text": Kind("string", r"[\s\S]*", "any text"),
    "id": Kind("string", r"s[0-9a-f]{16}(:[^\s]+)?", "an id: s and 16 hex digits, then what it names in that source"),
    "code": Kind("string", r"[^\s;]+", "one code of its vocabulary"),
    "codes": Kind("string", r"[^;]+(;[^;]+)*", "codes of its vocabulary joined by ;"),
    "list": Kind("string", r"[^;]+(;[^;]+)*", "texts joined by ;"),
    "integer": Kind("integer", r"0|[1-9]\d*", "a whole number from 0"),
    "number": Kind("number", _NUMBER, "a number in its shortest form, without exponent (20000, 0.7)"),
    "flag": Kind("boolean", r"true|false", "true or false"),
    "date": Kind("date", _DAY, "a date, YYYY-MM-DD"),
    "period": Kind("string", rf"{_TIME}(\.\.{_TIME})?", "YYYY, YYYY-MM, YYYY-MM-DD or a range a..b"),
    "spans": Kind("string", r"\d+-\d+(;\d+-\d+)*", "spans start-end joined by ;"),
    "unit": Kind("string", r"count:[^\s;]+|[a-z][a-z0-9]*", "a unit code (yuan, mu …) or count:<classifier>"),
    "place": Kind("string", r"[^/;]+(/[^/;]+)*", "official names joined by /"),
    "place_code": Kind("string", r"\d{6}|\d{9}|\d{12}|x[0-9A-Za-z_.-]*", "6, 9 or 12 digits, or a study's own code with prefix x"),
    "sha256": Kind("string", r"[0-9a-f]{64}", "64 hex digits"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `codes` names its vocabulary, `words` whether it may hold words of a source.

    `words="running"` is text that only `publish: full` lets out; `words="short"` is let out
    while it is too short to be running text.
    """

    name: str
    kind: str
    about: str
    required: bool = False
    codes: str = ""
    words: Words = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its key, the columns it is sorted by within a source, and its columns."""

    name: str
    about: str
    key: tuple[str, ...]
    sort: tuple[str, ...]
    columns: tuple[Column, ...]

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return [c.name for c in self.columns]

    def column(self, name: str) -> Column:
        """Give a column by name, or say which ones there are."""
        for c in self.columns:
            if c.name == name:
                return c
        raise CaseworkError(f"table '{self.name}' has no column '{name}'{did_you_mean(name, self.names)}")


def pattern_of(column: Column, vocabularies: Mapping[str, Mapping[str, str]]) -> str:
    """Give the regular expression that a whole cell of the column must match."""
    pattern = KINDS[column.kind].pattern
    if column.codes:
        word = "|".join(re.escape(code) for code in vocabularies[column.codes])
        if column.codes == "denominators":
            word += r"|other:[^\s;]+"
        pattern = rf"({word})(;({word}))*" if column.kind == "codes" else word
    return rf"({pattern})" if column.required else rf"({pattern})?"
