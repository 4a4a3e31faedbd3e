"""Runs: which stretch of a clean text stands for which stretch of the raw one, and how edits change them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from casework.text.span import CaseworkError, Span

__all__ = ["Edit", "Run", "Walk", "part", "replaced", "settle", "stretches"]


class Edit(NamedTuple):
    """A proposal: put `new` where `span` stands.

    In what a cleaner yields, `span` counts in the string that the cleaner was given; in a
    ledger, in the raw text. `rule` names who decided, `flag` a doubt to be shown to the user.
    """

    span: Span
    new: str
    rule: str
    flag: str = ""


class Run(NamedTuple):
    """`clean[start:end]` stands for `raw[raw_start:raw_end]`.

    Equal lengths align character by character. `rule` is empty where nothing was changed;
    `seam` marks the first run of a stretch that does not follow the one before in the file.
    """

    start: int
    end: int
    raw_start: int
    raw_end: int
    rule: str = ""
    seam: bool = False

    @property
    def even(self) -> bool:
        """Tell whether the run aligns character by character."""
        return self.end - self.start == self.raw_end - self.raw_start


class Walk:
    """Hand out runs from left to right, cut where the caller asks."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = [*reversed(runs)]

    def take(self, start: int, end: int) -> tuple[list[Run], list[Run]]:
        """Take what stands before clean position `start`, deletions just there too, and what lies from there to `end`."""
        at, stop, raw_start, raw_end, rule, seam = run = self._runs[-1]
        if at < start and end < stop and run.even:
            shift = raw_start - at
            self._runs[-1] = Run(end, stop, end + shift, raw_end, rule)
            return [Run(at, start, raw_start, start + shift, rule, seam)], [Run(start, end, start + shift, end + shift, rule)]
        before = self._up_to(start)
        while self._runs and self._runs[-1].start == self._runs[-1].end == start:
            before.append(self._runs.pop())
        return before, self._up_to(end)

    def _up_to(self, end: int) -> list[Run]:
        """Take what is left up to clean position `end`.

        A deletion exactly at `end` is left for what follows; the halves of a block that cannot be
        cut share its raw stretch, and `settle` joins them again.
        """
        taken: list[Run] = []
        while self._runs and self._runs[-1].start < end:
            run = self._runs.pop()
            if run.end > end:
                run, right = _split(run, end)
                self._runs.append(right)
            taken.append(run)
        return taken

    def rest(self) -> list[Run]:
        """Take all that is left."""
        return self._runs[::-1]


def _split(run: Run, at: int) -> tuple[Run, Run]:
    start, end, raw_start, raw_end, rule, seam = run
    if end - start == raw_end - raw_start:
        raw = raw_start + at - start
        return Run(start, at, raw_start, raw, rule, seam), Run(at, end, raw, raw_end, rule)
    return Run(start, at, raw_start, raw_end, rule, seam), Run(at, end, raw_start, raw_end, rule)


def part(run: Run, start: int, end: int, seam: bool) -> Run:
    """Give what of a run lies in a stretch, counted from where the stretch starts."""
    run = _split(run, start)[1] if run.start < start else run
    run = _split(run, end)[0] if run.end > end else run
    return Run(run.start - start, run.end - start, run.raw_start, run.raw_end, run.rule, seam)


def replaced(runs: list[Run], edit: Edit) -> list[Run]:
    """Turn the runs under an edit into runs that stand for the new words.

    Where the edit puts one character for one, each keeps the raw character it came from, and a
    deletion between them stays a deletion; else one run stands for all the raw characters.
    """
    if len(runs) > 1 and any(r.seam for r in runs[1:]):
        raise CaseworkError(f"edit '{edit.rule}' at {edit.span.start}-{edit.span.end} reaches across a seam")
    if len(edit.new) == edit.span.end - edit.span.start and all(r.even or r.start == r.end for r in runs):
        return [r if r.start == r.end else Run(*r[:4], _rules(r.rule, edit.rule), r.seam) for r in runs]
    first = runs[0]
    rule = _rules(*(r.rule for r in runs), edit.rule)
    return [Run(first.start, first.start + len(edit.new), first.raw_start, runs[-1].raw_end, rule, first.seam)]


@lru_cache(10_000)
def _rules(*rules: str) -> str:
    """Join the names of rules, each once."""
    return ";".join(dict.fromkeys(name for rule in rules for name in rule.split(";") if name))


def settle(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Count clean positions anew and join neighbours that need not be apart."""
    out: list[Run] = []
    at = 0
    for start, end, raw_start, raw_end, rule, seam in runs:
        r = Run(at, at + end - start, raw_start, raw_end, rule, seam)
        at = r.end
        apart = not out or raw_start > (last := out[-1]).raw_end or (raw_start == last.raw_end and rule != last.rule)
        if not apart and (whole := _joined(last, r)) is not None:
            out[-1] = whole
        else:
            out.append(r)
    return tuple(out)


def _joined(a: Run, b: Run) -> Run | None:
    """Join two runs where both are untouched, or share raw characters, or are one deletion."""
    if b.seam and b.raw_start != a.raw_start:
        return None
    if b.raw_start < a.raw_end and b.raw_end > a.raw_start:
        return Run(a.start, b.end, min(a.raw_start, b.raw_start), max(a.raw_end, b.raw_end), _rules(a.rule, b.rule), a.seam)
    same_kind = a.rule == b.rule and a.even and b.even
    both_gone = a.rule == b.rule and a.start == a.end and b.start == b.end
    if a.raw_end == b.raw_start and (same_kind or both_gone):
        return Run(a.start, b.end, a.raw_start, b.raw_end, a.rule, a.seam)
    return None


def stretches(runs: Sequence[Run]) -> tuple[Span, ...]:
    """Give the raw stretches that runs cover, in reading order."""
    spans: list[Span] = []
    for r in runs:
        if spans and not r.seam and r.raw_start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(r.raw_end, spans[-1].end))
        else:
            spans.append(Span(r.raw_start, r.raw_end))
    return tuple(spans)
