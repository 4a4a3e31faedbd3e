"""One evidence page a source: its text with every span, its claims, its raw file, its account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from casework.reports.account import account_html, share
from casework.reports.frame import Page
from casework.views import CROWDED, Reading, claims_html, legend_html, load_words, raw_html, share_out, table_html, text_html
from casework.views.words import Words

__all__ = ["SOURCES", "evidence_page", "metadata_of", "problems_html", "source_title"]

SOURCES = "index.html#sources"
"""Where the site lists its sources."""
SHOWN = 3
"""So many outlets or days of the articles of one source are named."""


def source_title(reading: Reading, publish: str, words: Words) -> str:
    """Call a source by its headline where that may be published, else by outlet and date, else by its file."""
    headlines = [a.get("headline", "") for a in reading.of("articles")]
    if publish == "full" and any(headlines):
        more = len(headlines) - 1
        return next(h for h in headlines if h) + (f" +{more}" if more else "")
    said = [reading.source.get("outlet", ""), reading.source.get("published", "")]
    return " · ".join(s for s in said if s) or reading.source.get("file", "") or words("untitled")


def metadata_of(reading: Reading, field: str, words: Words) -> str:
    """Give a source's outlet or day of publication; what was read from the page, not told by a manifest, is marked as such.

    Where the source has none it is that of its articles.
    """
    own = reading.source.get(field, "")
    told = [own] if own else list(dict.fromkeys(a[field] for a in reading.of("articles") if a.get(field)))
    if not told:
        return ""
    said = words.join([*told[:SHOWN], *(["…"] if len(told) > SHOWN else [])])
    # The message of a source's problem ends in the names of the fields that its page told.
    read = any(field in p["message"].rpartition(": ")[2].split(", ") for p in reading.of("problems") if p["code"] == "from_page")
    return said if own and not read else words("read_from_page").format(said=said)


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
        _crowded(reading, publish, words),
        _turn(before, after, words),
        legend_html(lang),
        f'<div class="evidence">{text_html(reading, lang, publish)}'
        f'<aside class="side" aria-label="{escape(words("claims_title"))}" tabindex="0">'
        f"<h2>{escape(words('claims_title'))}</h2><p><small>{escape(words('claims_about'))} {escape(words('walk'))}</small></p>"
        f"{claims_html(reading, lang, publish)}</aside></div>",
        _edits(reading, publish, words),
        _problems(reading, words),
        f'<div class="peek" role="status" hidden><div></div><button type="button" aria-label="{escape(words("close"))}">×</button></div>',
    ]
    return Page(f"evidence/{reading.source_id}.html", title, "\n".join(p for p in parts if p), current=SOURCES)


def _facts(reading: Reading, words: Words) -> str:
    source = reading.source
    told = {c: metadata_of(reading, c, words) for c in ("outlet", "published")}
    told |= {c: words.value(source.get(c, "")) for c in ("outlet_level", "script")}
    order = ("outlet", "outlet_level", "published", "file", "encoding", "script", "licence", "source_id")
    shown = [(c, told[c] if c in told else source.get(c, "")) for c in order]
    rows = "".join(f"<div><dt>{escape(words.column(c))}</dt><dd>{escape(text)}</dd></div>" for c, text in shown if text)
    return f'<dl class="facts">{rows}</dl>'


def _crowded(reading: Reading, publish: str, words: Words) -> str:
    """Say where numbers stand so close together that quotes let most of a body out."""
    if publish != "quotes" or all(p.text is None for p in reading.passages):
        return ""
    part = share_out(reading.of("claims"), reading.of("passages"))
    said = words("quotes_crowded").format(share=share(round(1000 * part), 1000))
    return f'<p class="note">{escape(said)}</p>' if part > CROWDED else ""


def _turn(before: Reading | None, after: Reading | None, words: Words) -> str:
    left = f'<a href="{before.source_id}.html" rel="prev">← {escape(words("previous"))}</a>' if before else "<span></span>"
    right = f'<a href="{after.source_id}.html" rel="next">{escape(words("next"))} →</a>' if after else "<span></span>"
    return f'<p class="turn">{left}{right}</p>' if before or after else ""


def _edits(reading: Reading, publish: str, words: Words) -> str:
    """List what was repaired by rule, over the raw file with every edit, as far as it is published."""
    edits = reading.of("edits")
    raw = raw_html(reading, words.lang, publish)
    if not edits and not raw:
        return ""
    count, chars = Counter(e["rule"] for e in edits), Counter[str]()
    for edit in edits:
        chars[edit["rule"]] += int(edit["end"]) - int(edit["start"])
    ranked = sorted(count.items(), key=lambda kv: (-kv[1], kv[0]))
    rows = [{"rule": words.rules(rule), "edits": n, "chars": chars[rule]} for rule, n in ranked]
    table = table_html(pd.DataFrame(rows), label=words("edits_title"), lang=words.lang)
    about = words("raw_about") + (f" {words('raw_quotes')}" if publish == "quotes" else "")
    head = f"<summary>{escape(words('raw_view'))}</summary><p><small>{escape(about)}</small></p>"
    view = f'<details id="raw">{head}{raw}</details>' if raw else ""
    return f'<h2 id="edits">{escape(words("edits_title"))} ({len(edits):,})</h2>{table}{view}'


def _problems(reading: Reading, words: Words) -> str:
    found = reading.of("problems")
    return f"<h2>{escape(words('problems_title'))}</h2>{problems_html([dict(p) for p in found], words)}" if found else ""


def problems_html(rows: Sequence[Mapping[Any, Any]], words: Words, links: Mapping[str, str] | None = None) -> str:
    """Write problems as a table: what each means, and what its message says, in the reader's language."""
    shown = [
        {"problem": words.problem_kind(row["code"]), **({"source_id": links.get(row["source_id"], "")} if links is not None else {}),
         "page": f"evidence/{row['source_id']}.html" if links and row["source_id"] in links else "",
         "message": words.problem(row["code"], row["message"]), "where": f"{row['start']}–{row['end']}" if row.get("start") else ""}
        for row in rows
    ]
    frame = pd.DataFrame(shown).drop(columns=[] if links is not None else ["page"])
    kept = [c for c in frame.columns if c == "page" or (frame[c] != "").any()]
    looks = {"source_id": "page"} if "source_id" in kept else {}
    return table_html(frame[kept], links=looks, label=words("problems_title"), lang=words.lang)
