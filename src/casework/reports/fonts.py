"""The font of each page, cut to its characters, and kept from one run to the next."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

from casework.figures import FONT_FILE, subset_woff2

__all__ = ["FontCache"]


@cache
def _font_digest() -> str:
    return hashlib.sha256(FONT_FILE.read_bytes()).hexdigest()


class FontCache:
    """Cuts the shipped font; with a folder, what was cut before is taken from there.

    A cut takes half a second a page and depends on nothing but the font and the characters.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._used: set[str] = set()

    def subset(self, text: str) -> bytes:
        """Give the font (woff2) with the characters of a text beyond ASCII."""
        chars = "".join(c for c in sorted(set(text)) if ord(c) > 0x7E)
        name = hashlib.sha256(f"{_font_digest()} {chars}".encode()).hexdigest()[:32] + ".woff2"
        if self._folder is None:
            return subset_woff2(chars)
        self._used.add(name)
        path = self._folder / name
        if not path.is_file():
            self._folder.mkdir(parents=True, exist_ok=True)
            new = path.with_suffix(f".{os.getpid()}")
            new.write_bytes(subset_woff2(chars))
            new.replace(path)
        return path.read_bytes()

    def prune(self) -> None:
        """Forget what this run did not use."""
        for path in self._folder.iterdir() if self._folder is not None and self._folder.is_dir() else ():
            if path.name not in self._used:
                path.unlink()
