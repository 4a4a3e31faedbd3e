"""How much of a text a study lets out: nothing, 30 characters around each claim, or all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from casework.tables.publish import SHORT
from casework.text import Span, parse_spans
from casework.views.reading import Reading, Shown

__all__ = ["PUBLISH", "QUOTE", "publishable", "shown_of_passage", "shown_of_raw"]

PUBLISH = ("full", "quotes", "none")
QUOTE = 30
"""So many characters before and after a claim may be quoted."""


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
    stretches = (s for c in reading.of("claims") for s in parse_spans(c.get("spans") or f"{c['start']}-{c['end']}"))
    return _joined(_around(s, end) for s in stretches)


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
