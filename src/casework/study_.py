"""A study's YAML: which raw texts, which codebooks, which reports, what may be published.

Everything is checked when the file is loaded, before anything is built: an unknown key, a
wrong type, a missing file and a path out of the project are refused with file and line.
"""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from casework.codebook import did_you_mean, line_of, load_yaml
from casework.sources import read_rows
from casework.text import CaseworkError

__all__ = ["Attribute", "Author", "Correction", "ReportSpec", "Study", "load_study", "read_attributes", "read_corrections"]

T = TypeVar("T")
Publish = Literal["full", "quotes", "none"]
CHOICES: Mapping[str, tuple[str, ...]] = {
    "publish": ("full", "quotes", "none"),
    "lang": ("en", "zh"),
    "foreach": ("", "case", "village", "township", "county", "prefecture", "province"),
}


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


@dataclass(frozen=True)
class Study:
    """What a study is. All paths are absolute; `folder` is the project's root."""

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
    lang: Literal["en", "zh"] = "en"
    cite: str = ""
    authors: tuple[Author, ...] = ()
    date: str = ""
    version: str = ""
    licence: str = ""

    @property
    def tables_dir(self) -> Path:
        """Where `build` writes the full tables."""
        return self.folder / ".casework" / self.name / "tables"

    @property
    def published_dir(self) -> Path:
        """Where `build` writes what may be published."""
        return self.folder / "data" / "processed" / self.name

    @property
    def reports_dir(self) -> Path:
        """Where the reports go."""
        return self.folder / "reports" / self.name

    def title_in(self, lang: str) -> str:
        """Give the title in a language, else in the other one, else the name."""
        return self.title.get(lang) or next(iter(self.title.values()), self.name)


@dataclass(frozen=True, slots=True)
class Correction:
    """A researcher's last word on one cell: `row_id` names the row of `claims`, `labels` …"""

    row_id: str
    field: str
    value: str
    reason: str
    by: str
    line: int


@dataclass(frozen=True, slots=True)
class Attribute:
    """A figure from outside, such as a yearbook's, on one place."""

    place_code: str
    variable: str
    value: str
    source: str
    line: int


def load_study(path: Path | str) -> Study:
    """Load and check a study's YAML file.

    Its paths count from the folder above `studies/`, or from the study's own folder where it is
    not in a `studies/`. Raises CaseworkError with file and line.
    """
    path = Path(path)
    keys = _Keys(path, load_yaml(path), "the study", _root_of(path))
    values = {name: read(keys, name) for name, read in _FIELDS.items()}
    keys.refuse_unknown([*_FIELDS, "codebooks", "cleaners", "reports"])
    if not values["name"]:
        raise keys.error(None, "the study lacks 'name'")
    if values["raw"] is None:
        raise keys.error(None, "the study lacks 'raw', the folder of its texts")
    beside = {name: values[name] or _beside(values["raw"], f"{name}.csv") for name in ("manifest", "places")}
    return Study(
        file=Path(os.path.abspath(path)), folder=keys.root,
        codebooks={str(k): keys.inside("codebooks", k, v, is_there=Path.is_file) for k, v in keys.mapping("codebooks").items()},
        cleaners_off=frozenset(keys.below("cleaners", ("off",)).words("off")),
        reports=_reports(keys), **{**values, **beside},
    )


def _root_of(path: Path) -> Path:
    folder = Path(os.path.abspath(path)).parent
    return folder.parent if folder.name == "studies" else folder


def _beside(raw: Path, name: str) -> Path | None:
    return raw / name if (raw / name).is_file() else None


class _Keys:
    """One mapping of the study's file: typed look-ups that name file and line when they fail."""

    def __init__(self, path: Path, node: Mapping[str, Any], what: str, root: Path) -> None:
        self.path, self.node, self.what, self.root = path, node, what, root

    def error(self, key: object, message: str) -> CaseworkError:
        line = line_of(self.node, key) if key is not None else max(1, line_of(self.node))
        return CaseworkError(f"{self.path}:{line}: {message}")

    def refuse_unknown(self, known: list[str]) -> None:
        for key in self.node:
            if key not in known:
                where = "" if self.what == "the study" else f" in {self.what}"
                raise self.error(key, f"unknown key '{key}'{where}{did_you_mean(str(key), known)}")

    def get(self, key: str, kind: type[T], says: str, default: T) -> T:
        value = self.node.get(key)
        if value is None:
            return default
        if not isinstance(value, kind) or isinstance(value, bool):
            found = f", not {value!r}" if not isinstance(value, (list, dict)) else ""
            raise self.error(key, f"'{key}' must be {says}{found}")
        return value

    def text(self, key: str) -> str:
        return str(self.get(key, str, "text", "")).strip()

    def mapping(self, key: str) -> Mapping[str, Any]:
        return self.get(key, dict, "keys and values", {})

    def items(self, key: str) -> list[Any]:
        return self.get(key, list, "a list", [])

    def words(self, key: str) -> list[str]:
        words = self.items(key)
        for word in words:
            if not isinstance(word, str):
                raise self.error(key, f"'{key}' must be a list of texts; it holds {word!r}")
        return [str(w) for w in words]

    def choice(self, key: str) -> str:
        value = self.text(key) or CHOICES[key][{"publish": 1}.get(key, 0)]
        if value not in CHOICES[key]:
            raise self.error(key, f"'{key}' is '{value}'{did_you_mean(value, [c for c in CHOICES[key] if c])}")
        return value

    def below(self, key: str, known: tuple[str, ...]) -> _Keys:
        keys = _Keys(self.path, self.mapping(key), f"'{key}'", self.root)
        keys.refuse_unknown(list(known))
        return keys

    def each(self, key: str, known: tuple[str, ...]) -> Iterator[_Keys]:
        for i, node in enumerate(self.items(key), start=1):
            if not isinstance(node, dict):
                raise self.error(key, f"'{key}' must be a list of keys and values; entry {i} is {node!r}")
            keys = _Keys(self.path, node, f"entry {i} of '{key}'", self.root)
            keys.refuse_unknown(list(known))
            yield keys

    def inside(self, key: str, inner: object, value: object, is_there: Callable[[Path], bool] | None) -> Path:
        """Make a path of the project absolute; refuse one that leaves it or, if asked, is not there."""
        at = _Keys(self.path, self.node[key], self.what, self.root) if inner is not None else self
        name = inner if inner is not None else key
        if not isinstance(value, str) or not value.strip():
            raise at.error(name, f"'{name}' must be a path, not {value!r}")
        path = Path(os.path.normpath(self.root / value))
        if Path(value).is_absolute() or not path.is_relative_to(self.root) or not path.resolve().is_relative_to(self.root.resolve()):
            raise at.error(name, f"'{name}' leaves the project: {value}")
        if is_there is not None and not is_there(path):
            raise at.error(name, f"'{name}' names {value}, which is not there")
        return path


def _name(keys: _Keys, key: str) -> str:
    name = keys.text(key)
    if name and not re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", name):
        raise keys.error(key, f"'{key}' is '{name}'; use small letters, digits and hyphens, since it names folders")
    return name


def _title(keys: _Keys, key: str) -> Mapping[str, str]:
    titles = keys.below(key, CHOICES["lang"])
    return {lang: titles.text(lang) for lang in titles.node}


def _file(keys: _Keys, key: str) -> Path | None:
    value = keys.node.get(key)
    return None if value is None else keys.inside(key, None, value, is_there=Path.is_file)


def _folder(keys: _Keys, key: str) -> Path | None:
    # The texts themselves may be elsewhere (--raw): whether they are there is the build's question.
    value = keys.node.get(key)
    return None if value is None else keys.inside(key, None, value, is_there=None)


def _authors(keys: _Keys, key: str) -> tuple[Author, ...]:
    plain = [a for a in keys.items(key) if isinstance(a, str)]
    if len(plain) == len(keys.items(key)):
        return tuple(Author(str(a)) for a in plain)
    each = list(keys.each(key, ("name", "orcid", "affiliation")))
    for author in each:
        if not author.text("name"):
            raise author.error(None, f"{author.what} lacks 'name'")
    return tuple(Author(a.text("name"), a.text("orcid"), a.text("affiliation")) for a in each)


def _date(keys: _Keys, key: str) -> str:
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


def _version(keys: _Keys, key: str) -> str:
    value = keys.node.get(key)
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else keys.text(key)


_FIELDS: Mapping[str, Callable[[_Keys, str], Any]] = {
    "name": _name, "title": _title, "raw": _folder, "manifest": _file, "places": _file, "attributes": _file, "corrections": _file,
    "publish": _Keys.choice, "lang": _Keys.choice, "cite": _Keys.text, "authors": _authors, "date": _date, "version": _version,
    "licence": _Keys.text,
}


def _reports(keys: _Keys) -> tuple[ReportSpec, ...]:
    reports: list[ReportSpec] = []
    for entry in keys.each("reports", ("name", "notebook", "foreach", "parameters")):
        name = _name(entry, "name")
        if not name:
            raise entry.error(None, f"{entry.what} lacks 'name'")
        if any(r.name == name for r in reports):
            raise entry.error("name", f"report '{name}' stands twice")
        notebook = _file(entry, "notebook") or keys.root / "notebooks" / f"{name}.ipynb"
        reports.append(ReportSpec(name, notebook, entry.choice("foreach"), _parameters(entry)))
    return tuple(reports)


def _parameters(entry: _Keys) -> Mapping[str, Any]:
    given = entry.mapping("parameters")
    at = _Keys(entry.path, given, entry.what, entry.root)
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


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """Read a study's corrections: row_id, field, value, reason, by.

    Raises CaseworkError with file and line; a reason and a name are asked for, and a cell may be
    corrected once only.
    """
    out: dict[tuple[str, str], Correction] = {}
    for line, row in read_rows(path, ("row_id", "field", "value", "reason", "by")):
        for column in ("row_id", "field", "reason", "by"):
            if not row[column]:
                raise CaseworkError(f"{path}:{line}: '{column}' is empty; a correction says what, why and who")
        key = row["row_id"], row["field"]
        if key in out:
            raise CaseworkError(f"{path}:{line}: '{row['field']}' of {row['row_id']} is corrected already in line {out[key].line}")
        out[key] = Correction(**row, line=line)
    return tuple(out.values())


def read_attributes(path: Path) -> tuple[Attribute, ...]:
    """Read figures from outside: place_code, variable, value, source; one value a place and variable."""
    out: dict[tuple[str, str], Attribute] = {}
    for line, row in read_rows(path, ("place_code", "variable", "value", "source")):
        for column in ("place_code", "variable", "source"):
            if not row[column]:
                raise CaseworkError(f"{path}:{line}: '{column}' is empty")
        key = row["place_code"], row["variable"]
        if key in out:
            raise CaseworkError(f"{path}:{line}: '{row['variable']}' of {row['place_code']} stands already in line {out[key].line}")
        out[key] = Attribute(**row, line=line)
    return tuple(out.values())
