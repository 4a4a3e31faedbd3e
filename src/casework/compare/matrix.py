"""One wide row a case, for R and for set methods."""

from __future__ import annotations

import pandas as pd

from casework.compare.indicators import case_values
from casework.compare.mechanisms import state_matrix
from casework.compare.rollup import RolledUp

__all__ = ["case_matrix"]


def case_matrix(
    rolled: RolledUp, mechanisms: pd.DataFrame, indicators: pd.DataFrame, attributes: pd.DataFrame | None = None, *, least: int = 2
) -> pd.DataFrame:
    """Put everything that is known of a case into one row.

    Columns: case, name, place_code, level, articles, self_reported, body_passages, chars; `m_<code>` 1, 0 or empty (too
    short to tell); for each series (thresholds aside) that at least `least` cases have, and status, `i_<series>_<status>_low`,
    `_high` and `_n`; `a_<variable>` from `attributes` (place_code, variable, value, source), joined by place_code. Every cell is
    text; open, missing and unknown are empty.
    """
    known = rolled.cases[["case", "name", "place_code", "articles", "self_reported", "body_passages", "chars"]]
    wide = known.astype("str").set_index("case")
    wide.insert(2, "level", rolled.level)
    states = state_matrix(mechanisms) if len(mechanisms) else pd.DataFrame(index=wide.index)
    parts = [wide, states.add_prefix("m_"), _indicator_columns(indicators, least)]
    if attributes is not None and len(attributes):
        spread = attributes.drop_duplicates(["place_code", "variable"], keep="last").pivot(
            index="place_code", columns="variable", values="value"
        )
        own = spread.reindex(wide["place_code"]).set_axis(wide.index)
        parts.append(own.add_prefix("a_"))
    out = pd.concat([p.reindex(wide.index) for p in parts], axis=1)
    return out.fillna("").astype("str").rename_axis("case").reset_index()


def _indicator_columns(indicators: pd.DataFrame, least: int) -> pd.DataFrame:
    values = case_values(indicators[indicators["statistic"] != "threshold"])
    values = values[values.groupby("series")["case"].transform("nunique") >= least]
    cells: dict[str, dict[str, str]] = {}
    for row in values.to_dict("records"):
        stem = f"i_{row['series']}_{row['status']}"
        for part in ("low", "high", "n"):
            value = row[part]
            cells.setdefault(f"{stem}_{part}", {})[row["case"]] = "" if value != value else f"{value:.10g}" if part != "n" else str(value)
    return pd.DataFrame(cells)
