"""Words as patterns: one of several, as a tree or side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

__all__ = ["any_of", "one_of"]


def any_of(words: Iterable[str]) -> str:
    """Write a pattern for one of several words, the longest first, as a tree: no character is looked at twice."""
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    return _branches(tree)


def _branches(node: dict[str, Any]) -> str:
    last = [c for c, below in node.items() if c and not below.keys() - {""}]
    parts = [re.escape(c) + _branches(below) for c, below in sorted(node.items()) if c and below.keys() - {""}]
    parts += [f"[{''.join(map(re.escape, sorted(last)))}]"] if last else []
    return f"(?:{'|'.join(parts)}){'?' * ('' in node)}"


def one_of(words: Iterable[str]) -> str:
    """Write words side by side: a search for them skips all characters that begin none."""
    return "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w)))
