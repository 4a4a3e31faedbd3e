"""What goes with a site so that it explains itself: README, citation, lock, data package, the study's own sources, the crate."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from casework.reports.citation import citation_cff
from casework.reports.crate import CRATE, Made, crate_json
from casework.reports.imports import light_imports
from casework.reports.lock import find_lock
from casework.reports.papers import load_papers
from casework.reports.parameters import read_notebook
from casework.reports.provenance import Provenance
from casework.reports.readme import data_editors_readme
from casework.reports.runs import Job, Runs
from casework.study import Study

__all__ = ["papers_html", "python_minor", "write_crate", "write_papers"]

CITATION = "CITATION.cff"
PAPERS = {
    "README.md": "paper_readme", CITATION: "paper_cite", CRATE: "paper_crate", "datapackage.json": "paper_package",
    "requirements.lock": "paper_lock",
}  # fmt: skip


def python_minor() -> str:
    """Give the version of Python that results hold for: its patch level changes none."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def write_papers(site: Path, study: Study, frames: Mapping[str, pd.DataFrame], jobs: Sequence[Job], found: Provenance) -> None:
    """Write everything but the crate; `frames` hold only what may be published, and pages and tables are written already."""
    _write_sources(site / "source", study, jobs)
    _write_package(site)
    lock = find_lock(study)
    _write(site / "requirements.lock", lock.text)
    _write(site / "README.md", data_editors_readme(study, frames, site, jobs, found, lock, python_minor()))
    cited = citation_cff(study, found.data)
    if cited:
        _write(site / CITATION, cited)
    else:
        (site / CITATION).unlink(missing_ok=True)


def write_crate(site: Path, study: Study, sources: pd.DataFrame, jobs: Sequence[Job], runs: Runs, found: Provenance) -> None:
    """Write the crate, last of all, since it names every other file by its sha256."""
    failed = {path: e.head for path, e in runs.failed.items()}
    _write(site / CRATE, crate_json(study, site, Made(jobs, failed, sources, found, python_minor())))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_sources(folder: Path, study: Study, jobs: Sequence[Job]) -> None:
    """Copy the study's file, its own codebooks and its notebooks, these without outputs: they may show what is not published."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "notebooks").mkdir(parents=True)
    shutil.copyfile(study.file, folder / study.file.name)
    for path in study.codebooks.values():
        (folder / "codebooks").mkdir(exist_ok=True)
        shutil.copyfile(path, folder / "codebooks" / path.name)
    for path in sorted({job.notebook for job in jobs}):
        _write(folder / "notebooks" / path.name, _cleared(read_notebook(path)))


def _cleared(notebook: Any) -> str:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with light_imports():
        import nbformat
    write: Any = nbformat.writes
    return str(write(notebook)) + "\n"


def _write_package(site: Path) -> None:
    """Describe tables/ from the site's own folder, as a data package."""
    package = json.loads((site / "tables" / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        resource["path"] = f"tables/{resource['path']}"
    _write(site / "datapackage.json", json.dumps(package, ensure_ascii=False, indent=2) + "\n")


def papers_html(study: Study, lang: str, up: str = "") -> str:
    """Write the links to the papers of a site, `up` being the way to its first folder; they are written after the page that links them."""
    words = load_papers(lang)
    items = "".join(
        f'<li><a href="{up}{name}">{name}</a><br>{escape(words(about))}</li>'
        for name, about in PAPERS.items() if name != CITATION or study.authors
    )  # fmt: skip
    return f"<h3>{escape(words('papers'))}</h3><ul>{items}</ul>"
