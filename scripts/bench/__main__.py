"""Measure casework beside its peers on the same texts in one run; prints a table and writes it under .casework/bench.

usage: python scripts/bench [--quick] [--mb SIZE] [--build-mb SIZE] [--rounds N] [--seed N] [--only TABLE ...]

--quick       small corpora, one round: about three minutes, ratios good to about a third
--mb SIZE     MB of UTF-8 that every tool reads in a round (0.12; quick 0.03)
--build-mb S  MB of the largest corpus of the build alone; the others are a tenth and a hundredth of it (100 times --mb)
--only TABLE  only this part: peers (amounts, places, speed), build or reports
--rounds N    rounds, in each of which every tool reads all texts once (2; quick 1)
--seed N      another seed makes another corpus of the same size (1)
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import build, quality, speed
from bench.corpus import ROOT, make_texts, read_stock
from bench.peers import Missing, Worker, make_environment, open_worker, version_of
from bench.reports import COUNT, QUICK, reports_table
from bench.table import Cell, Table, render, write_csv

# Every tool, and the peer whose packages it needs; our own first.
AMOUNTS = {speed.AMOUNTS: "", "jionlp.extract_money": "jionlp", "recognizers.five_models": "recognizers"}
PLACES = {
    "casework.find_places": "",
    "jionlp.recognize_location": "jionlp",
    "cpca.transform_text_with_addrs": "cpca",
    "cpca.transform": "cpca",
}
PARTS = ("peers", "build", "reports")
FIGURES = ("value F1", "own kinds F1", "casework there", "number found")
WARM = [["灵寿县去年流转土地1200余亩，户均增收3000元，占四成，带头人45岁。"]]
OUT = ROOT / ".casework" / "bench"


@dataclass
class Bench:
    """The processes that are running, and why a tool is not among them."""

    workers: dict[str, Worker] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def open(self) -> None:
        """Install the peers and start every tool, without waiting for it."""
        missing = make_environment()
        for tool, peer in (AMOUNTS | PLACES).items():
            try:
                self.workers[tool] = open_worker(tool, WARM, peer, missing)
            except Missing as e:
                self.problems[tool] = str(e)

    def wait(self) -> None:
        """Wait until every tool has loaded what it needs; one that fails leaves."""
        for tool, worker in list(self.workers.items()):
            try:
                worker.hear()
            except Missing as e:
                self.problems[tool] = str(e)
                self.workers.pop(tool).close()

    def close(self) -> None:
        """End every process."""
        for worker in self.workers.values():
            worker.close()


def amounts_table(bench: Bench, groups: Sequence[quality.Group]) -> Table:
    """Judge each tool by the gold amounts and by the fixed expressions."""
    names = [g.name for g in groups]
    columns = ["amounts", "right of expressions", *(f"{what}, {n}" for what in FIGURES for n in names)]
    rows: list[tuple[Cell, ...]] = [("casework build", None, *(quality.f1(g.built) for g in groups), *[None] * (3 * len(names)))]
    ours = bench.workers[speed.AMOUNTS]
    for tool in AMOUNTS:
        if tool not in bench.workers:
            rows.append((tool, *[None] * (len(columns) - 1)))
            continue
        worker, kinds, units = bench.workers[tool], quality.kinds_of(tool), quality.units_of(tool)
        counts = [quality.count(g.texts, quality.read_all(worker, g), kinds, units) for g in groups]
        # The same kinds from ours, so that a tool is not held to amounts that it never set out to find.
        same = [quality.count(g.texts, quality.read_all(ours, g), kinds, {}) if kinds else Counter[str]() for g in groups]
        right, cases = expressions(bench, tool)
        figures = [[quality.f1(n) for n in counts], [quality.f1(n, "kind_") for n in counts], [quality.f1(n, "kind_") for n in same]]
        rows.append((tool, f"{right}/{cases}", *(c for column in figures for c in column), *(n["number"] / n["gold"] for n in counts)))
    return Table("amounts", "Amounts in cleaned texts, line by line, against the gold", tuple(columns), tuple(rows))


def expressions(bench: Bench, tool: str) -> tuple[int, int]:
    """Count the expressions read right: ours after our cleaners, which turn traditional characters into simplified ones."""
    if tool != speed.AMOUNTS:
        return quality.expressions_right(bench.workers[tool], tool)
    worker = open_worker("casework.clean+find_amounts", WARM, "", {})
    try:
        return quality.expressions_right(worker, tool)
    finally:
        worker.close()


def places_tables(bench: Bench, groups: Sequence[quality.Group]) -> Iterator[Table]:
    """Judge each tool by the counties of the gold; only real texts, for no peer can know the invented counties."""
    real = [g for g in groups if g.name == "real"]
    if not real:
        return
    found = {"casework build": real[0].built}
    for tool in PLACES:
        if tool in bench.workers:
            found[tool] = quality.count_counties(real[0].texts, quality.read_all(bench.workers[tool], real[0]))
    rows = [
        (tool, f"{n['county_right']}/{n['county_gold']}", n["county_right"] / n["county_gold"], n["county_named"] - n["county_right"])
        for tool, n in found.items()
    ]
    columns = ("places", "found", "share", "other counties named")
    yield Table("places", "Counties that the gold's amounts are about, real texts", columns, tuple(rows))


def speed_table(bench: Bench, texts: Sequence[str], rounds: int) -> Table:
    """Time every tool and the build on the same texts in turns."""
    seconds, problems = speed.measure(bench.workers, texts, rounds)
    bench.problems |= problems
    seconds = speed.add_sum(seconds)
    size = speed.size_of(texts)
    rows: list[tuple[Cell, ...]] = [
        (name, size / sorted(s)[len(s) // 2], speed.ratio(seconds, speed.BUILD, name), speed.ratio(seconds, speed.AMOUNTS, name))
        for name, s in seconds.items()
    ]
    rows += [(name, None, None, None) for name in AMOUNTS | PLACES if name not in seconds]
    title = f"Speed: {size:.2f} MB of made texts, one warm process each, {rounds} round(s) in turns"
    return Table("speed", title, ("tool", "MB a second of computing", "build is × as fast", "find_amounts is × as fast"), tuple(rows))


def measure(bench: Bench, asked: argparse.Namespace) -> Iterator[Table]:
    """Yield the tables one by one, as they are measured."""
    stock = read_stock()
    if "peers" in asked.only:
        bench.open()
        groups = quality.read_groups()  # while the peers load
        bench.wait()
        yield amounts_table(bench, groups)
        yield from places_tables(bench, groups)
        yield speed_table(bench, list(make_texts(stock, int(asked.mb * 1e6), asked.seed)), asked.rounds)
        bench.close()
    if "build" in asked.only:
        least = asked.build_mb * 1e6 / max(build.TIMES)
        yield build.table({times: list(make_texts(stock, int(least * times), asked.seed)) for times in build.TIMES}, bench.problems)
    if "reports" in asked.only:
        yield reports_table(QUICK if asked.quick else COUNT)


def run(asked: argparse.Namespace) -> None:
    """Measure everything that is asked for, print each table when it is there, write all."""
    bench = Bench()
    parts = []
    OUT.mkdir(parents=True, exist_ok=True)
    try:
        for table in measure(bench, asked):
            write_csv(table, OUT)
            parts.append(render(table))
            print(parts[-1], end="\n\n", flush=True)
    finally:
        bench.close()
    versions = ", ".join(f"{p} {version_of(p)}" for p in ("jionlp", "recognizers-text-suite", "cpca"))
    notes = [f"peers: {versions}; how to read this: docs/bench.md", *(f"{tool}: {why}" for tool, why in bench.problems.items())]
    parts.append("\n".join(notes))
    print(parts[-1])
    (OUT / "table.txt").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def main() -> None:
    """Read the arguments."""
    about = "Measure casework beside its peers; docs/bench.md says how to read the table."
    parser = argparse.ArgumentParser(prog="bench", description=about)
    parser.add_argument("--quick", action="store_true", help="small corpora, one round: about three minutes")
    parser.add_argument("--mb", type=float, help="MB of UTF-8 that every tool reads in a round (0.12; quick 0.03)")
    parser.add_argument("--build-mb", type=float, help="MB of the largest corpus of the build alone (100 times --mb)")
    parser.add_argument("--only", action="append", choices=PARTS, help="only this part; may be given several times")
    parser.add_argument("--rounds", type=int, help="rounds, in each of which every tool reads all texts once (2; quick 1)")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes another corpus of the same size (1)")
    given = parser.parse_args()
    given.mb = given.mb or (0.03 if given.quick else 0.12)
    given.build_mb = given.build_mb or 100 * given.mb
    given.rounds = given.rounds or (1 if given.quick else 2)
    given.only = given.only or PARTS
    run(given)


if __name__ == "__main__":
    main()
