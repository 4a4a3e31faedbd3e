"""Read what an amount is divided by: a year, a mu, a household."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from casework.claims.setting import Setting, Spot, last_match
from casework.codebook import load_codebook, plain
from casework.quantities import Amount

__all__ = ["Earlier", "find_denominators"]

_WHOLE = ("mu", "jin", "household", "person")  # with one of these nothing else is a denominator too
_SLASHES = ("/", "／")
_EACH = ("household", "person")  # of these the nearer one divides
CLAUSE = 8  # characters of a clause that is only a denominator
_FITTING = ("money", "mass", "area")  # what a denominator divides where the codebook does not say


@dataclass(frozen=True)
class _Other:
    pattern: re.Pattern[str]
    behind: re.Pattern[str]
    mean: re.Pattern[str]


@dataclass(frozen=True)
class _Book:
    before: dict[str, re.Pattern[str]]
    behind: dict[str, tuple[str, ...]]
    any_behind: tuple[str, ...]
    other: _Other
    carry: dict[str, dict[str, Any]]
    carried: frozenset[str]
    sized: dict[str, Any]
    fits: dict[str, tuple[str, ...]]
    near: int
    frequency: frozenset[str]
    times: frozenset[str]
    time_of: frozenset[str]
    clause: dict[str, re.Pattern[str]]
    share: re.Pattern[str]
    earnings: re.Pattern[str]
    count_stop: re.Pattern[str]


@cache
def _book() -> _Book:
    book = load_codebook("claims")
    per, carry = plain(book.section("per")), plain(book.section("per_carry"))
    return _Book(
        before={k: _cue(e, int(book.section("per_near"))) for k, e in per.items()},
        behind={k: e["behind"] for k, e in per.items()},
        any_behind=tuple(w for e in per.values() for w in e["behind"]),
        other=book.read("per_other", _Other),
        carry=carry,
        carried=frozenset(d for rule in carry.values() for d in rule["dimensions"]),
        sized=plain(book.section("sized")),
        fits=plain(book.section("per_dimensions")),
        near=int(book.section("per_count_near")),
        frequency=frozenset(book.section("frequency_units")),
        times=frozenset(book.section("per_times")),
        time_of=frozenset(book.section("per_time_of")),
        clause={k: re.compile(p) for k, p in book.section("per_clause").items()},
        earnings=re.compile(str(book.section("per_earnings"))),
        count_stop=re.compile(str(book.section("per_count_stop"))),
        share=re.compile(str(book.section("per_share"))),
    )


def _cue(entry: Mapping[str, Any], reach: int) -> re.Pattern[str]:
    """Write the pattern of a denominator's cues in the clause before the amount."""
    not_after: Sequence[str] = entry["not_after"]
    guard = f"(?<![{re.escape(''.join(w for w in not_after if len(w) == 1))}])" if not_after else ""
    longer = "".join(f"(?<!{re.escape(w)})" for w in not_after if len(w) > 1)
    options = sorted(map(re.escape, entry["before"]), key=len, reverse=True)
    options += [f"{re.escape(w)}(?=.{{0,{reach}}}$)" for w in entry.get("near", ())]
    options += [f"{entry['touching']}$"] if "touching" in entry else []
    behind = f"(?![{re.escape(entry['not_before'])}])" if "not_before" in entry else ""
    return re.compile(f"{guard}{longer}(?:{'|'.join(options)}){behind}")


class Earlier(NamedTuple):
    """An amount that stands before another in the passage, with what was read of it."""

    amount: Amount
    indicator: str
    per: tuple[str, ...]


def find_denominators(
    spot: Spot, indicator: str, setting: Setting, earlier: Sequence[Earlier], following: Amount | None = None
) -> tuple[str, ...]:
    """Give the denominators of an amount, sorted.

    `earlier` are the amounts before it in the passage, `following` the next one: some
    denominators hold on over the clauses of a sentence, and a counted thing divides the
    size that stands with it.
    """
    book = _book()
    found = {k for k in spot.here if k in book.before and _reaches(k, spot, book)}
    if found.issuperset(_EACH):
        found.discard(min(_EACH, key=lambda k: _start(book.before[k], spot.head)))
    dimension = spot.amount.dimension
    # 三年每年 is no length divided by a year; 8小时/天 is.
    behind = dimension != "time" or setting.text.startswith(_SLASHES, spot.end)
    if behind and setting.text.startswith(book.any_behind, spot.end):
        followed = (k for k, words in book.behind.items() if setting.text.startswith(words, spot.end))
        found.update(k for k in followed if dimension in book.fits.get(k, ()))
    if found.isdisjoint(_WHOLE) and (other := _other(spot, setting.text[spot.end : spot.end + 6], book)):
        found.add(other)
    if not found and dimension in _FITTING:
        opening = setting.text[max(0, spot.clause.start - CLAUSE) : spot.clause.start]
        found = {k for k, alone in book.clause.items() if opening and alone.search(opening)}
    if not found and (thing := _sized(spot, setting, earlier, following, book)):
        found.add(thing)
    if not found and earlier:
        found = _carried(spot, indicator, setting, earlier, book)
    return tuple(sorted(found))


def _reaches(kind: str, spot: Spot, book: _Book) -> bool:
    dimension = spot.amount.dimension
    if dimension not in book.fits.get(kind, _FITTING):
        return False
    last = last_match(book.before[kind], spot.head)
    if last is None or dimension == "percent" and book.share.match(spot.head, last.start()):
        return False
    if dimension != "count" or spot.amount.unit in book.frequency:
        return True
    return len(spot.head) - last.end() <= book.near and not book.count_stop.search(spot.head, last.start())


def _start(cue: re.Pattern[str], head: str) -> int:
    """Give where the last of a denominator's words begins."""
    last = last_match(cue, head)
    return last.start() if last else -1


def _other(spot: Spot, tail: str, book: _Book) -> str:
    dimension, other = spot.amount.dimension, book.other
    if dimension in ("age", "percent"):
        return ""
    if dimension != "time" and (behind := other.behind.match(tail)):
        return f"other:{behind[1]}"
    if mean := other.mean.search(spot.head):
        return f"other:{mean[1]}"
    last = last_match(other.pattern, spot.head)
    if last is None:
        return ""
    thing = last[last.lastindex or 0]
    if dimension == "time" and thing not in book.time_of:
        return ""
    far = dimension in ("money", "area") or thing in book.times
    near = len(spot.head) - last.end() <= (24 if far else book.near)
    return f"other:{thing}" if near else ""


def _sized(spot: Spot, setting: Setting, earlier: Sequence[Earlier], following: Amount | None, book: _Book) -> str:
    """Give the counted thing that a size belongs to, as its denominator."""
    amount = spot.amount
    if amount.dimension not in book.sized["dimensions"]:
        return ""
    thing = None
    if earlier and earlier[-1].amount.span.end == spot.start:
        thing = earlier[-1].amount
    elif following is not None and (None in (amount.low, amount.high) or setting.text[spot.start] in book.sized["bare"]):
        near = following.span.start - spot.end <= book.sized["reach"]
        thing = following if near and following.span.end <= spot.clause.end else None
    if thing is None or not thing.unit.startswith("count:"):
        return ""
    codes: dict[str, str] = book.sized["codes"]
    return codes.get(thing.unit, f"other:{thing.unit.removeprefix('count:')}")


def _carried(spot: Spot, indicator: str, setting: Setting, earlier: Sequence[Earlier], book: _Book) -> set[str]:
    """Give what the sentence has divided by before, where such a denominator holds on."""
    amount, start = spot.amount, spot.clause.start
    last = earlier[-1].amount
    if last.unit == amount.unit and last.span.start >= start:
        between = setting.signs.kinds(last.span.end, spot.start)
        if "change.to" in between or "change.level_after" in between:
            return set(earlier[-1].per)
    if amount.dimension not in book.carried:
        return set()
    for before in reversed(earlier):
        if before.amount.span.start < spot.sentence.start:
            return set()
        if before.per:
            return {
                p for p in before.per if _holds(book.carry.get(p.split(":")[0], {}), before, amount, indicator, spot.head)
            }
    return set()


def _holds(rule: dict[str, Any], before: Earlier, amount: Amount, indicator: str, head: str) -> bool:
    if amount.dimension not in rule.get("dimensions", ()):
        return False
    if "lead" in rule and len(head) > rule["lead"] or "not" in rule and re.search(rule["not"], head):
        return False
    if "below" in rule and (amount.low or amount.high or 0) >= rule["below"]:
        return False
    if rule.get("same_dimension") and before.amount.dimension != amount.dimension:
        # What is made in a year, and what is earned with it.
        return before.amount.dimension in rule.get("earned", ()) and bool(_book().earnings.search(head))
    if rule.get("same_indicator") and before.indicator != indicator:
        return False
    return "indicators" not in rule or indicator in rule["indicators"]
