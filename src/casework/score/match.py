"""When an answer is right: pairs of overlapping items, accepted answers, places with and without their rank."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from casework.codebook import load_codebook
from casework.score.gold import Row

__all__ = ["cell", "deepest", "either", "number", "pair", "same_case", "same_value", "value"]


def pair(gold: Sequence[Row], got: Sequence[Row], same: Callable[[Row, Row], bool]) -> list[tuple[int, int]]:
    """Pair overlapping items that `same` accepts one to one, the largest overlap first."""

    def overlap(a: tuple[int, int], b: tuple[int, int]) -> int:
        return min(a[1], b[1]) - max(a[0], b[0])

    near = ((overlap(g["span"], c["span"]), i, j) for i, g in enumerate(gold) for j, c in enumerate(got))
    pairs = sorted(((by, i, j) for by, i, j in near if by > 0 and same(gold[i], got[j])), reverse=True)
    left: set[int] = set()
    right: set[int] = set()
    out = []
    for _, i, j in pairs:
        if i not in left and j not in right:
            left.add(i)
            right.add(j)
            out.append((i, j))
    return out


def same_value(a: Row, b: Row) -> bool:
    """Tell whether a claim `b` has the gold's ends and one of its accepted units."""
    return (number(a["low"]), number(a["high"])) == (b["low"], b["high"]) and either(a["unit"], b["unit"])


def either(gold: Any, got: Any, same: Callable[[Any, Any], bool] = lambda a, b: bool(a == b)) -> bool:
    """Tell whether an answer is right, or one of several accepted ones.

    >>> either(["yuan", "usd"], "usd"), either("mu", "m2")
    (True, False)
    """
    return any(same(g, got) for g in (gold if isinstance(gold, list) else [gold]))


def number(cell: Any) -> float | None:
    """Read an end of an amount; None where it is open.

    >>> number("1000"), number("")
    (1000.0, None)
    """
    return None if cell in ("", None) else round(float(cell), 6)


def value(row: Row) -> str:
    """Write an amount for a list of misses.

    >>> value({"low": 1000.0, "high": None, "unit": "mu"})
    '1000.. mu'
    """
    ends = "..".join("" if row[end] is None else f"{row[end]:g}" for end in ("low", "high"))
    return f"{ends} {cell(row['unit'])}"


def cell(value: Any) -> str:
    """Write an answer, or several, as one cell."""
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)


def _parts(path: str) -> list[str]:
    return [p for p in (path or "").split("/") if p]


def _bare(name: str) -> str:
    return str(_suffix().sub("", name) or name)


def same_case(a: str, b: str) -> bool:
    """Tell whether two place paths agree in their county and in their deepest part.

    >>> same_case("云岭省/清河市/青禾县/柳坪镇", "云岭省/清河市/青禾/柳坪")
    True
    """
    return _county(a) == _county(b) and deepest(a) == deepest(b)


def _county(path: str) -> str:
    """Give the part of a path at county level: the third, or the last where the path is shorter."""
    parts = _parts(path)
    return _bare(parts[2] if len(parts) > 2 else parts[-1]) if parts else ""


def deepest(path: str) -> str:
    """Give the last part of a place path without its rank.

    >>> deepest("云岭省/清河市/青禾县/柳坪镇")
    '柳坪'
    """
    parts = _parts(path)
    return _bare(parts[-1]) if parts else ""


@cache
def _suffix() -> re.Pattern[str]:
    """Match the rank at the end of a place name, which the gold does not hold anyone to."""
    return re.compile("(" + "|".join(sorted(load_codebook("score").terms("place_ranks"), key=len, reverse=True)) + ")$")
