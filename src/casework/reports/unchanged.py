"""Whether a site is still what its inputs make of it, so that nothing has to be done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from casework.reports.kept import environment_digest, folder_digest
from casework.reports.lock import find_lock
from casework.reports.provenance import code_digest
from casework.study import Study

__all__ = ["is_unchanged", "remember_site", "site_digest"]

RECORD = "site.json"


def site_digest(study: Study, tables: Path) -> str:
    """Hash all that a site depends on: the study with all its files, tables, notebooks, this package, the environment, the lock."""
    parts = [folder_digest(tables), code_digest(), environment_digest(), find_lock(study).text, *_study_files(study)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _study_files(study: Study) -> Iterator[str]:
    lists = [study.file, study.manifest, study.places, study.attributes, study.corrections]
    for path in [*lists, *study.codebooks.values(), *(spec.notebook for spec in study.reports)]:
        yield hashlib.sha256(path.read_bytes()).hexdigest() if path is not None and path.is_file() else "-"
    gold = study.raw / "gold"
    yield folder_digest(gold) if gold.is_dir() else "-"


def _files(site: Path) -> dict[str, str]:
    return {p.relative_to(site).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(site.rglob("*")) if p.is_file()}


def is_unchanged(kept: Path, digest: str, site: Path) -> bool:
    """Tell whether a site was made from inputs of this digest and has not been touched since."""
    try:
        record = json.loads((kept / RECORD).read_text(encoding="utf-8"))
        return bool(record["digest"] == digest and site.is_dir() and record["files"] == _files(site))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def remember_site(kept: Path, digest: str, site: Path) -> None:
    """Note what a site was made from, and what it holds."""
    kept.mkdir(parents=True, exist_ok=True)
    (kept / RECORD).write_text(json.dumps({"digest": digest, "files": _files(site)}) + "\n", encoding="utf-8", newline="\n")
