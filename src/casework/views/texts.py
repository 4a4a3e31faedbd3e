"""A source's text with its spans in colour, its raw file with every edit, its claims in a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise

from casework.text import Span, parse_spans
from casework.views.amounts import amount_text
from casework.views.links import Row, anchor
from casework.views.marks import mark_html
from casework.views.quotes import PUBLISH, covered, publishable, shown_of_passage, shown_of_raw
from casework.views.reading import Reading, Shown, set_aside, where
from casework.views.words import Words, load_words

__all__ = ["PUBLISH", "claims_html", "legend_html", "raw_html", "text_html"]

_CUT = '<i class="cut">…</i>'
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
    shown = shown_of_passage(passage) if publish == "quotes" else None
    own = escape(passage.row["passage_id"].rpartition(":")[2])
    if shown == []:
        return _held_back(passage, own, words)
    body = mark_html(text, passage.marks, shown)
    if set_aside(passage.role):
        role = f"{words.value(passage.role)}, {words('set_aside')}{words('colon')}"
        return f'<p class="aside" id="{own}"><b>{escape(role)}</b>{body}</p>'
    tag = _TAGS.get(passage.role, "p")
    look = ' class="byline"' if passage.role == "byline" else ""
    return f'<{tag}{look} id="{own}">{body}</{tag}>'


def _held_back(passage: Shown, own: str, words: Words) -> str:
    """Say where a passage stands that is not shown, and what it is; its marks can still be linked to."""
    anchors = "".join(f'<span id="{escape(m.id)}"></span>' for m in passage.marks if m.id and not m.part)
    role = words.value(passage.role) + (f", {words('set_aside')}" if set_aside(passage.role) else "")
    size = words("held_back").format(chars=f"{len(passage.text or ''):,}")
    place = passage.row.get("spans", "").replace("-", "–").replace(";", ", ")
    look = "aside" if set_aside(passage.role) else "held"
    return f'<p class="{look}" id="{own}">{anchors}<b>{escape(role + words("colon"))}</b>{escape(size)} <small>{escape(place)}</small></p>'


def legend_html(lang: str = "en") -> str:
    """Write the key to the four kinds of spans."""
    words = load_words(lang)
    kinds = " ".join(f'<mark class="{kind}">{escape(words.value(kind))}</mark>' for kind in ("amount", "place", "label", "code"))
    return f'<p class="legend">{kinds}</p>'


def raw_html(reading: Reading, lang: str = "en", publish: str = "full") -> str:
    """Write the raw file as it is: edits struck out and put in, what was set aside shaded.

    With `quotes` only what stands within 30 characters of a claim is written, with `none` nothing.
    """
    if reading.raw is None or publish == "none":
        return ""
    shown = shown_of_raw(reading) if publish == "quotes" else [Span(0, len(reading.raw))]
    out: list[str] = []
    for span, html in _raw_pieces(reading, reading.raw, shown, load_words(lang)):
        if covered(span, shown):
            out.append(html)
        elif not out or out[-1] != _CUT:
            out.append(_CUT)
    return f'<pre class="raw" lang="zh">{"".join(out)}</pre>'


def _raw_pieces(reading: Reading, raw: str, shown: Sequence[Span], words: Words) -> Iterator[tuple[Span, str]]:
    """Cut the raw file at its edits and at the rims of what is set aside or shown."""
    asides = [s for p in reading.passages if set_aside(p.role) for s in parse_spans(p.row.get("spans", ""))]
    at = 0
    for start, edit in sorted({int(e["start"]): e for e in reading.of("edits")}.items()):
        yield from _stretch(raw, Span(at, start), asides, shown)
        span = Span(start, int(edit["end"]))
        old, rule = span.cut(raw).replace("\n", "↵").replace("\r", ""), escape(words.rules(edit.get("rule", "")))
        new = f'<ins title="{rule}">{escape(edit["new"])}</ins>' if edit.get("new") else ""
        yield span, f'<del title="{rule}">{escape(old)}</del>{new}'
        at = max(at, span.end)
    yield from _stretch(raw, Span(at, len(raw)), asides, shown)


def _stretch(raw: str, span: Span, asides: Sequence[Span], shown: Sequence[Span]) -> Iterator[tuple[Span, str]]:
    """Write a stretch without edits, what was set aside marked."""
    edges = sorted({span.start, span.end, *(at for s in (*asides, *shown) for at in s if span.start < at < span.end)})
    for start, end in pairwise(edges):
        text = escape(raw[start:end], quote=False)
        gone = any(s.start <= start < s.end for s in asides)
        yield Span(start, end), f'<span class="gone">{text}</span>' if gone else text


def claims_html(reading: Reading, lang: str = "en", publish: str = "full") -> str:
    """Write the side list of a source's claims: parsed fields, rule, place; each opens its characters.

    Where no running text is published the list itself carries the anchors, those of labels and mechanisms too.
    """
    words = load_words(lang)
    claims = reading.of("claims")
    bare = publish == "none" or all(p.text is None for p in reading.passages)
    others = [(r, kind) for table, kind in (("labels", "label"), ("codings", "code")) for r in reading.of(table)] if bare else []
    if not claims and not others:
        return f'<p class="note">{escape(words("none_here"))}</p>'
    listed = [_claim(c, words, bare, publish) for c in claims] + [_other(r, kind, words, publish) for r, kind in others]
    return f'<ol class="claims">{"".join(listed)}</ol>'


def _other(row: Row, kind: str, words: Words, publish: str) -> str:
    said = publishable(row.get("surface", ""), publish)
    small = " · ".join(s for s in (f"“{said}”" if said else "", f"{words('characters')} {where(row)}") if s)
    name = words.value(row.get("code") or row.get("kind", ""))
    return f'<li id="{escape(anchor(row, kind))}" class="{kind}">{escape(name)}<small>{escape(small)}</small></li>'


def _claim(claim: Row, words: Words, bare: bool, publish: str) -> str:
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
    about, said = (publishable(claim.get(c, ""), publish) for c in ("about", "surface"))
    about = f"{words('about_what')} {about}" if about else ""
    said = f"“{said}”" if said else ""
    small = " · ".join(s for s in (said, f"{words('characters')} {where(claim)}", f"{words('rule')} {claim.get('rule', '')}", about) if s)
    ident = f' id="{own}"' if bare else f' data-for="{own}"'
    indicator = escape(words.value(claim.get("indicator", "")))
    return f'<li{ident} class="{escape(status)}">{link} · {indicator}<br>{chips}<small>{escape(small)}</small></li>'
