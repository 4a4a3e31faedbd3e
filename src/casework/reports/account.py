"""The account of the characters: kept, repaired, set aside; each raw character in exactly one."""

from __future__ import annotations

from html import escape

import pandas as pd

from casework.views import load_words

__all__ = ["PARTS", "account_html", "share"]

PARTS = ("kept", "repaired", "aside", "blank")


def share(part: int, whole: int) -> str:
    """Write a share as a percentage: `93%`, `< 1%` for what is there but rounds to nothing.

    >>> share(1, 2), share(1, 1000), share(999, 1000)
    ('50%', '< 1%', '> 99%')
    """
    value = 100 * part / whole if whole else 0
    return "< 1%" if 0 < value < 0.5 else "> 99%" if 99.5 <= value < 100 else f"{value:.0f}%"


def account_html(account: pd.DataFrame, lang: str = "en") -> str:
    """Write rows of `compare.character_account`, added up, as a bar and its key; blanks between passages are told, not drawn."""
    words = load_words(lang)
    total = {c: int(account[c].sum()) for c in ("kept", "repaired", "chrome", "caption", "spam", "blank")}
    counts = {"kept": total["kept"], "repaired": total["repaired"], "aside": total["chrome"] + total["caption"] + total["spam"]}
    whole = sum(counts.values())
    names = {look: words("set_aside" if look == "aside" else look) for look in counts}
    bars, at = [], 0.0
    for look, n in counts.items():
        width = round(1000 * n / whole, 1) if whole else 0
        bars.append(f'<rect class="{look}" x="{at:g}" width="{width:g}" height="12"/>')
        at += width
    key = "".join(f'<span><i class="{look}"></i>{escape(names[look])} {share(n, whole)} ({n:,})</span>' for look, n in counts.items())
    blank = f"<span>{escape(words('blank'))} {total['blank']:,}</span>" if total["blank"] else ""
    said = words("account") + words("colon") + words.join([f"{names[look]} {share(n, whole)}" for look, n in counts.items()])
    svg = '<svg class="account" viewBox="0 0 1000 12" preserveAspectRatio="none" role="img"'
    return f'{svg} aria-label="{escape(said)}">{"".join(bars)}</svg><p class="key">{key}{blank}</p>'
