"""Run the notebooks on the demonstration's tables and store them with their outputs, which nbval holds each run against.

usage: store_outputs.py [NAME ...]        (after `casework build studies/demo.yaml`)
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat

from casework.reports.execute import run_notebook
from casework.reports.kernels import kernels_of

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"


def main() -> None:
    """Run each notebook as it stands, with the parameters it declares."""
    with kernels_of("fork") as manager:
        for path in sorted(FOLDER.glob("*.ipynb")):
            if len(sys.argv) < 2 or path.stem in sys.argv[1:]:
                done = run_notebook(path, {}, FOLDER, manager)
                nbformat.write(done, path)
                print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
