"""`casework archive`: one zip for a journal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casework.cli.common import StudyFile, errors, open_study, short

__all__ = ["archive"]


def archive(
    study: StudyFile,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.zip", help="Where the zip goes; else dist/<study>.zip.")] = None,
) -> None:
    """Pack a study into one zip for a journal: texts that may go out, tables, reports, the program and its lock.

    Unzipped on a fresh machine, `make verify` makes it all again and compares. The same study gives the same bytes.

    \b
    Example: casework archive studies/demo.yaml --out demo.zip
    """
    from casework.verify import write_archive

    loaded = open_study(study)
    with errors():
        path = out or loaded.folder / "dist" / f"{loaded.name}.zip"
        files = write_archive(loaded, path)
        typer.echo(f"{len(files)} files, {path.stat().st_size:,} bytes → {short(path)}")
