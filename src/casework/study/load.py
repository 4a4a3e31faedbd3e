"""A study's YAML: which raw texts, which codebooks, which reports, what may be published.

Everything is checked when the file is loaded, before anything is built: an unknown key, a
wrong type, a missing file and a path out of the project are refused with file and line.
"""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from casework.codebook import did_you_mean, line_of, load_yaml
from casework.study.keys import CHOICES, Keys
from casework.text import CaseworkError

__all__ = ["Author", "ReportSpec", "Study", "load_study"]

Publish = Literal["full", "quotes", "none"]


@dataclass(frozen=True, slots=True)
class Author:
    """One author of a study."""

    name: str
    orcid: str = ""
    affiliation: str = ""


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """One report: a notebook and its parameters, once or for each case (or place of a level)."""

    name: str
    notebook: Path
    foreach: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """File and line of the entry (under the empty key) and of each of its parameters."""


@dataclass(frozen=True)
class Study:
    """What a study is. All paths are absolute; `folder` is the project's root.

    What is made of it goes below `home`, where that is given: `verify` makes it all again in a folder that was empty.
    """

    name: str
    file: Path
    folder: Path
    raw: Path
    title: Mapping[str, str] = field(default_factory=dict)
    manifest: Path | None = None
    places: Path | None = None
    attributes: Path | None = None
    corrections: Path | None = None
    codebooks: Mapping[str, Path] = field(default_factory=dict)
    cleaners_off: frozenset[str] = frozenset()
    reports: tuple[ReportSpec, ...] = ()
    publish: Publish = "quotes"
    langs: tuple[str, ...] = ("en",)
    cite: str = ""
    authors: tuple[Author, ...] = ()
    date: str = ""
    version: str = ""
    licence: str = ""
    home: Path | None = None

    @property
    def work_dir(self) -> Path:
        """Where things are kept that can be made again: tables, caches."""
        return (self.home or self.folder) / ".casework" / self.name

    @property
    def lang(self) -> str:
        """The language that the site opens in; the others of `langs` have pages of their own."""
        return self.langs[0]

    @property
    def tables_dir(self) -> Path:
        """Where `build` writes the full tables."""
        return self.work_dir / "tables"

    @property
    def published_dir(self) -> Path:
        """Where `build` writes what may be published."""
        return (self.home or self.folder) / "data" / "processed" / self.name

    @property
    def reports_dir(self) -> Path:
        """Where the reports go."""
        return (self.home or self.folder) / "reports" / self.name

    def title_in(self, lang: str) -> str:
        """Give the title in a language, else in the other one, else the name."""
        return self.title.get(lang) or next(iter(self.title.values()), self.name)


def load_study(path: Path | str) -> Study:
    """Load and check a study's YAML file.

    Its paths count from the folder above `studies/`, or from the study's own folder where it is
    not in a `studies/`. Raises CaseworkError with file and line.
    """
    path = Path(path)
    if path.is_dir():
        raise CaseworkError(f"{path}: is a folder; {_studies_in(path)}")
    keys = Keys(path, load_yaml(path), "the study", _root_of(path))
    values = {name: read(keys, name) for name, read in _FIELDS.items()}
    keys.refuse_unknown([*_FIELDS, "codebooks", "cleaners", "reports"])
    if not values["name"]:
        raise keys.error(None, "the study lacks 'name'")
    if values["raw"] is None:
        raise keys.error(None, "the study lacks 'raw', the folder of its texts")
    values["langs"] = values.pop("lang")
    beside = {name: values[name] or _beside(values["raw"], f"{name}.csv") for name in ("manifest", "places")}
    return Study(
        file=Path(os.path.abspath(path)), folder=keys.root,
        codebooks={str(k): keys.inside("codebooks", k, v, is_there=Path.is_file) for k, v in keys.mapping("codebooks").items()},
        cleaners_off=_cleaners_off(keys.below("cleaners", ("off",))),
        reports=_reports(keys), **{**values, **beside},
    )


def _studies_in(folder: Path) -> str:
    found = [p.as_posix() for where in (folder, folder / "studies") for p in sorted(where.glob("*.y*ml"))]
    more = f" or {len(found) - 5} more" if len(found) > 5 else ""
    return f"name the study's file in it: {', '.join(found[:5])}{more}" if found else "it holds no study; `casework init DIR` makes one"


def _root_of(path: Path) -> Path:
    folder = Path(os.path.abspath(path)).parent
    return folder.parent if folder.name == "studies" else folder


def _beside(raw: Path, name: str) -> Path | None:
    return raw / name if (raw / name).is_file() else None


def _name(keys: Keys, key: str) -> str:
    name = keys.text(key)
    if name and not re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", name):
        raise keys.error(key, f"'{key}' is '{name}'; use small letters, digits and hyphens, since it names folders")
    return name


def _title(keys: Keys, key: str) -> Mapping[str, str]:
    titles = keys.below(key, CHOICES["lang"])
    return {lang: titles.text(lang) for lang in titles.node}


def _langs(keys: Keys, key: str) -> tuple[str, ...]:
    if not isinstance(keys.node.get(key), list):
        return (keys.choice(key),)
    langs = keys.words(key)
    for i, lang in enumerate(langs):
        if lang not in CHOICES[key] or lang in langs[:i]:
            raise keys.error(key, f"'{key}' lists '{lang}'" + (" twice" if lang in langs[:i] else did_you_mean(lang, CHOICES[key])))
    return tuple(langs) or (CHOICES[key][0],)


def _file(keys: Keys, key: str) -> Path | None:
    value = keys.node.get(key)
    return None if value is None else keys.inside(key, None, value, is_there=Path.is_file)


def _folder(keys: Keys, key: str) -> Path | None:
    # The texts themselves may be elsewhere (--raw): whether they are there is the build's question.
    value = keys.node.get(key)
    return None if value is None else keys.inside(key, None, value, is_there=None)


def _cleaners_off(keys: Keys) -> frozenset[str]:
    names = keys.words("off")
    if names:
        # Cleaners bring large dictionaries along; most studies switch none off.
        from casework.clean import CLEANERS

        for i, name in enumerate(names):
            if name not in CLEANERS:
                line = line_of(keys.items("off"), i) or line_of(keys.node, "off")
                raise CaseworkError(f"{keys.path}:{line}: no cleaner '{name}'{did_you_mean(name, CLEANERS)}")
    return frozenset(names)


def _authors(keys: Keys, key: str) -> tuple[Author, ...]:
    plain = [a for a in keys.items(key) if isinstance(a, str)]
    if len(plain) == len(keys.items(key)):
        return tuple(Author(str(a)) for a in plain)
    each = list(keys.each(key, ("name", "orcid", "affiliation")))
    for author in each:
        if not author.text("name"):
            raise author.error(None, f"{author.what} lacks 'name'")
    return tuple(Author(a.text("name"), a.text("orcid"), a.text("affiliation")) for a in each)


def _date(keys: Keys, key: str) -> str:
    value = keys.node.get(key)
    text = value.isoformat() if isinstance(value, datetime.date) else keys.text(key)
    if text and not _is_day(text):
        raise keys.error(key, f"'{key}' is '{text}'; write a day as YYYY-MM-DD")
    return text


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _version(keys: Keys, key: str) -> str:
    value = keys.node.get(key)
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else keys.text(key)


_FIELDS: Mapping[str, Callable[[Keys, str], Any]] = {
    "name": _name, "title": _title, "raw": _folder, "manifest": _file, "places": _file, "attributes": _file, "corrections": _file,
    "publish": Keys.choice, "lang": _langs, "cite": Keys.text, "authors": _authors, "date": _date, "version": _version,
    "licence": Keys.text,
}


def _reports(keys: Keys) -> tuple[ReportSpec, ...]:
    reports: list[ReportSpec] = []
    for entry in keys.each("reports", ("name", "notebook", "foreach", "parameters")):
        name = _name(entry, "name")
        if not name:
            raise entry.error(None, f"{entry.what} lacks 'name'")
        if any(r.name == name for r in reports):
            raise entry.error("name", f"report '{name}' stands twice")
        notebook = _file(entry, "notebook") or keys.root / "notebooks" / f"{name}.ipynb"
        reports.append(ReportSpec(name, notebook, entry.choice("foreach"), _parameters(entry), _where(entry)))
    return tuple(reports)


def _where(entry: Keys) -> Mapping[str, str]:
    given = entry.mapping("parameters")
    return {"": f"{entry.path}:{line_of(entry.node, 'name')}"} | {str(k): f"{entry.path}:{line_of(given, k)}" for k in given}


def _parameters(entry: Keys) -> Mapping[str, Any]:
    given = entry.mapping("parameters")
    at = Keys(entry.path, given, entry.what, entry.root)
    for key, value in given.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", str(key)):
            raise at.error(key, f"'{key}' cannot be a parameter's name")
        if isinstance(value, dict) or isinstance(value, list) and any(isinstance(v, (list, dict)) for v in value):
            raise at.error(key, f"parameter '{key}' must be a text, a number or a list of them")
    return {str(k): _plain(v) for k, v in given.items()}


def _plain(value: Any) -> Any:
    """Turn what ruamel.yaml read into plain Python values, dates into text."""
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value
