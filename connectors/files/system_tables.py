"""What a load says about itself: `loads`, `quarantine` and `capabilities`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

import duckdb

from connectors.column_types import DUCKDB_TYPES, LogicalType
from connectors.dlt_run import TableLoad, as_format
from connectors.files.read_file import FileResult, write_part
from connectors.sql import literals
from connectors.warehouse import CAPABILITIES, LOADS, QUARANTINE

_COLUMNS: Final[dict[str, dict[str, LogicalType]]] = {
    "loads": LOADS | {"stamp": "text"},
    "quarantine": QUARANTINE,
    "capabilities": CAPABILITIES,
}
_OF_FILES: Final = ("loads", "quarantine")

Delivered = tuple[TableLoad, str | None]
"""What goes into a table, and a condition on rows that go beforehand (see `Journal.deliver`)."""


def lacks_columns(existing: Mapping[str, frozenset[str]]) -> bool:
    """Whether the warehouse has none of these tables, or not all of their columns."""
    return any(not existing.get(table, frozenset()) >= set(_COLUMNS[table]) for table in _OF_FILES)


class SystemTables:
    """Temporary tables `new_loads`, `new_quarantine` and `new_capabilities`, filled while files are read.

    Args:
        connection: The warehouse.
        schema: Schema of the source.
        folder: Where parts go.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, schema: str, folder: Path) -> None:
        self._connection = connection
        self._schema = schema
        self._folder = folder
        self._replaced: list[str] = []
        for table, columns in _COLUMNS.items():
            declared = ", ".join(f"{name} {DUCKDB_TYPES[logical]}" for name, logical in columns.items())
            connection.execute(f"CREATE TEMP TABLE new_{table} ({declared})")

    def add_load(self, table: str, file: str, fingerprint: str, stamp: str, result: FileResult) -> None:
        """Note that a file was read for a table."""
        self._replaced.append(_pair(table, file))
        self._connection.execute(
            "INSERT INTO new_loads VALUES (?, ?, ?, ?, ?, ?, ?, now(), ?)",
            [
                table,
                file,
                fingerprint,
                result.read,
                result.accepted,
                result.quarantined,
                result.exact_duplicates,
                stamp,
            ],
        )

    def forget(self, table: str, file: str) -> None:
        """Drop the quarantine that a file left before it turned out to be unusable."""
        self._connection.execute("DELETE FROM new_quarantine WHERE table_name = ? AND file = ?", [table, file])

    def remove(self, table: str, file: str) -> None:
        """Note that a file no longer feeds a table."""
        self._replaced.append(_pair(table, file))

    def of_files(self, existing: Collection[str]) -> list[Delivered]:
        """`loads` and `quarantine` of the files noted since the last time, to be delivered with their rows.

        Args:
            existing: Tables that the warehouse has.
        """
        delivered = [self._delivered(table, self._same_file(), table in existing) for table in _OF_FILES]
        self._replaced.clear()
        return delivered

    def capabilities(self, tables: Sequence[str], existing: Collection[str]) -> list[Delivered]:
        """Which tables have data once what was noted is in; nothing where the warehouse says so already."""
        fed = self._fed("loads" in existing)
        rows = [
            (
                table,
                table in fed,
                "from files" if table in fed else f"no file for {table}: put one into the folder to have it",
            )
            for table in tables
        ]
        if "capabilities" in existing:
            said = self._connection.execute(f"SELECT table_name, is_available, note FROM {self._schema}.capabilities")
            if sorted(said.fetchall()) == sorted(rows):
                return []
        self._connection.executemany("INSERT INTO new_capabilities VALUES (?, ?, ?)", rows)
        return [self._delivered("capabilities", "true", "capabilities" in existing)]

    def _fed(self, has_loads: bool) -> set[str]:
        """Tables that rows were read for, this time or before."""
        query = "SELECT table_name FROM new_loads WHERE read > 0"
        if has_loads:
            query += f" UNION SELECT table_name FROM {self._schema}.loads WHERE read > 0 AND NOT {self._same_file()}"
        return {table for (table,) in self._connection.execute(query).fetchall()}

    def _same_file(self) -> str:
        return f"(table_name || chr(31) || file IN {literals(self._replaced)})"

    def _delivered(self, table: str, replaced: str, exists: bool) -> Delivered:
        """What was noted for a table, which is then forgotten."""
        part = self._folder / f"{table}.parquet"
        rows = write_part(self._connection, f"SELECT {', '.join(_COLUMNS[table])} FROM new_{table}", part)
        self._connection.execute(f"DELETE FROM new_{table}")
        load = TableLoad(table, _COLUMNS[table], [(part, rows)], as_format(replaced) if exists else None)
        return load, None if exists else replaced


def _pair(table: str, file: str) -> str:
    return f"{table}\x1f{file}"
