"""The tables that reports are made of: found when they are asked for, and read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from casework.study import Study
from casework.tables import Tables, read_tables
from casework.text import CaseworkError

__all__ = ["Loaded", "tables_of"]


@dataclass(frozen=True)
class Loaded:
    """A folder of tables, read when they are first asked for."""

    folder: Path

    @cached_property
    def tables(self) -> Tables:
        """The tables."""
        return read_tables(self.folder)

    @classmethod
    def at(cls, study: Study, tables: Path | Loaded | None) -> Loaded:
        """Take the tables of a folder, else those of a study."""
        return tables if isinstance(tables, Loaded) else cls(tables or tables_of(study))


def tables_of(study: Study) -> Path:
    """Give the folder of a study's tables: those that were built, else those that are committed."""
    for folder in (study.tables_dir, study.published_dir):
        if (folder / "datapackage.json").is_file():
            return folder
    raise CaseworkError(f"study '{study.name}' has no tables yet; `casework build {study.file.name}` makes them")
