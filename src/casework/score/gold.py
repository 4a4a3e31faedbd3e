"""What annotators found in a file: the gold that tables are held against."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casework.text import CaseworkError

__all__ = ["Gold", "Row", "load_gold"]

Row = dict[str, Any]


@dataclass(frozen=True)
class Gold:
    """What annotators found in one file."""

    file: str
    digest: str
    quantities: tuple[Row, ...]
    labels: tuple[Row, ...]
    codings: tuple[Row, ...] | None
    structure: Mapping[str, Any] | None


def load_gold(path: Path) -> Gold:
    """Read one gold file: JSON with `file`, `quantities`, `labels` and perhaps `codings` and `structure`."""
    try:
        body = path.read_bytes()
        data = json.loads(body)
        codings = _spanned(data["codings"]) if "codings" in data else None
        digest = hashlib.sha256(body).hexdigest()
        return Gold(data["file"], digest, _spanned(data["quantities"]), _spanned(data["labels"]), codings, data.get("structure"))
    except OSError as e:
        raise CaseworkError(f"{path}: no gold file there ({e.strerror})") from None
    except (ValueError, TypeError, KeyError, AttributeError) as e:
        raise CaseworkError(f"{path}: not a gold file: {type(e).__name__} {e}; see docs/method.md for its format") from None


def _spanned(entries: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(dict(entry, span=(int(entry["start"]), int(entry["end"]))) for entry in entries)
