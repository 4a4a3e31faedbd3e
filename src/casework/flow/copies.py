"""Find reprints among the articles of a corpus.

Each article is known by marks: the hashes of its 16-character stretches that fall into a fixed sixteenth of all
hashes. Articles that share marks are candidates; they are settled by exact containment of the shorter text's
5-grams in the longer one's, so that a cut reprint is found too. What is held of an article is a few numbers: its
marks lie in files, and a sixty-fourth of all hashes is looked at at a time.
"""

from __future__ import annotations

import hashlib
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["LONG_ENOUGH", "ArticleWords", "Marks", "Verdicts", "find_copies", "link_copies", "marks_of"]

GRAM = 5
CONTAINED = 0.8
LONG_ENOUGH = 100
STRETCH, SAMPLE = 16, 16
SHARED = 0.15  # of the shorter one's marks: far fewer than a text of which four fifths of the 5-grams are contained
CROWD, NEAR = 50, 4
FILES = 64
_ONE = np.uint64(1)
_FACTOR, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class ArticleWords:
    """An article's id, day and clean body, as far as copies are concerned."""

    article_id: str
    published: str
    words: str


def marks_of(words: str) -> Hashes:
    """Give the marks of a text, sorted."""
    hashes = _stretches(words, STRETCH)
    return np.unique(hashes[hashes % np.uint64(SAMPLE) == 0])


def _stretches(words: str, length: int) -> Hashes:
    """Give a hash of each stretch of so many characters; 64 bits, so that two that differ hardly ever agree."""
    letters = np.frombuffer(words.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    n = len(letters) - length + 1
    if n < 1:
        return np.empty(0, np.uint64)
    hashes = np.zeros(n, np.uint64)
    for i in range(length):
        hashes = hashes * _FACTOR + letters[i : i + n]
    hashes ^= hashes >> np.uint64(29)
    hashes *= _MIX
    return np.asarray(hashes ^ (hashes >> np.uint64(32)))


class Marks:
    """The marks of all articles, by number; they lie in files by their last bits, so that memory does not grow with them."""

    def __init__(self, folder: Path) -> None:
        self._files = [(folder / f"marks-{i}").open("w+b") for i in range(FILES)]
        self._held: list[tuple[int, Hashes]] = []
        self._waiting = 0
        self.counts = array("q")
        self.least = array("Q")
        self.names = array("Q")

    def add(self, marks: Hashes, article_id: str) -> None:
        """Add the marks of the next article."""
        self.names.append(int.from_bytes(hashlib.blake2b(article_id.encode(), digest_size=8).digest(), "big"))
        number = len(self.counts)
        self.counts.append(len(marks))
        self.least.append(int(marks[0]) if len(marks) else 0)
        if len(marks):
            self._held.append((number, marks))
            self._waiting += len(marks)
        if self._waiting > 1_000_000:
            self._spill()

    def _spill(self) -> None:
        if not self._held:
            return
        marks = np.concatenate([m for _, m in self._held])
        owners = np.repeat(np.array([n for n, _ in self._held], np.uint64), [len(m) for _, m in self._held])
        self._held, self._waiting = [], 0
        files = (marks >> np.uint64(10)) % np.uint64(FILES)
        for i, file in enumerate(self._files):
            mine = files == i
            file.write(np.stack([marks[mine], owners[mine]], axis=1).tobytes())

    def parts(self) -> Iterator[tuple[Hashes, NDArray[np.int64]]]:
        """Yield marks and the numbers of their articles, those of a mark together."""
        self._spill()
        for file in self._files:
            file.seek(0)
            pairs = np.frombuffer(file.read(), np.uint64).reshape(-1, 2)
            yield pairs[:, 0], pairs[:, 1].astype(np.int64)

    def close(self) -> None:
        """Close the files."""
        for file in self._files:
            file.close()


class Verdicts:
    """What is known already of pairs of articles, by their ids, which change with their texts; kept in a file with its checksum."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._known = np.empty(0, np.uint64)
        with suppress(OSError, ValueError):
            data = path.read_bytes() if path else b""
            if data[:32] == hashlib.sha256(data[32:]).digest():
                self._known = np.frombuffer(data[32:], np.uint64)

    def look(self, keys: Hashes) -> list[bool | None]:
        """Give for each pair whether the one is contained in the other; None where it is not known."""
        at = np.searchsorted(self._known >> _ONE, keys >> _ONE)
        found = self._known[np.minimum(at, len(self._known) - 1)] if len(self._known) else keys ^ ~np.uint64(0)
        return [bool(f & _ONE) if (f ^ k) >> _ONE == 0 else None for f, k in zip(found, keys, strict=True)]

    def keep(self, keys: Hashes, contained: Iterable[bool]) -> None:
        """Keep the verdicts of all pairs of this time."""
        if self._path:
            known = np.unique((keys & ~_ONE) | np.fromiter(contained, np.uint64, len(keys)))
            data = known.tobytes()
            new = self._path.with_name(f".{self._path.name}")
            new.write_bytes(hashlib.sha256(data).digest() + data)
            new.replace(self._path)


def candidates(marks: Marks) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the pairs of articles that share enough marks to be held against each other.

    Where a mark stands in more than 50 articles, only neighbours are paired, in an order that puts like texts side by side.
    """
    counts = np.array(marks.counts, np.int64)
    if len(counts) < 2:
        return counts[:0], counts[:0]
    rank = np.empty(len(counts), np.int64)
    rank[np.lexsort((counts, np.array(marks.least, np.uint64)))] = np.arange(len(counts))
    suspects = _suspects(marks, counts)
    found: list[NDArray[np.int64]] = []
    for values, owners in marks.parts():
        found.append(_pairs(values, owners, rank, suspects))
    pairs, times = np.unique(np.concatenate(found), return_counts=True)
    i, j = pairs // len(counts), pairs % len(counts)
    enough = times >= np.maximum(1, SHARED * np.minimum(counts[i], counts[j]))
    return i[enough], j[enough]


def _suspects(marks: Marks, counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which articles share enough marks with any other."""
    shared = np.zeros(len(counts), np.int64)
    for values, owners in marks.parts():
        order = np.argsort(values, kind="stable")
        v, o = values[order], owners[order]
        same = v[1:] == v[:-1]
        twice = np.zeros(len(v), np.bool_)
        twice[1:] |= same
        twice[:-1] |= same
        shared += np.bincount(o[twice], minlength=len(counts))
    return np.asarray((shared > 0) & (shared >= SHARED * counts))


def _pairs(values: Hashes, owners: NDArray[np.int64], rank: NDArray[np.int64], suspects: NDArray[np.bool_]) -> NDArray[np.int64]:
    order = np.lexsort((rank[owners], values))
    v, o = values[order], owners[order]
    _, inverse, times = np.unique(v, return_inverse=True, return_counts=True)
    size = times[inverse]
    out = [np.empty(0, np.int64)]
    for d in range(1, NEAR + 1):
        a, b = o[:-d], o[d:]
        keep = (v[:-d] == v[d:]) & (suspects[a] | suspects[b])
        if d > 1:
            keep &= size[d:] <= CROWD
        low, high = np.minimum(a[keep], b[keep]), np.maximum(a[keep], b[keep])
        out.append(low * len(rank) + high)
    return np.concatenate(out)


def link_copies(
    marks: Marks, tell: Callable[[int], tuple[str, str]], words_of: Callable[[int], str], verdicts: Verdicts
) -> dict[str, str]:
    """Give for each copy the article it is a copy of: the first of its cluster by day, then by id.

    `tell` gives an article's id and day by its number, `words_of` its body.
    """
    grams = lru_cache(maxsize=4096)(lambda i: np.unique(_stretches(words_of(i), GRAM)))
    left, right = candidates(marks)
    names = np.array(marks.names, np.uint64)
    keys = names[left] * _FACTOR ^ names[right]
    cluster: dict[int, int] = {}
    contained: list[bool] = []
    for i, j, known in zip(left.tolist(), right.tolist(), verdicts.look(keys), strict=True):
        contained.append(_contained(words_of, grams, i, j) if known is None else known)
        if contained[-1]:
            _unite(cluster, i, j)
    verdicts.keep(keys, contained)
    members: dict[int, list[tuple[str, str]]] = {}
    for i in sorted({*cluster, *cluster.values()}):
        members.setdefault(_root(cluster, i), []).append(tell(i))
    copies: dict[str, str] = {}
    for articles in members.values():
        first = min(articles, key=_age)[0]
        copies |= {article: first for article, _ in articles if article != first}
    return copies


def _contained(words_of: Callable[[int], str], grams: Callable[[int], Hashes], i: int, j: int) -> bool:
    if words_of(i) == words_of(j):
        return True
    small, large = sorted((grams(i), grams(j)), key=len)
    return len(np.intersect1d(small, large, assume_unique=True)) >= CONTAINED * len(small)


def find_copies(articles: Iterable[ArticleWords]) -> dict[str, str]:
    """Give for each copy the article it is a copy of; articles under 100 characters are left alone."""
    long = [a for a in articles if len(a.words) >= LONG_ENOUGH]
    with tempfile.TemporaryDirectory() as folder:
        marks = Marks(Path(folder))
        try:
            for a in long:
                marks.add(marks_of(a.words), a.article_id)
            return link_copies(marks, lambda i: (long[i].article_id, long[i].published), lambda i: long[i].words, Verdicts())
        finally:
            marks.close()


def _age(article: tuple[str, str]) -> tuple[str, str]:
    return article[1] or "9999", article[0]


def _root(cluster: dict[int, int], i: int) -> int:
    while (up := cluster.get(i, i)) != i:
        cluster[i] = cluster.get(up, up)
        i = cluster[i]
    return i


def _unite(cluster: dict[int, int], i: int, j: int) -> None:
    a, b = sorted((_root(cluster, i), _root(cluster, j)))
    cluster[b] = a
