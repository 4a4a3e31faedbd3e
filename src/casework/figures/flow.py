"""Where the numbers come from: texts to claims, and what became of every character."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from casework.compare import LEVELS
from casework.figures.canvas import SMALL, WIDTH, Canvas, Drawing, sentence, wrapped
from casework.figures.fonts import text_width
from casework.figures.heat import Link
from casework.figures.words import Words

__all__ = ["character_bars", "source_flow"]

SHOWN = 60
"""The most texts that get a bar of their own."""


def source_flow(
    counts: pd.DataFrame, *, lang: str = "en", theme: str = "light", link: Link | None = None, width: float = WIDTH, level: str = LEVELS[3],
) -> Drawing:  # fmt: skip
    """Draw counts (`compare.flow_counts`) as boxes from texts to claims, with what was left out at each step and why.

    `link` gets the name of a stage; `level` is the level of the cases.
    """
    say = Words(lang)
    stages = counts[counts["reason"] == ""]
    if stages.empty or not int(stages["n"].iloc[0]):
        return sentence(say("empty", "flow"), theme, width)
    step = (width - 24 + 26) / len(stages)
    box = step - 26
    left_out = {s: _reasons(counts, s, say, level, box) for s in stages["stage"]}
    canvas = Canvas(width, 112 + 15 * max(len(lines) for lines in left_out.values()), theme)
    for i, (stage, n) in enumerate(zip(stages["stage"], stages["n"], strict=True)):
        x, url = 12 + i * step, link(str(stage)) if link else None
        name = say("flow", str(stage), n=int(n)).removeprefix(f"{n:,} ")
        canvas.rect(x, 16, box, 62, stroke="line", radius=8, url=url, label=f"{n:,} {name}")
        canvas.text(x + box / 2, 45, f"{n:,}", size=22, anchor="middle", url=url)
        canvas.text(x + box / 2, 66, name, size=SMALL + 1, colour="soft", anchor="middle", room=box - 8, url=url)
        if i:
            canvas.path([(x - 22, 47), (x - 7, 47)], stroke="soft", line=1.2)
            canvas.path([(x - 10, 43), (x - 5, 47), (x - 10, 51)], stroke="soft", line=1.2)
        for j, line in enumerate(left_out[stage]):
            canvas.text(x + 2, 98 + 15 * j, line, size=SMALL, colour="soft")
    canvas.figure.alt = say("alt", "flow", **{str(s): int(n) for s, n in zip(stages["stage"], stages["n"], strict=True)})
    return canvas.figure


def _reasons(counts: pd.DataFrame, stage: str, say: Words, level: str, room: float) -> list[str]:
    lines: list[str] = []
    own = counts[(counts["stage"] == stage) & (counts["reason"] != "")]
    for reason, n in zip(own["reason"], own["n"], strict=True):
        lines += wrapped(say("flow", reason, n=int(n), level=say.value(level)), SMALL, room + 6, 3)
    return lines


def character_bars(
    account: pd.DataFrame, *, lang: str = "en", theme: str = "light", link: Link | None = None, width: float = WIDTH,
) -> Drawing:  # fmt: skip
    """Draw what became of the characters of each text (`compare.character_account`): kept, repaired, set aside.

    Bars are shares; the number behind them is the text's length. Beyond 60 texts the rest are drawn together. `link` gets
    the source_id.
    """
    say = Words(lang)
    if account.empty:
        return sentence(say("empty", "account"), theme, width)
    rows = _account_rows(account, say)
    left = min(max(text_width(r.label, 12) for r in rows), width * 0.34) + 22
    height = 22.0 if len(rows) <= 30 else 16.0
    canvas = Canvas(width, 72 + height * len(rows), theme)
    _account_key(canvas, say)
    for i, row in enumerate(rows):
        y = 44 + i * height
        url = link(row.source_id) if link and row.source_id else None
        canvas.text(left - 10, y + height / 2 + 4, row.label, size=12, anchor="end", room=left - 22, url=url)
        _account_bar(canvas, row, (left, y + height * 0.2, width - left - 74, height * 0.6), url, say)
        canvas.text(width - 12, y + height / 2 + 4, f"{row.chars:,}", size=SMALL, colour="soft", anchor="end")
    shares = _percents(_together("", rows))
    canvas.text(left, 60 + height * len(rows), _account_words(shares, say), size=SMALL, colour="soft")
    canvas.figure.alt = say("alt", "account", n=len(account), kept=shares[0], repaired=shares[1], aside=shares[2])
    return canvas.figure


class _Bar(NamedTuple):
    """One text's characters."""

    label: str
    source_id: str
    chars: int
    kept: int
    repaired: int
    aside: int


_PARTS = (("kept", "amount", 0.75), ("repaired", "label", 0.9), ("aside", "soft", 0.35))


def _account_rows(account: pd.DataFrame, say: Words) -> list[_Bar]:
    aside = account["chrome"] + account["caption"] + account["spam"]
    labels = [_source_label(*r) for r in zip(account["outlet"], account["published"], account["file"], strict=True)]
    counts = zip(*(map(int, c) for c in (account["chars"], account["kept"], account["repaired"], aside)), strict=True)
    rows = [_Bar(label, source, *n) for label, source, n in zip(labels, account["source_id"], counts, strict=True)]
    if len(rows) <= SHOWN:
        return rows
    rows.sort(key=lambda r: -r.chars)
    rest = rows[SHOWN - 1 :]
    return [*rows[: SHOWN - 1], _together(say("legend", "rest", n=len(rest)), rest)]


def _together(label: str, rows: list[_Bar]) -> _Bar:
    return _Bar(label, "", sum(r.chars for r in rows), sum(r.kept for r in rows), sum(r.repaired for r in rows), sum(r.aside for r in rows))


def _source_label(outlet: str, published: str, file: str) -> str:
    return " ".join(x for x in (outlet, published) if x) or file.rsplit("/", 1)[-1]


def _account_bar(canvas: Canvas, row: _Bar, box: tuple[float, float, float, float], url: str | None, say: Words) -> None:
    x, y, width, height = box
    sizes = row[3:]
    label = f"{row.label}: {_account_words(_percents(row), say)}"
    for size, (_, fill, alpha) in zip(sizes, _PARTS, strict=True):
        w = width * size / (sum(sizes) or 1)
        if w > 0:
            canvas.rect(x, y, w, height, fill=fill, alpha=alpha, url=url, label=label)
        x += w


def _percents(row: _Bar) -> list[str]:
    """Write shares in percent; what is there but rounds to nothing is written as less than one."""
    shares = [100 * n / (sum(row[3:]) or 1) for n in row[3:]]
    return ["<1" if 0 < s < 0.5 else f"{min(s, 99.9):.1f}" if 99 < s < 100 else f"{s:.0f}" for s in shares]


def _account_words(shares: list[str], say: Words) -> str:
    return say.join((f"{say('account', part)} {share}%" for (part, _, _), share in zip(_PARTS, shares, strict=True)), "part_joiner")


def _account_key(canvas: Canvas, say: Words) -> None:
    x = 12.0
    for part, fill, alpha in _PARTS:
        canvas.rect(x, 15, 13, 13, fill=fill, alpha=alpha)
        label = say("account", part)
        if part == "aside":
            label += f" ({say.join(say('account', r) for r in ('chrome', 'caption', 'spam'))})"
        canvas.text(x + 19, 26, label, size=SMALL, colour="soft")
        x += 19 + text_width(label, SMALL) + 18
    canvas.text(canvas.width - 12, 26, say("account", "characters"), size=SMALL, colour="soft", anchor="end")
    canvas.path([(12, 38), (canvas.width - 12, 38)], stroke="line", line=0.8)


