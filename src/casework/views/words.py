"""The words that pages and tables use, in the reader's language."""

from __future__ import annotations

import re
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
        books = [load_codebook("findings"), load_codebook("site")]
        self.lang = lang
        self._words, self._values, self._columns = (
            {str(k): str(v[lang]) for book in books for k, v in book.section(part).items()} for part in ("words", "values", "columns")
        )
        self._classifiers = {str(k): str(v) for k, v in books[0].section("classifiers").items()} if lang == "en" else {}
        self._rules: dict[str, str] = {k: v[lang] for k, v in books[1].section("rules").items()}
        self._problems: dict[str, str] = {k: v[lang] for k, v in books[1].section("problems").items()}

    def __call__(self, key: str, n: int | None = None) -> str:
        """Give a word of the page itself, for one or for `n`; a missing one is a mistake of ours.

        >>> load_words("en")("sources", 1), load_words("en")("sources", 3), load_words("zh")("sources", 1)
        ('source', 'sources', '来源')
        """
        return _number(self._words[key], n == 1)

    def has(self, key: str) -> bool:
        """Tell whether the pages have a word for this."""
        return key in self._words

    def value(self, key: str, one: bool = False) -> str:
        """Give a table's value as a reader should see it, a unit for `one` or for more; one that is not listed, itself.

        >>> load_words("en").value("land_area"), load_words("en").value("branch_led_farm")
        ('land', 'branch led farm')
        >>> load_words("en").value("week"), load_words("en").value("week", one=True), load_words("zh").value("week", one=True)
        ('weeks', 'week', '周')
        """
        return _number(self._values.get(key, key.replace("_", " ")), one)

    def problem_kind(self, code: str) -> str:
        """Say what a problem's code means; that of a cleaner is its doubt about what it changed."""
        if code in self._rules:
            return self("problem_reading").format(rule=self.rules(code))
        return self._problems.get(code, code.replace("_", " "))

    def rules(self, rules: str) -> str:
        """Say what the cleaners did that an edit names, one or several joined by `;`."""
        return self.join([self._rules.get(r, r.replace("_", " ")) for r in rules.split(";") if r])

    def column(self, key: str) -> str:
        """Give a column's name as a heading."""
        return self._columns.get(key, key.replace("_", " "))

    def classifier(self, word: str, one: bool = False) -> str:
        """Give what a classifier counts, for `one` or for more; one that is not listed, itself.

        >>> load_words("en").classifier("户"), load_words("en").classifier("户", one=True), load_words("zh").classifier("户")
        ('households', 'household', '户')
        """
        return _number(self._classifiers.get(word, word), one)

    def problem(self, code: str, message: str) -> str:
        """Say a problem of the input in the language of the page: its message in English, else what is known of its kind.

        >>> load_words("zh").problem("slips", "己经 read as 已经"), load_words("zh").problem("binary", "a.txt: is not text")
        ('“己经”读作“已经”', '不是文本文件')
        """
        if self.lang == "en":
            return message
        book = load_codebook("findings")
        for pattern in book.section("patterns"):
            if found := re.fullmatch(str(pattern["en"]), message):
                return str(pattern[self.lang]).format(*found.groups())
        entry = book.section("problems").get(code)
        return str(entry[self.lang]) if entry is not None else message

    def join(self, parts: list[str]) -> str:
        """Join words as the language lists them."""
        return self("list_sep").join(parts)


def _number(words: str, one: bool) -> str:
    """Choose of `one|more`."""
    single, bar, more = words.partition("|")
    return more if bar and not one else single


@cache
def load_words(lang: str) -> Words:
    """Load the words of a language, `en` or `zh`."""
    return Words(lang)
