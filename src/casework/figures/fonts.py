"""The one font of figures and pages, and what it can show."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.woff2 import getKnownTagIndex, packBase128
from matplotlib import font_manager

__all__ = ["FAMILY", "FONT_FILE", "legible", "missing_chars", "register_fonts", "subset_woff2", "text_width"]

FAMILY = "Casework Sans SC"
FONT_FILE = Path(__file__).parent.parent / "data" / "fonts" / "casework-sans-sc.otf"
BROTLI = 10
# Not drawn, so no font need have them.
INVISIBLE = frozenset("\t\n\r\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f")


@cache
def register_fonts() -> str:
    """Make the shipped font known to matplotlib and give its family name.

    >>> register_fonts()
    'Casework Sans SC'
    """
    font_manager.fontManager.addfont(str(FONT_FILE))
    return FAMILY


@cache
def _advances() -> tuple[dict[int, int], int]:
    """Give each character's advance width in font units, and the units of an em."""
    with TTFont(FONT_FILE, lazy=True) as font:
        metrics = font["hmtx"].metrics
        return {code: metrics[name][0] for code, name in font.getBestCmap().items()}, font["head"].unitsPerEm


def missing_chars(text: str) -> set[str]:
    """Give the characters of a text that the shipped font cannot show.

    >>> sorted(missing_chars("青禾镇 ≥ 20"))
    []
    >>> missing_chars("𠮷") == {"𠮷"}
    True
    """
    known, _ = _advances()
    return {c for c in set(text) - INVISIBLE if ord(c) not in known}


def legible(text: str) -> str:
    """Replace what the font cannot show by its code point, so that nothing is drawn as an empty box.

    >>> legible("𠮷村\\t")
    '[U+20BB7]村 '
    """
    missing = missing_chars(text)
    shown = "".join(f"[U+{ord(c):04X}]" if c in missing else c for c in text)
    return "".join(" " if c in "\t\r\n" else c for c in shown if c in "\t\r\n" or c not in INVISIBLE)


def text_width(text: str, size: float) -> float:
    """Measure a line of text set in the shipped font, in the unit of `size` (kerning left aside).

    >>> text_width("青禾", 10)
    20.0
    """
    known, em = _advances()
    return sum(known.get(ord(c), em) for c in text) * size / em


def subset_woff2(chars: Iterable[str]) -> bytes:
    """Cut the shipped font down to the given characters; the same characters give the same bytes.

    Takes strings of any length; what the font lacks is left out (see `missing_chars`). For a
    page's `@font-face`, as a base64 data URI. ASCII is always kept.

    >>> subset_woff2(["青禾镇"])[:4]
    b'wOF2'
    """
    known, _ = _advances()
    return _subset(frozenset(ord(c) for text in chars for c in text if ord(c) in known))


@lru_cache(maxsize=64)
def _subset(codes: frozenset[int]) -> bytes:
    options = Options()
    # The shipped font has no hints, so there are none to look for.
    options.hinting = True
    options.layout_features = ["kern", "mark", "mkmk", "ccmp"]
    worker = Subsetter(options)
    worker.populate(unicodes=sorted(codes | set(range(0x20, 0x7F))))
    with TTFont(FONT_FILE, lazy=True, recalcTimestamp=False) as font:
        worker.subset(font)
        font["head"].flags |= 1 << 11  # as WOFF2 asks: unpacked, the font may differ in its padding
        out = io.BytesIO()
        font.save(out)
    return _woff2(out.getvalue())


def _woff2(font: bytes) -> bytes:
    """Pack a font as WOFF2 (W3C, sections 4 and 5), its tables as they are.

    fontTools compresses at brotli's highest level, which takes twice the time for a thousandth of the size.
    """
    with TTFont(io.BytesIO(font), lazy=True) as read:
        tables = {tag: read.reader[tag] for tag in sorted(read.reader.keys())}
    directory: bytes = b"".join(
        bytes([getKnownTagIndex(tag)]) + (tag.encode() if getKnownTagIndex(tag) == 0x3F else b"") + packBase128(len(data))
        for tag, data in tables.items()
    )
    packed: bytes = brotli.compress(b"".join(tables.values()), mode=brotli.MODE_FONT, quality=BROTLI)
    length = 48 + len(directory) + len(packed)
    padding = -length % 4
    whole = 12 + 16 * len(tables) + sum(len(data) + -len(data) % 4 for data in tables.values())
    head = struct.pack(">4s4sLHHLLHHLLLLL", b"wOF2", font[:4], length + padding, len(tables), 0, whole, len(packed), 1, 0, 0, 0, 0, 0, 0)
    return head + directory + packed + bytes(padding)
