"""What a load says about itself: `loads`, `quarantine` and `capabilities`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import duckdb

from connectors.column_types import DUCKDB_TYPES, LogicalType
from connectors.dlt_run import TableLoad, as_format
from connectors.files.read_file import FileResult
from connectors.sql import literal, literals
from connectors.warehouse import CAPABILITIES, LOADS, QUARANTINE

_COLUMNS: Final = {"loads": LOADS, "quarantine": QUARANTINE, "capabilities": CAPABILITIES}


class SystemTables:
    """Temporary tables `new_loads`, `new_quarantine` and `new_capabilities`, filled while files are read."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        self._connection = connection
        self._scratch = scratch
        self._replaced: list[str] = []
        for table, columns in _COLUMNS.items():
            declared = ", ".join(f"{name} {DUCKDB_TYPES[logical]}" for name, logical in columns.items())
            connection.execute(f"CREATE TEMP TABLE new_{table} ({declared})")

    def add_load(self, table: str, file: str, fingerprint: str, result: FileResult) -> None:
        """Note that a file was read for a table."""
        self._replaced.append(_pair(table, file))
        self._connection.execute(
            "INSERT INTO new_loads VALUES (?, ?, ?, ?, ?, ?, ?, now())",
            [table, file, fingerprint, result.read, result.accepted, result.quarantined, result.exact_duplicates],
        )

    def forget(self, table: str, file: str) -> None:
        """Drop the quarantine that a file left before it turned out to be unusable."""
        self._connection.execute("DELETE FROM new_quarantine WHERE table_name = ? AND file = ?", [table, file])

    def remove(self, table: str, file: str) -> None:
        """Note that a file no longer feeds a table."""
        self._replaced.append(_pair(table, file))

    def add_capabilities(self, tables: Sequence[str], fed: Collection[str]) -> None:
        """Note which tables have data."""
        for table in tables:
            note = "from files" if table in fed else f"no file for {table}: put one into the folder to have it"
            self._connection.execute("INSERT INTO new_capabilities VALUES (?, ?, ?)", [table, table in fed, note])

    def table_loads(self, existing: Collection[str]) -> list[TableLoad]:
        """The three tables, to be delivered with the data that they are about.

        Args:
            existing: Tables that the warehouse has.
        """
        same_file = f"table_name || chr(31) || file IN {literals(self._replaced)}"
        scopes = {"loads": same_file, "quarantine": same_file, "capabilities": "true"}
        return [
            TableLoad(
                table, columns, [self._part(table, columns)], as_format(scopes[table]) if table in existing else None
            )
            for table, columns in _COLUMNS.items()
        ]

    def _part(self, table: str, columns: dict[str, LogicalType]) -> tuple[Path, int]:
        part = self._scratch / f"{table}.parquet"
        row = self._connection.execute(
            f"COPY (SELECT {', '.join(columns)} FROM new_{table}) TO {literal(str(part))} (FORMAT parquet)"
        ).fetchone()
        assert row is not None
        return part, int(row[0])


def _pair(table: str, file: str) -> str:
    return f"{table}\x1f{file}"
