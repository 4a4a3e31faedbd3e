"""The differences of two table folders as a page in the look of the reports: nothing remote, everything escaped."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pandas as pd

import casework
from casework.reports.frame import Page, Site, render_page
from casework.reports.provenance import SHOWN, Provenance, code_digest, data_digest
from casework.verify.diff import COMPARED, TablesDiff, cell_text
from casework.views import load_words, mechanism_names, table_html
from casework.views.words import Words

__all__ = ["diff_page"]


def diff_page(found: TablesDiff, old: Path, new: Path, lang: str = "en") -> str:
    """Write the differences between the tables of two folders as one HTML page."""
    words = load_words(lang)
    was, now = data_digest(old), data_digest(new)
    title = words("diff_title")
    body = "\n".join([
        f"<h1>{escape(title)}</h1>",
        f'<p>{escape(words("diff_about"))} <code>{was[:SHOWN]}</code> → <code>{now[:SHOWN]}</code></p>',
        _counts(found, words), _changes(found, words), _moves(found, words),
    ])  # fmt: skip
    cite = f"casework {casework.__version__}, casework diff {was[:SHOWN]} {now[:SHOWN]}"
    site = Site(title, lang, [], Provenance(now, code_digest(), (), cite, ""))
    return render_page(site, Page("diff.html", title, body))


def _counts(found: TablesDiff, words: Words) -> str:
    rows = [
        {"table": _table(table, words),
         **{kind: found.count(table, kind) for kind in ("gained", "lost", "changed")}}
        for table in COMPARED
    ]  # fmt: skip
    texts = "".join(f"<li>{escape(words.value(kind))}{words('colon')}{escape(file)}</li>" for file, kind in found.texts)
    return table_html(pd.DataFrame(rows), label=words("diff_title"), lang=words.lang) + (f"<ul>{texts}</ul>" if texts else "")


def _changes(found: TablesDiff, words: Words) -> str:
    names = mechanism_names(lang=words.lang)
    rows = [
        {"place": c.case, "table": _table(c.table, words), "kind": words.value(c.kind), "surface": c.surface,
         "about": names.get(c.about) or words.value(c.about),
         "fields": words.join([f"{words.column(n)} {a or '∅'} → {b or '∅'}" for n, a, b in c.fields]), "row": c.row_id}
        for c in found.changes
    ]  # fmt: skip
    return f"<h2>{escape(words('diff_rows'))}</h2>{table_html(pd.DataFrame(rows), label=words('diff_rows'), lang=words.lang)}"


def _moves(found: TablesDiff, words: Words) -> str:
    names = mechanism_names(lang=words.lang)
    states = {"1": words("mentioned"), "0": words("silent"), "": words("too_short")}
    rows = [
        {"place": m.case, "cell": " · ".join(names.get(part) or words.value(part) for part in m.column),
         "was": cell_text(m.was, states, "∅"), "now": cell_text(m.now, states, "∅")}
        for m in found.moves
    ]  # fmt: skip
    note = f"<p><small>{escape(words('diff_note'))}</small></p>"
    head = f"{words('diff_cells')}{words('colon')}{words.value(found.level)}"
    return f"<h2>{escape(head)}</h2>{note}{table_html(pd.DataFrame(rows), label=words('diff_cells'), lang=words.lang)}"


def _table(name: str, words: Words) -> str:
    return words(name) if words.has(name) else words.value(name)
