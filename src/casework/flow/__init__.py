"""From a study's raw texts to its tables."""

from casework.flow.build import BuildResult, build, make_kit, parse_text
from casework.flow.copies import ArticleWords, find_copies
from casework.flow.records import Kit, Records, read_source

__all__ = [
    "ArticleWords",
    "BuildResult",
    "Kit",
    "Records",
    "build",
    "find_copies",
    "make_kit",
    "parse_text",
    "read_source",
]
