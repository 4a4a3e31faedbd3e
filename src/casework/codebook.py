"""Load and check the YAML codebooks: what the words mean is data, not code.

Every codebook has `name`, `version` and `about`; what else it holds is read by the
module that uses it, through `Codebook.section`, which refuses what it does not know.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from casework.text import CaseworkError

__all__ = ["BUILTIN", "Codebook", "any_of", "did_you_mean", "line_of", "load_codebook", "load_yaml", "plain"]

Shape = TypeVar("Shape")

BUILTIN = Path(__file__).parent / "codebooks"
MAX_BYTES = 5_000_000


@dataclass(frozen=True)
class Codebook:
    """One YAML codebook: its name, version, content digest and body."""

    name: str
    version: int
    file: str
    digest: str
    body: Mapping[str, Any] = field(repr=False)

    def section(self, key: str) -> Any:
        """Give a top-level section, or say which ones there are."""
        if key not in self.body:
            raise CaseworkError(f"{self.file}: codebook '{self.name}' has no section '{key}'{did_you_mean(key, self.body)}")
        return self.body[key]

    def terms(self, key: str) -> tuple[str, ...]:
        """Give a section that is a list of words, refused where a word is empty or stands twice."""
        words = self.section(key)
        if not isinstance(words, Sequence) or isinstance(words, str):
            raise CaseworkError(f"{self.file}:{line_of(self.body, key)}: '{key}' must be a list of words")
        seen: set[str] = set()
        for i, word in enumerate(words):
            if not isinstance(word, str) or not word.strip():
                raise CaseworkError(f"{self.file}:{line_of(words, i)}: '{key}' holds an empty or unquoted word: {word!r}")
            if word in seen:
                raise CaseworkError(f"{self.file}:{line_of(words, i)}: '{key}' holds '{word}' twice")
            seen.add(word)
        return tuple(words)

    def read(self, key: str, shape: type[Shape]) -> Shape:
        """Fill a dataclass from a section: each field takes the entry of its name, as the field's type says.

        Where a field is a pattern, a list of words makes one of any of them, and a string the one it writes.
        """
        section = self.section(key)
        kinds = get_type_hints(shape)
        for name in kinds:
            if name not in section:
                raise CaseworkError(f"{self.file}:{line_of(self.body, key)}: '{key}' lacks '{name}'")
        return shape(**{name: _as(kind, section[name]) for name, kind in kinds.items()})

    def check_keys(self, where: Mapping[str, Any], what: str, required: Iterable[str], optional: Iterable[str] = ()) -> None:
        """Refuse an entry with an unknown or a missing key, naming file and line."""
        required, known = set(required), {*required, *optional}
        for key in where:
            if key not in known:
                raise CaseworkError(f"{self.file}:{line_of(where, key)}: {what} has an unknown key '{key}'{did_you_mean(key, known)}")
        for key in sorted(required - where.keys()):
            raise CaseworkError(f"{self.file}:{line_of(where)}: {what} lacks '{key}'")


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Make the pattern of any of some words, the longest first."""
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))


def _as(kind: Any, value: Any) -> Any:
    """Turn an entry into what a type asks for."""
    maker = get_origin(kind) or kind
    if maker is re.Pattern:
        return re.compile(value) if isinstance(value, str) else any_of(value)
    if maker is dict:
        return {k: _as(get_args(kind)[1], v) for k, v in value.items()}
    if maker in (tuple, frozenset):
        return maker(plain(value))
    return value if maker is Any else maker(value)


def plain(node: Any) -> Any:
    """Turn what ruamel.yaml read into dicts, tuples and values that are quick to look up."""
    if isinstance(node, Mapping):
        return {k: plain(v) for k, v in node.items()}
    if isinstance(node, Sequence) and not isinstance(node, str):
        return tuple(plain(v) for v in node)
    return node


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Give the end of an error message: the likeliest known word, or the known words.

    >>> did_you_mean("yaun", ["yuan", "mu"])
    "; did you mean 'yuan'?"
    """
    names = sorted(map(str, known))
    close = difflib.get_close_matches(str(word), names, n=1)
    return f"; did you mean '{close[0]}'?" if close else f"; known: {', '.join(names[:20])}"


def line_of(node: Any, key: Any = None) -> int:
    """Give the line (from 1) of a node that ruamel.yaml read, or of one of its entries; 0 if unknown."""
    try:
        if key is not None and isinstance(node, CommentedMap):
            return int(node.lc.key(key)[0]) + 1
        if key is not None and isinstance(node, CommentedSeq):
            return int(node.lc.item(key)[0]) + 1
        return int(node.lc.line) + 1
    except (AttributeError, KeyError, TypeError):
        return 0


def load_yaml(path: Path) -> CommentedMap:
    """Read a YAML file safely: a mapping, no duplicate keys, no tags, at most 5 MB."""
    if not path.is_file():
        raise CaseworkError(f"{path}: no such file")
    if path.stat().st_size > MAX_BYTES:
        raise CaseworkError(f"{path}: larger than {MAX_BYTES} bytes")
    try:
        data = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as e:
        raise CaseworkError(f"{path}: not UTF-8 at byte {e.start}") from None
    except YAMLError as e:
        mark = getattr(e, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise CaseworkError(f"{path}:{line}: not valid YAML: {getattr(e, 'problem', None) or e}") from None
    if not isinstance(data, CommentedMap):
        raise CaseworkError(f"{path}:1: must hold keys and values as YAML does, not {type(data).__name__}; is it the file you meant?")
    return data


@cache
def load_codebook(which: str | Path) -> Codebook:
    """Load a codebook by its built-in name (`units`) or from a path to a .yaml file.

    Raises CaseworkError with file and line where the file is not a codebook.
    """
    path = Path(which) if str(which).endswith((".yaml", ".yml")) else BUILTIN / f"{which}.yaml"
    if not path.is_file():
        known = sorted(p.stem for p in BUILTIN.glob("*.yaml"))
        raise CaseworkError(f"no codebook '{which}'{did_you_mean(str(which), known)}")
    body = load_yaml(path)
    for key, kind in (("name", str), ("version", int), ("about", str)):
        if not isinstance(body.get(key), kind):
            raise CaseworkError(f"{path}:1: a codebook needs '{key}' ({kind.__name__})")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Codebook(body["name"], body["version"], path.name, digest, body)
