"""A section of a report that has nothing to show says so once: a figure, a table and a file that are empty are one silence."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from casework.views.words import Words

__all__ = ["told_once"]

_EMPTY = re.compile(r"<figure>\s*<svg.*?</svg>\s*<figcaption>(?P<says>[^<]*)</figcaption>\s*</figure>", re.S)
_TEXT = re.compile(r"(?<=>)[^<]+(?=</(?:text|tspan)>)")
_NOTE = re.compile(r'<p class="note">[^<]*</p>')


def told_once(cells: Iterable[Any], words: Words) -> Iterator[Any]:
    """Give cells with the second and further ways of saying "nothing" of each section left out.

    A figure that only draws its own sentence becomes a note of it.
    """
    said = False
    for cell in cells:
        if cell.cell_type != "code":
            said = False
            yield cell
            continue
        shown = copy.copy(cell)
        shown.outputs = []
        for output in cell.outputs:
            html = "".join(output.get("data", {}).get("text/html", ""))
            note = _note_of(html)
            if not (note and said and note == _nothing(words)):
                shown.outputs.append(_with_html(output, note) if note else output)
            said = said or bool(note)
        yield shown


def _nothing(words: Words) -> str:
    return f'<p class="note">{escape(words("no_rows"))}</p>'


def _note_of(html: str) -> str:
    """Give the note that an output is, if it is nothing else; empty where it shows something."""
    if found := _EMPTY.fullmatch(html.strip()):
        drawn = "".join(_TEXT.findall(html))
        return f'<p class="note">{found["says"]}</p>' if "".join(drawn.split()) == "".join(found["says"].split()) else ""
    return html.strip() if _NOTE.fullmatch(html.strip()) else ""


def _with_html(output: Any, html: str) -> Any:
    changed = copy.copy(output)
    changed.data = {**output.data, "text/html": html}
    return changed
