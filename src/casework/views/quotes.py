"""How much of a text a study lets out: nothing, 30 characters around each claim, or all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from casework.tables.publish import SHORT
from casework.text import Span, parse_spans
from casework.views.reading import Reading, Row, Shown

__all__ = ["CROWDED", "PUBLISH", "QUOTE", "publishable", "share_out", "shown_of_passage", "shown_of_raw"]

PUBLISH = ("full", "quotes", "none")
QUOTE = 30
"""So many characters before and after a claim may be quoted."""
CROWDED = 0.6
"""Where quotes let out a larger share of a body than this, it should be said."""


def shown_of_passage(passage: Shown) -> list[Span]:
    """Give what `quotes` shows of a passage's clean text, in order: 30 characters around each claim, and short facts.

    Facts are the words of labels and codings that the published tables hold too: at most 15 characters, and never
    beside other words that are shown, so that they cannot grow into running text.
    """
    end = len(passage.text or "")
    near = _joined(_around(m.span, end) for m in passage.marks if m.kind == "amount")
    facts: list[Span] = []
    for mark in sorted((m for m in passage.marks if m.kind in ("label", "code")), key=lambda m: (m.span.start, -m.span.end)):
        whole = Span(facts[-1].start, max(facts[-1].end, mark.span.end)) if facts and _touch(facts[-1], mark.span) else mark.span
        if whole.end - whole.start > SHORT or any(_touch(whole, n) for n in near):
            continue
        facts[len(facts) - (whole is not mark.span) :] = [whole]
    return sorted([*near, *facts])


def shown_of_raw(reading: Reading) -> list[Span]:
    """Give what `quotes` shows of a raw file, in order: 30 characters around each stretch of a claim."""
    end = len(reading.raw or "")
    return _joined(_around(s, end) for s in _stretches(reading.of("claims")))


def share_out(claims: Iterable[Row], passages: Iterable[Row]) -> float:
    """Give the share of a source's body that `quotes` lets out, in characters of the raw text; 0 where there is no body.

    >>> share_out([{"spans": "30-35"}], [{"spans": "0-100;110-210", "role": "body"}, {"spans": "100-109", "role": "caption"}])
    0.325
    """
    body = _joined(s for p in passages if p["role"] == "body" for s in parse_spans(p["spans"]))
    if not body:
        return 0.0
    out = _joined(_around(s, body[-1].end) for s in _stretches(claims))
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


def _stretches(claims: Iterable[Row]) -> Iterator[Span]:
    return (s for c in claims for s in parse_spans(c.get("spans") or f"{c['start']}-{c['end']}"))


def publishable(words: str, publish: str) -> str:
    """Give words that a table holds if they may be shown: all of them with `full`, else only short ones."""
    return words if publish == "full" or len(words) <= SHORT else ""


def _around(span: Span, end: int) -> Span:
    return Span(max(0, span.start - QUOTE), min(end, span.end + QUOTE))


def _touch(a: Span, b: Span) -> bool:
    return a.start <= b.end and b.start <= a.end


def _joined(spans: Iterable[Span]) -> list[Span]:
    out: list[Span] = []
    for span in sorted(spans):
        if out and _touch(out[-1], span):
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return out


def covered(span: Span, shown: Sequence[Span]) -> bool:
    """Tell whether a stretch lies within one of those that are shown."""
    return any(s.covers(span) for s in shown)
