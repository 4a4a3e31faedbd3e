"""Mechanisms by case: what each case tells, and where its silence says nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from casework.figures.canvas import SMALL, WIDTH, Canvas, Drawing, sentence, wrapped
from casework.figures.fonts import text_width
from casework.figures.words import Words

__all__ = ["Link", "mechanism_map"]

Link = Callable[[str], str | None]
Cells = Mapping[tuple[str, str], Mapping[Any, Any]]
MANY = 60
"""With more rows than this, cells are too small for figures inside them."""


# Five depths rather than a gradient: between the fourth and the fifth no ink could be read, in light and in dark.
_DEPTHS = ((0.0, 0.12), (0.1, 0.22), (0.2, 0.33), (0.35, 0.45), (0.5, 0.86))


def _depth(share: float) -> float:
    return next(depth for least, depth in reversed(_DEPTHS) if share >= least)


def _on(depth: float) -> str:
    """Give the ink that can be read on a cell of that depth."""
    return "card" if depth > 0.5 else "ink"


@dataclass(frozen=True)
class _Axis:
    """The cases or the codes: their keys in order, what is written, and how."""

    keys: list[str]
    shown: dict[str, str]
    groups: dict[str, str]


def mechanism_map(
    table: pd.DataFrame, *, lang: str = "en", theme: str = "light", link: Link | None = None, width: float = WIDTH,
    labels: Mapping[str, str] | None = None, families: Mapping[str, str] | None = None, order: Sequence[str] | None = None,
) -> Drawing:  # fmt: skip
    """Draw a mechanism table (`compare.mechanism_table`) as a heat map: cases by mechanisms.

    A filled cell is mentioned (the fuller, the larger the share of passages), an empty box not mentioned, a short stroke not mentioned in
    a text too short to tell. Bars show each case's characters. `labels` and `families` name the codes, `order` is the
    order of the cases (`compare.case_order`); `link` gets the first coding's id, or the case's path.
    """
    say = Words(lang)
    table = table[table["chars"] > 0]
    if table.empty:
        return sentence(say("empty", "mechanisms"), theme, width)
    names = dict(zip(table["case"], table["name"], strict=True))
    cases = [c for c in (order if order is not None else names) if c in names]
    codes = _by_family(list(dict.fromkeys(table["code"])), families or {})
    case_axis = _Axis(cases, names, {})
    code_axis = _Axis(codes, {c: (labels or {}).get(c, c) for c in codes}, dict(families or {}))
    # The longer axis runs down the page, where there is room for any number of rows.
    across, down = (case_axis, code_axis) if len(cases) <= min(len(codes), 16) else (code_axis, case_axis)
    grid = _Grid(across, down, cases_down=down is case_axis, width=width, say=say)
    canvas = Canvas(grid.width, grid.height, theme)
    cells: Cells = {(r["case"], r["code"]): r for r in table.to_dict("records")}
    grid.draw(canvas, cells, link)
    canvas.figure.alt = _alt(table, code_axis.shown, say)
    return canvas.figure


def _by_family(codes: list[str], families: Mapping[str, str]) -> list[str]:
    """Keep codes of one family together, families in the order of their first code."""
    rank = {f: i for i, f in reversed(list(enumerate(families.get(c, "") for c in codes)))}
    return sorted(codes, key=lambda c: rank[families.get(c, "")])


class _Grid:
    """Lays the heat map out: how wide the labels, how large the cells, where each row stands."""

    def __init__(self, across: _Axis, down: _Axis, cases_down: bool, width: float, say: Words) -> None:
        self.across, self.down, self.cases_down, self.say = across, down, cases_down, say
        longest = max(text_width(down.shown[k], 12) for k in down.keys)
        self.bar = 96.0 if cases_down else 0.0
        # Long labels may have what few columns leave them, and never less than a third.
        spare = width - self.bar - 44 - 40 * len(across.keys)
        self.left = min(max(longest, 60), max(width * 0.36, min(spare, width * 0.55))) + 20
        room = width - self.left - self.bar - 24
        self.cell_w = min(max(room / len(across.keys), 15), 64)
        self.cell_h = 24.0 if len(down.keys) <= MANY else 17.0
        self.turned = max(text_width(across.shown[k], 12) for k in across.keys) > self.cell_w - 4
        heads = max(text_width(across.shown[k], 12) for k in across.keys)
        self.head = min(heads, 190) * 0.77 + 26 if self.turned else 34.0
        self.top = self.head + (34.0 if not cases_down else 0.0)
        self.rows: dict[str, float] = {}
        self.families: list[tuple[float, str]] = []
        y = self.top
        last = ""
        for key in down.keys:
            if (family := down.groups.get(key, "")) != last:
                y += 24
                self.families.append((y - 7, family))
                last = family
            self.rows[key] = y
            y += self.cell_h
        over = heads * 0.64 if self.turned else 0
        self.width = max(width, self.left + self.cell_w * len(across.keys) + max(self.bar, min(over, 122)) + 16)
        self.bottom = y
        self.height = y + 50

    def draw(self, canvas: Canvas, cells: Cells, link: Link | None) -> None:
        """Draw labels, cells, the bars of characters, and the key."""
        self._heads(canvas, link)
        for y, family in self.families:
            canvas.text(12, y, family, size=SMALL, colour="soft")
        for key, y in self.rows.items():
            url = link(key) if link and self.cases_down else None
            size = 12 if self.cell_h > 20 else 10.5
            base = y + self.cell_h / 2 + size * 0.36
            canvas.text(self.left - 8, base, self.down.shown[key], size=size, anchor="end", room=self.left - 20, url=url)
        boxes, strokes = [], []
        for i, a in enumerate(self.across.keys):
            x = self.left + i * self.cell_w
            for d, y in self.rows.items():
                cell = cells.get((d, a) if self.cases_down else (a, d))
                if cell is not None and cell["state"] == "1":
                    self._hit(canvas, x, y, cell, link)
                elif cell is not None and cell["state"] == "0":
                    boxes.append(_box(x + 1.5, y + 1.5, self.cell_w - 3, self.cell_h - 3))
                elif cell is not None:
                    strokes.append(_stroke(x + self.cell_w / 2, y + self.cell_h / 2))
        canvas.strokes(boxes, stroke="line")
        canvas.strokes(strokes, stroke="soft", alpha=0.7)
        self._exposure(canvas, cells)
        self._key(canvas)

    def _heads(self, canvas: Canvas, link: Link | None) -> None:
        for i, key in enumerate(self.across.keys):
            x = self.left + (i + 0.5) * self.cell_w
            url = link(key) if link and not self.cases_down else None
            if self.turned:
                canvas.text(x + 3, self.head - 6, self.across.shown[key], size=12, turn=50, room=190, url=url)
            else:
                canvas.text(x, self.head - 8, self.across.shown[key], size=12, anchor="middle", url=url)

    def _hit(self, canvas: Canvas, x: float, y: float, cell: Mapping[Any, Any], link: Link | None) -> None:
        """Draw a cell that is mentioned: a door to its first coding, with the share in it where there is room."""
        code = (self.across if self.cases_down else self.down).shown[str(cell["code"])]
        first, percent = cell["coding_ids"].split(";")[0], f"{cell['share'] * 100:.0f}"
        fields = {"case": cell["name"], "code": code, "hits": cell["hits"], "passages": cell["passages"], "share": percent}
        says = self.say("tooltips", "cell_hit", **fields)
        url = link(first) if link and first else None
        depth = _depth(cell["share"])
        canvas.rect(x + 1, y + 1, self.cell_w - 2, self.cell_h - 2, fill="amount", alpha=depth, radius=2, url=url, label=says)
        if self.cell_w >= 30 and self.cell_h > 20:
            canvas.text(x + self.cell_w / 2, y + self.cell_h / 2 + 4, percent, size=SMALL, colour=_on(depth), anchor="middle", url=url)

    def _exposure(self, canvas: Canvas, cells: Cells) -> None:
        """Draw how many characters each case has: beside its row, or above its column."""
        chars = {case: float(c["chars"]) for (case, _), c in cells.items()}
        most = max(chars.values())
        title = self.say("legend", "thousand_characters")
        if self.cases_down:
            x = self.left + self.cell_w * len(self.across.keys) + 12
            canvas.text(x, self.top - 8, shorten_to(title, self.bar), size=SMALL, colour="soft")
            for key, y in self.rows.items():
                length = (self.bar - 44) * chars[key] / most
                canvas.rect(x, y + self.cell_h / 2 - 3, max(length, 1), 6, fill="soft", alpha=0.55)
                canvas.text(x + max(length, 1) + 5, y + self.cell_h / 2 + 4, f"{chars[key] / 1000:.1f}", size=10, colour="soft")
            return
        lines = wrapped(title, SMALL, self.left - 20, 2)
        for i, line in enumerate(lines):
            canvas.text(self.left - 8, self.top - 8 - 13 * (len(lines) - 1 - i), line, size=SMALL, colour="soft", anchor="end")
        for i, key in enumerate(self.across.keys):
            x = self.left + i * self.cell_w
            height = max(1.0, 14 * chars[key] / most)
            middle = x + self.cell_w / 2
            canvas.rect(middle - 4, self.top - 4 - height, 8, height, fill="soft", alpha=0.55)
            if self.cell_w >= 24:
                canvas.text(middle, self.top - 9 - height, f"{chars[key] / 1000:.1f}", size=10, colour="soft", anchor="middle")

    def _key(self, canvas: Canvas) -> None:
        x, y = 12.0, self.bottom + 20
        for least, depth in _DEPTHS:
            canvas.rect(x, y - 2, 26, 17, fill="amount", alpha=depth, radius=2)
            bound = f"{least * 100:.0f}+" if least else f"<{_DEPTHS[1][0] * 100:.0f}"
            canvas.text(x + 13, y + 10.5, bound, size=10.5, colour=_on(depth), anchor="middle")
            x += 28
        x = self._key_text(canvas, x + 5, y, self.say("legend", "share"))
        canvas.strokes([_box(x + 0.5, y + 0.5, 12, 12)], stroke="line")
        x = self._key_text(canvas, x + 19, y, self.say("legend", "silent"))
        canvas.strokes([_stroke(x + 6, y + 6.5)], stroke="soft", alpha=0.7)
        self._key_text(canvas, x + 18, y, self.say("legend", "too_short"))

    def _key_text(self, canvas: Canvas, x: float, y: float, text: str) -> float:
        canvas.text(x, y + 11, text, size=SMALL, colour="soft")
        return x + text_width(text, SMALL) + 20


def shorten_to(text: str, room: float) -> str:
    """Give the text where it fits in small type, else nothing."""
    return text if text_width(text, SMALL) <= room else ""


def _stroke(x: float, y: float) -> list[tuple[float, float]]:
    return [(x - 3.5, y + 3.5), (x + 3.5, y - 3.5)]


def _box(x: float, y: float, w: float, h: float) -> list[tuple[float, float]]:
    return [(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)]


def _alt(table: pd.DataFrame, labels: Mapping[str, str], say: Words) -> str:
    states = table["state"].value_counts()
    cases, codes = table["case"].nunique(), table["code"].nunique()
    spread = table[table["state"] == "1"].groupby("code")["case"].nunique()
    if spread.empty:
        return say("alt", "mechanisms_none", codes=codes, cases=cases)
    top = min(spread.index, key=lambda c: (-int(spread[c]), str(c)))
    counts = {"hits": int(states.get("1", 0)), "silent": int(states.get("0", 0)), "short": int(states.get("", 0))}
    # What one case alone tells is not spread.
    kind = "mechanisms" if spread[top] > 1 else "mechanisms_apart" if cases > 1 else "mechanisms_one"
    return say("alt", kind, codes=codes, cases=cases, top=labels[str(top)], top_cases=int(spread[top]), **counts)
