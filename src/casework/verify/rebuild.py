"""Everything made again from the raw texts, in a folder that was empty: no table, page or cache is trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from casework import flow, reports
from casework.study import Study

__all__ = ["Progress", "Stage", "elsewhere", "rebuild_reports", "rebuild_tables", "silent"]

Progress = Callable[[int, int], None]
Stage = Callable[[str], AbstractContextManager[Progress]]


@contextmanager
def silent(what: str) -> Iterator[Progress]:
    """Show no progress."""
    yield lambda done, of: None


@contextmanager
def elsewhere(study: Study) -> Iterator[Study]:
    """Give the same study with an empty temporary folder as its home."""
    with TemporaryDirectory(prefix="casework-verify-") as folder:
        yield replace(study, home=Path(folder))


def rebuild_tables(study: Study, moved: Study, raw: Path | None, jobs: int, stage: Stage) -> None:
    """Build the tables of a study again, in the format that they are stored in, and what is published of them."""
    stored = any(study.tables_dir.glob("*.parquet"))
    with stage("texts") as progress:
        flow.build(moved, raw=raw, jobs=jobs, format="parquet" if stored else "csv", progress=progress)


def rebuild_reports(moved: Study, tables: Path, jobs: int, stage: Stage) -> None:
    """Publish the reports again, from a folder of tables."""
    with stage("reports") as progress:
        reports.publish(moved, tables, jobs=jobs, engine="fork", progress=progress)
