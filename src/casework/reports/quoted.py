"""Texts that go out nearly whole under `publish: quotes`, because numbers stand close together in them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from casework.reports.account import share
from casework.reports.loaded import Loaded
from casework.study import Study
from casework.views import CROWDED, share_out

__all__ = ["quoted_out"]

NAMED = 5


def quoted_out(study: Study, tables: Path | Loaded | None = None) -> str:
    """Say, in a line, of which texts of a study `quotes` lets more than 60% of the body out; nothing where it does of none."""
    if study.publish != "quotes":
        return ""
    read = Loaded.at(study, tables).tables
    if not (read.passages["text"] != "").any():
        return ""
    rows: dict[str, dict[str, list[dict[str, str]]]] = {"claims": defaultdict(list), "passages": defaultdict(list)}
    for name, columns in (("claims", ["source_id", "spans"]), ("passages", ["source_id", "spans", "role"])):
        for row in read.frames[name][columns].itertuples(index=False, name=None):
            rows[name][row[0]].append(dict(zip(columns, row, strict=True)))
    files = dict(zip(read.sources["source_id"], read.sources["file"], strict=True))
    found = [(share_out(rows["claims"][s], rows["passages"][s]), file) for s, file in files.items()]
    most = sorted((-part, file) for part, file in found if part > CROWDED)
    if not most:
        return ""
    named = ", ".join(f"{file} {share(round(-1000 * part), 1000)}" for part, file in most[:NAMED])
    more = f", and {len(most) - NAMED} more" if len(most) > NAMED else ""
    texts = "text" if len(files) == 1 else "texts"
    head = f"publish: quotes lets more than {share(round(1000 * CROWDED), 1000)} of the body out in {len(most)} of {len(files)} {texts}"
    return f"{head}, since numbers stand close together there: {named}{more}; `publish: none` holds it back"
