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
from connectors.incremental.table import ByKey, Everything, Key, KeyRange, OfParents, RawTable
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
    scope = _scope_condition(spool) + _rejected_condition(spool)
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
    connection: duckdb.DuckDBPyConnection,
    spool: Spool,
    target: str,
    known_keys: Sequence[Path],
    gone: Path,
    missing: Path,
) -> int:
    """Write the keys that the source has, and the warehouse will not have after this load; return how many they are."""
    keys = identifiers(spool.table.key)
    here = f"SELECT {keys} FROM {target} EXCEPT SELECT {keys} FROM {parquet([gone])}"
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


def _scope_condition(spool: Spool) -> str:
    """SQL condition on the rows of the warehouse that stand for the same things as what was read."""
    table = spool.table
    if any(isinstance(scope, Everything) for scope in spool.scopes):
        return "true"
    conditions = []
    if any(isinstance(scope, ByKey) for scope in spool.scopes):
        conditions.append(f"{key_tuple(table)} IN (SELECT {key_tuple(table)} FROM new_rows)")
    parents: dict[str, list[Path]] = {}
    for index, scope in enumerate(spool.scopes):
        if isinstance(scope, OfParents):
            path = spool.write_keys(pa.table({scope.column: scope.parents}), f"parents-{index}")
            parents.setdefault(scope.column, []).append(path)
    for column, paths in parents.items():
        conditions.append(f"{identifier(column)} IN (SELECT {identifier(column)} FROM {parquet(paths)})")
    conditions += [_range_condition(found) for found in _joined([s for s in spool.scopes if isinstance(s, KeyRange)])]
    return " OR ".join(f"({condition})" for condition in conditions) or "false"


def _rejected_condition(spool: Spool) -> str:
    """The rows of records that can no longer be rows: they are in quarantine, and no longer in the table."""
    if not spool.rejected:
        return ""
    path = spool.write_keys(pa.table({"key": pa.array([item.key for item in spool.rejected])}), "rejected")
    return f" OR {key_text(spool.table)} IN (SELECT key FROM {parquet([path])})"


def _joined(ranges: Sequence[KeyRange]) -> list[KeyRange]:
    """The ranges, those that follow each other as one: a condition of thousands of parts cannot be read."""
    joined: list[KeyRange] = []
    for found in ranges:
        last = joined[-1] if joined else None
        if last is not None and last.column == found.column and last.upto is not None and last.upto == found.after:
            joined[-1] = KeyRange(found.column, last.after, found.upto)
        elif found not in joined:
            joined.append(found)
    return joined


def _range_condition(found: KeyRange) -> str:
    bounds = [f"{identifier(found.column)} > {_value(found.after)}"] if found.after is not None else []
    bounds += [f"{identifier(found.column)} <= {_value(found.upto)}"] if found.upto is not None else []
    return " AND ".join(bounds) or "true"


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
