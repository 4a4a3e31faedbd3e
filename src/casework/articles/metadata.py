"""Outlet, date and authors, read from the lines that carry them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from casework.articles.patterns import book_pattern, is_name

__all__ = ["read_authorship", "read_bylines", "read_date", "read_lead", "read_outlet"]

_DATE = re.compile(r"((?:19|20)\d\d)\s?[-/.\u5e74]\s?(\d{1,2})\s?[-/.\u6708]\s?(\d{1,2})")
_NAME = re.compile("[\u4e00-\u9fff]{2,4}(?:\u00b7[\u4e00-\u9fff]{1,6})?")
_BETWEEN = re.compile(r"[\s\u3001\uff0c,/\uff1b;\uff1a:|()\uff08\uff09\u3010\u3011\[\]]+")


def read_date(line: str) -> str:
    """Give the first full date of a line as YYYY-MM-DD, or an empty string.

    >>> read_date("来源：青山日报  2021年3月5日 08:00")
    '2021-03-05'
    """
    for year, month, day in _DATE.findall(line):
        if 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            return f"{year}-{int(month):02}-{int(day):02}"
    return ""


def read_outlet(line: str) -> str:
    """Give the outlet that a source line names, or an empty string."""
    found = book_pattern("outlet_in_source").search(line)
    outlet = next(g for g in found.groups() if g) if found else ""
    return "" if is_name(outlet) else outlet


def read_lead(opening: str) -> str:
    """Give the outlet that the opening of a report names, or an empty string.

    >>> read_lead("新华社青山3月5日电（记者 田一）春耕时节，各村都忙。")
    '新华社'
    """
    found = book_pattern("lead").match(opening)
    return str(found["outlet"]) if found and book_pattern("own_paper").match(found["outlet"]) is None else ""


def read_bylines(bylines: Sequence[str], source_lines: Sequence[str], body: Sequence[str]) -> tuple[str, ...]:
    """Give the names of the authors, in the order of the page."""
    pieces = list(bylines)
    pieces += (m[1] for line in source_lines if (m := book_pattern("author_in_source").search(line)))
    pieces += (m[0] for text in body[:1] if (m := book_pattern("lead_names").match(text)))
    pieces += (m[0] for text in body[-1:] if (m := book_pattern("tail_names").search(text)))
    names: dict[str, None] = {}
    for piece in pieces:
        bare = book_pattern("not_a_name").sub(" ", piece)
        names.update(dict.fromkeys(t for t in _BETWEEN.split(bare) if _NAME.fullmatch(t)))
    return tuple(names)


def read_authorship(pieces: Sequence[str]) -> str:
    """Tell from the cues who wrote: a correspondent of the place, an agency, the paper's staff, or unknown."""
    joined = "\n".join(pieces)
    for kind in ("correspondent", "agency", "staff"):
        if book_pattern(kind).search(joined):
            return kind
    return "unknown"
