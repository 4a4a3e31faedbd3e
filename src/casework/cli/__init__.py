"""The command line: it translates what was typed into one call, and what comes back into lines and an exit code.

0 done · 1 something is wrong with the data, or a comparison differs · 2 wrong usage (no such study, an unknown key, broken YAML).
The library is imported inside the commands, so that `--help` is there at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casework.text import CaseworkError

if TYPE_CHECKING:
    from casework.study import Study

SHOWN = 20

app = typer.Typer(
    help="Messy Chinese local-press texts in, a comparative case study out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
TableFormat = Annotated[Format, typer.Option("--format", help="How the tables are stored.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 1 where a file could not be read or something in it is odd.")]
Only = Annotated[list[str] | None, typer.Option("--only", metavar="NAME", help="Only this report; may be given several times.")]
EngineOption = Annotated[Engine, typer.Option("--engine", help="How the notebooks are run.")]


@app.callback(invoke_without_command=True)
def main(version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    """Messy Chinese local-press texts in, a comparative case study out."""
    if version:
        from casework import __version__

        typer.echo(f"casework {__version__}")
        raise typer.Exit


@app.command()
def run(
    study: StudyFile, raw: Raw = None, out: Out = None, jobs: Jobs = 1, format: TableFormat = Format.csv, strict: Strict = False,
    only: Only = None, engine: EngineOption = Engine.fork,
) -> None:
    """Build the tables of a study, then publish its reports.

    \b
    Example: casework run studies/demo.yaml
    """
    loaded = _study(study)
    with _errors():
        tables, problems = _build(loaded, raw, out, jobs, format)
        _publish(loaded, tables, only, jobs, engine)
        _exit_if(strict and problems)


@app.command()
def build(
    study: StudyFile, raw: Raw = None, out: Out = None, jobs: Jobs = 1, format: TableFormat = Format.csv, strict: Strict = False,
) -> None:
    """Parse every raw text of a study and write the tables.

    \b
    Example: casework build studies/party-building.yaml --raw ../texts --out /tmp/tables
    """
    loaded = _study(study)
    with _errors():
        _, problems = _build(loaded, raw, out, jobs, format)
        _exit_if(strict and problems)


@app.command()
def report(study: StudyFile, only: Only = None, jobs: Jobs = 1, engine: EngineOption = Engine.fork) -> None:
    """Publish the reports from the tables.

    From the tables as built, else as committed (data/processed), without running text.

    \b
    Example: casework report studies/demo.yaml --only compare
    """
    loaded = _study(study)
    with _errors():
        _publish(loaded, None, only, jobs, engine)


@app.command()
def manifest(study: StudyFile, raw: Raw = None) -> None:
    """Register the raw texts by their sha256.

    What was typed into the manifest stays.

    \b
    Example: casework manifest studies/demo.yaml
    """
    from casework.sources import register_files

    loaded = _study(study)
    with _errors():
        path = loaded.manifest or loaded.raw / "manifest.csv"
        typer.echo(f"{register_files(raw or loaded.raw, path)} → {path}")


@app.command()
def score(
    tables: Annotated[Path, typer.Argument(metavar="TABLES", help="A folder of tables.")],
    gold: Annotated[list[Path], typer.Argument(metavar="GOLD...", help="Gold files (JSON).")],
    raw: Annotated[Path | None, typer.Option("--raw", metavar="DIR", help="The texts, where none are stored beside the tables.")] = None,
    misses: Annotated[bool, typer.Option("--misses", help="List each miss with its text.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Hold tables against gold.

    Precision, recall and F1 with intervals over files, the recall of each class beside the baseline, and what was missed.

    \b
    Example: casework score .casework/demo/tables data/raw/demo/gold/*.json --misses
    """
    from casework.score import score_json, score_lines, score_tables

    with _errors():
        scored = score_tables(tables, gold, raw)
        typer.echo(score_json(scored) if as_json else "\n".join(score_lines(scored, misses)))


@app.command()
def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that holds no study yet.")]) -> None:
    """Make a new study from a template.

    Its YAML, a folder for the texts, places, corrections, outside figures, and the notebooks of its reports.

    \b
    Example: casework init my-study
    """
    from casework.cli.notebooks import copy_notebooks
    from casework.study import init_study

    with _errors():
        made = init_study(folder)
        copy_notebooks(folder)
        typer.echo(f"{made}: put your texts into {folder / 'raw'}, then: casework run {made}")


def _study(path: Path) -> Study:
    """Load a study; a mistake in it is wrong usage."""
    from casework.study import load_study

    with _errors(code=2):
        return load_study(path)


def _build(study: Study, raw: Path | None, out: Path | None, jobs: int, format: Format) -> tuple[Path, int]:
    """Build the tables, say what came of it, and give their folder and the number of problems."""
    from casework import flow

    with _progress("texts") as progress:
        result = flow.build(study, raw=raw, out=out, jobs=jobs, format=format.value, progress=progress)
    counts = ", ".join(f"{n} {name}" for name, n in result.counts.items())
    typer.echo(f"{counts} → {_short(result.tables_dir)}")
    for problem in result.problems[:SHOWN]:
        typer.echo(f"problem: {problem}", err=True)
    if len(result.problems) > SHOWN:
        typer.echo(f"… and {len(result.problems) - SHOWN} more in the table problems", err=True)
    return result.tables_dir, len(result.problems)


def _publish(study: Study, tables: Path | None, only: list[str] | None, jobs: int, engine: Engine) -> None:
    """Publish the reports and print the path of their index."""
    from casework import reports

    with _progress("reports") as progress:
        index = reports.publish(study, tables, only=only, jobs=jobs, engine=engine.value, progress=progress)
    typer.echo(_short(index))


@contextmanager
def _errors(code: int = 1) -> Iterator[None]:
    """Turn what the user can mend into one clear line and an exit code."""
    try:
        yield
    except CaseworkError as e:
        typer.echo(f"casework: {e}", err=True)
        raise typer.Exit(code) from None
    except OSError as e:
        typer.echo(f"casework: {e.filename or 'a file'}: {e.strerror or e}", err=True)
        raise typer.Exit(1) from None


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told (done, all): a bar on a terminal, a plain line at every fourth part elsewhere."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if console.is_terminal:
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task(what)
            yield lambda done, of: bar.update(task, completed=done, total=of)
        return
    told = 0

    def tell(done: int, of: int) -> None:
        nonlocal told
        if of and done * 4 // of > told:
            told = done * 4 // of
            typer.echo(f"{what}: {done} of {of}", err=True)

    yield tell


def _short(path: Path) -> str:
    """Write a path as seen from here, where it lies below."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _exit_if(wrong: bool | int) -> None:
    if wrong:
        raise typer.Exit(1)
