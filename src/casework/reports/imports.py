"""Imports that are slow for a reason that does not concern us."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["light_imports"]


@contextmanager
def light_imports() -> Iterator[None]:
    """Import nbformat, papermill or nbconvert without the 1.8 s of grammars that rfc3987_syntax builds.

    Only format checks of IRIs are lost, and those only where they are not imported already.
    """
    name = "rfc3987_syntax"
    absent = name not in sys.modules
    if absent:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            sys.modules.pop(name, None)
