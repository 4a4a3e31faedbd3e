"""Robustness: the main comparison again without what a reader may doubt, and which of its findings change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from casework.compare.indicators import case_values, indicator_table
from casework.compare.mechanisms import mechanism_states
from casework.compare.rollup import RolledUp, roll_up
from casework.compare.timeline import all_claims, contradictions
from casework.tables import Tables

__all__ = ["FINDINGS", "SHORT_CASE", "VARIANTS", "robustness", "variant_sizes"]

SHORT_CASE = 500
"""A case with fewer body characters is short, unless said otherwise."""
VARIANTS: Mapping[str, Mapping[str, object]] = {
    "main": {},
    "with_copies": {"copies": True},
    "no_self_reported": {"self_reported": False},
    "no_quoted": {"quoted": False},
    "no_flagged": {"flagged": False},
    "no_short_cases": {"min_chars": SHORT_CASE},
}
"""The main comparison and what is done otherwise in each variant of it (options of `roll_up`)."""
FINDINGS = ("told", "silent", "majority", "leads", "contradicts")
"""What is held against the main comparison: a case tells of a mechanism; its silence says something; most cases tell of a mechanism; a case
has the highest figure of a series; two sources contradict each other."""


def robustness(
    tables: Tables, level: str = "township", *, codes: Iterable[str] | None = None, indicators: Iterable[str] | None = None,
    known: Iterable[str] = (), min_chars: int = 0, short: int = SHORT_CASE, since: str = "", until: str = "", outlets: Sequence[str] = (),
) -> pd.DataFrame:  # fmt: skip
    """Hold every finding of the main comparison against its variants: one row a variant (the main one aside) and finding.

    Each variant is held against the same findings: those of the main comparison, whose number is that of its rows that are not `new`.
    Columns: variant, finding (of FINDINGS), case, name, item (a mechanism's code, a series with its status, or the two claims
    of a contradiction), main, other (what is found: 1 or 0, or a case's path; empty where nothing can be told), state: kept,
    changed (something else is found), lost (it can no longer be told: the case, the figure or the length of text is gone) or
    new (found only in the variant).
    """
    given = {"since": since, "until": until, "outlets": tuple(outlets)}
    code_list, indicator_list = (list(x) if x is not None else None for x in (codes, indicators))
    found: dict[str, dict[tuple[str, str, str], str]] = {}
    names: dict[str, str] = {}
    pairs = contradictions(tables, level, **given)  # type: ignore[arg-type]
    for variant, options in _variants(min_chars, short).items():
        rolled = roll_up(tables, level, **{**given, **options})  # type: ignore[arg-type]
        names |= dict(zip(rolled.left_out["case"], rolled.left_out["name"], strict=True))
        names |= dict(zip(rolled.cases["case"], rolled.cases["name"], strict=True))
        found[variant] = {
            **_of_mechanisms(mechanism_states(rolled, code_list, known=known)), **_of_indicators(rolled, indicator_list),
            **_of_pairs(pairs, rolled, bool(options.get("copies"))),
        }  # fmt: skip
    main = found.pop("main")
    rows = [
        (variant, finding, case, names.get(case, ""), item, before, after, state)
        for variant, now in found.items()
        for (finding, case, item) in sorted({*main, *now}, key=lambda k: (FINDINGS.index(k[0]), k[1], k[2]))
        for before, after in [(main.get((finding, case, item), ""), now.get((finding, case, item), ""))]
        if (state := _state(before, after))
    ]
    return pd.DataFrame(rows, columns=["variant", "finding", "case", "name", "item", "main", "other", "state"])


def _variants(min_chars: int, short: int) -> dict[str, dict[str, object]]:
    out = {name: {"min_chars": min_chars, **options} for name, options in VARIANTS.items()}
    out["no_short_cases"]["min_chars"] = max(min_chars, short)
    return out


def _state(before: str, after: str) -> str:
    """Tell what became of a finding; nothing where neither comparison has one (0: most cases do not tell of it, which is none)."""
    if before in ("", "0"):
        return "new" if after not in ("", "0") else ""
    return "kept" if before == after else "changed" if after else "lost"


def _of_mechanisms(told: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    """Name what is told, what silence says something, and which mechanisms most cases tell of."""
    out: dict[tuple[str, str, str], str] = {}
    for row in told.to_dict("records"):
        if row["state"]:
            out["told" if row["state"] == "1" else "silent", row["case"], row["code"]] = "1"
    for code, states in told.groupby("code")["state"]:
        out["majority", "", str(code)] = str(int((states == "1").sum() * 2 > len(states)))
    return out


def _of_indicators(rolled: RolledUp, indicators: Iterable[str] | None) -> dict[tuple[str, str, str], str]:
    """Name the case with the highest figure of each series and status that at least two cases have; ties by all their paths."""
    table = indicator_table(rolled, indicators)
    values = case_values(table[table["statistic"] != "threshold"])
    values = values.assign(at=values[["low", "high"]].max(axis=1)).dropna(subset=["at"])
    out: dict[tuple[str, str, str], str] = {}
    for (series, status), group in values.groupby(["series", "status"], sort=True):
        if group["case"].nunique() >= 2:
            top: Any = sorted(group.loc[group["at"] == group["at"].max(), "case"])
            out["leads", "", f"{series}|{status}"] = ";".join(map(str, top))
    return out


def _of_pairs(pairs: pd.DataFrame, rolled: RolledUp, copies: bool) -> dict[tuple[str, str, str], str]:
    """Name the contradictions whose claims both still count; those of a copy with its original only where copies do."""
    there = set(all_claims(rolled)["claim_id"])
    kinds = ("contradiction", "copy differs") if copies else ("contradiction",)
    rows = zip(pairs["kind"], pairs["case"], pairs["claim_id_1"], pairs["claim_id_2"], strict=True)
    return {("contradicts", c, f"{one};{two}"): "1" for kind, c, one, two in rows if kind in kinds and {one, two} <= there}


def variant_sizes(
    tables: Tables, level: str = "township", *, min_chars: int = 0, short: int = SHORT_CASE, since: str = "", until: str = "",
    outlets: Sequence[str] = (),
) -> pd.DataFrame:  # fmt: skip
    """Say how much each variant rests on: variant, cases, articles, chars (of body), claims, left_out (claims of no case), codings."""
    rows = []
    for variant, options in _variants(min_chars, short).items():
        rolled = roll_up(tables, level, **{"since": since, "until": until, "outlets": tuple(outlets), **options})  # type: ignore[arg-type]
        articles = rolled.passages["article_id"].nunique()
        sizes = len(rolled.cases), articles, int(rolled.cases["chars"].sum()), len(rolled.claims), len(rolled.left_out), len(rolled.codings)
        rows.append((variant, *sizes))
    return pd.DataFrame(rows, columns=["variant", "cases", "articles", "chars", "claims", "left_out", "codings"])
