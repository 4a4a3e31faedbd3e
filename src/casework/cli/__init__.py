"""The command line: it translates what was typed into one call, and what comes back into lines and an exit code.

0 done · 1 something is wrong with the data, or a comparison differs · 2 wrong usage (no such study, an unknown key, broken YAML).
The library is imported inside the commands, so that `--help` is there at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casework.cli.archive import archive
from casework.cli.build import build, build_tables, hint_level
from casework.cli.common import (
    Engine,
    EngineOption,
    Format,
    Jobs,
    Only,
    Out,
    Raw,
    Scheduler,
    Strict,
    StudyFile,
    TableFormat,
    errors,
    exit_if,
    open_study,
)
from casework.cli.diff import diff
from casework.cli.manifest import manifest
from casework.cli.reports import check_asked, publish_reports, report
from casework.cli.verify import verify

app = typer.Typer(
    help="Messy Chinese local-press texts in, a comparative case study out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def main(version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    """Messy Chinese local-press texts in, a comparative case study out."""
    if version:
        from casework import __version__

        typer.echo(f"casework {__version__}")
        raise typer.Exit


@app.command()
def run(
    study: StudyFile, raw: Raw = None, out: Out = None, jobs: Jobs = 1, scheduler: Scheduler = "", format: TableFormat = Format.csv,
    strict: Strict = False, only: Only = None, engine: EngineOption = Engine.fork,
) -> None:
    """Build the tables of a study, then publish its reports.

    \b
    Example: casework run studies/demo.yaml
    """
    loaded = open_study(study)
    declared = check_asked(loaded, only)
    with errors():
        result = build_tables(loaded, raw, out, jobs, format, scheduler)
        publish_reports(loaded, result.tables_dir, only, declared, {"jobs": jobs, "scheduler": scheduler, "engine": engine.value})
        hint_level(loaded, result, declared)
        exit_if(strict and result.counts["problems"])


app.command()(build)
app.command()(report)
app.command()(verify)
app.command()(manifest)


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

    with errors():
        scored = score_tables(tables, gold, raw)
        typer.echo(score_json(scored) if as_json else "\n".join(score_lines(scored, misses)))


app.command()(diff)
app.command()(archive)


@app.command()
def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that holds no study yet.")]) -> None:
    """Make a new study from a template.

    Its YAML, a folder for the texts, places, corrections, outside figures, and the notebooks of its reports.

    \b
    Example: casework init my-study
    """
    from casework.cli.notebooks import copy_notebooks
    from casework.study import init_study

    with errors():
        made = init_study(folder)
        copy_notebooks(folder)
        typer.echo(
            f"{made}: put your texts into {folder / 'raw'}, then: casework manifest {made}, "
            f"fill in outlet, day and place; casework run {made}"
        )
