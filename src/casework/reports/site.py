"""Publish a study: every report run and framed, every source on its page, all moved into place at once."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from casework.compare import character_account, roll_up
from casework.reports.bundle import papers_html, write_crate, write_papers
from casework.reports.convert import notebook_title
from casework.reports.crate import CRATE
from casework.reports.desk import run_folder, study_parameters, write_offered
from casework.reports.downloads import downloads_html, write_downloads
from casework.reports.failed import failure_body, tell_failures
from casework.reports.fonts import FontCache
from casework.reports.frame import Page, Site, render_files
from casework.reports.guard import refuse_running_text
from casework.reports.index import Card, index_page
from casework.reports.kept import inputs_digest
from casework.reports.kernels import choose_engine
from casework.reports.loaded import Loaded, tables_of
from casework.reports.parameters import read_notebook
from casework.reports.provenance import gather_provenance
from casework.reports.runs import Job, Runs, Settings, run_jobs
from casework.reports.search import SEARCH, search_page
from casework.reports.sources import SOURCES, evidence_page
from casework.reports.specs import Declared, check_reports
from casework.reports.unchanged import is_unchanged, remember_site, site_digest
from casework.study import Study
from casework.tables import Tables, standoff
from casework.text import CaseworkError
from casework.views import Reading, case_pages, gather_readings, load_words, mechanism_names

__all__ = ["Job", "plan_jobs", "publish", "tables_of"]

LEVEL = "township"
CASES = "index.html#cases"
"""Where the site lists its cases."""


def publish(
    study: Study, tables: Path | Loaded | None = None, out: Path | None = None, *, only: Sequence[str] | None = None,
    declared: Declared | None = None, settings: Settings | None = None, **how: Any,
) -> Path:
    """Run a study's reports on its tables and write the site; give the path of its first page.

    Without `tables` those that were built are taken, else those that are committed. With `only` the other reports' pages
    stay as they are. `declared` is what `check_reports` gave, where that was asked before. How reports are run is said by
    `settings`, or by its fields as keywords (`jobs=2`). Raises CaseworkError before anything is written where a parameter
    or a notebook is wrong, and after the rest is written where a report failed.
    """
    loaded = Loaded.at(study, tables)
    out = out or study.reports_dir
    settings = replace(settings or Settings(), **how)
    choose_engine(settings.engine)
    kept = None if only else settings.kept
    digest = site_digest(study, loaded.folder) if kept else ""
    if kept and is_unchanged(kept.folder, digest, out):
        return out / "index.html"
    _publish_anew(study, loaded, out, only, declared if declared is not None else check_reports(study, only), settings)
    if kept:
        remember_site(kept.folder, digest, out)
    return out / "index.html"


def _publish_anew(
    study: Study, loaded: Loaded, out: Path, only: Sequence[str] | None, declared: Declared, settings: Settings
) -> None:
    """Run what is not kept, write the site, and tell of what failed."""
    read, folder = loaded.tables, loaded.folder
    planned = [job for lang in study.langs for job in plan_jobs(study, read, folder, lang, declared)]
    chosen = [job for job in planned if not only or job.report in only]
    with _fresh_site(out, keep=bool(only)) as new:
        with run_folder(study, folder, read, bool(settings.scheduler)) as seen:
            runs = run_jobs(chosen, seen, inputs_digest(seen, study.codebooks.values()), settings)
        if runs.failed and not runs.done:
            tell_failures(chosen, runs)
        _write_site(study, read, folder, planned, runs, new)
    if settings.kept and not only:
        settings.kept.prune()
    if runs.failed:
        tell_failures(chosen, runs, out)


def _write_site(study: Study, tables: Tables, folder: Path, planned: Sequence[Job], runs: Runs, new: Path) -> None:
    """Write the pages of each language, then what explains the whole."""
    fonts = FontCache(study.work_dir / "fonts")
    there = [job for job in planned if job.page in runs.done or job.page in runs.failed or (new / job.page).is_file()]
    for lang in study.langs:
        _write_tree(study, lang, tables, folder, [job for job in there if job.lang == lang], runs, fonts, new)
    fonts.prune()
    shared = standoff(tables.frames, study.publish)
    found = gather_provenance(study, folder, study.lang)
    write_papers(new, study, shared, there, found)
    write_crate(new, study, shared["sources"], there, runs, found)


def plan_jobs(study: Study, tables: Tables, folder: Path, lang: str = "", declared: Declared | None = None) -> list[Job]:
    """List the pages that notebooks make in a language (the study's first, unless said), their parameters checked."""
    lang = lang or study.lang
    declared = declared if declared is not None else check_reports(study)
    out: list[Job] = []
    for spec in study.reports:
        known = declared[spec.name]
        own = {**_own_parameters(study, lang), "report": spec.name}
        given = {k: v for k, v in own.items() if k in known} | dict(spec.parameters)
        if not spec.foreach:
            out.append(Job(spec.name, spec.notebook, f"{spec.name}.html", given, lang=lang, tree=_tree(study, lang)))
            continue
        level = str(given.get("level", known["level"])) if spec.foreach == "case" else spec.foreach
        for case, path in case_pages(roll_up(tables, level).cases, spec.name).items():
            named = {"report": Path(path).stem} if "report" in known else {}
            own = {**given, **named, "case": case, "level": level}
            out.append(Job(spec.name, spec.notebook, path, own, case, lang, _tree(study, lang)))
    return out


def _own_parameters(study: Study, lang: str) -> dict[str, Any]:
    """What every notebook may ask for: it runs in the folder of the tables, so no path of this machine is printed."""
    each = next((spec.name for spec in study.reports if spec.foreach), "")
    return {"tables": ".", "lang": lang, "evidence": "evidence", "pages": each, "publish": study.publish, **study_parameters(study)}


def _write_tree(
    study: Study, lang: str, tables: Tables, folder: Path, there: Sequence[Job], runs: Runs, fonts: FontCache, out: Path
) -> None:
    """Write the pages of one language: the study's first into the site's own folder, another into a folder in it."""
    new = out / _tree(study, lang)
    new.mkdir(exist_ok=True)
    names = mechanism_names(study.codebooks.get("mechanisms"), lang)
    cards = _cards(study, there, lang)
    nav = _navigation(cards, lang)
    site = Site(study.title_in(lang), lang, nav, gather_provenance(study, folder, lang), fonts, _others(study, lang))
    shared = standoff(tables.frames, study.publish)
    made = [_report_page(job, runs) for job in there if job.page in runs.done or job.page in runs.failed]
    made.append(search_page(shared["claims"], shared["sources"], study.publish, lang))
    if study.publish != "full":
        refuse_running_text({page.path: page.body for page in made}, tables)
    for page in made:
        _write(new, site, page)
    if lang == study.lang:
        write_downloads(new, shared, folder / "datapackage.json", study.date, lang)
    write_offered(new, {job.path: runs.done[job.page].notebook for job in there if job.page in runs.done})
    account = character_account(tables)
    readings = list(gather_readings(tables, _raws(folder), lang, names))
    _write_evidence(study, site, readings, account, new)
    pages = {job.case: job.path for job in there if job.case}
    rolled = roll_up(tables, _level_of(there))
    up = "../" if new != out else ""
    downloads = downloads_html(out, study.publish, lang, up) + papers_html(study, lang, up)
    _write(new, site, index_page(site.title, tables, rolled, readings, cards, account, pages, names, study.publish, lang, downloads))


def _tree(study: Study, lang: str) -> str:
    return "" if lang == study.lang else lang


def _others(study: Study, lang: str) -> dict[str, str]:
    """Give the way from the first page to that of each other language's folder."""
    back = "../" if lang != study.lang else ""
    return {other: f"{back}{tree}/" if (tree := _tree(study, other)) else back for other in study.langs if other != lang}


def _write_evidence(study: Study, site: Site, readings: Sequence[Reading], account: pd.DataFrame, new: Path) -> None:
    (new / "evidence").mkdir(exist_ok=True)
    for i, reading in enumerate(readings):
        before, after = readings[i - 1] if i else None, readings[i + 1] if i + 1 < len(readings) else None
        own = account[account["source_id"] == reading.source_id]
        _write(new, site, evidence_page(reading, own, before, after, study.publish, site.lang))


def _write(folder: Path, site: Site, page: Page) -> None:
    for path, text in render_files(site, page).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")


def _level_of(jobs: Sequence[Job]) -> str:
    return next((str(job.parameters["level"]) for job in jobs if job.case), LEVEL)


def _navigation(cards: Sequence[Card], lang: str) -> list[tuple[str, str]]:
    """Give path and label of each entry: the first page, its lists of cases and sources, the reports, the search."""
    words = load_words(lang)
    lists = [(CASES, words("cases_title"))] if any(card.path == CASES for card in cards) else []
    reports = [(card.path, card.title) for card in cards if card.path != CASES]
    return [("index.html", words("index")), *lists, (SOURCES, words("sources_title")), *reports]


def _report_page(job: Job, runs: Runs) -> Page:
    title = job.case.rpartition("/")[2] if job.case else notebook_title(read_notebook(job.notebook), job.lang) or job.report
    current = CASES if job.case else job.path
    digest = hashlib.sha256(job.notebook.read_bytes()).hexdigest()
    body = runs.done[job.page].body if job.page in runs.done else failure_body(title, runs.failed[job.page], job.lang)
    return Page(job.path, title, body, current, digest, job.parameters)


def _cards(study: Study, jobs: Sequence[Job], lang: str) -> list[Card]:
    """Give a card for every report and for the search; one that is made for each case leads to the list of cases."""
    out: list[Card] = []
    for spec in study.reports:
        mine = [job for job in jobs if job.report == spec.name]
        if mine:
            notebook = read_notebook(spec.notebook)
            about = notebook_about(notebook, lang)
            title = load_words(lang)("cases_title") if spec.foreach else notebook_title(notebook, lang) or spec.name
            out.append(Card(CASES if spec.foreach else mine[0].path, title, about))
    words = load_words(lang)
    return [*out, Card(SEARCH, words("search_title"), words("search_about"))]


def notebook_about(notebook: Any, lang: str) -> str:
    """Give the first paragraph under a notebook's first heading, without markup."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and lang in cell.metadata.get("tags", [lang]):
            lines = [line.strip() for line in cell.source.splitlines()]
            said = [line for line in lines if line and not line.startswith("#")]
            if said:
                return str(said[0]).replace("*", "").replace("`", "")
    return ""


def _raws(folder: Path) -> dict[str, str]:
    """Read the raw texts that `build` stored with the tables, by source_id; none where there are none."""
    files = sorted((folder / "raw").glob("s*.txt"))
    return {p.stem: p.read_bytes().decode("utf-8", errors="surrogatepass") for p in files}


@contextmanager
def _fresh_site(out: Path, keep: bool) -> Iterator[Path]:
    """Give a folder beside `out` to write into; it takes its place when the block ends well."""
    ours = any((out / name).is_file() for name in ("index.html", CRATE))
    if out.exists() and not ours and any(p.name != "README.md" for p in out.iterdir()):
        raise CaseworkError(f"{out}: holds files that are not a site of casework; name an empty or a new folder")
    new, old = out.with_name(f".{out.name}.new"), out.with_name(f".{out.name}.old")
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    new.parent.mkdir(parents=True, exist_ok=True)
    if keep and out.exists():
        shutil.copytree(out, new)
    else:
        new.mkdir()
    try:
        yield new
        if out.exists():
            out.rename(old)
        new.rename(out)
    except BaseException:
        if old.exists() and not out.exists():
            old.rename(out)
        raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
