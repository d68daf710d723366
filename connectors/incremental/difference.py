"""What has really changed: the rows that were read against the rows that the warehouse has of the same things.

Sources are read with an overlap, so most rows that come are there already. Only the difference is written; where
there is none, a sync writes nothing at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from connectors.column_types import DUCKDB_TYPES
from connectors.dlt_run import as_format
from connectors.incremental.spool import Spool
from connectors.incremental.table import ByKey, Everything, Key, KeyRange, OfParents, RawTable, Replaces
from connectors.sql import identifier, identifiers, literal, parquet


@dataclass(frozen=True, slots=True)
class Difference:
    """What a delivery has to do to a table.

    Attributes:
        part: File with the rows that are new or other than before.
        added: Rows in it.
        gone: File with the keys of rows that are gone.
        deleted: Rows in it.
        rows_after: Rows that the table will have.
    """

    part: Path
    added: int
    gone: Path
    deleted: int
    rows_after: int

    @property
    def is_empty(self) -> bool:
        """Whether the table stays as it is."""
        return not self.added and not self.deleted

    def replaced(self, table: RawTable) -> str:
        """The rows of the warehouse that go, for `TableLoad.replaced`."""
        key = key_tuple(table)
        condition = f"{as_format(key)} IN (SELECT {as_format(key)} FROM {{staging_table}})"
        if self.deleted:
            condition += as_format(f" OR {key} IN (SELECT {key} FROM {parquet([self.gone])})")
        return condition


def find_difference(
    connection: duckdb.DuckDBPyConnection, spool: Spool, target: str, *, known_keys: Sequence[Path] = ()
) -> Difference:
    """Compare what was read of a table with the warehouse.

    Args:
        connection: The warehouse.
        spool: What was read. Of several rows with one key the last one counts.
        target: Schema and table in the warehouse.
        known_keys: Files with the keys of every row that the source has, if they were read: all others are gone.
    """
    table, key = spool.table, key_tuple(spool.table)
    columns = identifiers(table.columns)
    is_known = f"{key} IN (SELECT {key} FROM {parquet(known_keys)})" if known_keys else "true"
    _make_new_rows(connection, spool, is_known)
    scope = _scope_condition(spool)
    covered = f"({scope}) OR NOT ({is_known})" if known_keys else scope
    connection.execute(f"CREATE OR REPLACE TEMP TABLE old_rows AS SELECT {columns} FROM {target} WHERE {covered}")
    part, gone = spool.folder / f"{table.name}-added.parquet", spool.folder / f"{table.name}-gone.parquet"
    added = _copy(connection, f"SELECT {columns} FROM new_rows EXCEPT SELECT {columns} FROM old_rows", part)
    keys = identifiers(table.key)
    deleted = _copy(connection, f"SELECT {keys} FROM old_rows EXCEPT SELECT {keys} FROM new_rows", gone)
    row = connection.execute(
        f"SELECT (SELECT count(*) FROM {target}) - (SELECT count(*) FROM old_rows) + (SELECT count(*) FROM new_rows)"
    ).fetchone()
    assert row is not None
    connection.execute("DROP TABLE new_rows; DROP TABLE old_rows")
    return Difference(part, added, gone, deleted, int(row[0]))


def missing_keys(
    connection: duckdb.DuckDBPyConnection, spool: Spool, target: str, known_keys: Sequence[Path], missing: Path
) -> int:
    """Write the keys that the source has and neither the warehouse nor this load; return how many there are."""
    keys = identifiers(spool.table.key)
    here = f"SELECT {keys} FROM {target}"
    if spool.parts:
        here += f" UNION ALL SELECT {keys} FROM {parquet(path for path, _ in spool.parts)}"
    return _copy(connection, f"SELECT {keys} FROM {parquet(known_keys)} EXCEPT ({here})", missing)


def names_any(connection: duckdb.DuckDBPyConnection, table: RawTable, target: str, other: RawTable, gone: Path) -> bool:
    """Whether a text of the table is one of another table's keys, or quotes it as JSON does.

    Args:
        connection: The warehouse.
        table: The table whose rows may name the keys.
        target: Its schema and name in the warehouse.
        other: The table of the keys, of one column.
        gone: File with the keys.
    """
    texts = [f"named.{identifier(name)}" for name, logical in table.columns.items() if logical == "text"]
    key = f"gone.{key_tuple(other)}"
    hits = " OR ".join(f"{text} = {key} OR contains({text}, '\"' || {key} || '\"')" for text in texts)
    query = f"SELECT 1 FROM {target} AS named, {parquet([gone])} AS gone WHERE {hits or 'false'} LIMIT 1"
    return connection.execute(query).fetchone() is not None


def key_tuple(table: RawTable) -> str:
    """The key as one SQL value."""
    return identifier(table.key[0]) if len(table.key) == 1 else f"row({identifiers(table.key)})"


def key_text(table: RawTable) -> str:
    """The key as text, as `Rejected.key` has it."""
    return " || ', ' || ".join(f"{identifier(name)}::VARCHAR" for name in table.key)


def keys_condition(table: RawTable, parts: Sequence[Path]) -> str:
    """SQL condition on the rows that have a key of these files."""
    return f"{key_tuple(table)} IN (SELECT {key_tuple(table)} FROM {parquet(parts)})"


def without_repeated_keys(connection: duckdb.DuckDBPyConnection, spool: Spool) -> list[tuple[Path, int]]:
    """The spooled files; rewritten as one, with the last row of each key, where a page came twice."""
    if not spool.parts:
        return []
    row = connection.execute(
        f"SELECT count(*) - count(DISTINCT {key_tuple(spool.table)}) FROM {parquet(path for path, _ in spool.parts)}"
    ).fetchone()
    assert row is not None
    if not row[0]:
        return list(spool.parts)
    _make_new_rows(connection, spool, "true")
    path = spool.folder / f"{spool.table.name}-once.parquet"
    return [(path, _copy(connection, f"SELECT {identifiers(spool.table.columns)} FROM new_rows", path))]


def _range_condition(column: str, after: Key | None, upto: Key | None) -> str:
    """SQL for a `KeyRange`."""
    bounds = [f"{identifier(column)} > {_value(after)}"] if after is not None else []
    bounds += [f"{identifier(column)} <= {_value(upto)}"] if upto is not None else []
    return " AND ".join(bounds) or "true"


def _scope_condition(spool: Spool) -> str:
    """SQL condition on the rows of the warehouse that stand for the same things as what was read."""
    conditions = {_condition(scope, spool, index) for index, scope in enumerate(spool.scopes)}
    return " OR ".join(sorted(conditions)) or "false"


def _condition(scope: Replaces, spool: Spool, index: int) -> str:
    table = spool.table
    match scope:
        case Everything():
            return "true"
        case ByKey():
            return f"{key_tuple(table)} IN (SELECT {key_tuple(table)} FROM new_rows)"
        case KeyRange(column, after, upto):
            return f"({_range_condition(column, after, upto)})"
        case OfParents(column, parents):
            path = spool.write_keys(pa.table({column: parents}), f"parents-{index}")
            return f"{identifier(column)} IN (SELECT {identifier(column)} FROM {parquet([path])})"


def _make_new_rows(connection: duckdb.DuckDBPyConnection, spool: Spool, is_known: str) -> None:
    """Make the temporary table `new_rows`: what was read, the last of each key, as far as the source still has it."""
    table = spool.table
    columns, keys = identifiers(table.columns), identifiers(table.key)
    if not spool.parts:
        typed = ", ".join(
            f"NULL::{DUCKDB_TYPES[logical]} AS {identifier(name)}" for name, logical in table.columns.items()
        )
        connection.execute(f"CREATE OR REPLACE TEMP TABLE new_rows AS SELECT {typed} WHERE false")
        return
    files = f"[{', '.join(literal(str(path)) for path, _ in spool.parts)}]"
    source = f"read_parquet({files}, filename = '_file', file_row_number = true)"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE new_rows AS SELECT {columns} FROM {source} WHERE {is_known}"
        f" QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY _file DESC, file_row_number DESC) = 1"
    )


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    row = connection.execute(f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet)").fetchone()
    assert row is not None
    return int(row[0])


def _value(key: Key) -> str:
    return literal(key) if isinstance(key, str) else str(key)
