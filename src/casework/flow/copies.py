"""Find reprints among the articles of a corpus.

Candidates share MinHash bands over character 5-grams; they are settled by exact containment
of the shorter text's 5-grams in the longer one's, so that a cut reprint is found too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rensa import RMinHash, RMinHashLSH

__all__ = ["ArticleWords", "find_copies"]

GRAM = 5
PERMUTATIONS, BANDS, SEED = 128, 64, 42
CONTAINED = 0.8
SHORTEST = 100


@dataclass(frozen=True, slots=True)
class ArticleWords:
    """An article's id, day and clean body, as far as copies are concerned."""

    article_id: str
    published: str
    words: str


def find_copies(articles: Sequence[ArticleWords]) -> dict[str, str]:
    """Give for each copy the article it is a copy of: the first of its cluster by day, then by id.

    Articles under 100 characters are left alone.
    """
    long = [a for a in articles if len(a.words) >= SHORTEST]
    grams = [frozenset(a.words[i : i + GRAM] for i in range(len(a.words) - GRAM + 1)) for a in long]
    cluster = list(range(len(long)))
    for i, j in _candidates(grams):
        small, large = sorted((grams[i], grams[j]), key=len)
        if len(small & large) >= CONTAINED * len(small):
            _unite(cluster, i, j)
    first: dict[int, ArticleWords] = {}
    for i, a in enumerate(long):
        root = _root(cluster, i)
        if root not in first or _age(a) < _age(first[root]):
            first[root] = a
    originals = {a.article_id: first[_root(cluster, i)].article_id for i, a in enumerate(long)}
    return {copy: original for copy, original in originals.items() if copy != original}


def _age(a: ArticleWords) -> tuple[str, str]:
    return a.published or "9999", a.article_id


def _candidates(grams: Sequence[frozenset[str]]) -> list[tuple[int, int]]:
    index = RMinHashLSH(threshold=0.4, num_perm=PERMUTATIONS, num_bands=BANDS)
    pairs: list[tuple[int, int]] = []
    for i, g in enumerate(grams):
        signature = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
        signature.update(sorted(g))
        pairs += ((j, i) for j in sorted(index.query(signature)))
        index.insert(i, signature)
    return pairs


def _root(cluster: list[int], i: int) -> int:
    while cluster[i] != i:
        cluster[i] = cluster[cluster[i]]
        i = cluster[i]
    return i


def _unite(cluster: list[int], i: int, j: int) -> None:
    a, b = sorted((_root(cluster, i), _root(cluster, j)))
    cluster[b] = a
