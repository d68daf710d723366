"""The pipeline's own connection to the warehouse, and what it tells dbt through it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from retail.duckdb_options import OFFLINE
from retail.errors import PipelineError
from retail.settings import Settings
from retail.vocabulary import CONTROL_SCHEMA
from retail.workspace import Workspace, WorkspaceDescription

WAIT_FOR_WAREHOUSE_SECONDS: Final = 10.0
"""How long a killed run's dbt process may take to let go of the warehouse."""


@contextmanager
def open_warehouse(workspace: Workspace, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse for writing. The caller holds the workspace's lock.

    Raises:
        PipelineError: Another program has the file open, or it is no warehouse.
    """
    connection = _connect(workspace.warehouse, settings)
    try:
        yield connection
    finally:
        connection.close()


def write_control(connection: duckdb.DuckDBPyConnection, name: str, description: WorkspaceDescription) -> None:
    """Write the one row of `raw_tillsight.workspace`: what dbt must know about this workspace and this moment."""
    connection.execute(f"create schema if not exists {CONTROL_SCHEMA}")
    connection.execute(
        f"create or replace table {CONTROL_SCHEMA}.workspace "
        "(workspace varchar, as_of_at timestamptz, reporting_currency varchar, default_time_zone varchar)"
    )
    connection.execute(
        f"insert into {CONTROL_SCHEMA}.workspace values (?, ?, ?, ?)",
        [name, description.as_of_at, description.reporting_currency, description.default_time_zone],
    )


def _connect(path: Path, settings: Settings) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + WAIT_FOR_WAREHOUSE_SECONDS
    config: dict[str, str | bool | int | float | list[str]] = {
        **OFFLINE,
        "memory_limit": settings.warehouse_memory_limit,
        "threads": settings.threads,
    }
    while True:
        try:
            connection = duckdb.connect(str(path), config=config)
        except duckdb.IOException as error:
            if "lock" not in str(error).lower() or time.monotonic() > deadline:
                raise PipelineError(
                    f"The warehouse {path} cannot be opened: {error}. Close whatever has it open. If it is damaged, "
                    "delete it and run `tillsight run`: it is rebuilt from the sources."
                ) from error
            time.sleep(0.2)
        else:
            connection.execute("set TimeZone = 'UTC'")
            return connection
