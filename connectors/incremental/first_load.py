"""The first load of a table: in chunks by key, each committed with the key it reaches, so that it resumes there."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import duckdb

from connectors.dlt_run import TableLoad
from connectors.incremental.bookkeeping import quarantine_load
from connectors.incremental.difference import keys_condition, without_repeated_keys
from connectors.incremental.journal import Journal
from connectors.incremental.reader import TableReader
from connectors.incremental.spool import Spool, empty_part, read_ahead
from connectors.incremental.state import TableState
from connectors.incremental.table import Key
from connectors.report import TableReport
from retail.progress import Progress

CHUNK_ROWS: Final = 200_000
CHUNK_SECONDS: Final = 20.0
"""A chunk is committed when it has so many rows or was read for so long: what a kill costs at most."""


def first_load(
    connection: duckdb.DuckDBPyConnection,
    journal: Journal,
    reader: TableReader,
    state: TableState,
    report: TableReport,
    progress: Progress,
) -> TableState:
    """Read what a table has, from where an earlier load stopped, and return the state that it ends in.

    Raises:
        SourceError: The source could not be read further; what was read before is kept.
        PipelineError: The warehouse could not be written.
    """
    loading = _FirstLoad(connection, journal, reader, state, report, progress)
    return loading.run()


class _FirstLoad:
    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        journal: Journal,
        reader: TableReader,
        state: TableState,
        report: TableReport,
        progress: Progress,
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._reader = reader
        self._table = reader.table
        self._state = state
        self._report = report
        self._progress = progress
        self._spool = Spool(reader.table, journal.folder)
        self._loaded = 0
        self._total = 0
        self._begun_at = datetime.now(UTC)

    def run(self) -> TableState:
        self._total = self._reader.count() or 0
        reached = self._state.after
        begun = time.monotonic()
        for batch in read_ahead(self._reader.first_load(self._state.after)):
            self._spool.add(batch)
            self._note(batch.rows.num_rows, len(batch.rejected))
            reached = batch.reached if batch.reached is not None else reached
            is_full = self._spool.rows >= CHUNK_ROWS or time.monotonic() - begun >= CHUNK_SECONDS
            if is_full and batch.reached is not None:
                self._commit(reached)
                begun = time.monotonic()
        self._commit(None)
        self._progress(f"read {self._table.read_from}", self._loaded, self._loaded, "rows")
        return self._state

    def _note(self, rows: int, rejected: int) -> None:
        self._report.read += rows + rejected
        self._report.accepted += rows
        self._report.quarantined += rejected
        self._loaded += rows + rejected
        self._progress(f"read {self._table.read_from}", self._loaded, max(self._total, self._loaded), "rows")

    def _commit(self, reached: Key | None) -> None:
        """Commit what was read; with no key reached, the table is whole."""
        state = replace(self._state, after=reached)
        if reached is None:
            state = state.gone_on(cursor=None, swept_at=self._begun_at)
        parts = without_repeated_keys(self._connection, self._spool) or [empty_part(self._table, self._spool.folder)]
        load = TableLoad(self._table.name, self._table.columns, parts, None, state.as_kept())
        cleared = keys_condition(self._table, [path for path, _ in parts])
        quarantined = quarantine_load(self._spool)
        self._journal.deliver([(load, cleared), *([(quarantined, None)] if quarantined else [])])
        self._state = state
        self._spool.clear()
