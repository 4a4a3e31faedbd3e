"""Clean text that remembers its raw characters; offsets are Unicode code points."""

from casework.text.span import CaseworkError, Problem, Span, check_text, join_spans, parse_spans
from casework.text.text import Edit, Text

__all__ = ["CaseworkError", "Edit", "Problem", "Span", "Text", "check_text", "join_spans", "parse_spans"]
