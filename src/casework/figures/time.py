"""When the reports appeared, from what kind of outlet, and who wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from casework.figures.canvas import SMALL, WIDTH, Canvas, Drawing, sentence
from casework.figures.fonts import text_width
from casework.figures.heat import Link
from casework.figures.words import Words
from casework.tables import VOCABULARIES

__all__ = ["period_bars", "publication_timeline"]

MANY = 24
"""With more articles than this in one month and lane, bars stand for dots."""

def publication_timeline(
    dates: pd.DataFrame, *, lang: str = "en", theme: str = "light", link: Link | None = None, width: float = WIDTH,
) -> Drawing:  # fmt: skip
    """Draw articles (`compare.publication_dates`) along time, a line a level of outlet, a dot an article, stacked by month.

    Hollow: written by the place's own people. Articles without a date are counted in words. `link` gets the source_id.
    """
    say = Words(lang)
    articles = dates.drop_duplicates("article_id")
    dated = articles[articles["published"].str.len() >= 7]
    if dated.empty:
        return sentence(say("empty", "timeline"), theme, width)
    months = dated["published"].map(_month)
    first, last = int(months.min()), int(months.max())
    lanes = [level for level in (*VOCABULARIES["outlet_levels"], "") if (dated["outlet_level"] == level).any()]
    left = max(text_width(_lane(level, say), 12) for level in lanes) + 32
    step = (width - left - 32) / max(1, last - first)
    stacks: dict[Any, pd.DataFrame] = dict(iter(dated.assign(_m=months).groupby(["outlet_level", "_m"])))
    highest = {level: max(len(g) for (at, _), g in stacks.items() if at == level) for level in lanes}
    size = max(1.6, min(6.0, 60.0 / max(5, *highest.values()), step * 0.45 if last > first else 6.0))
    lane = _Lane(size, 64.0 / max(highest.values()) if max(highest.values()) > MANY else 0.0, max(3.0, min(12.0, step * 0.7)))
    heights = {level: max(34.0, (lane.bar or 2.2 * size) * highest[level] + 18) for level in lanes}
    canvas = Canvas(width, sum(heights.values()) + 88, theme)
    y = 12.0
    for level in lanes:
        y += heights[level]
        canvas.text(left - 18, y - 6, _lane(level, say), size=12, anchor="end")
        canvas.path([(left - 8, y), (width - 12, y)], stroke="line", line=0.8)
        for (own_level, month), group in stacks.items():
            if own_level == level:
                _stack(canvas, group, left + 8 + (month - first) * step, y, lane, link, say)
    _years(canvas, first, last, left + 8, step, y)
    own = int((dated["authorship"] == "correspondent").sum())
    _key(canvas, y + 52, say, own)
    ends = {"first": dated["published"].min(), "last": dated["published"].max(), "undated": len(articles) - len(dated)}
    canvas.figure.alt = say("alt", "timeline" if ends["first"] < ends["last"] else "timeline_one", n=len(dated), own=own, **ends)
    return canvas.figure


def period_bars(
    periods: pd.DataFrame, *, lang: str = "en", theme: str = "light", link: Link | None = None, width: float = WIDTH,
) -> Drawing:  # fmt: skip
    """Draw what years the claims are about (`compare.periods`): filled as achieved, outlined planned or rule, a bar a year.

    Years that no claim is about stay empty places on the axis; claims that name no time are counted in words. `link` gets the year.
    """
    say = Words(lang)
    dated = periods[periods["year"].str.fullmatch(r"\d{4}")]
    none = int(periods["claims"].sum() - dated["claims"].sum())
    if dated.empty:
        return sentence(say("empty", "periods"), theme, width)
    first, last = int(dated["year"].min()), int(dated["year"].max())
    totals = dated.groupby("year")["claims"].sum()
    canvas = Canvas(width, 208, theme)
    step = (width - 48) / (last - first + 1)
    wide, unit = min(step * 0.7, 54.0), 120 / int(totals.max())
    canvas.path([(16, 148), (width - 16, 148)], stroke="line", line=0.8)
    for year, group in dated.groupby("year", sort=True):
        x, y = 24 + (int(str(year)) - first + 0.5) * step, 148.0
        own = {"achieved": 0, **{str(s): int(n) for s, n in zip(group["status"], group["claims"], strict=True)}}
        says = say.join((f"{say.value(status)} {n}" for status, n in own.items() if n and status), "part_joiner")
        mark: dict[str, Any] = {"url": link(str(year)) if link else None, "label": f"{year}: {says}"}
        filled = own["achieved"] * unit
        canvas.rect(x - wide / 2, y - filled, wide, filled, fill="amount", **mark)
        if rest := (sum(own.values()) - own["achieved"]) * unit:
            canvas.rect(x - wide / 2 + 0.7, y - filled - rest, wide - 1.4, rest, stroke="amount", line=1.4, **mark)
        if step > 26:
            canvas.text(x, y - filled - rest - 5, f"{sum(own.values())}", size=SMALL, colour="soft", anchor="middle")
    taken = -100.0
    for year in range(first, last + 1):
        x = 24 + (year - first + 0.5) * step
        if x - taken > 38:
            canvas.text(x, 165, str(year), size=SMALL, colour="soft", anchor="middle")
            taken = x
    canvas.rect(18, 184, 12, 12, fill="amount")
    canvas.text(36, 194, say.value("achieved"), size=SMALL, colour="soft")
    x = 36 + text_width(say.value("achieved"), SMALL) + 20
    canvas.rect(x + 0.7, 184.7, 10.6, 10.6, stroke="amount", line=1.4)
    canvas.text(x + 18, 194, say("legend", "planned_or_rule"), size=SMALL, colour="soft", room=width - x - 30)
    top = str(totals.idxmax())
    counts = {"n": int(totals.sum()), "most": int(totals.max()), "none": none}
    canvas.figure.alt = say("alt", "periods" if first < last else "periods_one", first=str(first), last=str(last), top=top, **counts)
    return canvas.figure


def _month(date: str) -> int:
    return int(date[:4]) * 12 + int(date[5:7]) - 1


def _lane(level: str, say: Words) -> str:
    return say.value(level) if level else say.value("unknown")


class _Lane(NamedTuple):
    """How articles are drawn: dots of a size, or where they are too many, bars so high an article and so wide."""

    dot: float
    bar: float
    wide: float


def _stack(canvas: Canvas, group: pd.DataFrame, x: float, base: float, lane: _Lane, link: Link | None, say: Words) -> None:
    if lane.bar:
        own = int((group["authorship"] == "correspondent").sum())
        high, rest = own * lane.bar, (len(group) - own) * lane.bar
        canvas.rect(x - lane.wide / 2, base - rest, lane.wide, rest, fill="amount")
        if own:
            canvas.rect(x - lane.wide / 2 + 0.6, base - rest - high, lane.wide - 1.2, high, stroke="amount", line=1.2)
        return
    size = lane.dot
    for i, row in enumerate(group.sort_values(["published", "article_id"], kind="stable").to_dict("records")):
        mark: dict[str, Any] = _mark(row, link, say)
        y = base - 2.2 * size * (i + 0.5) - 2
        if row["authorship"] == "correspondent":
            canvas.circle(x, y, size - 0.7, fill="card", stroke="amount", line=1.5, **mark)
        else:
            canvas.circle(x, y, size, fill="amount", **mark)


def _mark(row: Mapping[Any, Any], link: Link | None, say: Words) -> dict[str, str | None]:
    says = say.join((w for w in (row["published"], row["outlet"], row["name"]) if w), "part_joiner")
    return {"url": link(row["source_id"]) if link else None, "label": says}


def _years(canvas: Canvas, first: int, last: int, left: float, step: float, y: float) -> None:
    """Write years where there is more than one, else months; never closer than they can be read."""
    months = [m for m in range(first, last + 1) if m % 12 == 0]
    if len(months) < 2:
        months = list(range(first, last + 1))
    taken = -100.0
    for m in months:
        x = left + (m - first) * step
        text = str(m // 12) if m % 12 == 0 and len(months) > 1 and last - first > 23 else f"{m // 12}-{m % 12 + 1:02d}"
        canvas.path([(x, y), (x, y + 4)], stroke="soft", line=1)
        if x - taken > text_width(text, SMALL) + 14:
            canvas.text(x, y + 18, text, size=SMALL, colour="soft", anchor="middle")
            taken = x


def _key(canvas: Canvas, y: float, say: Words, own: int) -> None:
    canvas.circle(18, y, 5, fill="amount")
    text = say("legend", "by_others")
    canvas.text(29, y + 4, text, size=SMALL, colour="soft")
    if own:
        x = 29 + text_width(text, SMALL) + 22
        canvas.circle(x, y, 4.3, fill="card", stroke="amount", line=1.5)
        canvas.text(x + 11, y + 4, say("legend", "self_reported"), size=SMALL, colour="soft")
