"""From an article's passages to mentions of places, each with what it was read from."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from casework.places.context import Context, is_bounded, is_place_word
from casework.places.extra import load_gazetteer
from casework.places.gazetteer import Gazetteer, Place
from casework.places.hits import Hit, Page, chains, choose, scan
from casework.places.local import known_names, unknown_names
from casework.places.walk import Walk
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
    page = Page.of(texts, hints)
    context = Context(gazetteer)
    sure = _settle(page, gazetteer, context, choose(scan(page, gazetteer)))
    counties = context.counties()
    hits = _bounded_only(page, choose([*sure, *known_names(page, gazetteer, counties, sure)])) if counties else sure
    hits = _bounded_only(page, choose([*hits, *unknown_names(page, gazetteer, context, hits)]))
    hits = choose([*hits, *_pointing_back(page, gazetteer)], hits)
    groups = chains(hits)
    walk = Walk(page, gazetteer, context, hits)
    out: list[list[Mention]] = [[] for _ in texts]
    for group in groups:
        index = bisect_right(page.starts, group[0].start) - 1 - page.hints
        said = walk.read(group)
        if index >= 0 and said is not None:
            base = page.starts[index + page.hints]
            span = Span(group[0].start - base, group[-1].end - base)
            out[index].append(Mention(span, said.place, said.how, frozenset(said.flags)))
    return out


def _settle(page: Page, gazetteer: Gazetteer, context: Context, hits: list[Hit]) -> list[Hit]:
    """Decide, from the certain to the doubtful, which hits are places; each decision helps the next."""
    groups = chains(hits)
    single = [g[0] for g in groups if len(g) == 1]
    accepted = [h for g in groups if len(g) > 1 for h in g]
    for g in groups:
        if len(g) > 1 and len(g[-1].keys) == 1:
            context.add(g[-1].keys[0], 4 * _strength(page, gazetteer, g[0]))
    whole = [h for h in single if h.kind != "stem" and page.text[h.start : h.end] not in gazetteer.words.never_alone]
    units = [h for h in whole if h.level != "township" and h.end - h.start > 2]
    accepted += _accept_units(page, gazetteer, context, units)
    accepted += _accept_short(page, gazetteer, context, [h for h in whole if h.level != "township" and h.end - h.start == 2])
    accepted += _accept_towns(page, gazetteer, context, [h for h in whole if h.level == "township"])
    accepted += _accept_stems(page, gazetteer, context, [h for h in single if h.kind == "stem"], {h.end for h in accepted})
    return sorted(accepted, key=lambda h: h.start)


def _strength(page: Page, gazetteer: Gazetteer, hit: Hit) -> float:
    """Give the weight of a hit by where it stands: a hint counts more, an outlet's name less."""
    index = bisect_right(page.starts, hit.start) - 1
    if gazetteer.words.outlet.match(page.text, hit.end):
        return 0.1
    return 1.5 if index < page.hints else 1.0


def _accept_units(page: Page, gazetteer: Gazetteer, context: Context, hits: list[Hit]) -> list[Hit]:
    for hit in hits:
        if len(hit.keys) == 1:
            context.add(hit.keys[0], 3 * _strength(page, gazetteer, hit))
    out = []
    for hit in hits:
        if len(hit.keys) == 1:
            out.append(hit)
        elif key := context.decide(hit):
            context.add(key, 2 * _strength(page, gazetteer, hit))
            out.append(hit)
        elif is_bounded(page, gazetteer, hit.start):
            out.append(hit)
    return out


def _accept_short(page: Page, gazetteer: Gazetteer, context: Context, hits: list[Hit]) -> list[Hit]:
    """Counties of two characters (磁县): where a name may begin, or where the page is about them."""
    out = []
    for hit in hits:
        if hit.start in page.cuts and is_bounded(page, gazetteer, hit.start):
            context.add(hit.keys[0], 3 * _strength(page, gazetteer, hit))
            out.append(hit)
    known = {k for h in out for k in h.keys}
    seen = {id(h) for h in out}
    more = (h for h in hits if id(h) not in seen and (not known.isdisjoint(h.keys) or any(context.score[k] >= 3 for k in h.keys)))
    return [*out, *more]


def _accept_towns(page: Page, gazetteer: Gazetteer, context: Context, hits: list[Hit]) -> list[Hit]:
    """Townships of the page's prefectures; of anywhere only where the page has named no county."""
    named = {k for k, n in context.score.items() if n >= 1}
    at = gazetteer.at
    somewhere = any(gazetteer.level(k) == "county" for k in named)
    out = []
    for hit in hits:
        inside = tuple(k for k in hit.keys if at(k, "county") in named) or tuple(k for k in hit.keys if at(k, "prefecture") in named)
        if inside and (hit.end - hit.start > 2 or is_bounded(page, gazetteer, hit.start)):
            hit.keys = inside
            out.append(hit)
        elif not somewhere and is_bounded(page, gazetteer, hit.start):
            out.append(hit)
    for hit in out:
        if len(hit.keys) == 1:
            context.add(hit.keys[0], 2 * _strength(page, gazetteer, hit))
    return out


def _accept_stems(page: Page, gazetteer: Gazetteer, context: Context, hits: list[Hit], touching: set[int]) -> list[Hit]:
    """Bare names: of provinces and prefectures as a rule, of counties where the page supports them."""
    words = gazetteer.words
    names = [page.text[h.start : h.end] for h in hits]
    often, begun = Counter(names), {n for n, h in zip(names, hits, strict=True) if is_bounded(page, gazetteer, h.start)}
    out = []
    for hit in hits:
        name = page.text[hit.start : hit.end]
        supported = tuple(k for k in hit.keys if context.score[k] >= 1 and (page.whole(hit) or hit.level == "province"))
        near = tuple(k for k in hit.keys if context.score[gazetteer.at(k, "province")] >= 1)
        if supported:
            hit.keys = supported
        elif hit.start in touching or (hit.level != "province" and not page.whole(hit)) or (hit.level != "province" and (name in words.plain or name not in begun)):
            continue
        elif hit.level == "county" and (key := _leads_on(page, gazetteer, hit)):
            hit.keys = (key,)
            context.add(key, 2 * _strength(page, gazetteer, hit))
        elif hit.level == "county":
            if not near or not (often[name] > 2 or is_place_word(name)):
                continue
            hit.keys = near
            if often[name] < 3 or len(near) > 1:
                hit.flags.add("bare_name")
        out.append(hit)
    for hit in out:
        if (known := context.decide(hit)) is not None:
            context.add(known, 0.5 * _strength(page, gazetteer, hit))
    return out


def _leads_on(page: Page, gazetteer: Gazetteer, hit: Hit) -> str:
    """Give the key of the county whose own township or village stands straight after the bare name (安吉余村)."""
    after = {page.text[hit.end : hit.end + n] for n in range(2, 9)}
    for key in hit.keys:
        if gazetteer.level(key) == "county" and not gazetteer.local(key).whole.isdisjoint(after):
            return key
    return ""


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
