"""What a study brings to every source, and the digests of what its rows depend on."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NoReturn

from casework.claims import Mechanisms, load_mechanisms
from casework.codebook import load_codebook
from casework.flow.records import Kit, read_source
from casework.places import Gazetteer, load_gazetteer
from casework.sources.source import make_source
from casework.study import Study
from casework.text import CaseworkError

__all__ = [
    "Settings", "built_in_kit", "load_gazetteer_of", "load_kit", "load_mechanisms_of", "own_version", "row_code_digest", "settings_of",
    "warm_up",
]  # fmt: skip

_HOME = Path(__file__).parents[1]
_LAYERS = (
    "text", "codebook", "codebooks", "data", "sources", "clean", "quantities", "places", "articles", "cases", "claims", "tables", "flow",
)
_MECHANISMS = _HOME / "codebooks" / "mechanisms.yaml"
# Words that make no row.
_IDLE = {_MECHANISMS, *(_HOME / "codebooks" / f"{name}.yaml" for name in ("figures", "findings", "score", "site"))}
_LIBRARIES = ("ahocorasick-rs", "lxml", "numpy", "opencc", "pyarrow", "pypdfium2", "python-docx", "rjieba", "ruamel-yaml", "trafilatura")


@dataclass(frozen=True, slots=True)
class Settings:
    """The files of a study that its rows depend on, with their digests, and the cleaners it switched off."""

    places: Path | None
    places_digest: str
    mechanisms: Path | None
    mechanisms_digest: str
    cleaners_off: frozenset[str]
    code: str

    @property
    def digest(self) -> str:
        """The digest of all that rows depend on, the mechanisms aside: only the codings depend on those."""
        told = [self.code, self.places_digest, *sorted(self.cleaners_off)]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


def settings_of(study: Study) -> Settings:
    """Give a study's settings as its files stand now."""
    mechanisms = study.codebooks.get("mechanisms")
    digests = _digest(study.places), _digest(mechanisms or _MECHANISMS)
    return Settings(study.places, digests[0], mechanisms, digests[1], study.cleaners_off, row_code_digest())


def _digest(path: Path | None) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path else ""
    except OSError as e:
        raise CaseworkError(f"{path}: cannot be read ({e.strerror})") from None


@cache
def row_code_digest() -> str:
    """Give the digest of the code and words that make rows, and of the libraries that they rest on.

    The reports and the mechanisms are not in it: the former make no row, the latter have a digest of their own.
    """
    digest = hashlib.sha256(f"{sys.version_info[:2]} {own_version()}".encode())
    for name in _LIBRARIES:
        digest.update(f"\n{name} {_version(name)}".encode())
    for path in sorted(p for layer in _LAYERS for p in (*_HOME.glob(f"{layer}.py"), *(_HOME / layer).rglob("*"))):
        if path.is_file() and path.suffix in (".py", ".yaml", ".bin") and path not in _IDLE:
            digest.update(f"\n{path.relative_to(_HOME).as_posix()} {_digest(path)}".encode())
    return digest.hexdigest()


def own_version() -> str:
    """Give the version of casework that is installed."""
    return _version("casework")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def load_kit(settings: Settings) -> Kit:
    """Load what the settings name, once a process."""
    return Kit(load_gazetteer_of(settings), load_mechanisms_of(settings), settings.cleaners_off)


@cache
def built_in_kit() -> Kit:
    """Load the built-in gazetteer and mechanisms."""
    return Kit(load_gazetteer(), load_mechanisms())


def load_gazetteer_of(settings: Settings) -> Gazetteer:
    """Load the places alone."""
    return _gazetteer(settings.places, settings.places_digest)


def load_mechanisms_of(settings: Settings) -> Mechanisms:
    """Load the mechanisms alone."""
    return _mechanisms(settings.mechanisms, settings.mechanisms_digest)


@lru_cache(maxsize=2)
def _gazetteer(path: Path | None, digest: str) -> Gazetteer:
    return load_gazetteer(path) if _digest(path) == digest else _changed(path)


def _changed(path: Path | None) -> NoReturn:
    raise CaseworkError(f"{path}: is not the file that the build began with; build again")


@lru_cache(maxsize=2)
def _mechanisms(path: Path | None, digest: str) -> Mechanisms:
    found = load_mechanisms(path)
    if found.digest != digest:  # it was loaded before it was changed
        load_codebook.cache_clear()
        found = load_mechanisms(path)
    return found if found.digest == digest else _changed(path)


def warm_up(settings: Settings) -> Kit:
    """Load the kit and let it read a line, so that processes forked from this one find all tables made."""
    kit = load_kit(settings)
    text = "\n".join(code.examples[0] for code in kit.mechanisms.codes.values())
    read_source(make_source("warm-up", "0" * 64, 1, "utf-8", text, {}), kit)
    return kit
