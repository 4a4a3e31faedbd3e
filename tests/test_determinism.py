"""The same bytes from another folder, locale, time zone, hash seed, number of processes and day: tables, pages, figures, downloads, notebooks."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT, SHARED

from casework.reports.execute import run_notebook
from casework.reports.kernels import kernels_of

SEEDS = SHARED / "seeds"
STUDIES = ("demo", "party-building") if SEEDS.is_dir() else ("demo",)
COPIED = ("studies", "notebooks", "data", "requirements.lock")
WANTED = {".csv", ".json", ".html", ".svg", ".png", ".pdf", ".xlsx", ".zip"}


def project(folder: Path) -> Path:
    """Copy what a project needs into another folder, nothing that was made."""
    folder.mkdir(parents=True)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("processed"))
        else:
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def locale_of(folder: Path) -> dict[str, str]:
    """Compile zh_CN.UTF-8 for a child process, without being root; where that cannot be, say so and take C.UTF-8."""
    folder.mkdir()
    command = ["localedef", "-i", "zh_CN", "-f", "UTF-8", str(folder / "zh_CN.UTF-8")]
    if shutil.which("localedef") and subprocess.run(command, capture_output=True).returncode == 0:
        return {"LOCPATH": str(folder), "LC_ALL": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"}
    warnings.warn("zh_CN.UTF-8 cannot be made here (localedef and its sources are lacking): only C.UTF-8 was compared", stacklevel=1)
    return {"LC_ALL": "C.UTF-8"}


def clock_of(folder: Path) -> dict[str, str]:
    """Compile a clock that is years ahead for a child process and its kernels; where there is no compiler, say so."""
    library = folder / "moved_clock.so"
    command = ["cc", "-shared", "-fPIC", "-o", str(library), str(ROOT / "tests" / "moved_clock.c"), "-ldl"]
    if shutil.which("cc") and subprocess.run(command, capture_output=True).returncode == 0:
        return {"LD_PRELOAD": str(library)}
    warnings.warn("no C compiler here: the clock of the second run is not moved, SOURCE_DATE_EPOCH alone is", stacklevel=1)
    return {}


def environment(**differs: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "TZ", "SOURCE_DATE", "PYTHONHASHSEED", "PYTEST"))}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), **differs}


def script(jobs: int) -> str:
    """The shell's words that make both studies, the second with another umask."""
    cli = f'"{sys.executable}" -m casework.cli run'
    commands = [f"{cli} studies/{s}.yaml --jobs {jobs}" + (f' --raw "{SEEDS}"' if s == "party-building" else "") for s in STUDIES]
    return " && ".join([f"umask {'022' if jobs == 1 else '077'}", *commands])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Both studies made twice, side by side, in environments that differ in all that should not matter."""
    top = tmp_path_factory.mktemp("twice")
    here, there = project(top / "a"), project(top / "另一个 folder" / "deeper")
    moved = clock_of(top)
    plain = environment(LC_ALL="C.UTF-8", TZ="UTC", PYTHONHASHSEED="1")
    other = environment(TZ="Asia/Shanghai", PYTHONHASHSEED="77", SOURCE_DATE_EPOCH="1000000000", **locale_of(top / "locales"), **moved)
    if moved:
        year = subprocess.run([sys.executable, "-c", "import datetime; print(datetime.date.today().year)"], env=other, capture_output=True, text=True)
        assert int(year.stdout) > datetime.date.today().year + 2
    pipe = subprocess.PIPE
    runs = [
        subprocess.Popen(["sh", "-c", script(jobs)], cwd=folder, env=env, stdout=pipe, stderr=pipe, text=True)
        for folder, env, jobs in ((here, plain, 1), (there, other, 2))
    ]
    for run in runs:
        _, told = run.communicate()
        assert run.returncode == 0, told
    return here, there


def digests(folder: Path) -> dict[str, str]:
    """Hash all that was made: tables, published tables, sites."""
    roots = [folder / ".casework" / s / "tables" for s in STUDIES]
    roots += [folder / part / s for part in ("data/processed", "reports") for s in STUDIES]
    files = (p for root in roots for p in sorted(root.rglob("*")) if p.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_both_studies_are_the_same_in_another_environment(made: tuple[Path, Path]) -> None:
    first, second = map(digests, made)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    assert {Path(name).suffix for name in first} >= WANTED
    assert len(first) > 80


def test_stored_notebooks_are_what_a_run_gives_figures_by_hash(made: tuple[Path, Path]) -> None:
    """Byte for byte, images included, which nbval passes over; stored on another day, by another process, in another folder."""
    folder = made[0] / "notebooks"
    paths = sorted(folder.glob("*.ipynb"))
    assert len(paths) >= 4
    differ = []
    with kernels_of("fork") as manager:
        for path in paths:
            ran, stored = run_notebook(path, {}, folder, manager), nbformat.read(path, as_version=4)
            for number, (old, new) in enumerate(zip(stored.cells, ran.cells, strict=True), start=1):
                differ += [f"{path.name}: cell {number}"] * (shown(old) != shown(new))
    assert differ == []


def shown(cell: nbformat.NotebookNode) -> list[str]:
    """Hash each thing that a cell shows."""
    return [hashlib.sha256(json.dumps(o, sort_keys=True, ensure_ascii=False).encode()).hexdigest() for o in cell.get("outputs", [])]


def test_nbval_catches_a_figure_and_a_number_that_differ(tmp_path: Path) -> None:
    figure = 'from IPython.display import HTML\nHTML("<figure><svg><path d=\'M 1 2\'/></svg></figure>")'
    cells = [nbformat.v4.new_code_cell(source, id=f"c{i}") for i, source in enumerate((figure, "6 * 7"))]
    html = "<figure><svg><path d='M 1 2'/></svg></figure>"
    for name, old, new in (("right", "42", "42"), ("figure", "M 1 2", "M 1 3"), ("number", "42", "43")):
        data = {"text/html": html, "text/plain": "<IPython.core.display.HTML object>"}
        for count, (cell, bundle) in enumerate(zip(cells, [data, {"text/plain": "42"}], strict=True), start=1):
            cell.execution_count = count
            stored = {k: v.replace(old, new) for k, v in bundle.items()}
            cell.outputs = [nbformat.v4.new_output("execute_result", data=stored, execution_count=count)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / f"{name}.ipynb")
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "--nbval-current-env", "--color=no", "-p", "no:cacheprovider", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert "2 failed, 4 passed" in done.stdout, done.stdout
    assert "FAILED figure.ipynb::Cell 0" in done.stdout
    assert "FAILED number.ipynb::Cell 1" in done.stdout
