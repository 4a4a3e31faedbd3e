"""The checks of a study's file: typed look-ups that name file and line when they fail."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from casework.codebook import did_you_mean, line_of
from casework.text import CaseworkError

__all__ = ["CHOICES", "Keys"]

T = TypeVar("T")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "publish": ("quotes", "full", "none"),
    "lang": ("en", "zh"),
    "foreach": ("", "case", "village", "township", "county", "prefecture", "province"),
}
"""What may be said under a key; the first is meant where nothing is said."""


class Keys:
    """One mapping of the study's file: typed look-ups that name file and line when they fail."""

    def __init__(self, path: Path, node: Mapping[str, Any], what: str, root: Path) -> None:
        self.path, self.node, self.what, self.root = path, node, what, root

    def error(self, key: object, message: str) -> CaseworkError:
        """Make the error for a key (None: for the whole mapping)."""
        line = line_of(self.node, key) if key is not None else max(1, line_of(self.node))
        return CaseworkError(f"{self.path}:{line}: {message}")

    def refuse_unknown(self, known: list[str]) -> None:
        """Refuse a key that is not among the known ones."""
        for key in self.node:
            if key not in known:
                where = "" if self.what == "the study" else f" in {self.what}"
                raise self.error(key, f"unknown key '{key}'{where}{did_you_mean(str(key), known)}")

    def get(self, key: str, kind: type[T], says: str, default: T) -> T:
        """Give the value of a key if it is of a kind; the default where it is left out."""
        value = self.node.get(key)
        if value is None:
            return default
        if not isinstance(value, kind) or isinstance(value, bool):
            found = f", not {value!r}" if not isinstance(value, (list, dict)) else ""
            raise self.error(key, f"'{key}' must be {says}{found}")
        return value

    def text(self, key: str) -> str:
        """Give a text, empty where left out."""
        return str(self.get(key, str, "text", "")).strip()

    def mapping(self, key: str) -> Mapping[str, Any]:
        """Give keys and values, none where left out."""
        return self.get(key, dict, "keys and values", {})

    def items(self, key: str) -> list[Any]:
        """Give a list, empty where left out."""
        return self.get(key, list, "a list", [])

    def words(self, key: str) -> list[str]:
        """Give a list of texts."""
        words = self.items(key)
        for word in words:
            if not isinstance(word, str):
                raise self.error(key, f"'{key}' must be a list of texts; it holds {word!r}")
        return [str(w) for w in words]

    def choice(self, key: str) -> str:
        """Give one of the words that `CHOICES` has for a key, the default where left out."""
        value = self.text(key) or CHOICES[key][0]
        if value not in CHOICES[key]:
            raise self.error(key, f"'{key}' is '{value}'{did_you_mean(value, [c for c in CHOICES[key] if c])}")
        return value

    def below(self, key: str, known: tuple[str, ...]) -> Keys:
        """Give the look-ups of a mapping inside, its keys checked."""
        keys = Keys(self.path, self.mapping(key), f"'{key}'", self.root)
        keys.refuse_unknown(list(known))
        return keys

    def each(self, key: str, known: tuple[str, ...]) -> Iterator[Keys]:
        """Yield the look-ups of each mapping in a list, its keys checked."""
        for i, node in enumerate(self.items(key), start=1):
            if not isinstance(node, dict):
                raise self.error(key, f"'{key}' must be a list of keys and values; entry {i} is {node!r}")
            keys = Keys(self.path, node, f"entry {i} of '{key}'", self.root)
            keys.refuse_unknown(list(known))
            yield keys

    def inside(self, key: str, inner: object, value: object, is_there: Callable[[Path], bool] | None) -> Path:
        """Make a path of the project absolute; refuse one that leaves it or, if asked, is not there."""
        at = Keys(self.path, self.node[key], self.what, self.root) if inner is not None else self
        name = inner if inner is not None else key
        if not isinstance(value, str) or not value.strip():
            raise at.error(name, f"'{name}' must be a path, not {value!r}")
        path = Path(os.path.normpath(self.root / value))
        if Path(value).is_absolute() or not path.is_relative_to(self.root) or not path.resolve().is_relative_to(self.root.resolve()):
            raise at.error(name, f"'{name}' leaves the project: {value}")
        if is_there is not None and not is_there(path):
            raise at.error(name, f"'{name}' names {value}, which is not there")
        return path
