"""Reports: ours against papermill with nbconvert, by their API in one process and by their commands, on the same notebooks.

Each contestant is a process of its own, start-up included; the outputs of the executed notebooks are held to be the same.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.corpus import ROOT
from bench.table import Cell, Table

COUNT = 40
QUICK = 6
NOTEBOOK = ROOT / "notebooks" / "case.ipynb"
STUDY = ROOT / "studies" / "demo.yaml"
# A command starts anew for each report, so that a few tell what one takes.
COMMANDS = {COUNT: 6, QUICK: 2}
NAMES = {"ours": "casework report", "api": "papermill + nbconvert, API loop", "commands": "papermill + nbconvert, commands"}


@dataclass(frozen=True)
class Timed:
    """What a contestant took, by the clock and of computing (its children too), a report."""

    wall: float
    cpu: float


def make_jobs(tables: Path, count: int) -> list[dict[str, Any]]:
    """Give the parameters of `count` case reports: the demonstration's townships in turn."""
    from casework.compare import roll_up
    from casework.tables import read_tables

    cases = list(roll_up(read_tables(tables), "township").cases["case"])
    own = {"tables": ".", "lang": "en", "evidence": "evidence", "pages": "case", "level": "township"}
    return [{**own, "case": cases[i % len(cases)]} for i in range(count)]


def environment(folder: Path) -> dict[str, str]:
    """Give all contestants the same environment: compiled modules are kept, and nothing differs between two runs of a notebook."""
    from casework.reports.kernels import kernel_environment

    own = {
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT / "scripts"))), "PYTHONPYCACHEPREFIX": str(folder / "pycache"),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))),
    }  # fmt: skip
    env = {**kernel_environment(), **own}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return env


def run_one(who: str, jobs: Sequence[Mapping[str, Any]], tables: Path, out: Path, processes: int, env: Mapping[str, str]) -> Timed:
    """Time a contestant on the jobs with so many processes; the executed notebooks go to `out`."""
    out.mkdir(parents=True)
    shares = [list(enumerate(jobs))] if who == "ours" else [list(enumerate(jobs))[i::processes] for i in range(processes)]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    running = []
    for share in shares:
        asked = json.dumps({"who": who, "jobs": share, "tables": str(tables), "out": str(out), "processes": processes})
        command, nothing = [sys.executable, "-m", "bench.reports"], subprocess.DEVNULL
        running.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=nothing, stderr=nothing, env=dict(env)))
        running[-1].stdin.write(asked.encode())
        running[-1].stdin.close()
    codes = [p.wait() for p in running]
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if any(codes):
        raise RuntimeError(f"{who} ended with {codes}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Timed(wall / len(jobs), cpu / len(jobs))


def contest(asked: Mapping[str, Any]) -> None:
    """Be a contestant: run the jobs, write each notebook as executed and its page."""
    run = {"ours": _ours, "api": _api, "commands": _commands}[asked["who"]]
    run(asked["jobs"], Path(asked["tables"]), Path(asked["out"]), asked["processes"])


def _ours(jobs: Sequence[tuple[int, dict[str, Any]]], tables: Path, out: Path, processes: int) -> None:
    from casework.reports.runs import Job, Settings, run_jobs

    planned = [Job("case", NOTEBOOK, f"{n}.html", given) for n, given in jobs]
    runs = run_jobs(planned, tables, "", Settings(jobs=processes))
    import nbformat

    for path, run in runs.done.items():
        (out / path).write_text(run.body, encoding="utf-8")
        nbformat.write(run.notebook, out / Path(path).with_suffix(".ipynb"))
    if runs.failed:
        raise SystemExit(1)


def _api(jobs: Sequence[tuple[int, dict[str, Any]]], tables: Path, out: Path, processes: int) -> None:
    import papermill
    from nbconvert import HTMLExporter

    for n, given in jobs:
        done = str(out / f"{n}.ipynb")
        papermill.execute_notebook(str(NOTEBOOK), done, given, kernel_name="python3", progress_bar=False, cwd=str(tables))
        (out / f"{n}.html").write_text(HTMLExporter().from_filename(done)[0], encoding="utf-8")


def _commands(jobs: Sequence[tuple[int, dict[str, Any]]], tables: Path, out: Path, processes: int) -> None:
    for n, given in jobs:
        done = str(out / f"{n}.ipynb")
        words = [word for name, value in given.items() for word in ("-p", name, str(value))]
        papermill = [sys.executable, "-m", "papermill", "-k", "python3", "--no-progress-bar", "--cwd", str(tables)]
        subprocess.run([*papermill, str(NOTEBOOK), done, *words], check=True)
        subprocess.run([sys.executable, "-m", "nbconvert", "--to", "html", done], check=True)


def same_outputs(ours: Path, theirs: Path) -> bool:
    """Tell whether two folders hold the same executed notebooks, as far as both have them, but for times and random ids."""
    import nbformat

    from casework.reports.execute import settle_notebook

    numbers = sorted({p.name for p in ours.glob("*.ipynb")} & {p.name for p in theirs.glob("*.ipynb")})

    def read(path: Path) -> str:
        return str(nbformat.writes(settle_notebook(nbformat.read(path, as_version=4))))

    return bool(numbers) and all(read(ours / name) == read(theirs / name) for name in numbers)


def reports_table(count: int = COUNT) -> Table:
    """Time all contestants in one run, one process and two; ratios are by the clock and, at one process, of computing too."""
    from casework import flow
    from casework.study import load_study

    few = COMMANDS.get(count, count)
    cache = ROOT / ".casework" / "bench"
    env = environment(cache)
    found: dict[tuple[str, int], Timed] = {}
    same: dict[tuple[str, int], bool] = {}
    with TemporaryDirectory(prefix="bench-") as temporary:
        folder = Path(temporary)
        tables = flow.build(load_study(STUDY), out=folder / "tables").tables_dir
        jobs = make_jobs(tables, count)
        for who in NAMES:
            run_one(who, jobs[:1], tables, folder / "warm" / who, 1, env)
        for processes in (1, 2):
            for who in NAMES:
                mine = jobs[:few] if who == "commands" else jobs
                out = folder / f"{who}-{processes}"
                found[who, processes] = run_one(who, mine, tables, out, processes, env)
                same[who, processes] = same_outputs(folder / "ours-1", out)
    title = f"{count} case reports, start-up included (commands: {few}, each with starts of its own)"
    return Table("reports", title, COLUMNS, rows(found, same))


COLUMNS = (
    "reports", "processes", "seconds a report", "computing", "ours is × as fast", "× by computing", "ours with two ×", "same outputs"
)  # fmt: skip


def rows(found: Mapping[tuple[str, int], Timed], same: Mapping[tuple[str, int], bool]) -> tuple[tuple[Cell, ...], ...]:
    """Lay out what was measured."""
    out: list[tuple[Cell, ...]] = []
    for (who, processes), timed in found.items():
        ours, two = found["ours", processes], found["ours", 2]
        ratios: tuple[Cell, ...] = (timed.wall / ours.wall, timed.cpu / ours.cpu, timed.wall / two.wall if processes == 1 else None)
        out.append((NAMES[who], processes, timed.wall, timed.cpu, *ratios, "yes" if same[who, processes] else "NO"))
    return tuple(out)


if __name__ == "__main__":
    contest(json.loads(sys.stdin.read()))
