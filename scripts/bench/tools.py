"""One tool in a process of its own: `tools.py NAME` answers lines of JSON.

It runs in the peers' environment too, so it imports nothing of ours or theirs before it is asked to.

A tool is a function from the lines of one text to what it found: amounts as {line, start, end, ends, unit, approx}, `ends` being
every pair of ends that its answer may fairly be taken for, and counties as [province, county].
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

Found = list[Any]
Tool = Callable[[list[str]], Found]
Ends = tuple[float | None, float | None]


def casework_amounts() -> Tool:
    """Our amounts, on the words as they stand."""
    from casework.quantities import find_amounts

    def read(lines: list[str]) -> Found:
        return [
            amount(i, a.span.start, a.span.end, [(a.low, a.high)], a.unit, a.approx)
            for i, line in enumerate(lines)
            for a in find_amounts(line)
            if not a.vague
        ]

    return read


def casework_clean_amounts() -> Tool:
    """Our amounts after our cleaners; offsets then count cleaned characters."""
    from casework.clean import clean_text

    inner = casework_amounts()
    return lambda lines: inner([clean_text(line)[0].clean for line in lines])


def casework_places() -> Tool:
    """Our places, all lines of a text together."""
    from casework.places import find_places

    def read(lines: list[str]) -> Found:
        paths = [m.place.path.split("/") for ms in find_places(lines) for m in ms if m.place]
        return [[p[0], p[2]] for p in paths if len(p) > 2]

    return read


def jionlp_money() -> Tool:
    """JioNLP's money. `blur` with two numbers is a range or "more than": either is taken."""
    import jionlp  # type: ignore[import-not-found]

    bounds: dict[str, Callable[[float], Ends]] = {"blur+": lambda n: (n, None), "blur-": lambda n: (None, n)}

    def exact(n: float) -> Ends:
        return n, n

    def read(lines: list[str]) -> Found:
        out = []
        for i, line in enumerate(lines):
            for m in jionlp.ner.extract_money(line):
                said, kind = m["detail"]["num"], m["detail"]["definition"]
                numbers = [float(n) for n in (said if isinstance(said, list) else [said]) if n not in (None, "null")]
                if len(numbers) == 2:
                    ends: list[Ends] = [(numbers[0], numbers[1]), (numbers[0], None)]
                else:
                    ends = [bounds.get(kind, exact)(n) for n in numbers]
                out.append(amount(i, m["offset"][0], m["offset"][1], ends, m["detail"]["case"], kind == "blur" and len(numbers) == 1))
        return out

    return read


def jionlp_location() -> Tool:
    """JioNLP's places, a text a call."""
    import jionlp

    def read(lines: list[str]) -> Found:
        found = jionlp.recognize_location("\n".join(lines)).get("domestic") or []
        return [[place["province"], place["county"]] for place, _ in found if place.get("county")]

    return read


def recognizers() -> Tool:
    """Recognizers-Text's five models; a bare number inside an amount with a unit is that amount's."""
    import recognizers_number as numbers  # type: ignore[import-not-found]
    import recognizers_number_with_unit as units  # type: ignore[import-not-found]

    culture = numbers.Culture.Chinese
    with_unit = (numbers.recognize_percentage, units.recognize_currency, units.recognize_dimension, units.recognize_age)

    def rows(i: int, line: str, results: Any) -> Iterator[dict[str, Any]]:
        for r in results:
            said = (r.resolution or {}).get("value")
            if said is None:
                continue
            n = float(said.rstrip("%"))
            unit = {"percentage": "%", "age": "age"}.get(r.type_name, r.resolution.get("unit", ""))
            yield amount(i, r.start, r.end + 1, [(n, n)], unit, False)

    def read(lines: list[str]) -> Found:
        out = []
        for i, line in enumerate(lines):
            whole = [row for f in with_unit for row in rows(i, line, f(line, culture))]
            bare = rows(i, line, numbers.recognize_number(line, culture))
            out += whole + [b for b in bare if not any(w["start"] < b["end"] and b["start"] < w["end"] for w in whole)]
        return out

    return read


def cpca_text() -> Tool:
    """cpca looking for addresses anywhere in a text; it fails where there is none."""
    import cpca  # type: ignore[import-not-found]

    def read(lines: list[str]) -> Found:
        try:
            frame = cpca.transform_text_with_addrs("\n".join(lines))
        except KeyError:
            return []
        return named(frame)

    return read


def cpca_lines() -> Tool:
    """cpca as it is meant: each line one address."""
    import cpca

    def read(lines: list[str]) -> Found:
        frame = cpca.transform(lines)
        return named(frame)

    return read


def named(frame: Any) -> Found:
    """Give the rows of cpca's frame that name a county; an absent name is None, NaN or empty."""
    return [[p, c] for p, c in zip(frame["省"], frame["区"], strict=True) if isinstance(p, str) and isinstance(c, str) and p and c]


def amount(line: int, start: int, end: int, ends: list[Ends], unit: str, approx: bool) -> dict[str, Any]:
    """Put an amount in the one form that all tools answer in."""
    return {"line": line, "start": start, "end": end, "ends": ends, "unit": unit, "approx": approx}


def build_once(study: str, out: str, jobs: int = 1, scheduler: str = "") -> None:
    """Build a study with our own build."""
    from casework.flow import build
    from casework.study import load_study

    build(load_study(Path(study)), out=Path(out), jobs=jobs, scheduler=scheduler)


def build_on_dask(warm: str, study: str, out: str, workers: int) -> dict[str, float]:
    """Build on a cluster of so many single-threaded workers, each warm; give the seconds of the build alone."""
    from distributed import Client, LocalCluster  # type: ignore[import-not-found]

    with LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        with Client(cluster.scheduler_address, set_as_default=False) as client:
            client.run(warm_self, warm, out)
        return timed(lambda: build_once(study, out, scheduler=cluster.scheduler_address))


def warm_self(study: str, out: str) -> None:
    """Build a little on a worker, so that it has loaded what a build needs."""
    build_once(study, f"{out}-{os.getpid()}")


def spin(turns: int) -> int:
    """Compute and touch nothing: what two processes can gain on this machine at all."""
    return sum(i & 3 for i in range(turns))


def spin_all(jobs: int, turns: int) -> None:
    """Do eight rounds of the loop in so many processes."""
    if jobs == 1:
        for _ in range(8):
            spin(turns)
        return
    with ProcessPoolExecutor(jobs) as pool:
        list(pool.map(spin, [turns] * 8))


def peak_memory() -> float:
    """Give the most MB that this process, or the largest of its children, ever held.

    Linux hands ru_maxrss of the parent on to a program that it starts, so our own peak comes from /proc where there is one.
    """
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    status = Path("/proc/self/status")
    if status.exists():
        own = next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    else:
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max(own, children) / 1024


TOOLS: dict[str, Callable[[], Tool]] = {
    "casework.find_amounts": casework_amounts,
    "casework.clean+find_amounts": casework_clean_amounts,
    "casework.find_places": casework_places,
    "jionlp.extract_money": jionlp_money,
    "jionlp.recognize_location": jionlp_location,
    "recognizers.five_models": recognizers,
    "cpca.transform_text_with_addrs": cpca_text,
    "cpca.transform": cpca_lines,
}


def timed(act: Callable[[], Any]) -> dict[str, float]:
    """Give the seconds of an act: by the clock, and of this process's own computing."""
    cpu, wall = time.process_time(), time.perf_counter()
    act()
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


def answer(tool: Tool | None, q: dict[str, Any]) -> Any:
    """Answer a question: read texts, time the reading of texts, build, run the plain loop, or tell the memory."""
    if q["do"] == "memory":
        return peak_memory()
    if q["do"] == "build":
        return timed(lambda: build_once(q["study"], q["out"], q["jobs"]))
    if q["do"] == "dask":
        return build_on_dask(q["warm"], q["study"], q["out"], q["workers"])
    if q["do"] == "spin":
        return timed(lambda: spin_all(q["jobs"], q["turns"]))
    if tool is None:
        return []
    if q["do"] == "read":
        return [tool(t) for t in q["texts"]]
    return timed(lambda: [tool(t) for t in q["texts"]])


def main() -> None:
    """Answer on the real standard output; what a tool prints is kept out of it."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with redirect_stdout(sys.stderr):
        os.dup2(2, 1)
        try:
            tool = TOOLS[sys.argv[1]]() if sys.argv[1] in TOOLS else None
            for line in sys.stdin:
                print(json.dumps({"value": answer(tool, json.loads(line))}), file=answers, flush=True)
        except Exception as e:  # whatever a peer raises becomes its row's reason
            print(json.dumps({"error": f"{type(e).__name__}: {e}"}), file=answers, flush=True)


if __name__ == "__main__":
    main()
