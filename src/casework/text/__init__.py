"""Clean text that remembers its raw characters; offsets are Unicode code points."""

from casework.text.span import CaseworkError, Problem, Span, join_spans, parse_spans
from casework.text.text import Edit, Text

__all__ = ["CaseworkError", "Edit", "Problem", "Span", "Text", "join_spans", "parse_spans"]
