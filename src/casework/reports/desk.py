"""The folder in which reports are run: the tables they may read, and the study's own files beside them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from casework.reports.guard import shareable_tables
from casework.study import Study
from casework.tables import Tables, offered_files

__all__ = ["run_folder", "study_parameters", "write_offered"]

BESIDE = "study"


def _files_of(study: Study) -> dict[str, Path]:
    """Name the study's files that a notebook can ask for, by parameter."""
    known = {"attributes": study.attributes, "codebook": study.codebooks.get("mechanisms"), "gold": study.raw / "gold"}
    return {name: path for name, path in known.items() if path is not None and path.exists()}


def study_parameters(study: Study) -> dict[str, str]:
    """Give the parameters that lead a notebook to the study's attributes, codebook of mechanisms and gold; empty where there is none."""
    there = _files_of(study)
    return {name: f"{BESIDE}/{there[name].name}" if name in there else "" for name in ("attributes", "codebook", "gold")}


@contextmanager
def run_folder(study: Study, folder: Path, tables: Tables, shared: bool = False) -> Iterator[Path]:
    """Give a folder to run notebooks in: tables that may be shown, the study's files under study/, no path of this machine.

    With `shared` it lies in the study's own work folder, which other machines may see.
    """
    where = study.work_dir.absolute() if shared else None
    if where:
        where.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        desk = Path(stack.enter_context(TemporaryDirectory(prefix="casework-", dir=where)))
        seen = stack.enter_context(shareable_tables(folder, tables, study.publish, where))
        for entry in sorted(seen.iterdir()):
            (desk / entry.name).symlink_to(entry.absolute())
        (desk / BESIDE).mkdir()
        for path in _files_of(study).values():
            (shutil.copytree if path.is_dir() else shutil.copyfile)(path, desk / BESIDE / path.name)
        yield desk


def write_offered(site: Path, run: Mapping[str, Any]) -> None:
    """Write the files that run notebooks offer (figures, data) into the site."""
    for notebook in run.values():
        outputs = (output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs)
        for name, data in offered_files(outputs).items():
            (site / name).parent.mkdir(exist_ok=True)
            (site / name).write_bytes(data)
