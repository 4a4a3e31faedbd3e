"""Models and slogans: who is joined to whom, in what order and role."""

from __future__ import annotations

from functools import cache

import pandas as pd

from casework.codebook import load_codebook
from casework.compare.rollup import RolledUp

__all__ = ["member_role", "model_members", "model_table", "slogan_table"]


@cache
def _terms() -> tuple[tuple[str, str], ...]:
    """Give (term, role), the longest term first; of equals the first in the codebook."""
    roles = load_codebook("model_roles").section("roles")
    pairs = [(str(term), str(role)) for role, entry in roles.items() for term in entry["terms"]]
    return tuple(sorted(pairs, key=lambda p: -len(p[0])))


def member_role(member: str) -> str:
    """Tell the role of a model's member by the codebook `model_roles`.

    >>> [member_role(m) for m in ("党支部", "合作社", "脱贫户", "云")]
    ['party', 'cooperative', 'household', 'other']
    """
    return next((role for term, role in _terms() if term in member), "other")


def model_table(rolled: RolledUp) -> pd.DataFrame:
    """List the organisational models, the most often told first.

    Columns: model (members joined by +), members (joined by ;), roles (joined by ;), size, mentions, articles, cases
    (numbers), names (of the cases, joined by ;), label_ids.
    """
    rows = []
    models = rolled.labels[(rolled.labels["kind"] == "model") & (rolled.labels["members"] != "")]
    for members, group in models.groupby("members", sort=True):
        names = str(members).split(";")
        rows.append(
            {
                "model": "+".join(names),
                "members": members,
                "roles": ";".join(map(member_role, names)),
                "size": len(names),
                **_spread(group),
            }
        )
    columns = ["model", "members", "roles", "size", "mentions", "articles", "cases", "names", "label_ids"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["mentions", "cases", "model"], ascending=[False, False, True], kind="stable").reset_index(drop=True)


def model_members(models: pd.DataFrame) -> pd.DataFrame:
    """Spread a model table: one row a model and member, with position (from 1), size and role."""
    rows = [
        {
            "model": m["model"],
            "position": i,
            "size": m["size"],
            "member": member,
            "role": role,
            "mentions": m["mentions"],
            "cases": m["cases"],
            "label_ids": m["label_ids"],
        }
        for m in models.to_dict("records")
        for i, (member, role) in enumerate(zip(m["members"].split(";"), m["roles"].split(";"), strict=True), start=1)
    ]
    return pd.DataFrame(rows, columns=["model", "position", "size", "member", "role", "mentions", "cases", "label_ids"])


def slogan_table(rolled: RolledUp) -> pd.DataFrame:
    """List the numbered slogans in their clean form, the most often told first: slogan, mentions, articles, cases, names, label_ids."""
    slogans = rolled.labels[(rolled.labels["kind"] == "slogan") & (rolled.labels["clean"] != "")]
    rows = [{"slogan": clean, **_spread(group)} for clean, group in slogans.groupby("clean", sort=True)]
    frame = pd.DataFrame(rows, columns=["slogan", "mentions", "articles", "cases", "names", "label_ids"])
    return frame.sort_values(["mentions", "cases", "slogan"], ascending=[False, False, True], kind="stable").reset_index(drop=True)


def _spread(group: pd.DataFrame) -> dict[str, object]:
    names = list(dict.fromkeys(group["name"]))
    return {
        "mentions": len(group),
        "articles": group["article_id"].nunique(),
        "cases": len(names),
        "names": ";".join(names),
        "label_ids": ";".join(group["label_id"]),
    }
