"""Case × mechanism: what each case reports, how much, and where its text is too short to tell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from casework.claims import load_mechanisms
from casework.compare.formulas import garwood, resampled_share, rounded, rounded_frame, wilson
from casework.compare.indicators import refuse_unknown
from casework.compare.rollup import RolledUp

__all__ = ["SEVERAL", "TOO_SHORT", "mechanism_states", "mechanism_table", "state_matrix"]

SEVERAL = 3
"""From this many articles on, a share's interval comes from drawing articles anew."""
TOO_SHORT = 0.05
"""A silence is informative where a case of its length would be silent by chance less often than this."""


def mechanism_table(
    rolled: RolledUp, codes: Iterable[str] | None = None, *, known: Iterable[str] = (), seed: int = 1
) -> pd.DataFrame:
    """Count each mechanism in each case: one row a case and code.

    `codes` are the mechanisms to count; without them, those that occur. A code that neither occurs nor stands among `known` (the
    codes of the study's codebook; where none are named, the built-in one's) is refused. Columns: case, name, code; passages (of
    body), hits (passages with the code), share with share_low, share_high and interval (how it was made: articles drawn
    anew from 3 articles on, else Wilson); mentions, chars (clean, of body), rate (mentions per 1,000 characters) with Garwood's
    rate_low, rate_high (too narrow for mentions in clusters); chance_silent = exp(-pooled rate × chars); state: "1" mentioned,
    "0" silent where that says something (chance_silent < .05), "" silent but too short to tell; coding_ids (joined by ;).

    The pooled rate is all cases' mentions over all cases' characters. A code that nobody mentions has
    the rate 0: every silence is then too short to tell.
    """
    wanted = _wanted(rolled, codes, known)
    body = rolled.passages[rolled.passages["role"] == "body"]
    texts = {case: _Body(list(g["passage_id"]), list(g["article_id"]), int(g["chars"].sum())) for case, g in body.groupby("case")}
    marks: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for case, code, passage, coding in zip(*(rolled.codings[c] for c in ("case", "code", "passage_id", "coding_id")), strict=True):
        marks.setdefault((case, code), []).append((passage, coding))
    all_chars = int(rolled.cases["chars"].sum())
    pooled = {code: int(n) / all_chars for code, n in rolled.codings.groupby("code").size().items()} if all_chars else {}
    rows = [
        {
            "case": case,
            "name": name,
            "code": code,
            **_cell(texts.get(case, _EMPTY), marks.get((case, code), []), pooled.get(code, 0.0), seed),
        }
        for case, name in zip(rolled.cases["case"], rolled.cases["name"], strict=True)
        for code in wanted
    ]
    return rounded_frame(pd.DataFrame(rows, columns=_COLUMNS))


def _wanted(rolled: RolledUp, codes: Iterable[str] | None, known: Iterable[str]) -> list[str]:
    occurring = sorted(set(rolled.codings["code"]))
    wanted = list(dict.fromkeys(codes)) if codes is not None else occurring
    if not set(wanted) <= set(occurring):
        refuse_unknown("mechanism", wanted, [*(list(known) or load_mechanisms().codes), *occurring])
    return wanted


def mechanism_states(rolled: RolledUp, codes: Iterable[str] | None = None, *, known: Iterable[str] = ()) -> pd.DataFrame:
    """Give the state of each mechanism in each case alone, as `mechanism_table` does, without its intervals: case, name, code, state."""
    wanted = _wanted(rolled, codes, known)
    every = int(rolled.cases["chars"].sum())
    told = set(zip(rolled.codings["case"], rolled.codings["code"], strict=True))
    pooled = {code: int(n) / every for code, n in rolled.codings.groupby("code").size().items()} if every else {}
    rows = [
        (case, name, code, "1" if (case, code) in told else "0" if rounded(math.exp(-pooled.get(code, 0.0) * chars)) < TOO_SHORT else "")
        for case, name, chars in zip(rolled.cases["case"], rolled.cases["name"], rolled.cases["chars"], strict=True)
        for code in wanted
    ]
    return pd.DataFrame(rows, columns=["case", "name", "code", "state"])


_COLUMNS = [
    "case", "name", "code", "passages", "hits", "share", "share_low", "share_high", "interval",
    "mentions", "chars", "rate", "rate_low", "rate_high", "chance_silent", "state", "coding_ids",
]  # fmt: skip


class _Body(NamedTuple):
    """A case's body passages, the article of each, and all their characters."""

    passages: list[str]
    articles: list[str]
    chars: int


_EMPTY = _Body([], [], 0)


def _cell(body: _Body, marks: list[tuple[str, str]], pooled: float, seed: int) -> dict[str, object]:
    n, chars, mentions = len(body.passages), body.chars, len(marks)
    marked = {passage for passage, _ in marks}
    hit = [p in marked for p in body.passages]
    low, high, how = _share_interval(body.articles, hit, seed)
    rate_low, rate_high = garwood(mentions, chars / 1000)
    silent = rounded(math.exp(-pooled * chars))
    return {
        "passages": n,
        "hits": sum(hit),
        "share": sum(hit) / n if n else math.nan,
        "share_low": low,
        "share_high": high,
        "interval": how,
        "mentions": mentions,
        "chars": chars,
        "rate": mentions / chars * 1000 if chars else math.nan,
        "rate_low": rate_low,
        "rate_high": rate_high,
        "chance_silent": silent,
        "state": "1" if mentions else "0" if silent < TOO_SHORT else "",
        "coding_ids": ";".join(coding for _, coding in marks),
    }


def _share_interval(articles: Sequence[str], hit: Sequence[bool], seed: int) -> tuple[float, float, str]:
    """Draw articles anew where there are several; a share of 0 or 1 has no spread to draw from and takes Wilson's."""
    hits, n = sum(hit), len(hit)
    names = sorted(set(articles))
    if len(names) < SEVERAL or hits in (0, n):
        return (*wilson(hits, n), "wilson")
    at = {a: i for i, a in enumerate(names)}
    where = np.array([at[a] for a in articles])
    totals = np.bincount(where, minlength=len(names))
    per_article = np.bincount(where[np.array(hit)], minlength=len(names))
    return (*resampled_share(per_article, totals, seed), "articles")


def state_matrix(table: pd.DataFrame, value: str = "state", order: Sequence[str] | None = None) -> pd.DataFrame:
    """Spread a mechanism table: one row a case, one column a code, of any of its columns.

    The rows stand in the order of the table, or in `order` (paths of cases).
    """
    wide = table.pivot(index="case", columns="code", values=value)
    rows = list(order) if order is not None else list(dict.fromkeys(table["case"]))
    return wide.loc[rows, list(dict.fromkeys(table["code"]))]
