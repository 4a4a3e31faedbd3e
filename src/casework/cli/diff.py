"""`casework diff`: what a changed codebook or text changes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from casework.cli.common import errors, exit_if, short

__all__ = ["diff"]


class Lang(StrEnum):
    """The language of a page."""

    en = "en"
    zh = "zh"


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A folder of tables.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The folder of tables to compare it with.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.html", help="Write the differences as a page, too.")] = None,
    level: Annotated[str, typer.Option("--level", help="The level of the comparison whose cells are looked at.")] = "township",
    lang: Annotated[Lang, typer.Option("--lang", help="The language of the page.")] = Lang.en,
) -> None:
    """Compare two folders of tables.

    Claims, codings and labels gained, lost and changed, by case, and the cells of the comparison that move. Exit 1 where they differ.

    \b
    Example: casework diff tables-before .casework/demo/tables --out diff.html
    """
    from casework.tables import read_tables
    from casework.verify import diff_page, diff_tables

    with errors():
        found = diff_tables(read_tables(old), read_tables(new), level)
        typer.echo("\n".join(found.lines()))
        if out is not None:
            out.write_text(diff_page(found, old, new, lang.value), encoding="utf-8", newline="\n")
            typer.echo(short(out))
        exit_if(bool(found))
