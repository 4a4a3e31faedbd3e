"""CITATION.cff of a study, in the Citation File Format 1.2."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML

import casework
from casework.reports.papers import load_papers, orcid_url, spdx
from casework.study import Author, Study

__all__ = ["citation_cff"]


def citation_cff(study: Study, data: str) -> str:
    """Write the file; `data` is the content hash of the tables. Empty where the study names no author, since nobody can be cited."""
    if not study.authors:
        return ""
    words = load_papers(study.lang)
    licence = spdx(study.licence)
    out: dict[str, Any] = {
        "cff-version": "1.2.0", "message": words("cite_message"), "type": "dataset", "title": study.title_in(study.lang),
        "authors": [_author(a) for a in study.authors],
    }  # fmt: skip
    if study.version:
        out["version"] = study.version
    if study.date:
        out["date-released"] = study.date
    if licence:
        out["license"] = licence["id"]
    elif study.licence:
        out["abstract"] = words("licence_says", licence=study.licence)
    out["identifiers"] = [{"type": "other", "value": f"sha256:{data}", "description": words("tables_digest")}]
    software = {"type": "software", "title": "casework", "version": casework.__version__, "authors": [{"name": "The casework developers"}]}
    out["references"] = [software]
    stream = io.StringIO()
    yaml = YAML()
    yaml.width = 1000
    yaml.dump(out, stream)
    return stream.getvalue()


def _author(author: Author) -> dict[str, str]:
    """Write an author as a person where an ORCID or an affiliation says that it is one, else by name alone.

    >>> _author(Author("Lin, Xiaohe", affiliation="A university"))
    {'family-names': 'Lin', 'given-names': 'Xiaohe', 'affiliation': 'A university'}
    """
    if not (author.orcid or author.affiliation):
        return {"name": author.name}
    family, comma, given = (part.strip() for part in author.name.partition(","))
    if not comma:
        given, _, family = author.name.strip().rpartition(" ")
    person = {"family-names": family, "given-names": given, "orcid": orcid_url(author), "affiliation": author.affiliation}
    return {key: value for key, value in person.items() if value}
