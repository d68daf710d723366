"""The first load: in chunks by key, each committed with the keys it reaches, so that it resumes there."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import duckdb

from connectors.dlt_run import TableLoad
from connectors.incremental.bookkeeping import quarantine_load
from connectors.incremental.difference import keys_condition, without_repeated_keys
from connectors.incremental.reader import TableReader
from connectors.incremental.spool import Spool, empty_part, read_ahead
from connectors.incremental.state import TableState
from connectors.incremental.table import Key
from connectors.journal import Journal
from connectors.report import LoadReport
from connectors.sql import identifier
from connectors.warehouse import row_count
from retail.progress import Progress
from retail.vocabulary import RAW_SCHEMA_PREFIX

CHUNK_ROWS: Final = 200_000
CHUNK_SECONDS: Final = 20.0
"""A chunk is committed when it has so many rows or was read for so long: what a kill costs at most."""


class FirstLoad:
    """Reads tables that have not been loaded yet. A chunk may hold the rows of several small ones.

    Args:
        connection: The warehouse.
        journal: Where deliveries are noted.
        states: State of every table by name; those that are read end as `live`.
        report: What was read is added to it.
        progress: Told how many rows have been read.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        journal: Journal,
        states: dict[str, TableState],
        report: LoadReport,
        progress: Progress,
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._schema = f"{RAW_SCHEMA_PREFIX}{report.source}"
        self._states = states
        self._report = report
        self._progress = progress
        self._ended: list[Spool] = []
        self._chunk_began = time.monotonic()

    def run(self, readers: Sequence[TableReader]) -> None:
        """Read each table from where an earlier load stopped.

        Raises:
            SourceError: The source could not be read further; what was committed before is kept.
            PipelineError: The warehouse could not be written.
        """
        # What may be renamed comes first: a name that vanishes while others are read is known then, and missed.
        for reader in sorted(readers, key=lambda one: not one.table.reload_on_rename):
            if self._states[reader.table.name].phase == "first":
                self._read(reader)
        if self._ended:
            self._commit()

    def _read(self, reader: TableReader) -> None:
        table = reader.table
        entry = self._report.table(table.name)
        spool = Spool(table, self._journal.folder)
        begun_at = datetime.now(UTC)
        total = reader.count() or 0
        loaded = row_count(self._connection, f"{self._schema}.{identifier(table.name)}")
        for batch in read_ahead(reader.first_load(self._states[table.name].after)):
            spool.add(batch)
            rows, rejected = batch.rows.num_rows, len(batch.rejected)
            entry.read += rows + rejected
            entry.accepted += rows
            entry.quarantined += rejected
            loaded += rows + rejected
            self._progress(f"read {table.read_from}", loaded, max(total, loaded), "rows")
            if batch.reached is not None and self._is_chunk(spool):
                self._commit(spool, batch.reached)
        self._progress(f"read {table.read_from}", loaded, loaded, "rows")
        state = replace(self._states[table.name], after=None).gone_on(cursor=None, swept_at=begun_at)
        self._states[table.name] = state
        self._ended.append(spool)
        if self._is_chunk():
            self._commit()

    def _is_chunk(self, *more: Spool) -> bool:
        rows = sum(spool.rows for spool in (*self._ended, *more))
        return rows >= CHUNK_ROWS or time.monotonic() - self._chunk_began >= CHUNK_SECONDS

    def _commit(self, current: Spool | None = None, reached: Key | None = None) -> None:
        """Commit the tables that were read to their end, and what was read of the current one."""
        if current is not None:
            name = current.table.name
            self._states[name] = replace(self._states[name], after=reached)
        spools = [*self._ended, *([current] if current is not None else [])]
        loads = [self._table_load(spool) for spool in spools]
        quarantined = quarantine_load(spools, self._journal.folder)
        self._journal.deliver([*loads, *([(quarantined, None)] if quarantined else [])])
        for spool in spools:
            spool.clear()
        self._ended.clear()
        self._chunk_began = time.monotonic()

    def _table_load(self, spool: Spool) -> tuple[TableLoad, str]:
        table = spool.table
        parts = without_repeated_keys(self._connection, spool) or [empty_part(table, spool.folder)]
        load = TableLoad(table.name, table.columns, parts, None, self._states[table.name].as_kept())
        return load, keys_condition(table, [path for path, _ in parts])
