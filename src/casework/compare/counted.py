"""Which articles and claims are counted: copies and restated amounts once, and only those of the days and outlets asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from casework.codebook import did_you_mean
from casework.tables import VOCABULARIES, Tables
from casework.text import CaseworkError

__all__ = ["counted_articles", "counted_claims"]

_DAY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)


def counted_articles(
    tables: Tables, *, copies: bool, self_reported: bool, since: str = "", until: str = "", outlets: Sequence[str] = ()
) -> pd.DataFrame:
    """Give the articles that count, with the level of their outlet; date and outlet are the source's where the article names none.

    `since` and `until` are years, months or days, both included; an article without a date is then left out. `outlets` are names of
    outlets or levels of them. Raises CaseworkError for a date that is none and an outlet that no article has.
    """
    known = tables.sources[["source_id", "outlet_level", "published", "outlet"]]
    out = tables.articles.merge(known, on="source_id", how="left", suffixes=("", "_of_source"))
    for column in ("published", "outlet"):
        of_source = out.pop(f"{column}_of_source").fillna("")
        out[column] = out[column].where(out[column] != "", of_source)
    out["outlet_level"] = out["outlet_level"].fillna("")
    wanted = _of_outlets(out, outlets) & _within(out["published"], since, until)
    if not copies:
        wanted &= (out["copy_of"] == "") | (out["copy_of"] == out["article_id"])
    if not self_reported:
        wanted &= out["authorship"] != "correspondent"
    return out[wanted].reset_index(drop=True)


_MARKS = frozenset({"restated", "copy", "corrected", "threshold"})
_SAME = ["article_id", "case", "place", "indicator", "about", "change", "unit", "per", "statistic", "status", "period", "low", "high"]


def counted_claims(
    claims: pd.DataFrame, climb: Callable[[str, str], tuple[str, str]], placed: Mapping[str, tuple[str, str]], quoted: bool, flagged: bool
) -> pd.DataFrame:
    """Give the claims that count, in front `case`, the path of the place of the level that each is about, and `why` there is none.

    `climb` brings a place to the level, `placed` holds where a case was brought to: a claim that names no place is of its case's.
    A claim that only sorts (flag `threshold`: the villages above so much) has `threshold` for its statistic.
    """
    rows = claims if quoted else claims[claims["voice"] != "quoted"]
    flags = rows["flags"].str.split(";").map(lambda f: {x for x in f if x})
    doubts = flags.map(lambda f: bool(f - _MARKS))
    rows = rows[~flags.map(lambda f: "restated" in f) & (flagged | ~doubts.astype(bool))].copy()
    sorting = flags.loc[rows.index].map(lambda f: "threshold" in f).astype(bool)
    rows["statistic"] = rows["statistic"].where(~sorting, "threshold")
    where = zip(rows["place"], rows["place_code"], rows["case_id"], strict=True)
    own = [climb(place, code) if place else placed.get(case_id, ("", "no place")) for place, code, case_id in where]
    rows.insert(0, "case", pd.Series([path for path, _ in own], index=rows.index, dtype="str"))
    rows.insert(1, "why", pd.Series([why if not path else "" for path, why in own], index=rows.index, dtype="str"))
    # Without its words a claim (stand-off tables) is not known to repeat another one: keep it.
    return rows[~rows.duplicated(_SAME) | (rows["about"] == "")]


def _of_outlets(articles: pd.DataFrame, outlets: Sequence[str]) -> pd.Series[bool]:
    levels = VOCABULARIES["outlet_levels"]
    there = {str(o) for o in articles["outlet"] if o}
    for outlet in outlets:
        if outlet not in there and outlet not in levels:
            raise CaseworkError(f"no article of outlet '{outlet}'{did_you_mean(outlet, [*sorted(there), *levels])}")
    if not outlets:
        return pd.Series(True, index=articles.index)
    return articles["outlet"].isin(set(outlets)) | articles["outlet_level"].isin(set(outlets))


def check_day(name: str, day: str) -> None:
    """Refuse what is no year, month or day; empty is no bound."""
    if day and not _DAY.fullmatch(day):
        raise CaseworkError(f"{name} is '{day}'; write a year, a month or a day: 2023, 2023-05 or 2023-05-31")


def _within(days: pd.Series[str], since: str, until: str) -> pd.Series[bool]:
    check_day("since", since)
    check_day("until", until)
    if since and until and since > until and not since.startswith(until):
        raise CaseworkError(f"since {since} is later than until {until}; no article can be both")
    kept = pd.Series(True, index=days.index)
    if since:
        # A year is not before its first day: what is known only by its year counts if the year can reach the day.
        kept &= (days != "") & pd.Series([d >= since[: len(d)] for d in days], index=days.index, dtype="bool")
    if until:
        kept &= (days != "") & pd.Series([d[: len(until)] <= until for d in days], index=days.index, dtype="bool")
    return kept
