"""Groups of cases side by side: how much each tells of each mechanism."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from casework.figures.canvas import SMALL, WIDTH, Canvas, Drawing, sentence
from casework.figures.dots import amount_axis, draw_ticks
from casework.figures.fonts import text_width
from casework.figures.heat import Link
from casework.figures.words import Words

__all__ = ["group_dots"]

SHOWN = 25
"""The most mechanisms that are drawn: those in which the groups are furthest apart."""
_FILLS = (("amount", "amount"), ("card", "amount"), ("accent", "accent"), ("card", "accent"), ("code", "code"), ("card", "code"))


def group_dots(
    differences: pd.DataFrame, *, lang: str = "en", theme: str = "light", link: Link | None = None, width: float = WIDTH,
    labels: Mapping[str, str] | None = None,
) -> Drawing:  # fmt: skip
    """Draw group means (`compare.group_differences`): a line a mechanism, a dot a group, the widest differences first.

    Dots differ in colour and in being filled or hollow; of more than six groups the first six (by name) have one and the
    others are left to the table. `link` gets a mechanism's code.
    """
    say = Words(lang)
    if differences.empty:
        return sentence(say("empty", "groups"), theme, width)
    groups = sorted(set(differences["group"]))[: len(_FILLS)]
    ranked = differences.drop_duplicates("code").sort_values(["spread", "code"], ascending=[False, True], kind="stable")
    codes = [str(c) for c in ranked["code"]][:SHOWN]
    shares = {(r["code"], r["group"]): 100 * r["share"] for r in differences.to_dict("records")}
    called = labels or {}
    left = min(max(text_width(called.get(c, c), 12) for c in codes), width * 0.42) + 24
    canvas = Canvas(width, 80 + 22 * len(codes) + 24 * ((len(groups) + 2) // 3), theme)
    scale = amount_axis(shares.values(), left, width - 40)
    draw_ticks(canvas, scale, 10, 18 + 22.0 * len(codes), say, "percent")
    for i, code in enumerate(codes):
        y = 24 + 22.0 * i
        own = [shares[code, g] for g in groups if (code, g) in shares]
        canvas.text(left - 12, y + 4, called.get(code, code), size=12, anchor="end", room=left - 24, url=link(code) if link else None)
        canvas.path([(scale(min(own)), y), (scale(max(own)), y)], stroke="soft", line=1.5, alpha=0.5)
        for j, group in reversed(list(enumerate(groups))):
            if (code, group) in shares:
                name = f"{called.get(code, code)}, {_name(group)}: {shares[code, group]:.0f}%"
                _dot(canvas, scale(shares[code, group]), y, j, name)
    base = 42 + 22.0 * len(codes)
    canvas.text(12, base + 14, say("legend", "group_share"), size=SMALL, colour="soft", room=width - 24)
    for j, group in enumerate(groups):
        x, y = 18 + (j % 3) * (width - 24) / 3, base + 36 + 22 * (j // 3)
        _dot(canvas, x, y, j, "")
        canvas.text(x + 12, y + 4, _name(group), size=SMALL, colour="soft", room=(width - 24) / 3 - 24)
    canvas.figure.alt = _alt(codes[0], groups, shares, called, len(ranked), say)
    return canvas.figure


def _name(group: str) -> str:
    return group.rsplit("/", 1)[-1]


def _dot(canvas: Canvas, x: float, y: float, which: int, label: str) -> None:
    fill, stroke = _FILLS[which]
    canvas.circle(x, y, 5, fill=fill, stroke=stroke, line=1.8, label=label)


def _alt(top: str, groups: list[str], shares: Mapping[tuple[str, str], float], called: Mapping[str, str], codes: int, say: Words) -> str:
    ranked = sorted((g for g in groups if (top, g) in shares), key=lambda g: (-shares[top, g], g))
    one, two = ranked[0], ranked[-1]
    fields = {"one": _name(one), "two": _name(two), "high": f"{shares[top, one]:.0f}", "low": f"{shares[top, two]:.0f}"}
    return say("alt", "groups", codes=codes, groups=len(groups), top=called.get(top, top), **fields)
