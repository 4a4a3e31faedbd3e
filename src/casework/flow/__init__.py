"""From a study's raw texts to its tables."""

from casework.flow.build import BuildResult, Progress, build, parse_text
from casework.flow.copies import ArticleWords, find_copies
from casework.flow.records import Kit, Records, read_source

__all__ = [
    "ArticleWords",
    "BuildResult",
    "Kit",
    "Progress",
    "Records",
    "build",
    "find_copies",
    "parse_text",
    "read_source",
]
