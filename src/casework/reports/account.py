"""The account of the characters: kept, repaired, set aside; each raw character in exactly one."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from casework.text import parse_spans
from casework.views import Reading, load_words
from casework.views.reading import set_aside

__all__ = ["Account", "account_html", "account_of", "add_accounts"]


@dataclass(frozen=True, slots=True)
class Account:
    """How many characters were kept, repaired and set aside."""

    kept: int
    repaired: int
    aside: int

    @property
    def all(self) -> int:
        """All characters."""
        return self.kept + self.repaired + self.aside


def account_of(reading: Reading) -> Account:
    """Count a source's characters; what was set aside is not counted as repaired too."""
    chars = int(reading.source.get("chars") or 0)
    gone = bytearray(chars)
    for passage in reading.passages:
        if set_aside(passage.role):
            for span in parse_spans(passage.row.get("spans", "")):
                gone[span.start : span.end] = b"\1" * (min(span.end, chars) - span.start)
    aside = sum(gone)
    for edit in reading.of("edits"):
        start, end = int(edit["start"]), min(int(edit["end"]), chars)
        gone[start:end] = bytes(x or 2 for x in gone[start:end])
    repaired = gone.count(2)
    return Account(chars - aside - repaired, repaired, aside)


def add_accounts(accounts: list[Account]) -> Account:
    """Add accounts up."""
    return Account(sum(a.kept for a in accounts), sum(a.repaired for a in accounts), sum(a.aside for a in accounts))


def share(part: int, whole: int) -> str:
    """Write a share as a percentage: `93%`, `< 1%` for what is there but rounds to nothing."""
    value = 100 * part / whole if whole else 0
    return "< 1%" if 0 < value < 0.5 else "> 99%" if 99.5 <= value < 100 else f"{value:.0f}%"


def account_html(account: Account, lang: str = "en") -> str:
    """Write the account as a bar and its key."""
    words = load_words(lang)
    counts = {"kept": account.kept, "repaired": account.repaired, "aside": account.aside}
    parts = [(look, words("set_aside" if look == "aside" else look), n) for look, n in counts.items()]
    said = ", ".join(f"{label} {share(n, account.all)}" for _, label, n in parts)
    at = 0.0
    bars = []
    for look, _, n in parts:
        width = round(1000 * n / account.all, 1) if account.all else 0
        bars.append(f'<rect class="{look}" x="{at:g}" width="{width:g}" height="12"/>')
        at += width
    key = "".join(f'<span><i class="{look}"></i>{escape(label)} {share(n, account.all)} ({n:,})</span>' for look, label, n in parts)
    label = escape(f"{words('account')}{words('colon')}{said}")
    bar = f'<svg class="account" viewBox="0 0 1000 12" preserveAspectRatio="none" role="img" aria-label="{label}">{"".join(bars)}</svg>'
    return f'{bar}<p class="key">{key}</p>'
