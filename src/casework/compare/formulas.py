"""The formulas: each a small function that a referee can check by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

__all__ = [
    "bootstrap_median",
    "garwood",
    "log_likelihood",
    "log_ratio",
    "open_median",
    "resampled_share",
    "rounded",
    "rounded_frame",
    "simple_maths",
    "wilson",
]

DIGITS = 10


def rounded(value: float, digits: int = DIGITS) -> float:
    """Round to significant digits, so that another machine's last bit does not show.

    >>> rounded(1 / 3), rounded(-0.0), rounded(123456789012.5)
    (0.3333333333, 0.0, 123456789000.0)
    """
    if not math.isfinite(value) or value == 0:
        return 0.0 if value == 0 else value
    return float(f"{value:.{digits}g}")


def rounded_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Round every float column of a frame to 10 significant digits."""
    floats = frame.select_dtypes("float").columns
    return frame.assign(**{str(c): frame[c].map(rounded) for c in floats})


def wilson(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Give Wilson's score interval of a share (Wilson 1927; Brown, Cai & DasGupta 2001).

    >>> [round(x, 4) for x in wilson(3, 10)]
    [0.1078, 0.6032]
    """
    if n == 0:
        return math.nan, math.nan
    z = float(special.ndtri(0.5 + level / 2))
    p, zz = hits / n, z * z / n
    middle, half = (p + zz / 2) / (1 + zz), z / (1 + zz) * math.sqrt(p * (1 - p) / n + zz / (4 * n))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return (0.0 if hits == 0 else rounded(low)), (1.0 if hits == n else rounded(high))


def garwood(count: int, exposure: float, level: float = 0.95) -> tuple[float, float]:
    """Give Garwood's exact interval of a Poisson rate (Garwood 1936), per unit of exposure.

    Too narrow where mentions come in clusters, as words do.

    >>> [round(x, 4) for x in garwood(3, 1.0)]
    [0.6187, 8.7673]
    """
    if exposure <= 0:
        return math.nan, math.nan
    tail = (1 - level) / 2
    low = float(special.gammaincinv(count, tail)) if count else 0.0
    high = float(special.gammaincinv(count + 1, 1 - tail))
    return rounded(low / exposure), rounded(high / exposure)


def log_ratio(a: int, size_a: int, b: int, size_b: int, smoothing: float = 0.5) -> float:
    """Give the binary log of the ratio of two relative frequencies (Hardie 2014); a zero counts as 0.5.

    >>> log_ratio(20, 1000, 10, 1000), log_ratio(0, 1000, 4, 1000)
    (1.0, -3.0)
    """
    return rounded(math.log2(((a or smoothing) / size_a) / ((b or smoothing) / size_b)))


def log_likelihood(a: int, size_a: int, b: int, size_b: int) -> float:
    """Give the log-likelihood ratio G2 of a word's frequency in two corpora (Dunning 1993; Rayson & Garside 2000).

    Two cells, as corpus tools compute it; with one degree of freedom 3.84 is the 5% point.

    >>> round(log_likelihood(20, 1000, 10, 1000), 4)
    3.398
    """
    expected = [size * (a + b) / (size_a + size_b) for size in (size_a, size_b)]
    return rounded(2 * sum(o * math.log(o / e) for o, e in zip((a, b), expected, strict=True) if o))


def simple_maths(a: int, size_a: int, b: int, size_b: int, n: float = 1.0) -> float:
    """Give Kilgarriff's simple maths score (2009): (per million in A + N) / (per million in B + N).

    >>> round(simple_maths(35, 112_289_776, 263, 1_559_716_979), 6)
    1.122429
    """
    return rounded((a / size_a * 1e6 + n) / (b / size_b * 1e6 + n))


def open_median(ends: Sequence[float], open_end: float) -> float:
    """Give the median of ends of which some are open (NaN); NaN where the middle itself is open.

    `open_end` is -inf for lower ends and inf for upper ends.

    >>> open_median([10, 20, math.nan], math.inf), open_median([10, math.nan], math.inf)
    (20.0, nan)
    """
    ordered = sorted(open_end if math.isnan(x) else x for x in ends)
    if not ordered:
        return math.nan
    half = len(ordered) // 2
    middle = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    return rounded(float(middle)) if math.isfinite(middle) else math.nan


def bootstrap_median(values: Sequence[float], seed: int = 1, draws: int = 2000, level: float = 0.95) -> tuple[float, float]:
    """Give the percentile bootstrap interval of a median over cases (Efron & Tibshirani 1993); seeded.

    >>> bootstrap_median([5.0] * 8)
    (5.0, 5.0)
    """
    data = np.asarray(values, dtype=float)
    picks = np.random.default_rng(seed).integers(0, len(data), size=(draws, len(data)))
    low, high = np.quantile(np.median(data[picks], axis=1), [(1 - level) / 2, (1 + level) / 2])
    return rounded(float(low)), rounded(float(high))


@lru_cache(maxsize=64)
def _draws(n: int, seed: int, draws: int) -> NDArray[np.int64]:
    """Draw n things out of n, again and again: how often each was drawn."""
    return np.random.default_rng(seed).multinomial(n, [1 / n] * n, size=draws)


def resampled_share(
    hits: NDArray[np.int64], totals: NDArray[np.int64], seed: int = 1, draws: int = 2000, level: float = 0.95
) -> tuple[float, float]:
    """Give the interval of a share of passages when whole articles are drawn anew (cluster bootstrap); seeded.

    `hits` and `totals` hold one number an article.

    >>> resampled_share(np.array([1, 1, 1]), np.array([2, 2, 2]))
    (0.5, 0.5)
    """
    times = _draws(len(totals), seed, draws)
    low, high = np.quantile((times @ hits) / (times @ totals), [(1 - level) / 2, (1 + level) / 2])
    return rounded(float(low)), rounded(float(high))
