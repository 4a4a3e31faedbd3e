"""Which lines make up which article, and what each line is there for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median_low

from casework.articles.lines import Line, book_pattern, ends_closed, is_enumerated, is_name, same_words
from casework.articles.seams import JOIN, crosses, seam

__all__ = ["Draft", "lay_out"]

_SOURCE = ("date", "source")


@dataclass
class Draft:
    """An article in the making: its lines in file order, each with its role."""

    roles: dict[int, str] = field(default_factory=dict)
    headline: list[int] = field(default_factory=list)


@dataclass
class _Head:
    first: int
    lines: list[int]
    kickers: list[int]


def lay_out(lines: Sequence[Line], page: str, headline: str) -> tuple[list[Draft], dict[int, str]]:
    """Give each article of the page its lines with their roles, and the lines that belong to none.

    Roles are headline, subhead, byline, body, caption, chrome and spam.
    """
    heads = _find_heads(lines, page, headline)
    if not heads:
        return [], {i: _furniture_role(line) for i, line in enumerate(lines)}
    outside = {i: _furniture_role(lines[i]) for i in range(heads[0].first)}
    drafts = []
    for head, end in zip(heads, [*(h.first for h in heads[1:]), len(lines)], strict=True):
        draft = Draft(headline=[*head.kickers, *head.lines])
        draft.roles = dict.fromkeys(draft.headline, "headline")
        for i in range(head.first, end):
            if i not in draft.roles:
                draft.roles[i] = _role(lines, i, head, end, page)
        _sentence_captions(lines, draft)
        drafts.append(draft)
    return drafts, outside


def _furniture_role(line: Line) -> str:
    return line.kind if line.kind in ("caption", "spam", "byline") else "chrome"


def _runs(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """List the stretches without prose that stand before a stretch of prose."""
    runs: list[tuple[int, int]] = []
    start = 0
    for i, line in enumerate(lines):
        if line.kind == "prose":
            if start < i or not runs:
                runs.append((start, i))
            start = i + 1
    return runs


def _find_heads(lines: Sequence[Line], page: str, headline: str) -> list[_Head]:
    runs = _runs(lines)
    if not runs:
        return _only_shorts(lines)
    date_first = sum(_date_first(lines, a, b) for a, b in runs[1:]) >= 1
    heads = [_first_head(lines, *runs[0], page, headline, date_first)]
    for i, (a, b) in enumerate(runs[1:], 1):
        end = runs[i + 1][0] if i + 1 < len(runs) else len(lines)
        head = _later_head(lines, a, b, date_first, sum(len(x.text) for x in lines[b:end] if x.kind == "prose"))
        if head is not None:
            heads.append(head)
    return heads


def _only_shorts(lines: Sequence[Line]) -> list[_Head]:
    """A page without a sentence still is an article where it has words."""
    shorts = [i for i, line in enumerate(lines) if line.kind == "short"]
    return [_Head(shorts[0], [shorts[0]], [])] if shorts else []


def _date_first(lines: Sequence[Line], a: int, b: int) -> bool:
    """A date right after a paragraph and a headline below it: the page sets its dates above the headlines."""
    return b - a >= 2 and lines[a].name == "date" and lines[a + 1].kind == "short" and len(lines[a].text) < 24


def _first_head(lines: Sequence[Line], a: int, b: int, page: str, given: str, date_first: bool) -> _Head:
    shorts = [i for i in range(a, b) if lines[i].kind == "short"]
    known = [i for i in range(b + 1) if i < len(lines) and same_words(lines[i].text, given)]
    if known:
        return _head_at(lines, known[-1], a)
    if not shorts:
        return _Head(b if all(lines[i].kind in ("chrome", "spam") for i in range(a, b)) else a, [], [])
    anchor = next((i for i in range(shorts[0], b) if lines[i].name in _SOURCE or lines[i].kind == "byline"), b)
    before = [i for i in shorts if i < anchor]
    after = [i for i in shorts if i > anchor]
    pool = after if date_first and after else before or after
    pick = next((i for i in reversed(pool) if not is_enumerated(lines[i].text) and not _photo_noun(lines[i].text)), pool[-1])
    head = _head_at(lines, pick, a)
    for i in reversed([i for i in pool if i < head.first]):
        furniture_between = any(lines[j].kind in ("chrome", "spam") for j in range(i, head.first))
        if furniture_between or date_first or _shared(lines[i].text, page) < 0.6 or same_words(lines[i].text, lines[pick].text):
            break
        head = _Head(i, [i, *head.lines], head.kickers)
    return head


def _shared(words: str, page: str) -> float:
    """Share of a line's pairs of characters that the page has elsewhere too."""
    pairs = [words[i : i + 2] for i in range(len(words) - 1) if words[i : i + 2].isalnum()]
    return sum(page.count(p) > 1 for p in pairs) / len(pairs) if pairs else 0.0


def _head_at(lines: Sequence[Line], pick: int, floor: int) -> _Head:
    """Gather the lines of a headline around one of them: a subtitle below, a kicker above."""
    first, chosen = pick, [pick]
    if _is_subtitle(lines[pick].text) and pick - 1 >= floor and lines[pick - 1].kind == "short":
        first, chosen = pick - 1, [pick - 1, pick]
    elif pick + 1 < len(lines) and lines[pick + 1].kind == "short" and _is_subtitle(lines[pick + 1].text):
        chosen = [pick, pick + 1]
    above = lines[first - 1] if first - 1 >= floor else None
    if above and above.kind == "short" and _is_kicker(above.text):
        return _Head(first - 1, chosen, [first - 1])
    if above and above.kind == "short" and _goes_on_below(above.text):
        return _Head(first - 1, [first - 1, *chosen], [])
    return _Head(first, chosen, [])


def _is_subtitle(words: str) -> bool:
    return words.startswith(("\u2014\u2014", "--", "\u2500\u2500", "\u2014", "\u2015"))


def _is_kicker(words: str) -> bool:
    return len(words) <= 14 and bool(book_pattern("place_alone").match(words))


def _goes_on_below(words: str) -> bool:
    """A headline's first line that cannot end there: an open quotation, or a mark that asks for more."""
    return words.count("\u201c") > words.count("\u201d") or words[-1] in "\u3001\uff0c"


def _later_head(lines: Sequence[Line], a: int, b: int, date_first: bool, text_after: int) -> _Head | None:
    """Find the headline of a further article among the lines between two paragraphs."""
    shorts = [i for i in range(a, b) if lines[i].kind == "short" and not is_enumerated(lines[i].text)]
    if not shorts:
        return None
    dates = [i for i in range(a, b) if lines[i].name in _SOURCE]
    if dates:
        return _dated_head(lines, a, shorts, dates[0], date_first)
    if _is_lead(lines[b].text):
        return _head_at(lines, shorts[-1], a)
    bylines = [i for i in range(a, b) if lines[i].kind == "byline"]
    if bylines and shorts[0] < bylines[-1]:
        return _head_at(lines, max(s for s in shorts if s < bylines[-1]), a)
    ends = [i for i in range(a, b) if lines[i].closes or (lines[i].kind == "byline" and i == a)]
    below = [s for s in shorts if ends and s > ends[-1]]
    if below and text_after >= 120:
        return _head_at(lines, below[0], a)
    return None


def _dated_head(lines: Sequence[Line], a: int, shorts: list[int], date: int, date_first: bool) -> _Head | None:
    before, after = [s for s in shorts if s < date], [s for s in shorts if s > date]
    if after and (date_first or not before):
        head = _head_at(lines, after[-1], a)
        return _Head(min(date, head.first), head.lines, head.kickers)
    return _head_at(lines, before[-1], a) if before else None


def _is_lead(words: str) -> bool:
    return bool(book_pattern("lead_short").match(words) or book_pattern("lead").match(words))


def _role(lines: Sequence[Line], i: int, head: _Head, end: int, page: str) -> str:
    line, words = lines[i], lines[i].text
    if line.kind == "prose":
        return "body"
    if line.kind != "short":
        return line.kind
    if any(same_words(line.text, lines[h].text) for h in head.lines):
        return "chrome"
    below = next((j for j in range(i + 1, end) if lines[j].kind == "prose"), None)
    above = next((j for j in range(i - 1, head.first - 1, -1) if lines[j].kind == "prose"), None)
    if below is None:
        return _tail_role(line)
    if above is None:
        return _top_role(lines, i, below, head, page)
    if sum(line.text == words for line in lines) > 1 or _is_running_head(lines, i, above, below, page):
        return "chrome"
    if below == i + 1 and _is_half(words, lines[below], page):
        return "body"
    return "caption" if _caption_score(lines, i, above, below, page) >= 1 else "subhead"


def _is_running_head(lines: Sequence[Line], i: int, above: int, below: int, page: str) -> bool:
    """A short line next to a page number, between the halves of a sentence or with the words of a masthead."""
    beside = [lines[j] for j in (i - 1, i + 1) if above < j < below]
    if not any(line.name == "sheet" for line in beside):
        return False
    cut = not ends_closed(lines[above].text) and seam(lines[above].text, lines[below].text, page) >= JOIN
    return cut or bool(book_pattern("outlets_end").search(lines[i].text))


def _is_half(words: str, below: Line, page: str) -> bool:
    """A short line that the next paragraph goes on with: the first half of a cut sentence."""
    if ends_closed(words) or is_enumerated(words) or "\uff1a" in words or below.indent > 1:
        return False
    return crosses(words, below.text, page)


def _tail_role(line: Line) -> str:
    if is_enumerated(line.text) or ends_closed(line.text):
        return "body"
    return "caption" if _photo_noun(line.text) or book_pattern("caption_verbs").search(line.text) else "chrome"


def _top_role(lines: Sequence[Line], i: int, below: int, head: _Head, page: str) -> str:
    """Between the headline and the first paragraph: a subtitle, a first heading, a caption, or the page's own."""
    words = lines[i].text
    if i < head.first + len(head.lines) + 1 and _is_subtitle(words):
        return "headline"
    if is_name(words) and i <= head.first + len(head.lines) + 1:
        return "byline"
    if is_enumerated(words):
        return "subhead"
    if _photo_noun(words) or book_pattern("caption_verbs").search(words):
        return "caption"
    repeated = sum(line.text == words for line in lines) > 1
    if repeated or book_pattern("outlets_end").search(words[-6:]) and len(words) <= 12:
        return "chrome"
    if _is_half(words, lines[below], page) and below == i + 1:
        return "body"
    return "subhead" if below == i + 1 and _shared(words, page) >= 0.35 else "chrome"


def _photo_noun(words: str) -> bool:
    """A line of one phrase without punctuation that ends in something to be photographed."""
    ends = any(words.endswith(n) for n in book_pattern("caption_nouns").pattern[3:-1].split(")|(?:"))
    return ends and len(words) >= 5 and not any(c in words for c in "\uff0c\uff1a\uff1b\u3002\u2014")


def _caption_score(lines: Sequence[Line], i: int, above: int, below: int, page: str) -> float:
    """Weigh what speaks for a photo's caption against a heading; from 1 on it is a caption."""
    words = lines[i].text
    if is_enumerated(words):
        return -1.0
    open_above = not ends_closed(lines[above].text)
    alone = bool(book_pattern("place_alone").match(words))
    score = 1.5 if _photo_noun(words) and (not alone or open_above) else 0.0
    score += 1.5 * bool(book_pattern("caption_verbs").search(words))
    score += 0.5 * bool(book_pattern("place_first").match(words))
    score += 2.0 * (open_above and seam(lines[above].text, lines[below].text, page) >= JOIN)
    score += 0.8 * (lines[i].gap > _usual_gap(lines))
    score += 0.6 if lines[i + 1].kind != "prose" and not alone else -0.5
    score -= 1.2 * any(c in words for c in "\uff0c\uff1a\uff1b")
    score -= 0.6 * bool(book_pattern("heading_verbs").search(words))
    return score


def _usual_gap(lines: Sequence[Line]) -> int:
    gaps = [line.gap for line in lines[1:] if line.kind == "prose"]
    return median_low(gaps) if gaps else 0


def _sentence_captions(lines: Sequence[Line], draft: Draft) -> None:
    """Find captions that are whole sentences: one short sentence, set unlike its neighbours or breaking their parallel."""
    body = [i for i, role in draft.roles.items() if role == "body"]
    indents = Counter(lines[i].indent for i in body)
    usual = indents.most_common(1)[0][0] if indents else 0
    for at, i in enumerate(body[1:-1], 1):
        line = lines[i]
        if len(line.text) > PHOTO_SENTENCE or line.text.count("\u3002") != 1 or not line.text.endswith("\u3002"):
            continue
        above = next(lines[j].text for j in reversed(body[:at]) if draft.roles[j] == "body")
        below = next((lines[j].text for j in body[at + 1 :] if len(lines[j].text) > PHOTO_SENTENCE), "")
        odd = usual > 0 and line.indent > usual and indents[line.indent] <= max(2, len(body) // 5)
        breaks = above[:2] == below[:2] != line.text[:2] and above[:2].isalpha()
        if odd or (breaks and min(len(above), len(below)) >= 2 * len(line.text)):
            draft.roles[i] = "caption"


PHOTO_SENTENCE = 60
