"""CSV files out of numpy columns. DuckDB formats and writes: it is faster than Python by far, and spills to no disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import duckdb
import numpy as np
import pyarrow as pa

from demo.sample.arrays import Ints
from retail.duckdb_options import OFFLINE

_MACROS = (
    "create macro money(cents) as cast(cents * 0.01 as decimal(18, 2))",
    "create macro moment(seconds) as strftime(make_timestamp(seconds * 1000000), '%Y-%m-%dT%H:%M:%SZ')",
)


class Writer:
    """Writes tables into one folder. In SQL, `money(cents)` and `moment(seconds)` give what a file should hold."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._connection = duckdb.connect(":memory:", config={**OFFLINE, "threads": 2, "memory_limit": "1GB"})
        self.rows: dict[str, int] = {}
        for macro in _MACROS:
            self._connection.execute(macro)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def write(self, table: str, columns: Mapping[str, Any], select: str = "*", order_by: str = "") -> None:
        """Write `<table>.csv`.

        Args:
            table: Name of the table, which is the file's.
            columns: Columns of equal length: arrow or numpy arrays, or sequences.
            select: Expressions over the columns, comma-separated; they make the file's columns.
            order_by: Expressions that the rows are sorted by; unset keeps the order.
        """
        rows = pa.table({name: pa.array(values) for name, values in columns.items()})
        self.rows[table] = rows.num_rows
        sorting = f" order by {order_by}" if order_by else ""
        self._copy(rows, f"select {select} from source{sorting}", self._folder / f"{table}.csv", "format csv, header")

    def write_parquet(self, path: Path, columns: Mapping[str, Any]) -> None:
        """Write a Parquet file with the columns as they are."""
        rows = pa.table({name: pa.array(values) for name, values in columns.items()})
        self._copy(rows, "select * from source", path, "format parquet")

    def _copy(self, rows: pa.Table, query: str, path: Path, options: str) -> None:
        self._connection.register("source", rows)
        quoted = str(path).replace("'", "''")
        self._connection.execute(f"copy ({query}) to '{quoted}' ({options})")
        self._connection.unregister("source")


def labels(positions: Ints, values: Sequence[str]) -> pa.DictionaryArray:
    """Look positions up in a list of words; a negative position gives null."""
    indices = pa.array(positions.astype(np.int32), mask=positions < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(values, pa.string()))
