"""How much of the gold each tool finds, and how many of the fixed expressions it reads right."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gold_floors import CORPORA, build_corpus, gold_of
from ruamel.yaml import YAML

from bench.peers import Missing, Worker
from casework.clean import clean_text
from casework.score import load_gold, score_tables
from casework.score.match import deepest, either, pair
from casework.tables import read_tables
from casework.text import Span, Text

HERE = Path(__file__).resolve().parent
Row = dict[str, Any]
County = tuple[str, str]


def load(name: str) -> Any:
    """Read a data file of the bench."""
    return YAML(typ="safe").load((HERE / name).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Judged:
    """A text with its gold: the clean lines that every tool gets, amounts in their coordinates, counties."""

    lines: list[str]
    amounts: list[Row]
    counties: frozenset[County]


@dataclass
class Group:
    """Texts that share a column of the table, and what the whole build found in them."""

    name: str
    texts: list[Judged] = field(default_factory=list)
    built: Counter[str] = field(default_factory=Counter)


def read_groups() -> list[Group]:
    """Build every corpus whose gold is here: the demonstration, and the real texts together."""
    groups = {"demo": Group("demo"), "real": Group("real")}
    for corpus in CORPORA:
        if gold_of(corpus):
            with tempfile.TemporaryDirectory() as folder:
                _read_corpus(groups["demo" if corpus == "demo" else "real"], corpus, Path(folder))
    return [g for g in groups.values() if g.texts]


def _read_corpus(group: Group, corpus: str, folder: Path) -> None:
    tables = build_corpus(corpus, folder)
    measure = score_tables(tables, gold_of(corpus)).of("value_f1")
    group.built.update(right=measure.right, gold=measure.gold, got=measure.got)
    frames = read_tables(tables)
    ids = {Path(f).name: i for f, i in frames.sources[["file", "source_id"]].to_numpy().tolist()}
    for path in gold_of(corpus):
        gold = load_gold(path)
        raw = (tables / "raw" / f"{ids[gold.file]}.txt").read_bytes().decode()
        judged = _judged(clean_text(raw)[0], gold.quantities)
        named = frames.places[frames.places["source_id"] == ids[gold.file]]["place"]
        _count_counties(group.built, judged.counties, {c for p in named if (c := _county(p))})
        group.texts.append(judged)


def _judged(text: Text, quantities: Sequence[Row]) -> Judged:
    """Bring the gold to the clean text, cut into lines."""
    lines = text.clean.split("\n")
    amounts = []
    for q in quantities:
        span = text.to_clean(Span(*q["span"]))
        amounts.append(dict(q, span=(span.start, span.end)))
    paths = [p for q in quantities for p in (q["place"] if isinstance(q["place"], list) else [q["place"]])]
    return Judged(lines, amounts, frozenset(c for p in paths if (c := _county(p))))


def _county(path: str) -> County | None:
    """Give province and county of a place path, without their ranks."""
    parts = path.split("/")
    return (deepest(parts[0]), deepest(parts[2])) if len(parts) > 2 else None


def _count_counties(n: Counter[str], want: frozenset[County], named: set[County]) -> None:
    n.update(county_right=len(want & named), county_gold=len(want), county_named=len(named))


def amounts_of(lines: Sequence[str], found: Sequence[Row], units: Mapping[str, Any]) -> list[Row]:
    """Bring a tool's amounts to our units and to the offsets of the whole text."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    rows = []
    for f in found:
        unit, factor = _unit(f["unit"], units)
        ends = [tuple(None if e is None else round(e * factor, 6) for e in pair) for pair in f["ends"]]
        at = starts[f["line"]]
        rows.append({"span": (at + f["start"], at + f["end"]), "ends": ends, "unit": unit, "approx": f["approx"]})
    return rows


def _unit(name: str, units: Mapping[str, Any]) -> tuple[str, float]:
    code = units.get(name, name)
    return (code[0], code[1]) if isinstance(code, list) else (code, 1)


def same_amount(gold: Row, got: Row) -> bool:
    """Tell whether the ends and the unit are the gold's."""
    return any((_end(gold["low"]), _end(gold["high"])) == tuple(e) for e in got["ends"]) and either(gold["unit"], got["unit"])


def same_number(gold: Row, got: Row) -> bool:
    """Tell whether the number is one end of the gold's, whatever the unit."""
    return bool({_end(gold["low"]), _end(gold["high"])} & {e for ends in got["ends"] for e in ends if e is not None})


def _end(value: Any) -> float | None:
    return None if value in ("", None) else round(float(value), 6)


def units_of(tool: str) -> dict[str, Any]:
    """Give the names of units that a tool uses, with our codes."""
    book = load("units.yaml")
    family = tool.partition(".")[0]
    return {**book["converted"], **book[family]} if family in book else {}


def kinds_of(tool: str) -> frozenset[str] | None:
    """Give the units that a tool claims to find; None for all."""
    units = units_of(tool)
    return frozenset(c[0] if isinstance(c, list) else c for c in units.values()) if units else None


def count(texts: Sequence[Judged], answers: Sequence[Sequence[Row]], kinds: frozenset[str] | None, own: Mapping[str, Any]) -> Counter[str]:
    """Count what a tool found: of all gold, of the kinds asked for, and of bare numbers."""
    n: Counter[str] = Counter()
    for text, found in zip(texts, answers, strict=True):
        rows = amounts_of(text.lines, found, own)
        n.update(gold=len(text.amounts), number=len(pair(text.amounts, rows, same_number)))
        rows = [r for r in rows if r["unit"]]  # a bare number claims nothing about a unit
        n.update(right=len(pair(text.amounts, rows, same_amount)), got=len(rows))
        if kinds is not None:
            gold = [q for q in text.amounts if any(either(q["unit"], k) for k in kinds)]
            rows = [r for r in rows if r["unit"] in kinds]
            n.update(kind_gold=len(gold), kind_got=len(rows), kind_right=len(pair(gold, rows, same_amount)))
    return n


def count_counties(texts: Sequence[Judged], answers: Sequence[Sequence[Sequence[str]]]) -> Counter[str]:
    """Count the gold's counties that a tool names in their texts, and how many it names at all."""
    n: Counter[str] = Counter()
    for text, found in zip(texts, answers, strict=True):
        _count_counties(n, text.counties, {(deepest(p), deepest(c)) for p, c in found})
    return n


def expressions_right(worker: Worker, tool: str) -> tuple[int, int]:
    """Give how many of the fixed expressions a tool reads right, and how many there are."""
    cases = load("expressions.yaml")
    answers = worker.ask(do="read", texts=[[c["text"]] for c in cases])
    units = units_of(tool)
    return sum(is_right(c["want"], amounts_of([c["text"]], a, units)) for c, a in zip(cases, answers, strict=True)), len(cases)


def is_right(want: Sequence[Sequence[Any]], got: Sequence[Row]) -> bool:
    """Tell whether a tool found the wanted amounts, in their order, and nothing else."""
    if len(want) != len(got):
        return False
    ordered = sorted(got, key=lambda r: r["span"])
    return all(
        same_amount({"low": w[0], "high": w[1], "unit": w[2]}, g) and g["approx"] == ("about" in w[3:])
        for w, g in zip(want, ordered, strict=True)
    )


def f1(n: Mapping[str, int], head: str = "") -> float | None:
    """Give the harmonic mean of precision and recall; None where there is nothing to find."""
    both = n[head + "gold"] + n[head + "got"]
    return 2 * n[head + "right"] / both if both else None


def read_all(worker: Worker, group: Group) -> list[Any]:
    """Let a tool read all texts of a group."""
    answers = worker.ask(do="read", texts=[t.lines for t in group.texts])
    if len(answers) != len(group.texts):
        raise Missing(f"{worker.tool} answered {len(answers)} of {len(group.texts)} texts")
    return list(answers)
