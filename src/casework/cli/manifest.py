"""`casework manifest`: the raw texts registered."""

from __future__ import annotations

import typer

from casework.cli.common import Raw, StudyFile, errors, open_study

__all__ = ["manifest"]


def manifest(study: StudyFile, raw: Raw = None) -> None:
    """Register the raw texts by their sha256.

    What was typed into the manifest stays.

    \b
    Example: casework manifest studies/demo.yaml
    """
    from casework.sources import register_files

    loaded = open_study(study)
    with errors():
        path = loaded.manifest or loaded.raw / "manifest.csv"
        typer.echo(f"{register_files(raw or loaded.raw, path)} → {path}")
