"""Natural villages: names without a village's word of rank, straight behind their township."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casework.places.gazetteer import Gazetteer
from casework.places.hits import BARE, Hit, Page

__all__ = ["natural_villages"]


def natural_villages(page: Page, gazetteer: Gazetteer, hits: Sequence[Hit]) -> Iterator[Hit]:
    """Find the natural villages that stand straight behind a township."""
    natural, no_stems = gazetteer.words.natural, gazetteer.words.no_stems
    starts = {h.start for h in hits if h.kind not in BARE}
    for town in hits:
        m = natural.name.match(page.text, town.end) if town.level == "township" else None
        if (
            m is None
            or not starts.isdisjoint(range(m.start(), m.end()))
            or m[1].endswith(natural.none)
            or m[1][:-1] in no_stems
        ):
            continue
        keys = _village(gazetteer, town.keys, m[1])
        yield Hit(m.start(1), m.end(1), keys, "village" if keys else "unknown", "village", chained=True)


def _village(gazetteer: Gazetteer, towns: Sequence[str], name: str) -> tuple[str, ...]:
    """Give the villages of the townships that are called so, or that the people's name before the tail leads to."""
    words = gazetteer.words
    tail = next((t for t in words.natural.peopled if name.endswith(t) and len(name) - len(t) > 1), "")
    names = {name + words.village, name[: len(name) - len(tail)] + words.village} if tail else {name + words.village}
    found: list[str] = []
    for town in towns:
        villages = gazetteer.villages(gazetteer.at(town, "county"))
        found += [k for n in sorted(names) for k in villages.get(n, ()) if k.startswith(town)]
    return tuple(found)
