"""Organisational models: who stands first, who is joined to whom."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

from casework.codebook import load_codebook
from casework.figures.canvas import SMALL, WIDTH, Canvas, Drawing, sentence
from casework.figures.fonts import text_width
from casework.figures.heat import Link
from casework.figures.words import Words

__all__ = ["model_flow"]

COLUMNS = 5
"""Members beyond this position are few; they are drawn in the last column."""
GAP, NODE, TOP = 10.0, 10.0, 46.0


@dataclass
class _Node:
    """A role at a position: how often, by which members, and where it stands."""

    count: int = 0
    members: Counter[str] = field(default_factory=Counter)
    y: float = 0.0
    out: float = 0.0
    into: float = 0.0


def model_flow(
    models: pd.DataFrame, *, lang: str = "en", theme: str = "light", link: Link | None = None, width: float = WIDTH, top: int = 8,
) -> Drawing:  # fmt: skip
    """Draw models (`compare.model_table`) as a flow by role: a column a position, a band from each member to the next.

    Bands are as wide as the mentions; below, the `top` models by name. `link` gets a model's first label_id.
    """
    say = Words(lang)
    if models.empty:
        return sentence(say("empty", "models"), theme, width)
    sequences = [(m["roles"].split(";"), m["members"].split(";"), int(m["mentions"])) for m in models.to_dict("records")]
    columns, bands = _collect(sequences)
    tallest = max(sum(n.count for n in c.values()) for c in columns)
    unit = min(26.0, 200.0 / tallest)
    height = _place(columns, unit)
    listed = models.head(top)
    rest = len(models) - len(listed)
    canvas = Canvas(width, 56 + height + 22 * (len(listed) + (rest > 0)) + 12, theme)
    step = (width - 24 - 130) / max(1, len(columns) - 1)
    _bands(canvas, columns, bands, step, unit)
    for i, column in enumerate(columns):
        _column(canvas, column, 12 + i * step, i, unit, say)
    _list(canvas, listed, 62 + height, rest, say, link)
    first = models.iloc[0]
    total = int(models["mentions"].sum())
    fields = {"n": len(models), "mentions": total, "top": first["model"], "times": int(first["mentions"])}
    canvas.figure.alt = say("alt", "models" if len(models) > 1 else "models_one", **fields)
    return canvas.figure


Columns = list[dict[str, _Node]]
Bands = Counter[tuple[int, str, str]]


def _collect(sequences: list[tuple[list[str], list[str], int]]) -> tuple[Columns, Bands]:
    """Count roles by position, and steps from one to the next."""
    columns: Columns = [{} for _ in range(min(COLUMNS, max(len(roles) for roles, _, _ in sequences)))]
    bands: Bands = Counter()
    for roles, members, times in sequences:
        for i, (role, member) in enumerate(zip(roles[:COLUMNS], members[:COLUMNS], strict=True)):
            node = columns[i].setdefault(role, _Node())
            node.count += times
            node.members[member] += times
            if i:
                bands[i - 1, roles[i - 1], role] += times
    rank = {str(role): i for i, role in enumerate(load_codebook("model_roles").section("roles"))}
    return [dict(sorted(c.items(), key=lambda kv: rank.get(kv[0], 99))) for c in columns], bands


def _place(columns: Columns, unit: float) -> float:
    """Stand the roles of each column below each other; give the tallest column's height."""
    lowest = TOP
    for column in columns:
        y = TOP
        for node in column.values():
            node.y = y
            y += max(node.count * unit, 3) + max(GAP, 18 - node.count * unit)
        lowest = max(lowest, y)
    return lowest - TOP


def _bands(canvas: Canvas, columns: Columns, bands: Bands, step: float, unit: float) -> None:
    order = [list(c) for c in columns]
    ranked = sorted((i, order[i].index(one), order[i + 1].index(two), one, two, times) for (i, one, two), times in bands.items())
    for i, _, _, one, two, times in ranked:
        a, b = columns[i][one], columns[i + 1][two]
        left, right = 12 + i * step + NODE, 12 + (i + 1) * step
        canvas.ribbon(left, a.y + a.out, right, b.y + b.into, times * unit, fill="amount", alpha=0.22)
        a.out += times * unit
        b.into += times * unit


def _column(canvas: Canvas, column: dict[str, _Node], x: float, at: int, unit: float, say: Words) -> None:
    roles = load_codebook("model_roles").section("roles")
    canvas.text(x, 26, say("legend", "position", n=at + 1), size=SMALL, colour="soft")
    for role, node in column.items():
        tall = max(node.count * unit, 3)
        canvas.rect(x, node.y, NODE, tall, fill="accent" if role == "party" else "amount", radius=2)
        label = str(roles[role]["label"][say.lang])
        canvas.text(x + NODE + 5, node.y + tall / 2 + 4.5, f"{label} {node.count}", size=12)


def _list(canvas: Canvas, models: pd.DataFrame, y: float, rest: int, say: Words, link: Link | None) -> None:
    """List models as chains, each a link, with how often and where."""
    for i, model in enumerate(models.to_dict("records")):
        base = y + 22 * i + 14
        url = link(model["label_ids"].split(";")[0]) if link else None
        chain = canvas.text(12, base, "＋".join(model["members"].split(";")), size=13, room=canvas.width * 0.62, url=url)
        where = say.join((say("legend", "times", n=int(model["mentions"])), *model["names"].split(";")))
        start = 12 + text_width(chain, 13) + 16
        canvas.text(start, base, where, size=SMALL, colour="soft", room=canvas.width - start - 12)
    if rest > 0:
        canvas.text(12, y + 22 * len(models) + 14, say("legend", "more", n=rest), size=SMALL, colour="soft")
