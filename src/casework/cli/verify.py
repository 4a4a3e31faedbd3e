"""`casework verify`: everything made again and compared."""

from __future__ import annotations

from typing import Annotated

import typer

from casework.cli.common import Jobs, Raw, StudyFile, errors, exit_if, open_study, progress_of

__all__ = ["verify"]

TablesOnly = Annotated[bool, typer.Option("--tables-only", help="Leave the reports aside: a quick look.")]


def verify(study: StudyFile, raw: Raw = None, tables_only: TablesOnly = False, jobs: Jobs = 1) -> None:
    """Make tables and reports again and compare them byte for byte.

    Raw files against the manifest, tables, reports, environment: what is identical, differs (and where first), is missing or extra.

    \b
    Example: casework verify studies/demo.yaml
    """
    from casework.verify import verify_study

    loaded = open_study(study)
    with errors():
        verdict = verify_study(loaded, raw, tables_only=tables_only, jobs=jobs, stage=progress_of)
        typer.echo("\n".join(verdict.lines()))
        exit_if(bool(verdict.wrong))
