"""Which groups of cases are set against each other, and why these."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd

from casework.views.tables import Html
from casework.views.words import Words, load_words

__all__ = ["show_compared"]


def show_compared(groups: pd.DataFrame, lang: str = "en") -> Html:
    """Name the two groups (`compare.text_groups`) with how much text they have, say why these, and how to choose others."""
    words = load_words(lang)
    sides = [_side({str(k): str(v) for k, v in row.items()}, words) for row in groups.to_dict("records")]
    asked, other = ("A", "B") if groups["asked"].iloc[0] else ("B", "A")
    why = words(f"compared_{_why(groups)}").format(n=groups["of"].iloc[0], asked=asked, other=other)
    line = words("compared").format(a=sides[0], b=sides[1], why=why, choose=words("compared_choose"))
    return Html(f'<p class="note">{escape(line)}</p>', line)


def _why(groups: pd.DataFrame) -> str:
    if groups["asked"].all():
        return "asked"
    if (groups["group"] == "").any():
        return "only"
    if groups["asked"].any():
        return "half"
    return "most" if groups["of"].iloc[0] > 2 else "both"


def _side(row: Mapping[str, str], words: Words) -> str:
    side = row["side"].upper()
    if not row["group"]:
        return words("compared_none").format(side=side)
    sizes = {n: words(f"compared_{n}").format(n=row[n]) for n in ("cases", "articles")}
    return words("compared_side").format(side=side, name=row["name"], chars=f"{int(row['chars']):,}", **sizes)
