"""A study held against itself: raw texts against the manifest, tables and reports against the same made again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from casework.reports.provenance import SHOWN, data_digest
from casework.sources import Manifest, read_manifest
from casework.study import Study
from casework.text import CaseworkError
from casework.verify.drift import find_drift
from casework.verify.environment import check_environment
from casework.verify.finding import Finding, Verdict
from casework.verify.folders import compare_folders
from casework.verify.raws import check_raws
from casework.verify.rebuild import Stage, elsewhere, rebuild_reports, rebuild_tables, silent
from casework.verify.stored import PACKAGE, check_stored

__all__ = ["verify_study"]


def verify_study(study: Study, raw: Path | None = None, *, tables_only: bool = False, jobs: int = 1, stage: Stage = silent) -> Verdict:
    """Check raw texts, tables, reports and environment of a study; everything is made again in an empty folder and compared.

    Where none of the raw texts are there, and the study does not publish them, the tables are held against what they say of
    themselves, and the reports are made again from them. `stage` shows progress, given the name of a stage.
    Raises CaseworkError where nothing was made yet, or the study cannot be built.
    """
    if not _made(study.tables_dir) and not _made(study.published_dir):
        raise CaseworkError(f"study '{study.name}' has no tables yet, nothing to verify; `casework run {study.file.name}` makes them")
    verdict = Verdict()
    verdict.add(check_environment(study.folder, study.reports_dir))
    can_build = _check_texts(study, raw, verdict)
    with elsewhere(study) as moved:
        if can_build:
            rebuild_tables(study, moved, raw, jobs, stage)
            verdict.add(_compare_tables(study, moved, verdict))
        else:
            verdict.add(_stored_tables(study))
        if tables_only:
            verdict.notes.append("the reports: --tables-only")
        elif not (study.reports_dir / "index.html").is_file():
            verdict.notes.append(f"the reports: none were published; `casework report {study.file.name}` does it")
        else:
            _check_reports(study, moved, moved if can_build else study, jobs, stage, verdict)
    return verdict


def _made(folder: Path) -> bool:
    return (folder / PACKAGE).is_file()


def _check_texts(study: Study, raw: Path | None, verdict: Verdict) -> bool:
    """Check the raw texts and tell whether the tables can be built from them."""
    folder = raw or study.raw
    if raw is not None and not raw.is_dir():
        raise CaseworkError(f"{raw}: no such folder of texts")
    manifest = read_manifest(study.manifest) if study.manifest and study.manifest.is_file() else Manifest()
    found = list(check_raws(folder, manifest, study.tables_dir)) if folder.is_dir() else []
    present = [f for f in found if f.state != "missing"]
    if not present and study.publish != "full" and raw is None:
        verdict.notes.append(f"{len(manifest)} raw texts, which are not published with the study: --raw DIR names a folder of them; "
                             "without them, tables are held against their own hashes, declarations and ids")  # fmt: skip
        return False
    verdict.add(found)
    if any(f.state in ("differs", "missing") for f in found):
        verdict.notes.append("the tables against the texts: the texts are not those of the manifest")
        return False
    return True


def _compare_tables(study: Study, moved: Study, verdict: Verdict) -> Iterator[Finding]:
    for area, there, made in (
        ("tables", study.tables_dir, moved.tables_dir), ("published", study.published_dir, moved.published_dir),
    ):  # fmt: skip
        if _made(there) or there.is_dir() and any(there.glob("*.csv")):
            yield from compare_folders(area, there, made)
        elif study.publish != "full" or area == "published":  # published in full, they say all there is to say
            verdict.notes.append(f"{area}: not built here")


def _stored_tables(study: Study) -> Iterator[Finding]:
    for area, folder in (("tables", study.tables_dir), ("published", study.published_dir)):
        if _made(folder):
            yield from check_stored(area, folder)


def _check_reports(study: Study, moved: Study, source: Study, jobs: int, stage: Stage, verdict: Verdict) -> None:
    """Publish the reports again, from the tables that they were made from, and compare the sites.

    A notebook whose page differs is run twice more, to tell a page that was edited from one that changes by itself.
    """
    tables = _tables_of_site(study, source)
    if tables is None:
        verdict.notes.append("the reports: they were made from tables that are not here (the full ones need the texts)")
        return
    rebuild_reports(moved, tables, jobs, stage)
    found = list(compare_folders("reports", study.reports_dir, moved.reports_dir))
    drift = find_drift(moved, tables, [f.name for f in found if f.state == "differs" and f.name.endswith(".html")])
    verdict.add(replace(f, detail=f"{f.detail}; {drift[f.name]}") if f.name in drift else f for f in found)


def _tables_of_site(study: Study, source: Study) -> Path | None:
    """Give the tables that the first page says the site was made from; where they were built again but it names others, the full ones.

    A site is made from the full tables, or from those that are published where the full ones were not there.
    """
    page = (study.reports_dir / "index.html").read_text(encoding="utf-8", errors="replace")
    folders = [f for f in (source.tables_dir, source.published_dir) if _made(f)]
    named = next((f for f in folders if data_digest(f)[:SHOWN] in page), None)
    return named or (folders[0] if source.home else None)
