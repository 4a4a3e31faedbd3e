"""The project as a whole: its files agree with each other, and the layers and sizes are kept."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT
from ruamel.yaml import YAML

LOCKS = ("requirements.lock", "requirements-test.lock")
MODULES = sorted((ROOT / "src" / "casework").rglob("*.py"))
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# Written in pieces, so that this file does not hold what it looks for.
PLACES = ("py" r"pi\.org", "python" r"hosted\.", "registry" r"\.npm", "deb" r"\.debian", "file" ":///", r"(?<![\w.])/(?:work|farm|root)/")
HOSTS = re.compile("|".join(PLACES))



def tracked() -> list[Path]:
    """List the files of the repository."""
    done = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [p for name in done.stdout.splitlines() if (p := ROOT / name).is_file()]


def locked(name: str) -> dict[str, str]:
    """Read a lock: each pinned package with what follows it, markers and hashes."""
    blocks = re.findall(r"^([a-z0-9][a-z0-9._-]*)==(.*?)(?=^\S|\Z)", (ROOT / name).read_text(encoding="utf-8"), re.M | re.S)
    out: dict[str, str] = {}
    for package, rest in blocks:
        out[package] = out.get(package, "") + rest
    return out


def declared(*extras: str) -> set[str]:
    """Name the packages that pyproject asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(d for e in extras for d in project["optional-dependencies"][e])]
    return {re.match(r"[A-Za-z0-9._-]+", w)[0].lower().replace("_", "-").replace(".", "-") for w in wanted}  # type: ignore[index]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_pins_all_that_pyproject_asks_for(name: str) -> None:
    extras = ("setup", "test", "cluster") if "test" in name else ("setup",)
    assert declared(*extras) - locked(name).keys() == set()


@pytest.mark.parametrize("name", LOCKS)
def test_lock_has_a_hash_for_each_package_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert [p for p, rest in locked(name).items() if "--hash=sha256:" not in rest] == []
    assert re.search(r"https?:|file:|--(?:extra-)?index-url|--find-links|^-e|@ ", text, re.M) is None


def test_both_locks_pin_the_same_versions() -> None:
    small, large = (set(re.findall(r"^([a-z0-9._-]+==[^ ;]+)", (ROOT / name).read_text(encoding="utf-8"), re.M)) for name in LOCKS)
    assert small - large == set()


def test_environment_yml_is_python_pip_and_the_lock() -> None:
    body = YAML(typ="safe").load(ROOT / "environment.yml")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert body["name"] == project["name"]
    assert body["dependencies"] == [f"python{project['requires-python']}", "pip", {"pip": [f"-r {LOCKS[0]}"]}]


def test_readme_tells_conda_users_the_second_line() -> None:
    assert "pip install --no-deps --no-build-isolation -e ." in (ROOT / "README.md").read_text(encoding="utf-8")


def test_versions_agree() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    namespace = (ROOT / "src" / "casework" / "__init__.py").read_text(encoding="utf-8")
    assert f'__version__ = "{version}"' in namespace
    assert f"version: {version}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(version)}", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)


def test_no_file_names_a_registry_or_this_machine() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, m.start()) + 1}: {m[0]}" for m in HOSTS.finditer(text)]
    assert found == []


def test_layers() -> None:
    done = subprocess.run([Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT / "src")))
def test_module_is_small_and_its_words_are_in_codebooks(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 350
    if path.name == "columns.py":  # the tables' vocabularies, described with the words that readers know
        return
    tree = ast.parse(text)
    docs = {id(node.body[0].value) for node in ast.walk(tree) if has_docstring(node)}  # type: ignore[attr-defined]
    strings = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs]
    assert [f"line {n.lineno}: {n.value[:20]}" for n in strings if HAN.search(str(n.value)) and not is_range(str(n.value))] == []


def has_docstring(node: ast.AST) -> bool:
    """Tell whether a node opens with a docstring."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, kinds) and ast.get_docstring(node) is not None


def is_range(text: str) -> bool:
    """Tell whether all Chinese characters of a string bound ranges of a pattern, as 一-鿿 does."""
    return not HAN.search(re.sub(r".-.", "", text))


def test_scripts_of_the_shell_are_executable_or_called_with_sh() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o100
    assert "sh scripts/find_python.sh" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_an_unsupported_python_gets_one_clear_line(tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text('#!/bin/sh\ncase "$2" in *platform*) echo 3.9.18;; *) exit 1;; esac\n', encoding="utf-8")
    old.chmod(0o755)
    env = {"PATH": "/usr/bin:/bin", "PYTHON": str(old)}
    done = subprocess.run(["sh", "scripts/find_python.sh"], cwd=ROOT, capture_output=True, text=True, env=env)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert "is 3.9.18" in done.stderr


def test_a_newer_python_is_found_beside_an_old_one(tmp_path: Path) -> None:
    for name, verdict in (("python3", "exit 1"), ("python3.12", f'exec "{sys.executable}" "$@"')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{verdict}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(["/bin/sh", "scripts/find_python.sh"], cwd=ROOT, capture_output=True, text=True, env={"PATH": str(tmp_path)})
    assert done.stdout.strip() == str(tmp_path / "python3.12")


def test_make_help_tells_every_verb() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    told = set(re.findall(r"^  make (\w+)", done.stdout, re.M))
    assert told == {"help", "setup", "reports", "verify", "test", "check", "lab", "bench", "lock", "clean"}
