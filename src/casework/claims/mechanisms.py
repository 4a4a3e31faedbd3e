"""The codebook of mechanisms: codes with a definition, terms, nearness conditions and exceptions.

Whatever is wrong in one is refused with its file and line, so that a codebook that loads is one
whose rules can be read as they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casework.codebook import Codebook, did_you_mean, line_of, load_codebook
from casework.text import CaseworkError

__all__ = ["Code", "Mechanisms", "Near", "Negation", "read_mechanisms"]

_TOP = ("families", "codes")
_TOP_OPTIONAL = ("name", "version", "about", "exclusive", "negation")
_CODE = ("family", "label", "definition", "examples", "counter_examples")
_CODE_OPTIONAL = ("terms", "near", "not")
_NEGATION = ("before", "after", "within", "not")
_WITHIN = ("clause", "passage")


@dataclass(frozen=True, slots=True)
class Near:
    """A nearness condition: one word of each group, all within a clause, the passage or n characters."""

    groups: tuple[tuple[str, ...], ...]
    within: int | str


@dataclass(frozen=True, slots=True)
class Negation:
    """Words that undo a hit: `before` it or `after` it, within some characters of the same clause."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    within: int = 0
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """One mechanism: what it is called and means, and the rules by which it is found."""

    code: str
    family: str
    label: Mapping[str, str]
    definition: Mapping[str, str]
    terms: tuple[str, ...]
    near: tuple[Near, ...]
    exceptions: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


@dataclass(frozen=True)
class Mechanisms:
    """A checked codebook of mechanisms; `families` and `codes` keep the order of the file."""

    name: str
    version: int
    file: str
    digest: str
    families: Mapping[str, Mapping[str, str]]
    codes: Mapping[str, Code]
    exclusive: tuple[tuple[str, ...], ...] = ()
    negation: Negation = Negation()
    body: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def label(self, code: str, lang: str = "en") -> str:
        """Give a code's label in English or Chinese, or say which codes there are."""
        if code not in self.codes:
            raise CaseworkError(f"{self.file}: codebook '{self.name}' has no code '{code}'{did_you_mean(code, self.codes)}")
        return self.codes[code].label[lang]


def read_mechanisms(book: Codebook) -> Mechanisms:
    """Check a codebook's structure and give it as Mechanisms; examples are held against it by `load_mechanisms`."""
    book.check_keys(book.body, "the codebook", _TOP, _TOP_OPTIONAL)
    families = {key: _bilingual(book, value, f"family '{key}'", ("zh", "en")) for key, value in _mapping(book, "families").items()}
    codes = {key: _code(book, key, value, families) for key, value in _mapping(book, "codes").items()}
    exclusive = tuple(_exclusive(book, codes))
    return Mechanisms(book.name, book.version, book.file, book.digest, families, codes, exclusive, _negation(book), book.body)


def _refuse(book: Codebook, line: int, message: str) -> CaseworkError:
    return CaseworkError(f"{book.file}:{line}: {message}")


def _mapping(book: Codebook, key: str) -> Mapping[str, Any]:
    section = book.section(key)
    if not isinstance(section, Mapping) or not section:
        raise _refuse(book, line_of(book.body, key), f"'{key}' must hold names with entries below them")
    for name, entry in section.items():
        if not isinstance(name, str) or not isinstance(entry, Mapping):
            raise _refuse(book, line_of(section, name), f"'{name}' in '{key}' must be a name with keys and values below it")
    return section


def _bilingual(book: Codebook, value: Any, what: str, required: Sequence[str]) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise _refuse(book, line_of(value), f"{what} must be written {{zh: …, en: …}}")
    book.check_keys(value, what, required, ("zh", "en"))
    for lang, words in value.items():
        if not isinstance(words, str) or not words.strip():
            raise _refuse(book, line_of(value, lang), f"{what} has an empty '{lang}'; write some words or leave the key out")
    return {lang: str(words).strip() for lang, words in value.items()}


def _code(book: Codebook, key: str, entry: Mapping[str, Any], families: Mapping[str, Any]) -> Code:
    book.check_keys(entry, f"code '{key}'", _CODE, _CODE_OPTIONAL)
    if entry["family"] not in families:
        raise _refuse(book, line_of(entry, "family"), f"code '{key}' has an unknown family{did_you_mean(entry['family'], families)}")
    terms, near = _words(book, entry, "terms", key), tuple(_near(book, entry, key))
    if not terms and not near:
        raise _refuse(book, line_of(entry), f"code '{key}' has neither terms nor near; give it at least one term")
    return Code(
        key,
        entry["family"],
        _bilingual(book, entry["label"], f"the label of '{key}'", ("zh", "en")),
        _bilingual(book, entry["definition"], f"the definition of '{key}'", ("en",)),
        terms,
        near,
        _words(book, entry, "not", key),
        _words(book, entry, "examples", key, least=1),
        _words(book, entry, "counter_examples", key, least=1),
    )


def _words(book: Codebook, entry: Mapping[str, Any], key: str, code: str, least: int = 0) -> tuple[str, ...]:
    """Read a list of words, none empty, none twice."""
    words = entry.get(key, [])
    if not isinstance(words, Sequence) or isinstance(words, str) or len(words) < least:
        raise _refuse(book, line_of(entry, key), f"'{key}' of '{code}' must be a list{' with at least one entry' if least else ''}")
    for i, word in enumerate(words):
        if not isinstance(word, str) or not word.strip():
            raise _refuse(book, line_of(words, i), f"'{key}' of '{code}' holds an empty or unquoted word: {word!r}")
        if word in words[:i]:
            raise _refuse(book, line_of(words, i), f"'{key}' of '{code}' holds '{word}' twice; leave one out")
    return tuple(words)


def _near(book: Codebook, entry: Mapping[str, Any], code: str) -> Iterator[Near]:
    conditions = entry.get("near", [])
    if not isinstance(conditions, Sequence) or isinstance(conditions, str):
        raise _refuse(book, line_of(entry, "near"), f"'near' of '{code}' must be a list of {{all: […], within: …}}")
    for i, condition in enumerate(conditions):
        line = line_of(conditions, i)
        if not isinstance(condition, Mapping):
            raise _refuse(book, line, f"'near' of '{code}' must be a list of {{all: […], within: …}}")
        book.check_keys(condition, f"'near' of '{code}'", ("all", "within"))
        yield Near(tuple(_groups(book, condition, code)), _within(book, condition["within"], line, code))


def _within(book: Codebook, within: Any, line: int, code: str) -> int | str:
    """Read how near the words of a condition must stand."""
    if isinstance(within, int) and not isinstance(within, bool) and within > 0:
        return int(within)
    if within in _WITHIN:
        return str(within)
    raise _refuse(book, line, f"'within' of '{code}' is {within!r}; write a number of characters, clause or passage")


def _groups(book: Codebook, condition: Mapping[str, Any], code: str) -> Iterator[tuple[str, ...]]:
    """Read the groups of a condition: each a word, or a list of words of which any will do."""
    groups = condition["all"]
    if not isinstance(groups, Sequence) or isinstance(groups, str) or len(groups) < 2:
        raise _refuse(book, line_of(condition, "all"), f"'all' of '{code}' must be a list of at least two words or lists of words")
    for i, group in enumerate(groups):
        words = [group] if isinstance(group, str) else group
        if not isinstance(words, Sequence) or not words or not all(isinstance(w, str) and w.strip() for w in words):
            raise _refuse(book, line_of(groups, i), f"'all' of '{code}' holds an empty or unquoted word: {group!r}")
        yield tuple(words)


def _exclusive(book: Codebook, codes: Mapping[str, Code]) -> Iterator[tuple[str, ...]]:
    """Read which codes exclude each other, and refuse a term that two of them share."""
    groups = book.body.get("exclusive", [])
    for i, group in enumerate(groups):
        owner: dict[str, str] = {}
        for key in group:
            if key not in codes:
                raise _refuse(book, line_of(groups, i), f"'exclusive' names an unknown code '{key}'{did_you_mean(key, codes)}")
            for j, term in enumerate(codes[key].terms):
                if term in owner:
                    line = line_of(book.section("codes")[key]["terms"], j)
                    raise _refuse(
                        book, line, f"'{term}' is a term of '{owner[term]}' and of '{key}', which exclude each other; keep it in one"
                    )
                owner[term] = key
        yield tuple(group)


def _negation(book: Codebook) -> Negation:
    """Read the negation; a codebook without one takes the built-in one."""
    entry = book.body.get("negation")
    if entry is None:
        return Negation() if book.file == "mechanisms.yaml" else _negation(load_codebook("mechanisms"))
    if not isinstance(entry, Mapping):
        raise _refuse(book, line_of(book.body, "negation"), "'negation' must hold before, after, within and not")
    book.check_keys(entry, "'negation'", (), _NEGATION)
    within = entry.get("within", 6)
    if not isinstance(within, int) or within < 1:
        raise _refuse(book, line_of(entry, "within"), f"'within' of 'negation' is {within!r}; write a number of characters")
    before, after, exceptions = (_words(book, entry, key, "negation") for key in ("before", "after", "not"))
    return Negation(before, after, within, exceptions)
