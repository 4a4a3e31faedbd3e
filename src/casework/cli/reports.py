"""The command that publishes the reports of a study."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casework.cli.common import Engine, EngineOption, Jobs, Only, Scheduler, StudyFile, errors, open_study, progress_of, short

if TYPE_CHECKING:
    from casework.reports import Declared
    from casework.study import Study

__all__ = ["Fresh", "Memory", "Seconds", "check_asked", "publish_reports", "report"]

Seconds = Annotated[float, typer.Option("--limit", min=1, metavar="SECONDS", help="How long one report may take.")]
Memory = Annotated[int | None, typer.Option("--memory", min=1, metavar="MB", help="How much memory one report may take (Linux).")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Run every report anew, unchanged ones too.")]


def report(
    study: StudyFile, only: Only = None, jobs: Jobs = 1, scheduler: Scheduler = "", engine: EngineOption = Engine.fork,
    limit: Seconds = 600, memory: Memory = None, fresh: Fresh = False,
) -> None:
    """Publish the reports from the tables.

    From the tables as built, else as committed (data/processed), without running text. What has not changed is not run again.

    \b
    Example: casework report studies/demo.yaml --only compare
    """
    loaded = open_study(study)
    declared = check_asked(loaded, only)
    with errors():
        how = {"jobs": jobs, "scheduler": scheduler, "engine": engine.value, "seconds": limit, "megabytes": memory, "fresh": fresh}
        publish_reports(loaded, None, only, declared, how)


def check_asked(study: Study, only: list[str] | None) -> Declared:
    """Refuse, as wrong usage, reports that cannot be made, before anything is built; give what their notebooks declare."""
    with errors(code=2):
        from casework.reports import check_reports

        return check_reports(study, only)


def publish_reports(study: Study, tables: Path | None, only: list[str] | None, declared: Declared, how: Mapping[str, Any]) -> None:
    """Publish a study's reports as the options say, and print the path of their index."""
    from casework import reports

    engine, why = reports.choose_engine(how["engine"])
    if why:
        typer.echo(f"engine: {engine}, since {why}", err=True)
    megabytes = how.get("megabytes")
    limits = reports.Limits(how.get("seconds", 600), megabytes * 1_000_000 if megabytes else None)
    kept = reports.KeptRuns(study.work_dir / "runs")
    if how.get("fresh"):
        kept.clear()
    loaded = reports.Loaded.at(study, tables)
    with progress_of("reports") as progress:
        settings = reports.Settings(how["jobs"], how["scheduler"], engine, limits, kept, progress)
        index = reports.publish(study, loaded, only=only, declared=declared, settings=settings)
    typer.echo(short(index))
    if said := reports.quoted_out(study, loaded):
        typer.echo(said, err=True)
