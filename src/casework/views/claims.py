"""Claims as a table for readers: the amount in words, each linked to its characters."""

from __future__ import annotations

import pandas as pd

from casework.views.amounts import amount_text
from casework.views.links import evidence_href
from casework.views.tables import Html, table_html
from casework.views.words import load_words

__all__ = ["show_claims"]


def show_claims(claims: pd.DataFrame, *, folder: str = "evidence", label: str = "", lang: str = "en", within: str = "") -> Html:
    """Show rows of the claims table, each amount a link to the page in `folder` where it stands.

    On the page of one place, `within` is its path: a claim on it names no place, one on a place in it what lies below.
    """
    words = load_words(lang)
    rows = [
        {
            "amount": amount_text(c, lang), "href": evidence_href(c["claim_id"], "amount", folder), "by": c["low"] or c["high"],
            "indicator": words.value(c["indicator"]), "status": c["status"],
            "place": _place(c["place"], within),
            "change": words.value(c["change"]), "period": c["period"], "surface": c["surface"], "about": c["about"], "flags": c["flags"],
        }
        for c in ({str(k): str(v) for k, v in row.items()} for row in claims.to_dict("records"))
    ]
    frame = pd.DataFrame(rows)
    kept = [c for c in frame.columns if c in ("amount", "href", "by") or (frame[c] != "").any()]
    looks = {"links": {"amount": "href"}, "sort_by": {"amount": "by"}, "chips": ("status", "flags")} if rows else {}
    html = table_html(frame[kept], label=label or words("claims_title"), lang=lang, **looks)  # type: ignore[arg-type]
    return Html(html, f"table of {len(rows)} claims")


def _place(path: str, within: str) -> str:
    if within and path == within:
        return ""
    return path.removeprefix(f"{within}/").replace("/", "") if within and path.startswith(f"{within}/") else path.rpartition("/")[2]
