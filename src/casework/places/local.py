"""Inside the page's counties: townships by bare or earlier names, villages known and unknown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator

import rjieba

from casework.places.context import Context, is_bounded, is_place_word
from casework.places.gazetteer import Gazetteer
from casework.places.hits import Hit, Page

__all__ = ["known_names", "unknown_names"]

WINDOW = 6
# Tags of the dictionary: names; what may be part of one; what may be a name's last character.
NAME_TAGS = {"nr", "nrt", "nrfg", "ns", "nz", "nt", "s", "f", "x"}
INNER_TAGS = NAME_TAGS | {"n", "m", "q", "zg", "j", "b", "g", "ng", "a", "an"}
END_TAGS = {"v", "vg"}
FAIR_TAGS = {"n", "nz", "a", "nr", "ns"}


def known_names(page: Page, gazetteer: Gazetteer, counties: list[str], before: list[Hit]) -> list[Hit]:
    """Find villages and bare or odd township names of the page's counties."""
    ends = {h.end for h in before}
    found: list[Hit] = []
    full = _towns_in_full(page, gazetteer, before)
    towns = {k for keys in full.values() for k in keys}
    for county in counties:
        local = gazetteer.local(county)
        scanner, names = local.scanner
        for index, start, end in scanner.find_matches_as_indexes(page.text, overlapping=True):
            name = names[index]
            if name in local.villages and (hit := _village(page, gazetteer, start, end, tuple(local.villages[name]), ends, towns)):
                found.append(hit)
            if name in local.village_stems and (start in ends or name not in full):
                found += _village_stem(page, gazetteer, start, end, tuple(local.village_stems[name]), ends)
            if name in local.odd and (start in ends or len(name) > 4):
                found.append(Hit(start, end, tuple(local.odd[name]), "odd", "township"))
            if name in local.stems and _town_stem(page, gazetteer, name, start, end, ends):
                keys = tuple(local.stems[name])
                hit = Hit(start, end, tuple(k for k in keys if k in full.get(name, keys)) or keys, "town_stem", "township")
                found += [hit] if start in ends or page.whole(hit) else []
    return _merged(found)


def _towns_in_full(page: Page, gazetteer: Gazetteer, before: list[Hit]) -> dict[str, set[str]]:
    """Give the bare names of the townships that the page names in full, with their keys: the bare name is theirs."""
    full: dict[str, set[str]] = {}
    for h in before:
        if h.level == "township":
            full.setdefault(gazetteer.words.stem(page.text[h.start : h.end], "township"), set()).update(h.keys)
    return full


def _village(
    page: Page, gazetteer: Gazetteer, start: int, end: int, keys: tuple[str, ...], ends: Collection[int], towns: Container[str]
) -> Hit | None:
    name = page.text[start:end]
    stem = gazetteer.words.stem(name, "village")
    opens = stem in gazetteer.words.plain_villages and (not start or page.text[start - 1] == "\n") and len(stem) > 1
    keys = tuple(k for k in keys if k[:9] in towns) if opens else keys
    if not keys or (stem in gazetteer.words.no_stems and not opens and not _named_in_place(page, name, start, ends)):
        return None
    sure = len(name) > 3 or is_bounded(page, gazetteer, start, ends, strict=True)
    return Hit(start, end, keys, "village", "village", flags=set() if sure else {"?"})


def _named_in_place(page: Page, name: str, start: int, ends: Collection[int]) -> bool:
    """Tell whether a name stands straight behind the place it lies in, here or elsewhere on the page."""
    return start in ends or any(page.text.startswith(name, end) for end in ends)


def _village_stem(page: Page, gazetteer: Gazetteer, start: int, end: int, keys: tuple[str, ...], ends: Container[int]) -> list[Hit]:
    """A village called without its word of rank: where a name may begin, and where it is hardly a word."""
    words = gazetteer.words
    after = words.ranks["township"] + words.ranks["village"]
    if page.text.startswith(after, end) or words.other_names.match(page.text, end) or not is_bounded(page, gazetteer, start, ends):
        return []
    hit = Hit(start, end, keys, "village_stem", "village")
    return [hit] if page.whole(hit) and _rare(page.text[start:end]) else []


def _town_stem(page: Page, gazetteer: Gazetteer, name: str, start: int, end: int, ends: Container[int]) -> bool:
    words = gazetteer.words
    if page.quoted(start, end):
        return False
    if words.other_names.match(page.text, end) or page.text[end : end + 1] in words.ranks["village"]:
        return False
    if start in ends:
        return not page.text.startswith(tuple(words.ranks["county"]), end)
    return name not in words.plain and _rare(name) and is_bounded(page, gazetteer, start, ends)


def _rare(name: str) -> bool:
    """Tell whether a bare name is hardly a word: the dictionary has it as a place, or not at all."""
    return is_place_word(name) or not rjieba.has_word(name)


def _merged(hits: list[Hit]) -> list[Hit]:
    same: dict[tuple[int, int, str], Hit] = {}
    for hit in hits:
        first = same.setdefault((hit.start, hit.end, hit.kind), hit)
        if first is not hit:
            first.keys = tuple(dict.fromkeys(first.keys + hit.keys))
    return list(same.values())


def unknown_names(page: Page, gazetteer: Gazetteer, context: Context, before: list[Hit]) -> list[Hit]:
    """Find names by their word of rank: townships whose rank has changed, and names that no gazetteer has."""
    ends = {h.end: h for h in before}
    covered = _cover(before)
    counties = context.counties()
    found: list[Hit] = []
    passed: list[tuple[int, int]] = []
    for m in gazetteer.words.unknown.finditer(page.text):
        start, end, rank = m.start(), m.end(), m.group()
        if page.text.startswith(gazetteer.words.no_after.get(rank, ()), end) and start not in ends:
            continue
        if covered(start, end) or _is_on_a_road(page, gazetteer, start, end):
            continue
        starts = list(_stems(page, start, ends))
        if look_alike := _look_alike(page, gazetteer, context, starts, start, end, ends):
            found.append(look_alike)
            continue
        hit = _changed(page, gazetteer, counties, starts, start, end, rank, ends)
        hit = hit or _administrative(page, gazetteer, counties, starts, start, end, rank, ends)
        hit = hit or _unknown(page, gazetteer, starts, start, end, rank, ends)
        if hit:
            found.append(hit)
            ends[hit.end] = hit
        else:
            passed.append((start, end))
    found += _named_again(page, found, passed)
    return found + list(_called_again(page, gazetteer, [*before, *found]))


def _called_again(page: Page, gazetteer: Gazetteer, hits: list[Hit]) -> Iterator[Hit]:
    """Find a village that the page names in full also where it is called by its bare name."""
    words = gazetteer.words
    ranks = words.ranks["township"] + words.ranks["village"] + words.ranks["county"]
    full: dict[str, set[tuple[str, ...]]] = {}
    for h in hits:
        name = page.text[h.start : h.end]
        if h.level == "village" and name.endswith(words.village) and len(name) > 2 and _rare(name[:-1]):
            full.setdefault(name[:-1], set()).add(h.keys)
    for stem, keys in full.items():
        if len(keys) > 1:
            continue
        start = page.text.find(stem)
        while start >= 0:
            end = start + len(stem)
            hit = Hit(start, end, next(iter(keys)), "village_stem", "village")
            other = page.text.startswith(ranks, end) or words.other_names.match(page.text, end)
            if not other and page.whole(hit) and is_bounded(page, gazetteer, start):
                yield hit
            start = page.text.find(stem, end)


def _named_again(page: Page, found: list[Hit], passed: list[tuple[int, int]]) -> Iterator[Hit]:
    """Find a name that stood clearly somewhere also where it does not."""
    levels = {page.text[h.start : h.end]: h.level for h in found if h.kind == "unknown" and "?" not in h.flags}
    lengths = sorted({len(name) for name in levels if len(name) > 2}, reverse=True)
    for _, end in passed:
        for size in lengths:
            if level := levels.get(page.text[max(0, end - size) : end]):
                yield Hit(end - size, end, (), "unknown", level)
                break


def _is_on_a_road(page: Page, gazetteer: Gazetteer, start: int, end: int) -> bool:
    """Tell whether a word of rank is part of a road's name, such as the one round any village."""
    words = gazetteer.words
    return page.text.endswith(words.road_before, 0, start) and page.text.startswith(words.road_after, end)


def _holds_a_rank(gazetteer: Gazetteer, stem: str, rank: str) -> bool:
    """Tell whether a second word of rank stands inside a stem: of a township anywhere, of a village not at its edges."""
    second = gazetteer.words.second.get(rank, frozenset())
    return not second.isdisjoint(stem[1:-1] if rank == gazetteer.words.village else stem)


def _cover(hits: list[Hit]) -> Callable[[int, int], bool]:
    inside = {i for h in hits for i in range(h.start, h.end)}
    return lambda start, end: start in inside and end - 1 in inside


def _stems(page: Page, at: int, ends: dict[int, Hit]) -> Iterator[int]:
    """Yield starts to the left of a word of rank, nearest first, up to a blank or another name."""
    for start in range(at - 1, max(-1, at - WINDOW - 1), -1):
        if not page.han(start):
            return
        yield start
        if start in ends:
            return


def _changed(
    page: Page, gazetteer: Gazetteer, counties: list[str], starts: list[int], at: int, end: int, rank: str, ends: dict[int, Hit]
) -> Hit | None:
    if rank not in gazetteer.words.ranks["township"]:
        return None
    for start in reversed(starts):
        stem = page.text[start:at]
        keys = tuple(k for c in counties for k in gazetteer.local(c).stems.get(stem, ()))
        if keys and (start in ends or len(stem) > 1 and is_bounded(page, gazetteer, start, ends)):
            same = any(gazetteer.names[k] == page.text[start:end] for k in keys)
            return Hit(start, end, keys, "full" if same else "changed", "township")
    return None


def _administrative(
    page: Page, gazetteer: Gazetteer, counties: list[str], starts: list[int], at: int, end: int, rank: str, ends: dict[int, Hit]
) -> Hit | None:
    """A village with its full word of rank (陈良行政村 for 陈良村)."""
    words = gazetteer.words
    if rank == words.village or not rank.endswith(words.village):
        return None
    for start in reversed(starts):
        keys = tuple(k for c in counties for k in gazetteer.local(c).villages.get(page.text[start:at] + words.village, ()))
        if keys and (start in ends or is_bounded(page, gazetteer, start, ends, strict=True)):
            return Hit(start, end, keys, "village", "village")
    return None


def _unknown(page: Page, gazetteer: Gazetteer, starts: list[int], at: int, end: int, rank: str, ends: dict[int, Hit]) -> Hit | None:
    words = gazetteer.words
    level = "village" if rank in words.ranks["village"] else "township"
    for start in starts:
        stem = page.text[start:at]
        hard = start in ends or not page.han(start - 1)
        if start not in ends and (len(stem) < 2 or len(stem) > 5 or not is_bounded(page, gazetteer, start, ends, strict=True)):
            continue
        dated = stem[0] in words.dated and page.text[start - 1 : start].isdigit()
        if dated or (start not in ends and (stem.endswith(words.open_ends.get(rank, ())) or _holds_a_rank(gazetteer, stem, rank))):
            continue
        fair = start in ends and ends[start].level == "township" and _is_fair_word(gazetteer, page, stem, end)
        if level == "township" and start in ends and ends[start].level in ("township", "village"):
            return None
        if _no_name(gazetteer, stem, rank) or not (fair or _like_a_name(stem)):
            if hard:
                return None
            continue
        doubt = {"?"} if start not in ends and page.text.startswith(words.common, end) else set()
        return Hit(start, end, (), "unknown", level, chained=start in ends, flags=doubt)
    return None


def _look_alike(
    page: Page, gazetteer: Gazetteer, context: Context, starts: list[int], at: int, end: int, ends: dict[int, Hit]
) -> Hit | None:
    """A township that does not exist in the place named before it, while one of that name lies in a county spelt much the same."""
    start = starts[-1] if starts else -1
    if start not in ends or ends[start].kind != "full" or ends[start].level not in ("province", "prefecture", "county"):
        return None
    before = ends[start]
    written, town = page.text[before.start : before.end], page.text[start:end]
    like = [
        (context.nearness(key), key)
        for key, _ in gazetteer.by_name.get(town, ())
        if _differ_by_one(gazetteer.names.get(key[:6], ""), written)
    ]
    like = [x for x in sorted(like, reverse=True) if x[0] == max(like)[0]]
    if len(like) != 1:
        return None
    code = gazetteer.place(like[0][1]).code
    return Hit(before.start, end, (like[0][1],), "look_alike", "township", flags={"no_such_place"}, how=f"look_alike:{code}")


def _is_fair_word(gazetteer: Gazetteer, page: Page, stem: str, end: int) -> bool:
    """Tell whether a plain word straight after a township is a village's name all the same (先锋村, not 发展村集体)."""
    return rjieba.tag(stem)[0][1] in FAIR_TAGS and not page.text.startswith(gazetteer.words.common, end)


def _differ_by_one(name: str, other: str) -> bool:
    return len(name) == len(other) and sum(a != b for a, b in zip(name, other, strict=True)) == 1


def _like_a_name(stem: str) -> bool:
    """Tell whether a stem reads as a name: not a plain word, and no verb or particle inside."""
    tagged = rjieba.tag(stem)
    if len(tagged) == 1:
        return tagged[0][1] in NAME_TAGS or not rjieba.has_word(stem)
    *first, (last, tag) = tagged
    # A person's full name and a verb: somebody who goes back to the village.
    acts = tag in END_TAGS and len(first) == 1 and first[0][1] == "nr" and len(first[0][0]) > 2
    return all(t in INNER_TAGS for _, t in first) and not acts and (tag in INNER_TAGS or (len(last) == 1 and tag in END_TAGS))


def _no_name(gazetteer: Gazetteer, stem: str, rank: str) -> bool:
    words = gazetteer.words
    return (
        stem in words.no_stems
        or stem.endswith(words.no_ends.get(rank, ()))
        or words.no_parts.search(stem) is not None
        or words.counted.match(stem) is not None
        or all(c in words.numerals for c in stem)
    )
