"""Whether a study's reports look at a level that most of its cases are too coarse for."""

from __future__ import annotations

from collections.abc import Mapping

from casework.compare import LEVELS
from casework.reports.specs import Declared
from casework.study import Study

__all__ = ["too_coarse"]


def too_coarse(study: Study, levels: Mapping[str, int], declared: Declared) -> str:
    """Say, in a line, that most cases are coarser than what every report looks at, and what would do; nothing where they are not.

    `levels` counts the cases of each level; those without a place are not counted here.
    """
    looked = {
        spec.name: spec.foreach if spec.foreach in LEVELS else str(spec.parameters.get("level") or declared[spec.name].get("level", ""))
        for spec in study.reports
    }
    looked = {name: level for name, level in looked.items() if level in LEVELS}
    placed = sum(levels.get(level, 0) for level in LEVELS)
    if not looked or not placed:
        return ""
    level = min(looked.values(), key=LEVELS.index)
    coarser = sum(levels.get(above, 0) for above in LEVELS[: LEVELS.index(level)])
    if 2 * coarser <= placed:
        return ""
    better = next(own for own in reversed(LEVELS) if 2 * _reaching(levels, own) > placed)
    cases = "case is" if placed == 1 else "cases are"
    return (
        f"{coarser} of {placed} {cases} known only above the {level}, which the reports compare: in {study.file.name} give "
        f"`parameters: {{level: {better}}}` to {', '.join(looked)}" + _foreach(study, better)
    )


def _reaching(levels: Mapping[str, int], level: str) -> int:
    """Count the cases that can be brought to a level."""
    return sum(levels.get(own, 0) for own in LEVELS[LEVELS.index(level) :])


def _foreach(study: Study, level: str) -> str:
    """Say which reports are made for each place of a level of their own."""
    names = [spec.name for spec in study.reports if spec.foreach in LEVELS]
    return f", and `foreach: {level}` to {', '.join(names)}" if names else ""
