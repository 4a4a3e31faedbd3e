"""What was found of one file: identical, or in what it is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["AREAS", "STATES", "Finding", "State", "Verdict"]

State = Literal["identical", "differs", "missing", "extra"]
STATES: tuple[State, ...] = ("identical", "differs", "missing", "extra")
AREAS = ("raw", "tables", "published", "reports", "environment")


@dataclass(frozen=True, slots=True)
class Finding:
    """One file of one area (raw, tables, published, reports, environment), and its first difference where it has one.

    `missing` was expected and is not there, `extra` is there and was not expected.
    """

    area: str
    name: str
    state: State
    detail: str = ""

    @property
    def wrong(self) -> bool:
        """Tell whether this is a difference."""
        return self.state != "identical"

    def __str__(self) -> str:
        return f"{self.state}: {self.area}: {self.name}" + f": {self.detail}" * bool(self.detail)


@dataclass
class Verdict:
    """All that was found, and notes on what could not be looked at."""

    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[Finding]:
        """The findings that are differences."""
        return [f for f in self.findings if f.wrong]

    def add(self, findings: Iterable[Finding]) -> list[Finding]:
        """Add findings and give the new ones back."""
        new = list(findings)
        self.findings += new
        return new

    def lines(self) -> Iterator[str]:
        """Write the verdict: a table of counts, each difference, the notes, one line that sums up."""
        yield f"{'':<12}" + "".join(f"{s:>10}" for s in STATES)
        for area in AREAS:
            counts = [sum(f.area == area and f.state == s for f in self.findings) for s in STATES]
            if any(counts):
                yield f"{area:<12}" + "".join(f"{n:>10}" for n in counts)
        yield from map(str, self.wrong)
        yield from (f"not checked: {note}" for note in self.notes)
        n = len(self.wrong)
        yield f"{n} difference{'s' * (n != 1)}" if n else f"{'all' if not self.notes else 'what was checked is'} identical"
