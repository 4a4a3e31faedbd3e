"""What is wrong in a file that people type: gathered, so that all of it is told at once."""

from __future__ import annotations

from pathlib import Path

from casework.text import CaseworkError

__all__ = ["Mistakes"]

SHOWN = 20


class Mistakes:
    """The mistakes of one file, each with its line and what would do.

    >>> found = Mistakes(Path("manifest.csv"))
    >>> found.add(3, "no encoding 'utf9'; did you mean 'utf8'?")
    >>> found.add(2, "file '' must be a path inside the folder of the texts")
    >>> found.refuse()
    Traceback (most recent call last):
    casework.text.CaseworkError: manifest.csv:2: file '' must be a path inside the folder of the texts
    manifest.csv:3: no encoding 'utf9'; did you mean 'utf8'?
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._found: list[tuple[int, str]] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, line: int, message: str) -> None:
        """Note a mistake; line 0 is the file as a whole."""
        self._found.append((line, message))

    def refuse(self) -> None:
        """Raise CaseworkError if there are any: the first twenty by line, and how many more."""
        if not self._found:
            return
        found = sorted(self._found, key=lambda f: f[0])
        lines = [f"{self.path}{f':{line}' if line else ''}: {message}" for line, message in found[:SHOWN]]
        if len(found) > SHOWN:
            lines.append(f"… and {len(found) - SHOWN} more in {self.path}")
        raise CaseworkError("\n".join(lines))
