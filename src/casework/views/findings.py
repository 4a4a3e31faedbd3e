"""What `compare` found, as tables for readers: each row a link to where it was read."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

import pandas as pd

from casework.claims import load_mechanisms
from casework.views.amounts import amount_text
from casework.views.links import evidence_href
from casework.views.tables import Html, show_table
from casework.views.words import load_words

__all__ = [
    "mechanism_families", "mechanism_names", "show_concordance", "show_contradictions", "show_cooccurrence", "show_groups",
    "show_key_figures", "show_keyness", "show_labels", "show_mechanisms", "show_problems", "show_too_coarse", "show_values",
]  # fmt: skip


def mechanism_names(codebook: Path | str | None = None, lang: str = "en") -> dict[str, str]:
    """Give what mechanisms are called in a language, by code; the built-in codebook where none is named.

    >>> mechanism_names()["points_system"]
    'Points system'
    """
    codes = load_mechanisms(codebook).codes
    return {code: entry.label.get(lang, code) for code, entry in codes.items()}


def mechanism_families(codebook: Path | str | None = None, lang: str = "en") -> dict[str, str]:
    """Give the name of the family that each mechanism is of, by code."""
    book = load_mechanisms(codebook)
    return {code: book.families[entry.family].get(lang, entry.family) for code, entry in book.codes.items()}


def show_key_figures(counts: Mapping[str, object], lang: str = "en", *, of: Mapping[str, int] | None = None) -> Html:
    """Show counts as the large figures at a page's head; a key that the site has a word for is shown by it.

    `of` gives the whole that a count is of: it is said beside the word where it is more.
    """
    words = load_words(lang)
    called = {key: words(key, int(str(n))) if words.has(key) else key for key, n in counts.items()}
    more = {key: n for key, n in (of or {}).items() if n > int(str(counts[key]))}
    called |= {key: words("of_all").format(what=called[key], all=f"{n:,}") for key, n in more.items()}
    shown = "".join(f"<div><b>{int(str(n)):,}</b><span>{escape(called[key])}</span></div>" for key, n in counts.items())
    return Html(f'<div class="figures">{shown}</div>', ", ".join(f"{n} {key}" for key, n in counts.items()))


def _href(ids: pd.Series[str], kind: str, folder: str) -> list[str]:
    """Link the first of the ids of each cell."""
    return [evidence_href(cell.split(";")[0], kind, folder) if cell else "" for cell in ids]


def show_mechanisms(
    told: pd.DataFrame, *, folder: str = "evidence", names: Mapping[str, str] | None = None, lang: str = "en", place: bool = False
) -> Html:
    """Show rows of `compare.mechanism_table`: the share of passages with its interval, and mentions, each linked to the first."""
    words = load_words(lang)
    shares = (100 * told[["share", "share_low", "share_high"]]).itertuples(index=False)
    percent = [f"{share:.0f}% ({low:.0f}–{high:.0f})" for share, low, high in shares]
    shown = pd.DataFrame({
        **({"case": told["name"]} if place else {}),
        "mechanism": [(names or {}).get(c, c) for c in told["code"]],
        "passages": [f"{hits} {words('of')} {n}" for hits, n in zip(told["hits"], told["passages"], strict=True)],
        "share": percent, "share_by": told["share"].astype(str),
        "mentions": told["mentions"], "rate": told["rate"].round(2),
        "to": _href(told["coding_ids"], "code", folder),
    })
    looks = {"links": {"mechanism": "to"}, "sort_by": {"share": "share_by"}}
    return show_table(shown, label=words.column("mechanisms"), lang=lang, **looks)


def show_values(values: pd.DataFrame, *, folder: str = "evidence", lang: str = "en") -> Html:
    """Show rows of `compare.case_values`: a place's amount of one series in words, planned beside achieved, n claims.

    An amount opens the claim it is of, a median of several the first of them. Columns beyond those of `case_values`
    (about, per, change, period) are shown where they are there, and a threshold (`statistic`) is marked as one.
    """
    words = load_words(lang)
    rows = [{str(k): _plain(v) for k, v in row.items()} for row in values.to_dict("records")]
    shown = pd.DataFrame({
        "indicator": [words.value(r["indicator"]) for r in rows], "about": [r.get("about", "") for r in rows],
        "case": [r["name"] for r in rows], "status": [_marks(r) for r in rows],
        "amount": [amount_text(r, lang) for r in rows], "by": [r["low"] or r["high"] for r in rows],
        "change": [words.value(r.get("change", "")) for r in rows], "period": [r.get("period", "") for r in rows],
        "n": values["n"].to_numpy(), "to": _href(values["claim_ids"], "amount", folder),
    })
    return show_table(shown, links={"amount": "to"}, sort_by={"amount": "by"}, chips=("status",), label=words.column("amount"), lang=lang)


def _marks(row: Mapping[str, str]) -> str:
    """Give the status of an amount, and that it is a threshold where it is one."""
    return ";".join(m for m in (row["status"], row.get("statistic", "")) if m and (m == row["status"] or m == "threshold"))


def _plain(value: object) -> str:
    return "" if value is None or value != value else f"{value:.10g}" if isinstance(value, float) else str(value)


def show_labels(found: pd.DataFrame, *, folder: str = "evidence", lang: str = "en") -> Html:
    """Show rows of `compare.slogan_table` or `compare.model_table`, each linked to its first place in the texts."""
    first = "slogan" if "slogan" in found.columns else "model"
    shown = found[[first, "mentions", "articles", "cases", "names"]].copy()
    shown["names"] = [load_words(lang).join(cell.split(";")) for cell in found["names"]]
    shown["to"] = _href(found["label_ids"], "label", folder)
    return show_table(shown, links={first: "to"}, label=load_words(lang).column(first), lang=lang)


def show_concordance(lines: pd.DataFrame, *, folder: str = "evidence", lang: str = "en") -> Html:
    """Show rows of `compare.concordance`: the word in the middle, its neighbours on both sides."""
    words = load_words(lang)
    if not len(lines):
        return Html(f'<p class="note">{escape(words("no_rows"))}</p>', "no lines")
    rows = "".join(_kwic({str(k): str(v) for k, v in row.items()}, folder) for row in lines.to_dict("records"))
    head = "".join(f'<th scope="col">{escape(words.column(c))}</th>' for c in ("case", "left", "hit", "right"))
    label = escape(words.column("concordance"))
    table = f'<table class="kwic"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return Html(f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">{table}</div>', f"{len(lines)} lines")


def _kwic(row: Mapping[str, str], folder: str) -> str:
    href = f"{folder}/{row['source_id']}.html#{row['passage_id'].rpartition(':')[2]}"
    around = [("before", row["left"]), ("hit", row["hit"]), ("after", row["right"])]
    cells = "".join(f'<td class="{look}">{escape(text)}</td>' for look, text in around)
    return f'<tr><td><a href="{escape(href)}">{escape(row["name"])}</a></td>{cells}</tr>'


def show_keyness(keys: pd.DataFrame, names: tuple[str, str], lang: str = "en") -> Html:
    """Show rows of `compare.keyness`: counts, log ratio, G2, simple maths, and the articles that have the word."""
    words = load_words(lang)
    columns = ["word", "side", "count_a", "count_b", "log_ratio", "g2", "simple_maths", "articles_a", "articles_b"]
    shown = keys[columns].assign(side=[names[0] if side == "a" else names[1] for side in keys["side"]])
    for column in ("log_ratio", "g2", "simple_maths"):
        shown[column] = shown[column].astype("float64").round(2)
    return show_table(shown, label=words.column("word"), lang=lang)


def show_cooccurrence(pairs: pd.DataFrame, *, names: Mapping[str, str] | None = None, lang: str = "en") -> Html:
    """Show rows of `compare.cooccurrence`: passages with both, what chance would give, and their ratio."""
    called = names or {}
    shown = pairs[["code_1", "code_2", "passages_1", "passages_2", "observed", "expected", "ratio", "p"]].copy()
    for column in ("code_1", "code_2"):
        shown[column] = [called.get(c, c) for c in shown[column]]
    shown = shown.assign(**{c: shown[c].astype("float64").round(digits) for c, digits in (("expected", 2), ("ratio", 2), ("p", 4))})
    return show_table(shown, label=load_words(lang).column("code_2"), lang=lang)


def show_groups(differences: pd.DataFrame, *, names: Mapping[str, str] | None = None, lang: str = "en") -> Html:
    """Show rows of `compare.group_differences`, shares in percent."""
    called = names or {}
    shown = pd.DataFrame({
        "mechanism": [called.get(c, c) for c in differences["code"]], "group": [g.rpartition("/")[2] for g in differences["group"]],
        "group_cases": differences["cases"], "mentioned": differences["mentioned"],
        "mean_share": [f"{100 * share:.0f}%" for share in differences["share"]], "by": differences["share"].astype(str),
        "p": differences["p"].astype("float64").round(3),
    })
    return show_table(shown, sort_by={"mean_share": "by"}, label=load_words(lang).column("group"), lang=lang)


def show_contradictions(pairs: pd.DataFrame, *, folder: str = "evidence", lang: str = "en") -> Html:
    """Show rows of `compare.contradictions`, each amount a link to where it stands."""
    words = load_words(lang)
    rows = [
        {
            "case": r["name"], "indicator": words.value(r["indicator"]), "about": r["about"], "period": r["period"],
            **{f"amount_{n}": _one_amount(r, n, lang) for n in (1, 2)},
            **{f"to_{n}": evidence_href(r[f"claim_id_{n}"], "amount", folder) for n in (1, 2)}, "kind": r["kind"],
        }
        for r in pairs.to_dict("records")
    ]
    links = {"amount_1": "to_1", "amount_2": "to_2"} if rows else {}
    return show_table(pd.DataFrame(rows), links=links, chips=("kind",), label=words.column("kind"), lang=lang)


def _one_amount(pair: Mapping[object, object], n: int, lang: str) -> str:
    ends = {end: _plain(pair[f"{end}_{n}"]) for end in ("low", "high")}
    return amount_text({**ends, "unit": str(pair["unit"]), "per": str(pair["per"])}, lang)


def show_problems(problems: pd.DataFrame, sources: pd.DataFrame, lang: str = "en") -> Html:
    """Show what was odd in the input, in the language of the page."""
    words = load_words(lang)
    files = dict(zip(sources["source_id"], sources["file"], strict=True))
    shown = pd.DataFrame({
        "file": [files.get(s, "") for s in problems["source_id"]],
        "message": [words.problem(c, m) for c, m in zip(problems["code"], problems["message"], strict=True)],
        "start": problems["start"], "end": problems["end"],
    })
    return show_table(shown, label=words("problems_title"), lang=lang)


def show_too_coarse(coarse: pd.DataFrame, stretches: int, level: str, *, folder: str = "evidence", lang: str = "en") -> Html:
    """Say how many of the stretches of text on a place are too coarse for a level (`RolledUp.too_coarse`), and list them."""
    words = load_words(lang)
    placed = [p.rpartition("/")[2] for p in coarse["place"] if p]
    fields = {"all": stretches, "level": words.value(level), "names": words.join(list(dict.fromkeys(placed)))}
    counts = {"coarse_said": len(placed), "coarse_unplaced": len(coarse) - len(placed)}
    said = [words(key).format(n=n, **fields) for key, n in counts.items() if n] or [words("coarse_none").format(**fields)]
    shown = coarse[["place", "level", "chars", "why"]].assign(
        place=[p or words("unknown") for p in coarse["place"]], why=[words.value(w) for w in coarse["why"]],
        page=[evidence_href(s, "", folder) for s in coarse["source_id"]],
    )
    table = show_table(shown, links={"place": "page"}, chips=("level",), label=words.column("why"), lang=lang).html if len(coarse) else ""
    return Html("".join(f'<p class="note">{escape(line)}</p>' for line in said) + table, " ".join(said))
