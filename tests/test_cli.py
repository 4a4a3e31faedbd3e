"""The command line: what it says, where it says it, and its exit codes."""

from __future__ import annotations

import contextlib
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

COMMANDS = ("run", "build", "report", "manifest", "score", "init")


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


@pytest.mark.parametrize("command", ["run", "build", "report", "manifest"])
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
