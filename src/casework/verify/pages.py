"""The first difference between two pages of a site: the cell it stands in, the line, and the words around it."""

from __future__ import annotations

import re

__all__ = ["first_in_page"]

AROUND = 24
# Set by the template of the notebooks before what a cell shows.
_CELL = re.compile(r"<!--c(\d+)-->")
# Where the parts of a page stand that are not its body.
_PARTS = (("<footer", "the foot"), ("<main", "the body"), ("<header", "the head"), ("<style", "a style"), ("<head", "the head"))


def first_in_page(there: str, made: str) -> str:
    """Say where two pages first differ; a page's inlined font is the last thing to be named, as it follows from its words."""
    bare, again = _bare(there), _bare(made)
    if bare == again:
        return "the inlined font differs" if there != made else ""
    at = next((i for i, (a, b) in enumerate(zip(bare, again, strict=False)) if a != b), min(len(bare), len(again)))
    line, column = bare.count("\n", 0, at) + 1, at - bare.rfind("\n", 0, at)
    where = _where(bare, at)
    return f"{where}line {line}, character {column}: {_around(bare, at)} is there, {_around(again, at)} is made again"


def _bare(page: str) -> str:
    """Leave out what only follows from the rest: fonts and the hashes of the policy."""
    return re.sub(r"base64,[A-Za-z0-9+/=]+|'sha256-[A-Za-z0-9+/=]+'", "", page)


def _where(page: str, at: int) -> str:
    part = max(((page.rfind(mark, 0, at + 1), name) for mark, name in _PARTS), key=lambda p: p[0])
    cells = _CELL.findall(page, 0, at + 1)
    if part[1] == "the body" and cells:
        return f"cell {int(cells[-1])}, "
    return f"{part[1]}, " if part[0] >= 0 else ""


def _around(page: str, at: int) -> str:
    text = " ".join(page[max(0, at - AROUND) : at + AROUND].split())
    return f"'…{text}…'"
