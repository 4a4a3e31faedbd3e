"""Claim: an amount with everything that its words say about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from casework.claims.carry import carry_indicator
from casework.claims.cues import CueHit, Verdict, find_cues, kinds_of, weigh_indicator
from casework.claims.denominators import Earlier, find_denominators
from casework.claims.details import find_about, find_change, find_statistic, find_voice, is_estimate, is_threshold
from casework.claims.frames import find_ending, find_frame, find_holder
from casework.claims.period import find_period, read_times
from casework.claims.setting import Setting, Spot, read_setting
from casework.claims.status import find_status, read_heading, read_opening
from casework.claims.where import read_places
from casework.codebook import load_codebook
from casework.places import Mention, Place
from casework.quantities import Amount, find_amounts
from casework.text import Span

__all__ = ["Claim", "extract_claims", "mark_restated"]


LONG_WORD = 12
"""A longer word in a rule's name would be running text."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a passage says of one amount; `span` counts in the passage's clean text."""

    amount: Amount
    per: tuple[str, ...]
    statistic: str
    status: str
    change: str
    period: str
    indicator: str
    about: str
    voice: str
    place: Place | None
    rule: str
    flags: frozenset[str] = frozenset()

    @property
    def span(self) -> Span:
        """Give the clean span of the amount."""
        return self.amount.span


def extract_claims(
    text: str,
    mentions: Sequence[Mention] = (),
    labels: Sequence[Span] = (),
    *,
    home: Place | None = None,
    scene: Place | None = None,
    headline: str = "",
    section: str = "",
    published: str = "",
) -> list[Claim]:
    """Read the claims of one passage, from left to right.

    `mentions` are the passage's places, `labels` the spans whose numerals are no amounts,
    `home` the place of the passage's case, `scene` the place that the passages before spoke of, `section` the heading that it stands under.
    """
    amounts = [a for a in find_amounts(text, labels) if not a.vague]
    if not amounts:
        return []
    setting, hits = read_setting(text), find_cues(text)
    heading, times = read_heading(headline, f"{section} {read_opening(setting)}"), read_times(setting, published)
    places = read_places(setting, mentions, home, scene)
    claims: list[Claim] = []
    earlier: list[Earlier] = []
    for amount, following in zip(amounts, [*amounts[1:], None], strict=True):
        spot = setting.spot(amount)
        verdict = _measure(spot, setting, hits, earlier)
        per = find_denominators(spot, verdict.indicator, setting, earlier, following)
        earlier.append(Earlier(amount, verdict.indicator, per))
        status, modal = find_status(spot, setting, heading, verdict.indicator, published)
        place, guessed = places.of(spot)
        doubts = {
            "estimate": is_estimate(spot),
            "threshold": is_threshold(spot, setting),
            "place_guessed": guessed,
        }
        claims.append(
            Claim(
                amount=amount,
                per=per,
                statistic=find_statistic(spot),
                status=status,
                change=find_change(spot),
                period=find_period(spot, times),
                indicator=verdict.indicator,
                about=find_about(spot, setting, verdict),
                voice=find_voice(spot, setting),
                place=place,
                rule=_rule(amount, modal, verdict.word),
                flags=frozenset(flag for flag, on in doubts.items() if on),
            )
        )
    return claims


def _measure(spot: Spot, setting: Setting, hits: Sequence[CueHit], earlier: Sequence[Earlier]) -> Verdict:
    """Say what an amount measures: by the frame it stands in, else by its cues, its holder and the amounts before it."""
    if frame := find_frame(spot, setting, kinds_of(spot.amount)):
        return Verdict(frame.indicator, _short(frame.words), None)
    more = find_holder(spot, setting)
    verdict = weigh_indicator(spot, hits, setting.topic(spot), more)
    if more.get(verdict.indicator, 0.0) > 0:
        return verdict
    carried = carry_indicator(verdict, spot, setting.text, earlier)
    if carried is verdict and not verdict.word and (ending := find_ending(spot, setting)):
        return Verdict(ending.indicator, ending.words, None)
    return carried


def _short(word: str) -> str:
    """Give a word, or the ends of a long one: more would be running text."""
    return f"{word[:4]}…{word[-4:]}" if len(word) > LONG_WORD else word


def _rule(amount: Amount, modal: str, cue: str) -> str:
    """Name what decided: the amount's rule, the word behind the status, the cue or the frame of the indicator."""
    modal = _short(modal)
    status = f", status {modal}" if modal else ""
    return f"amount {amount.rule}{status}, indicator {cue}" if cue else f"amount {amount.rule}{status}"


def mark_restated(claims: Sequence[Claim]) -> list[Claim]:
    """Flag the claims of one article that repeat an earlier one.

    They agree in value, unit, denominators, indicator, status and place, and what the one is said of holds what
    the other is, where the figure alone does not tell (`digits`). Values below the codebook's `least` are left alone.
    """
    book = load_codebook("claims").section("restated")
    least, digits = float(book["least"]), int(book["digits"])
    seen: dict[tuple[object, ...], list[str]] = {}
    out: list[Claim] = []
    for c in claims:
        a = c.amount
        value = a.low if a.low is not None else a.high
        if value is None or value < least:
            out.append(c)
            continue
        subjects = seen.setdefault((a.low, a.high, a.unit, c.per, c.indicator, c.status, c.place), [])
        telling = len(f"{value:.10g}".replace(".", "").rstrip("0")) >= digits
        again = any(telling or c.about == s or (c.about and s and (c.about in s or s in c.about)) for s in subjects)
        subjects.append(c.about)
        out.append(replace(c, flags=c.flags | {"restated"}) if again else c)
    return out
