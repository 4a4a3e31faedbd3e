"""An indicator by case: every amount a mark, ranges as bars, open ends as arrows, plans hollow."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from casework.figures.canvas import SMALL, WIDTH, Canvas, Drawing, sentence
from casework.figures.fonts import text_width
from casework.figures.heat import Link
from casework.figures.words import Words

__all__ = ["amount_axis", "contradiction_plot", "draw_ticks", "indicator_dots", "series_name"]

LINES = 40
"""The most cases of a series, and the most contradictions, that are drawn; the rest are counted and stand in the table."""
PANELS = 12
"""The most series that are drawn; the rest are counted."""
ROW, HEAD, FOOT = 22.0, 30.0, 34.0


def indicator_dots(
    indicators: pd.DataFrame, *, lang: str = "en", theme: str = "light", link: Link | None = None, width: float = WIDTH,
    least: int | None = None,
) -> Drawing:  # fmt: skip
    """Draw amounts (`compare.indicator_table`), one panel a series, one line a case, one mark a claim.

    Filled: reported as achieved; hollow: planned; a square: a rule. A bar reaches from low to high, an arrow stands for an open
    end; a logarithmic scale is chosen where the amounts span more than two powers of ten, and said. Series with fewer than
    `least` cases are left out (fewer than two where any has two: one case compares nothing), and so are thresholds, which only sort
    and are no figures of a place; of more than 12 series, those with the most cases are drawn, and of more than 40 cases those with the
    highest amounts. `link` gets the claim_id.
    """
    say = Words(lang)
    rows = indicators[~(indicators["low"].isna() & indicators["high"].isna()) & (indicators["statistic"] != "threshold")]
    sizes = rows.groupby("series", sort=True)["case"].nunique()
    least = least or min(2, int(sizes.max()) if len(sizes) else 1)
    wanted = [str(s) for s in sizes.sort_values(ascending=False, kind="stable").index if int(sizes[s]) >= least]
    if not wanted:
        return sentence(say("empty", "indicators"), theme, width)
    panels = [rows[rows["series"] == s] for s in wanted[:PANELS]]
    more = len(wanted) - len(panels)
    heights = [HEAD + ROW * (min(p["case"].nunique(), LINES) + (p["case"].nunique() > LINES)) + FOOT for p in panels]
    canvas = Canvas(width, sum(heights) + 44 + (20 if more else 0), theme)
    left = min(max(text_width(str(n), 12) for p in panels for n in p["name"]), width * 0.3) + 24
    y = 8.0
    for panel, height in zip(panels, heights, strict=True):
        _panel(canvas, panel, left, y, say, link)
        y += height
    if more:
        canvas.text(12, y + 10, say("legend", "more", n=more), size=SMALL, colour="soft")
        y += 20
    _key(canvas, y + 8, say, set(pd.concat(panels)["status"]))
    canvas.figure.alt = _alt(pd.concat(panels), panels[0], len(panels), say)
    return canvas.figure


def series_name(row: Any, say: Words) -> str:
    """Name what a series compares: indicator, what it is said of, statistic, change, denominators, period and unit."""
    plain = ("", "total", "level")
    named = [say.value(row[c]) for c in ("statistic", "change") if row[c] not in plain]
    parts = [say.value(row["indicator"]), row["about"], *named, say.denominators(row["per"]), row["period"], say.unit(row["unit"])]
    return say.join((p for p in dict.fromkeys(parts) if p), "part_joiner")


@dataclass(frozen=True)
class _Scale:
    """Maps amounts to pixels, linear from zero or logarithmic."""

    low: float
    high: float
    left: float
    right: float
    log: bool

    def __call__(self, value: float) -> float:
        low, high = (math.log10(v) for v in (self.low, self.high)) if self.log else (self.low, self.high)
        at = math.log10(max(value, self.low)) if self.log else value
        return self.left + (self.right - self.left) * (at - low) / ((high - low) or 1)

    def ticks(self) -> list[float]:
        """Give round values within the scale, about four."""
        if self.log:
            powers = range(math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9) + 1)
            step = max(1, math.ceil(len(powers) / 5))
            return [10.0**p for p in powers][::step]
        apart = _round_step((self.high - self.low) / 4)
        first = math.ceil(self.low / apart - 1e-9)
        return [i * apart for i in range(first, math.floor(self.high / apart + 1e-9) + 1)]


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * 0.999)


def amount_axis(values: Iterable[float], left: float, right: float) -> _Scale:
    """Choose a scale: logarithmic where positive amounts span more than two powers of ten, else linear from zero."""
    known = [v for v in values if not math.isnan(v)]
    low, high = min(known), max(known)
    if low > 0 and high / low > 100:
        return _Scale(10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high) + 1e-9), left, right, True)
    low, high = min(low, 0.0), max(high, 0.0)
    span = (high - low) or 1.0
    step = _round_step(span / 4)
    return _Scale(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step or step, left, right, False)


def _panel(canvas: Canvas, panel: pd.DataFrame, left: float, top: float, say: Words, link: Link | None) -> None:
    scale = amount_axis([*panel["low"], *panel["high"]], left + 14, canvas.width - 36)
    canvas.text(12, top + 14, series_name(panel.iloc[0], say), size=13, room=canvas.width - 24 - (90 if scale.log else 0))
    if scale.log:
        canvas.text(canvas.width - 12, top + 14, say("legend", "log_scale"), size=SMALL, colour="soft", anchor="end")
    middle = panel.assign(_at=panel[["low", "high"]].mean(axis=1)).groupby("case", sort=False)["_at"].max()
    ranked = [str(c) for c in middle.sort_values(ascending=False, kind="stable").index]
    order, rest = ranked[:LINES], len(ranked) - LINES
    base = top + HEAD + ROW * (len(order) + (rest > 0))
    if rest > 0:
        canvas.text(12, base - 7, say("legend", "more", n=rest), size=SMALL, colour="soft")
    draw_ticks(canvas, scale, top + HEAD - 4, base, say, str(panel["unit"].iloc[0]))
    for i, case in enumerate(order):
        own = panel[panel["case"] == case]
        y = top + HEAD + ROW * (i + 0.5)
        canvas.text(left, y + 4, str(own["name"].iloc[0]), size=12, anchor="end", room=left - 14)
        for row in own.to_dict("records"):
            amount_mark(canvas, row, y, scale, say, link)


def draw_ticks(canvas: Canvas, scale: _Scale, top: float, base: float, say: Words, unit: str) -> None:
    """Draw the round values of a scale as thin lines, their numbers below."""
    for value in scale.ticks():
        x = scale(value)
        canvas.path([(x, top), (x, base)], stroke="line", line=0.8)
        canvas.text(x, base + 14, say.number(value) + ("%" if unit == "percent" else ""), size=10.5, colour="soft", anchor="middle")


def amount_mark(canvas: Canvas, row: Any, y: float, scale: Callable[[float], float], say: Words, link: Link | None) -> None:
    """Draw one claim: its ends, a bar between them, an arrow where an end is open."""
    low, high = float(row["low"]), float(row["high"])
    url = link(row["claim_id"]) if link else None
    about = say("legend", "approx") + " " if row["approx"] == "true" else ""
    says = f"{row['name']}: {about}{say.amount(low, high, row['unit'])} ({say.value(row['status'] or 'achieved')})"
    mark = {"url": url, "label": says}
    if math.isnan(low) or math.isnan(high):
        x = scale(high if math.isnan(low) else low)
        to = x - 20 if math.isnan(low) else x + 20
        tip = 5 if to > x else -5
        canvas.path([(x, y), (to, y)], stroke="amount", line=1.6)
        canvas.path([(to - tip, y - 4), (to + tip / 5, y), (to - tip, y + 4)], stroke="amount", line=1.6)
        _end(canvas, x, y, str(row["status"]), mark)
    elif low == high:
        _end(canvas, scale(low), y, str(row["status"]), mark)
    else:
        a, b = scale(low), scale(high)
        canvas.rect(a, y - 3, b - a, 6, fill="amount", alpha=0.35, **mark)  # type: ignore[arg-type]
        for x in (a, b):
            _end(canvas, x, y, str(row["status"]), mark)


def _end(canvas: Canvas, x: float, y: float, status: str, mark: dict[str, str | None]) -> None:
    url, label = mark["url"], mark["label"] or ""
    if status == "rule":
        canvas.rect(x - 4.5, y - 4.5, 9, 9, fill="card", stroke="amount", line=1.6, url=url, label=label)
    elif status == "planned":
        canvas.circle(x, y, 5, fill="card", stroke="amount", line=1.8, url=url, label=label)
    else:
        canvas.circle(x, y, 5.5, fill="amount", stroke="card", line=1, url=url, label=label)


def _key(canvas: Canvas, y: float, say: Words, statuses: set[str]) -> None:
    x = 18.0
    for status in ("achieved", "planned", "rule"):
        if status in statuses or (status == "achieved" and "" in statuses):
            _end(canvas, x, y, status, {"url": None, "label": ""})
            x = _key_text(canvas, x + 11, y, say.value(status))
    canvas.rect(x - 4, y - 3, 26, 6, fill="amount", alpha=0.35)
    x = _key_text(canvas, x + 28, y, say("legend", "low_high"))
    canvas.path([(x - 4, y), (x + 14, y)], stroke="amount", line=1.6)
    canvas.path([(x + 9, y - 4), (x + 15, y), (x + 9, y + 4)], stroke="amount", line=1.6)
    _key_text(canvas, x + 22, y, say("legend", "open_end"))


def _key_text(canvas: Canvas, x: float, y: float, text: str) -> float:
    canvas.text(x, y + 4, text, size=SMALL, colour="soft")
    return x + text_width(text, SMALL) + 22


def _alt(rows: pd.DataFrame, first: pd.DataFrame, panels: int, say: Words) -> str:
    low, high = first["low"].min(skipna=False), first["high"].max(skipna=False)
    if math.isnan(low) and math.isnan(high):
        low, high = first["low"].min(), first["high"].max()
    more = say("alt", "indicators_more", n=panels - 1) if panels > 1 else ""
    counts = {"n": len(rows), "cases": rows["case"].nunique(), "planned": int((rows["status"] == "planned").sum())}
    name, unit = series_name(first.iloc[0], say), str(first["unit"].iloc[0])
    return say("alt", "indicators", first=name, span=say.amount(low, high, unit), more=more, **counts)


def contradiction_plot(
    pairs: pd.DataFrame, *, lang: str = "en", theme: str = "light", link: Link | None = None, width: float = WIDTH,
) -> Drawing:  # fmt: skip
    """Draw claims that cannot both be right (`compare.contradictions`), one line a pair, each on its own scale.

    The two amounts stand on one line with a broken line between them; of more than 40 pairs the first are drawn. `link` gets a
    claim_id.
    """
    say = Words(lang)
    if pairs.empty:
        return sentence(say("empty", "contradictions"), theme, width)
    drawn = pairs.head(LINES)
    rest = len(pairs) - len(drawn)
    canvas = Canvas(width, 20 + 46 * len(drawn) + (18 if rest else 0), theme)
    if rest:
        canvas.text(12, canvas.height - 10, say("legend", "more", n=rest), size=SMALL, colour="soft")
    for i, pair in enumerate(drawn.to_dict("records")):
        y = 18 + 46.0 * i
        scale = amount_axis([pair[c] for c in ("low_1", "high_1", "low_2", "high_2")], width * 0.45, width - 110)
        words = dict.fromkeys((pair["name"], say.value(pair["indicator"]), pair["about"], pair["period"]))
        canvas.text(12, y + 6, say.join((w for w in words if w), "part_joiner"), size=12, room=width * 0.4)
        row = {"name": pair["name"], "unit": pair["unit"], "status": pair["status"], "approx": "false"}
        ends = [pair["low_1"], pair["high_1"], pair["low_2"], pair["high_2"]]
        at = [scale(v) for v in ends if not math.isnan(v)]
        canvas.path([(min(at), y + 2), (max(at), y + 2)], stroke="accent", line=1.2, dash=(3, 3))
        for n in (1, 2):
            claim = {**row, **{c: pair[f"{c}_{n}"] for c in ("low", "high", "claim_id")}}
            amount_mark(canvas, claim, y + 2, scale, say, link)
        both = " / ".join(say.amount(pair[f"low_{n}"], pair[f"high_{n}"], pair["unit"] if n == 2 else "") for n in (1, 2))
        canvas.text(width - 12, y + 22, both, size=SMALL, colour="soft", anchor="end")
    canvas.figure.alt = say("alt", "contradictions", n=len(pairs), cases=pairs["case"].nunique())
    return canvas.figure
