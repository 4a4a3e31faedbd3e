"""Which findings stand when the comparison is made otherwise."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from casework.compare import FINDINGS, VARIANTS
from casework.figures.canvas import SMALL, WIDTH, Canvas, Drawing, sentence
from casework.figures.fonts import text_width
from casework.figures.heat import Link
from casework.figures.words import Words

__all__ = ["robustness_bars"]

_STATES = (("kept", "amount", 0.75), ("changed", "accent", 0.95), ("lost", "soft", 0.4), ("new", "label", 0.85))


def robustness_bars(
    found: pd.DataFrame, *, lang: str = "en", theme: str = "light", link: Link | None = None, width: float = WIDTH,
) -> Drawing:  # fmt: skip
    """Draw what becomes of the findings of the main comparison (`compare.robustness`): a block a variant, a bar a kind of finding.

    A bar is as long as the findings of the main comparison, kept ones first; what only the variant finds stands behind it. `link` gets the
    name of a variant.
    """
    say = Words(lang)
    if found.empty:
        return sentence(say("empty", "robustness"), theme, width)
    counts = Counter(zip(found["variant"], found["finding"], found["state"], strict=True))
    sizes = {(v, f): [counts[v, f, s] for s, _, _ in _STATES] for v in VARIANTS for f in FINDINGS}
    kinds = [f for f in FINDINGS if any(sum(sizes[v, f]) for v in VARIANTS)]
    variants = [v for v in VARIANTS if any(sum(sizes[v, f]) for f in kinds)]
    left = min(max(text_width(say("findings", k), SMALL + 1) for k in kinds), width * 0.4) + 30
    row, head = 20.0, 30.0
    canvas = Canvas(width, 54 + len(variants) * (head + row * len(kinds)), theme)
    y = 8.0
    for variant in variants:
        name = say("variants", variant)
        canvas.text(12, y + 20, name, size=13, url=link(variant) if link else None)
        y += head
        for kind in kinds:
            unit = (width - left - 70) / max(1, *(sum(sizes[v, kind]) for v in variants))
            canvas.text(left - 10, y + 14, say("findings", kind), size=SMALL + 1, colour="soft", anchor="end", room=left - 20)
            _bar(canvas, sizes[variant, kind], left, y, unit, f"{name}: {say('findings', kind)}", say)
            y += row
    _key(canvas, y + 24, say)
    canvas.figure.alt = _alt(found, variants, say)
    return canvas.figure


def _bar(canvas: Canvas, sizes: list[int], x: float, y: float, unit: float, what: str, say: Words) -> None:
    for n, (state, fill, alpha) in zip(sizes, _STATES, strict=True):
        if n:
            canvas.rect(x, y + 3, max(n * unit, 1.5), 13, fill=fill, alpha=alpha, label=f"{what}: {say('legend', state)} {n}")
            x += max(n * unit, 1.5)
    kept, whole = sizes[0], sum(sizes[:3])
    canvas.text(x + 6, y + 14, f"{kept}/{whole}" + (f" +{sizes[3]}" if sizes[3] else ""), size=SMALL, colour="soft")


def _key(canvas: Canvas, y: float, say: Words) -> None:
    x = 12.0
    for state, fill, alpha in _STATES:
        canvas.rect(x, y - 10, 13, 13, fill=fill, alpha=alpha)
        canvas.text(x + 19, y + 1, say("legend", state), size=SMALL, colour="soft")
        x += 19 + text_width(say("legend", state), SMALL) + 18


def _alt(found: pd.DataFrame, variants: list[str], say: Words) -> str:
    old = found[found["state"] != "new"]
    shares = {v: 100 * float((old.loc[old["variant"] == v, "state"] == "kept").mean()) for v in variants if (old["variant"] == v).any()}
    weakest = min(shares, key=lambda v: (shares[v], v), default=variants[0])
    ends = {"least": f"{min(shares.values(), default=100.0):.0f}", "most": f"{max(shares.values(), default=100.0):.0f}"}
    n = int((old["variant"] == weakest).sum())
    return say("alt", "robustness", n=n, variant=say("variants", weakest), **ends)
