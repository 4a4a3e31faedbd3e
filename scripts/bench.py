"""Measure how many MB of UTF-8 text a second the build reads, one process and several.

usage: bench.py [TIMES]

The demonstration texts are read TIMES over (20), each copy with another number in its first line, so that none is there twice.
Set-up (import, gazetteer, codebooks) is measured apart. Times of one machine vary: compare figures of one run.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from casework import parse
from casework.flow import build
from casework.study import Study, load_study
from casework.tables import read_tables

ROOT = Path(__file__).resolve().parent.parent


def demo_texts() -> dict[str, str]:
    """Give the raw texts of the demonstration study, whatever their files were."""
    with tempfile.TemporaryDirectory() as folder:
        tables = build(load_study(ROOT / "studies" / "demo.yaml"), out=Path(folder) / "tables").tables_dir
        files = read_tables(tables).sources["source_id"]
        return {s: (tables / "raw" / f"{s}.txt").read_bytes().decode() for s in files}


def corpus(folder: Path, times: int) -> tuple[Study, int]:
    """Write the multiplied corpus as a study of its own; give it and its size in bytes."""
    texts = folder / "texts"
    texts.mkdir()
    size = 0
    for name, text in demo_texts().items():
        for i in range(times):
            data = f"{i}\n{text}".encode()
            (texts / f"{name}-{i:04}.txt").write_bytes(data)
            size += len(data)
    (folder / "study.yaml").write_text("name: bench\nraw: texts\n", encoding="utf-8")
    return load_study(folder / "study.yaml"), size


def main() -> None:
    """Print a line for each number of processes."""
    numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
    start = time.perf_counter()
    parse("灵寿县流转土地1200余亩。")
    print(f"first text, set-up included: {time.perf_counter() - start:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        study, size = corpus(Path(folder), numbers[0] if numbers else 20)
        for jobs in sorted({1, os.cpu_count() or 1}):
            start = time.perf_counter()
            result = build(study, out=Path(folder) / f"tables{jobs}", jobs=jobs)
            took = time.perf_counter() - start
            rate = f"{size / 1e6 / took:.3f} MB/s, {result.counts['claims'] / took:.0f} claims/s"
            print(f"build, --jobs {jobs}: {result.counts['sources']} texts, {size / 1e6:.2f} MB in {took:.1f} s = {rate}")


if __name__ == "__main__":
    main()
