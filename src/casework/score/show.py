"""A scoring as lines for a terminal, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from casework.score.count import Miss
from casework.score.measures import Measure, Score

__all__ = ["score_json", "score_lines"]


def score_lines(score: Score, misses: bool = False) -> Iterator[str]:
    """Write a scoring as a table of figures, the recall of each class, the confusions and, if asked for, each miss."""
    yield f"{score.files} gold files, {score.of('span_f1').gold} quantities, {score.of('span_f1').got} claims"
    yield f"{'figure':16} {'value':>6}  {'95% interval':15} {'precision':>9} {'recall':>7} {'F1':>7}"
    yield from map(_measure, score.measures)
    if score.files < 2:
        yield "no interval from one file: it is taken over files"
    for name in score.classes:
        yield from _classes(score, name)
    if misses:
        yield from map(_miss, score.misses)


def score_json(score: Score) -> str:
    """Write a scoring as JSON: the figures by name, then all there is to know."""
    ends = ("low", "high", "right", "gold", "got")
    measures = {m.name: {"value": round(m.value, 4), **{end: getattr(m, end) for end in ends}} for m in score.measures}
    classes = {name: [{"class": label, "gold": of, "right": hit} for label, of, hit in rows] for name, rows in score.classes.items()}
    confusion = {name: [{"gold": a, "got": b, "n": n} for (a, b), n in cells.items()] for name, cells in score.confusion.items()}
    baseline = {name: dict(zip(("class", "share"), score.baseline(name), strict=True)) for name in score.classes}
    misses = [{name: getattr(m, name) for name in Miss.__slots__} for m in score.misses]
    judged = {"classes": classes, "baseline": baseline, "confusion": confusion, "misses": misses}
    return json.dumps({"figures": score.figures(), "measures": measures, **judged}, ensure_ascii=False, indent=1)


def _measure(m: Measure) -> str:
    interval = f"{m.low:.3f}–{m.high:.3f}" if m.low is not None and m.high is not None else ""
    ends = f"{m.precision:9.4f} {m.recall:7.4f} {m.f1:7.4f}" if m.gold or m.got else ""
    return f"{m.name:16} {m.value:6.4f}  {interval:15} {ends}".rstrip()


def _classes(score: Score, name: str) -> Iterator[str]:
    label, share = score.baseline(name)
    if not label:
        return
    yield f"{name}: recall of each class (always '{label}' would be right in {share:.4f})"
    for row, of, hit in score.classes[name]:
        yield f"  {row:20} {hit / of:6.4f}  {hit} of {of}"
    wrong = sorted(((n, a, b) for (a, b), n in score.confusion[name].items() if a != b), key=lambda c: (-c[0], c[1:]))
    if wrong:
        yield "  taken for another: " + ", ".join(f"{a} → {b or 'nothing'} {n}" for n, a, b in wrong)


def _miss(m: Miss) -> str:
    if not m.gold:
        told = f"{m.field}: not in the gold: {m.got}"
    elif not m.got:
        told = f"{m.field}: missed: {m.gold}"
    else:
        told = f"{m.field} is {m.got}, gold {m.gold}"
    return f"{m.file}:{m.start}-{m.end} {told} | {m.text}"
