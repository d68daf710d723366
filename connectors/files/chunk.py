"""What has been read and is not in the warehouse yet: it goes there in one delivery, whole files at a time."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Final

import duckdb

from connectors.column_types import DUCKDB_TYPES, LogicalType
from connectors.dlt_run import TableLoad
from connectors.files.contacts import raw_types
from connectors.files.read_file import write_part
from connectors.files.system_tables import Delivered, SystemTables, lacks_columns
from connectors.files.template import Template
from connectors.journal import Journal
from connectors.sql import identifier
from connectors.warehouse import columns_of
from retail.progress import Progress

CHUNK_ROWS: Final = 4_000_000
"""Rows after which a delivery is made: what a killed load has to read again, and what is settled at a time."""


class Chunk:
    """Rows on their way.

    Args:
        connection: The warehouse.
        journal: Makes deliveries; its folder holds the parts.
        schema: Schema of the source.
        template: Every table that there is to be.
        system: What is said about the files that are read.
        progress: Told when the warehouse is written.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        journal: Journal,
        schema: str,
        template: Template,
        system: SystemTables,
        progress: Progress,
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._schema = schema
        self._template = template
        self._system = system
        self._progress = progress
        self._loads: list[Delivered] = []
        self._rows = 0
        self.existing = columns_of(connection, schema)
        self.has_delivered = False

    def target(self, table: str) -> str | None:
        """Schema and name of a table, or None where the warehouse does not have it."""
        return f"{self._schema}.{identifier(table)}" if table in self.existing else None

    def has_all_columns(self, table: str) -> bool:
        """Whether the warehouse has a table with all columns that it is to have."""
        return self.existing.get(table, frozenset()) >= set(self._columns(table))

    def is_full(self, rows: int) -> bool:
        """Whether it is time for a delivery when so many rows join those that wait."""
        return self._rows + rows >= CHUNK_ROWS

    def add(self, load: TableLoad, cleared: str | None) -> None:
        """Let the rows of a table wait for the next delivery."""
        self._loads.append((load, cleared))
        self._rows += sum(rows for _, rows in load.parts)

    def deliver(self) -> None:
        """Put what waits into the warehouse, and make tables and columns that are not there yet.

        Raises:
            PipelineError: The warehouse could not be written; the next load finishes the delivery.
        """
        self._deliver([])

    def finish(self) -> None:
        """Make the last delivery, if there is anything to deliver.

        Until it is made, the warehouse has no `capabilities`: by them others know that a first load is complete.

        Raises:
            PipelineError: The warehouse could not be written; the next load finishes the delivery.
        """
        tables = list(self._template.tables)
        capabilities = self._system.capabilities(tables, self.existing)
        is_complete = all(self.has_all_columns(table) for table in tables) and not lacks_columns(self.existing)
        if self._loads or capabilities or not is_complete:
            self._deliver(capabilities)

    def _deliver(self, capabilities: list[Delivered]) -> None:
        self._progress("write the warehouse", 0, 1)
        waiting = {load.table for load, _ in self._loads}
        loads = self._loads + self._empty(waiting) + self._system.of_files(self.existing) + capabilities
        self._journal.deliver(loads)
        for load, _ in loads:
            for part, _ in load.parts:
                part.unlink()
        self._loads, self._rows = [], 0
        self.existing = columns_of(self._connection, self._schema)
        self.has_delivered = True
        self._progress("write the warehouse", 1, 1)

    def _empty(self, waiting: Collection[str]) -> list[Delivered]:
        """Loads without rows, by which dlt makes tables and columns."""
        lacking = [name for name in self._template.tables if name not in waiting and not self.has_all_columns(name)]
        return [(TableLoad(name, self._columns(name), [self.no_rows(name)], None), None) for name in lacking]

    def no_rows(self, table: str) -> tuple[Path, int]:
        """A part without rows, for a load that only takes rows away or makes a table."""
        columns = self._columns(table)
        part = self._journal.folder / f"{table}-empty.parquet"
        typed = ", ".join(f"NULL::{DUCKDB_TYPES[logical]} AS {identifier(name)}" for name, logical in columns.items())
        return part, write_part(self._connection, f"SELECT {typed} WHERE false", part)

    def _columns(self, table: str) -> dict[str, LogicalType]:
        return raw_types(table, self._template.tables[table])
