"""What an archive says of itself: a README and a Makefile with its two commands."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import casework
from casework.study import Study

__all__ = ["archive_papers"]

TEMPLATES = Path(casework.__file__).parent / "data" / "archive"
SHOWN = 12


@cache
def _templates() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # Markdown and make, not HTML: nothing to escape.
    return Environment(autoescape=False, keep_trailing_newline=True, undefined=StrictUndefined, loader=FileSystemLoader(TEMPLATES))


def archive_papers(study: Study, code: str, texts: int) -> dict[str, str]:
    """Write an archive's README and Makefile; `code` is the hash of the program, `texts` how many texts are registered."""
    told = {
        "name": study.name, "title": study.title_in("en"), "cite": study.cite, "licence": study.licence, "code": code[:SHOWN],
        "version": casework.__version__,
        "python": f"{sys.version_info.major}.{sys.version_info.minor}", "full": study.publish == "full", "texts": texts,
        "reports": bool(study.reports), "study": _path(study, study.file), "raw": _path(study, study.raw),
        "tables": _path(study, study.published_dir),
    }  # fmt: skip
    return {name: str(_templates().get_template(name).render(**told)) for name in ("Makefile", "README.md")}


def _path(study: Study, path: Path) -> str:
    return path.relative_to(study.folder).as_posix()
