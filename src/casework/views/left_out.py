"""Claims that are compared nowhere, since their place is no case: how many, why, and where each stands."""

from __future__ import annotations

from html import escape

import pandas as pd

from casework.views.links import evidence_href
from casework.views.tables import Html, show_file, show_table
from casework.views.words import Words, load_words

__all__ = ["show_left_out"]


_FILE = [
    "why", "claim_id", "place_code", "place", "indicator", "about", "low", "high", "unit", "per", "statistic", "status", "change", "period",
    "flags",
]  # fmt: skip


def show_left_out(
    left_out: pd.DataFrame, compared: int, level: str, *, folder: str = "evidence", report: str = "", lang: str = "en"
) -> Html:
    """Say how many claims are of no case (`RolledUp.left_out`), beside the `compared` ones, and list them by place.

    A row is a place and why it is no case, and opens the first of its claims; all of them stand in a file for download (`show_file`).
    """
    words = load_words(lang)
    fields = {"all": compared + len(left_out), "level": words.value(level)}
    if not len(left_out):
        said = words("left_none").format(**fields)
        return Html(f'<p class="note">{escape(said)}</p>', said)
    said = words("left_said").format(n=len(left_out), **fields, whys=words.join(_whys(left_out, words)))
    placed = left_out.assign(place=left_out["case"].where(left_out["case"] != "", left_out["place"]))
    rows = placed.groupby(["why", "place"], sort=True)["claim_id"].agg(["size", "first"]).reset_index()
    rows = rows.sort_values("size", ascending=False, kind="stable")
    shown = pd.DataFrame({
        "place": [place or words("unknown") for place in rows["place"]], "why": [words.value(why) for why in rows["why"]],
        "claims": rows["size"].to_numpy(), "to": [evidence_href(i, "amount", folder) for i in rows["first"]],
    })  # fmt: skip
    table = show_table(shown, links={"place": "to"}, label=words.column("left_out"), lang=lang)
    file = show_file(left_out[_FILE], "left_out", report=report, lang=lang)
    return Html(f'<p class="note">{escape(said)}</p>{table.html}{file.html}', said, file.files)


def _whys(left_out: pd.DataFrame, words: Words) -> list[str]:
    counts = left_out["why"].value_counts(sort=False)
    ranked = sorted(counts.items(), key=lambda kv: (-int(kv[1]), str(kv[0])))
    return [words("why_count").format(why=words.value(str(why)), n=n) for why, n in ranked]
