"""A new study: the files of template/ with its name in them, a folder for its texts, and the notebooks of its reports."""

from __future__ import annotations

import re
import shutil
import sysconfig
from pathlib import Path

from casework.text import CaseworkError

__all__ = ["init_study"]

TEMPLATE = Path(__file__).parent / "template"
# In a clone the notebooks stand beside src/; an installed wheel carries them as shared data.
NOTEBOOKS = (Path(__file__).parents[3] / "notebooks", Path(sysconfig.get_path("data")) / "share" / "casework" / "notebooks")


def init_study(folder: Path) -> Path:
    """Make a folder with a new study in it and give the path of its YAML file.

    Raises CaseworkError where the folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CaseworkError(f"{folder}: is there already and not empty; name a new folder")
    notebooks = next((n for n in NOTEBOOKS if n.is_dir()), None)
    if notebooks is None:
        raise CaseworkError(f"the notebooks of the reports are not where casework is installed ({NOTEBOOKS[0]}); install it again")
    (folder / "texts").mkdir(parents=True)
    for source in sorted(TEMPLATE.iterdir()):
        text = source.read_text(encoding="utf-8").replace("NAME", study_name(folder.absolute().name))
        (folder / source.name).write_text(text, encoding="utf-8", newline="\n")
    (folder / "notebooks").mkdir()
    for notebook in sorted(notebooks.glob("*.ipynb")):
        shutil.copyfile(notebook, folder / "notebooks" / notebook.name)
    return folder / "study.yaml"


def study_name(folder: str) -> str:
    """Make a study's name from a folder's: small letters, digits and hyphens.

    >>> study_name("My study, 2026"), study_name("乡村")
    ('my-study-2026', 'study')
    """
    return "-".join(re.findall(r"[a-z0-9]+", folder.lower())) or "study"
