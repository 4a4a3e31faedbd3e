"""The build beside itself: growing corpora, one changed file, two processes, two workers of a cluster; each beside a plain loop."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gold_floors import CORPORA

from bench.corpus import write_corpus
from bench.peers import Missing, Worker
from bench.speed import BUILD, size_of, warm_build
from bench.table import Cell, Table

TIMES = (1, 10, 100)
TURNS = 4_000_000


def table(corpora: Mapping[int, Sequence[str]], problems: dict[str, str]) -> Table:
    """Measure the build alone; what cannot be measured here keeps its row, and the reason goes to `problems`."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        studies = {times: write_corpus(folder, f"times{times}", texts) for times, texts in corpora.items()}
        rows = [*_growth(folder, studies, corpora), *_again(folder, studies[max(studies)]), *_real(folder)]
        rows += _two(folder, studies[max(studies)], corpora[1], problems)
    return Table("build", "The build alone", ("build", "figure", "ratio"), tuple(rows))


def _growth(folder: Path, studies: Mapping[int, Path], corpora: Mapping[int, Sequence[str]]) -> list[tuple[Cell, ...]]:
    """Rate and peak of memory at each size, each in a process of its own."""
    rate: dict[int, float] = {}
    peak: dict[int, float] = {}
    for times, study in studies.items():
        worker = warm_build(folder, corpora[1])
        took = worker.ask(do="build", study=str(study), out=str(folder / f"out{times}"), jobs=1)
        rate[times], peak[times] = size_of(corpora[times]) / took["cpu"], worker.ask(do="memory")
        worker.close()
    size = {times: size_of(texts) for times, texts in corpora.items()}
    return [
        *((f"MB a second of computing at {size[t]:.2f} MB, and against a tenth", rate[t], _against(rate, t)) for t in studies),
        *((f"peak memory, MB, at {t}×, and against a tenth", peak[t], _against(peak, t)) for t in studies),
    ]


def _against(figures: Mapping[int, float], times: int) -> float | None:
    """Give a figure as a multiple of the one at a tenth of the size."""
    return figures[times] / figures[times // 10] if times // 10 in figures else None


def _again(folder: Path, study: Path) -> list[tuple[Cell, ...]]:
    """A second build of the largest corpus after one text has changed, as a share of the first, both in one warm process."""
    worker = warm_build(folder, [])
    ask = {"do": "build", "study": str(study), "out": str(folder / "again"), "jobs": 1}
    full = worker.ask(**ask)["cpu"]
    first = min(study.with_suffix("").iterdir())
    first.write_text(first.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    again = worker.ask(**ask)["cpu"]
    worker.close()
    return [("one text changed, seconds, and as a share of the full build", again, again / full)]


def _real(folder: Path) -> list[tuple[Cell, ...]]:
    """The rate on real press texts, where they are there: they have fewer amounts than the made ones."""
    texts = [p.read_text(encoding="utf-8", errors="replace") for c in CORPORA if c != "demo" for p in sorted(CORPORA[c][1].glob("*.txt"))]
    if not texts:
        return []
    study = write_corpus(folder, "real", texts)
    worker = warm_build(folder, [])
    took = worker.ask(do="build", study=str(study), out=str(folder / "real-out"), jobs=1)
    worker.close()
    return [(f"MB a second of computing, {size_of(texts):.2f} MB of real texts", size_of(texts) / took["cpu"], None)]


def _two(folder: Path, study: Path, warm: Sequence[str], problems: dict[str, str]) -> list[tuple[Cell, ...]]:
    """What two processes, and two workers of a cluster, gain by the clock, beside what a plain loop gains at that moment."""
    rows: list[tuple[Cell, ...]] = []
    for name, how in (("processes", _jobs), ("Dask workers", _dask)):
        try:
            loop, wall = {}, {}
            for n in (1, 2):
                loop[n] = _ask(do="spin", jobs=n, turns=TURNS)["wall"]
                wall[n] = how(folder, study, warm, n)
        except Missing as e:
            problems[name] = str(e)
            rows.append((f"2 {name} against 1", None, None))
            continue
        rows.append((f"a plain loop meanwhile: 2 {name.split()[-1]} against 1", None, loop[1] / loop[2]))
        rows.append((f"2 {name} against 1, and as a share of the loop's gain", wall[1] / wall[2], wall[1] / wall[2] / (loop[1] / loop[2])))
    return rows


def _jobs(folder: Path, study: Path, warm: Sequence[str], n: int) -> float:
    worker = warm_build(folder, warm)
    wall = worker.ask(do="build", study=str(study), out=str(folder / f"jobs{n}"), jobs=n)["wall"]
    worker.close()
    return float(wall)


def _dask(folder: Path, study: Path, warm: Sequence[str], n: int) -> float:
    took = _ask(do="dask", warm=str(folder / "warm.yaml"), study=str(study), out=str(folder / f"dask{n}"), workers=n)
    return float(took["wall"])


def _ask(**question: Any) -> Any:
    worker = Worker(BUILD, sys.executable)
    try:
        return worker.ask(**question)
    finally:
        worker.close()
