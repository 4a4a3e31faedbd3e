"""Where the articles of a page begin: headlines, their kickers and subtitles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from casework.articles.lines import Line
from casework.articles.patterns import book_pattern, is_enumerated, same_words
from casework.codebook import load_codebook

__all__ = ["Head", "find_heads", "is_office", "is_subtitle", "shared_pairs"]

_SOURCE = ("date", "source")
_TEXT_OF_ITS_OWN = 120
_HEADLINE = 100


@dataclass
class Head:
    """The head of an article: where it starts, the lines of its headline, and the kicker above."""

    first: int
    lines: list[int]
    kickers: list[int]


def find_heads(lines: Sequence[Line], page: str, headline: str) -> list[Head]:
    """Find the head of each article, in the order of the file; `headline` is what the caller knows of the first."""
    runs = _runs(lines)
    if not runs:
        shorts = [i for i, line in enumerate(lines) if line.kind == "short"]
        return [Head(shorts[0], [shorts[0]], [])] if shorts else []
    date_first = any(_is_date_first(lines, a, b) for a, b in runs[1:])
    heads = [_first_head(lines, *runs[0], page, headline, date_first)]
    ends = [*(a for a, _ in runs[1:]), len(lines)]
    for (a, b), end in zip(runs[1:], ends[1:], strict=True):
        head = _later_head(lines, a, b, date_first, sum(len(line.text) for line in lines[b:end]))
        if head is not None:
            heads.append(head)
    return heads


def _runs(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """List the stretches without prose that stand before a stretch of prose; the first may be empty."""
    runs: list[tuple[int, int]] = []
    start = 0
    for i, line in enumerate(lines):
        if line.kind == "prose":
            if start < i or not runs:
                runs.append((start, i))
            start = i + 1
    return runs


def _is_date_first(lines: Sequence[Line], a: int, b: int) -> bool:
    """A date right after a paragraph and a headline below it: the page sets its dates above the headlines."""
    return b - a >= 2 and lines[a].name == "date" and lines[a + 1].kind == "short" and len(lines[a].text) < 24


def _first_head(lines: Sequence[Line], a: int, b: int, page: str, given: str, date_first: bool) -> Head:
    known = [i for i in range(min(b + 1, len(lines))) if len(lines[i].text) <= _HEADLINE and same_words(lines[i].text, given)]
    if known:
        return _head_at(lines, known[-1], a)
    shorts = [i for i in range(a, b) if lines[i].kind == "short"]
    if not shorts:
        only_furniture = all(lines[i].kind in ("chrome", "spam") for i in range(a, b))
        return Head(b if only_furniture else a, [], [])
    anchor = next((i for i in range(shorts[0], b) if lines[i].name in _SOURCE or lines[i].kind == "byline"), b)
    before, after = [i for i in shorts if i < anchor], [i for i in shorts if i > anchor]
    pool = after if date_first and after else before or after
    pick = next((i for i in reversed(pool) if not _no_headline(lines[i].text)), pool[-1])
    return _with_lines_above(lines, _head_at(lines, pick, a), pool, page, date_first)


def _no_headline(words: str) -> bool:
    pictured = words.endswith(_photo_nouns()) and len(words) <= 30
    return is_enumerated(words) or pictured or _is_outlet(words) or is_office(words) or bool(book_pattern("addressee").match(words))


def is_office(words: str) -> bool:
    """Tell whether a line is the name of an office and nothing else, as it signs a report."""
    return len(words) <= 30 and bool(book_pattern("office").match(words))


def _is_outlet(words: str) -> bool:
    return len(words) <= 12 and bool(book_pattern("outlets_end").search(words[-6:]))


@cache
def _photo_nouns() -> tuple[str, ...]:
    return load_codebook("articles").terms("caption_nouns")


def _with_lines_above(lines: Sequence[Line], head: Head, pool: Sequence[int], page: str, date_first: bool) -> Head:
    """Take lines above into the headline while nothing of the page stands between and they speak of the article."""
    for i in reversed([i for i in pool if i < head.first]):
        words = lines[i].text
        between = any(lines[j].kind in ("chrome", "spam") for j in range(i, head.first))
        doubled = any(same_words(words, lines[j].text) for j in head.lines)
        stray = shared_pairs(words, page[:100_000]) < 0.6 and not _stands_on(lines, i, head)
        if between or date_first or doubled or _is_outlet(words) or stray:
            break
        head = Head(i, [i, *head.lines], head.kickers)
    return head


def _stands_on(lines: Sequence[Line], i: int, head: Head) -> bool:
    """Tell whether a line stands right on a headline of one line, as a title does on its subtitle."""
    return i == head.first - 1 and len(head.lines) == 1 and lines[head.first].gap == 0 and len(lines[i].text) >= 5


def shared_pairs(words: str, page: str) -> float:
    """Give the share of a line's pairs of characters that the page has elsewhere too."""
    pairs = [words[i : i + 2] for i in range(len(words) - 1) if words[i : i + 2].isalnum()][:60]
    return sum(page.count(p) > 1 for p in pairs) / len(pairs) if pairs else 0.0


def _head_at(lines: Sequence[Line], pick: int, floor: int) -> Head:
    """Gather the lines of a headline around one of them: a subtitle below, a kicker above."""
    first, chosen = pick, [pick]
    if is_subtitle(lines[pick].text) and pick - 1 >= floor and lines[pick - 1].kind == "short":
        first, chosen = pick - 1, [pick - 1, pick]
    elif pick + 1 < len(lines) and lines[pick + 1].kind == "short" and is_subtitle(lines[pick + 1].text):
        chosen = [pick, pick + 1]
    above = lines[first - 1] if first - 1 >= floor else None
    if above and above.kind == "short" and _is_kicker(above.text):
        return Head(first - 1, chosen, [first - 1])
    if above and above.kind == "short" and _asks_for_more(above.text):
        return Head(first - 1, [first - 1, *chosen], [])
    return Head(first, chosen, [])


def is_subtitle(words: str) -> bool:
    """Tell whether a line opens with the dash of a subtitle."""
    return words.startswith(("\u2014", "--", "\u2500", "\u2015"))


def _is_kicker(words: str) -> bool:
    return len(words) <= 14 and bool(book_pattern("place_alone").match(words))


def _asks_for_more(words: str) -> bool:
    """A headline's first line that cannot end there: an open quotation, or a mark that asks for more."""
    return words.count("\u201c") > words.count("\u201d") or words[-1] in "\u3001\uff0c"


def _later_head(lines: Sequence[Line], a: int, b: int, date_first: bool, size: int) -> Head | None:
    """Find the headline of a further article among the lines between two paragraphs."""
    shorts = [i for i in range(a, b) if lines[i].kind == "short" and not is_enumerated(lines[i].text)]
    if not shorts:
        return None
    briefs = [i for i in shorts if book_pattern("briefs").match(lines[i].text)]
    if briefs:
        return _head_at(lines, briefs[0], a)
    dates = [i for i in range(a, b) if lines[i].name in _SOURCE]
    if dates:
        return _dated_head(lines, a, shorts, dates[0], date_first)
    if book_pattern("lead_short").match(lines[b].text) or book_pattern("lead").match(lines[b].text):
        return _head_at(lines, shorts[-1], a)
    bylines = [i for i in range(a, b) if lines[i].kind == "byline"]
    if bylines and shorts[0] < bylines[-1]:
        return _head_at(lines, max(s for s in shorts if s < bylines[-1]), a)
    ends = [i for i in range(a, b) if lines[i].closes or (lines[i].kind == "byline" and i == a)]
    below = [s for s in shorts if ends and s > ends[-1]]
    others = any(lines[i].name == "others" for i in range(a, b))
    return _head_at(lines, below[0], a) if below and size >= _TEXT_OF_ITS_OWN and not others else None


def _dated_head(lines: Sequence[Line], a: int, shorts: list[int], date: int, date_first: bool) -> Head | None:
    before, after = [s for s in shorts if s < date], [s for s in shorts if s > date]
    if after and (date_first or not before):
        head = _head_at(lines, after[-1], a)
        return Head(min(date, head.first), head.lines, head.kickers)
    return _head_at(lines, before[-1], a) if before else None
