"""When reports were published, what times their claims are about, and where sources disagree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from casework.compare.rollup import RolledUp, roll_up
from casework.tables import Tables

__all__ = ["CONTRADICTS_WITHIN", "contradictions", "periods", "publication_dates"]

CONTRADICTS_WITHIN = ("case", "place", "indicator", "about", "change", "status", "statistic", "unit", "per", "period")


def publication_dates(rolled: RolledUp) -> pd.DataFrame:
    """List articles by date, one row an article and case; an article that is on no case of this level has one row without.

    Columns: published, article_id, source_id, outlet, outlet_level, authorship, case, name, chars (of the case's passages,
    else of the article).
    Articles without a date stand last with an empty one.
    """
    about = ["published", "article_id", "source_id", "outlet", "outlet_level", "authorship"]
    placed = rolled.passages.groupby(["article_id", "case", "name"], sort=True, as_index=False)["chars"].sum()
    rows = rolled.articles[[*about, "chars"]].merge(placed, on="article_id", how="left", suffixes=("_whole", ""))
    rows["chars"] = rows["chars"].fillna(rows["chars_whole"].astype("float64")).astype("int64")
    rows = rows.fillna({"case": "", "name": ""})
    rows["_last"] = rows["published"] == ""
    rows = rows.sort_values(["_last", "published", "article_id", "case"], kind="stable").reset_index(drop=True)
    return rows[[*about, "case", "name", "chars"]]


def periods(rolled: RolledUp) -> pd.DataFrame:
    """Count the claims by the year they are about and by status; year is empty where the text names no time."""
    rows = rolled.claims.assign(year=rolled.claims["period"].str.slice(0, 4))
    out = rows.groupby(["year", "status"], sort=True).size().reset_index(name="claims")
    return out[["year", "status", "claims"]]


def all_claims(rolled: RolledUp) -> pd.DataFrame:
    """Give the claims on a place of the level, those first that are of a case, with those on places that no text is on."""
    elsewhere = rolled.left_out[rolled.left_out["why"] == "no text on it"]
    return pd.concat([rolled.claims, elsewhere.drop(columns="why")], ignore_index=True)


def contradictions(
    tables: Tables, level: str = "township", *, since: str = "", until: str = "", outlets: Sequence[str] = ()
) -> pd.DataFrame:
    """List pairs of claims of which at most one can be right.

    Same place of the level, be it a case or not, indicator, about, change, status, statistic (a threshold only sorts: it contradicts
    nothing), unit, denominators and known period, disjoint intervals (an open end reaches everywhere), different articles.
    kind is "contradiction" between originals, "copy differs" between an article and its own copy; a copy against a third article says
    nothing that its original does not, and is left out. `since`, `until` and `outlets` choose articles as for `roll_up`.
    Columns: kind, case, name, place, indicator, about, unit, period, low_1, high_1, claim_id_1, low_2, high_2, claim_id_2, approx.
    """
    claims = all_claims(roll_up(tables, level, copies=True, since=since, until=until, outlets=outlets))
    claims = claims[(claims["period"] != "") & (claims["indicator"] != "") & (claims["about"] != "") & (claims["statistic"] != "threshold")]
    first = dict(zip(tables.articles["article_id"], tables.articles["copy_of"], strict=True))
    rows = [
        _pair(kind, one, two)
        for _, group in claims.groupby(list(CONTRADICTS_WITHIN), sort=True)
        for one, two in combinations(group.to_dict("records"), 2)
        if (kind := _kind(one["article_id"], two["article_id"], first)) and _disjoint(one, two)
    ]
    return pd.DataFrame(rows, columns=_PAIR)


_SHARED = ["case", "name", "place", "indicator", "about", "unit", "per", "status", "period"]
_PAIR = ["kind", *_SHARED, "low_1", "high_1", "claim_id_1", "low_2", "high_2", "claim_id_2", "approx"]


def _kind(one: str, two: str, first: dict[str, str]) -> str:
    """Tell what a difference between two articles is: nothing where it is one article or a copy against a stranger."""
    if one == two:
        return ""
    copy_1, copy_2 = first.get(one, "") not in ("", one), first.get(two, "") not in ("", two)
    if not copy_1 and not copy_2:
        return "contradiction"
    same = (first.get(one) or one) == (first.get(two) or two)
    return "copy differs" if same else ""


def _ends(claim: Mapping[Any, Any]) -> tuple[float, float]:
    return float(claim["low"] or -math.inf), float(claim["high"] or math.inf)


def _disjoint(one: Mapping[Any, Any], two: Mapping[Any, Any]) -> bool:
    (low_1, high_1), (low_2, high_2) = _ends(one), _ends(two)
    return high_1 < low_2 or high_2 < low_1


def _pair(kind: str, one: Mapping[Any, Any], two: Mapping[Any, Any]) -> dict[str, object]:
    row: dict[str, object] = {"kind": kind, **{c: one[c] for c in _SHARED}}
    for i, claim in ((1, one), (2, two)):
        row |= {f"{end}_{i}": float(claim[end]) if claim[end] else math.nan for end in ("low", "high")} | {
            f"claim_id_{i}": claim["claim_id"]
        }
    return row | {"approx": "true" in (one["approx"], two["approx"])}
