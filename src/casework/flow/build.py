"""The arrow on one page: a study's raw texts to its tables."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from casework.claims import load_mechanisms
from casework.flow.copies import ArticleWords, find_copies
from casework.flow.corrections import correct
from casework.flow.records import Kit, Record, Records, read_source
from casework.places import load_gazetteer
from casework.sources import Source, check_manifest, iter_sources, missing_files, read_manifest
from casework.sources.source import make_source
from casework.study import Study, read_corrections
from casework.tables import Tables, check_surfaces, fresh_folder, make_frames, save_tables, standoff, write_tables
from casework.tables.files import Format
from casework.text import CaseworkError, Problem

__all__ = ["BuildResult", "build", "parse_text"]

Progress = Callable[[int, int], None]
T = TypeVar("T")
BATCH = 64


@dataclass(frozen=True)
class BuildResult:
    """Where the tables are, how many rows each has, and what was odd."""

    tables_dir: Path
    counts: dict[str, int]
    problems: tuple[str, ...]


def build(
    study: Study,
    raw: Path | None = None,
    out: Path | None = None,
    jobs: int = 1,
    format: Format = "csv",
    progress: Progress | None = None,
) -> BuildResult:
    """Parse every raw text of a study and write the tables.

    `raw` reads every file of another folder, registered or not; `out` writes the tables elsewhere and publishes
    nothing. Raises CaseworkError before anything is written where the manifest does not match,
    a registered file is missing from the study's own folder, or nothing can be read.
    """
    folder = raw or study.raw
    manifest = read_manifest(study.manifest) if study.manifest else {}
    if not folder.is_dir():
        raise CaseworkError(f"{folder}: no such folder; put the raw texts there or name their folder with --raw")
    missing = missing_files(folder, manifest)
    if missing and raw is None:
        raise CaseworkError("\n".join([f"{len(missing)} registered files are missing:", *missing]))
    check_manifest(folder, manifest)
    found = list(iter_sources(folder, manifest))
    found += [Problem("missing", line) for line in missing]
    rows = _collect(study, found, jobs, progress)
    if not rows.get("sources"):
        raise CaseworkError(f"{folder}: no text could be read there{_first(rows)}")
    frames = make_frames(rows)
    raws = {s.source_id: s.raw for s in found if isinstance(s, Source)}
    check_surfaces(frames, raws)
    target = out or study.tables_dir
    about = _about(study)
    with fresh_folder(target) as new:
        save_tables(new, frames, format, about)
        _save_raws(new, raws)
    if out is None:
        write_tables(study.published_dir, standoff(frames, study.publish), "csv", about)
    problems = tuple(f"{r['source_id']} {r['code']}: {r['message']}" for r in frames["problems"].to_dict("records"))
    return BuildResult(target, {name: len(f) for name, f in frames.items()}, problems)


def _about(study: Study) -> dict[str, Any]:
    """Describe the tables in terms of a data package."""
    created = f"{study.date}T00:00:00Z" if study.date else ""
    told = {"name": study.name, "title": study.title_in("en"), "version": study.version, "created": created}
    about: dict[str, Any] = {k: v for k, v in told.items() if v}
    if study.authors:
        about["contributors"] = [{"title": a.name, "role": "author"} for a in study.authors]
    return about


def _first(rows: dict[str, list[Record]]) -> str:
    problems = rows.get("problems", [])
    return f": {problems[0]['message']}" if problems else "; it holds no file of a kind that is read"


def _save_raws(folder: Path, raws: dict[str, str]) -> None:
    """Store the raw texts beside the tables, so that offsets stay checkable."""
    (folder / "raw").mkdir()
    for source_id, text in raws.items():
        (folder / "raw" / f"{source_id}.txt").write_text(text, encoding="utf-8", newline="")


def _collect(
    study: Study, found: list[Source | Problem], jobs: int, progress: Progress | None
) -> dict[str, list[Record]]:
    """Read all sources and put their rows together, in the order of the files."""
    rows: dict[str, list[Record]] = {}
    sources = [s for s in found if isinstance(s, Source)]
    for done, records in enumerate(_read_all(study, sources, jobs), start=1):
        for name, added in records.rows.items():
            rows.setdefault(name, []).extend(added)
        if progress:
            progress(done, len(sources))
    for p in (p for p in found if isinstance(p, Problem)):
        rows.setdefault("problems", []).append(_problem_row(p))
    _mark_copies(rows)
    if study.corrections:
        problems = correct(rows, read_corrections(study.corrections))
        rows.setdefault("problems", []).extend(_problem_row(p) for p in problems)
    return rows


def _problem_row(p: Problem) -> Record:
    return {"source_id": p.source_id, "start": p.start, "end": p.end, "code": p.code, "message": p.message}


def _read_all(study: Study, sources: list[Source], jobs: int) -> Iterator[Records]:
    if jobs <= 1 or len(sources) < 2:
        kit = make_kit(study)
        yield from (read_source(s, kit) for s in sources)
        return
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        size = max(1, min(BATCH, len(sources) // (4 * jobs) or 1))
        for batch in pool.map(_read_batch, ((study, b) for b in _batches(sources, size))):
            yield from batch


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _read_batch(task: tuple[Study, list[Source]]) -> list[Records]:
    study, sources = task
    kit = _kit(study.places, study.codebooks.get("mechanisms"), study.cleaners_off)
    return [read_source(s, kit) for s in sources]


def make_kit(study: Study) -> Kit:
    """Load what a study brings to every source."""
    return _kit(study.places, study.codebooks.get("mechanisms"), study.cleaners_off)


@cache
def _kit(places: Path | None, mechanisms: Path | None, off: frozenset[str]) -> Kit:
    return Kit(load_gazetteer(places), load_mechanisms(mechanisms), off)


def _mark_copies(rows: dict[str, list[Record]]) -> None:
    """Name each copy's original in `articles`, and flag the claims of copies."""
    words: dict[str, list[str]] = {}
    for p in rows.get("passages", ()):
        if p["role"] == "body":
            words.setdefault(p["article_id"], []).append(p["text"])
    articles = [
        ArticleWords(a["article_id"], a["published"], "".join(words.get(a["article_id"], ())))
        for a in rows.get("articles", ())
    ]
    copies = find_copies(articles)
    for a in rows.get("articles", ()):
        a["copy_of"] = copies.get(a["article_id"], "")
    for c in rows.get("claims", ()):
        if c["article_id"] in copies:
            c["flags"] = sorted({*c["flags"], "copy"})


def parse_text(text: str, outlet: str = "", published: str = "", headline: str = "") -> Tables:
    """Parse one text with the built-in codebooks; gives the same frames as a study's tables.

    Raises CaseworkError where the text is no text: half of a surrogate pair stands in it.
    """
    if not isinstance(text, str):
        raise CaseworkError(f"parse needs a text (str), not {type(text).__name__}")
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as e:
        message = f"the text has half of a surrogate pair at character {e.start}: decode its bytes again, or drop it"
        raise CaseworkError(message) from None
    told = {"outlet": outlet, "published": published, "headline": headline}
    source = make_source("text", hashlib.sha256(data).hexdigest(), len(data), "utf-8", text, told)
    records = read_source(source, _kit(None, None, frozenset()))
    return Tables(**make_frames(records.rows))
