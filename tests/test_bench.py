"""The bench: its corpus is the same each time, its judge is fair both ways, its table lines up."""

from __future__ import annotations

import csv
import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from casework import find_amounts

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"


@pytest.fixture(scope="module")
def bench() -> Any:
    """The modules of the bench by name; scripts/ is no package and is only for a while on the path."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        return {name: importlib.import_module(f"bench.{name}") for name in ("corpus", "quality", "speed", "table", "tools")}
    finally:
        sys.path.remove(str(SCRIPTS))


@pytest.fixture(scope="module")
def stock(bench: dict[str, ModuleType]) -> Any:
    return bench["corpus"].read_stock()


def test_the_same_seed_gives_the_same_texts(bench: dict[str, ModuleType], stock: Any) -> None:
    make = bench["corpus"].make_texts
    first = list(make(stock, 60_000, 1))
    assert first == list(make(stock, 60_000, 1))
    assert first != list(make(stock, 60_000, 2))
    assert sum(len(t.encode()) for t in first[:-1]) < 60_000 <= sum(len(t.encode()) for t in first)


def test_a_longer_corpus_begins_like_a_shorter_one_and_repeats_no_text(bench: dict[str, ModuleType], stock: Any) -> None:
    make = bench["corpus"].make_texts
    short, long = list(make(stock, 30_000)), list(make(stock, 150_000))
    assert long[: len(short)] == short
    assert len(set(long)) == len(long) > 2 * len(stock.texts)


def test_figures_change_and_dates_stay(bench: dict[str, ModuleType]) -> None:
    from random import Random

    text = "2021年3月5日8:30，流转土地1260亩，1至8月增收35.7万元，前5个月开工。"
    new = bench["corpus"]._figures(text, Random("x"))
    assert len(new) == len(text)
    assert new != text
    for kept in ("2021年3月5日8:30", "1至8月", "前5个月"):
        assert kept in new
    units = [a.unit for a in find_amounts(text)]
    assert [a.unit for a in find_amounts(new)] == units


def test_sister_places_change_names_at_once(bench: dict[str, ModuleType]) -> None:
    swap = bench["corpus"]._replace_all
    assert swap("甲乙村和丙丁村", {"甲乙": "丙丁", "丙丁": "甲乙"}) == "丙丁村和甲乙村"


def test_a_written_corpus_is_a_study(bench: dict[str, ModuleType], stock: Any, tmp_path: Path) -> None:
    from casework.study import load_study

    texts = list(bench["corpus"].make_texts(stock, 3_000))
    study = load_study(bench["corpus"].write_corpus(tmp_path, "made", texts))
    assert [p.read_text(encoding="utf-8") for p in sorted(study.raw.iterdir())] == texts


def found(*ends: tuple[float | None, float | None], unit: str = "yuan", approx: bool = False, at: int = 0) -> dict[str, Any]:
    return {"line": 0, "start": at, "end": at + 4, "span": (at, at + 4), "ends": list(ends), "unit": unit, "approx": approx}


@pytest.mark.parametrize(
    ("want", "got", "right"),
    [
        ([[20, None, "yuan"]], [found((20, 30), (20, None))], True),
        ([[20, None, "yuan"]], [found((20, 20))], False),
        ([[20, 20, "yuan"]], [found((20, 20), unit="usd")], False),
        ([[20, 20, "yuan", "about"]], [found((20, 20))], False),
        ([[20, 20, "yuan", "about"]], [found((20, 20), approx=True)], True),
        ([], [found((1, 1), unit="")], False),
        ([[1, 1, "yuan"], [2, 2, "yuan"]], [found((2, 2), at=9), found((1, 1))], True),
    ],
)
def test_an_expression_is_right_with_all_its_parts(bench: dict[str, ModuleType], want: Any, got: Any, right: bool) -> None:
    assert bench["quality"].is_right(want, got) is right


def test_a_peer_is_held_to_the_kinds_it_names_and_its_units_are_ours(bench: dict[str, ModuleType]) -> None:
    quality = bench["quality"]
    gold = [
        {"span": (0, 4), "low": 30, "high": 30, "unit": "yuan"},
        {"span": (5, 9), "low": 8, "high": 8, "unit": "count:户"},
        {"span": (10, 14), "low": 0.2, "high": 0.2, "unit": "m"},
    ]
    text = quality.Judged(["甲" * 14], gold, frozenset())
    answer = [found((30, 30), unit="Chinese yuan"), found((8, 8), unit="", at=5), found((20, 20), unit="Centimeter", at=10)]
    units, kinds = quality.units_of("recognizers.five_models"), quality.kinds_of("recognizers.five_models")
    n = quality.count([text], [answer], kinds, units)
    assert (n["right"], n["got"], n["gold"]) == (2, 2, 3)
    assert (n["kind_right"], n["kind_got"], n["kind_gold"]) == (2, 2, 2)
    assert n["number"] == 3


def test_our_own_amounts_read_every_expression_right(bench: dict[str, ModuleType]) -> None:
    quality = bench["quality"]
    read = bench["tools"].casework_clean_amounts()
    wrong = [c["text"] for c in quality.load("expressions.yaml") if not quality.is_right(c["want"], quality.amounts_of([c["text"]], read([c["text"]]), {}))]
    assert wrong == []


def test_ratios_are_taken_within_a_round(bench: dict[str, ModuleType]) -> None:
    seconds = {"ours": [1.0, 2.0, 4.0], "theirs": [10.0, 20.0, 44.0]}
    assert bench["speed"].ratio(seconds, "ours", "theirs") == 10
    assert bench["speed"].ratio(seconds, "ours", "absent") is None


def test_the_table_lines_up_and_its_csv_keeps_all_digits(bench: dict[str, ModuleType], tmp_path: Path) -> None:
    t = bench["table"]
    table = t.Table("speed", "Speed", ("tool", "MB/s"), (("百分之", 0.123456), ("b", None), ("long name", 1234.5)))
    lines = t.render(table).split("\n")
    assert lines == ["Speed", "tool        MB/s", "----------------", "百分之     0.123", "b              –", "long name   1234"]
    with t.write_csv(table, tmp_path / "out").open(encoding="utf-8", newline="") as f:
        assert list(csv.reader(f)) == [["tool", "MB/s"], ["百分之", "0.123456"], ["b", ""], ["long name", "1234.5"]]
