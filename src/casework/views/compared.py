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
    asked, places = groups["asked"].all(), int(groups["of"].iloc[0])
    why = "compared_asked" if asked else "compared_most" if (groups["group"] != "").all() else "compared_only"
    line = words("compared").format(a=sides[0], b=sides[1], why=words(why).format(n=places), choose=words("compared_choose"))
    return Html(f'<p class="note">{escape(line)}</p>', line)


def _side(row: Mapping[str, str], words: Words) -> str:
    side = row["side"].upper()
    if not row["group"]:
        return words("compared_none").format(side=side)
    sizes = {n: words(f"compared_{n}").format(n=row[n]) for n in ("cases", "articles")}
    return words("compared_side").format(side=side, name=row["name"], chars=f"{int(row['chars']):,}", **sizes)
