"""What became of the input: how many texts, articles, cases and claims, and of every character."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

import pandas as pd

from casework.compare.rollup import RolledUp
from casework.tables import Tables
from casework.text import Span, parse_spans

__all__ = ["character_account", "flow_counts"]

ASIDE = ("chrome", "caption", "spam")


def flow_counts(tables: Tables, rolled: RolledUp) -> pd.DataFrame:
    """Count the way from texts to claims: one row a stage (reason empty) and one a reason for what was left out there.

    Columns: stage (sources, articles, originals, cases, claims), reason, n. `rolled` is the roll-up that the comparison uses.
    """
    articles, claims = tables.articles, tables.claims
    copied = articles[(articles["copy_of"] != "") & (articles["copy_of"] != articles["article_id"])]
    originals = set(articles["article_id"]) - set(copied["article_id"])
    counted = claims["article_id"].isin(set(rolled.articles["article_id"]))
    in_copies = claims["article_id"].isin(set(copied["article_id"])) & ~counted
    restated = int(counted.sum()) - len(rolled.claims) - len(rolled.left_out)
    rows = [
        ("sources", "", len(tables.sources)),
        ("sources", "unreadable", int((tables.problems["source_id"] == "").sum())),
        ("articles", "", len(articles)),
        ("articles", "no_article", len(set(tables.sources["source_id"]) - set(articles["source_id"]))),
        ("originals", "", len(originals)),
        ("originals", "copies", len(copied)),
        ("cases", "", len(rolled.cases)),
        ("cases", "no_place", len(originals - set(tables.cases["article_id"]))),
        ("cases", "too_coarse", len(rolled.too_coarse)),
        ("claims", "", len(rolled.claims)),
        ("claims", "claims_copied", int(in_copies.sum())),
        ("claims", "restated", restated),
        ("claims", "claims_elsewhere", len(claims) - len(rolled.claims) - int(in_copies.sum()) - restated),
    ]
    frame = pd.DataFrame(rows, columns=["stage", "reason", "n"])
    return frame[(frame["reason"] == "") | (frame["n"] > 0)].reset_index(drop=True)


def character_account(tables: Tables) -> pd.DataFrame:
    """Say of every source what became of its raw characters; the parts add up to `chars`.

    Columns: source_id, file, outlet, published, chars, kept (as they were), repaired, chrome, caption, spam (set aside by
    role), blank (white space between passages). What was repaired inside a passage that was set aside counts as set aside.
    """
    passages = dict(iter(tables.passages.groupby("source_id")))
    edits = dict(iter(tables.edits.groupby("source_id")))
    rows = []
    for source in tables.sources.to_dict("records"):
        own = passages.get(source["source_id"])
        roles: dict[str, list[Span]] = {}
        for role, spans in zip(own["role"], own["spans"], strict=True) if own is not None else ():
            roles.setdefault(role if role in ASIDE else "text", []).extend(parse_spans(spans))
        changed = edits.get(source["source_id"])
        edited = [Span(int(s), int(e)) for s, e in zip(changed["start"], changed["end"], strict=True)] if changed is not None else []
        repaired = _shared(edited, roles.get("text", []))
        aside = {role: _total(roles.get(role, [])) for role in ASIDE}
        text, chars = _total(roles.get("text", [])), int(source["chars"])
        blank = max(0, chars - text - sum(aside.values()))
        rows.append({
            **{c: source[c] for c in ("source_id", "file", "outlet", "published")},
            "chars": chars, "kept": text - repaired, "repaired": repaired, **aside, "blank": blank,
        })  # fmt: skip
    columns = ["source_id", "file", "outlet", "published", "chars", "kept", "repaired", *ASIDE, "blank"]
    return pd.DataFrame(rows, columns=columns)


def _total(spans: Iterable[Span]) -> int:
    return sum(s.end - s.start for s in spans)


def _shared(some: Iterable[Span], others: list[Span]) -> int:
    """Count the characters that both lists of spans cover; each list's spans are disjoint."""
    ordered = sorted(others)
    total = 0
    for span in some:
        i = max(0, bisect_right(ordered, (span.start, span.start)) - 1)
        while i < len(ordered) and ordered[i].start < span.end:
            total += max(0, min(span.end, ordered[i].end) - max(span.start, ordered[i].start))
            i += 1
    return total
