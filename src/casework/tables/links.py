"""Ids that lead from one table to another: each must name a row that is there."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from casework.tables.columns import TABLES
from casework.tables.schema import Table
from casework.text import CaseworkError

__all__ = ["check_links", "links_of"]

_OWNERS: Mapping[str, str] = {t.key[0]: t.name for t in TABLES.values() if len(t.key) == 1}
_ALSO: Mapping[str, str] = {"copy_of": "article_id"}


def links_of(declared: Table) -> dict[str, tuple[str, str]]:
    """Give the columns of a table that hold ids of a table: column → (table, its key).

    >>> links_of(TABLES["cases"])
    {'article_id': ('articles', 'article_id'), 'source_id': ('sources', 'source_id')}
    """
    keys = {c.name: _ALSO.get(c.name, c.name) for c in declared if c.kind == "id"}
    return {name: (_OWNERS[key], key) for name, key in keys.items() if key in _OWNERS and (name,) != declared.key}


def check_links(frames: Mapping[str, pd.DataFrame]) -> None:
    """Hold every id against the table it names; raise with each row whose id leads nowhere."""
    bad: list[str] = []
    for name, data in frames.items():
        for column, (owner, key) in links_of(TABLES[name]).items():
            if owner in frames:
                lost = (~data[column].isin(frames[owner][key]) & (data[column] != "")).to_numpy().nonzero()[0]
                bad += [f"{name} row {i + 1}: {column} is {data[column].iloc[i]!r}, which {owner} lacks" for i in lost]
    if bad:
        raise CaseworkError(f"{len(bad)} ids lead nowhere\n" + "\n".join(f"  {b}" for b in bad))
