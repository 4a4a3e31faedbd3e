"""The notebooks of the reports, for a study that stands in a folder of its own."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

from casework.text import CaseworkError

__all__ = ["copy_notebooks"]

# In a clone the notebooks stand beside src/; an installed wheel carries them as shared data.
HOMES = (Path(__file__).parents[3] / "notebooks", Path(sysconfig.get_path("data")) / "share" / "casework" / "notebooks")


def copy_notebooks(folder: Path) -> None:
    """Copy the notebooks that a study's folder lacks, so that they can be changed there.

    Raises CaseworkError where this installation has none.
    """
    home = next((h for h in HOMES if h.is_dir()), None)
    if home is None:
        raise CaseworkError(f"{HOMES[0]}: the notebooks of the reports are not there; install casework again")
    (folder / "notebooks").mkdir(parents=True, exist_ok=True)
    for notebook in sorted(home.glob("*.ipynb")):
        if not (folder / "notebooks" / notebook.name).exists():
            shutil.copyfile(notebook, folder / "notebooks" / notebook.name)
