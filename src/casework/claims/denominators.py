"""Read what an amount is divided by: a year, a mu, a household."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from casework.claims.setting import Setting, last_match
from casework.codebook import load_codebook
from casework.quantities import Amount

__all__ = ["Earlier", "find_denominators"]


@dataclass(frozen=True)
class _Book:
    before: dict[str, re.Pattern[str]]
    behind: dict[str, tuple[str, ...]]
    other: re.Pattern[str]
    other_behind: re.Pattern[str]
    other_mean: re.Pattern[str]
    carry: dict[str, dict[str, Any]]
    sized: dict[str, Any]
    fits: dict[str, tuple[str, ...]]
    near: int
    frequency: frozenset[str]
    times: frozenset[str]
    to: re.Pattern[str]
    rates: re.Pattern[str]


@cache
def _book() -> _Book:
    book = load_codebook("claims")
    per, other = book.section("per"), book.section("per_other")
    return _Book(
        before={k: _cue(e, int(book.section("per_near"))) for k, e in per.items()},
        behind={k: tuple(e["behind"]) for k, e in per.items()},
        other=re.compile(other["pattern"]),
        other_behind=re.compile(other["behind"]),
        other_mean=re.compile(other["mean"]),
        carry={k: dict(v) for k, v in book.section("per_carry").items()},
        sized=dict(book.section("sized")),
        fits={k: tuple(v) for k, v in book.section("per_dimensions").items()},
        near=int(book.section("per_count_near")),
        frequency=frozenset(book.section("frequency_units")),
        times=frozenset(book.section("per_times")),
        to=re.compile(
            "|".join(map(re.escape, (*book.section("change")["to"], *book.section("change")["level_after"])))
        ),
        rates=re.compile(other["rates"]),
    )


def _cue(entry: Mapping[str, Any], reach: int) -> re.Pattern[str]:
    """Write the pattern of a denominator's cues in the clause before the amount."""
    not_after: Sequence[str] = entry["not_after"]
    guard = f"(?<![{re.escape(''.join(w for w in not_after if len(w) == 1))}])" if not_after else ""
    longer = "".join(f"(?<!{re.escape(w)})" for w in not_after if len(w) > 1)
    options = sorted(map(re.escape, entry["before"]), key=len, reverse=True)
    options += [f"{re.escape(w)}(?=.{{0,{reach}}}$)" for w in entry.get("near", ())]
    options += [f"{entry['touching']}$"] if "touching" in entry else []
    return re.compile(f"{guard}{longer}(?:{'|'.join(options)})")


@dataclass(frozen=True, slots=True)
class Earlier:
    """An amount that stands before another in the passage, with what was read of it."""

    amount: Amount
    indicator: str
    per: tuple[str, ...]


def find_denominators(
    amount: Amount, indicator: str, setting: Setting, earlier: Sequence[Earlier], following: Amount | None = None
) -> tuple[str, ...]:
    """Give the denominators of an amount, sorted.

    `earlier` are the amounts before it in the passage, `following` the next one: some
    denominators hold on over the clauses of a sentence, and a counted thing divides the
    size that stands with it.
    """
    book = _book()
    head = setting.text[setting.clause(amount.span).start : amount.span.start]
    tail = setting.text[amount.span.end : amount.span.end + 6]
    found = {k for k, cue in book.before.items() if _reaches(cue, head, amount, k, book)}
    found |= {
        k for k, words in book.behind.items() if tail.startswith(words) and amount.dimension in book.fits.get(k, ())
    }
    if not found & {"mu", "jin", "household", "person"} and (other := _other(head, tail, amount, book)):
        found.add(other)
    if not found and (thing := _sized(amount, setting, earlier, following, book)):
        found.add(thing)
    if not found:
        found |= _carried(amount, indicator, setting, earlier, book)
    return tuple(sorted(found))


def _reaches(cue: re.Pattern[str], head: str, amount: Amount, kind: str, book: _Book) -> bool:
    last = last_match(cue, head)
    if last is None or amount.dimension not in book.fits.get(kind, ("money", "mass", "area")):
        return False
    gap = head[last.end() :]
    return amount.dimension != "count" or len(gap) <= book.near or amount.unit in book.frequency


def _other(head: str, tail: str, amount: Amount, book: _Book) -> str:
    if amount.dimension in ("time", "age", "percent"):
        return ""
    behind = book.other_behind.match(tail)
    if behind:
        return f"other:{behind[1]}"
    if mean := book.other_mean.search(head):
        return f"other:{mean[1]}"
    last = last_match(book.other, head)
    if last is None:
        return ""
    far = amount.dimension in ("money", "area") or last[1] in book.times
    near = len(head) - last.end() <= (24 if far else book.near)
    return f"other:{last[1]}" if near else ""


def _sized(amount: Amount, setting: Setting, earlier: Sequence[Earlier], following: Amount | None, book: _Book) -> str:
    """Give the counted thing that a size belongs to, as its denominator."""
    if amount.dimension not in book.sized["dimensions"]:
        return ""
    thing = None
    if earlier and earlier[-1].amount.span.end == amount.span.start:
        thing = earlier[-1].amount
    elif following is not None and (amount.low is None or amount.high is None):
        near = following.span.start - amount.span.end <= book.sized["reach"]
        thing = following if near and following.span.end <= setting.clause(amount.span).end else None
    if thing is None or not thing.unit.startswith("count:"):
        return ""
    codes: dict[str, str] = book.sized["codes"]
    return codes.get(thing.unit, f"other:{thing.unit.removeprefix('count:')}")


def _carried(amount: Amount, indicator: str, setting: Setting, earlier: Sequence[Earlier], book: _Book) -> set[str]:
    """Give what the sentence has divided by before, where such a denominator holds on."""
    sentence, start = setting.sentence(amount.span), setting.clause(amount.span).start
    if earlier and earlier[-1].amount.unit == amount.unit and earlier[-1].amount.span.start >= start:
        between = setting.text[earlier[-1].amount.span.end : amount.span.start]
        if book.to.search(between):
            return set(earlier[-1].per)
    for before in reversed(earlier):
        if before.amount.span.start < sentence.start:
            return set()
        if before.per:
            return {
                p for p in before.per if _holds(book.carry.get(p.split(":")[0], {}), before, amount, indicator, start)
            }
    return set()


def _holds(rule: dict[str, Any], before: Earlier, amount: Amount, indicator: str, clause_start: int) -> bool:
    if amount.dimension not in rule.get("dimensions", ()):
        return False
    if "lead" in rule and amount.span.start - clause_start > rule["lead"]:
        return False
    if "below" in rule and (amount.low or amount.high or 0) >= rule["below"]:
        return False
    if rule.get("same_dimension") and before.amount.dimension != amount.dimension:
        return False
    if rule.get("same_indicator") and before.indicator != indicator:
        return False
    return "indicators" not in rule or indicator in rule["indicators"]
