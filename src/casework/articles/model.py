"""The types of a page: passages, articles, the page."""

from __future__ import annotations

from dataclasses import dataclass

from casework.text import Problem, Text

__all__ = ["Article", "Page", "Passage"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch with one role: headline, subhead, byline, body, caption, chrome or spam."""

    role: str
    text: Text


@dataclass(frozen=True, slots=True)
class Article:
    """One report: what is known of it, and its passages in reading order, headline first.

    `authorship` is staff, correspondent (a place writing about itself), agency or unknown.
    """

    headline: str
    outlet: str
    published: str
    bylines: tuple[str, ...]
    authorship: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """All articles of one source, what stands around them, and what was doubtful."""

    articles: tuple[Article, ...]
    furniture: tuple[Passage, ...]
    problems: tuple[Problem, ...]
