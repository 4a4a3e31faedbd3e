"""All claims of a study on one page, found by words."""

from __future__ import annotations

from html import escape

import pandas as pd

from casework.reports.frame import Page
from casework.views import amount_text, evidence_href, load_words, table_html
from casework.views.words import Words

__all__ = ["SEARCH", "search_page"]

SEARCH = "claims.html"


def search_page(claims: pd.DataFrame, sources: pd.DataFrame, publish: str, lang: str) -> Page:
    """Write the page of all claims; both frames hold only what may be published (`tables.standoff`)."""
    words = load_words(lang)
    published = dict(zip(sources["source_id"], sources["published"], strict=True))
    rows = [_row({str(k): str(v) for k, v in row.items()}, published, words) for row in claims.to_dict("records")]
    frame = pd.DataFrame(rows)
    kept = [c for c in frame.columns if c in ("amount", "href", "by", "find") or (frame[c] != "").any()]
    looks = {"links": {"amount": "href"}, "sort_by": {"amount": "by"}, "chips": ("status", "flags"), "find": "find"} if rows else {}
    table = table_html(frame[kept], label=words("claims_title"), lang=lang, **looks)  # type: ignore[arg-type]
    lede = f'<p class="lede">{escape(words("search_about"))} <small class="keys">{escape(words("search_keys"))}</small></p>'
    held = f'<p class="soft"><small>{escape(words("search_held"))}</small></p>' if publish != "full" else ""
    head = f"<h1>{escape(words('search_title'))}</h1>{lede}{held}"
    return Page(SEARCH, words("search_title"), f'{head}\n<div class="found">{table}</div>')


def _row(claim: dict[str, str], published: dict[str, str], words: Words) -> dict[str, str]:
    within, _, place = claim["place"].rpartition("/")
    return {
        "amount": amount_text(claim, words.lang), "href": evidence_href(claim["claim_id"]), "by": claim["low"] or claim["high"],
        "surface": claim["surface"], "indicator": words.value(claim["indicator"]), "about": claim["about"],
        "place": place, "period": claim["period"], "status": claim["status"], "published": published.get(claim["source_id"], ""),
        "flags": claim["flags"],
        # A county's name finds the claims of its villages.
        "find": within,
    }
