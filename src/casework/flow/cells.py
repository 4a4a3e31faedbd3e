"""Cells of rows: what a claim, a place and a span are in a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from casework.claims import Claim
from casework.places import Place
from casework.text import Span, Text

__all__ = ["Record", "claim_cells", "merge_spans", "place_cells", "span_cells"]

Record = dict[str, Any]


def claim_cells(c: Claim) -> Record:
    """Give what a claim says, the place that it is about included."""
    a = c.amount
    base_low, base_high = a.base
    return {
        "low": a.low,
        "high": a.high,
        "unit": a.unit,
        "approx": a.approx,
        "per": c.per,
        "statistic": c.statistic,
        "status": c.status,
        "change": c.change,
        "period": c.period,
        "indicator": c.indicator,
        "about": c.about,
        "voice": c.voice,
        **place_cells(c.place),
        "base_low": base_low,
        "base_high": base_high,
        "base_unit": a.base_unit,
        "rule": c.rule,
        "flags": sorted(c.flags),
    }


def place_cells(place: Place | None) -> Record:
    """Give a place by code and path, both empty where there is none."""
    return {"place_code": place.code if place else "", "place": place.path if place else ""}


def span_cells(text: Text, span: Span) -> Record:
    """Give where a clean span stands in the raw text, and its raw characters."""
    raw = text.to_raw(span)
    return {"start": raw[0].start, "end": raw[0].end, "surface": "".join(s.cut(text.raw) for s in raw), "spans": raw}


def merge_spans(spans: Iterable[Span], raw: str) -> tuple[Span, ...]:
    """Join spans that follow each other with nothing but white space between.

    >>> merge_spans([Span(0, 2), Span(3, 5), Span(8, 9)], "ab cd efg")
    (Span(start=0, end=5), Span(start=8, end=9))
    """
    out: list[Span] = []
    for s in spans:
        if out and out[-1].end <= s.start and not raw[out[-1].end : s.start].strip():
            out[-1] = Span(out[-1].start, s.end)
        else:
            out.append(s)
    return tuple(out)
