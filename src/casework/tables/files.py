"""Frames to files and back: CSV or Parquet with a data package, moved into place whole."""

from __future__ import annotations

import csv
import glob
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from casework.tables.columns import TABLES, VOCABULARIES
from casework.tables.frames import Tables, check, frame, table
from casework.tables.links import check_links, links_of
from casework.tables.schema import KINDS, Column, Table, pattern_of
from casework.text import CaseworkError

__all__ = [
    "Format", "describe_file", "describe_tables", "fresh_folder", "process_runs", "read_tables", "save_tables", "write_package",
    "write_tables",
]

Format = Literal["csv", "parquet"]
PACKAGE = "datapackage.json"


@contextmanager
def fresh_folder(folder: Path) -> Iterator[Path]:
    """Give a folder beside `folder` to write into; it takes its place when the block ends well.

    Until then the old content stays; after an error it stays for good. A folder that holds
    files other than tables is refused, so that a slip in `--out` deletes nothing.
    """
    folder = Path(folder)
    new, old = (folder.with_name(f".{folder.name}.{os.getpid()}.{end}") for end in ("new", "old"))
    _tidy(folder)
    _refuse_foreign(folder)
    new.mkdir(parents=True)
    try:
        yield new
        if folder.exists():
            for kept in sorted(folder.glob("README*")):
                if not (new / kept.name).exists():
                    shutil.copy2(kept, new / kept.name)
            folder.rename(old)
        new.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _tidy(folder: Path) -> None:
    """Clear up after a build that was killed: put back what it had set aside, drop what it had begun."""
    for left in sorted(folder.parent.glob(f".{glob.escape(folder.name)}.*")):
        owner, _, end = left.name.removeprefix(f".{folder.name}.").partition(".")
        if end not in ("new", "old") or not owner.isdigit() or int(owner) != os.getpid() and process_runs(int(owner)):
            continue
        if end == "old" and not folder.exists():
            left.rename(folder)
        else:
            shutil.rmtree(left, ignore_errors=True)


def process_runs(process: int) -> bool:
    """Tell whether a process of this machine runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def _refuse_foreign(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise CaseworkError(f"{folder}: is not a folder; name another one for the tables")
    if not folder.is_dir() or (folder / PACKAGE).is_file():
        return
    others = sorted(p.name for p in folder.iterdir() if not p.name.startswith((".", "README")))
    if others:
        raise CaseworkError(f"{folder}: holds '{others[0]}' and no {PACKAGE}, so it is no folder of tables; name an empty or a new one")


def write_tables(folder: Path, frames: Mapping[str, pd.DataFrame], format: Format = "csv", about: Mapping[str, Any] | None = None) -> None:
    """Check every frame and write the tables and datapackage.json; the folder changes whole or not at all.

    `about` adds to the package's description (name, title, version, licenses …).
    """
    with fresh_folder(folder) as new:
        save_tables(new, frames, format, about)


def save_tables(folder: Path, frames: Mapping[str, pd.DataFrame], format: Format = "csv", about: Mapping[str, Any] | None = None) -> None:
    """Check every frame and the ids between them, and write them into a folder that is there; see `write_tables`."""
    if format not in ("csv", "parquet"):
        raise CaseworkError(f"no table format '{format}'; known: csv, parquet")
    for name in frames:
        table(name)
    check_links(frames)
    whole = {name: check(name, frames[name]) if name in frames else frame(name, ()) for name in TABLES}
    resources = []
    for name, data in whole.items():
        path = folder / f"{name}.{format}"
        if format == "csv":
            _write_csv(path, data)
        else:
            data.to_parquet(path, engine="pyarrow", index=False, compression="zstd")
        resources.append(describe_file(TABLES[name], path, format))
    write_package(folder, resources, about)


def write_package(folder: Path, resources: Sequence[Mapping[str, Any]], about: Mapping[str, Any] | None = None) -> None:
    """Write datapackage.json: what the folder is (`about`) and its tables, as `describe_file` gives them."""
    package = {"name": "casework-tables", **(about or {}), "resources": list(resources)}
    (folder / PACKAGE).write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")


def _write_csv(path: Path, data: pd.DataFrame) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        data.to_csv(out, index=False, quoting=csv.QUOTE_ALL, lineterminator="\n")


def describe_file(declared: Table, path: Path, format: Format, sha256: str = "") -> dict[str, Any]:
    """Describe a table's file for the data package; `sha256` where it is known already."""
    media = "text/csv" if format == "csv" else "application/vnd.apache.parquet"
    dialect = {"dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True}} if format == "csv" else {}
    schema: dict[str, Any] = {"fields": [_field(c) for c in declared], "missingValues": [""]}
    if declared.key and all(declared.column(k).required for k in declared.key):
        schema["primaryKey"] = list(declared.key)
    if links := links_of(declared):
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": "" if owner == declared.name else owner, "fields": [key]}}
            for column, (owner, key) in links.items()
        ]
    return {
        "name": declared.name, "type": "table", "path": path.name, "description": declared.about, "format": format, "mediatype": media,
        "encoding": "utf-8", "bytes": path.stat().st_size, "hash": "sha256:" + (sha256 or _sha256(path)), **dialect, "schema": schema,
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _field(column: Column) -> dict[str, Any]:
    kind = KINDS[column.kind]
    field: dict[str, Any] = {"name": column.name, "type": kind.frictionless, "description": column.about}
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if column.codes and column.kind == "code":
        constraints["enum"] = list(VOCABULARIES[column.codes])
    elif kind.frictionless == "string" and column.kind != "text":
        constraints["pattern"] = pattern_of(column, VOCABULARIES)
    if constraints:
        field["constraints"] = constraints
    return field


def read_tables(folder: Path) -> Tables:
    """Read a folder of tables back, CSV or Parquet; every cell is text.

    Raises CaseworkError where a table or a column is missing.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CaseworkError(f"{folder}: no such folder of tables; `casework build STUDY` writes one")
    return Tables(**{name: _read(folder, name) for name in TABLES})


def _read(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.csv"
    try:
        if path.is_file():
            data = pd.read_csv(path, dtype="str", keep_default_na=False, na_filter=False, encoding="utf-8")
        elif (path := folder / f"{name}.parquet").is_file():
            data = pd.read_parquet(path, engine="pyarrow")
        else:
            raise CaseworkError(f"{folder}: has no {name}.csv or {name}.parquet; build the tables again")
    except (ValueError, OSError) as e:
        raise CaseworkError(f"{path}: cannot be read as a table: {str(e).splitlines()[0]}") from None
    names = TABLES[name].names
    if list(data.columns) != names:
        odd = sorted(set(names) ^ set(map(str, data.columns)))
        raise CaseworkError(f"{path}: columns differ from this version's ({', '.join(odd) or 'their order'}); build the tables again")
    return data.astype("str")


def describe_tables() -> str:
    """Describe every table and vocabulary in Markdown, for the documentation."""
    lines: list[str] = []
    for t in TABLES.values():
        lines += [f"### {t.name}", "", t.about, "", "| column | kind | holds |", "|---|---|---|"]
        for c in t:
            kind = f"{c.kind} of {c.codes}" if c.codes else c.kind
            lines.append(f"| {c.name} | {kind}{', never empty' if c.required else ''} | {c.about} |")
        lines.append("")
    lines += ["### Kinds", "", "| kind | a cell is empty or |", "|---|---|", *(f"| {k} | {v.says} |" for k, v in KINDS.items()), ""]
    for name, words in VOCABULARIES.items():
        lines += [f"### Codes: {name}", "", "| code | means |", "|---|---|"]
        lines += [*(f"| {code} | {means} |" for code, means in words.items()), ""]
    return "\n".join(lines)
