"""The papers of a published study: crate, citation, data package, README and lock, each held to its own rules."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from frictionless import validate
from ruamel.yaml import YAML
from test_reports import make_study, notebook, site_bytes

from casework.reports import publish
from casework.reports.citation import citation_cff
from casework.reports.lock import find_lock
from casework.reports.readme import page_items
from casework.study import Study, load_study
from casework.text import CaseworkError

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads((ROOT / "tests" / "cases" / "cff-1.2.0.schema.json").read_text(encoding="utf-8"))
FULL = """authors:
  - {name: "Lin, Xiaohe", orcid: 0000-0002-1825-0097, affiliation: A university}
  - {name: The small project}
date: 2026-01-31
version: "1.1"
licence: CC-BY-4.0
reports: [{name: page}, {name: case, foreach: case}]"""
SHOWS = "import casework as cw\ncw.views.show_claims(cw.read_tables(tables).claims, lang=lang)"


def paper_study(root: Path, more: str = FULL, publish_: str = "full", lang: str = "en") -> tuple[Study, Path]:
    notebook(root / "notebooks" / "page.ipynb", SHOWS, title="# A page\n\nWhat it says.\n\n## Its claims")
    notebook(root / "notebooks" / "case.ipynb", "case", parameters='lang = "en"\ncase = ""\nlevel = "township"')
    return make_study(root, more, publish_, lang)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study, tables = paper_study(tmp_path_factory.mktemp("papers"))
    return publish(study, tables).parent


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same study, whose texts may not go out, in Chinese, with nothing said of authors, day or licence."""
    study, tables = paper_study(tmp_path_factory.mktemp("held"), "reports: [{name: page}]", "quotes", "zh")
    return publish(study, tables).parent


def graph_of(site: Path) -> dict[str, dict[str, Any]]:
    crate = json.loads((site / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert crate["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    entities = {e["@id"]: e for e in crate["@graph"]}
    assert len(entities) == len(crate["@graph"]), "an @id stands twice"
    return entities


def references(value: Any) -> Iterator[str]:
    """Every @id that an entity refers to."""
    if isinstance(value, dict):
        if set(value) == {"@id"}:
            yield value["@id"]
        else:
            for key, inner in value.items():
                if key != "@id":
                    yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def types_of(entity: dict[str, Any]) -> list[str]:
    return entity["@type"] if isinstance(entity["@type"], list) else [entity["@type"]]


@pytest.mark.parametrize("which", ["papers", "held"])
def test_every_id_of_the_crate_is_there_and_every_entity_is_reached(which: str, request: pytest.FixtureRequest) -> None:
    entities = graph_of(request.getfixturevalue(which))
    specs = {"https://w3id.org/ro/crate/1.1"}
    for entity in entities.values():
        for to in references(entity):
            assert to in entities or to in specs, f"{entity['@id']} refers to {to}"
    reached, left = set[str](), ["ro-crate-metadata.json"]
    while left:
        reached.add(left[0])
        left = [to for to in references(entities[left.pop(0)]) if to in entities and to not in reached] + left
    # How each report was made is found from its action, the parameters from there.
    assert set(entities) == reached


@pytest.mark.parametrize("which", ["papers", "held"])
def test_every_file_of_the_site_is_in_the_crate_with_its_sha256(which: str, request: pytest.FixtureRequest) -> None:
    site = request.getfixturevalue(which)
    entities = graph_of(site)
    files = {unquote(k): e for k, e in entities.items() if "File" in types_of(e)}
    there = site_bytes(site)
    assert set(files) == set(there) - {"ro-crate-metadata.json"}
    for path, entity in files.items():
        assert entity["sha256"] == hashlib.sha256(there[path]).hexdigest(), path
        assert entity["contentSize"] == str(len(there[path])), path
    assert {p["@id"] for p in entities["./"]["hasPart"]} == {k for k, e in entities.items() if "File" in types_of(e)}


def test_the_crate_keeps_the_profiles_that_it_names(papers: Path, held: Path) -> None:
    entities = graph_of(papers)
    descriptor, root = entities["ro-crate-metadata.json"], entities["./"]
    assert descriptor["about"] == {"@id": "./"}
    assert {"@id": "https://w3id.org/ro/crate/1.1"} in descriptor["conformsTo"]
    assert (root["datePublished"], root["license"]) == ("2026-01-31", {"@id": "https://spdx.org/licenses/CC-BY-4.0"})
    assert root["name"]
    assert root["description"]
    named = {p["@id"] for p in root["conformsTo"]}
    assert named == {f"https://w3id.org/ro/wfrun/{p}/0.5" for p in ("process", "workflow")} | {"https://w3id.org/workflowhub/workflow-ro-crate/1.0"}
    main = entities[root["mainEntity"]["@id"]]
    assert set(types_of(main)) == {"File", "SoftwareSourceCode", "ComputationalWorkflow"}
    assert types_of(entities[main["programmingLanguage"]["@id"]]) == ["ComputerLanguage"]
    actions = [e for e in entities.values() if types_of(e) == ["CreateAction"]]
    assert {a["@id"] for a in actions} == {m["@id"] for m in root["mentions"]}
    assert any(a["instrument"]["@id"] == main["@id"] for a in actions)
    for action in actions:
        tool = set(types_of(entities[action["instrument"]["@id"]]))
        assert tool & {"SoftwareApplication", "SoftwareSourceCode", "ComputationalWorkflow"}
        assert action["name"]
        assert action["agent"] == {"@id": "https://orcid.org/0000-0002-1825-0097"}
        for to in [*references(action["object"]), *references(action["result"])]:
            assert set(types_of(entities[to])) & {"File", "CreativeWork", "PropertyValue"}, to
    assert {p["@id"] for p in graph_of(held)["./"]["conformsTo"]} == {"https://w3id.org/ro/wfrun/process/0.5"}


def test_the_crate_ties_a_report_to_its_notebook_parameters_and_inputs(papers: Path) -> None:
    entities = graph_of(papers)
    action = entities["#report-case-x0101"]
    assert action["instrument"] == {"@id": "source/notebooks/case.ipynb"}
    assert action["result"] == {"@id": "case-x0101.html"}
    given = {entities[o["@id"]]["name"]: entities[o["@id"]]["value"] for o in action["object"] if o["@id"].startswith("#")}
    assert (given["level"], given["lang"]) == ("township", "en")
    assert {"@id": "tables/claims.csv"} in action["object"]
    read = {o["@id"] for o in entities["#build"]["object"]}
    sources = [e for k, e in entities.items() if k.startswith("#source-")]
    assert sorted(e["name"] for e in sources) == ["a.txt", "b.txt"]
    assert {e["@id"] for e in sources} | {"#codebook-mechanisms", "#codebook-units"} & set(entities) <= read
    assert entities["#codebook-mechanisms"]["sha256"] == hashlib.sha256((ROOT / "src/casework/codebooks/mechanisms.yaml").read_bytes()).hexdigest()


def test_no_paper_has_a_clock_or_a_path_of_this_machine(papers: Path, tmp_path: Path) -> None:
    study, tables = paper_study(tmp_path)
    assert site_bytes(publish(study, tables, jobs=2).parent) == site_bytes(papers)
    for name in ("README.md", "CITATION.cff", "ro-crate-metadata.json", "datapackage.json"):
        text = (papers / name).read_text(encoding="utf-8")
        assert "/tmp" not in text, name
        assert str(ROOT) not in text, name
        assert set(re.findall(r"\b20\d\d-\d\d-\d\d\b", text)) <= {"2026-01-31", "2024-06-01", "2024-07-15"}, name


def test_a_failed_report_is_told_in_the_crate(tmp_path: Path) -> None:
    study, tables = paper_study(tmp_path)
    notebook(tmp_path / "notebooks" / "page.ipynb", "1 / 0")
    with pytest.raises(CaseworkError, match="ZeroDivisionError"):
        publish(study, tables)
    action = graph_of(study.reports_dir)["#report-page"]
    assert action["actionStatus"] == "http://schema.org/FailedActionStatus"
    assert "ZeroDivisionError" in action["error"]


@pytest.mark.parametrize("which", ["papers", "held"])
def test_the_data_package_is_valid_offline(which: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    site = request.getfixturevalue(which)
    report = validate(str(site / "datapackage.json"))
    assert report.valid, report.flatten(["title", "message"])
    assert len(report.tasks) == len(list((site / "tables").glob("*.csv")))


def cff_of(text: str) -> dict[str, Any]:
    read: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    read["date-released"] = str(read.get("date-released", "2000-01-01"))
    return read


def test_the_citation_files_are_valid(papers: Path, held: Path) -> None:
    cited = cff_of((papers / "CITATION.cff").read_text(encoding="utf-8"))
    for read in (cited, cff_of((ROOT / "CITATION.cff").read_text(encoding="utf-8"))):
        jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(read)
    assert cited["authors"][0]["orcid"] == "https://orcid.org/0000-0002-1825-0097"
    assert cited["authors"] == [
        {"family-names": "Lin", "given-names": "Xiaohe", "orcid": "https://orcid.org/0000-0002-1825-0097", "affiliation": "A university"},
        {"name": "The small project"},
    ]
    assert (cited["license"], cited["version"], cited["date-released"]) == ("CC-BY-4.0", "1.1", "2026-01-31")
    # Nobody is named there, so nobody can be cited, and the README says so.
    assert not (held / "CITATION.cff").exists()
    assert "`authors`" in (held / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["demo", "party-building"])
def test_the_citation_of_the_projects_own_studies_is_valid(name: str) -> None:
    written = cff_of(citation_cff(load_study(ROOT / "studies" / f"{name}.yaml"), "0" * 64))
    jsonschema.Draft7Validator(SCHEMA).validate(written)
    assert written.get("license", "") == ("CC0-1.0" if name == "demo" else "")


def test_an_orcid_that_is_none_is_refused(tmp_path: Path) -> None:
    study, _ = paper_study(tmp_path, FULL.replace("0000-0002-1825-0097", "my page"))
    with pytest.raises(CaseworkError, match="'my page' is no ORCID; write it as 0000-0001-2345-6789"):
        citation_cff(study, "0" * 64)


HEADS = (
    "Data Availability and Provenance Statements", "Dataset list", "Computational requirements", "Description of programs/code",
    "Instructions to Replicators", "List of tables and programs", "References",
)  # fmt: skip


def test_the_readme_follows_the_template_and_maps_each_table_to_its_notebook(papers: Path) -> None:
    text = (papers / "README.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## (.*)$", text, re.M)
    assert [h for h in heads if h in HEADS] == list(HEADS)
    items = list(page_items(papers / "page.html"))
    assert ("table", "Its claims") in items
    assert re.search(r"\| Table 1 \| Its claims \| `page.html` \| `source/notebooks/page.ipynb` \| `\{.*\"lang\": \"en\".*\}` \|", text)
    assert "`case-x0101.html` … `case-x0102.html`" in text
    assert "provided by decision of the authors" not in text
    assert text.count("provided: text in `tables/passages.csv`") == 2
    assert "[x] All data are in this package" in text
    assert all((papers / path).is_file() for path in re.findall(r"`((?:tables|evidence|source)/[^`*]+\.\w+)`", text))


def test_a_text_that_may_not_be_passed_on_is_said_to_be_held(held: Path) -> None:
    text = (held / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# 数据编辑说明：小研究")
    assert text.count("未提供：不可再分发") == 2
    assert "casework verify studies/small.yaml --raw" in text
    assert "[x] 部分数据不能公开" in text
    assert "入夏以来" not in text
    for source in ("a.txt", "b.txt"):
        assert f"| {source} |" in text


def test_the_lock_is_the_projects_own_and_differences_are_told(papers: Path, tmp_path: Path) -> None:
    assert (papers / "requirements.lock").read_bytes() == (ROOT / "requirements.lock").read_bytes()
    study, _ = paper_study(tmp_path)
    (tmp_path / "requirements.lock").write_text(
        "numpy==0.1 \\\n    --hash=sha256:00\nnowhere-at-all==2.0 ; python_version >= '3'\nwinonly==1 ; sys_platform == 'win32'\n", encoding="utf-8"
    )
    lock = find_lock(study)
    assert [(name, locked) for name, locked, _ in lock.differs] == [("numpy", "0.1"), ("nowhere-at-all", "2.0")]
    assert lock.differs[1][2] == ""


def test_notebooks_go_out_without_their_outputs(tmp_path: Path) -> None:
    study, tables = paper_study(tmp_path)
    path = tmp_path / "notebooks" / "page.ipynb"
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["cells"][-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "入夏以来，这里很热闹"}]
    path.write_text(json.dumps(stored), encoding="utf-8")
    site = publish(study, tables).parent
    assert "这里很热闹" not in (site / "source" / "notebooks" / "page.ipynb").read_text(encoding="utf-8")
    assert "show_claims" in (site / "source" / "notebooks" / "page.ipynb").read_text(encoding="utf-8")
