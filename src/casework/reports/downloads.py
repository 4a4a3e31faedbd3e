"""The tables to take away: a zip of CSV with its data package, and a workbook; the same bytes every time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import pandas as pd
import xlsxwriter

from casework.tables import TABLES, save_tables
from casework.tables.publish import Publish
from casework.views import load_words
from casework.views.words import Words

__all__ = ["FOLDER", "downloads_html", "store_files", "write_downloads", "write_workbook"]

FOLDER = "downloads"
EPOCH = (1980, 1, 1, 0, 0, 0)
# What one sheet and one cell of a workbook can hold, the heading's row aside.
SHEET_ROWS = 1_048_575
CELL_CHARS = 32_767
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


def write_downloads(site: Path, frames: Mapping[str, pd.DataFrame], package: Path, date: str, lang: str) -> None:
    """Write a site's tables/ and downloads; `frames` hold only what may be published, `package` describes the tables they come from.

    `date` (YYYY-MM-DD or empty) is the day that the workbook bears.
    """
    folder = site / FOLDER
    folder.mkdir(exist_ok=True)
    about = {k: v for k, v in json.loads(package.read_text(encoding="utf-8")).items() if k != "resources"} if package.is_file() else {}
    tables = site / "tables"
    shutil.rmtree(tables, ignore_errors=True)
    tables.mkdir()
    save_tables(tables, frames, "csv", about)
    store_files(folder / "tables.zip", ((p.name, p) for p in sorted(tables.iterdir())))
    write_workbook(folder / "tables.xlsx", frames, date, lang)


def store_files(path: Path, files: Iterable[tuple[str, Path]]) -> None:
    """Put files into a zip, in the order given: stored, without clock, umask or system in it."""
    with ZipFile(path, "w", ZIP_STORED) as out:
        for name, file in files:
            with file.open("rb") as read, out.open(_entry(name, file.stat().st_size), "w") as write:
                shutil.copyfileobj(read, write)


def _entry(name: str, size: int) -> ZipInfo:
    entry = ZipInfo(name, EPOCH)
    entry.create_system, entry.external_attr, entry.file_size = 3, 0o644 << 16, size
    return entry


def write_workbook(path: Path, frames: Mapping[str, pd.DataFrame], date: str, lang: str) -> None:
    """Write the tables as a workbook: a sheet each, every cell a string, so that none becomes a formula, a number or a date.

    Deflated bytes would depend on the system's zlib, so its parts are stored.
    """
    created = datetime.fromisoformat(date).replace(tzinfo=UTC) if date else datetime(*EPOCH, tzinfo=UTC)
    with TemporaryDirectory(prefix="casework-") as temporary:
        packed, parts = Path(temporary) / "packed.xlsx", Path(temporary) / "parts"
        book = xlsxwriter.Workbook(packed, {**OPTIONS, "tmpdir": temporary})
        book.set_properties({"created": created, "author": "casework"})
        _fill(book, {name: frames[name] for name in TABLES if name in frames}, load_words(lang))
        book.close()
        with ZipFile(packed) as made:
            made.extractall(parts)
            names = made.namelist()
        # In the order of the writer: readers look for the content types first.
        store_files(path, ((name, parts / name) for name in names))


def _fill(book: xlsxwriter.Workbook, frames: Mapping[str, pd.DataFrame], words: Words) -> None:
    bold = book.add_format({"bold": True})
    heads = [words(k) for k in ("sheet_table", "sheet_about", "sheet_rows", "sheet_note")]
    _sheet(book, words("index"), heads, [(n, TABLES[n].about, str(len(f)), _note(f, words)) for n, f in frames.items()], bold)
    for name, data in frames.items():
        rows = data.iloc[:SHEET_ROWS].itertuples(index=False, name=None)
        _sheet(book, name, [str(c) for c in data.columns], rows, bold)


def _note(data: pd.DataFrame, words: Words) -> str:
    """Say what a sheet leaves out, if it does."""
    cells = sum(int((data[c].iloc[:SHEET_ROWS].str.len() > CELL_CHARS).sum()) for c in data.columns)
    rows = max(0, len(data) - SHEET_ROWS)
    return words("sheet_cut").format(rows=f"{rows:,}", cells=f"{cells:,}") if rows or cells else ""


def _sheet(book: xlsxwriter.Workbook, name: str, heads: list[str], rows: Iterable[tuple[str, ...]], bold: object) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(heads) - 1, 18)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    for i, head in enumerate(heads):
        sheet.write_string(0, i, head, bold)
    for at, row in enumerate(rows, start=1):
        for i, cell in enumerate(row):
            if cell:
                sheet.write_string(at, i, cell if len(cell) <= CELL_CHARS else cell[: CELL_CHARS - 1] + "…")


def downloads_html(site: Path, publish: Publish, lang: str, up: str = "") -> str:
    """Write the links to what `write_downloads` and the notebooks wrote, with sizes; `up` leads from the page to the site."""
    words = load_words(lang)
    own = [("tables.zip", "download_csv"), ("tables.xlsx", "download_xlsx")]
    for name in ("case_matrix", "left_out"):
        own += [(path.name, f"download_{name}") for path in sorted((site / FOLDER).glob(f"{name}*.csv"))]
    items = "".join(
        f'<li><a href="{up}{FOLDER}/{name}" download>{name}</a> <small>{_size(site / FOLDER / name)}</small><br>{escape(words(about))}</li>'
        for name, about in own
    )
    held = f'<p class="soft"><small>{escape(words("download_held"))}</small></p>' if publish != "full" else ""
    return f'<h2 id="downloads">{escape(words("downloads"))}</h2><ul>{items}</ul>{held}'


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3)):,} kB"
