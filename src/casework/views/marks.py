"""Text with coloured stretches, as HTML: escaped, and laminar where stretches cross."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise

from casework.text import Span

__all__ = ["KINDS", "Mark", "mark_html", "nest_marks"]

KINDS = ("amount", "label", "place", "code")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a string to be shown as `kind`; `id` is its anchor, `title` what a hover says.

    `style` is for pages that have no style sheet of their own (JupyterLab).
    """

    span: Span
    kind: str
    id: str = ""
    title: str = ""
    style: str = ""
    part: bool = False


def nest_marks(marks: Iterable[Mark]) -> list[Mark]:
    """Cut marks that cross others, so that each lies inside or beside every other.

    An earlier kind in `KINDS` is never cut by a later one: amounts stay whole. The first
    part keeps the anchor; the others are marked as parts of it.

    >>> [(m.kind, tuple(m.span)) for m in nest_marks([Mark(Span(0, 4), "code"), Mark(Span(2, 6), "amount")])]
    [('code', (0, 2)), ('amount', (2, 6)), ('code', (2, 4))]
    """
    rank = {kind: i for i, kind in enumerate(KINDS)}
    out: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (rank.get(m.kind, len(KINDS)), m.span, m.id, m.title)):
        cuts = {at for other in out for at in _crossings(mark.span, other.span)}
        edges = [mark.span.start, *sorted(cuts), mark.span.end]
        for i, (start, end) in enumerate(pairwise(edges)):
            out.append(mark if len(edges) == 2 else replace(mark, span=Span(start, end), part=mark.part or i > 0))
    return sorted(out, key=lambda m: (m.span.start, -m.span.end, rank.get(m.kind, len(KINDS)), m.id))


def _crossings(mark: Span, other: Span) -> list[int]:
    """Find where `mark` must be cut because it reaches over one rim of `other` only."""
    if not mark.overlaps(other) or mark.covers(other) or other.covers(mark):
        return []
    return [at for at in other if mark.start < at < mark.end]


def mark_html(text: str, marks: Iterable[Mark], shown: Sequence[Span] | None = None) -> str:
    """Write a string as HTML with its marks; everything of `text` is escaped.

    `shown` limits what is written: stretches outside it become an ellipsis.

    >>> mark_html("收入<20万元", [Mark(Span(3, 7), "amount", "c3-7")])
    '收入&lt;<mark class="amount" id="c3-7">20万元</mark>'
    >>> mark_html("前言不说，收入20万元", [], [Span(5, 11)])
    '<i class="cut">…</i>收入20万元'
    """
    found = [m for m in marks if m.span.start < m.span.end]
    clipped = {m: _clip(m, shown) if shown is not None else [m] for m in found}
    nested = nest_marks(part for parts in clipped.values() for part in parts)
    hidden = sorted((m.span.start, m.id) for m, parts in clipped.items() if m.id and not parts and not m.part)
    edges = sorted({0, len(text), *(at for m in nested for at in m.span), *(at for s in shown or () for at in s)})
    out: list[str] = []
    open_: list[Mark] = []
    following = iter(nested)
    coming = next(following, None)
    gap = False
    for at, until in zip(edges, [*edges[1:], len(text)], strict=True):
        while open_ and open_[-1].span.end <= at:
            out.append(_close(open_.pop()))
        while coming is not None and coming.span.start <= at:
            out.append(_open(coming))
            open_.append(coming)
            coming = next(following, None)
        visible = shown is None or any(s.start <= at < s.end for s in shown)
        if at < until and not visible:
            # What is left out can still be linked to: the link then shows where it would stand.
            out += (f'<span id="{escape(ident)}"></span>' for start, ident in hidden if at <= start < until)
        if at < until and (visible or not gap):
            out.append(escape(text[at:until], quote=False) if visible else '<i class="cut">…</i>')
        gap = at < until and not visible or gap and at == until
    return "".join(out)


def _clip(mark: Mark, shown: Sequence[Span]) -> list[Mark]:
    """Cut a mark to the stretches that are shown; stretches that touch count as one."""
    whole: list[Span] = []
    for span in sorted(shown):
        if whole and span.start <= whole[-1].end:
            whole[-1] = Span(whole[-1].start, max(span.end, whole[-1].end))
        else:
            whole.append(span)
    inside = [Span(max(mark.span.start, s.start), min(mark.span.end, s.end)) for s in whole if s.overlaps(mark.span)]
    return [replace(mark, span=span, part=mark.part or i > 0) for i, span in enumerate(inside)]


def _open(mark: Mark) -> str:
    anchor = (f' data-part="{escape(mark.id)}"' if mark.part else f' id="{escape(mark.id)}"') if mark.id else ""
    title = f' title="{escape(mark.title)}"' if mark.title else ""
    look = f' style="{escape(mark.style)}"' if mark.style else f' class="{escape(mark.kind)}"'
    return f"<mark{look}{anchor}{title}>"


def _close(mark: Mark) -> str:
    return "</mark>"
