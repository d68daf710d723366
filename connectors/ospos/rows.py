"""Answers of the database as rows of a raw table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from connectors.incremental.rows import arrow_schema
from connectors.incremental.table import RawTable, Rejected
from connectors.ospos.client import Row
from connectors.ospos.clock import ShopClock, instants
from connectors.ospos.spec import Kind, TableSpec

_DECIMAL: Final = pa.decimal128(18, 4)
_WIDE: Final = pa.decimal128(38, 10)
_TOO_LARGE: Final = 1e14


def as_arrow(spec: TableSpec, rows: Sequence[Row]) -> pa.Table:
    """Rows of text as a table of text."""
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [[] for _ in spec.columns]
    return pa.table(
        {name: pa.array(list(values), pa.string()) for name, values in zip(spec.columns, columns, strict=True)}
    )


def typed(spec: TableSpec, table: RawTable, answer: pa.Table, clock: ShopClock) -> tuple[pa.Table, list[Rejected]]:
    """An answer, of text or of the database's types, as rows of the raw table; those without a required value apart."""
    columns = typed_columns(spec, answer, clock)
    rows = pa.Table.from_arrays(list(columns.values()), schema=arrow_schema(table.columns))
    required = [name for name, column in spec.columns.items() if column.is_required or name in spec.key]
    is_whole = pa.array([True] * rows.num_rows, pa.bool_())
    for name in required:
        is_whole = pc.and_(is_whole, rows.column(name).is_valid().combine_chunks())
    if pc.all(is_whole).as_py() is not False:
        return rows, []
    return rows.filter(is_whole), [
        _rejected(spec, row, required) for row in rows.filter(pc.invert(is_whole)).to_pylist()
    ]


def typed_columns(spec: TableSpec, answer: pa.Table, clock: ShopClock) -> dict[str, pa.Array]:
    """The columns of an answer in the types that the warehouse has."""
    return {
        name: _typed(column.kind, answer.column(name).combine_chunks(), clock) for name, column in spec.columns.items()
    }


def _typed(kind: Kind, values: pa.Array, clock: ShopClock) -> pa.Array:
    match kind:
        case "integer":
            return values.cast(pa.int64())
        case "boolean":
            return pc.not_equal(values.cast(pa.int64()), 0)
        case "decimal":
            return _decimal(values.cast(_WIDE))
        case "text":
            return values.cast(pa.string())
        case "wall":
            return clock.to_utc(values.cast(pa.int64()))
        case "server":
            return instants(values.cast(pa.int64()))


def _decimal(values: pa.Array) -> pa.Array:
    """Numbers with four decimals. A sum too large for the warehouse, as of a barcode typed as a price, is unknown."""
    fits = pc.less(pc.abs(values.cast(pa.float64())), _TOO_LARGE)
    return pc.round(pc.if_else(fits, values, pa.scalar(None, _WIDE)), 4).cast(_DECIMAL)


def _rejected(spec: TableSpec, row: dict[str, Any], required: Sequence[str]) -> Rejected:
    missing = next(name for name in required if row[name] is None)
    column = spec.columns[missing].sql or missing
    key = ", ".join(str(row[name]) for name in spec.key)
    return Rejected(key, f"{column} is empty or no date", ", ".join(f"{name}={value!r}" for name, value in row.items()))
