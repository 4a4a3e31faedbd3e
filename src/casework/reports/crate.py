"""ro-crate-metadata.json: what a site was made from, by what, and what it holds, all by sha256; no clocks, no generated ids."""

from __future__ import annotations

import hashlib
import json
import mimetypes
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

import casework
from casework.codebook import BUILTIN
from casework.reports.papers import load_papers, orcid_url, spdx
from casework.reports.provenance import Provenance
from casework.reports.runs import Job
from casework.study import Study

__all__ = ["CRATE", "Made", "crate_json"]

CRATE = "ro-crate-metadata.json"
SPEC = "https://w3id.org/ro/crate/1.1"
WORKFLOW = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    WORKFLOW: ("Workflow RO-Crate", "1.0"),
}
CONTEXT = ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context", {"sha256": "https://schema.org/sha256"}]
# A crate with more sources than this points to the table of them.
LISTED = 2000
TYPES = {".md": "text/markdown", ".cff": "text/yaml", ".yaml": "text/yaml", ".ipynb": "application/x-ipynb+json", ".lock": "text/plain",
         ".woff2": "font/woff2", ".csv": "text/csv", ".svg": "image/svg+xml", ".html": "text/html", ".json": "application/json",
         ".zip": "application/zip", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}  # fmt: skip
Entity = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """What the crate tells of: the pages planned, errors of those that failed, sources, versions, the Python minor version."""

    jobs: Sequence[Job]
    failed: Mapping[str, str]
    sources: pd.DataFrame
    found: Provenance
    python: str


def crate_json(study: Study, site: Path, made: Made) -> str:
    """Write the crate of a site in which everything else is written; the same site gives the same bytes."""
    files = sorted(p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file() and p.name != CRATE)
    inputs = [*_sources(made), *_codebooks(study), *_lists(study)]
    authors = [_author(i, a) for i, a in enumerate(study.authors, start=1)]
    actions = [*_actions(study, files, made, inputs, authors)]
    entities = [_descriptor(study), _root(study, files, made, actions, authors), *_profiles(study), *authors, *_licence(study)]
    entities += [_file(site, path, study) for path in files] + inputs + [*_software(made)] + [*_parameters(made)] + actions
    return json.dumps({"@context": CONTEXT, "@graph": entities}, ensure_ascii=False, indent=1) + "\n"


def _id(path: str) -> str:
    return quote(path)


def _to(entities: Iterable[Entity]) -> list[Entity]:
    return [{"@id": e["@id"]} for e in entities]


def _main(study: Study) -> str:
    return f"source/{study.file.name}"


def _given(study: Study) -> list[str]:
    """Give the profiles that this crate keeps; a workflow crate must have a licence."""
    return [p for p in PROFILES if study.licence or "process" in p]


def _descriptor(study: Study) -> Entity:
    conforms = [{"@id": p} for p in (SPEC, *(p for p in _given(study) if p == WORKFLOW))]
    return {"@id": CRATE, "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": conforms}


def _profiles(study: Study) -> list[Entity]:
    return [{"@id": p, "@type": "CreativeWork", "name": PROFILES[p][0], "version": PROFILES[p][1]} for p in _given(study)]


def _root(study: Study, files: Sequence[str], made: Made, actions: Sequence[Entity], authors: Sequence[Entity]) -> Entity:
    words = load_papers(study.lang)
    licence = spdx(study.licence)
    known = {
        "name": study.title_in(study.lang), "description": words("crate_about"), "inLanguage": study.lang, "version": study.version,
        "datePublished": study.date, "identifier": f"sha256:{made.found.data}", "citation": study.cite, "author": _to(authors),
        "license": {"@id": f"https://spdx.org/licenses/{licence['id']}" if licence else "#licence"} if study.licence else "",
        "conformsTo": [{"@id": p} for p in _given(study)], "mainEntity": {"@id": _id(_main(study))},
        "hasPart": [{"@id": _id(path)} for path in files], "mentions": _to(actions),
    }  # fmt: skip
    return {"@id": "./", "@type": "Dataset", **{k: v for k, v in known.items() if v}}


def _licence(study: Study) -> list[Entity]:
    if not study.licence:
        return []
    licence = spdx(study.licence)
    if licence is None:
        return [{"@id": "#licence", "@type": "CreativeWork", "name": study.licence}]
    address = f"https://spdx.org/licenses/{licence['id']}"
    return [{"@id": address, "@type": "CreativeWork", "name": licence["name"], "identifier": licence["id"]}]


def _author(number: int, author: Any) -> Entity:
    person = bool(author.orcid or author.affiliation)
    known = {"name": author.name, "affiliation": author.affiliation}
    kind = "Person" if person else "Organization"
    return {"@id": orcid_url(author) or f"#author-{number}", "@type": kind, **{k: v for k, v in known.items() if v}}


def _file(site: Path, path: str, study: Study) -> Entity:
    data = (site / path).read_bytes()
    kind = TYPES.get(Path(path).suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    entity: Entity = {"@id": _id(path), "@type": "File", "name": path, "encodingFormat": kind, "contentSize": str(len(data)),
                      "sha256": hashlib.sha256(data).hexdigest()}  # fmt: skip
    if path == _main(study):
        about = load_papers(study.lang)("workflow_about")
        entity |= {"@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"], "description": about,
                   "programmingLanguage": {"@id": "#study-file"}}  # fmt: skip
    elif path.startswith("source/notebooks/"):
        entity |= {"@type": ["File", "SoftwareSourceCode"], "programmingLanguage": {"@id": "#python"}}
    return entity


def _sources(made: Made) -> list[Entity]:
    if len(made.sources) > LISTED:
        return []
    return [_source({str(k): str(v) for k, v in row.items()}) for row in made.sources.to_dict("records")]


def _source(row: Mapping[str, str]) -> Entity:
    known = {
        "name": row["file"], "sha256": row["sha256"], "contentSize": row["bytes"], "publisher": row["outlet"],
        "datePublished": row["published"], "url": row["url"], "license": row["licence"],
    }  # fmt: skip
    return {"@id": f"#source-{row['source_id']}", "@type": "CreativeWork", **{k: v for k, v in known.items() if v}}


def _codebooks(study: Study) -> list[Entity]:
    """List the codebooks of the package that the study does not replace; its own are files of the crate."""
    return [_codebook(p) for p in sorted(BUILTIN.glob("*.yaml")) if p.stem not in study.codebooks]


def _codebook(path: Path) -> Entity:
    # Only the version is asked for, and reading all of them as YAML takes seconds.
    data = path.read_bytes()
    version = re.search(rb"^version: *(\d+)", data, re.M)
    assert version is not None
    return {"@id": f"#codebook-{path.stem}", "@type": "CreativeWork", "name": f"codebook {path.stem}", "version": version[1].decode(),
            "sha256": hashlib.sha256(data).hexdigest()}  # fmt: skip


def _lists(study: Study) -> list[Entity]:
    """List what the study keeps beside its texts, by sha256: it may hold words that are not published."""
    known = {"manifest": study.manifest, "places": study.places, "corrections": study.corrections, "attributes": study.attributes}
    return [
        {"@id": f"#{what}", "@type": "CreativeWork", "name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for what, path in known.items() if path is not None and path.is_file()
    ]  # fmt: skip


def _software(made: Made) -> list[Entity]:
    return [
        {"@id": "#casework", "@type": "SoftwareApplication", "name": "casework", "softwareVersion": casework.__version__,
         "identifier": f"sha256:{made.found.code}", "softwareRequirements": {"@id": "requirements.lock"}},
        {"@id": "#python", "@type": "ComputerLanguage", "name": "Python", "version": made.python, "url": "https://www.python.org/"},
        {"@id": "#study-file", "@type": "ComputerLanguage", "name": "casework study file (YAML)"},
    ]  # fmt: skip


def _stem(job: Job) -> str:
    return job.page.removesuffix(".html").replace("/", "-")


def _parameter_id(job: Job, name: str) -> str:
    return f"#{_stem(job)}-{name}"


def _parameters(made: Made) -> list[Entity]:
    return [
        {"@id": _parameter_id(job, name), "@type": "PropertyValue", "name": name,
         "value": value if isinstance(value, (str, int, float)) else json.dumps(value, ensure_ascii=False)}
        for job in made.jobs for name, value in job.parameters.items()
    ]  # fmt: skip


def _actions(
    study: Study, files: Sequence[str], made: Made, inputs: Sequence[Entity], authors: Sequence[Entity]
) -> Iterable[Entity]:
    words = load_papers(study.lang)
    agent = {"agent": _to(authors[:1])[0]} if authors else {}
    tables = [{"@id": _id(p)} for p in files if p.startswith("tables/")]
    own = [{"@id": _id(p)} for p in files if p.startswith("source/codebooks/")]
    read = [*_to(inputs), *own]
    results = [{"@id": _id(p)} for p in files if not p.startswith("source/")]
    yield {"@id": "#run", "@type": "CreateAction", "name": words("run_action"), "description": f"casework run {study.file.name}",
           "instrument": {"@id": _id(_main(study))}, **agent, "object": read, "result": results}  # fmt: skip
    yield {"@id": "#build", "@type": "CreateAction", "name": words("build_action"), "description": f"casework build {study.file.name}",
           "instrument": {"@id": "#casework"}, **agent, "object": [{"@id": _id(_main(study))}, *read], "result": tables}  # fmt: skip
    for job in made.jobs:
        yield _report_action(job, made, tables, words("report_action", page=job.page), agent)


def _report_action(job: Job, made: Made, tables: Sequence[Entity], name: str, agent: Entity) -> Entity:
    status: Entity = {"actionStatus": "http://schema.org/CompletedActionStatus"}
    if job.page in made.failed:
        status = {"actionStatus": "http://schema.org/FailedActionStatus", "error": made.failed[job.page]}
    given = [{"@id": _parameter_id(job, name)} for name in job.parameters]
    notebook = {"@id": _id(f"source/notebooks/{job.notebook.name}")}
    return {"@id": f"#report-{_stem(job)}", "@type": "CreateAction", "name": name, "instrument": notebook, **agent, **status,
            "object": [*tables, *given], "result": {"@id": _id(job.page)}}  # fmt: skip
