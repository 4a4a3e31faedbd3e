"""The words that pages and tables use, in the reader's language."""

from __future__ import annotations

from functools import cache

from casework.codebook import did_you_mean, load_codebook
from casework.text import CaseworkError

__all__ = ["LANGUAGES", "Words", "load_words"]

LANGUAGES = ("en", "zh")


class Words:
    """The words of one language: `words("kept")` for a page's own, `.value("mu")` for a table's."""

    def __init__(self, lang: str) -> None:
        if lang not in LANGUAGES:
            raise CaseworkError(f"no language '{lang}'{did_you_mean(lang, LANGUAGES)}")
        book = load_codebook("site")
        self.lang = lang
        self._words: dict[str, str] = {k: v[lang] for k, v in book.section("words").items()}
        self._values: dict[str, str] = {k: v[lang] for k, v in book.section("values").items()}
        self._columns: dict[str, str] = {k: v[lang] for k, v in book.section("columns").items()}

    def __call__(self, key: str) -> str:
        """Give a word of the page itself; a missing one is a mistake of ours."""
        return self._words[key]

    def has(self, key: str) -> bool:
        """Tell whether the pages have a word for this."""
        return key in self._words

    def value(self, key: str) -> str:
        """Give a table's value as a reader should see it; one that is not listed, itself.

        >>> load_words("en").value("land_area"), load_words("en").value("branch_led_farm")
        ('land', 'branch led farm')
        """
        return self._values.get(key, key.replace("_", " "))

    def column(self, key: str) -> str:
        """Give a column's name as a heading."""
        return self._columns.get(key, key.replace("_", " "))

    def join(self, parts: list[str]) -> str:
        """Join words as the language lists them."""
        return self("list_sep").join(parts)


@cache
def load_words(lang: str) -> Words:
    """Load the words of a language, `en` or `zh`."""
    return Words(lang)
