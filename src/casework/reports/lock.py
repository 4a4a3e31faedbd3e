"""The lock that a study's environment was made from, and where the environment differs from it."""

from __future__ import annotations

import re
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from casework.reports.provenance import PACKAGE
from casework.study import Study

__all__ = ["Lock", "find_lock", "installed_with"]

NAME = "requirements.lock"


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock's text; `differs` are (name, locked, installed), installed empty where a package is absent; `made` where there was none."""

    text: str
    differs: tuple[tuple[str, str, str], ...] = ()
    made: bool = False


def find_lock(study: Study) -> Lock:
    """Find the lock beside the study, else the one of this clone or installation, and hold the environment against it."""
    places = (study.folder / NAME, PACKAGE.parents[1] / NAME, Path(sysconfig.get_path("data")) / "share" / "casework" / NAME)
    for path in places:
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            return Lock(text, tuple(_differences(text)))
    return Lock("".join(f"{name}=={version}\n" for name, version in sorted(installed_with("casework").items())), made=True)


def _differences(text: str) -> Iterator[tuple[str, str, str]]:
    for line in re.findall(r"^[A-Za-z0-9][^\\\n]*", text, re.M):
        wanted = Requirement(line.strip())
        if wanted.marker is not None and not wanted.marker.evaluate():
            continue
        locked = next((s.version for s in wanted.specifier if s.operator == "=="), "")
        try:
            found = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            found = ""
        if found != locked:
            yield str(canonicalize_name(wanted.name)), locked, found


def installed_with(name: str) -> dict[str, str]:
    """Give all that a package needs, as installed, by name."""
    found: dict[str, str] = {}
    left = [name]
    while left:
        for line in metadata.requires(left.pop()) or ():
            need = Requirement(line)
            key = str(canonicalize_name(need.name))
            if key in found or need.marker is not None and not need.marker.evaluate({"extra": ""}):
                continue
            try:
                found[key] = metadata.version(key)
            except metadata.PackageNotFoundError:
                continue
            left.append(key)
    return found
