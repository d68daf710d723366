"""The warehouse as a load sees it: one connection, and what earlier loads left there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import duckdb

from connectors.column_types import LogicalType
from retail.duckdb_options import OFFLINE
from retail.settings import Settings
from retail.workspace import Workspace

LOADS: Final[dict[str, LogicalType]] = {
    "table_name": "text",
    "file": "text",
    "fingerprint": "text",
    "read": "integer",
    "accepted": "integer",
    "quarantined": "integer",
    "exact_duplicates": "integer",
    "loaded_at": "timestamp",
}
"""`raw_<source>.loads`: one row per file or page and table that it feeds."""

QUARANTINE: Final[dict[str, LogicalType]] = {
    "table_name": "text",
    "file": "text",
    "line": "integer",
    "reason": "text",
    "row_text": "text",
    "loaded_at": "timestamp",
}
"""`raw_<source>.quarantine`: one row per row that was put aside."""

CAPABILITIES: Final[dict[str, LogicalType]] = {"table_name": "text", "is_available": "boolean", "note": "text"}
"""`raw_<source>.capabilities`: one row per table of the model."""


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """What `loads` says about one file and table.

    Attributes:
        fingerprint: Content and rules that its rows were made with.
        accepted: Rows that went into the table.
    """

    fingerprint: str
    accepted: int


@contextmanager
def open_warehouse(workspace: Workspace, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse for writing, within the memory that the settings allow.

    Whatever does not fit is spilled beside the warehouse file, inside the workspace.
    """
    workspace.root.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        str(workspace.warehouse),
        config={
            **OFFLINE,
            "memory_limit": settings.warehouse_memory_limit,
            "threads": settings.threads,
            "temp_directory": str(workspace.root / "warehouse.duckdb.tmp"),
        },
    )
    try:
        # Without a terminal DuckDB would print its bar on standard output, amid what `--json` prints there.
        connection.execute("SET GLOBAL TimeZone = 'UTC'; SET enable_progress_bar = false")
        yield connection
    finally:
        connection.close()


def columns_of(connection: duckdb.DuckDBPyConnection, schema: str) -> dict[str, frozenset[str]]:
    """Every table of a schema with the names of its columns."""
    rows = connection.execute(
        "SELECT table_name, list(column_name) FROM information_schema.columns"
        " WHERE table_schema = ? AND table_catalog = current_catalog() GROUP BY ALL",
        [schema],
    ).fetchall()
    return {table: frozenset(columns) for table, columns in rows}


def row_count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """Rows of a table or view, named with its schema."""
    row = connection.execute(f"SELECT count(*) FROM {relation}").fetchone()
    assert row is not None
    return int(row[0])


def loaded_files(connection: duckdb.DuckDBPyConnection, schema: str) -> dict[tuple[str, str], LoadedFile]:
    """What `loads` holds, by table and file."""
    rows = connection.execute(f"SELECT table_name, file, fingerprint, accepted FROM {schema}.loads").fetchall()
    return {(table, file): LoadedFile(fingerprint, accepted) for table, file, fingerprint, accepted in rows}


def is_loaded(connection: duckdb.DuckDBPyConnection, schema: str) -> bool:
    """Whether a source has been loaded in full at least once: a load writes `capabilities` last."""
    if "capabilities" not in columns_of(connection, schema):
        return False
    return connection.execute(f"SELECT 1 FROM {schema}.capabilities LIMIT 1").fetchone() is not None
