"""Amounts in words: what a claim's parsed fields say, for a reader."""

from __future__ import annotations

from collections.abc import Mapping

from casework.views.words import Words, load_words

__all__ = ["amount_text", "number_text"]


def number_text(cell: str) -> str:
    """Write a table's number with its thousands apart.

    A long fraction, which a statistic made, is cut to four digits; what a text says is not that long.

    >>> number_text("1200000"), number_text("0.35"), number_text(""), number_text("7479.102536")
    ('1,200,000', '0.35', '', '7,479')
    """
    try:
        value = float(cell)
    except ValueError:
        return cell
    if value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.10g}" if "." in cell and len(cell) <= 6 else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def amount_text(claim: Mapping[str, str], lang: str = "en") -> str:
    """Write a claim's amount, open ends and denominators included.

    >>> amount_text({"low": "200000", "high": "", "unit": "yuan", "per": "year", "approx": "false"})
    '≥ 200,000 yuan a year'
    >>> amount_text({"low": "15", "high": "20", "unit": "percent", "per": "", "approx": "true"})
    '≈ 15–20%'
    >>> amount_text({"low": "1", "high": "1", "unit": "week"}), amount_text({"low": "1", "high": "", "unit": "count:户"})
    ('1 week', '≥ 1 household')

    A threshold, which only sorts, is said of those that it is about.

    >>> amount_text({"low": "", "high": "100000", "unit": "yuan", "flags": "threshold"})
    'those of ≤ 100,000 yuan'
    """
    words = load_words(lang)
    low, high = number_text(claim.get("low", "")), number_text(claim.get("high", ""))
    if low and high:
        number = low if low == high else f"{low}–{high}"
    else:
        number = f"≥ {low}" if low else f"≤ {high}" if high else "?"
    approx = "≈ " if claim.get("approx", "").lower() == "true" else ""
    amount = approx + number + _unit(claim.get("unit", ""), words, {low, high} <= {"1", ""}) + _per(claim.get("per", ""), words)
    sorts = claim.get("statistic") == "threshold" or "threshold" in claim.get("flags", "").split(";")
    return words("threshold_amount").format(amount=amount) if sorts else amount


def _unit(unit: str, words: Words, one: bool) -> str:
    kind, _, classifier = unit.partition(":")
    name = words.classifier(classifier, one) if classifier else words.value(kind, one)
    if not name or name == "%":
        return name
    return name if words.lang == "zh" else f" {name}"


def _each(classifier: str, words: Words) -> str:
    return words.classifier(classifier, one=True) or classifier


def _per(per: str, words: Words) -> str:
    parts = [p for p in per.split(";") if p]
    said = [_each(p.partition(":")[2], words) or words.value(f"per_{p}") for p in parts]
    return "".join(words("per_sep") + p for p in said)
