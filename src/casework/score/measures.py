"""The figures of a scoring: each with its interval over files, the recall of each class beside the baseline, the misses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from casework.score.count import EXTRA, SHARES, FileCount, Miss
from casework.score.gold import load_gold
from casework.tables import read_tables

__all__ = ["Measure", "Score", "score_tables"]

DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure with its interval over files, and the counts behind it.

    `value` is the F1 where the name says so, else the share right among the value matches; precision and recall are always end
    to end, over all that was found and all that the gold has. No interval from one file.
    """

    name: str
    value: float
    low: float | None
    high: float | None
    right: int
    gold: int
    got: int

    @property
    def precision(self) -> float:
        """Give the share right of what was found."""
        return self.right / self.got if self.got else 1.0

    @property
    def recall(self) -> float:
        """Give the share found of what the gold has."""
        return self.right / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """Give the harmonic mean of precision and recall."""
        return 2 * self.right / (self.gold + self.got) if self.gold + self.got else 1.0


@dataclass(frozen=True)
class Score:
    """The figures, the recall of each class, the confusions and the misses of one scoring."""

    files: int
    measures: tuple[Measure, ...]
    classes: Mapping[str, tuple[tuple[str, int, int], ...]]
    confusion: Mapping[str, Mapping[tuple[str, str], int]]
    misses: tuple[Miss, ...]

    def of(self, name: str) -> Measure:
        """Give one measure by its name."""
        return next(m for m in self.measures if m.name == name)

    def figures(self) -> dict[str, float]:
        """Give each figure by its name, rounded to four digits."""
        return {m.name: round(m.value, 4) for m in self.measures}

    def baseline(self, name: str) -> tuple[str, float]:
        """Give the commonest class of `status` or `indicator` and the share right of who always answers it."""
        rows = self.classes.get(name) or (("", 0, 0),)
        label, n, _ = max(rows, key=lambda row: (row[1], row[0]))
        return label, n / max(sum(row[1] for row in rows), 1)


def score_tables(tables: Path, gold: Sequence[Path], raw: Path | None = None, seed: int = 0) -> Score:
    """Score a folder of tables against gold files.

    The raw text of a source is the one stored beside the tables (`<tables>/raw/<source_id>.txt`), or the file of the gold's
    name in `raw`, read as UTF-8. Raises CaseworkError where a gold's file is not in the tables or has no raw text.
    """
    frames = read_tables(tables)
    counts: list[Counter[str]] = []
    misses: list[Miss] = []
    for path in gold:
        one = FileCount(frames, load_gold(path), tables, raw)
        counts.append(one.count())
        misses += one.misses
    return Score(len(counts), _measures(counts, seed), _classes(counts), _confusion(counts), tuple(misses))


def _measures(counts: Sequence[Counter[str]], seed: int) -> tuple[Measure, ...]:
    """Make the figures of all files together, each with a percentile interval over resampled files."""
    keys = sorted(set().union(*counts))
    table = np.array([[c[k] for k in keys] for c in counts], dtype=np.int64).reshape(len(counts), len(keys))
    total = dict(zip(keys, table.sum(axis=0).tolist(), strict=True))
    random = np.random.default_rng(seed)
    drawn = random.integers(0, max(len(counts), 1), (DRAWS if len(counts) > 1 else 0, len(counts)))
    sums = [dict(zip(keys, table[rows].sum(axis=0).tolist(), strict=True)) for rows in drawn]
    return tuple(_measure(name, total, sums) for name in _names(total))


def _measure(name: str, total: Mapping[str, int], sums: Sequence[Mapping[str, int]]) -> Measure:
    low = high = None
    if sums:
        low, high = (round(float(q), 10) for q in np.quantile([_figure(name, n) for n in sums], [0.025, 0.975]))
    stem = name.removesuffix("_f1")
    right, gold, got = (total.get(k, 0) for k in (stem, f"{stem}_gold", f"{stem}_got"))
    if name in ("span_f1", "value_f1") or name in SHARES:
        gold, got = total.get(f"{stem}_gold", total.get("gold", 0)), total.get("got", 0)
    elif name == "case":
        gold = got = total.get("case_of", 0)
    return Measure(name, _figure(name, total), low, high, right, gold, got)


def _names(total: Mapping[str, int]) -> list[str]:
    """List the figures: those of every scoring, then what only some gold files annotate."""
    shares = [name for name in SHARES if name not in EXTRA or total.get(f"{name}_gold")]
    found = ["label_f1", *(["coding_f1"] if "coding_gold" in total else [])]
    return ["span_f1", "value_f1", *shares, "planned_f1", "indicator_macro", *found, "case", "furniture_f1"]


def _figure(name: str, n: Mapping[str, int]) -> float:
    """Reckon one figure from sums of counts."""
    if name == "indicator_macro":
        recalls = [n.get("hit:" + key[6:], 0) / of for key, of in n.items() if key.startswith("class:indicator:") and of]
        return sum(recalls) / max(len(recalls), 1)
    if name.endswith("_f1"):
        stem = name.removesuffix("_f1")
        whole = stem in ("span", "value")
        gold, got = n.get("gold" if whole else f"{stem}_gold", 0), n.get("got" if whole else f"{stem}_got", 0)
        return 2 * n.get(stem, 0) / (gold + got) if gold + got else 1.0
    return n.get(name, 0) / max(n.get(f"{name}_of", 0), 1)


def _classes(counts: Iterable[Counter[str]]) -> dict[str, tuple[tuple[str, int, int], ...]]:
    """Give each class of status and indicator with how often the gold has it and how often it was found."""
    total = sum(counts, Counter[str]())
    out: dict[str, list[tuple[str, int, int]]] = {"status": [], "indicator": []}
    for key in sorted(k for k in total if k.startswith("class:")):
        _, name, label = key.split(":", 2)
        out[name].append((label, total[key], total[f"hit:{name}:{label}"]))
    return {name: tuple(rows) for name, rows in out.items()}


def _confusion(counts: Iterable[Counter[str]]) -> dict[str, dict[tuple[str, str], int]]:
    total = sum(counts, Counter[str]())
    out: dict[str, dict[tuple[str, str], int]] = {"status": {}, "indicator": {}}
    for key in sorted(k for k in total if k.startswith("confusion:")):
        _, name, want, got = key.split(":", 3)
        out[name][want, got] = total[key]
    return out
