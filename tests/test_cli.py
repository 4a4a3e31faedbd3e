"""The command line: what it says, where it says it, and its exit codes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT
from test_score import HOUSEHOLDS, LAND, gold, save, write
from typer.testing import CliRunner, Result

from casework.cli import app
from casework.study import load_study
from casework.tables import read_tables

COMMANDS = ("run", "build", "report", "verify", "manifest", "score", "diff", "archive", "init")


def casework(*arguments: object, cwd: Path = ROOT) -> Result:
    with contextlib.chdir(cwd):
        return CliRunner().invoke(app, [str(a) for a in arguments])


def one_line(done: Result, code: int, *words: str) -> None:
    """Hold a failed run to its exit code and to one line on standard error that has the words."""
    assert (done.exit_code, done.stdout) == (code, "")
    assert done.stderr.startswith("casework: ")
    assert done.stderr.count("\n") == 1, done.stderr
    for word in words:
        assert word in done.stderr


def test_help_is_there_at_once_and_offers_only_what_works() -> None:
    start = time.perf_counter()
    done = subprocess.run([Path(sys.executable).with_name("casework"), "--help"], capture_output=True, text=True)
    assert time.perf_counter() - start < 2
    assert tuple(re.findall(r"^  ([a-z]+)  ", done.stdout, re.M)) == COMMANDS


def test_help_imports_none_of_the_heavy_libraries() -> None:
    heavy = ("pandas", "numpy", "matplotlib", "papermill", "rich.console")
    code = f"import sys, casework, casework.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_has_an_example(command: str) -> None:
    done = casework(command, "--help")
    assert done.exit_code == 0
    assert f"Example: casework {command} " in done.stdout


def test_version() -> None:
    assert re.fullmatch(r"casework \d+\.\d+\.\d+\n", casework("--version").stdout)


@pytest.mark.parametrize("command", ["run", "build", "report", "verify", "manifest"])
def test_no_such_study(command: str) -> None:
    one_line(casework(command, "studies/nowhere.yaml"), 2, "studies/nowhere.yaml", "no such file")


STUDIES = [
    ("name: [demo\nraw: texts\n", "study.yaml:2", "not valid YAML"),
    ("name: demo\nraw: texts\npublisch: full\n", "study.yaml:3", "did you mean 'publish'"),
    ("name: demo\n", "study.yaml:1", "lacks 'raw'"),
]


@pytest.mark.parametrize(("body", "where", "what"), STUDIES)
def test_a_mistake_in_a_study_is_wrong_usage(tmp_path: Path, body: str, where: str, what: str) -> None:
    (tmp_path / "study.yaml").write_text(body, encoding="utf-8")
    one_line(casework("build", "study.yaml", cwd=tmp_path), 2, where, what)
    assert [p.name for p in tmp_path.iterdir()] == ["study.yaml"]


@pytest.mark.parametrize("arguments", [("nope",), ("build",), ("build", "s.yaml", "--jobs", "0"), ("build", "s.yaml", "--format", "xlsx")])
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    assert casework(*arguments).exit_code == 2


def test_score(tmp_path: Path) -> None:
    tables = write(tmp_path, {"a.txt": [LAND, HOUSEHOLDS | {"status": "planned"}]})
    done = casework("score", tables, *save(tmp_path, [gold("a.txt", [LAND, HOUSEHOLDS])]), "--misses")
    assert done.exit_code == 0
    assert "1 gold files, 2 quantities, 2 claims" in done.stdout
    assert re.search(r"^status +0\.5000", done.stdout, re.M)
    assert "status is planned, gold achieved" in done.stdout


def test_score_without_tables_or_gold(tmp_path: Path) -> None:
    one_line(casework("score", tmp_path / "no", tmp_path / "gold.json"), 1, "no such folder of tables")
    tables = write(tmp_path, {"a.txt": [LAND]})
    one_line(casework("score", tables, tmp_path / "gold.json"), 1, "gold.json", "no gold file there")


TEXTS = {
    "one.txt": "柳坪镇党建引领促增收\n本报讯（记者 李青）柳坪镇流转土地1200余亩，带动86户增收。镇里计划投资300万元。\n",
    "two.txt": "河湾村建起合作社\n河湾村党支部领办合作社，户均增收近3000元，村集体收入达到20余万元。\n",
}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A new study with two texts, as `casework init` makes it."""
    done = casework("init", tmp_path / "Mein Dorf")
    assert done.exit_code == 0
    for name, text in TEXTS.items():
        (tmp_path / "Mein Dorf" / "raw" / name).write_text(text, encoding="utf-8")
    return tmp_path / "Mein Dorf" / "mein-dorf.yaml"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_init_makes_a_study_that_builds(study: Path) -> None:
    assert load_study(study).name == "mein-dorf"
    assert {p.name for p in (study.parent / "notebooks").iterdir()} == {f"{name}.ipynb" for name in ("corpus", "case", "compare", "language", "robustness", "codebook")}
    done = casework("build", study)
    assert done.exit_code == 0, done.stderr
    claims = read_tables(study.parent / ".casework" / "mein-dorf" / "tables").claims
    assert {"1200余亩", "86户", "300万元", "近3000元", "20余万元"} <= set(claims["surface"])


def test_a_folder_is_no_study_and_names_the_one_in_it(study: Path) -> None:
    one_line(casework("run", ".", cwd=study.parent), 2, ".: is a folder; name the study's file in it: mein-dorf.yaml")


def tables_of(study: Path) -> Path:
    return study.parent / ".casework" / "mein-dorf" / "tables"


def place_in_manifest(study: Path, place: str) -> Path:
    """Register the texts and type a place beside the second."""
    casework("manifest", study)
    path = study.parent / "raw" / "manifest.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    at = lines[0].split(",").index("place")
    cells = lines[2].split(",")
    cells[at] = place
    path.write_text("\n".join([*lines[:2], ",".join(cells)]) + "\n", encoding="utf-8")
    return path


def test_a_build_says_of_how_many_cases_no_place_is_known_and_what_would_do(study: Path) -> None:
    done = casework("build", study, cwd=study.parent)
    assert (
        "no place is known of 2 of 2 cases, so that they are not compared: "
        "fill in place in raw/manifest.csv, and what the gazetteer lacks in places.csv\n"
    ) in done.stderr
    place_in_manifest(study, "河北省/石家庄市/灵寿县")
    assert "no place is known of 1 of 2 cases" in casework("build", study).stderr
    case_id = next(c["case_id"] for c in read_tables(tables_of(study)).cases.to_dict("records") if not c["place"])
    corrections = study.parent / "corrections.csv"
    corrections.write_text(f"{corrections.read_text(encoding='utf-8')}{case_id},place,河北省/石家庄市/灵寿县,named in the title,ly\n", encoding="utf-8")
    assert "no place is known" not in casework("build", study).stderr


def test_a_place_that_the_gazetteer_lacks_is_told_with_what_may_be_meant(study: Path) -> None:
    manifest = place_in_manifest(study, "河北省/石家庄市/灵守县")
    says = "place of two.txt: there is no '灵守县' in '河北省/石家庄市'; did you mean '河北省/石家庄市/灵寿县'? What the gazetteer lacks goes into"
    one_line(casework("build", study), 1, f"{manifest}:3: {says} {study.parent / 'places.csv'}")
    assert not (study.parent / ".casework").exists()


def test_reports_are_checked_before_anything_is_built(study: Path) -> None:
    one_line(casework("run", study, "--only", "compar"), 2, "has no report 'compar'; did you mean 'compare'?")
    text = study.read_text(encoding="utf-8")
    line = text[: text.index("- name: language")].count("\n") + 1
    study.write_text(text.replace("- name: language", "- name: langauge"), encoding="utf-8")
    one_line(casework("run", study), 2, f"{study}:{line}: report 'langauge': ", "langauge.ipynb: no such notebook; did you mean 'language'?")
    assert not (study.parent / ".casework").exists()


def test_init_leaves_a_study_alone(study: Path) -> None:
    before = contents(study.parent)
    one_line(casework("init", study.parent), 1, "holds a study already")
    assert contents(study.parent) == before


def test_manifest_registers_and_keeps_what_was_typed(study: Path) -> None:
    path = study.parent / "raw" / "manifest.csv"
    assert "2 files registered, 2 of them new" in casework("manifest", study).stdout
    header, first, second = path.read_text(encoding="utf-8").splitlines()
    cells = dict(zip(header.split(","), first.split(","), strict=True)) | {"outlet": "青禾新闻"}
    assert cells["bytes"] == str((study.parent / "raw" / "one.txt").stat().st_size)
    assert cells["sha256"] == hashlib.sha256((study.parent / "raw" / "one.txt").read_bytes()).hexdigest()
    path.write_text("\n".join([header, ",".join(cells.values()), second]) + "\n", encoding="utf-8")
    (study.parent / "raw" / "three.txt").write_text("河湾村修路3公里。\n", encoding="utf-8")
    assert "3 files registered, 1 of them new" in casework("manifest", study).stdout
    assert "青禾新闻" in path.read_text(encoding="utf-8")


def test_missing_files_are_named_with_their_hash_and_place(study: Path) -> None:
    casework("manifest", study)
    gone = study.parent / "raw" / "two.txt"
    sha256 = hashlib.sha256(gone.read_bytes()).hexdigest()
    gone.unlink()
    before = contents(study.parent)
    done = casework("run", study)
    assert done.exit_code == 1
    for word in ("two.txt", sha256, str(gone)):
        assert word in done.stderr
    assert contents(study.parent) == before


def test_a_changed_file_stops_the_build_before_anything_is_written(study: Path) -> None:
    casework("manifest", study)
    (study.parent / "raw" / "two.txt").write_text("另一篇。\n", encoding="utf-8")
    before = contents(study.parent)
    one_line(casework("build", study), 1, "manifest.csv:3", "two.txt", "sha256")
    assert contents(study.parent) == before


def test_every_changed_file_is_named(study: Path) -> None:
    casework("manifest", study)
    for name in TEXTS:
        (study.parent / "raw" / name).write_text(f"另一篇{name}。\n", encoding="utf-8")
    done = casework("manifest", study)
    assert done.exit_code == 1
    assert all(f"{name} has sha256" in done.stderr for name in TEXTS)


def test_no_folder_and_an_empty_one(study: Path) -> None:
    one_line(casework("build", study, "--raw", study.parent / "nowhere"), 1, "nowhere", "no such folder")
    (study.parent / "empty").mkdir()
    one_line(casework("build", study, "--raw", study.parent / "empty"), 1, "empty")
    assert not (study.parent / ".casework").exists()


def test_a_bad_file_among_good_ones_is_a_row_in_problems(study: Path) -> None:
    (study.parent / "raw" / "empty.txt").write_bytes(b"")
    (study.parent / "raw" / "binary.txt").write_bytes(bytes(range(256)) * 8)
    (study.parent / "raw" / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    done = casework("build", study)
    assert done.exit_code == 0, done.stderr
    tables = read_tables(study.parent / ".casework" / "mein-dorf" / "tables")
    assert sorted(tables.sources["file"]) == ["one.txt", "two.txt"]
    told = " ".join(tables.problems["message"])
    assert all(name in told for name in ("empty.txt", "binary.txt", "broken.pdf"))
    assert casework("build", study, "--strict").exit_code == 1


def test_a_problem_names_its_file_and_line(study: Path) -> None:
    raw = study.parent / "raw"
    (raw / "slip.txt").write_text("河湾村的合作社\n河湾村党支部领办合作社。\n合作社己经带动86户贫困户增收。\n", encoding="utf-8")
    (raw / "more.csv").write_text("text,published\n合作社己经带动90户贫困户增收。,soon\n", encoding="utf-8")
    (raw / "noise.txt").write_bytes(bytes(range(256)) * 8)
    done = casework("build", study)
    told = [line.removeprefix("problem: ") for line in done.stderr.splitlines() if line.startswith("problem: ")]
    assert "slip.txt:3: 己经 read as 已经 (slips)" in told
    assert "more.csv#1: 己经 read as 已经 (characters 3–5, slips)" in told
    assert "more.csv#1: published is 'soon', not a day written YYYY-MM-DD (bad_metadata)" in told
    assert any(line.startswith("noise.txt: ") and line.endswith(" (binary)") for line in told)
    sources = read_tables(tables_of(study)).sources["source_id"]
    assert not any(source_id in done.stderr for source_id in sources)


def test_all_that_is_wrong_with_a_manifest_is_told_at_once(study: Path) -> None:
    """A place, a day, a file that is gone and one that has changed."""
    (study.parent / "raw" / "three.txt").write_text("河湾村修路3公里。\n", encoding="utf-8")
    manifest = place_in_manifest(study, "河北省/石家庄市/灵守县")
    header, *rows = [line.split(",") for line in manifest.read_text(encoding="utf-8").splitlines()]
    rows = [dict(zip(header, row, strict=True)) for row in rows]
    rows[1]["published"] = "2023"
    manifest.write_text("\n".join(",".join(row) for row in [header, *(r.values() for r in rows)]) + "\n", encoding="utf-8")
    (study.parent / "raw" / "three.txt").unlink()
    (study.parent / "raw" / "one.txt").write_text("另一篇。\n", encoding="utf-8")
    done = casework("run", study)
    assert done.exit_code == 1
    told = [line.partition("manifest.csv:")[2] for line in done.stderr.splitlines()]
    wanted = ("2: one.txt has sha256", "3: published is '2023'", "3: three.txt is not there; put the file", "3: place of three.txt: there is no")
    assert [line[: len(start)] for line, start in zip(told, wanted, strict=True)] == list(wanted)
    assert not (study.parent / ".casework").exists()


def test_a_run_says_where_most_cases_are_too_coarse_for_its_reports(study: Path) -> None:
    place_in_manifest(study, "河北省/石家庄市/灵寿县")
    (study.parent / "raw" / "one.txt").unlink()
    manifest = study.parent / "raw" / "manifest.csv"
    lines = manifest.read_text(encoding="utf-8").splitlines()
    manifest.write_text("\n".join([lines[0], lines[2]]) + "\n", encoding="utf-8")
    says = "1 of 1 case is known only above the township, which the reports compare: in mein-dorf.yaml give `parameters: {level: county}` to corpus, case, compare"
    assert says in casework("build", study).stderr
    study.write_text(study.read_text(encoding="utf-8").replace("  - name: case\n    foreach: case\n", ""), encoding="utf-8")
    text, _, _ = study.read_text(encoding="utf-8").partition("reports:")
    study.write_text(text + "reports:\n  - {name: codebook, parameters: {level: county}}\n", encoding="utf-8")
    done = casework("run", study)
    assert done.exit_code == 0, done.stderr
    assert "known only above" not in done.stderr


def test_a_run_checks_its_reports_and_reads_its_tables_once(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from casework.reports import loaded, specs

    seen: list[str] = []
    for module, name in ((specs, "check_report"), (loaded, "read_tables")):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, name=name, real=real: seen.append(name) or real(*a))
    text, _, _ = study.read_text(encoding="utf-8").partition("reports:")
    study.write_text(text + "reports:\n  - name: codebook\n", encoding="utf-8")
    assert casework("run", study).exit_code == 0
    assert seen == ["check_report", "read_tables"]


def test_two_builds_give_the_same_bytes(study: Path, tmp_path: Path) -> None:
    """Also with another hash seed, another number of processes and another working folder."""
    command = [sys.executable, "-m", "casework.cli", "build", study]
    for seed in ("1", "2"):
        options = ["--out", tmp_path / f"tables{seed}", "--jobs", seed]
        subprocess.run([*command, *options], cwd=tmp_path, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed})
    first, second = contents(tmp_path / "tables1"), contents(tmp_path / "tables2")
    assert len(first) > 10
    assert first == second
