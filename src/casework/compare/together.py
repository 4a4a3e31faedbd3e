"""What goes together: mechanisms within passages, and cases by their mechanisms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from casework.compare.formulas import rounded, rounded_frame
from casework.compare.mechanisms import state_matrix
from casework.compare.rollup import RolledUp
from casework.text import Span, parse_spans

__all__ = ["Correspondence", "case_distances", "case_order", "cooccurrence", "correspondence"]

Floats = NDArray[np.float64]


def cooccurrence(rolled: RolledUp, *, min_passages: int = 2) -> pd.DataFrame:
    """Compare how often two mechanisms share a body passage with what chance would give within each article.

    Under the null hypothesis the passages of each article that carry a code are any of its passages. The permutation
    distribution is the sum over articles of hypergeometric ones; it is computed in full by convolution, so that no seed
    is needed and p has no sampling error. Spans of two codes that overlap are one phrase read twice: both are dropped
    for that pair. Pairs with a code in fewer than `min_passages` passages are left out.
    Columns: code_1, code_2, passages_1, passages_2, observed, expected, ratio (observed / expected), p (of as many or more; exploratory).
    """
    body = rolled.passages[rolled.passages["role"] == "body"]
    sizes = {str(a): int(n) for a, n in body.groupby("article_id").size().items()}
    article = dict(zip(body["passage_id"], body["article_id"], strict=True))
    marks: dict[str, dict[str, list[Span]]] = {}
    for row in rolled.codings.to_dict("records"):
        marks.setdefault(row["code"], {}).setdefault(row["passage_id"], []).extend(parse_spans(row["spans"]))
    rows = []
    for one, two in combinations(sorted(marks), 2):
        in_1, in_2 = _apart(marks[one], marks[two]), _apart(marks[two], marks[one])
        if min(len(in_1), len(in_2)) >= min_passages:
            rows.append({"code_1": one, "code_2": two, **_chance(in_1, in_2, article, sizes)})
    frame = pd.DataFrame(rows, columns=["code_1", "code_2", "passages_1", "passages_2", "observed", "expected", "ratio", "p"])
    frame = frame.sort_values(["p", "code_1", "code_2"], kind="stable").reset_index(drop=True)
    return rounded_frame(frame)


def _apart(own: Mapping[str, list[Span]], other: Mapping[str, list[Span]]) -> set[str]:
    """Give the passages where a code has a span that the other code's spans leave alone."""
    return {p for p, spans in own.items() if any(not any(s.overlaps(o) for o in other.get(p, ())) for s in spans)}


@lru_cache(maxsize=100_000)
def _hypergeometric(n: int, x: int, y: int) -> Floats:
    """Give the chances of 0, 1, … shared passages where x and y of n are drawn apart from each other."""
    return np.array([comb(x, k) * comb(n - x, y - k) / comb(n, y) for k in range(min(x, y) + 1)])


def _chance(in_1: set[str], in_2: set[str], article: Mapping[str, str], sizes: Mapping[str, int]) -> dict[str, object]:
    counts: dict[str, list[int]] = {}
    for i, group in enumerate((in_1, in_2)):
        for p in group:
            counts.setdefault(article[p], [0, 0])[i] += 1
    spread = np.ones(1)
    expected = 0.0
    for a in sorted(counts):
        x, y = counts[a]
        n = sizes[a]
        if x and y:
            spread = np.convolve(spread, _hypergeometric(n, x, y))
        expected += x * y / n
    observed = len(in_1 & in_2)
    tail = float(min(1.0, spread[observed:].sum()))
    ratio = observed / expected if expected else math.nan
    return {"passages_1": len(in_1), "passages_2": len(in_2), "observed": observed, "expected": expected, "ratio": ratio, "p": tail}


def case_distances(table: pd.DataFrame) -> pd.DataFrame:
    """Give the Bray-Curtis dissimilarity of cases by their shares of passages that carry each mechanism (Bray & Curtis 1957).

    0: the same shares; 1: no mechanism in common, or nothing told in either. Shares, not presence: a short text has few codes, and two
    short texts are not alike for what neither had room to tell. Rows and columns are paths of cases.
    """
    shares = state_matrix(table, "share").fillna(0.0)
    data = shares.to_numpy(dtype=float)
    distance = np.array([[_unlike(a, b) for b in data] for a in data]).reshape(len(data), len(data))
    np.fill_diagonal(distance, 0.0)
    names = list(shares.index)
    return rounded_frame(pd.DataFrame(distance, index=names, columns=names))


def _unlike(a: Floats, b: Floats) -> float:
    whole = float((a + b).sum())
    return float(np.abs(a - b).sum()) / whole if whole else 1.0


def case_order(distances: pd.DataFrame) -> list[str]:
    """Order cases so that like stand beside like: leaves of an average-linkage tree, best ordering.

    Bar-Joseph et al. (2001), as scipy computes it; ties fall by the cases' names, and the end whose name comes
    first stands first.
    """
    names = sorted(map(str, distances.index))
    if len(names) < 3:
        return names
    square = distances.loc[names, names].to_numpy(dtype=float)
    tree = linkage(squareform(np.round(square, 10), checks=False), method="average", optimal_ordering=True)
    order = [names[i] for i in leaves_list(tree)]
    return order if order[0] < order[-1] else order[::-1]


@dataclass(frozen=True)
class Correspondence:
    """A correspondence analysis: principal coordinates of rows and columns, inertia and its share by axis."""

    rows: pd.DataFrame
    columns: pd.DataFrame
    inertia: tuple[float, ...]
    shares: tuple[float, ...]


def correspondence(counts: pd.DataFrame, axes: int = 2) -> Correspondence:
    """Map rows and columns of a table of counts on axes that show most of its chi-square (Greenacre 2017, ch. 4 and A).

    Empty rows and columns are left out. Signs are fixed: on each axis the column with the largest coordinate (the first
    of equals) is positive. `rows` and `columns` have the columns axis_1 … and mass. A table with one row or column has no axes.
    """
    data = counts.loc[counts.sum(axis=1) > 0, counts.sum(axis=0) > 0]
    n = float(data.to_numpy(dtype=float).sum())
    if min(data.shape) < 2:
        return Correspondence(pd.DataFrame(index=data.index), pd.DataFrame(index=data.columns), (), ())
    p = data.to_numpy(dtype=float) / n
    r, c = p.sum(axis=1), p.sum(axis=0)
    u, s, vt = np.linalg.svd((p - np.outer(r, c)) / np.sqrt(np.outer(r, c)), full_matrices=False)
    keep = min(len(s), min(data.shape) - 1)
    across, down = vt[:keep].T / np.sqrt(c)[:, None] * s[:keep], u[:, :keep] / np.sqrt(r)[:, None] * s[:keep]
    signs = _signs(across)
    inertia = tuple(rounded(float(x) ** 2) for x in s[:keep])
    total = sum(inertia) or 1.0
    return Correspondence(
        _coordinates(down * signs, r, data.index, axes),
        _coordinates(across * signs, c, data.columns, axes),
        inertia,
        tuple(rounded(i / total) for i in inertia),
    )


def _signs(coordinates: Floats) -> Floats:
    """Give the sign of each axis's largest coordinate; rounded first, so that near-equals fall by position."""
    sizes = np.round(np.abs(coordinates), 8)
    largest = coordinates[sizes.argmax(axis=0), np.arange(coordinates.shape[1])]
    return np.where(largest < 0, -1.0, 1.0)


def _coordinates(values: Floats, mass: Floats, index: pd.Index[str], axes: int) -> pd.DataFrame:
    names = [f"axis_{i + 1}" for i in range(min(axes, values.shape[1]))]
    # A value that is zero but for the last bits is zero.
    clean = np.where(np.abs(values) < 1e-12, 0.0, values)
    frame = pd.DataFrame(clean[:, : len(names)], index=index, columns=names)
    return rounded_frame(frame.assign(mass=mass))
