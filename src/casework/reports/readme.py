"""README.md for data editors, on the template of the social science data editors."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from lxml import html  # type: ignore[import-untyped]

import casework
from casework.reports.lock import Lock
from casework.reports.papers import PaperWords, lacking, load_papers, spdx
from casework.reports.parameters import declared_parameters, read_notebook
from casework.reports.provenance import SHOWN, Provenance
from casework.reports.runs import Job
from casework.study import Study
from casework.tables import TABLES

__all__ = ["data_editors_readme", "page_items", "study_path"]

LISTED = 200


def study_path(study: Study) -> str:
    """Name a study's file from its project's folder."""
    return study.file.relative_to(study.folder).as_posix() if study.file.is_relative_to(study.folder) else study.file.name


def data_editors_readme(
    study: Study, frames: Mapping[str, pd.DataFrame], site: Path, jobs: Sequence[Job], found: Provenance, lock: Lock, python: str
) -> str:
    """Write the README of a site whose pages and tables are written already; `frames` hold only what may be published.

    Pages in another language show the same figures and tables, so those of the study's first one are listed.
    """
    jobs = [job for job in jobs if job.lang == study.lang]
    words = load_papers(study.lang)
    sources = frames["sources"]
    where = {"study": study_path(study), "version": casework.__version__, "python": python}
    held = len(sources) if study.publish != "full" else 0
    reports = len({job.report for job in jobs})
    parts = [
        words.part("head", title=study.title_in(study.lang)),
        words.part("overview", n=len(sources), tables=len(TABLES), reports=reports, cite=found.cite, **where),
        words.part("lacking", keys=", ".join(f"`{k}`" for k in lacking(study))) if lacking(study) else "",
        _availability(study, sources, held, words),
        words.part("held_note", **where) if held else "",
        words.part("datasets") + _datasets(study, frames, words),
        words.part("needs", code=found.code[:SHOWN], lock=_lock(lock, words), random=_seeds(jobs, words), **_sizes(sources, site), **where),
        words.part("programs", **where) + _programs(jobs),
        words.part("code_licence"),
        words.part("steps", texts=words.part("texts_held" if held else "texts_given"), **where),
        words.part("outputs") + "".join(_outputs(site, jobs, words)),
        words.part("references"),
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def _cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(_cell, cells))} |\n"


def _availability(study: Study, sources: pd.DataFrame, held: int, words: PaperWords) -> str:
    licence = study.licence or words.part("no_licence")
    head = words.part("rights", licence=licence, all=" " if held else "x", some="x" if held else " ", held=held, n=len(sources))
    rows = [{str(k): str(v) for k, v in row.items()} for row in sources.to_dict("records")]
    if len(rows) > LISTED:
        told = Counter((r["outlet"], r["licence"], _given(study, r, words, "evidence/")) for r in rows)
        lines = "".join(_row(outlet, licence, n, given) for (outlet, licence, given), n in sorted(told.items()))
        return f"{head}\n{words.part('many', n=len(rows))}\n\n{words.part('many_heads')}\n|---|---|---|---|\n{lines}"
    lines = "".join(_source(study, r, words) for r in rows)
    return f"{head}\n{words.part('source_heads')}\n|---|---|---|---|---|---|\n{lines}"


def _source(study: Study, row: Mapping[str, str], words: PaperWords) -> str:
    name = " ".join(p for p in (row["outlet"], row["url"]) if p) or row["source_id"]
    given = _given(study, row, words, f"evidence/{row['source_id']}.html")
    return _row(name, row["published"], row["file"], f"`{row['sha256'][:16]}…`", row["licence"] or "–", given)


def _given(study: Study, row: Mapping[str, str], words: PaperWords, page: str) -> str:
    if study.publish != "full":
        return words.part("held")
    known = spdx(row["licence"])
    return words.part("given_open", page=page) if known and known["open"] else words.part("given_closed")


def _datasets(study: Study, frames: Mapping[str, pd.DataFrame], words: PaperWords) -> str:
    blanked = {name for name, t in TABLES.items() if study.publish != "full" and any(c.words == "running" for c in t)}
    said = {name: words.part("yes_held" if name in blanked else "yes_") for name in TABLES}
    rows = {name: len(frames[name]) if name in frames else 0 for name in TABLES}
    return "".join(_row(f"`tables/{name}.csv`", t.about, f"{rows[name]:,}", said[name]) for name, t in TABLES.items())


def _lock(lock: Lock, words: PaperWords) -> str:
    if lock.made:
        return words.part("lock_made")
    told = [words.part("lock_item" if there else "lock_absent", name=n, locked=at, found=there) for n, at, there in lock.differs]
    return words.part("lock_differs", what="; ".join(told)) if told else words.part("lock_same")


def _seeds(jobs: Sequence[Job], words: PaperWords) -> str:
    """Name the seeds, given or by default, once a report."""
    first = {job.report: job for job in reversed(jobs)}
    given = {name: {**declared_parameters(read_notebook(job.notebook), job.notebook), **job.parameters} for name, job in first.items()}
    seeds = sorted(f"{report}: `{k}` = {v}" for report, all_ in given.items() for k, v in all_.items() if "seed" in k)
    return words.part("seeds", seeds="; ".join(seeds)) if seeds else words.part("no_seeds")


def _sizes(sources: pd.DataFrame, site: Path) -> dict[str, str]:
    raw = sum(int(n) for n in sources["bytes"] if n)
    tables = sum(p.stat().st_size for p in (site / "tables").glob("*.csv"))
    return {"raw": f"{raw / 1e6:.1f} MB", "size": f"{tables / 1e6:.1f} MB"}


def _programs(jobs: Sequence[Job]) -> str:
    made: dict[str, list[str]] = {}
    for job in jobs:
        made.setdefault(f"source/notebooks/{job.notebook.name}", []).append(job.path)
    return "".join(_row(f"`{name}`", f"`{paths[0]}`" + (f" … `{paths[-1]}`" if len(paths) > 1 else "")) for name, paths in made.items())


def page_items(page: Path) -> Iterator[tuple[str, str]]:
    """Give each figure and table of a page, as (`figure` or `table`, the heading it stands under)."""
    heading = ""
    for element in html.parse(str(page), parser=html.HTMLParser(encoding="utf-8")).getroot().iter("h1", "h2", "h3", "figure", "table"):
        if element.tag in ("figure", "table"):
            yield element.tag, heading
        else:
            heading = " ".join(element.text_content().split())


def _outputs(site: Path, jobs: Sequence[Job], words: PaperWords) -> Iterator[str]:
    counts: Counter[str] = Counter()
    for report in dict.fromkeys(job.report for job in jobs):
        mine = [job for job in jobs if job.report == report]
        first = mine[0]
        file = words.part("each", first=f"`{first.path}`", n=len(mine) - 1) if len(mine) > 1 else f"`{first.path}`"
        given: dict[str, Any] = dict(first.parameters)
        said = f"`{json.dumps(given, ensure_ascii=False)}`"
        for kind, heading in page_items(site / first.path):
            counts[kind] += 1
            yield _row(f"{words.part(kind)} {counts[kind]}", heading, file, f"`source/notebooks/{first.notebook.name}`", said)
