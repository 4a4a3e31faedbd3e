"""Accuracy has floors, each set pinned to the digest of its gold; and our figures are those of the annotators' script."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SHARED, script
from test_score import annotators_figures

from casework.score import score_tables

gold = script("gold_floors")
FLOORS = json.loads((Path(__file__).parent / "gold_floors.json").read_text(encoding="utf-8"))
there = [pytest.param(name, marks=pytest.mark.skipif(not gold.gold_of(name), reason="the gold is not here")) for name in FLOORS]


@pytest.mark.parametrize("name", there)
def test_floors(name: str, tables_of: Callable[[str], Path]) -> None:
    paths = gold.gold_of(name)
    assert gold.digest(paths) == FLOORS[name]["gold"], "the gold has changed: run scripts/gold_floors.py"
    figures = score_tables(tables_of(name), paths).figures()
    low = {figure: (figures[figure], floor) for figure, floor in FLOORS[name]["floors"].items() if figures[figure] < floor}
    assert low == {}


@pytest.mark.skipif(not SHARED.exists(), reason="the annotators' script is not here")
@pytest.mark.parametrize("name", ["party-building", "more"])
def test_our_figures_are_the_annotators_scripts(name: str, tables_of: Callable[[str], Path]) -> None:
    paths, tables = gold.gold_of(name), tables_of(name)
    figures = score_tables(tables, paths).figures()
    theirs = annotators_figures(tables, paths, gold.CORPORA[name][1])
    assert {k: figures[k] for k in theirs} == theirs
