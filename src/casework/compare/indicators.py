"""Case × indicator: like with like, ends kept open, plans apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import pandas as pd

from casework.codebook import did_you_mean
from casework.compare.formulas import bootstrap_median, open_median, rounded_frame
from casework.compare.rollup import RolledUp
from casework.tables import VOCABULARIES
from casework.text import CaseworkError

__all__ = ["LIKE", "SUMMED_FROM", "across_cases", "case_values", "indicator_table"]

LIKE = ("indicator", "about", "change", "unit", "per", "statistic", "period")
"""What two amounts must share to be compared; status is always kept apart too."""
SUMMED_FROM = 8
"""From this many cases on, a median of cases gets an interval; below it the points speak."""


def indicator_table(
    rolled: RolledUp, indicators: Iterable[str] | None = None, *, by: Sequence[str] = LIKE, base: bool = False
) -> pd.DataFrame:
    """List the amounts that can be compared, one row a claim, by series and case.

    A series is what agrees in every column of `by` (shorten it only where you can say why). A claim whose words are unknown
    is a series of its own where `by` asks for them: it cannot be known to be like another. Its id in
    `series` joins them by `|`, an empty denominator standing for "not stated". Achieved, planned and rule stay apart in `status`,
    thresholds in `statistic`. low and high are numbers, NaN where open, in the claim's unit, or with `base` in its base unit.
    Columns: series, status, case, name, the columns of LIKE, low, high, approx, voice, flags, claim_id, source_id, article_id.
    """
    for column in by:
        if column not in LIKE:
            raise CaseworkError(f"a series cannot be made by '{column}'{did_you_mean(column, LIKE)}")
    rows = rolled.claims[rolled.claims["indicator"] != ""].copy()
    if indicators is not None:
        wanted = list(indicators)
        refuse_unknown("indicator", wanted, VOCABULARIES["indicators"])
        rows = rows[rows["indicator"].isin(set(wanted))]
    if base:
        based = rows["base_unit"] != ""
        for to, column in (("low", "base_low"), ("high", "base_high"), ("unit", "base_unit")):
            rows[to] = rows[to].where(~based, rows[column])
    for end in ("low", "high"):
        rows[end] = pd.to_numeric(rows[end].where(rows[end] != "")).astype("float64")
    keys = rows[list(by)].astype("str")
    if "about" in by:
        keys["about"] = keys["about"].where(keys["about"] != "", "?" + rows["claim_id"])
    rows["series"] = pd.Series(["|".join(key) for key in keys.itertuples(index=False)], index=rows.index, dtype="str")
    rank = {case: i for i, case in enumerate(rolled.cases["case"])}
    rows["_rank"] = [rank.get(c, len(rank)) for c in rows["case"]]
    rows = rows.sort_values(["series", "status", "_rank", "case", "claim_id"], kind="stable")
    columns = ["series", "status", "case", "name", *LIKE, "low", "high", "approx", "voice", "flags", "claim_id", "source_id", "article_id"]
    return rounded_frame(rows[columns].reset_index(drop=True))


def refuse_unknown(what: str, wanted: Iterable[str], known: Iterable[str]) -> None:
    """Raise CaseworkError for the first of `wanted` that is not among `known`, with the nearest that is.

    >>> refuse_unknown("indicator", ["jbos"], ["jobs", "funding"])
    Traceback (most recent call last):
    casework.text.CaseworkError: no indicator 'jbos'; did you mean 'jobs'?
    """
    names = list(known)
    for name in wanted:
        if name not in names:
            raise CaseworkError(f"no {what} '{name}'{did_you_mean(name, names)}")


def case_values(indicators: pd.DataFrame) -> pd.DataFrame:
    """Sum up a case's claims of one series and status: median of lows, median of highs, n.

    An end is open (NaN) where the middle claim's end is open.
    """
    rows = []
    for (series, status, case), group in indicators.groupby(["series", "status", "case"], sort=False):
        first = group.iloc[0]
        rows.append(
            {
                "series": series,
                "status": status,
                "case": case,
                "name": first["name"],
                "indicator": first["indicator"],
                "unit": first["unit"],
                "statistic": first["statistic"],
                "n": len(group),
                "low": open_median(list(group["low"]), -math.inf),
                "high": open_median(list(group["high"]), math.inf),
                "claim_ids": ";".join(group["claim_id"]),
            }
        )
    columns = ["series", "status", "case", "name", "indicator", "unit", "statistic", "n", "low", "high", "claim_ids"]
    return pd.DataFrame(rows, columns=columns)


def across_cases(values: pd.DataFrame, *, seed: int = 1) -> pd.DataFrame:
    """Sum up each series over cases: n cases, median of lows and of highs.

    From 8 cases on each median has a percentile bootstrap interval over the cases whose end is known (seeded). No
    p-values: the cases are no sample of anything.
    """
    rows = []
    for (series, status), group in values.groupby(["series", "status"], sort=False):
        row: dict[str, object] = {
            "series": series,
            "status": status,
            "indicator": group["indicator"].iloc[0],
            "unit": group["unit"].iloc[0],
            "n_cases": len(group),
        }
        for end, open_end in (("low", -math.inf), ("high", math.inf)):
            known = [float(x) for x in group[end] if not math.isnan(x)]
            row[end] = open_median(list(group[end]), open_end)
            enough = len(known) >= SUMMED_FROM
            row[f"{end}_from"], row[f"{end}_to"] = bootstrap_median(known, seed) if enough else (math.nan, math.nan)
        rows.append(row)
    columns = ["series", "status", "indicator", "unit", "n_cases", "low", "low_from", "low_to", "high", "high_from", "high_to"]
    return pd.DataFrame(rows, columns=columns)
