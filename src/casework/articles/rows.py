"""Rows of a sheet put together: wrapped at its edge, or two columns read across."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from casework.articles.patterns import book_pattern, ends_closed, is_enumerated
from casework.articles.seams import crosses

__all__ = ["Row", "read_rows"]

_BREAK = re.compile("[^\\n\\r\\x0b\\x0c\\x1c-\\x1e\\x85\\u2028\\u2029]+")
_ONE_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_WIDE = re.compile("[\u1100-\uffef]+")
_FEW = 6
_SLACK = 4
_MIXED = 3.0
_MANY = 3000
_RESTS = "\u3002\uff0c\u3001\uff1b\uff1a\uff1f\uff01\u201d\uff09\u300b%"


class Row(NamedTuple):
    """One physical row that is not blank."""

    start: int
    end: int
    text: str
    gap: int
    indent: int


class _Wrap(NamedTuple):
    """Where the rows of a page break: how a row is measured, the size they keep to, and what they may lack of it."""

    measure: Callable[[str], int]
    edge: int
    slack: int

    def is_full(self, row: Row) -> bool:
        """Tell whether a row fills its line, so that the next may go on with it."""
        return self.edge - self.slack <= self.measure(row.text) <= self.edge


def read_rows(clean: str, is_furniture: Callable[[str], bool]) -> list[list[Row]]:
    """Read the rows of a text, those together that are one line of the original.

    A page is wrapped when half of its rows reach the same width; a row that reaches it and does not end a sentence
    goes on in the next, unless a blank line, an indent, furniture or a list number says otherwise. Two columns that
    were read across, row by row, are taken apart first where words fit the next row but one far better than the next.
    """
    rows = _rows(clean)
    wrap = _wrap(rows)
    if wrap is None:
        return [[row] for row in rows]
    rows, glued = _apart(rows, clean, is_furniture)
    out: list[list[Row]] = []
    for i, row in enumerate(rows):
        before = rows[i - 1] if i else None
        # A full stop alone on a row ends the sentence above; other marks alone are furniture.
        apart = is_enumerated(row.text) or (is_furniture(row.text) and row.text[0] not in _RESTS)
        if before is None or apart or ends_closed(before.text) or is_furniture(before.text):
            out.append([row])
        elif (i in glued and i - 1 in glued) or (wrap.is_full(before) and row.gap == 0 and row.indent <= before.indent):
            out[-1].append(row)
        else:
            out.append([row])
    return out


def _rows(clean: str) -> list[Row]:
    rows: list[Row] = []
    last = 0
    for m in _BREAK.finditer(clean):
        begin, end = m.span()
        if words := m[0].strip():
            start = begin + (len(m[0]) - len(m[0].lstrip()) if len(words) < end - begin else 0)
            gap = max(0, len(_ONE_BREAK.findall(clean, last, begin)) - 1) if rows and begin - last > 1 else 0
            rows.append(Row(start, start + len(words), words, gap, start - begin))
            last = end
    return rows


def _width(words: str) -> int:
    return 2 * len(words) - len(_WIDE.sub("", words))


def _wrap(rows: Sequence[Row]) -> _Wrap | None:
    """Find what a page's rows are wrapped at: a width on the sheet or, where more rows keep to it, a number of characters."""
    if len(rows) < _FEW:
        return None
    found = []
    for measure, cells in ((_width, 1), (len, 2)):  # a character of Chinese takes two cells of the sheet
        edge = sorted(measure(row.text) for row in rows)[int(len(rows) * 0.95)]
        wrap = _Wrap(measure, edge, _SLACK // cells)
        full = sum(map(wrap.is_full, rows))
        if 24 <= edge * cells <= 120 and full >= max(4, 0.45 * len(rows)):
            found.append((full, wrap))
    return max(found, key=lambda x: x[0], default=(0, None))[1]


def _apart(rows: list[Row], clean: str, is_furniture: Callable[[str], bool]) -> tuple[list[Row], set[int]]:
    """Take two columns apart that were read across: the left one's rows first; which rows were moved."""
    page = clean[:60_000] if len(rows) <= _MANY else ""
    gains = [_fit(rows, i, i + 2, page) - _fit(rows, i, i + 1, page) for i in range(len(rows) - 2)]
    start, end, sure = _best_stretch(gains)
    end += 2
    if sure < _MIXED or end - start < _FEW:
        return rows, set()
    start, end = _widened(rows, start, end, is_furniture)
    if any(is_furniture(row.text) for row in rows[start:end]):
        return rows, set()
    mixed = rows[start:end]
    return [*rows[:start], *mixed[::2], *mixed[1::2], *rows[end:]], set(range(start, end))


def _widened(rows: Sequence[Row], start: int, end: int, is_furniture: Callable[[str], bool]) -> tuple[int, int]:
    """Take in the first row of the left column, and rows at the foot until both columns end a sentence."""
    if start and rows[start - 1].gap == rows[start].gap and len(rows[start - 1].text) >= 0.8 * len(rows[start].text):
        start -= not is_furniture(rows[start - 1].text)
    while end < len(rows) and not all(ends_closed(row.text) for row in rows[end - 2 : end]) and not is_furniture(rows[end].text):
        end += 1
    return start, end


def _fit(rows: Sequence[Row], i: int, j: int, page: str) -> float:
    """Say how well one row goes on in another; 0 where the first ends a sentence."""
    before, after = rows[i].text, rows[j].text
    if ends_closed(before):
        return 0.0
    if crosses(before, after, page):
        return 1.0
    return 0.5 if after[0] in _RESTS else -0.3 if book_pattern("openers").match(after) else 0.0


def _best_stretch(gains: Sequence[float]) -> tuple[int, int, float]:
    """Find the stretch of the greatest sum."""
    best = (0, 0, 0.0)
    start, total = 0, 0.0
    for i, gain in enumerate(gains):
        if total <= 0:
            start, total = i, 0.0
        total += gain
        if gain > 0 and total >= best[2]:
            best = (start, i + 1, total)
    return best
