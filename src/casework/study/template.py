"""A new study: its YAML file, a folder for the texts and the lists a researcher keeps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from casework.text import CaseworkError

__all__ = ["init_study"]

TEMPLATE = """\
# A study. Put the texts into raw/ (.txt, .html, .pdf, .docx, or .csv and .jsonl with a column text), then:
#   casework manifest {name}.yaml    registers the texts; fill in outlet, published and place in raw/manifest.csv
#   casework run {name}.yaml         builds the tables and the reports
name: {name}
title:
  en: {title}
raw: raw

# Places that the gazetteer lacks; your corrections, by row id; figures from outside, by place.
places: places.csv
corrections: corrections.csv
attributes: attributes.csv

# What may go out: full (all texts), quotes (30 characters around a claim, at most 100 in a row) or none.
publish: quotes
lang: en  # or zh, or [zh, en] for both: the site opens in the first
authors: []

# Cleaners that are not to be used, by name.
cleaners:
  off: []

# Cases that are whole counties are too coarse for the usual level, the township: for them set
# `foreach: county`, and `parameters: {{level: county}}` on all below it.
reports:
  - name: corpus
  - name: case
    foreach: case
  - name: compare
  - name: robustness
  - name: language
  - name: codebook
"""
LISTS: Mapping[str, str] = {
    "places.csv": "place_code,name,level,parent_code,also_called,from,until\n",
    "corrections.csv": "row_id,field,value,reason,by\n",
    "attributes.csv": "place_code,variable,value,source\n",
}


def init_study(folder: Path) -> Path:
    """Make a new study in a folder and give the path of its YAML file.

    Nothing that is there is changed. Raises CaseworkError where the folder holds a study already.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise CaseworkError(f"{folder}: is a file; name a folder for the study")
    if folder.absolute().name == "studies":
        raise CaseworkError(f"{folder}: a study's own folder cannot be called 'studies'; name another")
    there = sorted(p.name for p in folder.glob("*.y*ml"))
    if there:
        raise CaseworkError(f"{folder}: holds a study already, {there[0]}; name another folder")
    title = folder.absolute().name
    name = "-".join(re.findall(r"[a-z0-9]+", title.lower())) or "study"
    (folder / "raw").mkdir(parents=True, exist_ok=True)
    for file, head in LISTS.items():
        if not (folder / file).exists():
            (folder / file).write_text(head, encoding="utf-8", newline="\n")
    made = folder / f"{name}.yaml"
    made.write_text(TEMPLATE.format(name=name, title=_quoted(title)), encoding="utf-8", newline="\n")
    return made


def _quoted(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'" if text.isprintable() else "'A study'"
