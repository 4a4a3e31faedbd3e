"""What goes together: mechanisms in one passage as a network, cases and mechanisms as a map."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from casework.compare import Correspondence
from casework.figures.canvas import SMALL, WIDTH, Anchor, Canvas, Drawing, sentence, shorten
from casework.figures.fonts import legible, text_width
from casework.figures.heat import Link
from casework.figures.words import Words

__all__ = ["cooccurrence_arcs", "correspondence_map"]

Box = tuple[float, float, float, float]
SHOWN = 30
"""The most pairs that are drawn; of a map, half of the most labels."""


def cooccurrence_arcs(
    pairs: pd.DataFrame, *, lang: str = "en", theme: str = "light", link: Link | None = None, width: float = WIDTH,
    labels: Mapping[str, str] | None = None, least: float = 1.5, least_passages: int = 2,
) -> Drawing:  # fmt: skip
    """Draw pairs of mechanisms (`compare.cooccurrence`) as arcs beside a list of the mechanisms.

    A pair is drawn where it shares at least `least_passages` passages and is seen at least `least` times as often as
    chance would have it; both thresholds are printed. An arc is the wider, the more passages; the list stands so that partners
    are near. Of more than 30 pairs the most frequent are drawn. `link` gets `code_1+code_2`.
    """
    say = Words(lang)
    kept = pairs[(pairs["observed"] >= least_passages) & (pairs["ratio"] >= least)]
    kept = kept.sort_values(["observed", "ratio", "code_1", "code_2"], ascending=[False, False, True, True], kind="stable").head(SHOWN)
    if kept.empty:
        return sentence(say("empty", "cooccurrence"), theme, width)
    names = labels or {}
    edges = [(str(p["code_1"]), str(p["code_2"]), int(p["observed"]), float(p["ratio"])) for p in kept.to_dict("records")]
    order = _near(edges)
    row = 24.0
    at = {code: 28 + row * i for i, code in enumerate(order)}
    left = min(max(text_width(legible(names.get(c, c)), 12) for c in order), width * 0.45) + 26
    canvas = Canvas(width, 28 + row * len(order) + 34, theme)
    most = max(n for _, _, n, _ in edges)
    for one, two, n, ratio in reversed(edges):
        says = f"{names.get(one, one)} + {names.get(two, two)}: {say('legend', 'observed', n=n)}, × {ratio:.1f}"
        _arc(canvas, left + 8, at[one], at[two], 1 + 5 * n / most, link(f"{one}+{two}") if link else None, says)
    for code in order:
        canvas.text(left - 6, at[code] + 4, names.get(code, code), size=12, anchor="end", room=left - 18)
        canvas.circle(left + 4, at[code], 3.5, fill="code")
    note = say("legend", "thresholds", n=least_passages, least=f"{least:g}")
    canvas.text(12, canvas.height - 12, note, size=SMALL, colour="soft", room=width - 24)
    top = max(edges, key=lambda e: e[3])
    one, two = (names.get(code, code) for code in top[:2])
    canvas.figure.alt = say("alt", "cooccurrence", n=len(edges), least=f"{least:g}", one=one, two=two)
    return canvas.figure


def _near(edges: Sequence[tuple[str, str, int, float]]) -> list[str]:
    """Order codes so that partners stand near: each next one is the code most tied to those already placed."""
    ties: dict[str, dict[str, int]] = {}
    for one, two, n, _ in edges:
        ties.setdefault(one, {})[two] = n
        ties.setdefault(two, {})[one] = n
    order: list[str] = []
    while len(order) < len(ties):
        late = order[-4:]
        order.append(min(ties.keys() - set(order), key=lambda c: (-sum(ties[c].get(o, 0) for o in late), -sum(ties[c].values()), c)))
    return order


def _arc(canvas: Canvas, x: float, one: float, two: float, line: float, url: str | None, says: str) -> None:
    middle, half = (one + two) / 2, abs(two - one) / 2
    wide = min(half * 1.15, canvas.width - x - 16)
    points = [(x + wide * math.sin(math.pi * t / 60), middle - half * math.cos(math.pi * t / 60)) for t in range(61)]
    canvas.path(points, stroke="code", line=line, alpha=0.55, url=url, label=says)


@dataclass(frozen=True)
class _Point:
    """A case or a mechanism on the map."""

    key: str
    label: str
    x: float
    y: float
    mass: float
    case: bool


def correspondence_map(
    found: Correspondence, *, lang: str = "en", theme: str = "light", link: Link | None = None, width: float = WIDTH,
    labels: Mapping[str, str] | None = None, names: Mapping[str, str] | None = None,
) -> Drawing:  # fmt: skip
    """Draw a correspondence analysis (`compare.correspondence`): cases as dots, mechanisms as diamonds, two axes of one scale.

    Near means told alike; distances between a case and a mechanism are not read. The heaviest are labelled where there is
    room, cases first. `labels` names the mechanisms, `names` the cases; `link` gets the path of a case or a code.
    """
    say = Words(lang)
    if len(found.inertia) < 2 or found.rows.shape[1] < 3:
        return sentence(say("empty", "correspondence"), theme, width)
    points = [*_points(found.rows, names or {}, True), *_points(found.columns, labels or {}, False)]
    across, up = [p.x for p in points], [p.y for p in points]
    scale = (width - 220) / ((max(across) - min(across)) or 1)
    scale = min(scale, 520 / ((max(up) - min(up)) or 1))
    height = (max(up) - min(up)) * scale + 110
    canvas = Canvas(width, height, theme)
    zero_x, zero_y = 110 - min(across) * scale, 36 + max(up) * scale
    canvas.path([(16, zero_y), (width - 16, zero_y)], stroke="line", line=1)
    canvas.path([(zero_x, 14), (zero_x, height - 58)], stroke="line", line=1)
    ranked = sorted(points, key=lambda p: (not p.case, -p.mass, p.key))
    placed = [(p, zero_x + p.x * scale, zero_y - p.y * scale) for p in ranked]
    marks = [(x - 5, y - 5, x + 5, y + 5) for _, x, y in placed]
    taken: list[Box] = []
    for point, x, y in reversed(placed):
        _mark(canvas, point, x, y, link(point.key) if link else None)
    for point, x, y in placed[: 2 * SHOWN]:
        # A case keeps its name also where that covers the mark of a mechanism.
        if not _label(canvas, point, x, y, taken, marks) and point.case:
            _label(canvas, point, x, y, taken, [box for box, (p, _, _) in zip(marks, placed, strict=True) if p.case])
    _map_key(canvas, found, height, say)
    share = f"{100 * sum(found.shares[:2]):.0f}"
    canvas.figure.alt = say("alt", "correspondence", cases=len(found.rows), codes=len(found.columns), share=share)
    return canvas.figure


def _points(frame: pd.DataFrame, names: Mapping[str, str], case: bool) -> list[_Point]:
    return [
        _Point(str(key), names.get(str(key), str(key).rsplit("/", 1)[-1]), float(x), float(y), float(m), case)
        for key, x, y, m in zip(frame.index, frame["axis_1"], frame["axis_2"], frame["mass"], strict=True)
    ]


def _mark(canvas: Canvas, point: _Point, x: float, y: float, url: str | None) -> None:
    if point.case:
        canvas.circle(x, y, 4.5, fill="amount", stroke="card", line=0.8, url=url, label=point.label)
    else:
        diamond = [(x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)]
        canvas.path(diamond, closed=True, fill="card", stroke="code", line=1.5, url=url, label=point.label)


def _label(canvas: Canvas, point: _Point, x: float, y: float, taken: list[Box], marks: Sequence[Box]) -> bool:
    """Write a label where it covers nothing: right, left, above, below; nowhere if there is no room. Tell whether it was written."""
    size = 12.0 if point.case else 11.0
    text = shorten(legible(point.label), size, 150)
    wide = text_width(text, size)
    spots: list[tuple[float, float, Anchor]] = [(8, 4, "start"), (-8, 4, "end"), (0, -9, "middle"), (0, 17, "middle")]
    for dx, dy, anchor in spots:
        left = x + dx - {"start": 0.0, "end": wide, "middle": wide / 2}[anchor]
        box = (left, y + dy - size, left + wide, y + dy + 3)
        free = not any(box[0] < t[2] and t[0] < box[2] and box[1] < t[3] and t[1] < box[3] for t in [*taken, *marks])
        if free and box[0] > 4 and box[2] < canvas.width - 4 and box[1] > 2:
            taken.append(box)
            canvas.text(x + dx, y + dy, text, size=size, colour="ink" if point.case else "code", anchor=anchor)
            return True
    return False


def _map_key(canvas: Canvas, found: Correspondence, height: float, say: Words) -> None:
    x, y = 18.0, height - 36
    for kind in ("case", "mechanism"):
        _mark(canvas, _Point("", "", 0, 0, 0, kind == "case"), x, y, None)
        text = say("legend", kind)
        canvas.text(x + 10, y + 4, text, size=SMALL, colour="soft")
        x += 10 + text_width(text, SMALL) + 24
    axes = [say("legend", "axis", n=i + 1, share=f"{100 * s:.0f}") for i, s in enumerate(found.shares[:2])]
    canvas.text(12, height - 12, say.join(axes, "part_joiner"), size=SMALL, colour="soft")


