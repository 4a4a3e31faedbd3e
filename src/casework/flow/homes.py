"""Places that a person has written, in a manifest, a record or a correction.

They are looked up before they are used; where there is none of that name it is said which may be meant.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path

from casework.places import Gazetteer, Place
from casework.sources import ManifestRow, Mistakes
from casework.text import CaseworkError

__all__ = ["check_homes", "unknown_place"]

NAMED = 3
"""So many places that may be meant are named."""


def check_homes(rows: Iterable[ManifestRow], gazetteer: Gazetteer, places: Path, mistakes: Mistakes) -> None:
    """Look up the place of each row of a manifest, before anything is built; `places` is the study's own list.

    Each place that the gazetteer lacks is added to `mistakes` with the line of its first row and what may be meant.
    """
    found: dict[str, list[ManifestRow]] = {}
    for row in rows:
        if row.place:
            found.setdefault(row.place, []).append(row)
    for place, named in found.items():
        if _find(place, gazetteer) is None:
            more = f" and {len(named) - 1} more" if len(named) > 1 else ""
            mistakes.add(named[0].line, f"place of {named[0].file}{more}: {unknown_place(place, gazetteer)} {places}")


def unknown_place(what: str, gazetteer: Gazetteer) -> str:
    """Say that the gazetteer lacks a place, what may be meant, and what would do; the name of the study's own list is to follow.

    >>> from casework.places import load_gazetteer
    >>> unknown_place("石家庄市/灵寿县", load_gazetteer())
    "there is no province '石家庄市'; did you mean '河北省/石家庄市/灵寿县'? What the gazetteer lacks goes into"
    """
    parts = what.split("/")
    depth = next(n for n in range(len(parts) - 1, -1, -1) if not n or _find("/".join(parts[:n]), gazetteer))
    where = f"there is no '{parts[depth]}' in '{'/'.join(parts[:depth])}'" if depth else f"there is no province '{parts[0]}'"
    meant = list(dict.fromkeys(_meant(parts, depth, gazetteer)))[:NAMED]
    if not meant:
        return f"{where}; write the official names from the province down, between slashes, or add the place to"
    asked = "' or '".join(meant)
    return f"{where}; did you mean '{asked}'? What the gazetteer lacks goes into"


def _find(what: str, gazetteer: Gazetteer) -> Place | None:
    try:
        return gazetteer.lookup(what)
    except CaseworkError:
        return None


def _meant(parts: list[str], depth: int, gazetteer: Gazetteer) -> Iterator[str]:
    """Yield what may be meant: slashes left out, a name alike beside it, levels left out, a name alike anywhere below."""
    above = _find("/".join(parts[:depth]), gazetteer) if depth else None
    key = (gazetteer.key_of(above.code) if above else None) or ""
    name, rest = parts[depth], parts[depth + 1 :]
    if whole := _cut("".join(parts[depth:]), key, gazetteer):
        yield whole
        return
    beside = difflib.get_close_matches(name, sorted({gazetteer.names[k] for k in gazetteer.children(key)}), n=NAMED)
    yield from (_whole("/".join([*parts[:depth], near]), rest, gazetteer) for near in beside)
    if not beside:
        below = {n: found for n, keys in gazetteer.by_name.items() if (found := [k for k, _ in keys if k.startswith(key)])}
        # In the whole country one character of three is easily another.
        for near in [name] if name in below else difflib.get_close_matches(name, below, n=NAMED, cutoff=0.6 if key else 0.7):
            paths = sorted({gazetteer.path(k) for k in below[near]})
            # A name that many places have says little.
            yield from (_whole(path, rest, gazetteer) for path in paths if len(paths) <= NAMED)


def _cut(text: str, key: str, gazetteer: Gazetteer) -> str:
    """Cut names that were written without slashes between; empty where they are no place."""
    while text:
        below = next((k for k in gazetteer.children(key) if text.startswith(gazetteer.names[k])), "")
        if not below:
            return ""
        key, text = below, text[len(gazetteer.names[below]) :]
    return gazetteer.path(key)


def _whole(path: str, rest: list[str], gazetteer: Gazetteer) -> str:
    """Put what was written below a place to its path, where that makes a place."""
    whole = "/".join([path, *rest])
    return whole if _find(whole, gazetteer) else path
