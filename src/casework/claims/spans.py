"""Find the spans that lie on a stretch without looking at all of them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

from casework.text import Span

__all__ = ["SpanIndex"]


class SpanIndex:
    """Spans in order, asked for by the stretch that they touch.

    >>> index = SpanIndex([Span(4, 6), Span(0, 2)])
    >>> list(index.on(Span(1, 5))), list(index.on(Span(2, 4)))
    ([Span(start=0, end=2), Span(start=4, end=6)], [])
    """

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._spans = sorted(spans)
        self._longest = max([s.end - s.start for s in self._spans]) if self._spans else 0

    def __len__(self) -> int:
        return len(self._spans)

    def on(self, stretch: Span) -> Iterator[Span]:
        """Give the spans that share a character with a stretch, in order."""
        spans = self._spans
        for i in range(bisect_left(spans, (stretch.start - self._longest,)) if len(spans) > 1 else 0, len(spans)):
            span = spans[i]
            if span.start >= stretch.end:
                return
            if span.end > stretch.start:
                yield span

    def touches(self, stretch: Span) -> bool:
        """Tell whether any span shares a character with a stretch."""
        return bool(self._spans) and next(self.on(stretch), None) is not None

    def add(self, span: Span) -> None:
        """Put one more span in its place."""
        insort(self._spans, span)
        self._longest = max(self._longest, span.end - span.start)

    def remove(self, span: Span) -> None:
        """Take a span out again."""
        self._spans.remove(span)
