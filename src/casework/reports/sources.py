"""One evidence page a source: its text with every span, its claims, its raw file, its account."""

from __future__ import annotations

from html import escape

import pandas as pd

from casework.reports.account import account_html
from casework.reports.frame import Page
from casework.views import Reading, claims_html, legend_html, load_words, raw_html, show_claims, table_html, text_html
from casework.views.words import Words

__all__ = ["evidence_page", "source_title"]


def source_title(reading: Reading, publish: str, words: Words) -> str:
    """Call a source by its headline where that may be published, else by outlet and date, else by its file."""
    headlines = [a.get("headline", "") for a in reading.of("articles")]
    if publish == "full" and any(headlines):
        more = len(headlines) - 1
        return next(h for h in headlines if h) + (f" +{more}" if more else "")
    said = [reading.source.get("outlet", ""), reading.source.get("published", "")]
    return " · ".join(s for s in said if s) or reading.source.get("file", "") or words("untitled")


def evidence_page(
    reading: Reading, account: pd.DataFrame, before: Reading | None, after: Reading | None, publish: str, lang: str
) -> Page:
    """Write the page of a source; `account` is its row of `compare.character_account`."""
    words = load_words(lang)
    title = source_title(reading, publish, words)
    parts = [
        f"<h1>{escape(title)}</h1>",
        _facts(reading, words),
        account_html(account, lang),
        _turn(before, after, words),
        legend_html(lang),
        f'<div class="evidence">{text_html(reading, lang, publish)}'
        f'<aside class="side" aria-label="{escape(words("claims_title"))}" tabindex="0">'
        f"<h2>{escape(words('claims_title'))}</h2><p><small>{escape(words('claims_about'))} {escape(words('walk'))}</small></p>"
        f"{claims_html(reading, lang, publish)}</aside></div>",
        _claims_table(reading, lang),
        _raw(reading, publish, lang),
        _problems(reading, lang),
    ]
    return Page(f"evidence/{reading.source_id}.html", title, "\n".join(p for p in parts if p), current="index.html")


def _facts(reading: Reading, words: Words) -> str:
    source = reading.source
    shown = [(c, words.value(source.get(c, "")) if c in ("outlet_level", "script") else source.get(c, ""))
             for c in ("outlet", "outlet_level", "published", "file", "encoding", "script", "licence", "source_id")]
    rows = "".join(f"<div><dt>{escape(words.column(c))}</dt><dd>{escape(text)}</dd></div>" for c, text in shown if text)
    return f'<dl class="facts">{rows}</dl>'


def _turn(before: Reading | None, after: Reading | None, words: Words) -> str:
    left = f'<a href="{before.source_id}.html" rel="prev">← {escape(words("previous"))}</a>' if before else "<span></span>"
    right = f'<a href="{after.source_id}.html" rel="next">{escape(words("next"))} →</a>' if after else "<span></span>"
    return f'<p class="turn">{left}{right}</p>' if before or after else ""


def _claims_table(reading: Reading, lang: str) -> str:
    claims = reading.of("claims")
    if not claims:
        return ""
    words = load_words(lang)
    # On the page of the source itself a link needs the anchor alone.
    table = show_claims(pd.DataFrame([dict(c) for c in claims]), folder=".", lang=lang).html.replace(f'"./{reading.source_id}.html#', '"#')
    return f"<details><summary>{escape(words('claims_title'))} ({len(claims)})</summary>{table}</details>"


def _raw(reading: Reading, publish: str, lang: str) -> str:
    if publish != "full" or reading.raw is None:
        return ""
    words = load_words(lang)
    count = f"{len(reading.of('edits'))} {words('edits')}"
    head = f"<summary>{escape(words('raw_view'))} ({escape(count)})</summary><p><small>{escape(words('raw_about'))}</small></p>"
    return f'<details id="raw">{head}{raw_html(reading, lang)}</details>'


def _problems(reading: Reading, lang: str) -> str:
    rows = [{k: p.get(k, "") for k in ("code", "message", "start", "end")} for p in reading.of("problems")]
    if not rows:
        return ""
    words = load_words(lang)
    return f"<h2>{escape(words('problems_title'))}</h2>{table_html(pd.DataFrame(rows), label=words('problems_title'), lang=lang)}"
