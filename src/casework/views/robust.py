"""What becomes of findings when the comparison is made otherwise, in words."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd

from casework.codebook import load_codebook
from casework.views.tables import Html, show_table
from casework.views.words import Words, load_words

__all__ = ["show_changes", "show_robustness", "show_sizes"]


def _called(section: str, key: str, lang: str) -> str:
    return str(load_codebook("figures").section(section)[key][lang])


def show_robustness(found: pd.DataFrame, lang: str = "en") -> Html:
    """Say what the findings of the main comparison (`compare.robustness`) are, and in a line a variant how many of them stand.

    Every variant is held against the same ones; what only a variant finds is counted beside them.
    """
    words = load_words(lang)
    lines = []
    for variant, group in found.groupby("variant", sort=False):
        states = group["state"].value_counts().to_dict()
        said = [words(f"variant_{s}").format(n=states[s]) for s in ("changed", "lost", "new") if states.get(s)]
        kept = words("of_findings").format(n=len(group) - states.get("new", 0), kept=states.get("kept", 0))
        what = f"{kept} {words('variant_said').format(said=words.join(said)) if said else words('unchanged')}"
        lines.append((_called("variants", str(variant), lang), what))
    head = _against(found, words)
    html = "".join(f"<li><b>{escape(name)}</b>{escape(words('colon'))}{escape(what)}</li>" for name, what in lines)
    about = "\n".join([head, *(f"{name}: {what}" for name, what in lines)])
    return Html(f"<p>{escape(head)}</p><ul>{html}</ul>", about) if lines else Html("", "no findings")


def _against(found: pd.DataFrame, words: Words) -> str:
    """Name the findings of the main comparison, kind by kind."""
    main = found[found["state"] != "new"].drop_duplicates(["finding", "case", "item"])
    counts = main["finding"].value_counts(sort=False).to_dict()
    order = load_codebook("figures").section("findings")
    kinds = [words("kind_count").format(kind=_called("findings", f, words.lang), n=counts[f]) for f in order if f in counts]
    return words("against").format(n=len(main), kinds=words.join(kinds))


def show_changes(found: pd.DataFrame, *, names: Mapping[str, str] | None = None, lang: str = "en") -> Html:
    """Show the findings that are not kept, one row each: what the main comparison says, and what the variant."""
    words = load_words(lang)
    rows = [_change(r, names or {}, words) for r in found[found["state"] != "kept"].to_dict("records")]
    return show_table(pd.DataFrame(rows), chips=("state",), label=words.column("state"), lang=lang)


def _change(row: Mapping[object, object], names: Mapping[str, str], words: Words) -> dict[str, str]:
    finding, item = str(row["finding"]), str(row["item"])
    if finding == "leads":
        item = words.join([p for p in _series(item.split("|"), words) if p])
    elif finding == "contradicts":
        item = ""
    return {
        "variant": _called("variants", str(row["variant"]), words.lang), "finding": _called("findings", finding, words.lang),
        "case": str(row["name"]), "item": names.get(item, item), "main": _said(finding, str(row["main"]), words),
        "other": _said(finding, str(row["other"]), words), "state": str(row["state"]),
    }  # fmt: skip


def _series(parts: list[str], words: Words) -> list[str]:
    """Name the parts of a series and its status, in the order of `compare.LIKE`; what is plain (a level, a total) is left out."""
    indicator, *about, change, unit, per, statistic, period, status = parts
    kind, _, classifier = unit.partition(":")
    each = [p.partition(":")[2] or words.value(f"per_{p}") for p in per.split(";") if p]
    return [
        words.value(indicator), "|".join(about), words.value(change) if change not in ("", "level") else "",
        (words.classifier(classifier) or classifier) if classifier else words.value(kind), *((words("per") + p).strip() for p in each),
        words.value(statistic) if statistic not in ("", "total") else "", period, words.value(status),
    ]  # fmt: skip


def _said(finding: str, value: str, words: Words) -> str:
    if finding == "leads":
        return words.join([path.rpartition("/")[2] for path in value.split(";")]) if value else words("nothing_told")
    yes, no = {"majority": ("most_tell", "few_tell"), "told": ("tells", "nothing_told"), "silent": ("is_silent", "nothing_told")}.get(
        finding, ("stands", "gone")
    )
    return words(yes) if value == "1" else words(no) if value == "0" or finding != "majority" else words("nothing_told")


def show_sizes(sizes: pd.DataFrame, lang: str = "en") -> Html:
    """Show what each variant rests on (`compare.variant_sizes`)."""
    named = sizes.assign(variant=[_called("variants", str(v), lang) for v in sizes["variant"]])
    return show_table(named, label=load_words(lang).column("variant"), lang=lang)
