"""The words and numbers of figures, in the reader's language."""

from __future__ import annotations

import math
from collections.abc import Iterable

from casework.codebook import did_you_mean, load_codebook
from casework.text import CaseworkError

__all__ = ["LANGUAGES", "Words"]

LANGUAGES = ("en", "zh")


class Words:
    """Looks words up in the codebook `figures` for one language."""

    def __init__(self, lang: str) -> None:
        if lang not in LANGUAGES:
            raise CaseworkError(f"no language '{lang}'{did_you_mean(lang, LANGUAGES)}")
        self.lang = lang
        self._book = load_codebook("figures")
        findings = load_codebook("findings")
        self._values = {**findings.section("values"), **load_codebook("site").section("values")}
        self._classifiers = findings.section("classifiers") if lang == "en" else {}

    def __call__(self, section: str, key: str, **fields: object) -> str:
        """Give a word or a sentence; a key that the section lacks is shown as it is.

        >>> Words("en")("account", "kept"), Words("en")("account", "else"), Words("en")("legend", "times", n=1)
        ('kept', 'else', '1 time')
        """
        entry = self._book.section(section).get(key)
        template = str(entry[self.lang]) if entry is not None else key
        return template.format(**{k: _Count(v) if isinstance(v, int) else v for k, v in fields.items()}) if fields else template

    def value(self, code: str) -> str:
        """Name a code of a table's vocabulary, as the pages name it.

        >>> Words("zh").value("land_area")
        '土地面积'
        """
        entry = self._values.get(code)
        return str(entry[self.lang]) if entry is not None else code

    def join(self, items: Iterable[str], joiner: str = "list_joiner") -> str:
        """Join items as the language does; `part_joiner` for the parts of a name."""
        return str(self._book.section(joiner)[self.lang]).join(items)

    def number(self, value: float) -> str:
        """Write a number for people: grouped, with the language's magnitudes, three significant digits at most where large.

        >>> Words("en").number(1234567), Words("en").number(3000), Words("en").number(0.25)
        ('1.23 million', '3,000', '0.25')
        >>> Words("zh").number(200000)
        '20万'
        """
        magnitudes = self._book.section("magnitudes")[self.lang]
        for size, name in magnitudes.items():
            if abs(value) >= size:
                return f"{_short(value / size)}{name}"
        return _short(value) if abs(value) < 1000 and not float(value).is_integer() else f"{value:,.0f}"

    def unit(self, unit: str) -> str:
        """Name a unit, a classifier by what it counts.

        >>> Words("en").unit("yuan"), Words("zh").unit("count:户"), Words("en").unit("count:户")
        ('yuan', '户', 'households')
        """
        if not unit.startswith("count:"):
            return self.value(unit)
        word = unit.split(":", 1)[1]
        return str(self._classifiers.get(word, word)).rpartition("|")[2]

    def denominators(self, per: str) -> str:
        """Name denominators joined by `;`.

        >>> Words("en").denominators("year;mu")
        'a year, a mu'
        """
        return self.join(self._per(p) for p in per.split(";") if p)

    def _per(self, one: str) -> str:
        return self("per", "other", word=one.split(":", 1)[1]) if one.startswith("other:") else self("per", one)

    def amount(self, low: float, high: float, unit: str = "") -> str:
        """Write an amount with its open ends.

        >>> Words("en").amount(1000, math.nan, "mu"), Words("en").amount(4000, 5000), Words("en").amount(math.nan, 40, "percent")
        ('≥ 1,000 mu', '4,000–5,000', '≤ 40%')
        """
        if math.isnan(low) or math.isnan(high):
            text = f"≤ {self.number(high)}" if math.isnan(low) else f"≥ {self.number(low)}"
        else:
            text = self.number(low) if low == high else f"{self.number(low)}–{self.number(high)}"
        name = self.unit(unit) if unit else ""
        return text + ("" if not name or name == "%" or self.lang == "zh" else " ") + name


class _Count(int):
    """A number that a sentence can ask for with its noun: {n:case|cases}."""

    def __format__(self, spec: str) -> str:
        one, bar, more = spec.partition("|")
        return f"{int(self):,} {one if self == 1 else more}" if bar else f"{int(self):,}"


def _short(value: float) -> str:
    text = f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return text if "e" not in text else f"{value:,.0f}"
