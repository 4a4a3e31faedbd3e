"""A table's CSV to Parquet, as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from casework.tables.schema import Table

__all__ = ["to_parquet"]

ROWS = 50_000  # of a row group


def to_parquet(declared: Table, path: Path) -> Path:
    """Turn a CSV as `write_block` makes it into Parquet beside it, and remove it; every column is text. Give the new file."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    schema = pa.schema([(name, pa.large_string()) for name in declared.names])
    new = path.with_suffix(".parquet")
    options = pa.csv.ConvertOptions(column_types=schema, strings_can_be_null=False, quoted_strings_can_be_null=False)
    with (
        pa.csv.open_csv(path, parse_options=pa.csv.ParseOptions(newlines_in_values=True), convert_options=options) as table,
        pa.parquet.ParquetWriter(new, schema, compression="zstd") as out,
    ):
        for group in _groups(table, schema):
            out.write_table(group, row_group_size=ROWS)
    path.unlink()
    return new


def _groups(table: Any, schema: Any) -> Iterator[Any]:
    """Yield the rows in groups of one size, however the reader cuts them: the file's bytes depend on its rows alone."""
    import pyarrow as pa

    held = schema.empty_table()
    for batch in table:
        held = pa.concat_tables([held, pa.Table.from_batches([batch])])
        while held.num_rows >= ROWS:
            yield held.slice(0, ROWS).combine_chunks()
            held = held.slice(ROWS)
    yield held.combine_chunks()
