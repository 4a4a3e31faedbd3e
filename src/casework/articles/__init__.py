"""A page split into its articles: passages in reading order, each with its role, joined across seams.

Every character of the raw text that is not blank is in exactly one passage, of an article or of the page's furniture.
"""

from __future__ import annotations

from casework.articles.model import Article, Page, Passage
from casework.articles.split import split_articles

__all__ = ["Article", "Page", "Passage", "split_articles"]
