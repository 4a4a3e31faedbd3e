"""A study's own places.csv: places that no official gazetteer knows, or other names for those it knows."""

from __future__ import annotations

import csv
from pathlib import Path

from casework.codebook import did_you_mean
from casework.places.gazetteer import Gazetteer, base_gazetteer
from casework.places.words import LEVELS
from casework.text import CaseworkError

__all__ = ["load_gazetteer"]

COLUMNS = ("place_code", "name", "level", "parent_code", "also_called", "from", "until")


def load_gazetteer(extra: Path | None = None) -> Gazetteer:
    """Load the gazetteer, with a study's own places where a places.csv is given.

    A row's parent stands in the gazetteer or in a row above it. Raises CaseworkError
    with file and line where a row cannot be used.
    """
    if extra is None:
        return base_gazetteer()
    gazetteer = Gazetteer()
    try:
        with extra.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            _check_columns(extra, reader.fieldnames or ())
            for row in reader:
                _add_row(gazetteer, f"{extra}:{reader.line_num}", row)
    except FileNotFoundError:
        raise CaseworkError(f"{extra}: no such file") from None
    except UnicodeDecodeError as e:
        raise CaseworkError(f"{extra}: not UTF-8 at byte {e.start}") from None
    except csv.Error as e:
        raise CaseworkError(f"{extra}:{reader.line_num}: not valid CSV: {e}") from None
    return gazetteer


def _check_columns(file: Path, found: object) -> None:
    names = list(found) if isinstance(found, (list, tuple)) else []
    for name in names:
        if name not in COLUMNS:
            raise CaseworkError(f"{file}:1: unknown column '{name}'{did_you_mean(str(name), COLUMNS)}")
    for name in COLUMNS[:4]:
        if name not in names:
            raise CaseworkError(f"{file}:1: lacks the column '{name}'; a places.csv has {', '.join(COLUMNS)}")


def _add_row(gazetteer: Gazetteer, where: str, row: dict[str, str]) -> None:
    values = {k: (v or "").strip() for k, v in row.items() if isinstance(k, str)}
    if None in row or not values["name"] or not values["place_code"]:
        raise CaseworkError(f"{where}: a place needs a code and a name, and no more cells than the header has")
    code, level, parent = values["place_code"], values["level"], values["parent_code"]
    if level not in LEVELS:
        raise CaseworkError(f"{where}: no such level '{level}'{did_you_mean(level, LEVELS)}")
    if (key := gazetteer.key_of(code)) is not None:
        if not code.startswith("x"):
            _also_called(gazetteer, where, key, values)
            return
        raise CaseworkError(f"{where}: the code '{code}' stands here a second time")
    if not code.startswith("x"):
        raise CaseworkError(f"{where}: '{code}' is not an official code; a study's own codes begin with x")
    above = gazetteer.key_of(parent) if parent else ""
    if above is None:
        raise CaseworkError(f"{where}: no place has the parent code '{parent}'; a parent's row stands above its places' rows")
    if above and LEVELS.index(gazetteer.level(above)) >= LEVELS.index(level):
        raise CaseworkError(f"{where}: a {level} cannot lie in a {gazetteer.level(above)} ('{parent}')")
    gazetteer.add(code, values["name"], level, above, _names(values.get("also_called", "")))


def _also_called(gazetteer: Gazetteer, where: str, key: str, values: dict[str, str]) -> None:
    names = _names(values.get("also_called", ""))
    if gazetteer.names[key] != values["name"]:
        raise CaseworkError(f"{where}: {values['place_code']} is {gazetteer.names[key]}, not '{values['name']}'")
    gazetteer.call(key, names)


def _names(cell: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in cell.split(";") if name.strip())
