"""Runs kept from one time to the next: a report whose inputs are the same is not run again."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from casework.reports.imports import light_imports
from casework.reports.provenance import code_digest

__all__ = ["KeptRuns", "environment_digest", "folder_digest", "inputs_digest", "run_key"]


@cache
def environment_digest() -> str:
    """Hash the interpreter and the names and versions of all that is installed, as their folders say."""
    found = {p.name for place in sys.path if place and Path(place).is_dir() for p in Path(place).glob("*.dist-info")}
    return _hash([sys.version, platform.machine(), *sorted(found)])


def folder_digest(folder: Path) -> str:
    """Hash all files below a folder by their names and bytes, links followed."""
    files = {p.relative_to(folder).as_posix(): p for p in _files(folder)}
    return _hash(part for name in sorted(files) for part in (name, hashlib.sha256(files[name].read_bytes()).hexdigest()))


def _files(folder: Path) -> Iterable[Path]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry)
        else:
            yield entry


def inputs_digest(folder: Path, codebooks: Iterable[Path]) -> str:
    """Hash what all reports of a study are given: tables, codebooks, this package with its words, the environment."""
    books = [hashlib.sha256(path.read_bytes()).hexdigest() for path in codebooks]
    return _hash([folder_digest(folder), code_digest(), environment_digest(), *books])


def run_key(inputs: str, lang: str, notebook: Path, parameters: Mapping[str, Any]) -> str:
    """Name a run by all that it depends on."""
    given = json.dumps(parameters, ensure_ascii=False, sort_keys=True)
    return _hash([inputs, lang, notebook.name, hashlib.sha256(notebook.read_bytes()).hexdigest(), given])


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()


class KeptRuns:
    """A folder of runs; a file that does not fit its own checksum is as good as absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._used: set[str] = set()

    def get(self, key: str) -> tuple[Any, str] | None:
        """Give the run notebook and the body of its page, or nothing."""
        try:
            digest, _, data = (self.folder / key).read_bytes().partition(b"\n")
        except OSError:
            return None
        if hashlib.sha256(data).hexdigest().encode() != digest:
            return None
        with light_imports():
            import nbformat
        self._used.add(key)
        held = json.loads(data)
        as_notebook: Any = nbformat.from_dict
        return as_notebook(held["notebook"]), held["body"]

    def put(self, key: str, notebook: Any, body: str) -> None:
        """Keep a run; it is there whole or not at all."""
        data = json.dumps({"notebook": notebook, "body": body}, ensure_ascii=False).encode(errors="surrogatepass")
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self.folder / f"{key}.{os.getpid()}"
        new.write_bytes(hashlib.sha256(data).hexdigest().encode() + b"\n" + data)
        new.replace(self.folder / key)
        self._used.add(key)

    def clear(self) -> None:
        """Forget everything."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def prune(self) -> None:
        """Forget what this time did not use."""
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.name not in self._used:
                path.unlink()
