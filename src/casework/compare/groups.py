"""Groups of cases: by the place above them, by what they are known by from outside, and how the groups differ."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from casework.compare.formulas import rounded_frame
from casework.compare.indicators import refuse_unknown
from casework.compare.mechanisms import state_matrix
from casework.compare.rollup import LEVELS, RolledUp
from casework.study import read_attributes

__all__ = ["attribute_table", "case_attributes", "case_groups", "group_differences"]

DRAWS = 2000


def attribute_table(path: Path | str) -> pd.DataFrame:
    """Read a study's attributes.csv: place_code, variable, value, source; an empty frame where the path is empty."""
    columns = ["place_code", "variable", "value", "source"]
    rows = read_attributes(Path(path)) if path else ()
    return pd.DataFrame([{c: getattr(r, c) for c in columns} for r in rows], columns=columns, dtype="str")


def case_attributes(rolled: RolledUp, attributes: pd.DataFrame) -> pd.DataFrame:
    """Join figures from outside to the cases by their place code: case, name, variable, value, source, in the order of the cases.

    A row whose place is no case of this level stands last, with an empty case: it is said, not dropped.
    """
    cases = rolled.cases.loc[rolled.cases["place_code"] != "", ["place_code", "case", "name"]]
    out = attributes.merge(cases, on="place_code", how="left").fillna({"case": "", "name": ""})
    rank = {case: i for i, case in enumerate(rolled.cases["case"])}
    out["_rank"] = [rank.get(c, len(rank)) for c in out["case"]]
    out = out.sort_values(["_rank", "variable", "place_code"], kind="stable").reset_index(drop=True)
    return out[["case", "name", "place_code", "variable", "value", "source"]]


def case_groups(rolled: RolledUp, by: str, attributes: pd.DataFrame | None = None) -> dict[str, str]:
    """Give the group of each case: the place above it at level `by`, or its value of the attribute `by`; "" where it has none.

    Raises CaseworkError where `by` is neither a level above the cases' nor an attribute.
    """
    above = LEVELS[: LEVELS.index(rolled.level)]
    variables = sorted(set(attributes["variable"])) if attributes is not None else []
    refuse_unknown("group", [by], [*above, *variables])
    cases = [str(c) for c in rolled.cases["case"]]
    if by in above:
        steps = LEVELS.index(rolled.level) - LEVELS.index(by)
        return {c: "/".join(c.split("/")[:-steps]) for c in cases}
    assert attributes is not None
    own = attributes[attributes["variable"] == by].set_index("place_code")["value"].to_dict()
    return {c: str(own.get(code, "")) for c, code in zip(cases, rolled.cases["place_code"], strict=True)}


def group_differences(told: pd.DataFrame, groups: Mapping[str, str], *, seed: int = 1) -> pd.DataFrame:
    """Compare groups of cases by each mechanism: one row a code and group; needs two groups of two cases or more.

    Columns: code, group, cases (of the group that have body text), mentioned (cases that mention it), share (mean over
    cases of the share of body passages), spread (highest less lowest mean of the groups), p. p is the part of 2,000 seeded
    shufflings of the groups over the cases that give a spread as wide or wider, the one seen counted in; there are as many
    tests as codes, and the cases are no sample: exploratory.
    """
    columns = ["code", "group", "cases", "mentioned", "share", "spread", "p"]
    shares = state_matrix(told, "share").dropna(how="all")
    shares = shares[[bool(groups.get(str(c))) for c in shares.index]]
    labels = np.array([groups[str(c)] for c in shares.index], dtype=object)
    names = sorted(set(labels))
    sizes = [int((labels == g).sum()) for g in names]
    if len([n for n in sizes if n >= 2]) < 2:
        return pd.DataFrame(columns=columns)
    data = shares.to_numpy(dtype=float)
    member = np.array([labels == g for g in names])
    means = _means(member, data)
    spread = means.max(axis=0) - means.min(axis=0)
    as_wide = np.ones(data.shape[1])
    random = np.random.default_rng(seed)
    for _ in range(DRAWS):
        drawn = _means(member[:, random.permutation(len(labels))], data)
        as_wide += drawn.max(axis=0) - drawn.min(axis=0) >= spread - 1e-12
    p = as_wide / (DRAWS + 1)
    rows = [
        (code, g, sizes[i], int((data[member[i], j] > 0).sum()), means[i, j], spread[j], p[j])
        for j, code in enumerate(map(str, shares.columns))
        for i, g in enumerate(names)
    ]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.sort_values(["p", "spread", "code", "group"], ascending=[True, False, True, True], kind="stable")
    return rounded_frame(frame.reset_index(drop=True))


def _means(member: NDArray[np.bool_], data: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(member.astype(float) @ data / member.sum(axis=1, keepdims=True), dtype=np.float64)
