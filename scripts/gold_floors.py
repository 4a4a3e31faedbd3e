"""Measure the gold floors anew and write tests/gold_floors.json: digest of the gold, and a floor a figure.

usage: gold_floors.py [--dry]

A floor is the measured figure less 0.01, rounded down to two digits, and never lower than the one there was: to lower a floor,
edit the file and say why in CHANGELOG.md. A corpus whose texts or gold are not here keeps its entry.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from casework.flow import build
from casework.score import load_gold, score_tables
from casework.study import load_study

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
FLOORS = ROOT / "tests" / "gold_floors.json"
# Each corpus by its name: its study (none: a folder of texts of which nothing is known), its texts, its gold.
CORPORA = {
    "demo": ("studies/demo.yaml", ROOT / "data" / "raw" / "demo", ROOT / "data" / "raw" / "demo" / "gold"),
    "party-building": ("studies/party-building.yaml", SHARED / "seeds", SHARED / "gold"),
    "more": ("", SHARED / "more" / "texts", SHARED / "more" / "gold"),
}


def gold_of(name: str) -> list[Path]:
    """List the gold files of a corpus; none where they are not here."""
    return sorted(CORPORA[name][2].glob("*.json"))


def digest(paths: Sequence[Path]) -> str:
    """Give one fingerprint of several gold files."""
    return "sha256:" + hashlib.sha256("\n".join(load_gold(p).digest for p in paths).encode()).hexdigest()


def build_corpus(name: str, folder: Path) -> Path:
    """Build the tables of a corpus in an empty folder and give theirs."""
    file, texts, _ = CORPORA[name]
    if not file:
        (folder / "study.yaml").write_text(f"name: {name}\nraw: texts\n", encoding="utf-8")
    study = load_study(ROOT / file if file else folder / "study.yaml")
    return build(study, raw=texts, out=folder / "tables").tables_dir


def measure(name: str, before: dict[str, float]) -> dict[str, float]:
    """Build and score a corpus, and set a floor under each figure."""
    with tempfile.TemporaryDirectory() as folder:
        score = score_tables(build_corpus(name, Path(folder)), gold_of(name))
    figures = {k: v for k, v in score.figures().items() if k.endswith("_macro") or score.of(k).gold}
    print(f"{name}: " + ", ".join(f"{k} {v}" for k, v in figures.items()))
    return {k: max(before.get(k, 0.0), math.floor((v - 0.01) * 100) / 100) for k, v in figures.items()}


def main() -> None:
    """Measure what is here and write the floors."""
    floors: dict[str, dict[str, Any]] = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    for name in CORPORA:
        if paths := gold_of(name):
            floors[name] = {"gold": digest(paths), "floors": measure(name, floors.get(name, {}).get("floors", {}))}
    if "--dry" not in sys.argv[1:]:
        FLOORS.write_text(json.dumps(floors, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
