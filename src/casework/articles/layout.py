"""Which lines make up which article, and what each line is there for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from statistics import median_low

from casework.articles.heads import Head, find_heads, is_office, is_subtitle, shared_pairs
from casework.articles.lines import Line
from casework.articles.patterns import book_pattern, ends_closed, is_enumerated, is_name, same_words
from casework.articles.seams import JOIN, crosses, seam
from casework.codebook import load_codebook

__all__ = ["Draft", "lay_out"]

PHOTO_SENTENCE = 60
_LONG_HEADING = 22
_STANDFIRST = 24


@dataclass
class Draft:
    """An article in the making: its lines in file order, each with its role."""

    roles: dict[int, str] = field(default_factory=dict)
    headline: list[int] = field(default_factory=list)


def lay_out(lines: Sequence[Line], page: str, headline: str) -> tuple[list[Draft], dict[int, str]]:
    """Give each article of the page its lines with their roles, and the lines that belong to none.

    Roles are headline, subhead, byline, body, caption, chrome and spam.
    """
    heads = find_heads(lines, page, headline)
    if not heads:
        return [], {i: _outside(line) for i, line in enumerate(lines)}
    outside = {i: _outside(lines[i]) for i in range(heads[0].first)}
    layout = _Layout(lines, page)
    ends = [*(h.first for h in heads[1:]), len(lines)]
    return [layout.draft(head, end) for head, end in zip(heads, ends, strict=True)], outside


def _outside(line: Line) -> str:
    return line.kind if line.kind in ("caption", "spam", "byline") else "chrome"


def _last_seen(places: Sequence[int | None]) -> list[int | None]:
    """Give for each position the last place seen up to there."""
    seen: list[int | None] = []
    for place in places:
        seen.append(place if place is not None or not seen else seen[-1])
    return seen


class _Layout:
    """What is known of the whole page while roles are given line by line."""

    def __init__(self, lines: Sequence[Line], page: str) -> None:
        self.lines = lines
        self.page = page
        self.times = Counter(line.text for line in lines if line.kind != "prose")
        prose = [line for line in lines if line.kind == "prose"]
        self.gap = median_low([line.gap for line in prose[1:]]) if len(prose) > 1 else 0
        self.indent = Counter(line.indent for line in prose).most_common(1)[0][0] if prose else 0
        self.above = _last_seen([i if line.kind == "prose" else None for i, line in enumerate(lines)])
        self.below = _last_seen([i if lines[i].kind == "prose" else None for i in range(len(lines) - 1, -1, -1)])[::-1]

    def draft(self, head: Head, end: int) -> Draft:
        """Give a role to each line of one article."""
        draft = Draft(headline=[*head.kickers, *head.lines])
        draft.roles = dict.fromkeys(draft.headline, "headline")
        for i in range(head.first, end):
            if i not in draft.roles:
                draft.roles[i] = self.role(i, head, end)
        self.sentence_captions(draft)
        self.captions_that_tell(draft)
        self.other_news(draft)
        self.sign_off(draft)
        return draft

    def role(self, i: int, head: Head, end: int) -> str:
        line = self.lines[i]
        if line.kind == "prose":
            return "body"
        if line.kind != "short":
            return line.kind
        if self.times[line.text] > 1 or any(same_words(line.text, self.lines[h].text) for h in head.lines):
            return "chrome"
        above, below = self.above[i], self.below[i]
        if below is None or below >= end:
            return _tail_role(line)
        if above is None or above < head.first:
            return self.top_role(i, below, head)
        if self.is_running_head(i, above, below):
            return "chrome"
        asks = book_pattern("asks").match(line.text)
        if asks or below == i + 1 and self.is_half(line.text, below):
            return "body"
        return "caption" if self.caption_score(i, above, below) >= 1 else "subhead"

    def near(self, i: int) -> str:
        """Give the page around a line, where words across a seam are looked for."""
        return self.page[max(0, self.lines[i].start - 30_000) : self.lines[i].end + 30_000]

    def top_role(self, i: int, below: int, head: Head) -> str:
        """Between the headline and the first paragraph: a subtitle, a first heading, a caption, or the page's own."""
        words = self.lines[i].text
        close = i <= head.first + len(head.lines) + 1
        if close and is_subtitle(words):
            return "headline"
        if close and (is_name(words) or is_office(words)):
            return "byline"
        if is_enumerated(words):
            return "subhead"
        if _noun_score(words) > 1 or book_pattern("caption_verbs").search(words):
            return "caption"
        if words.endswith("\uff1a"):
            return "body"
        if book_pattern("outlets_end").search(words[-6:]) and len(words) <= 12:
            return "chrome"
        if below == i + 1 and self.is_half(words, below):
            return "body"
        heads = self.lines[i - 1].name in ("date", "source") or shared_pairs(words, self.near(i)) >= 0.35
        return "subhead" if below == i + 1 and heads or _sums_up(words) else "chrome"

    def is_running_head(self, i: int, above: int, below: int) -> bool:
        """A short line next to a page number, between the halves of a sentence or with the words of a masthead."""
        beside = [self.lines[j] for j in (i - 1, i + 1) if above < j < below]
        if not any(line.name == "sheet" for line in beside):
            return False
        return self.is_cut(above, below) or bool(book_pattern("outlets_end").search(self.lines[i].text))

    def is_cut(self, above: int, below: int) -> bool:
        """Tell whether two paragraphs are halves of one."""
        before, after = self.lines[above].text, self.lines[below]
        return not ends_closed(before) and seam(before, after.text, self.near(below), after.indent > 1) >= JOIN

    def is_half(self, words: str, below: int) -> bool:
        """A short line that the next paragraph goes on with: the first half of a cut sentence."""
        if ends_closed(words) or is_enumerated(words) or "\uff1a" in words or self.lines[below].indent > 1:
            return False
        return crosses(words, self.lines[below].text, self.near(below))

    def caption_score(self, i: int, above: int, below: int) -> float:
        """Weigh what speaks for a photo's caption against a heading; from 1 on it is a caption."""
        line = self.lines[i]
        words = line.text
        if is_enumerated(words):
            return -1.0
        alone = bool(book_pattern("place_alone").match(words))
        open_above = not ends_closed(self.lines[above].text)
        pointed = any(c in words for c in "\uff0c\uff1a\uff1b")
        score = _noun_score(words) if not alone or open_above else 0.0
        score += 1.5 * bool(book_pattern("caption_verbs").search(words)) + 0.8 * bool(book_pattern("caption_hints").search(words))
        score += 0.5 * bool(book_pattern("place_first").match(words))
        score += 2.0 * self.is_cut(above, below)
        score += 0.8 * (line.gap > self.gap) + 0.5 * (line.indent < 2 <= self.indent)
        score += 0.8 * (len(words) >= _LONG_HEADING and not pointed and " " not in words)
        score += 0.6 if self.lines[i + 1].kind != "prose" and not alone else -0.5
        score += 1.5 * (self.lines[i - 1].name == "image")
        score -= (0.6 if len(words) >= _LONG_HEADING and "\uff1a" not in words else 1.2) * pointed
        score -= 0.6 * bool(book_pattern("heading_verbs").search(words))
        return score

    def sentence_captions(self, draft: Draft) -> None:
        """Find captions that are whole sentences: one short sentence set unlike its neighbours, or breaking their parallel."""
        body = [i for i, role in draft.roles.items() if role == "body"]
        long = [i for i in body if len(self.lines[i].text) > PHOTO_SENTENCE]
        indents = Counter(self.lines[i].indent for i in body)
        last_long, at = -1, 0
        for i in body:
            while at < len(long) and long[at] <= i:
                last_long, at = long[at], at + 1
            line = self.lines[i]
            if len(line.text) > PHOTO_SENTENCE or line.text.count("\u3002") != 1 or not line.text.endswith("\u3002"):
                continue
            odd = 0 < self.indent < line.indent and indents[line.indent] <= max(2, len(body) // 5)
            inside = last_long >= 0 and at < len(long)
            parallel = inside and self._breaks_parallel(line.text, last_long, long[at])
            if odd or parallel or self._beside_photo(i, draft, inside, bool(long)):
                draft.roles[i] = "caption"

        tail = [i for i in body if i > (long[-1] if long else len(self.lines))]
        brief = all(len(self.lines[i].text) <= 26 and "\uff0c" not in self.lines[i].text for i in tail)
        if len(tail) > 1 and brief and any(draft.roles[i] == "caption" for i in tail):
            draft.roles.update(dict.fromkeys(tail, "caption"))

    def captions_that_tell(self, draft: Draft) -> None:
        """Where an article has no text but a photo's, the photo's text is the article's."""
        if "body" not in draft.roles.values():
            told = [i for i, role in draft.roles.items() if role == "caption" and "\u3002" in self.lines[i].text]
            draft.roles.update(dict.fromkeys((i for i in told if len(self.lines[i].text) >= 40), "body"))

    def _breaks_parallel(self, words: str, above: int, below: int) -> bool:
        before, after = self.lines[above].text, self.lines[below].text
        same = before[:2] == after[:2] != words[:2] and before[:2].isalpha()
        return same and min(len(before), len(after)) >= 2 * len(words)

    def _beside_photo(self, i: int, draft: Draft, inside: bool, around: bool) -> bool:
        """A very short sentence under a picture, or one that shows people at work before or after the long paragraphs."""
        words = self.lines[i].text
        if len(words) > 40 or words.count("\uff0c") > 1:
            return False
        if around and book_pattern("scene").match(words):
            return True
        above = self.lines[i - 1] if i else None
        if above is not None and above.name == "image" and not any(map(str.isdigit, words)):
            return True
        shows = any(book_pattern(k).search(words) for k in ("caption_verbs", "caption_hints")) and "\uff0c" not in words
        beside = [j for j in (i - 1, i + 1) if draft.roles.get(j) == "caption"]
        return shows and (bool(beside) or (around and not inside))

    def other_news(self, draft: Draft) -> None:
        """What follows a list of other news at the foot of an article is furniture too."""
        start = next((i for i in sorted(draft.roles) if self.lines[i].name == "others"), None)
        if start is None:
            return
        size = {True: 0, False: 0}
        for i, role in draft.roles.items():
            if role == "body":
                size[i > start] += len(self.lines[i].text)
        if size[True] < size[False]:
            draft.roles.update({i: "chrome" for i, role in draft.roles.items() if i > start and role in ("body", "subhead")})

    def sign_off(self, draft: Draft) -> None:
        """An office below the text, and the day below it, sign what the office has written."""
        last = max((i for i, role in draft.roles.items() if role == "body"), default=-1)
        at = next((i for i in range(last + 1, len(self.lines)) if self.lines[i].kind != "byline"), last)
        while last >= 0 and draft.roles.get(at) == "chrome" and all(map(is_office, self.lines[at].text.split())):
            draft.roles[at] = "byline"
            at += 1
            if draft.roles.get(at) == "chrome" and self.lines[at].name == "date":
                draft.roles[at] = "byline"
                at += 1


def _tail_role(line: Line) -> str:
    goes_on = book_pattern("openers").match(line.text) and "\uff0c" in line.text
    if is_enumerated(line.text) or ends_closed(line.text) or goes_on:
        return "body"
    halves = "\u3002" in line.text
    shown = book_pattern("caption_verbs").search(line.text) or halves and book_pattern("caption_hints").search(line.text)
    return "caption" if photo_noun(line.text) or shown else "body" if halves else "chrome"


def _sums_up(words: str) -> bool:
    """Tell whether a line above the text is a sentence without its stop, which sums the article up."""
    return len(words) >= _STANDFIRST and "\uff0c" in words and not any(c in words for c in "|\uff1a:>\u3000")


def photo_noun(words: str) -> bool:
    """A line of one phrase without punctuation that ends in something to be photographed."""
    return len(words) >= 5 and words.endswith(_photo_nouns()) and not any(c in words for c in "\uff0c\uff1a\uff1b\u3002\u2014")


def _noun_score(words: str) -> float:
    """Weigh a photographed noun at the end of a line: with a place or an owner before it, it is no heading."""
    if not photo_noun(words):
        return 0.0
    return 1.5 if book_pattern("place_first").match(words) or book_pattern("organisations").search(words) else 0.7


@cache
def _photo_nouns() -> tuple[str, ...]:
    return load_codebook("articles").terms("caption_nouns")
