"""From lines with roles to articles: paragraphs rejoined, stray columns put back, every character accounted for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

from casework.articles.layout import Draft, lay_out
from casework.articles.lines import Line, read_lines
from casework.articles.metadata import read_authorship, read_bylines, read_date, read_lead, read_outlet
from casework.articles.model import Article, Page, Passage
from casework.articles.patterns import book_pattern, ends_closed, is_enumerated
from casework.articles.runins import cut_run_ins
from casework.articles.seams import JOIN, MOVE, crosses, seam
from casework.text import Edit, Problem, Span, Text

__all__ = ["split_articles"]

_AROUND = 30_000
_NEAREST = 12


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
    page = _Page(text, lines, [i for i in outside if lines[i].name in ("sheet", "source")])
    flows = [_items(draft) for draft in drafts]
    page.put_back(flows)
    flows = [page.joined(flow) for flow in flows]
    articles = tuple(page.article(draft, flow, outlet, published) for draft, flow in zip(drafts, flows, strict=True))
    furniture = tuple(Passage(role, page.cut([i])) for i, role in outside.items())
    return Page(articles, furniture + page.lost(), tuple(page.problems))


def _items(draft: Draft) -> list[_Item]:
    """List an article's lines, headline first."""
    rest = [i for i in draft.roles if i not in draft.headline]
    return [_Item(draft.roles[i], [i]) for i in [*draft.headline, *sorted(rest)]]


class _Page:
    """The lines of a page on their way into articles."""

    def __init__(self, text: Text, lines: Sequence[Line], masthead: Sequence[int]) -> None:
        self.text = text
        self.masthead = masthead
        self.lines = lines
        self.problems: list[Problem] = []
        self._bridged: list[Span] = []

    def first(self, item: _Item) -> Line:
        return self.lines[item.lines[0]]

    def last(self, item: _Item) -> Line:
        return self.lines[item.lines[-1]]

    def near(self, item: _Item) -> str:
        """Give the page around the end of a passage: a seam's words are looked for there, whatever the page's size."""
        end = self.last(item).end
        return self.text.clean[max(0, end - _AROUND) : end + _AROUND]

    def seam(self, before: _Item, after: _Item) -> float:
        """Say how likely one paragraph goes on in another."""
        follows = self.first(after)
        return seam(self.last(before).text, follows.text, self.near(before), follows.indent > 1)

    def put_back(self, flows: list[list[_Item]]) -> None:
        """Move a column that begins in mid-sentence behind the sentence that lacks its end."""
        orphans = [(o, flow) for flow in flows for o in self._orphans(flow)]
        for flow in flows:
            bodies = [item for item in flow if item.role == "body"]
            for item, following in zip_longest(bodies, bodies[1:]):
                if not ends_closed(self.last(item).text):
                    natural = self.seam(item, following) if following else 0.0
                    if natural < MOVE:
                        self._fetch(orphans, flow, item, natural)

    def _fetch(self, orphans: list[tuple[_Item, list[_Item]]], flow: list[_Item], item: _Item, natural: float) -> None:
        """Look among the nearest orphans for the paragraph that goes on with `item`, and move it there with what follows it."""
        before, page = self.last(item).text, self.near(item)
        here = bisect_left(orphans, item.lines[-1], key=lambda x: x[0].lines[0])
        nearest = [i for i in range(max(0, here - _NEAREST), min(here + _NEAREST, len(orphans))) if orphans[i][0] is not item]
        sure = [(self.seam(item, orphans[i][0]), -i) for i in nearest]
        good = [(s, i) for s, i in sure if s >= max(MOVE, natural + 0.2) and crosses(before, self.first(orphans[-i][0]).text, page)]
        if not good:
            if flow[-1] is item and nearest:
                self._doubt("column_order", "a sentence lacks its end, and no column is certain to go on with it", item)
            return
        orphan, source = orphans.pop(-max(good)[1])
        at = next(k for k, x in enumerate(source) if x is orphan)
        stop = next((k for k in range(at, len(source)) if source[k].role in ("headline", "subhead") or source[k] is item), len(source))
        block = source[at:stop]
        del source[at:stop]
        where = next(k for k, x in enumerate(flow) if x is item) + 1
        flow[where:where] = block
        moved = {id(x) for x in block}
        orphans[:] = [(o, flow if id(o) in moved else f) for o, f in orphans]

    def _orphans(self, flow: list[_Item]) -> list[_Item]:
        """List the paragraphs that begin as if in mid-sentence although the one before them is closed."""
        found = []
        closed = False
        for item in flow:
            if item.role == "body":
                first = self.first(item).text
                if closed and not book_pattern("openers").match(first) and not is_enumerated(first):
                    found.append(item)
                closed = ends_closed(self.last(item).text)
        return found

    def joined(self, flow: list[_Item]) -> list[_Item]:
        """Join the halves of cut sentences; captions thrown in between follow the whole."""
        out: list[_Item] = []
        last: _Item | None = None
        for item in flow:
            if item.role == "body" and last is not None and not ends_closed(self.last(last).text):
                sure = self.seam(last, item)
                if sure >= JOIN:
                    last.lines += item.lines
                    continue
                self._doubt("open_sentence", f"a paragraph lacks its end; that the next goes on is not certain ({sure:.2f})", last)
            if item.role in ("body", "headline", "subhead"):
                last = item if item.role == "body" else None
            out.append(item)
        return out

    def _doubt(self, code: str, message: str, item: _Item) -> None:
        line = self.last(item)
        where = self.text.to_raw(Span(max(line.start, line.end - 12), line.end))
        self.problems.append(Problem(code, message, where[0].start, where[-1].end))

    def article(self, draft: Draft, flow: list[_Item], outlet: str, published: str) -> Article:
        """Cut an article's passages, and read its metadata where the caller has none."""
        passages = cut_run_ins([Passage(item.role, self.cut(item.lines)) for item in flow])
        by_role: dict[str, list[int]] = {}
        for i, role in draft.roles.items():
            by_role.setdefault(role, []).append(i)
        told = [self.lines[i] for i in [*by_role.get("chrome", []), *self.masthead]]
        opening = [self.first(item) for item in flow if item.role == "body"][:1]
        chrome, bylines = ([self.lines[i].text for i in by_role.get(role, [])] for role in ("chrome", "byline"))
        body = [p.text.clean for p in passages if p.role == "body"]
        signed = [c for c in chrome if book_pattern("author_in_source").search(c)]
        return Article(
            headline=self._headline(draft),
            outlet=outlet or self._told("outlet", read_outlet, told) or self._told("outlet", read_lead, opening),
            published=self._own_day(draft, published) or published or self._told("published", read_date, told),
            bylines=read_bylines(bylines, chrome, body),
            authorship=read_authorship([*bylines, *signed, *(b[:60] for b in body[:1]), *(b[-60:] for b in body[-1:])]),
            passages=passages,
        )

    def _own_day(self, draft: Draft, published: str) -> str:
        """Read the day of a further article of the page from a line between its headline and its text; the caller's is of the first."""
        first = min((i for i, role in draft.roles.items() if role == "body"), default=0)
        above = [self.lines[i] for i, role in sorted(draft.roles.items()) if role == "chrome" and i < first]
        above = [line for line in above if line.name in ("date", "source")]
        later = published and draft.headline and self._ahead(min(draft.roles))
        return self._told("published", read_date, above, "since this article has a date line of its own") if later else ""

    def _ahead(self, line: int) -> bool:
        """Tell whether another article's text stands above a line."""
        return any(self.lines[i].kind == "prose" for i in range(line))

    def _told(self, what: str, read: Callable[[str], str], lines: Iterable[Line], why: str = "as no manifest tells it") -> str:
        """Read what the caller does not know from the first line that tells it, and note which that was."""
        for line in lines:
            if found := read(line.text):
                where = self.text.to_raw(Span(line.start, line.end))
                message = f"{what} {found!r} was read from the page here, {why}"
                self.problems.append(Problem("from_page", message, where[0].start, where[-1].end))
                return found
        return ""

    def _headline(self, draft: Draft) -> str:
        words = [self.lines[i].text for i in draft.headline]
        if len(words) > 1 and book_pattern("place_alone").match(words[0]):
            words = words[1:]
        return " ".join(words).replace(" \u2014\u2014", "\u2014\u2014")

    def cut(self, which: Sequence[int]) -> Text:
        """Cut lines out of the page as one text; neighbours in the file stay one stretch, their break edited out."""
        stretches: list[list[Span]] = []
        for part in (part for i in which for part in self.lines[i].parts):
            if stretches and self._is_next(stretches[-1][-1], part):
                self._bridged.append(Span(stretches[-1][-1].end, part.start))
                stretches[-1].append(part)
            else:
                stretches.append([part])
        return Text.join([_stretch(self.text, s) for s in stretches])

    def _is_next(self, before: Span, after: Span) -> bool:
        return before.end < after.start and self.text.clean[before.end : after.start].isspace()

    def lost(self) -> tuple[Passage, ...]:
        """Keep what was repaired into nothing or a blank where no line stands, as on a line of invisible characters only."""
        pieces = []
        at = 0
        parts = sorted([*(part for line in self.lines for part in line.parts), *self._bridged])
        for run in self.text.runs:
            if not run.rule or self.text.raw[run.raw_start : run.raw_end].isspace():
                continue
            while at < len(parts) and parts[at].end < run.start:
                at += 1
            inside = at < len(parts) and (parts[at].start <= run.start < parts[at].end or run.start == run.end == parts[at].end)
            if not inside and not self.text.clean[run.start : run.end].strip():
                pieces.append(Passage("chrome", self.text.cut(Span(run.start, run.end), rims=run.start == run.end)))
        return tuple(pieces)


def _stretch(text: Text, parts: Sequence[Span]) -> Text:
    start = parts[0].start
    piece = text.cut(Span(start, parts[-1].end), rims=True)
    return piece.edit(Edit(Span(a.end - start, b.start - start), "", "line_break") for a, b in pairwise(parts))
