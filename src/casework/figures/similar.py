"""How alike cases are: each pair a cell, like beside like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from casework.figures.canvas import SMALL, WIDTH, Canvas, Drawing, sentence
from casework.figures.heat import Link
from casework.figures.words import Words

__all__ = ["distance_map"]

NAMED = 45
"""With more cases than this, their names could not be read."""
_DEPTHS = ((0.0, 0.08), (0.2, 0.24), (0.4, 0.42), (0.6, 0.62), (0.8, 0.9))


def distance_map(
    distances: pd.DataFrame, *, lang: str = "en", theme: str = "light", link: Link | None = None, width: float = WIDTH,
    order: Sequence[str] | None = None, names: Mapping[str, str] | None = None,
) -> Drawing:  # fmt: skip
    """Draw distances between cases (`compare.case_distances`) as a triangle of cells, the darker the more alike.

    The cases stand in `order` (`compare.case_order`: the leaves of a tree of the distances), their names at the diagonal; beyond 45 cases
    without names. In cells that are large enough stands the likeness in percent. `link` gets the path of a case.
    """
    say = Words(lang)
    keys = [str(k) for k in (order if order is not None else distances.index)]
    called = names or {k: k.rsplit("/", 1)[-1] for k in keys}
    if len(keys) < 2:
        return sentence(say("empty", "distances"), theme, width)
    cell = min(34.0, (width - 190) / len(keys))
    canvas = Canvas(width, 24 + cell * len(keys) + 58, theme)
    like = 1 - distances.loc[keys, keys].to_numpy(dtype=float)
    boxes: dict[float, list[tuple[float, float, float, float]]] = {depth: [] for _, depth in _DEPTHS}
    gap = 1.0 if cell > 8 else 0.0
    for i in range(len(keys)):
        for j in range(i):
            boxes[_depth(like[i, j])].append((16 + j * cell, 16 + i * cell, cell - gap, cell - gap))
    for depth, found in boxes.items():
        canvas.boxes(found, fill="amount", alpha=depth)
    if len(keys) <= NAMED:
        size = min(12.0, cell * 0.8)
        for i, key in enumerate(keys):
            y = 16 + (i + 0.5) * cell
            canvas.text(22 + i * cell, y + size * 0.36, called[key], size=size, room=width - 30 - i * cell, url=link(key) if link else None)
            for j in range(i) if cell >= 22 else ():
                ink = "card" if _depth(like[i, j]) > 0.5 else "ink"
                canvas.text(16 + (j + 0.5) * cell, y + 4, f"{100 * like[i, j]:.0f}", size=SMALL, colour=ink, anchor="middle")
    _key(canvas, 24 + cell * len(keys) + 18, len(keys), say)
    near, one, two = min((-like[i, j], *sorted((keys[i], keys[j]))) for i in range(len(keys)) for j in range(i))
    kind = "distances_none" if near > -1e-9 else "distances_two" if len(keys) == 2 else "distances"
    canvas.figure.alt = say("alt", kind, cases=len(keys), one=called[one], two=called[two], share=f"{-100 * near:.0f}")
    return canvas.figure


def _depth(like: float) -> float:
    return next(depth for least, depth in reversed(_DEPTHS) if like >= least - 1e-9)


def _key(canvas: Canvas, y: float, cases: int, say: Words) -> None:
    x = 16.0
    for least, depth in _DEPTHS:
        canvas.rect(x, y - 12, 30, 17, fill="amount", alpha=depth, radius=2)
        canvas.text(x + 15, y + 0.5, f"{100 * least:.0f}+", size=10.5, colour="card" if depth > 0.5 else "ink", anchor="middle")
        x += 32
    canvas.text(x + 6, y, say("legend", "alike"), size=SMALL, colour="soft", room=canvas.width - x - 16)
    if cases > NAMED:
        canvas.text(16, y + 22, say("legend", "too_many_names"), size=SMALL, colour="soft", room=canvas.width - 32)
