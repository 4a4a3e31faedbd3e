"""Claims that follow their case: what took its place from a case that a researcher has corrected goes where the case goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from casework.study import Correction
from casework.tables import TABLES
from casework.tables.rows import Cells

__all__ = ["follow_cases"]

_ASIDE = frozenset({"in_name", "listed"})


class _Place(NamedTuple):
    """A place as the cells of a row name it."""

    path: str
    code: str
    level: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


class _Mention(NamedTuple):
    """Where a passage names a place, how, and at which level."""

    start: int
    level: str
    how: str


def follow_cases(
    claims: Iterable[Cells], cases: Iterable[Cells], mentions: Iterable[Cells], corrections: Iterable[Correction]
) -> list[Cells]:
    """Give the claims of a source, those of a case that is corrected to another place brought along and flagged `corrected`.

    A claim follows whose place is its case's, or lies in it and is known by its name alone. It stays where its passage named the
    old place before it, in words that cannot mean the new one: those are the claim's own. A doubt (`place_guessed`) stays on it.
    """
    moved = _moved(cases, corrections)
    named = _named(mentions, {(case_id, old.path) for case_id, (old, _) in moved.items()}) if moved else {}
    return [_follow(row, *moved[row[_CASE]], named) if row[_CASE] in moved else row for row in claims]


def _moved(cases: Iterable[Cells], corrections: Iterable[Correction]) -> dict[str, tuple[_Place, _Place]]:
    """Give the old and the new place of each case that is corrected to another."""
    wanted: dict[str, dict[str, str]] = {}
    for c in corrections:
        wanted.setdefault(c.row_id, {})[c.field] = c.value
    out: dict[str, tuple[_Place, _Place]] = {}
    for row in cases:
        cells = dict(zip(TABLES["cases"].names, row, strict=True))
        new = wanted.get(cells["case_id"], {})
        if "place" in new and new["place"] != cells["place"]:
            old = _Place(cells["place"], cells["place_code"], cells["level"])
            out[cells["case_id"]] = old, _Place(new["place"], new["place_code"], new["level"])
    return out


def _named(mentions: Iterable[Cells], olds: set[tuple[str, str]]) -> dict[str, list[_Mention]]:
    """Give where each passage names the old place of its case; no list, and no name inside another."""
    out: dict[str, list[_Mention]] = {}
    for row in mentions:
        cells = dict(zip(TABLES["places"].names, row, strict=True))
        if cells["place"] and (cells["case_id"], cells["place"]) in olds and not _ASIDE & set(cells["flags"].split(";")):
            out.setdefault(cells["passage_id"], []).append(_Mention(int(cells["start"]), cells["level"], cells["how"]))
    return out


def _follow(row: Cells, old: _Place, new: _Place, named: Mapping[str, Sequence[_Mention]]) -> Cells:
    cells = dict(zip(TABLES["claims"].names, row, strict=True))
    place = _place_in(new, old, cells)
    before = [m for m in named.get(cells["passage_id"], ()) if m.start < int(cells["start"])]
    if place is None or not all(_may_mean(m, old, new) for m in before):
        return row
    flags = ";".join(sorted({*cells["flags"].split(";"), "corrected"} - {""}))
    return tuple({**cells, "place": place.path, "place_code": place.code, "flags": flags}.values())


def _place_in(new: _Place, old: _Place, cells: Mapping[str, str]) -> _Place | None:
    """Give a claim's place where it is the case's, or in it by its name alone, as it is with the new one; else None."""
    path = cells["place"]
    if path == old.path:
        return new
    # Below its code says no more than the case's: it was put there because the case was.
    inside = path.startswith(f"{old.path}/") and cells["place_code"] == old.code and new.level == old.level
    return new._replace(path=new.path + path.removeprefix(old.path)) if inside else None


def _may_mean(m: _Mention, old: _Place, new: _Place) -> bool:
    """Tell whether words that were read as the old place may mean the new: the whole town another town, a name one that is alike."""
    return m.level == new.level if m.how == "coreference" else m.how != "path" and old.name == new.name


_CASE = TABLES["claims"].names.index("case_id")
