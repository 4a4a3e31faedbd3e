"""Each mechanism's precision and recall, where annotators coded texts by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from casework.score.gold import load_gold
from casework.score.match import pair
from casework.tables import Tables

__all__ = ["score_codes"]

DRAWS = 2000
_SHARES = [f"{name}{end}" for name in ("precision", "recall") for end in ("", "_low", "_high")]
_COLUMNS = ["code", "files", "gold", "found", "right", *_SHARES]


def score_codes(tables: Tables, gold: Path | str | None, *, seed: int = 0) -> pd.DataFrame:
    """Hold codings against a folder of gold files, code by code; an empty frame where no file of it has codings.

    A coding is right where it overlaps one of the gold's of the same code. Columns: code, files (that were coded), gold,
    found, right, precision and recall, each with the ends (_low, _high) of a percentile interval over resampled files, NaN
    for one file; a share of nothing is NaN. Gold for texts that the tables do not have is passed over.
    """
    sources = {PurePosixPath(file).name: source for file, source in zip(tables.sources["file"], tables.sources["source_id"], strict=True)}
    counts: list[Counter[tuple[str, str]]] = []
    for path in sorted(Path(gold).glob("*.json")) if gold else ():
        one = load_gold(path)
        if one.codings is None or one.file not in sources:
            continue
        own = tables.codings[tables.codings["source_id"] == sources[one.file]].to_dict("records")
        got = [{"code": c["code"], "span": (int(c["start"]), int(c["end"]))} for c in own]
        n: Counter[tuple[str, str]] = Counter()
        n.update(("gold", c["code"]) for c in one.codings)
        n.update(("found", str(c["code"])) for c in got)
        n.update(("right", one.codings[i]["code"]) for i, _ in pair(one.codings, got, lambda a, b: bool(a["code"] == b["code"])))
        counts.append(n)
    return _measured(counts, seed)


def _measured(counts: Sequence[Counter[tuple[str, str]]], seed: int) -> pd.DataFrame:
    codes = sorted({code for n in counts for _, code in n})
    table = np.array([[[n[part, c] for part in ("gold", "found", "right")] for c in codes] for n in counts], dtype=float)
    if not codes:
        return pd.DataFrame(columns=_COLUMNS)
    picks = np.random.default_rng(seed).integers(0, len(counts), (DRAWS, len(counts))) if len(counts) > 1 else np.zeros((0, 1), dtype=int)
    rows: list[dict[str, object]] = []
    drawn = np.array([table[p].sum(axis=0) for p in picks]) if len(picks) else np.zeros((0, len(codes), 3))
    for i, code in enumerate(codes):
        total = table[:, i].sum(axis=0)
        row: dict[str, object] = {"code": code, "files": len(counts), **dict(zip(("gold", "found", "right"), map(int, total), strict=True))}
        for name, of in (("precision", 1), ("recall", 0)):
            row[name] = total[2] / total[of] if total[of] else np.nan
            there = drawn[:, i][drawn[:, i, of] > 0]
            ends = np.quantile(there[:, 2] / there[:, of], [0.025, 0.975]) if len(there) else (np.nan, np.nan)
            row[f"{name}_low"], row[f"{name}_high"] = (round(float(e), 10) for e in ends)
        rows.append(row)
    return pd.DataFrame(rows, columns=_COLUMNS)
