"""`casework build`: raw texts to tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from casework.cli.common import Format, Jobs, Out, Raw, Scheduler, Strict, StudyFile, TableFormat, errors, exit_if, open_study, short
from casework.cli.progress import progress_of
from casework.text import CaseworkError

if TYPE_CHECKING:
    from casework.flow import BuildResult
    from casework.reports import Declared
    from casework.study import Study

__all__ = ["build", "build_tables", "hint_level"]

SHOWN = 20


def build(
    study: StudyFile, raw: Raw = None, out: Out = None, jobs: Jobs = 1, scheduler: Scheduler = "", format: TableFormat = Format.csv,
    strict: Strict = False,
) -> None:
    """Parse every raw text of a study and write the tables.

    What has not changed since the last build is not parsed again; a build that was stopped goes on where it was.

    \b
    Example: casework build studies/party-building.yaml --raw ../texts --out /tmp/tables
    """
    loaded = open_study(study)
    with errors():
        result = build_tables(loaded, raw, out, jobs, format, scheduler)
        hint_level(loaded, result)
        exit_if(strict and result.counts["problems"])


def build_tables(study: Study, raw: Path | None, out: Path | None, jobs: int, format: Format, scheduler: str) -> BuildResult:
    """Build the tables, say what came of it, and give that."""
    from casework import flow

    with progress_of("texts") as progress:
        result = flow.build(study, raw=raw, out=out, jobs=jobs, format=format.value, progress=progress, scheduler=scheduler)
    counts = ", ".join(f"{n} {name if n != 1 else name.removesuffix('s')}" for name, n in result.counts.items())
    typer.echo(f"{counts} → {short(result.tables_dir)}")
    problems = result.counts["problems"]
    for problem in result.problems[:SHOWN]:
        typer.echo(f"problem: {problem}", err=True)
    if problems > SHOWN:
        typer.echo(f"… and {problems - SHOWN} more in the table problems", err=True)
    if result.unplaced:
        typer.echo(_unplaced(study, result.unplaced, result.counts["cases"]), err=True)
    return result


def _unplaced(study: Study, n: int, cases: int) -> str:
    """Say of how many cases no place is known, and what would do."""
    manifest, places = study.manifest or study.raw / "manifest.csv", study.places or study.raw / "places.csv"
    return (
        f"no place is known of {n} of {cases} cases, so that they are not compared: fill in place in {short(manifest)}, "
        f"and what the gazetteer lacks in {short(places)}"
    )


def hint_level(study: Study, result: BuildResult, declared: Declared | None = None) -> None:
    """Say where most cases are too coarse for the reports; a report that cannot be made is not the build's question."""
    from casework import reports

    try:
        said = reports.too_coarse(study, result.levels, declared or reports.check_reports(study))
    except CaseworkError:
        return
    if said:
        typer.echo(said, err=True)
