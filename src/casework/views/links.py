"""Where a row of a table can be looked up: anchors on evidence pages, pages of cases."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from casework.codebook import did_you_mean
from casework.text import CaseworkError

__all__ = ["KIND_OF", "Row", "anchor", "case_pages", "evidence_href", "link_to"]

Row = Mapping[str, str]
KIND_OF: Mapping[str, str] = {"claims": "amount", "labels": "label", "codings": "code", "places": "place", "sources": "", "articles": ""}
_LETTERS = {"amount": "c", "place": "m", "label": "l", "code": "k"}
_ID = re.compile(r"s[0-9a-f]{16}(:.*)?")


def anchor(row: Row, kind: str) -> str:
    """Give the id by which a mark can be linked: `c12-18` for the claim at raw 12-18."""
    tail = f"-{row['code']}" if kind == "code" else ""
    return f"{_LETTERS[kind]}{row['start']}-{row['end']}{tail}"


def evidence_href(row_id: str, kind: str = "amount", folder: str = "evidence") -> str:
    """Give the link to the characters that a row was read from, by its id; with kind "" to the page alone.

    >>> evidence_href("s0123456789abcdef:12-18"), evidence_href("s0123456789abcdef:3-9:land_pooling", "code", "..")
    ('evidence/s0123456789abcdef.html#c12-18', '../s0123456789abcdef.html#k3-9-land_pooling')
    """
    source_id, _, rest = row_id.partition(":")
    span, _, code = rest.partition(":")
    own = f"#{_LETTERS[kind]}{span}{'-' + code if code else ''}" if rest and kind else ""
    return f"{folder}/{source_id}.html{own}"


def link_to(table: str, folder: str = "evidence", pages: Mapping[str, str] | None = None) -> Callable[[str], str | None]:
    """Give a function from the ids of a table's rows to their evidence, for figures; `pages` gives those of cases.

    >>> link_to("claims")("s0123456789abcdef:12-18")
    'evidence/s0123456789abcdef.html#c12-18'
    """
    if table not in KIND_OF:
        raise CaseworkError(f"no evidence for the rows of '{table}'{did_you_mean(table, KIND_OF)}")

    def link(key: str) -> str | None:
        if _ID.fullmatch(key):
            return evidence_href(key, KIND_OF[table], folder)
        return (pages or {}).get(key)

    return link


def case_pages(cases: Any, report: str) -> dict[str, str]:
    """Give the page of each case in a report that is made for each: `case-<code>.html`, by place.

    `cases` is a frame with case and place_code (`compare.roll_up(…).cases`). A place without a code of its own is
    named by a hash of its path. Without a report there are no pages.
    """
    if not report:
        return {}
    codes = dict(zip(cases["case"].astype(str), cases["place_code"].astype(str), strict=True))
    once = {code for code, n in Counter(codes.values()).items() if code and n == 1}
    hashed = {case: hashlib.sha256(case.encode()).hexdigest()[:10] for case in codes}
    return {case: f"{report}-{code if code in once else hashed[case]}.html" for case, code in codes.items()}
