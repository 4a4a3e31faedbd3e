"""The manifest: which files a study was read from, by SHA-256, and what is known about each."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, fields, replace
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

from casework.codebook import did_you_mean, load_codebook
from casework.sources.decode import ENCODINGS
from casework.sources.mistakes import Mistakes
from casework.sources.rows import read_rows
from casework.text import CaseworkError

__all__ = [
    "Manifest", "ManifestRow", "as_day", "check_manifest", "hash_file", "mismatch", "missing_files", "outlet_level", "read_manifest",
    "register_files", "walk",
]

_SKIPPED = re.compile(r"(README|LICEN[CS]E|COPYING)([._-].*)?", re.IGNORECASE)
_DAY = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})([T ]+[0-9]{1,2}:[0-9]{2}\S*)?")
_NO_DAY = re.compile(r"[0-9]{4}([-/.][0-9]{1,2})?")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_OWN = frozenset({"manifest.csv", "places.csv", "attributes.csv", "corrections.csv", "gold"})


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """What the manifest says of one file; empty is not known. `line` is where it says so."""

    file: str
    sha256: str
    outlet: str = ""
    published: str = ""
    url: str = ""
    licence: str = ""
    collected: str = ""
    query: str = ""
    encoding: str = ""
    headline: str = ""
    author: str = ""
    place: str = ""
    bytes: str = ""
    line: int = 0
    manifest: str = ""


_COLUMNS = tuple(f.name for f in fields(ManifestRow))[:-2]


class Manifest(dict[str, ManifestRow]):
    """The rows by their file's path in the raw folder; `by_hash` finds a renamed file's."""

    @cached_property
    def by_hash(self) -> dict[str, ManifestRow]:
        """The rows by SHA-256."""
        return {row.sha256: row for row in self.values()}


def read_manifest(path: Path, mistakes: Mistakes | None = None) -> Manifest:
    """Read a manifest: a row by its file's path in the raw folder.

    What is wrong (an unknown column or encoding, a path that leaves the folder, a file or a SHA-256 that stands twice, a
    date that is none) is added to `mistakes`; without them CaseworkError is raised that names file and line of each.
    """
    found = mistakes if mistakes is not None else Mistakes(path)
    rows = Manifest()
    hashes: dict[str, ManifestRow] = {}
    for line, cells in read_rows(path, _COLUMNS[:2], _COLUMNS[2:], found):
        row = ManifestRow(**cells, line=line, manifest=str(path))
        for wrong in _wrong(row):
            found.add(line, wrong)
        if other := rows.get(row.file) or hashes.get(row.sha256):
            what = "file" if other.file == row.file else "text"
            found.add(line, f"{row.file} is the same {what} as in line {other.line}; delete one of them")
        elif _is_inside(row.file):
            rows[row.file] = replace(row, published=as_day(row.published))
            if _SHA256.fullmatch(row.sha256):
                hashes[row.sha256] = row
    if mistakes is None:
        found.refuse()
    return rows


def _wrong(row: ManifestRow) -> Iterator[str]:
    if not _is_inside(row.file):
        yield f"file '{row.file}' must be a path inside the folder of the texts"
    if not _SHA256.fullmatch(row.sha256):
        yield f"sha256 of {row.file} must be 64 hex digits; `casework manifest STUDY` writes them"
    if row.published and not as_day(row.published):
        yield f"published is '{row.published}'; {_day_wanted(row.published)}"
    if row.bytes and not row.bytes.isdecimal():
        yield f"bytes is '{row.bytes}'; write a whole number, or nothing"
    if row.encoding and row.encoding.lower() not in ENCODINGS:
        yield f"no encoding '{row.encoding}'{did_you_mean(row.encoding, ENCODINGS)}"


def _is_inside(file: str) -> bool:
    parts = PurePosixPath(file).parts
    return bool(file) and "\\" not in file and not file.startswith("/") and ".." not in parts and ":" not in file.split("/")[0]


def as_day(text: str) -> str:
    """Write a day of the calendar as YYYY-MM-DD; empty where the text is none.

    Year, month and day in this order, with or without noughts, between hyphens, points, slashes or the Chinese words, as
    spreadsheets write them; a clock time may follow.

    >>> as_day("2023/5/1"), as_day("2023年5月1日"), as_day("2023-05-01 0:00"), as_day("5/1/2023"), as_day("2023-02-30")
    ('2023-05-01', '2023-05-01', '2023-05-01', '', '')
    """
    found = _DAY.fullmatch(_plain_day(text))
    try:
        return datetime.date(*map(int, found.group(1, 3, 4))).isoformat() if found else ""
    except ValueError:
        return ""


def _plain_day(text: str) -> str:
    """Put hyphens for the words of year and month between figures; that of the day goes."""
    year, month, day = load_codebook("outlets").terms("day_words")
    return text.replace(year, "-").replace(month, "-").replace(day, "").removesuffix("-")


def _day_wanted(text: str) -> str:
    """Say what to write for what is no day."""
    known = ": where only the year or the month is known, the text itself may tell the day" if _NO_DAY.fullmatch(_plain_day(text)) else ""
    return f"write a day as YYYY-MM-DD, or nothing{known}"


def walk(folder: Path) -> Iterator[str]:
    """Yield the path of every raw file in a folder, in sorted order, as posix paths.

    Hidden files, the study's own lists, gold/ and README or LICENSE files are passed over;
    only one folder's names at a time are held. Raises CaseworkError where the folder is not there.
    """
    if not folder.is_dir():
        raise CaseworkError(f"{folder}: no such folder of texts; put them there or name another with --raw")
    yield from _walk(str(folder), "")


def _walk(folder: str, prefix: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        names = sorted(e.name + "/" * e.is_dir(follow_symlinks=False) for e in entries if not _passed_over(e.name, prefix))
    for name in names:
        if name.endswith("/"):
            yield from _walk(os.path.join(folder, name[:-1]), prefix + name)
        else:
            yield prefix + name


def _passed_over(name: str, prefix: str) -> bool:
    return name.startswith(".") or _SKIPPED.fullmatch(name) is not None or not prefix and name in _OWN


def hash_file(path: Path) -> str:
    """Give the SHA-256 of a file's bytes in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_manifest(folder: Path, manifest: Mapping[str, ManifestRow], mistakes: Mistakes | None = None) -> None:
    """Hold every registered file that is there against its SHA-256, before anything is built.

    What differs is added to `mistakes`; without them CaseworkError is raised that names each with the manifest's file and line.
    """
    if not manifest:
        return
    found = mistakes if mistakes is not None else Mistakes(Path(next(iter(manifest.values())).manifest))
    for row in manifest.values():
        path = folder / row.file
        if path.exists() and not path.resolve().is_relative_to(folder.resolve()):
            found.add(row.line, f"{row.file} is a link that leaves the folder of the texts")
        elif _SHA256.fullmatch(row.sha256) and path.is_file() and (sha256 := hash_file(path)) != row.sha256:
            found.add(row.line, _differs(row, sha256))
    if mistakes is None:
        found.refuse()


def mismatch(row: ManifestRow, found: str) -> CaseworkError:
    """Make the error for a file whose bytes are not those of the manifest."""
    return CaseworkError(f"{row.manifest}:{row.line}: {_differs(row, found)}")


def _differs(row: ManifestRow, found: str) -> str:
    return (
        f"{row.file} has sha256 {found[:16]}…, the manifest {row.sha256[:16]}…; "
        "put the registered file back, or correct the manifest"
    )  # fmt: skip


def missing_files(folder: Path, manifest: Mapping[str, ManifestRow]) -> tuple[ManifestRow, ...]:
    """Give the rows of the registered files that are not there."""
    return tuple(row for row in manifest.values() if not (folder / row.file).is_file())


def register_files(folder: Path, path: Path) -> str:
    """Add every file of a folder that the manifest lacks, with its size; what was typed stays. Say how many in words.

    Raises CaseworkError for the manifest's mistakes and where a registered file has changed: that is for a person to settle.
    """
    mistakes = Mistakes(path)
    rows = read_manifest(path, mistakes) if path.is_file() else Manifest()
    check_manifest(folder, rows, mistakes)
    mistakes.refuse()
    known = {row.sha256 for row in rows.values()}
    new: list[ManifestRow] = []
    for file in walk(folder):
        if file not in rows and _is_utf8(file) and (folder / file).is_file() and (sha256 := hash_file(folder / file)) not in known:
            known.add(sha256)
            new.append(ManifestRow(file, sha256, bytes=str((folder / file).stat().st_size)))
    if new or not path.is_file():
        _write(path, sorted([*rows.values(), *new], key=lambda r: r.file))
    known_now = len(rows) + len(new)
    return f"{known_now} file{'s' * (known_now != 1)} registered, {len(new)} of them new"


def _is_utf8(name: str) -> bool:
    return name.isprintable() and name == name.encode("utf-8", "replace").decode("utf-8")


def _write(path: Path, rows: list[ManifestRow]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(astuple(row)[: len(_COLUMNS)] for row in rows)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(out.getvalue(), encoding="utf-8", newline="")
    beside.replace(path)


@cache
def outlet_level(outlet: str) -> str:
    """Tell the level of an outlet from its name: central, provincial, prefecture, county or other.

    >>> outlet_level("人民日报"), outlet_level("云岭县融媒体中心"), outlet_level("")
    ('central', 'county', '')
    """
    if not outlet.strip():
        return ""
    book = load_codebook("outlets")
    for level in ("central", "provincial", "prefecture"):
        if any(outlet.startswith(name) for name in book.terms(f"{level}_names")):
            return level
    if re.search("|".join(book.terms("county_patterns")), outlet):
        return "county"
    medium = f"({'|'.join(book.terms('media'))})"
    for level in ("prefecture", "province"):
        names = "|".join(sorted(map(re.escape, book.terms(f"{level}_stems")), key=len, reverse=True))
        if re.search(rf"^({names})({'|'.join(book.terms('ranks'))})?{medium}", outlet):
            return {"province": "provincial"}.get(level, level)
    return "other"
