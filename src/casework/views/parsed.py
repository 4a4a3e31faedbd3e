"""One parsed text for JupyterLab: marks, claims and edits with their styles inside them."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import pandas as pd

from casework.tables import Tables
from casework.views.amounts import amount_text
from casework.views.marks import mark_html
from casework.views.reading import Reading, Shown, gather_readings, set_aside
from casework.views.words import Words, load_words

__all__ = ["parsed_html"]

_LINES = {"amount": "2px solid #3b82c4", "place": "2px dotted #3f9a6d", "label": "3px double #c08a1e", "code": "2px dashed #8e68bd"}
_TEXT = "font-size:1.05em;line-height:1.95;max-width:44em"
_ASIDE = "opacity:.7;background:rgba(128,128,128,.15);border-radius:6px;padding:.3em .6em;font-size:.9em"


def parsed_html(tables: Tables, raw: str, lang: str = "en") -> str:
    """Show one text with its spans in colour, and what was read, as HTML that needs no style sheet.

    `tables` holds the frames of this one text (as `read_tables` gives them), `raw` its raw text.
    """
    words = load_words(lang)
    ids = [str(i) for i in tables.sources["source_id"]]
    return "".join(_reading(r, words) for r in gather_readings(tables, dict.fromkeys(ids, raw), lang))


def _reading(reading: Reading, words: Words) -> str:
    key = " &nbsp; ".join(f'<span style="border-bottom:{line}">{escape(words.value(kind))}</span>' for kind, line in _LINES.items())
    body = "".join(_passage(p, words) for p in reading.passages)
    counts = ", ".join(f"{len(reading.of(t))} {escape(words(t))}" for t in ("claims", "edits", "problems"))
    return (
        f'<div><p style="font-size:.85em;opacity:.8">{key} &nbsp; · &nbsp; {counts}</p>'
        f'<div lang="zh" style="{_TEXT}">{body}</div>{_claims(reading, words)}</div>'
    )


def _passage(passage: Shown, words: Words) -> str:
    marks = (replace(m, id="", style=f"background:none;color:inherit;border-bottom:{_LINES[m.kind]}") for m in passage.marks)
    body = mark_html(passage.text or "", marks)
    if set_aside(passage.role):
        return f'<p style="{_ASIDE}"><b>{escape(words.value(passage.role))}</b> {body}</p>'
    return f"<p><b>{body}</b></p>" if passage.role in ("headline", "subhead") else f"<p>{body}</p>"


def _claims(reading: Reading, words: Words) -> str:
    rows = [
        {
            words.column("surface"): c["surface"],
            words.column("amount"): amount_text(c, words.lang),
            words.column("indicator"): words.value(c.get("indicator", "")),
            words.column("status"): words.value(c.get("status", "")),
            words.column("place"): c.get("place", "").rpartition("/")[2],
        }
        for c in reading.of("claims")
    ]
    return pd.DataFrame(rows).to_html(index=False, border=0, justify="left") if rows else ""
