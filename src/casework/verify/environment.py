"""What is installed against the lock, and the Python that runs against the one that is recorded."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from casework.text import CaseworkError
from casework.verify.finding import Finding

__all__ = ["LOCK", "check_environment", "check_lock", "check_python", "find_lock", "recorded_python"]

LOCK = "requirements.lock"
CRATE = "ro-crate-metadata.json"


def check_environment(folder: Path, site: Path) -> Iterator[Finding]:
    """Hold this environment against a project's lock, else the one published with its site, and against the site's Python."""
    lock = find_lock(folder, site)
    if lock is not None:
        yield from check_lock(lock)
    yield from check_python(recorded_python(site))


def find_lock(folder: Path, site: Path) -> Path | None:
    """Give the lock of a project, else the one that its site was published with, if there is any."""
    return next((path for path in (folder / LOCK, site / LOCK) if path.is_file()), None)


def check_lock(lock: Path) -> Iterator[Finding]:
    """Name each package that is installed in another version than the lock's, or not at all."""
    wrong = False
    for wanted in _locked(lock):
        pinned = str(wanted.specifier).removeprefix("==")
        try:
            found = version(wanted.name)
        except PackageNotFoundError:
            wrong = True
            yield Finding("environment", wanted.name, "missing", f"the lock has {pinned}; `make setup` installs it")
            continue
        if not wanted.specifier.contains(found, prereleases=True):
            wrong = True
            yield Finding("environment", wanted.name, "differs", f"{found} is installed, the lock has {pinned}; `make setup` installs that")
    if not wrong:
        yield Finding("environment", lock.name, "identical")


def _locked(lock: Path) -> Iterator[Requirement]:
    """Read a lock's pins, those for other systems left out."""
    joined = re.sub(r"\\\n", " ", lock.read_text(encoding="utf-8"))
    for line in joined.splitlines():
        pin = re.sub(r"\s--hash=\S+|(^|\s)#.*", "", line).strip()
        if not pin or pin.startswith("-"):
            continue
        try:
            wanted = Requirement(pin)
        except InvalidRequirement:
            raise CaseworkError(f"{lock}: '{pin[:60]}' is not a pinned package; make the lock again (`make lock`)") from None
        if wanted.marker is None or wanted.marker.evaluate():
            yield wanted


def recorded_python(site: Path) -> str:
    """Give the Python that a site says it was made with; empty where it says nothing."""
    try:
        graph: Any = json.loads((site / CRATE).read_text(encoding="utf-8"))["@graph"]
        found = [e for e in graph if e.get("name") == "Python"]
        return str(next((e.get("version") or e.get("softwareVersion") for e in found), None) or "")
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return ""


def check_python(recorded: str) -> Iterator[Finding]:
    """Hold the minor version of this Python against a recorded one."""
    if not recorded:
        return
    here, there = (".".join(v.split(".")[:2]) for v in (platform.python_version(), recorded))
    if here == there:
        yield Finding("environment", "Python", "identical")
    else:
        detail = f"this is Python {here}, the reports were made with {there}; `PYTHON=python{there} make setup` takes that"
        yield Finding("environment", "Python", "differs", detail)
