"""The words and the common facts of a study's papers: README, citation, crate."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from casework.codebook import load_codebook
from casework.study import Author, Study
from casework.text import CaseworkError

__all__ = ["PaperWords", "lacking", "load_papers", "orcid_url", "spdx"]

_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])")


class PaperWords:
    """The words of one language: `words("papers")`, and `words.part("overview", n=3)` for a piece of the README."""

    def __init__(self, lang: str) -> None:
        book = load_codebook("provenance")
        self.lang = lang
        self._words: dict[str, str] = {k: v[lang] for k, v in book.section("words").items()}
        self._readme: dict[str, str] = {k: v[lang] for k, v in book.section("readme").items()}

    def __call__(self, key: str, **given: object) -> str:
        """Give a word or sentence."""
        return self._words[key].format(**given)

    def part(self, key: str, **given: object) -> str:
        """Give a piece of the README with what it names filled in."""
        return self._readme[key].format(**given)


@cache
def load_papers(lang: str) -> PaperWords:
    """Load the words of a language, `en` or `zh`."""
    return PaperWords(lang)


def spdx(licence: str) -> dict[str, Any] | None:
    """Give what is known of a licence that is written as an SPDX id or in a usual other way, else nothing.

    >>> spdx("CC0-1.0")["open"], spdx("CC BY 4.0")["id"], spdx("all rights reserved")
    (True, 'CC-BY-4.0', None)
    """
    said = licence.strip().casefold()
    for key, known in load_codebook("provenance").section("licences").items():
        if said in {name.casefold() for name in (key, *known.get("also", ()))}:
            return {"id": str(key), "name": str(known["name"]), "open": bool(known["open"])}
    return None


def lacking(study: Study) -> list[str]:
    """Name the keys of a study's file that its papers need and that it does not give."""
    given = {"title": study.title, "authors": study.authors, "date": study.date, "version": study.version, "licence": study.licence}
    return [key for key, value in given.items() if not value]


def orcid_url(author: Author) -> str:
    """Give an author's ORCID as an address, empty where there is none.

    >>> orcid_url(Author("A", "0000-0001-2345-6789"))
    'https://orcid.org/0000-0001-2345-6789'
    """
    if not author.orcid:
        return ""
    if (found := _ORCID.fullmatch(author.orcid.strip())) is None:
        raise CaseworkError(f"author '{author.name}': '{author.orcid}' is no ORCID; write it as 0000-0001-2345-6789")
    return f"https://orcid.org/{found[1]}"
