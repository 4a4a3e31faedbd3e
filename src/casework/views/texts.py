"""A source's text with its spans in colour, its raw file with every edit, its claims in a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise

from casework.text import Span, parse_spans
from casework.views.amounts import amount_text
from casework.views.links import Row, anchor
from casework.views.marks import mark_html
from casework.views.reading import Reading, Shown, set_aside, where
from casework.views.words import Words, load_words

__all__ = ["PUBLISH", "claims_html", "legend_html", "raw_html", "text_html"]

PUBLISH = ("full", "quotes", "none")
QUOTE = 30
_TAGS = {"headline": "h2", "subhead": "h3"}


def text_html(reading: Reading, lang: str = "en", publish: str = "full") -> str:
    """Write a source's clean text in reading order, spans in colour, what was set aside as asides.

    `publish` decides how much: `full`, `quotes` (30 characters around each claim) or `none`.
    """
    words = load_words(lang)
    if publish == "none" or all(p.text is None for p in reading.passages):
        return f'<div class="text"><p class="note">{escape(words("no_text"))}</p></div>'
    places = {c["case_id"]: c.get("place", "") for c in reading.of("cases")}
    copies = {a["article_id"]: a.get("copy_of", "") for a in reading.of("articles")}
    out: list[str] = []
    article = case = ""
    for passage in reading.passages:
        if (new := passage.row.get("article_id", "")) and new != article:
            out.append(_article_rule(bool(article), copies.get(new, ""), words))
            article, case = new, ""
        if (new := passage.row.get("case_id", "")) and new != case:
            out.append(f'<p class="kicker" id="{escape(new.rpartition(":")[2])}">{escape(places.get(new, "").replace("/", " / "))}</p>')
            case = new
        out.append(_passage(passage, words, publish))
    note = f'<p class="note">{escape(words("quotes_only"))} <i class="cut">…</i></p>' if publish == "quotes" else ""
    return f'<div class="text">{note}<div lang="zh">{"".join(out)}</div></div>'


def _article_rule(follows: bool, copy_of: str, words: Words) -> str:
    copy = f'<p class="aside">{escape(words("copy_of"))} {escape(copy_of)}</p>' if copy_of else ""
    return ("<hr>" if follows else "") + copy


def _passage(passage: Shown, words: Words, publish: str) -> str:
    text = passage.text or ""
    shown = _quotes(passage) if publish == "quotes" else None
    if publish == "quotes" and not shown:
        return ""
    body = mark_html(text, passage.marks, shown)
    own = escape(passage.row["passage_id"].rpartition(":")[2])
    if set_aside(passage.role):
        role = f"{words.value(passage.role)}, {words('set_aside')}{words('colon')}"
        return f'<p class="aside" id="{own}"><b>{escape(role)}</b>{body}</p>'
    tag = _TAGS.get(passage.role, "p")
    look = ' class="byline"' if passage.role == "byline" else ""
    return f'<{tag}{look} id="{own}">{body}</{tag}>'


def _quotes(passage: Shown) -> list[Span]:
    end = len(passage.text or "")
    near = (m.span for m in passage.marks if m.kind == "amount")
    return [Span(max(0, s.start - QUOTE), min(end, s.end + QUOTE)) for s in near]


def legend_html(lang: str = "en") -> str:
    """Write the key to the four kinds of spans."""
    words = load_words(lang)
    kinds = " ".join(f'<mark class="{kind}">{escape(words.value(kind))}</mark>' for kind in ("amount", "place", "label", "code"))
    return f'<p class="legend">{kinds}</p>'


def raw_html(reading: Reading, lang: str = "en") -> str:
    """Write the raw file as it is: edits struck out and put in, what was set aside shaded."""
    raw = reading.raw
    if raw is None:
        return ""
    edits = {int(e["start"]): e for e in reading.of("edits")}
    asides = [s for p in reading.passages if set_aside(p.role) for s in parse_spans(p.row.get("spans", ""))]
    out: list[str] = []
    at = 0
    for start, edit in sorted(edits.items()):
        out += _stretch(raw, Span(at, start), asides)
        old = Span(start, int(edit["end"])).cut(raw).replace("\n", "↵").replace("\r", "")
        new = f'<ins title="{escape(edit.get("rule", ""))}">{escape(edit["new"])}</ins>' if edit.get("new") else ""
        out.append(f'<del title="{escape(edit.get("rule", ""))}">{escape(old)}</del>{new}')
        at = max(at, int(edit["end"]))
    out += _stretch(raw, Span(at, len(raw)), asides)
    return f'<pre class="raw" lang="zh">{"".join(out)}</pre>'


def _stretch(raw: str, span: Span, asides: Sequence[Span]) -> Iterable[str]:
    """Write a stretch without edits, what was set aside marked."""
    edges = sorted({span.start, span.end, *(at for s in asides for at in s if span.start < at < span.end)})
    for start, end in pairwise(edges):
        text = escape(raw[start:end], quote=False)
        yield f'<span class="gone">{text}</span>' if any(s.start <= start < s.end for s in asides) else text


def claims_html(reading: Reading, lang: str = "en", publish: str = "full") -> str:
    """Write the side list of a source's claims: parsed fields, rule, place; each opens its characters.

    Where no running text is published the list itself carries the anchors.
    """
    words = load_words(lang)
    claims = reading.of("claims")
    if not claims:
        return f'<p class="note">{escape(words("none_here"))}</p>'
    bare = publish == "none" or all(p.text is None for p in reading.passages)
    return f'<ol class="claims">{"".join(_claim(c, words, bare) for c in claims)}</ol>'


def _claim(claim: Row, words: Words, bare: bool) -> str:
    own = escape(anchor(claim, "amount"))
    amount = f"<b>{escape(amount_text(claim, words.lang))}</b>"
    link = f'<a href="#{own}">{amount}</a>'
    place = claim.get("place", "").rpartition("/")[2]
    status = claim.get("status", "")
    shown = [("chip " + status, words.value(status))] if status else []
    shown += [("chip", words.value(claim[k])) for k in ("change", "statistic") if claim.get(k) and claim[k] not in ("level", "total")]
    shown += [("chip", text) for text in (place, claim.get("period", "")) if text]
    shown += [("chip flag", words.value(f)) for f in claim.get("flags", "").split(";") if f]
    chips = " ".join(f'<span class="{escape(look)}">{escape(text)}</span>' for look, text in shown)
    about = f"{words('about_what')} {claim['about']}" if claim.get("about") else ""
    said = f"“{claim['surface']}”" if claim.get("surface") else ""
    small = " · ".join(s for s in (said, f"{words('characters')} {where(claim)}", f"{words('rule')} {claim.get('rule', '')}", about) if s)
    ident = f' id="{own}"' if bare else f' data-for="{own}"'
    indicator = escape(words.value(claim.get("indicator", "")))
    return f'<li{ident} class="{escape(status)}">{link} · {indicator}<br>{chips}<small>{escape(small)}</small></li>'
