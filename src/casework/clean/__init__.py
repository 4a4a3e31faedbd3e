"""Named cleaners: each finds what is damaged and proposes edits; `clean_text` applies them in order."""

from __future__ import annotations

from casework.clean.cleaners import CLEANERS, Cleaner
from casework.clean.script import find_script
from casework.codebook import did_you_mean
from casework.text import CaseworkError, Problem, Text

__all__ = ["CLEANERS", "Cleaner", "clean_text", "find_script"]


def clean_text(raw: str, *, off: frozenset[str] = frozenset()) -> tuple[Text, tuple[Problem, ...]]:
    """Run every cleaner that is not switched off, and keep the way back to the raw text.

    Returns the clean text, in the order of the file, and what the cleaners were not sure of, in raw coordinates.
    Raises CaseworkError where `off` names a cleaner that does not exist.

    >>> text, problems = clean_text("東山鎮(zhèn)有１２戶人驻")
    >>> text.clean, [p.code for p in problems]
    ('东山镇有12户入驻', ['slips'])
    """
    for name in sorted(off - CLEANERS.keys()):
        raise CaseworkError(f"no cleaner '{name}'{did_you_mean(name, CLEANERS)}")
    text = Text.of(raw)
    problems: list[Problem] = []
    for name, find in CLEANERS.items():
        if name in off:
            continue
        edits = list(find(text.clean))
        for e in edits:
            if e.flag:
                where = text.to_raw(e.span)
                problems.append(Problem(name, e.flag, where[0].start, where[-1].end))
        text = text.edit(e for e in edits if e.new != e.span.cut(text.clean))
    return text, tuple(problems)
