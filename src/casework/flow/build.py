"""The arrow on one page: a study's raw texts to its tables.

batches of raw texts → tasks → parts in the cache → a survey of the whole → tables, merged from the parts
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casework.flow.batch import Batch, make_batches, size_of
from casework.flow.cache import VERDICTS, Cache, open_cache
from casework.flow.corrections import by_source
from casework.flow.crew import Alone, Crew, run_tasks
from casework.flow.homes import check_homes
from casework.flow.kit import Settings, built_in_kit, load_gazetteer_of, settings_of
from casework.flow.merge import Merged, merge_parts
from casework.flow.part import Damaged
from casework.flow.records import read_source
from casework.flow.survey import Survey, survey_parts
from casework.flow.work import Task
from casework.sources import Manifest, Mistakes, check_manifest, missing_files, read_manifest
from casework.sources.source import make_source
from casework.study import Correction, Study
from casework.tables import Tables, fresh_folder, make_frames
from casework.tables.files import Format
from casework.text import CaseworkError, Problem, check_text

__all__ = ["BuildResult", "Progress", "build", "parse_text"]

Progress = Callable[[int, int], None]
"""Is told how many bytes of raw files are done, and of how many."""


@dataclass(frozen=True)
class BuildResult:
    """Where the tables are, how many rows each has, the first thousand problems as lines, and how many cases are of each level."""

    tables_dir: Path
    counts: dict[str, int]
    problems: tuple[str, ...]
    levels: Mapping[str, int] = field(default_factory=dict)

    @property
    def unplaced(self) -> int:
        """Give the number of cases of which no place is known."""
        return self.levels.get("", 0)


def build(
    study: Study,
    raw: Path | None = None,
    out: Path | None = None,
    jobs: int = 1,
    format: Format = "csv",
    progress: Progress | None = None,
    scheduler: str = "",
) -> BuildResult:
    """Parse every raw text of a study and write the tables; what has not changed since the last build is not parsed again.

    `raw` reads every file of another folder, registered or not; `out` writes the tables elsewhere and publishes
    nothing. `jobs` processes work at once, or the workers of the Dask cluster whose `scheduler` is named.
    Raises CaseworkError before anything is written where the manifest or the corrections do not hold,
    a registered file is missing from the study's own folder, or nothing can be read.
    """
    if format not in ("csv", "parquet"):
        raise CaseworkError(f"no table format '{format}'; known: csv, parquet")
    folder = (raw or study.raw).absolute()
    problems = _check(study, folder, raw is not None)
    corrections = by_source(study.corrections, lambda: load_gazetteer_of(settings_of(study)))
    settings = settings_of(study)
    target = (out or study.tables_dir).absolute()
    with open_cache(target.with_name(f".{target.name}.cache") if out else study.work_dir.absolute() / "cache") as cache:
        job = _Job(study, folder, target, out is None, cache, settings, corrections, format)
        while True:
            try:
                with closing(_crew(jobs, scheduler, settings, job)) as crew:
                    names, found = _parse(job, crew, progress)
                merged = _merge(job, names, [*problems, *found])
            except Damaged as e:  # found while merging: that part alone is made again
                cache.drop(e.path.parent.name)
            else:
                cache.keep(set(names), job.codings)
                return BuildResult(target, merged.counts, tuple(merged.problems), merged.levels)


@dataclass(frozen=True)
class _Job:
    """What one build is about."""

    study: Study
    folder: Path
    target: Path
    published: bool
    cache: Cache
    settings: Settings
    corrections: dict[str, list[Correction]]
    format: Format

    @property
    def short(self) -> bool:
        """Whether stand-off tables are asked for."""
        return self.published and self.study.publish != "full"

    @property
    def codings(self) -> str:
        return self.cache.codings(self.settings)


def _check(study: Study, folder: Path, foreign: bool) -> list[Problem]:
    """Hold the raw folder against the manifest before anything is parsed; give what is missing where that is no error."""
    if not folder.is_dir():
        raise CaseworkError(f"{folder}: no such folder; put the raw texts there or name their folder with --raw")
    if study.manifest is None:
        return []
    mistakes = Mistakes(study.manifest)
    manifest = read_manifest(study.manifest, mistakes)
    missing = missing_files(folder, manifest)
    for row in () if foreign else missing:
        what_would_do = f"put the file with sha256 {row.sha256} into {folder / row.file}, or delete this line"
        mistakes.add(row.line, f"{row.file} is not there; {what_would_do}")
    check_manifest(folder, manifest, mistakes)
    if any(row.place for row in manifest.values()):
        check_homes(manifest.values(), load_gazetteer_of(settings_of(study)), study.places or study.raw / "places.csv", mistakes)
    mistakes.refuse()
    return [Problem("missing", f"{row.file}  sha256 {row.sha256}  → {folder / row.file}") for row in missing]


def _manifest(study: Study) -> Manifest:
    return read_manifest(study.manifest) if study.manifest else Manifest()


def _crew(jobs: int, scheduler: str, settings: Settings, job: _Job) -> Crew:
    if scheduler:
        from casework.flow.cluster import Cluster

        return Cluster(scheduler, settings, job.folder, job.cache.folder)
    if jobs > 1:
        from casework.flow.pool import Pool

        return Pool(jobs, settings)
    return Alone()


def _parse(job: _Job, crew: Crew, progress: Progress | None) -> tuple[list[str], list[Problem]]:
    """Have every batch's part in the cache; give their names in the order of the folder, and what belongs to no batch."""
    problems: list[Problem] = []

    def tasks() -> Iterator[Task]:
        for number, item in enumerate(make_batches(job.folder, _manifest(job.study))):
            if isinstance(item, Batch):
                yield job.cache.task((number,), item, job.folder, job.settings, job.short)
            else:
                problems.append(item)

    names: dict[tuple[int, ...], str] = {}
    whole = size_of(job.folder) if progress else 0
    bytes_done = 0
    for done in run_tasks(tasks(), crew, job.cache):
        bytes_done += done.bytes
        if done.problem:
            problems.append(done.problem)
        else:
            names[done.number] = done.name
        if progress:
            progress(bytes_done, max(bytes_done, whole))
    return [names[number] for number in sorted(names)], problems


def _merge(job: _Job, names: list[str], problems: list[Problem]) -> Merged:
    """Put the parts together and move the tables into place, all at once."""
    survey = survey_parts([job.cache.folder / n for n in names], job.codings, job.corrections, job.cache.folder / VERDICTS)
    survey.problems += problems
    if not survey.sources:
        raise CaseworkError(f"{job.folder}: no text could be read there{_first(survey)}")
    with ExitStack() as stack:
        full = stack.enter_context(fresh_folder(job.target))
        short = stack.enter_context(fresh_folder(job.study.published_dir)) if job.published else None
        return merge_parts(survey, full, short, job.study.publish == "full", job.format, _about(job.study))


def _first(survey: Survey) -> str:
    return f": {survey.problems[0].message}" if survey.problems else "; it holds no file of a kind that is read"


def _about(study: Study) -> dict[str, Any]:
    """Describe the tables in terms of a data package."""
    created = f"{study.date}T00:00:00Z" if study.date else ""
    told = {"name": study.name, "title": study.title_in("en"), "version": study.version, "created": created}
    about: dict[str, Any] = {k: v for k, v in told.items() if v}
    if study.authors:
        about["contributors"] = [{"title": a.name, "role": "author"} for a in study.authors]
    return about


def parse_text(text: str, outlet: str = "", published: str = "", headline: str = "") -> Tables:
    """Parse one text with the built-in codebooks; gives the same frames as a study's tables.

    Raises CaseworkError where the text is no text: half of a surrogate pair stands in it.
    """
    check_text(text, "parse")
    data = text.encode("utf-8")
    told = {"outlet": outlet, "published": published, "headline": headline}
    source = make_source("text", hashlib.sha256(data).hexdigest(), len(data), "utf-8", text, told)
    records = read_source(source, built_in_kit())
    return Tables(**make_frames(records.rows))
