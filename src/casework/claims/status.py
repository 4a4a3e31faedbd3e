"""Tell what is reported as achieved from what is planned and what is a rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from casework.claims.setting import REACH, Setting, Spot, last_match
from casework.codebook import load_codebook
from casework.text import Span

__all__ = ["Heading", "find_status", "read_heading", "read_opening"]

OPENING = 16  # characters of a sentence that can be a heading
_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")
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
    plan_documents: tuple[str, ...]
    rule_documents: tuple[str, ...]
    planned_sections: re.Pattern[str]
    future_year: re.Pattern[str]
    future_sections: re.Pattern[str]
    not_future_sections: re.Pattern[str]
    planned_end: tuple[str, ...]
    rule_own: tuple[str, ...]
    rule_sentence: re.Pattern[str]
    rule_sentence_indicators: frozenset[str]
    behind_will: re.Pattern[str]
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
    document = "planned" if plans else "rule" if rules else ""
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
    if word := _rule(spot, setting, book):
        return "rule", word
    if word := _planned(spot, setting, book) or _future_year(spot, setting, published, book):
        return "planned", word
    if "status.document_achieved" in spot.here:
        return "achieved", ""
    if heading.future:
        return "planned", heading.future
    if heading.document:
        return ("planned", heading.goals) if heading.goals else (heading.document, "document")
    if m := book.rule_article.match(setting.text):
        return "rule", m[0].strip()
    m = None if "status.achieved" in spot.said else book.rule_condition.search(setting.text, *spot.sentence)
    if m and m.start() <= spot.end + 2:
        return "rule", m[0]
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


def _rule(spot: Spot, setting: Setting, book: _Book) -> str:
    text, amount, head = setting.text, spot.amount, (spot.clause.start, spot.start)
    if "status.rule_frequency" in spot.here and amount.unit in book.rule_units:
        return setting.signs.walk("status.rule_frequency", *head)[0].cut(text)
    if "status.rule_any" in spot.here:
        must = setting.signs.walk("status.rule_any", *head)[-1]
        if spot.start - must.end <= RULE_REACH:
            return must.cut(text)
    if m := book.rule_limit.search(text, max(0, spot.start - 3), spot.end):
        return m[0]
    if "status.planned" not in spot.here and amount.rule.split(" ", 1)[-1].startswith(book.rule_own):
        return amount.rule
    if m := book.rule_any_behind.match(text, spot.end, spot.clause.end):
        return m[0]
    if amount.dimension in ("count", "time"):
        return ""
    found = book.rule.search(spot.head[-14:] + text[spot.end : min(spot.clause.end, spot.end + 5)])
    return found[0] if found else ""


def _planned(spot: Spot, setting: Setting, book: _Book) -> str:
    text = setting.text
    if text.startswith(book.behind, spot.end):
        return next(w for w in book.behind if text.startswith(w, spot.end))
    if m := book.behind_will.match(text, spot.end, spot.clause.end):
        return m[0][-1]
    if spot.head.endswith(book.planned_end):
        return spot.head[-2:]
    for word, follows in book.planned_pairs.items():
        if spot.head.endswith(word) and follows.match(text, spot.end):
            return word
    if "status.modal" in spot.said and (modal := _nearest_modal(spot, setting, book)) is not None:
        return modal
    opening = spot.sentence.start
    found = setting.signs.last("status.passage", max(0, opening - REACH), opening) if opening else None
    if found is None or setting.is_quoted(found.start) and not setting.is_quoted(spot.start):
        return ""  # what a speaker opens ends with the quotation
    return "" if "status.achieved" in setting.signs.kinds(found.end, opening) else found.cut(text)


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
        return modal.cut(said)
    return "" if done else None
