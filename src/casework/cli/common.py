"""What the commands share: their arguments, and how errors, progress and paths are shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casework.cli.progress import progress_of
from casework.text import CaseworkError

if TYPE_CHECKING:
    from casework.study import Study

__all__ = [
    "Engine", "EngineOption", "Format", "Jobs", "Only", "Out", "Raw", "Scheduler", "Strict", "StudyFile", "TableFormat", "errors",
    "exit_if", "open_study", "progress_of", "short",
]

class Format(StrEnum):
    """How tables are stored."""

    csv = "csv"
    parquet = "parquet"


class Engine(StrEnum):
    """How notebooks are run: in kernels forked from a preloaded parent, or by plain papermill."""

    fork = "fork"
    papermill = "papermill"


StudyFile = Annotated[Path, typer.Argument(metavar="STUDY", help="The study's YAML file.")]
Raw = Annotated[Path | None, typer.Option("--raw", metavar="DIR", help="Read every file in DIR instead of the study's own raw folder.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write the tables to DIR.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="How many processes work at once.")]
Scheduler = Annotated[str, typer.Option("--scheduler", metavar="ADDRESS", help="Use the Dask cluster there (tcp://…) instead of --jobs.")]
TableFormat = Annotated[Format, typer.Option("--format", help="How the tables are stored.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 1 where a file could not be read or something in it is odd.")]
Only = Annotated[list[str] | None, typer.Option("--only", metavar="NAME", help="Only this report; may be given several times.")]
EngineOption = Annotated[Engine, typer.Option("--engine", help="How the notebooks are run.")]


def open_study(path: Path) -> Study:
    """Load a study; a mistake in it is wrong usage."""
    from casework.study import load_study

    with errors(code=2):
        return load_study(path)


@contextmanager
def errors(code: int = 1) -> Iterator[None]:
    """Turn what the user can mend into one clear line and an exit code."""
    try:
        yield
    except CaseworkError as e:
        typer.echo(f"casework: {e}", err=True)
        raise typer.Exit(code) from None
    except OSError as e:
        typer.echo(f"casework: {e.filename or 'a file'}: {e.strerror or e}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo("casework: stopped; nothing was changed, what is done is kept: the same command goes on from there", err=True)
        raise typer.Exit(130) from None


def short(path: Path) -> str:
    """Write a path as seen from here, where it lies below."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def exit_if(wrong: bool | int) -> None:
    """End with 1 where something is wrong."""
    if wrong:
        raise typer.Exit(1)
