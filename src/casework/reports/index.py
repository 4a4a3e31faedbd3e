"""The first page of a site: key figures, the account of the characters, where to look, cases, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from casework.compare import RolledUp
from casework.reports.account import account_html, share
from casework.reports.frame import Page
from casework.reports.sources import metadata_of, problems_html, source_title
from casework.tables import Tables
from casework.views import Reading, amount_text, evidence_href, load_words, table_html
from casework.views.words import Words

__all__ = ["Card", "index_page"]

MECHANISMS = 4


@dataclass(frozen=True, slots=True)
class Card:
    """A report on the first page."""

    path: str
    title: str
    about: str


def index_page(
    title: str, tables: Tables, rolled: RolledUp, readings: Sequence[Reading], cards: Sequence[Card], account: pd.DataFrame,
    case_pages: Mapping[str, str], names: Mapping[str, str], publish: str, lang: str, downloads: str = "",
) -> Page:
    """Write the first page; `case_pages` gives each case's page, `names` what mechanisms are called, `downloads` their HTML."""
    words = load_words(lang)
    parts = [
        f'<h1>{escape(title)}</h1><p class="lede">{escape(words("lede_index"))}</p>',
        _figures(tables, rolled, account, words),
        account_html(account, lang),
        f'<p class="soft"><small>{escape(words("account_about"))}</small></p>',
        _cards(cards, words),
        f'<h2 id="cases">{escape(words("cases_title"))}</h2>{_cases(rolled, case_pages, names, words)}',
        f'<h2 id="sources">{escape(words("sources_title"))}</h2>{_sources(readings, publish, words)}',
        downloads,
        _problems(tables, readings, publish, words),
        _wrong(words),
    ]
    return Page("index.html", title, "\n".join(p for p in parts if p))


def _figures(tables: Tables, rolled: RolledUp, account: pd.DataFrame, words: Words) -> str:
    copies = tables.articles[(tables.articles["copy_of"] != "") & (tables.articles["copy_of"] != tables.articles["article_id"])]
    planned = int((tables.claims["status"] == "planned").sum())
    counties = {"/".join(p.split("/")[:3]) for p in rolled.cases["case"] if p.count("/") >= 2}
    rows = [
        (f"{len(tables.sources):,}", words("sources", len(tables.sources))),
        (f"{len(tables.articles):,}", _said("articles", len(tables.articles), "copies_of", len(copies), words)),
        (f"{len(rolled.cases):,}", _said("cases", len(rolled.cases), "counties", len(counties), words)),
        (f"{len(tables.claims):,}", _said("claims", len(tables.claims), "planned_of", planned, words)),
        (share(int(account["kept"].sum()), int((account["chars"] - account["blank"]).sum())), words("kept_share")),
    ]
    return f'<div class="figures">{"".join(f"<div><b>{escape(n)}</b><span>{escape(what)}</span></div>" for n, what in rows)}</div>'


def _said(what: str, n: int, of: str, count: int, words: Words) -> str:
    """Say what there are `n` of, and how many of them are something else, if any."""
    return words(what, n) + (f"{words('list_sep')}{count:,} {words(of, count)}" if count else "")


def _cards(cards: Sequence[Card], words: Words) -> str:
    if not cards:
        return ""
    inner = "".join(f'<a class="card" href="{escape(c.path)}"><b>{escape(c.title)}</b><p>{escape(c.about)}</p></a>' for c in cards)
    return f'<h2>{escape(words("where_to_look"))}</h2><div class="cards">{inner}</div>'


def _cases(rolled: RolledUp, pages: Mapping[str, str], names: Mapping[str, str], words: Words) -> str:
    rows = []
    for case in rolled.cases.to_dict("records"):
        path = str(case["case"])
        codes = rolled.codings.loc[rolled.codings["case"] == path, "code"].value_counts(sort=False)
        ranked = sorted(codes.items(), key=lambda kv: (-kv[1], str(kv[0])))[:MECHANISMS]
        claim = _income(rolled.claims[rolled.claims["case"] == path])
        steps = path.split("/")
        rows.append({
            "case": case["name"], "page": pages.get(path, ""), "within": " / ".join(steps[-3:-1]),
            "sources": case["sources"], "chars": case["chars"], "mechanisms": ";".join(str(code) for code, _ in ranked),
            "collective_income": amount_text(claim, words.lang) if claim else "",
            "to": evidence_href(claim["claim_id"]) if claim else "", "by": (claim["low"] or claim["high"]) if claim else "",
            "status": claim["status"] if claim else "",
        })
    frame = pd.DataFrame(rows)
    if not rows:
        return table_html(frame, lang=words.lang)
    told = bool((frame["collective_income"] != "").any())
    return table_html(
        frame if told else frame.drop(columns=["collective_income", "to", "by", "status"]),
        links={"case": "page", **({"collective_income": "to"} if told else {})}, sort_by={"collective_income": "by"} if told else {},
        chips=("mechanisms", "status"), label=words("cases_title"), names=names, lang=words.lang,
    )


def _income(claims: pd.DataFrame) -> dict[str, str]:
    """Give the claim on collective income to show: a level of the place itself, in total and as achieved, the largest; else none.

    What a village below it has, an increase, a maximum or a threshold is no figure of the place.
    """
    rows = [{str(k): str(v) for k, v in r.items()} for r in claims[claims["indicator"] == "collective_income"].to_dict("records")]
    usual = {"status": "achieved", "statistic": "total", "change": "level", "per": ""}
    own = [c for c in rows if c["place"] == c["case"] and "threshold" not in c["flags"].split(";")]
    mine = [c for c in own if all(c[k] == v for k, v in usual.items())]
    return min(mine, key=lambda c: (-float(c["low"] or c["high"] or 0), c["claim_id"]), default={})


def _sources(readings: Sequence[Reading], publish: str, words: Words) -> str:
    rows = [
        {
            "headline" if publish == "full" else "source_id": source_title(r, publish, words), "page": f"evidence/{r.source_id}.html",
            "outlet": metadata_of(r, "outlet", words), "published": metadata_of(r, "published", words), "file": r.source.get("file", ""),
            "chars": r.source.get("chars", ""), "articles": len(r.of("articles")), "claims": len(r.of("claims")),
            "problems": len(r.of("problems")),
        }
        for r in readings
    ]
    first = "headline" if publish == "full" else "source_id"
    frame = pd.DataFrame(rows)
    frame = frame[[c for c in frame.columns if (frame[c] != "").any()]]
    return table_html(frame, links={first: "page"} if rows else {}, label=words("sources_title"), lang=words.lang)


def _problems(tables: Tables, readings: Sequence[Reading], publish: str, words: Words) -> str:
    if not len(tables.problems):
        return ""
    titles = {r.source_id: source_title(r, publish, words) for r in readings}
    table = problems_html(tables.problems.to_dict("records"), words, titles)
    return f'<h2 id="problems">{escape(words("problems_title"))}</h2>{table}'


def _wrong(words: Words) -> str:
    lines = "".join(f"<li>{escape(words(k))}</li>" for k in ("wrong_press", "wrong_absence", "wrong_reading"))
    return f'<h2 id="wrong">{escape(words("what_wrong"))}</h2><ul class="note">{lines}</ul>'
