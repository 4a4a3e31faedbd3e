"""Tell what is reported as achieved from what is planned and what is a rule."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from casework.claims.setting import REACH, Setting, Spot, last_match
from casework.codebook import load_codebook
from casework.text import Span

__all__ = ["Heading", "find_status", "read_heading", "read_opening"]

OPENING = 16  # characters of a sentence that can be a heading
_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")
LIST = 6  # parts of a list that a plan at its head reaches over
AROUND = 16  # characters on both sides of an amount that say that it is a rule
SERVED = 40  # characters in which a goal is said to be served
RULE_REACH = 12  # characters between a word of obligation and the amount it governs


@dataclass(frozen=True)
class _Book:
    planned: re.Pattern[str]
    achieved: re.Pattern[str]
    never_planned: re.Pattern[str]
    behind: tuple[str, ...]
    rule: re.Pattern[str]
    rule_any_behind: re.Pattern[str]
    rule_units: frozenset[str]
    rule_article: re.Pattern[str]
    rule_condition: re.Pattern[str]
    rule_limit: re.Pattern[str]
    rule_around: re.Pattern[str]
    rule_laid_not: re.Pattern[str]
    rule_laid_stop: re.Pattern[str]
    rule_laid_reach: int
    starting: re.Pattern[str]
    starting_to: re.Pattern[str]
    list_mark: str
    plan_documents: tuple[str, ...]
    rule_documents: tuple[str, ...]
    planned_around: re.Pattern[str]
    fact_sections: re.Pattern[str]
    planned_sections: re.Pattern[str]
    future_year: re.Pattern[str]
    future_sections: re.Pattern[str]
    not_future_sections: re.Pattern[str]
    planned_end: tuple[str, ...]
    rule_own: tuple[str, ...]
    rule_own_behind: re.Pattern[str]
    rule_sentence: re.Pattern[str]
    rule_sentence_indicators: frozenset[str]
    behind_will: re.Pattern[str]
    served: re.Pattern[str]
    year_end: str
    over: re.Pattern[str]
    over_reach: int
    planned_pairs: dict[str, re.Pattern[str]]


@cache
def _book() -> _Book:
    return load_codebook("claims").read("status", _Book)


class Heading(NamedTuple):
    """What stands over a passage: a section of what is to come, or of goals, and the status that all of a document has."""

    future: str
    goals: str
    document: str


@lru_cache(maxsize=64)
def read_heading(headline: str, section: str) -> Heading:
    """Read the headline of an article and the heading of a section: the words found there, "" where there is none."""
    book = _book()
    future = None if book.not_future_sections.search(section) else book.future_sections.search(section)
    goals = book.planned_sections.search(section)
    title = _BRACKETS.sub("", headline).split() or [""]
    plans, rules = (any(part.endswith(names) for part in title) for names in (book.plan_documents, book.rule_documents))
    document = "" if not section.strip() or book.fact_sections.search(section) else "planned" if plans else "rule" if rules else ""
    return Heading(future[0] if future else "", goals[0] if goals else "", document)


def read_opening(setting: Setting) -> str:
    """Give the heading that a passage opens with as a short sentence of its own, "" where there is none."""
    end = setting.sentence_ends[0] if setting.sentence_ends else 0
    return setting.text[:end] if end <= OPENING else ""


def find_status(spot: Spot, setting: Setting, heading: Heading, indicator: str, published: str) -> tuple[str, str]:
    """Give the status of an amount (achieved, planned, rule) and the word that decided, "" by default.

    A modal reaches over its clause and the clauses that follow in the sentence, until a word
    says that something was done; some openings reach over the rest of the passage, and some
    headings over their section. In a plan or a set of rules, by its title or by the paragraph's number,
    all is planned or a rule; elsewhere what a condition grants is a rule, unless it was done.
    """
    book = _book()
    if word := _rule(spot, setting, heading, book) or _laid_down(spot, setting, book):
        return "rule", word
    if book.starting_to.match(setting.text, spot.end, spot.clause.end) and book.starting.search(spot.head):
        return "achieved", ""
    m = None if "status.achieved" in spot.said else book.rule_condition.search(setting.text, *spot.sentence)
    # Whatever a condition sets a limit to is one of its terms, wherever it stands in it.
    if m and (m.start() <= spot.end + 2 or spot.amount.low != spot.amount.high):
        return "rule", m[0]
    if word := _planned(spot, setting, book) or _future_year(spot, setting, published, book):
        return "planned", word
    if "status.document_achieved" in spot.here or heading.document and _past_year(spot, setting, published, book):
        return "achieved", ""
    if heading.future:
        return "planned", heading.future
    if heading.document:
        return ("planned", heading.goals) if heading.goals else (heading.document, "document")
    if m := book.rule_article.match(setting.text):
        return "rule", m[0].strip()
    # A grant or a condition that the sentence lays down: to those who …, so much a mu is paid.
    granted = indicator in book.rule_sentence_indicators
    m = book.rule_sentence.search(setting.text, spot.sentence.start, spot.clause.end) if granted else None
    return ("rule", m[0]) if m else ("achieved", "")


def _future_year(spot: Spot, setting: Setting, published: str, book: _Book) -> str:
    """Find a year after the article's own in the sentence before the amount."""
    if not published or "status.achieved" in spot.here:
        return ""
    last = last_match(book.future_year, setting.text[spot.sentence.start : spot.start])
    return last[0] if last and last[1] > published[:4] else ""


def _past_year(spot: Spot, setting: Setting, published: str, book: _Book) -> bool:
    """Tell whether the sentence before the amount names a year that was over when the article came out."""
    last = last_match(book.future_year, setting.text[spot.sentence.start : spot.start])
    return last is not None and last[1] < published[:4]


def _rule(spot: Spot, setting: Setting, heading: Heading, book: _Book) -> str:
    text, amount, head = setting.text, spot.amount, (spot.clause.start, spot.start)
    if "status.rule_frequency" in spot.here and amount.unit in book.rule_units:
        return setting.signs.walk("status.rule_frequency", *head)[0].cut(text)
    if "status.rule_any" in spot.here:
        must = setting.signs.walk("status.rule_any", *head)[-1]
        if spot.start - must.end <= RULE_REACH:
            return must.cut(text)
    if m := book.rule_limit.search(text, max(0, spot.start - 3), spot.end):
        return m[0]
    aimed = "status.planned" in spot.said or heading.document == "planned"
    aimed = aimed and not book.rule_own_behind.match(text, spot.end)
    if not aimed and amount.rule.split(" ", 1)[-1].startswith(book.rule_own):
        return amount.rule
    around = _around(spot, text)
    if m := book.rule_around.search(around):
        return m[0].replace("⟦", "").replace("⟧", "")
    if m := book.rule_any_behind.match(text, spot.end, spot.clause.end):
        return m[0]
    if amount.dimension in ("count", "time"):
        return ""
    found = book.rule.search(spot.head[-14:] + text[spot.end : min(spot.clause.end, spot.end + 5)])
    return found[0] if found else ""


def _around(spot: Spot, text: str) -> str:
    """Give an amount between its marks, with the words of its clause around it."""
    behind = text[spot.end : min(spot.clause.end, spot.end + AROUND)]
    return f"{spot.head[-AROUND:]}⟦{text[spot.start : spot.end]}⟧{behind}"


def _laid_down(spot: Spot, setting: Setting, book: _Book) -> str:
    """Find the word before an amount, in the paragraph's sentence, by which something is laid down for good."""
    if "status.achieved" in spot.here or "status.planned" in spot.here:
        return ""
    text, first = setting.text, max(0, spot.start - book.rule_laid_reach)
    sign = setting.signs.last("status.rule_laid", first, spot.start)
    if sign is None or book.rule_laid_stop.search(text, sign.end, spot.start):
        return ""
    names = book.rule_laid_not.match(text, sign.start, sign.end + 2)
    return "" if names or "status.achieved" in setting.signs.kinds(sign.end, spot.start) else sign.cut(text)


def _planned(spot: Spot, setting: Setting, book: _Book) -> str:
    text = setting.text
    if text.startswith(book.behind, spot.end):
        return next(w for w in book.behind if text.startswith(w, spot.end))
    if m := book.behind_will.match(text, spot.end, spot.clause.end):
        return m[0][-2:]
    if spot.head.endswith(book.planned_end):
        return spot.head[-2:]
    if m := book.planned_around.search(_around(spot, text)):
        return m[0].replace("⟦", "").replace("⟧", "")
    for word, follows in book.planned_pairs.items():
        if spot.head.endswith(word) and follows.match(text, spot.end):
            return word
    if "status.modal" in spot.said and (modal := _nearest_modal(spot, setting, book)) is not None:
        return modal
    if word := _list_plan(spot, setting, book):
        return word
    opening = spot.sentence.start
    found = setting.signs.last("status.passage", max(0, opening - REACH), opening) if opening else None
    if found is None or setting.is_quoted(found.start) and not setting.is_quoted(spot.start):
        return ""  # what a speaker opens ends with the quotation
    if book.served.search(text, max(0, found.end - SERVED), found.end):
        return ""
    return "" if "status.achieved" in setting.signs.kinds(found.end, spot.sentence.end) else found.cut(text)


def _list_plan(spot: Spot, setting: Setting, book: _Book) -> str:
    """Find the plan that the parts before an amount's in a list of plans were told by."""
    end = spot.sentence.start
    if spot.clause.start > end:
        return ""
    at = bisect_left(setting.sentence_ends, end)
    for before in range(at - 1, max(at - 1 - LIST, -2), -1):
        if not end or not setting.text.endswith(book.list_mark, 0, end):
            return ""
        start = setting.sentence_ends[before] if before >= 0 else 0
        modal = _modal(Span(start, end), setting, book) if end - start < REACH else ""
        if modal is not None:
            return modal
        end = start
    return ""


def _nearest_modal(spot: Spot, setting: Setting, book: _Book) -> str | None:
    """Give the verdict of the nearest clause before the amount that plans something or says that it was done."""
    judged = spot.start
    for sign in setting.signs.within("status.modal", spot.sentence.start, spot.start):
        if sign.start < judged:
            clause = setting.clause_of(sign, spot)
            modal = _modal(clause, setting, book)
            if modal is not None:
                return modal
            judged = clause.start
    return None


def _modal(part: Span, setting: Setting, book: _Book) -> str | None:
    """Give the word by which a stretch plans, "" where it says that something was done, None where neither."""
    signs = setting.signs
    if signs.within("status.never_planned", *part):
        said = book.never_planned.sub("", part.cut(setting.text))
        plans, does = last_match(book.planned, said), last_match(book.achieved, said)
        modal, done = plans and Span(*plans.span()), does and Span(*does.span())
    else:
        said = setting.text
        modal, done = signs.last("status.planned", *part), signs.last("status.achieved", *part)
    if modal and (done is None or modal.end >= done.end):
        word = modal.cut(said)
        if book.served.search(said, max(0, modal.end - SERVED), modal.end):
            return None
        if word == book.year_end and book.over.search(setting.text, max(0, part.start - book.over_reach), part.end):
            return ""
        return word
    return "" if done else None
