"""How much of a text a study lets out: nothing, 30 characters around each claim, or all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from casework.tables.publish import SHORT
from casework.text import Span, parse_spans
from casework.views.reading import Reading, Row, Shown, claim_stretches
from casework.views.stretches import around, find_holes, join, subtract, touch

__all__ = ["CROWDED", "PUBLISH", "publishable", "share_out", "shown_of_passage", "shown_of_raw"]

PUBLISH = ("full", "quotes", "none")
CROWDED = 0.6
"""Where quotes let out a larger share of a body than this, it should be said."""


def shown_of_passage(passage: Shown) -> list[Span]:
    """Give what `quotes` shows of a passage's clean text, in order: 30 characters around each claim, in runs that are
    bounded, and short facts.

    What is left out between claims is the same as in the raw file, so that neither view tells what the other holds back.
    Facts are the words of labels and codings that the published tables hold too: at most 15 characters, and never
    beside other words that are shown, so that they cannot grow into running text.
    """
    claims = [m.span for m in passage.marks if m.kind == "amount"]
    near = around(claims, len(passage.text or ""))
    facts: list[Span] = []
    for mark in sorted((m for m in passage.marks if m.kind in ("label", "code")), key=lambda m: (m.span.start, -m.span.end)):
        whole = Span(facts[-1].start, max(facts[-1].end, mark.span.end)) if facts and touch(facts[-1], mark.span) else mark.span
        if whole.end - whole.start > SHORT or any(touch(whole, n) for n in near):
            continue
        facts[len(facts) - (whole is not mark.span) :] = [whole]
    shown = subtract(near, passage.held)
    return sorted([*subtract(shown, find_holes(claims, shown)), *facts])


def shown_of_raw(reading: Reading) -> list[Span]:
    """Give what `quotes` shows of a raw file, in order: 30 characters around each stretch of a claim, in bounded runs."""
    return _quoted(claim_stretches(reading.of("claims")), len(reading.raw or ""))


def _quoted(claims: Sequence[Span], end: int) -> list[Span]:
    return subtract(around(claims, end), find_holes(claims))


def share_out(claims: Iterable[Row], passages: Iterable[Row]) -> float:
    """Give the share of a source's body that `quotes` lets out, in characters of the raw text; 0 where there is no body.

    >>> share_out([{"spans": "30-35"}], [{"spans": "0-100;110-210", "role": "body"}, {"spans": "100-109", "role": "caption"}])
    0.325
    """
    body = join(s for p in passages if p["role"] == "body" for s in parse_spans(p["spans"]))
    if not body:
        return 0.0
    out = _quoted(claim_stretches(claims), body[-1].end)
    return _shared(body, out) / sum(s.end - s.start for s in body)


def _shared(a: Sequence[Span], b: Sequence[Span]) -> int:
    """Count the characters that two rows of spans, each in order and apart, have in common."""
    i = j = chars = 0
    while i < len(a) and j < len(b):
        chars += max(0, min(a[i].end, b[j].end) - max(a[i].start, b[j].start))
        if a[i].end < b[j].end:
            i += 1
        else:
            j += 1
    return chars


def publishable(words: str, publish: str) -> str:
    """Give words that a table holds if they may be shown: all of them with `full`, else only short ones."""
    return words if publish == "full" or len(words) <= SHORT else ""


def covered(span: Span, shown: Sequence[Span]) -> bool:
    """Tell whether a stretch lies within one of those that are shown."""
    return any(s.covers(span) for s in shown)
