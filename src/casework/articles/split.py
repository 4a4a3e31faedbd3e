"""From lines with roles to articles: paragraphs rejoined, stray columns put back, every character accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from casework.articles.layout import Draft, lay_out
from casework.articles.lines import Line, book_pattern, ends_closed, is_enumerated, read_lines
from casework.articles.metadata import read_authorship, read_bylines, read_date, read_outlet
from casework.articles.model import Article, Page, Passage
from casework.articles.seams import JOIN, MOVE, crosses, seam
from casework.text import Edit, Problem, Span, Text

__all__ = ["split_articles"]


@dataclass
class _Item:
    """Lines that make one passage, in reading order."""

    role: str
    lines: list[int] = field(default_factory=list)


def split_articles(text: Text, *, outlet: str = "", published: str = "", headline: str = "") -> Page:
    """Split a clean page into its articles.

    `outlet`, `published` and `headline` are what the caller knows; where empty they are read from the page.
    Sentences cut by a column break are joined, columns out of order put back where a word or a quotation lies
    across the seam; what is not certain enough is left as it stands and listed in `problems`.

    >>> page = split_articles(Text.of("青禾乡：三步走出新路\\n来源：东山日报\\n青禾乡有九个村，今年都有了合作社。"))
    >>> [(p.role, p.text.clean[:6]) for p in page.articles[0].passages]
    [('headline', '青禾乡：三步'), ('chrome', '来源：东山日'), ('body', '青禾乡有九个')]
    """
    lines = read_lines(text)
    drafts, outside = lay_out(lines, text.clean, headline)
    problems: list[Problem] = []
    flows = [_items(lines, draft) for draft in drafts]
    _put_back(lines, flows, text, problems)
    flows = [_joined(lines, flow, text, problems) for flow in flows]
    articles = tuple(_article(lines, draft, flow, text, outlet, published) for draft, flow in zip(drafts, flows, strict=True))
    furniture = tuple(Passage(role, _cut(text, lines, [i])) for i, role in outside.items())
    return Page(articles, furniture + _lost(text, lines), tuple(problems))


def _items(lines: Sequence[Line], draft: Draft) -> list[_Item]:
    """List an article's lines, headline first."""
    rest = [i for i in draft.roles if i not in draft.headline]
    return [_Item(draft.roles[i], [i]) for i in [*draft.headline, *sorted(rest)]]


def _put_back(lines: Sequence[Line], flows: list[list[_Item]], text: Text, problems: list[Problem]) -> None:
    """Move a column that begins in mid-sentence behind the sentence that lacks its end."""
    for flow in flows:
        bodies = [item for item in flow if item.role == "body"]
        for item, following in zip(bodies, [*bodies[1:], None], strict=False):
            before = lines[item.lines[-1]].text
            if ends_closed(before):
                continue
            natural = seam(before, lines[following.lines[0]].text, text.clean) if following else 0.0
            if natural < MOVE:
                _fetch(lines, flows, flow, item, natural, text, problems)


def _fetch(lines: Sequence[Line], flows: list[list[_Item]], flow: list[_Item], item: _Item, natural: float, text: Text, problems: list[Problem]) -> None:
    before = lines[item.lines[-1]].text
    orphans = [(seam(before, lines[o.lines[0]].text, text.clean), o, f) for f in flows for o in _orphans(lines, f, text.clean) if o is not item]
    good = [x for x in orphans if x[0] >= max(MOVE, natural + 0.2) and crosses(before, lines[x[1].lines[0]].text, text.clean)]
    if not good:
        if flow[-1] is item and orphans:
            problems.append(_problem("column_order", "a sentence lacks its end, and no column is certain to go on with it", lines, item, text))
        return
    best = max(good, key=lambda x: x[0])
    source, at = best[2], best[2].index(best[1])
    stop = next((k for k in range(at, len(source)) if source[k].role in ("headline", "subhead") or source[k] is item), len(source))
    block = source[at:stop]
    del source[at:stop]
    where = flow.index(item) + 1
    flow[where:where] = block


def _orphans(lines: Sequence[Line], flow: list[_Item], page: str) -> list[_Item]:
    """List the paragraphs that begin as if in mid-sentence although the one before them is closed."""
    found = []
    last = ""
    for item in flow:
        first = lines[item.lines[0]].text
        if item.role == "body":
            if last and ends_closed(last) and not book_pattern("openers").match(first) and not is_enumerated(first):
                found.append(item)
            last = lines[item.lines[-1]].text
    return found


def _joined(lines: Sequence[Line], flow: list[_Item], text: Text, problems: list[Problem]) -> list[_Item]:
    """Join the halves of cut sentences; captions thrown in between follow the whole."""
    out: list[_Item] = []
    last: _Item | None = None
    for item in flow:
        if item.role == "body" and last is not None and not ends_closed(lines[last.lines[-1]].text):
            sure = seam(lines[last.lines[-1]].text, lines[item.lines[0]].text, text.clean)
            if sure >= JOIN:
                last.lines += item.lines
                continue
            problems.append(_problem("open_sentence", f"a paragraph lacks its end; that the next goes on is not certain ({sure:.2f})", lines, last, text))
        if item.role in ("body", "headline", "subhead"):
            last = item if item.role == "body" else None
        out.append(item)
    return out


def _problem(code: str, message: str, lines: Sequence[Line], item: _Item, text: Text) -> Problem:
    line = lines[item.lines[-1]]
    where = text.to_raw(Span(max(line.start, line.end - 12), line.end))
    return Problem(code, message, where[0].start, where[-1].end)


def _article(lines: Sequence[Line], draft: Draft, flow: list[_Item], text: Text, outlet: str, published: str) -> Article:
    passages = tuple(Passage(item.role, _cut(text, lines, item.lines)) for item in flow)
    chrome = [lines[i].text for i, role in draft.roles.items() if role == "chrome"]
    bylines = [lines[i].text for i, role in draft.roles.items() if role == "byline"]
    body = [p.text.clean for p in passages if p.role == "body"]
    cues = [*bylines, *(b[:60] for b in body[:1]), *(b[-60:] for b in body[-1:]), *(c for c in chrome if book_pattern("author_in_source").search(c))]
    return Article(
        headline=" ".join(lines[i].text for i in draft.headline if not _is_kicker(lines, draft, i)).replace(" \u2014\u2014", "\u2014\u2014"),
        outlet=outlet or read_outlet(chrome, body),
        published=published or read_date(chrome),
        bylines=read_bylines(bylines, chrome, body),
        authorship=read_authorship(cues),
        passages=passages,
    )


def _is_kicker(lines: Sequence[Line], draft: Draft, i: int) -> bool:
    return len(draft.headline) > 1 and i == draft.headline[0] and bool(book_pattern("place_alone").match(lines[i].text))


def _cut(text: Text, lines: Sequence[Line], which: Sequence[int]) -> Text:
    """Cut the lines out of the page as one text; neighbours in the file stay one stretch, their break edited out."""
    stretches: list[list[int]] = []
    for i in which:
        if stretches and i == stretches[-1][-1] + 1:
            stretches[-1].append(i)
        else:
            stretches.append([i])
    return Text.join([_stretch(text, [lines[i] for i in s]) for s in stretches])


def _stretch(text: Text, lines: Sequence[Line]) -> Text:
    start = lines[0].start
    piece = text.cut(Span(start, lines[-1].end), rims=True)
    gaps = [Span(a.end, b.start) for a, b in pairwise(lines)] + [gap for line in lines for gap in line.breaks]
    return piece.edit(Edit(gap.shift(-start), "", "line_break") for gap in gaps)


def _lost(text: Text, lines: Sequence[Line]) -> tuple[Passage, ...]:
    """Keep what was deleted where no line stands, as on a line of invisible characters only."""
    edges = sorted((line.start, line.end) for line in lines)
    return tuple(Passage("chrome", piece) for piece in _stray_pieces(text, edges))


def _stray_pieces(text: Text, edges: list[tuple[int, int]]) -> list[Text]:
    pieces = []
    at = 0
    for run in text.runs:
        if run.start != run.end or run.raw_start == run.raw_end or text.raw[run.raw_start : run.raw_end].isspace():
            continue
        while at < len(edges) and edges[at][1] < run.start:
            at += 1
        if at == len(edges) or run.start < edges[at][0]:
            pieces.append(Text(text.raw, "", (run._replace(start=0, end=0, seam=False),)))
    return pieces
