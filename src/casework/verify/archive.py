"""One zip for a journal or a repository of data: the study, what was made of it, and the program, nothing that may not go out."""

from __future__ import annotations

import sysconfig
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from casework.reports.downloads import store_files
from casework.reports.guard import refuse_running_text
from casework.reports.provenance import PACKAGE, code_digest
from casework.sources import Manifest, read_manifest
from casework.study import Study
from casework.tables import read_tables
from casework.text import CaseworkError
from casework.verify.environment import LOCK
from casework.verify.folders import files_of
from casework.verify.papers import archive_papers
from casework.verify.raws import check_raws

__all__ = ["write_archive"]

# A clone has its files above src/; an installed wheel carries them as shared data.
HOMES = (PACKAGE.parents[1], Path(sysconfig.get_path("data")) / "share" / "casework")
OWN = ("pyproject.toml", "LICENSE", "scripts/setup_env.py", "scripts/find_python.sh")
READ = (".ipynb", ".csv", ".yaml", ".md", ".json")


def write_archive(study: Study, out: Path) -> list[str]:
    """Pack a study, its published tables and its reports with the program that makes them; give the names in the zip.

    Files are stored, in the order of their names, without clocks: the same study gives the same bytes. Raw texts go in where the
    study publishes them in full. Raises CaseworkError where something is missing, a raw text is not that of the manifest, or a
    file shows running text that the study does not publish.
    """
    manifest = _checked(study)
    files = {**_program(), **_study_files(study, manifest), **_made(study)}
    _refuse_running_text(study, files)
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="casework-") as folder:
        for name, text in archive_papers(study, code_digest(), len(manifest)).items():
            (Path(folder) / name).write_text(text, encoding="utf-8", newline="\n")
            files[name] = Path(folder) / name
        new = out.with_name(f".{out.name}.new")
        store_files(new, ((f"{study.name}/{name}", files[name]) for name in sorted(files)))
        new.replace(out)
    return sorted(files)


def _checked(study: Study) -> Manifest:
    """Give the manifest of a study that is whole: built, published, its texts those that are registered."""
    for folder, file, command in ((study.published_dir, "datapackage.json", "build"), (study.reports_dir, "index.html", "report")):
        if not (folder / file).is_file():
            raise CaseworkError(f"{folder}: nothing to pack there yet; `casework {command} {study.file.name}` makes it")
    if study.manifest is None or not study.manifest.is_file():
        raise CaseworkError(f"study '{study.name}' has no manifest; `casework manifest {study.file.name}` registers its texts")
    manifest = read_manifest(study.manifest)
    if study.publish == "full":
        wrong = [f for f in check_raws(study.raw, manifest, study.tables_dir) if f.wrong]
        if wrong:
            raise CaseworkError("\n".join(["the raw texts are not those of the manifest:", *(f"{f.name}: {f.detail}" for f in wrong)]))
    return manifest


def _program() -> dict[str, Path]:
    """Name the files of the program: the package, what installs it, the lock, and notebooks to start from."""
    home = next((h for h in HOMES if all((h / name).is_file() for name in (*OWN, LOCK))), None)
    if home is None:
        raise CaseworkError(f"{HOMES[0]}: the files that install casework ({OWN[0]}, {LOCK} …) are not there; run this from a clone of it")
    package = {f"src/casework/{name}": PACKAGE / name for name in files_of(PACKAGE) if "__pycache__" not in name}
    notebooks = {f"notebooks/{p.name}": p for p in sorted((home / "notebooks").glob("*.ipynb"))}
    return {**package, **notebooks, **{name: home / name for name in (*OWN, LOCK)}}


def _study_files(study: Study, manifest: Manifest) -> dict[str, Path]:
    """Name the study's own files, by their path in its folder; raw texts and gold only where they are published."""
    lists = (study.file, study.manifest, study.places, study.attributes, study.corrections, *study.codebooks.values())
    paths = [*filter(None, lists), *(r.notebook for r in study.reports)]
    paths += [p for kind in ("README*", "LICEN[CS]E*") for p in study.raw.glob(kind)]
    if study.publish == "full":
        paths += [study.raw / name for name in manifest]
        paths += [study.raw / "gold" / name for name in files_of(study.raw / "gold")]
    if (study.folder / LOCK).is_file():
        paths.append(study.folder / LOCK)
    return {p.relative_to(study.folder).as_posix(): p for p in paths}


def _made(study: Study) -> dict[str, Path]:
    """Name what was made: tables that may be published, and the site."""
    return {
        (folder / name).relative_to(study.folder).as_posix(): folder / name
        for folder in (study.published_dir, study.reports_dir) for name in files_of(folder)
    }  # fmt: skip


def _refuse_running_text(study: Study, files: Mapping[str, Path]) -> None:
    """Stop where a file of a study that does not publish its texts shows some of them: a notebook stored with its outputs, say."""
    if study.publish == "full" or not (study.tables_dir / "datapackage.json").is_file():
        return
    # The site passed that look page by page when it was made, and may quote some characters around a claim.
    read = {n: p for n, p in files.items() if n.endswith(READ) and not n.startswith(("src/", "reports/"))}
    texts = {name: path.read_text(encoding="utf-8", errors="replace") for name, path in read.items()}
    refuse_running_text(texts, read_tables(study.tables_dir), read=str)
