"""A codebook for readers: each code with its definition, terms, hits, examples, and how well it was found."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from casework.views.links import evidence_href
from casework.views.tables import Html, show_table
from casework.views.words import Words, load_words

__all__ = ["show_codebook", "show_values_used"]

SEP = "\u3001"
"""What stands between terms, which are Chinese in either language."""


def show_codebook(
    codes: pd.DataFrame, examples: pd.DataFrame, accuracy: pd.DataFrame, *, folder: str = "evidence", lang: str = "en"
) -> Html:
    """Show a codebook (`compare.code_table`), family by family, with examples (`compare.code_examples`) and `score.score_codes`.

    A code that no annotator coded is called not validated.
    """
    words = load_words(lang)
    said = {str(code): group for code, group in examples.groupby("code", sort=False)} if len(examples) else {}
    measured = {str(r["code"]): r for r in accuracy.to_dict("records")}
    out, family = [], None
    for row in codes.to_dict("records"):
        if row["family"] != family:
            family = row["family"]
            out.append(f"<h3>{escape(str(family))}</h3>")
        lines = [
            f"<p>{escape(row['definition'])}</p>",
            f"<p><b>{escape(words('hits_by_case'))}</b>{words('colon')}{_hits(row, words)}</p>",
            _examples(said.get(row["code"]), folder, words),
            f"<p><b>{escape(words.column('accuracy'))}</b>{words('colon')}{escape(_accuracy(measured.get(row['code']), words))}</p>",
            _terms(row, words),
        ]
        head = f'<h4 id="code-{escape(row["code"])}">{escape(row["label"])} <small><code>{escape(row["code"])}</code></small></h4>'
        out.append(f'<section class="code-entry">{head}{"".join(lines)}</section>')
    return Html("".join(out), f"codebook of {len(codes)} codes")


def _hits(row: Mapping[Any, Any], words: Words) -> str:
    return escape(words.join(str(row["names"]).split(";"))) if row["names"] else escape(words("nobody"))


def _examples(found: pd.DataFrame | None, folder: str, words: Words) -> str:
    if found is None:
        return ""
    items = "".join(
        f'<li lang="zh">{escape(r["left"])}<a href="{escape(evidence_href(r["coding_id"], "code", folder))}"><b>{escape(r["hit"])}</b></a>'
        f"{escape(r['right'])} <small>{escape(r['name'])}</small></li>"
        for r in found.to_dict("records")
    )
    return f"<ul>{items}</ul>"


def _accuracy(row: Mapping[Any, Any] | None, words: Words) -> str:
    if row is None:
        return words("not_validated")
    parts = [f"{words.column(name)} {_share(row, name)}" for name in ("precision", "recall")]
    counts = words("of_gold").format(right=row["right"], gold=row["gold"], found=row["found"])
    return words.join([*parts, counts, words("in_files", int(row["files"])).format(n=row["files"])])


def _share(row: Mapping[Any, Any], name: str) -> str:
    value, low, high = (float(str(row[f"{name}{end}"])) for end in ("", "_low", "_high"))
    if value != value:
        return "–"
    return f"{value:.2f}" + (f" ({low:.2f}–{high:.2f})" if low == low else "")


def _terms(row: Mapping[Any, Any], words: Words) -> str:
    parts = [(words.column("terms"), row["terms"]), (words("near_code"), row["near"]), (words("never_code"), row["never"])]
    lists = [(name, str(cell).replace(";", SEP)) for name, cell in parts if cell]
    body = "".join(f'<p><b>{escape(name)}</b>{words("colon")}<span lang="zh">{escape(said)}</span></p>' for name, said in lists)
    return f"<details><summary>{escape(words.column('terms'))}</summary>{body}</details>"


def show_values_used(values: pd.DataFrame, *, folder: str = "evidence", lang: str = "en") -> Html:
    """Show how often each value of a column was given (`compare.value_table`), each with its shortest example."""
    words = load_words(lang)
    shown = values[["value", "claims", "cases", "example"]].assign(
        value=[words.value(v) if v else words("unknown") for v in values["value"]],
        to=[evidence_href(i, "amount", folder) if i else "" for i in values["claim_id"]],
    )
    return show_table(shown, links={"example": "to"}, label=words.column("value"), lang=lang)
