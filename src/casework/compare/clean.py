"""The words of a row as they were repaired: its surface with the edits inside it replayed."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

import pandas as pd

from casework.text import Span, parse_spans

__all__ = ["clean_surfaces"]


class _Edit(NamedTuple):
    """One repair of a source."""

    start: int
    end: int
    raw: str
    new: str


def clean_surfaces(rows: pd.DataFrame, edits: pd.DataFrame) -> list[str]:
    """Give each row's words as cleaned: pinyin taken out, characters mended. `rows` have source_id, spans and surface.

    Where the words of a row or of an edit are held back (stand-off tables), the surface is given as it is.
    """
    by_source: dict[str, list[_Edit]] = {}
    for e in edits.to_dict("records"):
        by_source.setdefault(e["source_id"], []).append(_Edit(int(e["start"]), int(e["end"]), e["raw"], e["new"]))
    for own in by_source.values():
        own.sort()
    found = zip(rows["source_id"], rows["spans"], rows["surface"], strict=True)
    return [_cleaned(surface, parse_spans(spans), by_source.get(source, [])) for source, spans, surface in found]


def _cleaned(surface: str, spans: tuple[Span, ...], edits: list[_Edit]) -> str:
    if not edits or sum(s.end - s.start for s in spans) != len(surface):
        return surface
    out, at = [], 0
    for span in spans:
        piece = surface[at : at + span.end - span.start]
        at += len(piece)
        done = span.start
        for edit in edits[max(0, bisect_left(edits, (span.start,)) - 1) :]:
            if edit.start >= span.end:
                break
            if edit.end <= span.start:
                continue
            if not edit.raw:
                return surface
            start, end = max(edit.start, done), min(edit.end, span.end)
            out += [piece[done - span.start : start - span.start], _part(edit, start, end)]
            done = end
        out.append(piece[done - span.start :])
    return "".join(out)


def _part(edit: _Edit, start: int, end: int) -> str:
    """Give what an edit puts for a part of what it replaces: character by character where both are of one length."""
    if len(edit.new) == edit.end - edit.start:
        return edit.new[start - edit.start : end - edit.start]
    return edit.new if start == edit.start else ""
