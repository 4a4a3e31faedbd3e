"""Speed of each tool and of the build, measured in turns, so that every tool meets the same busy and quiet moments of the machine."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from bench.corpus import write_corpus
from bench.peers import Missing, Worker

BUILD = "casework.build"
AMOUNTS = "casework.find_amounts"
JIONLP = ("jionlp.extract_money", "jionlp.recognize_location")
AT_LEAST = 0.5  # seconds of computing: a pass that is quicker is repeated


def size_of(texts: Sequence[str]) -> float:
    """Give the MB of UTF-8."""
    return sum(len(t.encode()) for t in texts) / 1e6


def measure(tools: Mapping[str, Worker], texts: Sequence[str], rounds: int) -> tuple[dict[str, list[float]], dict[str, str]]:
    """Give for each tool and the build the seconds of computing of each round over all texts, and why a tool dropped out."""
    lines = [t.split("\n") for t in texts]
    problems: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        workers = {BUILD: warm_build(folder, texts), **tools}
        seconds: dict[str, list[float]] = {name: [] for name in workers}
        study = write_corpus(folder, "timed", texts)
        for turn in range(rounds):
            for name, worker in workers.items():
                if name in problems:
                    continue
                try:
                    seconds[name].append(_pass(worker, name, lines, study, folder / f"out{turn}"))
                except Missing as e:
                    problems[name] = str(e)
        workers[BUILD].close()
    return {n: s for n, s in seconds.items() if len(s) == rounds}, problems


def _pass(worker: Worker, name: str, lines: Sequence[Sequence[str]], study: Path, out: Path) -> float:
    if name == BUILD:
        return float(worker.ask(do="build", study=str(study), out=str(out), jobs=1)["cpu"])
    spent: list[float] = []
    while sum(spent) < AT_LEAST:
        spent.append(worker.ask(do="time", texts=lines)["cpu"])
    return median(spent)


def add_sum(seconds: dict[str, list[float]]) -> dict[str, list[float]]:
    """Add the row that stands for JioNLP's money and places together, which is what the build also gives."""
    if all(name in seconds for name in JIONLP):
        return seconds | {"jionlp money+location": [sum(turn) for turn in zip(*(seconds[n] for n in JIONLP), strict=True)]}
    return seconds


def ratio(seconds: Mapping[str, Sequence[float]], ours: str, theirs: str) -> float | None:
    """Tell how many times as fast ours is: the median of the rounds' ratios."""
    if ours not in seconds or theirs not in seconds:
        return None
    return median(t / o for o, t in zip(seconds[ours], seconds[theirs], strict=True))


def warm_build(folder: Path, texts: Sequence[str]) -> Worker:
    """Start a process and let it build a little, so that imports, gazetteer and codebooks are there."""
    study = folder / "warm.yaml"
    if not study.exists():
        write_corpus(folder, "warm", texts[:2])
    worker = Worker(BUILD, sys.executable)
    # A new folder each time: what a cache holds would not be loaded.
    worker.ask(do="build", study=str(study), out=tempfile.mkdtemp(dir=folder), jobs=1)
    return worker
