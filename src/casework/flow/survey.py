"""What only the whole corpus can tell: texts that came before, copies, and where corrections belong."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from casework.flow.copies import Marks, Verdicts, link_copies
from casework.flow.corrections import KEYS, unmatched
from casework.flow.part import Part
from casework.flow.work import ROWS
from casework.study import Correction
from casework.tables import TABLES
from casework.tables.rows import read_block
from casework.text import Problem

__all__ = ["Patch", "Place", "Survey", "survey_parts"]

_RECENT = 50_000


@dataclass
class Patch:
    """What is to be changed in the rows of one source."""

    copies: dict[str, str] = field(default_factory=dict)
    corrections: dict[str, list[Correction]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """Where a part lies: its folder in the cache, its codings, and the first of its sources by file and id."""

    first: tuple[str, str]
    home: Path
    codings: str


@dataclass
class Survey:
    """Where the parts lie, what of them does not count, what is to be changed, and problems that belong to no source."""

    places: list[Place] = field(default_factory=list)
    dropped: dict[Path, set[int]] = field(default_factory=dict)
    patches: dict[str, Patch] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    sources: int = 0

    def patch(self, source_id: str) -> Patch:
        """Give the patch of a source."""
        return self.patches.setdefault(source_id, Patch())


class _Seen:
    """Ids that have come before: eight bytes each."""

    def __init__(self) -> None:
        self._old = np.empty(0, np.uint64)
        self._recent: set[int] = set()

    def is_new(self, source_id: str) -> bool:
        """Remember an id; tell whether it is the first time."""
        number = int(source_id[1:], 16)
        at = int(np.searchsorted(self._old, np.uint64(number)))
        if number in self._recent or at < len(self._old) and int(self._old[at]) == number:
            return False
        self._recent.add(number)
        if len(self._recent) > _RECENT:
            self._old = np.union1d(self._old, np.array(list(self._recent), np.uint64))
            self._recent = set()
        return True


def survey_parts(homes: Iterable[Path], codings: str, corrections: Mapping[str, Sequence[Correction]], verdicts: Path) -> Survey:
    """Go through the parts in the order of the raw folder, once, holding a few numbers of each source.

    What was found of pairs of articles is kept in the file `verdicts`, so that they are not compared again.
    """
    out = Survey()
    seen = _Seen()
    where: dict[str, tuple[int, int]] = {}
    owners = array("q"), array("q")
    with tempfile.TemporaryDirectory(prefix="casework-") as folder:
        marks = Marks(Path(folder))
        try:
            for home in homes:
                part = Part(home / ROWS)
                dropped = _sources(out, seen, part)
                sources = part.index["sources"]
                out.places.append(Place(tuple(sources[0][:2]) if sources else ("", ""), home, codings))
                where |= {s[1]: (len(out.places) - 1, i) for i, s in enumerate(sources) if s[1] in corrections and i not in dropped}
                _articles(part, dropped, marks, len(out.places) - 1, owners)
            _link(out, marks, owners, verdicts)
        finally:
            marks.close()
    _correct(out, where, corrections)
    return out


def _sources(out: Survey, seen: _Seen, part: Part) -> set[int]:
    """Count the sources of a part; those that came before are dropped, with a problem."""
    index = part.index
    out.problems += [Problem(code, message) for code, message in index["problems"]]
    dropped = set()
    told = [(s[2], s[0], s[1], i) for i, s in enumerate(index["sources"])] + [(*a, -1) for a in index["again"]]
    for _, file, source_id, i in sorted(told):
        if i >= 0 and seen.is_new(source_id):
            out.sources += 1
            continue
        message = f"{file}: has the same bytes as another file; both are {source_id}"
        out.patch(source_id).problems.append(Problem("duplicate", message, source_id=source_id))
        if i >= 0:
            dropped.add(i)
    if dropped:
        out.dropped[part.path.parent] = dropped
    return dropped


def _articles(part: Part, dropped: set[int], marks: Marks, number: int, owners: tuple[array[int], array[int]]) -> None:
    articles = part.index["articles"]
    if not articles:
        return
    ends, _ = part.sizes("marks")
    found = np.frombuffer(part.read("marks"), np.uint64)
    for i, (source, article_id, _) in enumerate(articles):
        if source not in dropped:
            marks.add(found[ends[i] // 8 : ends[i + 1] // 8], article_id)
            owners[0].append(number)
            owners[1].append(i)


def _link(out: Survey, marks: Marks, owners: tuple[array[int], array[int]], verdicts: Path) -> None:
    """Find the copies; the parts that candidates stand in are opened again."""
    part_of = lru_cache(maxsize=64)(lambda number: Part(out.places[number].home / ROWS))

    def told(i: int) -> tuple[str, str]:
        _, article_id, published = part_of(owners[0][i]).index["articles"][owners[1][i]]
        return article_id, published

    def words(i: int) -> str:
        return part_of(owners[0][i]).block("words", owners[1][i], owners[1][i] + 1)[0].decode()

    for copy, original in link_copies(marks, told, words, Verdicts(verdicts)).items():
        out.patch(copy.split(":")[0]).copies[copy] = original


def _correct(out: Survey, where: Mapping[str, tuple[int, int]], corrections: Mapping[str, Sequence[Correction]]) -> None:
    """Find the table of each correction's row."""
    for source_id, wanted in corrections.items():
        tables: dict[str, str] = {}
        if source_id in where:
            number, i = where[source_id]
            place = out.places[number]
            for name, key in KEYS.items():
                part = Part(place.home / (place.codings if name == "codings" else ROWS))
                at = TABLES[name].names.index(key)
                for row in read_block(part.block(name, i, i + 1)[0]):
                    tables.setdefault(row[at], name)
        for c in wanted:
            if c.row_id in tables:
                out.patch(source_id).corrections.setdefault(tables[c.row_id], []).append(c)
        out.problems += unmatched(c for c in wanted if c.row_id not in tables)
