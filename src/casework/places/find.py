"""From an article's passages to mentions of places, each with what it was read from."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from casework.places.aside import mark_asides
from casework.places.context import Context, is_bounded
from casework.places.extra import load_gazetteer
from casework.places.gazetteer import Gazetteer, Place
from casework.places.hits import Hit, Page, chains, choose, scan
from casework.places.local import known_names, unknown_names
from casework.places.natural import natural_villages
from casework.places.settle import settle
from casework.places.walk import Walk
from casework.places.words import Words
from casework.text import Span

__all__ = ["Mention", "find_places", "focus"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that name a place or point back to one; `how` says what decided, `flags` hold the doubts."""

    span: Span
    place: Place | None
    how: str
    flags: frozenset[str] = frozenset()


def find_places(texts: Sequence[str], hints: Sequence[str] = (), gazetteer: Gazetteer | None = None) -> list[list[Mention]]:
    """Find the places that the passages of one article name, one sorted list a passage.

    `hints` (headline, outlet, a manifest's place; strongest first) help to decide and are not searched for mentions.

    >>> [[(m.span.cut("灵寿县北洼乡的南洼村"), m.place.path) for m in ms if m.place] for ms in find_places(["灵寿县北洼乡的南洼村"])]
    [[('灵寿县北洼乡', '河北省/石家庄市/灵寿县/北洼乡'), ('南洼村', '河北省/石家庄市/灵寿县/北洼乡/南洼村')]]
    """
    gazetteer = gazetteer or load_gazetteer()
    gazetteer.forget()
    page = Page.of(texts, hints)
    context = Context(gazetteer)
    sure = settle(page, gazetteer, context, choose(scan(page, gazetteer)))
    counties = context.counties()
    hits = _bounded_only(page, choose([*sure, *known_names(page, gazetteer, counties, sure)])) if counties else sure
    hits = choose(hits, list(natural_villages(page, gazetteer, hits)))
    hits = _bounded_only(page, choose([*hits, *unknown_names(page, gazetteer, context, hits)]))
    hits = choose([*hits, *_pointing_back(page, gazetteer)], hits)
    groups = chains(hits)
    mark_asides(page, groups)
    walk = Walk(page, gazetteer, context, groups)
    out: list[list[Mention]] = [[] for _ in texts]
    for group in groups:
        index = bisect_right(page.starts, group[0].start) - 1 - page.hints
        said = walk.read(group)
        if index >= 0 and said is not None:
            base = page.starts[index + page.hints]
            span = Span(group[0].start - base, group[-1].end - base)
            out[index].append(Mention(span, said.place, said.how, frozenset(said.flags)))
    return [_listed(text, mentions, gazetteer.words) for text, mentions in zip(texts, out, strict=True)]


def _listed(text: str, mentions: list[Mention], words: Words) -> list[Mention]:
    """Flag the members of a list of places: what is said after it is said of all of them."""
    out = list(mentions)
    for i, (one, other) in enumerate(pairwise(mentions)):
        same = one.place is not None and other.place is not None and one.place.level == other.place.level and one.how != "coreference"
        between = text[one.span.end : other.span.start]
        apart = one.place != other.place and not (one.flags | other.flags) & {"in_name", "bare_name"}
        if same and (between in words.joins or (apart and words.list_goes_on.match(between))):
            out[i], out[i + 1] = (replace(m, flags=m.flags | {"listed"}) for m in (out[i], other))
    return [replace(m, flags=m.flags | {"listed"}) if _is_beside(text, m, words) else m for m in out]


def _is_beside(text: str, m: Mention, words: Words) -> bool:
    """Tell whether a village makes a list with one that is no name the page could settle (集镇社区和陈王村)."""
    if m.place is None or m.place.level != "village" or m.how == "coreference":
        return False
    before = text[max(0, m.span.start - 8) : m.span.start]
    return words.list_before.search(before) is not None or words.list_after.match(text, m.span.end) is not None


def _bounded_only(page: Page, hits: list[Hit]) -> list[Hit]:
    """Drop doubtful village names that nowhere on the page stand beyond doubt."""
    certain = {page.text[h.start : h.end] for h in hits if "?" not in h.flags}
    ends = {h.end for h in hits}
    kept = [h for h in hits if "?" not in h.flags or h.start in ends or page.text[h.start : h.end] in certain]
    for hit in kept:
        hit.flags.discard("?")
    return kept


def _pointing_back(page: Page, gazetteer: Gazetteer) -> Iterable[Hit]:
    words = gazetteer.words
    for m in words.back.finditer(page.text):
        start, end, word = m.start(), m.end(), m.group()
        if page.text[start - 1 : start] in words.not_after.get(word[0], ()) and start:
            continue
        if word in words.needs_start and not is_bounded(page, gazetteer, start):
            continue
        if page.text[end : end + 1] and page.text[end] in words.cut_short.get(word[-1], ""):
            continue
        yield Hit(start, end, (), "back", words.back_level[word])


def focus(mentions: Sequence[Sequence[Mention]], share: float = 0.6) -> Place | None:
    """Give the most specific place, down to the township, that most of an article's mentions lie in.

    >>> focus(find_places(["乐亭县毛庄镇种樱桃。毛庄镇今年丰收，乐亭县来推广。乐亭县毛庄镇的路修好了。"])).path
    '河北省/唐山市/乐亭县/毛庄镇'
    """
    weight: Counter[str] = Counter()
    places: dict[str, Place] = {}
    for m in (m for ms in mentions for m in ms):
        if m.place is None or m.flags & {"in_name", "bare_name"}:
            continue
        parts = m.place.path.split("/")
        for n in range(1, min(len(parts), 4) + 1):
            weight["/".join(parts[:n])] += 1
        places.setdefault(m.place.path, m.place)
    path = ""
    while below := [p for p in weight if p.startswith(path + "/" if path else "") and p.count("/") == (path.count("/") + 1 if path else 0)]:
        best = max(sorted(below), key=lambda p: weight[p])
        if weight[best] < share * (weight[path] if path else sum(weight[p] for p in below)):
            break
        path = best
    return _place_at(path, places)


def _place_at(path: str, places: dict[str, Place]) -> Place | None:
    if not path:
        return None
    if path in places:
        return places[path]
    inside = min((p for p in places if p.startswith(path + "/")), default="")
    if not inside:
        return None
    depth = path.count("/")
    size = (2, 4, 6, 9, 12)[depth]
    return Place(places[inside].code[:size].ljust(6, "0"), path, ("province", "prefecture", "county", "township", "village")[depth])
