"""One visual language: tokens of colour, and a canvas of page pixels on which marks carry links.

Every mark is a patch or a text, so that each can carry its own link (collections lose
theirs in SVG) and its own label; positions are pixels from the upper left, as on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Patch, PathPatch, Rectangle
from matplotlib.path import Path as Curve
from matplotlib.text import Text as Words_

from casework.codebook import did_you_mean
from casework.figures.fonts import legible, missing_chars, register_fonts, text_width
from casework.text import CaseworkError

__all__ = ["THEMES", "WIDTH", "Anchor", "Canvas", "Drawing", "Token", "alt_text", "sentence"]

Anchor = Literal["start", "middle", "end"]
Token = str
WIDTH = 720
SMALL, PLAIN = 11.0, 13.0

# The tokens of the pages' style sheet. Shades are made by opacity, never by another colour, so that
# `to_svg` can leave the choice of theme to the page.
THEMES: Mapping[str, Mapping[Token, str]] = {
    "light": {
        "paper": "#fdfcf9", "card": "#ffffff", "ink": "#1d1f21", "soft": "#5c6166", "line": "#dedad2", "accent": "#a3312a",
        "amount": "#1f5a92", "place": "#2f6f4f", "label": "#9a6a12", "code": "#6b4a8f", "set": "#ece8df",
    },
    "dark": {
        "paper": "#16181a", "card": "#1e2124", "ink": "#e8e6e1", "soft": "#a5a9ad", "line": "#34383c", "accent": "#e0776d",
        "amount": "#8cbcec", "place": "#8bcaa5", "label": "#e0b868", "code": "#c3a6e6", "set": "#24282b",
    },
}  # fmt: skip
_ALIGN: Mapping[str, str] = {"start": "left", "middle": "center", "end": "right"}


class Drawing(Figure):
    """A matplotlib figure that also knows its sentence, what its links say, and which characters its font lacked.

    An `empty` one says in words that there is nothing to draw.
    """

    def __init__(self, width: float, height: float, theme: str) -> None:
        if theme not in THEMES:
            raise CaseworkError(f"no theme '{theme}'{did_you_mean(theme, THEMES)}")
        super().__init__(figsize=(width / 72, height / 72), dpi=72, facecolor=THEMES[theme]["card"])
        self.theme = theme
        self.alt = ""
        self.empty = False
        self.missing: set[str] = set()
        self.link_labels: dict[str, str] = {}


def alt_text(figure: Figure) -> str:
    """Give the one sentence that says what a figure of ours shows, made from its data."""
    return figure.alt if isinstance(figure, Drawing) else ""


class Canvas:
    """Draws marks in pixels from the upper left; `figure` is the Drawing."""

    def __init__(self, width: float, height: float, theme: str = "light") -> None:
        self.width, self.height = width, height
        self.figure = Drawing(width, height, theme)
        self._colours = THEMES[theme]
        self._family = register_fonts()
        self._marks = 0
        self._axes = self.figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._axes.set_xlim(0, width)
        self._axes.set_ylim(height, 0)

    def _add(self, artist: Artist, url: str | None, label: str) -> None:
        artist.set_clip_on(False)
        # Marks lie in the order in which they are drawn, so that a cell and its figure stand together in the SVG too.
        self._marks += 1
        artist.set_zorder(self._marks)
        if url:
            artist.set_url(url)
            self.figure.link_labels.setdefault(url, legible(label))

    def _paint(self, fill: Token | None, stroke: Token | None, width: float, alpha: float, dash: Sequence[float] | None) -> dict[str, Any]:
        return {
            "facecolor": mpl.colors.to_rgba(self._colours[fill], alpha) if fill else "none",
            "edgecolor": mpl.colors.to_rgba(self._colours[stroke], 1.0 if fill else alpha) if stroke else "none",
            "linewidth": width if stroke else 0,
            "linestyle": (0, tuple(dash)) if dash else "solid",
        }

    def rect(
        self, x: float, y: float, w: float, h: float, *, fill: Token | None = None, stroke: Token | None = None, line: float = 1,
        alpha: float = 1, dash: Sequence[float] | None = None, radius: float = 0, url: str | None = None, label: str = "",
    ) -> None:  # fmt: skip
        """Draw a rectangle from its upper left corner, with rounded corners where `radius` is given."""
        paint = self._paint(fill, stroke, line, alpha, dash)
        shape: Patch = Rectangle((x, y), w, h, **paint)
        if radius and min(w, h) > 0:
            shape = FancyBboxPatch((x, y), w, h, boxstyle=f"round,pad=0,rounding_size={min(radius, w / 2, h / 2)}", **paint)
        self._add(shape, url, label)
        self._axes.add_artist(shape)

    def circle(
        self, x: float, y: float, r: float, *, fill: Token | None = None, stroke: Token | None = None, line: float = 1.5,
        alpha: float = 1, url: str | None = None, label: str = "",
    ) -> None:  # fmt: skip
        """Draw a circle."""
        shape = Circle((x, y), r, **self._paint(fill, stroke, line, alpha, None))
        self._add(shape, url, label)
        self._axes.add_artist(shape)

    def path(
        self, points: Sequence[tuple[float, float]], *, closed: bool = False, fill: Token | None = None, stroke: Token | None = None,
        line: float = 1, alpha: float = 1, dash: Sequence[float] | None = None, url: str | None = None, label: str = "",
    ) -> None:  # fmt: skip
        """Draw a line through points, or a closed shape."""
        curve = Curve([*points, points[0]] if closed else list(points), closed=closed)
        self._curve(curve, self._paint(fill, stroke, line, alpha, dash), url, label)

    def strokes(self, lines: Sequence[Sequence[tuple[float, float]]], *, stroke: Token, line: float = 1, alpha: float = 1) -> None:
        """Draw many lines as one mark: what carries no link need not be a mark of its own."""
        if lines:
            codes = [Curve.MOVETO if i == 0 else Curve.LINETO for points in lines for i in range(len(points))]
            curve = Curve([point for points in lines for point in points], codes)
            self._curve(curve, self._paint(None, stroke, line, alpha, None), None, "")

    def boxes(self, boxes: Sequence[tuple[float, float, float, float]], *, fill: Token, alpha: float = 1) -> None:
        """Fill many boxes (x, y, width, height) as one mark."""
        if boxes:
            corners = [[(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)] for x, y, w, h in boxes]
            codes = [Curve.MOVETO, *[Curve.LINETO] * 3, Curve.CLOSEPOLY] * len(boxes)
            self._curve(Curve([point for box in corners for point in box], codes), self._paint(fill, None, 0, alpha, None), None, "")

    def ribbon(
        self, left: float, top_left: float, right: float, top_right: float, height: float, *, fill: Token, alpha: float,
        url: str | None = None, label: str = "",
    ) -> None:  # fmt: skip
        """Draw a band that flows from one height to another, as wide at its end as at its start."""
        half = (left + right) / 2
        upper = [(left, top_left), (half, top_left), (half, top_right), (right, top_right)]
        lower = [(right, top_right + height), (half, top_right + height), (half, top_left + height), (left, top_left + height)]
        codes = [Curve.MOVETO, *[Curve.CURVE4] * 3, Curve.LINETO, *[Curve.CURVE4] * 3, Curve.CLOSEPOLY]
        self._curve(Curve([*upper, *lower, upper[0]], codes), self._paint(fill, None, 0, alpha, None), url, label)

    def _curve(self, curve: Curve, paint: dict[str, Any], url: str | None, label: str) -> None:
        shape = PathPatch(curve, capstyle="round", **paint)
        self._add(shape, url, label)
        self._axes.add_artist(shape)

    def text(
        self, x: float, y: float, text: str, *, size: float = PLAIN, colour: Token = "ink", anchor: Anchor = "start", turn: float = 0,
        room: float = 0, url: str | None = None, label: str = "",
    ) -> str:  # fmt: skip
        """Write a line from its base line, cut with … where it needs more than `room`; give what was written.

        What the font lacks is written as its code point and noted in the drawing.
        """
        self.figure.missing |= missing_chars(text)
        shown = legible(text)
        if room:
            shown = shorten(shown, size, room)
        if not shown.strip():
            return ""
        artist = Words_(
            x, y, shown, fontsize=size, color=self._colours[colour], family=self._family, ha=_ALIGN[anchor], va="baseline", rotation=turn,
            rotation_mode="anchor", parse_math=False,
        )  # fmt: skip
        self._axes.add_artist(artist)
        self._add(artist, url, label or text)
        return shown


def shorten(text: str, size: float, room: float) -> str:
    """Cut a line so that it fits into `room`, with … at its end.

    >>> shorten("青禾镇东岭村", 10, 45)
    '青禾镇…'
    """
    if text_width(text, size) <= room:
        return text
    while text and text_width(text + "…", size) > room:
        text = text[:-1]
    return text + "…"


def wrapped(text: str, size: float, room: float, lines: int) -> list[str]:
    """Break a text into at most `lines` lines that fit into `room`; the last is cut with … where it must be.

    Breaks at blanks where there are any, between any two Chinese characters else.

    >>> wrapped("party branch leads", 10, 62, 2)
    ['party branch', 'leads']
    """
    out: list[str] = []
    rest = text.strip()
    while rest and len(out) < lines - 1 and text_width(rest, size) > room:
        fits = max((n for n in range(1, len(rest)) if text_width(rest[:n], size) <= room), default=1)
        blank = rest.rfind(" ", 0, fits + 1)
        # A blank far from the end of the line is the blank after a number, not a seam between words.
        at = blank if blank > fits / 2 else fits
        out.append(rest[:at].strip())
        rest = rest[at:].strip()
    return [*out, shorten(rest, size, room)] if rest else out


def sentence(text: str, theme: str, width: float = WIDTH) -> Drawing:
    """Say in words that there is nothing to draw."""
    canvas = Canvas(width, 64, theme)
    canvas.text(16, 38, text, colour="soft", room=width - 32)
    canvas.figure.alt, canvas.figure.empty = text, True
    return canvas.figure
