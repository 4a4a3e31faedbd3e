"""Records to frames: every cell a text, rows in a fixed order, every bad cell named."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any

import pandas as pd

from casework.codebook import did_you_mean
from casework.tables.columns import TABLES, VOCABULARIES
from casework.tables.schema import KINDS, Column, Table, pattern_of
from casework.text import CaseworkError, Span, join_spans

__all__ = ["Tables", "bad_cell", "cell", "check", "frame", "make_frames", "number_text", "sortable", "table"]

Row = Sequence[object] | Mapping[str, object]


@dataclass(frozen=True, repr=False)
class Tables:
    """The tables of a study as frames; every cell is text, an empty cell is unknown or open."""

    sources: pd.DataFrame
    edits: pd.DataFrame
    articles: pd.DataFrame
    passages: pd.DataFrame
    cases: pd.DataFrame
    places: pd.DataFrame
    claims: pd.DataFrame
    labels: pd.DataFrame
    codings: pd.DataFrame
    problems: pd.DataFrame

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The frames by name, in the order of the declaration."""
        return {name: getattr(self, name) for name in TABLES}

    def __repr__(self) -> str:
        return "<Tables: " + ", ".join(f"{len(f)} {name}" for name, f in self.frames.items() if len(f)) + ">"

    def _repr_html_(self) -> str:
        cells = ((f"<code>.{name}</code>", f"{len(f):,}", escape(TABLES[name].about)) for name, f in self.frames.items())
        rows = "".join(f"<tr><td>{name}</td><td>{n}</td><td style='text-align:left'>{about}</td></tr>" for name, n, about in cells)
        return f"<table><thead><tr><th>table</th><th>rows</th><th>what it holds</th></tr></thead><tbody>{rows}</tbody></table>"

    def typed(self) -> Tables:
        """Give the tables with numbers as floats, offsets as whole numbers, flags as booleans.

        Text stays text; an empty number is NaN, an empty offset <NA>.
        """
        return Tables(**{name: _typed(TABLES[name], f) for name, f in self.frames.items()})


def table(name: str) -> Table:
    """Give the declaration of a table, or say which tables there are."""
    if name not in TABLES:
        raise CaseworkError(f"no table '{name}'{did_you_mean(name, TABLES)}")
    return TABLES[name]


def number_text(value: float) -> str:
    """Write a number in its shortest form, without exponent or trailing zeros.

    >>> number_text(20000.0), number_text(0.7), number_text(1.08e8), number_text(-0.0)
    ('20000', '0.7', '108000000', '0')
    """
    text = repr(value)
    if text.endswith(".0") and text != "-0.0":
        return text[:-2]
    if math.isnan(value):
        return ""
    if math.isinf(value):
        raise CaseworkError("an infinite number cannot stand in a table; leave an open end empty")
    text = format(Decimal(text), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def cell(value: object) -> str:
    """Write a value as a cell: lists joined by `;`, spans as `start-end`, None as nothing.

    A semicolon inside a list's item becomes the full-width one; sets are sorted.

    >>> cell([Span(3, 8), Span(20, 24)]), cell(frozenset({"copy", "approx"})), cell(True), cell(None)
    ('3-8;20-24', 'approx;copy', 'true', '')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, Span):
        return join_spans([value])
    if isinstance(value, (set, frozenset)):
        return _joined(sorted(value))
    if isinstance(value, (tuple, list)):
        return join_spans(value) if value and all(isinstance(v, Span) for v in value) else _joined(value)
    raise CaseworkError(f"a cell cannot hold a {type(value).__name__}: {value!r}")


def _joined(items: Iterable[Any]) -> str:
    return ";".join(str(i).replace(";", "；") for i in items)


def frame(name: str, rows: Iterable[Row], order: Mapping[str, int] | None = None) -> pd.DataFrame:
    """Make the frame of a table from records: all text, sorted.

    A record is a mapping or a sequence in the order of the declaration. Sources stand in the
    order of `order` (source_id → rank), else as they come; within a source the rows stand by
    the table's sort columns, numbers by value.
    """
    declared = table(name)
    names = declared.names
    records = [_record(declared, names, i, row) for i, row in enumerate(rows, start=1)]
    _arrange(declared, records, order)
    columns = zip(*records, strict=True) if records else ([] for _ in names)
    return pd.DataFrame({n: pd.Series(list(c), dtype="str") for n, c in zip(names, columns, strict=True)}, columns=names)


def _record(declared: Table, names: list[str], number: int, row: Row) -> tuple[str, ...]:
    if isinstance(row, Mapping):
        for key in row:
            if key not in names:
                raise CaseworkError(f"{declared.name}: row {number} has an unknown column '{key}'{did_you_mean(str(key), names)}")
        return tuple(cell(row.get(n)) for n in names)
    if len(row) != len(names):
        raise CaseworkError(f"{declared.name}: row {number} has {len(row)} cells, not {len(names)}: {', '.join(names)}")
    return tuple(cell(v) for v in row)


def _arrange(declared: Table, records: list[tuple[str, ...]], order: Mapping[str, int] | None) -> None:
    at = {n: i for i, n in enumerate(declared.names)}
    source = at["source_id"]
    ranks = order if order is not None else {s: i for i, s in enumerate(dict.fromkeys(r[source] for r in records))}
    sort = [at[n] for n in declared.sort]
    # A source that `order` does not know stands after the known ones, by its id.
    records.sort(key=lambda r: (ranks.get(r[source], -1 if not r[source] else len(ranks)), r[source], [sortable(r[i]) for i in sort], r))


def sortable(text: str) -> tuple[int, str]:
    """Give what a cell is sorted by: the number it begins with, then its text."""
    if not "0" <= text[:1] <= "9":
        return -1, text
    head = text.split("-", 1)[0]
    return (int(head), text) if head.isascii() and head.isdigit() else (-1, text)


def make_frames(rows: Mapping[str, Iterable[Row]]) -> dict[str, pd.DataFrame]:
    """Make every table's frame from records by table; sources in the order of their files.

    A table that `rows` lacks is empty.
    """
    for name in rows:
        table(name)
    records = list(rows.get("sources", ()))
    at = TABLES["sources"].names.index
    files = {_get(r, "source_id", at("source_id")): _get(r, "file", at("file")) for r in records}
    order = {s: i for i, s in enumerate(sorted(files, key=lambda s: (files[s], s)))}
    return {name: frame(name, records if name == "sources" else rows.get(name, ()), order) for name in TABLES}


def _get(row: Row, name: str, index: int) -> str:
    return cell(row[name] if isinstance(row, Mapping) else row[index])


def check(name: str, data: pd.DataFrame) -> pd.DataFrame:
    """Hold a frame against its declaration; give it back, or raise with every bad cell and its row.

    Rows are counted from 1, the header aside.
    """
    declared = table(name)
    missing = [c for c in declared.names if c not in data.columns]
    extra = [str(c) for c in data.columns if c not in declared.names]
    if missing or extra:
        odd = [f"column '{c}' is missing" for c in missing] + [f"unknown column '{c}'" for c in extra]
        raise CaseworkError(f"{name}: {'; '.join(odd)}")
    bad = sorted({*_bad_cells(declared, data), *_repeated(declared, data)}, key=_row_of)
    if bad:
        raise CaseworkError(f"{name}: {len(bad)} bad cell{'s' * (len(bad) > 1)}\n" + "\n".join(f"  {b}" for b in bad))
    return data


def _row_of(line: str) -> tuple[int, str]:
    return int(line.split(":", 1)[0].removeprefix("row ")), line


def _bad_cells(declared: Table, data: pd.DataFrame) -> list[str]:
    if data.empty:
        return []
    # pandera costs half a second to import: only a build that writes tables pays for it.
    import pandera.pandas as pa
    from pandera.errors import SchemaErrors

    columns = {
        c.name: pa.Column(str, pa.Check(_matches(pattern_of(c, VOCABULARIES)), name="kind"), nullable=False, coerce=False)
        for c in declared
    }
    schema = pa.DataFrameSchema(columns, strict=True, ordered=True, index=None)
    try:
        schema.validate(data.reset_index(drop=True), lazy=True)
    except SchemaErrors as e:
        found = e.failure_cases[["index", "column", "failure_case"]]
        return [_bad(declared, *failure) for failure in found.itertuples(index=False, name=None)]
    return []


def _matches(pattern: str) -> Any:
    return lambda series: series.str.fullmatch(pattern)


def _bad(declared: Table, row: Any, column: str, value: Any) -> str:
    if row is None or pd.isna(row):
        return f"row 0: column '{column}' does not hold text: {value}"
    return bad_cell(declared.column(column), int(row) + 1, value)


def bad_cell(c: Column, row: int, value: object) -> str:
    """Say of a bad cell in which row (from 1) it stands, what it is and what it must be."""
    want = f"a code of {c.codes}{did_you_mean(str(value), VOCABULARIES[c.codes])}" if c.codes else KINDS[c.kind].says
    return f"row {row}: {c.name} is {str(value)[:80]!r}, must be {want}" + (", not empty" if c.required and not value else "")


def _repeated(declared: Table, data: pd.DataFrame) -> list[str]:
    if not declared.key:
        return []
    twice = data.duplicated(list(declared.key), keep="first").to_numpy().nonzero()[0]
    return [f"row {int(i) + 1}: {', '.join(declared.key)} stands twice: {', '.join(data.iloc[int(i)][list(declared.key)])}" for i in twice]


def _typed(declared: Table, data: pd.DataFrame) -> pd.DataFrame:
    out = data.copy()
    for c in declared:
        kind = KINDS[c.kind].frictionless
        if kind == "number":
            out[c.name] = pd.to_numeric(data[c.name].where(data[c.name] != ""), errors="raise").astype("float64")
        elif kind == "integer":
            out[c.name] = pd.to_numeric(data[c.name].where(data[c.name] != ""), errors="raise").astype("Int64")
        elif kind == "boolean":
            out[c.name] = (data[c.name] == "true").astype("bool")
    return out
