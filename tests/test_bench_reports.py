"""The bench of reports: all contestants get the same jobs, its ratios are the right way round, different outputs are seen."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from small_study import write_small

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    sys.path.insert(0, str(SCRIPTS))
    try:
        return importlib.import_module("bench.reports")
    finally:
        sys.path.remove(str(SCRIPTS))


def test_the_jobs_are_the_places_in_turn(bench: ModuleType, tmp_path: Path) -> None:
    jobs = bench.make_jobs(write_small(tmp_path), 5)
    assert [job["case"].rpartition("/")[2] for job in jobs] == ["青禾镇", "石泉乡", "青禾镇", "石泉乡", "青禾镇"]


def test_a_ratio_above_one_says_that_ours_is_faster(bench: ModuleType) -> None:
    found = {("ours", 1): bench.Timed(1, 0.5), ("api", 1): bench.Timed(3, 2), ("ours", 2): bench.Timed(0.6, 0.5), ("api", 2): bench.Timed(1.5, 2)}
    rows = {(row[0], row[1]): row for row in bench.rows(found, dict.fromkeys(found, True) | {("api", 2): False})}
    api = rows[bench.NAMES["api"], 1]
    assert api[4:7] == (3, 4, 5)
    assert rows[bench.NAMES["api"], 2][4:] == (2.5, 4, None, "NO")


def test_different_outputs_are_seen(bench: ModuleType, tmp_path: Path) -> None:
    for name, text in (("a", "1"), ("b", "1"), ("c", "2")):
        (tmp_path / name).mkdir()
        cell = new_code_cell("1", outputs=[new_output("execute_result", {"text/plain": text})], metadata={"papermill": {"duration": len(name)}})
        nbformat.write(new_notebook(cells=[cell]), tmp_path / name / "0.ipynb")
    assert bench.same_outputs(tmp_path / "a", tmp_path / "b")
    assert not bench.same_outputs(tmp_path / "a", tmp_path / "c")
    assert not bench.same_outputs(tmp_path / "a", tmp_path)
