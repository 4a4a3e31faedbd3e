"""Tell what is reported as achieved from what is planned and what is a rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from casework.claims.setting import Setting, last_match
from casework.codebook import load_codebook
from casework.quantities import Amount
from casework.text import Span

__all__ = ["find_status"]

RULE_REACH = 12  # characters between a word of obligation and the amount it governs


@dataclass(frozen=True)
class _Book:
    planned: re.Pattern[str]
    never: re.Pattern[str]
    passage: re.Pattern[str]
    behind: tuple[str, ...]
    achieved: re.Pattern[str]
    rule: re.Pattern[str]
    rule_any: re.Pattern[str]
    rule_any_behind: re.Pattern[str]
    rule_units: frozenset[str]
    frequency: re.Pattern[str]
    documents: tuple[str, ...]
    sections: re.Pattern[str]
    future_year: re.Pattern[str]
    future: re.Pattern[str]
    not_future: re.Pattern[str]
    planned_end: tuple[str, ...]
    done: re.Pattern[str]
    rule_own: tuple[str, ...]
    rule_sentence: re.Pattern[str]
    sentence_indicators: frozenset[str]
    behind_will: re.Pattern[str]
    pairs: dict[str, re.Pattern[str]]


def _any(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))


@cache
def _book() -> _Book:
    s = load_codebook("claims").section("status")
    return _Book(
        planned=_any(s["planned"]),
        never=_any(s["never_planned"]),
        passage=_any(s["passage"]),
        behind=tuple(s["behind"]),
        achieved=_any(s["achieved"]),
        rule=_any(s["rule"]),
        rule_any=_any(s["rule_any"]),
        rule_any_behind=re.compile(s["rule_any_behind"]),
        rule_units=frozenset(s["rule_units"]),
        frequency=_any(s["rule_frequency"]),
        documents=tuple(s["rule_documents"]),
        sections=_any(s["planned_sections"]),
        future_year=re.compile(s["future_year"]),
        future=_any(s["future_sections"]),
        not_future=_any(s["not_future_sections"]),
        planned_end=tuple(s["planned_end"]),
        done=_any(s["document_achieved"]),
        rule_own=tuple(s["rule_own"]),
        rule_sentence=re.compile(s["rule_sentence"]),
        sentence_indicators=frozenset(s["rule_sentence_indicators"]),
        behind_will=re.compile(s["behind_will"]),
        pairs={w: re.compile(p.removeprefix("^")) for w, p in s["planned_pairs"].items()},
    )


def find_status(
    amount: Amount, setting: Setting, headline: str = "", section: str = "", indicator: str = "", published: str = ""
) -> tuple[str, str]:
    """Give the status of an amount (achieved, planned, rule) and the word that decided, "" by default.

    A modal reaches over its clause and the clauses that follow in the sentence, until a word
    says that something was done; some openings reach over the rest of the passage, and some
    headings over their section. A document (a plan, a set of rules) speaks of norms.
    """
    book = _book()
    clause = setting.clause(amount.span)
    head = setting.text[clause.start : amount.span.start]
    if word := _rule(amount, setting, clause, head, book):
        return "rule", word
    if word := _planned(amount, setting, head, book) or _future_year(amount, setting, head, published, book):
        return "planned", word
    done = book.done.search(head)
    if not done and (m := book.future.search(section)) and not book.not_future.search(section):
        return "planned", m[0]
    if headline.rstrip().endswith(book.documents) and not done:
        planned = book.sections.search(section)
        return ("planned", planned[0]) if planned else ("rule", "document")
    if word := _rule_of_sentence(amount, setting, clause, indicator, book):
        return "rule", word
    return "achieved", ""


def _future_year(amount: Amount, setting: Setting, head: str, published: str, book: _Book) -> str:
    """Find a year after the article's own in the sentence before the amount."""
    if not published:
        return ""
    before = setting.text[setting.sentence(amount.span).start : amount.span.start]
    last = last_match(book.future_year, before)
    return last[0] if last and last[1] > published[:4] and not book.achieved.search(head) else ""


def _rule_of_sentence(amount: Amount, setting: Setting, clause: Span, indicator: str, book: _Book) -> str:
    """Find a grant or a condition that the sentence lays down: to those who …, so much a mu is paid."""
    if indicator not in book.sentence_indicators:
        return ""
    sentence = setting.sentence(amount.span)
    said = setting.text[sentence.start : clause.end]
    m = book.rule_sentence.search(said)
    return m[0] if m and not book.done.search(setting.text[clause.start : amount.span.start]) else ""


def _rule(amount: Amount, setting: Setting, clause: Span, head: str, book: _Book) -> str:
    if amount.unit in book.rule_units and (m := book.frequency.search(head)):
        return m[0]
    if (m := last_match(book.rule_any, head)) and len(head) - m.end() <= RULE_REACH:
        return m[0]
    if amount.rule.split(" ", 1)[-1].startswith(book.rule_own) and not book.planned.search(head):
        return amount.rule
    if m := book.rule_any_behind.match(setting.text[amount.span.end : clause.end]):
        return m[0]
    if amount.dimension in ("count", "time"):
        return ""
    near = head[-14:] + setting.text[amount.span.end : min(clause.end, amount.span.end + 5)]
    found = book.rule.search(near)
    return found[0] if found else ""


def _planned(amount: Amount, setting: Setting, head: str, book: _Book) -> str:
    tail = setting.text[amount.span.end : amount.span.end + 6]
    if tail.startswith(book.behind):
        return next(w for w in book.behind if tail.startswith(w))
    clause = setting.clause(amount.span)
    if m := book.behind_will.match(setting.text[amount.span.end : clause.end]):
        return m[0][-1]
    if head.endswith(book.planned_end):
        return head[-2:]
    for word, follows in book.pairs.items():
        if head.endswith(word) and follows.match(setting.text, amount.span.end):
            return word
    for span in [Span(amount.span.start - len(head), amount.span.start), *setting.clauses_before(amount.span)]:
        part = book.never.sub("", span.cut(setting.text))
        modal = last_match(book.planned, part)
        done = last_match(book.achieved, part)
        if modal and (done is None or modal.end() >= done.end()):
            return modal[0]
        if done:
            return ""
    opening = setting.before(setting.sentence(amount.span))
    found = last_match(book.passage, opening)
    return found[0] if found and not book.achieved.search(opening[found.end() :]) else ""
