"""The archive: the same bytes each time, whole, nothing in it that may not go out; unzipped into an empty folder, it verifies."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import nbformat
import pytest
from nbformat.v4 import new_output
from test_verify import TEXTS, Original, cli, make

from casework import reports


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    return Original(make(tmp_path_factory.mktemp("archive") / "study"))


def pack(study: Path, out: Path) -> Path:
    done = cli("archive", study / "small.yaml", "--out", out)
    assert done.exit_code == 0, done.stderr
    return out


def unzip(archive: Path, to: Path) -> Path:
    with ZipFile(archive) as packed:
        packed.extractall(to)
    return to


def in_folder(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the casework that lies in an unzipped archive, by this Python and nothing of this project."""
    env = {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "casework.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)


def test_it_is_whole_stored_sorted_and_without_clocks(original: Original, tmp_path: Path) -> None:
    first, second = pack(original.folder, tmp_path / "a.zip"), pack(original.copy(tmp_path), tmp_path / "more" / "b.zip")
    assert hashlib.sha256(first.read_bytes()).digest() == hashlib.sha256(second.read_bytes()).digest()
    with ZipFile(first) as packed:
        entries = packed.infolist()
        names = [e.filename for e in entries]
        readme = packed.read("small/README.md").decode()
    assert names == sorted(names)
    assert {(e.compress_type, e.date_time) for e in entries} == {(ZIP_STORED, (1980, 1, 1, 0, 0, 0))}
    wanted = ("small.yaml", "texts/one.txt", "texts/manifest.csv", "reports/small/index.html", "data/processed/small/claims.csv", "Makefile",
              "requirements.lock", "pyproject.toml", "scripts/setup_env.py", "src/casework/__init__.py", "notebooks/plain.ipynb", "LICENSE")
    assert {f"small/{name}" for name in wanted} <= set(names)
    assert not [n for n in names if "__pycache__" in n or "/.casework/" in n or n.endswith(".pyc")]
    assert f"begins with {reports.code_digest()[:12]};" in readme
    assert readme.startswith("# small\n\nThis archive holds")
    assert "\n\n\n" not in readme
    assert "make verify" in readme


def test_unzipped_into_an_empty_folder_it_verifies_and_reproduces(original: Original, tmp_path: Path) -> None:
    folder = unzip(pack(original.folder, tmp_path / "a.zip"), tmp_path / "empty") / "small"
    makefile = (folder / "Makefile").read_text(encoding="utf-8")
    assert "STUDY := small.yaml" in makefile
    assert ".venv/bin/casework run $(STUDY)" in makefile
    assert ".venv/bin/casework verify $(STUDY)" in makefile
    done = in_folder(folder, "verify", "small.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "reports" in done.stdout
    assert done.stdout.splitlines()[-1] == "all identical"


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Original:
    return Original(make(tmp_path_factory.mktemp("held") / "study", publish="quotes"))


def test_texts_that_are_not_published_stay_out(held: Original, tmp_path: Path) -> None:
    archive = pack(held.folder, tmp_path / "a.zip")
    with ZipFile(archive) as packed:
        names = set(packed.namelist())
        everything = b"".join(packed.read(n) for n in names).decode("utf-8", "ignore")
        readme = packed.read("small/README.md").decode()
    assert not names & {f"small/texts/{name}" for name in TEXTS}
    far = TEXTS["two.txt"].partition("20余万元")[2].strip()[30:]  # what stands more than 30 characters from any claim
    assert len(far) > 30
    assert not [far[i : i + 8] for i in range(len(far) - 7) if far[i : i + 8] in everything]
    assert "make verify RAW=FOLDER" in readme
    folder = unzip(archive, tmp_path / "empty") / "small"
    without = in_folder(folder, "verify", "small.yaml")
    assert without.returncode == 0, without.stdout
    assert "not checked: 2 raw texts" in without.stdout
    with_texts = in_folder(folder, "verify", "small.yaml", "--raw", held.folder / "texts", "--tables-only")
    assert with_texts.returncode == 0, with_texts.stdout
    assert "published           11         0         0         0" in with_texts.stdout


def test_a_notebook_that_shows_running_text_is_refused(held: Original, tmp_path: Path) -> None:
    study = held.copy(tmp_path)
    path = study / "notebooks" / "plain.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].outputs = [new_output("stream", text=TEXTS["one.txt"])]
    nbformat.write(notebook, path)
    done = cli("archive", study / "small.yaml", "--out", tmp_path / "a.zip")
    assert done.exit_code == 1
    assert "notebooks/plain.ipynb: shows running text" in done.stderr
    assert not (tmp_path / "a.zip").exists()


def test_what_is_not_whole_is_refused(original: Original, tmp_path: Path) -> None:
    study = original.copy(tmp_path)
    raw = study / "texts" / "one.txt"
    raw.write_text(TEXTS["one.txt"].replace("1200", "1300"), encoding="utf-8")
    done = cli("archive", study / "small.yaml", "--out", tmp_path / "a.zip")
    assert done.exit_code == 1
    assert "one.txt: has sha256" in done.stderr
    raw.unlink()
    assert "one.txt: registered with sha256" in cli("archive", study / "small.yaml", "--out", tmp_path / "a.zip").stderr
    (study / "reports" / "small" / "index.html").unlink()
    assert "casework report small.yaml" in cli("archive", study / "small.yaml", "--out", tmp_path / "a.zip").stderr
    assert not (tmp_path / "a.zip").exists()
    assert cli("archive", study / "nowhere.yaml").exit_code == 2
