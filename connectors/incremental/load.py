"""One load of one system source: recover, first loads, changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow.parquet as pq

from connectors.dlt_run import TableLoad, as_format
from connectors.failures import load_failures
from connectors.incremental.bookkeeping import SYSTEM_TABLES
from connectors.incremental.changes import Changes
from connectors.incremental.first_load import FirstLoad
from connectors.incremental.reader import Source, TableReader
from connectors.incremental.rows import arrow_schema
from connectors.incremental.spool import empty_part
from connectors.incremental.state import TableState
from connectors.journal import Journal
from connectors.report import LoadReport
from connectors.source import SourceConfig
from connectors.sql import literals
from connectors.warehouse import columns_of, open_warehouse
from retail.progress import Progress
from retail.settings import Settings
from retail.workspace import Workspace


def load_source(
    config: SourceConfig,
    workspace: Workspace,
    settings: Settings,
    progress: Progress,
    opened: Source,
    *,
    is_deep: bool = False,
) -> LoadReport:
    """Bring `raw_<source>` up to date with a server.

    Args:
        config: The source's entry of `sources.yaml`.
        workspace: The workspace, which the caller holds.
        settings: Memory and threads.
        progress: Told what is read.
        opened: The source, logged in to. The caller closes it.
        is_deep: Whether the wide re-read and the comparison of keys are made now, though not due.

    Raises:
        SourceError: The source could not be read. A first load keeps what it has; a later load writes nothing.
        PipelineError: The warehouse could not be written; the next load finishes what this one began to write.
    """
    report = LoadReport(config.type)
    with load_failures(workspace, config.type), open_warehouse(workspace, settings) as connection:
        journal = Journal(connection, workspace, config.type)
        kept = journal.recover()
        states = _prepared(connection, journal, config, opened, kept)
        is_first = any(state.phase == "first" for state in states.values())
        FirstLoad(connection, journal, states, report, progress).run(opened.readers)
        changes = Changes(connection, journal, opened, states, report, progress, place=config.place, is_deep=is_deep)
        has_changed = changes.run()
        report.changed = is_first or has_changed
    return report


def _prepared(
    connection: duckdb.DuckDBPyConnection,
    journal: Journal,
    config: SourceConfig,
    opened: Source,
    kept: Mapping[str, Mapping[str, Any]],
) -> dict[str, TableState]:
    """The state of every table; those without one are made, all their watermarks taken before any row is read."""
    states: dict[str, TableState] = {}
    new: list[TableLoad] = []
    restarted: list[str] = []
    existing = columns_of(connection, config.schema_name)
    for reader in opened.readers:
        table = reader.table
        definition = table.made_from(config.place)
        state = TableState.of(kept.get(table.name))
        is_restarted = state is not None and state.phase == "first" and state.definition != definition
        if state is None or is_restarted:
            state = _begun(reader, definition)
        has_columns = existing.get(table.name, frozenset()) >= set(table.columns)
        if table.name not in kept or is_restarted or not has_columns:
            part = empty_part(table, journal.folder)
            replaced = "true" if is_restarted else None
            new.append(TableLoad(table.name, table.columns, [part], replaced, state.as_kept()))
        if is_restarted:
            restarted.append(table.read_from)
        states[table.name] = state
    for name, columns in SYSTEM_TABLES.items():
        if name == "quarantine" and restarted:
            path = journal.folder / "quarantine-restarted.parquet"
            pq.write_table(arrow_schema(columns).empty_table(), path)
            new.append(TableLoad(name, columns, [(path, 0)], as_format(f"file IN {literals(restarted)}")))
        elif not existing.get(name, frozenset()) >= set(columns):
            path = journal.folder / f"{name}-empty.parquet"
            pq.write_table(arrow_schema(columns).empty_table(), path)
            new.append(TableLoad(name, columns, [(path, 0)], None))
    if new:
        journal.deliver([(load, None) for load in new])
    return states


def _begun(reader: TableReader, definition: str) -> TableState:
    if reader.table.strategy == "whole":
        return TableState(definition, "live")
    return TableState(definition, "first", cursor=reader.watermark())
