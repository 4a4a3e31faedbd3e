"""Words that set two groups apart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from casework.figures.canvas import SMALL, WIDTH, Anchor, Canvas, Drawing, sentence
from casework.figures.fonts import text_width
from casework.figures.heat import Link
from casework.figures.words import Words

__all__ = ["keyness_bars"]


def keyness_bars(
    words: pd.DataFrame, *, lang: str = "en", theme: str = "light", link: Link | None = None, width: float = WIDTH,
    names: tuple[str, str] = ("A", "B"), top: int = 15,
) -> Drawing:  # fmt: skip
    """Draw the words most typical of A (to the left) and of B (`compare.keyness`) by log ratio, `top` on each side.

    Beside each word stand its uses in both groups and the articles of its group that have it; a bar is paler where only one article does.
    `link` gets the word.
    """
    say = Words(lang)
    sides = words[words["side"] == "a"].head(top), words[words["side"] == "b"].iloc[::-1].head(top)
    longest = max(map(len, sides))
    if not longest:
        return sentence(say("empty", "keyness"), theme, width)
    most = max(1.0, *(abs(float(r)) for side in sides for r in side["log_ratio"]))
    row = 24.0
    canvas = Canvas(width, 44 + row * longest + 52, theme)
    # Room is left at the outer ends for the counts.
    middle, room = width / 2, width / 2 - 84
    for side, sign, name in ((sides[0], -1, names[0]), (sides[1], 1, names[1])):
        canvas.text(middle + sign * 8, 24, name, size=14, anchor="end" if sign < 0 else "start", room=room)
        for i, word in enumerate(side.to_dict("records")):
            _bar(canvas, word, middle, 40 + i * row, sign, room * abs(word["log_ratio"]) / most, link)
    base = 44 + row * longest
    canvas.path([(middle, 34), (middle, base)], stroke="ink", line=1)
    for i in range(1, math.floor(most) + 1):
        for sign in (-1, 1):
            canvas.path([(middle + sign * room * i / most, base), (middle + sign * room * i / most, base + 4)], stroke="soft", line=1)
    for i, key in enumerate(("log_ratio", "counts")):
        canvas.text(middle, base + 22 + 16 * i, say("legend", key), size=SMALL, colour="soft", anchor="middle", room=width - 16)
    listed = [say.join(str(w) for w in side["word"].head(5)) or say("alt", "none") for side in sides]
    canvas.figure.alt = say("alt", "keyness", a=names[0], b=names[1], words_a=listed[0], words_b=listed[1])
    return canvas.figure


def _bar(canvas: Canvas, word: Mapping[Any, Any], middle: float, y: float, sign: int, length: float, link: Link | None) -> None:
    """Draw one word: its bar from the middle, the word over it, the counts behind it."""
    own, other = ("a", "b") if sign < 0 else ("b", "a")
    anchor: Anchor = "end" if sign < 0 else "start"
    text, url = word["word"], link(word["word"]) if link else None
    note = f"{word[f'count_{own}']}:{word[f'count_{other}']} ({word[f'articles_{own}']})"
    alpha = 0.45 if word[f"articles_{own}"] > 1 else 0.2
    mark: dict[str, Any] = {"url": url, "label": f"{text} {note}"}
    canvas.rect(middle - (length if sign < 0 else 0), y + 3, length, 18, fill="amount" if sign < 0 else "label", alpha=alpha, **mark)
    shown = canvas.text(middle + sign * 8, y + 16.5, text, size=13, anchor=anchor, room=200, **mark)
    canvas.text(middle + sign * (max(length, 8 + text_width(shown, 13)) + 8), y + 16, note, size=10, colour="soft", anchor=anchor)
