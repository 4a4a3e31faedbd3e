"""Which stretches of a text may be quoted: what stands close to a claim, in runs that are bounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from casework.text import Span

__all__ = ["HOLE", "QUOTE", "RUN", "around", "find_holes", "join", "subtract", "touch"]

QUOTE = 30
"""So many characters before and after a claim may be quoted."""
RUN = 100
"""Longer than this nothing is quoted in one run, unless a claim itself is."""
HOLE = 10
"""So many characters are left out, where there are as many between two claims, to end a run."""


def touch(a: Span, b: Span) -> bool:
    """Tell whether two stretches overlap or follow each other."""
    return a.start <= b.end and b.start <= a.end


def join(spans: Iterable[Span]) -> list[Span]:
    """Put stretches in order, those that touch made one."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and touch(out[-1], span):
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return out


def around(claims: Iterable[Span], end: int) -> list[Span]:
    """Give what stands within 30 characters of a claim, in order, in a text that ends at `end`."""
    return join(Span(max(0, s.start - QUOTE), min(end, s.end + QUOTE)) for s in claims)


def find_holes(claims: Iterable[Span], shown: Sequence[Span] | None = None) -> list[Span]:
    """Give what is left out between claims so that no run of what is shown (else of all around them) has more than 100 characters.

    A claim is never cut: where claims follow each other without a word between, or one is that long, a run is longer.

    >>> find_holes([Span(30, 35), Span(60, 65), Span(90, 95)])
    [Span(start=72, end=83)]
    >>> find_holes([Span(30, 35)]), find_holes([Span(30, 35), Span(60, 65)], [Span(0, 95)])
    ([], [])
    """
    own = join(claims)
    out: list[Span] = []
    first = 0
    # Where a text ends is not asked: whoever knows only a part of it leaves out the same.
    for run in join(Span(s.start - QUOTE, s.end + QUOTE) for s in own) if shown is None else shown:
        while first < len(own) and own[first].end <= run.start:
            first += 1
        last = first
        while last < len(own) and own[last].start < run.end:
            last += 1
        out += _cut(own[first:last], run)
        first = last
    return out


def _cut(claims: Sequence[Span], run: Span) -> Iterator[Span]:
    """Cut a run between its claims: as late as it may be where enough words stand between, else where most do."""
    start, at = run.start, 0
    while run.end - start > RUN and at + 1 < len(claims):
        near = at
        gaps: list[tuple[bool, int, int]] = []
        while near + 1 < len(claims) and (near == at or claims[near].end - start <= RUN):
            wide = claims[near + 1].start - claims[near].end
            gaps.append((wide >= HOLE, near if wide >= HOLE else wide, near))
            near += 1
        chosen = max(gaps)[2]
        hole = _hole(Span(claims[chosen].end, claims[chosen + 1].start), start + RUN)
        yield hole
        start, at = hole.end, chosen + 1


def _hole(gap: Span, limit: int) -> Span:
    """Leave out the middle of what stands between two claims, so that the run before it ends at `limit`; all of it where it is short."""
    spare = gap.end - gap.start - HOLE
    if spare <= 0:
        return gap
    start = gap.start + max(0, min(spare // 2, limit - gap.start))
    return Span(start, max(start + HOLE, gap.end - spare // 2))


def subtract(shown: Iterable[Span], holes: Sequence[Span]) -> list[Span]:
    """Give what is left of stretches, in order, without the holes in them."""
    out: list[Span] = []
    at = 0
    for span in shown:
        start = span.start
        while at < len(holes) and holes[at].end <= span.start:
            at += 1
        inside = at
        while inside < len(holes) and holes[inside].start < span.end:
            if start < holes[inside].start:
                out.append(Span(start, holes[inside].start))
            start = max(start, holes[inside].end)
            inside += 1
        if start < span.end:
            out.append(Span(start, span.end))
    return out
