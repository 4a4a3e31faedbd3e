"""One source to plain records: what each stage found, as rows of the tables."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from casework.articles import Article, Page, Passage, split_articles
from casework.cases import Case, split_cases
from casework.claims import Claim, Label, Mechanisms, Scene, extract_claims, find_codings, find_labels, mark_restated
from casework.clean import clean_text, find_script
from casework.flow.cells import Record, claim_cells, merge_spans, place_cells, span_cells
from casework.flow.homes import unknown_place
from casework.places import Gazetteer, Mention, Place, find_places, focus, holder, same_or_within
from casework.sources import Source
from casework.text import CaseworkError, Problem, Span, Text

__all__ = ["Kit", "Record", "Records", "add_codings", "read_source"]

TOLD = ("headline", "subhead", "body")  # roles whose words make claims, labels and codings
PLACED = (*TOLD, "caption", "byline")
LONGEST = 100_000  # characters of a passage that is still read: no paragraph of a press text comes near


@dataclass(frozen=True)
class Kit:
    """What a study brings to every source: its places, its mechanisms, and the cleaners it switched off."""

    gazetteer: Gazetteer
    mechanisms: Mechanisms
    cleaners_off: frozenset[str] = frozenset()


@dataclass
class Records:
    """The rows that one source adds to each table; `told` are the passages that codings are looked for in."""

    rows: dict[str, list[Record]] = field(default_factory=dict)
    told: list[tuple[Record, Text]] = field(default_factory=list)

    def add(self, table: str, **cells: Any) -> None:
        """Add a row to a table."""
        self.rows.setdefault(table, []).append(cells)


def read_source(source: Source, kit: Kit) -> Records:
    """Take a source through every stage: clean, articles, cases, claims, labels and codings."""
    out = Records()
    text, problems = clean_text(source.raw, off=kit.cleaners_off)
    page = split_articles(text, outlet=source.outlet, published=source.published, headline=source.headline)
    _add_source(out, source)
    _add_edits(out, source, text, page)
    writer = _Writer(out, source, kit)
    for article in page.articles:
        writer.add_article(article)
    for passage in page.furniture:
        writer.add_passage(passage, "", "")
    for problem in (*problems, *page.problems):
        _add_problem(out, source, problem)
    add_codings(out, kit.mechanisms)
    return out


def add_codings(out: Records, mechanisms: Mechanisms) -> None:
    """Add the codings of the passages that are told: the one stage that needs the mechanisms."""
    seen: set[str] = set()
    for where, text in out.told:
        for coding in find_codings(text.clean, mechanisms):
            cells = span_cells(text, coding.span)
            coding_id = f"{where['source_id']}:{cells['start']}-{cells['end']}:{coding.code}"
            if coding_id not in seen:  # two in one repaired stretch are of the same raw characters
                seen.add(coding_id)
                out.add("codings", coding_id=coding_id, **where, **cells, code=coding.code, rule=coding.rule)


def _add_source(out: Records, s: Source) -> None:
    out.add(
        "sources",
        source_id=s.source_id,
        file=s.file,
        sha256=s.sha256,
        bytes=s.bytes,
        encoding=s.encoding,
        chars=len(s.raw),
        script=find_script(s.raw),
        outlet=s.outlet,
        outlet_level=s.outlet_level,
        published=s.published,
        url=s.url,
        licence=s.licence,
        collected=s.collected,
        query=s.query,
    )


def _add_edits(out: Records, source: Source, text: Text, page: Page) -> None:
    """Add the ledger: the passages' edits, and those of the page that stand in no passage's edit."""
    passages = [p for a in page.articles for p in a.passages] + list(page.furniture)
    own = sorted({e for p in passages for e in p.text.ledger()}, key=lambda e: e.span)
    taken = [e.span for e in own]
    rest = [e for e in text.ledger() if not _overlaps_any(e.span, taken)]
    for e in sorted([*own, *rest], key=lambda e: e.span):
        out.add(
            "edits",
            source_id=source.source_id,
            start=e.span.start,
            end=e.span.end,
            rule=e.rule,
            raw=e.span.cut(source.raw),
            new=e.new,
        )


def _overlaps_any(span: Span, taken: Sequence[Span]) -> bool:
    at = bisect_left(taken, span)
    return any(span.overlaps(t) for t in taken[max(0, at - 1) : at + 1])


def _add_problem(out: Records, source: Source, p: Problem) -> None:
    out.add("problems", source_id=source.source_id, start=p.start, end=p.end, code=p.code, message=p.message)


def _home(out: Records, source: Source, gazetteer: Gazetteer) -> Place | None:
    """Look up the place that a source says it is from; one that is not known is a problem."""
    try:
        return gazetteer.lookup(source.place) if source.place else None
    except CaseworkError:
        message = f"{source.file}: place: {unknown_place(source.place, gazetteer)} places.csv"
        _add_problem(out, source, Problem("bad_metadata", message))
        return None


class _Writer:
    """Write the articles of one source as rows, in reading order."""

    def __init__(self, out: Records, source: Source, kit: Kit) -> None:
        self._out, self._source, self._kit = out, source, kit
        self._home = _home(out, source, kit.gazetteer)
        self._seq = 0
        self._seen: set[tuple[object, ...]] = set()
        self._page_places: list[str] = []

    def add_article(self, article: Article) -> None:
        """Add an article with its cases, passages, places, claims, labels and codings."""
        told = [p.text.clean if _is_read(p, PLACED) else "" for p in article.passages]
        home = self._home
        known = (article.headline, self._source.place, article.outlet, self._source.outlet, *self._page_places[-1:])
        mentions = find_places(told, [h for h in known if h], self._kit.gazetteer)
        if home is not None and self._page_places and _is_about_another(mentions, home):
            home = None  # the manifest knows the first article of the file, not what else stands there
            mentions = find_places(told, [h for h in (article.headline, article.outlet) if h], self._kit.gazetteer)
        if (page_place := focus(mentions)) is not None:
            self._page_places.append(page_place.path)
        cases = split_cases(article, mentions, home)
        spans = [s for p in article.passages for s in p.text.raw_spans()]
        article_id = f"{self._source.source_id}:a{spans[0].start}"
        self._out.add(
            "articles",
            article_id=article_id,
            source_id=self._source.source_id,
            spans=merge_spans(spans, self._source.raw),
            headline=article.headline,
            outlet=article.outlet,
            published=article.published,
            bylines=article.bylines,
            authorship=article.authorship,
            chars=sum(len(p.text) for p in article.passages),
            copy_of="",
        )
        ids = self._add_cases(article, article_id, cases)
        self._add_passages(article, article_id, mentions, cases, ids)

    def _add_cases(
        self, article: Article, article_id: str, cases: Sequence[Case]
    ) -> dict[int, tuple[str, Place | None]]:
        """Add the cases; give each passage's case id and place."""
        ids: dict[int, tuple[str, Place | None]] = {}
        for case in cases:
            spans = [s for i in case.passages for s in article.passages[i].text.raw_spans()]
            case_id = f"{self._source.source_id}:k{spans[0].start}"
            ids |= dict.fromkeys(case.passages, (case_id, case.place))
            body = sum(len(article.passages[i].text) for i in case.passages if article.passages[i].role in TOLD)
            self._out.add(
                "cases",
                case_id=case_id,
                article_id=article_id,
                source_id=self._source.source_id,
                **place_cells(case.place),
                level=case.place.level if case.place else "",
                spans=merge_spans(spans, self._source.raw),
                chars=body,
            )
        return ids

    def _add_passages(
        self,
        article: Article,
        article_id: str,
        mentions: Sequence[Sequence[Mention]],
        cases: Sequence[Case],
        ids: dict[int, tuple[str, Place | None]],
    ) -> None:
        section, labels, scene = "", _label(article), Scene.of(mentions)
        read: list[tuple[Record, Passage, list[Claim]]] = []
        for i, passage in enumerate(article.passages):
            case_id, home = ids.get(i, ("", None))
            where = self.add_passage(passage, article_id, case_id)
            section = passage.text.clean if passage.role == "subhead" else section
            self._add_mentions(where, passage, mentions[i])
            if passage.role in TOLD and not _is_read(passage, TOLD):
                self._add_long(passage)
            if _is_read(passage, TOLD):
                self._add_labels(where, passage, labels[i])
                self._out.told.append((where, passage.text))
                spans = [label.span for label in labels[i]]
                scene.enter(passage.text.clean)
                claims = extract_claims(
                    passage.text.clean,
                    mentions[i],
                    spans,
                    home=home,
                    scene=scene.at(home),
                    headline=article.headline,
                    section=section,
                    published=article.published,
                )
                read.append((where, passage, claims))
            scene.follow(passage.role, mentions[i], home)
        self._add_claims(read)

    def add_passage(self, passage: Passage, article_id: str, case_id: str) -> Record:
        """Add one passage; give the cells that name where it stands."""
        spans = passage.text.raw_spans()
        where = {
            "source_id": self._source.source_id,
            "article_id": article_id,
            "case_id": case_id,
            "passage_id": f"{self._source.source_id}:p{spans[0].start}",
        }
        self._seq += 1
        self._out.add("passages", **where, seq=self._seq, role=passage.role, spans=spans, text=passage.text.clean)
        return where

    def _add_long(self, passage: Passage) -> None:
        """Say that a passage was kept but not read, so that one endless line does not hold up the others."""
        spans = passage.text.raw_spans()
        message = f"a passage of {len(passage.text)} characters is not read for claims, places and codes; break it into paragraphs"
        _add_problem(self._out, self._source, Problem("long_passage", message, spans[0].start, spans[-1].end))

    def _add_mentions(self, where: Record, passage: Passage, mentions: Iterable[Mention]) -> None:
        cells = {k: v for k, v in where.items() if k != "article_id"}
        for m in mentions:
            level = m.place.level if m.place else ""
            where_in_raw, place = span_cells(passage.text, m.span), place_cells(m.place)
            if self._is_new(("places", where_in_raw["start"], where_in_raw["end"], place["place"])):
                self._out.add("places", **cells, **where_in_raw, **place, level=level, how=m.how, flags=sorted(m.flags))

    def _is_new(self, key: tuple[object, ...], told: Span | None = None) -> bool:
        """Remember a row's key; where a repair made many characters of one stretch, a second row of it cannot be told from the first.

        What is `told` there (an amount, a label) and left out becomes a problem.
        """
        if key not in self._seen:
            self._seen.add(key)
            return True
        if told is not None:
            message = "another amount or label was read from the same repaired characters; it cannot be told apart and is left out"
            _add_problem(self._out, self._source, Problem("same_characters", message, told.start, told.end))
        return False

    def _add_labels(self, where: Record, passage: Passage, labels: Iterable[Label]) -> None:
        for label in labels:
            cells = span_cells(passage.text, label.span)
            if self._is_new(("labels", self._id(cells)), Span(cells["start"], cells["end"])):
                self._out.add("labels", label_id=self._id(cells), **where, **cells, kind=label.kind, members=label.members)

    def _add_claims(self, read: Sequence[tuple[Record, Passage, list[Claim]]]) -> None:
        flat = mark_restated([c for _, _, claims in read for c in claims])
        places = ((where, passage) for where, passage, claims in read for _ in claims)
        for (where, passage), claim in zip(places, flat, strict=True):
            cells = span_cells(passage.text, claim.span)
            if self._is_new(("claims", self._id(cells)), Span(cells["start"], cells["end"])):
                self._out.add("claims", claim_id=self._id(cells), **where, **cells, **claim_cells(claim))

    def _id(self, cells: Record) -> str:
        return f"{self._source.source_id}:{cells['start']}-{cells['end']}"


def _is_about_another(mentions: Sequence[Sequence[Mention]], home: Place) -> bool:
    """Tell whether an article names another county, more than once, and never that of its source."""
    named = [m.place for found in mentions for m in found if m.place is not None and m.how != "coreference" and "in_name" not in m.flags]
    county = holder(home, "county")
    return sum(p.level in ("county", "township", "village") for p in named) > 1 and not any(same_or_within(p, county) for p in named)


def _is_read(passage: Passage, roles: Sequence[str]) -> bool:
    return passage.role in roles and len(passage.text) <= LONGEST


def _label(article: Article) -> list[list[Label]]:
    """Find the labels of every passage; a slogan that the article names once is known in all of it."""
    texts = [p.text.clean if _is_read(p, TOLD) else "" for p in article.passages]
    first = [find_labels(t) if t else [] for t in texts]
    slogans = {
        label.span.cut(t) for t, labels in zip(texts, first, strict=True) for label in labels if label.kind == "slogan"
    }
    return [
        find_labels(t, slogans) if t and any(s in t for s in slogans) else labels
        for t, labels in zip(texts, first, strict=True)
    ]
