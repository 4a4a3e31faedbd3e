"""The codebook as it was used: each code with its terms, its hits by case and examples, each value of a table with its rows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from casework.claims import load_mechanisms
from casework.compare.rollup import RolledUp

__all__ = ["code_examples", "code_table", "value_table"]


def code_table(rolled: RolledUp, codebook: Path | str | None = None, lang: str = "en") -> pd.DataFrame:
    """List the mechanisms of a codebook and how often each was found: one row a code, in the codebook's order.

    Columns: family, code, label, definition, terms, near (word groups), never (phrases that are not it; all three joined by ;),
    mentions, articles, cases (numbers), names (of the cases with their mentions, joined by ;), coding_ids (the first of each
    case, joined by ;).
    """
    book = load_mechanisms(codebook)
    groups = {str(code): group for code, group in rolled.codings.groupby("code", sort=False)}
    rows = []
    for code, entry in book.codes.items():
        own = groups.get(code, rolled.codings.iloc[:0])
        counts = own["name"].value_counts(sort=False)
        ranked = sorted(counts.items(), key=lambda kv: (-int(kv[1]), str(kv[0])))
        rows.append({
            "family": book.families[entry.family].get(lang, entry.family), "code": code, "label": entry.label.get(lang, code),
            "definition": entry.definition.get(lang) or next(iter(entry.definition.values()), ""), "terms": ";".join(entry.terms),
            "near": ";".join(" … ".join("/".join(words) for words in near.groups) for near in entry.near),
            "never": ";".join(entry.exceptions), "mentions": len(own), "articles": own["article_id"].nunique(), "cases": len(counts),
            "names": ";".join(f"{name} {n}" for name, n in ranked), "coding_ids": ";".join(own.drop_duplicates("case")["coding_id"]),
        })  # fmt: skip
    return pd.DataFrame(rows)


def code_examples(rolled: RolledUp, *, each: int = 2, width: int = 20, running: bool = False) -> pd.DataFrame:
    """Show each code where the texts have it: `each` hits a code, of different cases where there are any.

    Columns: code, case, name, coding_id, left, hit, right. `hit` is what fired; with `running` there are `width` clean characters on each
    side of it, which is running text: ask for them only where the study publishes it. Where the hit cannot be found in the clean
    passage (words held back, or a hit across a repair) left and right are empty.
    """
    texts = dict(zip(rolled.passages["passage_id"], rolled.passages["text"], strict=True)) if running else {}
    shown = rolled.codings[rolled.codings["surface"] != ""]
    shown = pd.concat([shown.drop_duplicates(["code", "case"]), shown]).drop_duplicates("coding_id")
    shown = shown.groupby("code", sort=True).head(each).sort_values("code", kind="stable")
    rows = []
    for row in shown.to_dict("records"):
        text, hit = texts.get(row["passage_id"], ""), row["surface"]
        at = text.find(hit)
        left, right = (text[max(0, at - width) : at], text[at + len(hit) : at + len(hit) + width]) if at >= 0 else ("", "")
        rows.append({**{c: row[c] for c in ("code", "case", "name", "coding_id")}, "left": left, "hit": hit, "right": right})
    return pd.DataFrame(rows, columns=["code", "case", "name", "coding_id", "left", "hit", "right"])


def value_table(rolled: RolledUp, column: str) -> pd.DataFrame:
    """Count the claims of each value of a column (indicator, status, unit …), the most frequent first.

    Columns: value, claims, cases, example (the shortest words that are shown), claim_id (of the example).
    """
    rows = []
    for value, group in rolled.claims.groupby(column, sort=True):
        said = group[group["surface"] != ""]
        first = min(said.to_dict("records"), key=lambda r: (len(r["surface"]), r["claim_id"]), default={"surface": "", "claim_id": ""})
        rows.append((str(value), len(group), group["case"].nunique(), first["surface"], first["claim_id"]))
    frame = pd.DataFrame(rows, columns=["value", "claims", "cases", "example", "claim_id"])
    return frame.sort_values(["claims", "value"], ascending=[False, True], kind="stable").reset_index(drop=True)
